//! A program that was written for Qontak, on the deployed stack. Its signatures are its own, made
//! as Qontak's client makes them (github.com/mekari-engineering/qontak-api-js, `src/utils/hmac.ts`):
//! nothing here is shared with what checks them.

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use world::files::JPEG;

use crate::stack::{ALONE, Answer, STEP, Stack, http_date, timely};

const V1: &str = "/qontak/chat/v1";
const BOT: &str = "/messages/whatsapp/bot";

/// A client as Qontak's customers have one.
struct Client<'a> {
    stack: &'a Stack,
    id: String,
    secret: String,
}

impl<'a> Client<'a> {
    fn of(stack: &'a Stack) -> Self {
        let (id, secret) = (stack.value("api_key_id"), stack.value("api_secret"));
        Self { stack, id: id.to_owned(), secret: secret.to_owned() }
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

    /// Sends bytes. Spaces in a query are signed as they are and sent as `+`.
    async fn send(
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
        self.stack.send(method, &url, &headers, body).await
    }

    async fn ask(&self, method: &str, path: &str, body: Value) -> anyhow::Result<Answer> {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, "application/json", body).await
    }

    /// The data of a success.
    async fn done(&self, method: &str, path: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.ask(method, path, body).await?;
        ensure!(matches!(answer.status, 200 | 201), "{method} {path}: {answer:?}");
        ensure!(answer.json["status"] == "success", "{answer:?}");
        Ok(answer.json["data"].clone())
    }

    async fn list(&self, path: &str) -> anyhow::Result<Vec<Value>> {
        let data = self.done("GET", path, Value::Null).await?;
        data.as_array().cloned().with_context(|| format!("{path} is no list"))
    }

    /// Waits until a room's message has got this far.
    async fn until(&self, room: &str, id: &Value, status: &str) -> anyhow::Result<()> {
        for _ in 0..200 {
            let messages = self.list(&format!("/rooms/{room}/histories?limit=50")).await?;
            let message = messages.iter().find(|message| message["id"] == *id);
            if message.context("the message is not in the history")?["status"] == status {
                return Ok(());
            }
            tokio::time::sleep(STEP / 40).await;
        }
        anyhow::bail!("{id} is not {status}")
    }
}

/// The room of a customer who has just written.
async fn room_of(client: &Client<'_>, customer: &str, wamid: &str) -> anyhow::Result<String> {
    let stack = client.stack;
    let delivered = stack.deliver(&stack.message(customer, wamid, "Halo")).await?;
    ensure!(delivered.status == 200, "{delivered:?}");
    let rooms = client.list("/rooms?limit=100&offset=1&channels[]=wa_cloud").await?;
    let room = rooms.iter().find(|room| room["account_uniq_id"] == customer);
    let id = room.and_then(|room| room["id"].as_str());
    Ok(id.with_context(|| format!("{customer} has no room"))?.to_owned())
}

#[tokio::test]
async fn a_client_of_qontaks_works_a_room() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack);
    let room = room_of(&client, "628110000031", "wamid.qontak.room").await?;
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
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack);
    let room = room_of(&client, "628110000032", "wamid.qontak.sends").await?;
    let words = json!({ "room_id": room, "type": "text", "text": "Salam dari bot" });
    let sent = timely("the bot", client.done("POST", BOT, words.clone())).await?;
    // What a client does after a timeout.
    let again = client.done("POST", BOT, words).await?;
    ensure!(again["id"] == sent["id"], "{again}");
    client.until(&room, &sent["id"], "read").await?;
    ensure!(stack.times_sent("Salam dari bot").await? == 1);

    let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"menu.jpg\"\r\n\
                Content-Type: image/jpeg\r\n\r\n";
    let form = [head.as_bytes(), JPEG, b"\r\n--cut--\r\n"].concat();
    let kind = "multipart/form-data; boundary=cut";
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
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let client = Client::of(&stack);
    let stranger = Client { secret: "guessed".into(), ..Client::of(&stack) };
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
