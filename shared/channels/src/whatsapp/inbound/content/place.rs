//! Places and contact cards.

use domain::message::{Card, CardAddress, CardDetails, CardPhone, Location, Typed};
use serde_json::Value;

use crate::whatsapp::{
    inbound::fields::{line, word},
    limits::MAX_ITEMS,
};

/// A place on earth.
pub(super) fn location(told: &Value) -> Option<Location> {
    Some(Location {
        latitude_e7: degrees(told.get("latitude")?, 90.0)?,
        longitude_e7: degrees(told.get("longitude")?, 180.0)?,
        name: line(told, "name"),
        address: line(told, "address"),
        url: line(told, "url"),
    })
}

/// Degrees in ten-millionths; a number, or its digits.
fn degrees(told: &Value, limit: f64) -> Option<i64> {
    let degrees = match told {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let on_earth = degrees.is_finite() && degrees.abs() <= limit;
    on_earth.then(|| format!("{:.0}", degrees * 1e7).parse().ok()).flatten()
}

/// The most bytes of all cards of a message: a row has 400 KB.
const CARDS_LIMIT: usize = 128 * 1024;

/// The contact cards of a message. Why they were sent stands at each of them or at the message
/// (`business-scoped-user-ids` has it there).
pub(super) fn shared_cards(item: &Value) -> Option<Vec<Card>> {
    let mut cards = cards(item.get("contacts")?)?;
    for card in &mut cards {
        let origin = card.details.origin.take();
        card.details.origin = origin.or_else(|| word(item, "origin").map(str::to_owned));
    }
    Some(cards)
}

/// Contact cards; none of them may be lost, so a list that is too long is not shown as one: it is
/// kept as it came.
fn cards(told: &Value) -> Option<Vec<Card>> {
    let cards = told.as_array().filter(|_| told.to_string().len() <= CARDS_LIMIT)?;
    (1..=MAX_ITEMS).contains(&cards.len()).then(|| cards.iter().map(card).collect())
}

/// One card. Cards that are shared on request have a name only inside their vCard
/// (`business-scoped-user-ids`).
fn card(told: &Value) -> Card {
    let name = told.get("name").unwrap_or(&Value::Null);
    let vcard = told.get("vcard").and_then(Value::as_str).unwrap_or_default();
    let in_vcard = || {
        let line = vcard.lines().find_map(|line| line.strip_prefix("FN:"))?;
        Some(line.trim().chars().take(256).collect::<String>()).filter(|name| !name.is_empty())
    };
    let phones = list(told, "phones", &["phone", "wa_id"]);
    let shown = line(name, "formatted_name")
        .or_else(|| line(name, "first_name"))
        .or_else(in_vcard)
        .or_else(|| phones.first().cloned());
    Card {
        name: shown.unwrap_or_else(|| "?".into()),
        first_name: line(name, "first_name"),
        last_name: line(name, "last_name"),
        company: told.get("org").and_then(|org| line(org, "company")),
        phones,
        emails: list(told, "emails", &["email"]),
        details: Box::new(details(told)),
    }
}

/// All else that a card says (`webhooks/reference/messages/contacts`).
fn details(told: &Value) -> CardDetails {
    let name = told.get("name").unwrap_or(&Value::Null);
    let org = told.get("org").unwrap_or(&Value::Null);
    let vcard = told.get("vcard").and_then(Value::as_str).filter(|vcard| !vcard.is_empty());
    CardDetails {
        middle_name: line(name, "middle_name"),
        prefix: line(name, "prefix"),
        suffix: line(name, "suffix"),
        department: line(org, "department"),
        title: line(org, "title"),
        birthday: line(told, "birthday"),
        phones: items(told, "phones").iter().filter_map(phone).collect(),
        emails: items(told, "emails").iter().filter_map(|item| typed(item, "email")).collect(),
        urls: items(told, "urls").iter().filter_map(|item| typed(item, "url")).collect(),
        addresses: items(told, "addresses").iter().filter_map(address).collect(),
        vcard: vcard.map(str::to_owned),
        origin: word(told, "origin").map(str::to_owned),
    }
}

fn phone(item: &Value) -> Option<CardPhone> {
    let phone = CardPhone {
        phone: line(item, "phone"),
        wa_id: line(item, "wa_id"),
        kind: line(item, "type"),
    };
    (phone.phone.is_some() || phone.wa_id.is_some()).then_some(phone)
}

fn typed(item: &Value, key: &str) -> Option<Typed> {
    Some(Typed { value: line(item, key)?, kind: line(item, "type") })
}

fn address(item: &Value) -> Option<CardAddress> {
    let address = CardAddress {
        street: line(item, "street"),
        city: line(item, "city"),
        state: line(item, "state"),
        zip: line(item, "zip"),
        country: line(item, "country"),
        country_code: line(item, "country_code"),
        kind: line(item, "type"),
    };
    (address != CardAddress::default()).then_some(address)
}

/// The items of a list, as many as are read of one.
fn items<'a>(told: &'a Value, name: &str) -> &'a [Value] {
    let items = told.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    &items[..items.len().min(MAX_ITEMS)]
}

