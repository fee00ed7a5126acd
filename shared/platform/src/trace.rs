//! The trace: one name for all that a request brought about, from its line in API Gateway's log to
//! the call to a provider some seconds later.
//!
//! It is API Gateway's id of the request, which its access log and the client's answer bear, too. A
//! message keeps it, and jobs carry it, so that each function can take it up again. Like a span it
//! surrounds the work instead of going through every signature: nothing may ever be decided by it.

use tracing::Instrument;

tokio::task_local! {
    static TRACE: String;
}

/// The longest that a trace can be; API Gateway's have 16 characters.
const LONGEST: usize = 64;

/// Does work under a trace: each line that it logs bears it. A name that can't be one is none.
pub async fn traced<T>(trace: Option<&str>, work: impl Future<Output = T>) -> T {
    let Some(trace) = trace.filter(|trace| is_trace(trace)) else { return work.await };
    // At this level it is there whatever the log is set to.
    let span = tracing::error_span!("work", trace);
    // Boxed: what is wrapped twice would otherwise lie on the stack twice.
    TRACE.scope(trace.to_owned(), Box::pin(work).instrument(span)).await
}

/// The trace of the work that is being done, if it has one.
pub fn current() -> Option<String> {
    TRACE.try_with(Clone::clone).ok()
}

/// API Gateway's id of a request.
#[cfg(feature = "lambda-http")]
pub fn of_request(extensions: &http::Extensions) -> Option<String> {
    match extensions.get::<lambda_http::request::RequestContext>()? {
        lambda_http::request::RequestContext::ApiGatewayV2(context) => context.request_id.clone(),
        _ => None,
    }
}

fn is_trace(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=+/.:".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_knows_its_trace_and_no_other() {
        assert_eq!(current(), None);
        let seen = traced(Some("JKJaXmPLvHcESHA="), async { current() }).await;
        assert_eq!(seen.as_deref(), Some("JKJaXmPLvHcESHA="));
        assert_eq!(current(), None);
    }

    #[tokio::test]
    async fn what_could_forge_a_line_of_the_log_is_no_trace() {
        for bad in ["", "a\nb", "a\"b", "a b", "é", &"a".repeat(65)] {
            assert_eq!(traced(Some(bad), async { current() }).await, None, "{bad:?}");
        }
    }
}
