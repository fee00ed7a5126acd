//! What a message costs, as its provider says.

use domain::message::{Conversation, Pricing};
use serde::Serialize;
use utoipa::ToSchema;

/// What the provider says it charges for a message. How much that is, it doesn't say.
#[derive(Debug, Serialize, ToSchema)]
pub struct PricingView {
    /// Whether it is charged at all.
    billable: bool,
    /// `PMP` (per message) or, before July 2025, `CBP`.
    #[schema(example = "PMP")]
    model: String,
    /// `regular`, `free_customer_service` or `free_entry_point`; null where it was not told.
    r#type: Option<String>,
    /// `service`, `utility`, `marketing`, `authentication` ...
    #[schema(example = "utility")]
    category: String,
    /// The conversation that is charged or free as a whole: since messages are charged one by one,
    /// only one that an advertisement opened.
    conversation: Option<ConversationView>,
}

/// A conversation, as the provider counts them.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConversationView {
    /// What opened it: `referral_conversion`, `service`, `utility` ...
    origin: Option<String>,
    /// When it ends.
    expires_at: Option<String>,
}

impl PricingView {
    pub(super) fn new(pricing: &Pricing) -> Self {
        let Pricing { billable, model, kind, category, conversation } = pricing.clone();
        let conversation = conversation.map(|Conversation { origin, expires_at }| {
            ConversationView { origin, expires_at: expires_at.map(|at| at.to_string()) }
        });
        Self { billable, model, r#type: kind, category, conversation }
    }
}
