//! A program that was written for Qontak works here, with its own words.

mod asking;
mod choosing;
mod not_yet;
mod refusals;
mod repeating;
mod sending;

use std::time::Duration;

use serde_json::{Value, json};
use world::{World, requests::ApiRequest, world::Answered};

use crate::desk::{BUDI, Desk, SITI};

const V1: &str = "/qontak/chat/v1";

/// A program's request, below the prefix.
async fn ask(desk: &Desk<'_>, method: &'static str, path: &str, body: Value) -> Answered {
    let request = ApiRequest::new(method, format!("{V1}{path}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    desk.call(request.body(body)).await
}

/// The data of an answer, which must be a success.
async fn done(desk: &Desk<'_>, method: &'static str, path: &str, body: Value) -> Value {
    let answered = ask(desk, method, path, body).await;
    assert!((200..=201).contains(&answered.status), "{method} {path}: {}", answered.json);
    assert_eq!(answered.json["status"], "success");
    answered.json["data"].clone()
}

async fn list(desk: &Desk<'_>, path: &str) -> Vec<Value> {
    done(desk, "GET", path, Value::Null).await.as_array().unwrap().clone()
}

/// The words of a room's messages, oldest first.
async fn words(desk: &Desk<'_>, room: &str) -> Vec<String> {
    let messages = list(desk, &format!("/rooms/{room}/histories?limit=100")).await;
    let words = messages.iter().map(|message| message["text"].as_str().unwrap_or("").to_owned());
    words.rev().collect()
}

/// What the customers' phones got.
fn received(world: &World) -> usize {
    world.company().graph().log().len()
}

async fn first_words(desk: &Desk<'_>, customer: &str) -> String {
    desk.first_words(customer).await.as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_room_is_worked_from_the_first_word_to_its_end() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let at = |what: &str| format!("/rooms/{room}{what}");

    let taken = done(&desk, "POST", &at("/takeover"), Value::Null).await;
    assert_eq!(taken["status"], "assigned");
    let agent = taken["agent_ids"][0].as_str().unwrap().to_owned();
    let sent = json!({ "room_id": room, "type": "text", "text": "Halo juga!" });
    let sent = done(&desk, "POST", "/messages/whatsapp/bot", sent).await;
    assert_eq!((&sent["status"], &sent["room"]["id"]), (&json!("created"), &json!(room)));
    world.settle(Duration::from_secs(5)).await.unwrap();

    let tagged = done(&desk, "POST", &at("/tags"), json!({ "name": "VIP" })).await;
    assert_eq!(tagged["tags"], json!(["vip"]));
    let found = list(&desk, "/rooms?status=assigned&tags[]=vip&channels[]=wa_cloud").await;
    assert_eq!(found.len(), 1);
    let untagged = done(&desk, "DELETE", &at("/tags"), json!({ "tag": "vip" })).await;
    assert_eq!(untagged["tags"], json!([]));
    let named = json!({ "name": "Pak Budi", "is_dont_auto_resolve": true });
    let named = done(&desk, "PUT", &at(""), named).await;
    assert_eq!(
        (&named["name"], &named["is_dont_auto_resolve"]),
        (&json!("Pak Budi"), &json!(true))
    );

    let people = list(&desk, &at("/participants")).await;
    let kinds: Vec<_> = people.iter().map(|person| &person["participant_type"]).collect();
    assert_eq!(kinds, ["customer", "agent"]);
    let assignable = list(&desk, &at("/agents/assignable")).await;
    assert!(assignable.iter().any(|member| member["id"] == agent.as_str()));
    let back = done(&desk, "DELETE", &at(&format!("/agents/{agent}")), Value::Null).await;
    assert_eq!((&back["status"], &back["agent_ids"]), (&json!("unassigned"), &json!([])));
    let given = done(&desk, "POST", &at(&format!("/agents/{agent}")), Value::Null).await;
    assert_eq!(given["agent_ids"], json!([agent]));

    let read = done(&desk, "PUT", &at("/mark_all_as_read"), Value::Null).await;
    assert_eq!(read["unread_count"], 0);
    let resolved = done(&desk, "PUT", &at("/resolve"), Value::Null).await;
    assert_eq!(
        (&resolved["status"], &resolved["resolved_by_type"]),
        (&json!("resolved"), &json!("Models::User"))
    );
    assert_eq!(done(&desk, "GET", &at(""), Value::Null).await, resolved);
    assert_eq!(done(&desk, "POST", "/rooms/auto_takeover", Value::Null).await, Value::Null);
}

#[tokio::test(start_paused = true)]
async fn things_have_qontaks_names_and_values() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let sent = json!({ "room_id": room, "text": "Halo juga!" });
    done(&desk, "POST", "/messages/whatsapp", sent).await;
    world.settle(Duration::from_secs(5)).await.unwrap();

    let organization = world.company().provisioned.organization_id.to_string();
    let shown = list(&desk, "/rooms").await[0].clone();
    for (name, value) in [
        ("type", json!("Models::CustomerServiceRoom")),
        ("channel", json!("wa_cloud")),
        ("status", json!("unassigned")),
        ("session", json!("open")),
        ("account_uniq_id", json!(BUDI)),
        ("organization_id", json!(organization)),
        ("unread_count", json!(1)),
        ("is_unresponded", json!(false)),
        ("avatar", Value::Null),
        ("description", json!("")),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let accounts = list(&desk, "/integrations?target_channel=wa").await;
    assert_eq!(shown["channel_account"], accounts[0]["settings"]["account_name"]);
    assert_eq!(shown["channel_integration_id"], accounts[0]["id"]);
    let id = accounts[0]["id"].as_str().unwrap();
    let one = done(&desk, "GET", &format!("/integrations/{id}"), Value::Null).await;
    assert_eq!((&one, &one["is_active"]), (&accounts[0], &json!(true)));

    let messages = list(&desk, &format!("/rooms/{room}/histories")).await;
    for (message, sender, participant, status, text) in [
        (&messages[0], "Models::User", "agent", "read", "Halo juga!"),
        (&messages[1], "Models::Contact", "customer", "created", "Halo"),
    ] {
        assert_eq!(message["sender_type"], sender);
        assert_eq!(message["participant_type"], participant);
        assert_eq!((&message["status"], &message["text"]), (&json!(status), &json!(text)));
        assert_eq!((&message["type"], &message["is_campaign"]), (&json!("text"), &json!(false)));
        assert_eq!(message["sender_id"], message["participant_id"]);
    }
    assert_eq!(messages[1]["sender_id"], shown["contact_id"]);
    let users = list(&desk, "/users?role=admin&is_counted=true").await;
    assert!(users.iter().all(|user| user["role"] == "admin" && user["full_name"].is_string()));
}

#[tokio::test(start_paused = true)]
async fn lists_are_asked_as_qontaks_clients_ask() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let (budi, siti) = (first_words(&desk, BUDI).await, first_words(&desk, SITI).await);
    let taken = done(&desk, "POST", &format!("/rooms/{siti}/takeover"), Value::Null).await;
    let agent = taken["agent_ids"][0].as_str().unwrap().to_owned();
    done(&desk, "POST", &format!("/rooms/{siti}/tags"), json!({ "name": "pelanggan lama" })).await;
    let (budi, siti) = (vec![budi.as_str()], vec![siti.as_str()]);
    let both = vec![siti[0], budi[0]];
    let none: Vec<&str> = vec![];
    for (query, expected) in [
        ("", &both),
        ("?status=all&sessions=open&type[]=Models::CustomerServiceRoom", &both),
        ("?status=unassigned", &budi),
        ("?untagged=true", &budi),
        ("?untagged=false", &both),
        ("?tags[0]=pelanggan+lama", &siti),
        (&format!("?user_ids[]={agent}"), &siti),
        ("?channels[]=ig&channels[]=wa", &both),
        ("?channels[]=ig", &none),
        ("?target_channel=fb", &none),
        ("?status=campaign", &none),
        ("?type[]=Models::ReviewServiceRoom", &none),
        ("?response_status[]=responded", &none),
        ("?response_status[]=unresponded&response_status[]=responded", &both),
        ("?sessions=expired", &none),
    ] {
        let found = list(&desk, &format!("/rooms{query}")).await;
        let found: Vec<_> = found.iter().map(|room| room["id"].as_str().unwrap()).collect();
        assert_eq!(found, *expected, "{query}");
    }
    let page = ask(&desk, "GET", "/rooms?limit=1&offset=1&cursor=", Value::Null).await.json;
    let paging = &page["meta"]["pagination"];
    assert_eq!((&paging["limit"], &paging["cursor"]["prev"]), (&json!(1), &Value::Null));
    let next = paging["cursor"]["next"].as_str().unwrap();
    let second = list(&desk, &format!("/rooms?limit=1&cursor={next}")).await;
    assert_eq!(second[0]["id"], budi[0]);

    world.pass(Duration::from_secs(25 * 3600)).await;
    assert_eq!(list(&desk, "/rooms/list/expired?channels[]=wa").await.len(), 2);
    assert_eq!(list(&desk, "/rooms/list/expired?channels[]=line").await.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_found_blocked_and_let_in_again() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let found = list(&desk, "/contacts?query=0812&offset=1").await;
    assert_eq!((found.len(), &found[0]["phone_number"]), (1, &json!(BUDI)));
    let contact = found[0]["id"].as_str().unwrap().to_owned();

    let blocked = json!({ "room_id": room, "reason": "Spam" });
    let blocked = done(&desk, "POST", "/contact_block", blocked).await;
    assert_eq!((&blocked["id"], &blocked["is_blocked"]), (&json!(contact), &json!(true)));
    world.customer_says(BUDI, "Beli dong").await.unwrap();
    assert_eq!(words(&desk, &room).await, ["Halo"]);
    let path = format!("/contact_block/{contact}");
    let free = done(&desk, "DELETE", &path, json!({ "room_id": room })).await;
    assert_eq!(free["is_blocked"], false);
    world.pass(Duration::from_secs(1)).await;
    world.customer_says(BUDI, "Maaf ya").await.unwrap();
    assert_eq!(words(&desk, &room).await, ["Halo", "Maaf ya"]);

    let job = ask(&desk, "PUT", "/rooms/resolve_expired", Value::Null).await;
    assert_eq!((job.status, &job.json["data"]["type"]), (202, &json!("resolve_expired")));
    let again = ask(&desk, "PUT", "/rooms/resolve_expired", Value::Null).await;
    assert_eq!(again.json["data"]["id"], job.json["data"]["id"]);
}
