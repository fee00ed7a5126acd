//! Members write down what they know of a contact.

use domain::api_key::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use world::{
    World,
    graph::{Kind, Person},
};

use super::{assert_aligned, edit, merge, says, unlucky};
use crate::desk::{
    BUDI, Desk, SITI,
    fates::{self},
    problem, stored,
};

#[tokio::test(start_paused = true)]
async fn a_name_that_a_member_gives_shows_everywhere_and_no_profile_takes_it_away() {
    let world = World::new().await.unwrap();
    let agent = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    let budi = agent.introduced(BUDI, "budi_99").await;
    let body = json!({
        "full_name": " Budi Santoso ", "email": "Budi@Kopi.ID", "company": "Kopi Kita",
    });
    let edited = agent.call(edit(&budi, &body)).await;
    assert_eq!(edited.status, 200, "{}", edited.json);
    says(&world, BUDI, "BUDI!!", "Ada?").await;
    let shown = agent.contact(&budi).await;
    for (field, value) in [
        ("full_name", "Budi Santoso"),
        ("profile_name", "budi_99"),
        ("email", "budi@kopi.id"),
        ("company", "Kopi Kita"),
        ("phone_number", BUDI),
    ] {
        assert_eq!(shown[field], value, "{field}");
    }
    let room = agent.room_of(BUDI).await;
    assert_eq!(room["name"], "Budi Santoso");
    assert_eq!(shown["room_ids"], json!([room["id"]]));

    // What is emptied is gone, and the profile shows again.
    let plain = json!({ "full_name": null, "email": null });
    let edited = agent.call(edit(&budi, &plain)).await.json["data"].clone();
    assert_eq!((&edited["full_name"], &edited["email"]), (&json!("budi_99"), &Value::Null));
    assert_eq!(edited["company"], "Kopi Kita");
    assert_eq!(agent.room_of(BUDI).await["name"], "budi_99");
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn an_agent_edits_whom_they_talk_with_and_whom_nobody_does() {
    let world = World::new().await.unwrap();
    let ani = Desk::of(&world);
    let tono = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    let wati = Desk::with_key(&world, &world.add_member("Wati", Role::Supervisor).await.unwrap());
    let budi = ani.introduced(BUDI, "Budi").await;
    let room = ani.room_of(BUDI).await["id"].clone();
    assert_eq!(ani.take_over(&room).await.status, 200);
    let before = stored(&world);
    let named = json!({ "full_name": "Pak Budi" });
    let refused = tono.call(edit(&budi, &named)).await;
    assert_eq!(problem(&refused), (403, "not_your_contact", ""));
    assert_eq!(stored(&world), before);
    // Who calls is shown to whoever picks up.
    assert_eq!(tono.contact(&budi).await["full_name"], "Budi");
    assert_eq!(tono.found("", 10).await, ["Budi"]);
    assert_eq!(wati.call(edit(&budi, &named)).await.status, 200);

    // One room that they see is enough.
    let siti = ani.introduced(SITI, "Siti").await;
    assert_eq!(ani.call(merge(&siti, &budi)).await.status, 200);
    assert_eq!(tono.call(edit(&budi, &json!({ "company": "Kopi" }))).await.status, 200);
    let other = ani.room_of(SITI).await["id"].clone();
    assert_eq!(ani.take_over(&other).await.status, 200);
    let refused = tono.call(edit(&budi, &json!({ "company": "Teh" }))).await;
    assert_eq!(problem(&refused), (403, "not_your_contact", ""));

    // Somebody was written to from the phone's app, and has never answered: there is no room.
    let (person, kind) = (Person::with_phone("628777", "Dewi"), Kind::text("Halo"));
    let echo = world.company().graph().business_says_by_phone(world.clock.now_ms(), &person, &kind);
    assert_eq!(world.deliver(world.company(), &echo).await.unwrap(), 200);
    let found = tono.get("/v1/contacts?query=628777").await;
    let named = tono.call(edit(&found["data"][0]["id"], &json!({ "full_name": "Dewi" }))).await;
    assert_eq!(named.status, 200, "{}", named.json);
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_changes_nothing_writes_nothing() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    let body = json!({ "full_name": "Budi", "company": "Kopi" });
    assert_eq!(desk.call(edit(&budi, &body)).await.status, 200);
    let before = stored(&world);
    for body in [&body, &json!({})] {
        assert_eq!(desk.call(edit(&budi, body)).await.status, 200);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(start_paused = true)]
async fn two_who_edit_different_fields_at_once_both_have_their_way() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    let edits = [
        json!({ "full_name": "Budi Santoso" }),
        json!({ "email": "budi@kopi.id" }),
        json!({ "company": "Kopi Kita" }),
    ];
    let asked = edits.iter().map(|body| unlucky(&desk, edit(&budi, body)));
    for answered in join_all(asked).await {
        assert_eq!(answered.unwrap().status, 200);
    }
    let shown = desk.contact(&budi).await;
    for body in edits {
        for (field, value) in body.as_object().unwrap() {
            assert_eq!(&shown[field], value);
        }
    }
    assert_aligned(&world);
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_dies_anywhere_is_finished_by_the_next() {
    for fate in fates::EACH {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let budi = desk.introduced(BUDI, "Budi").await;
            let request = || edit(&budi, &json!({ "full_name": "Wijaya Kusuma" }));
            let calls = fates::strike(&world, call, fate);
            unlucky(&desk, request()).await;
            let has_struck = fates::has_struck(&calls, call);
            fates::recover(&world);
            assert_eq!(desk.call(request()).await.status, 200);
            assert_aligned(&world);
            assert_eq!(desk.room_of(BUDI).await["name"], "Wijaya Kusuma");
            assert_eq!(desk.found("query=kus&", 5).await, ["Wijaya Kusuma"]);
            if !has_struck {
                assert!(call > 4, "{fate:?} struck {call} calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_refused_by_its_field() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    let before = stored(&world);
    for (body, field) in [
        (json!({ "full_name": " " }), "full_name"),
        (json!({ "full_name": "a\nb" }), "full_name"),
        (json!({ "company": "x".repeat(101) }), "company"),
        (json!({ "email": "budi" }), "email"),
        (json!({ "email": 5 }), "email"),
        (json!({ "custom_fields": { "nonsense": 1 } }), "custom_fields.nonsense"),
        (json!({ "custom_fields": [] }), "custom_fields"),
        (json!({ "phone_number": "628" }), "phone_number"),
    ] {
        let refused = desk.call(edit(&budi, &body)).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{body}");
    }
    assert_eq!(stored(&world), before);
}
