//! What each operation costs, measured at the wire, against the budgets of ARCHITECTURE.md.
//!
//! One warm process, text messages, rows under 1 KB: what a busy day consists of. `calls` counts
//! every AWS call, `wru` and `rru` DynamoDB's request units as AWS bills them.

use std::time::Duration;

use anyhow::{Context, ensure};
use domain::{
    api_key::Role,
    message::{File, MediaKind},
};
use serde::Serialize;
use serde_json::json;

use crate::{
    World,
    company::webhook_request,
    files::{JPEG, with_file},
    meter::Cost,
    requests::ApiRequest,
    world::{Answered, PASSWORD},
};

/// One line of the bill.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// What was done.
    pub operation: &'static str,
    /// AWS calls.
    pub calls: f64,
    /// Write request units.
    pub wru: f64,
    /// Read request units.
    pub rru: f64,
    /// What it may cost.
    #[serde(skip)]
    pub budget: Budget,
}

/// What an operation may cost.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Write request units.
    pub wru: f64,
    /// Read request units.
    pub rru: f64,
    /// AWS calls.
    pub calls: f64,
}

impl Budget {
    const NONE: f64 = f64::INFINITY;

    const fn wru(wru: f64) -> Self {
        Self { wru, rru: Self::NONE, calls: Self::NONE }
    }
}

impl Measured {
    fn new(operation: &'static str, cost: Cost, budget: Budget) -> Self {
        Self::mean(operation, cost, 1, budget)
    }

    fn mean(operation: &'static str, cost: Cost, over: u32, budget: Budget) -> Self {
        let over = f64::from(over);
        Self {
            operation,
            calls: f64::from(cost.calls) / over,
            wru: cost.wru / over,
            rru: cost.rru / over,
            budget,
        }
    }

    /// Whether it costs no more than it may.
    pub fn is_within(&self) -> bool {
        self.wru <= self.budget.wru
            && self.rru <= self.budget.rru
            && self.calls <= self.budget.calls
    }
}

const BUDI: &str = "628123456789";

/// Measures every operation. Runs on paused time.
pub async fn measure() -> anyhow::Result<Vec<Measured>> {
    let mut lines = Box::pin(inbound()).await?;
    lines.extend(Box::pin(replies()).await?);
    lines.push(inbound_media().await?);
    lines.push(inbox_page().await?);
    lines.push(inbox_page_agent().await?);
    lines.push(relay_message().await?);
    lines.push(event_catchup().await?);
    lines.push(Box::pin(expire_room()).await?);
    lines.push(Box::pin(auto_resolve_room()).await?);
    lines.push(Box::pin(trace_mean()).await?);
    lines.push(sign_in().await?);
    Ok(lines)
}

fn reset(world: &World) {
    world.wire.services().meter = crate::meter::Meter::default();
}

fn spent(world: &World) -> Cost {
    world.wire.services().meter.total()
}

async fn say(world: &World, text: &str) -> anyhow::Result<()> {
    ensure!(world.customer_says(BUDI, text).await? == 200, "the webhook refused a message");
    Ok(())
}

