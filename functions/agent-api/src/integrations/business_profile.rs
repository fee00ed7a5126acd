//! `GET` and `PUT /v1/integrations/{id}/business_profile`.

use std::sync::Arc;

use app::{integrations, views::BusinessProfileView};
use axum::{Json, extract::State};
use domain::integration::{BusinessProfileChange, Integration};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Api,
    caller::Authenticated,
    envelope::One,
    request::{Body, PathId},
    responses::{Failed, ProblemBody},
};

/// What is to be different: what is not given stays, what is empty is taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "about": "Kopi enak tiap hari", "websites": ["https://kopikita.example"] }))]
pub(crate) struct BusinessProfileEdit {
    /// The line below the name: 1 to 139 characters.
    #[schema(min_length = 1, max_length = 139)]
    about: Option<String>,
    /// Where it is.
    #[schema(max_length = 256)]
    address: Option<String>,
    /// What it does.
    #[schema(max_length = 512)]
    description: Option<String>,
    /// Where one writes to.
    #[schema(max_length = 128)]
    email: Option<String>,
    /// Up to 2 addresses of up to 256 characters.
    #[schema(max_items = 2)]
    websites: Option<Vec<String>>,
    /// The trade, by WhatsApp's word: `RESTAURANT`, `RETAIL`.
    #[schema(pattern = "^[A-Z_]*$")]
    vertical: Option<String>,
}

/// Shows what customers see when they open the business's profile, as the provider has it now.
#[utoipa::path(
    get,
    path = "/v1/integrations/{id}/business_profile",
    params(("id" = String, Path, description = "The integration's id.")),
    responses(
        (status = 200, body = One<BusinessProfileView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show_business_profile(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
) -> Result<Json<One<BusinessProfileView>>, Failed> {
    let (table, connector) = (&api.table, &api.connector);
    let profile = integrations::show_business_profile(table, connector, &caller, id, &ctx).await?;
    Ok(Json(One::new(BusinessProfileView::new(profile))))
}

/// Changes what customers see when they open the business's profile. Needs the role `admin`.
///
/// 502 `outcome_unknown` says that it may have been changed: read it again.
#[utoipa::path(
    put,
    path = "/v1/integrations/{id}/business_profile",
    params(("id" = String, Path, description = "The integration's id.")),
    request_body = BusinessProfileEdit,
    responses(
        (status = 200, body = One<BusinessProfileView>),
        (status = "default", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn change_business_profile(
    State(api): State<Arc<Api>>,
    Authenticated { caller, ctx }: Authenticated,
    PathId(id): PathId<Integration>,
    Body(body): Body<BusinessProfileEdit>,
) -> Result<Json<One<BusinessProfileView>>, Failed> {
    let BusinessProfileEdit { about, address, description, email, websites, vertical } = body;
    let change = BusinessProfileChange { about, address, description, email, websites, vertical };
    let (table, connector) = (&api.table, &api.connector);
    let changed =
        integrations::change_business_profile(table, connector, &caller, id, &change, &ctx).await?;
    Ok(Json(One::new(BusinessProfileView::new(changed))))
}
