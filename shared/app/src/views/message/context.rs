//! What a message refers to, and what was said about it, as clients see it.

use domain::message::{Annotations, Context, Noted, Reaction, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ContentView, participant};

/// What a message refers to, and how it came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContextView {
    /// The message that it replies to, if that is on the same page; null in events.
    reply_to_id: Option<String>,
    /// The provider's id of the message that it replies to.
    reply_to_external_id: Option<String>,
    /// Forwarded from another chat.
    is_forwarded: bool,
    /// Forwarded many times.
    is_frequently_forwarded: bool,
    /// The product that the customer asks about.
    product: Option<ProductView>,
}

/// A product of a catalogue.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductView {
    catalog_id: String,
    product_id: String,
}

/// The advertisement or post that led the customer here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferralView {
    /// `ad` or `post`.
    source_type: String,
    source_id: Option<String>,
    source_url: Option<String>,
    headline: Option<String>,
    body: Option<String>,
    /// The provider's id of the click, for reporting conversions.
    click_id: Option<String>,
    /// What it shows: `image` or `video`.
    media_type: Option<String>,
    /// Where its picture is, at the provider.
    image_url: Option<String>,
    video_url: Option<String>,
    /// Where the small picture of its film is.
    thumbnail_url: Option<String>,
    /// The words with which the advertisement greets.
    welcome_text: Option<String>,
}

impl ContextView {
    pub(super) fn new(context: &Context, reply_to_id: Option<String>) -> Self {
        let product = context.product.as_ref().map(|(catalog_id, product_id)| ProductView {
            catalog_id: catalog_id.clone(),
            product_id: product_id.clone(),
        });
        Self {
            reply_to_id,
            reply_to_external_id: context.reply_to.clone(),
            is_forwarded: context.is_forwarded,
            is_frequently_forwarded: context.is_frequently_forwarded,
            product,
        }
    }
}

impl ReferralView {
    pub(super) fn of(context: &Context) -> Option<Self> {
        let referral = context.referral.as_deref()?;
        Some(Self {
            source_type: referral.source_type.clone(),
            source_id: referral.source_id.clone(),
            source_url: referral.source_url.clone(),
            headline: referral.headline.clone(),
            body: referral.body.clone(),
            click_id: referral.click_id.clone(),
            media_type: referral.media_type.clone(),
            image_url: referral.image_url.clone(),
            video_url: referral.video_url.clone(),
            thumbnail_url: referral.thumbnail_url.clone(),
            welcome_text: referral.welcome_text.clone(),
        })
    }
}

/// An emoji on a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReactionView {
    pub(super) emoji: String,
    /// `customer` or `agent`.
    pub(super) participant_type: &'static str,
}

impl ReactionView {
    pub(super) fn new(side: Side, emoji: &str) -> Self {
        let participant_type = participant(side == Side::Customer);
        Self { emoji: emoji.to_owned(), participant_type }
    }
}

/// Something that was said about a message: a reaction, an edit or a deletion.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnotationView {
    /// `reaction`, `edit` or `revoke`.
    r#type: &'static str,
    /// `customer` or `agent`.
    participant_type: &'static str,
    /// The provider's id of the message that it is about, which may not be here.
    message_external_id: String,
    /// The provider's id of itself.
    external_id: String,
    /// Of a reaction: the emoji; null once it was taken back.
    emoji: Option<String>,
    /// Of an edit: what the message says now; null once the message was deleted.
    content: Option<ContentView>,
    /// When, by the provider's clock.
    created_at: String,
}

impl AnnotationView {
    /// What clients see of all that was said about one message.
    pub fn all(said: &Annotations) -> Vec<Self> {
        let mut all = Vec::new();
        let view = |r#type, is_customer, external_id: &str, at: domain::Time| Self {
            r#type,
            participant_type: participant(is_customer),
            message_external_id: said.target.clone(),
            external_id: external_id.to_owned(),
            emoji: None,
            content: None,
            created_at: at.to_string(),
        };
        let reactions = [(true, &said.customer_reaction), (false, &said.business_reaction)];
        let set = |(is_customer, noted): (bool, &Option<Noted<Reaction>>)| {
            let noted = noted.as_ref()?;
            let reaction = view("reaction", is_customer, &noted.external_id, noted.at);
            Some(Self { emoji: noted.what.emoji.clone(), ..reaction })
        };
        all.extend(reactions.into_iter().filter_map(set));
        let sides = [
            (true, &said.customer_edit, &said.customer_revoke),
            (false, &said.business_edit, &said.business_revoke),
        ];
        for (is_customer, edit, revoke) in sides {
            if let Some(noted) = edit {
                let content = revoke.is_none().then(|| ContentView::new(&noted.what));
                let edit = view("edit", is_customer, &noted.external_id, noted.at);
                all.push(Self { content, ..edit });
            }
            if let Some(noted) = revoke {
                all.push(view("revoke", is_customer, &noted.external_id, noted.at));
            }
        }
        all
    }
}
