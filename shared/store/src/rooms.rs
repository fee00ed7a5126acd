//! Rooms.
//!
//! Most of what happens to a room is the next message in order. That is one conditional update
//! without a read: [`Tenant::touch_inbound`], [`Tenant::touch_outbound`]. When its condition does
//! not hold, the answer is the room as it is; the domain decides, and [`Tenant::save_room`]
//! replaces the row of that version.

use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use domain::{
    Id, Time,
    integration::{Member, Organization},
    message::{Message, Receipt},
    room::{Assignment, LastMessage, Resolution, Room, Status, window_closes},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, InboxKey},
    table::{
        Item, StoreError, Tenant, VERSION, Versioned, Written, item, number, read, string,
        written_update,
    },
};

/// What became of a touch.
#[derive(Debug)]
pub enum Touch {
    /// The room has taken the message in.
    Done,
    /// It is not simply the next message of a live room: here is the room, if there is one.
    Decide(Option<Box<Versioned<Room>>>),
}

/// What became of a save.
#[derive(Debug)]
pub enum Saved {
    /// The room is as it was decided.
    Done,
    /// The room has changed since it was read.
    Changed,
}

impl Tenant<'_> {
    /// One room, as it is at this moment.
    pub async fn room(&self, id: Id<Room>) -> Result<Option<Versioned<Room>>, StoreError> {
        self.table.get(&keys::room(self.org, id), true).await
    }

    /// Takes in a customer's message if it is the next one of a live room.
    pub async fn touch_inbound(
        &self,
        message: &Message,
        receipt: &Receipt,
        now: Time,
    ) -> Result<Touch, StoreError> {
        let taken = Receipt { at: now, message_id: message.id };
        let said_at = message.said_at();
        // A room that is armed already stays as it is: the sweep looks again when it is due.
        let due = window_closes(said_at).max(now);
        let key = keys::room(self.org, message.room_id);
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(
                "SET last_inbound_at = :said, last_received = :received, last_taken = :taken, \
                 last_message = :last, activity_at = :now, isk = :isk, unread = unread + :one, \
                 due_at = if_not_exists(due_at, :due), dpk = if_not_exists(dpk, :dpk), \
                 dsk = if_not_exists(dsk, :dsk), #v = #v + :one REMOVE expired_at",
            )
            .condition_expression(
                "#status IN (:unassigned, :assigned) AND attribute_not_exists(merged_into) \
                 AND last_received < :received \
                 AND last_inbound_at <= :said AND activity_at <= :now AND (last_message.said_at < :said \
                 OR (last_message.said_at = :said AND last_message.received_at < :at_receipt)) \
                 AND NOT contains(overtaken, :id) \
                 AND (attribute_not_exists(forgotten_until) OR forgotten_until < :said)",
            )
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":said", number(said_at.millis()))
            .expression_attribute_values(":received", string(receipt))
            .expression_attribute_values(":last", nested(&LastMessage::of(message, None))?)
            .expression_attribute_values(":taken", string(taken))
            .expression_attribute_values(":id", string(message.id))
            .expression_attribute_values(":at_receipt", number(receipt.at.millis()))
            .expression_attribute_values(":now", number(now.millis()))
            .expression_attribute_values(":isk", string(InboxKey::new(now, message.room_id).isk()))
            .expression_attribute_values(":due", number(due.millis()))
            .expression_attribute_values(":dpk", string(keys::due(message.room_id)))
            .expression_attribute_values(":dsk", string(keys::due_at(due)))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":unassigned", string(Status::Unassigned.name()))
            .expression_attribute_values(":assigned", string(Status::Assigned.name()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        touched(written_update(answer)?)
    }

    /// Records that a provider took a message of ours, if it is the latest of its room.
    pub async fn touch_outbound(&self, message: &Message) -> Result<Touch, StoreError> {
        let key = keys::room(self.org, message.room_id);
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(
                "SET last_outbound_at = :at, last_message = :last, activity_at = :at, isk = :isk, \
                 #v = #v + :one",
            )
            .condition_expression(
                "(attribute_not_exists(last_outbound_at) OR last_outbound_at < :at) \
                 AND last_message.said_at < :at AND activity_at <= :at \
                 AND NOT contains(overtaken, :id) \
                 AND (attribute_not_exists(forgotten_until) OR forgotten_until < :at)",
            )
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":at", number(message.at.millis()))
            .expression_attribute_values(":id", string(message.named_id()))
            .expression_attribute_values(":last", nested(&LastMessage::of(message, None))?)
            .expression_attribute_values(
                ":isk",
                string(InboxKey::new(message.at, message.room_id).isk()),
            )
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        touched(written_update(answer)?)
    }

    /// Makes a room. `false` if it exists.
    ///
    /// The room's row says which episode it is in; the episode's own row begins with the first
    /// thing that is to be remembered of it.
    pub async fn create_room(&self, room: &Room) -> Result<bool, StoreError> {
        Ok(matches!(self.create(row(self.org, room)?).await?, Written::Yes))
    }

    /// Replaces a room within its episode.
    pub async fn save_room(&self, old: &Versioned<Room>, new: &Room) -> Result<Saved, StoreError> {
        let following = self.following(&old.value, new)?;
        if !following.is_empty() {
            let put = self.table.replacing(row(self.org, new)?, old.version)?;
            let mut writes = vec![TransactWriteItem::builder().put(put).build()];
            writes.extend(following);
            return saved(self.table.transact(writes).await?);
        }
        Ok(match self.table.replace(row(self.org, new)?, old.version).await? {
            Written::Yes => Saved::Done,
            Written::No(_) => Saved::Changed,
        })
    }

    /// Replaces a resolved room by a live one, which begins its next episode.
    pub async fn reopen_room(
        &self,
        old: &Versioned<Room>,
        new: &Room,
    ) -> Result<Saved, StoreError> {
        // What time resolved is on the room alone, until now.
        if old.value.resolution.is_some() {
            self.note_resolution(&old.value).await?;
        }
        self.save_room(old, new).await
    }

    /// Notes on a resolved room's episode what the room says of its resolution. Doing it twice
    /// changes nothing.
    async fn note_resolution(&self, room: &Room) -> Result<(), StoreError> {
        let key = keys::episode(self.org, room.id, &room.episode);
        let resolution = EpisodeResolution {
            resolved_at: room.resolved_at,
            resolved_by: room.resolved_by.as_ref(),
            resolution: room.resolution,
        };
        let facts: Item = serde_dynamo::to_item(&resolution)?;
        let episode: Item = serde_dynamo::to_item(&room.episode)?;
        let (mut sets, mut call) = (Vec::new(), self.table.client.update_item());
        for (name, value) in facts.into_iter().chain(episode) {
            sets.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
            call = call
                .expression_attribute_names(format!("#{name}"), &name)
                .expression_attribute_values(format!(":{name}"), value);
        }
        sets.sort_unstable();
        let answer = call
            .table_name(&self.table.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(format!("SET {}", sets.join(", ")))
            .send()
            .await;
        answer.map(drop).map_err(|error| CallFailed::new("UpdateItem", &error).into())
    }

    /// Replaces a room by one that has changed hands, and notes it on the episode.
    pub async fn assign_room(
        &self,
        old: &Versioned<Room>,
        new: &Room,
        note: &Assignment,
    ) -> Result<Saved, StoreError> {
        let update = self
            .episode(new)
            .update_expression(
                "SET id = if_not_exists(id, :id), opened_at = if_not_exists(opened_at, :opened), \
                 assignments = list_append(if_not_exists(assignments, :none), :note)",
            )
            .expression_attribute_values(":none", nested::<[&Assignment; 0]>(&[])?)
            .expression_attribute_values(":note", nested(&[note])?);
        self.save_with_episode(old, new, update).await
    }

    /// Replaces a room by a resolved one, and notes it on the episode.
    pub async fn resolve_room(
        &self,
        old: &Versioned<Room>,
        new: &Room,
        member: &Member,
        now: Time,
    ) -> Result<Saved, StoreError> {
        let update = self
            .episode(new)
            .update_expression(
                "SET id = if_not_exists(id, :id), opened_at = if_not_exists(opened_at, :opened), \
                 resolved_at = :at, resolved_by = :by",
            )
            .expression_attribute_values(":at", number(now.millis()))
            .expression_attribute_values(":by", nested(member)?);
        self.save_with_episode(old, new, update).await
    }

    /// Who has had a room in the episode that it is in, the first one first.
    pub async fn assignments(&self, room: &Room) -> Result<Vec<Assignment>, StoreError> {
        let key = keys::episode(self.org, room.id, &room.episode);
        let row = self.table.get::<Assignments>(&key, true).await?;
        Ok(row.map(|row| row.value.assignments).unwrap_or_default())
    }

    async fn save_with_episode(
        &self,
        old: &Versioned<Room>,
        new: &Room,
        episode: aws_sdk_dynamodb::types::builders::UpdateBuilder,
    ) -> Result<Saved, StoreError> {
        let put = self.table.replacing(row(self.org, new)?, old.version)?;
        let update = episode.build();
        let update =
            update.map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let mut writes = vec![
            TransactWriteItem::builder().put(put).build(),
            TransactWriteItem::builder().update(update).build(),
        ];
        writes.extend(self.following(&old.value, new)?);
        saved(self.table.transact(writes).await?)
    }

    fn episode(&self, room: &Room) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        let key = keys::episode(self.org, room.id, &room.episode);
        Update::builder()
            .table_name(&self.table.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .expression_attribute_values(":id", string(room.episode.id))
            .expression_attribute_values(":opened", number(room.episode.opened_at.millis()))
    }
}

