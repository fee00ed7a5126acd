//! A function's settings: environment variables, read once at start.

/// A setting is missing.
#[derive(Debug, thiserror::Error)]
#[error("environment variable {0} is not set")]
pub struct Missing(pub &'static str);

/// The value of an environment variable that the function can't do without.
pub fn required(name: &'static str) -> Result<String, Missing> {
    read(name).ok_or(Missing(name))
}

/// The name under which Lambda runs this function; `local` elsewhere.
pub fn function_name() -> String {
    read("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "local".into())
}

/// The stack that this function belongs to, by which it counts; `None` where nobody counts.
pub fn stack_name() -> Option<String> {
    read("STACK_NAME")
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
