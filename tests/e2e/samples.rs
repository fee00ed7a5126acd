//! Every sample of what WhatsApp posts, on the deployed stack: answered 200, and found again.
//!
//! The people, the numbers and the ids of the samples are exchanged for the story's own, and their
//! times for times just now. What is said about messages of ours is said about real ones.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use world::files::JPEG;

use crate::{
    files,
    stack::{STEP, Stack, beside_others, customer, now_seconds, text, unique},
};

/// When the samples begin, in seconds.
const BEGIN: i64 = 1_795_000_000;
/// How long their story is.
const LENGTH: i64 = 1_030;

/// What each message says, where the API shows it.
const SAID: [(&str, &[(&str, &str)]); 24] = [
    ("text", &[("/type", "text"), ("/text", "Halo, apakah kopi Gayo masih ada?")]),
    ("image", &[("/type", "image"), ("/text", "Kemasannya sobek"), ("/file/state", "stored")]),
    ("audio-voice", &[("/type", "audio"), ("/file/is_voice", "true"), ("/file/state", "stored")]),
    ("video", &[("/type", "video"), ("/file/state", "stored")]),
    ("document", &[("/type", "document"), ("/file/filename", "nota-1042.pdf")]),
    ("sticker", &[("/type", "sticker"), ("/file/is_animated", "true"), ("/file/state", "stored")]),
    ("location", &[("/type", "location"), ("/location/latitude", "-6.9147444")]),
    ("contacts", &[("/type", "contacts"), ("/contacts/0/name", "Agus Wijaya")]),
    ("contacts-shared-on-request", &[("/type", "contacts")]),
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
    ("text-group", &[]),
];

