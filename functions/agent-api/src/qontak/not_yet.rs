//! What Qontak has and we do not have yet: answered 501, to callers who were proved as for
//! everything else.
//!
//! A client learns from that that the address is right and that nothing happened; a 404 would send
//! its author looking for a mistake of theirs. This table is all there is of them.

use std::sync::Arc;

use axum::routing::{MethodFilter, on};
use platform::problem::Problem;
use utoipa::openapi::{
    HttpMethod, Object, PathItem, Paths, Required, ResponseBuilder,
    path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn},
    schema::Type,
};
use utoipa_axum::router::OpenApiRouter;

use super::{PREFIX, TAG};
use crate::{Api, responses::Failed};

/// A method by its names here, in the document and in the router.
type Verb = (&'static str, HttpMethod, MethodFilter);
const GET: Verb = ("get", HttpMethod::Get, MethodFilter::GET);
const POST: Verb = ("post", HttpMethod::Post, MethodFilter::POST);
const PUT: Verb = ("put", HttpMethod::Put, MethodFilter::PUT);
const DELETE: Verb = ("delete", HttpMethod::Delete, MethodFilter::DELETE);

/// Method, path and what is missing.
const MISSING: &[(Verb, &str, &str)] = {
    const LISTS: &str = "Contact lists";
    const BROADCASTS: &str = "Broadcasts";
    const TEMPLATES: &str = "Editing templates";
    const HOOKS: &str = "Calling webhooks of yours";
    &[
        (POST, "/v1/messages/whatsapp/hsm", "Sending templates here"),
        (POST, "/v1/contacts/contact_lists", LISTS),
        (POST, "/v1/contacts/contact_lists/async", LISTS),
        (GET, "/v1/contacts/contact_lists/{id}", LISTS),
        (GET, "/v1/contacts/contact_lists/contacts/{id}", LISTS),
        (PUT, "/v1/contacts/contact_lists/override_contact_by_upload", LISTS),
        (GET, "/v1/broadcasts/whatsapp", BROADCASTS),
        (POST, "/v1/broadcasts/whatsapp", BROADCASTS),
        (POST, "/v1/broadcasts/whatsapp/direct", BROADCASTS),
        (GET, "/v1/broadcasts/{id}/whatsapp", BROADCASTS),
        (GET, "/v1/broadcasts/{id}/whatsapp/log", BROADCASTS),
        (GET, "/v1/templates/category", TEMPLATES),
        (GET, "/v1/templates/language", TEMPLATES),
        (GET, "/v1/templates/languages", TEMPLATES),
        (POST, "/v1/templates/whatsapp", TEMPLATES),
        (DELETE, "/v1/templates/whatsapp", TEMPLATES),
        (GET, "/v1/templates/{id}/whatsapp", TEMPLATES),
        (POST, "/v1/templates/whatsapp/hsm_chat", TEMPLATES),
        (GET, "/v1/message_interactions", HOOKS),
        (PUT, "/v1/message_interactions", HOOKS),
        (GET, "/v1/room_interactions", HOOKS),
        (PUT, "/v1/room_interactions", HOOKS),
    ]
};

/// Says what is missing.
pub(super) fn problem(what: &str) -> Problem {
    Problem::new(501, "not_implemented", format!("{what} is not possible yet."))
}

/// An operation for each of them.
pub(super) fn operations() -> OpenApiRouter<Arc<Api>> {
    MISSING.iter().fold(OpenApiRouter::new(), |router, ((verb, method, filter), path, what)| {
        let handler = async move || Failed(problem(what));
        let item = PathItem::new(method.clone(), described(verb, path, what));
        let paths = Paths::builder().path(format!("{PREFIX}{path}"), item).build();
        router.routes((Vec::new(), paths, on(*filter, handler)))
    })
}

fn described(verb: &str, path: &str, what: &str) -> Operation {
    let after = path.trim_start_matches("/v1/");
    let words: Vec<_> = after.split('/').map(|word| word.trim_matches(['{', '}'])).collect();
    let name = format!("qontak_{verb}_{}", words.join("_"));
    let places = after.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
    let parameters = places.map(|place| {
        let text = Object::builder().schema_type(Type::String);
        let place = ParameterBuilder::new().name(place).parameter_in(ParameterIn::Path);
        place.required(Required::True).schema(Some(text)).build()
    });
    OperationBuilder::new()
        .tag(TAG)
        .operation_id(Some(name))
        .summary(Some(format!("Not there yet: {}.", what.to_lowercase())))
        .parameters(Some(parameters))
        .response("501", ResponseBuilder::new().description("It is not there yet.").build())
        .build()
}
