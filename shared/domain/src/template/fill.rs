//! Whether what is filled in is what a template asks for, and how the words then read.

use std::collections::BTreeMap;

use super::{APPROVED, ButtonKind, Definition, Heading, Offer, TemplateButton, TemplateCard};
use crate::{
    Time,
    message::{CarouselCard, Component, Parameter, ParameterValue, Template},
};

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

/// The words of a template with the parameters filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The body's.
    pub body: String,
    /// Each card's.
    pub cards: Vec<String>,
}

/// The parts that were given, each with its place in the list.
#[derive(Default)]
struct Given<'a> {
    /// The path of the list.
    at: String,
    header: Option<(usize, &'a [Parameter])>,
    body: Option<(usize, &'a [Parameter])>,
    buttons: BTreeMap<u8, (usize, &'a str, &'a [Parameter])>,
    carousel: Option<(usize, &'a [CarouselCard])>,
    offer: Option<(usize, Time)>,
}

/// The words with the parameters filled in, if they are just those that the template asks for, no
/// fewer and no more, each of the right kind.
pub fn fill(definition: &Definition, template: &Template, now: Time) -> Result<Filled, Unfit> {
    if definition.status != APPROVED {
        let detail =
            format!("This template is {}, and only approved ones go out.", definition.status);
        return unfit("template.name", detail);
    }
    if let Some(part) = definition.unsupported.first() {
        return unfit("template.name", format!("This version can't fill in a {part}."));
    }
    let given = sort("template.components".into(), &template.components)?;
    offer(definition.offer.as_ref(), &given, now)?;
    header(definition.header.as_ref(), &given)?;
    buttons(&definition.buttons, &given)?;
    let body = words("body", &definition.body, given.body, &given.at)?;
    Ok(Filled { body, cards: cards(&definition.cards, &given)? })
}

fn sort(at: String, components: &[Component]) -> Result<Given<'_>, Unfit> {
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
            Component::Carousel { cards } => {
                given.carousel.replace((index, cards.as_slice())).is_some()
            }
            Component::Offer { expires_at } => given.offer.replace((index, *expires_at)).is_some(),
        };
        if twice {
            return unfit(format!("{at}[{index}]"), "This part is given twice.");
        }
    }
    given.at = at;
    Ok(given)
}

