//! All that is held of a contact is theirs: to be had, and to be gone.

use std::{collections::BTreeSet, time::Duration};

use domain::api_key::Role;
use futures_util::future::join;
use serde_json::{Value, json};
use world::{
    World,
    graph::{Fault, Kind, MediaKind, Person},
    requests::ApiRequest,
    world::Answered,
};

use super::{block, edit, merge, says, unlucky};
use crate::desk::{
    BUDI, Desk, SITI,
    fates::{self, UNLUCKY},
    payload::{delivery, post},
    problem, rows, stored,
};

/// The number of the company.
const NUMBER: &str = "106540352242922";

/// Words that nobody else says.
pub(super) const WORDS: &str = "kata-rahasia";

pub(super) fn erase(contact: &Value) -> ApiRequest {
    ApiRequest::new("DELETE", format!("/v1/contacts/{}", contact.as_str().unwrap()))
}

fn export(contact: &Value) -> ApiRequest {
    ApiRequest::new("POST", format!("/v1/contacts/{}/export", contact.as_str().unwrap()))
}

/// Budi, of whom there is something of each kind: his contact and room.
pub(super) async fn well_known(desk: &Desk<'_>) -> (Value, Value) {
    let world = desk.world;
    let budi = desk.introduced(BUDI, "Budi Rahasia").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    let person = Person::with_phone(BUDI, "Budi Rahasia");
    let say = async |kind: Kind| {
        world.pass(Duration::from_secs(2)).await;
        let now = world.clock.now_ms();
        let said = world.company().graph().customer_sends(now, &person, kind);
        assert_eq!(world.deliver(world.company(), &said).await.unwrap(), 200);
    };
    say(Kind::text(WORDS)).await;
    let first = world.company().graph().written()[0].wamid.clone();
    say(Kind::Reaction { message_id: first, emoji: Some("👍".into()) }).await;
    say(Kind::Unsupported { kind: "poll_creation".into() }).await;
    let now = world.clock.now_ms();
    let bytes = [world::files::JPEG, WORDS.as_bytes()].concat();
    let picture = world.company().graph().customer_uploads(now, "image/jpeg", bytes);
    say(Kind::file(MediaKind::Image, &picture)).await;
    // One message could not be stored at once.
    fates::refuse(world, fates::writes);
    say(Kind::text(WORDS)).await;
    fates::recover(world);
    assert_eq!(world.queue("retry", |queue| queue.len()), 1);
    // What WhatsApp tells of him besides messages is kept as it came.
    let at = (world.clock.now_ms() / 1000).to_string();
    let stray = json!({ "id": format!("wamid.{BUDI}"), "status": "read", "timestamp": at,
        "recipient_id": BUDI });
    let body = delivery(NUMBER, &[], &[stray]);
    assert_eq!(post(world, world.company(), &body).await, 200);
    let file = uploaded(world, WORDS).await;
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(desk.reply(&room, WORDS, "a").await.status, 201);
    let file = json!({ "type": "image", "file_id": file });
    assert_eq!(desk.send(&room, "f", &file).await.status, 201);
    assert_eq!(desk.note(&room, WORDS, "b").await.status, 201);
    assert_eq!(desk.tag("POST", &room, "vip").await.status, 200);
    assert_eq!(desk.take_over(&room).await.status, 200);
    let details = json!({ "email": "rahasia@kopi.id", "company": WORDS });
    assert_eq!(desk.call(edit(&budi, &details)).await.status, 200);
    world.settle(Duration::from_secs(30)).await.unwrap();
    (budi, room)
}

/// A file that a member has uploaded by its form, and that has these words in it and in its name.
pub(super) async fn uploaded(world: &World, words: &str) -> Value {
    let desk = Desk::of(world);
    let bytes = [world::files::JPEG, words.as_bytes()].concat();
    let new = json!({ "filename": format!("{words}.jpg"), "mime_type": "image/jpeg",
        "size": bytes.len() });
    let begun = desk.call(ApiRequest::new("POST", "/v1/files").body(new.to_string())).await;
    let form = &begun.json["data"]["upload"];
    assert_eq!(world.post_form(form["url"].as_str().unwrap(), &form["fields"], &bytes), 201);
    let id = begun.json["data"]["id"].clone();
    let path = format!("/v1/files/{}/complete", id.as_str().unwrap());
    assert_eq!(desk.call(ApiRequest::new("POST", path)).await.status, 200);
    id
}

