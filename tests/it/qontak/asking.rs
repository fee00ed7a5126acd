//! Lists and numbers are asked for with every parameter that Qontak's client names.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::{Value, json};
use world::World;

use super::{ask, done, first_words, list};
use crate::desk::{BUDI, Desk, SITI, problem};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn ids(desk: &Desk<'_>, path: &str) -> Vec<String> {
    let found = list(desk, path).await;
    found.iter().map(|thing| thing["id"].as_str().unwrap().to_owned()).collect()
}

async fn names(desk: &Desk<'_>, path: &str) -> Vec<String> {
    let found = list(desk, path).await;
    found.iter().map(|thing| thing["name"].as_str().unwrap().to_owned()).collect()
}

async fn tag(desk: &Desk<'_>, room: &str, name: &str) {
    done(desk, "POST", &format!("/rooms/{room}/tags"), json!({ "name": name })).await;
}

/// All pages of one each.
async fn one_by_one(desk: &Desk<'_>, path: &str) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..20 {
        let page = ask(desk, "GET", &format!("{path}&limit=1&cursor={cursor}"), Value::Null).await;
        assert_eq!(page.status, 200, "{}", page.json);
        let shown = page.json["data"].as_array().unwrap();
        found.extend(shown.iter().map(|thing| thing["id"].as_str().unwrap().to_owned()));
        match page.json["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return found,
        }
    }
    panic!("{path} does not end");
}

#[tokio::test(start_paused = true)]
async fn rooms_and_unread_messages_are_counted() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let tono = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    first_words(&desk, BUDI).await;
    world.customer_says(BUDI, "Ada?").await.unwrap();
    let siti = first_words(&desk, SITI).await;
    done(&desk, "POST", &format!("/rooms/{siti}/takeover"), Value::Null).await;
    let info = |query: &str| format!("/rooms/specific/info{query}");
    let counted = |unassigned: Value, unread: Value, division: Value| {
        json!({ "unassigned": unassigned, "unread_count": unread,
            "unassigned_division": division, "is_complete": true })
    };
    let null = || Value::Null;
    for (desk, query, expected) in [
        (&desk, "?target=unassigned", counted(json!(1), null(), null())),
        (&desk, "?target=unread_count&type=customer_service", counted(null(), json!(3), null())),
        (&desk, "?target=unassigned_division", counted(null(), null(), json!(0))),
        (&desk, "?target=unassigned&type=comment", counted(json!(0), null(), null())),
        (&desk, "", counted(json!(1), json!(3), json!(0))),
        // Whose rooms he does not see, their messages are not counted for him.
        (&tono, "", counted(json!(1), json!(2), json!(0))),
    ] {
        assert_eq!(done(desk, "GET", &info(query), Value::Null).await, expected, "{query}");
    }
    for (query, field) in [
        ("?target=all", "target"),
        ("?type=story", "type"),
        ("?account_uniq_id=6", "channel_integration_id"),
    ] {
        let refused = ask(&desk, "GET", &info(query), Value::Null).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{query}");
    }
    let integration = world.company().provisioned.integration_id;
    let whose = format!("?account_uniq_id={SITI}&channel_integration_id={integration}");
    assert_eq!(done(&desk, "GET", &info(&whose), Value::Null).await["id"], siti);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_too_large_to_count_says_so() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    for number in 0..401 {
        world.customer_says(&format!("6281{number:05}"), "Halo").await.unwrap();
    }
    let counted = done(&desk, "GET", "/rooms/specific/info", Value::Null).await;
    assert_eq!((&counted["unassigned"], &counted["unread_count"]), (&json!(401), &json!(400)));
    assert_eq!(counted["is_complete"], false);
    let counted = done(&desk, "GET", "/rooms/specific/info?target=unassigned", Value::Null).await;
    assert_eq!(counted["is_complete"], true);
}

