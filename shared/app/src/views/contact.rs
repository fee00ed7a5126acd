//! Contacts and their fields, as clients see them.

use std::collections::BTreeMap;

use domain::contact::{Field, FieldValue};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::MemberView;
use crate::contacts::Known;

/// A person who writes to us.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactView {
    /// The contact's id, a UUID.
    id: String,
    /// The name that members gave them, or their profile's.
    full_name: String,
    /// The name in their profile, or what the channel knows them by while there is none.
    profile_name: String,
    /// Their phone number in digits; null of those who hide it.
    phone_number: Option<String>,
    /// What the channel knows them by: a phone number in digits on WhatsApp, or a user id.
    account_uniq_id: String,
    /// The name by which people find them in the channel.
    username: Option<String>,
    email: Option<String>,
    company: Option<String>,
    /// Values of the organization's own fields, by their keys.
    #[schema(value_type = Object)]
    custom_fields: BTreeMap<String, Value>,
    /// Whether nothing comes from them and nothing goes to them.
    is_blocked: bool,
    /// Who blocked them, when and why; null while they are not blocked.
    block: Option<BlockView>,
    /// Their rooms.
    room_ids: Vec<String>,
    /// The contact that this one turned out to be.
    merged_into_contact_id: Option<String>,
    /// When they first wrote.
    created_at: String,
}

/// That a contact is blocked.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockView {
    reason: Option<String>,
    blocked_by: MemberView,
    blocked_at: String,
}

/// A field that the organization made for its contacts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactFieldView {
    /// Its name for programs.
    key: String,
    /// Its name for people.
    label: String,
    /// `text`, `number`, `date`, `boolean` or `list`.
    r#type: &'static str,
    /// Of a list: what can be chosen.
    options: Vec<String>,
    created_at: String,
}

impl ContactView {
    /// What clients see of this contact.
    pub fn new(known: &Known) -> Self {
        let contact = &known.contact;
        let block = contact.block.as_ref().filter(|_| contact.is_blocked());
        let is_field =
            |(key, value): &(&_, &_)| known.fields.iter().any(|field| field.holds(key, value));
        let values = contact.fields.iter().filter(is_field);
        Self {
            id: contact.id.to_string(),
            full_name: contact.shown_name().to_owned(),
            profile_name: contact.name.clone(),
            phone_number: contact.phone_number().map(str::to_owned),
            account_uniq_id: contact.identity.clone(),
            username: contact.username.clone(),
            email: contact.email.clone(),
            company: contact.company.clone(),
            custom_fields: values
                .map(|(key, value)| (key.as_str().to_owned(), shown(value)))
                .collect(),
            is_blocked: contact.is_blocked(),
            block: block.map(|block| BlockView {
                reason: block.reason.as_ref().map(|reason| reason.as_str().to_owned()),
                blocked_by: MemberView::new(&block.by),
                blocked_at: block.period.since.to_string(),
            }),
            room_ids: contact.rooms.iter().map(ToString::to_string).collect(),
            merged_into_contact_id: contact.merged_into.map(|into| into.to_string()),
            created_at: contact.created_at.to_string(),
        }
    }
}

fn shown(value: &FieldValue) -> Value {
    match value {
        FieldValue::Text(text) | FieldValue::Date(text) | FieldValue::List(text) => {
            Value::from(text.as_str())
        }
        FieldValue::Number(text) => text.parse().map_or(Value::Null, Value::Number),
        FieldValue::Boolean(on) => Value::from(*on),
    }
}

impl ContactFieldView {
    /// What clients see of this field.
    pub fn new(field: &Field) -> Self {
        Self {
            key: field.key.as_str().to_owned(),
            label: field.label.clone(),
            r#type: field.kind.name(),
            options: field.options.clone(),
            created_at: field.created_at.to_string(),
        }
    }
}
