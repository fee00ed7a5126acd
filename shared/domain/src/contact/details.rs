//! What members know of a contact and the channel does not say.

use std::collections::BTreeMap;

use super::{
    Contact,
    field::{Field, FieldKey, FieldValue},
};
use crate::{
    Id,
    api_key::Role,
    integration::Member,
    room::{Room, may_see},
};

/// The longest name of a person or a company, in characters.
pub const LINE_LIMIT: usize = 100;

/// A name: one line of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("It has 1 to {LINE_LIMIT} characters, and none of them is a control character.")]
pub struct NotALine;

impl Line {
    /// Reads a name as people write it.
    pub fn new(text: &str) -> Result<Self, NotALine> {
        let line = text.trim();
        let length = line.chars().count();
        let is_fine = (1..=LINE_LIMIT).contains(&length) && !line.chars().any(char::is_control);
        if is_fine { Ok(Self(line.to_owned())) } else { Err(NotALine) }
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is to be different; what is left out stays, and what is `Some(None)` is taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactChange {
    /// The name that members give them, instead of the one in their profile.
    pub full_name: Option<Option<Line>>,
    /// Their e-mail address.
    pub email: Option<Option<String>>,
    /// Where they work.
    pub company: Option<Option<Line>>,
    /// Values of the organization's own fields.
    pub fields: BTreeMap<FieldKey, Option<FieldValue>>,
}

/// Whether a member in this role may edit a contact who has these rooms. Everybody finds everybody,
/// since whoever calls may be anybody's; what is changed is read by those who talk with them.
pub fn may_edit(role: Role, member: Id<Member>, rooms: &[Room]) -> bool {
    rooms.is_empty() || rooms.iter().any(|room| may_see(role, member, room))
}

/// A member edits a contact: `Some` new contact, or `None` if all is so already. Values of fields
/// that are no more go with the first edit after them.
pub fn edit(contact: &Contact, change: &ContactChange, fields: &[Field]) -> Option<Contact> {
    let mut next = contact.clone();
    let words = |line: &Option<Line>| line.as_ref().map(|line| line.0.clone());
    if let Some(name) = &change.full_name {
        next.given_name = words(name);
    }
    if let Some(email) = &change.email {
        next.email.clone_from(email);
    }
    if let Some(company) = &change.company {
        next.company = words(company);
    }
    for (key, value) in &change.fields {
        match value {
            Some(value) => drop(next.fields.insert(key.clone(), value.clone())),
            None => drop(next.fields.remove(key)),
        }
    }
    if next == *contact {
        return None;
    }
    next.fields.retain(|key, value| fields.iter().any(|field| field.holds(key, value)));
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{field::tests::field, merging::tests::contact},
        *,
    };
    use crate::contact::FieldKind;

    #[test]
    fn an_edit_changes_what_it_names_and_takes_away_what_it_empties() {
        let name = |text: &str| Some(Some(Line::new(text).unwrap()));
        let budi = contact("628");
        let change = ContactChange {
            full_name: name(" Budi Santoso "),
            email: Some(Some("budi@kopi.id".into())),
            company: name("Kopi Kita"),
            fields: BTreeMap::new(),
        };
        let known = edit(&budi, &change, &[]).unwrap();
        assert_eq!(known.shown_name(), "Budi Santoso");
        assert_eq!(edit(&known, &change, &[]), None);
        // The profile's own name stays beside it, and shows again without it.
        let plain = ContactChange { full_name: Some(None), ..ContactChange::default() };
        let again = edit(&known, &plain, &[]).unwrap();
        assert_eq!((again.shown_name(), again.email.as_deref()), ("Budi", Some("budi@kopi.id")));
        assert_eq!(edit(&again, &ContactChange::default(), &[]), None);
    }

    #[test]
    fn agents_edit_those_of_whom_they_see_a_room_or_who_have_none() {
        let member = |name: &str| Member { id: Id::derived(&[name]), name: name.into() };
        let (ani, tono) = (member("ani"), member("tono"));
        let free = crate::room::tests::room();
        let tonos = Room { assignee: Some(tono.clone()), ..free.clone() };
        let both = [tonos.clone(), free];
        let (none, one, two) = (&both[..0], &both[..1], &both[..]);
        for (role, member, rooms, may) in [
            (Role::Agent, &ani, none, true),
            (Role::Agent, &ani, one, false),
            (Role::Agent, &ani, two, true),
            (Role::Agent, &tono, one, true),
            (Role::Supervisor, &ani, one, true),
            (Role::Admin, &ani, one, true),
        ] {
            assert_eq!(may_edit(role, member.id, rooms), may, "{role:?} {}", member.name);
        }
    }

    #[test]
    fn values_of_fields_that_are_no_more_go_with_the_next_edit() {
        let (tier, city) = (field("tier", FieldKind::Text), field("city", FieldKind::Text));
        let value = |text: &str| Some(FieldValue::Text(text.into()));
        let both = [(tier.key.clone(), value("gold")), (city.key.clone(), value("Bandung"))];
        let change = ContactChange { fields: both.into(), ..ContactChange::default() };
        let known = edit(&contact("628"), &change, &[tier.clone(), city.clone()]).unwrap();
        assert_eq!(known.fields.len(), 2);
        let silver = [(tier.key.clone(), value("silver"))];
        let change = ContactChange { fields: silver.into(), ..ContactChange::default() };
        let left = edit(&known, &change, std::slice::from_ref(&tier)).unwrap();
        assert_eq!(left.fields.keys().collect::<Vec<_>>(), [&tier.key]);
    }

    #[test]
    fn a_name_is_one_line() {
        for wrong in ["", " ", "a\nb", &"x".repeat(LINE_LIMIT + 1)] {
            assert_eq!(Line::new(wrong), Err(NotALine));
        }
    }
}
