//! What was said about one message, as clients see it who hold the message.

use domain::message::{Annotations, ByAuthor, Side};
use serde::Serialize;
use utoipa::ToSchema;

use super::ReactionView;

/// All that was said about one message: what it takes to show it as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnotationsView {
    /// The provider's id of the message that it is about: its `external_id`.
    message_external_id: String,
    /// The emojis on it: its `reactions`.
    reactions: Vec<ReactionView>,
    /// What counts if the message is the customer's.
    customer: AuthorView,
    /// What counts if the message is ours.
    agent: AuthorView,
    /// The message's `annotations_version`. To a message that knows a higher one it is no news.
    version: u64,
}

/// What an author made of their message.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorView {
    /// When they edited it.
    edited_at: Option<String>,
    /// The words that take the place of its `text`, if it was edited and not deleted; the message
    /// as it was is then its `original`.
    text: Option<String>,
    /// When they deleted it: nothing of it is to be shown any more.
    deleted_at: Option<String>,
}

impl AnnotationsView {
    /// What clients see of this.
    pub fn new(said: &Annotations) -> Self {
        let reactions = said.reactions().into_iter();
        Self {
            message_external_id: said.target.clone(),
            reactions: reactions.map(|(side, emoji)| ReactionView::new(side, emoji)).collect(),
            customer: AuthorView::new(said.by_author(Side::Customer)),
            agent: AuthorView::new(said.by_author(Side::Business)),
            version: said.version,
        }
    }
}

impl AuthorView {
    fn new(made: ByAuthor<'_>) -> Self {
        let words = made.edit.filter(|_| made.revoke.is_none()).map(|noted| noted.what.words());
        Self {
            edited_at: made.edit.map(|noted| noted.at.to_string()),
            text: words.filter(|words| !words.is_empty()).map(str::to_owned),
            deleted_at: made.revoke.map(|noted| noted.at.to_string()),
        }
    }
}
