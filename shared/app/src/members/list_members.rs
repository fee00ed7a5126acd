//! The organization's members.

use std::collections::BTreeMap;

use domain::{Id, api_key::Role, integration::Member};
use platform::problem::Problem;
use store::Table;

use super::Person;
use crate::{authenticate::Caller, internal};

/// How many members one call reads, where all are read.
const READS: usize = 100;

/// A page of members.
#[derive(Debug)]
pub struct MembersFound {
    /// In the order of their ids.
    pub members: Vec<Person>,
    /// The last of them, if there are more.
    pub next: Option<Id<Member>>,
}

/// The members of the caller's organization, of this role or of any.
pub async fn list_members(
    table: &Table,
    caller: &Caller,
    role: Option<Role>,
    limit: usize,
    after: Option<Id<Member>>,
) -> Result<MembersFound, Problem> {
    let page = caller.tenant(table).members(role, limit, after).await.map_err(internal)?;
    // Who works with a key alone has no sign-in; that of who has not accepted is their own business.
    let known = page.members.iter().filter(|member| !member.sub.is_empty() && !member.is_pending);
    let subs = known.map(|member| member.sub.as_str());
    let identities = table.identities(subs).await.map_err(internal)?;
    let mut by_sub: BTreeMap<_, _> =
        identities.into_iter().map(|identity| (identity.sub.clone(), identity)).collect();
    let members = page.members.into_iter().map(|membership| match by_sub.remove(&membership.sub) {
        Some(identity) => Person { membership, identity },
        None => Person::without_sign_in(membership),
    });
    Ok(MembersFound { members: members.collect(), next: page.next })
}

/// All members of this role or of any, for lists in another order than that of their ids.
pub async fn all_members(
    table: &Table,
    caller: &Caller,
    role: Option<Role>,
) -> Result<Vec<Person>, Problem> {
    let (mut members, mut after) = (Vec::new(), None);
    loop {
        let page = list_members(table, caller, role, READS, after).await?;
        members.extend(page.members);
        after = page.next;
        if after.is_none() {
            return Ok(members);
        }
    }
}
