//! A WhatsApp number on the deployed stack: where it is entered at Meta, what happened to it, how it is
//! taken out and connected, and how it gets a new token in place.

use std::{fs, path::PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::stack::{STEP, Stack, alone, beside_others, customer, now_seconds, text, unique};

#[tokio::test]
async fn a_number_whose_token_was_refused_is_reconnected_in_place() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let room = stack.hears(&customer(), "Halo").await?;
    let listed = stack.api("GET", "/v1/integrations", &[], Value::Null).await?;
    let id = listed.json["data"][0]["id"].as_str().context("no integration")?;
    let path = format!("/v1/integrations/{id}");
    let shown = async || -> anyhow::Result<Value> {
        Ok(stack.api("GET", &path, &[], Value::Null).await?.json["data"].clone())
    };

    // What the admin copies to Meta's page answers Meta's question.
    let webhook = stack.api("GET", &format!("{path}/webhook"), &[], Value::Null).await?;
    let token = webhook.json["data"]["verify_token"].as_str().context("no verify token")?;
    let key = webhook.json["data"]["url"].as_str().and_then(|url| url.rsplit('/').next());
    let address =
        format!("{}/webhooks/whatsapp/{}", stack.value("api_url"), key.unwrap_or_default());
    let challenge =
        format!("{address}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=77");
    ensure!(stack.send("GET", &challenge, &[], Vec::new()).await?.text == "77");

    // One refused token, and the number asks for a new one; the message says why it failed.
    stack.fault("expired-token", 1).await?;
    let lost = stack.reply(&room, "Sebentar", "reconnect-1").await?;
    stack.until(&room, &lost["id"], "failed", 5 * STEP).await?;
    let broken = shown().await?;
    ensure!(broken["connection"] == "needs_reconnect", "{broken}");
    ensure!(broken["reconnect_reason"]["code"] == 190, "{broken}");

    // A token that the provider does not know changes nothing.
    let reconnect = format!("{path}/reconnect");
    let guessed = json!({ "access_token": "guessed" });
    let refused = stack.api("POST", &reconnect, &[], guessed).await?;
    ensure!((refused.status, &refused.json["code"]) == (422, &json!("not_proved")), "{refused:?}");
    ensure!(shown().await?["connection"] == "needs_reconnect");
    let good = json!({ "access_token": access_token()? });
    let back = stack.api("POST", &reconnect, &[], good).await?;
    ensure!(back.json["data"]["connection"] == "connected", "{back:?}");
    ensure!(back.json["data"]["id"] == id, "{back:?}");

    // The same room goes on.
    let again = stack.reply(&room, "Sudah", "reconnect-2").await?;
    stack.until(&room, &again["id"], "read", 5 * STEP).await?;
    ensure!(stack.history(&room).await?.len() == 3);
    // A warm function would remember for a minute that the token was replaced, and take the next
    // story's refusal for one of the old token.
    stack.kill("outbound")?;
    Ok(())
}

