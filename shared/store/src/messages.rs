//! Messages of a room, both ways.

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::{
    Id, Time,
    integration::Integration,
    message::{Change, Message, Position, Receipt, Shown, Status, StatusUpdate, annotated_id},
    room::Room,
};
use platform::aws::CallFailed;

use crate::{
    damage::read_or_pass,
    keys::{self, MessageKey},
    table::{
        Item, StoreError, Tenant, VERSION, Versioned, Written, item, number, read, string, until,
        written_update,
    },
};

/// How far back unread messages are looked for; a badge says "99+" long before.
const UNREAD_LIMIT: usize = 300;

/// How far back a message is looked for by its id alone.
const FIND_LIMIT: usize = 2000;

/// What became of a message that was to be stored.
#[derive(Debug)]
pub enum Stored {
    /// It is in the table now.
    New,
    /// It was there before: as it is.
    Before(Box<Message>),
    /// The room was merged into this one, and it belongs there.
    Moved(Id<Room>),
}

/// What stands in the place of a message that was stored in the room into which its own was
/// merged: whoever still writes to the old room finds it.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Moved {
    moved_to: Id<Room>,
}

/// What lies in a message's place.
#[derive(Debug, serde::Deserialize)]
struct Standing {
    #[serde(default)]
    moved_to: Option<Id<Room>>,
}

/// How long such a row stays: what was under way when the rooms were merged has arrived by then.
const MOVED_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// How many rows of what was said about messages are read beside a page of them. Rooms with more
/// take a second round, in which only what is on the page is asked for.
const ANNOTATIONS: i32 = 200;

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// The message is this run's to send.
    Mine(Box<Versioned<Message>>),
    /// It is not waiting to be sent: as it is, if there is one.
    Not(Option<Box<Versioned<Message>>>),
}

/// What became of a report.
#[derive(Debug)]
pub enum Advance {
    /// The message has moved up.
    Done,
    /// It is not simply the next step: here is the message, if there is one.
    Decide(Option<Box<Versioned<Message>>>),
}

/// A page of a room's history.
#[derive(Debug)]
pub struct HistoryPage {
    /// Newest first.
    pub messages: Vec<Shown>,
    /// Where the next, older page begins, if there is one.
    pub next: Option<Position>,
}

