//! Two companies in one table: neither can see, reach or disturb the other.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;
use world::{
    World,
    company::{Company, webhook_request},
    requests::ApiRequest,
};

use crate::desk::{
    BUDI, Desk, SITI,
    operations::{self, Ids, Operation},
    payload::{delivery, status, text},
    problem, stored,
};

/// Kopi Kita, whose customer was answered, and Teh Tua, whose customer was too.
async fn two_companies() -> World {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    for (company, customer) in world.companies.iter().zip([BUDI, SITI]) {
        let now = world.clock.now_ms();
        let said = company.graph().customer_says(now, customer, "Ada", "Halo");
        assert_eq!(world.deliver(company, &said).await.unwrap(), 200);
        world.pass(Duration::from_secs(1)).await;
        let desk = Desk::of_company(&world, company);
        let room = desk.only_room().await["id"].clone();
        assert_eq!(desk.reply(&room, "Halo juga", "k").await.status, 201);
        world.settle(Duration::from_secs(2)).await.unwrap();
    }
    world
}

fn organization(company: &Company) -> String {
    company.provisioned.organization_id.to_string()
}

#[tokio::test(start_paused = true)]
async fn another_companys_id_is_not_found_whatever_is_asked_of_it() {
    let world = two_companies().await;
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    let ids = Ids::at(&Desk::of_company(&world, kopi)).await;
    let before = stored(&world);
    let process = world.start_process("teh");
    let mut operations = operations::guarded();
    operations.retain(Operation::has_id);
    assert!(operations.len() >= 7);
    for operation in operations {
        let request = operation.request(&ids);
        let key = format!("Bearer {}", teh.setup.api_key);
        let asked = request.clone().header("authorization", key);
        let refused = world.api_in(&process, &asked).await.unwrap().unwrap();
        assert_eq!(problem(&refused), (404, "not_found", ""), "{operation:?}");
        // It is the company that makes the difference.
        if operation.method == "GET" {
            assert_eq!(world.api_with(&kopi.setup.api_key, request).await.unwrap().status, 200);
        }
    }
    assert_eq!(stored(&world), before);
    let touched = process.line.organizations.lock().unwrap().clone();
    assert_eq!(touched, BTreeSet::from([organization(teh)]));
}

