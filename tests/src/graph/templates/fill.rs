//! Filling a template's variables in, and what is wrong when they do not fit.

use serde_json::{Value, json};

use super::Given;
use crate::graph::answer::Refusal;
use crate::graph::send::{Known, asset};

/// "Param text cannot have new-line/tab characters or more than 4 consecutive spaces."
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.contains(['\n', '\t']) || text.contains("     ") {
        return Err(Refusal::template(
            132_018,
            "There's an issue with the parameters in your template",
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ));
    }
    Ok(())
}

pub(super) fn mismatch(details: String) -> Refusal {
    Refusal::template(
        132_012,
        "Parameter format does not match format in the created template",
        details,
    )
}

/// The names of a text's variables, in their order.
fn variables(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for piece in text.split("{{").skip(1) {
        if let Some((name, _)) = piece.split_once("}}")
            && !names.contains(&name.trim())
        {
            names.push(name.trim());
        }
    }
    names
}

/// A text with its variables filled in.
pub(super) fn filled(
    place: &str,
    component: &Value,
    given: &[Value],
    named: bool,
) -> Result<String, Refusal> {
    let text = component["text"].as_str().unwrap_or_default();
    let names = variables(text);
    if given.len() != names.len() {
        return Err(Refusal::template(
            132_000,
            "Number of parameters does not match the expected number of params",
            format!(
                "{place}: number of localizable_params ({}) does not match the expected number of \
                 params ({})",
                given.len(),
                names.len()
            ),
        ));
    }
    let mut filled = text.to_owned();
    for (index, name) in names.iter().enumerate() {
        let parameter = if named {
            given.iter().find(|parameter| parameter["parameter_name"] == **name)
        } else {
            given.get(index)
        };
        let Some(parameter) = parameter else {
            return Err(mismatch(format!("{place}: parameter '{name}' is missing")));
        };
        let value = match parameter["type"].as_str() {
            Some("text") => parameter["text"].as_str(),
            Some("currency") => parameter["currency"]["fallback_value"].as_str(),
            Some("date_time") => parameter["date_time"]["fallback_value"].as_str(),
            Some(_) | None => None,
        };
        let Some(value) = value else {
            return Err(mismatch(format!("{place}: expected a text parameter for '{name}'")));
        };
        filled = filled.replace(&format!("{{{{{name}}}}}"), value);
    }
    Ok(filled)
}

pub(super) fn header(
    component: &Value,
    given: &Given<'_>,
    known: &Known<'_>,
) -> Result<Value, Refusal> {
    let format = component["format"].as_str().unwrap_or("TEXT");
    let parameters = given.parameters("header");
    if format == "TEXT" {
        let named = parameters.iter().any(|parameter| parameter.get("parameter_name").is_some());
        let text = filled("header", component, parameters, named)?;
        return Ok(json!({"format": format, "text": text}));
    }
    let kind = format.to_lowercase();
    let [parameter] = parameters else {
        return Err(mismatch(format!(
            "header: Format mismatch, expected {format}, received UNKNOWN"
        )));
    };
    let received = parameter["type"].as_str().unwrap_or_default();
    if received != kind {
        let received = received.to_uppercase();
        return Err(mismatch(format!(
            "header: Format mismatch, expected {format}, received {received}"
        )));
    }
    if kind != "location" && kind != "product" {
        asset(&kind, &parameter[&kind], known)?;
    }
    Ok(json!({"format": format, (kind.as_str()): parameter[&kind]}))
}

