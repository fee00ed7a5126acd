//! The schedule of the deployed stack: windows close, and jobs end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stack::{Stack, beside_others, customer, text, unique};

/// The schedule comes once a minute, and a run may take most of it.
pub(crate) const TWO_RUNS: Duration = Duration::from_secs(120);

pub(crate) fn path(room: &Value) -> String {
    format!("/v1/rooms/{}", text(&room["id"]))
}

#[tokio::test]
async fn a_window_closes_by_itself_and_a_job_resolves_the_room() -> anyhow::Result<()> {
    let beside = beside_others().await;
    let stack = Stack::running()?;
    // Said almost a day ago, and delivered now: the window is open for some seconds more.
    let room = stack.hears_of(24 * 3600 - 5, &customer(), "Masih ada?").await?;
    assert!(room["expired_at"].is_null(), "{room}");
    // The functions may die while the schedule is waited for: what it does, it does again.
    drop(beside);
    stack.until_shown(&path(&room), TWO_RUNS, |room| room["expired_at"].is_string()).await?;
    let is_listed = |rooms: &Value| {
        rooms.as_array().into_iter().flatten().any(|listed| listed["id"] == room["id"])
    };
    stack.until_shown("/v1/rooms/list/expired?limit=100", TWO_RUNS, is_listed).await?;

    let beside = beside_others().await;
    let body = json!({ "include_unassigned": true });
    let key = unique();
    let ask = async || {
        let headers = [("idempotency-key", key.as_str())];
        stack.api("PUT", "/v1/rooms/resolve_expired", &headers, body.clone()).await
    };
    let asked = ask().await?;
    assert_eq!(asked.status, 202, "{asked:?}");
    let job = asked.json["data"]["id"].clone();
    assert_eq!(ask().await?.json["data"]["id"], job, "a second click is the same job");
    drop(beside);
    let shown = format!("/v1/jobs/{}", text(&job));
    let done = stack.until_shown(&shown, TWO_RUNS, |job| job["state"] == "done").await?;
    assert!(done["finished_at"].is_string() && done["resolved"].as_u64() >= Some(1), "{done}");
    let resolved =
        stack.until_shown(&path(&room), TWO_RUNS, |room| room["status"] == "resolved").await?;
    assert_eq!(resolved["resolved_by_type"], "Models::User", "a member asked for it");
    Ok(())
}