/// A room's row, with its place in the inbox, and among those that will fall due.
pub(crate) fn row(org: Id<Organization>, room: &Room) -> Result<Item, StoreError> {
    let mut row = item(keys::room(org, room.id), room)?;
    row.insert("ipk".into(), string(keys::inbox(org, room.status)));
    row.insert("isk".into(), string(InboxKey::new(room.activity_at, room.id).isk()));
    if let Some(due) = room.due_at {
        row.insert("dpk".into(), string(keys::due(room.id)));
        row.insert("dsk".into(), string(keys::due_at(due)));
    }
    Ok(row)
}

/// What an episode remembers of a resolution.
#[derive(serde::Serialize)]
struct EpisodeResolution<'a> {
    resolved_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<&'a Member>,
    resolution: Option<Resolution>,
}

/// What an episode's row says of who had the room.
#[derive(serde::Deserialize)]
struct Assignments {
    #[serde(default)]
    assignments: Vec<Assignment>,
}

fn nested<T: serde::Serialize>(
    value: &T,
) -> Result<aws_sdk_dynamodb::types::AttributeValue, StoreError> {
    Ok(serde_dynamo::to_attribute_value(value)?)
}

fn touched<T>(answer: Result<T, Option<Item>>) -> Result<Touch, StoreError> {
    Ok(match answer {
        Ok(_) => Touch::Done,
        Err(room) => Touch::Decide(room.map(read).transpose()?.map(Box::new)),
    })
}

fn saved(done: bool) -> Result<Saved, StoreError> {
    Ok(if done { Saved::Done } else { Saved::Changed })
}
