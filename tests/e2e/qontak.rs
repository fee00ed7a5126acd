//! A program that was written for Qontak, on the deployed stack.

mod client;
mod every;

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use world::files::JPEG;

use crate::{
    files::form,
    stack::{Stack, beside_others, customer, timely},
};
use client::{Client, room_of};

const V1: &str = "/qontak/chat/v1";
const BOT: &str = "/messages/whatsapp/bot";

#[tokio::test]
async fn a_client_of_qontaks_works_a_room() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let room = room_of(&client, &customer()).await?;
    let at = |what: &str| format!("/rooms/{room}{what}");

    let shown = client.done("GET", &at(""), Value::Null).await?;
    ensure!(shown["type"] == "Models::CustomerServiceRoom" && shown["channel"] == "wa_cloud");
    let taken = timely("taking over", client.done("POST", &at("/takeover"), Value::Null)).await?;
    ensure!(taken["status"] == "assigned", "{taken}");
    let agent = taken["agent_ids"][0].as_str().unwrap_or_default().to_owned();
    let people = client.list(&at("/participants")).await?;
    ensure!(people.iter().any(|person| person["id"] == agent.as_str()), "{people:?}");

    let tagged = client.done("POST", &at("/tags"), json!({ "name": "pelanggan lama" })).await?;
    ensure!(tagged["tags"] == json!(["pelanggan lama"]), "{tagged}");
    let found = client.list("/rooms?tags[]=pelanggan lama&status=assigned").await?;
    ensure!(found.iter().any(|found| found["id"] == room.as_str()), "{found:?}");
    client.done("DELETE", &at("/tags"), json!({ "name": "pelanggan lama" })).await?;

    let accounts = client.list("/integrations?target_channel=wa_cloud").await?;
    ensure!(accounts.iter().any(|account| account["id"] == shown["channel_integration_id"]));
    let users = client.list("/users?role=admin").await?;
    ensure!(users.iter().any(|user| user["email"] == stack.value("email")), "{users:?}");

    let blocked = json!({ "room_id": room, "reason": "Spam" });
    let blocked = client.done("POST", "/contact_block", blocked).await?;
    ensure!(blocked["is_blocked"] == true && blocked["id"] == shown["contact_id"], "{blocked}");
    let path = format!("/contact_block/{}", blocked["id"].as_str().unwrap_or_default());
    let free = client.done("DELETE", &path, json!({ "room_id": room })).await?;
    ensure!(free["is_blocked"] == false, "{free}");

    let read = client.done("PUT", &at("/mark_all_as_read"), Value::Null).await?;
    ensure!(read["unread_count"] == 0, "{read}");
    let resolved = client.done("PUT", &at("/resolve"), Value::Null).await?;
    ensure!(resolved["status"] == "resolved", "{resolved}");
    Ok(())
}

#[tokio::test]
async fn a_client_of_qontaks_sends_words_and_files_once() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let customer = &customer();
    let room = room_of(&client, customer).await?;
    let words = json!({ "room_id": room, "type": "text", "text": "Salam dari bot" });
    let sent = timely("the bot", client.done("POST", BOT, words.clone())).await?;
    // What a client does after a timeout.
    let again = client.done("POST", BOT, words).await?;
    ensure!(again["id"] == sent["id"], "{again}");
    client.until(&room, &sent["id"], "read").await?;
    ensure!(stack.times_sent(customer, "Salam dari bot").await? == 1);

    let (kind, form) = form(&json!({}), ("menu.jpg", "image/jpeg"), JPEG);
    let uploaded = client.send("POST", "/file_uploader", kind, form).await?;
    ensure!(uploaded.status == 201, "{uploaded:?}");
    let file = uploaded.json["data"]["url"].clone();
    let picture = json!({ "room_id": room, "type": "image", "file": file, "text": "Menu" });
    let picture = client.done("POST", BOT, picture).await?;
    client.until(&room, &picture["id"], "read").await?;
    let messages = client.list(&format!("/rooms/{room}/histories")).await?;
    let shown = messages.iter().find(|message| message["id"] == picture["id"]);
    let link = shown.and_then(|message| message["file"]["url"].as_str()).context("no link")?;
    let opened = stack.send("GET", link, &[], Vec::new()).await?;
    ensure!(opened.status == 200, "{opened:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_of_qontaks_is_refused_in_its_own_words() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let stranger = Client { secret: "guessed".into(), ..Client::of(&stack).await? };
    for (client, method, path, status, problem) in [
        (&stranger, "GET", "/rooms", 401, "unauthorized"),
        (&client, "GET", "/rooms?offset=7", 400, "invalid_field"),
        (&client, "GET", "/broadcasts/whatsapp", 501, "not_implemented"),
        (&client, "POST", "/broadcasts/whatsapp/direct", 501, "not_implemented"),
        (&client, "GET", "/nowhere", 404, "not_found"),
    ] {
        let answer = client.ask(method, path, Value::Null).await?;
        let error = &answer.json["error"];
        let told = (answer.status, error["code"].as_u64(), error["problem"].as_str());
        assert_eq!(told, (status, Some(status.into()), Some(problem)), "{path}: {answer:?}");
        ensure!(answer.json["status"] == "error" && error["messages"][0].is_string());
    }
    let bearer = format!("Bearer {}", stack.value("api_key"));
    let url = format!("{}{V1}/rooms?limit=1", stack.value("api_url"));
    let served = stack.send("GET", &url, &[("authorization", &bearer)], Vec::new()).await?;
    ensure!(served.status == 200, "{served:?}");
    Ok(())
}
