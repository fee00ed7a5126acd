//! Reads what is filled into a template: each part, and each parameter, has just the fields of its
//! type.

use domain::{
    Time,
    message::{
        CarouselCard, Component, Frame, MediaKind, Parameter, ParameterValue, ProductSection,
        Template,
    },
    template::{is_language, is_name},
};
use platform::problem::Problem;
use serde_json::Value;

use super::{
    super::{Files, absent, given, media},
    ButtonSubType, CardComponentType, ComponentType, NewCardComponent, NewCarouselCard,
    NewComponent, NewParameter, NewProductSection, NewTemplate, ParameterType,
};

impl NewTemplate {
    /// The template with what is filled in; its words are not known here.
    pub(in crate::drafts) fn read(&self, files: &Files) -> Result<Template, Problem> {
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
            frame: Frame::default(),
        })
    }
}

impl NewComponent {
    /// The ids of the files that are filled in: beside the cards, and in each card.
    pub(in crate::drafts) fn file_ids(&self) -> (Vec<&str>, Vec<Vec<&str>>) {
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
        Ok(CarouselCard { components, text: String::new(), frame: Frame::default() })
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
            ButtonSubType::Flow => "flow",
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
        let is_flow = self.gives_to_form();
        let own: &[&str] = match self.r#type {
            ParameterType::Text => &["text"],
            ParameterType::Image | ParameterType::Video | ParameterType::Document => &["file_id"],
            ParameterType::Payload => &["payload"],
            ParameterType::CouponCode => &["coupon_code"],
            ParameterType::LimitedTimeOffer => &["expiration_time_ms"],
            ParameterType::Product => &["product_retailer_id", "catalog_id"],
            ParameterType::Location => &["location"],
            ParameterType::Action if is_flow => &[],
            ParameterType::Action => &["thumbnail_product_retailer_id"],
        };
        let is_catalog = self.r#type == ParameterType::Action && !is_flow;
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
            ("flow_token", self.flow_token.is_some()),
            ("flow_action_data", self.flow_action_data.is_some()),
            ("location", self.location.is_some()),
        ] {
            let path = format!("{field}.{name}");
            let value = is_given.then_some(());
            if own.contains(&name) {
                given(&path, value.as_ref())?;
            } else if !(is_catalog && name == "sections" || is_flow && name.starts_with("flow_")) {
                absent(&path, value.as_ref())?;
            }
        }
        Ok(())
    }

    /// Whether it is what a form is given: an action that says something of one.
    fn gives_to_form(&self) -> bool {
        self.r#type == ParameterType::Action
            && (self.flow_token.is_some() || self.flow_action_data.is_some())
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
            ParameterType::Location => {
                let field = format!("{field}.location");
                let place = given(&field, self.location.as_ref())?.read(&field)?;
                ParameterValue::Location { place }
            }
            ParameterType::Action if self.gives_to_form() => ParameterValue::Flow {
                token: self.flow_token.clone(),
                data: self.flow_action_data.clone().map(|data| Value::Object(data).to_string()),
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
    pub(in crate::drafts) fn read(&self) -> ProductSection {
        let Self { title, product_retailer_ids } = self;
        ProductSection { title: title.clone(), products: product_retailer_ids.clone() }
    }
}
