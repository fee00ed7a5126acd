//! People sign in, stay signed in, sign out, and forget their passwords.

mod sessions;
mod tokens;

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::PASSWORD};

use crate::desk::{
    fates,
    people::{Browser, ask, sign_in},
    problem, stored,
};

const ANI: &str = "ani@example.com";
const NEW: &str = "Teh-Manis-2027";

async fn with_ani() -> World {
    let world = World::new().await.unwrap();
    world.seat(world.company(), ANI, "Ani", Role::Agent).await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn somebody_signs_in_and_works() {
    let world = with_ani().await;
    world.customer_says("628123456789", "Halo").await.unwrap();
    let answered = sign_in(&world, " Ani@Example.COM ", PASSWORD).await;
    let data = &answered.json["data"];
    assert_eq!((answered.status, &data["expires_in"]), (200, &json!(600)));
    assert_eq!(data["organizations"][0]["name"], "Kopi Kita");
    assert_eq!(answered.headers["cache-control"], "no-store");
    let set = &answered.headers["set-cookie"];
    assert!(set.starts_with("__Host-sapa_refresh="), "{set}");
    for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(set.contains(attribute), "{set}");
    }
    // No script and no log gets at the refresh token.
    let token = set.split(['=', ';']).nth(1).unwrap();
    assert!(!answered.json.to_string().contains(token));

    let ani = Browser::from(&world, &answered);
    let rooms = ani.get("/v1/rooms").await;
    assert_eq!(rooms.json["data"].as_array().unwrap().len(), 1);
    let me = ani.get("/v1/me").await.json["data"].clone();
    assert_eq!(
        (&me["name"], &me["email"], &me["role"]),
        (&json!("Ani"), &json!(ANI), &json!("agent"))
    );
    let room = rooms.json["data"][0]["id"].as_str().unwrap().to_owned();
    let taken = ani.send("POST", &format!("/v1/rooms/{room}/takeover"), json!({})).await;
    assert_eq!(taken.json["data"]["agent"]["id"], me["id"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_address_and_a_wrong_password_are_told_alike() {
    let world = with_ani().await;
    let calls = async |email: &str, password: &str| {
        let before = world.wire.services().calls.len();
        let answered = sign_in(&world, email, password).await;
        let made: Vec<_> = world.wire.services().calls[before..]
            .iter()
            .map(|call| call.split_once(' ').unwrap().1.to_owned())
            .collect();
        (answered, made)
    };
    let wrong = calls(ANI, "Kopi-Susu-2027").await;
    let unknown = calls("nobody@example.com", PASSWORD).await;
    assert_eq!(problem(&wrong.0), (401, "wrong_password", ""));
    assert_eq!(wrong, unknown);

    let forgot = async |email: &str| {
        let answered = ask(&world, "POST", "/v1/password/forgot", json!({ "email": email })).await;
        (answered.status, answered.json, answered.headers)
    };
    assert_eq!(forgot(ANI).await, forgot("nobody@example.com").await);
    assert_eq!(forgot(ANI).await.0, 202);

    let reset = async |email: &str, code: &str, password: &str| {
        let body = json!({ "email": email, "code": code, "new_password": password });
        ask(&world, "POST", "/v1/password/reset", body).await
    };
    let wrong = reset(ANI, "000000", NEW).await;
    assert_eq!(problem(&wrong), (400, "wrong_code", "code"));
    assert_eq!(wrong, reset("nobody@example.com", "000000", NEW).await);
    // A weak password says nothing either.
    let weak = reset(ANI, "000000", "kopi").await;
    assert_eq!(problem(&weak), (400, "invalid_field", "new_password"));
    assert_eq!(weak, reset("nobody@example.com", "000000", "kopi").await);
    let session = json!({ "email": ANI, "session": "x", "new_password": NEW });
    let refused = ask(&world, "POST", "/v1/sign_in/new_password", session).await;
    assert_eq!(problem(&refused), (401, "wrong_password", ""));
}

#[tokio::test(start_paused = true)]
async fn who_was_invited_chooses_a_password_and_is_in() {
    let world = World::new().await.unwrap();
    world.seat(world.company(), ANI, "Ani", Role::Admin).await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let body = json!({ "email": "Tono@example.com", "name": "Tono", "role": "supervisor" });
    let invited = ani.send("POST", "/v1/users", body).await;
    assert_eq!((invited.status, &invited.json["data"]["is_verified"]), (201, &json!(false)));

    let first = world.wire.services().cognito.mail("tono@example.com").unwrap().secret.clone();
    let answered = sign_in(&world, "tono@example.com", &first).await;
    let data = &answered.json["data"];
    assert_eq!((answered.status, &data["challenge"]), (200, &json!("new_password")));
    assert!(data["access_token"].is_null() && !answered.headers.contains_key("set-cookie"));
    let choose = async |email: &str, password: &str| {
        let body = json!({ "email": email, "session": data["session"], "new_password": password });
        ask(&world, "POST", "/v1/sign_in/new_password", body).await
    };
    assert_eq!(problem(&choose("tono@example.com", "kopi").await).2, "new_password");
    assert_eq!(choose(ANI, NEW).await.status, 401);
    let tono = Browser::from(&world, &choose("tono@example.com", NEW).await);
    let me = tono.get("/v1/me").await.json["data"].clone();
    assert_eq!((&me["role"], &me["is_verified"]), (&json!("supervisor"), &json!(true)));
    // The session and the first password were good once.
    assert_eq!(choose("tono@example.com", NEW).await.status, 401);
    assert_eq!(sign_in(&world, "tono@example.com", &first).await.status, 401);
    assert_eq!(sign_in(&world, "tono@example.com", NEW).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn who_forgot_sets_a_password_anew_and_every_sign_in_ends() {
    let world = with_ani().await;
    let mut elsewhere = Browser::of(&world, ANI).await;
    world.pass(Duration::from_secs(60)).await;
    ask(&world, "POST", "/v1/password/forgot", json!({ "email": ANI })).await;
    let code = world.wire.services().cognito.mail(ANI).unwrap().secret.clone();
    let reset = async || {
        let body = json!({ "email": ANI, "code": code, "new_password": NEW });
        ask(&world, "POST", "/v1/password/reset", body).await.status
    };
    assert_eq!(reset().await, 204);
    assert_eq!(sign_in(&world, ANI, PASSWORD).await.status, 401);
    assert_eq!(elsewhere.refresh().await, 401);
    assert_eq!(reset().await, 400, "a code is good once");
    let mut ani = Browser::from(&world, &sign_in(&world, ANI, NEW).await);
    assert_eq!(ani.refresh().await, 200);
}

#[tokio::test(start_paused = true)]
async fn guessing_ends_before_it_begins_to_pay() {
    let world = with_ani().await;
    let mut answers = Vec::new();
    for _ in 0..21 {
        answers.push(sign_in(&world, ANI, "Kopi-Susu-2027").await);
    }
    let last = answers.pop().unwrap();
    assert!(answers.iter().all(|answered| answered.status == 401));
    assert_eq!(problem(&last), (429, "too_many_attempts", ""));
    let wait: u64 = last.headers["retry-after"].parse().unwrap();
    assert!((1..=900).contains(&wait));
    // Other people are not concerned, and unknown addresses are counted as well.
    world.seat(world.company(), "tono@example.com", "Tono", Role::Agent).await.unwrap();
    assert_eq!(sign_in(&world, "tono@example.com", PASSWORD).await.status, 200);
    for n in 0..21 {
        let answered = sign_in(&world, "nobody@example.com", PASSWORD).await;
        assert_eq!(answered.status, if n < 20 { 401 } else { 429 });
    }
    world.pass(Duration::from_secs(wait)).await;
    assert_eq!(sign_in(&world, ANI, PASSWORD).await.status, 200);

    // One network address has its limit over all people.
    let mut refused = 0;
    for n in 0..210 {
        let answered = sign_in(&world, &format!("n{n}@example.com"), PASSWORD).await;
        refused += usize::from(answered.status == 429);
    }
    assert!(refused >= 10, "{refused}");
}

#[tokio::test(start_paused = true)]
async fn a_stranger_locks_nobody_out() {
    let world = with_ani().await;
    let from = async |source: &str, path: &str, body: Value| {
        let request = ApiRequest::new("POST", path).source(source).body(body.to_string());
        world.api_in(&world.process, &request).await.unwrap().unwrap().status
    };
    let guess = json!({ "email": ANI, "password": "Kopi-Susu-2027" });
    let mut answers = Vec::new();
    for n in 0..25 {
        // One household, many of its addresses.
        answers.push(from(&format!("2001:db8::{n:x}"), "/v1/sign_in", guess.clone()).await);
    }
    assert_eq!((answers[19], answers[20], answers[24]), (401, 429, 429));
    let code = json!({ "email": ANI, "code": "000000", "new_password": NEW });
    for n in 0..25 {
        let source = format!("192.0.2.{n}");
        answers.push(from(&source, "/v1/password/reset", code.clone()).await);
    }
    // Codes are short: they can't be guessed from many places either.
    assert_eq!((answers[44], answers[45]), (400, 429));
    let known = json!({ "email": ANI, "password": PASSWORD });
    assert_eq!(from("198.51.100.7", "/v1/sign_in", known).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_form_on_somebody_elses_page_does_nothing() {
    let world = with_ani().await;
    let body = json!({ "email": ANI, "password": PASSWORD }).to_string();
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = ApiRequest::new("POST", "/v1/sign_in").header("content-type", kind);
        let request = request.body(body.clone());
        let refused = world.api_in(&world.process, &request).await.unwrap().unwrap();
        assert_eq!(problem(&refused), (415, "unsupported_media_type", "Content-Type"));
        assert!(!refused.headers.contains_key("set-cookie"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_changes_only_by_its_owner_and_a_code() {
    let world = with_ani().await;
    world.seat(world.company(), "tono@example.com", "Tono", Role::Agent).await.unwrap();
    let ani = Browser::of(&world, ANI).await;
    let want_with = async |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        ani.send("PUT", "/v1/me/email", body).await
    };
    let want = async |email: &str| want_with(email, PASSWORD).await;
    let confirm =
        async |code: &str| ani.send("POST", "/v1/me/email/confirm", json!({ "code": code })).await;
    assert_eq!(problem(&want("ani@").await), (400, "invalid_field", "email"));
    assert_eq!(problem(&want(ANI).await), (400, "invalid_field", "email"));
    assert_eq!(problem(&confirm("123456").await), (400, "wrong_code", "code"));

    // Who has only found a token does not get the address.
    assert_eq!(problem(&want_with("thief@example.com", "").await).2, "password");
    let stolen = want_with("thief@example.com", NEW).await;
    assert_eq!(problem(&stolen), (403, "wrong_password", "password"));
    assert!(world.wire.services().cognito.mail("thief@example.com").is_none());

    assert_eq!(want("Ani@Kopi.id").await.status, 202);
    let me = ani.get("/v1/me").await.json["data"].clone();
    assert_eq!((&me["email"], &me["wanted_email"]), (&json!(ANI), &json!("ani@kopi.id")));
    assert_eq!(problem(&confirm("000000").await), (400, "wrong_code", "code"));
    assert_eq!(sign_in(&world, "ani@kopi.id", PASSWORD).await.status, 401);
    let code = world.wire.services().cognito.mail("ani@kopi.id").unwrap().secret.clone();
    // The code comes twice: the first answer was lost.
    for _ in 0..2 {
        let confirmed = confirm(&code).await;
        if confirmed.status == 200 {
            assert_eq!(confirmed.json["data"]["email"], "ani@kopi.id");
            assert!(confirmed.json["data"]["wanted_email"].is_null());
        }
    }
    assert_eq!(sign_in(&world, "ani@kopi.id", PASSWORD).await.status, 200);
    assert_eq!(sign_in(&world, ANI, PASSWORD).await.status, 401);

    // Somebody else's address is wanted in vain, and nobody is told whose it is.
    assert_eq!(want("tono@example.com").await.status, 202);
    assert_eq!(confirm("000000").await.status, 400);
    assert_eq!(ani.get("/v1/me").await.json["data"]["email"], "ani@kopi.id");
}

#[tokio::test(start_paused = true)]
async fn somebody_of_two_companies_says_which_one_they_mean() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    for (index, role) in [(0, Role::Agent), (1, Role::Admin)] {
        world.seat(&world.companies[index], ANI, "Ani", role).await.unwrap();
    }
    let answered = sign_in(&world, ANI, PASSWORD).await;
    let organizations = answered.json["data"]["organizations"].as_array().unwrap().clone();
    assert_eq!(organizations.len(), 2);
    let ani = Browser::from(&world, &answered);
    let silent = ani.get("/v1/me").await;
    assert_eq!(problem(&silent), (400, "organization_needed", "X-Organization-Id"));
    let ask_for = async |organization: &str| {
        let request = ApiRequest::new("GET", "/v1/me").header("x-organization-id", organization);
        ani.call(request).await
    };
    for (organization, role) in organizations.iter().zip(["agent", "admin"]) {
        let me = ask_for(organization["id"].as_str().unwrap()).await;
        assert_eq!(me.json["data"]["role"], role, "{}", me.json);
    }
    let stranger = domain::Id::<()>::derived(&["stranger"]).to_string();
    let refused = ask_for(&stranger).await;
    assert_eq!(problem(&refused), (403, "not_a_member", "X-Organization-Id"));
    assert_eq!(problem(&ask_for("Teh Tua").await), (400, "invalid_field", "X-Organization-Id"));
}

#[tokio::test(start_paused = true)]
async fn a_user_pool_that_fails_is_not_the_clients_business() {
    let world = with_ani().await;
    fates::refuse(&world, |call| call.service == "cognito");
    let failed = sign_in(&world, ANI, PASSWORD).await;
    assert_eq!(problem(&failed), (503, "unavailable", ""));
    // Who forgot is told what everybody is told.
    let forgot = ask(&world, "POST", "/v1/password/forgot", json!({ "email": ANI })).await;
    assert_eq!(forgot.status, 202);
    fates::recover(&world);
    assert_eq!(sign_in(&world, ANI, PASSWORD).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn no_password_and_no_token_is_stored() {
    let world = with_ani().await;
    let ani = Browser::of(&world, ANI).await;
    let rows = stored(&world).0.join("\n");
    let secret = ani.cookie.split_once('.').unwrap().1;
    for hidden in [PASSWORD, secret, ani.access.as_str(), "refresh-"] {
        assert!(!rows.contains(hidden), "{hidden}");
    }
}
