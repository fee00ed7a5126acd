//! A member says that two contacts are one person.
//!
//! Order of writes: both contacts, with the rows by which they are found, in one transaction, then
//! the identities and rooms. A repeated request finds the contacts merged and does the rest.
//!
//! Rooms stay apart. Each is the conversation with one number, and the channel's window is that
//! number's: an answer goes where the customer wrote from. What the channel itself tells to be one
//! person is another matter, see `inbound/identify.rs`.

use domain::{
    Id, Time,
    contact::{self, Contact, MAX_ROOMS, MergeRefused},
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table};

use super::{Known, align::align};
use crate::{ATTEMPTS, authenticate::Caller, internal};

/// Merges the contact of this id into another; the one that stays.
pub async fn merge_contacts(
    table: &Table,
    caller: &Caller,
    id: Id<Contact>,
    into: Id<Contact>,
    ctx: &Ctx,
) -> Result<Known, Problem> {
    let tenant = caller.tenant(table);
    for _ in 0..ATTEMPTS {
        let goes = super::find(table, caller, id).await?;
        let stays = tenant.contact(into).await.map_err(internal)?;
        let stays = stays.filter(super::is_there).ok_or_else(|| {
            let detail = "There is no such contact.";
            Problem { field: Some("into".into()), ..Problem::new(422, "unknown_contact", detail) }
        })?;
        let merged =
            contact::merge(&goes.value, &stays.value, Time::from(ctx.now)).map_err(refused)?;
        let is_saved = match &merged {
            None => true,
            Some(merged) if merged.stays.rooms.len() > MAX_ROOMS => {
                return Err(refused(MergeRefused::TooManyRooms));
            }
            Some(merged) => tenant.merge_contacts(&goes, &stays, merged).await.map_err(internal)?,
        };
        if is_saved {
            let contact = align(tenant, into).await.map_err(internal)?;
            let contact = contact.ok_or_else(|| Problem::not_found("contact"))?;
            return Known::of(tenant, contact).await;
        }
    }
    Err(internal(StoreError::Contended))
}

fn refused(error: MergeRefused) -> Problem {
    let detail = error.to_string();
    match error {
        MergeRefused::Itself => Problem::field("into", detail),
        MergeRefused::GoesElsewhere { .. } => Problem::new(409, "contact_merged", detail),
        MergeRefused::IsGone { .. } => {
            Problem { field: Some("into".into()), ..Problem::new(409, "contact_merged", detail) }
        }
        MergeRefused::TooManyRooms => Problem::new(422, "too_many_rooms", detail),
    }
}
