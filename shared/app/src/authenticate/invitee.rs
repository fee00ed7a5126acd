//! Who answers an invitation: proved to be somebody, and nobody yet to the organization.

use domain::{Id, integration::Organization};
use platform::problem::Problem;

use crate::sign_in::person_needed;

/// Who was proved, whichever organizations they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitee {
    /// A person who signed in.
    Person {
        /// Their subject at the user pool.
        sub: String,
    },
    /// A key, which nobody invites.
    Key {
        /// The organization that it is of.
        of: Id<Organization>,
    },
}

impl Invitee {
    /// The person, whom this organization may have invited.
    pub(crate) fn person(&self, by: Id<Organization>) -> Result<&str, Problem> {
        match self {
            Self::Person { sub } => Ok(sub),
            Self::Key { of } if *of == by => Err(person_needed()),
            // To a key there are no other organizations.
            Self::Key { .. } => Err(Problem::not_found("invitation")),
        }
    }
}
