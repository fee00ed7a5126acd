//! Pictures, voice notes and documents: from the provider into the bucket, and out of it.

mod fetching;
mod serving;
mod uploading;

use std::time::Duration;

use domain::message::{File, MediaKind};
use serde_json::Value;
use store::MessageKey;
use world::{World, files::with_file, requests::ApiRequest, world::Answered};

use crate::desk::{BUDI, Desk};

/// A moment: the first tries and their answers.
const MOMENT: Duration = Duration::from_secs(1);

/// A world in which Budi has written.
pub(crate) async fn talking() -> (World, Value) {
    let world = World::new().await.unwrap();
    let room = Desk::of(&world).first_words(BUDI).await;
    world.settle(MOMENT).await.unwrap();
    (world, room)
}

/// Budi sends a file; it is with the provider, and the message is stored.
pub(crate) async fn sends(
    world: &World,
    room: &Value,
    (kind, mime_type): (MediaKind, &str),
    bytes: &[u8],
) -> MessageKey {
    let now = world.clock.now_ms();
    let id = world.company().graph().customer_uploads(now, mime_type, bytes.to_vec());
    let file = File::Awaited {
        provider_media_id: id.clone(),
        mime_type: mime_type.into(),
        sha256: None,
        round: 0,
    };
    let room = room.as_str().unwrap();
    with_file(world, world.company(), room, (&id, kind, file)).await.unwrap()
}

/// What the API says of a message's file.
pub(crate) async fn shown(world: &World, key: MessageKey) -> Value {
    let room = Value::from(key.room.to_string());
    let history = Desk::of(world).history(&room).await;
    let id = key.position.id.to_string();
    history.into_iter().find(|message| message["id"] == *id).unwrap()["file"].clone()
}

fn path(key: MessageKey) -> String {
    format!("/v1/rooms/{}/messages/{}/file", key.room, key.position.id)
}

/// The link to a message's file.
async fn link(world: &World, key: MessageKey) -> Answered {
    Desk::of(world).call(ApiRequest::new("GET", path(key))).await
}

/// Has a file fetched again.
pub(crate) async fn retry(world: &World, key: MessageKey) -> Answered {
    Desk::of(world).call(ApiRequest::new("POST", format!("{}/retry", path(key)))).await
}

/// What a browser gets of a message's file.
async fn opened(world: &World, key: MessageKey) -> world::aws::s3::Served {
    let linked = link(world, key).await;
    assert_eq!(linked.status, 200, "{}", linked.json);
    world.open(linked.json["data"]["url"].as_str().unwrap())
}
