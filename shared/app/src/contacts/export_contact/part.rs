//! What stands in the parts of an export.
//!
//! The first part begins with the contact and what it is known as; then come the rows of each of its
//! rooms as they are: the room, messages, what was said about them, notes, sessions, episodes. So
//! nothing can be forgotten that is ever added. Last comes what the provider told of the contact
//! besides messages. Files, and what is kept as it came, are named by links.

use domain::{
    Id, Time,
    contact::{Contact, Export, ExportPart, ExportPlace},
    settings::has_ended,
};
use platform::{
    Ctx,
    files::{Files, Shown},
};
use serde_json::{Map, Value, json};
use store::{HeldRow, StoreError, Tenant, Versioned};

use super::{super::work::WorkError, LINK_LIFE};

/// After how many rows, or bytes, a part ends: one that is written down whole and sent in a few seconds.
const PART: usize = 1000;
const PART_BYTES: usize = 4 * 1024 * 1024;

/// How many are read at a time.
const ROWS: i32 = 100;

/// The same of objects.
const OBJECTS: usize = 100;

/// What came and can't be shown is kept as it came.
const JSON: &str = "application/json";

/// What a row says to the table alone.
const OWN: [&str; 9] =
    ["pk", "sk", "ipk", "isk", "v", "ttl", "claimed_at", "claimed_by", "attempts"];

/// Where a part lies in the bucket.
pub(super) fn key(
    tenant: Tenant<'_>,
    contact: Id<Contact>,
    export: Id<Export>,
    part: Id<ExportPart>,
) -> String {
    format!("export/{}/{contact}/{export}/{part}.jsonl", tenant.organization())
}

/// What a part is made of.
pub(super) struct Writing<'a> {
    pub(super) tenant: Tenant<'a>,
    pub(super) files: &'a Files,
    pub(super) contact: &'a Contact,
    pub(super) now: Time,
}

/// The lines of a part.
#[derive(Default)]
struct Lines {
    text: String,
    count: u64,
    rows: usize,
}

impl Lines {
    fn is_full(&self) -> bool {
        self.rows >= PART || self.text.len() >= PART_BYTES
    }

    fn add(&mut self, kind: &str, value: &Value) -> Result<(), serde_json::Error> {
        let line = json!({ "type": kind, "data": value });
        self.text.push_str(&serde_json::to_string(&line)?);
        self.text.push('\n');
        self.count += 1;
        Ok(())
    }
}

