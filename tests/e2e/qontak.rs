//! A program that was written for Qontak, on the deployed stack. Its signatures are its own, made
//! as Qontak's client makes them (github.com/mekari-engineering/qontak-api-js, `src/utils/hmac.ts`):
//! nothing here is shared with what checks them.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use world::files::JPEG;

use crate::{
    files::form,
    people::hired,
    stack::{Answer, STEP, Stack, alone, beside_others, customer, http_date, text, timely},
};

const V1: &str = "/qontak/chat/v1";
const BOT: &str = "/messages/whatsapp/bot";

/// A client as Qontak's customers have one, with a key of its own: a key may ask 100 times a minute.
pub(crate) struct Client<'a> {
    stack: &'a Stack,
    id: String,
    secret: String,
    /// Methods and paths that were served.
    served: Mutex<Vec<(String, String)>>,
}

impl<'a> Client<'a> {
    async fn of(stack: &'a Stack) -> anyhow::Result<Self> {
        let body = json!({ "name": "Bot", "kind": "hmac", "role": "admin" });
        let key = stack.done("POST", "/v1/api_keys", body).await?;
        let (id, secret) = (text(&key["username"]).to_owned(), text(&key["secret"]).to_owned());
        Ok(Self { stack, id, secret, served: Mutex::default() })
    }

    /// `Authorization` for a request of this moment. `target` is path and query, decoded.
    fn authorization(&self, date: &str, method: &str, target: &str) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())?;
        mac.update(format!("date: {date}\n{method} {target} HTTP/1.1").as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        Ok(format!(
            r#"hmac username="{}", algorithm="hmac-sha256", headers="date request-line", signature="{signature}""#,
            self.id
        ))
    }

    /// Sends bytes, and once more if it was too fast: a key may ask ten times a second.
    async fn send(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let answer = self.send_once(method, path, kind, body.clone()).await?;
        if answer.status != 429 {
            return Ok(answer);
        }
        let wait = answer.header("retry-after").parse()?;
        tokio::time::sleep(Duration::from_secs(wait)).await;
        self.send_once(method, path, kind, body).await
    }

    /// Spaces in a query are signed as they are and sent as `+`.
    async fn send_once(
        &self,
        method: &str,
        path: &str,
        kind: &str,
        body: Vec<u8>,
    ) -> anyhow::Result<Answer> {
        let (target, date) = (format!("{V1}{path}"), http_date()?);
        let authorization = self.authorization(&date, method, &target)?;
        let url = format!("{}{}", self.stack.value("api_url"), target.replace(' ', "+"));
        let headers = [
            ("date", date.as_str()),
            ("authorization", authorization.as_str()),
            ("content-type", kind),
        ];
        let answer = self.stack.send(method, &url, &headers, body).await?;
        if answer.status < 300 {
            let path = target.split('?').next().unwrap_or_default().to_owned();
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            served.push((method.to_owned(), path));
        }
        Ok(answer)
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> anyhow::Result<Answer> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, "application/json", body).await
    }

    /// The data of a success.
    async fn done(&self, method: &str, path: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.ask(method, path, body).await?;
        ensure!(matches!(answer.status, 200..=202), "{method} {path}: {answer:?}");
        ensure!(answer.json["status"] == "success", "{answer:?}");
        Ok(answer.json["data"].clone())
    }

    async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let data = self.done("GET", path, Value::Null).await?;
        data.as_array().cloned().with_context(|| format!("{path} is no list"))
    }

    /// Waits until a room's message has got this far.
    async fn until(&self, room: &str, id: &Value, status: &str) -> anyhow::Result<()> {
        for _ in 0..20 {
            let messages = self.list(&format!("/rooms/{room}/histories?limit=50")).await?;
            let message = messages.iter().find(|message| message["id"] == *id);
            if message.context("the message is not in the history")?["status"] == status {
                return Ok(());
            }
            tokio::time::sleep(STEP / 2).await;
        }
        anyhow::bail!("{id} is not {status}")
    }
}

/// The room of a customer who has just written.
async fn room_of(client: &Client<'_>, customer: &str) -> anyhow::Result<String> {
    client.stack.hears(customer, "Halo").await?;
    let rooms = client.list("/rooms?limit=100&offset=1&channels[]=wa_cloud").await?;
    let room = rooms.iter().find(|room| room["account_uniq_id"] == customer);
    let id = room.and_then(|room| room["id"].as_str());
    Ok(id.with_context(|| format!("{customer} has no room"))?.to_owned())
}

