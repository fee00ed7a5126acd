//! Fields that an organization makes for its contacts, and the values that fit them.
//!
//! A field's key and kind never change: a value that was checked once stays a value of its field.
//! Deleting a field deletes no values; they are shown no more.

use serde::{Deserialize, Serialize};

use crate::Time;

/// The most fields of an organization.
pub const FIELDS: usize = 50;

/// The most options of a list.
pub const OPTIONS: usize = 100;

/// How many bytes all labels and options of an organization have together: they are one row, and a row
/// has 400 KB.
const WORDS_LIMIT: usize = 256 * 1024;

/// The longest label or option, in characters.
pub const OPTION_LIMIT: usize = 100;

/// The longest text, in characters.
pub const VALUE_LIMIT: usize = 255;

/// The longest key.
const KEY_LIMIT: usize = 40;

/// Numbers have at most so many digits before the point, so that every client reads them alike.
const NUMBER_LIMIT: f64 = 1e15;

/// A field's name for programs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldKey(String);

impl FieldKey {
    /// Reads a key.
    pub fn new(text: &str) -> Result<Self, FieldRefused> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase();
        let is_fine = text.len() <= KEY_LIMIT
            && text.bytes().next().is_some_and(is_letter)
            && text.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit() || byte == b'_');
        if is_fine { Ok(Self(text.to_owned())) } else { Err(FieldRefused::Key) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Words.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// One of several options.
    List,
}

impl FieldKind {
    /// All of them.
    pub const EACH: [Self; 5] = [Self::Text, Self::Number, Self::Date, Self::Boolean, Self::List];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::List => "list",
        }
    }
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name for programs.
    pub key: FieldKey,
    /// Its name for people.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Of a list: what can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// When it was made.
    pub created_at: Time,
}

/// What a field says of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "lowercase")]
pub enum FieldValue {
    /// Words.
    Text(String),
    /// A number, in JSON's spelling.
    Number(String),
    /// A day: `2026-01-31`.
    Date(String),
    /// Yes or no.
    Boolean(bool),
    /// What was chosen.
    List(String),
}

/// A value as a client gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given<'a> {
    /// A text.
    Text(&'a str),
    /// A number, in JSON's spelling.
    Number(&'a str),
    /// Yes or no.
    Boolean(bool),
    /// A list or an object: nothing that a field holds.
    Other,
}

/// Why a field can't be made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldRefused {
    /// The key is none.
    #[error(
        "A key has 1 to {KEY_LIMIT} characters: lower-case letters, digits and `_`, a letter first."
    )]
    Key,
    /// Another field has the key.
    #[error("There is a field with this key already.")]
    KeyTaken,
    /// The label is none.
    #[error("A label has 1 to {OPTION_LIMIT} characters, and none of them is a control character.")]
    Label,
    /// The options are none.
    #[error(
        "A list has 1 to {OPTIONS} different options of 1 to {OPTION_LIMIT} characters; no other \
         type has any."
    )]
    Options,
    /// There are enough.
    #[error("An organization has {FIELDS} fields at most.")]
    TooMany,
    /// Together they say too much.
    #[error("All labels and options of an organization have {WORDS_LIMIT} bytes at most.")]
    TooLong,
}

/// What is to be different about a field; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name for people.
    pub label: Option<String>,
    /// Of a list: what can be chosen.
    pub options: Option<Vec<String>>,
}

impl Field {
    /// Whether a value under this key is one of this field.
    pub fn holds(&self, key: &FieldKey, value: &FieldValue) -> bool {
        let kind = match value {
            FieldValue::Text(_) => FieldKind::Text,
            FieldValue::Number(_) => FieldKind::Number,
            FieldValue::Date(_) => FieldKind::Date,
            FieldValue::Boolean(_) => FieldKind::Boolean,
            FieldValue::List(_) => FieldKind::List,
        };
        self.key == *key && self.kind == kind
    }

