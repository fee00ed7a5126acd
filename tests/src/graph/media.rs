//! Files: uploaded by the business or by a customer, looked up by id, fetched by a short-lived URL.
//!
//! Source: business-phone-numbers/media. A media id lives 30 days, one from a webhook 7; the URL
//! that it leads to lives 5 minutes, needs the token too, and answers 404 when it is over.
//!
//! WhatsApp tells a file's SHA-256 in Base64 in webhooks and in hex where the media is looked up,
//! so the double does.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response, StatusCode, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Refusal, json_response};
use super::kinds::Attachment;
use super::{Fault, Graph, multipart};

const MINUTE_MS: u64 = 60_000;
const DAY_MS: u64 = 24 * 60 * MINUTE_MS;
/// How long the URL of a file works.
const URL_LIFE_MS: u64 = 5 * MINUTE_MS;
/// How long the id of a customer's file works, and of one that the business uploaded.
const RECEIVED_LIFE_MS: u64 = 7 * DAY_MS;
const UPLOADED_LIFE_MS: u64 = 30 * DAY_MS;
/// The most bytes of a customer's file, of whatever kind: the limits by kind are those of what the
/// business sends.
const RECEIVED_MAX_BYTES: usize = 100 << 20;

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A recording, spoken or not.
    Audio,
    /// A film.
    Video,
    /// Anything else.
    Document,
    /// A small picture without a frame.
    Sticker,
}

impl MediaKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Image, Self::Audio, Self::Video, Self::Document, Self::Sticker];

    /// `type` in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// The largest file of the kind, in bytes.
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Image => 5 << 20,
            Self::Audio | Self::Video => 16 << 20,
            Self::Document => 100 << 20,
            Self::Sticker => 500 << 10,
        }
    }

    /// Whether a file of this type can be sent as the kind (business-phone-numbers/media,
    /// supported media types). As a document, anything can.
    pub fn takes(self, mime_type: &str) -> bool {
        let plain = mime_type.split(';').next().unwrap_or_default().trim();
        match self {
            Self::Image => matches!(plain, "image/jpeg" | "image/png"),
            Self::Audio => matches!(
                plain,
                "audio/aac" | "audio/amr" | "audio/mpeg" | "audio/mp4" | "audio/ogg" | "audio/opus"
            ),
            Self::Video => matches!(plain, "video/mp4" | "video/3gpp"),
            Self::Sticker => plain == "image/webp",
            Self::Document => plain.contains('/'),
        }
    }
}

/// A file and how long it is kept.
#[derive(Debug)]
struct Item {
    mime_type: String,
    bytes: Vec<u8>,
    until_ms: u64,
}

/// The files that the provider keeps.
#[derive(Debug)]
pub(super) struct Shelf {
    items: BTreeMap<String, Item>,
    /// What the URLs of files begin with.
    pub(super) base: String,
}

impl Default for Shelf {
    fn default() -> Self {
        let base = "https://lookaside.fbsbx.com/whatsapp_business/attachments/".to_owned();
        Self { items: BTreeMap::new(), base }
    }
}

impl Shelf {
    pub(super) fn knows(&self, id: &str) -> bool {
        self.items.contains_key(id)
    }

    /// The type of a file that is still there.
    pub(super) fn mime_type(&self, now_ms: u64, id: &str) -> Option<&str> {
        let item = self.items.get(id).filter(|item| item.until_ms > now_ms)?;
        Some(&item.mime_type)
    }

    /// The object of a file in a webhook (webhooks/reference/messages/image and its neighbours).
    pub(super) fn content(&self, now_ms: u64, kind: MediaKind, file: &Attachment) -> Value {
        let mut content = json!({ "id": file.media_id });
        if let Some(item) = self.items.get(&file.media_id) {
            content["mime_type"] = json!(item.mime_type);
            content["sha256"] = json!(STANDARD.encode(Sha256::digest(&item.bytes)));
            content["url"] = json!(self.url(now_ms, &file.media_id));
        }
        if let Some(caption) = &file.caption {
            content["caption"] = json!(caption);
        }
        if let Some(filename) = &file.filename {
            content["filename"] = json!(filename);
        }
        match kind {
            MediaKind::Audio => content["voice"] = json!(file.voice),
            MediaKind::Sticker => content["animated"] = json!(file.animated),
            MediaKind::Image | MediaKind::Video | MediaKind::Document => {}
        }
        content
    }

    fn url(&self, now_ms: u64, id: &str) -> String {
        let ends = (now_ms + URL_LIFE_MS) / 1000;
        format!("{}?mid={id}&ext={ends}&hash={}", self.base, seal(id, ends))
    }

    /// The file that a URL's query leads to, while it does.
    fn behind(&self, now_ms: u64, query: &str) -> Option<(&str, &Item)> {
        let field = |name: &str| {
            query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        };
        let (id, ends) = (field("mid")?, field("ext")?.parse::<u64>().ok()?);
        let valid = field("hash")? == seal(id, ends) && now_ms < ends * 1000;
        let (id, item) = self.items.get_key_value(id)?;
        (valid && now_ms < item.until_ms).then_some((id, item))
    }
}

/// Ties a URL's end to its file. Not a secret: the token is what is asked for.
fn seal(id: &str, ends: u64) -> String {
    let digest = Sha256::digest(format!("{id} until {ends}"));
    hex::encode(&digest[..12])
}

