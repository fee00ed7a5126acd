//! Access tokens: what makes one valid, and what each forgery lacks.

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, aws::cognito::POOL, requests::ApiRequest};

use super::{ANI, with_ani};
use crate::desk::{people::Browser, problem};

async fn status_of(world: &World, token: &str) -> u16 {
    let request =
        ApiRequest::new("GET", "/v1/me").header("authorization", format!("Bearer {token}"));
    world.api_in(&world.process, &request).await.unwrap().unwrap().status
}

/// A rightly signed token with something changed.
fn forged(world: &World, header: &[(&str, Value)], claims: &[(&str, Value)]) -> String {
    let services = world.wire.services();
    let sub = services.cognito.users[0].sub.clone();
    let mut all = services.cognito.claims(&sub, world.clock.now_ms());
    let mut head = json!({ "alg": "RS256", "kid": services.cognito.key_id });
    for (name, value) in header {
        head[*name] = value.clone();
    }
    for (name, value) in claims {
        all[*name] = value.clone();
    }
    services.cognito.sign(&head, &all)
}

#[tokio::test(start_paused = true)]
async fn a_token_is_believed_only_if_all_of_it_is_right() {
    let world = with_ani().await;
    let good = forged(&world, &[], &[]);
    assert_eq!(status_of(&world, &good).await, 200);
    let now = world.clock.now_ms() / 1000;
    let issuer = format!("https://cognito-idp.eu-west-1.amazonaws.com/{POOL}");
    for (header, claims) in [
        (vec![("alg", json!("none"))], vec![]),
        (vec![("alg", json!("HS256"))], vec![]),
        (vec![("alg", json!("RS512"))], vec![]),
        (vec![("kid", json!("key-9"))], vec![]),
        (vec![], vec![("iss", json!(issuer))]),
        (vec![], vec![("client_id", json!("another"))]),
        (vec![], vec![("token_use", json!("id"))]),
        (vec![], vec![("exp", json!(now - 30))]),
        (vec![], vec![("exp", json!("never"))]),
    ] {
        let token = forged(&world, &header, &claims);
        assert_eq!(status_of(&world, &token).await, 401, "{header:?} {claims:?}");
    }
    // Their clock and ours may be apart a little.
    let late = forged(&world, &[], &[("exp", json!(now - 5))]);
    assert_eq!(status_of(&world, &late).await, 200);

    let parts: Vec<_> = good.split('.').collect();
    let other = forged(&world, &[], &[("sub", json!("somebody else"))]);
    let others: Vec<_> = other.split('.').collect();
    for wrong in [
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], others[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], others[2]),
        format!("{good}.{}", parts[2]),
        "..".into(),
        "x.y.z".into(),
        "x".repeat(20_000),
    ] {
        let shown: String = wrong.chars().take(40).collect();
        assert_eq!(status_of(&world, &wrong).await, 401, "{shown}");
    }
    // Rightly signed, and nobody here.
    assert_eq!(status_of(&world, &other).await, 403);
}

#[tokio::test(start_paused = true)]
async fn new_keys_are_noticed_and_invented_ones_cost_nothing() {
    let world = with_ani().await;
    let ani = Browser::of(&world, ANI).await;
    assert_eq!(ani.get("/v1/me").await.status, 200);
    assert_eq!(world.wire.services().cognito.fetches, 1, "the keys are remembered");
    for n in 0..50 {
        let token = forged(&world, &[("kid", json!(format!("invented-{n}")))], &[]);
        assert_eq!(status_of(&world, &token).await, 401);
    }
    assert_eq!(world.wire.services().cognito.fetches, 1);
    world.pass(Duration::from_secs(61)).await;
    world.wire.services().cognito.key_id = "key-2".into();
    let token = forged(&world, &[], &[]);
    assert_eq!(status_of(&world, &token).await, 200);
    assert_eq!(world.wire.services().cognito.fetches, 2);
}

#[tokio::test(start_paused = true)]
async fn keys_that_cant_be_fetched_are_our_failure_and_soon_forgotten() {
    let world = with_ani().await;
    let token = forged(&world, &[], &[]);
    world.wire.services().cognito.keys_are_down = true;
    assert_eq!(status_of(&world, &token).await, 500);
    world.wire.services().cognito.keys_are_down = false;
    assert_eq!(status_of(&world, &token).await, 200);
}

#[tokio::test(start_paused = true)]
async fn a_request_of_a_person_costs_one_read() {
    let world = with_ani().await;
    let ani = Browser::of(&world, ANI).await;
    ani.get("/v1/nothing").await;
    ani.get("/v1/integrations").await;
    let before = world.wire.services().calls.len();
    assert_eq!(ani.get("/v1/integrations").await.status, 200);
    let made = world.wire.services().calls[before..].to_vec();
    assert_eq!(made.len(), 2, "the member, then the list: {made:?}");
    let refused = ani.get("/v1/users/x").await;
    assert_eq!(problem(&refused), (400, "invalid_field", "id"));
}
