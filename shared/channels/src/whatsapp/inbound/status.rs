//! Reports about messages of ours (`webhooks/reference/messages/status`).

use domain::{
    Time,
    message::{Change, Conversation, Failure, Pricing, Status, StatusUpdate},
};
use serde_json::Value;

use super::{
    decode::reference,
    event,
    fields::{id, seconds, word},
    person::recipient,
};
use crate::{Inbound, StatusReport, whatsapp::errors::failure};

/// What a status says.
pub(super) fn status(item: &Value, entry_at: Option<Time>) -> Inbound {
    let at = seconds(item, "timestamp");
    let kind = word(item, "status").unwrap_or("unknown");
    let known = at.and_then(|at| Some((id(item, "id")?, at, change(kind, item, at)?)));
    let Some((provider_id, at, change)) = known else {
        return Inbound::Event(event::status(kind, at.or(entry_at)));
    };
    Inbound::Status(StatusReport {
        reference: reference(item),
        to: recipient(item),
        update: StatusUpdate { provider_id, at, change, pricing: pricing(item) },
    })
}

/// Others that exist, `deleted` and `warning`, tell nothing about how far a message got.
fn change(kind: &str, item: &Value, at: Time) -> Option<Change> {
    let reached = match kind {
        "sent" => Status::Sent,
        "delivered" => Status::Delivered,
        "read" => Status::Read,
        "played" => Status::Played,
        "failed" => {
            let told = item.pointer("/errors/0").and_then(|error| failure(error, at));
            let silent = || Failure::uncoded("No reason given", at);
            return Some(Change::Failed(told.unwrap_or_else(silent)));
        }
        _ => return None,
    };
    Some(Change::Reached(reached))
}

/// What a message is charged or free as a part of.
fn conversation(told: &Value) -> Option<Conversation> {
    let conversation = Conversation {
        origin: told.get("origin").and_then(|origin| word(origin, "type")).map(str::to_owned),
        expires_at: seconds(told, "expiration_timestamp"),
    };
    (conversation.origin.is_some() || conversation.expires_at.is_some()).then_some(conversation)
}

/// What Meta charges. `billable` is to go; `type` says the same (`regular` is charged).
fn pricing(item: &Value) -> Option<Pricing> {
    let pricing = item.get("pricing")?;
    let kind = word(pricing, "type");
    let billable = pricing.get("billable").and_then(Value::as_bool);
    let text = |key| word(pricing, key).unwrap_or("unknown").to_owned();
    Some(Pricing {
        billable: billable.or_else(|| kind.map(|kind| kind == "regular"))?,
        model: text("pricing_model"),
        kind: kind.map(str::to_owned),
        category: text("category"),
        conversation: item.get("conversation").and_then(conversation),
    })
}
