//! Who may do what: one table of every operation of the API, and the least role it needs.
//!
//! An operation that is not in the table is refused to everybody, so forgetting a line shows at
//! once and opens nothing. An API key is held to its scopes as well; a scope follows from the
//! operation (`rooms:read`, `rooms:write`), so that a new operation is one line here and no more.
//! Qontak's paths ([`qontak`]) name the operation that they equal, and get its answer.

mod qontak;

use std::collections::BTreeSet;

use crate::api_key::Role::{self, Admin, Agent, Supervisor};

/// The scope that holds all others.
pub const ALL: &str = "all";

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nobody is asked who they are: what one signs in with is the proof.
    Nothing,
    /// A person who signed in, even one who is no member anywhere.
    Person,
    /// A caller of this role or a higher one.
    Role(Role),
    /// Who may call the operation of this method and path: it is the same under another name.
    As(&'static str, &'static str),
}

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, ...
    pub method: &'static str,
    /// The path as the router knows it: `/v1/rooms/{id}`.
    pub path: &'static str,
    /// Who may call it.
    pub needs: Needs,
}

const fn role(method: &'static str, path: &'static str, least: Role) -> Operation {
    Operation { method, path, needs: Needs::Role(least) }
}

const fn open(method: &'static str, path: &'static str) -> Operation {
    Operation { method, path, needs: Needs::Nothing }
}

const fn person(method: &'static str, path: &'static str) -> Operation {
    Operation { method, path, needs: Needs::Person }
}

