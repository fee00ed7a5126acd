//! An admin connects a WhatsApp number, and keeps it connected.

mod refused;

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{
    World,
    company::{Company, webhook_request},
    graph::Fault,
    requests::ApiRequest,
    wire::Fate,
    world::Answered,
};

use crate::desk::{BUDI, Desk, fates, problem, stored};

/// What Kopi Kita's admin finds on Meta's pages.
fn papers(company: &Company) -> Value {
    json!({
        "phone_number_id": company.setup.phone_number_id,
        "waba_id": company.setup.business_account,
        "access_token": company.setup.access_token,
        "app_secret": company.setup.app_secret,
    })
}

async fn connect(desk: &Desk<'_>, papers: &Value) -> Answered {
    let request = ApiRequest::new("POST", "/v1/integrations/whatsapp").body(papers.to_string());
    desk.call(request).await
}

async fn reconnect(desk: &Desk<'_>, id: &str, token: &str) -> Answered {
    let body = json!({ "access_token": token }).to_string();
    let path = format!("/v1/integrations/{id}/reconnect");
    desk.call(ApiRequest::new("POST", path).body(body)).await
}

async fn disconnect(desk: &Desk<'_>, id: &str) -> Answered {
    desk.call(ApiRequest::new("DELETE", format!("/v1/integrations/{id}"))).await
}

/// A world in which Kopi Kita has taken its number out, so that it can be connected by hand.
async fn unconnected() -> (World, String) {
    let world = World::new().await.unwrap();
    let id = world.company().provisioned.integration_id.to_string();
    let out = disconnect(&Desk::of(&world), &id).await;
    assert_eq!(out.json["data"]["connection"], "disconnected", "{}", out.json);
    (world, id)
}

