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

/// Whether a row of the stream is a message whose file is still with the provider.
pub fn awaits_file(image: &serde_dynamo::Item) -> bool {
    use serde_dynamo::AttributeValue::{M, S};
    let Some(M(content)) = image.get("content") else { return false };
    let Some(M(file)) = content.get("file") else { return false };
    matches!(file.get("state"), Some(S(state)) if state == "awaited")
}
