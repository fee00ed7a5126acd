//! The members of an organization, as far as rooms are concerned: who can be given one.

use domain::{Id, Time, api_key::Role, integration::Member};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Tenant, item, number, read, string},
};

/// A member and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    /// Which member.
    pub id: Id<Member>,
    /// The name colleagues see.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they were removed: from then on they are nobody here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Time>,
}

impl Colleague {
    /// How others refer to them.
    pub fn member(&self) -> Member {
        Member { id: self.id, name: self.name.clone() }
    }
}

impl Tenant<'_> {
    /// One member, also one who was removed.
    pub async fn colleague(&self, id: Id<Member>) -> Result<Option<Colleague>, StoreError> {
        Ok(self.table.get(&keys::member(self.org, id), true).await?.map(|row| row.value))
    }

    /// Stores a member who works with a key and signs in nowhere, if they are not there.
    pub async fn introduce_colleague(&self, colleague: &Colleague) -> Result<(), StoreError> {
        let mut row = item(keys::member(self.org, colleague.id), colleague)?;
        // Every member's row says whose sign-in it is and since when: nobody's, and always.
        row.insert("sub".into(), string(""));
        row.insert("created_at".into(), number(0));
        self.create(row).await.map(drop)
    }

    /// Members in the order of their ids, after one of them; and the last id, if there are more.
    pub async fn colleagues(
        &self,
        after: Option<Id<Member>>,
        limit: i32,
    ) -> Result<(Vec<Colleague>, Option<Id<Member>>), StoreError> {
        let mut query = self.table.client.query().table_name(&self.table.name).limit(limit);
        if let Some(after) = after {
            let key = keys::member(self.org, after);
            query = query
                .exclusive_start_key("pk", string(key.pk))
                .exclusive_start_key("sk", string(key.sk));
        }
        let answer = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::organization(self.org)))
            .expression_attribute_values(":sk", string(keys::MEMBERS))
            .send()
            .await
            .map_err(|error| CallFailed::new("Query", &error))?;
        let has_more = answer.last_evaluated_key().is_some();
        let items = answer.items.unwrap_or_default().into_iter();
        let found = items.map(|item| Ok(read::<Colleague>(item)?.value));
        let found = found.collect::<Result<Vec<_>, StoreError>>()?;
        let next = found.last().filter(|_| has_more).map(|last| last.id);
        Ok((found, next))
    }
}
