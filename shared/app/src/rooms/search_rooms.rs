//! The rooms of the contacts that a search finds.
//!
//! A search is looked up among contacts, who are found by rows of their own; asking every room
//! whose it is would read them all. So the rooms come in the order of their contacts.

use domain::{
    Time,
    contact::{Contact, Term, first_match},
    room::{Filter, Room},
};
use platform::{Ctx, problem::Problem};
use store::{ContactPlace, Table};

use crate::{authenticate::Caller, internal};

/// A page of rooms, and the place of the contact where it ends if there are more.
#[derive(Debug)]
pub struct RoomsFound {
    /// In the order of the contacts; of one contact, the latest activity first.
    pub rooms: Vec<Room>,
    /// Where the next page begins.
    pub next: Option<ContactPlace>,
}

/// The rooms of those whom one of these beginnings finds, which the caller may see and asks for.
/// A page may be short and yet have a next one; all rooms of a contact are on one page.
pub async fn search_rooms(
    table: &Table,
    caller: &Caller,
    beginnings: &[Term],
    filter: &Filter,
    after: Option<ContactPlace>,
    limit: usize,
    ctx: &Ctx,
) -> Result<RoomsFound, Problem> {
    let (tenant, now) = (caller.tenant(table), Time::from(ctx.now));
    let page = tenant.contacts(beginnings, after, limit).await.map_err(internal)?;
    let ids: Vec<_> = page.contacts.iter().flat_map(|contact| contact.rooms.clone()).collect();
    let read = tenant.rooms_of(&ids).await.map_err(internal)?;
    let is_wanted = |room: &Room| super::sees(caller, room) && filter.matches(room, now);
    let mut wanted: Vec<Room> = read.into_iter().map(|row| row.value).filter(is_wanted).collect();
    wanted.sort_by_key(|room| std::cmp::Reverse((room.activity_at, room.id)));

    let (mut rooms, mut last) = (Vec::new(), None);
    for contact in &page.contacts {
        let is_theirs = |room: &Room| contact.rooms.contains(&room.id);
        let (theirs, others) = wanted.into_iter().partition::<Vec<_>, _>(is_theirs);
        if !rooms.is_empty() && rooms.len() + theirs.len() > limit {
            return Ok(RoomsFound { rooms, next: last });
        }
        rooms.extend(theirs);
        wanted = others;
        last = place(contact, beginnings);
    }
    Ok(RoomsFound { rooms, next: page.next })
}

/// Where a contact stands among those that are found.
fn place(contact: &Contact, beginnings: &[Term]) -> Option<ContactPlace> {
    let (beginning, term) = first_match(contact, beginnings)?;
    Some(ContactPlace { beginning, last: Some((term, contact.id)) })
}
