//! Lists of rooms.
//!
//! A page takes two rounds of calls, however many rooms an organization has. First the sources
//! say which rooms, side by side: a status's part of the index, a member's rooms, a tag's rooms.
//! Then batch reads fetch them. The index orders by steps of five minutes; within the page rooms
//! are sorted exactly. Only a member's open rooms, of which there is a most, are all fetched for each
//! page: their rows do not move with messages, so that nothing but the rooms themselves knows their
//! order.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::Select;
use domain::{
    Id, Time,
    integration::Member,
    room::{Room, Status, TagName},
};
use futures_util::future::try_join_all;
use platform::aws::CallFailed;

use crate::{
    damage::read_or_pass,
    following::OPENED_AT,
    keys::{self, InboxKey},
    table::{StoreError, Tenant, Versioned, string},
};

/// Where a list finds its rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelf {
    /// The rooms of one status, by their latest activity.
    Status(Status),
    /// The rooms that a member has, by their latest activity.
    Open(Id<Member>),
    /// The rooms that a member had when they were resolved, by that time.
    Done(Id<Member>),
    /// The rooms that bear a tag, by when they were given it.
    Tagged(TagName),
}

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The latest.
    LatestFirst,
    /// The oldest.
    OldestFirst,
}

/// A room where it stands in a list.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its place.
    pub place: InboxKey,
    /// The moment that the list sorts it by.
    pub at: Time,
    /// The room.
    pub room: Room,
}

/// A page of rooms.
#[derive(Debug, Default)]
pub struct InboxPage {
    /// In the list's order.
    pub rooms: Vec<Standing>,
    /// Where the next page begins, if there is one.
    pub next: Option<InboxKey>,
}

/// What the first round found on one shelf.
enum Found {
    Places(Vec<InboxKey>),
    /// In no order.
    Rooms(Vec<(Id<Room>, Open)>),
}

/// What a row says of a room that a member has.
#[derive(Debug, Clone, Copy)]
struct Open {
    member: Id<Member>,
    /// When the episode began that it belongs to.
    opened_at: Option<Time>,
}

impl Order {
    fn sort<T>(self, things: &mut [T], key: impl Fn(&T) -> InboxKey) {
        match self {
            Self::LatestFirst => things.sort_by_key(|thing| std::cmp::Reverse(key(thing))),
            Self::OldestFirst => things.sort_by_key(key),
        }
    }

    /// Whether a place comes after another.
    fn is_after(self, place: InboxKey, other: Option<InboxKey>) -> bool {
        other.is_none_or(|other| match self {
            Self::LatestFirst => place < other,
            Self::OldestFirst => place > other,
        })
    }
}

