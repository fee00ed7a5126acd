//! The first conversation, on the deployed stack.

use anyhow::Context;
use serde_json::{Value, json};

use crate::stack::{STEP, Stack, alone, customer, timely};

#[tokio::test]
async fn a_customer_writes_an_agent_answers_and_the_ticks_turn() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    // The first call of each function starts its process.
    let room = stack.hears(customer, "Halo").await?;
    let warm = stack.reply(&room, "Halo", "warm").await?;
    stack.until(&room, &warm["id"], "read", 5 * STEP).await?;

    // WhatsApp's clock has whole seconds: in the same one, our answer would be the later message.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let body = stack.message(customer, "Kopinya masih ada?");
    let answer = timely("the webhook", stack.deliver(&body)).await?;
    assert_eq!(answer.status, 200, "{answer:?}");
    let list = stack.done("GET", "/v1/rooms", Value::Null);
    let list = timely("the list of rooms", list).await?;
    let room =
        list.as_array().into_iter().flatten().find(|room| room["account_uniq_id"] == **customer);
    let room = room.context("the room is listed")?.clone();
    assert_eq!(room["last_message"]["text"], "Kopinya masih ada?");
    assert_eq!(room["unread_count"], 2);

    let reply = timely("the reply", stack.reply(&room, "Masih!", "story")).await?;
    stack.until(&room, &reply["id"], "read", STEP).await?;
    let history = stack.history(&room).await?;
    let last = &history[history.len() - 1];
    assert_eq!((&last["text"], &last["status"]), (&json!("Masih!"), &json!("read")));
    assert!(last["delivered_at"].is_string());
    assert_eq!(stack.times_sent(customer, "Masih!").await?, 1);

    let id = room["id"].as_str().unwrap_or_default();
    for (method, path, status) in [
        ("POST", format!("/v1/rooms/{id}/takeover"), "assigned"),
        ("PUT", format!("/v1/rooms/{id}/mark_all_as_read"), "assigned"),
        ("PUT", format!("/v1/rooms/{id}/resolve"), "resolved"),
    ] {
        let answer = timely(&path, stack.api(method, &path, &[], Value::Null)).await?;
        assert_eq!((answer.status, &answer.json["data"]["status"]), (200, &json!(status)));
    }
    let path = format!("/v1/rooms/{id}/messages");
    let refused = stack.api("POST", &path, &[], json!({ "text": "Satu lagi" })).await?;
    assert_eq!((refused.status, &refused.json["code"]), (422, &json!("room_resolved")));
    Ok(())
}

#[tokio::test]
async fn four_deliveries_of_a_message_show_it_once() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let body = stack.message(customer, "Halo");
    let deliveries = (0..4).map(|_| stack.deliver(&body));
    for answer in futures_util::future::try_join_all(deliveries).await? {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let room = stack.room_of(customer).await?;
    assert_eq!(room["unread_count"], 1);
    assert_eq!(stack.history(&room).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn strangers_are_refused() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let body = stack.message(customer, "Halo");
    let url = stack.value("webhook_url");
    let forged = [("x-hub-signature-256", "sha256=00")];
    assert_eq!(stack.send("POST", url, &forged, body.clone()).await?.status, 401);
    assert_eq!(stack.send("POST", url, &[], body).await?.status, 401);
    assert!(stack.room_of(customer).await.is_err());

    let verify =
        |token: &str| format!("{url}?hub.mode=subscribe&hub.challenge=77&hub.verify_token={token}");
    let right = stack.send("GET", &verify(stack.value("verify_token")), &[], Vec::new()).await?;
    assert_eq!((right.status, right.text.as_str()), (200, "77"));
    assert_eq!(stack.send("GET", &verify("wrong"), &[], Vec::new()).await?.status, 403);

    let api = format!("{}/v1/rooms", stack.value("api_url"));
    assert_eq!(stack.send("GET", &api, &[], Vec::new()).await?.status, 401);
    let tampered = stack.api("GET", "/v1/rooms?cursor=AAAA", &[], Value::Null).await?;
    assert_eq!((tampered.status, &tampered.json["field"]), (400, &json!("cursor")));
    let document = stack
        .send("GET", &format!("{}/v1/openapi.json", stack.value("api_url")), &[], Vec::new())
        .await?;
    assert_eq!(document.json["openapi"], "3.1.0");
    // API Gateway hands paths over decoded: what is none then is asked for, too.
    for path in ["/v1/rooms/a%20%22b", "/v1/%E2%9C%93", "/webhooks/whatsapp/%7B%20%7D"] {
        let url = format!("{}{path}", stack.value("api_url"));
        let status = stack.send("GET", &url, &[], Vec::new()).await?.status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    Ok(())
}

#[tokio::test]
async fn broken_json_is_answered_and_kept() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    assert_eq!(stack.deliver(b"{\"object\": ").await?.status, 200);
    let list = stack.api("GET", "/v1/integrations", &[], Value::Null).await?;
    let id = list.json["data"][0]["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/v1/integrations/{id}/events?of=app");
    let events = stack.api("GET", &path, &[], Value::Null).await?;
    let events = events.json["data"].as_array().cloned().unwrap_or_default();
    assert!(events.iter().any(|event| event["kind"] == "unparseable"), "{events:?}");
    Ok(())
}
