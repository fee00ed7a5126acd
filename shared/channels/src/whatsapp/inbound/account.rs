//! Changes of a whole business account that change what we hold of it: its templates and
//! the standing of its numbers.
//!
//! Such changes name no number of ours, but the account, in their entry. What a template's event
//! makes of its status is said here (`webhooks/reference/message_template_status_update`): some
//! events leave it as it was. After `UNARCHIVED` it is what it was before, which only a list tells.

use domain::{
    Time,
    integration::{NumberChange, NumberNews},
    template::{Change, News, is_language, is_name},
};
use serde_json::Value;

use super::{
    event,
    fields::{id, name, word},
};
use crate::{AccountChange, AccountNews, Inbound};

/// Where WhatsApp gives no reason for a template's status.
pub(in crate::whatsapp) const NO_REASON: &str = "NONE";

/// A change of a field that tells of the account's templates or numbers; nothing if it is another,
/// or lacks what it takes to know of which, and since when.
pub(super) fn news(field: &str, value: &Value, entry: &Value, at: Option<Time>) -> Option<Inbound> {
    let change = match standing(field, value) {
        Some(change) => AccountChange::Number(NumberNews {
            number: id(value, "display_phone_number")?,
            change,
            at: at?,
        }),
        None => AccountChange::Template(template(field, value, at?)?),
    };
    let event = event::of_change(Some(field), value, at);
    Some(Inbound::Account(AccountNews { business_account: id(entry, "id")?, change, event }))
}

/// What is told of a number (`webhooks/reference/phone_number_quality_update`,
/// `phone_number_name_update`). A number that is flagged has had a low rating for days; once it is
/// not any more, its rating may be either of the others. The limit of a `THROUGHPUT_UPGRADE` is
/// another one: how fast it may send.
fn standing(field: &str, value: &Value) -> Option<NumberChange> {
    let event = word(value, "event");
    match field {
        "phone_number_quality_update" => {
            let quality = match event? {
                "FLAGGED" => Some("RED".to_owned()),
                "UNFLAGGED" => Some("UNKNOWN".to_owned()),
                _ => None,
            };
            let limits = ["max_daily_conversations_per_business", "current_limit"];
            let limit = limits.into_iter().find_map(|name| word(value, name));
            let limit = limit.filter(|_| event != Some("THROUGHPUT_UPGRADE")).map(str::to_owned);
            let is_news = quality.is_some() || limit.is_some();
            is_news.then_some(NumberChange::Standing { quality, messaging_limit: limit })
        }
        "phone_number_name_update" if word(value, "decision") == Some("APPROVED") => {
            name(value, "requested_verified_name").map(NumberChange::Name)
        }
        _ => None,
    }
}

fn template(field: &str, value: &Value, at: Time) -> Option<News> {
    let change = match field {
        "message_template_status_update" => status(value)?,
        // `new_category` is the one it has: one that is still to come is its `correct_category`.
        "template_category_update" => Change::Category(word(value, "new_category")?.to_owned()),
        "message_template_quality_update" => {
            Change::Quality(word(value, "new_quality_score")?.to_owned())
        }
        _ => return None,
    };
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(News {
        provider_id: id(value, "message_template_id"),
        name: text("message_template_name").filter(|name| is_name(name))?.to_owned(),
        // Some senders write `en-US`; lists and sends have `en_US`.
        language: text("message_template_language")
            .map(|language| language.replace('-', "_"))
            .filter(|language| is_language(language))?,
        change,
        at,
    })
}

