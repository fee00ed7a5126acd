//! What a message refers to (`webhooks/reference/messages/text`: context, referral).

use domain::message::{Context, Referral};
use serde_json::Value;

use super::fields::{id, line, word};

/// What a message refers to.
pub(super) fn context(item: &Value) -> Context {
    let told = item.get("context").unwrap_or(&Value::Null);
    let is = |key: &str| told.get(key).and_then(Value::as_bool).unwrap_or(false);
    let product = told.get("referred_product").and_then(|product| {
        Some((id(product, "catalog_id")?, line(product, "product_retailer_id")?))
    });
    Context {
        reply_to: id(told, "id"),
        is_forwarded: is("forwarded") || is("frequently_forwarded"),
        is_frequently_forwarded: is("frequently_forwarded"),
        product,
        referral: item.get("referral").and_then(referral).map(Box::new),
    }
}

/// The advertisement or post that led the customer here.
fn referral(told: &Value) -> Option<Referral> {
    let referral = Referral {
        source_type: word(told, "source_type").unwrap_or("unknown").to_owned(),
        source_id: id(told, "source_id"),
        source_url: line(told, "source_url"),
        headline: line(told, "headline"),
        body: line(told, "body"),
        click_id: id(told, "ctwa_clid"),
        media_type: word(told, "media_type").map(str::to_owned),
        image_url: line(told, "image_url"),
        video_url: line(told, "video_url"),
        thumbnail_url: line(told, "thumbnail_url"),
        welcome_text: told.get("welcome_message").and_then(|welcome| line(welcome, "text")),
    };
    told.is_object().then_some(referral)
}
