//! Two contacts become one: the one that stays takes over all that the other is known by, all
//! that members know of it, its rooms, and what it absorbed before.
//!
//! The decision lies in the two contacts' own rows. What follows from it, in rooms and
//! identities, may be written by anybody at any time ([`aligned`], [`crate::room::aligned`]): it
//! says nothing that the contact does not say.

use super::{Block, Contact, Identity, Period, is_number};
use crate::Id;

/// The most rooms that merging by hand brings together: each has to be told.
pub const MAX_ROOMS: usize = 50;

/// Both contacts, once they are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The one that stays.
    pub stays: Contact,
    /// The one that goes.
    pub goes: Contact,
}

/// Why two contacts can't be made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefused {
    /// They are one contact.
    #[error("A contact can't be merged into itself.")]
    Itself,
    /// The one that is to go has gone into another one.
    #[error("The contact was merged into {into} before.")]
    GoesElsewhere {
        /// Which.
        into: Id<Contact>,
    },
    /// The one that is to stay has gone itself.
    #[error("The contact that is to stay was merged into {into}.")]
    IsGone {
        /// Which.
        into: Id<Contact>,
    },
    /// Together they would have too many rooms.
    #[error("Together they would have more than {MAX_ROOMS} rooms.")]
    TooManyRooms,
}

/// Merges one contact into another. `None` if that was done before.
pub fn merge(goes: &Contact, stays: &Contact) -> Result<Option<Merged>, MergeRefused> {
    if goes.id == stays.id {
        return Err(MergeRefused::Itself);
    }
    if let Some(into) = stays.merged_into {
        return Err(MergeRefused::IsGone { into });
    }
    match goes.merged_into {
        Some(into) if into == stays.id => return Ok(None),
        Some(into) => return Err(MergeRefused::GoesElsewhere { into }),
        None => {}
    }
    let mut next = stays.clone();
    next.given_name = stays.given_name.clone().or(goes.given_name.clone());
    next.email = stays.email.clone().or(goes.email.clone());
    next.company = stays.company.clone().or(goes.company.clone());
    for (key, value) in &goes.fields {
        next.fields.entry(key.clone()).or_insert_with(|| value.clone());
    }
    if !is_number(&stays.identity) && is_number(&goes.identity) {
        next.identity.clone_from(&goes.identity);
    }
    next.user_id = stays.user_id.clone().or(goes.user_id.clone());
    next.parent_user_id = stays.parent_user_id.clone().or(goes.parent_user_id.clone());
    next.username = stays.username.clone().or(goes.username.clone());
    next.block = joined(stays.block.as_ref(), goes.block.as_ref()).cloned();
    add(&mut next.known_as, &goes.known_as);
    add(&mut next.rooms, &goes.rooms);
    add(&mut next.absorbed, &goes.absorbed);
    add(&mut next.absorbed, &[goes.id]);
    next.created_at = stays.created_at.min(goes.created_at);
    let goes = Contact { merged_into: Some(stays.id), ..goes.clone() };
    Ok(Some(Merged { stays: next, goes }))
}

fn add<T: Clone + PartialEq>(known: &mut Vec<T>, others: &[T]) {
    for other in others {
        if !known.contains(other) {
            known.push(other.clone());
        }
    }
}

/// The block that holds for both.
fn joined<'a>(one: Option<&'a Block>, other: Option<&'a Block>) -> Option<&'a Block> {
    let period = |block: Option<&Block>| block.map(|block| block.period);
    let holds = Period::joined(period(one), period(other))?;
    one.filter(|block| block.period == holds).or(other)
}

/// An identity that says what its contact says. `None` if it does already, or leads to somebody
/// else by now.
pub fn aligned(identity: &Identity, contact: &Contact) -> Option<Identity> {
    let is_own = |id| id == contact.id || contact.absorbed.contains(&id);
    let next = Identity {
        contact_id: contact.id,
        blocked: contact.block.as_ref().map(|block| block.period),
        ..identity.clone()
    };
    (is_own(identity.contact_id) && next != *identity).then_some(next)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        Time,
        contact::{FieldKey, FieldValue, Person, block},
        integration::Member,
    };

    /// Budi, by a number that nobody has but him.
    pub(crate) fn contact(number: &str) -> Contact {
        let integration = Id::derived(&["integration"]);
        let person = Person { name: Some("Budi".into()), ..Person::of_number(number) };
        let identity = Identity::first(integration, number);
        Contact::of(&person, &identity, integration, Time::from_millis(100_000)).unwrap()
    }

    #[test]
    fn the_one_that_stays_has_all_that_both_had_and_its_own_words_count() {
        let key = |name: &str| FieldKey::new(name).unwrap();
        let text = |words: &str| FieldValue::Text(words.into());
        let stays = Contact {
            email: Some("budi@kopi.id".into()),
            fields: [(key("tier"), text("gold"))].into(),
            ..contact("628")
        };
        let goes = Contact {
            email: Some("other@kopi.id".into()),
            company: Some("Kopi Kita".into()),
            fields: [(key("tier"), text("silver")), (key("city"), text("Bandung"))].into(),
            created_at: Time::from_millis(1),
            absorbed: vec![Id::derived(&["former"])],
            ..contact("629")
        };
        let Merged { stays: both, goes: gone } = merge(&goes, &stays).unwrap().unwrap();
        assert_eq!(both.email.as_deref(), Some("budi@kopi.id"));
        assert_eq!(both.company.as_deref(), Some("Kopi Kita"));
        assert_eq!(both.fields[&key("tier")], text("gold"));
        assert_eq!(both.fields[&key("city")], text("Bandung"));
        assert_eq!((both.rooms.len(), both.known_as.len(), both.absorbed.len()), (2, 2, 2));
        assert_eq!(both.created_at, goes.created_at);
        assert_eq!(gone.merged_into, Some(stays.id));
        assert_eq!(merge(&gone, &both), Ok(None));
    }

    #[test]
    fn nobody_is_merged_in_a_circle_or_twice() {
        let (one, other, third) = (contact("1"), contact("2"), contact("3"));
        assert_eq!(merge(&one, &one), Err(MergeRefused::Itself));
        let Merged { stays, goes } = merge(&one, &other).unwrap().unwrap();
        assert_eq!(merge(&stays, &goes), Err(MergeRefused::IsGone { into: other.id }));
        let elsewhere = Err(MergeRefused::GoesElsewhere { into: other.id });
        assert_eq!(merge(&goes, &third), elsewhere);
    }

    #[test]
    fn whoever_of_both_is_blocked_the_one_that_stays_is() {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let blocked = block(&contact("1"), &ani, None, Time::from_millis(5)).unwrap();
        let free = contact("2");
        for (goes, stays) in [(&blocked, &free), (&free, &blocked)] {
            let both = merge(goes, stays).unwrap().unwrap().stays;
            assert!(both.is_blocked());
            let identity = Identity::first(Id::derived(&["integration"]), "1");
            let told = aligned(&identity, &both).unwrap();
            assert!(told.is_blocked(Time::from_millis(1)));
            assert_eq!((told.contact_id, told.room_id), (both.id, identity.room_id));
            assert_eq!(aligned(&told, &both), None);
        }
    }

    #[test]
    fn an_identity_that_has_another_holder_by_now_is_theirs() {
        let other = Identity::next(Id::derived(&["integration"]), "1", Time::from_millis(1));
        assert_eq!(aligned(&other, &contact("1")), None);
    }
}
