//! Interactive messages: reply buttons, lists, a link, a request for the customer's place, a flow
//! (messages/interactive-reply-buttons-messages, interactive-list-messages,
//! interactive-cta-url-messages, location-request-messages, whatsapp/flows).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Checked, Known, content::asset, optional, required, short};
use crate::graph::answer::Refusal;

const PATH: &str = "interactive";
const MAX_BODY: usize = 1024;
const MAX_LIST_BODY: usize = 4096;

pub(super) fn check(object: &Value, known: &Known<'_>) -> Result<Checked, Refusal> {
    let kind = required(object, PATH, "type")?;
    let longest = if kind == "list" { MAX_LIST_BODY } else { MAX_BODY };
    let text = match object.get("body") {
        Some(body) => short(body, "interactive['body']", "text", longest)?,
        None if kind == "product" => "",
        None => return Err(Refusal::missing("interactive['body']")),
    };
    if let Some(footer) = object.get("footer") {
        short(footer, "interactive['footer']", "text", 60)?;
    }
    match object.get("header") {
        Some(_) if matches!(kind, "product" | "catalog_message" | "location_request_message") => {
            return Err(Refusal::invalid_value(format!("A {kind} message takes no header.")));
        }
        Some(header) => check_header(kind, header, known)?,
        None if kind == "product_list" => return Err(Refusal::missing("interactive['header']")),
        None => {}
    }
    let action = object.get("action").ok_or_else(|| Refusal::missing("interactive['action']"))?;
    match kind {
        "button" => buttons(action)?,
        "list" => list(action)?,
        "cta_url" => named(action, "cta_url", &[("display_text", 20), ("url", 2000)])?,
        "location_request_message" => named(action, "send_location", &[])?,
        "flow" => flow(action)?,
        "product" => {
            short(action, "action", "catalog_id", 100)?;
            short(action, "action", "product_retailer_id", 100)?;
        }
        "product_list" => products(action)?,
        "catalog_message" => named(action, "catalog_message", &[])?,
        _ => {
            return Err(Refusal::invalid_value(format!(
                "Param interactive['type'] must not be '{kind}'."
            )));
        }
    }
    Ok(Checked::reads(text))
}

fn check_header(of: &str, header: &Value, known: &Known<'_>) -> Result<(), Refusal> {
    let kind = required(header, "interactive['header']", "type")?;
    match kind {
        "text" => short(header, "interactive['header']", "text", 60).map(|_| ()),
        "image" | "video" | "document" if of != "list" && of != "product_list" => {
            let file = header.get(kind);
            let file = file.ok_or_else(|| Refusal::missing(&format!("header['{kind}']")))?;
            asset(kind, file, known)
        }
        _ => Err(Refusal::invalid_value(format!("A {of} message takes no {kind} header."))),
    }
}

/// Up to three, each with an id of its own.
fn buttons(action: &Value) -> Result<(), Refusal> {
    let buttons = action.get("buttons").and_then(Value::as_array);
    let buttons = buttons.ok_or_else(|| Refusal::missing("action['buttons']"))?;
    if !(1..=3).contains(&buttons.len()) {
        return Err(Refusal::invalid_value(
            "Invalid buttons count. Min allowed buttons: 1, max: 3",
        ));
    }
    let mut ids = BTreeSet::new();
    for button in buttons {
        if button["type"] != "reply" {
            return Err(Refusal::invalid_value("Param button['type'] must be 'reply'."));
        }
        let reply = &button["reply"];
        let title = short(reply, "button['reply']", "title", 20)?;
        let id = short(reply, "button['reply']", "id", 256)?;
        if !ids.insert(id) {
            return Err(Refusal::invalid_value(format!("Duplicated id '{id}' of '{title}'.")));
        }
    }
    Ok(())
}

/// Up to ten rows in up to ten sections.
fn list(action: &Value) -> Result<(), Refusal> {
    short(action, "action", "button", 20)?;
    let sections = action.get("sections").and_then(Value::as_array);
    let sections = sections.ok_or_else(|| Refusal::missing("action['sections']"))?;
    let mut ids = BTreeSet::new();
    for section in sections {
        let title = optional(section, "section", "title", 24)?;
        if title.is_none() && sections.len() > 1 {
            return Err(Refusal::missing("section['title']"));
        }
        let rows = section.get("rows").and_then(Value::as_array);
        for row in rows.ok_or_else(|| Refusal::missing("section['rows']"))? {
            short(row, "row", "title", 24)?;
            optional(row, "row", "description", 72)?;
            let id = short(row, "row", "id", 200)?;
            if !ids.insert(id) {
                return Err(Refusal::invalid_value(format!("Duplicated row id '{id}'.")));
            }
        }
    }
    if (1..=10).contains(&sections.len()) && (1..=10).contains(&ids.len()) {
        Ok(())
    } else {
        Err(Refusal::invalid_value("A list has 1 to 10 sections and 1 to 10 rows in all."))
    }
}

/// Up to thirty products in up to ten sections.
fn products(action: &Value) -> Result<(), Refusal> {
    short(action, "action", "catalog_id", 100)?;
    let sections = action.get("sections").and_then(Value::as_array);
    let sections = sections.ok_or_else(|| Refusal::missing("action['sections']"))?;
    let mut count = 0;
    for section in sections {
        let title = optional(section, "section", "title", 24)?;
        if title.is_none() && sections.len() > 1 {
            return Err(Refusal::missing("section['title']"));
        }
        let items = section.get("product_items").and_then(Value::as_array);
        for item in items.ok_or_else(|| Refusal::missing("section['product_items']"))? {
            short(item, "product_item", "product_retailer_id", 100)?;
            count += 1;
        }
    }
    if (1..=10).contains(&sections.len()) && (1..=30).contains(&count) {
        Ok(())
    } else {
        Err(Refusal::invalid_value("There are 1 to 10 sections and 1 to 30 products in all."))
    }
}

/// A form, which begins at a screen or where an endpoint says.
fn flow(action: &Value) -> Result<(), Refusal> {
    named(action, "flow", &[("flow_message_version", 10), ("flow_cta", 20), ("flow_id", 100)])?;
    let parameters = &action["parameters"];
    let payload = &parameters["flow_action_payload"];
    match parameters["flow_action"].as_str() {
        Some("data_exchange") if payload.is_null() => Ok(()),
        None | Some("navigate") => {
            short(payload, "flow_action_payload", "screen", 100)?;
            let is_empty = payload["data"].as_object().is_some_and(serde_json::Map::is_empty);
            if is_empty { Err(Refusal::invalid_value("The data is empty.")) } else { Ok(()) }
        }
        _ => Err(Refusal::invalid_value("Param flow_action is wrong.")),
    }
}

/// An action with a name and parameters.
fn named(action: &Value, name: &str, fields: &[(&str, usize)]) -> Result<(), Refusal> {
    if required(action, "action", "name")? != name {
        return Err(Refusal::invalid_value(format!("Param action['name'] must be '{name}'.")));
    }
    for (field, longest) in fields {
        short(&action["parameters"], "action['parameters']", field, *longest)?;
    }
    Ok(())
}
