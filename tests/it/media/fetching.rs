//! A customer's file comes from the provider, or says why it does not.

use std::time::Duration;

use domain::message::MediaKind;
use world::{World, files::JPEG, graph::Fault};

use super::{MOMENT, link, opened, retry, sends, shown, talking};
use crate::desk::{
    Desk,
    fates::{self, UNLUCKY},
    problem, rows,
};

const PICTURE: (MediaKind, &str) = (MediaKind::Image, "image/jpeg");

fn jobs(world: &World) -> usize {
    world.queue("media", |queue| queue.len())
}

#[tokio::test(start_paused = true)]
async fn a_voice_note_is_there_at_once_and_sounds_as_it_was_spoken() {
    let (world, room) = talking().await;
    let spoken = [b"OggS\0\x02".as_slice(), &[0; 22], b"\x01\x13OpusHead and words"].concat();
    let note = sends(&world, &room, (MediaKind::Audio, "audio/ogg; codecs=opus"), &spoken).await;
    assert_eq!(shown(&world, note).await["state"], "awaited");
    let waiting = link(&world, note).await;
    assert_eq!(problem(&waiting), (409, "file_awaited", ""));
    let began = world.clock.now_ms();
    world.settle(MOMENT).await.unwrap();
    assert!(world.clock.now_ms() - began < 1000);
    let file = shown(&world, note).await;
    assert_eq!(
        (file["state"].as_str(), file["size"].as_u64()),
        (Some("stored"), Some(spoken.len() as u64))
    );
    let heard = opened(&world, note).await;
    assert_eq!((heard.status, heard.content_type.as_str()), (200, "audio/ogg"));
    assert_eq!((heard.disposition.as_str(), heard.body), ("inline", spoken));
    assert_eq!(jobs(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_lies_under_its_contact() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    world.settle(MOMENT).await.unwrap();
    let contact = Desk::of(&world).room(&room).await["contact_id"].clone();
    let org = world.company().provisioned.organization_id;
    let key = format!("contact/{org}/{}/media/{}", contact.as_str().unwrap(), picture.position.id);
    let services = world.wire.services();
    let object = services.s3.known(&key).unwrap();
    assert_eq!((object.bytes.as_slice(), object.content_type.as_str()), (JPEG, "image/jpeg"));
}

#[tokio::test(start_paused = true)]
async fn an_address_that_has_expired_is_asked_for_once_more() {
    let (world, room) = talking().await;
    world.company().graph().set_fault(Fault::MediaMissing, Some(1));
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    world.settle(MOMENT).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "stored");
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_shown_as_failed_and_tried_again() {
    for (fault, reason) in [
        (Fault::MediaMissing, "unreachable"),
        (Fault::MediaWrongHash, "wrong_sha256"),
        (Fault::ExpiredToken, "refused"),
    ] {
        let (world, room) = talking().await;
        world.company().graph().set_fault(fault, None);
        let picture = sends(&world, &room, PICTURE, JPEG).await;
        world.settle(MOMENT).await.unwrap();
        let file = shown(&world, picture).await;
        assert_eq!(
            (&file["state"], &file["failure"]),
            (&"failed".into(), &reason.into()),
            "{fault}"
        );
        assert_eq!(problem(&link(&world, picture).await), (409, "file_failed", ""), "{fault}");
        assert_eq!(jobs(&world), 1, "{fault}");
        world.company().graph().clear();
        world.settle(Duration::from_secs(60)).await.unwrap();
        assert_eq!(opened(&world, picture).await.body, JPEG, "{fault}");
        assert_eq!(jobs(&world), 0, "{fault}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_the_bucket_does_not_take_is_shown_as_failed_and_kept_once_it_does() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    fates::refuse(&world, |call| call.service == "s3" && call.operation == "PutObject");
    world.settle(MOMENT).await.unwrap();
    let file = shown(&world, picture).await;
    assert_eq!((&file["state"], &file["failure"]), (&"failed".into(), &"not_stored".into()));
    assert_eq!(jobs(&world), 1, "and it is tried again");
    // For as long as WhatsApp has it; after that a member may still ask.
    world.settle(Duration::from_secs(8 * 24 * 3600)).await.unwrap();
    assert_eq!((shown(&world, picture).await["state"].as_str(), jobs(&world)), (Some("failed"), 0));
    fates::recover(&world);
    assert_eq!(retry(&world, picture).await.status, 200);
    assert_eq!(shown(&world, picture).await["state"], "awaited");

    let other = sends(&world, &room, PICTURE, JPEG).await;
    fates::refuse(&world, |call| call.service == "s3" && call.operation == "PutObject");
    world.settle(MOMENT).await.unwrap();
    fates::recover(&world);
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(opened(&world, other).await.body, JPEG);
}

#[tokio::test(start_paused = true)]
async fn a_slow_provider_is_waited_for() {
    let (world, room) = talking().await;
    world.company().graph().set_fault(Fault::MediaSlow, None);
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    world.settle(Duration::from_secs(60)).await.unwrap();
    assert_eq!(shown(&world, picture).await["state"], "stored");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_too_large_is_not_fetched_and_not_tried_again() {
    let (world, room) = talking().await;
    for (kind, mime_type) in [
        PICTURE,
        (MediaKind::Audio, "audio/ogg"),
        (MediaKind::Video, "video/mp4"),
        (MediaKind::Document, "application/pdf"),
        (MediaKind::Sticker, "image/webp"),
    ] {
        world.company().graph().set_fault(Fault::MediaTooLarge, Some(1));
        let sent = sends(&world, &room, (kind, mime_type), JPEG).await;
        world.settle(MOMENT).await.unwrap();
        let file = shown(&world, sent).await;
        assert_eq!(
            (&file["state"], &file["failure"]),
            (&"failed".into(), &"too_large".into()),
            "{mime_type}"
        );
        assert_eq!(jobs(&world), 0, "{mime_type}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_picture_that_is_larger_than_one_that_we_may_send_is_fetched() {
    let (world, room) = talking().await;
    let large = [JPEG, &vec![0; 6 << 20]].concat();
    let picture = sends(&world, &room, PICTURE, &large).await;
    world.settle(MOMENT).await.unwrap();
    let file = shown(&world, picture).await;
    assert_eq!((&file["state"], &file["size"]), (&"stored".into(), &large.len().into()));
}

#[tokio::test(start_paused = true)]
async fn wrong_bytes_are_never_stored_and_the_right_ones_at_once_when_an_agent_asks_again() {
    let (world, room) = talking().await;
    world.company().graph().set_fault(Fault::MediaWrongHash, None);
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    world.settle(Duration::from_secs(3600)).await.unwrap();
    let file = shown(&world, picture).await;
    assert_eq!((&file["state"], &file["attempts"]), (&"failed".into(), &5.into()));
    assert_eq!((jobs(&world), world.wire.services().s3.keys().count()), (1, 0));

    world.company().graph().clear();
    let asked = retry(&world, picture).await;
    assert_eq!((asked.status, &asked.json["data"]["file"]["state"]), (200, &"awaited".into()));
    world.settle(MOMENT).await.unwrap();
    assert_eq!(opened(&world, picture).await.body, JPEG);
    // What is there stays there.
    assert_eq!(retry(&world, picture).await.json["data"]["file"]["state"], "stored");
    world.settle(Duration::from_secs(3600)).await.unwrap();
    assert_eq!(jobs(&world), 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_is_tried_for_seven_days_and_no_longer() {
    let (world, room) = talking().await;
    world.company().graph().set_fault(Fault::ExpiredToken, None);
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    world.settle(Duration::from_secs(6 * 24 * 3600)).await.unwrap();
    assert_eq!(jobs(&world), 1);
    world.settle(Duration::from_secs(2 * 24 * 3600)).await.unwrap();
    assert_eq!(jobs(&world), 0);
    assert!(world.queue("media", |queue| queue.dead().is_empty()));
    assert_eq!(shown(&world, picture).await["failure"], "refused");
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_a_fetching_call_the_file_is_stored_once_and_whole() {
    for fate in fates::EACH {
        for call in 0.. {
            let (world, room) = talking().await;
            let picture = sends(&world, &room, PICTURE, JPEG).await;
            assert!(world.relay(&world.process, 20).await.unwrap());
            let process = world.start_process(UNLUCKY);
            let calls = fates::strike(&world, call, fate);
            world.consume(&process, "media", 0).await.unwrap();
            fates::recover(&world);
            world.settle(Duration::from_secs(600)).await.unwrap();
            let at = format!("call {call} {fate:?}");
            assert_eq!(opened(&world, picture).await.body, JPEG, "{at}");
            assert_eq!(world.wire.services().s3.keys().count(), 1, "{at}");
            assert_eq!(jobs(&world), 0, "{at}");
            if !fates::has_struck(&calls, call) {
                assert!(call >= 6, "only {call} calls were struck");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_befalls_relay_the_file_is_fetched() {
    for fate in fates::EACH {
        let (world, room) = talking().await;
        let picture = sends(&world, &room, PICTURE, JPEG).await;
        let process = world.start_process(UNLUCKY);
        fates::strike(&world, 0, fate);
        world.relay(&process, 20).await.unwrap();
        fates::recover(&world);
        world.settle(Duration::from_secs(60)).await.unwrap();
        assert_eq!(shown(&world, picture).await["state"], "stored", "{fate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_runs_with_one_job_store_one_file() {
    let (world, room) = talking().await;
    let picture = sends(&world, &room, PICTURE, JPEG).await;
    assert!(world.relay(&world.process, 20).await.unwrap());
    let now = world.clock.now_ms();
    let event = world.queue("media", |queue| queue.receive(0, now)).unwrap();
    let (one, two) = (world.start_process("one"), world.start_process("two"));
    let (one, two) = futures_util::future::join(
        media::handle(one.media.clone(), event.clone()),
        media::handle(two.media.clone(), event.clone()),
    )
    .await;
    assert_eq!(one.batch_item_failures.len() + two.batch_item_failures.len(), 0);
    assert_eq!(opened(&world, picture).await.body, JPEG);
    let stored = rows(&world, "m#");
    let picture = stored.iter().find(|row| row["content"]["M"]["file"].is_object()).unwrap();
    assert_eq!(picture["v"]["N"], "2");
}
