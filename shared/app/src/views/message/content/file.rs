//! Files, as clients see them: alone, and above words.

use domain::message::{Content, File, Header, Location, Media, wanted};
use serde::Serialize;
use utoipa::ToSchema;

use super::{LocationView, location};

/// A file in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Which of the message's files it is, from 0: the `index` of
    /// `/v1/rooms/{id}/messages/{message_id}/file`.
    index: usize,
    /// `awaited` (still with the provider), `stored` or `failed`.
    state: &'static str,
    mime_type: String,
    /// Bytes; known once it is stored.
    size: Option<u64>,
    /// The name that its sender gave it.
    filename: Option<String>,
    /// In hex.
    sha256: Option<String>,
    /// Spoken into the phone, and not chosen as a file.
    is_voice: bool,
    /// A sticker that moves.
    is_animated: bool,
    /// Why it could not be fetched: `too_large`, `wrong_sha256`, `gone`, `refused`,
    /// `unreachable`, `foreign_address` or `not_stored`. What may pass is tried again for seven
    /// days.
    failure: Option<String>,
    /// How often it could not be fetched.
    attempts: u32,
}

/// What stands above the words of buttons, of a template or of a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentHeaderView {
    /// `text`, `image`, `video`, `document`, `location`, or `product` above a card.
    r#type: &'static str,
    /// Of `text`: the line, with what was filled in.
    text: Option<String>,
    /// Of `image`, `video` and `document`: the file.
    file: Option<FileView>,
    /// Of `location`: the place.
    location: Option<LocationView>,
    /// Of `product`: what the shop calls it.
    product_retailer_id: Option<String>,
    /// Of `product`: the provider's id of its catalogue.
    catalog_id: Option<String>,
}

/// The files of a message, each with its place among them.
pub(super) struct Files<'a>(Vec<&'a Media>);

impl<'a> Files<'a> {
    pub(super) fn of(content: &'a Content) -> Self {
        Self(content.files())
    }

    /// One of them.
    pub(super) fn view(&self, media: &Media) -> FileView {
        // Two may be the same file, but they are not in the same place.
        let is_it = |file: &&Media| std::ptr::eq(*file, media);
        view(self.0.iter().position(is_it).unwrap_or_default(), media)
    }
}

impl SentHeaderView {
    pub(super) fn new(header: &Header, files: &Files<'_>) -> Self {
        match header {
            Header::Text { text } => Self::text(text),
            Header::Media(media) => Self::file(media, files),
        }
    }

    pub(super) fn text(line: &str) -> Self {
        Self { text: Some(line.to_owned()), ..Self::of("text") }
    }

    pub(super) fn file(media: &Media, files: &Files<'_>) -> Self {
        Self { file: Some(files.view(media)), ..Self::of(media.kind.name()) }
    }

    pub(super) fn place(place: &Location) -> Self {
        Self { location: Some(location(place)), ..Self::of("location") }
    }

    pub(super) fn product(product_id: &str, catalog_id: &str) -> Self {
        let product_retailer_id = Some(product_id.to_owned());
        let catalog_id = Some(catalog_id.to_owned());
        Self { product_retailer_id, catalog_id, ..Self::of("product") }
    }

    fn of(r#type: &'static str) -> Self {
        Self {
            r#type,
            text: None,
            file: None,
            location: None,
            product_retailer_id: None,
            catalog_id: None,
        }
    }
}

fn view(index: usize, media: &Media) -> FileView {
    let attempts = wanted(&media.file).map_or(0, |wanted| wanted.attempts);
    let (state, mime_type, size, sha256, failure) = match &media.file {
        File::Awaited { mime_type, sha256, .. } => {
            ("awaited", mime_type, None, sha256.as_ref(), None)
        }
        File::Stored { mime_type, size, sha256, .. } => {
            ("stored", mime_type, Some(*size), Some(sha256), None)
        }
        File::Failed { mime_type, sha256, reason, .. } => {
            ("failed", mime_type, None, sha256.as_ref(), Some(reason.clone()))
        }
    };
    FileView {
        index,
        state,
        mime_type: mime_type.clone(),
        size,
        filename: media.filename.clone(),
        sha256: sha256.cloned(),
        is_voice: media.is_voice,
        is_animated: media.is_animated,
        failure,
        attempts,
    }
}