#[tokio::test(start_paused = true)]
async fn lists_show_ones_own_only() {
    let world = two_companies().await;
    for (company, customer, number) in [(0, BUDI, "106540352242922"), (1, SITI, "777000777000777")]
    {
        let desk = Desk::of_company(&world, &world.companies[company]);
        assert_eq!(desk.only_room().await["account_uniq_id"], customer);
        let integrations = desk.get("/v1/integrations").await["data"].clone();
        assert_eq!(integrations.as_array().unwrap().len(), 1);
        assert_eq!(integrations[0]["account_id"], number);
        // A key or token, sealed or not, is nobody's to see.
        let setup = &world.companies[company].setup;
        for secret in [&setup.access_token, &setup.app_secret, &setup.verify_token] {
            assert!(!integrations.to_string().contains(secret));
        }
        assert!(integrations[0].as_object().unwrap().keys().all(|key| !key.contains("token")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_companys_work_touches_its_own_keys_only() {
    let world = two_companies().await;
    let teh = &world.companies[1];
    let process = world.start_process("teh");
    let key = format!("Bearer {}", teh.setup.api_key);
    let ids = Ids::at(&Desk::of_company(&world, teh)).await;
    for operation in operations::guarded() {
        let request = operation.request(&ids).header("authorization", key.clone());
        let answer = world.api_in(&process, &request).await.unwrap().unwrap();
        // What one operation did may stand in the way of another; all have gone to work.
        let worked = matches!(answer.status, 200..=299 | 409 | 422);
        assert!(worked, "{operation:?}: {}", answer.json);
    }
    let said = teh.graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Ada teh?");
    let request = webhook_request(teh, &said.body);
    assert_eq!(world.webhook(&process, &request).await.unwrap().unwrap().0, 200);
    assert!(world.relay(&process, 100).await.unwrap());
    assert!(world.consume(&process, "outbound.fifo", 0).await.unwrap());
    let touched = process.line.organizations.lock().unwrap().clone();
    assert_eq!(touched, BTreeSet::from([organization(teh)]));
}

#[tokio::test(start_paused = true)]
async fn a_delivery_for_anothers_number_is_unrouted_and_reaches_nobody() {
    let world = two_companies().await;
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    let before = Desk::of_company(&world, kopi).everything().await;
    let forged = text(&world, BUDI, "wamid.forged", 0, "Batalkan pesanan saya");
    let body = delivery(&kopi.setup.phone_number_id, &[forged], &[]);
    // Warm and cold: what is cached for one app must not open the other's.
    for process in [&world.process, &world.start_process("cold")] {
        let answer = world.webhook(process, &webhook_request(teh, &body)).await.unwrap();
        assert_eq!(answer.unwrap().0, 200);
    }
    assert_eq!(Desk::of_company(&world, kopi).everything().await, before);
    assert_eq!(Desk::of_company(&world, kopi).events("app").await.len(), 0);
    let desk = Desk::of_company(&world, teh);
    assert_eq!(desk.rooms("all").await.len(), 1);
    let events = desk.events("app").await;
    assert_eq!((events.len(), &events[0]["kind"]), (1, &json!("unrouted")));
}

#[tokio::test(start_paused = true)]
async fn a_signature_opens_its_own_app_only() {
    let world = two_companies().await;
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    let body = delivery(&kopi.setup.phone_number_id, &[text(&world, BUDI, "w", 0, "x")], &[]);
    let mut request = webhook_request(teh, &body);
    request.path = webhook_request(kopi, &body).path;
    let before = stored(&world);
    assert_eq!(world.webhook(&world.process, &request).await.unwrap().unwrap().0, 401);
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_status_through_anothers_app_changes_nothing() {
    let world = two_companies().await;
    let [kopi, teh] = &world.companies[..] else { panic!("two companies") };
    let desk = Desk::of_company(&world, kopi);
    let before = desk.everything().await;
    let mut failed = status(&world, kopi, "failed");
    failed["errors"] = json!([{ "code": 131_026, "title": "Undeliverable" }]);
    // Under the forger's own number, and under the one that the message went through.
    for number in [&teh.setup.phone_number_id, &kopi.setup.phone_number_id] {
        let body = delivery(number, &[], &[failed.clone()]);
        let process = world.start_process("teh");
        let answer = world.webhook(&process, &webhook_request(teh, &body)).await.unwrap();
        assert_eq!(answer.unwrap().0, 200);
        assert_eq!(desk.everything().await, before);
    }
    let forger = Desk::of_company(&world, teh);
    assert_eq!(forger.events("integration").await.len(), 1);
    assert_eq!(forger.events("app").await.len(), 1);
    assert_eq!(desk.events("integration").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn two_numbers_of_one_company_are_apart_as_well() {
    let mut world = World::new().await.unwrap();
    world.add_company("Kopi Kita", "555000555000555").await.unwrap();
    let [first, second] = &world.companies[..] else { panic!("two numbers") };
    assert_eq!(organization(first), organization(second));
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    desk.reply(&room, "Halo juga", "k").await;
    world.settle(Duration::from_millis(150)).await.unwrap();
    let before = desk.everything().await;

    let report = status(&world, first, "read");
    let body = delivery("555000555000555", &[], &[report]);
    let answer = world.webhook(&world.process, &webhook_request(second, &body)).await.unwrap();
    assert_eq!(answer.unwrap().0, 200);
    assert_eq!(desk.everything().await, before);

    let said = second.graph().customer_says(world.clock.now_ms(), BUDI, "Budi", "Di sini juga");
    assert_eq!(world.deliver(second, &said).await.unwrap(), 200);
    assert_eq!(desk.rooms("all").await.len(), 2);
    assert_eq!(desk.history(&room).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_number_is_connected_once() {
    let mut world = two_companies().await;
    let before = stored(&world).0.len();
    let second = world.add_company("Kopi Palsu", "106540352242922").await;
    assert!(second.is_err());
    // All that came of it is the app that was registered first.
    assert!(stored(&world).0.len() <= before + 1);
    let room = Desk::of(&world).only_room().await;
    let shown = Desk::of(&world).call(ApiRequest::new("GET", "/v1/rooms")).await;
    assert_eq!(shown.json["data"][0]["id"], room["id"]);
}
