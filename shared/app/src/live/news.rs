//! What there is to tell of some changes, and to whom.
//!
//! All of it is read at this moment, and consistently: never older than the change that is told
//! of, and never with words that were deleted by now.

use std::collections::BTreeSet;

use domain::{
    Id, Time,
    api_key::Role,
    integration::Member,
    message::{Message, Shown},
    room::{Audience, audience},
};
use store::{Address, Current, StoreError, Tenant, What};

use super::{LiveEvent, entry::Entry};

/// An event, and what decides who is told it.
#[derive(Debug)]
pub(crate) struct Told {
    /// Nothing where what it is about was erased.
    event: Option<LiveEvent>,
    /// Whom its room is shown to now; nothing where it is shown to nobody any more.
    audience: Option<Audience>,
    /// Of a room: whom it was shown to before.
    before: Vec<Audience>,
    /// Of a room: that it is gone.
    gone: Option<LiveEvent>,
}

enum Sees {
    Event,
    Gone,
    Nothing,
}

impl Told {
    /// What a member is told; nothing if they may neither see the room nor have seen it before.
    #[cfg_attr(not(feature = "push"), expect(dead_code, reason = "only whoever pushes tells many"))]
    pub(crate) fn to(&self, role: Role, member: Id<Member>) -> Option<&LiveEvent> {
        match self.sees(role, member) {
            Sees::Event => self.event.as_ref(),
            Sees::Gone => self.gone.as_ref(),
            Sees::Nothing => None,
        }
    }

    /// The same, for who is the only one to be told.
    pub(crate) fn into(self, role: Role, member: Id<Member>) -> Option<LiveEvent> {
        match self.sees(role, member) {
            Sees::Event => self.event,
            Sees::Gone => self.gone,
            Sees::Nothing => None,
        }
    }

    fn sees(&self, role: Role, member: Id<Member>) -> Sees {
        if self.audience.is_some_and(|audience| audience.includes(role, member)) {
            return Sees::Event;
        }
        let has_seen = self.before.iter().any(|before| before.includes(role, member));
        if has_seen { Sees::Gone } else { Sees::Nothing }
    }
}

/// What there is to tell of these changes. Whom rooms are shown to is asked only where an agent
/// is to be told, since supervisors see all.
pub(crate) async fn news(
    tenant: Tenant<'_>,
    entries: &[&Entry],
    to_agents: bool,
    now: Time,
) -> Result<Vec<Told>, StoreError> {
    let mut wanted = BTreeSet::new();
    for entry in entries {
        let address = entry.address();
        wanted.insert(address);
        wanted.extend(entry.beside());
        if to_agents {
            wanted.insert(Address { what: What::Room, ..address });
        }
    }
    let mut current = tenant.current(&wanted).await?;
    // Named by the provider since it was written down.
    let beside = current.messages.values().filter_map(beside);
    let missing: BTreeSet<_> = beside.filter(|address| !wanted.contains(address)).collect();
    if !missing.is_empty() {
        current.extend(tenant.current(&missing).await?);
    }
    let entries = entries.iter().copied();
    Ok(entries.filter_map(|entry| told(entry, &current, to_agents, now)).collect())
}

/// Where what was said about a message lies.
fn beside(message: &Message) -> Option<Address> {
    let what = What::Annotations(message.annotated_id()?);
    Some(Address { room: message.room_id, what })
}

fn told(entry: &Entry, current: &Current, to_agents: bool, now: Time) -> Option<Told> {
    let Address { room: room_id, what } = entry.address();
    let room = current.rooms.get(&room_id);
    let event = match what {
        What::Room => {
            let version = room.map(|room| room.version).or(entry.erased)?;
            let gone = Some(LiveEvent::room_gone(room_id, version, now));
            let event = room.map(|room| LiveEvent::room(room, now));
            let (audience, before) = (room.map(audience), entry.before.clone());
            return Some(Told { event, audience, before, gone });
        }
        What::Message(position) => {
            let message = current.messages.get(&position.id)?.clone();
            let said = beside(&message).and_then(|address| match address.what {
                What::Annotations(id) => current.annotations.get(&(room_id, id)).cloned(),
                What::Room | What::Message(_) | What::Note(..) => None,
            });
            LiveEvent::message(&Shown { message, annotations: said }, now)
        }
        What::Annotations(id) => {
            let said = current.annotations.get(&(room_id, id))?;
            LiveEvent::annotations(room_id, id, said, now)
        }
        What::Note(_, id) => current.notes.get(&id).map_or_else(
            || LiveEvent::note_gone(room_id, id, now),
            |note| LiveEvent::note(note, now),
        ),
    };
    let audience = if to_agents { room.map(audience) } else { Some(Audience::Everyone) };
    Some(Told { event: Some(event), audience, before: Vec::new(), gone: None })
}

#[cfg(test)]
mod tests {
    use super::{super::EventKind, *};

    #[test]
    fn whoever_loses_a_room_is_told_so_and_nobody_else_hears_of_it() {
        let (ani, tono): (Id<Member>, Id<Member>) = (Id::derived(&["ani"]), Id::derived(&["tono"]));
        let (now, room) = (Time::from_millis(1), Id::derived(&["room"]));
        let of_tono = Audience::Only(tono);
        let told = |before: &[Audience], role, audience| {
            let told = Told {
                event: Some(LiveEvent::note_gone(room, Id::derived(&["any"]), now)),
                audience,
                before: before.to_vec(),
                gone: Some(LiveEvent::room_gone(room, 2, now)),
            };
            told.into(role, ani).map(|event| event.r#type)
        };
        let (event, gone) = (Some(EventKind::NoteGone), Some(EventKind::RoomGone));
        for (before, role, now, tells) in [
            (&[Audience::Everyone][..], Role::Agent, Some(Audience::Everyone), event),
            (&[Audience::Everyone], Role::Agent, Some(of_tono), gone),
            (&[Audience::Only(ani)], Role::Agent, Some(of_tono), gone),
            (&[of_tono, Audience::Only(ani)], Role::Agent, Some(of_tono), gone),
            (&[of_tono], Role::Agent, Some(of_tono), None),
            (&[], Role::Agent, Some(of_tono), None),
            (&[of_tono], Role::Agent, Some(Audience::Only(ani)), event),
            (&[of_tono], Role::Supervisor, Some(of_tono), event),
            // Erased.
            (&[Audience::Everyone], Role::Agent, None, gone),
            (&[of_tono], Role::Agent, None, None),
            (&[of_tono], Role::Supervisor, None, gone),
        ] {
            assert_eq!(told(before, role, now), tells, "{before:?} {role:?} {now:?}");
        }
    }
}
