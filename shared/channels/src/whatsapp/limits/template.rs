//! What may be filled into a template (templates/components, messages/template-messages; a value
//! that breaks these rules is Meta's error 132018 or 132005).
//!
//! Whether the parameters are those that the template asks for is not said here: that needs the
//! template itself, see [`domain::template`].

use domain::message::{Component, Parameter, ParameterValue, Template};

use super::{at_most, media, refuse, words};
use crate::LimitBroken;

/// The most characters of the body with its parameters filled in.
const MAX_BODY: usize = 1024;

/// The most characters of a header in words with its parameter filled in.
const MAX_HEADER: usize = 60;

/// The most characters of a link with its end filled in.
const MAX_URL: usize = 2000;

/// The most characters that come back when a quick reply is chosen (the send API's reference).
const MAX_PAYLOAD: usize = 128;

/// The most characters of a code that a button copies.
const MAX_CODE: usize = 15;

/// The most spaces side by side in a parameter.
const MAX_SPACES: usize = 4;

pub(super) fn check(template: &Template) -> Result<(), LimitBroken> {
    for (index, component) in template.components.iter().enumerate() {
        let field = format!("template.components[{index}].parameters");
        let (parameters, most) = match component {
            Component::Header { parameters } => (parameters, MAX_HEADER),
            Component::Body { parameters } => (parameters, MAX_BODY),
            Component::Button { parameters, .. } => (parameters, MAX_URL),
        };
        for (place, parameter) in parameters.iter().enumerate() {
            one(&format!("{field}[{place}]"), parameter, most)?;
        }
    }
    at_most("template.components", &template.text, MAX_BODY).map_err(|broken| LimitBroken {
        detail: format!("With its parameters, the body is too long. {}", broken.detail),
        ..broken
    })
}

fn one(field: &str, parameter: &Parameter, most: usize) -> Result<(), LimitBroken> {
    match &parameter.value {
        ParameterValue::Text { text } => plain(&format!("{field}.text"), text, most),
        ParameterValue::Payload { payload } => {
            words(&format!("{field}.payload"), payload, MAX_PAYLOAD)
        }
        ParameterValue::CouponCode { code } => {
            plain(&format!("{field}.coupon_code"), code, MAX_CODE)
        }
        ParameterValue::Media(media) => media::header(field, media),
    }
}

/// Words without a new line, a tab, or more than four spaces side by side.
fn plain(field: &str, text: &str, most: usize) -> Result<(), LimitBroken> {
    words(field, text, most)?;
    if text.contains(['\n', '\r', '\t']) || text.contains(&" ".repeat(MAX_SPACES + 1)) {
        return refuse(
            field,
            format!("It has no new lines, no tabs, and at most {MAX_SPACES} spaces side by side."),
        );
    }
    Ok(())
}
