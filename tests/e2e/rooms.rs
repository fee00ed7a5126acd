//! A room at work on the deployed stack: taken, tagged, noted, given back, found again.

use serde_json::{Value, json};

use crate::stack::{ALONE, Stack, timely};

#[tokio::test]
async fn a_room_is_taken_tagged_noted_and_given_back() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000021";
    stack.deliver(&stack.message(customer, "wamid.rooms", "Halo")).await?;
    let room = stack.room_of(customer).await?;
    let path = format!("/v1/rooms/{}", room["id"].as_str().unwrap_or_default());
    let integration = room["channel_integration_id"].as_str().unwrap_or_default();

    let taken = stack.api("POST", &format!("{path}/takeover"), &[], Value::Null).await?;
    assert_eq!((taken.status, &taken.json["data"]["status"]), (200, &json!("assigned")));
    let agent = taken.json["data"]["agent"]["id"].as_str().unwrap_or_default();
    let tagged = stack.api("POST", &format!("{path}/tags"), &[], json!({ "name": "VIP" })).await?;
    assert_eq!(tagged.json["data"]["tags"], json!(["vip"]), "{tagged:?}");
    let body = json!({ "text": "Pelanggan lama" });
    let note = stack.api("POST", &format!("{path}/notes"), &[], body).await?;
    assert_eq!(note.status, 201, "{note:?}");

    let info = format!(
        "/v1/rooms/specific/info?account_uniq_id={customer}&channel_integration_id={integration}"
    );
    for list in ["/v1/rooms?tag=vip".to_owned(), format!("/v1/rooms?agent_id={agent}")] {
        let found = timely(&list, stack.api("GET", &list, &[], Value::Null)).await?;
        let rooms = found.json["data"].as_array().cloned().unwrap_or_default();
        assert!(rooms.iter().any(|found| found["id"] == room["id"]), "{list}: {found:?}");
    }
    let found = stack.api("GET", &info, &[], Value::Null).await?;
    assert_eq!(found.json["data"]["id"], room["id"]);
    let back = stack.api("DELETE", &format!("{path}/agents/{agent}"), &[], Value::Null).await?;
    assert_eq!((back.status, &back.json["data"]["status"]), (200, &json!("unassigned")));
    let note = note.json["data"]["id"].as_str().unwrap_or_default();
    let gone = stack.api("DELETE", &format!("{path}/notes/{note}"), &[], Value::Null).await?;
    assert_eq!(gone.status, 204, "{gone:?}");
    Ok(())
}
