//! Messages, as clients see them.
//!
//! A message that its author edited shows what they made of it, with the first words beside it. Of
//! one that its author deleted nothing is shown but that it was: the content stays in the table as
//! long as its kind is kept there, but nobody reads on what a customer took back.

mod annotations;
mod content;
mod context;
mod pricing;

use domain::{
    Time,
    message::{Direction, Failure, Message, Origin, Outbound, Shown, Status},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MemberView, participant};

pub use annotations::{AnnotationsView, AuthorView};
pub use content::{
    CardAddressView, CardLineView, CardPhoneView, CardView, ChoiceView, ContentView, FileView,
    FormView, InteractiveView, LocationView, OrderItemView, OrderView, ReactedView, SentButtonView,
    SentCardView, SentHeaderView, SentOfferView, SentParameterView, SentTemplateView,
    UnsupportedView,
};
pub use context::{AnnotationView, ContextView, ProductView, ReactionView, ReferralView};
pub use pricing::{ConversationView, PricingView};

/// A message.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    /// The message's id, a UUID.
    id: String,
    /// Its room.
    room_id: String,
    /// `text`, `image`, `audio`, `video`, `document`, `sticker`, `location`, `contacts`,
    /// `interactive`, `choice`, `form_reply`, `order`, `template`, `reaction`, or `unsupported` for
    /// what can't be shown.
    r#type: &'static str,
    #[serde(flatten)]
    content: ContentView,
    /// What it refers to.
    context: ContextView,
    /// The advertisement or post that led the customer here.
    referral: Option<ReferralView>,
    /// The emojis on it.
    reactions: Vec<ReactionView>,
    /// When its author edited it: what is shown is what they made of it.
    edited_at: Option<String>,
    /// What it said before it was edited.
    original: Option<ContentView>,
    /// When its author deleted it: nothing of it is shown any more.
    deleted_at: Option<String>,
    /// `customer` or `agent`.
    participant_type: &'static str,
    /// `Models::Contact`, `Models::User`, or `Models::SystemAccount` for the phone's app.
    sender_type: &'static str,
    /// The member who wrote it; null of a customer's, and of what came from the phone's app.
    sender: Option<MemberView>,
    /// Of ours: `sapa`, or `phone_app` for what was written in the channel's app on a phone.
    origin: Option<&'static str>,
    /// A customer's: `created`. Ours: `queued`, `sending`, `unknown` (the provider may or may not
    /// have it), `sent`, `delivered`, `read`, `played` or `failed`.
    status: &'static str,
    /// Why it failed. May stand beside `delivered` or `read`: providers contradict themselves.
    error: Option<ErrorView>,
    /// What the provider says it charges for it; null of a customer's, and until the provider says so.
    pricing: Option<PricingView>,
    /// The provider's id.
    external_id: Option<String>,
    /// When it was said.
    created_at: String,
    /// When the provider sent it on.
    sent_at: Option<String>,
    /// When the customer's device had it.
    delivered_at: Option<String>,
    /// When the customer saw it.
    read_at: Option<String>,
    /// When the customer played it.
    played_at: Option<String>,
    /// The billed session it belongs to.
    session_id: Option<String>,
    /// Counts the changes of the message itself: of two views of it, the one with the higher
    /// version is the newer.
    version: u64,
    /// Counts what was said about it: reactions, edits, its deletion. Of two views with the same
    /// `version`, the one with the higher number here is the newer.
    annotations_version: u64,
}

/// Why a message failed, in the provider's words.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// The provider's code; 0 where there is none.
    pub(super) code: i64,
    pub(super) title: String,
    /// What exactly is wrong, where the provider says so.
    pub(super) detail: Option<String>,
}

impl ErrorView {
    fn new(failure: &Failure) -> Self {
        let Failure { code, title, detail, .. } = failure.clone();
        Self { code, title, detail }
    }
}

impl MessageView {
    /// What clients see of this message, of which nothing was said since.
    pub fn new(message: &Message) -> Self {
        Self::of(&Shown { message: message.clone(), annotations: None })
    }

    /// What clients see of this message alone.
    pub fn of(shown: &Shown) -> Self {
        Self::shown(shown, None)
    }

    /// What clients see of a page of messages.
    pub fn page(messages: &[Shown]) -> Vec<Self> {
        let id_of = |external_id: &String| {
            let named = |shown: &&Shown| shown.message.provider_id.as_ref() == Some(external_id);
            messages.iter().find(named).map(|shown| shown.message.id.to_string())
        };
        let view = |shown: &Shown| {
            Self::shown(shown, shown.message.context.reply_to.as_ref().and_then(id_of))
        };
        messages.iter().map(view).collect()
    }

    fn shown(shown: &Shown, reply_to_id: Option<String>) -> Self {
        let message = &shown.message;
        let (edited, deleted_at) = (shown.edited(), shown.deleted_at());
        let original = ContentView::new(&message.content);
        let (content, original, edited_at) = match (deleted_at, edited) {
            (Some(_), edited) => (ContentView::default(), None, edited.map(|(_, at)| at)),
            (None, Some((content, at))) => (ContentView::new(&content), Some(original), Some(at)),
            (None, None) => (original, None, None),
        };
        let ours = match &message.direction {
            Direction::Inbound { .. } => None,
            Direction::Outbound(outbound) => Some(outbound),
        };
        let time =
            |at: fn(&Outbound) -> Option<Time>| ours.and_then(|o| at(o)).map(|at| at.to_string());
        Self {
            id: message.id.to_string(),
            room_id: message.room_id.to_string(),
            r#type: message.content.type_name(),
            content,
            context: ContextView::new(&message.context, reply_to_id),
            referral: ReferralView::of(&message.context),
            reactions: shown
                .reactions()
                .into_iter()
                .map(|(side, emoji)| ReactionView::new(side, emoji))
                .collect(),
            edited_at: edited_at.map(|at| at.to_string()),
            original,
            deleted_at: deleted_at.map(|at| at.to_string()),
            participant_type: participant(ours.is_none()),
            sender_type: match ours.map(|outbound| outbound.origin) {
                None => "Models::Contact",
                Some(Origin::Here) => "Models::User",
                Some(Origin::PhoneApp) => "Models::SystemAccount",
            },
            sender: ours
                .filter(|outbound| outbound.origin.is_here())
                .map(|outbound| MemberView::new(&outbound.sender)),
            origin: ours.map(|outbound| match outbound.origin {
                Origin::Here => "sapa",
                Origin::PhoneApp => "phone_app",
            }),
            status: ours.map_or("created", |outbound| status(outbound)),
            error: ours.and_then(|outbound| outbound.failure.as_ref()).map(ErrorView::new),
            pricing: ours.and_then(|outbound| outbound.pricing.as_ref()).map(PricingView::new),
            external_id: message.provider_id.clone(),
            created_at: message.at.to_string(),
            sent_at: time(|outbound| outbound.sent_at),
            delivered_at: time(|outbound| outbound.delivered_at),
            read_at: time(|outbound| outbound.read_at),
            played_at: time(|outbound| outbound.played_at),
            session_id: ours.and_then(|outbound| outbound.session_id).map(|id| id.to_string()),
            version: message.version,
            annotations_version: shown.annotations.as_ref().map_or(0, |said| said.version),
        }
    }
}

/// A failure is the status of a message that nobody has; a message that arrived shows how far it
/// got, with the failure beside it.
fn status(outbound: &Outbound) -> &'static str {
    match (&outbound.failure, outbound.status) {
        (Some(_), Status::Queued | Status::Sending | Status::Unknown | Status::Sent) => "failed",
        (_, status) => status.name(),
    }
}
