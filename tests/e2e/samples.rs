//! Every sample of what WhatsApp posts, on the deployed stack: answered 200, and found again.
//!
//! What is said about messages of ours is said about real ones. A sample that is in none of the lists
//! has to be found as a message or an event.

mod own;

use std::{collections::BTreeMap, fs};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::stack::{STEP, Stack, beside_others, text};
use own::{Samples, folder};

/// What each message says, where the API shows it.
const SAID: [(&str, &[(&str, &str)]); 23] = [
    ("text", &[("/type", "text"), ("/text", "Halo, apakah kopi Gayo masih ada?")]),
    ("image", &[("/type", "image"), ("/text", "Kemasannya sobek"), ("/file/state", "stored")]),
    ("audio-voice", &[("/type", "audio"), ("/file/is_voice", "true"), ("/file/state", "stored")]),
    ("video", &[("/type", "video"), ("/file/state", "stored")]),
    ("document", &[("/type", "document"), ("/file/filename", "nota-1042.pdf")]),
    ("sticker", &[("/type", "sticker"), ("/file/is_animated", "true"), ("/file/state", "stored")]),
    ("location", &[("/type", "location"), ("/location/latitude", "-6.9147444")]),
    ("contacts", &[("/type", "contacts"), ("/contacts/0/name", "Agus Wijaya")]),
    ("contacts-shared-on-request", &[("/contacts/0/origin", "contact_request")]),
    ("interactive-button-reply", &[("/choice/id", "kirim-hari-ini"), ("/text", "Hari ini")]),
    ("interactive-list-reply", &[("/choice/id", "gayo-250"), ("/choice/description", "Rp85.000")]),
    ("interactive-flow-reply", &[("/form/name", "flow")]),
    ("button", &[("/choice/id", "BATAL"), ("/text", "Batalkan")]),
    ("order", &[("/order/items/0/product_id", "gayo-250"), ("/order/items/0/quantity", "2")]),
    ("text-bsuid", &[("/type", "text"), ("/text", "Bisa kirim ke Bandung?")]),
    ("text-forwarded", &[("/context/is_frequently_forwarded", "true")]),
    ("text-product", &[("/context/product/product_id", "gayo-250")]),
    ("text-referral", &[("/referral/headline", "Kopi Gayo"), ("/referral/source_type", "ad")]),
    ("text-reply", &[("/text", "Yang ini ya")]),
    ("unsupported", &[("/type", "unsupported"), ("/unsupported/code", "131051")]),
    ("echo-text", &[("/origin", "phone_app"), ("/text", "Masih, Bu. Mau berapa?")]),
    ("echo-image", &[("/origin", "phone_app"), ("/text", "Kemasan baru")]),
    ("batch", &[("/type", "text"), ("/text", "Pesanan saya sudah dikirim?")]),
];

/// What only tells of something, in the order in which it happens; each has its own proof below.
const TOLD: [&str; 22] = [
    "status-sent",
    "status-delivered",
    "status-read",
    "status-played",
    "status-failed",
    "reaction",
    "reaction-removed",
    "edit",
    "revoke",
    "echo-edit",
    "echo-revoke",
    "text-group",
    "account-update",
    "errors-only",
    "phone-number-name-update",
    "phone-number-quality-update",
    "template-category-update",
    "template-quality-update",
    "template-status-update",
    "system-user-id-change",
    "user-id-update",
    "system-number-change",
];

/// The values that must be found again: each message, each status, each message from the phone's
/// app, and each change that has none of these.
fn parts(sample: &Value) -> Vec<Value> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut parts = Vec::new();
    for change in list(sample, "entry").iter().flat_map(|entry| list(entry, "changes")) {
        let lists = ["messages", "statuses", "message_echoes"];
        let items: Vec<_> = lists.iter().flat_map(|name| list(&change["value"], name)).collect();
        if items.is_empty() { parts.push(change) } else { parts.extend(items) }
    }
    parts
}

/// The whole history of a room, by the provider's ids.
async fn by_external_id(stack: &Stack, room: &Value) -> anyhow::Result<BTreeMap<String, Value>> {
    let path = format!("/v1/rooms/{}/histories?limit=100", text(&room["id"]));
    let messages = stack.done("GET", &path, Value::Null).await?;
    let messages = messages.as_array().cloned().unwrap_or_default();
    Ok(messages.into_iter().map(|one| (text(&one["external_id"]).to_owned(), one)).collect())
}

/// What providers told, as it came.
async fn raw_events(stack: &Stack, integration: &str) -> anyhow::Result<Vec<String>> {
    let mut raw = Vec::new();
    for of in ["integration", "app"] {
        let path = format!("/v1/integrations/{integration}/events?limit=100&of={of}");
        let events = stack.done("GET", &path, Value::Null).await?;
        for event in events.as_array().into_iter().flatten() {
            let path = format!("/v1/integrations/{integration}/events/{}", text(&event["id"]));
            let event = stack.done("GET", &path, Value::Null).await?;
            // Other stories deliver what cannot be read.
            let payload = text(&event["payload"]);
            raw.extend(serde_json::from_str::<Value>(payload).map(|value| value.to_string()));
        }
    }
    Ok(raw)
}

