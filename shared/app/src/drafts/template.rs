//! Templates with their parameters.

use domain::{
    message::{Component, MediaKind, Parameter, ParameterValue, Template},
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
    /// One for each place, in their order.
    pub parameters: Vec<NewParameter>,
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
    pub file_id: Option<String>,
    /// What comes back when a quick reply is chosen, of type `payload`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 128)]
    pub payload: Option<String>,
    /// The code that a button copies, of type `coupon_code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 15)]
    pub coupon_code: Option<String>,
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
    fn read(&self, field: &str, files: &Files) -> Result<Component, Problem> {
        let parameters = self.parameters.iter().enumerate();
        let parameters = parameters
            .map(|(index, parameter)| {
                parameter.read(&format!("{field}.parameters[{index}]"), files)
            })
            .collect::<Result<_, Problem>>()?;
        let (sub_type, index) = (format!("{field}.sub_type"), format!("{field}.index"));
        if let ComponentType::Button = self.r#type {
            let kind = match given(&sub_type, self.sub_type.as_ref())? {
                ButtonSubType::Url => "url",
                ButtonSubType::QuickReply => "quick_reply",
                ButtonSubType::CopyCode => "copy_code",
            };
            let index = *given(&index, self.index.as_ref())?;
            return Ok(Component::Button { sub_type: kind.into(), index, parameters });
        }
        absent(&sub_type, self.sub_type.as_ref())?;
        absent(&index, self.index.as_ref())?;
        Ok(match self.r#type {
            ComponentType::Header => Component::Header { parameters },
            ComponentType::Body | ComponentType::Button => Component::Body { parameters },
        })
    }
}

impl NewParameter {
    fn read(&self, field: &str, files: &Files) -> Result<Parameter, Problem> {
        let own = match self.r#type {
            ParameterType::Text => "text",
            ParameterType::Image | ParameterType::Video | ParameterType::Document => "file_id",
            ParameterType::Payload => "payload",
            ParameterType::CouponCode => "coupon_code",
        };
        for (name, value) in [
            ("text", &self.text),
            ("file_id", &self.file_id),
            ("payload", &self.payload),
            ("coupon_code", &self.coupon_code),
        ] {
            let path = format!("{field}.{name}");
            if name == own {
                given(&path, value.as_ref())?;
            } else {
                absent(&path, value.as_ref())?;
            }
        }
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
        };
        Ok(Parameter { name: self.parameter_name.clone(), value })
    }
}
