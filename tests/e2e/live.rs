//! Sockets and the journal of the deployed stack: heard at once, and caught up with.

use std::time::Duration;

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::{
    people::{Person, hired},
    stack::{STEP, Stack, beside_others, customer, now_seconds, text},
};

/// Within this time of the webhook's answer, the message is at the socket.
const AT_ONCE: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn opened(issued: Value) -> anyhow::Result<Socket> {
    let (socket, _) = tokio_tungstenite::connect_async(text(&issued["url"])).await?;
    Ok(socket)
}

async fn socket_of(person: &Person<'_>) -> anyhow::Result<Socket> {
    opened(person.done("POST", "/v1/live/tickets", Value::Null).await?).await
}

/// Waits until a frame tells of a message with these words.
async fn hears(socket: &mut Socket, words: &str) -> anyhow::Result<()> {
    loop {
        let frame = socket.next().await.context("the socket closed")??;
        let Ok(text) = frame.into_text() else { continue };
        let frame: Value = serde_json::from_str(text.as_str()).unwrap_or(Value::Null);
        let events = frame["events"].as_array().cloned().unwrap_or_default();
        if events.iter().any(|event| event["data"]["text"] == words) {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn a_customers_message_reaches_the_socket_at_once() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let customer = &customer();
    // The first call of each function starts its process.
    stack.hears(customer, "Halo").await?;
    tokio::time::sleep(AT_ONCE).await;

    let issued = stack.done("POST", "/v1/live/tickets", Value::Null).await?;
    let url = text(&issued["url"]).to_owned();
    ensure!(url.starts_with(stack.value("ws_url")), "{url}");
    let mut socket = opened(issued).await?;
    ensure!(tokio_tungstenite::connect_async(&url).await.is_err(), "a ticket opened two sockets");

    let answer = stack.deliver(&stack.message(customer, "Masih ada?")).await?;
    ensure!(answer.status == 200, "{answer:?}");
    timeout(AT_ONCE, hears(&mut socket, "Masih ada?")).await.context("the socket heard nothing")?
}

#[tokio::test]
async fn who_is_there_is_shown_and_a_dead_socket_delays_nobody() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let (tono, sari) = (hired(stack, "Tono", "agent").await?, hired(stack, "Sari", "agent").await?);
    let customer = &customer();
    stack.hears(customer, "Halo").await?;
    let is_there = async |person: &Person<'_>| -> anyhow::Result<bool> {
        let there = tono.done("GET", "/v1/presence", Value::Null).await?;
        let mut there = there.as_array().into_iter().flatten();
        Ok(there.any(|one| one["id"] == person.id && one["is_online"] == true))
    };
    ensure!(!is_there(&tono).await? && !is_there(&sari).await?);
    let (mut alive, dead) = (socket_of(&tono).await?, socket_of(&sari).await?);
    ensure!(is_there(&tono).await? && is_there(&sari).await?);
    alive.send(Message::text(json!({ "action": "ping" }).to_string())).await?;
    let pong = async {
        loop {
            let frame = alive.next().await.context("the socket closed")??;
            if frame.into_text().is_ok_and(|text| text.as_str().contains("pong")) {
                return anyhow::Ok(());
            }
        }
    };
    timeout(5 * STEP, pong).await.context("no pong")??;

    // Sari's window is gone, without a goodbye.
    drop(dead);
    let answer = stack.deliver(&stack.message(customer, "Ada orang?")).await?;
    ensure!(answer.status == 200, "{answer:?}");
    timeout(AT_ONCE, hears(&mut alive, "Ada orang?")).await.context("nothing was heard")??;
    for _ in 0..50 {
        if !is_there(&sari).await? {
            ensure!(is_there(&tono).await?);
            return Ok(());
        }
        tokio::time::sleep(STEP / 10).await;
    }
    anyhow::bail!("the dead socket is still listed")
}

