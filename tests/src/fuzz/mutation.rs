//! Samples, changed here and there.

use proptest::{
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

/// What is done to a value somewhere inside another.
#[derive(Debug, Clone)]
enum Change {
    Replaced(Value),
    Removed,
    Doubled,
    Renamed(String),
}

/// One of these values, with up to four places changed.
pub(super) fn changed(samples: Vec<Value>) -> impl Strategy<Value = Value> {
    let changes = prop::collection::vec((any::<Index>(), change()), 0..5);
    (select(samples), changes).prop_map(|(mut value, changes)| {
        for (place, change) in changes {
            let places = places(&value);
            let place = places[place.index(places.len())].clone();
            apply(&mut value, &place, change);
        }
        value
    })
}

/// The same as text, at times broken as text.
pub(super) fn changed_text(samples: Vec<Value>) -> impl Strategy<Value = Vec<u8>> {
    let cuts = prop::option::weighted(0.2, (any::<Index>(), any::<u8>(), any::<bool>()));
    (changed(samples), cuts).prop_map(|(value, cut)| {
        let mut bytes = value.to_string().into_bytes();
        if let Some((place, byte, is_cut)) = cut {
            let place = place.index(bytes.len());
            bytes[place] = byte;
            if is_cut {
                bytes.truncate(place);
            }
        }
        bytes
    })
}

/// Which characters of a text are changed, and into what; without one, they are removed.
pub(super) type Letters = Vec<(Index, Option<char>)>;

/// Up to three characters.
pub(super) fn letters() -> impl Strategy<Value = Letters> {
    prop::collection::vec((any::<Index>(), any::<Option<char>>()), 0..4)
}

/// This text with these characters of it changed.
pub(super) fn rewritten(text: &str, letters: &Letters) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (place, letter) in letters {
        if text.is_empty() {
            break;
        }
        let place = place.index(text.len());
        match letter {
            Some(letter) => text[place] = *letter,
            None => drop(text.remove(place)),
        }
    }
    text.into_iter().collect()
}

/// This text with characters of it changed.
pub(super) fn changed_letters(text: String) -> impl Strategy<Value = String> {
    letters().prop_map(move |letters| rewritten(&text, &letters))
}

/// This text with one or two of the parts changed that `:` and `#` make of it.
pub(super) fn changed_parts(text: String) -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((any::<Index>(), part()), 1..3);
    changes.prop_map(move |changes| {
        let parts = text.split_inclusive([':', '#']).map(str::to_owned);
        let mut parts: Vec<String> = parts.collect();
        for (place, part) in &changes {
            let place = place.index(parts.len());
            parts[place] = part.instead_of(&parts[place]);
        }
        parts.concat()
    })
}

/// What takes the place of a part.
#[derive(Debug, Clone)]
enum Part {
    /// One of its kind, with the same end.
    Alike { number: String, id: String, word: String },
    /// Anything.
    Other(String),
}

impl Part {
    fn instead_of(&self, old: &str) -> String {
        let plain = old.trim_end_matches([':', '#']);
        match self {
            Self::Other(text) => text.clone(),
            Self::Alike { number, id, word } => {
                let is_number = plain.parse::<i64>().is_ok();
                let is_id = plain.len() == id.len() && plain.contains('-');
                let new = if is_number { number } else { [word, id][usize::from(is_id)] };
                format!("{new}{}", &old[plain.len()..])
            }
        }
    }
}

fn part() -> impl Strategy<Value = Part> {
    let numbers = vec![i64::MIN, -1, 0, 1, 1_767_574_800_001, i64::MAX];
    let number = prop_oneof![
        select(numbers).prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        "[0-9]{1,20}",
    ];
    let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let texts = vec!["", "~", "-1:", "all", "a#", "w#", "p#", "#", ":"];
    let other = prop_oneof![
        select(texts).prop_map(str::to_owned),
        // Longer than a key may be, and just not so.
        Just("a".repeat(2100)),
        Just("b".repeat(960)),
        any::<String>(),
    ];
    let alike = (number, id, "[a-z0-9_]{2,12}");
    prop_oneof![
        2 => alike.prop_map(|(number, id, word)| Part::Alike { number, id, word }),
        1 => other.prop_map(Part::Other),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => odd().prop_map(Change::Replaced),
        2 => Just(Change::Removed),
        1 => Just(Change::Doubled),
        1 => "[a-z_]{0,12}".prop_map(Change::Renamed),
    ]
}

/// Values that code forgets about.
fn odd() -> impl Strategy<Value = Value> {
    let deep = (0..200).fold(json!([]), |inner, _| json!([inner]));
    prop_oneof![
        select(vec![
            Value::Null,
            json!(true),
            json!({}),
            json!([]),
            json!([[], {}]),
            json!(0),
            json!(-1),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(1e300),
            json!(""),
            json!(" "),
            json!("\0"),
            json!("\u{feff}"),
            json!("../../etc"),
            json!("9999999999999999999999"),
            json!("-1"),
            json!("NaN"),
            json!("2026-02-30T25:61:00Z"),
            json!("a".repeat(70_000)),
            json!("\u{1f469}\u{200d}\u{1f4bb}".repeat(50)),
            deep,
        ]),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".prop_map(Value::from),
    ]
}

/// The places in a value, as JSON pointers; the first is the value itself.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut inside = |name: String, value: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        found.extend(places(value).into_iter().map(|rest| format!("/{name}{rest}")));
    };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| inside(name.clone(), value));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| inside(n.to_string(), value));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    found
}

fn apply(value: &mut Value, place: &str, change: Change) {
    if let Change::Replaced(new) = change {
        if let Some(old) = value.pointer_mut(place) {
            *old = new;
        }
        return;
    }
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            let old = match change {
                Change::Removed | Change::Renamed(_) => fields.remove(&name),
                Change::Doubled | Change::Replaced(_) => fields.get(&name).cloned(),
            };
            match (change, old) {
                (Change::Renamed(new), Some(old)) => drop(fields.insert(new, old)),
                (Change::Doubled, Some(old)) => drop(fields.insert(name, json!([old, old]))),
                (_, _) => {}
            }
        }
        Some(Value::Array(items)) => {
            let Ok(place) = name.parse::<usize>() else { return };
            match change {
                Change::Doubled => items.push(items[place].clone()),
                Change::Removed | Change::Renamed(_) | Change::Replaced(_) => {
                    items.remove(place);
                }
            }
        }
        _ => {}
    }
}
