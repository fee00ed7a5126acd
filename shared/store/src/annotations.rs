//! What was said about messages that were said before: one row per target, beside the messages.
//!
//! Each kind and side is an attribute of its own, and is written on the condition that what is
//! there is older: one write and no read, and in whatever order they come, the latest stays.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
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
        let (name, noted) = noted(annotation)?;
        let target = annotated_id(integration, &annotation.target);
        let order = annotation.noted(()).order;
        let key = keys::annotations(self.org, room, target);
        self.keep_noted(key, &annotation.target, (name, noted), &order, expires_at).await
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
        for (name, noted) in row {
            // What is no note has no order.
            let order = noted.as_m().ok().and_then(|parts| parts.get("order")?.as_s().ok());
            if let Some(order) = order.cloned() {
                let key = keys::annotations(self.org, room, target);
                let ends = said.expires_at;
                self.keep_noted(key, &said.target, (&name, noted), &order, ends).await?;
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

    async fn keep_noted(
        &self,
        key: Key,
        target: &str,
        (name, noted): (&str, AttributeValue),
        order: &str,
        expires_at: Option<Time>,
    ) -> Result<(), StoreError> {
        let update = self.table.client.update_item().table_name(&self.table.name);
        let update = match expires_at {
            None => update.update_expression(
                "SET #target = :target, #name = :noted, #v = if_not_exists(#v, :none) + :one",
            ),
            Some(ends) => update
                .update_expression(
                    "SET #target = :target, #name = :noted, #v = if_not_exists(#v, :none) + :one, \
                     expires_at = :ends, #ttl = :ttl",
                )
                .expression_attribute_names("#ttl", "ttl")
                .expression_attribute_values(":ends", number(ends.millis()))
                .expression_attribute_values(":ttl", number(ends.millis() / 1000)),
        };
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .condition_expression("attribute_not_exists(#name) OR #name.#order < :order")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#target", "target")
            .expression_attribute_names("#name", name)
            .expression_attribute_names("#order", "order")
            .expression_attribute_values(":target", string(target))
            .expression_attribute_values(":noted", noted)
            .expression_attribute_values(":order", string(order))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
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
