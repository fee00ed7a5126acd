//! Changes of a whole business account that change what we hold of it: its templates.
//!
//! Such changes name no number of ours, but the account, in their entry. What a template's event
//! makes of its status is said here (`webhooks/reference/message_template_status_update`): some
//! events leave it as it was. After `UNARCHIVED` it is what it was before, which only a list tells.

use domain::{
    Time,
    template::{Change, News, is_language, is_name},
};
use serde_json::Value;

use super::{
    event,
    fields::{id, word},
};
use crate::{AccountNews, Inbound};

/// Where WhatsApp gives no reason for a template's status.
pub(in crate::whatsapp) const NO_REASON: &str = "NONE";

/// A change of a field that tells of the account's templates; nothing if it is another, or lacks
/// what it takes to know which template and since when.
pub(super) fn news(field: &str, value: &Value, entry: &Value, at: Option<Time>) -> Option<Inbound> {
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
    let news = News {
        provider_id: id(value, "message_template_id"),
        name: text("message_template_name").filter(|name| is_name(name))?.to_owned(),
        // Some senders write `en-US`; lists and sends have `en_US`.
        language: text("message_template_language")
            .map(|language| language.replace('-', "_"))
            .filter(|language| is_language(language))?,
        change,
        at: at?,
    };
    let event = event::of_change(Some(field), value, at);
    Some(Inbound::Account(AccountNews { business_account: id(entry, "id")?, news, event }))
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
            Inbound::Account(AccountNews { news, .. }) => {
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
}