#[tokio::test]
async fn every_part_of_every_sample_is_found_again() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let samples = Samples::of_this_story(stack).await?;
    let mut posted = Vec::new();
    for (name, _) in SAID {
        posted.push((name.to_owned(), samples.post(name).await?));
    }
    let Samples { siti, moved, budi, ids, .. } = &samples;
    what_was_said_is_found(stack, &posted, &[siti, budi, &ids[2]]).await?;
    for file in fs::read_dir(folder())? {
        let file = file?.path();
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if !TOLD.contains(&name) && SAID.iter().all(|(said, _)| *said != name) {
            posted.push((name.to_owned(), samples.post(name).await?));
        }
    }
    for name in TOLD {
        let sample = samples.post(name).await?;
        if !is_found_at_its_message(stack, &samples, name).await? {
            posted.push((name.to_owned(), sample));
        }
    }
    // Who hides their number is the same under their next id, and Siti under her next number.
    let (old, dewi) = (stack.room_of(&ids[2]).await?, stack.room_of(&ids[3]).await?);
    ensure!(dewi["contact_id"] == old["contact_id"], "{dewi}");
    let first = format!("{}BSUID1", samples.wamid);
    ensure!(by_external_id(stack, &dewi).await?.contains_key(&first));
    let at_new = stack.room_of(moved).await?;
    ensure!(at_new["contact_id"] == samples.room["contact_id"], "{at_new}");
    everything_else_is_an_event(stack, &posted, &[moved, budi, &ids[3]]).await
}

/// What a sample says about a message is shown at the message. `false` if it says nothing of one.
async fn is_found_at_its_message(
    stack: &Stack,
    samples: &Samples<'_>,
    name: &str,
) -> anyhow::Result<bool> {
    let all = by_external_id(stack, &samples.room).await?;
    let message = |id: &str| all.get(id).with_context(|| format!("{id} is not in the history"));
    let said = |id: &str| message(&format!("{}{id}", samples.wamid));
    let [first, failed, recording] = &samples.ours;
    let (shown, is_so) = match name {
        "status-sent" => (message(first)?, message(first)?["sent_at"].is_string()),
        "status-delivered" => (message(first)?, message(first)?["delivered_at"].is_string()),
        "status-read" => (message(first)?, message(first)?["status"] == "read"),
        "status-played" => (message(recording)?, message(recording)?["status"] == "played"),
        "status-failed" => (message(failed)?, message(failed)?["error"]["code"] == 131_047),
        "reaction" => (message(first)?, message(first)?["reactions"][0]["emoji"] == "👍"),
        "reaction-removed" => (message(first)?, message(first)?["reactions"] == json!([])),
        "edit" => {
            let (new, old) = (text(&said("TEXT01")?["text"]), &said("TEXT01")?["original"]["text"]);
            (said("TEXT01")?, new.contains("250 g") && !text(old).contains("250 g"))
        }
        "revoke" => {
            let is_gone = said("TEXT01")?["deleted_at"].is_string();
            (said("TEXT01")?, is_gone && said("TEXT01")?["text"].is_null())
        }
        "echo-edit" => (said("ECHO01")?, text(&said("ECHO01")?["text"]).contains("bungkus")),
        "echo-revoke" => (said("ECHO01")?, said("ECHO01")?["deleted_at"].is_string()),
        _ => return Ok(false),
    };
    ensure!(is_so, "{name}: {shown}");
    Ok(true)
}

/// Each message says in the API what it said in the sample.
async fn what_was_said_is_found(
    stack: &Stack,
    posted: &[(String, Value)],
    who: &[&str],
) -> anyhow::Result<()> {
    for (name, sample) in posted {
        let (_, says) = SAID.iter().find(|(said, _)| said == name).context("unknown")?;
        let id = parts(sample)[0]["id"].clone();
        let mut last = Value::Null;
        for attempt in 0..100 {
            let mut all = BTreeMap::new();
            for person in who {
                all.extend(by_external_id(stack, &stack.room_of(person).await?).await?);
            }
            last = all.get(text(&id)).cloned().unwrap_or_default();
            let is = |(pointer, value): &(&str, &str)| {
                let shown = last.pointer(pointer);
                shown.is_some_and(|shown| shown == value || format!("{shown}").as_str() == *value)
            };
            if says.iter().all(is) {
                break;
            }
            // Only files take their time.
            ensure!(last["file"]["state"] == "awaited" && attempt < 99, "{name}: {last}");
            tokio::time::sleep(STEP / 20).await;
        }
        let replies = ["text-reply", "button", "interactive-button-reply"];
        if replies.contains(&name.as_str()) {
            ensure!(last["context"]["reply_to_id"].is_string(), "{name}: {last}");
        }
    }
    Ok(())
}

/// What is no message is an event, with all that the provider posted.
async fn everything_else_is_an_event(
    stack: &Stack,
    posted: &[(String, Value)],
    who: &[&str],
) -> anyhow::Result<()> {
    let mut messages = BTreeMap::new();
    for person in who {
        messages.extend(by_external_id(stack, &stack.room_of(person).await?).await?);
    }
    let integration = stack.integration().await?;
    let raw = raw_events(stack, text(&integration["id"])).await?;
    for (name, sample) in posted {
        for part in parts(sample) {
            let id = part["id"].as_str().filter(|_| !TOLD.contains(&name.as_str()));
            let is_message = id.is_some_and(|id| messages.contains_key(id));
            let whole = part.to_string();
            ensure!(is_message || raw.iter().any(|raw| raw.contains(&whole)), "{name}: {part}");
        }
    }
    Ok(())
}
