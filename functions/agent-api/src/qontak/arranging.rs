//! Short lists of Qontak's, searched and put in order.
//!
//! Members and channel accounts are few, and rows of them lie in the order of their ids. Where a
//! client asks for others, all are read and arranged here; a page then begins after a place in
//! that order, not after a row. Of both, one moment is kept: it stands for both of Qontak's
//! (`created_at`, `updated_at`).

use domain::{Id, Time};
use platform::problem::Problem;

use super::asked::Asked;
use crate::cursor;

/// The parameters that ask for an arrangement.
pub(super) const ARRANGING: [&str; 3] = ["query", "order_by", "order_direction"];

/// The longest search, in characters.
const QUERY_LIMIT: usize = 100;

/// How a list is to be searched and ordered.
pub(super) struct Arranged {
    query: Option<String>,
    /// Whether the latest come first; nothing if the order is that of the ids.
    is_latest_first: Option<bool>,
}

/// Something in an arranged list: its moment, its id, and what is shown of it.
pub(super) struct Entry<T, V> {
    pub(super) at: Time,
    pub(super) id: Id<T>,
    pub(super) view: V,
}

impl Arranged {
    /// What a list is asked for.
    pub(super) fn of(asked: &Asked) -> Result<Self, Problem> {
        let parameters = asked.parameters();
        let query = parameters.get("query").filter(|query| !query.trim().is_empty());
        if query.is_some_and(|query| query.chars().count() > QUERY_LIMIT) {
            let detail = format!("A search has at most {QUERY_LIMIT} characters.");
            return Err(Problem::field("query", detail));
        }
        let by = parameters.one_of("order_by", &["created_at", "updated_at"], |name| name)?;
        let is_latest = |is| if is { "desc" } else { "asc" };
        let direction = parameters.one_of("order_direction", &[true, false], is_latest)?;
        Ok(Self {
            query: query.map(|query| query.trim().to_lowercase()),
            is_latest_first: direction.or(by.map(|_| false)),
        })
    }

    /// Whether the list in the order of its ids does not do.
    pub(super) fn is_asked(&self) -> bool {
        self.query.is_some() || self.is_latest_first.is_some()
    }

    /// Whether the search finds what these texts say of something; without one, it finds all.
    pub(super) fn finds(&self, texts: &[&str]) -> bool {
        let Some(query) = &self.query else { return true };
        texts.iter().any(|text| text.to_lowercase().contains(query.as_str()))
    }

    /// A page of these, after the place that a cursor names, and the cursor of the next.
    pub(super) fn page<T, V>(
        &self,
        mut entries: Vec<Entry<T, V>>,
        list: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<V>, Option<String>), Problem> {
        let after = cursor.map(|text| cursor::decode_moment::<T>(list, text)).transpose()?;
        let place = |entry: &Entry<T, V>| match self.is_latest_first {
            Some(_) => (entry.at, entry.id),
            None => (Time::from_millis(0), entry.id),
        };
        entries.sort_by_key(&place);
        if self.is_latest_first == Some(true) {
            entries.reverse();
            entries.retain(|entry| after.is_none_or(|after| place(entry) < after));
        } else {
            entries.retain(|entry| after.is_none_or(|after| place(entry) > after));
        }
        let has_more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().filter(|_| has_more).map(&place);
        let next = last.map(|(at, id)| cursor::encode_moment(list, at, id));
        Ok((entries.into_iter().map(|entry| entry.view).collect(), next))
    }
}
