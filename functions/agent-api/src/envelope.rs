//! Qontak's success envelope: `{"status": "success", "data": ..., "meta": {...}}`.

use serde::Serialize;
use utoipa::ToSchema;

/// A success with one thing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct One<T> {
    /// Always `success`.
    #[schema(example = "success")]
    status: &'static str,
    /// The thing.
    data: T,
}

/// A success with a page of things.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Always `success`.
    #[schema(example = "success")]
    status: &'static str,
    /// The things.
    data: Vec<T>,
    /// Where the page lies.
    meta: Meta,
}

#[derive(Debug, Serialize, ToSchema)]
struct Meta {
    pagination: Pagination,
}

#[derive(Debug, Serialize, ToSchema)]
struct Pagination {
    cursor: Cursors,
    /// Always null: paging is by cursor.
    offset: Option<u32>,
    /// At most so many things a page.
    limit: usize,
    /// Always null: counting all would cost as much as reading all.
    total: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Cursors {
    /// What to pass as `cursor` for the next page; null on the last.
    next: Option<String>,
    /// Always null: pages go one way.
    prev: Option<String>,
}

impl<T> One<T> {
    pub(crate) fn new(data: T) -> Self {
        Self { status: "success", data }
    }
}

impl<T> Page<T> {
    pub(crate) fn new(data: Vec<T>, limit: usize, next: Option<String>) -> Self {
        let cursor = Cursors { next, prev: None };
        let pagination = Pagination { cursor, offset: None, limit, total: None };
        Self { status: "success", data, meta: Meta { pagination } }
    }
}
