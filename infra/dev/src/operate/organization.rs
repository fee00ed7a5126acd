//! `cargo dev organization`: makes an organization and invites its first admin, who does the rest
//! by the API.

use anyhow::anyhow;
use app::members::{Founded, Founding, found_organization};
use domain::Time;
use platform::{Source, cognito::UserPool};
use store::Table;

use crate::cli::OrganizationOptions;
use crate::host::progress::Step;
use crate::stack::aws_cli::Place;
use crate::stack::instance::Instance;
use crate::stack::target::Target;

/// Makes an organization with an admin, or says what is there of both.
pub(crate) async fn run(instance: &str, options: &OrganizationOptions) -> anyhow::Result<()> {
    let instance = Instance::open(instance)?;
    let target = Target::of(&instance, &options.place)?;
    let step = Step::begin(format!("Looking at stack {}", target.stack));
    let outputs = target.outputs()?;
    let aws = target.aws.sdk().await?;
    step.done();
    let table = Table::new(&aws, outputs.get("TableName")?.to_owned());
    let (pool, client) = (outputs.get("UserPoolId")?, outputs.get("ClientId")?);
    let pool = UserPool::new(&aws, pool.to_owned(), client.to_owned());
    let founding = Founding {
        name: options.name.clone(),
        admin_name: options.admin_name.clone(),
        admin_email: options.admin_email.clone(),
        again: options.again,
    };
    // Callers of the API are told only that something failed; whoever runs it is told what.
    tracing_subscriber::fmt().without_time().with_writer(std::io::stderr).init();
    let now = Time::from(Source::system().now());
    let founded = found_organization(&table, &pool, &founding, now).await;
    let founded = founded.map_err(|problem| match problem.field {
        Some(field) => anyhow!("{field}: {} ({})", problem.detail, problem.code),
        None => anyhow!("{} ({})", problem.detail, problem.code),
    })?;
    println!("{}", describe(&founded, &options.name));
    println!("{}", next(&founded, &target, outputs.get("ApiUrl")?));
    Ok(())
}

fn describe(founded: &Founded, name: &str) -> String {
    let Founded { organization_id, was_there, admin, was_member, .. } = founded;
    format!(
        "The organization {} {} (id {organization_id}).\n\
         {} <{}> {} admin of it.",
        name.trim(),
        if *was_there { "was there already" } else { "was made" },
        admin.membership.name,
        admin.identity.email,
        if *was_member { "was already an" } else { "is now an" },
    )
}

/// How the admin goes on from here.
fn next(founded: &Founded, target: &Target, api: &str) -> String {
    if founded.admin.identity.is_verified {
        return format!("They sign in with the password they have: POST {api}/v1/sign_in");
    }
    let mail = match (founded.is_invited, target.aws.place()) {
        (false, _) => {
            "A first password was mailed to them before; --again has another one sent.".to_owned()
        }
        (true, Place::Account { .. }) => {
            "Cognito has mailed them a first password, good for seven days.".to_owned()
        }
        (true, Place::Emulator { endpoint }) => format!(
            "The emulator keeps the mail with their first password:\n\
             \x20 curl {endpoint}/_ministack/ses/messages"
        ),
    };
    format!("{mail}\nThey sign in with it and choose their own: POST {api}/v1/sign_in")
}