impl Writing<'_> {
    /// Writes the next part; the export after it.
    pub(super) async fn part(
        &self,
        old: &Versioned<Export>,
        ctx: &Ctx,
    ) -> Result<Versioned<Export>, WorkError> {
        let mut lines = Lines::default();
        let place = match &old.value.place {
            Some(place) => place.clone(),
            None => {
                self.head(&mut lines).await?;
                ExportPlace { at: 0, after: None }
            }
        };
        let next = self.rows(place, &mut lines, ctx).await?;
        let number = old.value.parts.len().to_string();
        let part = Id::derived(&["part", &hex::encode(ctx.random()), &number]);
        let key = key(self.tenant, self.contact.id, old.value.id, part);
        self.files.bucket().put(&key, lines.text.into_bytes()).await?;
        let new = old.value.with_part(part, lines.count, next, self.now);
        let id = self.contact.id;
        self.tenant.save_export(id, Some(old), &new).await?;
        // If somebody was faster, their part counts.
        Ok(self.tenant.export(id).await?.ok_or(StoreError::Contended)?)
    }

    /// Who the contact is.
    async fn head(&self, lines: &mut Lines) -> Result<(), WorkError> {
        lines.add("contact", &serde_json::to_value(self.contact)?)?;
        for former in &self.contact.absorbed {
            if let Some(former) = self.tenant.contact(*former).await? {
                lines.add("merged_contact", &serde_json::to_value(former.value)?)?;
            }
        }
        for known_as in &self.contact.known_as {
            let known = self.tenant.identity(known_as.integration_id, &known_as.who).await?;
            if let Some(known) = known {
                let value = json!({ "known_as": known_as, "leads_to": known.value });
                lines.add("identity", &value)?;
            }
        }
        Ok(())
    }

    /// What is held from a place on; where the next part goes on.
    async fn rows(
        &self,
        place: ExportPlace,
        lines: &mut Lines,
        ctx: &Ctx,
    ) -> Result<Option<ExportPlace>, WorkError> {
        let place = self.rooms(place, lines, ctx).await?;
        match place.at.checked_sub(self.contact.rooms.len()) {
            Some(_) => self.events(place, lines, ctx).await,
            None => Ok(Some(place)),
        }
    }

    /// Rows of the rooms from a place on; the place that is next, which is past them if all are done.
    async fn rooms(
        &self,
        mut place: ExportPlace,
        lines: &mut Lines,
        ctx: &Ctx,
    ) -> Result<ExportPlace, WorkError> {
        while let Some(room) = self.contact.rooms.get(place.at) {
            if lines.is_full() {
                return Ok(place);
            }
            let after = place.after.take().map(HeldRow::remembered);
            let rows =
                self.tenant.plain_rows_of_room::<Map<String, Value>>(*room, after.as_ref(), ROWS);
            let (rows, next) = rows.await?;
            for (row, mut value) in rows {
                lines.rows += 1;
                // What only keeps a message out of a room says nothing.
                let Some(kind) = row.kind().filter(|_| !value.contains_key("moved_to")) else {
                    continue;
                };
                // The table takes away late what has had its time.
                let ends = value.get("expires_at").and_then(Value::as_i64).map(Time::from_millis);
                if kind != "room" && has_ended(ends, Time::from(ctx.now)) {
                    continue;
                }
                OWN.iter().for_each(|name| drop(value.remove(*name)));
                let mut value = Value::Object(value);
                self.link(&mut value, ctx).await?;
                lines.add(kind, &value)?;
            }
            place = match next {
                Some(last) => ExportPlace { at: place.at, after: Some(last.as_str().to_owned()) },
                None => ExportPlace { at: place.at + 1, after: None },
            };
        }
        Ok(place)
    }

    /// What the provider told of the contact besides messages, as it came, from a place past the rooms
    /// on; where the next part goes on.
    async fn events(
        &self,
        mut place: ExportPlace,
        lines: &mut Lines,
        ctx: &Ctx,
    ) -> Result<Option<ExportPlace>, WorkError> {
        let org = self.tenant.organization();
        let rooms = self.contact.rooms.len();
        while let Some(id) = place.at.checked_sub(rooms).and_then(|at| self.contact.ids().nth(at)) {
            let prefix = format!("raw/{org}/contact/{id}/");
            if lines.is_full() {
                return Ok(Some(place));
            }
            let keys = self.files.bucket().list(&prefix, place.after.as_deref(), OBJECTS).await?;
            for key in &keys {
                lines.rows += 1;
                let mut event = json!({ "raw_key": key });
                self.link(&mut event, ctx).await?;
                lines.add("event", &event)?;
            }
            place = match keys.last().filter(|_| keys.len() == OBJECTS) {
                Some(last) => ExportPlace { at: place.at, after: Some(last.clone()) },
                None => ExportPlace { at: place.at + 1, after: None },
            };
        }
        Ok(None)
    }

    /// Puts a link beside each object that is named.
    async fn link(&self, value: &mut Value, ctx: &Ctx) -> Result<(), WorkError> {
        let mut files = Vec::new();
        named_objects(value, &mut files);
        for file in files {
            let text = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
            let Some(key) = text("raw_key").or_else(|| text("key")) else { continue };
            let mime_type = text("mime_type").unwrap_or_else(|| JSON.to_owned());
            let shown = Shown { mime_type: &mime_type, filename: None, is_inline: false };
            let link = self.files.link(&key, &shown, ctx.now, LINK_LIFE).await?;
            file.insert("link".into(), Value::from(link));
        }
        Ok(())
    }
}

/// All that names an object in a row, wherever it is: a file that is stored, or what came and can't be
/// shown.
fn named_objects<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            let is_stored = map.get("state").is_some_and(|state| state == "stored");
            if is_stored || map.contains_key("raw_key") {
                found.push(map);
            } else {
                map.values_mut().for_each(|value| named_objects(value, found));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| named_objects(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
