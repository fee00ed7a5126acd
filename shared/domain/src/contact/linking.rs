//! Which identities are one person's.
//!
//! Three things link: a message that names a number and a user id together, a notice that a
//! number was given up for another, and a notice that a user id was replaced. The decision is a
//! function of what the rows of both identities say, so that runs that race decide the same, and
//! a run that comes after one that died finishes its work.

use super::{Identity, Person};
use crate::{Id, Time, integration::Integration};

/// What is to be done about a person's identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linking {
    /// Nobody knows them: their identities are to be made, and a contact when there is a room.
    New(Identity),
    /// All their identities are to say this.
    Same(Identity),
    /// Two contacts are one person. The one that was known first stays.
    Merge {
        /// What all their identities are to say.
        stays: Identity,
        /// What those of the other said.
        goes: Identity,
    },
}

impl Linking {
    /// What all identities of the person say afterwards.
    pub fn result(&self) -> &Identity {
        match self {
            Self::New(identity) | Self::Same(identity) | Self::Merge { stays: identity, .. } => {
                identity
            }
        }
    }
}

/// Decides by the rows of a person's number and user id, and what they said of themselves at this
/// time. `None` if nothing says who it is.
pub fn link(
    integration: Id<Integration>,
    person: &Person,
    by_number: Option<&Identity>,
    by_user_id: Option<&Identity>,
    at: Time,
    now: Time,
) -> Option<Linking> {
    let holds = |known: &&Identity| !known.is_left(at);
    Some(match (by_number.filter(holds), by_user_id.filter(holds)) {
        (None, None) => {
            let primary = person.primary()?;
            let left = by_number.or(by_user_id).and_then(|known| known.left_at);
            let first = match left {
                None => Identity::first(integration, primary),
                Some(left_at) => Identity::next(integration, primary, left_at),
            };
            Linking::New(first.told(person))
        }
        (Some(known), None) | (None, Some(known)) => Linking::Same(known.told(person)),
        (Some(one), Some(other)) if one.room_id == other.room_id => {
            Linking::Same(one.taking(other, now).told(person))
        }
        (Some(one), Some(other)) => {
            let (stays, goes) = in_order(one, other);
            Linking::Merge { stays: stays.taking(goes, now).told(person), goes: goes.clone() }
        }
    })
}

/// The one that was known first, then the other; of two that were known at the same time, by their
/// rooms. Nothing of this changes while they are linked: whoever decides, or finishes what a run that
/// died had decided, decides the same.
fn in_order<'a>(one: &'a Identity, other: &'a Identity) -> (&'a Identity, &'a Identity) {
    let rank = |known: &Identity| (known.since, known.room_id);
    if rank(one) <= rank(other) { (one, other) } else { (other, one) }
}

/// What a notice does to the identity that someone has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Nothing: nobody is known by the old identity, or the notice is old news.
    Nothing,
    /// They had left the new identity as well when the notice came: only the old one is left.
    Leave,
    /// The new identity, and the old one, are to say this.
    To(Identity),
    /// They wrote from the new identity before the notice came: two contacts are one person.
    Merge {
        /// What all their identities are to say.
        stays: Identity,
        /// What those of the other said.
        goes: Identity,
    },
}

