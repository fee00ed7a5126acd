//! Operations on members, whom Qontak calls users: one file each.

pub(crate) mod edit;
pub(crate) mod email;
pub(crate) mod invite;
pub(crate) mod list;
pub(crate) mod remove;
pub(crate) mod show;

use domain::api_key::Role;
use platform::problem::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

/// A role, by its name.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", try_from = "String")]
pub(crate) enum RoleName {
    /// Answers customers.
    Agent,
    /// Also sees how the channels do.
    Supervisor,
    /// Also configures them.
    Admin,
}

impl TryFrom<String> for RoleName {
    type Error = &'static str;

    // By way of a text, so that what is none is refused under the field's name.
    fn try_from(name: String) -> Result<Self, Self::Error> {
        match Role::parse(&name) {
            Some(Role::Agent) => Ok(Self::Agent),
            Some(Role::Supervisor) => Ok(Self::Supervisor),
            Some(Role::Admin) => Ok(Self::Admin),
            None => Err("the role is `agent`, `supervisor` or `admin`"),
        }
    }
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Agent => Self::Agent,
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// Reads a role that a list is to be filtered by.
pub(crate) fn role(name: &str) -> Result<Role, Problem> {
    Role::parse(name)
        .ok_or_else(|| Problem::field("role", "The role is `agent`, `supervisor` or `admin`."))
}
