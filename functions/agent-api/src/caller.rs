//! The caller of an operation, as the gate proved them.

use std::sync::Arc;

use app::authenticate::Caller;
use axum::{extract::FromRequestParts, http::request::Parts};
use platform::Ctx;

use crate::{Api, gate, responses::Failed};

/// An authenticated caller and the context of their request.
#[derive(Clone)]
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) ctx: Ctx,
}

impl FromRequestParts<Arc<Api>> for Authenticated {
    type Rejection = Failed;

    /// Nobody who did not pass the gate is anybody.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<Api>) -> Result<Self, Failed> {
        let proved = parts.extensions.get::<Self>().cloned();
        proved.ok_or_else(|| Failed(gate::forbidden()))
    }
}
