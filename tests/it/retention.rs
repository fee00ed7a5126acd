//! What was said is kept for as long as an organization says, and for ever if it says nothing.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::{
    World,
    graph::{Kind, MediaKind, Person},
    requests::ApiRequest,
    world::Answered,
};

use crate::desk::{BUDI, Desk, problem, rows, stored, texts};

const DAY: Duration = Duration::from_secs(24 * 3600);
const SETTING: &str = "/v1/settings/retention";
const WORDS: &str = "kata-lama";

async fn keep(desk: &Desk<'_>, days: &Value) -> Answered {
    let body = json!({ "days": days }).to_string();
    desk.call(ApiRequest::new("PUT", SETTING).body(body)).await
}

/// Budi says and does something of each kind, and is answered: his room.
async fn talk(desk: &Desk<'_>) -> Value {
    let world = desk.world;
    let room = desk.first_words(BUDI).await;
    let company = world.company();
    let person = Person::with_phone(BUDI, "Budi");
    let say = async |kind: Kind| {
        world.pass(Duration::from_secs(2)).await;
        let now = world.clock.now_ms();
        let said = company.graph().customer_sends(now, &person, kind);
        assert_eq!(world.deliver(company, &said).await.unwrap(), 200);
    };
    let now = world.clock.now_ms();
    let bytes = world::files::JPEG.to_vec();
    let picture = company.graph().customer_uploads(now, "image/jpeg", bytes);
    say(Kind::file(MediaKind::Image, &picture)).await;
    say(Kind::Unsupported { kind: "poll_creation".into() }).await;
    say(Kind::text(WORDS)).await;
    let last = company.graph().written().last().unwrap().wamid.clone();
    say(Kind::Edit { message_id: last, body: WORDS.into() }).await;
    assert_eq!(desk.note(&room, WORDS, "n").await.status, 201);
    assert_eq!(desk.reply(&room, WORDS, "k").await.status, 201);
    world.settle(Duration::from_secs(30)).await.unwrap();
    room
}

fn holds_words(world: &World) -> bool {
    stored(world).0.iter().any(|row| row.contains(WORDS))
}

#[tokio::test(start_paused = true)]
async fn what_was_said_is_gone_after_as_many_days_as_an_admin_sets() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    assert_eq!(desk.get(SETTING).await["data"], json!({ "days": null, "updated_at": null }));
    let set = keep(&desk, &json!(30)).await;
    assert_eq!((set.status, &set.json["data"]["days"]), (200, &json!(30)));
    assert!(desk.get(SETTING).await["data"]["updated_at"].is_string());
    let room = talk(&desk).await;
    let sessions = rows(&world, "s#");
    assert_eq!((desk.history(&room).await.len(), sessions.len()), (5, 1));
    let notes = format!("/v1/rooms/{}/notes", room.as_str().unwrap());
    let annotations = format!("/v1/rooms/{}/annotations", room.as_str().unwrap());
    let listed = async |path: &str| desk.get(path).await["data"].as_array().unwrap().len();
    world.pass(29 * DAY).await;
    world.expire().unwrap();
    assert_eq!(desk.history(&room).await.len(), 5);
    assert_eq!((listed(&notes).await, listed(&annotations).await), (1, 1));
    // The table is late: what has had its time is not shown all the same.
    world.pass(2 * DAY).await;
    assert!(holds_words(&world));
    assert_eq!(texts(&desk.history(&room).await), Vec::<&str>::new());
    assert_eq!((listed(&notes).await, listed(&annotations).await), (0, 0));
    assert_eq!(desk.room(&room).await["last_message"]["text"], "");
    // And then it is gone, with its files; who wrote and what is counted stays.
    assert!(world.expire().unwrap() > 5);
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert!(!holds_words(&world));
    assert_eq!(stored(&world).1, Vec::<String>::new());
    assert_eq!(rows(&world, "s#"), sessions);
    assert_eq!(desk.room(&room).await["account_uniq_id"], BUDI);
    // Life goes on.
    world.customer_says(BUDI, "Halo lagi").await.unwrap();
    assert_eq!(texts(&desk.history(&room).await), ["Halo lagi"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_a_change_keeps_its_time() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    assert_eq!(keep(&desk, &json!(30)).await.status, 200);
    world.pass(Duration::from_secs(61)).await;
    world.customer_says(BUDI, "Masih ada?").await.unwrap();
    assert_eq!(keep(&desk, &json!(null)).await.status, 200);
    world.pass(Duration::from_secs(61)).await;
    world.customer_says(BUDI, "Halo?").await.unwrap();
    world.pass(31 * DAY).await;
    world.expire().unwrap();
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(texts(&desk.history(&room).await), ["Halo", "Halo?"]);
    // The room still shows what was said last.
    assert_eq!(desk.room(&room).await["last_message"]["text"], "Halo?");
}

#[tokio::test(start_paused = true)]
async fn days_have_bounds_and_only_an_admin_sets_them() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    for days in [json!(29), json!(3651), json!(0)] {
        assert_eq!(problem(&keep(&desk, &days).await), (400, "invalid_field", "days"), "{days}");
    }
    for days in [json!("30"), json!(-1), json!(30.5)] {
        assert_eq!(problem(&keep(&desk, &days).await).0, 400, "{days}");
    }
    // To leave it out is not to keep everything.
    let request = ApiRequest::new("PUT", SETTING).body("{}");
    assert_eq!(problem(&desk.call(request).await).0, 400);
    let key = world.add_member("Wati", Role::Supervisor).await.unwrap();
    let supervisor = Desk::with_key(&world, &key);
    assert_eq!(problem(&keep(&supervisor, &json!(30)).await), (403, "forbidden", ""));
    assert_eq!(supervisor.get(SETTING).await["data"]["days"], json!(null));
}
