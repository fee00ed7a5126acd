//! Messages with something to choose from: messages/interactive-reply-buttons-messages,
//! interactive-list-messages, interactive-cta-url-messages, location-request-messages,
//! interactive-flow-messages; catalogs/catalog-messages, catalogs/product-messages.

use domain::message::{Action, Flow, FlowStart, Header, Interactive, Section};
use serde_json::{Map, Value, json};

use super::{
    Unsendable,
    body::{file, put},
    template::product_sections,
};
use crate::OutboundMessage;

pub(super) fn interactive(
    content: &Interactive,
    message: &OutboundMessage<'_>,
) -> Result<Value, Unsendable> {
    let (kind, action) = action(&content.action);
    let mut object = json!({ "type": kind, "action": action });
    if !content.body.is_empty() {
        object["body"] = json!({ "text": content.body });
    }
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
        Action::Flow(content) => ("flow", json!({ "name": "flow", "parameters": flow(content) })),
        Action::Product { catalog_id, product } => {
            ("product", json!({ "catalog_id": catalog_id, "product_retailer_id": product }))
        }
        Action::ProductList { catalog_id, sections } => {
            let sections = product_sections(sections);
            ("product_list", json!({ "catalog_id": catalog_id, "sections": sections }))
        }
        Action::Catalog { thumbnail } => {
            let mut action = json!({ "name": "catalog_message" });
            if let Some(product) = thumbnail {
                action["parameters"] = json!({ "thumbnail_product_retailer_id": product });
            }
            ("catalog_message", action)
        }
    }
}

fn flow(flow: &Flow) -> Value {
    let mut parameters = json!({
        "flow_message_version": "3",
        "flow_id": flow.id,
        "flow_cta": flow.label,
        "mode": if flow.is_draft { "draft" } else { "published" },
    });
    if let Some(token) = &flow.token {
        parameters["flow_token"] = json!(token);
    }
    match &flow.start {
        FlowStart::Endpoint => parameters["flow_action"] = json!("data_exchange"),
        FlowStart::Screen { screen, data } => {
            let mut payload = json!({ "screen": screen });
            if let Some(data) = data.as_ref().and_then(|data| serde_json::from_str(data).ok()) {
                let data: Value = data;
                payload["data"] = data;
            }
            parameters["flow_action"] = json!("navigate");
            parameters["flow_action_payload"] = payload;
        }
    }
    parameters
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