/// When an offer ends is said if the template says so, and only then.
fn offer(offer: Option<&Offer>, given: &Given<'_>, now: Time) -> Result<(), Unfit> {
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

/// The words of each card. All cards of the template are there, in its order.
fn cards(cards: &[TemplateCard], given: &Given<'_>) -> Result<Vec<String>, Unfit> {
    let (field, found) = match given.carousel {
        None => (given.at.clone(), &[][..]),
        Some((index, _)) if cards.is_empty() => {
            return unfit(format!("{}[{index}]", given.at), "The template has no cards.");
        }
        Some((index, found)) => (format!("{}[{index}].cards", given.at), found),
    };
    if found.len() != cards.len() {
        let (expected, found) = (cards.len(), found.len());
        return unfit(field, format!("The template has {expected} cards; there are {found}."));
    }
    let mut filled = Vec::new();
    for (index, (card, found)) in cards.iter().zip(found).enumerate() {
        let given = sort(format!("{field}[{index}].components"), &found.components)?;
        let carousel = given.carousel.map(|(index, _)| index);
        if let Some(index) = carousel.or(given.offer.map(|(index, _)| index)) {
            return unfit(format!("{}[{index}]", given.at), "A card has no such part.");
        }
        header(card.header.as_ref(), &given)?;
        buttons(&card.buttons, &given)?;
        filled.push(words("body", &card.body, given.body, &given.at)?);
    }
    Ok(filled)
}

fn header(heading: Option<&Heading>, given: &Given<'_>) -> Result<(), Unfit> {
    let at = &given.at;
    let name = match (heading, given.header) {
        (None, None) => return Ok(()),
        (None, Some((index, _))) => return unfit(format!("{at}[{index}]"), "There is no header."),
        (Some(Heading::Text { text }), given) => return words("header", text, given, at).map(drop),
        (Some(Heading::Media { kind }), _) => kind.name(),
        (Some(Heading::Product), _) => "product",
    };
    let Some((index, [parameter])) = given.header else {
        let detail = format!("The header takes one parameter of type `{name}`.");
        return unfit(field(given.header, at), detail);
    };
    let is_right = match &parameter.value {
        ParameterValue::Media(media) => media.kind.name() == name,
        ParameterValue::Product { .. } => name == "product",
        ParameterValue::Text { .. }
        | ParameterValue::Payload { .. }
        | ParameterValue::CouponCode { .. }
        | ParameterValue::Catalog { .. } => false,
    };
    if !is_right {
        let field = format!("{at}[{index}].parameters[0].type");
        return unfit(field, format!("The header is of type `{name}`."));
    }
    Ok(())
}

/// Where parameters are, or are to be.
fn field(given: Option<(usize, &[Parameter])>, at: &str) -> String {
    match given {
        Some((index, _)) => format!("{at}[{index}].parameters"),
        None => at.to_owned(),
    }
}

/// The words of a part with its places filled in.
fn words(
    part: &str,
    text: &str,
    given: Option<(usize, &[Parameter])>,
    at: &str,
) -> Result<String, Unfit> {
    let places = Definition::places(text);
    let parameters = given.map_or(&[][..], |(_, parameters)| parameters);
    let field = field(given, at);
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

/// How many sections of products are to be shown, if it says what is.
fn sections(value: &ParameterValue) -> Option<usize> {
    match value {
        ParameterValue::Catalog { sections, .. } => Some(sections.len()),
        ParameterValue::Text { .. }
        | ParameterValue::Media(_)
        | ParameterValue::Payload { .. }
        | ParameterValue::CouponCode { .. }
        | ParameterValue::Product { .. } => None,
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
        ButtonKind::CopyCode | ButtonKind::Mpm => true,
        ButtonKind::Url => has_place(button),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        message::{File, Media, MediaKind, ProductSection},
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
            cards: vec![],
            offer: None,
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
        let filled = fill(definition, &template, Time::from_millis(1000));
        filled.map(|filled| filled.body).map_err(|unfit| unfit.field)
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
        let strange = Definition { unsupported: vec!["TAP_TARGET".into()], ..definition("Halo") };
        for definition in [paused, strange] {
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

    fn card(components: Vec<Component>) -> CarouselCard {
        CarouselCard { components, text: String::new() }
    }

    #[test]
    fn every_card_is_filled_in_like_a_template_of_its_own() {
        let of = |body: &str| TemplateCard {
            header: Some(Heading::Media { kind: MediaKind::Image }),
            body: body.into(),
            buttons: vec![],
        };
        let definition =
            Definition { cards: vec![of("{{1}} saja"), of("Rp {{1}}")], ..definition("Halo") };
        let picture = || Component::Header { parameters: vec![image()] };
        let filled_card = |words: &str| card(vec![picture(), body(vec![text(None, words)])]);
        let carousel = |cards| vec![Component::Carousel { cards }];
        let both = Template {
            name: "promo".into(),
            language: "id".into(),
            components: carousel(vec![filled_card("Gayo"), filled_card("75")]),
            text: String::new(),
        };
        let filled = fill(&definition, &both, Time::from_millis(0)).unwrap();
        assert_eq!(filled.cards, ["Gayo saja", "Rp 75"]);

        let second = "template.components[0].cards[1].components";
        let nested = Component::Carousel { cards: vec![] };
        for (components, expected) in [
            (vec![], "template.components".to_owned()),
            (carousel(vec![filled_card("Gayo")]), "template.components[0].cards".into()),
            (carousel(vec![filled_card("a"), card(vec![picture()])]), second.into()),
            (
                carousel(vec![filled_card("a"), card(vec![body(vec![text(None, "b")])])]),
                second.into(),
            ),
            (carousel(vec![filled_card("a"), card(vec![nested])]), format!("{second}[0]")),
            (
                carousel(vec![
                    filled_card("a"),
                    card(vec![Component::Header { parameters: vec![text(None, "a")] }]),
                ]),
                format!("{second}[0].parameters[0].type"),
            ),
        ] {
            assert_eq!(filled_in(&definition, components), Err(expected));
        }
        let plain = Definition { cards: vec![], ..definition };
        let none = filled_in(&plain, carousel(vec![]));
        assert_eq!(none, Err("template.components[0]".into()));
    }

    #[test]
    fn an_offer_that_ends_says_when() {
        let with = |has_expiration| Definition {
            offer: Some(Offer { text: "Cepat!".into(), has_expiration }),
            ..definition("Halo")
        };
        let until = |millis| vec![Component::Offer { expires_at: Time::from_millis(millis) }];
        assert_eq!(filled_in(&with(true), until(1001)), Ok("Halo".into()));
        let field = "template.components[0].parameters[0].expiration_time_ms";
        assert_eq!(filled_in(&with(true), until(1000)), Err(field.into()));
        assert_eq!(filled_in(&with(true), vec![]), Err("template.components".into()));
        assert_eq!(filled_in(&with(false), until(1001)), Err("template.components[0]".into()));
        assert_eq!(filled_in(&with(false), vec![]), Ok("Halo".into()));
    }

    #[test]
    fn a_catalogue_takes_a_picture_and_a_choice_takes_its_products() {
        let with = |kind| Definition {
            buttons: vec![TemplateButton { kind, text: "x".into(), url: None }],
            ..definition("Halo")
        };
        let action = |sub_type: &str, sections: &[&str]| {
            let sections = sections.iter().map(|product| ProductSection {
                title: "Kopi".into(),
                products: vec![(*product).to_owned()],
            });
            let value =
                ParameterValue::Catalog { thumbnail: "a".into(), sections: sections.collect() };
            let parameters = vec![Parameter { name: None, value }];
            vec![Component::Button { sub_type: sub_type.into(), index: 0, parameters }]
        };
        let (catalog, choice) = (with(ButtonKind::Catalog), with(ButtonKind::Mpm));
        for (definition, components, is_right) in [
            (&catalog, vec![], true),
            (&catalog, action("catalog", &[]), true),
            (&catalog, action("catalog", &["gayo"]), false),
            (&choice, vec![], false),
            (&choice, action("mpm", &["gayo"]), true),
            (&choice, action("mpm", &[]), false),
        ] {
            assert_eq!(filled_in(definition, components).is_ok(), is_right);
        }
    }
}
