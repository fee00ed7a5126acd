//! What a message costs on its way in, and an answer on its way out.

use std::time::Duration;

use anyhow::{Context, ensure};
use domain::message::{File, MediaKind};
use serde_json::json;

use super::{BUDI, Budget, Measured, api, only_room, reply, reset, say, spent};
use crate::{
    World,
    company::webhook_request,
    files::{JPEG, with_file},
    meter::Cost,
    requests::ApiRequest,
};

pub(super) async fn inbound() -> anyhow::Result<Vec<Measured>> {
    let world = World::new().await?;
    // Another customer warms the process: what is measured is a new customer, not a cold start.
    world.customer_says("628111111111", "Halo").await?;

    reset(&world);
    say(&world, "Halo").await?;
    let new = spent(&world);

    world.pass(Duration::from_secs(2)).await;
    reset(&world);
    say(&world, "Masih ada?").await?;
    let known = spent(&world);

    world.pass(Duration::from_secs(301)).await;
    world.customer_says("628111111111", "Halo").await?;
    reset(&world);
    say(&world, "Halo?").await?;
    let moved = spent(&world);

    let delivery = world.company().graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Dua");
    world.deliver(world.company(), &delivery).await?;
    reset(&world);
    let again = webhook_request(world.company(), &delivery.body);
    world.webhook(&world.process, &again).await?.context("the process died")?;
    let duplicate = spent(&world);

    let calls = Budget::NONE;
    Ok(vec![
        Measured::new("inbound_known", known, Budget { wru: 2.0, rru: 1.0, calls }),
        Measured::new("inbound_moved", moved, Budget { wru: 4.0, rru: 1.0, calls }),
        Measured::new("inbound_duplicate", duplicate, Budget::wru(2.0)),
        Measured::new("inbound_new", new, Budget::wru(10.0)),
    ])
}

/// Replies from the API to `sent`, and the reports that follow.
pub(super) async fn replies() -> anyhow::Result<Vec<Measured>> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    let room = only_room(&world).await?;
    world.pass(Duration::from_secs(2)).await;
    // A reply warms the process; a day later its session is over.
    reply(&world, &room, "warm").await?;
    world.settle(Duration::from_secs(5)).await?;
    world.pass(Duration::from_secs(25 * 3600)).await;
    say(&world, "Halo lagi").await?;
    world.pass(Duration::from_secs(2)).await;

    reset(&world);
    reply(&world, &room, "first").await?;
    let first = spent(&world);
    world.settle(Duration::from_secs(5)).await?;

    reset(&world);
    reply(&world, &room, "live").await?;
    let live = spent(&world);

    world.pass(Duration::from_millis(150)).await;
    reset(&world);
    deliver_one(&world).await?;
    let status = spent(&world);
    let settling = settling().await?;

    Ok(vec![
        Measured::new("status", status, Budget::wru(1.0)),
        Measured::new("status_settling", settling, Budget::wru(7.0)),
        Measured::new("reply_live", live, Budget::wru(5.0)),
        Measured::new("reply_first", first, Budget::wru(9.0)),
    ])
}

/// A report that tells what the send's own answer should have told.
async fn settling() -> anyhow::Result<Cost> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    let room = only_room(&world).await?;
    world.pass(Duration::from_secs(2)).await;
    let fault = crate::graph::Fault::TimeoutAfterAccept;
    world.company().graph().set_fault(fault, Some(1));
    reply(&world, &room, "lost").await?;
    reset(&world);
    deliver_one(&world).await?;
    Ok(spent(&world))
}

async fn deliver_one(world: &World) -> anyhow::Result<()> {
    let due = world.company().graph().due(world.clock.now_ms());
    let delivery = due.first().context("no report is due")?;
    ensure!(world.deliver(world.company(), delivery).await? == 200, "a report was refused");
    for other in &due[1..] {
        world.company().graph().answered(other.id, world.clock.now_ms(), 503);
    }
    Ok(())
}

/// Twenty messages of ten conversations, with all that comes of them: a question each and an
/// answer each, which is sent, delivered and read. Nobody listens.
pub(super) async fn relay_message() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    for customer in 0..10 {
        world.customer_says(&format!("62812{customer:07}"), "Halo, masih ada?").await?;
    }
    world.pass(Duration::from_secs(2)).await;
    let mut total = relayed(&world).await?;
    let rooms = api(&world, ApiRequest::new("GET", "/v1/rooms")).await?;
    for room in rooms.json["data"].as_array().context("no rooms")? {
        let path = format!("/v1/rooms/{}/messages", room["id"].as_str().unwrap_or_default());
        let body = json!({ "text": "Masih! Mau berapa?" }).to_string();
        api(&world, ApiRequest::new("POST", path).body(body)).await?;
    }
    total += relayed(&world).await?;
    for _ in 0..10 {
        ensure!(world.consume(&world.process, "outbound.fifo", 0).await?, "nothing was queued");
    }
    for _ in 0..8 {
        world.pass(Duration::from_secs(2)).await;
        let due = world.company().graph().due(world.clock.now_ms());
        for delivery in due {
            world.deliver(world.company(), &delivery).await?;
        }
    }
    total += relayed(&world).await?;
    Ok(Measured::mean("relay_message", total, 20, Budget::wru(1.0)))
}

/// What relay spends on what waits in the stream, in batches of 20.
async fn relayed(world: &World) -> anyhow::Result<Cost> {
    reset(world);
    while world.relay(&world.process, 20).await? {}
    Ok(spent(world))
}

/// A customer's picture, from the stored message to the stored file: what comes on top of the
/// message itself.
pub(super) async fn inbound_media() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    let room = only_room(&world).await?;
    let mut cost = Cost::default();
    // The first one warms the process.
    for _ in 0..2 {
        let now = world.clock.now_ms();
        let id = world.company().graph().customer_uploads(now, "image/jpeg", JPEG.to_vec());
        let file = File::Awaited {
            provider_media_id: id.clone(),
            mime_type: "image/jpeg".into(),
            sha256: None,
            round: 0,
        };
        with_file(&world, world.company(), &room, (&id, MediaKind::Image, file)).await?;
        reset(&world);
        let meter = world.wire.services().meter.clone();
        while world.relay(&world.process, 20).await? {}
        world.wire.services().meter = meter;
        ensure!(world.consume(&world.process, "media", 0).await?, "nothing was queued");
        cost = spent(&world);
    }
    Ok(Measured::new("inbound_media", cost, Budget { wru: 1.0, rru: 2.0, calls: 5.0 }))
}
