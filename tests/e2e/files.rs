//! Uploading a file, as a client does.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::stack::{Answer, Stack, text};

/// The body of a form with these fields and this file, and its type.
pub(crate) fn form(
    fields: &Value,
    (name, mime_type): (&str, &str),
    bytes: &[u8],
) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields.as_object().into_iter().flatten() {
        let head = "--cut\r\nContent-Disposition: form-data; name=\"";
        body.extend(format!("{head}{name}\"\r\n\r\n{}\r\n", text(value)).into_bytes());
    }
    let head = "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"";
    body.extend(format!("{head}{name}\"\r\nContent-Type: {mime_type}\r\n\r\n").into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--cut--\r\n");
    ("multipart/form-data; boundary=cut", body)
}

/// Asks for a place for a file, posts it there, and says so: the answer to the last of these.
pub(crate) async fn presigned(
    stack: &Stack,
    name: &str,
    mime_type: &str,
    bytes: &[u8],
) -> anyhow::Result<Answer> {
    let new = json!({ "filename": name, "mime_type": mime_type, "size": bytes.len() });
    let begun = stack.done("POST", "/v1/files", new).await?;
    let (kind, body) = form(&begun["upload"]["fields"], (name, mime_type), bytes);
    let headers = [("content-type", kind)];
    let posted = stack.send("POST", text(&begun["upload"]["url"]), &headers, body).await?;
    ensure!(posted.status < 300, "{posted:?}");
    let path = format!("/v1/files/{}/complete", text(&begun["id"]));
    stack.api("POST", &path, &[], Value::Null).await
}

/// The id of a file that is ready to be sent.
pub(crate) async fn uploaded(
    stack: &Stack,
    name: &str,
    mime_type: &str,
    bytes: &[u8],
) -> anyhow::Result<Value> {
    let ready = presigned(stack, name, mime_type, bytes).await?.data()?;
    ensure!(ready["state"] == "ready", "{ready}");
    Ok(ready["id"].clone())
}
