//! The stack as who runs it sees it: by the commands of `cargo dev`.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use world::files::JPEG;

use crate::{
    people::{PASSWORD, mailed_password},
    stack::{STEP, Stack, beside_others, customer, text, unique},
};

/// The trace in a line of the log.
fn trace(line: &str) -> Option<&str> {
    line.split_once("trace=\"")?.1.split('"').next()
}

/// Every line of the trace of what is told of these words, once all these functions have spoken.
async fn traced(stack: &Stack, words: &str, functions: &[&str]) -> anyhow::Result<String> {
    let mut lines = String::new();
    for _ in 0..20 {
        let all = stack.dev(&["logs", "--since", "5m"])?;
        if let Some(trace) = all.lines().find(|line| line.contains(words)).and_then(trace) {
            lines = stack.dev(&["logs", "--since", "5m", "--trace", trace])?;
            let speaks =
                |name: &&str| lines.lines().any(|line| line.contains(&format!(" {name} ")));
            if functions.iter().all(speaks) {
                return Ok(lines);
            }
        }
        tokio::time::sleep(STEP / 2).await;
    }
    anyhow::bail!("not all of {functions:?}: {lines}")
}

#[tokio::test]
async fn one_trace_leads_from_a_request_to_the_provider() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let customer = &customer();
    let room = stack.hears(customer, "Nomor kartu saya rahasia").await?;
    let reply = stack.reply(&room, "Jangan sebutkan", "traced").await?;
    stack.until(&room, &reply["id"], "read", 5 * STEP).await?;
    let sent = traced(&stack, text(&reply["id"]), &["agent-api", "relay", "outbound"]).await?;
    ensure!(sent.contains("the provider took a message"), "{sent}");

    // And from the provider's request to where a customer's file was fetched.
    let url = format!("{}/media", stack.value("simulator_url"));
    let taken = stack.send("POST", &url, &[("content-type", "image/jpeg")], JPEG.to_vec()).await?;
    let picture = json!({ "type": "media", "kind": "image", "media_id": taken.json["id"] });
    stack.simulator("/messages", json!({ "from": customer, "message": picture })).await?;
    let path = format!("/v1/rooms/{}/histories", text(&room["id"]));
    let is_stored = |messages: &Value| messages[0]["file"]["state"] == "stored";
    let shown = stack.until_shown(&path, 5 * STEP, is_stored).await?;
    let fetched = traced(&stack, text(&shown[0]["id"]), &["webhook", "media"]).await?;
    // Logs carry ids.
    for lines in [&sent, &fetched] {
        for words in ["rahasia", "Jangan sebutkan", customer] {
            ensure!(!lines.contains(words), "{words}: {lines}");
        }
    }
    Ok(())
}

/// Waits for most of its time: no other story is held up.
#[tokio::test]
async fn a_stack_of_ones_own_is_deployed_and_its_first_admin_signs_in() -> anyhow::Result<()> {
    let stack = Stack::running()?;
    let endpoint = format!("http://127.0.0.1:{}", stack.state("emulator_port"));
    let place = ["--endpoint", &endpoint, "--stack", "sapa-second"];
    let deployed = stack.dev(&[&["deploy"], &place[..], &["--yes"]].concat())?;
    ensure!(deployed.contains("Stack sapa-second is deployed."), "{deployed}");
    let api = deployed.lines().find_map(|line| line.trim().strip_prefix("ApiId"));
    let api = api.context("the stack has an API")?.trim();

    let email = format!("ani.{}@example.com", unique());
    let name = format!("Kopi Kita {}", unique());
    let admin = ["--name", &name, "--admin-name", "Ani", "--admin-email", &email];
    let founded = stack.dev(&[&["organization"], &place[..], &admin].concat())?;
    ensure!(founded.contains(&format!("The organization {name} was made")), "{founded}");
    let first = mailed_password(&stack, &email).await?;
    let second =
        Second { stack: &stack, url: format!("{endpoint}/_aws/execute-api/{api}/$default") };
    let begun = second.post("/v1/sign_in", json!({ "email": email, "password": first })).await?;
    let body = json!({
        "email": email, "session": begun["data"]["session"], "new_password": PASSWORD,
    });
    let ani = second.post("/v1/sign_in/new_password", body).await?;
    let bearer = format!("Bearer {}", text(&ani["data"]["access_token"]));
    let headers = [("authorization", bearer.as_str())];
    let me = stack.send("GET", &format!("{}/v1/me", second.url), &headers, Vec::new()).await?;
    ensure!(me.status == 200 && me.json["data"]["organizations"][0]["name"] == name, "{me:?}");
    Ok(())
}

/// Another stack on the same emulator.
struct Second<'a> {
    stack: &'a Stack,
    url: String,
}

impl Second<'_> {
    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let headers = [("content-type", "application/json")];
        let url = format!("{}{path}", self.url);
        let answer = self.stack.send("POST", &url, &headers, body.to_string().into_bytes()).await?;
        ensure!(answer.status == 200, "{path}: {answer:?}");
        Ok(answer.json)
    }
}
