//! Who works here: inviting, naming, removing members.
//!
//! The user pool comes before our rows when somebody is made known, and after them when something
//! is taken away: a run that dies in between leaves somebody who can do less than was meant, and
//! the same request again finishes it.

mod accept_invitation;
mod correct_email;
mod decline_invitation;
mod edit_member;
mod found_organization;
mod invite_member;
mod list_members;
mod remove_member;
mod seat_member;
mod show_member;

use std::collections::BTreeSet;

use domain::{
    Id,
    integration::Member,
    member::{Identity, Membership, NAME_LIMIT, Roster},
};
use platform::problem::Problem;
use store::{Table, Tenant, Versioned};

pub use accept_invitation::accept_invitation;
pub use correct_email::correct_email;
pub use decline_invitation::decline_invitation;
pub use edit_member::{Edit, edit_member};
pub use found_organization::{Founded, Founding, found_organization};
pub use invite_member::{Invitation, invite_again, invite_member};
pub use list_members::{MembersFound, all_members, list_members};
pub use remove_member::remove_member;
pub use seat_member::{Seat, seat_member};
pub use show_member::{show_me, show_member};

use crate::internal;

/// A member and their sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they are to this organization.
    pub membership: Membership,
    /// Whose sign-in it is. Of somebody who has not accepted, what their invitation says.
    pub identity: Identity,
}

impl Person {
    /// A member whose sign-in is not known: who works with a key alone, whose invitation broke
    /// off, or who has yet to accept and is known by what the admin typed.
    fn without_sign_in(membership: Membership) -> Self {
        let email = membership.invited_email.clone().unwrap_or_default();
        Self { identity: Identity::invited(membership.sub.clone(), email), membership }
    }
}

/// The member of this id, if they belong to the organization now.
async fn find(tenant: Tenant<'_>, id: Id<Member>) -> Result<Versioned<Membership>, Problem> {
    let found = tenant.member(id).await.map_err(internal)?;
    let found = found.filter(|row| row.value.is_current());
    found.ok_or_else(|| Problem::not_found("user"))
}

/// None is open, or it was withdrawn; whose organization it is stays unsaid.
fn no_invitation() -> Problem {
    Problem::not_found("invitation")
}

/// A member together with their sign-in, if it is the organization's to know.
async fn person(table: &Table, membership: Membership) -> Result<Person, Problem> {
    if membership.is_pending {
        return Ok(Person::without_sign_in(membership));
    }
    let identity = table.identity_of(&membership.sub).await.map_err(internal)?;
    Ok(match identity {
        Some(row) => Person { membership, identity: row.value },
        None => Person::without_sign_in(membership),
    })
}

fn check_name(name: &str) -> Result<String, Problem> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > NAME_LIMIT || name.chars().any(char::is_control) {
        let detail = format!("A name has 1 to {NAME_LIMIT} characters, all of them visible.");
        return Err(Problem::field("name", detail));
    }
    Ok(name.to_owned())
}

/// The roster without this admin, if another admin stays who has ever signed in.
async fn without_admin(
    table: &Table,
    tenant: Tenant<'_>,
    roster: &Roster,
    admin: Id<Member>,
) -> Result<Roster, Problem> {
    let mut signed_in = BTreeSet::new();
    for other in roster.admins.iter().copied().filter(|other| *other != admin) {
        let member = tenant.member(other).await.map_err(internal)?;
        let is_here = |member: &Membership| member.is_current() && !member.is_pending;
        let Some(member) = member.filter(|row| is_here(&row.value)) else { continue };
        let identity = table.identity_of(&member.value.sub).await.map_err(internal)?;
        if identity.is_some_and(|row| row.value.is_verified) {
            signed_in.insert(other);
            break;
        }
    }
    roster
        .without(admin, |other| signed_in.contains(&other))
        .map_err(|error| Problem::new(409, "last_admin", error.to_string()))
}
