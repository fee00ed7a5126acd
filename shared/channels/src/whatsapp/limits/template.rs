//! What may be filled into a template (templates/components, messages/template-messages; a value
//! that breaks these rules is Meta's error 132018 or 132005).
//!
//! Whether the parameters are those that the template asks for is not said here: that needs the
//! template itself, see [`domain::template`].

use std::ops::RangeInclusive;

use domain::message::{
    CarouselCard, Component, Parameter, ParameterValue, ProductSection, Template,
};

use super::{at_most, content, interactive, media, refuse, words};
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

/// The most characters of the body of a template with an offer, with its parameters filled in.
const MAX_OFFER_BODY: usize = 600;

/// How many cards there are (templates/marketing-templates/media-card-carousel-templates), and the
/// most characters of the body of one.
const CARDS: RangeInclusive<usize> = 2..=10;
const MAX_CARD_BODY: usize = 160;

/// The most products that there are to choose from, in how many sections, under headings of how
/// many characters (catalogs, multi-product templates).
const MAX_PRODUCTS: usize = 30;
const MAX_SECTIONS: usize = 10;
const MAX_SECTION_TITLE: usize = 24;

/// The most characters of a product's or catalogue's id; ours.
const MAX_PRODUCT_ID: usize = 100;

pub(super) fn check(template: &Template) -> Result<(), LimitBroken> {
    parts("template.components", &template.components, MAX_BODY)?;
    let has_offer = template.components.iter().any(|part| matches!(part, Component::Offer { .. }));
    let most = if has_offer { MAX_OFFER_BODY } else { MAX_BODY };
    filled_in("template.components", &template.text, most)
}

fn parts(at: &str, components: &[Component], most_words: usize) -> Result<(), LimitBroken> {
    for (index, component) in components.iter().enumerate() {
        let at = format!("{at}[{index}]");
        let (parameters, most) = match component {
            Component::Header { parameters } => (parameters, MAX_HEADER),
            Component::Body { parameters } => (parameters, most_words),
            Component::Button { parameters, .. } => (parameters, MAX_URL),
            Component::Carousel { cards } => {
                carousel(&format!("{at}.cards"), cards)?;
                continue;
            }
            Component::Offer { .. } => continue,
        };
        for (place, parameter) in parameters.iter().enumerate() {
            one(&format!("{at}.parameters[{place}]"), parameter, most)?;
        }
    }
    Ok(())
}

fn carousel(at: &str, cards: &[CarouselCard]) -> Result<(), LimitBroken> {
    if !CARDS.contains(&cards.len()) {
        let (least, most) = (CARDS.start(), CARDS.end());
        return refuse(at, format!("There are {} cards; it takes {least} to {most}.", cards.len()));
    }
    for (index, card) in cards.iter().enumerate() {
        let at = format!("{at}[{index}].components");
        parts(&at, &card.components, MAX_CARD_BODY)?;
        filled_in(&at, &card.text, MAX_CARD_BODY)?;
    }
    Ok(())
}

fn filled_in(field: &str, text: &str, most: usize) -> Result<(), LimitBroken> {
    at_most(field, text, most).map_err(|broken| LimitBroken {
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
        ParameterValue::Product { product_id, catalog_id } => {
            words(&format!("{field}.product_retailer_id"), product_id, MAX_PRODUCT_ID)?;
            words(&format!("{field}.catalog_id"), catalog_id, MAX_PRODUCT_ID)
        }
        ParameterValue::Catalog { thumbnail, sections } => {
            let picture = format!("{field}.thumbnail_product_retailer_id");
            words(&picture, thumbnail, MAX_PRODUCT_ID)?;
            products(&format!("{field}.sections"), sections)
        }
        ParameterValue::Location { place } => {
            content::location(&format!("{field}.location"), place)
        }
        ParameterValue::Flow { token, data } => {
            interactive::flow_token(&format!("{field}.flow_token"), token.as_ref())?;
            interactive::flow_data(&format!("{field}.flow_action_data"), data.as_deref())
        }
    }
}

/// What a shop calls a product, or the provider a catalogue.
pub(super) fn product_id(field: &str, id: &str) -> Result<(), LimitBroken> {
    words(field, id, MAX_PRODUCT_ID)
}

/// Products to choose from.
pub(super) fn products(field: &str, sections: &[ProductSection]) -> Result<(), LimitBroken> {
    let products: usize = sections.iter().map(|section| section.products.len()).sum();
    if sections.len() > MAX_SECTIONS || products > MAX_PRODUCTS {
        let detail =
            format!("It takes up to {MAX_PRODUCTS} products in up to {MAX_SECTIONS} sections.");
        return refuse(field, detail);
    }
    for (index, section) in sections.iter().enumerate() {
        let field = format!("{field}[{index}]");
        words(&format!("{field}.title"), &section.title, MAX_SECTION_TITLE)?;
        if section.products.is_empty() {
            return refuse(format!("{field}.product_retailer_ids"), "It is empty.");
        }
        for (place, product) in section.products.iter().enumerate() {
            words(&format!("{field}.product_retailer_ids[{place}]"), product, MAX_PRODUCT_ID)?;
        }
    }
    Ok(())
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
