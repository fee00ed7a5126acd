//! A WhatsApp number on the deployed stack: where it is entered at Meta, what happened to it, and how
//! it gets a new token in place.

use std::{fs, path::PathBuf};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::stack::{ALONE, STEP, Stack};

#[tokio::test]
async fn a_number_whose_token_was_refused_is_reconnected_in_place() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000061";
    stack.deliver(&stack.message(customer, "wamid.reconnect", "Halo")).await?;
    let room = stack.room_of(customer).await?;
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

/// What the simulator takes for the number's token: in the file that `cargo dev up` keeps.
#[expect(clippy::disallowed_methods, reason = "where cargo dev test says the stack is")]
fn access_token() -> anyhow::Result<String> {
    let state = PathBuf::from(std::env::var("SAPA_E2E_STATE")?);
    let demo: Value = serde_json::from_slice(&fs::read(state.with_file_name("demo.json"))?)?;
    Ok(demo["access_token"].as_str().context("demo.json holds no token")?.to_owned())
}