    /// The value that a client gives, or what is wrong with it.
    pub fn read(&self, given: Given<'_>) -> Result<FieldValue, String> {
        match (self.kind, given) {
            (FieldKind::Text, Given::Text(text)) => {
                let text = text.trim();
                let length = text.chars().count();
                let is_fine = (1..=VALUE_LIMIT).contains(&length);
                is_fine.then(|| FieldValue::Text(text.to_owned()))
            }
            (FieldKind::Number, Given::Number(text)) => {
                let is_fine = text.parse().is_ok_and(|number: f64| number.abs() < NUMBER_LIMIT);
                is_fine.then(|| FieldValue::Number(text.to_owned()))
            }
            (FieldKind::Date, Given::Text(text)) => {
                let date: Option<jiff::civil::Date> = text.parse().ok();
                let date = date.filter(|date| date.to_string() == text);
                date.map(|date| FieldValue::Date(date.to_string()))
            }
            (FieldKind::Boolean, Given::Boolean(on)) => Some(FieldValue::Boolean(on)),
            (FieldKind::List, Given::Text(text)) => {
                let option = self.options.iter().find(|option| *option == text);
                option.map(|option| FieldValue::List(option.clone()))
            }
            (
                FieldKind::Text
                | FieldKind::Number
                | FieldKind::Date
                | FieldKind::Boolean
                | FieldKind::List,
                Given::Text(_) | Given::Number(_) | Given::Boolean(_) | Given::Other,
            ) => None,
        }
        .ok_or_else(|| self.wanted())
    }

    fn wanted(&self) -> String {
        match self.kind {
            FieldKind::Text => format!("It is a text of 1 to {VALUE_LIMIT} characters."),
            FieldKind::Number => "It is a number of at most 15 digits.".into(),
            FieldKind::Date => "It is a day: `2026-01-31`.".into(),
            FieldKind::Boolean => "It is `true` or `false`.".into(),
            FieldKind::List => {
                let options: Vec<_> = self.options.iter().map(|o| format!("`{o}`")).collect();
                format!("It is one of {}.", options.join(", "))
            }
        }
    }

    /// The field, if all of it can be so.
    fn checked(mut self) -> Result<Self, FieldRefused> {
        let is_line = |text: &str| {
            (1..=OPTION_LIMIT).contains(&text.chars().count())
                && !text.chars().any(char::is_control)
        };
        self.label = self.label.trim().to_owned();
        if !is_line(&self.label) {
            return Err(FieldRefused::Label);
        }
        for option in &mut self.options {
            *option = option.trim().to_owned();
        }
        let different: std::collections::BTreeSet<_> = self.options.iter().collect();
        let most = if self.kind == FieldKind::List { 1..=OPTIONS } else { 0..=0 };
        let is_fine = most.contains(&self.options.len())
            && different.len() == self.options.len()
            && self.options.iter().all(|option| is_line(option));
        if is_fine { Ok(self) } else { Err(FieldRefused::Options) }
    }
}

/// The fields with another one. One that is there already as it is asked for changes nothing.
pub fn add_field(fields: &[Field], new: Field) -> Result<Vec<Field>, FieldRefused> {
    let new = new.checked()?;
    if let Some(known) = fields.iter().find(|field| field.key == new.key) {
        let same = Field { created_at: known.created_at, ..new };
        return if *known == same { Ok(fields.to_vec()) } else { Err(FieldRefused::KeyTaken) };
    }
    if fields.len() >= FIELDS {
        return Err(FieldRefused::TooMany);
    }
    within_limit(fields.iter().cloned().chain([new]).collect())
}

fn within_limit(fields: Vec<Field>) -> Result<Vec<Field>, FieldRefused> {
    let words = fields.iter().flat_map(|field| field.options.iter().chain([&field.label]));
    let bytes: usize = words.map(String::len).sum();
    if bytes <= WORDS_LIMIT { Ok(fields) } else { Err(FieldRefused::TooLong) }
}

/// The fields with one changed; `None` if there is none of this key.
pub fn change_field(
    fields: &[Field],
    key: &FieldKey,
    change: &FieldChange,
) -> Result<Option<Vec<Field>>, FieldRefused> {
    let mut next = fields.to_vec();
    let Some(field) = next.iter_mut().find(|field| field.key == *key) else { return Ok(None) };
    let changed = Field {
        label: change.label.clone().unwrap_or_else(|| field.label.clone()),
        options: change.options.clone().unwrap_or_else(|| field.options.clone()),
        ..field.clone()
    };
    *field = changed.checked()?;
    within_limit(next).map(Some)
}

