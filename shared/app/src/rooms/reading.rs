//! Reading a list through a filter.
//!
//! What is not a place in some list is asked of each room that was read. A request reads so many
//! and no more: then the page is short, or empty, and goes on where the reading stopped.

use domain::{Time, room::Filter};
use platform::problem::Problem;
use store::{InboxKey, InboxPage, Order, Shelf, Standing, Table};

use crate::{authenticate::Caller, internal};

/// How many rounds of reading a request with a filter may take, a hundred rooms each.
const ROUNDS: usize = 4;

/// How many rooms such a round reads.
const READS: usize = 100;

/// The most rooms that such a request reads.
pub(super) const MOST_READ: usize = ROUNDS * READS;

/// Whether rooms stand by their latest activity on all of these shelves.
pub(super) fn is_by_activity(shelves: &[Shelf]) -> bool {
    shelves.iter().all(|shelf| match shelf {
        Shelf::Status(_) | Shelf::Open(_) => true,
        Shelf::Done(_) | Shelf::Tagged(_) => false,
    })
}

/// A list, and what is wanted of it.
pub(super) struct Reading<'a> {
    pub(super) shelves: &'a [Shelf],
    pub(super) order: Order,
    pub(super) filter: &'a Filter,
    /// Whether rooms are to be left out that lie on the shelves and are wanted by nobody.
    pub(super) is_filtered: bool,
    pub(super) now: Time,
}

impl Reading<'_> {
    /// A page of what the caller may see and asks for. Without a filter that is one round.
    pub(super) async fn page(
        &self,
        table: &Table,
        caller: &Caller,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<InboxPage, Problem> {
        let (rounds, reads) = if self.is_filtered { (ROUNDS, READS) } else { (1, limit) };
        let tenant = caller.tenant(table);
        let mut page = InboxPage { rooms: Vec::new(), next: after };
        for _ in 0..rounds {
            let read = tenant.inbox(self.shelves, self.order, page.next, reads).await;
            let read = read.map_err(internal)?;
            let last = read.rooms.last().map(|standing| standing.place);
            page.next = read.next;
            for standing in read.rooms {
                if self.is_past(standing.place) {
                    page.next = None;
                    return Ok(self.sorted(page));
                }
                if !self.is_wanted(caller, &standing) {
                    continue;
                }
                let place = standing.place;
                page.rooms.push(standing);
                if page.rooms.len() == limit {
                    let is_end = page.next.is_none() && Some(place) == last;
                    page.next = (!is_end).then_some(place);
                    return Ok(self.sorted(page));
                }
            }
            if page.next.is_none() {
                break;
            }
        }
        Ok(self.sorted(page))
    }

    fn is_wanted(&self, caller: &Caller, standing: &Standing) -> bool {
        let room = &standing.room;
        let is_seen = super::sees(caller, room) && self.filter.matches(room, self.now);
        is_seen && self.stands_here(standing)
    }

    /// Whether a room that bears several of the tags stands where it was tagged last: it is shown
    /// once, however the pages fall.
    fn stands_here(&self, standing: &Standing) -> bool {
        let [_, _, ..] = self.shelves else { return true };
        let tagged = self.shelves.iter().filter_map(|shelf| match shelf {
            Shelf::Tagged(name) => standing.room.tags.get(name),
            Shelf::Status(_) | Shelf::Open(_) | Shelf::Done(_) => None,
        });
        let last = tagged.max();
        last.is_none_or(|at| InboxKey::new(*at, standing.room.id) == standing.place)
    }

    /// Whether nothing that is wanted lies from here on. A tag's list has another order; whose
    /// window is open was not resolved before its customer wrote.
    fn is_past(&self, place: InboxKey) -> bool {
        let is_tagged = matches!(self.shelves, [Shelf::Tagged(_), ..]);
        let open = self.filter.active_since(self.now).filter(|_| !is_tagged);
        let since = self.filter.since.filter(|_| is_by_activity(self.shelves)).max(open);
        let is_before = |since| place.step < InboxKey::new(since, place.room).step;
        self.order == Order::LatestFirst && since.is_some_and(is_before)
    }

    fn sorted(&self, mut page: InboxPage) -> InboxPage {
        match self.order {
            Order::LatestFirst => {
                page.rooms.sort_by_key(|room| std::cmp::Reverse((room.at, room.room.id)));
            }
            Order::OldestFirst => page.rooms.sort_by_key(|room| (room.at, room.room.id)),
        }
        page
    }
}
