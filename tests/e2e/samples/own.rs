//! The samples as this stack's and one story's: other people, other numbers, other ids, and times just
//! now.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use world::files::JPEG;

use crate::{
    files,
    stack::{STEP, Stack, customer, now_seconds, text, unique},
};

/// The demo's business account.
const WABA: &str = "102290129340398";
/// When the samples begin, in seconds.
const BEGIN: i64 = 1_795_000_000;
/// How long their story is.
const LENGTH: i64 = 1_040;

/// What says that somebody has moved. Samples have their own order; what these say must come last,
/// for who writes from a number has not left it.
const MOVES: [&str; 3] = ["system-user-id-change", "user-id-update", "system-number-change"];

/// The samples, made this stack's and this story's.
pub(super) struct Samples<'a> {
    stack: &'a Stack,
    /// The room of the samples' first customer, Siti.
    pub(super) room: Value,
    pub(super) siti: String,
    /// Siti's number after she has changed it.
    pub(super) moved: String,
    pub(super) budi: String,
    /// Siti's, Budi's and Dewi's user ids; Dewi's next one, and Siti's.
    pub(super) ids: [String; 5],
    /// What the samples' own message ids begin with.
    pub(super) wamid: String,
    /// The provider's ids of three messages of ours: the first, one that fails, and a recording.
    pub(super) ours: [String; 3],
    /// What stands for what, in any text.
    names: Vec<(&'static str, String)>,
    /// Our references on messages of ours, by the provider's id.
    references: BTreeMap<String, Value>,
    /// The files that the provider has, by the samples' ids: id and hash.
    files: BTreeMap<&'static str, (Value, String)>,
    later: i64,
}

impl<'a> Samples<'a> {
    /// Of people who are new here, to whom three messages were sent.
    pub(super) async fn of_this_story(stack: &'a Stack) -> anyhow::Result<Self> {
        let (siti, moved, budi) = (customer(), customer(), customer());
        let ids: [String; 5] = std::array::from_fn(|n| format!("ID.17400{}00{n}", unique()));
        // Siti has switched read receipts off: whatever is read was said by a sample.
        let never = json!({ "customer": siti, "reading": "never" });
        stack.simulator("/customers/read", never).await?;
        let room = stack.hears(&siti, "Halo").await?;
        let song = b"ID3\x04\0\0\0\0\0\0la la";
        let song = files::uploaded(stack, "a.mp3", "audio/mpeg", song).await?;
        let mut references = BTreeMap::new();
        let mut sent = async |body: Value| -> anyhow::Result<String> {
            let (wamid, reference) = sent(stack, &room, body).await?;
            references.insert(wamid.clone(), reference);
            Ok(wamid)
        };
        let ours = [
            sent(json!({ "text": "Masih" })).await?,
            sent(json!({ "text": "Sebentar" })).await?,
            sent(json!({ "type": "audio", "file_id": song })).await?,
        ];
        let wamid = format!("wamid.{}.", unique());
        let names = vec![
            ("wamid.SAPAOUT01", ours[0].clone()),
            ("wamid.SAPAOUT04", ours[1].clone()),
            ("wamid.SAPAOUT05", ours[2].clone()),
            ("wamid.SAPA", wamid.clone()),
            ("210550001234567", stack.value("phone_number_id").to_owned()),
            ("210550005678901", stack.value("phone_number_id").to_owned()),
            ("310660001234567", WABA.to_owned()),
            ("310660005678901", WABA.to_owned()),
            ("628123456789", siti.clone()),
            ("628111222333", moved.clone()),
            ("628987654321", budi.clone()),
            ("ID.17400123456789012345", ids[0].clone()),
            ("ID.17400999988887777666", ids[1].clone()),
            ("ID.17400555544443333222", ids[2].clone()),
            ("ID.17400777766665555444", ids[3].clone()),
            ("ID.17400222233334444555", ids[4].clone()),
        ];
        let files = uploaded(stack).await?;
        let later = now_seconds() - LENGTH - BEGIN;
        Ok(Self {
            stack,
            room,
            siti,
            moved,
            budi,
            ids,
            wamid,
            ours,
            names,
            references,
            files,
            later,
        })
    }

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
    pub(super) async fn post(&self, name: &str) -> anyhow::Result<Value> {
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

/// Sends Siti a message; the provider's id of it, and our reference on it.
async fn sent(stack: &Stack, room: &Value, body: Value) -> anyhow::Result<(String, Value)> {
    let path = format!("/v1/rooms/{}/messages", text(&room["id"]));
    let sent = stack.done("POST", &path, body).await?;
    stack.until(room, &sent["id"], "delivered", 5 * STEP).await?;
    let known = stack.history(room).await?;
    let known = known.iter().find(|known| known["id"] == sent["id"]).context("not sent")?;
    let wamid = text(&known["external_id"]).to_owned();
    let at_provider = stack.sent_to(text(&room["account_uniq_id"])).await?;
    let at_provider = at_provider.iter().find(|sent| sent["wamid"] == *wamid);
    Ok((wamid, at_provider.context("the provider has it")?["reference"].clone()))
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

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events/channels/whatsapp")
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