/// Of each item of a list the first of these that it has.
fn list(told: &Value, name: &str, keys: &[&str]) -> Vec<String> {
    let first = |item: &Value| keys.iter().find_map(|key| line(item, key));
    items(told, name).iter().filter_map(first).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_on_earth_to_the_centimetre() {
        for (latitude, longitude, expected) in [
            (json!(-6.200_000_1), json!(106.816_666), Some((-62_000_001, 1_068_166_660))),
            (json!("-6.2"), json!("106.8"), Some((-62_000_000, 1_068_000_000))),
            (json!(90), json!(-180), Some((900_000_000, -1_800_000_000))),
            (json!(90.1), json!(0), None),
            (json!(0), json!(180.1), None),
            (json!("NaN"), json!(0), None),
            (json!(null), json!(0), None),
        ] {
            let place = location(&json!({ "latitude": latitude, "longitude": longitude }));
            let place = place.map(|place| (place.latitude_e7, place.longitude_e7));
            assert_eq!(place, expected, "{latitude} {longitude}");
        }
    }

    #[test]
    fn a_card_has_a_name_wherever_it_stands() {
        for (told, name) in [
            (json!({"name": {"formatted_name": "Siti R", "first_name": "Siti"}}), "Siti R"),
            (json!({"name": {"first_name": "Siti"}}), "Siti"),
            (json!({"vcard": "BEGIN:VCARD\nFN:Siti Rahma\nEND:VCARD"}), "Siti Rahma"),
            (json!({"phones": [{"phone": "+62 812"}]}), "+62 812"),
            (json!("odd"), "?"),
        ] {
            assert_eq!(card(&told).name, name);
        }
        assert_eq!(cards(&json!([])), None);
        assert_eq!(cards(&json!(vec![1; MAX_ITEMS + 1])), None);
        let large = json!([{ "vcard": "x".repeat(CARDS_LIMIT) }]);
        assert_eq!(cards(&large), None);
    }

    #[test]
    fn why_a_card_was_sent_stands_at_the_card_or_at_the_message() {
        let card = |origin: Option<&str>| json!({ "vcard": "FN:Dewi", "origin": origin });
        for (at_card, at_message, expected) in [
            (Some("contact_request"), None, Some("contact_request")),
            (None, Some("other"), Some("other")),
            (Some("other"), Some("contact_request"), Some("other")),
            (None, Some("some words"), None),
            (None, None, None),
        ] {
            let item = json!({ "contacts": [card(at_card)], "origin": at_message });
            let cards = shared_cards(&item).unwrap();
            assert_eq!(cards[0].details.origin.as_deref(), expected);
        }
    }
}
