//! What a customer chose, or filled in (`webhooks/reference/messages/interactive`; forms:
//! `flows/guides/receiveflowresponse`).

use domain::message::{Choice, Content, FormReply};
use serde_json::Value;

use crate::whatsapp::{
    inbound::fields::{line, text, word},
    limits::MAX_TEXT_BYTES,
};

pub(super) fn reply(told: &Value) -> Option<Content> {
    let kind = word(told, "type")?;
    let reply = told.get(kind)?;
    match kind {
        "button_reply" | "list_reply" => {
            let title = line(reply, "title")?;
            let id = text(reply, "id", MAX_TEXT_BYTES).unwrap_or_else(|| title.clone());
            let description = line(reply, "description");
            Some(Content::Choice(Choice { id, title, description }))
        }
        "nfm_reply" => {
            // The answers are JSON in a string. What is none is not shown as a form.
            let answers = text(reply, "response_json", MAX_TEXT_BYTES)?;
            let is_object = serde_json::from_str::<Value>(&answers).ok()?.is_object();
            let name = line(reply, "name").unwrap_or_else(|| "flow".into());
            let text = line(reply, "body").unwrap_or_default();
            is_object.then_some(Content::FormReply(FormReply { name, text, answers }))
        }
        _ => None,
    }
}