/// The buttons as the customer sees them: with the whole URL, and what a tap sends back.
pub(super) fn buttons(component: &Value, given: &Given<'_>) -> Result<Value, Refusal> {
    let mut shown = Vec::new();
    for (index, button) in component["buttons"].as_array().into_iter().flatten().enumerate() {
        let mut button = button.clone();
        if let Some(fields) = button.as_object_mut() {
            fields.remove("example");
        }
        let given = given.button(index);
        let parameter = given.map(|component| &component["parameters"][0]);
        let kind = button["type"].as_str().unwrap_or_default().to_owned();
        if let Some(given) = given {
            let sub_type = given["sub_type"].as_str().unwrap_or_default();
            if !sub_type.eq_ignore_ascii_case(&kind) {
                return Err(mismatch(format!(
                    "buttons: Button at index {index} is of type {kind}, not '{sub_type}'"
                )));
            }
        }
        let needs = |field: &str| {
            parameter.and_then(|parameter| parameter[field].as_str()).ok_or_else(|| {
                Refusal::missing(&format!("buttons: Button at index {index} of type {kind}"))
            })
        };
        match kind.as_str() {
            "URL" => {
                let url = button["url"].as_str().unwrap_or_default().to_owned();
                if url.contains("{{1}}") {
                    button["url"] = json!(url.replace("{{1}}", needs("text")?));
                }
            }
            "MPM" => {
                let sections = parameter.map(|parameter| &parameter["action"]["sections"]);
                let sections = sections.filter(|sections| sections.is_array());
                let missing = || Refusal::missing(&format!("buttons: sections of button {index}"));
                button["sections"] = sections.ok_or_else(missing)?.clone();
            }
            // Not naming the button is 131009, too.
            "FLOW" => {
                let action = parameter.map(|parameter| &parameter["action"]);
                let is_named = parameter.is_some_and(|parameter| parameter["type"] == "action");
                let Some(action) = action.filter(|action| is_named && action.is_object()) else {
                    let details = format!(
                        "buttons: Button at index {index} of type Flow requires \
                        an action parameter"
                    );
                    return Err(Refusal::invalid_value(details));
                };
                if action["flow_action_data"] == json!({}) {
                    return Err(Refusal::invalid_value("flow_action_data must not be empty"));
                }
                button["flow"] = action.clone();
            }
            "COPY_CODE" => button["code"] = json!(needs("coupon_code")?),
            "QUICK_REPLY" => {
                let payload = parameter.and_then(|parameter| parameter["payload"].as_str());
                let text = button["text"].as_str().unwrap_or_default();
                button["payload"] = json!(payload.unwrap_or(text));
            }
            _ => {}
        }
        shown.push(button);
    }
    Ok(Value::Array(shown))
}

/// The cards as the customer sees them. Each card of the template must be there.
pub(super) fn cards(
    component: &Value,
    given: &Given<'_>,
    known: &Known<'_>,
) -> Result<Value, Refusal> {
    let empty = vec![];
    let cards = component["cards"].as_array().unwrap_or(&empty);
    let sent = given.named("carousel").and_then(|carousel| carousel["cards"].as_array());
    let sent = sent.unwrap_or(&empty);
    if sent.len() != cards.len() {
        return Err(mismatch(format!("carousel: {} cards of {}", sent.len(), cards.len())));
    }
    let mut shown = Vec::new();
    for (index, card) in cards.iter().enumerate() {
        let sent = sent.iter().find(|card| card["card_index"] == index);
        let sent = sent.ok_or_else(|| mismatch(format!("carousel: card {index} is missing")))?;
        let given = Given::read(sent)?;
        let mut parts = json!({});
        for part in card["components"].as_array().into_iter().flatten() {
            match part["type"].as_str() {
                Some("HEADER") => parts["header"] = header(part, &given, known)?,
                Some("BODY") => {
                    parts["body"] = json!(filled("body", part, given.parameters("body"), false)?);
                }
                Some("BUTTONS") => parts["buttons"] = buttons(part, &given)?,
                Some(_) | None => {}
            }
        }
        shown.push(parts);
    }
    Ok(Value::Array(shown))
}

/// When an offer ends, if the template shows it.
pub(super) fn offer(component: &Value, given: &Given<'_>) -> Result<Value, Refusal> {
    let parameters = given.parameters("limited_time_offer");
    let ends = parameters
        .first()
        .and_then(|parameter| parameter["limited_time_offer"]["expiration_time_ms"].as_i64());
    if ends.is_none() && component["limited_time_offer"]["has_expiration"] == true {
        return Err(Refusal::missing("limited_time_offer: expiration_time_ms"));
    }
    Ok(json!({ "text": component["limited_time_offer"]["text"], "ends_ms": ends }))
}
