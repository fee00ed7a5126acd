//! Approved templates with their parameters: the only thing that reaches a customer who has not
//! written for a day.

use serde::{Deserialize, Serialize};

use super::{Location, Media};
use crate::{Time, template::ButtonKind};

/// A template and what is filled into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its name at the provider.
    pub name: String,
    /// Its language, as the provider spells it: `id`, `en_US`.
    pub language: String,
    /// What is filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Its words with the parameters filled in, for the history; its name where they are not known.
    pub text: String,
    /// What the customer sees around them.
    #[serde(default, skip_serializing_if = "Frame::is_empty")]
    pub frame: Frame,
}

/// What the customer sees around the words of a template or of one of its cards, with the parameters
/// filled in, for the history: the provider's template may be another by the time that somebody
/// looks. Files, products and codes are not repeated here: they are among the parameters. Empty of
/// what was sent before this was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The line above, of a header in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The small words below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What an offer says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The buttons, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<FrameButton>,
}

/// A button below a template's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameButton {
    /// What it does.
    pub kind: ButtonKind,
    /// What it says.
    pub text: String,
    /// The page that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Frame {
    /// Whether there is nothing.
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Template {
    /// The files that are filled in.
    pub(super) fn files(&self) -> Vec<&Media> {
        self.components.iter().flat_map(Component::files).collect()
    }
}

impl Component {
    /// The files that are filled into it.
    fn files(&self) -> Vec<&Media> {
        match self {
            Self::Header { parameters }
            | Self::Body { parameters }
            | Self::Button { parameters, .. } => {
                parameters.iter().filter_map(|parameter| parameter.value.media()).collect()
            }
            Self::Carousel { cards } => {
                cards.iter().flat_map(|card| &card.components).flat_map(Self::files).collect()
            }
            Self::Offer { .. } => vec![],
        }
    }
}

/// A part of a template with what is filled into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Component {
    /// What stands above.
    Header {
        /// What is filled in.
        parameters: Vec<Parameter>,
    },
    /// The words.
    Body {
        /// What is filled in.
        parameters: Vec<Parameter>,
    },
    /// One of the buttons.
    Button {
        /// `url`, `quick_reply`, `copy_code`, `catalog`, `mpm` or `flow`.
        sub_type: String,
        /// Which button, from 0.
        index: u8,
        /// What is filled in.
        parameters: Vec<Parameter>,
    },
    /// Cards side by side.
    Carousel {
        /// All that the template has, in its order.
        cards: Vec<CarouselCard>,
    },
    /// An offer that ends.
    Offer {
        /// When.
        expires_at: Time,
    },
}

/// A card of a template with what is filled into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarouselCard {
    /// What is filled in: a header, a body, buttons; no carousel and no offer.
    pub components: Vec<Component>,
    /// Its words with the parameters filled in.
    pub text: String,
    /// What the customer sees around them.
    #[serde(default, skip_serializing_if = "Frame::is_empty")]
    pub frame: Frame,
}

/// What is filled in at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// The place's name, in templates that name their places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is filled in.
    #[serde(flatten)]
    pub value: ParameterValue,
}

/// What is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum ParameterValue {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A picture, a film or a document.
    Media(Media),
    /// What comes back when a quick reply is chosen.
    Payload {
        /// It.
        payload: String,
    },
    /// The code that a button copies.
    CouponCode {
        /// The code.
        code: String,
    },
    /// A product of a catalogue.
    Product {
        /// What the shop calls it.
        product_id: String,
        /// The provider's id of the catalogue.
        catalog_id: String,
    },
    /// What a button that opens a catalogue shows of it.
    Catalog {
        /// The product whose picture stands above.
        thumbnail: String,
        /// The products to choose from, of a button with a choice of them; else the whole catalogue.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sections: Vec<ProductSection>,
    },
    /// A place.
    Location {
        /// It; not flat, for it has a name, too.
        place: Location,
    },
    /// What a button that opens a form gives it.
    Flow {
        /// What comes back with the answers, to know them by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<String>,
        /// What its first screen is given: a JSON object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<String>,
    },
}

impl ParameterValue {
    /// The file, if it is one.
    fn media(&self) -> Option<&Media> {
        match self {
            Self::Media(media) => Some(media),
            Self::Text { .. }
            | Self::Payload { .. }
            | Self::CouponCode { .. }
            | Self::Product { .. }
            | Self::Catalog { .. }
            | Self::Location { .. }
            | Self::Flow { .. } => None,
        }
    }
}

/// Products under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// The heading.
    pub title: String,
    /// What the shop calls them.
    pub products: Vec<String>,
}
