//! What a message says is what was written, whatever its kind.
//!
//! Read from the element as the provider shows it and from the row as it is stored, each with its own
//! names, and held against each other.

use serde_json::{Value, json};

use crate::graph::Written;

/// How what is stored differs from what was written, if it does.
pub(super) fn differs(written: &Written, message: &Value) -> Option<String> {
    let (told, kept) = (told(written), kept(message));
    (told != kept).then(|| format!("{} says {kept}, and was {told}", written.wamid))
}

fn told(written: &Written) -> Value {
    let (item, said) = (&written.message, &written.message[written.kind]);
    let is = |name: &str| said[name] == true;
    let what = match written.kind {
        "text" => json!([said["body"]]),
        "location" => {
            json!([e7(&said["latitude"]), e7(&said["longitude"]), said["name"], said["address"]])
        }
        "contacts" => json!([said[0]["name"]["formatted_name"], said[0]["phones"][0]["phone"]]),
        "interactive" => {
            let reply = &said[said["type"].as_str().unwrap_or_default()];
            match reply["response_json"].is_string() {
                true => json!([reply["body"], reply["response_json"]]),
                false => json!([reply["id"], reply["title"], reply["description"]]),
            }
        }
        "button" => json!([said["payload"], said["text"], null]),
        "order" => {
            let line = &said["product_items"][0];
            json!([
                said["catalog_id"],
                said["text"],
                line["product_retailer_id"],
                line["quantity"],
                line["item_price"].to_string(),
                line["currency"]
            ])
        }
        "unsupported" => json!([said["type"], item["errors"][0]["code"]]),
        _ => json!([written.kind, said["caption"], said["filename"], is("voice"), is("animated")]),
    };
    let about = &item["context"];
    json!({ "what": what, "answers": about["id"], "forwarded": about["forwarded"] == true,
        "advertised": [item["referral"]["source_id"], item["referral"]["headline"]] })
}

fn kept(message: &Value) -> Value {
    let said = &message["content"];
    let is = |name: &str| said[name] == true;
    let what = match said["type"].as_str().unwrap_or_default() {
        "text" => json!([said["text"]]),
        "location" => {
            json!([said["latitude_e7"], said["longitude_e7"], said["name"], said["address"]])
        }
        "contacts" => json!([said["cards"][0]["name"], said["cards"][0]["phones"][0]]),
        "form_reply" => json!([said["text"], said["answers"]]),
        "choice" => json!([said["id"], said["title"], said["description"]]),
        "order" => {
            let line = &said["items"][0];
            json!([
                said["catalog_id"],
                said["text"],
                line["product"],
                line["quantity"],
                line["price"],
                line["currency"]
            ])
        }
        "unsupported" => json!([said["provider_type"], said["code"]]),
        _ => json!([
            said["kind"],
            said["caption"],
            said["filename"],
            is("is_voice"),
            is("is_animated")
        ]),
    };
    let about = &message["context"];
    json!({ "what": what, "answers": about["reply_to"], "forwarded": about["is_forwarded"] == true,
        "advertised": [about["referral"]["source_id"], about["referral"]["headline"]] })
}

/// Ten-millionths of a degree.
fn e7(degrees: &Value) -> Option<i64> {
    format!("{:.0}", degrees.as_f64()? * 1e7).parse().ok()
}
