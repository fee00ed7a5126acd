//! Templates, as clients see them.

use domain::template::{Heading, TemplateButton};
use serde::Serialize;
use store::StoredTemplate;
use utoipa::ToSchema;

/// A template that a provider holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateView {
    /// Its name: what `template.name` of a message says.
    name: String,
    /// Its language: what `template.language` of a message says.
    language: String,
    /// What the provider says of it; only `APPROVED` ones can be sent. `DELETED` is one that it no
    /// longer lists.
    #[schema(example = "APPROVED")]
    status: String,
    /// `MARKETING`, `UTILITY` or `AUTHENTICATION`.
    category: String,
    /// What customers think of it: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`; null where the provider
    /// has not said.
    #[schema(example = "GREEN")]
    quality_rating: Option<String>,
    /// Why it was rejected, paused or disabled, by the provider's word: `INVALID_FORMAT`,
    /// `FIRST_PAUSE`.
    reason: Option<String>,
    /// What stands above.
    header: Option<TemplateHeaderView>,
    /// The words, with their places: `{{1}}` or `{{name}}`.
    body: String,
    /// The small words below.
    footer: Option<String>,
    /// The buttons, in order.
    buttons: Vec<TemplateButtonView>,
    /// Parts that can't be filled in, by the provider's names: a template that has one can't be
    /// sent.
    unsupported: Vec<String>,
    /// The account through which it is sent.
    channel_integration_id: String,
    /// The provider's id of it.
    external_id: String,
    /// Since when it is known as it is.
    updated_at: String,
}

/// What stands above a template's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateHeaderView {
    /// `text`, `image`, `video` or `document`.
    format: &'static str,
    /// The line, with its place, of a `text`.
    text: Option<String>,
}

/// A button of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateButtonView {
    /// `quick_reply`, `url`, `copy_code`, or `other` for what takes no parameter.
    r#type: &'static str,
    text: String,
    /// The page that it opens, with its place.
    url: Option<String>,
}

impl TemplateView {
    /// What clients see of this template.
    pub fn new(template: &StoredTemplate) -> Self {
        let definition = &template.definition;
        Self {
            name: definition.name.clone(),
            language: definition.language.clone(),
            status: definition.status.clone(),
            category: definition.category.clone(),
            quality_rating: definition.quality.clone(),
            reason: definition.reason.clone(),
            header: definition.header.as_ref().map(TemplateHeaderView::new),
            body: definition.body.clone(),
            footer: definition.footer.clone(),
            buttons: definition.buttons.iter().map(TemplateButtonView::new).collect(),
            unsupported: definition.unsupported.clone(),
            channel_integration_id: template.integration_id.to_string(),
            external_id: definition.provider_id.clone(),
            updated_at: definition.updated_at().to_string(),
        }
    }
}

impl TemplateHeaderView {
    fn new(heading: &Heading) -> Self {
        match heading {
            Heading::Text { text } => Self { format: "text", text: Some(text.clone()) },
            Heading::Media { kind } => Self { format: kind.name(), text: None },
        }
    }
}

impl TemplateButtonView {
    fn new(button: &TemplateButton) -> Self {
        Self { r#type: button.kind.name(), text: button.text.clone(), url: button.url.clone() }
    }
}
