//! The templates that an organization can send.

use domain::{Id, integration::Integration};
use platform::problem::Problem;
use store::{StoredTemplate, Table, TemplatePlace};

use crate::{authenticate::Caller, internal};

/// A page of templates, and the place where it ends if there are more.
#[derive(Debug)]
pub struct Templates {
    /// By integration, then by name.
    pub templates: Vec<StoredTemplate>,
    /// Where the next page begins.
    pub next: Option<TemplatePlace>,
}

/// The templates of one integration, or of all.
pub async fn list_templates(
    table: &Table,
    caller: &Caller,
    of: Option<Id<Integration>>,
    limit: i32,
    after: Option<TemplatePlace>,
) -> Result<Templates, Problem> {
    let found = caller.tenant(table).templates(of, limit, after, false).await;
    let (templates, next) = found.map_err(internal)?;
    Ok(Templates { templates: templates.into_iter().map(|row| row.value).collect(), next })
}
