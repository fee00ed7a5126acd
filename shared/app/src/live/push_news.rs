//! Pushes what a batch came to, to the sockets that may see it.
//!
//! Within [`LIMIT`], whatever happens: sends wait behind it in the stream. A socket that is gone
//! is taken off the list. One that does not take a frame in time rests for a while, so that it
//! delays one batch and not every batch; its client catches up from the journal, as does everyone
//! to whom a frame did not come through. Nothing here fails: what was not pushed is logged.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    Id, Time,
    api_key::Role,
    integration::Organization,
    live::{Socket, present},
    room::{Audience, Room, audience},
};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use platform::{
    cache::Cache,
    push::{FRAME, Push, Pushed},
    telemetry,
};
use store::{StoreError, Table, Tenant};

use super::{Digest, LiveEvent, event};

/// How long pushing a batch may take.
const LIMIT: Duration = Duration::from_secs(2);

/// Frames that are under way at the same time.
const WIDTH: usize = 32;

/// How long a socket rests that did not take a frame.
const REST: SignedDuration = SignedDuration::from_secs(30);

/// What a frame is besides its events.
const FRAME_BEGIN: &str = r#"{"type":"events","events":["#;
const FRAME_END: &str = "]}";

/// The way to the sockets.
#[derive(Debug)]
pub struct Pusher {
    push: Push,
    resting: Cache<()>,
}

impl Pusher {
    /// Pushes through this API.
    pub fn new(push: Push) -> Self {
        Self { push, resting: Cache::new(REST, 10_000) }
    }

    /// Pushes what has happened to all that may see it.
    pub async fn push_news(
        &self,
        table: &Table,
        digests: &BTreeMap<Id<Organization>, Digest>,
        now: Timestamp,
    ) {
        let each = stream::iter(digests).for_each_concurrent(WIDTH, async |(id, digest)| {
            let tenant = table.tenant(*id);
            if let Err(error) = self.push_to(tenant, digest, now).await {
                tracing::warn!(%error, organization = %id, "news could not be pushed");
                telemetry::count("PushFailed", "websocket", now);
            }
        });
        if tokio::time::timeout(LIMIT, each).await.is_err() {
            tracing::warn!("pushing news took too long");
            telemetry::count("PushFailed", "websocket", now);
        }
    }

    async fn push_to(
        &self,
        tenant: Tenant<'_>,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut sockets = tenant.sockets(None).await?;
        let at = Time::from(now);
        let present = present(&sockets, at);
        // Those that are not live are no longer there; those that rest would hold us up.
        sockets.retain(|socket| {
            socket.is_live(at) && self.resting.get(&socket.connection_id, now).is_none()
        });
        if sockets.is_empty() {
            return Ok(());
        }
        let audiences = audiences(tenant, digest, &sockets).await?;
        let mut to_all: Vec<LiveEvent> = Vec::new();
        for member in digest.members.values() {
            let there = present.iter().find(|present| present.member.id == member.id);
            to_all.push(event::presence(member, there, at));
        }
        let frames = sockets.iter().flat_map(|socket| {
            let mut events = to_all.clone();
            events.extend(told(socket, digest, &audiences));
            frames(&events).into_iter().map(move |frame| (socket, frame))
        });
        let frames: Vec<_> = frames.collect();
        stream::iter(frames)
            .for_each_concurrent(WIDTH, async |(socket, frame)| {
                self.post(tenant, socket, frame, now).await;
            })
            .await;
        Ok(())
    }

    async fn post(&self, tenant: Tenant<'_>, socket: &Socket, frame: Vec<u8>, now: Timestamp) {
        let connection = &socket.connection_id;
        match self.push.post(connection, frame).await {
            Ok(Pushed::Taken) => {}
            // The stream tells of it before API Gateway has opened it.
            Ok(Pushed::Gone) if socket.is_opening(Time::from(now)) => {}
            Ok(Pushed::Gone) => {
                if let Err(error) = tenant.remove_socket(socket.member.id, connection).await {
                    tracing::warn!(%error, connection, "a dead socket could not be removed");
                }
            }
            Err(error) => {
                tracing::warn!(%error, connection, "a frame did not come through");
                telemetry::count("PushFailed", "websocket", now);
                self.resting.put(connection, (), now);
            }
        }
    }
}

