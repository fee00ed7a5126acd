//! Goods that a customer orders from a catalogue (`webhooks/reference/messages/order`).

use domain::message::{CatalogOrder, OrderItem};
use serde_json::Value;

use crate::whatsapp::{
    inbound::fields::{id, line, text, word},
    limits::{MAX_ITEMS, MAX_TEXT_BYTES},
};

/// An order, if all of its lines can be read: none may be missing from what is shown.
pub(super) fn order(told: &Value) -> Option<CatalogOrder> {
    let lines = told.get("product_items")?.as_array()?;
    if !(1..=MAX_ITEMS).contains(&lines.len()) {
        return None;
    }
    let items: Option<Vec<OrderItem>> = lines.iter().map(item).collect();
    let text = text(told, "text", MAX_TEXT_BYTES);
    Some(CatalogOrder { catalog_id: id(told, "catalog_id")?, text, items: items? })
}

fn item(told: &Value) -> Option<OrderItem> {
    let quantity = match told.get("quantity")? {
        Value::Number(number) => number.as_u64()?,
        Value::String(digits) => digits.parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(OrderItem {
        product: line(told, "product_retailer_id")?,
        quantity: u32::try_from(quantity).ok()?,
        price: price(told.get("item_price")?)?,
        currency: word(told, "currency").unwrap_or_default().to_owned(),
    })
}

/// A price as it was written: digits with at most one point.
fn price(told: &Value) -> Option<String> {
    let text = match told {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    ((1..=32).contains(&digits) && points <= 1 && digits + points == text.len()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prices_are_kept_to_the_digit() {
        for (told, expected) in [
            (json!(30), Some("30")),
            (json!(12.5), Some("12.5")),
            (json!("85000.00"), Some("85000.00")),
            (json!("-1"), None),
            (json!("1.2.3"), None),
            (json!("."), None),
            (json!(null), None),
        ] {
            assert_eq!(price(&told).as_deref(), expected, "{told}");
        }
    }

    #[test]
    fn an_order_with_a_line_that_can_not_be_read_is_not_shown_without_it() {
        let line = json!({"product_retailer_id": "gayo-250", "quantity": "2", "item_price": 85000,
            "currency": "IDR"});
        let order_of = |lines| order(&json!({"catalog_id": "1", "product_items": lines}));
        let read = order_of(json!([line])).unwrap();
        assert_eq!((read.items[0].quantity, &*read.items[0].currency), (2, "IDR"));
        assert_eq!(order_of(json!([line, {"quantity": 1}])), None);
        assert_eq!(order_of(json!([])), None);
    }
}
