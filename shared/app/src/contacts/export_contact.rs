//! An admin gets all that is held of a contact, as lines of JSON.
//!
//! What stands in the parts is in `part.rs`.
//!
//! Order of writes: a part in the bucket, then how far the export got. Each request writes as many
//! parts as its time allows; one that dies is asked again. Of two at once one goes on, and the other
//! goes on after it: a part is the export's when its row says so, and each request has names of its
//! own for what it writes. What is left over goes by itself within a day.

mod part;

use std::time::Duration;

use domain::{
    Id, Time,
    contact::{Contact, EXPORT_LIFE, Export},
};
use part::Writing;
use platform::{
    Ctx, Source,
    files::{Files, Shown},
    problem::Problem,
};
use store::{StoreError, Table, Tenant, Versioned};

use super::work::{Work, WorkError};
use crate::{ATTEMPTS, authenticate::Caller, internal};

/// How long a link works: no less than the export, whose first part has the first ones.
const LINK_LIFE: Duration = Duration::from_secs(3600);

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
            let key = part::key(tenant, id, export.id, *part);
            let link = files.link(&key, &shown, ctx.now, LINK_LIFE).await;
            links.push(link.map_err(|error| WorkError::from(error).told())?);
        }
    }
    let links_end_at = export.created_at.plus(EXPORT_LIFE);
    Ok(Exported { export, links, links_end_at })
}
