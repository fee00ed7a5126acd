//! Internal notes, as members see them.

use domain::note::Note;
use serde::Serialize;
use utoipa::ToSchema;

use super::MemberView;

/// What a member noted about a room. No customer gets it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteView {
    /// The note's id, a UUID.
    id: String,
    /// Its room.
    room_id: String,
    /// The words.
    text: String,
    /// Who wrote it.
    sender: MemberView,
    /// When.
    created_at: String,
}

impl NoteView {
    /// What members see of this note.
    pub fn new(note: &Note) -> Self {
        Self {
            id: note.id.to_string(),
            room_id: note.room_id.to_string(),
            text: note.text.clone(),
            sender: MemberView::new(&note.author),
            created_at: note.at.to_string(),
        }
    }
}
