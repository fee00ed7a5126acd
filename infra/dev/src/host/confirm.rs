//! Asking before something is done that can't be taken back.

use std::io::{BufRead, IsTerminal, Write, stdin, stdout};

use anyhow::bail;

/// Asks a question that only a clear yes answers; `true` without asking if that was said already.
/// Where nobody can be asked, it fails: silence is no yes.
pub(crate) fn confirm(question: &str, is_said: bool) -> anyhow::Result<bool> {
    ensure_answerable(is_said)?;
    if is_said {
        return Ok(true);
    }
    print!("{question} [y/N] ");
    stdout().flush()?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(is_yes(&answer))
}

/// Fails where a question would: before much is done that leads up to it.
pub(crate) fn ensure_answerable(is_said: bool) -> anyhow::Result<()> {
    if !is_said && !stdin().is_terminal() {
        bail!("nobody is here to ask: say --yes");
    }
    Ok(())
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        assert!(is_yes("y\n") && is_yes(" YES \n"));
        assert!(!is_yes("\n") && !is_yes("n\n") && !is_yes("yesterday\n") && !is_yes(""));
    }
}
