//! The schedule of the deployed stack.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stack::{ALONE, Stack};

/// The schedule comes once a minute, and a run may take most of it.
const TWO_RUNS: u32 = 120;

/// Asks once a second until an answer is as it should be.
async fn until(stack: &Stack, path: &str, is_so: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
    let mut shown = Value::Null;
    for _ in 0..TWO_RUNS {
        shown = stack.api("GET", path, &[], Value::Null).await?.json["data"].take();
        if is_so(&shown) {
            return Ok(shown);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("{path} stays {shown}")
}

#[tokio::test]
async fn a_window_closes_by_itself_and_a_job_resolves_the_room() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000120";
    // Said almost a day ago, and delivered now: the window is open for some seconds more.
    let late = stack.message_of(24 * 3600 - 5, customer, "wamid.expiry", "Masih ada?");
    assert_eq!(stack.deliver(&late).await?.status, 200);
    let room = stack.room_of(customer).await?;
    assert!(room["expired_at"].is_null(), "{room}");
    let path = format!("/v1/rooms/{}", room["id"].as_str().unwrap_or_default());
    until(&stack, &path, |room| room["expired_at"].is_string()).await?;

    let body = json!({ "include_unassigned": true });
    let headers = [("idempotency-key", "e2e")];
    let asked = stack.api("PUT", "/v1/rooms/resolve_expired", &headers, body).await?;
    assert_eq!(asked.status, 202, "{asked:?}");
    let job = format!("/v1/jobs/{}", asked.json["data"]["id"].as_str().unwrap_or_default());
    let done = until(&stack, &job, |job| job["state"] == "done").await?;
    assert!(done["finished_at"].is_string() && done["resolved"].as_u64() >= Some(1), "{done}");
    until(&stack, &path, |room| room["status"] == "resolved").await?;
    Ok(())
}

#[tokio::test]
async fn auto_resolve_is_set_and_shown() -> anyhow::Result<()> {
    let stack = Stack::running()?;
    // Off stays off: the other stories' rooms are theirs.
    let set = json!({ "enabled": false, "after_minutes": 90 });
    let answer = stack.api("PUT", "/v1/settings/auto_resolve", &[], set).await?;
    assert_eq!(answer.status, 200, "{answer:?}");
    let shown = stack.api("GET", "/v1/settings/auto_resolve", &[], Value::Null).await?;
    assert_eq!(shown.json["data"]["after_minutes"], 90);
    Ok(())
}
