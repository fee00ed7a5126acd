//! Messages with something to choose from.

use domain::message::{
    Action, Button, Flow, FlowStart, Header, Interactive, MediaKind, Row, Section,
};
use platform::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Files, NewProductSection, absent, given, media};

/// Words with something to choose from: exactly one of `buttons`, `list`, `link`,
/// `location_request`, `flow`, `product`, `product_list` and `catalog`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "body": "Mau diantar?",
    "buttons": [{ "id": "yes", "title": "Ya" }, { "id": "no", "title": "Tidak" }],
}))]
pub struct NewInteractive {
    /// What stands above the words; not with `location_request`, `product` and `catalog`. A
    /// `product_list` needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<NewHeader>,
    /// The words: up to 1,024 characters, with a list 4,096. With `product` they may be empty.
    #[schema(max_length = 4096)]
    pub body: String,
    /// The small words below: up to 60 characters; not with `location_request`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 60)]
    pub footer: Option<String>,
    /// 1 to 3 buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 3)]
    pub buttons: Option<Vec<NewButton>>,
    /// A list that opens by a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<NewList>,
    /// A button that opens a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<NewLink>,
    /// `true`: a button with which the customer shares where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_request: Option<bool>,
    /// A button that opens a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<NewFlow>,
    /// One product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<NewProduct>,
    /// Some products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_list: Option<NewProductList>,
    /// A button that opens the catalogue that is connected to the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<NewCatalog>,
}

/// What stands above the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHeader {
    /// What it is; a list, and a list of products, takes only `text`.
    pub r#type: HeaderType,
    /// A line of up to 60 characters, of type `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 60)]
    pub text: Option<String>,
    /// A file that was uploaded, of the other types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub file_id: Option<String>,
}

/// What stands above the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeaderType {
    /// A line.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A document.
    Document,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewButton {
    /// What comes back when it is chosen: up to 256 characters, each once.
    #[schema(min_length = 1, max_length = 256)]
    pub id: String,
    /// What it says: up to 20 characters, each once.
    #[schema(min_length = 1, max_length = 20)]
    pub title: String,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewList {
    /// What the button says that opens it: up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    pub button: String,
    /// 1 to 10 sections with 10 rows in all.
    #[schema(min_items = 1, max_items = 10)]
    pub sections: Vec<NewSection>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSection {
    /// What stands above it: up to 24 characters; needed when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 24)]
    pub title: Option<String>,
    /// Its rows.
    #[schema(min_items = 1, max_items = 10)]
    pub rows: Vec<NewRow>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRow {
    /// What comes back when it is chosen: up to 200 characters, each once.
    #[schema(min_length = 1, max_length = 200)]
    pub id: String,
    /// What it says: up to 24 characters.
    #[schema(min_length = 1, max_length = 24)]
    pub title: String,
    /// What it says below: up to 72 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 72)]
    pub description: Option<String>,
}

/// A button that opens a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// What the button says: up to 20 characters.
    #[schema(min_length = 1, max_length = 20)]
    pub label: String,
    /// The page: up to 2,000 characters.
    #[schema(max_length = 2000, format = "uri", example = "https://kopikita.example/menu")]
    pub url: String,
}

/// A form, which WhatsApp calls a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFlow {
    /// What the button says: up to 20 characters, no emoji.
    #[schema(min_length = 1, max_length = 20)]
    pub label: String,
    /// WhatsApp's id of the flow, digits.
    #[schema(min_length = 1, max_length = 100)]
    pub flow_id: String,
    /// What comes back with the answers, to know them by: up to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub flow_token: Option<String>,
    /// The screen at which it begins. Without one, the flow asks its endpoint (`data_exchange`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub screen: Option<String>,
    /// What that screen is given, at least one field: up to 8,192 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Map<String, Value>>,
    /// Whether it is the flow's draft, which only testers can open.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_draft: bool,
}

/// A product of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// The provider's id of the catalogue.
    #[schema(min_length = 1, max_length = 100)]
    pub catalog_id: String,
    /// What the shop calls the product.
    #[schema(min_length = 1, max_length = 100)]
    pub product_retailer_id: String,
}

/// Products of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProductList {
    /// The provider's id of the catalogue.
    #[schema(min_length = 1, max_length = 100)]
    pub catalog_id: String,
    /// 1 to 10 sections with 30 products in all.
    #[schema(min_items = 1, max_items = 10)]
    pub sections: Vec<NewProductSection>,
}