fn status(value: &Value) -> Option<Change> {
    let status = match word(value, "event")? {
        "REINSTATED" => "APPROVED",
        status @ ("APPROVED" | "PENDING" | "IN_APPEAL" | "REJECTED" | "PAUSED" | "DISABLED"
        | "ARCHIVED" | "PENDING_DELETION" | "DELETED") => status,
        // `FLAGGED`, `LOCKED`, `UNARCHIVED` ...
        _ => return None,
    };
    // Which pause it is says more than the reason, which is none then.
    let title = value.get("other_info").and_then(|info| word(info, "title"));
    let given = word(value, "reason").filter(|reason| *reason != NO_REASON);
    let reason = if status == "APPROVED" { None } else { given.or(title).map(str::to_owned) };
    Some(Change::Status { status: status.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(field: &str, facts: &Value) -> Option<Change> {
        let mut value =
            json!({ "message_template_name": "promo", "message_template_language": "en-US" });
        value.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let at = Some(Time::from_millis(1_795_000_000_000));
        match news(field, &value, &json!({ "id": "1022" }), at)? {
            Inbound::Account(AccountNews { change: AccountChange::Template(news), .. }) => {
                assert_eq!(news.language, "en_US");
                Some(news.change)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn events_that_leave_a_status_as_it_was_are_events_only() {
        let status =
            |event: &str| match told("message_template_status_update", &json!({ "event": event }))?
            {
                Change::Status { status, .. } => Some(status),
                other => panic!("{other:?}"),
            };
        for left in ["FLAGGED", "LOCKED", "UNARCHIVED", "LIMIT_EXCEEDED", "SOMETHING_NEW"] {
            assert_eq!(status(left), None);
        }
        for new in ["APPROVED", "REJECTED", "PAUSED", "DISABLED", "DELETED", "IN_APPEAL"] {
            assert_eq!(status(new).as_deref(), Some(new));
        }
        assert_eq!(status("REINSTATED").as_deref(), Some("APPROVED"));
    }

    #[test]
    fn a_category_that_is_still_to_come_is_not_its_category() {
        let soon = json!({ "new_category": "UTILITY", "correct_category": "MARKETING" });
        let category = Change::Category("UTILITY".into());
        assert_eq!(told("template_category_update", &soon), Some(category));
        assert_eq!(told("message_template_components_update", &soon), None);
    }

    #[test]
    fn what_names_no_template_account_or_time_is_an_event_only() {
        let value = json!({
            "event": "PAUSED", "message_template_name": "promo", "message_template_language": "id",
        });
        let at = Some(Time::from_millis(1_795_000_000_000));
        let is_told = |value: &Value, entry: &Value, at| {
            news("message_template_status_update", value, entry, at).is_some()
        };
        let account = json!({ "id": "1022" });
        assert!(is_told(&value, &account, at));
        assert!(!is_told(&value, &account, None));
        assert!(!is_told(&value, &json!({}), at));
        for (field, wrong) in [
            ("event", json!(5)),
            ("message_template_name", json!("Promo Kopi")),
            ("message_template_language", json!("../id")),
        ] {
            let mut value = value.clone();
            value[field] = wrong;
            assert!(!is_told(&value, &account, at), "{field}");
        }
    }

    #[test]
    fn a_number_is_told_of_by_its_digits() {
        let standing = |quality: Option<&str>, limit: Option<&str>| NumberChange::Standing {
            quality: quality.map(str::to_owned),
            messaging_limit: limit.map(str::to_owned),
        };
        let quality = "phone_number_quality_update";
        for (field, facts, expected) in [
            (
                quality,
                json!({ "event": "FLAGGED", "current_limit": "TIER_10K" }),
                Some(standing(Some("RED"), Some("TIER_10K"))),
            ),
            (quality, json!({ "event": "UNFLAGGED" }), Some(standing(Some("UNKNOWN"), None))),
            (
                quality,
                json!({ "event": "UPGRADE", "current_limit": "TIER_2K",
                        "max_daily_conversations_per_business": "TIER_10K" }),
                Some(standing(None, Some("TIER_10K"))),
            ),
            (
                quality,
                json!({ "event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED" }),
                None,
            ),
            (
                "phone_number_name_update",
                json!({ "decision": "APPROVED", "requested_verified_name": "Kopi Kita" }),
                Some(NumberChange::Name("Kopi Kita".into())),
            ),
            (
                "phone_number_name_update",
                json!({ "decision": "REJECTED", "requested_verified_name": "Kopi Kita" }),
                None,
            ),
        ] {
            let mut value = json!({ "display_phone_number": "628110000" });
            value.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
            let at = Time::from_millis(1_795_000_000_000);
            let told = news(field, &value, &json!({ "id": "1022" }), Some(at));
            let told = told.map(|told| match told {
                Inbound::Account(AccountNews { change: AccountChange::Number(news), .. }) => {
                    assert_eq!((news.number.as_str(), news.at), ("628110000", at));
                    news.change
                }
                other => panic!("{other:?}"),
            });
            assert_eq!(told, expected, "{facts}");
        }
    }
}
