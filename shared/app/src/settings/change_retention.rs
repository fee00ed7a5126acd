//! An admin sets how long what is said is kept.
//!
//! One write. Each message, note and so on gets its end when it is written, and the table takes it
//! away by itself: no run ever looks for what is old. So a change holds for what comes from then on.
//! To give what is there another end would be a write for each message there ever was.

use domain::{Time, settings::Retention};
use platform::{Ctx, problem::Problem};
use store::Table;

use crate::{authenticate::Caller, internal};

/// Keeps what is said from now on for so many days, or for ever.
pub async fn change_retention(
    table: &Table,
    caller: &Caller,
    days: Option<u32>,
    ctx: &Ctx,
) -> Result<Retention, Problem> {
    let new = Retention::new(days, Time::from(ctx.now));
    let new = new.map_err(|error| Problem::field("days", error.to_string()))?;
    caller.tenant(table).set_retention(&new).await.map_err(internal)?;
    Ok(new)
}
