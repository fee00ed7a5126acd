//! Copies of the providers' templates, by integration, name and language.

use std::fmt;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use domain::{
    Id, Time,
    integration::Integration,
    template::{Definition, is_language, is_name},
};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Tenant, Versioned, Written, item, number, read, string},
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
pub struct TemplatePlace(String);

impl TemplatePlace {
    /// Reads a place among the templates of one integration, or of all; `None` if it is none.
    pub fn parse(text: &str, of: Option<Id<Integration>>) -> Option<Self> {
        let parts: Vec<&str> = text.split('#').collect();
        let [integration, name, language] = parts[..] else { return None };
        let integration = integration.parse().ok()?;
        let is_among = of.is_none_or(|of| of == integration);
        (is_among && is_name(name) && is_language(language)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for TemplatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

    /// Replaces a template by what a notice made of it, while the latest list is the one that was
    /// asked for at `asked`. `false` if the template has changed since it was read, or if another
    /// list was asked for.
    pub async fn save_told_template(
        &self,
        of: Id<Integration>,
        old: &Versioned<StoredTemplate>,
        definition: &Definition,
        asked: Option<Time>,
    ) -> Result<bool, StoreError> {
        let key = keys::template(self.org, of, &definition.name, &definition.language);
        let row =
            item(key, &StoredTemplate { integration_id: of, definition: definition.clone() })?;
        let integration = keys::integration(self.org, of);
        let check = ConditionCheck::builder()
            .table_name(&self.table.name)
            .key("pk", string(integration.pk))
            .key("sk", string(integration.sk));
        let check = match asked {
            None => check.condition_expression("attribute_not_exists(templates_asked_at)"),
            Some(asked) => check
                .condition_expression("templates_asked_at = :asked")
                .expression_attribute_values(":asked", number(asked.millis())),
        };
        let check =
            check.build().map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        let put = self.table.replacing(row, old.version)?;
        let writes = vec![
            TransactWriteItem::builder().put(put).build(),
            TransactWriteItem::builder().condition_check(check).build(),
        ];
        self.table.transact(writes).await
    }

    /// Templates of one integration, or of all, in the order of their names, after the place
    /// where the last page ended; and the place where this one ends if there are more. Whoever
    /// decides by them reads consistently.
    pub async fn templates(
        &self,
        of: Option<Id<Integration>>,
        limit: i32,
        after: Option<TemplatePlace>,
        consistent: bool,
    ) -> Result<(Vec<Versioned<StoredTemplate>>, Option<TemplatePlace>), StoreError> {
        let pk = keys::templates(self.org);
        let mut query = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .limit(limit)
            .consistent_read(consistent);
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
