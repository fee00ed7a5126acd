//! How many rooms nobody has taken, and how many messages nobody has read.
//!
//! No number is kept of either: a counter would move with every message. They are counted when
//! somebody asks, as far as one request may read, and the answer says whether that was all.

use domain::{
    Time,
    api_key::Role,
    room::{Filter, Status},
};
use platform::{Ctx, problem::Problem};
use store::{Order, Shelf, Table};

use super::reading::{MOST_READ, Reading};
use crate::{authenticate::Caller, internal};

/// The most rooms that are counted by their places in the list, which are not read themselves.
const MOST_COUNTED: usize = 1000;

/// A number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// As many were found.
    pub count: u64,
    /// Whether there are no more.
    pub is_all: bool,
}

/// The rooms that nobody has taken: everybody may see those.
pub async fn count_unassigned(table: &Table, caller: &Caller) -> Result<Count, Problem> {
    let tenant = caller.tenant(table);
    let found = tenant.count_rooms(Status::Unassigned, MOST_COUNTED).await.map_err(internal)?;
    let count = found.min(MOST_COUNTED);
    Ok(Count { count: u64::try_from(count).unwrap_or(u64::MAX), is_all: count == found })
}

/// The customers' messages that nobody has read, in the rooms that the caller may see and that are
/// not resolved: in the latest 400 of them.
pub async fn count_unread(table: &Table, caller: &Caller, ctx: &Ctx) -> Result<Count, Problem> {
    let taken = match caller.role {
        Role::Agent => Shelf::Open(caller.member.id),
        Role::Supervisor | Role::Admin => Shelf::Status(Status::Assigned),
    };
    let reading = Reading {
        shelves: &[Shelf::Status(Status::Unassigned), taken],
        order: Order::LatestFirst,
        filter: &Filter::default(),
        is_filtered: true,
        now: Time::from(ctx.now),
    };
    let page = reading.page(table, caller, None, MOST_READ).await?;
    let count = page.rooms.iter().map(|standing| u64::from(standing.room.unread)).sum();
    Ok(Count { count, is_all: page.next.is_none() })
}
