//! Whether what is filled in is what a template asks for, and how it then reads.
//!
//! Here the parts are sorted, of the template and of each of its cards; what each kind of part may be
//! given is in [`parts`], how its words are filled in in [`words`].

mod parts;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use parts::{buttons, filled_buttons, header, offer};
use words::words;

use super::{APPROVED, Definition, TemplateCard};
use crate::{
    Time,
    message::{CarouselCard, Component, Frame, Parameter, Template},
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

/// What a template, or a card, says with the parameters filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The words.
    pub text: String,
    /// What stands around them.
    pub frame: Frame,
    /// The cards, in order; a card has none.
    pub cards: Vec<Filled>,
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
        return unfit(
            "template.name",
            format!("It can't be sent from here: this version can't fill in a {part}."),
        );
    }
    let given = sort("template.components".into(), &template.components)?;
    offer(definition.offer.as_ref(), &given, now)?;
    let header = header(definition.header.as_ref(), &given)?;
    buttons(&definition.buttons, &given)?;
    let frame = Frame {
        header,
        footer: definition.footer.clone(),
        offer: definition.offer.as_ref().map(|offer| offer.text.clone()),
        buttons: filled_buttons(&definition.buttons, &given),
    };
    let text = words("body", &definition.body, given.body, &given.at)?;
    Ok(Filled { text, frame, cards: cards(&definition.cards, &given)? })
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

/// What each card says. All cards of the template are there, in its order.
fn cards(cards: &[TemplateCard], given: &Given<'_>) -> Result<Vec<Filled>, Unfit> {
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
        let header = header(card.header.as_ref(), &given)?;
        buttons(&card.buttons, &given)?;
        let buttons = filled_buttons(&card.buttons, &given);
        filled.push(Filled {
            text: words("body", &card.body, given.body, &given.at)?,
            frame: Frame { header, buttons, ..Frame::default() },
            cards: vec![],
        });
    }
    Ok(filled)
}
