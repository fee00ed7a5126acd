//! A socket of the deployed stack hears a customer.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::time::timeout;

use crate::stack::{ALONE, Stack};

/// Within this time of the webhook's answer, the message is at the socket.
const AT_ONCE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_customers_message_reaches_the_socket_at_once() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000090";
    // The first call of each function starts its process.
    stack.deliver(&stack.message(customer, "wamid.live.warm", "Halo")).await?;
    tokio::time::sleep(AT_ONCE).await;

    let issued = stack.api("POST", "/v1/live/tickets", &[], Value::Null).await?;
    ensure!(issued.status == 201, "{issued:?}");
    let url = issued.json["data"]["url"].as_str().context("no address")?;
    ensure!(url.starts_with(stack.value("ws_url")), "{url}");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    ensure!(tokio_tungstenite::connect_async(url).await.is_err(), "a ticket opened two sockets");

    let answer = stack.deliver(&stack.message(customer, "wamid.live", "Masih ada?")).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let heard = async {
        loop {
            let frame = socket.next().await.context("the socket closed")??;
            let Ok(text) = frame.into_text() else { continue };
            let frame: Value = serde_json::from_str(text.as_str()).unwrap_or(Value::Null);
            let events = frame["events"].as_array().cloned().unwrap_or_default();
            if events.iter().any(|event| event["data"]["text"] == "Masih ada?") {
                return anyhow::Ok(());
            }
        }
    };
    timeout(AT_ONCE, heard).await.context("the socket heard nothing")??;
    Ok(())
}
