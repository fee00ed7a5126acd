//! Files on the deployed stack: a real form, posted to a real bucket, and a real link.

use anyhow::Context;
use serde_json::{Value, json};

use crate::stack::{ALONE, STEP, Stack};

#[tokio::test]
async fn a_file_goes_by_its_form_and_comes_back_by_its_link() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let document = "%PDF-1.7\nKopi susu: Rp 18.000\n";
    let new = json!({
        "filename": "daftar harga.pdf", "mime_type": "application/pdf", "size": document.len(),
    });
    let begun = stack.api("POST", "/v1/files", &[], new).await?;
    assert_eq!(begun.status, 201, "{begun:?}");
    let file = &begun.json["data"];
    let (url, fields) = (file["upload"]["url"].as_str(), file["upload"]["fields"].as_object());
    let (url, fields) = (url.unwrap_or_default(), fields.cloned().unwrap_or_default());

    let form = |bytes: &str| {
        let mut body = String::new();
        for (name, value) in &fields {
            let value = value.as_str().unwrap_or_default();
            body += "--cut\r\nContent-Disposition: form-data; name=\"";
            body += &format!("{name}\"\r\n\r\n{value}\r\n");
        }
        body += "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n";
        body += &format!("Content-Type: application/pdf\r\n\r\n{bytes}\r\n--cut--\r\n");
        body.into_bytes()
    };
    let kind = [("content-type", "multipart/form-data; boundary=cut")];
    let longer = stack.send("POST", url, &kind, form(&document.repeat(2))).await?;
    assert!(longer.status >= 400, "a longer file was taken: {longer:?}");
    let posted = stack.send("POST", url, &kind, form(document)).await?;
    assert!(posted.status < 300, "{posted:?}");

    let path = format!("/v1/files/{}", file["id"].as_str().unwrap_or_default());
    let ready = stack.api("POST", &format!("{path}/complete"), &[], Value::Null).await?;
    assert_eq!((ready.status, &ready.json["data"]["state"]), (200, &json!("ready")), "{ready:?}");
    let shown = stack.api("GET", &path, &[], Value::Null).await?;
    let link = shown.json["data"]["url"].as_str().unwrap_or_default();
    let opened = stack.send("GET", link, &[], Vec::new()).await?;
    assert_eq!((opened.status, opened.text.as_str()), (200, document));
    Ok(())
}

#[tokio::test]
async fn a_customers_picture_is_fetched_and_shown_as_it_was_sent() -> anyhow::Result<()> {
    let _alone = ALONE.lock().await;
    let stack = Stack::running()?;
    let customer = "628110000063";
    let simulator = stack.value("simulator_url");
    let picture = b"\xff\xd8\xff\xe0\0\x10JFIF a cup of coffee".to_vec();
    let kind = [("content-type", "image/jpeg")];
    let uploaded =
        stack.send("POST", &format!("{simulator}/media"), &kind, picture.clone()).await?;
    let message = json!({
        "from": customer,
        "message": { "type": "media", "kind": "image", "media_id": uploaded.json["id"], "caption": "Ini?" },
    });
    let json = [("content-type", "application/json")];
    let url = format!("{simulator}/messages");
    let said = stack.send("POST", &url, &json, message.to_string().into_bytes()).await?;
    assert_eq!(said.status, 200, "{said:?}");

    let room = stack.room_of(customer).await?;
    let id = room["id"].as_str().context("no room")?;
    let stored = async {
        loop {
            let shown = stack.history(&room).await?[0].clone();
            if shown["file"]["state"] == "stored" {
                return anyhow::Ok(shown);
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let shown = tokio::time::timeout(5 * STEP, stored).await??;
    assert_eq!((&shown["type"], &shown["text"]), (&json!("image"), &json!("Ini?")), "{shown}");
    let message = shown["id"].as_str().context("no message")?;
    let path = format!("/v1/rooms/{id}/messages/{message}/file");
    let linked = stack.api("GET", &path, &[], Value::Null).await?;
    let link = linked.json["data"]["url"].as_str().context("no link")?;
    let opened = stack.send("GET", link, &[], Vec::new()).await?;
    assert_eq!((opened.status, opened.text), (200, String::from_utf8_lossy(&picture).into_owned()));
    Ok(())
}
