//! Messages with something to choose from: messages/interactive-reply-buttons-messages,
//! interactive-list-messages, interactive-cta-url-messages, location-request-messages.

use domain::message::{Action, Header, Interactive, Section};
use serde_json::{Map, Value, json};

use super::{
    Unsendable,
    body::{file, put},
};
use crate::OutboundMessage;

pub(super) fn interactive(
    content: &Interactive,
    message: &OutboundMessage<'_>,
) -> Result<Value, Unsendable> {
    let (kind, action) = action(&content.action);
    let mut object = json!({ "type": kind, "body": { "text": content.body }, "action": action });
    if let Some(above) = &content.header {
        object["header"] = header(above, message)?;
    }
    if let Some(footer) = &content.footer {
        object["footer"] = json!({ "text": footer });
    }
    Ok(object)
}

fn header(header: &Header, message: &OutboundMessage<'_>) -> Result<Value, Unsendable> {
    Ok(match header {
        Header::Text { text } => json!({ "type": "text", "text": text }),
        Header::Media(media) => {
            let kind = media.kind.name();
            json!({ "type": kind, (kind): file(media, message)? })
        }
    })
}

fn action(action: &Action) -> (&'static str, Value) {
    match action {
        Action::Buttons { buttons } => {
            let buttons: Vec<Value> = buttons
                .iter()
                .map(|button| {
                    json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } })
                })
                .collect();
            ("button", json!({ "buttons": buttons }))
        }
        Action::List { button, sections } => {
            let sections: Vec<Value> = sections.iter().map(section).collect();
            ("list", json!({ "button": button, "sections": sections }))
        }
        Action::Link { label, url } => {
            let parameters = json!({ "display_text": label, "url": url });
            ("cta_url", json!({ "name": "cta_url", "parameters": parameters }))
        }
        Action::LocationRequest => ("location_request_message", json!({ "name": "send_location" })),
    }
}

fn section(section: &Section) -> Value {
    let rows: Vec<Value> = section
        .rows
        .iter()
        .map(|row| {
            let mut object = Map::from_iter([
                ("id".to_owned(), json!(row.id)),
                ("title".to_owned(), json!(row.title)),
            ]);
            put(&mut object, "description", row.description.as_ref());
            Value::Object(object)
        })
        .collect();
    let mut object = Map::from_iter([("rows".to_owned(), json!(rows))]);
    put(&mut object, "title", section.title.as_ref());
    Value::Object(object)
}
