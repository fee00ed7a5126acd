//! One environment on this machine: where its files are, and what of it runs.
//!
//! There is one for people (`dev`) and one for each run of the tests; they share nothing but the
//! built functions and the Python packages.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::host::command::environment;
use crate::host::process::Process;

/// An environment's files, all below `target/`.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    name: String,
    workspace: PathBuf,
}

/// What `up` started, so that `down` stops exactly that.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct State {
    /// Absent when somebody else's LocalStack is used.
    pub(crate) emulator: Option<Process>,
    /// The reverse proxy and simulator.
    pub(crate) server: Option<Process>,
    /// The stack's name; the functions' names begin with it.
    pub(crate) stack: String,
    /// Port of the emulator.
    pub(crate) emulator_port: Option<u16>,
    /// Where somebody else's LocalStack answers, when that is used.
    #[serde(default)]
    pub(crate) endpoint: Option<String>,
    /// Port of the reverse proxy.
    pub(crate) port: u16,
    /// What was printed; absent until everything ran once.
    pub(crate) connection: Option<Connection>,
}

/// Everything a client of the environment needs: what `up --json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Connection {
    /// Requests go to `{api_url}/v1/...`.
    pub(crate) api_url: String,
    /// Where clients open sockets, with a ticket: `{ws_url}?ticket=...`.
    pub(crate) ws_url: String,
    /// Where the channel delivers.
    pub(crate) webhook_url: String,
    /// Signs deliveries.
    pub(crate) app_secret: String,
    /// Answers the channel's challenge.
    pub(crate) verify_token: String,
    /// The company's number, as the channel calls it.
    pub(crate) phone_number_id: String,
    /// A bearer key of the demo organization.
    pub(crate) api_key: String,
    /// What the demo's admin signs in with.
    pub(crate) email: String,
    /// And their password.
    pub(crate) password: String,
    /// The name of an HMAC key of the demo organization.
    pub(crate) api_key_id: String,
    /// What its requests are signed with.
    pub(crate) api_secret: String,
    /// The page where one plays the customer.
    pub(crate) simulator_url: String,
}

impl Instance {
    /// The environment of that name; its folder is made when missing.
    pub(crate) fn open(name: &str) -> anyhow::Result<Self> {
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        {
            bail!("the name of an instance consists of lower-case letters and digits");
        }
        let instance = Self { name: name.to_owned(), workspace: workspace()? };
        fs::create_dir_all(instance.root())?;
        Ok(instance)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The workspace's root.
    pub(crate) fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// Where everything of this environment is.
    pub(crate) fn root(&self) -> PathBuf {
        self.workspace.join("target/dev").join(&self.name)
    }

    /// A file or folder of this environment.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// The name of its stack.
    pub(crate) fn stack(&self) -> String {
        format!("sapa-{}", self.name)
    }

    /// Keeps two commands from changing the environment at once: held until the file is dropped.
    pub(crate) fn lock(&self) -> anyhow::Result<File> {
        let file = File::options().create(true).append(true).open(self.path("lock"))?;
        if file.try_lock().is_err() {
            eprintln!("  … waiting for another `cargo dev` to finish");
            file.lock().context("waiting for another `cargo dev`")?;
        }
        Ok(file)
    }

    /// What is known to run.
    pub(crate) fn state(&self) -> State {
        self.load("state.json").unwrap_or_default()
    }

    /// Remembers what runs.
    pub(crate) fn save_state(&self, state: &State) -> anyhow::Result<()> {
        self.save("state.json", state)
    }

    /// A value kept in a file, if it is there and of this version's shape.
    pub(crate) fn load<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path(name)).ok()?).ok()
    }

    /// Keeps a value in a file that only its owner can read: it may hold keys. Written beside and
    /// renamed, so that an interruption leaves the old one.
    pub(crate) fn save<T: Serialize>(&self, name: &str, value: &T) -> anyhow::Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;

        let beside = self.path(&format!("{name}.new"));
        let mut file =
            File::options().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        fs::rename(&beside, self.path(name)).with_context(|| format!("writing {name}"))
    }
}

/// The workspace's root: two above this crate, which cargo tells at run time. A binary that is run
/// without cargo knows where it was built.
fn workspace() -> anyhow::Result<PathBuf> {
    let here = environment("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = here.ancestors().nth(2).context("the crate `dev` lies in infra/dev")?;
    Ok(root.to_owned())
}