/// What only tells of something, in the order in which it happens; each has its own proof below.
const TOLD: [&str; 21] = [
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

/// What says that somebody has moved. Samples have their own order; what these say must come last,
/// for who writes from a number has not left it.
const MOVES: [&str; 3] = ["system-user-id-change", "user-id-update", "system-number-change"];

/// The samples, made this stack's and this story's.
struct Samples<'a> {
    stack: &'a Stack,
    /// What stands for what, in any text.
    names: Vec<(&'static str, String)>,
    /// Our references on messages of ours, by the provider's id.
    references: BTreeMap<String, Value>,
    /// The files that the provider has, by the samples' ids: id and hash.
    files: BTreeMap<&'static str, (Value, String)>,
    later: i64,
}

impl Samples<'_> {
    fn own(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (old, new) in &self.names {
                    *text = text.replace(old, new);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.own(item)),
            Value::Object(fields) => {
                let file = fields.get("id").and_then(Value::as_str);
                if let Some((id, hash)) = file.and_then(|id| self.files.get(id)) {
                    fields.insert("id".into(), id.clone());
                    fields.insert("sha256".into(), json!(hash));
                }
                for (name, field) in fields.iter_mut() {
                    self.own(field);
                    let seconds = field.as_str().and_then(|text| text.parse::<i64>().ok());
                    if let ("timestamp", Some(seconds)) = (name.as_str(), seconds) {
                        *field = json!((seconds + self.later).to_string());
                    }
                }
                let about = fields.get("id").and_then(Value::as_str);
                if let Some(reference) = about.and_then(|id| self.references.get(id))
                    && fields.contains_key("status")
                {
                    fields.insert("biz_opaque_callback_data".into(), reference.clone());
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Posts a sample; what was posted.
    async fn post(&self, name: &str) -> anyhow::Result<Value> {
        let path = folder().join(format!("{name}.json"));
        let mut sample: Value = serde_json::from_slice(&fs::read(path)?)?;
        self.own(&mut sample);
        if MOVES.contains(&name) {
            happens_now(&mut sample);
        }
        let answer = self.stack.deliver(sample.to_string().as_bytes()).await?;
        ensure!(answer.status == 200, "{name}: {answer:?}");
        Ok(sample)
    }
}

/// Says of all that is told that it happens in this second.
fn happens_now(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(happens_now),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                happens_now(field);
                if name == "timestamp" {
                    *field = json!(now_seconds().to_string());
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events/channels/whatsapp")
}

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

/// The files of the samples, as a customer's phone would upload them.
async fn uploaded(stack: &Stack) -> anyhow::Result<BTreeMap<&'static str, (Value, String)>> {
    let ogg = [b"OggS\0\x02".as_slice(), &[0; 22], b"\x01\x13OpusHead"].concat();
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    let mut files = BTreeMap::new();
    for (id, kind, bytes) in [
        ("410770000000001", "image/webp", b"RIFF\x12\0\0\0WEBPVP8X\x0a\0\0\0\0\0".as_slice()),
        ("410770000000002", "image/jpeg", JPEG),
        ("410770000000011", "audio/ogg", &ogg),
        ("410770000000012", "video/mp4", film),
        ("410770000000013", "application/pdf", b"%PDF-1.7 nota"),
        ("410770000000014", "image/webp", b"RIFF\x12\0\0\0WEBPVP8X\x0a\0\0\0\x02\0"),
        ("410770000000015", "image/jpeg", JPEG),
    ] {
        let url = format!("{}/media", stack.value("simulator_url"));
        let taken = stack.send("POST", &url, &[("content-type", kind)], bytes.to_vec()).await?;
        ensure!(taken.status == 200, "{taken:?}");
        files.insert(id, (taken.json["id"].clone(), STANDARD.encode(Sha256::digest(bytes))));
    }
    Ok(files)
}

/// The whole history of a room, by the provider's ids.
async fn by_external_id(stack: &Stack, room: &Value) -> anyhow::Result<BTreeMap<String, Value>> {
    let path = format!("/v1/rooms/{}/histories?limit=100", text(&room["id"]));
    let messages = stack.done("GET", &path, Value::Null).await?;
    let messages = messages.as_array().cloned().unwrap_or_default();
    Ok(messages.into_iter().map(|one| (text(&one["external_id"]).to_owned(), one)).collect())
}

/// What providers told, as it lies in the bucket.
async fn raw_events(stack: &Stack, integration: &str) -> anyhow::Result<Vec<String>> {
    let s3 = aws_sdk_s3::Client::new(&stack.aws().await?);
    let bucket = stack.bucket(&s3).await?;
    let mut raw = Vec::new();
    for of in ["integration", "app"] {
        let path = format!("/v1/integrations/{integration}/events?limit=100&of={of}");
        let events = stack.done("GET", &path, Value::Null).await?;
        for event in events.as_array().into_iter().flatten() {
            let key = text(&event["raw_key"]);
            let object = s3.get_object().bucket(&bucket).key(key).send().await?;
            let bytes = object.body.collect().await?.to_vec();
            // Other stories deliver what cannot be read.
            raw.extend(serde_json::from_slice::<Value>(&bytes).map(|value| value.to_string()));
        }
    }
    Ok(raw)
}

#[tokio::test]
async fn every_part_of_every_sample_is_found_again() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = &Stack::running()?;
    let (siti, moved, budi) = (customer(), customer(), customer());
    let ids: [String; 5] = std::array::from_fn(|n| format!("ID.17400{}00{n}", unique()));
    // Siti has switched read receipts off: whatever is read was said by a sample.
    let never = json!({ "customer": siti, "reading": "never" });
    stack.simulator("/customers/read", never).await?;
    let room = stack.hears(&siti, "Halo").await?;
    let path = format!("/v1/rooms/{}/messages", text(&room["id"]));
    let recording =
        files::uploaded(stack, "a.mp3", "audio/mpeg", b"ID3\x04\0\0\0\0\0\0la la").await?;
    let (mut names, mut references) = (Vec::new(), BTreeMap::new());
    for (name, body) in [
        ("wamid.SAPAOUT01", json!({ "text": "Masih" })),
        ("wamid.SAPAOUT04", json!({ "text": "Sebentar" })),
        ("wamid.SAPAOUT05", json!({ "type": "audio", "file_id": recording })),
    ] {
        let sent = stack.done("POST", &path, body).await?;
        stack.until(&room, &sent["id"], "delivered", 5 * STEP).await?;
        let known = stack.history(&room).await?;
        let known = known.iter().find(|known| known["id"] == sent["id"]).context("not sent")?;
        let wamid = text(&known["external_id"]).to_owned();
        let at_provider = stack.sent_to(&siti).await?;
        let at_provider = at_provider.iter().find(|sent| sent["wamid"] == *wamid);
        let reference = at_provider.context("the provider has it")?["reference"].clone();
        names.push((name, wamid.clone()));
        references.insert(wamid, reference);
    }
    let [out1, out4, out5] = [0, 1, 2].map(|n: usize| names[n].1.clone());
    let own = |name: &str| stack.value(name).to_owned();
    let wamid = format!("wamid.{}.", unique());
    names.extend([
        ("wamid.SAPA", wamid.clone()),
        ("210550001234567", own("phone_number_id")),
        ("210550005678901", own("phone_number_id")),
        ("310660001234567", "102290129340398".to_owned()),
        ("310660005678901", "102290129340398".to_owned()),
        ("628123456789", siti.clone()),
        ("628111222333", moved.clone()),
        ("628987654321", budi.clone()),
        ("ID.17400123456789012345", ids[0].clone()),
        ("ID.17400999988887777666", ids[1].clone()),
        ("ID.17400555544443333222", ids[2].clone()),
        ("ID.17400777766665555444", ids[3].clone()),
        ("ID.17400222233334444555", ids[4].clone()),
    ]);
    let files = uploaded(stack).await?;
    let later = now_seconds() - LENGTH - BEGIN;
    let samples = Samples { stack, names, references, files, later };
    let all = fs::read_dir(folder())?.count();
    ensure!(all == SAID.len() + TOLD.len(), "{all} samples, and not each has its proof");

    let mut posted = Vec::new();
    for (name, _) in SAID {
        posted.push((name, samples.post(name).await?));
    }
    what_was_said_is_found(stack, &posted, &[&siti, &budi, &ids[2]]).await?;

    // What is said about messages is found at them.
    let message = async |id: &str| -> anyhow::Result<Value> {
        let all = by_external_id(stack, &room).await?;
        all.get(id).cloned().with_context(|| format!("{id} is not in the history"))
    };
    let text1 = format!("{wamid}TEXT01");
    let echo1 = format!("{wamid}ECHO01");
    for name in TOLD {
        let sample = samples.post(name).await?;
        match name {
            "status-sent" => ensure!(message(&out1).await?["sent_at"].is_string()),
            "status-delivered" => ensure!(message(&out1).await?["status"] == "delivered"),
            "status-read" => ensure!(message(&out1).await?["status"] == "read"),
            "status-played" => {
                let played = message(&out5).await?;
                ensure!(
                    played["status"] == "played" && played["played_at"].is_string(),
                    "{played}"
                );
            }
            "status-failed" => {
                let failed = message(&out4).await?;
                ensure!(failed["error"]["code"] == 131_047, "{failed}");
            }
            "reaction" => ensure!(message(&out1).await?["reactions"][0]["emoji"] == "👍"),
            "reaction-removed" => ensure!(message(&out1).await?["reactions"] == json!([])),
            "edit" => {
                let edited = message(&text1).await?;
                ensure!(text(&edited["text"]).contains("250 g"), "{edited}");
                ensure!(!text(&edited["original"]["text"]).contains("250 g"), "{edited}");
            }
            "revoke" => {
                let gone = message(&text1).await?;
                ensure!(gone["deleted_at"].is_string() && gone["text"].is_null(), "{gone}");
            }
            "echo-edit" => ensure!(text(&message(&echo1).await?["text"]).contains("bungkus")),
            "echo-revoke" => ensure!(message(&echo1).await?["deleted_at"].is_string()),
            _ => posted.push((name, sample)),
        }
    }
    // Who hides their number is the same under their next id, and Siti under her next number.
    let old = stack.room_of(&ids[2]).await?;
    let dewi = stack.room_of(&ids[3]).await?;
    ensure!(dewi["contact_id"] == old["contact_id"], "{dewi}");
    ensure!(by_external_id(stack, &dewi).await?.contains_key(&format!("{wamid}BSUID1")));
    let at_new = stack.room_of(&moved).await?;
    ensure!(at_new["contact_id"] == room["contact_id"], "{at_new}");
    everything_else_is_an_event(stack, &posted, &[&moved, &budi, &ids[3]]).await
}

/// Each message says in the API what it said in the sample.
async fn what_was_said_is_found(
    stack: &Stack,
    posted: &[(&str, Value)],
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
                shown.is_some_and(|shown| shown == value || shown.to_string() == *value)
            };
            if says.iter().all(is) {
                break;
            }
            // Only files take their time.
            ensure!(last["file"]["state"] == "awaited" && attempt < 99, "{name}: {last}");
            tokio::time::sleep(STEP / 20).await;
        }
        let replies = ["text-reply", "button", "interactive-button-reply"];
        if replies.contains(name) {
            ensure!(last["context"]["reply_to_id"].is_string(), "{name}: {last}");
        }
    }
    Ok(())
}

/// What is no message is an event, with all that the provider posted.
async fn everything_else_is_an_event(
    stack: &Stack,
    posted: &[(&str, Value)],
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
            let is_message = part["id"].as_str().is_some_and(|id| messages.contains_key(id));
            let whole = part.to_string();
            ensure!(is_message || raw.iter().any(|raw| raw.contains(&whole)), "{name}: {part}");
        }
    }
    Ok(())
}
