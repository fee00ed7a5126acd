//! Every operation that is served below Qontak's prefix, by the stack's own document, serves a client of
//! Qontak's at least once.

use std::sync::PoisonError;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use world::files::JPEG;

use super::{
    BOT, V1,
    client::{Client, room_of},
};
use crate::{
    files::form,
    people::hired,
    stack::{Stack, alone, customer, text},
};

/// The operations below Qontak's prefix that the stack serves, by its own document.
async fn documented(stack: &Stack) -> anyhow::Result<Vec<(String, String)>> {
    let url = format!("{}/v1/openapi.json", stack.value("api_url"));
    let document = stack.send("GET", &url, &[], Vec::new()).await?.json;
    let paths = document["paths"].as_object().context("no paths")?;
    let mut all = Vec::new();
    for (path, operations) in paths.iter().filter(|(path, _)| path.starts_with(V1)) {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if operation["responses"]["501"].is_null() {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    Ok(all)
}

/// Whether a path is one of this template's.
fn is_of(path: &str, template: &str) -> bool {
    let (path, template): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), template.split('/').collect());
    let fits = |(part, name): (&&str, &&str)| part == name || name.starts_with('{');
    path.len() == template.len() && path.iter().zip(&template).all(fits)
}

/// Which operation a request was: of those that fit, the one whose path says most.
fn operation<'a>(
    all: &'a [(String, String)],
    (method, path): &(String, String),
) -> Option<&'a (String, String)> {
    let fit = all.iter().filter(|(name, template)| name == method && is_of(path, template));
    fit.min_by_key(|(_, template)| template.matches('{').count())
}

#[tokio::test]
async fn every_operation_that_is_served_serves_a_client_of_qontaks() -> anyhow::Result<()> {
    // It asks for whichever room has waited longest, and lets agents hand rooms over.
    let _alone = alone().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let number = customer();
    let room = room_of(&client, &number).await?;
    let shown = finds_rooms(&client, &room, &number).await?;
    gives_rooms_to_people(&client, &room).await?;
    sends_and_closes(&client, &room, &shown).await?;

    let all = documented(&stack).await?;
    ensure!(all.len() >= 30, "{all:?}");
    let served = client.served.lock().unwrap_or_else(PoisonError::into_inner);
    let driven: Vec<_> = served.iter().filter_map(|asked| operation(&all, asked)).collect();
    let missing: Vec<_> = all.iter().filter(|one| !driven.contains(one)).collect();
    ensure!(missing.is_empty(), "never served: {missing:?}");
    Ok(())
}

/// The room, as Qontak shows it.
async fn finds_rooms(client: &Client<'_>, room: &str, number: &str) -> anyhow::Result<Value> {
    let at = format!("/rooms/{room}");
    let shown = client.done("GET", &at, Value::Null).await?;
    let integration = text(&shown["channel_integration_id"]);
    let info = format!(
        "/rooms/specific/info?account_uniq_id={number}&channel_integration_id={integration}"
    );
    ensure!(client.done("GET", &info, Value::Null).await?["id"] == room);
    let expired = client.list("/rooms/list/expired?channels[]=wa_cloud").await?;
    ensure!(expired.iter().all(|one| one["id"] != room), "{expired:?}");
    let renamed = client.done("PUT", &at, json!({ "name": "Budi (gudang)" })).await?;
    ensure!(renamed["name"] == "Budi (gudang)", "{renamed}");
    let histories = client.list(&format!("{at}/histories")).await?;
    ensure!(histories[0]["text"] == "Halo", "{histories:?}");

    let number = client.done("GET", &format!("/integrations/{integration}"), Value::Null).await?;
    ensure!(number["target_channel"] == "wa_cloud" && number["is_active"] == true, "{number}");
    client.list("/integrations?target_channel=wa_cloud").await?;
    let path = format!("/v1/integrations/{integration}/templates/sync");
    client.stack.done("POST", &path, Value::Null).await?;
    let templates = client.list("/templates/whatsapp?limit=50").await?;
    ensure!(templates.iter().any(|one| one["name"] == "appointment"), "{templates:?}");
    let contacts = client.list("/contacts?query=budi&limit=50").await?;
    ensure!(!contacts.is_empty());
    Ok(shown)
}

