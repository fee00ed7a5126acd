//! Cuts a delivery into elements, each itself a delivery of one.
//!
//! Nothing is lost on the way. A message or a status gets its own envelope (who, when, which
//! number) and the entry of `contacts` that is its person's. Everything else stays together as
//! it came: a change of another field, a change or an entry of a form we don't know, and what a
//! known form carries beside the things we know (`errors` next to `messages`), which becomes an
//! element of its own. Order is the delivery's; such rests follow what they were beside.
//! Splitting an element again yields that element.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::fields::id;
use crate::{
    Element, Unparseable,
    whatsapp::limits::{MAX_DELIVERY, MAX_ELEMENTS},
};

/// The only `object` that is delivered to a WhatsApp address.
const OBJECT: &str = "whatsapp_business_account";

/// What of an entry goes along with each of its elements.
const ENTRY_ENVELOPE: [&str; 2] = ["id", "time"];
/// What of a change goes along with each of its elements.
const VALUE_ENVELOPE: [&str; 2] = ["messaging_product", "metadata"];

/// The lists of a change whose items are elements of their own, by its field.
fn lists(field: &str) -> &'static [&'static str] {
    match field {
        "messages" => &["messages", "statuses"],
        "smb_message_echoes" => &["message_echoes"],
        "user_id_update" => &["user_id_update"],
        "user_preferences" => &["user_preferences"],
        "smb_app_state_sync" => &["state_sync"],
        "calls" => &["calls", "statuses"],
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => &["groups"],
        "history" => &["history"],
        _ => &[],
    }
}

/// Fields that name the person of a message or status, and the field of a contact they match.
const PERSON: [(&str, &str); 9] = [
    ("from", "wa_id"),
    ("from_user_id", "user_id"),
    ("to", "wa_id"),
    ("to_user_id", "user_id"),
    ("wa_id", "wa_id"),
    ("recipient_id", "wa_id"),
    ("recipient_user_id", "user_id"),
    ("recipient_participant_id", "wa_id"),
    ("recipient_participant_user_id", "user_id"),
];

/// Cuts a delivery into its elements, in its order.
///
/// Refused as a whole, to be kept raw and looked at: what is larger than [`MAX_DELIVERY`], is
/// not JSON, is not of WhatsApp's form, or has more than [`MAX_ELEMENTS`] elements. The reason
/// never quotes the body.
pub fn split(body: &[u8]) -> Result<Vec<Element>, Unparseable> {
    if body.len() > MAX_DELIVERY {
        return Err(Unparseable(format!("{} bytes are too many", body.len())));
    }
    let delivery = serde_json::from_slice(body)
        .or_else(|_| serde_json::from_slice(&without_halves(body)))
        .map_err(|error: serde_json::Error| Unparseable(format!("not JSON: {error}")))?;
    let Value::Object(mut delivery) = delivery else {
        return Err(Unparseable("not an object".into()));
    };
    if delivery.get("object").and_then(Value::as_str) != Some(OBJECT) {
        return Err(Unparseable(format!("its object is not {OBJECT}")));
    }
    let Some(entries) = take_list(&mut delivery, "entry") else {
        return Err(Unparseable("it has no list of entries".into()));
    };

    let mut elements = Elements::default();
    for entry in entries {
        elements.cut_entry(entry)?;
    }
    // `entry` is still there, empty now.
    if delivery.len() > 2 {
        elements.push(None, &Value::Object(delivery))?;
    }
    Ok(elements.cut)
}

