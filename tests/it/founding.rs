//! Whoever runs an installation founds an organization; its admin does the rest.

use app::members::{Founded, Founding, found_organization};
use domain::api_key::Role;
use platform::problem::Problem;
use serde_json::json;
use world::World;

use crate::desk::{
    fates::{self, UNLUCKY},
    people::{Browser, ask, sign_in},
};

const SRI: &str = "sri@example.com";

fn founding() -> Founding {
    Founding {
        name: "Teh Tarik".into(),
        admin_name: "Sri".into(),
        admin_email: SRI.into(),
        again: false,
    }
}

async fn found(world: &World, founding: &Founding) -> Result<Founded, Problem> {
    let process = &world.process;
    found_organization(&process.table, &process.pool, founding, world.now()).await
}

fn mailed(world: &World) -> String {
    world.wire.services().cognito.mail(SRI).unwrap().secret.clone()
}

#[tokio::test(start_paused = true)]
async fn the_first_admin_signs_in_with_what_was_mailed_and_invites_others() {
    let world = World::new().await.unwrap();
    let made = found(&world, &founding()).await.unwrap();
    assert!(!made.was_there && !made.was_member && made.is_invited);
    assert_eq!(made.admin.membership.role, Role::Admin);

    let first = sign_in(&world, SRI, &mailed(&world)).await;
    let data = &first.json["data"];
    assert_eq!(data["challenge"], "new_password", "{}", first.json);
    let own = json!({ "email": SRI, "session": data["session"], "new_password": "Teh-Manis-2026" });
    let chosen = ask(&world, "POST", "/v1/sign_in/new_password", own).await;
    assert_eq!(chosen.status, 200, "{}", chosen.json);
    let sri = Browser::from(&world, &chosen);
    let invited = json!({ "email": "tono@example.com", "name": "Tono", "role": "agent" });
    assert_eq!(sri.send("POST", "/v1/users", invited).await.status, 201);
    // What others have is not theirs to see.
    let seen = sri.get("/v1/integrations").await;
    assert_eq!(seen.json["data"], json!([]), "{}", seen.json);
}

#[tokio::test(start_paused = true)]
async fn founding_again_finds_what_is_there_and_sends_nothing_unasked() {
    let world = World::new().await.unwrap();
    let made = found(&world, &founding()).await.unwrap();
    let first = mailed(&world);
    world.pass(std::time::Duration::from_secs(60)).await;
    let spelled = Founding { name: " Teh Tarik ".into(), ..founding() };
    let again = found(&world, &spelled).await.unwrap();
    assert!(again.was_there && again.was_member && !again.is_invited);
    assert_eq!(again.organization_id, made.organization_id);
    assert_eq!(again.admin.membership, made.admin.membership);
    assert_eq!(mailed(&world), first);

    let asked = found(&world, &Founding { again: true, ..founding() }).await.unwrap();
    assert!(asked.is_invited);
    assert_ne!(mailed(&world), first, "another first password was sent");
    let other = Founding { admin_name: "Somebody".into(), ..founding() };
    assert_eq!(found(&world, &other).await.unwrap_err().code, "already_member");
}

#[tokio::test(start_paused = true)]
async fn one_address_may_be_an_admin_of_two_organizations() {
    let world = World::new().await.unwrap();
    world.seat(world.company(), SRI, "Sri", Role::Agent).await.unwrap();
    let made = found(&world, &founding()).await.unwrap();
    assert!(!made.was_there && !made.was_member);
    assert!(!made.is_invited, "they have a password already");
    let organizations = &made.admin.identity.organizations;
    assert_eq!(organizations.len(), 2, "{organizations:?}");
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_founding_another_one_makes_it_good() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            let founding = founding();
            let work = found_organization(&process.table, &process.pool, &founding, world.now());
            let _ = process.run(work).await;
            fates::recover(&world);
            let made = found(&world, &founding).await.unwrap();
            assert_eq!(made.admin.identity.email, SRI, "{fate:?} at {call}");
            let signed_in = sign_in(&world, SRI, &mailed(&world)).await;
            assert_eq!(signed_in.json["data"]["challenge"], "new_password", "{fate:?} at {call}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 7, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_name_and_no_address_is_refused() {
    let world = World::new().await.unwrap();
    for (wrong, field) in [
        (Founding { name: "  ".into(), ..founding() }, "name"),
        (Founding { admin_name: "a\u{7}".into(), ..founding() }, "name"),
        (Founding { admin_email: "sri".into(), ..founding() }, "email"),
    ] {
        let problem = found(&world, &wrong).await.unwrap_err();
        assert_eq!(problem.field.as_deref(), Some(field), "{wrong:?}");
    }
}
