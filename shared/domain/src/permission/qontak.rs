//! Qontak's names of operations. Most are ours under a prefix; what Qontak has and we do not have
//! yet is shown to whoever may work here, and serves nobody.

use super::{Needs, Operation, role};
use crate::api_key::Role::Agent;

const PREFIX: &str = "/qontak/chat";

/// The operation whose path is the same but for the prefix.
const fn twin(method: &'static str, path: &'static str) -> Operation {
    let (_, own) = path.split_at(PREFIX.len());
    Operation { method, path, needs: Needs::As(method, own) }
}

/// An operation that has another path with us.
const fn sends(path: &'static str) -> Operation {
    Operation { method: "POST", path, needs: Needs::As("POST", "/v1/rooms/{id}/messages") }
}

/// What is reached below `/qontak/chat`.
pub(super) const OPERATIONS: &[Operation] = &[
    twin("GET", "/qontak/chat/v1/rooms"),
    twin("GET", "/qontak/chat/v1/rooms/list/expired"),
    twin("GET", "/qontak/chat/v1/rooms/specific/info"),
    twin("GET", "/qontak/chat/v1/rooms/agent_assign_another_agent"),
    twin("PUT", "/qontak/chat/v1/rooms/agent_assign_another_agent"),
    twin("POST", "/qontak/chat/v1/rooms/auto_takeover"),
    twin("GET", "/qontak/chat/v1/rooms/{id}"),
    twin("PUT", "/qontak/chat/v1/rooms/{id}"),
    twin("GET", "/qontak/chat/v1/rooms/{id}/participants"),
    twin("GET", "/qontak/chat/v1/rooms/{id}/histories"),
    twin("GET", "/qontak/chat/v1/rooms/{id}/agents/assignable"),
    twin("POST", "/qontak/chat/v1/rooms/{id}/agents/{agent_id}"),
    twin("DELETE", "/qontak/chat/v1/rooms/{id}/agents/{agent_id}"),
    twin("POST", "/qontak/chat/v1/rooms/{id}/assign_round_robin"),
    twin("POST", "/qontak/chat/v1/rooms/{id}/takeover"),
    twin("PUT", "/qontak/chat/v1/rooms/{id}/resolve"),
    twin("PUT", "/qontak/chat/v1/rooms/{id}/mark_all_as_read"),
    twin("POST", "/qontak/chat/v1/rooms/{id}/tags"),
    twin("DELETE", "/qontak/chat/v1/rooms/{id}/tags"),
    sends("/qontak/chat/v1/messages/whatsapp"),
    sends("/qontak/chat/v1/messages/whatsapp/bot"),
    sends("/qontak/chat/v1/messages/whatsapp/interactive_message/bot"),
    twin("POST", "/qontak/chat/v1/file_uploader"),
    twin("PUT", "/qontak/chat/v1/rooms/resolve_expired"),
    twin("GET", "/qontak/chat/v1/contacts"),
    twin("POST", "/qontak/chat/v1/contact_block"),
    twin("DELETE", "/qontak/chat/v1/contact_block/{contact_id}"),
    twin("GET", "/qontak/chat/v1/users"),
    twin("GET", "/qontak/chat/v1/integrations"),
    twin("GET", "/qontak/chat/v1/integrations/{id}"),
    twin("GET", "/qontak/chat/v1/templates/whatsapp"),
    role("POST", "/qontak/chat/v1/messages/whatsapp/hsm", Agent),
    role("POST", "/qontak/chat/v1/contacts/contact_lists", Agent),
    role("POST", "/qontak/chat/v1/contacts/contact_lists/async", Agent),
    role("GET", "/qontak/chat/v1/contacts/contact_lists/{id}", Agent),
    role("GET", "/qontak/chat/v1/contacts/contact_lists/contacts/{id}", Agent),
    role("PUT", "/qontak/chat/v1/contacts/contact_lists/override_contact_by_upload", Agent),
    role("GET", "/qontak/chat/v1/broadcasts/whatsapp", Agent),
    role("POST", "/qontak/chat/v1/broadcasts/whatsapp", Agent),
    role("POST", "/qontak/chat/v1/broadcasts/whatsapp/direct", Agent),
    role("GET", "/qontak/chat/v1/broadcasts/{id}/whatsapp", Agent),
    role("GET", "/qontak/chat/v1/broadcasts/{id}/whatsapp/log", Agent),
    role("GET", "/qontak/chat/v1/templates/category", Agent),
    role("GET", "/qontak/chat/v1/templates/language", Agent),
    role("GET", "/qontak/chat/v1/templates/languages", Agent),
    role("POST", "/qontak/chat/v1/templates/whatsapp", Agent),
    role("DELETE", "/qontak/chat/v1/templates/whatsapp", Agent),
    role("GET", "/qontak/chat/v1/templates/{id}/whatsapp", Agent),
    role("POST", "/qontak/chat/v1/templates/whatsapp/hsm_chat", Agent),
    role("GET", "/qontak/chat/v1/message_interactions", Agent),
    role("PUT", "/qontak/chat/v1/message_interactions", Agent),
    role("GET", "/qontak/chat/v1/room_interactions", Agent),
    role("PUT", "/qontak/chat/v1/room_interactions", Agent),
];