#[tokio::test]
async fn a_client_of_qontaks_works_a_room() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let room = room_of(&client, &customer()).await?;
    let at = |what: &str| format!("/rooms/{room}{what}");

    let shown = client.done("GET", &at(""), Value::Null).await?;
    ensure!(shown["type"] == "Models::CustomerServiceRoom" && shown["channel"] == "wa_cloud");
    let taken = timely("taking over", client.done("POST", &at("/takeover"), Value::Null)).await?;
    ensure!(taken["status"] == "assigned", "{taken}");
    let agent = taken["agent_ids"][0].as_str().unwrap_or_default().to_owned();
    let people = client.list(&at("/participants")).await?;
    ensure!(people.iter().any(|person| person["id"] == agent.as_str()), "{people:?}");

    let tagged = client.done("POST", &at("/tags"), json!({ "name": "pelanggan lama" })).await?;
    ensure!(tagged["tags"] == json!(["pelanggan lama"]), "{tagged}");
    let found = client.list("/rooms?tags[]=pelanggan lama&status=assigned").await?;
    ensure!(found.iter().any(|found| found["id"] == room.as_str()), "{found:?}");
    client.done("DELETE", &at("/tags"), json!({ "name": "pelanggan lama" })).await?;

    let accounts = client.list("/integrations?target_channel=wa_cloud").await?;
    ensure!(accounts.iter().any(|account| account["id"] == shown["channel_integration_id"]));
    let users = client.list("/users?role=admin").await?;
    ensure!(users.iter().any(|user| user["email"] == stack.value("email")), "{users:?}");

    let blocked = json!({ "room_id": room, "reason": "Spam" });
    let blocked = client.done("POST", "/contact_block", blocked).await?;
    ensure!(blocked["is_blocked"] == true && blocked["id"] == shown["contact_id"], "{blocked}");
    let path = format!("/contact_block/{}", blocked["id"].as_str().unwrap_or_default());
    let free = client.done("DELETE", &path, json!({ "room_id": room })).await?;
    ensure!(free["is_blocked"] == false, "{free}");

    let read = client.done("PUT", &at("/mark_all_as_read"), Value::Null).await?;
    ensure!(read["unread_count"] == 0, "{read}");
    let resolved = client.done("PUT", &at("/resolve"), Value::Null).await?;
    ensure!(resolved["status"] == "resolved", "{resolved}");
    Ok(())
}

#[tokio::test]
async fn a_client_of_qontaks_sends_words_and_files_once() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let customer = &customer();
    let room = room_of(&client, customer).await?;
    let words = json!({ "room_id": room, "type": "text", "text": "Salam dari bot" });
    let sent = timely("the bot", client.done("POST", BOT, words.clone())).await?;
    // What a client does after a timeout.
    let again = client.done("POST", BOT, words).await?;
    ensure!(again["id"] == sent["id"], "{again}");
    client.until(&room, &sent["id"], "read").await?;
    ensure!(stack.times_sent(customer, "Salam dari bot").await? == 1);

    let (kind, form) = form(&json!({}), ("menu.jpg", "image/jpeg"), JPEG);
    let uploaded = client.send("POST", "/file_uploader", kind, form).await?;
    ensure!(uploaded.status == 201, "{uploaded:?}");
    let file = uploaded.json["data"]["url"].clone();
    let picture = json!({ "room_id": room, "type": "image", "file": file, "text": "Menu" });
    let picture = client.done("POST", BOT, picture).await?;
    client.until(&room, &picture["id"], "read").await?;
    let messages = client.list(&format!("/rooms/{room}/histories")).await?;
    let shown = messages.iter().find(|message| message["id"] == picture["id"]);
    let link = shown.and_then(|message| message["file"]["url"].as_str()).context("no link")?;
    let opened = stack.send("GET", link, &[], Vec::new()).await?;
    ensure!(opened.status == 200, "{opened:?}");
    Ok(())
}

