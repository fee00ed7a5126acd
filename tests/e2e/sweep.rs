//! The schedule of the deployed stack.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stack::{ALONE, Stack};

#[tokio::test]
async fn a_job_is_taken_up_by_the_schedule_and_comes_to_its_end() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let body = json!({ "include_unassigned": false });
    let headers = [("idempotency-key", "e2e")];
    let asked = stack.api("PUT", "/v1/rooms/resolve_expired", &headers, body).await?;
    assert_eq!(asked.status, 202, "{asked:?}");
    let path = format!("/v1/jobs/{}", asked.json["data"]["id"].as_str().unwrap_or_default());
    let mut shown = asked;
    // The schedule comes once a minute.
    for _ in 0..80 {
        shown = stack.api("GET", &path, &[], Value::Null).await?;
        if shown.json["data"]["state"] == "done" {
            assert!(shown.json["data"]["finished_at"].is_string());
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("the job is not done: {shown:?}")
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
