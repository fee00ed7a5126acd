//! Requests from API Gateway.
//!
//! An HTTP API hands over the path decoded and the query as it was sent, and `lambda_http` panics at
//! what is no path or query then, such as one with a space: an invocation that fails, and an alarm, by
//! whoever asks for `/%20`. So what can't stand there is encoded again before it gets there.

use std::fmt::Debug;

use lambda_http::{
    Adapter, Error, IntoResponse, LambdaEvent, Request, Service,
    lambda_runtime::{self, Diagnostic, service_fn},
    request::LambdaRequest,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a path can't contain as it is; non-ASCII is encoded besides.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The same of a query.
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Serves requests for as long as the process lives.
pub async fn run<'a, R, S, E>(service: S) -> Result<(), Error>
where
    S: Service<Request, Response = R, Error = E>,
    S::Future: Send + 'a,
    R: IntoResponse,
    E: Debug + Into<Diagnostic>,
{
    let mut adapter = Adapter::from(service);
    let serve = |LambdaEvent { payload, context }: LambdaEvent<LambdaRequest>| {
        adapter.call(LambdaEvent { payload: readable(payload), context })
    };
    lambda_runtime::run(service_fn(serve)).await
}

/// The request as `lambda_http` can read it.
pub fn readable(mut request: LambdaRequest) -> LambdaRequest {
    if let LambdaRequest::ApiGatewayV2(event) = &mut request {
        event.raw_path = event.raw_path.as_deref().map(encoded);
        let query = event.raw_query_string.as_deref();
        event.raw_query_string =
            query.map(|query| utf8_percent_encode(query, NOT_IN_A_QUERY).to_string());
    }
    request
}

fn encoded(path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path);
    format!("/{}", utf8_percent_encode(path, NOT_IN_A_PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_path_is_one_again_and_what_is_one_stays() {
        for (handed_over, path) in [
            ("/v1/rooms", "/v1/rooms"),
            ("/v1/rooms/a b", "/v1/rooms/a%20b"),
            ("/v1/tags/é\"?#", "/v1/tags/%C3%A9%22%3F%23"),
            ("/already%20so", "/already%20so"),
            ("", "/"),
        ] {
            assert_eq!(encoded(handed_over), path);
        }
    }
}