#[tokio::test]
async fn a_client_of_qontaks_is_refused_in_its_own_words() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let stranger = Client { secret: "guessed".into(), ..Client::of(&stack).await? };
    for (client, method, path, status, problem) in [
        (&stranger, "GET", "/rooms", 401, "unauthorized"),
        (&client, "GET", "/rooms?offset=7", 400, "invalid_field"),
        (&client, "GET", "/broadcasts/whatsapp", 501, "not_implemented"),
        (&client, "POST", "/broadcasts/whatsapp/direct", 501, "not_implemented"),
        (&client, "GET", "/nowhere", 404, "not_found"),
    ] {
        let answer = client.ask(method, path, Value::Null).await?;
        let error = &answer.json["error"];
        let told = (answer.status, error["code"].as_u64(), error["problem"].as_str());
        assert_eq!(told, (status, Some(status.into()), Some(problem)), "{path}: {answer:?}");
        ensure!(answer.json["status"] == "error" && error["messages"][0].is_string());
    }
    let bearer = format!("Bearer {}", stack.value("api_key"));
    let url = format!("{}{V1}/rooms?limit=1", stack.value("api_url"));
    let served = stack.send("GET", &url, &[("authorization", &bearer)], Vec::new()).await?;
    ensure!(served.status == 200, "{served:?}");
    Ok(())
}

/// The operations below Qontak's prefix that the stack serves, by its own document.
async fn documented(stack: &Stack) -> anyhow::Result<Vec<(String, String)>> {
    let url = format!("{}/v1/openapi.json", stack.value("api_url"));
    let document = stack.send("GET", &url, &[], Vec::new()).await?.json;
    let paths = document["paths"].as_object().context("no paths")?;
    let mut all = Vec::new();
    for (path, operations) in paths.iter().filter(|(path, _)| path.starts_with(V1)) {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if operation["responses"]["501"].is_null() {
                all.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    Ok(all)
}

/// Whether a path is one of this template's.
fn is_of(path: &str, template: &str) -> bool {
    let (path, template): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), template.split('/').collect());
    let fits = |(part, name): (&&str, &&str)| part == name || name.starts_with('{');
    path.len() == template.len() && path.iter().zip(&template).all(fits)
}

/// Which operation a request was: of those that fit, the one whose path says most.
fn operation<'a>(
    all: &'a [(String, String)],
    (method, path): &(String, String),
) -> Option<&'a (String, String)> {
    let fit = all.iter().filter(|(name, template)| name == method && is_of(path, template));
    fit.min_by_key(|(_, template)| template.matches('{').count())
}

#[tokio::test]
async fn every_operation_that_is_served_serves_a_client_of_qontaks() -> anyhow::Result<()> {
    // It asks for whichever room has waited longest, and lets agents hand rooms over.
    let _alone = alone().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack).await?;
    let number = customer();
    let room = room_of(&client, &number).await?;
    let shown = finds_rooms(&client, &room, &number).await?;
    gives_rooms_to_people(&client, &room).await?;
    sends_and_closes(&client, &room, &shown).await?;

    let all = documented(&stack).await?;
    ensure!(all.len() >= 30, "{all:?}");
    let served = client.served.lock().unwrap_or_else(PoisonError::into_inner);
    let driven: Vec<_> = served.iter().filter_map(|asked| operation(&all, asked)).collect();
    let missing: Vec<_> = all.iter().filter(|one| !driven.contains(one)).collect();
    ensure!(missing.is_empty(), "never served: {missing:?}");
    Ok(())
}

/// The room, as Qontak shows it.
async fn finds_rooms(client: &Client<'_>, room: &str, number: &str) -> anyhow::Result<Value> {
    let at = format!("/rooms/{room}");
    let shown = client.done("GET", &at, Value::Null).await?;
    let integration = text(&shown["channel_integration_id"]);
    let info = format!(
        "/rooms/specific/info?account_uniq_id={number}&channel_integration_id={integration}"
    );
    ensure!(client.done("GET", &info, Value::Null).await?["id"] == room);
    let expired = client.list("/rooms/list/expired?channels[]=wa_cloud").await?;
    ensure!(expired.iter().all(|one| one["id"] != room), "{expired:?}");
    let renamed = client.done("PUT", &at, json!({ "name": "Budi (gudang)" })).await?;
    ensure!(renamed["name"] == "Budi (gudang)", "{renamed}");
    let histories = client.list(&format!("{at}/histories")).await?;
    ensure!(histories[0]["text"] == "Halo", "{histories:?}");

    let number = client.done("GET", &format!("/integrations/{integration}"), Value::Null).await?;
    ensure!(number["target_channel"] == "wa_cloud" && number["is_active"] == true, "{number}");
    client.list("/integrations?target_channel=wa_cloud").await?;
    let path = format!("/v1/integrations/{integration}/templates/sync");
    client.stack.done("POST", &path, Value::Null).await?;
    let templates = client.list("/templates/whatsapp?limit=50").await?;
    ensure!(templates.iter().any(|one| one["name"] == "appointment"), "{templates:?}");
    let contacts = client.list("/contacts?query=budi&limit=50").await?;
    ensure!(!contacts.is_empty());
    Ok(shown)
}