/// Every operation. Agents work with customers and know who they are; supervisors also say who
/// is whom and who is not heard, and see how the channels do; admins configure, and hand out or
/// erase all that is known of somebody.
pub const OPERATIONS: &[Operation] = &[
    open("POST", "/v1/sign_in"),
    open("POST", "/v1/sign_in/new_password"),
    open("POST", "/v1/sign_in/refresh"),
    open("POST", "/v1/sign_out"),
    open("POST", "/v1/password/forgot"),
    open("POST", "/v1/password/reset"),
    role("GET", "/v1/me", Agent),
    person("POST", "/v1/me/invitations/{organization_id}/accept"),
    person("POST", "/v1/me/invitations/{organization_id}/decline"),
    role("PUT", "/v1/me/email", Agent),
    role("POST", "/v1/me/email/confirm", Agent),
    role("GET", "/v1/users", Agent),
    role("POST", "/v1/users", Admin),
    role("GET", "/v1/users/{id}", Agent),
    role("PUT", "/v1/users/{id}", Admin),
    role("DELETE", "/v1/users/{id}", Admin),
    role("PUT", "/v1/users/{id}/email", Admin),
    role("POST", "/v1/users/{id}/invite", Admin),
    role("GET", "/v1/api_keys", Admin),
    role("POST", "/v1/api_keys", Admin),
    role("DELETE", "/v1/api_keys/{id}", Admin),
    role("GET", "/v1/rooms", Agent),
    role("GET", "/v1/rooms/list/expired", Agent),
    role("GET", "/v1/rooms/specific/info", Agent),
    role("GET", "/v1/rooms/agent_assign_another_agent", Agent),
    role("PUT", "/v1/rooms/agent_assign_another_agent", Admin),
    role("POST", "/v1/rooms/auto_takeover", Agent),
    role("PUT", "/v1/rooms/resolve_expired", Supervisor),
    role("GET", "/v1/rooms/{id}", Agent),
    role("PUT", "/v1/rooms/{id}", Agent),
    role("GET", "/v1/rooms/{id}/participants", Agent),
    role("GET", "/v1/rooms/{id}/agents/assignable", Agent),
    role("POST", "/v1/rooms/{id}/agents/{agent_id}", Agent),
    role("DELETE", "/v1/rooms/{id}/agents/{agent_id}", Agent),
    role("POST", "/v1/rooms/{id}/assign_round_robin", Agent),
    role("POST", "/v1/rooms/{id}/tags", Agent),
    role("DELETE", "/v1/rooms/{id}/tags", Agent),
    role("GET", "/v1/rooms/{id}/notes", Agent),
    role("POST", "/v1/rooms/{id}/notes", Agent),
    role("DELETE", "/v1/rooms/{id}/notes/{note_id}", Agent),
    role("GET", "/v1/rooms/{id}/histories", Agent),
    role("GET", "/v1/rooms/{id}/annotations", Agent),
    role("GET", "/v1/rooms/{id}/messages/{message_id}/file", Agent),
    role("POST", "/v1/rooms/{id}/messages/{message_id}/file/retry", Agent),
    role("POST", "/v1/rooms/{id}/messages", Agent),
    role("POST", "/v1/rooms/{id}/takeover", Agent),
    role("PUT", "/v1/rooms/{id}/resolve", Agent),
    role("PUT", "/v1/rooms/{id}/mark_all_as_read", Agent),
    role("GET", "/v1/tags", Agent),
    role("GET", "/v1/jobs/{id}", Agent),
    role("DELETE", "/v1/jobs/{id}", Agent),
    role("GET", "/v1/settings/auto_resolve", Agent),
    role("PUT", "/v1/settings/auto_resolve", Admin),
    role("GET", "/v1/settings/retention", Agent),
    role("PUT", "/v1/settings/retention", Admin),
    role("GET", "/v1/contacts", Agent),
    role("GET", "/v1/contacts/{id}", Agent),
    role("PUT", "/v1/contacts/{id}", Agent),
    role("DELETE", "/v1/contacts/{id}", Admin),
    role("POST", "/v1/contacts/{id}/merge", Supervisor),
    role("GET", "/v1/contacts/{id}/export", Admin),
    role("POST", "/v1/contacts/{id}/export", Admin),
    role("POST", "/v1/contact_block", Supervisor),
    role("DELETE", "/v1/contact_block/{contact_id}", Supervisor),
    role("GET", "/v1/contact_fields", Agent),
    role("POST", "/v1/contact_fields", Supervisor),
    role("PUT", "/v1/contact_fields/{key}", Supervisor),
    role("DELETE", "/v1/contact_fields/{key}", Supervisor),
    role("POST", "/v1/files", Agent),
    role("GET", "/v1/files/{id}", Agent),
    role("POST", "/v1/files/{id}/complete", Agent),
    role("POST", "/v1/file_uploader", Agent),
    role("GET", "/v1/templates/whatsapp", Agent),
    role("POST", "/v1/live/tickets", Agent),
    role("GET", "/v1/events", Agent),
    role("GET", "/v1/presence", Agent),
    role("GET", "/v1/integrations", Agent),
    role("POST", "/v1/integrations/whatsapp", Admin),
    role("GET", "/v1/integrations/{id}", Agent),
    role("PUT", "/v1/integrations/{id}", Admin),
    role("DELETE", "/v1/integrations/{id}", Admin),
    role("POST", "/v1/integrations/{id}/reconnect", Admin),
    role("GET", "/v1/integrations/{id}/webhook", Admin),
    role("GET", "/v1/integrations/{id}/business_profile", Agent),
    role("PUT", "/v1/integrations/{id}/business_profile", Admin),
    role("POST", "/v1/integrations/{id}/templates/sync", Admin),
    role("GET", "/v1/integrations/{id}/events", Supervisor),
    role("GET", "/v1/integrations/{id}/events/{event_id}", Supervisor),
];

/// Every operation, and every other name that one goes by.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(qontak::OPERATIONS)
}

/// The line that decides on an operation; none means that nobody may call it.
pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    let line = operations().find(|line| line.method == method && line.path == path)?;
    match line.needs {
        Needs::Nothing | Needs::Person | Needs::Role(_) => Some(line),
        Needs::As(method, path) => {
            OPERATIONS.iter().find(|line| line.method == method && line.path == path)
        }
    }
}

/// The scopes that a key can be given.
pub fn scopes() -> BTreeSet<String> {
    let scoped = |line: &&Operation| line.needs != Needs::Nothing && !line.hands_out_power();
    // Of what goes by another name the scope has the first one; what does not exist yet has none.
    let asked = OPERATIONS.iter().filter(scoped);
    asked.map(Operation::scope).chain([ALL.to_owned()]).collect()
}

