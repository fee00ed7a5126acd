//! What clients see, under Qontak's names: in answers of the API and in live updates alike.
//!
//! Apart from the domain's types on purpose: the table may change without the API, and clients
//! never see more than it says here.

#[cfg(feature = "sign-in")]
mod api_key;
mod contact;
#[cfg(feature = "files")]
mod holdings;
mod integration;
mod job;
#[cfg(feature = "sign-in")]
mod member;
mod message;
mod note;
mod people;
mod presence;
mod room;
mod settings;
mod tag;
mod template;
mod upload;

use domain::integration::Member;
use serde::Serialize;
use utoipa::ToSchema;

#[cfg(feature = "sign-in")]
pub use api_key::{ApiKeyView, NewApiKeyView};
pub use contact::{BlockView, ContactFieldView, ContactView};
#[cfg(feature = "files")]
pub use holdings::{ErasureView, ExportView};
#[cfg(feature = "files")]
pub use integration::EventPayloadView;
pub use integration::{BusinessProfileView, EventView, IntegrationView, WebhookView};
pub use job::JobView;
#[cfg(feature = "sign-in")]
pub use member::{MeView, OrganizationView, UserView};
pub use message::{
    AnnotationView, AnnotationsView, AuthorView, CardAddressView, CardLineView, CardPhoneView,
    CardView, ChoiceView, ContentView, ContextView, ConversationView, ErrorView, FileView,
    FormView, InteractiveView, LocationView, MessageView, OrderItemView, OrderView, PricingView,
    ProductView, ReactedView, ReactionView, ReferralView, SentButtonView, SentCardView,
    SentHeaderView, SentOfferView, SentParameterView, SentTemplateView, UnsupportedView,
};
pub use note::NoteView;
pub use people::{AgentView, ParticipantView};
pub use presence::MemberPresenceView;
pub use room::{LastMessageView, RoomView};
pub use settings::{AutoResolveView, RetentionView};
pub use tag::TagView;
pub use template::{
    TemplateButtonView, TemplateCardView, TemplateHeaderView, TemplateOfferView, TemplateView,
};
pub use upload::UploadView;

/// A member of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    id: String,
    name: String,
}

impl MemberView {
    /// What clients see of this member.
    pub fn new(member: &Member) -> Self {
        Self { id: member.id.to_string(), name: member.name.clone() }
    }
}

/// Who said it, in the API's words.
fn participant(is_customer: bool) -> &'static str {
    if is_customer { "customer" } else { "agent" }
}