impl Graph {
    /// A customer's phone uploads a file, to be sent as [`super::Kind::Media`]. Whatever its type:
    /// people send each other anything.
    pub fn customer_uploads(&mut self, now_ms: u64, mime_type: &str, bytes: Vec<u8>) -> String {
        self.put_on_shelf(mime_type, bytes, now_ms + RECEIVED_LIFE_MS)
    }

    /// A file with its type, for whoever shows the customer's side.
    pub fn media(&self, id: &str) -> Option<(&str, &[u8])> {
        self.shelf.items.get(id).map(|item| (item.mime_type.as_str(), item.bytes.as_slice()))
    }

    /// The URLs of files begin with this from now on.
    pub fn set_media_url(&mut self, base: &str) {
        base.clone_into(&mut self.shelf.base);
    }

    fn put_on_shelf(&mut self, mime_type: &str, bytes: Vec<u8>, until_ms: u64) -> String {
        let id = format!("{:015}", self.ids.next());
        let item = Item { mime_type: mime_type.to_owned(), bytes, until_ms };
        self.shelf.items.insert(id.clone(), item);
        id
    }

    /// `POST /{phone_number_id}/media`.
    pub(super) fn upload(
        &mut self,
        now_ms: u64,
        request: &Request<Vec<u8>>,
    ) -> Result<Answer, Refusal> {
        let parts = multipart::parts(request)
            .ok_or_else(|| Refusal::invalid_parameter("The body must be multipart/form-data."))?;
        let find = |name: &str| parts.iter().find(|part| part.name == name);
        if find("messaging_product").is_none_or(|part| part.bytes != b"whatsapp") {
            return Err(Refusal::invalid_parameter("messaging_product must be \"whatsapp\"."));
        }
        let file = find("file").ok_or_else(|| Refusal::invalid_parameter("file is required."))?;
        let mime_type = find("type")
            .and_then(|part| std::str::from_utf8(part.bytes).ok())
            .or(file.content_type)
            .unwrap_or_default();
        let kind = MediaKind::ALL.into_iter().find(|kind| {
            // Documents last: they take anything.
            *kind != MediaKind::Document && kind.takes(mime_type)
        });
        let kind = kind.or_else(|| is_document(mime_type).then_some(MediaKind::Document));
        let Some(kind) = kind else {
            return Err(Refusal::invalid_parameter(format!(
                "Param file must be a file with one of the supported types; received file of \
                 type '{mime_type}'."
            )));
        };
        if file.bytes.is_empty() || file.bytes.len() > kind.max_bytes() {
            return Err(Refusal::invalid_parameter(format!(
                "A file of type '{mime_type}' must have 1 to {} bytes.",
                kind.max_bytes()
            )));
        }
        let bytes = file.bytes.to_vec();
        let id = self.put_on_shelf(mime_type, bytes, now_ms + UPLOADED_LIFE_MS);
        Ok(Answer::at_once(json_response(StatusCode::OK, &json!({ "id": id }))))
    }

    /// `GET /{media_id}`.
    pub(super) fn look_up(&mut self, now_ms: u64, id: &str) -> Option<Answer> {
        let item = self.shelf.items.get(id).filter(|item| item.until_ms > now_ms)?;
        let mut sha256 = hex::encode(Sha256::digest(&item.bytes));
        let mut file_size = item.bytes.len();
        if self.faults.strikes(Fault::MediaWrongHash) {
            sha256 = hex::encode(Sha256::digest(b"another file"));
        }
        if self.faults.strikes(Fault::MediaTooLarge) {
            file_size = RECEIVED_MAX_BYTES + 1;
        }
        let body = json!({
            "messaging_product": "whatsapp",
            "url": self.shelf.url(now_ms, id),
            "mime_type": item.mime_type,
            "sha256": sha256,
            "file_size": file_size,
            "id": id,
        });
        Some(Answer::at_once(json_response(StatusCode::OK, &body)))
    }

    /// `DELETE /{media_id}`.
    pub(super) fn take_off_shelf(&mut self, id: &str) -> Option<Answer> {
        self.shelf.items.remove(id)?;
        Some(Answer::at_once(json_response(StatusCode::OK, &json!({ "success": true }))))
    }

    /// What a file's URL answers.
    pub(super) fn download(&mut self, now_ms: u64, query: &str) -> Answer {
        let found = self.shelf.behind(now_ms, query);
        let missing = self.faults.strikes(Fault::MediaMissing);
        let (Some((_, item)), false) = (found, missing) else {
            let mut response = Response::new(b"Not Found".to_vec());
            *response.status_mut() = StatusCode::NOT_FOUND;
            return Answer::at_once(response);
        };
        let mut response = Response::new(item.bytes.clone());
        if let Ok(mime_type) = item.mime_type.parse() {
            response.headers_mut().insert(CONTENT_TYPE, mime_type);
        }
        let slow = self.faults.strikes(Fault::MediaSlow);
        let delay_ms = if slow { self.timing.slow_ms } else { 0 };
        Answer { response, delay_ms, lost: false }
    }
}

/// The documents that may be uploaded (business-phone-numbers/media, supported media types).
fn is_document(mime_type: &str) -> bool {
    let office = "application/vnd.openxmlformats-officedocument.";
    matches!(
        mime_type,
        "text/plain"
            | "application/pdf"
            | "application/msword"
            | "application/vnd.ms-excel"
            | "application/vnd.ms-powerpoint"
    ) || mime_type.starts_with(office)
}