impl Tenant<'_> {
    /// A page of at most `limit` (1 to 100) rooms of these shelves, after a place in the list.
    pub async fn inbox(
        &self,
        shelves: &[Shelf],
        order: Order,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<InboxPage, StoreError> {
        let queries = shelves.iter().map(|shelf| self.look(shelf, order, after, limit));
        let found = try_join_all(queries).await?;
        let mut places = Vec::new();
        let mut open = BTreeMap::new();
        for (shelf, found) in shelves.iter().zip(found) {
            match found {
                Found::Places(on) => places.extend(on.into_iter().map(|place| (place, shelf))),
                Found::Rooms(rooms) => open.extend(rooms),
            }
        }
        // What lies on two shelves is changing right now: it stands once.
        order.sort(&mut places, |(place, _)| *place);
        let mut known: BTreeSet<_> = open.keys().copied().collect();
        places.retain(|(place, _)| known.insert(place.room));
        let mut has_more = places.len() > limit;
        places.truncate(limit);

        let wanted = open.keys().copied().chain(places.iter().map(|(place, _)| place.room));
        let mut rooms = self.rooms(wanted.collect()).await?;
        let mut page: Vec<(InboxKey, Option<Standing>)> = Vec::new();
        self.forget_resolved(&open, &rooms).await;
        for id in open.into_keys() {
            let Some(room) = rooms.remove(&id) else { continue };
            let place = InboxKey::new(room.activity_at, id);
            if order.is_after(place, after) {
                page.push((place, Some(Standing { place, at: room.activity_at, room })));
            }
        }
        page.extend(places.into_iter().map(|(place, shelf)| {
            let room = rooms.remove(&place.room).filter(|room| shelf.holds(room, place));
            (place, room.map(|room| Standing { place, at: shelf.moment(&room), room }))
        }));
        order.sort(&mut page, |(place, _)| *place);
        has_more |= page.len() > limit;
        page.truncate(limit);
        let next = page.last().filter(|_| has_more).map(|(place, _)| *place);
        Ok(InboxPage { rooms: page.into_iter().filter_map(|(_, room)| room).collect(), next })
    }

    /// How many rooms have this status, by their places in the index: at most one more than `most`.
    pub async fn count_rooms(&self, status: Status, most: usize) -> Result<usize, StoreError> {
        let found = self.look(&Shelf::Status(status), Order::LatestFirst, None, most).await?;
        Ok(match found {
            Found::Places(places) => places.len().min(most + 1),
            Found::Rooms(rooms) => rooms.len(),
        })
    }

    async fn look(
        &self,
        shelf: &Shelf,
        order: Order,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<Found, StoreError> {
        match shelf {
            Shelf::Status(status) => {
                let pk = keys::inbox(self.org, *status);
                self.places(Names::INDEX, pk, "", order, after, limit).await
            }
            Shelf::Done(member) => {
                let pk = keys::own(self.org, *member);
                self.places(Names::TABLE, pk, keys::DONE, order, after, limit).await
            }
            Shelf::Tagged(name) => {
                let pk = keys::tagged(self.org, name);
                self.places(Names::TABLE, pk, "", order, after, limit).await
            }
            Shelf::Open(member) => self.open_places(*member).await.map(Found::Rooms),
        }
    }

    /// The next places of a partition; one more than a page, to know whether there is another.
    async fn places(
        &self,
        names: Names,
        pk: String,
        prefix: &str,
        order: Order,
        after: Option<InboxKey>,
        limit: usize,
    ) -> Result<Found, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query.set_index_name(names.index.map(str::to_owned));
        // The first character of a place is a digit: all of them lie between these two.
        let (mut low, mut high) = (format!("{prefix}0"), format!("{prefix}:"));
        match (after, order) {
            (None, _) => {}
            // `BETWEEN` takes both ends in; nothing lies between a place and this.
            (Some(after), Order::OldestFirst) => low = format!("{prefix}{}~", after.isk()),
            (Some(after), Order::LatestFirst) => high = format!("{prefix}{}", after.isk()),
        }
        // Before 1970 nobody wrote, and DynamoDB refuses ends that are the wrong way round.
        if low > high {
            return Ok(Found::Places(Vec::new()));
        }
        let limit = i32::try_from(limit + 2).unwrap_or(i32::MAX);
        let answer = query
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", names.pk)
            .expression_attribute_names("#sk", names.sk)
            .expression_attribute_values(":pk", string(pk))
            .expression_attribute_values(":low", string(low))
            .expression_attribute_values(":high", string(high))
            .scan_index_forward(order == Order::OldestFirst)
            .limit(limit)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        let places = items.iter().filter_map(|item| {
            let place = item.get(names.sk)?.as_s().ok()?.strip_prefix(prefix)?;
            InboxKey::parse(place).filter(|place| order.is_after(*place, after))
        });
        Ok(Found::Places(places.collect()))
    }

    /// All rooms that a member has: as many as one can have open at a time.
    pub async fn open_rooms(&self, member: Id<Member>) -> Result<Vec<Id<Room>>, StoreError> {
        Ok(self.open_places(member).await?.into_iter().map(|(room, _)| room).collect())
    }

    /// How many rooms a member has: at most this many are counted.
    pub async fn count_open_rooms(
        &self,
        member: Id<Member>,
        most: usize,
    ) -> Result<usize, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::own(self.org, member)))
            .expression_attribute_values(":sk", string(keys::OPEN))
            .select(Select::Count)
            .limit(i32::try_from(most).unwrap_or(i32::MAX))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        Ok(usize::try_from(answer.count).unwrap_or(0))
    }

    async fn open_places(&self, member: Id<Member>) -> Result<Vec<(Id<Room>, Open)>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let mut pages = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::own(self.org, member)))
            .expression_attribute_values(":sk", string(keys::OPEN))
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut rooms = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CallFailed::new("Query", &error))?;
            let places = page.items().iter().filter_map(|item| {
                let sk = item.get("sk")?.as_s().ok()?.strip_prefix(keys::OPEN)?;
                let opened_at = item.get(OPENED_AT).and_then(|at| at.as_n().ok()?.parse().ok());
                let open = Open { member, opened_at: opened_at.map(Time::from_millis) };
                Some((InboxKey::parse(sk)?.room, open))
            });
            rooms.extend(places);
        }
        Ok(rooms)
    }

    /// Takes away rows of rooms that are not open any more: a run that resolved one has died
    /// before it could. If this fails, the next list does it.
    async fn forget_resolved(
        &self,
        open: &BTreeMap<Id<Room>, Open>,
        rooms: &BTreeMap<Id<Room>, Room>,
    ) {
        let is_over = |opened_at: Time, room: &Room| {
            let episode = room.episode.opened_at;
            opened_at < episode || (opened_at == episode && room.status == Status::Resolved)
        };
        for (id, Open { member, opened_at }) in open {
            let (Some(opened_at), Some(room)) = (*opened_at, rooms.get(id)) else { continue };
            if is_over(opened_at, room)
                && let Err(error) = self.take_away_open(*member, *id, opened_at).await
            {
                tracing::warn!(%error, "a row of a resolved room stays");
            }
        }
    }

    /// These rooms, each named once.
    async fn rooms(&self, ids: Vec<Id<Room>>) -> Result<BTreeMap<Id<Room>, Room>, StoreError> {
        let rooms = self.rooms_of(&ids).await?.into_iter();
        Ok(rooms.map(|room| (room.value.id, room.value)).collect())
    }

    /// These rooms with their versions, in any order, each named once. One that does not read is
    /// logged and left out: it must not hide the others, nor stop the sweep.
    pub async fn rooms_of(&self, ids: &[Id<Room>]) -> Result<Vec<Versioned<Room>>, StoreError> {
        let keys: Vec<_> = ids.iter().map(|id| keys::room(self.org, *id)).collect();
        let rows = self.table.batch(&keys, false).await?;
        Ok(rows.into_iter().filter_map(read_or_pass).collect())
    }
}

impl Shelf {
    /// Whether a room that was found there belongs there. Of a resolved room there may be two
    /// rows: one by a run that died before it could resolve it.
    fn holds(&self, room: &Room, place: InboxKey) -> bool {
        match self {
            Self::Done(_) => {
                let at = room.resolved_at.map(|at| InboxKey::new(at, room.id));
                room.status == Status::Resolved && at == Some(place)
            }
            Self::Status(_) | Self::Open(_) | Self::Tagged(_) => true,
        }
    }

    /// The moment by which a room of this shelf is sorted.
    fn moment(&self, room: &Room) -> Time {
        match self {
            Self::Status(_) | Self::Open(_) => room.activity_at,
            Self::Done(_) => room.resolved_at.unwrap_or(room.activity_at),
            Self::Tagged(name) => room.tags.get(name).copied().unwrap_or(room.activity_at),
        }
    }
}

/// What the table, or its index, calls its keys.
#[derive(Clone, Copy)]
struct Names {
    index: Option<&'static str>,
    pk: &'static str,
    sk: &'static str,
}

impl Names {
    const TABLE: Self = Self { index: None, pk: "pk", sk: "sk" };
    const INDEX: Self = Self { index: Some("inbox"), pk: "ipk", sk: "isk" };
}
