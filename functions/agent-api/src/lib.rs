//! The REST API for agents: one axum router, and the OpenAPI document that is made from it.
//!
//! A gate before all of them proves the caller (`gate`). Handlers read what was asked, call one use case
//! and show its result; they hold no rule. Names and the success envelope are Qontak's, so that its clients feel at home;
//! errors are problem+json.

mod api_keys;
mod caller;
mod contacts;
mod cursor;
mod envelope;
mod files;
mod gate;
mod integrations;
mod jobs;
mod live;
mod members;
mod qontak;
mod request;
mod responses;
mod rooms;
mod settings;
mod sign_in;
mod tags;
mod templates;

use std::sync::{Arc, LazyLock};

use app::{
    authenticate::{Allowances, Authenticator},
    integrations::Connector,
    memory::Memory,
    sign_in::SignIns,
};
use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::Request,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use gate::Gate;
use platform::{
    Source, cognito::UserPool, files::Files, jwt::Verifier, problem::Problem, secrets::Secrets,
};
use responses::Failed;
use store::Table;
use tower::ServiceExt;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest body that an operation takes, unless it takes files: 4,096 characters, however they
/// are escaped, or 257 contact cards.
const BODY_LIMIT: usize = 128 * 1024;

/// What the function works with.
#[derive(Debug)]
pub struct Api {
    /// The table.
    pub table: Table,
    /// The way to the channel accounts.
    pub connector: Connector,
    /// The bucket.
    pub files: Files,
    /// The clock and randomness.
    pub source: Source,
    /// Proves callers.
    pub authenticator: Authenticator,
    /// What is remembered for a minute.
    pub memory: Memory,
    /// What keys may still send.
    pub allowances: Allowances,
    /// Signs people in and out.
    pub sign_ins: SignIns,
    /// Where clients open their sockets.
    pub sockets_url: String,
}

impl Api {
    /// Over this table and bucket, with these secrets, channel accounts and this user pool, for
    /// clients that open sockets at this address.
    #[expect(clippy::too_many_arguments, reason = "each is made in main, and named there")]
    pub fn new(
        table: Table,
        source: Source,
        secrets: Secrets,
        files: Files,
        connector: Connector,
        pool: UserPool,
        verifier: Verifier,
        sockets_url: String,
    ) -> Self {
        let (secrets, verifier) = (Arc::new(secrets), Arc::new(verifier));
        let (own_secrets, own_verifier) = (Arc::clone(&secrets), Arc::clone(&verifier));
        Self {
            authenticator: Authenticator::new(table.clone(), own_secrets, own_verifier),
            memory: Memory::default(),
            allowances: Allowances::default(),
            sign_ins: SignIns {
                table: table.clone(),
                secrets,
                pool,
                verifier,
                source: source.clone(),
            },
            table,
            connector,
            files,
            source,
            sockets_url,
        }
    }
}

/// The document's frame; its operations come from the router.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sapa",
        description = "The inbox of a company's customer conversations. Whoever belongs to several organizations names the one they mean in the header `X-Organization-Id`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Schemes),
    security(("bearer" = []), ("hmac" = []))
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An access token of a sign-in, or an API key: `sapa_...`"))
            .build();
        let words = "A request signed with an HMAC key; see `POST /v1/api_keys`.";
        let hmac = ApiKeyValue::with_description("Authorization", words);
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("hmac", SecurityScheme::ApiKey(ApiKey::Header(hmac)));
    }
}

