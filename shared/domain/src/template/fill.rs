//! Whether what is filled in is what a template asks for, and how the words then read.

use std::collections::BTreeMap;

use super::{APPROVED, ButtonKind, Definition, Heading, TemplateButton};
use crate::message::{Component, Parameter, ParameterValue, Template};

/// A template can't be sent like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct Unfit {
    /// Which field, by its path in the API's body: `template.components[0].parameters`.
    pub field: String,
    /// What is wrong and what is expected, for people.
    pub detail: String,
}

fn unfit<T>(field: impl Into<String>, detail: impl Into<String>) -> Result<T, Unfit> {
    Err(Unfit { field: field.into(), detail: detail.into() })
}

/// The parts that were given, each with its place in the list.
#[derive(Default)]
struct Given<'a> {
    header: Option<(usize, &'a [Parameter])>,
    body: Option<(usize, &'a [Parameter])>,
    buttons: BTreeMap<u8, (usize, &'a str, &'a [Parameter])>,
}

/// The body's words with the parameters filled in, if they are just those that the template asks
/// for, no fewer and no more, each of the right kind.
pub fn fill(definition: &Definition, template: &Template) -> Result<String, Unfit> {
    if definition.status != APPROVED {
        let detail =
            format!("This template is {}, and only approved ones go out.", definition.status);
        return unfit("template.name", detail);
    }
    if let Some(part) = definition.unsupported.first() {
        return unfit("template.name", format!("This version can't fill in a {part}."));
    }
    let given = sort(&template.components)?;
    header(definition.header.as_ref(), given.header)?;
    buttons(&definition.buttons, &given)?;
    words("body", &definition.body, given.body)
}

fn sort(components: &[Component]) -> Result<Given<'_>, Unfit> {
    let mut given = Given::default();
    for (index, component) in components.iter().enumerate() {
        let twice = match component {
            Component::Header { parameters } => {
                given.header.replace((index, parameters.as_slice())).is_some()
            }
            Component::Body { parameters } => {
                given.body.replace((index, parameters.as_slice())).is_some()
            }
            Component::Button { sub_type, index: button, parameters } => {
                given.buttons.insert(*button, (index, sub_type, parameters)).is_some()
            }
        };
        if twice {
            return unfit(format!("template.components[{index}]"), "This part is given twice.");
        }
    }
    Ok(given)
}

fn header(heading: Option<&Heading>, given: Option<(usize, &[Parameter])>) -> Result<(), Unfit> {
    match (heading, given) {
        (None, None) => Ok(()),
        (None, Some((index, _))) => {
            unfit(format!("template.components[{index}]"), "The template has no header.")
        }
        (Some(Heading::Text { text }), given) => words("header", text, given).map(drop),
        (Some(Heading::Media { kind }), Some((index, [parameter]))) => match &parameter.value {
            ParameterValue::Media(media) if media.kind == *kind => Ok(()),
            _ => unfit(
                format!("template.components[{index}].parameters[0].type"),
                format!("The header is a file of type `{}`.", kind.name()),
            ),
        },
        (Some(Heading::Media { kind }), given) => {
            unfit(field(given), format!("The header takes one file of type `{}`.", kind.name()))
        }
    }
}

/// Where parameters are, or are to be.
fn field(given: Option<(usize, &[Parameter])>) -> String {
    match given {
        Some((index, _)) => format!("template.components[{index}].parameters"),
        None => "template.components".into(),
    }
}

/// The words of a part with its places filled in.
fn words(part: &str, text: &str, given: Option<(usize, &[Parameter])>) -> Result<String, Unfit> {
    let places = Definition::places(text);
    let parameters = given.map_or(&[][..], |(_, parameters)| parameters);
    let field = field(given);
    if parameters.len() != places.len() {
        let (expected, found) = (places.len(), parameters.len());
        return unfit(field, format!("The {part} takes {expected} parameters; there are {found}."));
    }
    let are_numbers = places.iter().all(|place| place.bytes().all(|byte| byte.is_ascii_digit()));
    let mut values = BTreeMap::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let ParameterValue::Text { text } = &parameter.value else {
            return unfit(format!("{field}[{index}].type"), format!("The {part} takes words."));
        };
        let name = match (&parameter.name, are_numbers) {
            (None, true) => (index + 1).to_string(),
            (Some(name), false) if places.contains(&name.as_str()) => name.clone(),
            (_, false) => {
                let places = places.join(", ");
                let detail = format!("Each parameter names its place, one of: {places}.");
                return unfit(format!("{field}[{index}].parameter_name"), detail);
            }
            (Some(_), true) => {
                let detail = "The places of this template are numbers: parameters stand in order.";
                return unfit(format!("{field}[{index}].parameter_name"), detail);
            }
        };
        if values.insert(name, text.as_str()).is_some() {
            return unfit(format!("{field}[{index}].parameter_name"), "It is given twice.");
        }
    }
    Ok(filled(text, &values))
}

