//! Templates with their parameters, as clients give them; how they are read is in [`read`].

mod read;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::NewLocation;

/// An approved template with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "order_ready",
    "language": "id",
    "components": [
        { "type": "body", "parameters": [{ "type": "text", "text": "Budi" }] },
    ],
}))]
pub struct NewTemplate {
    /// Its name.
    #[schema(max_length = 512)]
    pub name: String,
    /// Its language: `id`, `en_US`.
    #[schema(max_length = 20)]
    pub language: String,
    /// What is filled in: one for each part of the template that has places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<NewComponent>,
}

/// A part of a template with what is filled into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComponent {
    /// Which part.
    pub r#type: ComponentType,
    /// What the button does; of buttons only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<ButtonSubType>,
    /// Which button, from 0; of buttons only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u8>,
    /// One for each place, in their order; none of a carousel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<NewParameter>,
    /// Every card of the template, in its order; of a carousel only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub cards: Option<Vec<NewCarouselCard>>,
}

/// A card of a template with what is filled into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCarouselCard {
    /// What is filled in: its picture, film or product, and one for each part that has places.
    pub components: Vec<NewCardComponent>,
}

/// A part of a card with what is filled into it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCardComponent {
    /// Which part.
    pub r#type: CardComponentType,
    /// What the button does; of buttons only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_type: Option<ButtonSubType>,
    /// Which button of the card, from 0; of buttons only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u8>,
    /// One for each place, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<NewParameter>,
}

/// A part of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardComponentType {
    /// What stands above.
    Header,
    /// The words.
    Body,
    /// A button.
    Button,
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ComponentType {
    /// What stands above.
    Header,
    /// The words.
    Body,
    /// A button.
    Button,
    /// Cards side by side.
    Carousel,
    /// An offer that ends; its parameter, a `limited_time_offer`, says when.
    LimitedTimeOffer,
}

/// What a template's button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ButtonSubType {
    /// Opens a page; its parameter, a `text`, is the end of the address.
    Url,
    /// Answers; its parameter is a `payload`.
    QuickReply,
    /// Copies a code; its parameter is a `coupon_code`.
    CopyCode,
    /// Opens the catalogue; its parameter, an `action`, is whose picture stands above.
    Catalog,
    /// Opens a choice of products; its parameter, an `action`, says which.
    Mpm,
    /// Opens a form; its parameter, an `action`, may say what the form is given. It need not be named.
    Flow,
}

/// What is filled in at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParameter {
    /// What it is.
    pub r#type: ParameterType,
    /// The place's name, in templates that name their places.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 512)]
    pub parameter_name: Option<String>,
    /// Words without new lines and tabs, of type `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    pub text: Option<String>,
    /// A file that was uploaded, of the types `image`, `video` and `document`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "uuid")]
    pub file_id: Option<String>,
    /// What comes back when a quick reply is chosen, of type `payload`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub payload: Option<String>,
    /// The code that a button copies, of type `coupon_code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 15)]
    pub coupon_code: Option<String>,
    /// When the offer ends, in milliseconds since 1970, of type `limited_time_offer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration_time_ms: Option<i64>,
    /// What the shop calls the product, of type `product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub product_retailer_id: Option<String>,
    /// The provider's id of the product's catalogue, of type `product`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub catalog_id: Option<String>,
    /// The product whose picture stands above, of type `action` and the buttons `catalog` and `mpm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub thumbnail_product_retailer_id: Option<String>,
    /// The products to choose from: up to 30 in up to 10 sections, of type `action` and the button
    /// `mpm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub sections: Option<Vec<NewProductSection>>,
    /// What comes back with a form's answers, to know them by: up to 200 characters, of type `action`
    /// and the button `flow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub flow_token: Option<String>,
    /// What the form's first screen is given, at least one field: up to 8,192 bytes, of type `action`
    /// and the button `flow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub flow_action_data: Option<Map<String, Value>>,
    /// The place that the header shows, of type `location`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<NewLocation>,
}

/// Products under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProductSection {
    /// The heading.
    #[schema(max_length = 24)]
    pub title: String,
    /// What the shop calls them.
    #[schema(max_items = 30)]
    pub product_retailer_ids: Vec<String>,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// Words.
    Text,
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A document.
    Document,
    /// What comes back when a quick reply is chosen.
    Payload,
    /// The code that a button copies.
    CouponCode,
    /// When an offer ends.
    LimitedTimeOffer,
    /// A product, above a card.
    Product,
    /// What a button shows of a catalogue, or gives to a form.
    Action,
    /// A place, above the words.
    Location,
}
