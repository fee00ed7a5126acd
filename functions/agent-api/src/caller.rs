//! The caller of an operation, from its `Authorization` header.

use std::sync::Arc;

use app::authenticate::{Caller, authenticate};
use axum::{extract::FromRequestParts, http::request::Parts};
use platform::Ctx;

use crate::{Api, responses::Failed};

/// An authenticated caller and the context of their request.
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) ctx: Ctx,
}

impl FromRequestParts<Arc<Api>> for Authenticated {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Failed> {
        let ctx = api.source.ctx();
        let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
        Ok(Self { caller: authenticate(&api.table, header, &ctx).await?, ctx })
    }
}
