//! What was said about messages that were said before: one row per target, beside the messages.
//!
//! Each kind and side is an attribute of its own, and is written on the condition that what is
//! there is older: one write and no read, and in whatever order they come, the latest stays.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, TransactWriteItem, Update};
use domain::{
    Id, Time,
    integration::Integration,
    message::{Annotated, Annotation, Annotations, Reaction, Revoked, Side, annotated_id},
    room::Room,
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, Key},
    table::{Item, StoreError, Tenant, VERSION, number, read, string, written_update},
};

/// Keeps one note: the latest of its kind and side stays.
const KEEP: &str = "SET #target = :target, #name = :noted, #v = if_not_exists(#v, :none) + :one";
const KEEP_UNTIL: &str = "SET #target = :target, #name = :noted, #v = if_not_exists(#v, :none) + :one, \
                          #expires_at = :ends, #ttl = :ttl";
const IF_LATER: &str = "attribute_not_exists(#name) OR #name.#order < :order";

/// What was said about messages, by the message.
pub(crate) type ByTarget = HashMap<Id<Annotations>, Annotations>;

/// A page of what was said about messages of a room.
#[derive(Debug)]
pub struct AnnotationsPage {
    /// By message, in no order that means anything.
    pub annotations: Vec<Annotations>,
    /// Where the next page begins, if there is one.
    pub next: Option<Id<Annotations>>,
}

impl Tenant<'_> {
    /// Keeps what was said about a message until then, unless something later of its kind is known.
    pub async fn annotate(
        &self,
        room: Id<Room>,
        integration: Id<Integration>,
        annotation: &Annotation,
        expires_at: Option<Time>,
    ) -> Result<(), StoreError> {
        let key = keys::annotations(self.org, room, target_of(integration, annotation));
        self.keep(key, &Note::of(annotation, expires_at)?).await
    }

    /// The same, only if the room was not merged into another. `false` if it was, or if something
    /// later is known or the room is being written at this moment.
    pub async fn annotate_unmerged(
        &self,
        room: Id<Room>,
        integration: Id<Integration>,
        annotation: &Annotation,
        expires_at: Option<Time>,
    ) -> Result<bool, StoreError> {
        let key = keys::annotations(self.org, room, target_of(integration, annotation));
        let note = Note::of(annotation, expires_at)?;
        let keep = Update::builder()
            .table_name(&self.table.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(note.expression())
            .condition_expression(IF_LATER)
            .set_expression_attribute_names(Some(note.names()))
            .set_expression_attribute_values(Some(note.values()))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let room = keys::room(self.org, room);
        let stays = ConditionCheck::builder()
            .table_name(&self.table.name)
            .key("pk", string(room.pk))
            .key("sk", string(room.sk))
            .condition_expression("attribute_not_exists(merged_into)")
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let writes = vec![
            TransactWriteItem::builder().update(keep).build(),
            TransactWriteItem::builder().condition_check(stays).build(),
        ];
        self.table.transact(writes).await
    }

    /// Keeps all that was said about a message in a room of another, as far as nothing later of its
    /// kind is known there.
    pub async fn annotate_all(
        &self,
        room: Id<Room>,
        target: Id<Annotations>,
        said: &Annotations,
    ) -> Result<(), StoreError> {
        let row: Item = serde_dynamo::to_item(said)?;
        for (name, noted) in &row {
            // What is no note has no order.
            let order = noted.as_m().ok().and_then(|parts| parts.get("order")?.as_s().ok());
            if let Some(order) = order.cloned() {
                let key = keys::annotations(self.org, room, target);
                let (target, noted, ends) = (&said.target, noted.clone(), said.expires_at);
                self.keep(key, &Note { target, name, noted, order, ends }).await?;
            }
        }
        Ok(())
    }

    /// Takes out what was said about a message. `false` if more was said since it was read.
    pub async fn erase_annotations(
        &self,
        room: Id<Room>,
        target: Id<Annotations>,
        said: &Annotations,
    ) -> Result<bool, StoreError> {
        let key = keys::annotations(self.org, room, target);
        self.table.transact(vec![self.deleting(&key, said.version)?]).await
    }

    async fn keep(&self, key: Key, note: &Note<'_>) -> Result<(), StoreError> {
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(note.expression())
            .condition_expression(IF_LATER)
            .set_expression_attribute_names(Some(note.names()))
            .set_expression_attribute_values(Some(note.values()))
            .send()
            .await;
        written_update(answer).map(drop)
    }

    /// What was said about one message, as it is at this moment.
    pub async fn annotated(
        &self,
        room: Id<Room>,
        target: Id<Annotations>,
    ) -> Result<Option<Annotations>, StoreError> {
        let key = keys::annotations(self.org, room, target);
        Ok(self.table.get(&key, true).await?.map(|row| row.value))
    }

    /// What was said about messages of a room, page by page.
    pub async fn annotations(
        &self,
        room: Id<Room>,
        after: Option<Id<Annotations>>,
        limit: i32,
    ) -> Result<AnnotationsPage, StoreError> {
        let (items, next) = self.annotation_rows(room, after, limit).await?;
        let annotations = items.into_iter().map(|item| Ok(read(item)?.value));
        let annotations = annotations.collect::<Result<_, StoreError>>()?;
        Ok(AnnotationsPage { annotations, next })
    }

    /// What was said about messages of a room, by message; and whether that is not all of it.
    pub(crate) async fn some_annotations(
        &self,
        room: Id<Room>,
        limit: i32,
    ) -> Result<(ByTarget, bool), StoreError> {
        let (items, next) = self.annotation_rows(room, None, limit).await?;
        Ok((by_target(items)?, next.is_some()))
    }

    /// What was said about these messages.
    pub(crate) async fn annotations_of(
        &self,
        room: Id<Room>,
        targets: impl Iterator<Item = Id<Annotations>>,
    ) -> Result<ByTarget, StoreError> {
        let targets: BTreeSet<_> = targets.collect();
        let keys = targets.into_iter().map(|target| keys::annotations(self.org, room, target));
        let keys: Vec<_> = keys.collect();
        by_target(self.table.batch(&keys, false).await?)
    }

    async fn annotation_rows(
        &self,
        room: Id<Room>,
        after: Option<Id<Annotations>>,
        limit: i32,
    ) -> Result<(Vec<Item>, Option<Id<Annotations>>), StoreError> {
        let pk = keys::room_partition(self.org, room);
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        if let Some(after) = after {
            let key = keys::annotations(self.org, room, after);
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":sk", string(keys::ANNOTATIONS))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok());
        let next = next.and_then(|sk| keys::annotated(sk));
        Ok((answer.items.unwrap_or_default(), next))
    }
}