/// Whatever says who it was, or what was said.
pub(super) fn traces(world: &World) -> Vec<String> {
    let (rows, keys) = stored(world);
    let services = world.wire.services();
    let objects = keys.iter().map(|key| {
        let bytes = services.s3.object(key).unwrap_or_default();
        format!("{key}: {}", String::from_utf8_lossy(bytes))
    });
    let is_trace = |line: &String| {
        let words = [WORDS, BUDI, "ahasia", "\"Halo\""];
        words.iter().any(|word| line.contains(word))
    };
    rows.into_iter().chain(objects).filter(is_trace).collect()
}

#[tokio::test(start_paused = true)]
async fn an_export_has_all_that_is_held_and_nothing_of_others() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, _) = well_known(&desk).await;
    says(&world, SITI, "Siti", "kata-siti").await;
    let path = format!("/v1/contacts/{}/export", budi.as_str().unwrap());
    let none = desk.call(ApiRequest::new("GET", &path)).await;
    assert_eq!(problem(&none), (404, "not_found", ""));
    let done = desk.call(export(&budi)).await;
    assert_eq!(done.status, 200, "{}", done.json);
    for shown in [&done.json["data"], &desk.get(&path).await["data"]] {
        let lines = lines(&world, shown);
        assert_eq!(shown["lines"], lines.len());
        let kinds: BTreeSet<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        let of_rooms = ["annotations", "episode", "message", "note", "room", "session"];
        let all = of_rooms.into_iter().chain(["contact", "event", "identity"]);
        assert_eq!(kinds, all.collect());
        assert_eq!(lines.iter().filter(|line| line["type"] == "message").count(), 7);
        let whole = json!(lines).to_string();
        for word in [WORDS, BUDI, "rahasia@kopi.id", "Budi Rahasia", "\u{1f44d}"] {
            assert!(whole.contains(word), "{word}");
        }
        for word in ["kata-siti", SITI, "claimed", "\"pk\"", "inbox"] {
            assert!(!whole.contains(word), "{word}");
        }
        let picture = lines.iter().find(|line| line["data"]["content"]["type"] == "media");
        let link = picture.unwrap()["data"]["content"]["file"]["link"].as_str().unwrap();
        assert!(world.open(link).body.ends_with(WORDS.as_bytes()));
        // What can't be shown, and what was told besides messages, is there as it came.
        let as_it_came = |line: &Value, at: &str| {
            let link = line.pointer(at).and_then(Value::as_str).unwrap();
            String::from_utf8(world.open(link).body).unwrap()
        };
        let poll = lines.iter().find(|line| line["data"]["content"]["type"] == "unsupported");
        assert!(as_it_came(poll.unwrap(), "/data/content/link").contains("poll_creation"));
        let event = lines.iter().find(|line| line["type"] == "event").unwrap();
        assert!(as_it_came(event, "/data/link").contains(&format!("wamid.{BUDI}")));
    }
    // Its links work for an hour, all of them; then it is gone, and may be asked for again.
    world.pass(Duration::from_secs(3600)).await;
    let gone = desk.call(ApiRequest::new("GET", &path)).await;
    assert_eq!(problem(&gone), (404, "not_found", ""));
}

/// The lines of an export, fetched by its links.
fn lines(world: &World, shown: &Value) -> Vec<Value> {
    let urls = shown["urls"].as_array().unwrap();
    let parts = urls.iter().map(|url| world.open(url.as_str().unwrap()));
    let text: Vec<u8> = parts
        .flat_map(|part| {
            assert_eq!((part.status, part.content_type.as_str()), (200, "application/x-ndjson"));
            part.body
        })
        .collect();
    let text = String::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_long_history_is_exported_in_parts_by_whoever_asks_next() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    for n in 0..1250 {
        world.pass(Duration::from_millis(1100)).await;
        says(&world, BUDI, "Budi", &format!("kata {n}")).await;
    }
    // Each call takes so long that a request is done with after one part.
    world.wire.set_fates(Box::new(|_| (world::wire::Fate::Served, 1100)));
    let mut answers = Vec::new();
    loop {
        let answered = desk.call(export(&budi)).await;
        answers.push(answered.status);
        if answered.status == 200 {
            fates::recover(&world);
            let found = lines(&world, &answered.json["data"]);
            let said = found.iter().filter(|line| line["type"] == "message");
            let said: BTreeSet<_> =
                said.map(|line| line["data"]["content"]["text"].to_string()).collect();
            assert_eq!(said.len(), 1251);
            break;
        }
        assert_eq!(answered.status, 202, "{}", answered.json);
        assert_eq!(answered.json["data"]["urls"], json!([]));
    }
    assert_eq!(answers, [202, 200]);
}