/// The fields without one; `None` if there is none of this key.
pub fn remove_field(fields: &[Field], key: &FieldKey) -> Option<Vec<Field>> {
    let left: Vec<_> = fields.iter().filter(|field| field.key != *key).cloned().collect();
    (left.len() < fields.len()).then_some(left)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn field(key: &str, kind: FieldKind) -> Field {
        let options =
            if kind == FieldKind::List { vec!["gold".into(), "silver".into()] } else { vec![] };
        let created_at = Time::from_millis(0);
        Field { key: FieldKey::new(key).unwrap(), label: key.into(), kind, options, created_at }
    }

    #[test]
    fn a_value_is_of_its_fields_kind() {
        use FieldKind::{Boolean, Date, List, Number, Text};
        let long = "x".repeat(VALUE_LIMIT + 1);
        for (kind, given, is_fine) in [
            (Text, Given::Text(" Bandung "), true),
            (Text, Given::Text(" "), false),
            (Text, Given::Text(&long), false),
            (Text, Given::Number("5"), false),
            (Number, Given::Number("-2.5"), true),
            (Number, Given::Number("1e300"), false),
            (Number, Given::Number("NaN"), false),
            (Number, Given::Text("5"), false),
            (Date, Given::Text("2026-01-31"), true),
            (Date, Given::Text("2026-02-31"), false),
            (Date, Given::Text("20260131"), false),
            (Date, Given::Text("2026-01-31T00:00"), false),
            (Boolean, Given::Boolean(false), true),
            (Boolean, Given::Text("true"), false),
            (List, Given::Text("gold"), true),
            (List, Given::Text("Gold"), false),
            (List, Given::Other, false),
        ] {
            let field = field("tier", kind);
            let read = field.read(given);
            assert_eq!(read.is_ok(), is_fine, "{kind:?} {given:?}");
            assert!(read.is_err() || field.holds(&field.key, &read.unwrap()));
        }
    }

    #[test]
    fn a_field_is_made_once_and_keeps_key_and_kind() {
        let fields = add_field(&[], field("tier", FieldKind::List)).unwrap();
        assert_eq!(add_field(&fields, field("tier", FieldKind::List)), Ok(fields.clone()));
        let other = add_field(&fields, field("tier", FieldKind::Text));
        assert_eq!(other, Err(FieldRefused::KeyTaken));
        let (tier, city) = (&fields[0].key, FieldKey::new("city").unwrap());
        let change = FieldChange { label: Some(" Kelas ".into()), options: None };
        let changed = change_field(&fields, tier, &change).unwrap().unwrap();
        assert_eq!((changed[0].label.as_str(), changed[0].options.len()), ("Kelas", 2));
        assert_eq!(change_field(&fields, &city, &change), Ok(None));
        assert_eq!(remove_field(&fields, tier), Some(vec![]));
        assert_eq!(remove_field(&fields, &city), None);
    }

    #[test]
    fn what_a_field_is_has_bounds() {
        for wrong in ["", "1st", "Tier", "a b", "é", &"k".repeat(KEY_LIMIT + 1)] {
            assert_eq!(FieldKey::new(wrong), Err(FieldRefused::Key), "{wrong}");
        }
        let made = |field| add_field(&[], field).map(drop);
        let label = Field { label: " ".into(), ..field("tier", FieldKind::Text) };
        assert_eq!(made(label), Err(FieldRefused::Label));
        for options in [vec![], vec!["a".into(), " a".into()], vec![String::new()]] {
            let list = Field { options, ..field("tier", FieldKind::List) };
            assert_eq!(made(list), Err(FieldRefused::Options));
        }
        let text = Field { options: vec!["a".into()], ..field("tier", FieldKind::Text) };
        assert_eq!(made(text), Err(FieldRefused::Options));
        let many: Vec<_> = (0..FIELDS).map(|n| field(&format!("f{n}"), FieldKind::Text)).collect();
        assert_eq!(add_field(&many, field("more", FieldKind::Text)), Err(FieldRefused::TooMany));
    }
}