#[tokio::test(start_paused = true)]
async fn rooms_are_asked_for_by_several_tags_and_members_at_once() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let tono = Desk::with_key(&world, &world.add_member("Tono", Role::Agent).await.unwrap());
    let mut rooms = Vec::new();
    for (number, tags) in [("628111", &["vip"][..]), ("628222", &["lama", "vip"]), ("628333", &[])]
    {
        let room = first_words(&desk, number).await;
        world.pass(Duration::from_secs(600)).await;
        for name in tags {
            tag(&desk, &room, name).await;
            world.pass(Duration::from_secs(600)).await;
        }
        rooms.push(room);
    }
    let [first, second, third] = <[String; 3]>::try_from(rooms).unwrap();
    let taken = done(&desk, "POST", &format!("/rooms/{first}/takeover"), Value::Null).await;
    let ani = taken["agent_ids"][0].as_str().unwrap().to_owned();
    let taken = done(&tono, "POST", &format!("/rooms/{third}/takeover"), Value::Null).await;
    let tonos = taken["agent_ids"][0].as_str().unwrap().to_owned();

    // Who bears both stands once, whatever the size of the pages.
    let both = "/rooms?tags[]=vip&tags[]=lama";
    assert_eq!(ids(&desk, both).await, [second.as_str(), &first]);
    assert_eq!(one_by_one(&desk, both).await, [second.as_str(), &first]);
    assert_eq!(one_by_one(&tono, both).await, [second.as_str()]);
    let of = |members: &str| format!("/rooms?{members}&limit=100");
    let either = of(&format!("user_ids[]={ani}&user_ids[]={tonos}"));
    let mut found = ids(&desk, &either).await;
    found.sort();
    let mut expected = vec![first.clone(), third.clone()];
    expected.sort();
    assert_eq!(found, expected);
    let tagged = of(&format!("user_ids[]={ani}&user_ids[]={tonos}&tags[]=vip&tags[]=lama"));
    assert_eq!(ids(&desk, &tagged).await, [first.as_str()]);
    assert_eq!(ids(&tono, &either).await, [third]);
}

#[tokio::test(start_paused = true)]
async fn rooms_are_found_by_their_customer_and_by_day() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let budi = first_words(&desk, BUDI).await;
    let first = day(&done(&desk, "GET", &format!("/rooms/{budi}"), Value::Null).await);
    world.pass(DAY).await;
    world.pass(DAY).await;
    let siti = first_words(&desk, SITI).await;
    let last = day(&done(&desk, "GET", &format!("/rooms/{siti}"), Value::Null).await);
    let (budi, siti) = (budi.as_str(), siti.as_str());
    for (query, expected) in [
        ("query=0812".to_owned(), vec![budi]),
        ("query=0812&status=resolved".to_owned(), vec![]),
        ("query=62".to_owned(), vec![budi, siti]),
        ("query=62&sessions=open".to_owned(), vec![siti]),
        ("query=".to_owned(), vec![siti, budi]),
        (format!("start_date={first}&end_date={first}"), vec![budi]),
        (format!("start_date={last}"), vec![siti]),
        (format!("end_date={last}&time_offset=0"), vec![siti, budi]),
        (format!("start_date={first}T00:00:00Z&end_date={last}T00:00:00Z"), vec![budi]),
        (format!("end_date={first}&query=628"), vec![budi]),
        (format!("end_date={first}&channels[]=ig"), vec![]),
    ] {
        assert_eq!(ids(&desk, &format!("/rooms?{query}")).await, expected, "{query}");
    }
    assert_eq!(one_by_one(&desk, "/rooms?query=62").await, [budi, siti]);
    for (query, field) in [
        ("query=%2B", "query"),
        ("start_date=kemarin", "start_date"),
        ("end_date=2026-02-30", "end_date"),
        ("time_offset=25", "time_offset"),
    ] {
        let refused = ask(&desk, "GET", &format!("/rooms?{query}"), Value::Null).await;
        assert_eq!(problem(&refused), (400, "invalid_field", field), "{query}");
    }
}

