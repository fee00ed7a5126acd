//! What a day of messages costs in the mean.

use std::time::Duration;

use super::{Budget, Measured, api, reset, spent};
use crate::{World, meter::Cost, requests::ApiRequest};

/// The mean of all inbound messages of a day: 40 customers, most of them known, who write one
/// to three times a day, in bouts of some minutes, and are answered; a few are new, a few rooms
/// were resolved.
pub(super) async fn trace_mean() -> anyhow::Result<Measured> {
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
