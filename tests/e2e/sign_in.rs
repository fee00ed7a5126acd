//! A person signs in on the deployed stack, and a program signs its requests.

use anyhow::Context;
use app::authenticate::sign;
use serde_json::{Value, json};

use crate::stack::{Answer, Stack, http_date, timely};

async fn post(
    stack: &Stack,
    path: &str,
    cookie: Option<&str>,
    body: Value,
) -> anyhow::Result<Answer> {
    let url = format!("{}{path}", stack.value("api_url"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    stack.send("POST", &url, &headers, body.to_string().into_bytes()).await
}

async fn rooms_with(stack: &Stack, token: &str) -> anyhow::Result<u16> {
    let (url, bearer) = (format!("{}/v1/rooms", stack.value("api_url")), format!("Bearer {token}"));
    Ok(stack.send("GET", &url, &[("authorization", &bearer)], Vec::new()).await?.status)
}

fn token(answer: &Answer) -> anyhow::Result<&str> {
    answer.json["data"]["access_token"].as_str().with_context(|| format!("{answer:?}"))
}

#[tokio::test]
async fn a_person_signs_in_stays_signed_in_and_signs_out() -> anyhow::Result<()> {
    let stack = Stack::running()?;
    let body = json!({ "email": stack.value("email"), "password": stack.value("password") });
    // The first call fetches the user pool's keys.
    post(&stack, "/v1/sign_in", None, body.clone()).await?;
    let signed_in = timely("the sign-in", post(&stack, "/v1/sign_in", None, body)).await?;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    assert_eq!(rooms_with(&stack, token(&signed_in)?).await?, 200);
    let forged = format!("{}x", token(&signed_in)?);
    assert_eq!(rooms_with(&stack, &forged).await?, 401);

    let first = signed_in.cookie.as_deref().context("no cookie was set")?;
    let refreshed = post(&stack, "/v1/sign_in/refresh", Some(first), json!({})).await?;
    assert_eq!(refreshed.status, 200, "{refreshed:?}");
    assert_eq!(rooms_with(&stack, token(&refreshed)?).await?, 200);
    let second = refreshed.cookie.as_deref().context("no cookie was set")?;
    assert_ne!(second, first);

    let out = post(&stack, "/v1/sign_out", Some(second), json!({})).await?;
    assert_eq!(out.status, 204, "{out:?}");
    let over = post(&stack, "/v1/sign_in/refresh", Some(second), json!({})).await?;
    assert_eq!((over.status, &over.json["code"]), (401, &json!("session_over")));
    Ok(())
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_are_told_alike() -> anyhow::Result<()> {
    let stack = Stack::running()?;
    let body = json!({ "email": stack.value("email"), "password": "Kopi-Susu-2026" });
    let wrong = post(&stack, "/v1/sign_in", None, body).await?;
    let body = json!({ "email": "nobody@example.com", "password": "Kopi-Susu-2026" });
    let unknown = post(&stack, "/v1/sign_in", None, body).await?;
    assert_eq!((wrong.status, &wrong.json["code"]), (401, &json!("wrong_password")));
    assert_eq!((wrong.status, wrong.json), (unknown.status, unknown.json));
    Ok(())
}

#[tokio::test]
async fn a_program_signs_its_requests() -> anyhow::Result<()> {
    let stack = Stack::running()?;
    let (target, date) = ("/v1/rooms?status=all&limit=5", http_date()?);
    let send = async |secret: &str| {
        let header = sign(stack.value("api_key_id"), secret, &date, "GET", target);
        let url = format!("{}{target}", stack.value("api_url"));
        let headers = [("date", date.as_str()), ("authorization", header.as_str())];
        stack.send("GET", &url, &headers, Vec::new()).await
    };
    let served = send(stack.value("api_secret")).await?;
    assert_eq!(served.status, 200, "{served:?}");
    assert_eq!(send("guessed").await?.status, 401);
    Ok(())
}
