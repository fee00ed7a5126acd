//! The gate before every operation: who calls, may they, and how often.
//!
//! It stands before all routes at once, so that no handler can forget it. What an operation needs
//! is one line of `domain::permission`; one without a line is refused to everybody.

use std::{collections::BTreeSet, sync::Arc};

use app::authenticate::{Allowance, Credentials};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Id,
    integration::Organization,
    permission::{self, Needs},
};
use platform::{
    problem::Problem,
    trace::{self, traced},
};

use crate::{
    Api,
    caller::{Authenticated, Invited},
    responses::Failed,
};

/// The gate, and which operations there are behind it.
#[derive(Clone)]
pub(crate) struct Gate {
    api: Arc<Api>,
    operations: Arc<BTreeSet<(String, String)>>,
}

impl Gate {
    /// Before the operations of this document.
    pub(crate) fn new(api: Arc<Api>, document: &utoipa::openapi::OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        let operations = paths.flat_map(|(path, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            let there = methods.into_iter().filter(|(_, is_there)| *is_there);
            there.map(|(method, _)| (method.to_owned(), path.clone())).collect::<Vec<_>>()
        });
        Self { api, operations: Arc::new(operations.collect()) }
    }
}

/// What who may not is told.
pub(crate) fn forbidden() -> Problem {
    Problem::new(403, "forbidden", "Your role or your key does not allow this.")
}

/// Lets a request through, or answers it.
pub(crate) async fn pass(
    State(gate): State<Gate>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let trace = trace::of_request(request.extensions());
    let method = request.method().clone();
    traced(trace.as_deref(), async {
        let response = gate.pass(&path, request, next).await;
        let organization = response.extensions().get::<Id<Organization>>().map(Id::to_string);
        let (path, status) = (path.as_str(), response.status().as_u16());
        tracing::info!(%method, path, status, organization, "answered");
        response
    })
    .await
}

impl Gate {
    async fn pass(&self, path: &MatchedPath, request: Request, next: Next) -> Response {
        // What answers GET answers HEAD.
        let method = match request.method() {
            method if *method == Method::HEAD => "GET".to_owned(),
            method => method.to_string(),
        };
        if !self.operations.contains(&(method.clone(), path.as_str().to_owned())) {
            // The path with another method: the router says so.
            return next.run(request).await;
        }
        match permission::find(&method, path.as_str()) {
            None => Failed(forbidden()).into_response(),
            Some(operation) if operation.needs == Needs::Nothing => next.run(request).await,
            Some(operation) => self.prove(operation, request, next).await,
        }
    }
    async fn prove(
        &self,
        operation: &permission::Operation,
        mut request: Request,
        next: Next,
    ) -> Response {
        let ctx = self.api.source.ctx();
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let credentials = Credentials {
            method: request.method().as_str(),
            target,
            authorization: text(request.headers(), "authorization"),
            date: text(request.headers(), "date"),
            organization: text(request.headers(), "x-organization-id"),
        };
        if operation.needs == Needs::Person {
            match self.api.authenticator.person(credentials, &ctx).await {
                Ok(Some(invitee)) => {
                    request.extensions_mut().insert(Invited { invitee, ctx });
                    return next.run(request).await;
                }
                // A key: it passes, or not, as everywhere.
                Ok(None) => {}
                Err(problem) => return Failed(problem).into_response(),
            }
        }
        let proved = match self.api.authenticator.authenticate(credentials, &ctx).await {
            Ok(proved) => proved,
            Err(problem) => return Failed(problem).into_response(),
        };
        let allowance = match &proved.key {
            None => None,
            Some(key) => match self.api.allowances.spend(&self.api.table, key, &ctx).await {
                Ok(allowance) => allowance,
                Err((problem, allowance)) => {
                    return told(Failed(problem).into_response(), allowance);
                }
            },
        };
        let caller = proved.caller;
        if !operation.allows(caller.role, caller.scopes.as_deref()) {
            return told(Failed(forbidden()).into_response(), allowance);
        }
        if caller.ends_at.is_some() && operation.outlives_keys() {
            let detail = "A key that ends changes no members: they would outlive it.";
            let problem = Problem::new(403, "forbidden", detail);
            return told(Failed(problem).into_response(), allowance);
        }
        let organization = caller.organization_id;
        request.extensions_mut().insert(Authenticated { caller, ctx });
        let mut response = next.run(request).await;
        // For the log's line.
        response.extensions_mut().insert(organization);
        told(response, allowance)
    }
}

/// A header's text; one that is given twice is none.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none());
    value.and_then(|value| value.to_str().ok())
}

/// An answer with what it leaves of the key's limit, under Qontak's names.
fn told(mut response: Response, allowance: Option<Allowance>) -> Response {
    if let Some(Allowance { limit, remaining, reset }) = allowance {
        for (name, value) in [
            ("x-ratelimit-limit", i64::from(limit)),
            ("x-ratelimit-remaining", i64::from(remaining)),
            ("x-ratelimit-reset", reset),
        ] {
            response.headers_mut().insert(name, HeaderValue::from(value));
        }
    }
    response
}
