//! Templates with their parameters (messages/template-messages).

use domain::message::{Component, Parameter, ParameterValue, Template};
use serde_json::{Value, json};

use super::{Unsendable, body::file};
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
    };
    if let Some(name) = &parameter.name {
        object["parameter_name"] = json!(name);
    }
    Ok(object)
}
