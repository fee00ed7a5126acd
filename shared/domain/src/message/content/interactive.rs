//! Messages with something to choose from, and what customers chose.

use serde::{Deserialize, Serialize};

use super::{Media, ProductSection};

/// Words with something to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interactive {
    /// What stands above the words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The words.
    pub body: String,
    /// The small words below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What there is to choose.
    pub action: Action,
}

/// What stands above the words of an interactive message. A file has a `kind` of its own, so a tag of
/// that name would be written over by it: the two are told apart by what they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Header {
    /// A line.
    Text {
        /// The line.
        text: String,
    },
    /// A picture, a film or a document.
    Media(Media),
}

/// What there is to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// One of a few buttons.
    Buttons {
        /// The buttons.
        buttons: Vec<Button>,
    },
    /// One row of a list, which opens by a button.
    List {
        /// What the button says.
        button: String,
        /// The list.
        sections: Vec<Section>,
    },
    /// A button that opens a page.
    Link {
        /// What the button says.
        label: String,
        /// The page.
        url: String,
    },
    /// A button with which the customer shares where they are.
    LocationRequest,
    /// A button that opens a form.
    Flow(Flow),
    /// One product of a catalogue.
    Product {
        /// The provider's id of the catalogue.
        catalog_id: String,
        /// What the shop calls it.
        product: String,
    },
    /// Some products of a catalogue.
    ProductList {
        /// The provider's id of the catalogue.
        catalog_id: String,
        /// The products.
        sections: Vec<ProductSection>,
    },
    /// A button that opens the catalogue.
    Catalog {
        /// The product whose picture stands above; the catalogue's first if it is not given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<String>,
    },
}

/// A form that a customer can fill in: the provider calls it a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// What the button says.
    pub label: String,
    /// The provider's id of the form.
    pub id: String,
    /// What comes back with the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Where it begins.
    pub start: FlowStart,
    /// Whether it is the form's draft, which only testers can open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_draft: bool,
}

/// Where a form begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum FlowStart {
    /// At a screen of it.
    Screen {
        /// Which.
        screen: String,
        /// What the screen is given, a JSON object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<String>,
    },
    /// Where the business's own endpoint says.
    Endpoint,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What comes back when it is chosen.
    pub id: String,
    /// What it says.
    pub title: String,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What stands above it; needed when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What comes back when it is chosen.
    pub id: String,
    /// What it says.
    pub title: String,
    /// What it says below, smaller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a customer chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The id that we gave it; the payload of a template's button.
    pub id: String,
    /// What it said.
    pub title: String,
    /// What it said below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A form that a customer filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormReply {
    /// The form's name, as the provider gives it.
    pub name: String,
    /// What the chat shows for it.
    pub text: String,
    /// The answers, a JSON object as it came.
    pub answers: String,
}
