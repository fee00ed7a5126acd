//! The words of a part, with what was given filled into their places.

use std::collections::BTreeMap;

use super::{Unfit, unfit};
use crate::{
    message::{Parameter, ParameterValue},
    template::Definition,
};

/// Where parameters are, or are to be.
pub(super) fn field(given: Option<(usize, &[Parameter])>, at: &str) -> String {
    match given {
        Some((index, _)) => format!("{at}[{index}].parameters"),
        None => at.to_owned(),
    }
}

/// The words of a part with its places filled in.
pub(super) fn words(
    part: &str,
    text: &str,
    given: Option<(usize, &[Parameter])>,
    at: &str,
) -> Result<String, Unfit> {
    let places = Definition::places(text);
    let parameters = given.map_or(&[][..], |(_, parameters)| parameters);
    let field = field(given, at);
    if parameters.len() != places.len() {
        let (expected, found) = (places.len(), parameters.len());
        return unfit(field, format!("The {part} takes {expected} parameters; there are {found}."));
    }
    let are_numbers = places.iter().all(|place| place.bytes().all(|byte| byte.is_ascii_digit()));
    let mut values = BTreeMap::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let ParameterValue::Text { text } = &parameter.value else {
            return unfit(format!("{field}[{index}].type"), format!("The {part} takes words."));
        };
        let name = match (&parameter.name, are_numbers) {
            (None, true) => (index + 1).to_string(),
            (Some(name), false) if places.contains(&name.as_str()) => name.clone(),
            (_, false) => {
                let places = places.join(", ");
                let detail = format!("Each parameter names its place, one of: {places}.");
                return unfit(format!("{field}[{index}].parameter_name"), detail);
            }
            (Some(_), true) => {
                let detail = "The places of this template are numbers: parameters stand in order.";
                return unfit(format!("{field}[{index}].parameter_name"), detail);
            }
        };
        if values.insert(name, text.as_str()).is_some() {
            return unfit(format!("{field}[{index}].parameter_name"), "It is given twice.");
        }
    }
    Ok(filled(text, &values))
}

/// An address with its end filled in.
pub(super) fn address(url: &str, end: &str) -> String {
    let places = Definition::places(url).into_iter();
    filled(url, &places.map(|place| (place.to_owned(), end)).collect())
}

/// In one pass, so that a value that looks like a place stays what it is.
fn filled(text: &str, values: &BTreeMap<String, &str>) -> String {
    let (mut words, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        words.push_str(before);
        words.push_str(values.get(name.trim()).copied().unwrap_or_default());
        rest = tail;
    }
    words + rest
}
