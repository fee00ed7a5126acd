//! What happens reaches the sockets of those who may see it, and no socket delays anybody.

use std::time::Duration;

use domain::api_key::Role;
use serde_json::json;
use world::{World, aws::apigateway::Taking};

use super::{kinds, relay};
use crate::desk::{BUDI, Desk, fates, rows};

#[tokio::test(start_paused = true)]
async fn a_customers_words_reach_the_socket_with_their_room() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let socket = world.open_socket(&desk.key).await.unwrap();
    relay(&world).await;
    let presence = world.heard(&socket);
    assert_eq!(kinds(&presence), ["presence.changed"]);
    assert_eq!(presence[0]["data"]["is_online"], true);

    let room = desk.first_words(BUDI).await;
    relay(&world).await;
    let events = world.heard(&socket);
    assert_eq!(kinds(&events), ["room.changed", "message.changed"]);
    assert_eq!(events[0]["data"], desk.room(&room).await);
    assert_eq!(events[1]["data"], desk.history(&room).await[0]);
    for event in &events {
        assert_eq!(event["version"], event["data"]["version"]);
        assert_eq!(event["room_id"], room);
    }
}

#[tokio::test(start_paused = true)]
async fn agents_hear_of_what_is_free_and_their_own_and_nobody_of_another_company() {
    let mut world = World::new().await.unwrap();
    world.add_company("Teh Tua", "777000777000777").await.unwrap();
    let (tono, siti) = (
        world.add_member("Tono", Role::Agent).await.unwrap(),
        world.add_member("Siti", Role::Agent).await.unwrap(),
    );
    let boss = world.open_socket(&world.company().setup.api_key).await.unwrap();
    let other = world.open_socket(&world.companies[1].setup.api_key).await.unwrap();
    let (of_tono, of_siti) =
        (world.open_socket(&tono).await.unwrap(), world.open_socket(&siti).await.unwrap());
    relay(&world).await;
    for socket in [&boss, &other, &of_tono, &of_siti] {
        world.heard(socket);
    }
    let room = Desk::of(&world).first_words(BUDI).await;
    relay(&world).await;
    for socket in [&boss, &of_tono, &of_siti] {
        assert_eq!(kinds(&world.heard(socket)), ["room.changed", "message.changed"]);
    }

    assert_eq!(Desk::with_key(&world, &tono).take_over(&room).await.status, 200);
    relay(&world).await;
    assert_eq!(kinds(&world.heard(&of_tono)), ["room.changed"]);
    let gone = world.heard(&of_siti);
    assert_eq!(kinds(&gone), ["room.gone"]);
    assert_eq!((&gone[0]["room_id"], gone[0].get("data")), (&room, None));

    // From here on it is Tono's, also where only its message changes.
    world.customer_says(BUDI, "Masih ada?").await.unwrap();
    let desk = Desk::with_key(&world, &tono);
    assert_eq!(desk.reply(&room, "Masih!", "k").await.status, 201);
    world.settle(Duration::from_secs(20)).await.unwrap();
    assert!(kinds(&world.heard(&of_tono)).len() >= 4);
    assert!(kinds(&world.heard(&boss)).len() >= 4);
    assert!(world.heard(&of_siti).is_empty());
    assert!(world.heard(&other).is_empty(), "another company heard of it");
}

#[tokio::test(start_paused = true)]
async fn a_dead_socket_is_cleaned_up_and_its_member_is_gone() {
    let world = World::new().await.unwrap();
    let tono = world.add_member("Tono", Role::Agent).await.unwrap();
    let desk = Desk::of(&world);
    let (alive, dead) =
        (world.open_socket(&desk.key).await.unwrap(), world.open_socket(&tono).await.unwrap());
    relay(&world).await;
    world.heard(&alive);
    world.cut(&dead);
    // So young a socket may still be opening.
    desk.first_words(BUDI).await;
    relay(&world).await;
    assert_eq!(rows(&world, "socket#").len(), 2);
    world.pass(Duration::from_secs(11)).await;
    world.customer_says(BUDI, "Halo?").await.unwrap();
    relay(&world).await;
    assert_eq!((rows(&world, "socket#").len(), rows(&world, "owner").len()), (1, 1));
    let heard = world.heard(&alive);
    let presence = heard.iter().find(|event| event["type"] == "presence.changed").unwrap();
    assert_eq!(presence["data"]["name"], "Tono");
    assert_eq!(presence["data"]["is_online"], false);
}

