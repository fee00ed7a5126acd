//! Files go up, are looked up and come down, and each link has its time.

use http::Request;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::{Fault, Graph};
use super::{NOW, answer_json, code, get, graph, send_kind};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n--not-the-boundary\r\n";

fn upload(graph: &mut Graph, mime_type: &str, bytes: &[u8]) -> super::Answer {
    let mut body = Vec::new();
    for (name, value) in [("messaging_product", "whatsapp"), ("type", mime_type)] {
        let head = format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend(format!("{head}{value}\r\n").into_bytes());
    }
    let head = "--b0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b.png\"\r\n";
    body.extend(format!("{head}Content-Type: {mime_type}\r\n\r\n").into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--b0--\r\n");
    let request = Request::post("/v24.0/100200300/media")
        .header("authorization", "Bearer token")
        .header("content-type", "multipart/form-data; boundary=b0")
        .body(body)
        .unwrap();
    graph.handle(NOW, &request)
}

fn path_of(url: &str) -> String {
    url.trim_start_matches("https://lookaside.fbsbx.com").to_owned()
}

#[test]
fn an_upload_is_looked_up_fetched_and_sent() {
    let mut graph = graph();
    let id = answer_json(&upload(&mut graph, "image/png", PNG))["id"].as_str().unwrap().to_owned();

    let found = answer_json(&get(&mut graph, NOW, &format!("/v24.0/{id}")));
    assert_eq!(found["file_size"], PNG.len());
    assert_eq!(found["mime_type"], "image/png");
    assert_eq!(found["sha256"], hex::encode(Sha256::digest(PNG)));

    let file = get(&mut graph, NOW, &path_of(found["url"].as_str().unwrap()));
    assert_eq!(file.response.headers()["content-type"], "image/png");
    assert_eq!(file.response.body(), PNG);

    assert_eq!(code(&send_kind(&mut graph, "image", json!({"id": id, "caption": "Peta"}))), 0);
    assert_eq!(graph.log()[0].text, "Peta");
    assert_eq!(code(&send_kind(&mut graph, "audio", json!({"id": id}))), 131_009, "no audio");
}

#[test]
fn a_url_lives_five_minutes_and_needs_the_token() {
    let mut graph = graph();
    let id = graph.customer_uploads(NOW, "image/jpeg", vec![1, 2, 3]);
    let url = |graph: &mut Graph, now_ms| {
        let found = answer_json(&get(graph, now_ms, &format!("/v24.0/{id}")));
        path_of(found["url"].as_str().unwrap())
    };
    let first = url(&mut graph, NOW);
    assert_eq!(get(&mut graph, NOW + 299_000, &first).response.status(), 200);
    assert_eq!(get(&mut graph, NOW + 300_000, &first).response.status(), 404);
    let later = url(&mut graph, NOW + 300_000);
    assert_eq!(get(&mut graph, NOW + 300_000, &later).response.status(), 200);

    let longer = first.replace("ext=1", "ext=2");
    assert_eq!(get(&mut graph, NOW, &longer).response.status(), 404, "its end cannot be changed");
    let bare = Request::get(first).body(Vec::new()).unwrap();
    assert_eq!(graph.handle(NOW, &bare).response.status(), 401);

    let week = 7 * 24 * 3_600_000;
    assert_eq!(code(&get(&mut graph, NOW + week, &format!("/v24.0/{id}"))), 100);
}

#[test]
fn a_file_of_no_known_type_and_one_that_is_too_large_are_refused() {
    let mut graph = graph();
    assert_eq!(code(&upload(&mut graph, "application/x-msdownload", b"MZ")), 100);
    assert_eq!(code(&upload(&mut graph, "image/png", b"")), 100);
    assert_eq!(code(&upload(&mut graph, "image/png", &vec![0; (5 << 20) + 1])), 100);
    let mut plain = Request::post("/v24.0/100200300/media").body(b"{}".to_vec()).unwrap();
    plain.headers_mut().insert("authorization", "Bearer token".parse().unwrap());
    assert_eq!(code(&graph.handle(NOW, &plain)), 100);
}

#[test]
fn files_can_be_missing_slow_wrong_and_too_large() {
    let mut graph = graph();
    let id = graph.customer_uploads(NOW, "image/jpeg", vec![1, 2, 3]);
    let object = format!("/v24.0/{id}");
    let honest = answer_json(&get(&mut graph, NOW, &object));
    let path = path_of(honest["url"].as_str().unwrap());

    graph.set_fault(Fault::MediaMissing, Some(1));
    assert_eq!(get(&mut graph, NOW, &path).response.status(), 404);
    graph.set_fault(Fault::MediaSlow, Some(1));
    assert_eq!(get(&mut graph, NOW, &path).delay_ms, 5_000);
    graph.set_fault(Fault::MediaWrongHash, Some(1));
    assert_ne!(answer_json(&get(&mut graph, NOW, &object))["sha256"], honest["sha256"]);
    graph.set_fault(Fault::MediaTooLarge, Some(1));
    assert_eq!(answer_json(&get(&mut graph, NOW, &object))["file_size"], (100 << 20) + 1);

    assert!(graph.faults().is_empty());
    assert_eq!(answer_json(&get(&mut graph, NOW, &object)), honest);
}
