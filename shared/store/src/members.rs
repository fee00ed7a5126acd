//! Identities and members, and the roster that keeps an organization from losing its last admin.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::{
    Id,
    api_key::Role,
    integration::{Member, Organization},
    member::{Identity, Membership, Roster},
};
use platform::aws::CallFailed;
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::{StoreError, Table, Tenant, Versioned, Written, item, read, string},
};

/// What is known of an organization itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Profile {
    name: String,
}

/// A page of members.
#[derive(Debug)]
pub struct MembersPage {
    /// In the order of their ids.
    pub members: Vec<Membership>,
    /// The last of them, if there are more.
    pub next: Option<Id<Member>>,
}

impl Table {
    /// Somebody's sign-in. Read consistently: what ended their sessions must be seen.
    pub async fn identity_of(&self, sub: &str) -> Result<Option<Versioned<Identity>>, StoreError> {
        self.get(&keys::sign_in_identity(sub), true).await
    }

    /// Writes a sign-in, over the one that was read or where there was none. `false` if somebody
    /// was faster.
    pub async fn save_identity(
        &self,
        old: Option<&Versioned<Identity>>,
        new: &Identity,
    ) -> Result<bool, StoreError> {
        let row = item(keys::sign_in_identity(&new.sub), new)?;
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }

    /// These identities, in any order; each named once.
    pub async fn identities(
        &self,
        subs: impl Iterator<Item = &str>,
    ) -> Result<Vec<Identity>, StoreError> {
        let keys: Vec<_> = subs.map(keys::sign_in_identity).collect();
        let rows = self.batch(&keys, false).await?;
        rows.into_iter().map(|row| Ok(read(row)?.value)).collect()
    }
}

impl Tenant<'_> {
    /// Which organization this is.
    pub fn organization(&self) -> Id<Organization> {
        self.org
    }

    /// The organization's name, if it was ever given one.
    pub async fn organization_name(&self) -> Result<Option<String>, StoreError> {
        let row = self.table.get::<Profile>(&keys::profile(self.org), false).await?;
        Ok(row.map(|row| row.value.name))
    }

    /// Names the organization.
    pub async fn name_organization(&self, name: &str) -> Result<(), StoreError> {
        let profile = Profile { name: name.to_owned() };
        self.create(item(keys::profile(self.org), &profile)?).await.map(drop)
    }

    /// A member, current or removed. Read consistently: who was removed is out from that moment.
    pub async fn member(
        &self,
        id: Id<Member>,
    ) -> Result<Option<Versioned<Membership>>, StoreError> {
        self.table.get(&keys::member(self.org, id), true).await
    }

    /// A page of current members, of this role or of any.
    pub async fn members(
        &self,
        role: Option<Role>,
        limit: usize,
        after: Option<Id<Member>>,
    ) -> Result<MembersPage, StoreError> {
        let mut after = after;
        let mut members: Vec<Membership> = Vec::new();
        // Removed ones are passed by, so a page may take more than one query.
        loop {
            let (rows, next) = self.some_members(limit + 1, after).await?;
            let is_wanted = |member: &Membership| {
                member.is_current() && role.is_none_or(|role| role == member.role)
            };
            members.extend(rows.into_iter().filter(is_wanted));
            let is_full = members.len() > limit;
            members.truncate(limit);
            match next {
                _ if is_full => {
                    let next = members.last().map(|member| member.id);
                    return Ok(MembersPage { members, next });
                }
                None => return Ok(MembersPage { members, next: None }),
                next => after = next,
            }
        }
    }

    async fn some_members(
        &self,
        limit: usize,
        after: Option<Id<Member>>,
    ) -> Result<(Vec<Membership>, Option<Id<Member>>), StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", string(keys::organization(self.org)))
            .expression_attribute_values(":sk", string(keys::MEMBERS));
        let query = match after.map(|id| keys::member(self.org, id)) {
            None => query,
            Some(after) => query
                .exclusive_start_key("pk", string(after.pk))
                .exclusive_start_key("sk", string(after.sk)),
        };
        let answer = query.limit(i32::try_from(limit).unwrap_or(i32::MAX)).send().await;
        let answer = answer.map_err(|error| CallFailed::new("Query", &error))?;
        let is_end = answer.last_evaluated_key.is_none();
        let rows = answer.items.unwrap_or_default().into_iter();
        let rows: Vec<Membership> =
            rows.map(|row| Ok(read(row)?.value)).collect::<Result<_, StoreError>>()?;
        let next = rows.last().map(|member| member.id).filter(|_| !is_end);
        Ok((rows, next))
    }

    /// Who the admins are; nobody was ever one, if there is none.
    pub async fn roster(&self) -> Result<Option<Versioned<Roster>>, StoreError> {
        self.table.get(&keys::roster(self.org), true).await
    }

    /// Writes a member, over the one that was read or where there was none, and with it the roster
    /// if it changes. All or nothing; `false` if somebody was faster.
    pub async fn save_member(
        &self,
        old: Option<&Versioned<Membership>>,
        new: &Membership,
        roster: Option<(Option<&Versioned<Roster>>, &Roster)>,
    ) -> Result<bool, StoreError> {
        let row = item(keys::member(self.org, new.id), new)?;
        let put = match old {
            None => self.table.creating(row)?,
            Some(old) => self.table.replacing(row, old.version)?,
        };
        let mut writes = vec![TransactWriteItem::builder().put(put).build()];
        if let Some((old, new)) = roster {
            let row = item(keys::roster(self.org), new)?;
            let put = match old {
                None => self.table.creating(row)?,
                Some(old) => self.table.replacing(row, old.version)?,
            };
            writes.push(TransactWriteItem::builder().put(put).build());
        }
        self.table.transact(writes).await
    }
}
