//! `cargo dev up`: from a checkout to a running inbox.
//!
//! Each part is brought to where it should be, whatever it was before, so a second `up` updates
//! what changed and is quick when nothing did.

mod follow;
mod server;

use anyhow::{Context, bail};

use crate::cli::{Architecture, UpOptions};
use crate::down;
use crate::host::{ports, process::Process, progress::Step, python::Venv};
use crate::proxy;
use crate::seed::{self, Demo};
use crate::serve::Plan;
use crate::stack::aws_cli::{AwsCli, Place};
use crate::stack::cloud_formation::{Outputs, Parameters};
use crate::stack::instance::{Connection, Instance, State};
use crate::stack::{deploy, emulator, functions, lambda_env, target};

/// Port of the reverse proxy.
pub(crate) const PORT: u16 = 9000;
const EMULATOR_PORT: u16 = 4566;

/// Starts everything, says where it is, and stays unless told otherwise.
pub(crate) async fn run(instance: &str, options: &UpOptions) -> anyhow::Result<()> {
    let instance = Instance::open(instance)?;
    let ran_before = is_running(&instance.state());
    let connection = start(&instance, options).await?;
    if options.json {
        println!("{}", serde_json::to_string(&connection)?);
    } else {
        println!("{}", describe(&connection));
    }
    if options.detach || ran_before {
        return Ok(());
    }
    eprintln!("\nLogs follow; Ctrl-C stops everything.");
    follow::until_interrupted(&[instance.path("server.log"), instance.path("emulator.log")])
        .await?;
    down::run(instance.name())
}

/// Starts everything that does not run yet. What was started is stopped again if the rest fails.
pub(crate) async fn start(instance: &Instance, options: &UpOptions) -> anyhow::Result<Connection> {
    let _lock = instance.lock()?;
    let ran_before = is_running(&instance.state());
    let started = bring_up(instance, options).await;
    if started.is_err() && !ran_before {
        down::stop(instance, instance.state())?;
    }
    started
}

async fn bring_up(instance: &Instance, options: &UpOptions) -> anyhow::Result<Connection> {
    let mut state = instance.state();
    choose_ports(&mut state, options)?;
    state.stack = instance.stack();
    let venv = target::venv(instance)?;

    // The emulator starts while the functions are built.
    let emulator = start_emulator(instance, &venv, &mut state, options)?;
    let functions = functions::build(instance)?;
    emulator.wait_until_ready(instance, &state).await?;

    let aws = AwsCli::new(&venv, Place::Emulator { endpoint: emulator.endpoint.clone() });
    let parameters = parameters(&emulator.endpoint, state.port).await;
    let outputs = deploy::run(instance, &aws, &parameters, &functions).await?;
    lambda_env::write(instance, &aws, &emulator.endpoint)?;
    let demo = seed_demo(instance, &aws, &outputs).await?;
    let connection = connection(state.port, &demo, outputs.get("WsUrl")?);
    let plan = Plan {
        port: state.port,
        upstream: format!(
            "{}/_aws/execute-api/{}/$default",
            emulator.endpoint,
            outputs.get("ApiId")?
        ),
        webhook_url: format!(
            "http://127.0.0.1:{}/webhooks/whatsapp/{}",
            state.port, demo.webhook_key
        ),
        demo,
        simulator_state: instance.path("simulator.json"),
    };
    server::ensure(instance, &mut state, &plan).await?;
    state.connection = Some(connection.clone());
    instance.save_state(&state)?;
    Ok(connection)
}

/// Where the functions are deployed to.
struct Emulator {
    endpoint: String,
}

fn start_emulator(
    instance: &Instance,
    venv: &Venv,
    state: &mut State,
    options: &UpOptions,
) -> anyhow::Result<Emulator> {
    if let Some(endpoint) = &options.endpoint {
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        state.emulator_port = None;
        state.endpoint = Some(endpoint.clone());
        return Ok(Emulator { endpoint });
    }
    let port = state.emulator_port.unwrap_or(EMULATOR_PORT);
    state.emulator_port = Some(port);
    state.endpoint = None;
    if !state.emulator.as_ref().is_some_and(Process::is_alive) {
        state.emulator = Some(emulator::start(instance, venv, port)?);
        // At once: from here on there is something to stop.
        instance.save_state(state)?;
    }
    Ok(Emulator { endpoint: emulator::url(port) })
}

