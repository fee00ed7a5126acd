//! Templates, as clients see them.

use domain::template::{Heading, Offer, TemplateButton, TemplateCard};
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
    /// The cards side by side, in order.
    cards: Vec<TemplateCardView>,
    /// The offer, of a template that has one.
    limited_time_offer: Option<TemplateOfferView>,
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

/// A card of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateCardView {
    /// What stands above.
    header: Option<TemplateHeaderView>,
    /// The words, with their places; empty where there are none.
    body: String,
    /// The buttons, in order.
    buttons: Vec<TemplateButtonView>,
}

/// The offer of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateOfferView {
    /// What it says.
    text: String,
    /// Whether a message has to say when it ends.
    has_expiration: bool,
}

/// What stands above a template's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateHeaderView {
    /// `text`, `image`, `video`, `document`, `location` or `product`.
    format: &'static str,
    /// The line, with its place, of a `text`.
    text: Option<String>,
}

/// A button of a template.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateButtonView {
    /// `quick_reply`, `url`, `copy_code`, `catalog`, `mpm`, `flow`, or `other` for what takes no
    /// parameter.
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
            cards: definition.cards.iter().map(TemplateCardView::new).collect(),
            limited_time_offer: definition.offer.as_ref().map(TemplateOfferView::new),
            unsupported: definition.unsupported.clone(),
            channel_integration_id: template.integration_id.to_string(),
            external_id: definition.provider_id.clone(),
            updated_at: definition.updated_at().to_string(),
        }
    }
}

impl TemplateCardView {
    fn new(card: &TemplateCard) -> Self {
        Self {
            header: card.header.as_ref().map(TemplateHeaderView::new),
            body: card.body.clone(),
            buttons: card.buttons.iter().map(TemplateButtonView::new).collect(),
        }
    }
}

impl TemplateOfferView {
    fn new(offer: &Offer) -> Self {
        Self { text: offer.text.clone(), has_expiration: offer.has_expiration }
    }
}

impl TemplateHeaderView {
    fn new(heading: &Heading) -> Self {
        match heading {
            Heading::Text { text } => Self { format: "text", text: Some(text.clone()) },
            Heading::Media { kind } => Self { format: kind.name(), text: None },
            Heading::Product => Self { format: "product", text: None },
            Heading::Location => Self { format: "location", text: None },
        }
    }
}

impl TemplateButtonView {
    fn new(button: &TemplateButton) -> Self {
        Self { r#type: button.kind.name(), text: button.text.clone(), url: button.url.clone() }
    }
}
