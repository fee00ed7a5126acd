//! Files to begin with: messages that came with one, and uploads whose bytes have arrived.

use domain::{
    Id,
    integration::Member,
    message::{Content, Context, Direction, File, Media, MediaKind, Message, Position, Receipt},
    room::Room,
    upload::{Upload, UploadState},
};
use store::MessageKey;

use crate::{World, company::Company};

/// The first bytes of every JPEG, and some more.
pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0 a cup of coffee";

/// A message with this file in a room of a company, as `webhook` stores it.
pub async fn with_file(
    world: &World,
    company: &Company,
    room: &str,
    (id, kind, file): (&str, MediaKind, File),
) -> anyhow::Result<MessageKey> {
    let room_id: Id<Room> = room.parse()?;
    let id: Id<Message> = id.parse().unwrap_or_else(|_| Id::derived(&[id]));
    let now = world.now();
    let media = Media {
        kind,
        caption: None,
        filename: None,
        is_voice: kind == MediaKind::Audio,
        is_animated: false,
        file,
    };
    let message = Message {
        id,
        room_id,
        integration_id: company.provisioned.integration_id,
        at: now,
        content: Content::Media(media),
        context: Context::default(),
        provider_id: Some(format!("wamid.{id}")),
        trace: None,
        expires_at: None,
        version: 1,
        direction: Direction::Inbound { received: Receipt { at: now, message_id: id } },
    };
    let tenant = world.process.table.tenant(company.provisioned.organization_id);
    tenant.store_message(&message).await?;
    Ok(MessageKey { room: room_id, position: Position { at: now, id } })
}

/// A file that is in the bucket.
pub fn stored_file(key: &str) -> File {
    File::Stored {
        key: key.into(),
        mime_type: "image/jpeg".into(),
        size: JPEG.len() as u64,
        sha256: "0".repeat(64),
    }
}

/// An upload of this id whose bytes have arrived.
pub async fn arrived(world: &World, company: &Company, id: &str) -> anyhow::Result<Id<Upload>> {
    let org = company.provisioned.organization_id;
    let id: Id<Upload> = id.parse().unwrap_or_else(|_| Id::derived(&[id]));
    let upload = Upload {
        id,
        key: format!("pending/{org}/{id}"),
        filename: "kopi.jpg".into(),
        mime_type: "image/jpeg".into(),
        size: JPEG.len() as u64,
        is_animated: false,
        state: UploadState::Pending,
        created_by: Member { id: Id::derived(&["ani"]), name: "Ani".into() },
        created_at: world.now(),
        ends_at: None,
    };
    world.process.table.tenant(org).begin_upload(&upload).await?;
    world.wire.services().s3.place(&upload.key, JPEG);
    Ok(id)
}