fn operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(sign_in::begin::begin_sign_in))
        .routes(routes!(sign_in::begin::choose_password))
        .routes(routes!(sign_in::refresh::refresh_sign_in))
        .routes(routes!(sign_in::end::end_sign_in))
        .routes(routes!(sign_in::password::forgot_password))
        .routes(routes!(sign_in::password::reset_password))
        .routes(routes!(sign_in::me::show_me))
        .routes(routes!(sign_in::invitations::accept_invitation))
        .routes(routes!(sign_in::invitations::decline_invitation))
        .routes(routes!(sign_in::email::want_email))
        .routes(routes!(sign_in::email::confirm_email))
        .routes(routes!(members::list::list_users))
        .routes(routes!(members::invite::invite_user))
        .routes(routes!(members::show::show_user))
        .routes(routes!(members::edit::edit_user))
        .routes(routes!(members::remove::remove_user))
        .routes(routes!(members::email::correct_email))
        .routes(routes!(members::invite::invite_user_again))
        .routes(routes!(api_keys::list::list_api_keys))
        .routes(routes!(api_keys::create::create_api_key))
        .routes(routes!(api_keys::revoke::revoke_api_key))
        .routes(routes!(rooms::list::list_rooms))
        .routes(routes!(rooms::expired::list_expired_rooms))
        .routes(routes!(rooms::info::find_room))
        .routes(routes!(rooms::auto_takeover::take_next_room))
        .routes(routes!(
            rooms::agents_assign::show_agents_assign,
            rooms::agents_assign::let_agents_assign
        ))
        .routes(routes!(rooms::show::show_room, rooms::change::change_room))
        .routes(routes!(rooms::participants::list_participants))
        .routes(routes!(rooms::assignable::list_assignable_agents))
        .routes(routes!(rooms::agents::hand_over_room, rooms::agents::unassign_room))
        .routes(routes!(rooms::round_robin::assign_in_turn))
        .routes(routes!(rooms::tags::tag_room, rooms::tags::untag_room))
        .routes(routes!(rooms::notes::list_notes, rooms::notes::add_note))
        .routes(routes!(rooms::notes::delete_note))
        .routes(routes!(rooms::histories::list_messages))
        .routes(routes!(rooms::annotations::list_annotations))
        .routes(routes!(rooms::messages::send_message))
        .routes(routes!(rooms::takeover::take_over_room))
        .routes(routes!(rooms::resolve::resolve_room))
        .routes(routes!(rooms::read::mark_room_read))
        .routes(routes!(rooms::resolve_expired::resolve_expired))
        .routes(routes!(jobs::show_job, jobs::cancel_job))
        .routes(routes!(settings::show_auto_resolve, settings::change_auto_resolve))
        .routes(routes!(settings::show_retention, settings::change_retention))
        .routes(routes!(tags::list_tags))
        .routes(routes!(contacts::list::list_contacts))
        .routes(routes!(
            contacts::show::show_contact,
            contacts::edit::edit_contact,
            contacts::erase::erase_contact
        ))
        .routes(routes!(contacts::merge::merge_contacts))
        .routes(routes!(contacts::export::show_export, contacts::export::export_contact))
        .routes(routes!(contacts::block::block_contact))
        .routes(routes!(contacts::block::unblock_contact))
        .routes(routes!(contacts::fields::list_contact_fields, contacts::fields::add_contact_field))
        .routes(routes!(
            contacts::fields::change_contact_field,
            contacts::fields::remove_contact_field
        ))
        .routes(routes!(integrations::list::list_integrations))
        .routes(routes!(integrations::connect::connect_whatsapp))
        .routes(routes!(
            integrations::show::show_integration,
            integrations::settings::change_integration,
            integrations::disconnect::disconnect_integration
        ))
        .routes(routes!(integrations::reconnect::reconnect_integration))
        .routes(routes!(
            integrations::business_profile::show_business_profile,
            integrations::business_profile::change_business_profile
        ))
        .routes(routes!(integrations::webhook::show_webhook))
        .routes(routes!(integrations::events::list_integration_events))
        .routes(routes!(integrations::events::show_integration_event))
        .routes(routes!(live::tickets::create_ticket))
        .routes(routes!(live::events::list_events))
        .routes(routes!(live::presence::list_presence))
        .routes(routes!(templates::list_templates))
        .routes(routes!(templates::sync_templates))
        .routes(routes!(rooms::file::link_message_file))
        .routes(routes!(rooms::file::fetch_file_again))
        .routes(routes!(files::begin::begin_upload))
        .routes(routes!(files::show::show_file))
        .routes(routes!(files::complete::complete_upload))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(files::multipart::upload_file))
                .layer(DefaultBodyLimit::max(files::multipart::BODY_LIMIT)),
        )
        .merge(qontak::operations())
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    operations().into_openapi()
}

/// The routes and their document, made once: that takes milliseconds, for every operation brings
/// its schemas along, and all that they consist of.
static OPERATIONS: LazyLock<(Router<Arc<Api>>, utoipa::openapi::OpenApi)> =
    LazyLock::new(|| operations().split_for_parts());

/// The whole API.
pub fn router(api: Api) -> Router {
    let (router, document) = &*OPERATIONS;
    let api = Arc::new(api);
    let gate = Gate::new(Arc::clone(&api), document);
    router
        .clone()
        .route_layer(from_fn_with_state(gate, gate::pass))
        .route("/v1/openapi.json", get(async || Json(&OPERATIONS.1)))
        .fallback(async || Failed(Problem::new(404, "not_found", "There is no such operation.")))
        .method_not_allowed_fallback(async || {
            let detail = "This operation does not exist with this method.";
            Failed(Problem::new(405, "method_not_allowed", detail))
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn(qontak::envelope::answer))
        .with_state(api)
}

/// Serves one request.
pub async fn handle<B>(router: Router, request: Request<B>) -> Response
where
    B: http_body_util::BodyExt<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let answer = router.oneshot(request.map(axum::body::Body::new)).await;
    answer.unwrap_or_else(|never| match never {})
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_is_the_snapshot() {
        insta::with_settings!({ snapshot_path => "..", prepend_module_to_snapshot => false }, {
            insta::assert_json_snapshot!("openapi", super::openapi());
        });
    }
}
