//! The REST API for agents: one axum router, and the OpenAPI document that is made from it.
//!
//! Handlers authenticate, read what was asked, call one use case and show its result; they hold
//! no rule. Names and the success envelope are Qontak's, so that its clients feel at home;
//! errors are problem+json.

mod caller;
mod cursor;
mod envelope;
mod integrations;
mod jobs;
mod request;
mod responses;
mod rooms;
mod settings;
mod tags;

use std::sync::Arc;

use app::integrations::Connector;
use axum::{
    Json, Router, extract::DefaultBodyLimit, http::Request, response::Response, routing::get,
};
use platform::{Source, problem::Problem};
use responses::Failed;
use store::Table;
use tower::ServiceExt;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest body that any operation takes: 4,096 characters, however they are escaped.
const BODY_LIMIT: usize = 128 * 1024;

/// What the function works with.
#[derive(Debug)]
pub struct Api {
    /// The table.
    pub table: Table,
    /// The way to the channel accounts.
    pub connector: Connector,
    /// The clock and randomness.
    pub source: Source,
}

/// The document's frame; its operations come from the router.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Sapa",
        description = "The inbox of a company's customer conversations.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&BearerKey),
    security(("bearer" = []))
)]
struct Document;

struct BearerKey;

impl Modify for BearerKey {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key: `Authorization: Bearer sapa_...`"))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

fn operations() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::with_openapi(Document::openapi())
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
        .routes(routes!(rooms::tags::tag_room, rooms::tags::untag_room))
        .routes(routes!(rooms::notes::list_notes, rooms::notes::add_note))
        .routes(routes!(rooms::notes::delete_note))
        .routes(routes!(rooms::histories::list_messages))
        .routes(routes!(rooms::messages::send_message))
        .routes(routes!(rooms::takeover::take_over_room))
        .routes(routes!(rooms::resolve::resolve_room))
        .routes(routes!(rooms::read::mark_room_read))
        .routes(routes!(rooms::resolve_expired::resolve_expired))
        .routes(routes!(jobs::show_job, jobs::cancel_job))
        .routes(routes!(settings::show_auto_resolve, settings::change_auto_resolve))
        .routes(routes!(tags::list_tags))
        .routes(routes!(integrations::list::list_integrations))
        .routes(routes!(integrations::connect::connect_whatsapp))
        .routes(routes!(
            integrations::show::show_integration,
            integrations::settings::change_integration,
            integrations::disconnect::disconnect_integration
        ))
        .routes(routes!(integrations::reconnect::reconnect_integration))
        .routes(routes!(integrations::webhook::show_webhook))
        .routes(routes!(integrations::events::list_integration_events))
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    operations().into_openapi()
}

/// The whole API.
pub fn router(api: Api) -> Router {
    let (router, document) = operations().split_for_parts();
    router
        .route("/v1/openapi.json", get(async move || Json(document)))
        .fallback(async || Failed(Problem::new(404, "not_found", "There is no such operation.")))
        .method_not_allowed_fallback(async || {
            let detail = "This operation does not exist with this method.";
            Failed(Problem::new(405, "method_not_allowed", detail))
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(Arc::new(api))
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