/// What is kept of one thing that was said.
struct Note<'a> {
    /// The provider's id of the message.
    target: &'a str,
    /// The attribute: kind and side.
    name: &'a str,
    noted: AttributeValue,
    /// Where it stands among those of its kind and side.
    order: String,
    /// When it is to go, if it is.
    ends: Option<Time>,
}

impl<'a> Note<'a> {
    fn of(annotation: &'a Annotation, ends: Option<Time>) -> Result<Self, StoreError> {
        let (name, noted) = noted(annotation)?;
        let order = annotation.noted(()).order;
        Ok(Self { target: &annotation.target, name, noted, order, ends })
    }

    fn expression(&self) -> &'static str {
        if self.ends.is_some() { KEEP_UNTIL } else { KEEP }
    }

    fn names(&self) -> HashMap<String, String> {
        let names =
            [("#v", VERSION), ("#target", "target"), ("#name", self.name), ("#order", "order")];
        let ending = [("#expires_at", "expires_at"), ("#ttl", "ttl")];
        let ending = ending.into_iter().filter(|_| self.ends.is_some());
        names
            .into_iter()
            .chain(ending)
            .map(|(name, stands_for)| (name.into(), stands_for.into()))
            .collect()
    }

    fn values(&self) -> Item {
        let values = [
            (":target", string(self.target)),
            (":noted", self.noted.clone()),
            (":order", string(&self.order)),
            (":none", number(0)),
            (":one", number(1)),
        ];
        let ending = self
            .ends
            .map(|ends| [(":ends", number(ends.millis())), (":ttl", number(ends.millis() / 1000))]);
        let ending = ending.into_iter().flatten();
        values.into_iter().chain(ending).map(|(name, value)| (name.into(), value)).collect()
    }
}

/// The row of the message that it is about.
fn target_of(integration: Id<Integration>, annotation: &Annotation) -> Id<Annotations> {
    annotated_id(integration, &annotation.target)
}

fn by_target(items: Vec<Item>) -> Result<ByTarget, StoreError> {
    let mut found = ByTarget::new();
    for item in items {
        let target = item.get("sk").and_then(|sk| keys::annotated(sk.as_s().ok()?));
        if let Some(target) = target {
            found.insert(target, read(item)?.value);
        }
    }
    Ok(found)
}

/// The attribute that something is kept in, and what is kept.
fn noted(annotation: &Annotation) -> Result<(&'static str, AttributeValue), StoreError> {
    use serde_dynamo::to_attribute_value as value;
    let (kinds, noted) = match &annotation.change {
        Annotated::Reaction(emoji) => {
            let reaction = Reaction { emoji: emoji.clone() };
            (["customer_reaction", "business_reaction"], value(annotation.noted(reaction))?)
        }
        Annotated::Edit(content) => {
            (["customer_edit", "business_edit"], value(annotation.noted(content))?)
        }
        Annotated::Revoke => {
            (["customer_revoke", "business_revoke"], value(annotation.noted(Revoked {}))?)
        }
    };
    Ok(match annotation.by {
        Side::Customer => (kinds[0], noted),
        Side::Business => (kinds[1], noted),
    })
}