#[tokio::test]
async fn a_socket_ends_with_the_membership_that_it_was_opened_for() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let tono = hired(stack, "Tono", "agent").await?;
    let mut socket = socket_of(&tono).await?;
    let path = format!("/v1/users/{}", tono.id);
    ensure!(stack.api("DELETE", &path, &[], Value::Null).await?.status == 204);
    let closed = async {
        while let Some(frame) = socket.next().await {
            if frame.is_err() || frame.is_ok_and(|frame| frame.is_close()) {
                return;
            }
        }
    };
    timeout(5 * STEP, closed).await.context("the socket is still open")
}

/// The page of the journal after a cursor, asked for until an event is as it should be.
async fn until_told(
    person: &Person<'_>,
    after: &str,
    is_so: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    let (mut page, path) = (Value::Null, format!("/v1/events?after={after}"));
    for _ in 0..50 {
        page = person.ask("GET", &path, Value::Null).await?.json;
        if page["data"].as_array().into_iter().flatten().any(&is_so) {
            return Ok(page);
        }
        tokio::time::sleep(STEP / 10).await;
    }
    anyhow::bail!("not told: {page}")
}

/// A cursor as it would have been given out a day ago: after eight bytes that bind it to its list it
/// holds the time, in milliseconds. Nobody can wait for one that is too old.
fn of_yesterday(organization: &str, cursor: &str) -> anyhow::Result<String> {
    let place = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor)?.split_off(8))?;
    let (_, rest) = place.split_once(':').context("no cursor of ours")?;
    let place = format!("{}:{rest}", (now_seconds() - 24 * 3600) * 1000);
    let check = Sha256::digest(format!("{organization}/events\0{place}"));
    Ok(URL_SAFE_NO_PAD.encode([&check[..8], place.as_bytes()].concat()))
}

#[tokio::test]
async fn a_client_that_was_away_catches_up_and_one_that_was_away_for_too_long_begins_anew()
-> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let tono = hired(stack, "Tono", "agent").await?;
    let boss = hired(stack, "Wati", "supervisor").await?;
    let cursor = async |person: &Person<'_>| -> anyhow::Result<String> {
        let page = person.ask("GET", "/v1/events", Value::Null).await?.json;
        ensure!(page["data"] == json!([]), "{page}");
        Ok(text(&page["meta"]["next"]).to_owned())
    };
    let (own, all) = (cursor(&tono).await?, cursor(&boss).await?);

    let room = stack.hears(&customer(), "Halo").await?;
    let is_said = |event: &Value| event["data"]["text"] == "Halo" && event["room_id"] == room["id"];
    let page = until_told(&tono, &own, is_said).await?;
    // The room comes before what is in it, as it is now.
    let events = page["data"].as_array().cloned().unwrap_or_default();
    let at = |is: &dyn Fn(&Value) -> bool| events.iter().position(is);
    let told = at(&|event: &Value| event["data"]["id"] == room["id"]);
    ensure!(told.is_some() && told < at(&is_said), "{page}");

    // What Wati takes is out of Tono's sight: only she is told.
    let path = format!("/v1/rooms/{}/takeover", text(&room["id"]));
    boss.done("POST", &path, Value::Null).await?;
    let is_taken = |event: &Value| event["data"]["agent"]["id"] == boss.id;
    until_told(&boss, &all, is_taken).await?;
    let page = tono.ask("GET", &format!("/v1/events?after={own}"), Value::Null).await?;
    let mut told = page.json["data"].as_array().into_iter().flatten();
    ensure!(!told.any(is_taken), "{page:?}");

    let ask = async |after: &str| {
        tono.ask("GET", &format!("/v1/events?after={after}"), Value::Null).await
    };
    let foreign = ask(&all).await?;
    ensure!(foreign.problem() == (410, "other_view", "after"), "{foreign:?}");
    let guessed = ask("guessed").await?;
    ensure!(guessed.problem() == (400, "invalid_field", "after"), "{guessed:?}");
    let me = tono.done("GET", "/v1/me", Value::Null).await?;
    let late = ask(&of_yesterday(text(&me["organization_id"]), &own)?).await?;
    ensure!(late.problem() == (410, "too_old", "after"), "{late:?}");
    Ok(())
}
