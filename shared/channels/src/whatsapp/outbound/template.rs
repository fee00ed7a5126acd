//! Templates with their parameters (messages/template-messages; cards and offers:
//! templates/marketing-templates; products: catalogs; forms: flows/guides/sendingaflow; places:
//! templates/utility-templates/location-templates).

use domain::message::{Component, Parameter, ParameterValue, ProductSection, Template};
use serde_json::{Value, json};

use super::{
    Unsendable,
    body::{file, location},
};
use crate::OutboundMessage;

pub(super) fn template(
    content: &Template,
    message: &OutboundMessage<'_>,
) -> Result<Value, Unsendable> {
    let mut object = json!({ "name": content.name, "language": { "code": content.language } });
    let components = content.components.iter().map(|component| part(component, message));
    let components = components.collect::<Result<Vec<Value>, Unsendable>>()?;
    if !components.is_empty() {
        object["components"] = json!(components);
    }
    Ok(object)
}

fn part(component: &Component, message: &OutboundMessage<'_>) -> Result<Value, Unsendable> {
    let filled = |parameters: &[Parameter]| {
        let filled = parameters.iter().map(|parameter| one(parameter, message));
        filled.collect::<Result<Vec<Value>, Unsendable>>()
    };
    Ok(match component {
        Component::Header { parameters } => {
            json!({ "type": "header", "parameters": filled(parameters)? })
        }
        Component::Body { parameters } => {
            json!({ "type": "body", "parameters": filled(parameters)? })
        }
        Component::Button { sub_type, index, parameters } => json!({
            "type": "button",
            "sub_type": sub_type,
            "index": index.to_string(),
            "parameters": filled(parameters)?,
        }),
        Component::Carousel { cards } => {
            let cards = cards.iter().enumerate().map(|(index, card)| {
                let parts = card.components.iter().map(|component| part(component, message));
                let parts = parts.collect::<Result<Vec<Value>, Unsendable>>()?;
                Ok(json!({ "card_index": index, "components": parts }))
            });
            let cards = cards.collect::<Result<Vec<Value>, Unsendable>>()?;
            json!({ "type": "carousel", "cards": cards })
        }
        Component::Offer { expires_at } => json!({
            "type": "limited_time_offer",
            "parameters": [{
                "type": "limited_time_offer",
                "limited_time_offer": { "expiration_time_ms": expires_at.millis() },
            }],
        }),
    })
}

fn one(parameter: &Parameter, message: &OutboundMessage<'_>) -> Result<Value, Unsendable> {
    let mut object = match &parameter.value {
        ParameterValue::Text { text } => json!({ "type": "text", "text": text }),
        ParameterValue::Payload { payload } => json!({ "type": "payload", "payload": payload }),
        ParameterValue::CouponCode { code } => {
            json!({ "type": "coupon_code", "coupon_code": code })
        }
        ParameterValue::Media(media) => {
            let kind = media.kind.name();
            json!({ "type": kind, (kind): file(media, message)? })
        }
        ParameterValue::Product { product_id, catalog_id } => json!({
            "type": "product",
            "product": { "product_retailer_id": product_id, "catalog_id": catalog_id },
        }),
        ParameterValue::Catalog { thumbnail, sections } => {
            json!({ "type": "action", "action": action(thumbnail, sections) })
        }
        ParameterValue::Location { place } => {
            json!({ "type": "location", "location": location(place) })
        }
        ParameterValue::Flow { token, data } => {
            json!({ "type": "action", "action": flow(token.as_deref(), data.as_deref()) })
        }
    };
    if let Some(name) = &parameter.name {
        object["parameter_name"] = json!(name);
    }
    Ok(object)
}

/// What comes back with a form's answers where nothing was given for it (flows/guides/sendingaflow).
const UNUSED_TOKEN: &str = "unused";

fn flow(token: Option<&str>, data: Option<&str>) -> Value {
    let mut action = json!({ "flow_token": token.unwrap_or(UNUSED_TOKEN) });
    if let Some(data) = data.and_then(|data| serde_json::from_str::<Value>(data).ok()) {
        action["flow_action_data"] = data;
    }
    action
}

fn action(thumbnail: &str, sections: &[ProductSection]) -> Value {
    let mut action = json!({ "thumbnail_product_retailer_id": thumbnail });
    if !sections.is_empty() {
        action["sections"] = json!(product_sections(sections));
    }
    action
}

/// Products under their headings.
pub(super) fn product_sections(sections: &[ProductSection]) -> Vec<Value> {
    let product = |id: &String| json!({ "product_retailer_id": id });
    let section = |section: &ProductSection| {
        let items: Vec<Value> = section.products.iter().map(product).collect();
        json!({ "title": section.title, "product_items": items })
    };
    sections.iter().map(section).collect()
}