/// The room goes from hand to hand.
async fn gives_rooms_to_people(client: &Client<'_>, room: &str) -> anyhow::Result<()> {
    let tono = hired(client.stack, "Tono", "agent").await?;
    let at = |what: &str| format!("/rooms/{room}{what}");
    let assigns = "/rooms/agent_assign_another_agent";
    for enabled in [true, false] {
        client.done("PUT", assigns, json!({ "enabled": enabled })).await?;
        ensure!(client.done("GET", assigns, Value::Null).await?["enabled"] == enabled);
    }
    let users = client.list("/users?role=agent&limit=100").await?;
    ensure!(users.iter().any(|user| user["id"] == tono.id), "{users:?}");
    let assignable = client.list(&at("/agents/assignable?limit=100")).await?;
    ensure!(assignable.iter().any(|user| user["id"] == tono.id), "{assignable:?}");
    let agents = |room: &Value| room["agent_ids"].as_array().map_or(0, Vec::len);
    let given = client.done("POST", &at(&format!("/agents/{}", tono.id)), Value::Null).await?;
    ensure!(given["agent_ids"] == json!([tono.id]), "{given}");
    let people = client.list(&at("/participants")).await?;
    ensure!(people.iter().any(|person| person["id"] == tono.id), "{people:?}");
    let back = client.done("DELETE", &at(&format!("/agents/{}", tono.id)), Value::Null).await?;
    ensure!(agents(&back) == 0, "{back}");
    let in_turn = client.done("POST", &at("/assign_round_robin"), Value::Null).await?;
    ensure!(agents(&in_turn) == 1, "{in_turn}");
    let whose = text(&in_turn["agent_ids"][0]);
    client.done("DELETE", &at(&format!("/agents/{whose}")), Value::Null).await?;

    // The next room of those that wait may be another story's: it gets it back.
    let next = client.done("POST", "/rooms/auto_takeover", Value::Null).await?;
    ensure!(agents(&next) == 1, "{next}");
    let back = format!("/rooms/{}/agents/{}", text(&next["id"]), text(&next["agent_ids"][0]));
    client.done("DELETE", &back, Value::Null).await?;
    let taken = client.done("POST", &at("/takeover"), Value::Null).await?;
    ensure!(agents(&taken) == 1, "{taken}");
    Ok(())
}

/// Words, files, tags, a block; and the room is resolved.
async fn sends_and_closes(client: &Client<'_>, room: &str, shown: &Value) -> anyhow::Result<()> {
    let at = |what: &str| format!("/rooms/{room}{what}");
    client.done("GET", "/rooms?status=assigned&limit=5", Value::Null).await?;
    let named = json!({ "room_id": room, "text": "Siap", "local_id": "m-1" });
    let sent = client.done("POST", "/messages/whatsapp", named.clone()).await?;
    let again = client.done("POST", "/messages/whatsapp", named).await?;
    ensure!(again["id"] == sent["id"], "{again}");
    client.until(room, &sent["id"], "read").await?;
    let note = json!({ "room_id": room, "type": "system", "text": "Pelanggan lama" });
    client.done("POST", BOT, note).await?;
    let (kind, body) = form(&json!({}), ("menu.jpg", "image/jpeg"), JPEG);
    let uploaded = client.send("POST", "/file_uploader", kind, body).await?;
    ensure!(uploaded.status == 201, "{uploaded:?}");
    for method in ["POST", "DELETE"] {
        client.done(method, &at("/tags"), json!({ "name": "grosir" })).await?;
    }
    client.done("POST", "/contact_block", json!({ "room_id": room, "reason": "Spam" })).await?;
    let block = format!("/contact_block/{}", text(&shown["contact_id"]));
    client.done("DELETE", &block, json!({ "room_id": room })).await?;
    client.done("PUT", &at("/mark_all_as_read"), Value::Null).await?;
    client.done("PUT", &at("/resolve"), Value::Null).await?;
    let job = client.done("PUT", "/rooms/resolve_expired", json!({})).await?;
    ensure!(job["id"].is_string(), "{job}");
    Ok(())
}
