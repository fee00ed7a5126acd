//! People on the deployed stack: invited, signed in, with the rights of their role, and back in when
//! they forgot.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::{
    people::{PASSWORD, accepts, hired, invited, mail, mailed_password, post, sign_in, token},
    stack::{Stack, beside_others, customer, text, timely},
};

async fn rooms_with(stack: &Stack, token: &str) -> anyhow::Result<u16> {
    Ok(stack.api_as(token, "GET", "/v1/rooms", &[], Value::Null).await?.status)
}

#[tokio::test]
async fn a_person_signs_in_stays_signed_in_and_signs_out() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let (email, password) = (stack.value("email"), stack.value("password"));
    // The first call fetches the user pool's keys.
    sign_in(&stack, email, password).await?;
    let signed_in = timely("the sign-in", sign_in(&stack, email, password)).await?;
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
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let (_, known) = invited(&stack, "Wati", "agent").await?;
    let unknown = format!("nobody.{known}");
    let ask = async |email: &str, path: &str, mut body: Value| -> anyhow::Result<_> {
        body["email"] = json!(email);
        let answer = post(&stack, path, None, body).await?;
        Ok((answer.status, answer.text))
    };
    for (path, status, body) in [
        ("/v1/sign_in", 401, json!({ "password": "Kopi-Susu-2026" })),
        ("/v1/password/forgot", 202, json!({})),
        ("/v1/password/reset", 400, json!({ "code": "000000", "new_password": PASSWORD })),
    ] {
        let told = ask(&known, path, body.clone()).await?;
        assert_eq!(told, ask(&unknown, path, body).await?, "{path}");
        assert_eq!(told.0, status, "{path}: {}", told.1);
    }
    Ok(())
}

#[tokio::test]
async fn who_was_invited_chooses_a_password_and_may_do_what_their_role_may() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let (_, email) = invited(stack, "Tono", "agent").await?;
    let first = mailed_password(stack, &email).await?;
    let tono = accepts(stack, &email, &first).await?;
    ensure!(tono.status == 200 && tono.cookie.is_some(), "{tono:?}");
    let tono = token(&tono)?;
    let me = stack.api_as(tono, "GET", "/v1/me", &[], Value::Null).await?.data()?;
    ensure!((text(&me["role"]), &me["is_verified"]) == ("agent", &json!(true)), "{me}");
    // The first password was good once.
    ensure!(sign_in(stack, &email, &first).await?.status == 401);
    ensure!(sign_in(stack, &email, PASSWORD).await?.status == 200);

    let sari = hired(stack, "Sari", "supervisor").await?;
    let room = stack.hears(&customer(), "Halo").await?;
    let integration = stack.integration().await?;
    let events = format!("/v1/integrations/{}/events", text(&integration["id"]));
    let webhook = format!("/v1/integrations/{}/webhook", text(&integration["id"]));
    let shown = format!("/v1/rooms/{}", text(&room["id"]));
    for (path, agent, supervisor) in [(&shown, 200, 200), (&events, 403, 200), (&webhook, 403, 403)]
    {
        let asked = stack.api_as(tono, "GET", path, &[], Value::Null).await?;
        ensure!(asked.status == agent, "{path}: {asked:?}");
        let asked = sari.ask("GET", path, Value::Null).await?;
        ensure!(asked.status == supervisor, "{path}: {asked:?}");
    }
    // An agent sees their own rooms and nobody's, a supervisor all.
    sari.done("POST", &format!("{shown}/takeover"), Value::Null).await?;
    let hidden = stack.api_as(tono, "GET", &shown, &[], Value::Null).await?;
    ensure!(hidden.problem() == (404, "not_found", ""), "{hidden:?}");

    // Only an admin changes a member; who is removed is out at once.
    let path = format!("/v1/users/{}", sari.id);
    let refused = sari.ask("PUT", &path, json!({ "name": "Bos" })).await?;
    ensure!(refused.problem() == (403, "forbidden", ""), "{refused:?}");
    let named = stack.done("PUT", &path, json!({ "name": "Sari Dewi", "role": "agent" })).await?;
    ensure!(named["name"] == "Sari Dewi", "{named}");
    ensure!(sari.ask("GET", &events, Value::Null).await?.status == 403);
    let gone = stack.api("DELETE", &path, &[], Value::Null).await?;
    ensure!(gone.status == 204, "{gone:?}");
    let out = sari.ask("GET", &shown, Value::Null).await?;
    ensure!(matches!(out.status, 401 | 403), "{out:?}");
    Ok(())
}

#[tokio::test]
async fn who_forgot_sets_a_password_anew_and_every_sign_in_ends() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let ani = hired(stack, "Ani", "agent").await?;
    let elsewhere = sign_in(stack, &ani.email, PASSWORD).await?;
    let cookie = elsewhere.cookie.as_deref().context("no cookie was set")?;
    let body = json!({ "email": ani.email });
    ensure!(post(stack, "/v1/password/forgot", None, body).await?.status == 202);
    let reset = async |code: &str| {
        let new = "Teh-manis-2027-dingin";
        let body = json!({ "email": ani.email, "code": code, "new_password": new });
        post(stack, "/v1/password/reset", None, body).await
    };
    let guessed = reset("000000").await?;
    ensure!(guessed.problem() == (400, "wrong_code", "code"), "{guessed:?}");
    let mail = mail(stack, &ani.email).await?;
    let code = mail.rsplit(' ').next().unwrap_or_default().trim_end_matches('.');
    let done = reset(code).await?;
    ensure!(done.status == 204, "{done:?}");
    ensure!(sign_in(stack, &ani.email, PASSWORD).await?.status == 401);
    ensure!(sign_in(stack, &ani.email, "Teh-manis-2027-dingin").await?.status == 200);
    let over = post(stack, "/v1/sign_in/refresh", Some(cookie), json!({})).await?;
    ensure!(over.problem() == (401, "session_over", ""), "{over:?}");
    Ok(())
}

/// How it ends, with the code from the new address, is told over the wire double: this emulator
/// knows no such code.
#[tokio::test]
async fn another_address_is_wanted_with_the_password_and_is_not_ones_own_yet() -> anyhow::Result<()>
{
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let dewi = hired(stack, "Dewi", "agent").await?;
    let wanted = format!("baru.{}", dewi.email);
    let want = async |password: &str| {
        let body = json!({ "email": wanted, "password": password });
        dewi.ask("PUT", "/v1/me/email", body).await
    };
    let stolen = want("Teh-manis-2027-dingin").await?;
    ensure!(stolen.problem() == (403, "wrong_password", "password"), "{stolen:?}");
    let asked = want(PASSWORD).await?;
    ensure!(asked.status == 202, "{asked:?}");
    let me = dewi.done("GET", "/v1/me", Value::Null).await?;
    ensure!(me["email"] == dewi.email && me["wanted_email"] == wanted, "{me}");
    // Not even an admin changes the address of somebody who has proved theirs.
    let body = json!({ "email": format!("lain.{}", dewi.email) });
    let path = format!("/v1/users/{}/email", dewi.id);
    let refused = stack.api("PUT", &path, &[], body).await?;
    ensure!(refused.problem() == (409, "not_correctable", "email"), "{refused:?}");
    // One that was mistyped, and that nobody has proved yet, an admin does correct.
    let (toni, mistyped) = invited(stack, "Toni", "agent").await?;
    let body = json!({ "email": format!("benar.{mistyped}") });
    let path = format!("/v1/users/{toni}/email");
    let corrected = stack.done("PUT", &path, body).await?;
    ensure!(corrected["email"] == format!("benar.{mistyped}"), "{corrected}");
    Ok(())
}
