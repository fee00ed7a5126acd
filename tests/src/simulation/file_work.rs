//! Files that agents send: brought with the request, or by a form straight into the bucket.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Simulation;
use crate::{company::Company, files::JPEG, requests::ApiRequest, world::Answered};

/// A file that was uploaded.
pub(crate) struct Uploaded {
    /// The key of the company.
    pub(crate) company: String,
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
    /// The rooms in which somebody tried to send it.
    pub(crate) tried: BTreeSet<String>,
    /// The rooms in which it surely was.
    pub(crate) sent: BTreeSet<String>,
}

impl Simulation {
    /// A picture, once it is uploaded, or one that is there already; nothing if that comes to nothing.
    pub(super) async fn shown(
        &self,
        who: &str,
        company: &Company,
        room: &str,
        key: u64,
    ) -> anyhow::Result<Option<Value>> {
        let text = format!("reply {key}");
        let known = self.one_uploaded(company).filter(|_| self.chaos.chance(25));
        let id = match known {
            Some(id) => Some(id),
            None => {
                let bytes = [JPEG, text.as_bytes()].concat();
                let id = match self.chaos.chance(50) {
                    true => self.by_form(who, company, &bytes).await?,
                    false => self.with_request(who, company, &bytes).await?,
                };
                if let Some(id) = id.clone() {
                    let company = company.setup.api_key.clone();
                    let (tried, sent) = (BTreeSet::new(), BTreeSet::new());
                    let uploaded = Uploaded { company, id, bytes, tried, sent };
                    self.books.borrow_mut().uploads.push(uploaded);
                }
                id
            }
        };
        let Some(id) = id else { return Ok(None) };
        for uploaded in &mut self.books.borrow_mut().uploads {
            if uploaded.id == id {
                uploaded.tried.insert(room.to_owned());
            }
        }
        Ok(Some(json!({ "type": "image", "file_id": id, "text": text })))
    }

    fn one_uploaded(&self, company: &Company) -> Option<String> {
        let books = self.books.borrow();
        let mut own = books.uploads.iter().filter(|of| of.company == company.setup.api_key);
        own.next_back().map(|uploaded| uploaded.id.clone())
    }

    /// Remembers that a message was accepted in a room.
    pub(super) fn was_shown(&self, said: &Value, room: &str) {
        for uploaded in &mut self.books.borrow_mut().uploads {
            if said["file_id"] == *uploaded.id {
                uploaded.sent.insert(room.to_owned());
            }
        }
    }

    async fn with_request(
        &self,
        who: &str,
        company: &Company,
        bytes: &[u8],
    ) -> anyhow::Result<Option<String>> {
        let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n";
        let body = [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat();
        let request = ApiRequest::new("POST", "/v1/file_uploader")
            .header("content-type", "multipart/form-data; boundary=cut")
            .body(body);
        let uploaded = self.ask(who, company, request).await?;
        Ok(uploaded.and_then(|uploaded| uploaded.json["data"]["id"].as_str().map(str::to_owned)))
    }

    /// Asks for a form, posts it, and says that it is done; and what was said to be ready stays, though
    /// the form be used again.
    async fn by_form(
        &self,
        who: &str,
        company: &Company,
        bytes: &[u8],
    ) -> anyhow::Result<Option<String>> {
        let body = json!({ "filename": "a.jpg", "mime_type": "image/jpeg", "size": bytes.len() });
        let request = ApiRequest::new("POST", "/v1/files").body(body.to_string());
        let begun = self.ask(who, company, request).await?;
        let Some(Answered { status: 201, json: begun, .. }) = begun else { return Ok(None) };
        let (id, form) = (begun["data"]["id"].as_str(), &begun["data"]["upload"]);
        let (id, url) = (id.unwrap_or_default(), form["url"].as_str().unwrap_or_default());
        let complete = || ApiRequest::new("POST", format!("/v1/files/{id}/complete"));
        if self.chaos.chance(20) {
            let early = self.ask(who, company, complete()).await?;
            self.expect("a file that has not arrived", 409, early);
        }
        self.chaos.pause(100, 5_000).await;
        let posted = self.world.post_form(url, &form["fields"], bytes);
        self.note(format!("the form of file {id}: {posted}"));
        let done = self.ask(who, company, complete()).await?;
        let is_ready = done.is_some();
        self.expect("a file that has arrived", 200, done);
        if is_ready && self.chaos.chance(40) {
            let other = [bytes, b"?"].concat();
            self.world.post_form(url, &form["fields"], &other[1..]);
            let again = self.ask(who, company, complete()).await?;
            self.expect("a file that is ready", 200, again);
        }
        Ok(is_ready.then(|| id.to_owned()))
    }

    fn expect(&self, what: &str, status: u16, answered: Option<Answered>) {
        let other = answered.filter(|answered| answered.status != status);
        if let Some(Answered { status, json, .. }) = other {
            self.books.borrow_mut().wrong.push(format!("{what} was answered {status}: {json}"));
        }
    }
}
