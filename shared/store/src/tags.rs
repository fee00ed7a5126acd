//! The tags that an organization has used: the catalogue that clients choose from.
//!
//! A tag is entered before the first room bears it. A run that dies in between leaves a tag that
//! no room bears, which is no harm: the next one finds it there.

use domain::{Time, integration::Member, room::TagName};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Tenant, item, read, string},
};

/// A tag of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// When a room was first given it.
    pub created_at: Time,
    /// By whom.
    pub created_by: Member,
}

impl Tenant<'_> {
    /// Enters a tag into the catalogue, if it is not there.
    pub async fn enter_tag(&self, tag: &Tag) -> Result<(), StoreError> {
        let key = keys::tag(self.org, &tag.name);
        // Mostly it is there, and looking costs half of what a refused write does.
        if self.table.get::<Tag>(&key, false).await?.is_some() {
            return Ok(());
        }
        self.create(item(key, tag)?).await.map(drop)
    }

    /// The catalogue in the order of names, after a name; and the last name, if there are more.
    pub async fn tags(
        &self,
        after: Option<&TagName>,
        limit: i32,
    ) -> Result<(Vec<Tag>, Option<TagName>), StoreError> {
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        if let Some(after) = after {
            let key = keys::tag(self.org, after);
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::tags(self.org)))
            .expression_attribute_values(":sk", string(keys::TAGS))
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let has_more = answer.last_evaluated_key().is_some();
        let items = answer.items.unwrap_or_default().into_iter();
        let tags =
            items.map(|item| Ok(read::<Tag>(item)?.value)).collect::<Result<Vec<_>, StoreError>>();
        let tags = tags?;
        let next = tags.last().filter(|_| has_more).map(|tag| tag.name.clone());
        Ok((tags, next))
    }
}