#[tokio::test(start_paused = true)]
async fn an_export_that_dies_anywhere_is_finished_by_the_next_request() {
    for fate in [world::wire::Fate::DiesBefore, world::wire::Fate::DiesAfter] {
        for call in 0.. {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let budi = desk.introduced(BUDI, "Budi").await;
            let calls = fates::strike(&world, call, fate);
            unlucky(&desk, export(&budi)).await;
            let has_struck = fates::has_struck(&calls, call);
            fates::recover(&world);
            let done = desk.call(export(&budi)).await;
            assert_eq!(done.status, 200, "{}", done.json);
            let shown = lines(&world, &done.json["data"]);
            assert_eq!(shown.iter().filter(|line| line["type"] == "message").count(), 1);
            if !has_struck {
                assert!(call > 5, "{fate:?} struck {call} calls");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_who_export_at_the_same_time_both_get_all() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = desk.introduced(BUDI, "Budi").await;
    // The first one reads, and is slow to write what it read.
    world.wire.set_fates(Box::new(|call| {
        let is_slow = call.process == UNLUCKY && call.operation == "PutObject";
        (world::wire::Fate::Served, if is_slow { 1500 } else { 1 })
    }));
    let second = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        says(&world, BUDI, "Budi", WORDS).await;
        desk.call(export(&budi)).await
    };
    let (first, second) = join(unlucky(&desk, export(&budi)), second).await;
    fates::recover(&world);
    for answered in [first.unwrap(), second] {
        assert_eq!(answered.status, 200, "{}", answered.json);
        let shown = &answered.json["data"];
        let found = lines(&world, shown);
        assert_eq!(shown["lines"], found.len());
        assert_eq!(found.iter().filter(|line| line["type"] == "message").count(), 2);
    }
}

/// Asks until nothing is left; what was answered at last.
pub(super) async fn erased(desk: &Desk<'_>, contact: &Value) -> Answered {
    for _ in 0..10 {
        let answered = desk.call(erase(contact)).await;
        if answered.status != 202 {
            return answered;
        }
        desk.world.pass(Duration::from_secs(100)).await;
    }
    panic!("it never ends");
}

#[tokio::test(start_paused = true)]
async fn of_an_erased_contact_nothing_is_left_but_that_something_was_sent() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, room) = well_known(&desk).await;
    says(&world, SITI, "Siti", "kata-siti").await;
    assert_eq!(desk.call(export(&budi)).await.status, 200);
    assert!(traces(&world).len() > 8);
    let before = desk.history(&desk.room_of(SITI).await["id"]).await;
    let sessions = rows(&world, "s#");
    assert_eq!(sessions.len(), 1);

    let begun = desk.call(erase(&budi)).await;
    assert_eq!((begun.status, &begun.json["data"]["state"]), (202, &json!("running")));
    assert_eq!(begun.headers["retry-after"], "5");
    // From the first moment on they are nobody.
    for path in [
        format!("/v1/contacts/{}", budi.as_str().unwrap()),
        format!("/v1/rooms/{}", room.as_str().unwrap()),
    ] {
        assert_eq!(problem(&desk.call(ApiRequest::new("GET", path)).await), (404, "not_found", ""));
    }
    assert_eq!(desk.found("", 10).await, ["Siti"]);
    assert_eq!(desk.found("query=0812&", 10).await, Vec::<String>::new());
    assert_eq!(desk.rooms("all").await.len(), 1);
    let edited = desk.call(edit(&budi, &json!({ "full_name": "X" }))).await;
    assert_eq!(problem(&edited), (404, "not_found", ""));

    let done = erased(&desk, &budi).await;
    assert_eq!((done.status, &done.json["data"]["state"]), (200, &json!("done")));
    assert_eq!(traces(&world), Vec::<String>::new());
    assert_eq!(rows(&world, "s#"), sessions);
    let sent: Vec<_> =
        rows(&world, "m#").into_iter().filter(|row| row["kind"]["S"] == "outbound").collect();
    assert_eq!(sent.len(), 2, "what was sent is a fact");
    for sent in &sent {
        assert_eq!(sent["session_id"]["S"], sessions[0]["id"]["S"]);
    }
    // Nobody else has lost anything.
    assert_eq!(desk.history(&desk.room_of(SITI).await["id"]).await, before);
    assert_eq!(desk.call(erase(&budi)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn what_was_merged_is_erased_with_the_contact_that_stayed() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, room) = well_known(&desk).await;
    let siti = desk.introduced(SITI, "Siti").await;
    desk.call(block(&room)).await;
    assert_eq!(desk.call(merge(&budi, &siti)).await.status, 200);
    let gone = desk.call(erase(&budi)).await;
    assert_eq!(problem(&gone), (409, "contact_merged", ""));
    assert_eq!(erased(&desk, &siti).await.status, 200);
    assert_eq!(traces(&world), Vec::<String>::new());
    assert!(!stored(&world).0.iter().any(|row| row.contains(SITI)));
    assert_eq!(desk.found("", 10).await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_erasure_that_dies_anywhere_is_finished_by_the_next_request() {
    for fate in [world::wire::Fate::DiesBefore, world::wire::Fate::DiesAfter] {
        for call in (0..).step_by(3) {
            let world = World::new().await.unwrap();
            let desk = Desk::of(&world);
            let (budi, _) = well_known(&desk).await;
            let calls = fates::strike(&world, call, fate);
            unlucky(&desk, erase(&budi)).await;
            let has_struck = fates::has_struck(&calls, call);
            fates::recover(&world);
            assert_eq!(erased(&desk, &budi).await.status, 200);
            assert_eq!(traces(&world), Vec::<String>::new(), "{fate:?} {call}");
            if !has_struck {
                assert!(call > 20, "{fate:?} struck {call} calls");
                break;
            }
        }
    }
}

/// A customer who was answered, and whose answer waits in the queue: their contact.
async fn answered(desk: &Desk<'_>) -> Value {
    let budi = desk.introduced(BUDI, "Budi").await;
    let room = desk.room_of(BUDI).await["id"].clone();
    desk.world.pass(Duration::from_secs(2)).await;
    assert_eq!(desk.reply(&room, WORDS, "a").await.status, 201);
    assert!(desk.world.relay(&desk.world.process, 20).await.unwrap());
    budi
}

/// The only message of ours, as the table has it.
fn ours(world: &World) -> Value {
    let mut ours = rows(world, "m#");
    ours.retain(|row| row["kind"]["S"] == "outbound");
    assert_eq!(ours.len(), 1, "{ours:?}");
    ours.remove(0)
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_goes_out_while_its_contact_is_erased_stays_in_the_books() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = answered(&desk).await;
    // What was read as waiting is on its way when it is to be deleted.
    let slow = |call: &world::wire::Call| call.process == UNLUCKY && call.operation == "DeleteItem";
    world.wire.set_fates(Box::new(move |call| {
        (world::wire::Fate::Served, if slow(call) { 2000 } else { 1 })
    }));
    let sending = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(world.consume(&world.process, "outbound.fifo", 0).await.unwrap());
    };
    let (begun, ()) = join(unlucky(&desk, erase(&budi)), sending).await;
    assert_eq!(begun.unwrap().status, 202);
    fates::recover(&world);
    assert_eq!(world.company().graph().log().len(), 1);
    assert_eq!(erased(&desk, &budi).await.status, 200);
    assert_eq!(ours(&world)["session_id"]["S"], rows(&world, "s#")[0]["id"]["S"]);
    assert_eq!(traces(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_waits_for_its_next_try_is_not_sent_once_its_contact_is_erased() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.company().graph().set_fault(Fault::RateLimit, Some(2));
    let budi = answered(&desk).await;
    assert!(world.consume(&world.process, "outbound.fifo", 0).await.unwrap());
    assert_eq!(desk.call(erase(&budi)).await.status, 202);
    world.settle(Duration::from_secs(900)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 0);
    // Of the two refusals one was asked for.
    assert_eq!(world.company().graph().faults()[&Fault::RateLimit], Some(1));
    assert_eq!(rows(&world, "m#"), Vec::<Value>::new());
    assert_eq!(erased(&desk, &budi).await.status, 200);
    assert_eq!(traces(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_being_tried_when_its_contact_was_erased_is_not_tried_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.company().graph().set_fault(Fault::RateLimit, Some(1));
    let budi = answered(&desk).await;
    // WhatsApp has refused it for now, and the run is about to write that down.
    world.wire.set_fates(Box::new(|call| {
        let is_it = call.process == UNLUCKY && call.operation == "PutItem";
        (world::wire::Fate::Served, if is_it { 2000 } else { 1 })
    }));
    let sender = world.start_process(UNLUCKY);
    let erasing = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        desk.call(erase(&budi)).await
    };
    let (tried, begun) = join(world.consume(&sender, "outbound.fifo", 0), erasing).await;
    assert!(tried.unwrap());
    assert_eq!(begun.status, 202);
    fates::recover(&world);
    assert_eq!(ours(&world)["attempts"]["N"], "1", "it waits for its next try");

    // Nobody asks for the erasure again.
    world.settle(Duration::from_secs(900)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 0);
    assert_eq!(ours(&world)["failure"]["M"]["title"]["S"], "The contact was erased.");
    assert_eq!(erased(&desk, &budi).await.status, 200);
    assert_eq!(traces(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn an_erasure_waits_for_who_is_sending() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = answered(&desk).await;
    // The first request dies as soon as it is decided.
    let mut is_decided = false;
    world.wire.set_fates(Box::new(move |call| {
        let dies = is_decided && call.process == UNLUCKY;
        is_decided |= call.process == UNLUCKY && call.operation == "TransactWriteItems";
        (if dies { world::wire::Fate::DiesBefore } else { world::wire::Fate::Served }, 1)
    }));
    assert!(unlucky(&desk, erase(&budi)).await.is_none());
    world.pass(Duration::from_secs(400)).await;
    // And so does the run that sends.
    world.wire.set_fates(Box::new(|call| {
        let dies = call.process == UNLUCKY && call.operation == "UpdateItem";
        (if dies { world::wire::Fate::DiesAfter } else { world::wire::Fate::Served }, 1)
    }));
    let sender = world.start_process(UNLUCKY);
    assert!(world.consume(&sender, "outbound.fifo", 0).await.unwrap());
    fates::recover(&world);
    assert_eq!(desk.call(erase(&budi)).await.status, 202);
    world.pass(Duration::from_secs(31)).await;
    assert_eq!(desk.call(erase(&budi)).await.status, 200);
    // Nobody will ever know whether it went out.
    assert_eq!(ours(&world)["status"]["N"], "2");
    assert_eq!(traces(&world), Vec::<String>::new());
    world.settle(Duration::from_secs(900)).await.unwrap();
    assert_eq!(world.company().graph().log().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_tells_after_an_erasure_is_a_fact_and_no_more() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    world.company().graph().set_fault(Fault::TimeoutAfterAccept, Some(1));
    let budi = answered(&desk).await;
    assert!(world.consume(&world.process, "outbound.fifo", 0).await.unwrap());
    assert_eq!(erased(&desk, &budi).await.status, 200);
    world.settle(Duration::from_secs(900)).await.unwrap();
    let ours = ours(&world);
    assert_eq!((&ours["status"]["N"], &ours["provider_id"]), (&json!("5"), &Value::Null));
    assert_eq!(ours["session_id"]["S"], rows(&world, "s#")[0]["id"]["S"]);
}

#[tokio::test(start_paused = true)]
async fn only_an_admin_takes_away_or_takes_along() {
    let world = World::new().await.unwrap();
    let key = world.add_member("Wati", Role::Supervisor).await.unwrap();
    let desk = Desk::with_key(&world, &key);
    let budi = desk.introduced(BUDI, "Budi").await;
    let before = stored(&world);
    for request in [erase(&budi), export(&budi)] {
        assert_eq!(problem(&desk.call(request).await), (403, "forbidden", ""));
    }
    assert_eq!(stored(&world), before);
}
