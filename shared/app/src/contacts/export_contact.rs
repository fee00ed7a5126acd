//! An admin gets all that is held of a contact, as lines of JSON.
//!
//! The first part begins with the contact, what it is known as and its rooms; then come the rows of
//! each room as they are: messages, what was said about them, notes, sessions, episodes. So nothing
//! can be forgotten that is ever added. Files are named by links.
//!
//! Order of writes: a part in the bucket, then how far the export got. Each request writes as many
//! parts as its time allows; one that dies is asked again. Of two at once one goes on, and the other
//! goes on after it: a part is the export's when its row says so, and each request has names of its
//! own for what it writes. What is left over goes by itself within a day.

use std::time::Duration;

use domain::{
    Id, Time,
    contact::{Contact, Export, ExportPart, ExportPlace},
    settings::has_ended,
};
use platform::{
    Ctx, Source,
    files::{Files, Shown},
    problem::Problem,
};
use serde_json::{Map, Value, json};
use store::{HeldRow, StoreError, Table, Tenant, Versioned};

use super::work::{Work, WorkError};
use crate::{ATTEMPTS, authenticate::Caller, internal};

/// How many rows a part has at most.
const PART: usize = 1000;

/// How many are read at a time.
const ROWS: i32 = 100;

/// How long a link works: as long as somebody takes to fetch it all.
const LINK_LIFE: Duration = Duration::from_secs(3600);

/// What a row says to the table alone.
const OWN: [&str; 9] =
    ["pk", "sk", "ipk", "isk", "v", "ttl", "claimed_at", "claimed_by", "attempts"];

/// An export, with links to its parts once it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The export.
    pub export: Export,
    /// Where its parts are.
    pub links: Vec<String>,
    /// When the links end.
    pub links_end_at: Time,
}

/// Exports a contact, as far as the time allows: goes on with an export that is under way, or
/// begins one.
pub async fn export_contact(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Contact>,
    source: &Source,
    ctx: &Ctx,
) -> Result<Exported, Problem> {
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let contact = super::find(table, caller, id).await?.value;
    let mut export = begun(tenant, caller, id, ctx).await.map_err(internal)?;
    let work = Work::until_time_is_up(source, ctx);
    let writing = Writing { tenant, files, contact: &contact, now };
    while export.value.done_at.is_none() && !work.is_time_up() {
        export = writing.part(&export, ctx).await.map_err(WorkError::told)?;
    }
    shown(tenant, files, id, export.value, ctx).await
}

/// The latest export of a contact.
pub async fn show_export(
    table: &Table,
    files: &Files,
    caller: &Caller,
    id: Id<Contact>,
    ctx: &Ctx,
) -> Result<Exported, Problem> {
    let tenant = caller.tenant(table);
    super::find(table, caller, id).await?;
    let export = tenant.export(id).await.map_err(internal)?;
    let export = export.filter(|export| !export.value.is_over(Time::from(ctx.now)));
    let export = export.ok_or_else(|| Problem::not_found("export"))?;
    shown(tenant, files, id, export.value, ctx).await
}

/// The export that is under way, or a new one.
async fn begun(
    tenant: Tenant<'_>,
    caller: &Caller,
    id: Id<Contact>,
    ctx: &Ctx,
) -> Result<Versioned<Export>, StoreError> {
    let now = Time::from(ctx.now);
    for _ in 0..ATTEMPTS {
        let known = tenant.export(id).await?;
        if let Some(known) = &known
            && known.value.done_at.is_none()
            && !known.value.is_over(now)
        {
            return Ok(known.clone());
        }
        let new = Export::begun(Id::at(now, ctx.random()), &caller.member, now);
        tenant.save_export(id, known.as_ref(), &new).await?;
    }
    Err(StoreError::Contended)
}

