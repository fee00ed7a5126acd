//! Two contacts become one: the one that stays takes over all that the other is known by, all
//! that members know of it, its rooms, and what it absorbed before.
//!
//! The decision lies in the two contacts' own rows. What follows from it, in rooms and
//! identities, may be written by anybody at any time ([`aligned`], [`crate::room::aligned`]): it
//! says nothing that the contact does not say.

use super::{Block, BlockedApart, Contact, Identity, KnownAs, Period, is_number};
use crate::{Id, Time};

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
pub fn merge(goes: &Contact, stays: &Contact, now: Time) -> Result<Option<Merged>, MergeRefused> {
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
    next.blocked_apart = blocked_apart(&next, stays, goes, now);
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

/// The block that members see: the one that lasts, or the later one.
fn joined<'a>(one: Option<&'a Block>, other: Option<&'a Block>) -> Option<&'a Block> {
    let rank = |block: &&Block| {
        let Period { since, until } = block.period;
        (block.period.lasts(), until, since)
    };
    one.into_iter().chain(other).max_by_key(rank)
}

/// The identities of both for which something else holds than the block that members see.
fn blocked_apart(
    merged: &Contact,
    stays: &Contact,
    goes: &Contact,
    now: Time,
) -> Vec<BlockedApart> {
    let period = |contact: &Contact| contact.block.as_ref().map(|block| block.period);
    let each = merged.known_as.iter().map(|known_as| {
        let is_own = stays.known_as.contains(known_as);
        let (own, other) = if is_own { (stays, goes) } else { (goes, stays) };
        let period = Period::merged(own.blocked(known_as), period(other), now);
        BlockedApart { known_as: known_as.clone(), period }
    });
    each.filter(|apart| apart.period != period(merged)).collect()
}

/// An identity that says what its contact says. `None` if it does already, or leads to somebody
/// else by now.
pub fn aligned(identity: &Identity, at: &KnownAs, contact: &Contact) -> Option<Identity> {
    let is_own = |id| id == contact.id || contact.absorbed.contains(&id);
    let next =
        Identity { contact_id: contact.id, blocked: contact.blocked(at), ..identity.clone() };
    (is_own(identity.contact_id) && next != *identity).then_some(next)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{
        contact::{FieldKey, FieldValue, Person, block, unblock},
        integration::Member,
    };

    const NOW: Time = Time::from_millis(500_000);

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn known_as(who: &str) -> KnownAs {
        KnownAs { integration_id: Id::derived(&["integration"]), who: who.into() }
    }

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
        let Merged { stays: both, goes: gone } = merge(&goes, &stays, NOW).unwrap().unwrap();
        assert_eq!(both.email.as_deref(), Some("budi@kopi.id"));
        assert_eq!(both.company.as_deref(), Some("Kopi Kita"));
        assert_eq!(both.fields[&key("tier")], text("gold"));
        assert_eq!(both.fields[&key("city")], text("Bandung"));
        assert_eq!((both.rooms.len(), both.known_as.len(), both.absorbed.len()), (2, 2, 2));
        assert_eq!(both.created_at, goes.created_at);
        assert_eq!(gone.merged_into, Some(stays.id));
        assert_eq!(merge(&gone, &both, NOW), Ok(None));
    }

    #[test]
    fn nobody_is_merged_in_a_circle_or_twice() {
        let (one, other, third) = (contact("1"), contact("2"), contact("3"));
        assert_eq!(merge(&one, &one, NOW), Err(MergeRefused::Itself));
        let Merged { stays, goes } = merge(&one, &other, NOW).unwrap().unwrap();
        assert_eq!(merge(&stays, &goes, NOW), Err(MergeRefused::IsGone { into: other.id }));
        let elsewhere = Err(MergeRefused::GoesElsewhere { into: other.id });
        assert_eq!(merge(&goes, &third, NOW), elsewhere);
    }

    #[test]
    fn whoever_of_both_is_blocked_the_one_that_stays_is() {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let blocked = block(&contact("1"), &ani, None, Time::from_millis(5)).unwrap();
        let free = contact("2");
        for (goes, stays) in [(&blocked, &free), (&free, &blocked)] {
            let both = merge(goes, stays, NOW).unwrap().unwrap().stays;
            assert!(both.is_blocked());
            let identity = Identity::first(Id::derived(&["integration"]), "1");
            let told = aligned(&identity, &known_as("1"), &both).unwrap();
            assert!(told.is_blocked(Time::from_millis(1)));
            assert_eq!((told.contact_id, told.room_id), (both.id, identity.room_id));
            assert_eq!(aligned(&told, &known_as("1"), &both), None);
        }
    }

    #[test]
    fn what_somebody_said_whom_nobody_had_blocked_is_not_refused_for_what_the_other_did() {
        let ani = Member { id: Id::derived(&["ani"]), name: "Ani".into() };
        let blocked = block(&contact("1"), &ani, None, at(100)).unwrap();
        let forgiven = unblock(&blocked, at(200)).unwrap();
        let refused = |contact: &Contact, who: &str, second| {
            let is_refused = contact.blocked(&known_as(who));
            is_refused.is_some_and(|period| period.covers(at(second)))
        };
        let free = contact("2");
        for is_first in [true, false] {
            let both = |one: &Contact, other: &Contact| {
                let (goes, stays) = if is_first { (one, other) } else { (other, one) };
                merge(goes, stays, NOW).unwrap().unwrap().stays
            };
            let one = both(&forgiven, &free);
            assert!(refused(&one, "1", 150) && !refused(&one, "2", 150));
            let third = block(&contact("3"), &ani, None, at(400)).unwrap();
            let lasting = both(&third, &one);
            assert!(["1", "2", "3"].iter().all(|who| refused(&lasting, who, 50)));
            // Each from when it was blocked itself, or became one with who was.
            let ended = unblock(&lasting, at(600)).unwrap();
            for (who, from) in [("1", 500), ("2", 500), ("3", 400)] {
                assert!(refused(&ended, who, from) && !refused(&ended, who, from - 2), "{who}");
                assert!(!refused(&ended, who, 600), "{who}");
            }
            // Blocked again, they are one.
            let again = block(&ended, &ani, None, at(700)).unwrap();
            assert_eq!(again.blocked_apart, []);
            // What is told beside a number was blocked with it.
            let person = Person { user_id: Some("ID.1".into()), ..Person::of_number("2") };
            let told = one.told(&person, Id::derived(&["integration"]));
            assert_eq!(told.blocked(&known_as("ID.1")), one.blocked(&known_as("2")));
        }
    }

    #[test]
    fn an_identity_that_has_another_holder_by_now_is_theirs() {
        let other = Identity::next(Id::derived(&["integration"]), "1", Time::from_millis(1));
        assert_eq!(aligned(&other, &known_as("1"), &contact("1")), None);
    }
}
