//! Templates with their parameters.

use domain::{
    Time,
    message::{
        CarouselCard, Component, MediaKind, Parameter, ParameterValue, ProductSection, Template,
    },
    template::{is_language, is_name},
};
use platform::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Files, absent, given, media};

/// An approved template with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCarouselCard {
    /// What is filled in: its picture, film or product, and one for each part that has places.
    pub components: Vec<NewCardComponent>,
}

/// A part of a card with what is filled into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
}

/// What is filled in at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The product whose picture stands above, of type `action`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub thumbnail_product_retailer_id: Option<String>,
    /// The products to choose from: up to 30 in up to 10 sections, of type `action` and the button
    /// `mpm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 10)]
    pub sections: Option<Vec<NewProductSection>>,
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
    /// What a button shows of a catalogue.
    Action,
}

impl NewTemplate {
    /// The template with what is filled in; its words are not known here.
    pub(super) fn read(&self, files: &Files) -> Result<Template, Problem> {
        if !is_name(&self.name) {
            let detail = "A name has 1 to 512 small letters, digits and `_`.";
            return Err(Problem::field("template.name", detail));
        }
        if !is_language(&self.language) {
            return Err(Problem::field("template.language", "It is like `id` or `en_US`."));
        }
        let components = self.components.iter().enumerate();
        let components = components.map(|(index, component)| {
            component.read(&format!("template.components[{index}]"), files)
        });
        Ok(Template {
            name: self.name.clone(),
            language: self.language.clone(),
            components: components.collect::<Result<_, Problem>>()?,
            text: String::new(),
        })
    }
}

impl NewComponent {
    /// The ids of the files that are filled in: beside the cards, and in each card.
    pub(super) fn file_ids(&self) -> (Vec<&str>, Vec<Vec<&str>>) {
        let cards = self.cards.iter().flatten().map(NewCarouselCard::file_ids);
        (file_ids(&self.parameters), cards.collect())
    }

    fn read(&self, field: &str, files: &Files) -> Result<Component, Problem> {
        let cards_field = format!("{field}.cards");
        let kind = match self.r#type {
            ComponentType::Header => CardComponentType::Header,
            ComponentType::Body => CardComponentType::Body,
            ComponentType::Button => CardComponentType::Button,
            ComponentType::Carousel | ComponentType::LimitedTimeOffer => {
                absent(&format!("{field}.sub_type"), self.sub_type.as_ref())?;
                absent(&format!("{field}.index"), self.index.as_ref())?;
                if self.r#type == ComponentType::LimitedTimeOffer {
                    absent(&cards_field, self.cards.as_ref())?;
                    return offer(&format!("{field}.parameters"), &self.parameters);
                }
                absent(&format!("{field}.parameters"), self.parameters.first())?;
                let cards = given(&cards_field, self.cards.as_ref())?.iter().enumerate();
                let read = |(index, card): (usize, &NewCarouselCard)| {
                    card.read(&format!("{cards_field}[{index}].components"), files)
                };
                let cards = cards.map(read).collect::<Result<_, Problem>>()?;
                return Ok(Component::Carousel { cards });
            }
        };
        absent(&cards_field, self.cards.as_ref())?;
        part(field, kind, self.sub_type, self.index, &self.parameters, files)
    }
}

impl NewCarouselCard {
    fn file_ids(&self) -> Vec<&str> {
        self.components.iter().flat_map(|component| file_ids(&component.parameters)).collect()
    }