#[tokio::test(start_paused = true)]
async fn slow_and_failing_sockets_delay_neither_sends_nor_other_sockets() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    world.pass(Duration::from_secs(2)).await;
    let well = world.open_socket(&desk.key).await.unwrap();
    for taking in [Taking::After(60_000), Taking::After(60_000), Taking::Nothing] {
        let socket = world.open_socket(&desk.key).await.unwrap();
        world.set_taking(&socket, taking);
    }
    assert_eq!(desk.reply(&room, "Masih!", "k").await.status, 201);
    let began = world.clock.now_ms();
    assert!(world.relay(&world.process, 100).await.unwrap());
    // The answer is in the queue, though the batch waited for slow sockets: no longer than 2 s.
    assert!(world.clock.now_ms() - began <= 2_100);
    assert!(world.queue("outbound.fifo", |queue| !queue.is_empty()));
    assert!(kinds(&world.heard(&well)).contains(&"message.changed"));

    // The next batch does not wait for them again.
    assert_eq!(desk.reply(&room, "Mau berapa?", "l").await.status, 201);
    let began = world.clock.now_ms();
    assert!(world.relay(&world.process, 100).await.unwrap());
    assert!(world.clock.now_ms() - began <= 100, "{}", world.clock.now_ms() - began);
    assert_eq!(kinds(&world.heard(&well)), ["message.changed"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_queued_before_anything_else_is_tried() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let room = desk.first_words(BUDI).await;
    relay(&world).await;
    assert_eq!(desk.reply(&room, "Masih!", "k").await.status, 201);
    // The journal can't be written: the batch comes again, and the answer goes out all the same.
    fates::refuse(&world, |call| call.operation == "PutItem");
    for _ in 0..3 {
        assert!(world.relay(&world.process, 20).await.unwrap());
        assert_eq!(world.queue("outbound.fifo", |queue| queue.len()), 1);
    }
    let items = |world: &World| {
        let rows = world.wire.services().dynamodb.rows().unwrap();
        rows.iter().filter(|row| row.get("packed").is_some()).count()
    };
    let before = items(&world);
    fates::recover(&world);
    relay(&world).await;
    assert_eq!(items(&world), before + 1);
    assert_eq!(world.queue("outbound.fifo", |queue| queue.len()), 1);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_does_not_read_delays_nobody() {
    let world = World::new().await.unwrap();
    let desk = Desk::of(&world);
    let socket = world.open_socket(&desk.key).await.unwrap();
    desk.first_words(BUDI).await;
    let record = |sk: &str, image: serde_json::Value| {
        let pk = "o#32f5a92f-afc4-8621-ab88-6cbde1cb5f5c#room#375aa2d1-9949-84de-b603-bff67b4380a7";
        let keys = json!({ "pk": { "S": pk }, "sk": { "S": sk } });
        let mut new = keys.clone();
        new.as_object_mut().unwrap().extend(image.as_object().unwrap().clone());
        let change = json!({
            "ApproximateCreationDateTime": 1_767_574_800, "SequenceNumber": "1", "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES", "Keys": keys, "NewImage": new,
        });
        json!({
            "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "awsRegion": "x",
            "eventSource": "aws:dynamodb", "eventSourceARN": "x", "dynamodb": change,
        })
    };
    let outbound = json!({ "kind": { "S": "outbound" } });
    let poison = json!({ "Records": [
        record("room", json!({ "id": { "N": "7" } })),
        record("m#1767574800500#ce52ada5-5f63-8974-a415-6144c522203f", outbound),
        record("socket#x", json!({})),
    ]});
    let event = serde_json::from_value(poison).unwrap();
    let relay_of = std::sync::Arc::clone(&world.process.relay);
    assert!(relay::handle(relay_of, event).await.is_ok());
    relay(&world).await;
    assert!(kinds(&world.heard(&socket)).contains(&"message.changed"));
}
