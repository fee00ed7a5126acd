//! A contact on the deployed stack: found, edited, blocked, heard again, merged, exported, gone.

use serde_json::{Value, json};

use crate::stack::{Stack, beside_others, customer, timely, unique};

#[tokio::test]
async fn a_contact_is_found_edited_blocked_merged_exported_and_erased() -> anyhow::Result<()> {
    let _beside = beside_others().await;
    let stack = Stack::running()?;
    let (one, other) = (&customer(), &customer());
    let room = stack.hears(one, "Halo").await?;
    let young = stack.hears(other, "Halo").await?;
    let contact = room["contact_id"].as_str().unwrap_or_default();
    let path = format!("/v1/contacts/{contact}");
    let ask = async |method: &str, path: &str, body: Value| {
        let answer = timely(path, stack.api(method, path, &[], body)).await?;
        anyhow::ensure!(answer.status < 300, "{method} {path}: {answer:?}");
        anyhow::Ok(answer.json["data"].clone())
    };
    let edited = ask("PUT", &path, json!({ "full_name": "Wijaya Kusuma" })).await?;
    assert_eq!(edited["full_name"], "Wijaya Kusuma");
    let local = |number: &str| format!("0{}%20{}", &number[2..6], &number[6..]);
    for query in ["kusu", &local(one)] {
        let found = ask("GET", &format!("/v1/contacts?query={query}"), Value::Null).await?;
        assert_eq!(found[0]["id"], contact, "{query}: {found}");
    }
    let key = format!("city_{}", unique());
    let field = json!({ "key": key, "label": "Kota", "type": "text" });
    ask("POST", "/v1/contact_fields", field).await?;
    let values = json!({ "custom_fields": { key.as_str(): "Bandung" } });
    assert_eq!(ask("PUT", &path, values.clone()).await?["custom_fields"], values["custom_fields"]);

    ask("POST", "/v1/contact_block", json!({ "room_id": room["id"], "reason": "Spam" })).await?;
    stack.deliver(&stack.message(one, "Beli!")).await?;
    assert_eq!(stack.history(&room).await?.len(), 1);
    let body = json!({ "room_id": room["id"] });
    let free = ask("DELETE", &format!("/v1/contact_block/{contact}"), body).await?;
    assert_eq!(free["is_blocked"], false);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    stack.deliver(&stack.message(one, "Maaf")).await?;
    assert_eq!(stack.history(&room).await?.len(), 2);

    let goes = young["contact_id"].as_str().unwrap_or_default();
    let merged = format!("/v1/contacts/{goes}/merge");
    let stays = ask("POST", &merged, json!({ "into": contact })).await?;
    assert_eq!(stays["room_ids"].as_array().map(Vec::len), Some(2));
    assert_eq!(stack.room_of(other).await?["contact_id"], contact);

    let export = ask("POST", &format!("{path}/export"), Value::Null).await?;
    assert_eq!(
        (&export["state"], export["urls"].as_array().map(Vec::len)),
        (&json!("done"), Some(1))
    );
    let link = export["urls"][0].as_str().unwrap_or_default();
    let exported = stack.send("GET", link, &[], Vec::new()).await?;
    anyhow::ensure!(exported.status == 200, "{exported:?}");
    assert_eq!(export["lines"], exported.text.lines().count());
    for words in ["Wijaya Kusuma", "Maaf", "Bandung", one, other] {
        assert!(exported.text.contains(words), "{words}: {}", exported.text);
    }

    // It is done only minutes later (`erasing`); from the first moment on they are nobody.
    let begun = stack.api("DELETE", &path, &[], Value::Null).await?;
    assert_eq!((begun.status, &begun.json["data"]["state"]), (202, &json!("running")));
    let rooms =
        [&room, &young].map(|room| format!("/v1/rooms/{}", room["id"].as_str().unwrap_or("")));
    for gone in rooms.iter().chain([&path]) {
        assert_eq!(stack.api("GET", gone, &[], Value::Null).await?.status, 404, "{gone}");
    }
    for query in ["kusu", &local(one), &local(other)] {
        let found = ask("GET", &format!("/v1/contacts?query={query}"), Value::Null).await?;
        assert_eq!(found, json!([]), "{query}");
    }
    // Their links lead nowhere any more.
    assert_ne!(stack.send("GET", link, &[], Vec::new()).await?.status, 200);
    Ok(())
}