#[tokio::test(start_paused = true)]
async fn a_number_is_connected_and_messages_flow() {
    let (mut world, _) = unconnected().await;
    let desk = Desk::of(&world);
    let made = connect(&desk, &papers(world.company())).await;
    assert_eq!(made.status, 201, "{}", made.json);
    let made = &made.json["data"];
    assert_eq!((&made["connection"], &made["is_subscribed"]), (&json!("connected"), &json!(true)));
    assert_eq!((&made["name"], &made["quality_rating"]), (&json!("Kopi Kita"), &json!("GREEN")));
    assert!(world.company().graph().is_subscribed());

    // What the admin enters at Meta leads WhatsApp to us.
    let id = made["id"].as_str().unwrap();
    let webhook = desk.get(&format!("/v1/integrations/{id}/webhook")).await["data"].clone();
    let path = webhook["url"].as_str().unwrap().strip_prefix("https://api.test").unwrap();
    let token = webhook["verify_token"].as_str().unwrap().replace(' ', "%20");
    let challenge = format!("{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=42");
    let verified = world.webhook(&world.process, &ApiRequest::new("GET", challenge)).await;
    assert_eq!(verified.unwrap().unwrap(), (200, "42".into()));

    world.companies[0].setup.app_key = path.rsplit('/').next().unwrap().to_owned();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(desk.reply(&room, "Halo juga", "k").await.status, 201);
    world.settle(Duration::from_secs(2)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_whatsapp_does_not_confirm_is_not_connected() {
    let (world, _) = unconnected().await;
    let desk = Desk::of(&world);
    let before = stored(&world);
    for (field, value) in [
        ("access_token", "EAAB-guessed"),
        ("app_secret", "guessed"),
        ("waba_id", "1"),
        ("phone_number_id", "1"),
    ] {
        let mut papers = papers(world.company());
        papers[field] = json!(value);
        let refused = connect(&desk, &papers).await;
        assert_eq!(problem(&refused), (422, "not_proved", field), "{}", refused.json);
        // Neither token nor secret comes back in words.
        assert!(!refused.json.to_string().contains("guessed"), "{}", refused.json);
    }
    for (field, value) in [("waba_id", "1/../me"), ("access_token", "a\nb"), ("name", " ")] {
        let mut papers = papers(world.company());
        papers[field] = json!(value);
        let refused = connect(&desk, &papers).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{}", refused.json);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_number_belongs_to_one_organization() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    let before = stored(&world);
    let stranger = Desk::of_company(&world, teh);
    let refused = connect(&stranger, &papers(kopi)).await;
    assert_eq!(problem(&refused), (409, "already_connected", ""));
    assert_eq!(stored(&world), before);
    // Once it is released, whoever proves that it is theirs may have it.
    let id = kopi.provisioned.integration_id.to_string();
    assert_eq!(disconnect(&Desk::of_company(&world, kopi), &id).await.status, 200);
    assert_eq!(connect(&stranger, &papers(kopi)).await.status, 201);
    let back = reconnect(&Desk::of_company(&world, kopi), &id, &kopi.setup.access_token).await;
    assert_eq!(problem(&back), (409, "already_connected", ""));
}

#[tokio::test(start_paused = true)]
async fn a_disconnected_number_neither_receives_nor_sends_and_comes_back_with_its_rooms() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let id = world.company().provisioned.integration_id.to_string();
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(desk.reply(&room, "Ada", "k").await.status, 201);
    assert_eq!(disconnect(&desk, &id).await.status, 200);
    assert_eq!(disconnect(&desk, &id).await.status, 200);
    // Warm functions remember an account for a minute.
    world.pass(Duration::from_secs(61)).await;
    world.customer_says(BUDI, "Ada?").await.unwrap();
    assert_eq!(desk.history(&room).await.len(), 2);
    assert_eq!(desk.events("app").await[0]["kind"], "unrouted");
    // What was on its way is not sent.
    world.settle(Duration::from_secs(2)).await.unwrap();
    let failed = desk.history(&room).await[1].clone();
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error"]["title"], "The channel account is disconnected.");

    let back = reconnect(&desk, &id, &world.company().setup.access_token).await;
    assert_eq!(back.json["data"]["id"], json!(id), "{}", back.json);
    world.pass(Duration::from_secs(61)).await;
    world.customer_says(BUDI, "Halo lagi").await.unwrap();
    assert_eq!(desk.history(&room).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_a_number_was_taken_out_reaches_its_room() {
    for call in 0.. {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let room = desk.first_words(BUDI).await;
        let company = world.company();
        world.pass(Duration::from_secs(2)).await;
        let now = world.clock.now_ms();
        let said = company.graph().customer_says(now, BUDI, "Budi", "Ada?");
        // The run that takes it in dies on the way, and the number is taken out before WhatsApp
        // delivers again.
        let calls = fates::strike(&world, call, Fate::DiesAfter);
        let process = world.start_process(fates::UNLUCKY);
        world.webhook(&process, &webhook_request(company, &said.body)).await.unwrap();
        fates::recover(&world);
        let id = company.provisioned.integration_id.to_string();
        assert_eq!(disconnect(&desk, &id).await.status, 200);
        world.pass(Duration::from_secs(61)).await;
        for _ in 0..2 {
            assert_eq!(world.deliver(company, &said).await.unwrap(), 200);
        }
        assert_eq!(desk.history(&room).await.len(), 2, "call {call}");
        let shown = desk.room(&room).await;
        assert_eq!(shown["unread_count"], 2, "call {call}: {shown}");
        assert_eq!(shown["last_message"]["text"], "Ada?", "call {call}");
        if !fates::has_struck(&calls, call) {
            assert!(call >= 4, "only {call} calls were struck");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_refused_token_asks_for_a_new_one() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    let id = world.company().provisioned.integration_id.to_string();
    let shown = async || desk.get(&format!("/v1/integrations/{id}")).await["data"].clone();

    // A refusal of the message says nothing about the token.
    world.company().graph().set_fault(Fault::RateLimit, Some(1));
    desk.reply(&room, "Satu", "1").await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(shown().await["connection"], "connected");

    world.company().graph().change_token("the-new-one");
    desk.reply(&room, "Dua", "2").await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    let broken = shown().await;
    assert_eq!(broken["connection"], "needs_reconnect");
    assert_eq!(broken["reconnect_reason"]["code"], 190);
    assert_eq!(desk.history(&room).await[2]["status"], "failed");
    // Receiving goes on.
    world.customer_says(BUDI, "Halo?").await.unwrap();
    assert_eq!(desk.history(&room).await.len(), 4);

    // The new token works at once, though a warm function still remembers the old one.
    assert_eq!(reconnect(&desk, &id, "the-new-one").await.status, 200);
    assert_eq!(shown().await["connection"], "connected");
    desk.reply(&room, "Tiga", "3").await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(desk.history(&room).await[4]["status"], "read");
    assert_eq!(shown().await["connection"], "connected");
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_connecting_a_second_try_makes_it_good() {
    for fate in fates::EACH {
        for call in 0.. {
            let (world, _) = unconnected().await;
            let desk = Desk::of(&world);
            let process = world.start_process(fates::UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            let body = papers(world.company()).to_string();
            let request = ApiRequest::new("POST", "/v1/integrations/whatsapp")
                .header("authorization", format!("Bearer {}", desk.key))
                .body(body);
            world.api_in(&process, &request).await.unwrap();
            fates::recover(&world);
            let again = connect(&desk, &papers(world.company())).await;
            assert_eq!(again.status, 201, "call {call} {fate:?}: {}", again.json);
            assert_eq!(again.json["data"]["is_subscribed"], true);
            let id = again.json["data"]["id"].as_str().unwrap();
            let webhook = desk.get(&format!("/v1/integrations/{id}/webhook")).await;
            assert!(webhook["data"]["verify_token"].is_string());
            if !fates::has_struck(&calls, call) {
                assert!(call >= 6, "{fate:?}: only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_admin_says_what_customers_see_of_the_business() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let id = world.company().provisioned.integration_id.to_string();
    let path = format!("/v1/integrations/{id}/business_profile");
    let shown = desk.get(&path).await["data"].clone();
    assert_eq!((&shown["about"], &shown["vertical"]), (&json!("Kopi enak"), &json!("RESTAURANT")));
    assert_eq!(
        (&shown["description"], shown["websites"].as_array().unwrap().len()),
        (&Value::Null, 1)
    );

    let change =
        async |body: Value| desk.call(ApiRequest::new("PUT", &path).body(body.to_string())).await;
    let new =
        json!({ "about": "Buka tiap hari ☕", "email": "", "websites": [], "vertical": "RETAIL" });
    let changed = change(new).await;
    assert_eq!(changed.status, 200, "{}", changed.json);
    let changed = &changed.json["data"];
    assert_eq!(changed["about"], "Buka tiap hari ☕");
    assert_eq!((&changed["email"], &changed["websites"]), (&Value::Null, &json!([])));
    assert_eq!(changed["address"], shown["address"], "what was not given stays");
    assert_eq!(desk.get(&path).await["data"], *changed);

    for (field, body) in [
        ("about", json!({ "about": "" })),
        ("about", json!({ "about": "x".repeat(140) })),
        ("email", json!({ "email": "kopi" })),
        ("vertical", json!({ "vertical": "COFFEE" })),
        ("websites[0]", json!({ "websites": ["kopikita.example"] })),
        ("websites", json!({ "websites": ["https://a.b", "https://c.d", "https://e.f"] })),
        ("body", json!({})),
    ] {
        assert_eq!(problem(&change(body).await), (400, "invalid_field", field));
    }
    assert_eq!(desk.get(&path).await["data"], *changed);
    let agent = world.add_member("Tono", Role::Agent).await.unwrap();
    let agent = Desk::with_key(&world, &agent);
    assert_eq!(agent.get(&path).await["data"], *changed);
    let refused = agent.call(ApiRequest::new("PUT", &path).body(r#"{"about":"x"}"#)).await;
    assert_eq!(problem(&refused), (403, "forbidden", ""));

    world.company().graph().set_fault(Fault::ExpiredToken, Some(1));
    let refused = desk.call(ApiRequest::new("GET", &path)).await;
    assert_eq!(problem(&refused), (422, "provider_refused", ""), "{}", refused.json);
    assert_eq!(disconnect(&desk, &id).await.status, 200);
    let out = desk.call(ApiRequest::new("GET", &path)).await;
    assert_eq!(problem(&out), (409, "disconnected", ""));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_told_that_nothing_was_changed_when_it_may_have_been() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let id = world.company().provisioned.integration_id.to_string();
    let path = format!("/v1/integrations/{id}/business_profile");
    let about = async || desk.get(&path).await["data"]["about"].clone();
    let change = async |about: &str| {
        let body = json!({ "about": about }).to_string();
        desk.call(ApiRequest::new("PUT", &path).body(body)).await
    };
    let graph = || world.company().graph();

    graph().set_fault(Fault::TimeoutAfterAccept, Some(1));
    let lost = change("Buka").await;
    assert_eq!(problem(&lost), (502, "outcome_unknown", ""), "{}", lost.json);
    assert!(lost.json["detail"].as_str().unwrap().contains("may have been changed"));
    assert_eq!(about().await, "Buka");

    graph().set_fault(Fault::ExpiredToken, Some(1));
    assert_eq!(problem(&change("Tutup").await), (422, "provider_refused", ""));
    assert_eq!(about().await, "Buka");

    // The second question is refused: by then it was changed.
    graph().set_fault_share(Fault::ExpiredToken, 50);
    let unread = change("Libur").await;
    assert_eq!(problem(&unread), (502, "provider_unavailable", ""));
    assert!(unread.json["detail"].as_str().unwrap().contains("was changed"));
    graph().set_fault(Fault::ExpiredToken, Some(0));
    assert_eq!(about().await, "Libur");
}

#[tokio::test(start_paused = true)]
async fn how_a_number_is_rated_and_how_much_it_may_send_is_shown_as_whatsapp_tells_it() {
    let (mut world, id) = unconnected().await;
    let made = connect(&Desk::of(&world), &papers(world.company())).await.json["data"].clone();
    assert_eq!(
        (&made["quality_rating"], &made["messaging_limit"]),
        (&json!("GREEN"), &json!("TIER_2K"))
    );
    let webhook = Desk::of(&world).get(&format!("/v1/integrations/{id}/webhook")).await;
    let url = webhook["data"]["url"].as_str().unwrap().to_owned();
    world.companies[0].setup.app_key = url.rsplit('/').next().unwrap().to_owned();
    let desk = Desk::of(&world);
    world.pass(Duration::from_secs(600)).await;

    let tells = async |ago: u64, field: &str, facts: Value| {
        let mut value = json!({ "display_phone_number": "6281100000000" });
        value.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let then = world.clock.now_ms() - ago * 1000;
        let delivery = world.company().graph().announces(then, field, &value);
        assert_eq!(world.deliver(world.company(), &delivery).await.unwrap(), 200);
        let shown = desk.get(&format!("/v1/integrations/{id}")).await["data"].clone();
        let text = |name: &str| shown[name].as_str().unwrap().to_owned();
        (text("quality_rating"), text("messaging_limit"), text("verified_name"))
    };
    let is = |quality: &str, limit: &str, name: &str| (quality.into(), limit.into(), name.into());
    const QUALITY: &str = "phone_number_quality_update";
    let flagged = json!({ "event": "FLAGGED", "current_limit": "TIER_2K" });
    assert_eq!(tells(60, QUALITY, flagged.clone()).await, is("RED", "TIER_2K", "Kopi Kita"));
    let better = json!({ "event": "UPGRADE", "max_daily_conversations_per_business": "TIER_10K" });
    assert_eq!(tells(30, QUALITY, better).await, is("RED", "TIER_10K", "Kopi Kita"));
    let good = json!({ "event": "UNFLAGGED", "current_limit": "TIER_10K" });
    assert_eq!(tells(20, QUALITY, good).await, is("UNKNOWN", "TIER_10K", "Kopi Kita"));
    // Once more what was overtaken, and what was known when it was connected.
    assert_eq!(tells(70, QUALITY, flagged.clone()).await, is("UNKNOWN", "TIER_10K", "Kopi Kita"));
    assert_eq!(tells(900, QUALITY, flagged.clone()).await, is("UNKNOWN", "TIER_10K", "Kopi Kita"));
    let name = json!({ "decision": "APPROVED", "requested_verified_name": "Kopi Kita Utama" });
    let named = tells(40, "phone_number_name_update", name).await;
    assert_eq!(named, is("UNKNOWN", "TIER_10K", "Kopi Kita Utama"));
    let other = json!({ "event": "FLAGGED", "display_phone_number": "6281199999999" });
    assert_eq!(tells(0, QUALITY, other).await, is("UNKNOWN", "TIER_10K", "Kopi Kita Utama"));
    assert_eq!(desk.events("app").await.len(), 7, "and all of it is still listed");
}

#[tokio::test(start_paused = true)]
async fn only_admins_connect_and_see_what_connects() {
    let world = World::new().await.unwrap();
    let id = world.company().provisioned.integration_id.to_string();
    let mut staff = Vec::new();
    for (name, role) in [("Tono", Role::Agent), ("Sri", Role::Supervisor)] {
        staff.push((role, world.add_member(name, role).await.unwrap()));
    }
    let before = stored(&world);
    for (role, key) in staff {
        let desk = Desk::with_key(&world, &key);
        assert_eq!(desk.get(&format!("/v1/integrations/{id}")).await["data"]["id"], json!(id));
        for (method, path, body) in [
            ("POST", "/v1/integrations/whatsapp".to_owned(), papers(world.company()).to_string()),
            ("POST", format!("/v1/integrations/{id}/reconnect"), r#"{"access_token":"x"}"#.into()),
            ("PUT", format!("/v1/integrations/{id}"), r#"{"name":"Baru"}"#.into()),
            ("DELETE", format!("/v1/integrations/{id}"), String::new()),
            ("GET", format!("/v1/integrations/{id}/webhook"), String::new()),
        ] {
            let refused = desk.call(ApiRequest::new(method, &path).body(body)).await;
            assert_eq!(problem(&refused).1, "forbidden", "{role:?} {method} {path}");
        }
    }
    assert_eq!(stored(&world), before);
    let desk = Desk::of(&world);
    let body = json!({ "name": " Kedai Utama " }).to_string();
    let path = format!("/v1/integrations/{id}");
    assert_eq!(desk.call(ApiRequest::new("PUT", path).body(body)).await.status, 200);
    let listed = desk.get("/v1/integrations?target_channel=wa_cloud").await;
    assert_eq!(listed["data"][0]["name"], "Kedai Utama");
}
