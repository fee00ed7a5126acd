//! A member edits what is known of a contact.
//!
//! Order of writes: the contact with the rows by which it is found, in one transaction, then the
//! rooms that bear its name. A repeated request does the rest.
//!
//! Only what the request names is changed, on the contact as it is: two members who edit
//! different fields at the same time both have their way.

use std::collections::BTreeMap;

use domain::{
    Id,
    contact::{self, Contact, ContactChange, Field, FieldKey, FieldValue, Given, Line},
    sign_in::address,
};
use futures_util::future::try_join_all;
use platform::problem::Problem;
use serde_json::Value;
use store::{Table, Tenant};

use super::Known;
use crate::{authenticate::Caller, internal};

/// What is to be different; what is left out stays, `Some(None)` is taken away.
#[derive(Debug, Clone, Default)]
pub struct NewDetails {
    /// Their name.
    pub full_name: Option<Option<String>>,
    /// Their e-mail address.
    pub email: Option<Option<String>>,
    /// Where they work.
    pub company: Option<Option<String>>,
    /// Values of the organization's own fields; null takes one away.
    pub custom_fields: BTreeMap<String, Value>,
}

/// Changes what is asked for; the rest stays.
pub async fn edit_contact(
    table: &Table,
    caller: &Caller,
    id: Id<Contact>,
    details: &NewDetails,
) -> Result<Known, Problem> {
    let tenant = caller.tenant(table);
    let known = super::find(table, caller, id).await?;
    refuse_unseen(tenant, caller, &known.value).await?;
    let fields = tenant.contact_fields().await.map_err(internal)?;
    let fields = fields.map(|row| row.value.fields).unwrap_or_default();
    let change = read(details, &fields)?;
    let decide = |known: &Contact| Ok(contact::edit(known, &change, &fields));
    let contact = super::change(tenant, id, decide).await?;
    Ok(Known { contact, fields })
}

/// Refuses a caller who sees none of the contact's rooms.
async fn refuse_unseen(
    tenant: Tenant<'_>,
    caller: &Caller,
    contact: &Contact,
) -> Result<(), Problem> {
    let rooms = try_join_all(contact.rooms.iter().map(|id| tenant.room(*id)));
    let rooms = rooms.await.map_err(internal)?.into_iter().flatten();
    let rooms: Vec<_> = rooms.map(|room| room.value).collect();
    if contact::may_edit(caller.role, caller.member.id, &rooms) {
        return Ok(());
    }
    let detail = "Their rooms are others'. Agents edit contacts of whom they see a room.";
    Err(Problem::new(403, "not_your_contact", detail))
}

fn read(details: &NewDetails, fields: &[Field]) -> Result<ContactChange, Problem> {
    let values = details.custom_fields.iter();
    Ok(ContactChange {
        full_name: line("full_name", &details.full_name)?,
        email: given(&details.email, |text| {
            address(text).map_err(|error| Problem::field("email", error.to_string()))
        })?,
        company: line("company", &details.company)?,
        fields: values
            .map(|(key, value)| field_value(key, value, fields))
            .collect::<Result<_, _>>()?,
    })
}

fn given<T>(
    text: &Option<Option<String>>,
    read: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Option<Option<T>>, Problem> {
    let Some(text) = text else { return Ok(None) };
    Ok(Some(text.as_deref().map(read).transpose()?))
}

fn line(
    field: &'static str,
    text: &Option<Option<String>>,
) -> Result<Option<Option<Line>>, Problem> {
    given(text, |text| Line::new(text).map_err(|error| Problem::field(field, error.to_string())))
}

fn field_value(
    key: &str,
    value: &Value,
    fields: &[Field],
) -> Result<(FieldKey, Option<FieldValue>), Problem> {
    let place = || format!("custom_fields.{key}");
    let field = fields.iter().find(|field| field.key.as_str() == key);
    let field = field.ok_or_else(|| {
        Problem::field(place(), "There is no such field; `POST /v1/contact_fields` makes one.")
    })?;
    let number = value.as_number().map(ToString::to_string);
    let given = match value {
        Value::Null => return Ok((field.key.clone(), None)),
        Value::Bool(on) => Given::Boolean(*on),
        Value::Number(_) => Given::Number(number.as_deref().unwrap_or_default()),
        Value::String(text) => Given::Text(text),
        Value::Array(_) | Value::Object(_) => Given::Other,
    };
    let value = field.read(given).map_err(|detail| Problem::field(place(), detail))?;
    Ok((field.key.clone(), Some(value)))
}