    fn read(&self, field: &str, files: &Files) -> Result<CarouselCard, Problem> {
        let components = self.components.iter().enumerate();
        let components = components.map(|(index, component)| {
            let NewCardComponent { r#type, sub_type, index: button, parameters } = component;
            part(&format!("{field}[{index}]"), *r#type, *sub_type, *button, parameters, files)
        });
        let components = components.collect::<Result<_, Problem>>()?;
        Ok(CarouselCard { components, text: String::new() })
    }
}

fn file_ids(parameters: &[NewParameter]) -> Vec<&str> {
    parameters.iter().filter_map(|parameter| parameter.file_id.as_deref()).collect()
}

/// A part with what is filled into it.
fn part(
    field: &str,
    kind: CardComponentType,
    sub_type: Option<ButtonSubType>,
    index: Option<u8>,
    parameters: &[NewParameter],
    files: &Files,
) -> Result<Component, Problem> {
    let parameters = parameters.iter().enumerate();
    let parameters = parameters
        .map(|(index, parameter)| parameter.read(&format!("{field}.parameters[{index}]"), files))
        .collect::<Result<_, Problem>>()?;
    let (sub_type_field, index_field) = (format!("{field}.sub_type"), format!("{field}.index"));
    if let CardComponentType::Button = kind {
        let kind = match given(&sub_type_field, sub_type.as_ref())? {
            ButtonSubType::Url => "url",
            ButtonSubType::QuickReply => "quick_reply",
            ButtonSubType::CopyCode => "copy_code",
            ButtonSubType::Catalog => "catalog",
            ButtonSubType::Mpm => "mpm",
        };
        let index = *given(&index_field, index.as_ref())?;
        return Ok(Component::Button { sub_type: kind.into(), index, parameters });
    }
    absent(&sub_type_field, sub_type.as_ref())?;
    absent(&index_field, index.as_ref())?;
    Ok(match kind {
        CardComponentType::Header => Component::Header { parameters },
        CardComponentType::Body | CardComponentType::Button => Component::Body { parameters },
    })
}

/// When an offer ends.
fn offer(field: &str, parameters: &[NewParameter]) -> Result<Component, Problem> {
    let [parameter] = parameters else {
        return Err(Problem::field(field, "An offer takes one parameter."));
    };
    let field = format!("{field}[0]");
    if parameter.r#type != ParameterType::LimitedTimeOffer {
        let detail = "An offer takes a parameter of type `limited_time_offer`.";
        return Err(Problem::field(format!("{field}.type"), detail));
    }
    parameter.check_shape(&field)?;
    let millis = *given(&field, parameter.expiration_time_ms.as_ref())?;
    // Up to the end of the year 9999, which is as far as anybody writes a date.
    if !(0..253_402_300_800_000).contains(&millis) {
        let field = format!("{field}.expiration_time_ms");
        return Err(Problem::field(&field, "It is in milliseconds since 1970."));
    }
    Ok(Component::Offer { expires_at: Time::from_millis(millis) })
}

impl NewParameter {
    /// Refuses fields that do not belong to the type, and misses those that do.
    fn check_shape(&self, field: &str) -> Result<(), Problem> {
        let own: &[&str] = match self.r#type {
            ParameterType::Text => &["text"],
            ParameterType::Image | ParameterType::Video | ParameterType::Document => &["file_id"],
            ParameterType::Payload => &["payload"],
            ParameterType::CouponCode => &["coupon_code"],
            ParameterType::LimitedTimeOffer => &["expiration_time_ms"],
            ParameterType::Product => &["product_retailer_id", "catalog_id"],
            ParameterType::Action => &["thumbnail_product_retailer_id"],
        };
        let is_action = self.r#type == ParameterType::Action;
        for (name, is_given) in [
            ("text", self.text.is_some()),
            ("file_id", self.file_id.is_some()),
            ("payload", self.payload.is_some()),
            ("coupon_code", self.coupon_code.is_some()),
            ("expiration_time_ms", self.expiration_time_ms.is_some()),
            ("product_retailer_id", self.product_retailer_id.is_some()),
            ("catalog_id", self.catalog_id.is_some()),
            ("thumbnail_product_retailer_id", self.thumbnail_product_retailer_id.is_some()),
            ("sections", self.sections.is_some()),
        ] {
            let path = format!("{field}.{name}");
            let value = is_given.then_some(());
            if own.contains(&name) {
                given(&path, value.as_ref())?;
            } else if !(is_action && name == "sections") {
                absent(&path, value.as_ref())?;
            }
        }
        Ok(())
    }

    fn read(&self, field: &str, files: &Files) -> Result<Parameter, Problem> {
        self.check_shape(field)?;
        let words = |text: &Option<String>| text.clone().unwrap_or_default();
        let file = |kind| {
            media(&format!("{field}.file_id"), kind, self.file_id.as_ref(), files)
                .map(ParameterValue::Media)
        };
        let value = match self.r#type {
            ParameterType::Text => ParameterValue::Text { text: words(&self.text) },
            ParameterType::Payload => ParameterValue::Payload { payload: words(&self.payload) },
            ParameterType::CouponCode => {
                ParameterValue::CouponCode { code: words(&self.coupon_code) }
            }
            ParameterType::Image => file(MediaKind::Image)?,
            ParameterType::Video => file(MediaKind::Video)?,
            ParameterType::Document => file(MediaKind::Document)?,
            ParameterType::Product => ParameterValue::Product {
                product_id: words(&self.product_retailer_id),
                catalog_id: words(&self.catalog_id),
            },
            ParameterType::Action => ParameterValue::Catalog {
                thumbnail: words(&self.thumbnail_product_retailer_id),
                sections: self.sections.iter().flatten().map(NewProductSection::read).collect(),
            },
            ParameterType::LimitedTimeOffer => {
                let detail = "Only a `limited_time_offer` takes this parameter.";
                return Err(Problem::field(format!("{field}.type"), detail));
            }
        };
        Ok(Parameter { name: self.parameter_name.clone(), value })
    }
}

impl NewProductSection {
    pub(super) fn read(&self) -> ProductSection {
        let Self { title, product_retailer_ids } = self;
        ProductSection { title: title.clone(), products: product_retailer_ids.clone() }
    }
}
