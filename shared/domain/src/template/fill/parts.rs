//! What each kind of part may be given, and must be.

use super::{
    Given, Unfit, unfit,
    words::{address, field, words},
};
use crate::{
    Time,
    message::{FrameButton, ParameterValue},
    template::{ButtonKind, Definition, Heading, Offer, TemplateButton},
};

/// When an offer ends is said if the template says so, and only then.
pub(super) fn offer(offer: Option<&Offer>, given: &Given<'_>, now: Time) -> Result<(), Unfit> {
    let ends = offer.is_some_and(|offer| offer.has_expiration);
    match (ends, given.offer) {
        (true, None) => unfit(&given.at, "The template shows when its offer ends: say when."),
        (true, Some((index, expires_at))) if expires_at <= now => {
            let field = format!("{}[{index}].parameters[0].expiration_time_ms", given.at);
            unfit(field, "The offer would have ended already.")
        }
        (false, Some((index, _))) => {
            unfit(format!("{}[{index}]", given.at), "The template has no offer that ends.")
        }
        (true, Some(_)) | (false, None) => Ok(()),
    }
}

/// A header takes what its format says; one in words then reads like this.
pub(super) fn header(
    heading: Option<&Heading>,
    given: &Given<'_>,
) -> Result<Option<String>, Unfit> {
    let at = &given.at;
    let name = match (heading, given.header) {
        (None, None) => return Ok(None),
        (None, Some((index, _))) => return unfit(format!("{at}[{index}]"), "There is no header."),
        (Some(Heading::Text { text }), given) => return words("header", text, given, at).map(Some),
        (Some(Heading::Media { kind }), _) => kind.name(),
        (Some(Heading::Product), _) => "product",
        (Some(Heading::Location), _) => "location",
    };
    let Some((index, [parameter])) = given.header else {
        let detail = format!("The header takes one parameter of type `{name}`.");
        return unfit(field(given.header, at), detail);
    };
    let is_right = match &parameter.value {
        ParameterValue::Media(media) => media.kind.name() == name,
        ParameterValue::Product { .. } => name == "product",
        ParameterValue::Location { .. } => name == "location",
        ParameterValue::Text { .. }
        | ParameterValue::Payload { .. }
        | ParameterValue::CouponCode { .. }
        | ParameterValue::Catalog { .. }
        | ParameterValue::Flow { .. } => false,
    };
    if !is_right {
        let field = format!("{at}[{index}].parameters[0].type");
        return unfit(field, format!("The header is of type `{name}`."));
    }
    Ok(None)
}

/// Each button that takes a parameter has one, and no other has.
pub(super) fn buttons(buttons: &[TemplateButton], given: &Given<'_>) -> Result<(), Unfit> {
    for (number, (index, sub_type, parameters)) in &given.buttons {
        let at = format!("{}[{index}]", given.at);
        let Some(button) = buttons.get(usize::from(*number)) else {
            return unfit(format!("{at}.index"), "The template has no such button.");
        };
        if button.kind.name() != *sub_type {
            let kind = button.kind.name();
            return unfit(format!("{at}.sub_type"), format!("This button is of type `{kind}`."));
        }
        let (takes, right) = match (button.kind, *parameters) {
            (ButtonKind::QuickReply, [one]) => {
                ("`payload`", matches!(one.value, ParameterValue::Payload { .. }))
            }
            (ButtonKind::CopyCode, [one]) => {
                ("`coupon_code`", matches!(one.value, ParameterValue::CouponCode { .. }))
            }
            (ButtonKind::Catalog, [one]) => {
                ("`action` without sections", sections(&one.value) == Some(0))
            }
            (ButtonKind::Mpm, [one]) => {
                ("`action` with sections", sections(&one.value).is_some_and(|found| found > 0))
            }
            (ButtonKind::Flow, [one]) => {
                ("`action` of a form", matches!(one.value, ParameterValue::Flow { .. }))
            }
            (ButtonKind::Url, [one]) if has_place(button) => {
                ("`text`", matches!(one.value, ParameterValue::Text { .. }))
            }
            (ButtonKind::Url | ButtonKind::Other, _) if !has_place(button) => {
                return unfit(at, "This button takes no parameter.");
            }
            (_, _) => {
                return unfit(format!("{at}.parameters"), "This button takes one parameter.");
            }
        };
        if !right {
            let detail = format!("This button takes a parameter of type {takes}.");
            return unfit(format!("{at}.parameters[0].type"), detail);
        }
    }
    for (number, button) in (0_u8..).zip(buttons) {
        if needs_parameter(button) && !given.buttons.contains_key(&number) {
            let detail = format!("Button {number} (`{}`) takes a parameter.", button.kind.name());
            return unfit(&given.at, detail);
        }
    }
    Ok(())
}

/// The buttons as the customer sees them, of parameters that fit.
pub(super) fn filled_buttons(buttons: &[TemplateButton], given: &Given<'_>) -> Vec<FrameButton> {
    let filled = |(button, number): (&TemplateButton, u8)| {
        let parameters = given.buttons.get(&number).map_or(&[][..], |(_, _, given)| *given);
        let end = match parameters.first().map(|parameter| &parameter.value) {
            Some(ParameterValue::Text { text }) => text.as_str(),
            Some(
                ParameterValue::Media(_)
                | ParameterValue::Payload { .. }
                | ParameterValue::CouponCode { .. }
                | ParameterValue::Product { .. }
                | ParameterValue::Catalog { .. }
                | ParameterValue::Location { .. }
                | ParameterValue::Flow { .. },
            )
            | None => "",
        };
        let url = button.url.as_ref().map(|url| address(url, end));
        FrameButton { kind: button.kind, text: button.text.clone(), url }
    };
    buttons.iter().zip(0..=u8::MAX).map(filled).collect()
}

/// How many sections of products are to be shown, if it says what is.
fn sections(value: &ParameterValue) -> Option<usize> {
    match value {
        ParameterValue::Catalog { sections, .. } => Some(sections.len()),
        ParameterValue::Text { .. }
        | ParameterValue::Media(_)
        | ParameterValue::Payload { .. }
        | ParameterValue::CouponCode { .. }
        | ParameterValue::Product { .. }
        | ParameterValue::Location { .. }
        | ParameterValue::Flow { .. } => None,
    }
}

fn has_place(button: &TemplateButton) -> bool {
    button.url.as_ref().is_some_and(|url| !Definition::places(url).is_empty())
}

/// A quick reply answers with its text where no payload is given, and a catalogue has a first
/// product.
fn needs_parameter(button: &TemplateButton) -> bool {
    match button.kind {
        ButtonKind::QuickReply | ButtonKind::Catalog | ButtonKind::Other => false,
        ButtonKind::CopyCode | ButtonKind::Mpm | ButtonKind::Flow => true,
        ButtonKind::Url => has_place(button),
    }
}
