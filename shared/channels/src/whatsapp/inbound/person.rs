//! Who it is: a number, a business-scoped user id, or both (`business-scoped-user-ids`).

use domain::contact::Person;
use serde_json::Value;

use super::fields::{id, name, word};

/// Who wrote. Messages of one who shares a contact card on request name nobody; then it is the
/// person of the contact that came along.
pub(super) fn sender(item: &Value, contact: &Value) -> Person {
    let parent_user_id = id(item, "from_parent_user_id");
    with(id(item, "from"), id(item, "from_user_id"), parent_user_id, contact)
}

/// To whom a message from the phone's app went.
pub(super) fn chat_partner(item: &Value, contact: &Value) -> Person {
    let parent_user_id = id(item, "to_parent_user_id");
    with(id(item, "to"), id(item, "to_user_id"), parent_user_id, contact)
}

/// Whose message is answered; in a group it may be another's.
pub(super) fn quoted(item: &Value) -> Person {
    let context = item.get("context").unwrap_or(&Value::Null);
    with(id(context, "from"), id(context, "from_user_id"), None, &Value::Null)
}

/// To whom what is reported happened; in a group, to which of its people.
pub(super) fn recipient(item: &Value) -> Person {
    let (number, user_id) = match word(item, "recipient_type") {
        Some("group") => ("recipient_participant_id", "recipient_participant_user_id"),
        _ => ("recipient_id", "recipient_user_id"),
    };
    with(id(item, number), id(item, user_id), None, &Value::Null)
}

/// Those of them who are known by something.
pub(super) fn known_by(people: impl IntoIterator<Item = Person>) -> Vec<Person> {
    people.into_iter().filter(|person| person.primary().is_some()).collect()
}

/// A person of these ids. The contact that came along tells the rest, unless it contradicts them.
fn with(
    number: Option<String>,
    user_id: Option<String>,
    parent_user_id: Option<String>,
    contact: &Value,
) -> Person {
    let (wa_id, contact_id) = (id(contact, "wa_id"), id(contact, "user_id"));
    let agrees = |own: &Option<String>, told: &Option<String>| match (own, told) {
        (Some(own), Some(told)) => own == told,
        (None, _) | (_, None) => true,
    };
    let is_theirs = agrees(&number, &wa_id) && agrees(&user_id, &contact_id);
    let profile = contact.get("profile").unwrap_or(&Value::Null);
    Person {
        number: number.or(wa_id.filter(|_| is_theirs)),
        user_id: user_id.or(contact_id.filter(|_| is_theirs)),
        parent_user_id: parent_user_id.or(id(contact, "parent_user_id").filter(|_| is_theirs)),
        username: username(profile).or_else(|| username(contact)),
        name: name(profile, "name"),
    }
}

/// Usernames are shown with `@` and stored without: some webhooks have it, some do not.
fn username(object: &Value) -> Option<String> {
    let name = name(object, "username")?;
    let name = name.trim_start_matches('@');
    (!name.is_empty()).then(|| name.to_owned())
}
