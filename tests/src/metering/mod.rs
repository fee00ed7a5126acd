//! What each operation costs, measured at the wire, against the budgets of ARCHITECTURE.md.
//!
//! One warm process, text messages, rows under 1 KB: what a busy day consists of. `calls` counts
//! every AWS call, `wru` and `rru` DynamoDB's request units as AWS bills them.

mod conversations;
mod reading;
mod time;
mod trace;

use anyhow::{Context, ensure};
use serde::Serialize;
use serde_json::json;

use crate::{World, meter::Cost, requests::ApiRequest, world::Answered};

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
    let mut lines = Box::pin(conversations::inbound()).await?;
    lines.extend(Box::pin(conversations::replies()).await?);
    lines.push(conversations::inbound_media().await?);
    lines.push(reading::inbox_page().await?);
    lines.push(reading::inbox_page_agent().await?);
    lines.push(conversations::relay_message().await?);
    lines.push(reading::event_catchup().await?);
    lines.push(Box::pin(time::expire_room()).await?);
    lines.push(Box::pin(time::auto_resolve_room()).await?);
    lines.push(Box::pin(trace::trace_mean()).await?);
    lines.push(reading::sign_in().await?);
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
