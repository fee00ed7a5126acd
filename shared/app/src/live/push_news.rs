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
};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use platform::{
    cache::Cache,
    push::{FRAME, Push, Pushed},
};
use store::{StoreError, Table, Tenant};

use super::{Digest, LiveEvent, news::news};
use crate::outcomes::Metric;

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
                Metric::FailedPushes.count(Time::from(now));
            }
        });
        if tokio::time::timeout(LIMIT, each).await.is_err() {
            tracing::warn!("pushing news took too long");
            Metric::FailedPushes.count(Time::from(now));
        }
    }

    async fn push_to(
        &self,
        tenant: Tenant<'_>,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        futures_util::join!(self.close(digest), self.tell(tenant, digest, now)).1
    }

    /// Closes what is no longer listed: whoever took it off the list meant its client to notice.
    /// Mostly it is long closed.
    async fn close(&self, digest: &Digest) {
        stream::iter(&digest.closed)
            .for_each_concurrent(WIDTH, async |connection| {
                if let Err(error) = self.push.close(connection).await {
                    tracing::warn!(%error, connection, "a socket could not be closed");
                }
            })
            .await;
    }

    async fn tell(
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
        let to_all = digest.members.values().map(|member| {
            let there = present.iter().find(|present| present.member.id == member.id);
            LiveEvent::presence(member, there, at)
        });
        let to_all: Vec<LiveEvent> = to_all.collect();
        let to_agents = sockets.iter().any(|socket| socket.role == Role::Agent);
        let entries: Vec<_> = digest.entries.iter().collect();
        let told = news(tenant, &entries, to_agents, at).await?;
        let frames = sockets.iter().flat_map(|socket| {
            let own = told.iter().filter_map(|told| told.to(socket.role, socket.member.id));
            let frames = frames(to_all.iter().chain(own));
            frames.into_iter().map(move |frame| (socket, frame))
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
                Metric::FailedPushes.count(Time::from(now));
                self.resting.put(connection, (), now);
            }
        }
    }
}

/// Events as frames that API Gateway takes. One that is too large for any is left to the journal.
fn frames<'a>(events: impl Iterator<Item = &'a LiveEvent>) -> Vec<Vec<u8>> {
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
    use domain::integration::Member;
    use serde_json::Value;

    use super::*;

    fn event(version: i64, length: usize) -> LiveEvent {
        let member = Member { id: Id::derived(&["ani"]), name: "x".repeat(length) };
        LiveEvent::presence(&member, None, Time::from_millis(version))
    }

    #[test]
    fn frames_are_whole_json_of_a_size_that_is_taken() {
        let events =
            [event(1, 10), event(2, 100_000), event(3, 100_000), event(4, FRAME), event(5, 9)];
        let frames = frames(events.iter());
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
        assert!(super::frames(std::iter::empty()).is_empty());
    }
}
