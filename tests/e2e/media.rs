//! Files on the deployed stack: a real form, posted to a real bucket, and a real link.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use world::files::JPEG;

use crate::{
    files::{form, presigned},
    stack::{STEP, Stack, alone, beside_others, customer, text},
};

/// What a customer sends by the phone; their room and the message.
async fn sends(
    stack: &Stack,
    from: &str,
    (kind, mime_type): (&str, &str),
    bytes: &[u8],
) -> anyhow::Result<(Value, Value)> {
    let url = format!("{}/media", stack.value("simulator_url"));
    let taken = stack.send("POST", &url, &[("content-type", mime_type)], bytes.to_vec()).await?;
    let mut message = json!({ "type": "media", "kind": kind, "media_id": taken.json["id"] });
    if kind == "image" {
        message["caption"] = json!("Ini?");
    }
    stack.simulator("/messages", json!({ "from": from, "message": message })).await?;
    let room = stack.room_of(from).await?;
    let history = stack.history(&room).await?;
    let said = history.last().context("the message is in the room")?.clone();
    Ok((room, said))
}

/// Waits until the file of a room's only message is in this state.
async fn until_file(stack: &Stack, room: &Value, state: &str) -> anyhow::Result<Value> {
    let path = format!("/v1/rooms/{}/histories", text(&room["id"]));
    let is_so = |messages: &Value| messages[0]["file"]["state"] == state;
    Ok(stack.until_shown(&path, 10 * STEP, is_so).await?[0].clone())
}

fn path(room: &Value, message: &Value) -> String {
    format!("/v1/rooms/{}/messages/{}/file", text(&room["id"]), text(&message["id"]))
}

#[tokio::test]
async fn a_file_goes_by_its_form_and_comes_back_by_its_link() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let document = "%PDF-1.7\nKopi susu: Rp 18.000\n";
    let named = ("daftar harga.pdf", "application/pdf");
    let new = json!({ "filename": named.0, "mime_type": named.1, "size": document.len() });
    let begun = stack.done("POST", "/v1/files", new).await?;
    let (url, fields) = (text(&begun["upload"]["url"]), &begun["upload"]["fields"]);

    let post = async |bytes: &str| {
        let (kind, body) = form(fields, named, bytes.as_bytes());
        stack.send("POST", url, &[("content-type", kind)], body).await
    };
    let longer = post(&document.repeat(2)).await?;
    assert!(longer.status >= 400, "a longer file was taken: {longer:?}");
    let posted = post(document).await?;
    assert!(posted.status < 300, "{posted:?}");

    let path = format!("/v1/files/{}", text(&begun["id"]));
    let ready = stack.done("POST", &format!("{path}/complete"), Value::Null).await?;
    assert_eq!(ready["state"], "ready", "{ready}");
    let shown = stack.done("GET", &path, Value::Null).await?;
    let opened = stack.send("GET", text(&shown["url"]), &[], Vec::new()).await?;
    assert_eq!((opened.status, opened.text.as_str()), (200, document));
    Ok(())
}

#[tokio::test]
async fn what_is_too_large_for_a_form_is_told_which_way_to_go() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let bearer = format!("Bearer {}", stack.value("api_key"));
    let upload = async |length: usize| {
        let bytes = [b"%PDF-1.7 ".as_slice(), &vec![b' '; length - 9]].concat();
        let (kind, body) = form(&json!({}), ("daftar.pdf", "application/pdf"), &bytes);
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        let url = format!("{}/v1/file_uploader", stack.value("api_url"));
        stack.send("POST", &url, &headers, body).await
    };
    let taken = upload(3 << 20).await?;
    ensure!(taken.status == 201, "{taken:?}");
    let refused = upload((4 << 20) + 1).await?;
    ensure!(refused.status == 413, "{refused:?}");
    ensure!(text(&refused.json["detail"]).contains("POST /v1/files"), "{refused:?}");

    // And that way it goes.
    let bytes = [b"%PDF-1.7 ".as_slice(), &vec![b' '; 4 << 20]].concat();
    let ready = presigned(&stack, "daftar.pdf", "application/pdf", &bytes).await?.data()?;
    ensure!(ready["state"] == "ready" && ready["size"] == bytes.len(), "{ready}");
    Ok(())
}

#[tokio::test]
async fn a_customers_picture_is_fetched_and_shown_as_it_was_sent() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let (room, said) = sends(&stack, &customer(), ("image", "image/jpeg"), JPEG).await?;
    let shown = until_file(&stack, &room, "stored").await?;
    assert_eq!((text(&shown["type"]), text(&shown["text"])), ("image", "Ini?"), "{shown}");
    let linked = stack.done("GET", &path(&room, &said), Value::Null).await?;
    let opened = stack.send("GET", text(&linked["url"]), &[], Vec::new()).await?;
    assert_eq!((opened.status, opened.text), (200, String::from_utf8_lossy(JPEG).into_owned()));
    assert_eq!(opened.headers["content-type"], "image/jpeg");
    Ok(())
}

#[tokio::test]
async fn a_page_that_a_customer_sends_is_never_shown_as_a_page() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let page = b"<!DOCTYPE html><script>alert(document.cookie)</script>";
    for mime_type in ["text/html", "image/svg+xml", "application/pdf"] {
        let (room, said) = sends(&stack, &customer(), ("document", mime_type), page).await?;
        until_file(&stack, &room, "stored").await?;
        let linked = stack.done("GET", &path(&room, &said), Value::Null).await?;
        let link = text(&linked["url"]);
        let opened = stack.send("GET", link, &[], Vec::new()).await?;
        ensure!((opened.status, opened.text.as_bytes()) == (200, page.as_slice()), "{opened:?}");
        ensure!(opened.header("content-type") == "application/octet-stream", "{opened:?}");
        ensure!(opened.header("content-disposition").starts_with("attachment"), "{opened:?}");
        // Who rewrites the link has no link.
        let shown = link.replace("attachment", "inline").replace("octet-stream", "html");
        ensure!(shown != link, "{link}");
        let rewritten = stack.send("GET", &shown, &[], Vec::new()).await?;
        ensure!(rewritten.status >= 400, "{rewritten:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_cannot_be_fetched_is_shown_as_failed_and_fetched_when_asked_for_again()
-> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running()?;
    // Its address leads nowhere, and neither does the one that is asked for in its place.
    stack.fault("media-missing", 2).await?;
    let (room, said) = sends(&stack, &customer(), ("image", "image/jpeg"), JPEG).await?;
    let failed = until_file(&stack, &room, "failed").await?;
    ensure!(failed["file"]["failure"] == "unreachable", "{failed}");
    let path = path(&room, &said);
    let none = stack.api("GET", &path, &[], Value::Null).await?;
    ensure!(none.problem() == (409, "file_failed", ""), "{none:?}");
    // Nobody has to wait until it is tried again by itself.
    let asked = stack.done("POST", &format!("{path}/retry"), Value::Null).await?;
    ensure!(asked["file"]["state"] != "failed", "{asked}");
    until_file(&stack, &room, "stored").await?;
    let linked = stack.done("GET", &path, Value::Null).await?;
    let opened = stack.send("GET", text(&linked["url"]), &[], Vec::new()).await?;
    ensure!(opened.status == 200, "{opened:?}");
    Ok(())
}
