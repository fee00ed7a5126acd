//! The fields that an organization makes for its contacts.

use domain::{
    Time,
    contact::{self, Field, FieldChange, FieldKey, FieldKind, FieldRefused},
};
use platform::{Ctx, problem::Problem};
use store::{StoreError, Table, Tenant};

use crate::{ATTEMPTS, authenticate::Caller, internal};

/// A field to be made.
#[derive(Debug, Clone)]
pub struct NewField {
    /// Its name for programs.
    pub key: String,
    /// Its name for people.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Of a list: what can be chosen.
    pub options: Vec<String>,
}

/// All fields, in the order in which they were made.
pub async fn list_contact_fields(table: &Table, caller: &Caller) -> Result<Vec<Field>, Problem> {
    let fields = caller.tenant(table).contact_fields().await.map_err(internal)?;
    Ok(fields.map(|row| row.value.fields).unwrap_or_default())
}

/// Makes a field; made twice alike, it is one.
pub async fn add_contact_field(
    table: &Table,
    caller: &Caller,
    new: &NewField,
    ctx: &Ctx,
) -> Result<Field, Problem> {
    let key = FieldKey::new(&new.key).map_err(refused)?;
    let field = Field {
        key: key.clone(),
        label: new.label.clone(),
        kind: new.kind,
        options: new.options.clone(),
        created_at: Time::from(ctx.now),
    };
    let add = |fields: &[Field]| contact::add_field(fields, field.clone()).map_err(refused);
    let fields = change(caller.tenant(table), add).await?;
    one(fields, &key)
}

/// Changes a field's label or options.
pub async fn change_contact_field(
    table: &Table,
    caller: &Caller,
    key: &str,
    asked: &FieldChange,
) -> Result<Field, Problem> {
    let key = FieldKey::new(key).map_err(|_| no_such_field())?;
    let changed = |fields: &[Field]| {
        let changed = contact::change_field(fields, &key, asked).map_err(refused)?;
        changed.ok_or_else(no_such_field)
    };
    let fields = change(caller.tenant(table), changed).await?;
    one(fields, &key)
}

/// Takes a field out. Its values are shown no more, and go with their contact's next edit.
pub async fn remove_contact_field(
    table: &Table,
    caller: &Caller,
    key: &str,
) -> Result<(), Problem> {
    let key = FieldKey::new(key).map_err(|_| no_such_field())?;
    let remove = |fields: &[Field]| contact::remove_field(fields, &key).ok_or_else(no_such_field);
    change(caller.tenant(table), remove).await.map(drop)
}

/// Loads the fields, has them decided on, and saves what was decided, again if others were faster.
async fn change(
    tenant: Tenant<'_>,
    decide: impl Fn(&[Field]) -> Result<Vec<Field>, Problem>,
) -> Result<Vec<Field>, Problem> {
    for _ in 0..ATTEMPTS {
        let old = tenant.contact_fields().await.map_err(internal)?;
        let known = old.as_ref().map(|old| old.value.fields.as_slice()).unwrap_or_default();
        let new = decide(known)?;
        let is_so = new == known;
        if is_so || tenant.save_contact_fields(old.as_ref(), new.clone()).await.map_err(internal)? {
            return Ok(new);
        }
    }
    Err(internal(StoreError::Contended))
}

fn one(fields: Vec<Field>, key: &FieldKey) -> Result<Field, Problem> {
    fields.into_iter().find(|field| field.key == *key).ok_or_else(no_such_field)
}

fn no_such_field() -> Problem {
    Problem::not_found("field")
}

fn refused(error: FieldRefused) -> Problem {
    let detail = error.to_string();
    match error {
        FieldRefused::Key => Problem::field("key", detail),
        FieldRefused::Label => Problem::field("label", detail),
        FieldRefused::Options => Problem::field("options", detail),
        FieldRefused::KeyTaken => {
            Problem { field: Some("key".into()), ..Problem::new(409, "key_taken", detail) }
        }
        FieldRefused::TooLong => Problem {
            field: Some("options".into()),
            ..Problem::new(422, "too_many_options", detail)
        },
        FieldRefused::TooMany => Problem::new(422, "too_many_fields", detail),
    }
}
