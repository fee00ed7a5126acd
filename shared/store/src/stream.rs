//! What the table's stream says.

use domain::{Id, integration::Organization, message::Message};

use crate::table::StoreError;

/// The message that a new row of the stream holds, and whose it is; `None` for other rows.
pub fn new_message(
    image: serde_dynamo::Item,
) -> Result<Option<(Id<Organization>, Message)>, StoreError> {
    let text = |name: &str| match image.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    let (pk, sk) = (text("pk"), text("sk"));
    let organization = pk.strip_prefix("o#").and_then(|rest| rest.split('#').next());
    let Some(organization) = organization.and_then(|id| id.parse().ok()) else { return Ok(None) };
    // What keeps a message out of a room that was merged away lies in a message's place.
    if crate::keys::position(&sk).is_none() || image.contains_key("moved_to") {
        return Ok(None);
    }
    match serde_dynamo::from_item(image) {
        Ok(message) => Ok(Some((organization, message))),
        Err(error) => Err(StoreError::Damaged { pk, sk, reason: error.to_string() }),
    }
}

/// If a row of the stream is a message whose file is still with the provider: which chain of
/// tries is to fetch it, the first being 0.
pub fn awaited_round(image: &serde_dynamo::Item) -> Option<u32> {
    use serde_dynamo::AttributeValue::{M, N, S};
    let Some(M(content)) = image.get("content") else { return None };
    let Some(M(file)) = content.get("file") else { return None };
    let is_awaited = matches!(file.get("state"), Some(S(state)) if state == "awaited");
    match file.get("round") {
        Some(N(round)) if is_awaited => round.parse().ok(),
        _ => is_awaited.then_some(0),
    }
}
