//! Copies of the providers' templates, by integration, name and language.

use domain::{Id, integration::Integration, template::Definition};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item, read, string},
};

/// A template, and the integration through which it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTemplate {
    /// Through which account it is sent.
    pub integration_id: Id<Integration>,
    /// What the provider says of it.
    pub definition: Definition,
}

/// Where a page of templates ended: opaque to all but the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePlace(pub String);

impl Tenant<'_> {
    /// One template. Read consistently: one that was paused a moment ago must not be sent.
    pub async fn template(
        &self,
        of: Id<Integration>,
        name: &str,
        language: &str,
    ) -> Result<Option<Versioned<StoredTemplate>>, StoreError> {
        self.table.get(&keys::template(self.org, of, name, language), true).await
    }

    /// Stores a template that is new (`old` is nothing) or replaces it. `false` if it has changed
    /// since it was read.
    pub async fn save_template(
        &self,
        of: Id<Integration>,
        old: Option<&Versioned<StoredTemplate>>,
        definition: &Definition,
    ) -> Result<bool, StoreError> {
        let key = keys::template(self.org, of, &definition.name, &definition.language);
        let row =
            item(key, &StoredTemplate { integration_id: of, definition: definition.clone() })?;
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.table.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }

    /// Templates of one integration, or of all, in the order of their names, after the place
    /// where the last page ended; and the place where this one ends if there are more.
    pub async fn templates(
        &self,
        of: Option<Id<Integration>>,
        limit: i32,
        after: Option<TemplatePlace>,
    ) -> Result<(Vec<Versioned<StoredTemplate>>, Option<TemplatePlace>), StoreError> {
        let pk = keys::templates(self.org);
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        query = match of {
            None => query.key_condition_expression("pk = :pk"),
            Some(of) => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":sk", string(format!("{of}#"))),
        };
        if let Some(TemplatePlace(sk)) = after {
            query =
                query.exclusive_start_key("pk", string(&pk)).exclusive_start_key("sk", string(sk));
        }
        let answer = query
            .expression_attribute_values(":pk", string(pk))
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let next = answer.last_evaluated_key().and_then(|key| key.get("sk")?.as_s().ok());
        let next = next.cloned().map(TemplatePlace);
        let items = answer.items.unwrap_or_default();
        let found = items.into_iter().map(read);
        Ok((found.collect::<Result<_, StoreError>>()?, next))
    }
}