impl Operation {
    /// The scope that a key needs for it: the noun after the version, to read or to write.
    pub fn scope(&self) -> String {
        let noun = self.noun();
        let verb = if self.method == "GET" { "read" } else { "write" };
        format!("{noun}:{verb}")
    }

    /// Whether it makes somebody else who may do things: a member, or another key. A key that is
    /// held to scopes must not get around them by it.
    fn hands_out_power(&self) -> bool {
        self.method != "GET" && matches!(self.noun(), "users" | "api_keys")
    }

    /// Whether it makes or changes somebody who stays when the caller's key has ended.
    pub fn outlives_keys(&self) -> bool {
        self.method != "GET" && self.noun() == "users"
    }

    fn noun(&self) -> &'static str {
        let after = self.path.split_once("/v1/").map_or("", |(_, after)| after);
        after.split('/').next().unwrap_or_default()
    }

    /// Whether a caller of this role, held to these scopes if it is a key, may call it.
    pub fn allows(&self, caller: Role, scopes: Option<&[String]>) -> bool {
        let least = match self.needs {
            Needs::Nothing => return true,
            // A key is held to its scopes before it is told that it is no person.
            Needs::Person => Agent,
            Needs::Role(least) => least,
            // Its own line decides nothing.
            Needs::As(..) => return false,
        };
        let is_in_scope = |scopes: &[String]| {
            let own = self.scope();
            let is_held = |scope: &String| *scope == own && !self.hands_out_power();
            scopes.iter().any(|scope| scope == ALL || is_held(scope))
        };
        caller >= least && scopes.is_none_or(is_in_scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_one_line() {
        let lines: BTreeSet<_> = operations().map(|line| (line.method, line.path)).collect();
        assert_eq!(lines.len(), operations().count());
        assert_eq!(find("GET", "/v1/nothing"), None);
        assert_eq!(find("DELETE", "/v1/rooms"), None);
    }

    #[test]
    fn a_role_may_what_lower_ones_may_and_a_key_only_what_its_scopes_say() {
        let list = find("GET", "/v1/rooms").unwrap();
        let invite = find("POST", "/v1/users").unwrap();
        let scopes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let read: Vec<String> = scopes(&["rooms:read"]);
        let all: Vec<String> = scopes(&[ALL]);
        for (role, operation, key, allowed) in [
            (Agent, list, None, true),
            (Admin, list, None, true),
            (Agent, invite, None, false),
            (Supervisor, invite, None, false),
            (Admin, invite, None, true),
            (Agent, list, Some(&read), true),
            (Admin, invite, Some(&read), false),
            (Agent, invite, Some(&all), false),
            (Admin, invite, Some(&all), true),
            (Admin, list, Some(&Vec::new()), false),
        ] {
            let scopes = key.map(Vec::as_slice);
            assert_eq!(operation.allows(role, scopes), allowed, "{role:?} {operation:?} {key:?}");
        }
        assert_eq!(invite.scope(), "users:write");
        assert!(super::scopes().contains("rooms:write"));
        assert!(!super::scopes().contains("sign_in:write"));
    }

    #[test]
    fn what_goes_by_another_name_is_decided_by_its_own_line() {
        for line in qontak::OPERATIONS {
            let decides = find(line.method, line.path).unwrap();
            match line.needs {
                Needs::As(method, path) => {
                    assert_eq!((decides.method, decides.path), (method, path));
                    assert!(!line.allows(Admin, None));
                }
                Needs::Person | Needs::Role(_) => assert_eq!(decides, line),
                Needs::Nothing => panic!("{line:?} asks nobody who they are"),
            }
        }
        let send = find("POST", "/qontak/chat/v1/messages/whatsapp/bot").unwrap();
        assert_eq!(send.scope(), "rooms:write");
        assert!(!scopes().contains("broadcasts:read"));
    }
}
