//! What handing over, giving back and taking over have in common.

use domain::{
    Id,
    api_key::Role,
    integration::Member,
    member::Membership,
    room::{AssignRefused, Giver},
};
use platform::problem::Problem;
use store::Table;

use crate::{authenticate::Caller, internal};

/// The caller as somebody who gives rooms away. Only of an agent it matters what the organization
/// has decided.
pub(super) async fn giver<'a>(table: &Table, caller: &'a Caller) -> Result<Giver<'a>, Problem> {
    let agents_give = match caller.role {
        Role::Supervisor | Role::Admin => true,
        Role::Agent => super::may_agents_assign(table, caller).await?,
    };
    Ok(Giver { member: &caller.member, role: caller.role, agents_give })
}

/// A member of the caller's organization, also one who was removed: their rooms stay theirs until
/// they are taken from them.
pub(super) async fn member(
    table: &Table,
    caller: &Caller,
    id: Id<Member>,
) -> Result<Membership, Problem> {
    let found = caller.tenant(table).member(id).await.map_err(internal)?;
    Ok(found.ok_or_else(|| Problem::not_found("agent"))?.value)
}

/// A refusal as the client is told of it.
pub(super) fn refused(error: AssignRefused) -> Problem {
    let detail = error.to_string();
    match error {
        AssignRefused::Taken { .. } => Problem::new(409, "already_taken", detail),
        AssignRefused::Resolved => Problem::new(422, "room_resolved", detail),
        AssignRefused::NotAllowed => Problem::new(403, "assigning_is_off", detail),
        AssignRefused::TooMany { .. } => Problem::new(422, "too_many_rooms", detail),
        AssignRefused::TooOften => Problem::new(422, "too_many_assignments", detail),
    }
}
