//! How a sign-in lives on, and how it ends.

use std::time::Duration;

use futures_util::future::join;
use world::{requests::ApiRequest, wire::Fate};

use super::{ANI, with_ani};
use crate::desk::{
    fates::{self, UNLUCKY},
    people::{Browser, cookie},
    problem, rows,
};

#[tokio::test(start_paused = true)]
async fn a_cookie_is_good_once_and_yields_the_next() {
    let world = with_ani().await;
    let mut ani = Browser::of(&world, ANI).await;
    for _ in 0..5 {
        // And what clocks may be apart.
        world.pass(Duration::from_secs(631)).await;
        assert_eq!(ani.get("/v1/me").await.status, 401, "an access token lives ten minutes");
        let old = ani.cookie.clone();
        assert_eq!(ani.refresh().await, 200);
        assert_ne!(ani.cookie, old);
        assert_eq!(ani.get("/v1/me").await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cookie_that_is_used_again_ends_the_whole_sign_in() {
    let world = with_ani().await;
    let mut ani = Browser::of(&world, ANI).await;
    let stolen = ani.cookie.clone();
    assert_eq!(ani.refresh().await, 200);
    world.pass(Duration::from_secs(31)).await;
    let thief = ani.refresh_with(&stolen).await;
    assert_eq!(problem(&thief), (401, "session_over", ""));
    assert!(thief.headers["set-cookie"].contains("Max-Age=0"));
    // Nobody can tell who the thief is, so the other one is out, too.
    assert_eq!(ani.refresh().await, 401);
    assert!(rows(&world, "signin").is_empty());
    // Another sign-in of the same person is not concerned.
    let mut again = Browser::of(&world, ANI).await;
    assert_eq!(again.refresh().await, 200);
}

#[tokio::test(start_paused = true)]
async fn two_tabs_that_refresh_at_once_both_stay() {
    let world = with_ani().await;
    let ani = Browser::of(&world, ANI).await;
    let request =
        ApiRequest::new("POST", "/v1/sign_in/refresh").header("cookie", ani.cookie.clone());
    let processes = ["a", "b"].map(|name| world.start_process(name));
    let (one, other) =
        join(world.api_in(&processes[0], &request), world.api_in(&processes[1], &request)).await;
    let answers = [one.unwrap().unwrap(), other.unwrap().unwrap()];
    assert_eq!(cookie(&answers[0]), cookie(&answers[1]), "a token has one successor");
    let mut next = Browser::from(&world, &answers[1]);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(next.refresh().await, 200);
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_refresh_another_one_makes_it_good() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = with_ani().await;
            let mut ani = Browser::of(&world, ANI).await;
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            let request =
                ApiRequest::new("POST", "/v1/sign_in/refresh").header("cookie", ani.cookie.clone());
            let first = world.api_in(&process, &request).await.unwrap();
            fates::recover(&world);
            let lives = matches!(fate, Fate::AnswerLost | Fate::Throttled);
            assert!(first.is_some() || !lives);
            assert_eq!(ani.refresh().await, 200, "call {call} {fate:?}");
            assert_eq!(ani.refresh().await, 200, "call {call} {fate:?}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 4, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_signs_out_is_out() {
    let world = with_ani().await;
    let mut ani = Browser::of(&world, ANI).await;
    let mut phone = Browser::of(&world, ANI).await;
    let out = ani.sign_out(false).await;
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    assert_eq!(ani.refresh().await, 401);
    assert_eq!(phone.refresh().await, 200, "other sign-ins go on");
    // Signing out again, or with nothing, is no error.
    assert_eq!(ani.sign_out(false).await.status, 204);
    // What was handed out is good for its ten minutes.
    assert_eq!(ani.get("/v1/me").await.status, 200);

    world.pass(Duration::from_secs(1)).await;
    assert_eq!(phone.sign_out(true).await.status, 204);
    assert_eq!(phone.refresh().await, 401);
}

#[tokio::test(start_paused = true)]
async fn signing_out_everywhere_ends_every_sign_in() {
    let world = with_ani().await;
    let mut phone = Browser::of(&world, ANI).await;
    let ani = Browser::of(&world, ANI).await;
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(ani.sign_out(true).await.status, 204);
    assert_eq!(phone.refresh().await, 401);
    let mut again = Browser::of(&world, ANI).await;
    assert_eq!(again.refresh().await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_ends_after_thirty_days_however_often_it_is_refreshed() {
    let world = with_ani().await;
    let mut ani = Browser::of(&world, ANI).await;
    for _ in 0..29 {
        world.pass(Duration::from_secs(24 * 3600)).await;
        assert_eq!(ani.refresh().await, 200);
    }
    world.pass(Duration::from_secs(24 * 3600)).await;
    assert_eq!(ani.refresh().await, 401);
}

#[tokio::test(start_paused = true)]
async fn cookies_that_are_none_are_refused() {
    let world = with_ani().await;
    let ani = Browser::of(&world, ANI).await;
    let (id, secret) = ani.cookie.split_once('.').unwrap();
    let id = id.split_once('=').unwrap().1;
    let stranger = domain::Id::<()>::derived(&["stranger"]);
    for wrong in [
        String::new(),
        "__Host-sapa_refresh=".into(),
        format!("__Host-sapa_refresh={id}"),
        format!("__Host-sapa_refresh={id}."),
        format!("__Host-sapa_refresh={stranger}.{secret}"),
        format!("sapa_refresh={id}.{secret}"),
    ] {
        assert_eq!(ani.refresh_with(&wrong).await.status, 401, "{wrong}");
    }
    // None of them was this sign-in's.
    assert_eq!(ani.refresh_with(&format!("a=b; {}; c=d", ani.cookie)).await.status, 200);
}
