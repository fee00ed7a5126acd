//! Members and oneself, as clients see them. Qontak calls them users.

use domain::{Time, member::Affiliation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::members::Person;

/// A member of the organization, with their sign-in.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// The member's id: the `agent_id` of rooms.
    id: String,
    name: String,
    /// `agent`, `supervisor` or `admin`.
    role: &'static str,
    /// The address they sign in with; of who is pending, the one that was invited.
    email: String,
    /// Whether they have ever signed in with it; false of who is pending, of whom it is not said.
    is_verified: bool,
    /// Whether they were invited, have a sign-in of their own already, and have not accepted yet.
    is_pending: bool,
    created_at: String,
}

impl UserView {
    /// What clients see of this member.
    pub fn new(person: &Person) -> Self {
        let Person { membership, identity } = person;
        Self {
            id: membership.id.to_string(),
            name: membership.name.clone(),
            role: membership.role.name(),
            email: identity.email.clone(),
            is_verified: identity.is_verified,
            is_pending: membership.is_pending,
            created_at: membership.created_at.to_string(),
        }
    }
}

/// An organization that one may act for.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationView {
    /// What to say in `X-Organization-Id`.
    id: String,
    name: String,
    /// Whether it is an invitation that waits to be accepted or declined.
    is_pending: bool,
}

impl OrganizationView {
    /// What clients see of this organization.
    pub fn new(affiliation: &Affiliation) -> Self {
        let Affiliation { organization_id, name, is_pending } = affiliation;
        Self { id: organization_id.to_string(), name: name.clone(), is_pending: *is_pending }
    }
}

/// Oneself.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    #[serde(flatten)]
    user: UserView,
    /// The address that one wants instead and has not confirmed.
    wanted_email: Option<String>,
    /// The organization of this request.
    organization_id: String,
    /// All that one may act for.
    organizations: Vec<OrganizationView>,
}

impl MeView {
    /// What somebody sees of themselves in this organization.
    pub fn new(person: &Person, organization_id: impl ToString) -> Self {
        let organizations = person.identity.organizations.iter();
        Self {
            user: UserView::new(person),
            wanted_email: person.identity.wanted_email.clone(),
            organization_id: organization_id.to_string(),
            organizations: organizations.map(OrganizationView::new).collect(),
        }
    }
}

/// A moment that may not be.
pub(crate) fn moment(at: Option<Time>) -> Option<String> {
    at.map(|at| at.to_string())
}