/// The body with U+FFFD for each half of a surrogate pair that stands alone: a name that somebody
/// cut in the middle of an emoji. JSON allows it, Rust's strings don't, and one such name must
/// not cost the other messages of the delivery.
fn without_halves(body: &[u8]) -> Vec<u8> {
    const REPLACEMENT: &[u8] = br"\ufffd";
    let unit = |at: usize| {
        let escape = body.get(at..at + 6)?.strip_prefix(br"\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let mut mended = Vec::with_capacity(body.len());
    let mut at = 0;
    while let Some(byte) = body.get(at) {
        let (step, whole) = match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => (12, true),
            Some(0xd800..=0xdfff) => (6, false),
            Some(_) => (6, true),
            // An escaped backslash does not begin the escape that may follow it.
            None if *byte == b'\\' => (2, true),
            None => (1, true),
        };
        let end = (at + step).min(body.len());
        mended.extend_from_slice(if whole { &body[at..end] } else { REPLACEMENT });
        at = end;
    }
    mended
}

#[derive(Default)]
struct Elements {
    cut: Vec<Element>,
    bytes: usize,
}

impl Elements {
    fn cut_entry(&mut self, entry: Value) -> Result<(), Unparseable> {
        let mut entry = match entry {
            Value::Object(entry) if has_items(&entry, "changes") => entry,
            other => return self.push_entry(None, other),
        };
        let changes = take_list(&mut entry, "changes").unwrap_or_default();
        entry.remove("changes");
        let envelope = pick(&entry, &ENTRY_ENVELOPE);
        for change in changes {
            self.cut_change(&envelope, change)?;
        }
        if entry.len() > envelope.len() {
            self.push_entry(None, Value::Object(entry))?;
        }
        Ok(())
    }

    fn cut_change(
        &mut self,
        envelope: &Map<String, Value>,
        mut change: Value,
    ) -> Result<(), Unparseable> {
        let account = account(&change);
        let field = change.get("field").and_then(Value::as_str).unwrap_or_default().to_owned();
        let names = lists(&field);
        let value = change.get_mut("value").and_then(Value::as_object_mut);
        let Some(value) = value.filter(|value| names.iter().any(|name| has_items(value, name)))
        else {
            return self.push_change(account, envelope, change);
        };

        let lists: Vec<_> = names.iter().map(|name| (*name, remove_list(value, name))).collect();
        let contacts = remove_list(value, "contacts");
        let contacts = Contacts::new(&contacts, lists.iter().map(|(_, list)| list.len()).sum());
        let common = pick(value, &VALUE_ENVELOPE);
        let nothing_else_in_value = value.len() == common.len();

        for (name, list) in lists {
            for item in list {
                let mut value = common.clone();
                if let Some(contact) = contacts.person_of(&item) {
                    value.insert("contacts".into(), json!([contact]));
                }
                value.insert(name.into(), Value::Array(vec![item]));
                let change = json!({ "field": field, "value": value });
                self.push_change(account.clone(), envelope, change)?;
            }
        }
        // Besides `field` and `value`.
        let nothing_else_in_change = change.as_object().is_none_or(|change| change.len() == 2);
        if nothing_else_in_value && nothing_else_in_change {
            return Ok(());
        }
        self.push_change(account, envelope, change)
    }

    fn push_change(
        &mut self,
        account: Option<String>,
        envelope: &Map<String, Value>,
        change: Value,
    ) -> Result<(), Unparseable> {
        let mut entry = envelope.clone();
        entry.insert("changes".into(), Value::Array(vec![change]));
        self.push_entry(account, Value::Object(entry))
    }

    fn push_entry(&mut self, account: Option<String>, entry: Value) -> Result<(), Unparseable> {
        self.push(account, &json!({ "object": OBJECT, "entry": [entry] }))
    }

    /// Bounds what a delivery can grow to: an absurd envelope is repeated in each element.
    fn push(&mut self, account: Option<String>, delivery: &Value) -> Result<(), Unparseable> {
        let body = delivery.to_string();
        self.bytes = self.bytes.saturating_add(body.len());
        if self.cut.len() >= MAX_ELEMENTS || self.bytes > 3 * MAX_DELIVERY {
            return Err(Unparseable("it has too many elements".into()));
        }
        self.cut.push(Element { account, body });
        Ok(())
    }
}

/// The people of a change, by what they are known by.
struct Contacts<'a> {
    known: HashMap<(&'static str, String), &'a Value>,
    /// The only contact beside the only message or status is its person, whatever it says.
    alone: Option<&'a Value>,
}

impl<'a> Contacts<'a> {
    fn new(contacts: &'a [Value], items: usize) -> Self {
        let mut known = HashMap::new();
        for contact in contacts {
            for name in ["wa_id", "user_id"] {
                if let Some(person) = id(contact, name) {
                    known.entry((name, person)).or_insert(contact);
                }
            }
        }
        let alone = match contacts {
            [contact] if items == 1 => Some(contact),
            _ => None,
        };
        Self { known, alone }
    }

    fn person_of(&self, item: &Value) -> Option<&'a Value> {
        PERSON
            .iter()
            .find_map(|(field, name)| self.known.get(&(*name, id(item, field)?)).copied())
            .or(self.alone)
    }
}

/// The number that a change is for.
fn account(change: &Value) -> Option<String> {
    id(change.pointer("/value/metadata")?, "phone_number_id")
}

fn has_items(object: &Map<String, Value>, key: &str) -> bool {
    object.get(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty())
}

/// Takes the items of a list and leaves it empty; nothing where it is not a list.
fn take_list(object: &mut Map<String, Value>, key: &str) -> Option<Vec<Value>> {
    object.get_mut(key)?.as_array_mut().map(std::mem::take)
}

/// Removes a list and returns its items; leaves what is not a list where it is.
fn remove_list(object: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    let list = take_list(object, key);
    if list.is_some() {
        object.remove(key);
    }
    list.unwrap_or_default()
}

fn pick(object: &Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let present = |key: &&str| Some(((*key).to_owned(), object.get(*key)?.clone()));
    keys.iter().filter_map(present).collect()
}