/// The day of a room's last activity, in UTC.
fn day(room: &Value) -> String {
    room["last_activity_at"].as_str().unwrap()[..10].to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_day_begins_where_the_client_says() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let shown = done(&desk, "GET", &format!("/rooms/{room}"), Value::Null).await;
    let (today, hour) = (day(&shown), &shown["last_activity_at"].as_str().unwrap()[11..13]);
    // So many hours to the west it is still yesterday.
    let west: i64 = hour.parse::<i64>().unwrap() + 1;
    assert!(west <= 12, "the world begins at {hour}");
    let of = |offset: i64| format!("/rooms?start_date={today}&time_offset={offset}");
    assert_eq!(ids(&desk, &of(0)).await, [room]);
    assert_eq!(ids(&desk, &of(-west)).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn people_and_accounts_are_searched_and_put_in_order() {
    let mut world = World::new().await.unwrap();
    world.add_company("Kopi Kita", "555000555000555").await.unwrap();
    for name in ["Tono", "Wati"] {
        world.pass(Duration::from_secs(60)).await;
        let email = format!("{}@example.com", name.to_lowercase());
        world.seat(world.company(), &email, name, Role::Agent).await.unwrap();
    }
    let desk = Desk::of(&world);
    let room = first_words(&desk, BUDI).await;
    let at = format!("/rooms/{room}/agents/assignable");
    for list in ["/users", at.as_str()] {
        let path = |query: &str| format!("{list}?{query}");
        let all = names(&desk, list).await.len();
        assert_eq!(names(&desk, &path("query=ton")).await, ["Tono"]);
        assert_eq!(names(&desk, &path("query=nobody")).await, [""; 0]);
        let rising = names(&desk, &path("order_by=created_at&order_direction=asc")).await;
        let falling = names(&desk, &path("order_by=updated_at&order_direction=desc")).await;
        assert_eq!((rising.len(), falling.len()), (all, all));
        assert_eq!(falling[..2], ["Wati", "Tono"]);
        assert_eq!(rising[all - 2..], ["Tono", "Wati"]);
        let paged = one_by_one(&desk, &path("order_direction=desc")).await;
        assert_eq!(paged, ids(&desk, &path("order_direction=desc")).await);
        assert_eq!(paged.len(), all);
        let refused = ask(&desk, "GET", &path("order_by=name"), Value::Null).await;
        assert_eq!(problem(&refused), (400, "invalid_field", "order_by"));
    }
    let accounts = names_of_accounts(&desk, "/integrations?all=true&order_by=created_at").await;
    assert_eq!(accounts.len(), 2);
    let back = names_of_accounts(&desk, "/integrations?order_direction=desc").await;
    assert_eq!(back, accounts.iter().rev().cloned().collect::<Vec<_>>());
    assert_eq!(names_of_accounts(&desk, "/integrations?query=teh").await, [""; 0]);
    assert_eq!(names_of_accounts(&desk, "/integrations?query=kopi").await.len(), 2);

    // What is asked of the room is asked of it here, too.
    assert_eq!(names(&desk, &format!("{at}?status=resolved")).await, [""; 0]);
    assert!(!names(&desk, &format!("{at}?status=unassigned&channels[]=wa_cloud")).await.is_empty());
    assert_eq!(names(&desk, &format!("{at}?is_online=true")).await, [""; 0]);
    assert!(!names(&desk, &format!("{at}?is_online=false")).await.is_empty());
}

async fn names_of_accounts(desk: &Desk<'_>, path: &str) -> Vec<String> {
    let found = list(desk, path).await;
    let name = |account: &Value| {
        let settings = &account["settings"];
        format!("{} {}", settings["account_name"].as_str().unwrap(), settings["phone_number_id"])
    };
    found.iter().map(name).collect()
}
