//! What time brings: windows close, silence resolves rooms, jobs, messages and files that were
//! given up.

mod auto_resolve;
mod expiry;
mod files;
mod jobs;
mod letters;
mod lists;

use std::time::Duration;

use app::sweep::Tally;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

use crate::desk::{Desk, fates::UNLUCKY};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// One run.
async fn sweep(world: &World) -> Tally {
    world.sweep(&world.process).await.unwrap()
}

/// So many minutes, with a run in each.
async fn minutes(world: &World, count: u32) {
    for _ in 0..count {
        world.pass(MINUTE).await;
        sweep(world).await;
    }
}

/// One run of a process that may die.
async fn sweep_unluckily(world: &World) -> Option<Tally> {
    world.sweep(&world.start_process(UNLUCKY)).await
}

async fn set(desk: &Desk<'_>, settings: Value) -> Answered {
    let request = ApiRequest::new("PUT", "/v1/settings/auto_resolve");
    desk.call(request.body(settings.to_string())).await
}

/// Silence resolves rooms from now on, with these settings besides.
async fn turn_on(desk: &Desk<'_>, after_minutes: u32, mut settings: Value) {
    settings["enabled"] = json!(true);
    settings["after_minutes"] = json!(after_minutes);
    let set = set(desk, settings).await;
    assert_eq!(set.status, 200, "{}", set.json);
}

/// The calls of a run that are worth striking: it begins with one query per shard, all alike.
fn worth_striking() -> impl Iterator<Item = usize> {
    [0, 7].into_iter().chain(15..)
}