async fn shown(
    tenant: Tenant<'_>,
    files: &Files,
    id: Id<Contact>,
    export: Export,
    ctx: &Ctx,
) -> Result<Exported, Problem> {
    let mut links = Vec::new();
    if export.done_at.is_some() {
        for (at, part) in export.parts.iter().enumerate() {
            let filename = format!("contact-{id}-{:03}.jsonl", at + 1);
            let shown = Shown {
                mime_type: "application/x-ndjson",
                filename: Some(&filename),
                is_inline: false,
            };
            let key = part_key(tenant, id, export.id, *part);
            let link = files.link(&key, &shown, ctx.now, LINK_LIFE).await;
            links.push(link.map_err(|error| WorkError::from(error).told())?);
        }
    }
    let life = jiff::SignedDuration::try_from(LINK_LIFE).unwrap_or_default();
    Ok(Exported { export, links, links_end_at: Time::from(ctx.now).plus(life) })
}

fn part_key(
    tenant: Tenant<'_>,
    contact: Id<Contact>,
    export: Id<Export>,
    part: Id<ExportPart>,
) -> String {
    format!("export/{}/{contact}/{export}/{part}.jsonl", tenant.organization())
}

struct Writing<'a> {
    tenant: Tenant<'a>,
    files: &'a Files,
    contact: &'a Contact,
    now: Time,
}

/// The lines of a part.
#[derive(Default)]
struct Lines {
    text: String,
    count: u64,
}

impl Lines {
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
    async fn part(
        &self,
        old: &Versioned<Export>,
        ctx: &Ctx,
    ) -> Result<Versioned<Export>, WorkError> {
        let mut lines = Lines::default();
        let place = match &old.value.place {
            Some(place) => place.clone(),
            None => {
                self.head(&mut lines).await?;
                ExportPlace { room: 0, after: None }
            }
        };
        let next = self.rooms(place, &mut lines, ctx).await?;
        let number = old.value.parts.len().to_string();
        let part = Id::derived(&["part", &hex::encode(ctx.random()), &number]);
        let key = part_key(self.tenant, self.contact.id, old.value.id, part);
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

    /// Rows of the rooms from a place on; where the next part goes on.
    async fn rooms(
        &self,
        mut place: ExportPlace,
        lines: &mut Lines,
        ctx: &Ctx,
    ) -> Result<Option<ExportPlace>, WorkError> {
        let mut rows_left = PART;
        while let Some(room) = self.contact.rooms.get(place.room) {
            if rows_left == 0 {
                return Ok(Some(place));
            }
            let after = place.after.take().map(HeldRow::remembered);
            let rows =
                self.tenant.plain_rows_of_room::<Map<String, Value>>(*room, after.as_ref(), ROWS);
            let (rows, next) = rows.await?;
            for (row, mut value) in rows {
                rows_left = rows_left.saturating_sub(1);
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
                Some(last) => {
                    ExportPlace { room: place.room, after: Some(last.as_str().to_owned()) }
                }
                None => ExportPlace { room: place.room + 1, after: None },
            };
        }
        Ok(None)
    }

    /// Puts a link beside each file that is stored.
    async fn link(&self, value: &mut Value, ctx: &Ctx) -> Result<(), WorkError> {
        let mut files = Vec::new();
        stored_files(value, &mut files);
        for file in files {
            let text = |name: &str| file.get(name).and_then(Value::as_str).map(str::to_owned);
            let (Some(key), Some(mime_type)) = (text("key"), text("mime_type")) else { continue };
            let shown = Shown { mime_type: &mime_type, filename: None, is_inline: false };
            let link = self.files.link(&key, &shown, ctx.now, LINK_LIFE).await?;
            file.insert("link".into(), Value::from(link));
        }
        Ok(())
    }
}

/// All stored files in a row, wherever they are.
fn stored_files<'a>(value: &'a mut Value, found: &mut Vec<&'a mut Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            if map.get("state").is_some_and(|state| state == "stored") {
                found.push(map);
            } else {
                map.values_mut().for_each(|value| stored_files(value, found));
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| stored_files(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
