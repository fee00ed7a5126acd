//! The query of Qontak's lists.
//!
//! Qontak's clients write a list as `tags[]=vip`, say `cursor=` when they have none, count pages
//! from 1 in `offset`, and name the direction of a cursor. All of that is taken where it asks for
//! what there is: the first page, onwards. What asks for more is refused by name rather than
//! ignored. There is no page by number and no way back: both would read what lies in between.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use platform::problem::Problem;

use crate::{request::Parameters, responses::Failed};

/// What may be asked for several times.
const LISTS: [&str; 7] =
    ["tags", "user_ids", "channels", "target_channel", "response_status", "type", "sessions"];

/// The most values of a parameter that may be given several times.
const MOST_VALUES: usize = 25;

/// The longest of them, in characters: no name in these lists is as long.
const LONGEST_VALUE: usize = 100;

/// What every list takes, beside its own parameters.
const PAGING: [&str; 3] = ["limit", "cursor", "is_counted"];

/// The parameters of one of Qontak's lists.
pub(super) struct Asked {
    lists: BTreeMap<String, Vec<String>>,
    rest: Parameters,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let Query(pairs) =
            query.map_err(|_| Problem::field("query", "The query string does not read."))?;
        Ok(Self::read(pairs)?)
    }
}

impl Asked {
    fn read(pairs: Vec<(String, String)>) -> Result<Self, Problem> {
        let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut rest = Vec::new();
        for (name, value) in pairs {
            // `tags[]` and `tags[0]` are `tags`.
            let plain = name.split('[').next().unwrap_or_default().to_owned();
            if LISTS.contains(&plain.as_str()) {
                let values = lists.entry(plain.clone()).or_default();
                if value.chars().count() > LONGEST_VALUE {
                    let detail = format!("It has at most {LONGEST_VALUE} characters.");
                    return Err(Problem::field(plain, detail));
                }
                if values.len() == MOST_VALUES {
                    let detail = format!("It can be given {MOST_VALUES} times.");
                    return Err(Problem::field(plain, detail));
                }
                values.push(value);
            } else if is_asked(&name, &value)? {
                rest.push((name, value));
            }
        }
        Ok(Self { lists, rest: Parameters::of(rest)? })
    }

    /// Refuses parameters that the list does not know.
    pub(super) fn only(self, own: &[&str]) -> Result<Self, Problem> {
        let known: Vec<&str> = own.iter().copied().chain(PAGING).collect();
        if let Some(name) = self.lists.keys().find(|name| !own.contains(&name.as_str())) {
            let detail = format!("There is no such parameter; there are {}.", known.join(", "));
            return Err(Problem::field(name, detail));
        }
        Ok(Self { rest: self.rest.only(&known)?, ..self })
    }

    /// The parameters that are given once.
    pub(super) fn parameters(&self) -> &Parameters {
        &self.rest
    }

    /// All values of a parameter that may be given several times.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// A parameter that is yes or no.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        let called = |is| if is { "true" } else { "false" };
        self.rest.one_of(name, &[true, false], called)
    }

    /// The value of such a parameter where we can look for one only.
    pub(super) fn single(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.all(name) {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => Err(Problem::field(name, "It can be given once.")),
        }
    }

    /// The cursor, unless it is the empty one of a first page.
    pub(super) fn cursor(&self) -> Option<&str> {
        self.rest.get("cursor").filter(|cursor| !cursor.is_empty())
    }

    /// What was asked apart from the page, for binding cursors to it.
    pub(super) fn question(&self) -> String {
        let mut asked = Vec::new();
        for (name, values) in &self.lists {
            asked.extend(values.iter().map(|value| format!("{name}={value}")));
        }
        let others = self.rest.pairs().filter(|(name, _)| !PAGING.contains(name));
        asked.extend(others.map(|(name, value)| format!("{name}={value}")));
        asked.join("\0")
    }
}

/// Whether a parameter asks for more than every list does by itself.
fn is_asked(name: &str, value: &str) -> Result<bool, Problem> {
    match (name, value) {
        ("offset", "" | "0" | "1") | ("cursor_direction", "" | "after") => Ok(false),
        ("offset", _) => {
            let detail = "Pages have no numbers: pass the `next` of the page before as `cursor`.";
            Err(Problem::field("offset", detail))
        }
        ("cursor_direction", _) => {
            Err(Problem::field("cursor_direction", "Pages go one way: `after`."))
        }
        _ => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> Result<Asked, Problem> {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Asked::read(pairs.collect())?.only(&["status", "tags", "channels"])
    }

    #[test]
    fn what_clients_say_of_a_first_page_is_none_of_a_number() {
        for query in [
            &[("offset", "1"), ("limit", "10"), ("cursor", "")][..],
            &[("offset", "0"), ("cursor_direction", "after"), ("is_counted", "true")],
            &[],
        ] {
            let asked = asked(query).unwrap();
            assert_eq!((asked.cursor(), asked.question().as_str()), (None, ""), "{query:?}");
        }
        for (name, value) in
            [("offset", "2"), ("cursor_direction", "before"), ("query", "Budi"), ("user_ids", "x")]
        {
            let Err(refused) = asked(&[(name, value)]) else { panic!("{name} was taken") };
            assert_eq!(refused.field.as_deref(), Some(name));
        }
    }

    #[test]
    fn a_list_is_written_with_brackets_or_without() {
        for name in ["tags", "tags[]", "tags[0]"] {
            assert_eq!(asked(&[(name, "vip")]).unwrap().single("tags"), Ok(Some("vip")));
        }
        let two = asked(&[("channels[]", "wa"), ("channels[]", "ig"), ("status", "x")]).unwrap();
        assert_eq!(two.all("channels"), ["wa", "ig"]);
        assert!(two.single("channels").is_err());
        assert_eq!(two.question(), "channels=wa\0channels=ig\0status=x");
        assert!(asked(&[("status", "a"), ("status", "b")]).is_err());
    }
}