impl Emulator {
    async fn wait_until_ready(&self, instance: &Instance, state: &State) -> anyhow::Result<()> {
        if let (Some(process), Some(port)) = (&state.emulator, state.emulator_port) {
            let step = Step::begin("Starting the emulator");
            emulator::wait_until_ready(instance, process, port).await?;
            step.done();
        } else if !proxy::answers(&format!("{}/_localstack/health", self.endpoint)).await {
            bail!("nothing answers at {}; start LocalStack first", self.endpoint);
        }
        Ok(())
    }
}

/// What the template is told off AWS, where the simulator plays the providers.
pub(crate) async fn parameters(endpoint: &str, port: u16) -> Parameters {
    // LocalStack's functions run in containers, which know the host by other names. Ministack's
    // are processes of this machine.
    let is_ministack = proxy::answers(&format!("{endpoint}/_ministack/ready")).await;
    let (own, host) = if is_ministack {
        (endpoint, "127.0.0.1")
    } else {
        ("http://localhost.localstack.cloud:4566", "host.docker.internal")
    };
    let parameters = [
        ("Architecture", Architecture::here().name().to_owned()),
        ("AwsEndpointUrl", own.to_owned()),
        // Clients run on the host.
        ("SocketsEndpointUrl", endpoint.replacen("http", "ws", 1)),
        ("GraphUrl", format!("http://{host}:{port}/simulator/graph/v24.0")),
        ("DeletionProtection", "false".to_owned()),
    ];
    parameters.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The ports asked for, else those of last time, else the usual ones. What runs cannot move.
fn choose_ports(state: &mut State, options: &UpOptions) -> anyhow::Result<()> {
    let usual = if state.port == 0 { PORT } else { state.port };
    let moves = options.port.is_some_and(|port| port != usual)
        || options.emulator_port.is_some_and(|port| Some(port) != state.emulator_port);
    if is_running(state) && moves {
        bail!("it runs already, on port {usual}; `cargo dev down` first, to move it");
    }
    let port = options.port.unwrap_or(usual);
    let emulator_port = options.emulator_port.or(state.emulator_port).unwrap_or(EMULATOR_PORT);
    // Found now, before minutes of building. The emulator's own is looked at when it is started.
    if !state.server.as_ref().is_some_and(Process::is_alive) {
        ports::ensure_free(port, "--port", "SAPA_PORT")?;
    }
    state.port = port;
    state.emulator_port = Some(emulator_port);
    Ok(())
}

fn is_running(state: &State) -> bool {
    [&state.emulator, &state.server].into_iter().flatten().any(Process::is_alive)
}

async fn seed_demo(instance: &Instance, aws: &AwsCli, outputs: &Outputs) -> anyhow::Result<Demo> {
    let step = Step::begin("Seeding the demo organization");
    let target = seed::Target {
        aws: aws.sdk().await?,
        table: outputs.get("TableName")?.to_owned(),
        kms_key: outputs.get("KeyArn")?.to_owned(),
        user_pool: outputs.get("UserPoolId")?.to_owned(),
        client: outputs.get("ClientId")?.to_owned(),
    };
    let demo = seed::run(&target, instance.load("demo.json")).await.context("seeding")?;
    instance.save("demo.json", &demo)?;
    step.done();
    Ok(demo)
}

fn connection(port: u16, demo: &Demo, ws_url: &str) -> Connection {
    let base = format!("http://localhost:{port}");
    Connection {
        webhook_url: format!("{base}/webhooks/whatsapp/{}", demo.webhook_key),
        simulator_url: format!("{base}/simulator"),
        api_url: base,
        ws_url: ws_url.to_owned(),
        app_secret: demo.app_secret.clone(),
        verify_token: demo.verify_token.clone(),
        phone_number_id: demo.phone_number_id.clone(),
        api_key: demo.api_key.clone(),
        email: demo.email.clone(),
        password: demo.password.clone(),
        api_key_id: demo.api_key_id.clone(),
        api_secret: demo.api_secret.clone(),
    }
}

fn describe(connection: &Connection) -> String {
    let Connection { api_url, webhook_url, verify_token, api_key, simulator_url, .. } = connection;
    let Connection { email, password, api_key_id, api_secret, .. } = connection;
    format!(
        "\nSapa runs.\n\n\
         \x20 API        {api_url}/v1\n\
         \x20 Sign in    {email}  {password}\n\
         \x20 API key    {api_key}\n\
         \x20 HMAC key   {api_key_id}  {api_secret}\n\
         \x20 Webhook    {webhook_url}\n\
         \x20 Verify     {verify_token}\n\
         \x20 Simulator  {simulator_url}\n\n\
         Write as a customer:  cargo dev say +628123456789 \"Halo\"\n\
         See the inbox:        curl -H 'Authorization: Bearer {api_key}' {api_url}/v1/rooms\n\
         Stop:                 cargo dev down"
    )
}
