//! The rooms that are not resolved and can't be answered freely any more.
//!
//! Read from the oldest activity on. Whoever was last active more than a day ago has a closed
//! window without exception, so that the first pages are full; rooms in which we wrote last, not
//! long ago, come at the end, and are looked for among those that are open.

use domain::{
    Time,
    api_key::Role,
    room::{Filter, Status, Window},
};
use platform::{Ctx, problem::Problem};
use store::{InboxKey, InboxPage, Order, Shelf, Table};

use super::reading::Reading;
use crate::authenticate::Caller;

/// The rooms that the caller may see and that match, after a place in the list, the oldest
/// activity first.
pub async fn list_expired_rooms(
    table: &Table,
    caller: &Caller,
    filter: &Filter,
    after: Option<InboxKey>,
    limit: usize,
    ctx: &Ctx,
) -> Result<InboxPage, Problem> {
    let taken = match caller.role {
        Role::Agent => Shelf::Open(caller.member.id),
        Role::Supervisor | Role::Admin => Shelf::Status(Status::Assigned),
    };
    let reading = Reading {
        shelves: &[Shelf::Status(Status::Unassigned), taken],
        order: Order::OldestFirst,
        filter: &Filter { window: Some(Window::Expired), ..filter.clone() },
        is_filtered: true,
        now: Time::from(ctx.now),
    };
    reading.page(table, caller, after, limit).await
}
