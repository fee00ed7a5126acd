//! Contacts are found by how their names and numbers begin.

use std::time::Duration;

use futures_util::future::join;
use serde_json::json;
use world::{World, company::webhook_request, requests::ApiRequest, wire::Fate};

use super::{assert_aligned, edit, says};
use crate::desk::{
    BUDI, Desk,
    fates::{self, UNLUCKY},
    problem, rows,
};

async fn people(desk: &Desk<'_>) {
    for (number, name) in [
        ("628123456789", "Budi Santoso"),
        ("628129999999", "budiman"),
        ("628777000001", "Siti Budiarti"),
        ("14155550100", "Ann O'Neil"),
        ("628570000000", "Äneas"),
        ("628570000001", "🌸"),
        ("628570000002", "Toko 812"),
    ] {
        desk.introduced(number, name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_found_by_any_word_of_the_name_and_by_the_number_as_people_write_it() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    people(&desk).await;
    for (query, expected) in [
        ("query=budi", vec!["Budi Santoso", "budiman", "Siti Budiarti"]),
        ("query=BUDI%20s", vec!["Budi Santoso"]),
        ("query=sant", vec!["Budi Santoso"]),
        ("query=neil", vec!["Ann O'Neil"]),
        ("query=%C3%A4n", vec!["Äneas"]),
        ("query=0812345", vec!["Budi Santoso"]),
        ("query=%2B62%20812", vec!["Budi Santoso", "budiman"]),
        ("query=62812", vec!["Budi Santoso", "budiman"]),
        ("query=812", vec!["Budi Santoso", "budiman", "Toko 812"]),
        ("query=1415", vec!["Ann O'Neil"]),
        ("query=udi", vec![]),
        ("query=9999", vec![]),
    ] {
        for limit in [1, 2, 100] {
            assert_eq!(desk.found(&format!("{query}&"), limit).await, expected, "{query} {limit}");
        }
    }
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn all_contacts_are_listed_once_by_name_whatever_the_page() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    people(&desk).await;
    let all = ["🌸", "Ann O'Neil", "Budi Santoso", "budiman", "Siti Budiarti", "Toko 812", "Äneas"];
    for limit in [1, 2, 3, 7, 100] {
        assert_eq!(desk.found("", limit).await, all, "{limit}");
    }
    // Who writes again, or several times at first, is no one else.
    says(&world, "628123456789", "Budi Santoso", "Lagi").await;
    assert_eq!(desk.found("", 100).await.len(), all.len());
}

#[tokio::test(start_paused = true)]
async fn a_new_name_is_found_and_the_old_one_is_not() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced("628123456789", "Budi Santoso").await;
    let renamed = desk.call(edit(&budi, &json!({ "full_name": "Pak Wijaya" }))).await;
    assert_eq!(renamed.status, 200, "{}", renamed.json);
    assert_eq!(desk.found("query=wij&", 10).await, ["Pak Wijaya"]);
    for gone in ["budi", "santoso"] {
        assert_eq!(desk.found(&format!("query={gone}&"), 10).await, Vec::<String>::new());
    }
    assert_eq!(desk.found("query=0812&", 10).await, ["Pak Wijaya"]);
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn a_number_is_found_from_the_moment_it_is_told() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let now = world.clock.now_ms();
    let hidden = world::graph::Person::with_user_id("ID.1", "Dewi");
    let kind = world::graph::Kind::text("Halo");
    let said = world.company().graph().customer_sends(now, &hidden, kind);
    assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    assert_eq!(desk.found("query=0855&", 10).await, Vec::<String>::new());
    let known = world::graph::Person {
        user_id: Some("ID.1".into()),
        ..world::graph::Person::with_phone("628551111", "Dewi")
    };
    let kind = world::graph::Kind::text("Ini nomor saya");
    let said = world.company().graph().customer_sends(now, &known, kind);
    assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    assert_eq!(desk.found("query=0855&", 10).await, ["Dewi"]);
    let dewi = desk.get("/v1/contacts?query=dewi").await["data"][0].clone();
    assert_eq!(dewi["phone_number"], "628551111");
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn a_search_without_a_letter_or_digit_is_refused() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    desk.introduced("628123456789", "Budi").await;
    let long = "x".repeat(101);
    for query in ["", "%20", "-", "%F0%9F%8C%B8", &long] {
        let path = format!("/v1/contacts?query={query}");
        let refused = desk.call(ApiRequest::new("GET", path)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "query"), "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_writes_first_under_two_names_is_found_by_the_one_that_counts() {
    for put in 0..6 {
        let world = World::new().await.unwrap();
        let desk = Desk::of(&world);
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_says(now, BUDI, "Budi Rahasia", "Halo");
        let request = webhook_request(world.company(), &said.body);
        // One run hangs at one of its writes; another does all of its work meanwhile, and a member
        // gives a name of theirs.
        let mut puts = 0;
        world.wire.set_fates(Box::new(move |call| {
            let is_put = call.process == UNLUCKY && call.operation == "PutItem";
            let hangs = is_put && puts == put;
            puts += u32::from(is_put);
            (Fate::Served, if hangs { 1500 } else { 1 })
        }));
        let process = world.start_process(UNLUCKY);
        let hanging = world.webhook(&process, &request);
        let meanwhile = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            says(&world, BUDI, "Budi", "Halo").await;
            let contact = desk.room_of(BUDI).await["contact_id"].clone();
            let named = desk.call(edit(&contact, &json!({ "full_name": "Wijaya" }))).await;
            assert_eq!(named.status, 200, "{}", named.json);
        };
        let (answered, ()) = join(hanging, meanwhile).await;
        assert_eq!(answered.unwrap().unwrap().0, 200);
        fates::recover(&world);
        assert_aligned(&world);
        let found = ["a#", "w#", "p#"].into_iter().flat_map(|kind| rows(&world, kind));
        let found = found.map(|row| row["sk"]["S"].as_str().unwrap().to_owned());
        let names: Vec<_> = found.filter(|sk| sk.to_lowercase().contains("budi")).collect();
        assert_eq!(names, Vec::<String>::new(), "put {put}");
    }
}
