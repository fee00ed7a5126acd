//! By what contacts are found: by the beginning of any word of their name, and of a number.
//!
//! A contact has a bounded number of terms; the store keeps one row for each. A search is a list
//! of beginnings. A contact that several of them find is shown once, where the first finds it.

use super::{Contact, is_number};

/// The longest search, in characters.
pub const QUERY_LIMIT: usize = 100;

/// By how many words of a name a contact is found.
const WORDS: usize = 5;

/// By how many numbers.
const NUMBERS: usize = 5;

/// How much of a name is looked at, in characters: more than anybody types.
const NAME_LIMIT: usize = 60;

/// What people leave out of a number, or write as `0`: Indonesia's code.
const HOME: &str = "62";

/// One way in which a contact is found, or looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// The whole name. Everybody has one, so that these are the list of all.
    Name(String),
    /// The name from a later word on.
    Word(String),
    /// A number, in E.164 digits.
    Number(String),
}

impl Term {
    /// Whether what has the term is found by the beginning.
    pub fn begins_with(&self, beginning: &Self) -> bool {
        match (self, beginning) {
            (Self::Name(text), Self::Name(begins))
            | (Self::Word(text), Self::Word(begins))
            | (Self::Number(text), Self::Number(begins)) => text.starts_with(begins.as_str()),
            (Self::Name(_) | Self::Word(_) | Self::Number(_), _) => false,
        }
    }
}

/// The text is nothing that can be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A search has 1 to {QUERY_LIMIT} characters, and a letter or a digit among them.")]
pub struct NotASearch;

/// By what a contact is found. One that was merged into another, or erased, is found no more.
pub fn terms(contact: &Contact) -> Vec<Term> {
    if contact.merged_into.is_some() || contact.erased.is_some() {
        return Vec::new();
    }
    let name = folded(contact.shown_name());
    let later = name.match_indices(' ').map(|(at, _)| Term::Word(name[at + 1..].to_owned()));
    let words: Vec<_> = later.take(WORDS - 1).collect();
    let mut numbers: Vec<_> = contact
        .known_as
        .iter()
        .map(|known| known.who.as_str())
        .filter(|who| is_number(who))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    // Of many, those that became known last.
    numbers.reverse();
    let numbers = numbers.into_iter().take(NUMBERS).map(|number| Term::Number(number.to_owned()));
    [Term::Name(name.clone())].into_iter().chain(words).chain(numbers).collect()
}

/// What a search looks for, in the order in which what it finds is shown. Without words, all.
pub fn search(text: Option<&str>) -> Result<Vec<Term>, NotASearch> {
    let Some(text) = text else { return Ok(vec![Term::Name(String::new())]) };
    let words = folded(text);
    if words.is_empty() || text.chars().nth(QUERY_LIMIT).is_some() {
        return Err(NotASearch);
    }
    let mut terms = numbers(text);
    if !text.trim_start().starts_with('+') {
        terms.extend([Term::Name(words.clone()), Term::Word(words)]);
    }
    Ok(terms)
}

/// The numbers that somebody means who writes this: `+62 812`, `0812`, `62812` and `812` alike.
fn numbers(text: &str) -> Vec<Term> {
    let is_of_number = |c: char| c.is_ascii_digit() || " +-().".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || !text.chars().all(is_of_number) {
        return Vec::new();
    }
    let is_whole = text.trim_start().starts_with('+');
    let meant = match digits.strip_prefix("00") {
        Some(abroad) => vec![abroad.to_owned()],
        None => match digits.strip_prefix('0') {
            Some(home) => vec![format!("{HOME}{home}")],
            None if is_whole || digits.starts_with(HOME) => vec![digits],
            None => vec![format!("{HOME}{digits}"), digits],
        },
    };
    meant.into_iter().map(Term::Number).collect()
}

/// Which of these beginnings finds a contact first, and by which of its terms.
pub fn first_match(contact: &Contact, beginnings: &[Term]) -> Option<(usize, Term)> {
    let own = terms(contact);
    beginnings.iter().enumerate().find_map(|(at, beginning)| {
        let found = own.iter().filter(|term| term.begins_with(beginning)).min();
        found.map(|term| (at, term.clone()))
    })
}

/// Letters and digits in lower case, words with one blank between them.
fn folded(text: &str) -> String {
    let plain: String = text
        .chars()
        .take(NAME_LIMIT)
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{super::merging::tests::contact, *};
    use crate::Id;

    fn named(name: &str) -> Contact {
        Contact { given_name: Some(name.into()), ..contact("628123456789") }
    }

    fn finds(query: &str, contact: &Contact) -> bool {
        first_match(contact, &search(Some(query)).unwrap()).is_some()
    }

    #[test]
    fn a_name_is_found_by_the_beginning_of_any_of_its_words() {
        let budi = named("Budi  Santoso-WIJAYA");
        for (query, is_found) in [
            ("b", true),
            ("BUDI", true),
            ("budi san", true),
            ("santoso", true),
            ("Wij", true),
            ("santoso wijaya", true),
            ("udi", false),
            ("budi wijaya", false),
        ] {
            assert_eq!(finds(query, &budi), is_found, "{query}");
        }
        assert!(finds("ä", &named("Äneas")));
        assert!(!finds("x", &named("🌸")));
        assert_eq!(terms(&named("🌸")).len(), 2);
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        let budi = contact("628123456789");
        for (query, is_found) in [
            ("+62 812-3456", true),
            ("0812", true),
            ("62812", true),
            ("812", true),
            ("6", true),
            ("00628", true),
            ("628123456789", true),
            ("+812", false),
            ("0062", true),
            ("0062812345678901", false),
            ("456789", false),
        ] {
            assert_eq!(finds(query, &budi), is_found, "{query}");
        }
        assert!(finds("1415", &contact("14155550100")));
        assert!(finds("88", &named("Toko 88")));
    }

    #[test]
    fn who_is_found_twice_is_shown_where_the_first_search_finds_them() {
        let budi = named("Budi Budiman Budianto");
        let both = search(Some("budi")).unwrap();
        let name = Term::Name("budi budiman budianto".into());
        assert_eq!(first_match(&budi, &both), Some((0, name)));
        let later = [Term::Word("budi".into())];
        let first = Term::Word("budianto".into());
        assert_eq!(first_match(&budi, &later), Some((0, first)));
    }

    #[test]
    fn terms_are_few_and_a_merged_contact_has_none() {
        let long = named(&"kata ".repeat(20));
        assert!(terms(&long).len() <= 1 + (WORDS - 1) + NUMBERS);
        let gone = Contact { merged_into: Some(Id::derived(&["other"])), ..named("Budi") };
        assert_eq!(terms(&gone), []);
        for wrong in ["", " ", "+", "🌸", &"x".repeat(QUERY_LIMIT + 1)] {
            assert_eq!(search(Some(wrong)), Err(NotASearch), "{wrong}");
        }
    }
}
