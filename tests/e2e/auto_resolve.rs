//! Silence on the deployed stack: it resolves what an organization says, and nothing else.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::{
    stack::{Stack, beside_others, customer},
    sweep::{TWO_RUNS, path},
};

/// Auto-resolve is the whole organization's, and its shortest delay a minute: rooms that somebody has
/// taken and that stay silent for longer are this story's alone.
#[tokio::test]
async fn silence_resolves_a_room_but_not_one_that_is_exempt_and_not_nobodys() -> anyhow::Result<()>
{
    let beside = beside_others().await;
    let stack = Stack::running()?;
    let writes = customer();
    let silent = stack.hears(&writes, "Terima kasih").await?;
    let exempt = stack.hears(&customer(), "Nanti saya kabari").await?;
    let nobodys = stack.hears(&customer(), "Halo").await?;
    for room in [&silent, &exempt] {
        stack.done("POST", &format!("{}/takeover", path(room)), Value::Null).await?;
    }
    stack.done("PUT", &path(&exempt), json!({ "is_dont_auto_resolve": true })).await?;
    let settings = "/v1/settings/auto_resolve";
    let refused = stack.api("PUT", settings, &[], json!({ "after_minutes": 0 })).await?;
    ensure!(refused.problem() == (400, "invalid_field", "after_minutes"), "{refused:?}");
    let on = json!({ "enabled": true, "after_minutes": 1, "include_unassigned": false });
    let set = stack.done("PUT", settings, on).await?;
    ensure!(set["enabled"] == true && set["after_minutes"] == 1, "{set}");
    drop(beside);

    // A minute of silence, and then the next run.
    let is_resolved = |room: &Value| room["status"] == "resolved";
    let resolved = stack.until_shown(&path(&silent), 2 * TWO_RUNS, is_resolved).await;
    let beside = beside_others().await;
    let off = stack.done("PUT", settings, json!({ "enabled": false })).await?;
    ensure!(off["enabled"] == false && off["after_minutes"] == 1, "{off}");
    let resolved = resolved?;
    ensure!(resolved["resolved_by_type"] == "Models::SystemAccount", "{resolved}");
    for (room, status) in [(&exempt, "assigned"), (&nobodys, "unassigned")] {
        let shown = stack.done("GET", &path(room), Value::Null).await?;
        ensure!(shown["status"] == status, "{shown}");
    }
    // Who writes again is heard in the same room.
    let again = stack.hears(&writes, "Satu lagi").await?;
    ensure!(again["id"] == silent["id"] && again["status"] == "unassigned", "{again}");
    drop(beside);
    Ok(())
}