/// The catalogue that is connected to the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCatalog {
    /// The product whose picture stands above; the first of the catalogue if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100)]
    pub thumbnail_product_retailer_id: Option<String>,
}

impl NewInteractive {
    pub(super) fn read(&self, files: &Files) -> Result<Interactive, Problem> {
        let header = self.header.as_ref().map(|header| header.read(files)).transpose()?;
        Ok(Interactive {
            header,
            body: self.body.clone(),
            footer: self.footer.clone(),
            action: self.action()?,
        })
    }

    fn action(&self) -> Result<Action, Problem> {
        let asks = match self.location_request {
            None => None,
            Some(true) => Some(()),
            Some(false) => {
                let detail = "It is `true`, or not given.";
                return Err(Problem::field("interactive.location_request", detail));
            }
        };
        let buttons = self.buttons.as_ref().map(|buttons| Action::Buttons {
            buttons: buttons.iter().map(NewButton::read).collect(),
        });
        let list = self.list.as_ref().map(|list| Action::List {
            button: list.button.clone(),
            sections: list.sections.iter().map(NewSection::read).collect(),
        });
        let link = self
            .link
            .as_ref()
            .map(|NewLink { label, url }| Action::Link { label: label.clone(), url: url.clone() });
        let product = self.product.as_ref().map(|product| Action::Product {
            catalog_id: product.catalog_id.clone(),
            product: product.product_retailer_id.clone(),
        });
        let products = self.product_list.as_ref().map(|list| Action::ProductList {
            catalog_id: list.catalog_id.clone(),
            sections: list.sections.iter().map(NewProductSection::read).collect(),
        });
        let catalog = self.catalog.as_ref().map(|catalog| Action::Catalog {
            thumbnail: catalog.thumbnail_product_retailer_id.clone(),
        });
        let flow = self.flow.as_ref().map(NewFlow::read).transpose()?.map(Action::Flow);
        let asks = asks.map(|()| Action::LocationRequest);
        let mut given = [buttons, list, link, asks, flow, product, products, catalog];
        let mut given = given.iter_mut().filter_map(Option::take);
        match (given.next(), given.next()) {
            (Some(action), None) => Ok(action),
            _ => {
                let detail = "There is one of `buttons`, `list`, `link`, `location_request`, \
                              `flow`, `product`, `product_list` and `catalog`.";
                Err(Problem::field("interactive", detail))
            }
        }
    }
}

impl NewFlow {
    fn read(&self) -> Result<Flow, Problem> {
        let start = match &self.screen {
            Some(screen) => FlowStart::Screen {
                screen: screen.clone(),
                data: self.data.clone().map(|data| Value::Object(data).to_string()),
            },
            None => {
                absent("interactive.flow.data", self.data.as_ref())?;
                FlowStart::Endpoint
            }
        };
        let (label, id) = (self.label.clone(), self.flow_id.clone());
        Ok(Flow { label, id, token: self.flow_token.clone(), start, is_draft: self.is_draft })
    }
}

impl NewHeader {
    fn read(&self, files: &Files) -> Result<Header, Problem> {
        const FILE: &str = "interactive.header.file_id";
        const TEXT: &str = "interactive.header.text";
        let kind = match self.r#type {
            HeaderType::Text => {
                absent(FILE, self.file_id.as_ref())?;
                let text = given(TEXT, self.text.as_ref())?.clone();
                return Ok(Header::Text { text });
            }
            HeaderType::Image => MediaKind::Image,
            HeaderType::Video => MediaKind::Video,
            HeaderType::Document => MediaKind::Document,
        };
        absent(TEXT, self.text.as_ref())?;
        Ok(Header::Media(media(FILE, kind, self.file_id.as_ref(), files)?))
    }
}

impl NewButton {
    fn read(&self) -> Button {
        Button { id: self.id.clone(), title: self.title.clone() }
    }
}

impl NewSection {
    fn read(&self) -> Section {
        let row = |row: &NewRow| Row {
            id: row.id.clone(),
            title: row.title.clone(),
            description: row.description.clone(),
        };
        Section { title: self.title.clone(), rows: self.rows.iter().map(row).collect() }
    }
}
