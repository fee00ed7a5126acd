//! E-mail addresses, in the one spelling under which they are kept and looked up.

/// The longest address that can be delivered to (RFC 5321, 4.5.3.1.3, without the brackets).
const LIMIT: usize = 254;

/// The text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is no e-mail address.")]
pub struct NotAnAddress;

/// The address in lower case and without blanks around it. Whether somebody reads what is sent
/// there, only a code can tell: this refuses what certainly nobody does.
pub fn address(text: &str) -> Result<String, NotAnAddress> {
    let address = text.trim().to_lowercase();
    let (local, host) = address.rsplit_once('@').ok_or(NotAnAddress)?;
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    let labels_are_fine = host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    let is_fine = (1..=64).contains(&local.len())
        && address.len() <= LIMIT
        && address.chars().all(is_plain)
        && !local.contains(['@', '"', '<', '>', '(', ')', ',', ':', ';', '\\'])
        && labels_are_fine;
    if is_fine { Ok(address) } else { Err(NotAnAddress) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_one_spelling_and_nonsense_has_none() {
        assert_eq!(address(" Ani@Kopi.ID "), Ok("ani@kopi.id".into()));
        assert_eq!(address("ani+inbox@kopi-kita.co.id"), Ok("ani+inbox@kopi-kita.co.id".into()));
        let long = format!("{}@kopi.id", "a".repeat(65));
        for wrong in [
            "",
            "ani",
            "@kopi.id",
            "ani@",
            "ani@kopi",
            "ani@.id",
            "ani@kopi..id",
            "a b@kopi.id",
            "ani@ko pi.id",
            "ani@kopi.id\n.x",
            "a@b@kopi.id",
            "<ani@kopi.id>",
            "ani@-kopi.id",
            &long,
        ] {
            assert_eq!(address(wrong), Err(NotAnAddress), "{wrong:?}");
        }
    }
}