/// Decides what a notice of `at` does that someone has another number or user id now.
///
/// The new identity may be known. If they first wrote from it after the notice, it is the same
/// person, whose first words overtook it. If before, a number changed hands: it leads to its new
/// holder from now on, and what its former holder said stays theirs. It may be the same contact's with
/// another room: a run that died has made two contacts one, or members have. The old identity may have
/// got a new holder, too, before the notice came again.
pub fn moved(
    old: Option<&Identity>,
    new: Option<&Identity>,
    person: &Person,
    at: Time,
    now: Time,
) -> Move {
    let began_by = |known: &&Identity| known.since.is_none_or(|since| since <= at);
    let Some(old) = old.filter(began_by) else { return Move::Nothing };
    if old.left_at.is_some_and(|left_at| left_at >= at) {
        return Move::Nothing;
    }
    match new {
        Some(new) if new.is_left(at) => Move::To(old.told(person)),
        Some(new) if new.left_at.is_some() => Move::Leave,
        Some(new) if old.room_id == new.room_id => Move::To(old.taking(new, now).told(person)),
        Some(new) if new.since >= Some(at) || new.contact_id == old.contact_id => {
            let (stays, goes) = in_order(old, new);
            Move::Merge { stays: stays.taking(goes, now).told(person), goes: goes.clone() }
        }
        Some(_) | None => Move::To(old.told(person)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn integration() -> Id<Integration> {
        Id::derived(&["integration"])
    }

    fn both() -> Person {
        Person { user_id: Some("ID.1".into()), ..Person::of_number("628") }
    }

    fn known(identity: &Identity, second: i64) -> Identity {
        Identity { since: Some(at(second)), ..identity.clone() }
    }

    fn decide(number: Option<Identity>, user_id: Option<Identity>) -> Linking {
        let (number, user_id) = (number.as_ref(), user_id.as_ref());
        link(integration(), &both(), number, user_id, at(100), at(100)).unwrap()
    }

    #[test]
    fn first_messages_that_race_make_the_same_contact() {
        let Linking::New(one) = decide(None, None) else { panic!("nobody knows them") };
        let alone = Person::of_number("628");
        let Some(Linking::New(other)) = link(integration(), &alone, None, None, at(7), at(7))
        else {
            panic!("nobody knows them")
        };
        assert_eq!((one.contact_id, one.room_id), (other.contact_id, other.room_id));
        assert!(
            one.knows(&both(), at(100))
                && !other.knows(&both(), at(100))
                && other.knows(&alone, at(100))
        );
        assert_eq!(link(integration(), &Person::default(), None, None, at(1), at(1)), None);
    }

    #[test]
    fn whichever_identity_is_known_leads_the_other() {
        let number = Identity::first(integration(), "628");
        let hidden = Identity::first(integration(), "ID.1");
        for (linking, room) in [
            (decide(Some(known(&number, 1)), None), number.room_id),
            (decide(None, Some(known(&hidden, 1))), hidden.room_id),
            (decide(Some(known(&number, 1)), Some(known(&number, 1))), number.room_id),
        ] {
            let Linking::Same(identity) = linking else { panic!("{linking:?}") };
            assert_eq!((identity.room_id, identity.knows(&both(), at(100))), (room, true));
        }
    }

    #[test]
    fn of_two_contacts_the_older_stays_whoever_decides() {
        let number = Identity::first(integration(), "628");
        let hidden = Identity::first(integration(), "ID.1");
        for (numbers, hiddens, expected) in
            [(1, 2, number.room_id), (2, 1, hidden.room_id), (5, 5, number.room_id)]
        {
            let linking = decide(Some(known(&number, numbers)), Some(known(&hidden, hiddens)));
            let Linking::Merge { stays, goes } = &linking else { panic!("{linking:?}") };
            if numbers != hiddens {
                assert_eq!(stays.room_id, expected);
            }
            assert_ne!(stays.room_id, goes.room_id);
            assert!(stays.knows(&both(), at(100)));
            assert_eq!(stays.former.len(), 1);
            assert_eq!(stays.former[0].room_id, goes.room_id);
            // Decided again by a run that finds one row rewritten already: nothing else.
            let again = decide(Some(stays.clone()), Some(stays.clone()));
            assert_eq!(again, Linking::Same(stays.clone()));
            // Messages of before may lie in the other room, later ones can't.
            assert_eq!(stays.former_at(at(99)).count(), 1);
            assert_eq!(stays.former_at(at(100).plus(super::super::MERGING)).count(), 0);
        }
    }

    #[test]
    fn a_number_that_changed_hands_leaves_its_history_to_its_former_holder() {
        let old = Identity::first(integration(), "628");
        let new = Identity::first(integration(), "629");
        let person = Person::of_number("629");
        let table = |new_since: Option<i64>| {
            let new = new_since.map(|since| known(&new, since));
            moved(Some(&known(&old, 1)), new.as_ref(), &person, at(50), at(60))
        };
        let Move::To(free) = table(None) else { panic!("nobody had it") };
        let Move::To(recycled) = table(Some(10)) else { panic!("somebody else had it") };
        assert_eq!((&free, free.room_id), (&recycled, old.room_id));
        assert_eq!(free.number.as_deref(), Some("629"));
        let Move::Merge { stays, goes } = table(Some(50)) else { panic!("it is the same one") };
        assert_eq!((stays.room_id, goes.room_id), (old.room_id, new.room_id));
        assert_eq!(moved(None, Some(&known(&new, 1)), &person, at(50), at(60)), Move::Nothing);
    }

    #[test]
    fn whoever_finishes_a_linking_decides_as_it_was_decided() {
        let person = Person::of_number("629");
        for (olds, news) in [(1, 60), (1, 1), (1, 5)] {
            let old = known(&Identity::first(integration(), "628"), olds);
            let new = known(&Identity::first(integration(), "629"), news);
            // The contacts are one by now, and the identities say so.
            let aligned = Identity { contact_id: old.contact_id, ..new.clone() };
            let again = moved(Some(&old), Some(&aligned), &person, at(50), at(60));
            let Move::Merge { stays, goes } = again else { panic!("{again:?}") };
            let Linking::Merge { stays: first, .. } = decide(Some(old), Some(new)) else {
                panic!("two rooms")
            };
            assert_eq!(stays.room_id, first.room_id);
            assert_ne!(stays.room_id, goes.room_id);
        }
    }

    #[test]
    fn a_notice_that_comes_again_changes_nothing() {
        let (person, old) = (Person::of_number("629"), Identity::first(integration(), "628"));
        let again =
            |row: &Identity, since| moved(Some(&known(row, since)), None, &person, at(50), at(60));
        assert_eq!(again(&old.left(at(50)), 1), Move::Nothing);
        // A new holder of the old number wrote in between.
        let holder = Identity::next(integration(), "628", at(50));
        assert_eq!(again(&holder, 55), Move::Nothing);
        // Another notice, of what they changed to since then, was faster.
        let old = known(&old, 1);
        let later = Identity { left_at: Some(at(70)), ..old.clone() };
        let left = moved(Some(&old), Some(&later), &person, at(50), at(80));
        assert_eq!(left, Move::Leave);
    }

    #[test]
    fn who_writes_from_a_number_that_was_given_up_is_somebody_else() {
        let left = Identity::first(integration(), "628").left(at(50));
        let person = Person::of_number("628");
        assert!(left.knows(&person, at(50)) && !left.knows(&person, at(51)));
        let decide =
            |second| link(integration(), &person, Some(&left), None, at(second), at(90)).unwrap();
        let Linking::New(next) = decide(51) else { panic!("it is a stranger") };
        assert_ne!((next.room_id, next.contact_id), (left.room_id, left.contact_id));
        assert_eq!(decide(60).result(), &next);
        let Linking::Same(late) = decide(50) else { panic!("it was said before") };
        assert_eq!(late.room_id, left.room_id);
    }
}
