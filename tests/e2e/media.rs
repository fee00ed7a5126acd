//! Files on the deployed stack: a real form, posted to a real bucket, and a real link.

use serde_json::{Value, json};

use crate::stack::{ALONE, Stack};

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
