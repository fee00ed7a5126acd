//! Reactions, edits and deletions (`webhooks/reference/messages/{reaction,edit,revoke}`).

use domain::{
    Time,
    message::{Annotated, Annotation, Side},
};
use serde_json::Value;

use super::{
    content::content,
    fields::{id, text, word},
};

/// The most bytes of a reaction's emoji; ours. A family with skin tones has 50.
const MAX_EMOJI: usize = 128;

/// Whether an item says something about another message.
pub(super) enum Kind {
    /// It does.
    Annotation(Annotation),
    /// It speaks for itself; or of what, can't be read: then it shows as what it is.
    Message,
}

/// Reads an item as something that is said about another message.
pub(super) fn read(kind: &str, item: &Value, provider_id: &str, by: Side, at: Time) -> Kind {
    let Some((target, change)) = change(kind, item) else { return Kind::Message };
    Kind::Annotation(Annotation { target, by, at, provider_id: provider_id.to_owned(), change })
}

fn change(kind: &str, item: &Value) -> Option<(String, Annotated)> {
    let told = item.get(kind)?;
    match kind {
        "reaction" => {
            let target = id(told, "message_id")?;
            // A reaction that is taken back comes without the field, or with an empty one.
            let emoji = match told.get("emoji") {
                None | Some(Value::Null) => None,
                Some(Value::String(none)) if none.is_empty() => None,
                Some(_) => Some(text(told, "emoji", MAX_EMOJI)?),
            };
            Some((target, Annotated::Reaction(emoji)))
        }
        "edit" => {
            let message = told.get("message")?;
            let content = content(word(message, "type")?, message)?;
            Some((id(told, "original_message_id")?, Annotated::Edit(Box::new(content))))
        }
        "revoke" => Some((id(told, "original_message_id")?, Annotated::Revoke)),
        _ => None,
    }
}
