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
    if crate::keys::position(&sk).is_none() {
        return Ok(None);
    }
    match serde_dynamo::from_item(image) {
        Ok(message) => Ok(Some((organization, message))),
        Err(error) => Err(StoreError::Damaged { pk, sk, reason: error.to_string() }),
    }
}
