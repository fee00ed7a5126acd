//! An erasure on the deployed stack, from the click to nothing. It takes the five minutes that it
//! waits for what was still under way, beside all other stories.

use std::time::Duration;

use anyhow::ensure;
use serde_json::{Value, json};
use world::files::JPEG;

use crate::stack::{STEP, Stack, beside_others, customer, text};

/// How long an erasure waits for what was still under way.
const LINGER: Duration = Duration::from_secs(5 * 60 + 1);

/// Every row of the table and every object's name that says any of these words.
async fn traces(stack: &Stack, words: &[&str]) -> anyhow::Result<Vec<String>> {
    let aws = stack.aws().await?;
    let dynamo = aws_sdk_dynamodb::Client::new(&aws);
    let tables = dynamo.list_tables().send().await?.table_names.unwrap_or_default();
    let name = format!("{}-Table-", stack.state("stack"));
    let mut all = Vec::new();
    for table in tables.iter().filter(|table| table.starts_with(&name)) {
        let mut pages = dynamo.scan().table_name(table).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            all.push(format!("{:?}", item?));
        }
    }
    ensure!(!all.is_empty(), "the stack has a table with rows");
    let s3 = aws_sdk_s3::Client::new(&aws);
    let bucket = stack.bucket(&s3).await?;
    let mut pages = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = pages.next().await {
        all.extend(page?.contents().iter().filter_map(|object| object.key.clone()));
    }
    Ok(all.into_iter().filter(|one| words.iter().any(|words| one.contains(words))).collect())
}

#[tokio::test]
async fn an_erased_contact_leaves_neither_a_word_nor_a_file() -> anyhow::Result<()> {
    let beside = beside_others().await;
    let stack = Stack::running()?;
    let number = customer();
    let words = format!("Alamat saya Jalan Braga {number}");
    let room = stack.hears(&number, &words).await?;
    let (at, contact) = (format!("/v1/rooms/{}", text(&room["id"])), text(&room["contact_id"]));
    let path = format!("/v1/contacts/{contact}");
    stack.done("PUT", &path, json!({ "full_name": format!("Rahasia {number}") })).await?;
    stack.done("POST", &format!("{at}/notes"), json!({ "text": words })).await?;
    let reply = stack.reply(&room, &words, "erased").await?;
    stack.until(&room, &reply["id"], "read", 5 * STEP).await?;
    let url = format!("{}/media", stack.value("simulator_url"));
    let taken = stack.send("POST", &url, &[("content-type", "image/jpeg")], JPEG.to_vec()).await?;
    let picture = json!({ "type": "media", "kind": "image", "media_id": taken.json["id"] });
    stack.simulator("/messages", json!({ "from": number, "message": picture })).await?;
    let is_stored = |messages: &Value| messages[0]["file"]["state"] == "stored";
    stack.until_shown(&format!("{at}/histories"), 5 * STEP, is_stored).await?;
    ensure!(traces(&stack, &[&number]).await?.len() > 5);
    // The picture, and the message that says where it is.
    ensure!(traces(&stack, &[&format!("{contact}/media/")]).await?.len() == 2);

    let begun = stack.api("DELETE", &path, &[], Value::Null).await?;
    ensure!(begun.status == 202 && begun.json["data"]["state"] == "running", "{begun:?}");
    // Once more, as a client does that was told that there is more to do: it is not over yet.
    let again = stack.api("DELETE", &path, &[], Value::Null).await?;
    ensure!(again.status == 202, "{again:?}");
    drop(beside);
    tokio::time::sleep(LINGER).await;

    let mut last = None;
    for _ in 0..60 {
        let asked = stack.api("DELETE", &path, &[], Value::Null).await?;
        if asked.status == 200 {
            last = Some(asked.json["data"].clone());
            break;
        }
        tokio::time::sleep(STEP / 2).await;
    }
    let last = last.unwrap_or_default();
    ensure!(last["state"] == "done" && last["done_at"].is_string(), "{last}");
    let left = traces(&stack, &[&number, &format!("{contact}/media/")]).await?;
    ensure!(left.is_empty(), "{left:?}");
    // Whoever writes from the number is somebody new.
    let new = stack.hears(&number, "Halo").await?;
    ensure!(new["contact_id"] != contact && new["id"] != room["id"], "{new}");
    ensure!(stack.history(&new).await?.len() == 1);
    Ok(())
}