/// In one pass, so that a value that looks like a place stays what it is.
fn filled(text: &str, values: &BTreeMap<String, &str>) -> String {
    let (mut words, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        words.push_str(before);
        words.push_str(values.get(name.trim()).copied().unwrap_or_default());
        rest = tail;
    }
    words + rest
}

fn buttons(buttons: &[TemplateButton], given: &Given<'_>) -> Result<(), Unfit> {
    for (number, (index, sub_type, parameters)) in &given.buttons {
        let at = format!("template.components[{index}]");
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
            return unfit("template.components", detail);
        }
    }
    Ok(())
}

fn has_place(button: &TemplateButton) -> bool {
    button.url.as_ref().is_some_and(|url| !Definition::places(url).is_empty())
}

/// A quick reply answers with its text where no payload is given.
fn needs_parameter(button: &TemplateButton) -> bool {
    match button.kind {
        ButtonKind::QuickReply | ButtonKind::Other => false,
        ButtonKind::CopyCode => true,
        ButtonKind::Url => has_place(button),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Time,
        message::{File, Media, MediaKind},
        template::ToldAt,
    };

    fn definition(body: &str) -> Definition {
        Definition {
            provider_id: "1".into(),
            name: "promo".into(),
            language: "id".into(),
            status: APPROVED.into(),
            category: "UTILITY".into(),
            quality: None,
            reason: None,
            header: None,
            body: body.into(),
            footer: None,
            buttons: vec![],
            unsupported: vec![],
            synced_at: Time::from_millis(0),
            told_at: ToldAt::default(),
        }
    }

    fn text(name: Option<&str>, text: &str) -> Parameter {
        let value = ParameterValue::Text { text: text.into() };
        Parameter { name: name.map(str::to_owned), value }
    }

    fn image() -> Parameter {
        let file = File::Stored {
            key: "k".into(),
            mime_type: "image/png".into(),
            size: 1,
            sha256: String::new(),
        };
        let media = Media {
            kind: MediaKind::Image,
            caption: None,
            filename: None,
            is_voice: false,
            is_animated: false,
            file,
        };
        Parameter { name: None, value: ParameterValue::Media(media) }
    }

    fn filled_in(definition: &Definition, components: Vec<Component>) -> Result<String, String> {
        let template = Template {
            name: "promo".into(),
            language: "id".into(),
            components,
            text: String::new(),
        };
        fill(definition, &template).map_err(|unfit| unfit.field)
    }

    fn body(parameters: Vec<Parameter>) -> Component {
        Component::Body { parameters }
    }

    #[test]
    fn each_place_takes_exactly_one_parameter() {
        let numbered = definition("Halo {{1}}, total {{2}}. Terima kasih, {{1}}!");
        let named = definition("Halo {{nama}}, sampai {{hari}}");
        for (definition, parameters, expected) in [
            (
                &numbered,
                vec![text(None, "Budi"), text(None, "{{1}}")],
                Ok("Halo Budi, total {{1}}. Terima kasih, Budi!"),
            ),
            (&numbered, vec![text(None, "Budi")], Err("template.components[0].parameters")),
            (
                &numbered,
                vec![text(None, "a"), text(None, "b"), text(None, "c")],
                Err("template.components[0].parameters"),
            ),
            (
                &numbered,
                vec![text(Some("1"), "a"), text(None, "b")],
                Err("template.components[0].parameters[0].parameter_name"),
            ),
            (
                &numbered,
                vec![text(None, "a"), image()],
                Err("template.components[0].parameters[1].type"),
            ),
            (
                &named,
                vec![text(Some("hari"), "Senin"), text(Some("nama"), "Budi")],
                Ok("Halo Budi, sampai Senin"),
            ),
            (
                &named,
                vec![text(None, "Senin"), text(Some("nama"), "Budi")],
                Err("template.components[0].parameters[0].parameter_name"),
            ),
            (
                &named,
                vec![text(Some("nama"), "Senin"), text(Some("nama"), "Budi")],
                Err("template.components[0].parameters[1].parameter_name"),
            ),
        ] {
            let filled = filled_in(definition, vec![body(parameters)]);
            assert_eq!(filled.as_deref().map_err(String::as_str), expected);
        }
        assert_eq!(filled_in(&numbered, vec![]), Err("template.components".into()));
        assert_eq!(filled_in(&definition("Halo"), vec![]), Ok("Halo".into()));
        let twice = vec![body(vec![]), body(vec![])];
        assert_eq!(filled_in(&definition("Halo"), twice), Err("template.components[1]".into()));
    }

    #[test]
    fn only_approved_templates_that_we_understand_go_out() {
        let paused = Definition { status: "PAUSED".into(), ..definition("Halo") };
        let carousel = Definition { unsupported: vec!["CAROUSEL".into()], ..definition("Halo") };
        for definition in [paused, carousel] {
            assert_eq!(filled_in(&definition, vec![]), Err("template.name".into()));
        }
    }

    #[test]
    fn a_header_takes_what_its_format_says() {
        let header = |parameters| vec![Component::Header { parameters }];
        let with = |header| Definition { header, ..definition("Halo") };
        let picture = with(Some(Heading::Media { kind: MediaKind::Image }));
        let film = with(Some(Heading::Media { kind: MediaKind::Video }));
        let line = with(Some(Heading::Text { text: "Pesanan {{1}}".into() }));
        let none = with(None);
        for (definition, components, expected) in [
            (&picture, header(vec![image()]), Ok(())),
            (&picture, vec![], Err("template.components")),
            (&picture, header(vec![]), Err("template.components[0].parameters")),
            (&film, header(vec![image()]), Err("template.components[0].parameters[0].type")),
            (&line, header(vec![text(None, "17")]), Ok(())),
            (&line, vec![], Err("template.components")),
            (&none, header(vec![image()]), Err("template.components[0]")),
        ] {
            let filled = filled_in(definition, components);
            assert_eq!(filled.as_ref().map(|_| ()).map_err(String::as_str), expected);
        }
    }

    #[test]
    fn buttons_take_what_they_are_for() {
        let button = |kind, url: Option<&str>| TemplateButton {
            kind,
            text: "x".into(),
            url: url.map(str::to_owned),
        };
        let definition = Definition {
            buttons: vec![
                button(ButtonKind::Url, Some("https://a.b/{{1}}")),
                button(ButtonKind::QuickReply, None),
                button(ButtonKind::Url, Some("https://a.b")),
            ],
            ..definition("Halo")
        };
        let part = |sub_type: &str, index, value| Component::Button {
            sub_type: sub_type.into(),
            index,
            parameters: vec![Parameter { name: None, value }],
        };
        let words = || ParameterValue::Text { text: "x".into() };
        let payload = || ParameterValue::Payload { payload: "x".into() };
        let link = part("url", 0, words());
        for (components, expected) in [
            (vec![link.clone()], Ok(())),
            (vec![link.clone(), part("quick_reply", 1, payload())], Ok(())),
            (vec![], Err("template.components")),
            (vec![link.clone(), part("url", 1, words())], Err("template.components[1].sub_type")),
            (
                vec![link.clone(), part("quick_reply", 1, words())],
                Err("template.components[1].parameters[0].type"),
            ),
            (vec![link.clone(), part("url", 2, words())], Err("template.components[1]")),
            (vec![link.clone(), part("url", 9, words())], Err("template.components[1].index")),
            (vec![link.clone(), link.clone()], Err("template.components[1]")),
        ] {
            let filled = filled_in(&definition, components);
            assert_eq!(filled.as_ref().map(|_| ()).map_err(String::as_str), expected);
        }
    }
}