async fn inbound() -> anyhow::Result<Vec<Measured>> {
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
async fn replies() -> anyhow::Result<Vec<Measured>> {
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

async fn only_room(world: &World) -> anyhow::Result<String> {
    let rooms = api(world, ApiRequest::new("GET", "/v1/rooms")).await?;
    Ok(rooms.json["data"][0]["id"].as_str().context("no room")?.to_owned())
}

async fn api(world: &World, request: ApiRequest) -> anyhow::Result<Answered> {
    let answered = world.api(request).await?;
    ensure!(answered.status < 300, "the API answered {}", answered.json);
    Ok(answered)
}

/// A reply, through relay and `outbound`, without the provider's reports.
async fn reply(world: &World, room: &str, key: &str) -> anyhow::Result<()> {
    let request = ApiRequest::new("POST", format!("/v1/rooms/{room}/messages"))
        .header("idempotency-key", key)
        .body(json!({ "text": "Baik" }).to_string());
    api(world, request).await?;
    // What relay spends has a line of its own: it is shared by all that a batch brings.
    let meter = world.wire.services().meter.clone();
    while world.relay(&world.process, 20).await? {}
    world.wire.services().meter = meter;
    ensure!(world.consume(&world.process, "outbound.fifo", 0).await?, "nothing was queued");
    Ok(())
}

/// A customer's picture, from the stored message to the stored file: what comes on top of the
/// message itself.
async fn inbound_media() -> anyhow::Result<Measured> {
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

/// A page of 50 in the tab with the most queries. The budget is two rounds of calls behind the
/// key's own lookup: three queries, then one batch.
async fn inbox_page() -> anyhow::Result<Measured> {
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
async fn inbox_page_agent() -> anyhow::Result<Measured> {
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

/// A sign-in: two attempts counted, the pool, the identity, the cookie's row.
async fn sign_in() -> anyhow::Result<Measured> {
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

/// An agent catches up with ten conversations of a minute. The budget is two rounds of calls
/// behind the key's lookup: the journal, then what is named there, at a unit each: ten rooms, ten
/// messages, and that nothing was said about them.
async fn event_catchup() -> anyhow::Result<Measured> {
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

/// Twenty messages of ten conversations, with all that comes of them: a question each and an
/// answer each, which is sent, delivered and read. Nobody listens.
async fn relay_message() -> anyhow::Result<Measured> {
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

/// What a run of the sweep costs that finds one room whose window has closed.
async fn expire_room() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    say(&world, "Halo").await?;
    world.pass(Duration::from_secs(24 * 3600 + 1)).await;
    reset(&world);
    let tally = world.sweep(&world.process).await.context("the process died")?;
    ensure!(tally.expired == 1, "nothing expired: {tally:?}");
    Ok(Measured::new("expire_room", spent(&world), Budget::wru(2.05)))
}

/// The same for a room that silence resolves and that a member has: the dearest case.
async fn auto_resolve_room() -> anyhow::Result<Measured> {
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

/// The mean of all inbound messages of a day: 40 customers, most of them known, who write one
/// to three times a day, in bouts of some minutes, and are answered; a few are new, a few rooms
/// were resolved.
async fn trace_mean() -> anyhow::Result<Measured> {
    let world = World::new().await?;
    let mut rng = fastrand::Rng::with_seed(7);
    let customers: Vec<String> = (0..40).map(|n| format!("62813{n:07}")).collect();
    for customer in &customers[..38] {
        world.customer_says(customer, "kemarin").await?;
    }
    world.pass(Duration::from_secs(14 * 3600)).await;

    let mut moments: Vec<(u64, &str)> = Vec::new();
    for customer in &customers {
        for _ in 0..rng.u32(1..=3) {
            let mut at = rng.u64(0..10 * 3600);
            for _ in 0..rng.u32(3..=9) {
                moments.push((at, customer));
                at += rng.u64(8..=75);
            }
        }
    }
    moments.sort_unstable();
    let began = world.clock.now_ms();
    let mut total = Cost::default();
    for (at, customer) in &moments {
        let wait = (began + at * 1000).saturating_sub(world.clock.now_ms());
        world.pass(Duration::from_millis(wait)).await;
        reset(&world);
        world.customer_says(customer, "Halo, apa kabar pesanan saya?").await?;
        total += spent(&world);
        if rng.u8(0..20) == 0 {
            resolve_one(&world, &mut rng).await?;
        }
    }
    let messages = u32::try_from(moments.len())?;
    Ok(Measured::mean("trace_mean", total, messages, Budget::wru(2.8)))
}

async fn resolve_one(world: &World, rng: &mut fastrand::Rng) -> anyhow::Result<()> {
    let rooms = api(world, ApiRequest::new("GET", "/v1/rooms?status=unassigned")).await?;
    let rooms = rooms.json["data"].as_array().cloned().unwrap_or_default();
    if let Some(room) = rng.choice(&rooms) {
        let path = format!("/v1/rooms/{}/resolve", room["id"].as_str().unwrap_or_default());
        api(world, ApiRequest::new("PUT", path)).await?;
    }
    Ok(())
}
