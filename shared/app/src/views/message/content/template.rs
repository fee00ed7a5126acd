//! A template that was sent, as its customer sees it, and what was filled into it.
//!
//! The words of it are the message's `text`. Of what was sent before they were kept, the line above,
//! the small words below and what buttons say are not shown: the provider's template may be another
//! one by now.

use std::collections::BTreeMap;

use domain::message::{
    CarouselCard, Component, Frame, FrameButton, Parameter, ParameterValue, Template,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    file::{Files, SentHeaderView},
    interactive::{ChoiceView, product},
};

/// A template that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentTemplateView {
    name: String,
    language: String,
    /// What stands above the words.
    header: Option<SentHeaderView>,
    /// The small words below.
    footer: Option<String>,
    /// The offer.
    limited_time_offer: Option<SentOfferView>,
    /// The buttons, in order.
    buttons: Vec<SentButtonView>,
    /// The cards side by side, in order.
    cards: Vec<SentCardView>,
    /// What was filled in, but for the cards.
    parameters: Vec<SentParameterView>,
}

/// A card of a template that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentCardView {
    /// What stands above the words.
    header: Option<SentHeaderView>,
    /// The words, with what was filled in; empty where there are none.
    text: String,
    /// The buttons, in order.
    buttons: Vec<SentButtonView>,
    /// What was filled in.
    parameters: Vec<SentParameterView>,
}

/// The offer of a template that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentOfferView {
    /// What it says.
    text: Option<String>,
    /// When it ends, if it says that.
    expires_at: Option<String>,
}

/// A button of a template that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentButtonView {
    /// Which, from 0.
    index: u8,
    /// `quick_reply`, `url`, `copy_code`, `catalog`, `mpm`, `flow`, or `other`.
    r#type: String,
    /// What it says.
    text: Option<String>,
    /// The page that it opens, with what was filled in.
    url: Option<String>,
    /// What comes back when it is chosen; null where none was given, and its text comes back.
    payload: Option<String>,
    /// The code that it copies.
    coupon_code: Option<String>,
    /// What comes back with the answers of the form that it opens.
    flow_token: Option<String>,
    /// The product whose picture stands above, by what the shop calls it.
    thumbnail_product_retailer_id: Option<String>,
    /// The products to choose from, by what the shop calls them.
    options: Vec<ChoiceView>,
}

/// What was filled in at one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentParameterView {
    /// `header`, `body` or `button`.
    component: &'static str,
    /// Which button, from 0.
    index: Option<u8>,
    /// `text`, `image`, `video`, `document`, `payload`, `coupon_code`, `product`, `location` or `action`.
    r#type: &'static str,
    /// The place's name, in templates that name their places.
    parameter_name: Option<String>,
    /// The words, the code, what the shop calls the product, or the place's name; null of a file, which
    /// stands in the header.
    value: Option<String>,
}

impl SentTemplateView {
    pub(super) fn new(template: &Template, files: &Files<'_>) -> Self {
        let Template { name, language, components, text: _, frame } = template;
        let cards = components.iter().flat_map(|component| match component {
            Component::Carousel { cards } => cards.as_slice(),
            Component::Header { .. }
            | Component::Body { .. }
            | Component::Button { .. }
            | Component::Offer { .. } => &[],
        });
        Self {
            name: name.clone(),
            language: language.clone(),
            header: header(frame, components, files),
            footer: frame.footer.clone(),
            limited_time_offer: offer(frame, components),
            buttons: buttons(frame, components),
            cards: cards.map(|card| SentCardView::new(card, files)).collect(),
            parameters: parameters(components),
        }
    }
}

impl SentCardView {
    fn new(card: &CarouselCard, files: &Files<'_>) -> Self {
        let CarouselCard { components, text, frame } = card;
        Self {
            header: header(frame, components, files),
            text: text.clone(),
            buttons: buttons(frame, components),
            parameters: parameters(components),
        }
    }
}

/// A part with its parameters, and which of the buttons it is.
type Part<'a> = (&'static str, Option<(u8, &'a str)>, &'a [Parameter]);

/// The parts that take parameters.
fn parts(components: &[Component]) -> impl Iterator<Item = Part<'_>> {
    components.iter().filter_map(|component| match component {
        Component::Header { parameters } => Some(("header", None, parameters.as_slice())),
        Component::Body { parameters } => Some(("body", None, parameters)),
        Component::Button { sub_type, index, parameters } => {
            Some(("button", Some((*index, sub_type.as_str())), parameters))
        }
        Component::Carousel { .. } | Component::Offer { .. } => None,
    })
}

fn header(frame: &Frame, components: &[Component], files: &Files<'_>) -> Option<SentHeaderView> {
    let given = parts(components).filter(|(part, ..)| *part == "header");
    let given =
        given.flat_map(|(.., parameters)| parameters).find_map(|parameter| {
            match &parameter.value {
                ParameterValue::Media(media) => Some(SentHeaderView::file(media, files)),
                ParameterValue::Product { product_id, catalog_id } => {
                    Some(SentHeaderView::product(product_id, catalog_id))
                }
                ParameterValue::Location { place } => Some(SentHeaderView::place(place)),
                ParameterValue::Text { .. }
                | ParameterValue::Payload { .. }
                | ParameterValue::CouponCode { .. }
                | ParameterValue::Catalog { .. }
                | ParameterValue::Flow { .. } => None,
            }
        });
    given.or_else(|| frame.header.as_deref().map(SentHeaderView::text))
}

