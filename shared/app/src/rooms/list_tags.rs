//! The tags that an organization has used.

use domain::room::TagName;
use platform::problem::Problem;
use store::{Table, Tag};

use crate::{authenticate::Caller, internal};

/// A page of the catalogue in the order of names, and where the next one begins.
pub async fn list_tags(
    table: &Table,
    caller: &Caller,
    after: Option<&TagName>,
    limit: i32,
) -> Result<(Vec<Tag>, Option<TagName>), Problem> {
    caller.tenant(table).tags(after, limit).await.map_err(internal)
}
