//! A customer, as WhatsApp shows one to a business.
//!
//! Since usernames came, the phone number may be missing: a customer who hides it is known by a
//! business-scoped user id alone (whatsapp/business-scoped-user-ids).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Who writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The phone number, as digits; absent for one who hides it.
    #[serde(default)]
    pub phone: Option<String>,
    /// The business-scoped user id, such as `ID.17400555544443333222`.
    #[serde(default)]
    pub user_id: Option<String>,
    /// The name by which others find this customer.
    #[serde(default)]
    pub username: Option<String>,
    /// The profile name.
    pub name: String,
}

impl Person {
    /// One with a phone number, and no business-scoped user id: as it was before usernames.
    pub fn with_phone(phone: &str, name: &str) -> Self {
        let phone = phone.trim_start_matches('+').to_owned();
        Self { phone: Some(phone), name: name.to_owned(), ..Self::default() }
    }

    /// One who hides the phone number.
    pub fn with_user_id(user_id: &str, name: &str) -> Self {
        Self { user_id: Some(user_id.to_owned()), name: name.to_owned(), ..Self::default() }
    }

    /// What tells this customer from others: the phone number, else the user id.
    pub fn key(&self) -> &str {
        self.phone.as_deref().or(self.user_id.as_deref()).unwrap_or_default()
    }

    /// An element of `contacts` (webhooks/reference/messages).
    pub(super) fn contact(&self) -> Value {
        let mut contact = json!({"profile": {"name": self.name}});
        if let Some(username) = &self.username {
            contact["profile"]["username"] = json!(username);
        }
        if let Some(phone) = &self.phone {
            contact["wa_id"] = json!(phone);
        }
        if let Some(user_id) = &self.user_id {
            contact["user_id"] = json!(user_id);
        }
        contact
    }

    /// The sender's fields of a message.
    pub(super) fn sign(&self, message: &mut Value) {
        if let Some(phone) = &self.phone {
            message["from"] = json!(phone);
        }
        if let Some(user_id) = &self.user_id {
            message["from_user_id"] = json!(user_id);
        }
    }
}
