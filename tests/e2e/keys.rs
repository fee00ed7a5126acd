//! Keys for programs on the deployed stack: shown once, signed with or shown, held to a number of
//! requests, expired, withdrawn.

use std::time::Duration;

use anyhow::ensure;
use app::authenticate::sign;
use serde_json::{Value, json};

use crate::stack::{Answer, Stack, beside_others, http_date, now_seconds, text};

async fn made(stack: &Stack, body: Value) -> anyhow::Result<Value> {
    let answer = stack.api("POST", "/v1/api_keys", &[], body).await?;
    ensure!(answer.header("cache-control") == "no-store", "{answer:?}");
    answer.data()
}

/// A request that is signed with a key.
async fn signed(stack: &Stack, key: &Value, secret: &str, target: &str) -> anyhow::Result<Answer> {
    let date = http_date()?;
    let header = sign(text(&key["username"]), secret, &date, "GET", target);
    let url = format!("{}{target}", stack.value("api_url"));
    let headers = [("date", date.as_str()), ("authorization", header.as_str())];
    stack.send("GET", &url, &headers, Vec::new()).await
}

#[tokio::test]
async fn a_program_signs_its_requests_until_its_key_is_withdrawn() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let scopes = json!(["rooms:read"]);
    let body = json!({ "name": "Gudang", "kind": "hmac", "role": "supervisor", "scopes": scopes });
    let key = made(&stack, body).await?;
    let (secret, target) = (text(&key["secret"]), "/v1/rooms?status=all&limit=5");
    let served = signed(&stack, &key, secret, target).await?;
    ensure!(served.status == 200, "{served:?}");
    ensure!(signed(&stack, &key, "guessed", target).await?.status == 401);
    // It may what its scopes say, and no more.
    let beyond = signed(&stack, &key, secret, "/v1/contacts").await?;
    ensure!(beyond.problem() == (403, "forbidden", ""), "{beyond:?}");

    // How often it may ask is said each time.
    let (limit, left) =
        (served.header("x-ratelimit-limit"), beyond.header("x-ratelimit-remaining"));
    ensure!(limit == "100" && left.parse::<u32>()? < 100, "{served:?} {beyond:?}");
    ensure!(served.header("x-ratelimit-reset").parse::<u32>()? <= 60, "{served:?}");

    // Its secret was shown once; when it was used is shown from now on.
    let listed = async || -> anyhow::Result<Option<Value>> {
        let all = stack.done("GET", "/v1/api_keys", Value::Null).await?;
        let mut all = all.as_array().into_iter().flatten();
        Ok(all.find(|one| one["id"] == key["id"]).cloned())
    };
    let shown = listed().await?.unwrap_or_default();
    ensure!(shown["secret"].is_null() && shown["last_used_at"].is_string(), "{shown}");
    let path = format!("/v1/api_keys/{}", text(&key["id"]));
    ensure!(stack.api("DELETE", &path, &[], Value::Null).await?.status == 204);
    ensure!(signed(&stack, &key, secret, target).await?.status == 401);
    ensure!(listed().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_bearer_key_opens_until_its_time_is_over() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let ends = jiff::Timestamp::from_second(now_seconds() + 5)?.to_string();
    let body = json!({ "name": "Sebentar", "kind": "bearer", "role": "agent", "expires_at": ends });
    let key = made(&stack, body).await?;
    let ask =
        async |path: &str| stack.api_as(text(&key["secret"]), "GET", path, &[], Value::Null).await;
    let served = ask("/v1/rooms").await?;
    ensure!(served.status == 200, "{served:?}");
    ensure!(ask("/v1/api_keys").await?.problem() == (403, "forbidden", ""));
    tokio::time::sleep(Duration::from_secs(6)).await;
    let over = ask("/v1/rooms").await?;
    ensure!(over.status == 401, "{over:?}");
    Ok(())
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let body = json!({ "name": "Terburu-buru", "kind": "bearer", "role": "agent" });
    let key = made(&stack, body).await?;
    let ask = async || {
        stack.api_as(text(&key["secret"]), "GET", "/v1/tags?limit=1", &[], Value::Null).await
    };
    // Ten a second and a hundred a minute: at most two minutes' worth, if one ends in between.
    for _ in 0..202 {
        let answer = ask().await?;
        if answer.status == 429 {
            ensure!(answer.problem() == (429, "rate_limited", ""), "{answer:?}");
            let wait = answer.header("retry-after").parse()?;
            ensure!((1..=60).contains(&wait), "{answer:?}");
            tokio::time::sleep(Duration::from_secs(wait)).await;
            let again = ask().await?;
            ensure!(again.status == 200, "{again:?}");
            return Ok(());
        }
        ensure!(answer.status == 200, "{answer:?}");
    }
    anyhow::bail!("it was served 202 times in less than two minutes")
}