#[tokio::test]
async fn a_number_is_taken_out_and_connected_again_with_its_history() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Halo").await?;
    let known = stack.integration().await?;
    let id = text(&known["id"]);
    let path = format!("/v1/integrations/{id}");
    let named = stack.done("PUT", &path, json!({ "name": "Kopi Kita Pusat" })).await?;
    ensure!(named["name"] == "Kopi Kita Pusat", "{named}");

    let out = stack.done("DELETE", &path, Value::Null).await?;
    ensure!(out["connection"] == "disconnected", "{out}");
    // Warm functions would remember the number for a minute.
    for function in ["webhook", "agent-api"] {
        stack.kill(function)?;
    }
    // Said after that minute: what was said before still reaches its room.
    let said = stack.message_of(-90, customer, "Ada?");
    let mut status = 0;
    for _ in 0..20 {
        status = stack.deliver(&said).await?.status;
        if status == 200 {
            break;
        }
        tokio::time::sleep(STEP / 10).await;
    }
    ensure!(status == 200, "{status}");
    // Nothing is heard and nothing is sent; what WhatsApp delivers all the same is kept.
    let events = format!("{path}/events?of=app");
    let is_kept = |events: &Value| {
        events.as_array().into_iter().flatten().any(|event| event["kind"] == "unrouted")
    };
    stack.until_shown(&events, 5 * STEP, is_kept).await?;
    ensure!(stack.history(&room).await?.len() == 1);
    let messages = format!("/v1/rooms/{}/messages", text(&room["id"]));
    let refused = stack.api("POST", &messages, &[], json!({ "text": "Sebentar" })).await?;
    ensure!(refused.status == 422 && refused.json["code"] == "disconnected", "{refused:?}");
    ensure!(stack.sent_to(customer).await?.is_empty());

    let papers = json!({
        "name": "Kopi Kita",
        "phone_number_id": stack.value("phone_number_id"),
        "waba_id": known["business_account_id"],
        "access_token": access_token()?,
        "app_secret": stack.value("app_secret"),
    });
    let connect = async |field: &str, value: &str| {
        let mut papers = papers.clone();
        papers[field] = json!(value);
        stack.api("POST", "/v1/integrations/whatsapp", &[], papers).await
    };
    // WhatsApp has to confirm all of it.
    for (field, wrong) in
        [("access_token", "guessed"), ("app_secret", "guessed"), ("phone_number_id", "1")]
    {
        let refused = connect(field, wrong).await?;
        ensure!(refused.problem() == (422, "not_proved", field), "{refused:?}");
        ensure!(!refused.text.contains("guessed"), "{refused:?}");
    }
    ensure!(stack.done("GET", &path, Value::Null).await?["connection"] == "disconnected");
    let back = connect("name", "Kopi Kita").await?;
    ensure!(back.status == 201, "{back:?}");
    let back = back.data()?;
    ensure!(back["id"] == id && back["connection"] == "connected", "{back}");
    ensure!(back["is_subscribed"] == true && back["quality_rating"] == "GREEN", "{back}");
    for function in ["webhook", "outbound"] {
        stack.kill(function)?;
    }

    // The same room goes on, with all that was said in it.
    let said = stack.message(customer, "Halo lagi");
    for _ in 0..20 {
        if stack.deliver(&said).await?.status == 200 {
            break;
        }
        tokio::time::sleep(STEP / 10).await;
    }
    let again = stack.reply(&room, "Sudah", "back").await?;
    stack.until(&room, &again["id"], "read", 10 * STEP).await?;
    let history = stack.history(&room).await?;
    let words: Vec<_> = history.iter().map(|message| text(&message["text"])).collect();
    ensure!(words == ["Halo", "Halo lagi", "Sudah"], "{words:?}");
    Ok(())
}

#[tokio::test]
async fn what_whatsapp_tells_of_a_number_is_listed() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let integration = stack.integration().await?;
    let name = format!("promo_{}", unique());
    let told = json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": integration["business_account_id"], "time": now_seconds(),
            "changes": [{ "field": "message_template_status_update", "value": {
                "event": "REJECTED", "message_template_id": 510_880_000_000_009_u64,
                "message_template_name": name, "message_template_language": "id",
                "reason": "INVALID_FORMAT",
            } }],
        }],
    });
    let answer = stack.deliver(told.to_string().as_bytes()).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let path = format!("/v1/integrations/{}/events", text(&integration["id"]));
    let mut listed = Vec::new();
    for of in ["integration", "app"] {
        let events = stack.done("GET", &format!("{path}?limit=100&of={of}"), Value::Null).await?;
        listed.extend(events.as_array().cloned().unwrap_or_default());
    }
    let event = listed.iter().find(|event| text(&event["summary"]).contains(&name));
    let event = event.with_context(|| format!("{listed:?}"))?;
    ensure!(event["kind"] == "message_template_status_update", "{event}");
    Ok(())
}

/// Gives the number its token anew, after a story in which the provider refused it.
pub(crate) async fn reconnected(stack: &Stack) -> anyhow::Result<()> {
    let path = format!("/v1/integrations/{}/reconnect", text(&stack.integration().await?["id"]));
    let back = stack.done("POST", &path, json!({ "access_token": access_token()? })).await?;
    ensure!(back["connection"] == "connected", "{back}");
    // A warm function would remember for a minute that the token was replaced, and take the next
    // story's refusal for one of the old token.
    stack.kill("outbound")?;
    Ok(())
}

/// What the simulator takes for the number's token: in the file that `cargo dev up` keeps.
#[expect(clippy::disallowed_methods, reason = "where cargo dev test says the stack is")]
fn access_token() -> anyhow::Result<String> {
    let state = PathBuf::from(std::env::var("SAPA_E2E_STATE")?);
    let demo: Value = serde_json::from_slice(&fs::read(state.with_file_name("demo.json"))?)?;
    Ok(demo["access_token"].as_str().context("demo.json holds no token")?.to_owned())
}
