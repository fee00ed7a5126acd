//! What a channel says of who someone is.

use super::Identity;

/// What one message or notice says of who someone is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Their phone number in E.164 digits without `+`.
    pub number: Option<String>,
    /// Their business-scoped user id.
    pub user_id: Option<String>,
    /// The user id that several portfolios of one business share.
    pub parent_user_id: Option<String>,
    /// The name by which people find them.
    pub username: Option<String>,
    /// The name that their profile gives.
    pub name: Option<String>,
}

impl Person {
    /// One who is known by a number only.
    pub fn of_number(number: impl Into<String>) -> Self {
        Self { number: Some(number.into()), ..Self::default() }
    }

    /// One who is known by a user id only.
    pub fn of_user_id(user_id: impl Into<String>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }

    /// What they are looked up by: the number, which most have and which a business knows before
    /// anybody writes; else the user id. Never the username, which changes hands.
    pub fn primary(&self) -> Option<&str> {
        self.number.as_deref().or(self.user_id.as_deref())
    }

    /// What is kept of one who is blocked: by what to know them when they write again.
    #[must_use]
    pub fn unheard(&self) -> Self {
        let (number, user_id) = (self.number.clone(), self.user_id.clone());
        Self { number, user_id, ..Self::default() }
    }

    /// The same person, with all that is known of them, whichever of it they said now.
    #[must_use]
    pub fn known_by(&self, identity: &Identity) -> Self {
        let Identity { number, user_id, username, .. } = identity.clone();
        Self { number, user_id, username, ..self.clone() }
    }

    /// What people may call them by.
    pub fn display(&self) -> Option<&str> {
        self.name.as_deref().or(self.username.as_deref()).or(self.primary())
    }
}
