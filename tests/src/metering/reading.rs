//! What it costs to look: the inbox, news, signing in.

use anyhow::{Context, ensure};
use domain::api_key::Role;
use serde_json::json;

use super::{Budget, Measured, api, reset, spent};
use crate::{World, requests::ApiRequest, world::PASSWORD};

/// A page of 50 in the tab with the most queries. The budget is two rounds of calls behind the
/// key's own lookup: three queries, then one batch.
pub(super) async fn inbox_page() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    for customer in 0..60 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await?;
    }
    reset(&world);
    let before = world.clock.now_ms();
    let page = api(&world, ApiRequest::new("GET", "/v1/rooms?limit=50")).await?;
    ensure!(page.json["data"].as_array().is_some_and(|rooms| rooms.len() == 50), "no full page");
    // On the quiet wire each call takes a millisecond, so time counts rounds.
    let rounds = world.clock.now_ms() - before;
    ensure!(rounds <= 3, "a page takes {rounds} rounds of calls");
    let budget = Budget { wru: 0.0, rru: Budget::NONE, calls: 5.0 };
    Ok(Measured::new("inbox_page", spent(&world), budget))
}

/// The same page for an agent who has thirty rooms and had thirty more: three queries for whose
/// rooms are whose, then one batch.
pub(super) async fn inbox_page_agent() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    let key = world.add_member("Tono", Role::Agent).await?;
    let act = async |method: &'static str, path: String| {
        let answered = world.api_with(&key, ApiRequest::new(method, path)).await?;
        ensure!(answered.status < 300, "the API answered {}", answered.json);
        anyhow::Ok(answered.json["data"]["id"].as_str().unwrap_or_default().to_owned())
    };
    for customer in 0..90 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await?;
        if customer < 60 {
            let room = act("POST", "/v1/rooms/auto_takeover".into()).await?;
            if customer < 30 {
                act("PUT", format!("/v1/rooms/{room}/resolve")).await?;
            }
        }
    }
    reset(&world);
    let before = world.clock.now_ms();
    let page = world.api_with(&key, ApiRequest::new("GET", "/v1/rooms?limit=50")).await?;
    let is_full = page.json["data"].as_array().is_some_and(|rooms| rooms.len() == 50);
    ensure!(is_full, "no full page");
    let rounds = world.clock.now_ms() - before;
    ensure!(rounds <= 3, "a page takes {rounds} rounds of calls");
    let budget = Budget { wru: 0.0, rru: Budget::NONE, calls: 5.0 };
    Ok(Measured::new("inbox_page_agent", spent(&world), budget))
}

/// An agent catches up with ten conversations of a minute. The budget is two rounds of calls
/// behind the key's lookup: the journal, then what is named there, at a unit each: ten rooms, ten
/// messages, and that nothing was said about them.
pub(super) async fn event_catchup() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    let agent = world.add_member("Tono", Role::Agent).await?;
    let begun = world.api_with(&agent, ApiRequest::new("GET", "/v1/events")).await?;
    let cursor = begun.json["meta"]["next"].as_str().context("no cursor")?.to_owned();
    for customer in 0..10 {
        world.customer_says(&format!("62812{customer:07}"), "Halo").await?;
    }
    while world.relay(&world.process, 20).await? {}
    reset(&world);
    let request = ApiRequest::new("GET", format!("/v1/events?after={cursor}"));
    let page = world.api_with(&agent, request).await?;
    ensure!(page.json["data"].as_array().is_some_and(|events| events.len() == 20), "not all");
    let budget = Budget { wru: 0.0, rru: 32.0, calls: 3.0 };
    Ok(Measured::new("event_catchup", spent(&world), budget))
}

/// A sign-in: two attempts counted, the pool, the identity, the cookie's row.
pub(super) async fn sign_in() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    world.seat(world.company(), "ani@example.com", "Ani", Role::Agent).await?;
    reset(&world);
    let body = json!({ "email": "ani@example.com", "password": PASSWORD }).to_string();
    let request = ApiRequest::new("POST", "/v1/sign_in").body(body);
    let answered = world.api_in(&world.process, &request).await?.context("the process died")?;
    ensure!(answered.status == 200, "the API answered {}", answered.json);
    let budget = Budget { wru: 3.0, rru: 1.0, calls: 6.0 };
    Ok(Measured::new("sign_in", spent(&world), budget))
}
