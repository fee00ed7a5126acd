//! How the sweep holds up when many rooms fall due at once.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::{World, meter::Cost, requests::ApiRequest, wire::Fate};

/// What the sweep has to deal with.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Rooms of one organization whose windows close within one minute.
    pub due: usize,
    /// Rooms that are open besides, and not due for hours.
    pub open: usize,
}

/// How it did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Run {
    /// Rooms that were marked.
    pub expired: u64,
    /// In so many runs.
    pub runs: u32,
    /// By how many milliseconds the latest room was late.
    pub late_ms: i64,
    /// Write units per room.
    pub expire_wru: f64,
    /// Read units, all together.
    pub reads: f64,
    /// Calls that were refused because a key took no more.
    pub throttled: usize,
    /// Rooms that a job then resolved, per second.
    pub job_rate: f64,
    /// Write units per room of it.
    pub job_wru: f64,
}

/// What a call takes, in milliseconds.
const CALL_MS: u64 = 5;

const MINUTE: u64 = 60_000;

/// Measures. Runs on paused time.
pub async fn sweep(load: Load, seeding: impl Fn(usize, usize)) -> anyhow::Result<Run> {
    let world = World::new().await?;
    world.customer_says("628123456789", "Halo").await?;
    let model = model(&world)?;
    world.wire.services().dynamodb.stop_stream()?;
    // The first room is due at the first tick's own moment, the last a minute later.
    let first = world.clock.now_ms() + 2 * MINUTE;
    let all = load.due + load.open;
    let mut rows = Vec::new();
    for n in 0..all {
        let closes = match n < load.due {
            true => first + MINUTE * n as u64 / load.due as u64,
            false => first + 4 * 3_600_000 + 60_000 * (n as u64 % 1000),
        };
        rows.push(room(&model, n, closes));
        if rows.len() == 10_000 || n + 1 == all {
            world.wire.services().dynamodb.seed(std::mem::take(&mut rows))?;
            seeding(n + 1, all);
        }
    }
    world.wire.set_fates(Box::new(|_| (Fate::Served, CALL_MS)));
    world.pass(Duration::from_millis(first - world.clock.now_ms())).await;
    let mut run = expire(&world, load.due).await?;
    (run.job_rate, run.job_wru) = job(&world, load.due).await?;
    Ok(run)
}

async fn expire(world: &World, due: usize) -> anyhow::Result<Run> {
    world.wire.services().meter = crate::meter::Meter::default();
    world.wire.services().calls.clear();
    let mut run = Run::default();
    while run.expired < u64::try_from(due)? && run.runs < 30 {
        let tick = world.clock.now_ms();
        let tally = world.sweep(&world.process).await.context("the process died")?;
        run.runs += 1;
        run.expired += tally.expired;
        run.late_ms = run.late_ms.max(tally.late_ms);
        let rest = (tick + MINUTE).saturating_sub(world.clock.now_ms());
        world.pass(Duration::from_millis(rest)).await;
    }
    let Cost { wru, rru, .. } = world.wire.services().meter.total();
    run.expire_wru = wru / run.expired.max(1) as f64;
    run.reads = rru;
    let refused = |line: &&String| line.contains("dynamodb.") && line.ends_with(": 400");
    run.throttled = world.wire.services().calls.iter().filter(refused).count();
    Ok(run)
}

/// Rooms a second that a job resolves while it is worked on, and units per room.
async fn job(world: &World, due: usize) -> anyhow::Result<(f64, f64)> {
    let body = json!({ "include_unassigned": true }).to_string();
    let request = ApiRequest::new("PUT", "/v1/rooms/resolve_expired").body(body);
    let asked = world.api(request).await?;
    ensure!(asked.status == 202, "{}", asked.json);
    world.wire.services().meter = crate::meter::Meter::default();
    let (mut resolved, mut worked_ms) = (0, 0);
    for _ in 0..60 {
        let began = world.clock.now_ms();
        let tally = world.sweep(&world.process).await.context("the process died")?;
        resolved += tally.resolved;
        if tally.resolved > 0 {
            worked_ms += world.clock.now_ms() - began;
        }
        if resolved >= u64::try_from(due)? {
            break;
        }
        let rest = (began + MINUTE).saturating_sub(world.clock.now_ms());
        world.pass(Duration::from_millis(rest)).await;
    }
    let wru = world.wire.services().meter.total().wru;
    Ok((resolved as f64 / (worked_ms.max(1) as f64 / 1000.0), wru / resolved.max(1) as f64))
}

/// The row of a room, as the store writes it.
fn model(world: &World) -> anyhow::Result<Value> {
    let rows = world.wire.services().dynamodb.rows()?;
    rows.into_iter().find(|row| row["sk"]["S"] == "room").context("there is no room")
}

/// A room like it whose window closes then.
fn room(model: &Value, n: usize, closes: u64) -> Value {
    let id = format!("{:08x}-0000-8000-8000-{:012x}", n.wrapping_mul(0x9e37_79b9) & 0xffff_ffff, n);
    let said = closes - 24 * 3_600_000;
    let mut row = model.clone();
    let pk = row["pk"]["S"].as_str().unwrap_or_default();
    let organization = pk.get(..38).unwrap_or_default();
    row["pk"] = json!({ "S": format!("{organization}#room#{id}") });
    row["id"] = json!({ "S": id });
    row["dpk"] = json!({ "S": format!("due#{}", &id[35..]) });
    row["dsk"] = json!({ "S": format!("{closes:013}") });
    row["due_at"] = json!({ "N": closes.to_string() });
    row["last_inbound_at"] = json!({ "N": said.to_string() });
    row["activity_at"] = json!({ "N": said.to_string() });
    row["isk"] = json!({ "S": format!("{:09}#{id}", said / 300_000) });
    row
}
