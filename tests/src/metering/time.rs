//! What a room costs that time changes.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use super::{Budget, Measured, api, reset, say, spent};
use crate::{World, requests::ApiRequest};

/// What a run of the sweep costs that finds one room whose window has closed.
pub(super) async fn expire_room() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    world.pass(Duration::from_secs(24 * 3600 + 1)).await;
    reset(&world);
    let tally = world.sweep(&world.process).await.context("the process died")?;
    ensure!(tally.expired == 1, "nothing expired: {tally:?}");
    Ok(Measured::new("expire_room", spent(&world), Budget::wru(2.05)))
}

/// The same for a room that silence resolves and that a member has: the dearest case.
pub(super) async fn auto_resolve_room() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    let rooms = api(&world, ApiRequest::new("GET", "/v1/rooms")).await?;
    let room = rooms.json["data"][0]["id"].as_str().unwrap_or_default();
    api(&world, ApiRequest::new("POST", format!("/v1/rooms/{room}/takeover"))).await?;
    let settings = json!({ "enabled": true, "after_minutes": 60 });
    let request = ApiRequest::new("PUT", "/v1/settings/auto_resolve").body(settings.to_string());
    api(&world, request).await?;
    world.pass(Duration::from_secs(3601)).await;
    reset(&world);
    let tally = world.sweep(&world.process).await.context("the process died")?;
    ensure!(tally.auto_resolved == 1, "nothing was resolved: {tally:?}");
    Ok(Measured::new("auto_resolve_room", spent(&world), Budget::wru(5.0)))
}
