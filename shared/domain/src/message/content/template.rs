//! Approved templates with their parameters: the only thing that reaches a customer who has not
//! written for a day.

use serde::{Deserialize, Serialize};

use super::Media;

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
}

impl Template {
    /// The files that are filled in.
    pub(super) fn files(&self) -> Vec<&Media> {
        let parameters = self.components.iter().flat_map(Component::parameters);
        let files = parameters.filter_map(|parameter| match &parameter.value {
            ParameterValue::Media(media) => Some(media),
            ParameterValue::Text { .. }
            | ParameterValue::Payload { .. }
            | ParameterValue::CouponCode { .. } => None,
        });
        files.collect()
    }
}

impl Component {
    /// What is filled into it.
    pub fn parameters(&self) -> &[Parameter] {
        match self {
            Self::Header { parameters }
            | Self::Body { parameters }
            | Self::Button { parameters, .. } => parameters,
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
        /// `url`, `quick_reply` or `copy_code`.
        sub_type: String,
        /// Which button, from 0.
        index: u8,
        /// What is filled in.
        parameters: Vec<Parameter>,
    },
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
}
