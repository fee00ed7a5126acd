//! Keys of contacts, and of the rows by which they are found.

use domain::{
    Id,
    contact::{Contact, Term},
    integration::{Integration, Organization},
};

use super::{Key, LONGEST_SORT_KEY, organization};

pub(crate) fn identity(org: Id<Organization>, at: Id<Integration>, who: &str) -> Key {
    Key::new(format!("o#{org}#who#{at}#{who}"), "identity")
}

pub(crate) fn contact(org: Id<Organization>, id: Id<Contact>) -> Key {
    Key::new(format!("o#{org}#contact#{id}"), "contact")
}

pub(crate) fn export(org: Id<Organization>, of: Id<Contact>) -> Key {
    Key::new(format!("o#{org}#contact#{of}"), "export")
}

/// The partition of the rows by which contacts are found.
pub(crate) fn contacts(org: Id<Organization>) -> String {
    format!("o#{org}#contacts")
}

/// What the keys of contacts share that this finds.
pub(crate) fn contacts_beginning(term: &Term) -> String {
    match term {
        Term::Name(text) => format!("a#{text}"),
        Term::Word(text) => format!("w#{text}"),
        Term::Number(text) => format!("p#{text}"),
    }
}

pub(crate) fn found_contact(org: Id<Organization>, term: &Term, id: Id<Contact>) -> Key {
    Key::new(contacts(org), format!("{}#{id}", contacts_beginning(term)))
}

/// Reads back which contact is found, and by what.
pub(crate) fn found(sk: &str) -> Option<(Term, Id<Contact>)> {
    let (kind, rest) = sk.split_once('#')?;
    let (text, id) = rest.rsplit_once('#')?;
    let text = text.to_owned();
    let term = match kind {
        "a" => Term::Name(text),
        "w" => Term::Word(text),
        "p" => Term::Number(text),
        _ => return None,
    };
    Some((term, id.parse().ok()?))
}

/// A client's place in what a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPlace {
    /// Which of the beginnings that are searched for.
    pub beginning: usize,
    /// The last contact that was looked at there, if one was.
    pub last: Option<(Term, Id<Contact>)>,
}

impl std::fmt::Display for ContactPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.beginning)?;
        match &self.last {
            None => Ok(()),
            Some((term, id)) => write!(f, "#{}#{id}", contacts_beginning(term)),
        }
    }
}

impl ContactPlace {
    /// Reads a place among what these beginnings find; `None` if it is none.
    pub fn parse(text: &str, beginnings: &[Term]) -> Option<Self> {
        let (at, last) = match text.split_once('#') {
            None => (text, None),
            Some((at, sk)) if sk.len() <= LONGEST_SORT_KEY => (at, Some(found(sk)?)),
            Some(_) => return None,
        };
        let place = Self { beginning: at.parse().ok()?, last };
        let beginning = beginnings.get(place.beginning)?;
        let is_among = place.last.as_ref().is_none_or(|(term, _)| term.begins_with(beginning));
        (is_among && place.to_string() == text).then_some(place)
    }
}

pub(crate) fn contact_fields(org: Id<Organization>) -> Key {
    Key::new(organization(org), "settings#contact_fields")
}
