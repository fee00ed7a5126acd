//! Rooms below Qontak's prefix: the use cases of `/v1`, shown in Qontak's words.

pub(super) mod agents;
pub(super) mod change;
pub(super) mod expired;
mod filter;
pub(super) mod histories;
pub(super) mod info;
pub(super) mod list;
pub(super) mod people;
pub(super) mod show;
pub(super) mod tags;
pub(super) mod work;

use app::authenticate::Caller;
use axum::Json;
use domain::room::Room;
use platform::Ctx;

use super::views::{Company, QontakRoom};
use crate::{Api, envelope::One, responses::Failed};

/// The answer with one room.
async fn answer(
    api: &Api,
    caller: &Caller,
    ctx: &Ctx,
    room: &Room,
) -> Result<Json<One<QontakRoom>>, Failed> {
    let company = Company::of(api, caller, ctx).await?;
    Ok(Json(One::new(QontakRoom::new(room, &company))))
}
