//! The functions' variables in a file, for `cargo lambda watch`: so that a function that runs under
//! it works on the environment that `up` made here.
//!
//! The functions are asked, not the template: what they were deployed with is what works.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use serde_json::Value;

use super::aws_cli::{AwsCli, DUMMY_KEY, REGION};
use super::instance::Instance;
use super::target::text;

/// The file's name in the environment's folder. `Cargo.toml` names that of the usual one.
const FILE: &str = "lambda.env";

/// Writes the file.
pub(crate) fn write(instance: &Instance, aws: &AwsCli, endpoint: &str) -> anyhow::Result<()> {
    let listed = aws.json(&["lambda", "list-functions"])?;
    let functions = listed["Functions"].as_array().cloned().unwrap_or_default();
    let prefix = format!("{}-", instance.stack());
    let own = functions.iter().filter(|one| text(one, "FunctionName").starts_with(&prefix));
    let mut variables = shared(own);
    for (key, value) in [
        // The functions' own address for AWS may be one that only a container knows.
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", DUMMY_KEY),
        ("AWS_SECRET_ACCESS_KEY", DUMMY_KEY),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ] {
        variables.insert(key.to_owned(), value.to_owned());
    }
    let mut file = String::new();
    for (key, value) in variables {
        writeln!(file, "{key}={value}")?;
    }
    fs::write(instance.path(FILE), file)?;
    Ok(())
}

/// All functions' variables in one: those of one name have one value.
fn shared<'a>(functions: impl Iterator<Item = &'a Value>) -> BTreeMap<String, String> {
    let variables = functions.filter_map(|one| one["Environment"]["Variables"].as_object());
    variables
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}