impl Tenant<'_> {
    /// Stores a message, once.
    pub async fn store_message(&self, message: &Message) -> Result<Stored, StoreError> {
        let key = keys::message(self.org, message.room_id, message.position());
        match self.create(until(item(key, message)?, message.expires_at)).await? {
            Written::Yes | Written::No(None) => Ok(Stored::New),
            Written::No(Some(before)) if before.contains_key("moved_to") => {
                Ok(Stored::Moved(read::<Moved>(before)?.value.moved_to))
            }
            Written::No(Some(before)) => Ok(Stored::Before(Box::new(read(before)?.value))),
        }
    }

    /// Keeps a message out of a room that was merged into another. If it was stored there before,
    /// it stays there: that is what comes back.
    pub async fn keep_out(
        &self,
        from: MessageKey,
        to: Id<Room>,
        now: Time,
    ) -> Result<Option<Message>, StoreError> {
        let key = keys::message(self.org, from.room, from.position);
        let mut row = item(key, &Moved { moved_to: to })?;
        row.insert("ttl".into(), number(now.plus(MOVED_FOR).millis() / 1000));
        match self.create(row).await? {
            Written::No(Some(before)) if !before.contains_key("moved_to") => {
                Ok(Some(read(before)?.value))
            }
            Written::Yes | Written::No(_) => Ok(None),
        }
    }

    /// One message.
    pub async fn message(&self, key: MessageKey) -> Result<Option<Versioned<Message>>, StoreError> {
        let key = keys::message(self.org, key.room, key.position);
        self.table.get(&key, true).await
    }

    /// Whether a message lies in this place: not what keeps one out.
    pub async fn is_stored(&self, key: MessageKey) -> Result<bool, StoreError> {
        let key = keys::message(self.org, key.room, key.position);
        let found = self.table.get::<Standing>(&key, true).await?;
        Ok(found.is_some_and(|row| row.value.moved_to.is_none()))
    }

    /// The message of a room with this id, looked for from the newest on: keys begin with the time,
    /// which an id does not tell. What people point at is hardly ever far up, and further than
    /// 2,000 messages nobody scrolls.
    pub async fn find_message(
        &self,
        room: Id<Room>,
        id: Id<Message>,
    ) -> Result<Option<Versioned<Message>>, StoreError> {
        let (mut after, mut seen, ends) = (None, 0, format!("#{id}"));
        loop {
            let (items, next) = self.message_rows(room, after, 100).await?;
            seen += items.len();
            let is_it = |item: &Item| {
                item.get("sk").and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk.ends_with(&ends))
            };
            if let Some(item) = items.into_iter().find(is_it) {
                return read(item).map(Some);
            }
            after = next;
            if after.is_none() || seen >= FIND_LIMIT {
                return Ok(None);
            }
        }
    }

    /// Whether a room has the message that the provider knows by this id, as far back as
    /// [`Self::find_message`] looks. All that lies there is read: for what is asked seldom.
    pub async fn has_message(&self, room: Id<Room>, provider_id: &str) -> Result<bool, StoreError> {
        let (mut after, mut seen) = (None, 0);
        loop {
            let (items, next) = self.message_rows(room, after, 500).await?;
            seen += items.len();
            let names = |item: &Item| {
                item.get("provider_id")
                    .is_some_and(|id| id.as_s().is_ok_and(|id| id == provider_id))
            };
            if items.iter().any(names) {
                return Ok(true);
            }
            after = next;
            if after.is_none() || seen >= FIND_LIMIT {
                return Ok(false);
            }
        }
    }

    /// Takes a message that waits to be sent, in the name of a run.
    pub async fn claim(&self, key: MessageKey, run: &str, now: Time) -> Result<Claim, StoreError> {
        let key = keys::message(self.org, key.room, key.position);
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(
                "SET #status = :sending, claimed_at = :now, claimed_by = :run, \
                 attempts = attempts + :one, #v = #v + :one",
            )
            .condition_expression(
                "(#status = :queued OR (#status = :sending AND attribute_not_exists(claimed_at))) \
                 AND attribute_not_exists(failure)",
            )
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":queued", status(Status::Queued))
            .expression_attribute_values(":sending", status(Status::Sending))
            .expression_attribute_values(":now", number(now.millis()))
            .expression_attribute_values(":run", string(run))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match written_update(answer)? {
            Ok(output) => match output.attributes {
                Some(row) => Ok(Claim::Mine(Box::new(read(row)?))),
                None => Ok(Claim::Not(None)),
            },
            Err(None) => Ok(Claim::Not(None)),
            Err(Some(row)) => {
                // The SDK repeats a call whose answer was lost, and meets what it has written.
                let mine = row.get("claimed_by").and_then(|by| by.as_s().ok());
                let mine = mine.is_some_and(|by| by == run);
                let found = Box::new(read(row)?);
                Ok(if mine { Claim::Mine(found) } else { Claim::Not(Some(found)) })
            }
        }
    }

    /// Applies a report of a message's next step, if its acceptance is settled and the step not
    /// below what is known: one write, and no read.
    pub async fn advance(
        &self,
        key: MessageKey,
        integration: Id<Integration>,
        update: &StatusUpdate,
    ) -> Result<Advance, StoreError> {
        let (to, time) = match update.change {
            Change::Reached(to @ Status::Sent) => (to, "sent_at"),
            Change::Reached(to @ Status::Delivered) => (to, "delivered_at"),
            Change::Reached(to @ Status::Read) => (to, "read_at"),
            Change::Reached(to @ Status::Played) => (to, "played_at"),
            Change::Reached(_) | Change::Failed(_) => {
                return Ok(Advance::Decide(self.message(key).await?.map(Box::new)));
            }
        };
        let address = keys::message(self.org, key.room, key.position);
        let call = self.table.client.update_item().table_name(&self.table.name);
        let call = match &update.pricing {
            None => call.update_expression("SET #status = :to, #time = :at, #v = #v + :one"),
            Some(pricing) => {
                call.update_expression(
                    "SET #status = :to, #time = :at, #v = #v + :one, \
                     pricing = if_not_exists(pricing, :pricing)",
                )
                .expression_attribute_values(":pricing", serde_dynamo::to_attribute_value(pricing)?)
            }
        };
        let answer = call
            .key("pk", string(address.pk))
            .key("sk", string(address.sk))
            .condition_expression(
                "#status <= :to AND attribute_exists(accepted_at) \
                 AND attribute_not_exists(#time) AND integration_id = :integration",
            )
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#time", time)
            .expression_attribute_values(":to", status(to))
            .expression_attribute_values(":at", number(update.at.millis()))
            .expression_attribute_values(":integration", string(integration))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        Ok(match written_update(answer)? {
            Ok(_) => Advance::Done,
            Err(row) => Advance::Decide(row.map(read).transpose()?.map(Box::new)),
        })
    }

    /// Replaces a message of this version. `false` if it has changed since.
    pub async fn save_message(
        &self,
        old: &Versioned<Message>,
        new: &Message,
    ) -> Result<bool, StoreError> {
        let key = keys::message(self.org, new.room_id, new.position());
        let row = until(item(key, new)?, new.expires_at);
        let written = self.table.replace(row, old.version).await?;
        Ok(matches!(written, Written::Yes))
    }

    /// A page of a room's messages, newest first, older than the place where the last one ended,
    /// with what was said about them: two calls side by side.
    pub async fn history(
        &self,
        room: Id<Room>,
        before: Option<Position>,
        limit: i32,
    ) -> Result<HistoryPage, StoreError> {
        let after = before.map(|position| keys::message(self.org, room, position).sk);
        let rows = self.message_rows(room, after, limit);
        let beside = self.some_annotations(room, ANNOTATIONS);
        let ((items, next), (mut said, is_part)) = futures_util::try_join!(rows, beside)?;
        let mut messages: Vec<Message> =
            items.into_iter().filter_map(read_or_pass).map(|row| row.value).collect();
        // Rows of one second lie in the order of their ids.
        messages.sort_by_key(|message| std::cmp::Reverse(message.order()));
        let target = |message: &Message| {
            Some(annotated_id(message.integration_id, message.provider_id.as_deref()?))
        };
        if is_part {
            said = self.annotations_of(room, messages.iter().filter_map(target)).await?;
        }
        let show = |message: Message| {
            let annotations = target(&message).and_then(|target| said.remove(&target));
            Shown { message, annotations }
        };
        let messages = messages.into_iter().map(show).collect();
        let next = next.and_then(|sk| keys::position(&sk));
        Ok(HistoryPage { messages, next })
    }

    /// The messages at the end of a room, latest first.
    pub async fn last_messages(
        &self,
        room: Id<Room>,
        limit: i32,
    ) -> Result<Vec<Message>, StoreError> {
        let (rows, _) = self.message_rows(room, None, limit).await?;
        Ok(rows.into_iter().filter_map(read_or_pass).map(|row| row.value).collect())
    }

    /// How many of the customer's messages were received after `read`, up to `last`.
    pub async fn count_unread(
        &self,
        room: Id<Room>,
        read_up_to: Option<&Receipt>,
        last: &Receipt,
    ) -> Result<u32, StoreError> {
        let (mut count, mut after, mut seen) = (0, None, 0);
        loop {
            let (items, next) = self.message_rows(room, after, 100).await?;
            seen += items.len();
            for item in &items {
                let received = item.get("received").and_then(|value| value.as_s().ok());
                let received: Option<Receipt> = received.and_then(|text| text.parse().ok());
                let counts = received.is_some_and(|received| {
                    received <= *last && read_up_to.is_none_or(|read| received > *read)
                });
                count += u32::from(counts);
            }
            after = next;
            if after.is_none() || seen >= UNREAD_LIMIT {
                return Ok(count);
            }
        }
    }

    async fn message_rows(
        &self,
        room: Id<Room>,
        after: Option<String>,
        limit: i32,
    ) -> Result<(Vec<Item>, Option<String>), StoreError> {
        let pk = keys::room_partition(self.org, room);
        let mut query = self.table.client.query().table_name(&self.table.name);
        if let Some(after) = after {
            query = query
                .exclusive_start_key("pk", string(&pk))
                .exclusive_start_key("sk", string(after));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .filter_expression("attribute_not_exists(moved_to)")
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":sk", string(keys::MESSAGES))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok()).cloned();
        Ok((answer.items.unwrap_or_default(), next))
    }
}

fn status(status: Status) -> aws_sdk_dynamodb::types::AttributeValue {
    number(u8::from(status))
}