/// Whom the rooms of a batch are shown to: the rooms that it changed say so themselves. The
/// others are read only if an agent listens, since supervisors see all.
async fn audiences(
    tenant: Tenant<'_>,
    digest: &Digest,
    sockets: &[Socket],
) -> Result<BTreeMap<Id<Room>, Audience>, StoreError> {
    let mut audiences = BTreeMap::new();
    let mut unknown = Vec::new();
    for entry in digest.entries() {
        let Some(id) = entry.event.room_id else { continue };
        match digest.room(id).and_then(|room| room.audience) {
            Some(audience) => drop(audiences.insert(id, audience)),
            None => unknown.push(id),
        }
    }
    if sockets.iter().any(|socket| socket.role == Role::Agent) {
        unknown.sort_unstable();
        unknown.dedup();
        let rooms = tenant.rooms_now(&unknown).await?;
        audiences.extend(rooms.iter().map(|room| (room.id, audience(room))));
    }
    Ok(audiences)
}

/// What the member at this socket is told.
fn told(
    socket: &Socket,
    digest: &Digest,
    audiences: &BTreeMap<Id<Room>, Audience>,
) -> Vec<LiveEvent> {
    let entries = digest.entries().filter_map(|entry| {
        let known = entry.event.room_id.and_then(|room| audiences.get(&room)).copied();
        let audience = match socket.role {
            Role::Supervisor | Role::Admin => Audience::Everyone,
            Role::Agent => known?,
        };
        entry.told(socket.role, socket.member.id, audience)
    });
    entries.collect()
}

/// Events as frames that API Gateway takes. One that is too large for any is left to the journal.
fn frames(events: &[LiveEvent]) -> Vec<Vec<u8>> {
    let room = FRAME - FRAME_BEGIN.len() - FRAME_END.len();
    let mut frames: Vec<Vec<u8>> = Vec::new();
    let mut body = String::new();
    let close = |body: &str| [FRAME_BEGIN, body, FRAME_END].concat().into_bytes();
    for event in events {
        let Ok(json) = serde_json::to_string(event) else { continue };
        if json.len() > room {
            continue;
        }
        if !body.is_empty() && body.len() + 1 + json.len() > room {
            frames.push(close(&body));
            body.clear();
        }
        if !body.is_empty() {
            body.push(',');
        }
        body.push_str(&json);
    }
    if !body.is_empty() {
        frames.push(close(&body));
    }
    frames
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::live::EventKind;

    fn event(version: u64, length: usize) -> LiveEvent {
        LiveEvent {
            id: version.to_string(),
            r#type: EventKind::MessageChanged,
            at: String::new(),
            room_id: None,
            version,
            data: Some("x".repeat(length).into()),
        }
    }

    #[test]
    fn frames_are_whole_json_of_a_size_that_is_taken() {
        let events =
            [event(1, 10), event(2, 100_000), event(3, 100_000), event(4, FRAME), event(5, 9)];
        let frames = frames(&events);
        assert!(frames.iter().all(|frame| frame.len() <= FRAME));
        let versions: Vec<Vec<u64>> = frames
            .iter()
            .map(|frame| {
                let frame: Value = serde_json::from_slice(frame).unwrap();
                let events = frame["events"].as_array().unwrap();
                events.iter().map(|event| event["version"].as_u64().unwrap()).collect()
            })
            .collect();
        assert_eq!(versions, [vec![1, 2], vec![3, 5]]);
        assert!(super::frames(&[]).is_empty());
    }
}