fn offer(frame: &Frame, components: &[Component]) -> Option<SentOfferView> {
    let expires_at = components.iter().find_map(|component| match component {
        Component::Offer { expires_at } => Some(expires_at.to_string()),
        Component::Header { .. }
        | Component::Body { .. }
        | Component::Button { .. }
        | Component::Carousel { .. } => None,
    });
    let text = frame.offer.clone();
    (text.is_some() || expires_at.is_some()).then_some(SentOfferView { text, expires_at })
}

/// The buttons that the template has, or, where they were not kept, those that were filled in.
fn buttons(frame: &Frame, components: &[Component]) -> Vec<SentButtonView> {
    let mut views: BTreeMap<u8, SentButtonView> = (0..=u8::MAX)
        .zip(&frame.buttons)
        .map(|(index, FrameButton { kind, text, url })| {
            let view = SentButtonView {
                text: Some(text.clone()),
                url: url.clone(),
                ..SentButtonView::of(index, kind.name())
            };
            (index, view)
        })
        .collect();
    for (_, button, parameters) in parts(components) {
        let Some((index, sub_type)) = button else { continue };
        let view = views.entry(index).or_insert_with(|| SentButtonView::of(index, sub_type));
        for parameter in parameters {
            view.fill(&parameter.value);
        }
    }
    views.into_values().collect()
}

impl SentButtonView {
    fn of(index: u8, kind: &str) -> Self {
        Self {
            index,
            r#type: kind.to_owned(),
            text: None,
            url: None,
            payload: None,
            coupon_code: None,
            flow_token: None,
            thumbnail_product_retailer_id: None,
            options: Vec::new(),
        }
    }

    fn fill(&mut self, value: &ParameterValue) {
        match value {
            ParameterValue::Payload { payload } => self.payload = Some(payload.clone()),
            ParameterValue::CouponCode { code } => self.coupon_code = Some(code.clone()),
            ParameterValue::Flow { token, .. } => self.flow_token.clone_from(token),
            ParameterValue::Catalog { thumbnail, sections } => {
                self.thumbnail_product_retailer_id = Some(thumbnail.clone());
                let products = sections.iter().flat_map(|section| {
                    section.products.iter().map(|id| product(id, Some(&section.title)))
                });
                self.options = products.collect();
            }
            // An address was kept with its end filled in.
            ParameterValue::Text { .. }
            | ParameterValue::Media(_)
            | ParameterValue::Product { .. }
            | ParameterValue::Location { .. } => {}
        }
    }
}

fn parameters(components: &[Component]) -> Vec<SentParameterView> {
    let of = |(component, button, parameters): Part<'_>| {
        let index = button.map(|(index, _)| index);
        let view = move |parameter: &Parameter| {
            let (r#type, value) = told(&parameter.value);
            let parameter_name = parameter.name.clone();
            SentParameterView { component, index, r#type, parameter_name, value: value.cloned() }
        };
        parameters.iter().map(view).collect::<Vec<_>>()
    };
    parts(components).flat_map(of).collect()
}

/// A parameter by the type under which it was given, and its words.
fn told(value: &ParameterValue) -> (&'static str, Option<&String>) {
    match value {
        ParameterValue::Text { text } => ("text", Some(text)),
        ParameterValue::Media(media) => (media.kind.name(), None),
        ParameterValue::Payload { payload } => ("payload", Some(payload)),
        ParameterValue::CouponCode { code } => ("coupon_code", Some(code)),
        ParameterValue::Product { product_id, .. } => ("product", Some(product_id)),
        ParameterValue::Catalog { thumbnail, .. } => ("action", Some(thumbnail)),
        ParameterValue::Location { place } => ("location", place.name.as_ref()),
        ParameterValue::Flow { token, .. } => ("action", token.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use domain::message::Content;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn of_what_was_sent_before_its_frame_was_kept_what_was_given_is_shown() {
        let text = json!({ "as": "text", "text": "gayo" });
        let link = json!({ "kind": "button", "sub_type": "url", "index": 1, "parameters": [text] });
        let row = json!({ "type": "template", "name": "promo", "language": "id", "text": "Halo",
            "components": [{ "kind": "carousel", "cards": [
                { "components": [link], "text": "Gayo" }] }] });
        let content: Content = serde_json::from_value(row.clone()).unwrap();
        assert_eq!(serde_json::to_value(&content).unwrap(), row, "and is written as it was");
        let Content::Template(template) = &content else { panic!("a template") };
        let view = SentTemplateView::new(template, &Files::of(&content));
        let view = serde_json::to_value(view).unwrap();
        assert_eq!((&view["header"], &view["footer"]), (&Value::Null, &Value::Null));
        let card = &view["cards"][0];
        assert_eq!(
            (&card["text"], &card["parameters"][0]["value"]),
            (&json!("Gayo"), &json!("gayo"))
        );
        let button = &card["buttons"][0];
        assert_eq!(
            (&button["index"], &button["type"], &button["text"], &button["url"]),
            (&json!(1), &json!("url"), &Value::Null, &Value::Null)
        );
    }
}
