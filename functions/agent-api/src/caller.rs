//! The caller of an operation, as the gate proved them.

use std::sync::Arc;

use app::authenticate::{Caller, Invitee};
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

/// Who may have been invited, whichever organizations they belong to, and the context of their
/// request.
#[derive(Clone)]
pub(crate) struct Invited {
    pub(crate) invitee: Invitee,
    pub(crate) ctx: Ctx,
}

impl FromRequestParts<Arc<Api>> for Invited {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Failed> {
        if let Some(proved) = parts.extensions.get::<Self>() {
            return Ok(proved.clone());
        }
        let Authenticated { caller, ctx } = Authenticated::from_request_parts(parts, api).await?;
        Ok(Self { invitee: Invitee::Key { of: caller.organization_id }, ctx })
    }
}
