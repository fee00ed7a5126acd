//! Whether WhatsApp takes a message.

use std::collections::BTreeSet;

use domain::message::{Card, Content, Location};

use super::{at_most, count, interactive, maybe, media, refuse, template, words};
use crate::LimitBroken;

/// The most characters of a text (messages/text-messages).
const MAX_TEXT: usize = 4096;

/// The most characters of a place's name and address; ours, Meta names none.
const MAX_PLACE: usize = 1000;

/// The most cards in a message (messages/contacts-messages).
const MAX_CARDS: usize = 257;

/// The most characters of a name, number or address on a card; ours, Meta names none.
const MAX_LINE: usize = 200;

/// The most numbers, and the most e-mail addresses, on a card; ours, Meta names none.
const MAX_LINES: usize = 20;

/// A degree in the unit of [`Location`].
const DEGREE: u64 = 10_000_000;

/// Checks a message of ours against all that WhatsApp says of its type. Fields are named as the
/// API's body names them.
pub fn check(content: &Content) -> Result<(), LimitBroken> {
    match content {
        Content::Text { text } => words("text", text, MAX_TEXT),
        Content::Media(media) => media::check(media),
        Content::Location(place) => location("location", place),
        Content::Contacts { cards } => contacts(cards),
        Content::Interactive(interactive) => interactive::check(interactive),
        Content::Template(template) => template::check(template),
        Content::Reaction { emoji, .. } => reaction(emoji.as_deref()),
        Content::Choice(_)
        | Content::FormReply(_)
        | Content::Order(_)
        | Content::Unsupported { .. } => {
            refuse("type", "Only customers send messages of this type.")
        }
    }
}

pub(super) fn location(at: &str, place: &Location) -> Result<(), LimitBroken> {
    for (field, value, degrees) in
        [("latitude", place.latitude_e7, 90), ("longitude", place.longitude_e7, 180)]
    {
        if value.unsigned_abs() > degrees * DEGREE {
            let detail = format!("It lies between -{degrees} and {degrees}.");
            return refuse(format!("{at}.{field}"), detail);
        }
    }
    maybe(&format!("{at}.name"), place.name.as_ref(), MAX_PLACE)?;
    maybe(&format!("{at}.address"), place.address.as_ref(), MAX_PLACE)
}

fn contacts(cards: &[Card]) -> Result<(), LimitBroken> {
    count("contacts", cards.len(), MAX_CARDS)?;
    for (index, card) in cards.iter().enumerate() {
        let field = |name: &str| format!("contacts[{index}].{name}");
        words(&field("name"), &card.name, MAX_LINE)?;
        for (name, text) in [
            ("first_name", &card.first_name),
            ("last_name", &card.last_name),
            ("company", &card.company),
        ] {
            maybe(&field(name), text.as_ref(), MAX_LINE)?;
        }
        for (name, lines) in [("phones", &card.phones), ("emails", &card.emails)] {
            if lines.len() > MAX_LINES {
                return refuse(field(name), format!("At most {MAX_LINES} are allowed."));
            }
            for (line, text) in lines.iter().enumerate() {
                words(&field(&format!("{name}[{line}]")), text, MAX_LINE)?;
            }
        }
    }
    Ok(())
}

/// One emoji (messages/reaction-messages); none takes the reaction back.
fn reaction(emoji: Option<&str>) -> Result<(), LimitBroken> {
    match emoji {
        Some(emoji) if emojis::get(emoji).is_none() => {
            refuse("reaction.emoji", "It is one emoji, or null to take the reaction back.")
        }
        Some(_) | None => Ok(()),
    }
}

/// An id of ours that comes back when it is chosen: without spaces around it, and only once.
pub(super) fn id<'a>(
    field: &str,
    id: &'a str,
    most: usize,
    ids: &mut BTreeSet<&'a str>,
) -> Result<(), LimitBroken> {
    words(field, id, most)?;
    if id.trim() != id {
        return refuse(field, "It begins or ends with a space.");
    }
    if !ids.insert(id) {
        return refuse(field, "It is used twice.");
    }
    Ok(())
}

/// An address of the web.
pub(super) fn url(field: &str, url: &str, most: usize) -> Result<(), LimitBroken> {
    at_most(field, url, most)?;
    let has_host =
        |uri: http::Uri| matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some();
    if url.parse::<http::Uri>().is_ok_and(has_host) {
        return Ok(());
    }
    refuse(field, "It is no address of the web: `https://...`.")
}