/// The room goes from hand to hand.
async fn gives_rooms_to_people(client: &Client<'_>, room: &str) -> anyhow::Result<()> {
    let tono = hired(client.stack, "Tono", "agent").await?;
    let at = |what: &str| format!("/rooms/{room}{what}");
    let assigns = "/rooms/agent_assign_another_agent";
    for enabled in [true, false] {
        client.done("PUT", assigns, json!({ "enabled": enabled })).await?;
        ensure!(client.done("GET", assigns, Value::Null).await?["enabled"] == enabled);
    }
    let users = client.list("/users?role=agent&limit=100").await?;
    ensure!(users.iter().any(|user| user["id"] == tono.id), "{users:?}");
    let assignable = client.list(&at("/agents/assignable?limit=100")).await?;
    ensure!(assignable.iter().any(|user| user["id"] == tono.id), "{assignable:?}");
    let agents = |room: &Value| room["agent_ids"].as_array().map_or(0, Vec::len);
    let given = client.done("POST", &at(&format!("/agents/{}", tono.id)), Value::Null).await?;
    ensure!(given["agent_ids"] == json!([tono.id]), "{given}");
    let people = client.list(&at("/participants")).await?;
    ensure!(people.iter().any(|person| person["id"] == tono.id), "{people:?}");
    let back = client.done("DELETE", &at(&format!("/agents/{}", tono.id)), Value::Null).await?;
    ensure!(agents(&back) == 0, "{back}");
    let in_turn = client.done("POST", &at("/assign_round_robin"), Value::Null).await?;
    ensure!(agents(&in_turn) == 1, "{in_turn}");
    let whose = text(&in_turn["agent_ids"][0]);
    client.done("DELETE", &at(&format!("/agents/{whose}")), Value::Null).await?;

    // The next room of those that wait may be another story's: it gets it back.
    let next = client.done("POST", "/rooms/auto_takeover", Value::Null).await?;
    ensure!(agents(&next) == 1, "{next}");
    let back = format!("/rooms/{}/agents/{}", text(&next["id"]), text(&next["agent_ids"][0]));
    client.done("DELETE", &back, Value::Null).await?;
    let taken = client.done("POST", &at("/takeover"), Value::Null).await?;
    ensure!(agents(&taken) == 1, "{taken}");
    Ok(())
}

/// Words, files, tags, a block; and the room is resolved.
async fn sends_and_closes(client: &Client<'_>, room: &str, shown: &Value) -> anyhow::Result<()> {
    let at = |what: &str| format!("/rooms/{room}{what}");
    client.done("GET", "/rooms?status=assigned&limit=5", Value::Null).await?;
    let named = json!({ "room_id": room, "text": "Siap", "local_id": "m-1" });
    let sent = client.done("POST", "/messages/whatsapp", named.clone()).await?;
    let again = client.done("POST", "/messages/whatsapp", named).await?;
    ensure!(again["id"] == sent["id"], "{again}");
    client.until(room, &sent["id"], "read").await?;
    let buttons = json!([{ "id": "yes", "title": "Ya" }]);
    let asked = json!({
        "room_id": room,
        "type": "button",
        "interactive": { "body": "Mau diantar?", "buttons": buttons },
    });
    client.done("POST", "/messages/whatsapp/interactive_message/bot", asked).await?;
    let note = json!({ "room_id": room, "type": "system", "text": "Pelanggan lama" });
    client.done("POST", BOT, note).await?;
    let (kind, body) = form(&json!({}), ("menu.jpg", "image/jpeg"), JPEG);
    let uploaded = client.send("POST", "/file_uploader", kind, body).await?;
    ensure!(uploaded.status == 201, "{uploaded:?}");
    for method in ["POST", "DELETE"] {
        client.done(method, &at("/tags"), json!({ "name": "grosir" })).await?;
    }
    client.done("POST", "/contact_block", json!({ "room_id": room, "reason": "Spam" })).await?;
    let block = format!("/contact_block/{}", text(&shown["contact_id"]));
    client.done("DELETE", &block, json!({ "room_id": room })).await?;
    client.done("PUT", &at("/mark_all_as_read"), Value::Null).await?;
    client.done("PUT", &at("/resolve"), Value::Null).await?;
    let job = client.done("PUT", "/rooms/resolve_expired", json!({})).await?;
    ensure!(job["id"].is_string(), "{job}");
    Ok(())
}
