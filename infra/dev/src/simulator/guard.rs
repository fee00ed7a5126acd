//! Who may use the simulator: programs and pages on this machine, and no other site's page.
//!
//! It listens on loopback, but a browser reaches loopback for any page that asks. So what a page of
//! another site sends is refused by its `Origin` and `Sec-Fetch-Site`, and a name that somebody lets
//! point here (DNS rebinding) by its `Host`. No answer carries a CORS header. The provider's API has
//! a bearer token instead, and functions in containers call it by other names.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets a request through if it comes from here.
pub(super) async fn local_only(request: Request, next: Next) -> Response {
    match refusal(request.headers()) {
        None => next.run(request).await,
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
    }
}

fn refusal(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(header::HOST.as_str()).unwrap_or_default();
    if !is_local(host) {
        return Some("The simulator answers to localhost only.\n");
    }
    let origin = text(header::ORIGIN.as_str());
    if origin.is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Some("The simulator is not for pages of other sites.\n");
    }
    // A link from elsewhere may open the page: that is a navigation and changes nothing.
    let site = text("sec-fetch-site").unwrap_or("none");
    let opens = text("sec-fetch-mode") == Some("navigate");
    if !matches!(site, "none" | "same-origin") && !opens {
        return Some("The simulator is not for pages of other sites.\n");
    }
    None
}

fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        refusal(&headers).is_some()
    }

    #[test]
    fn programs_and_the_own_page_pass() {
        for host in ["localhost:9000", "127.0.0.1:9000", "[::1]:9000", "localhost", "[::1]"] {
            assert!(!refused(&[("host", host)]), "{host}");
        }
        assert!(!refused(&[
            ("host", "localhost:9000"),
            ("origin", "http://localhost:9000"),
            ("sec-fetch-site", "same-origin"),
        ]));
        let link = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(!refused(&[("host", "localhost:9000"), link[0], link[1]]));
    }

    #[test]
    fn other_names_and_other_sites_do_not() {
        for host in ["evil.example:9000", "localhost.evil.example", "192.168.0.2:9000", ""] {
            assert!(refused(&[("host", host)]), "{host}");
        }
        for origin in
            ["http://evil.example", "null", "http://localhost:3000", "https://localhost:9000"]
        {
            assert!(refused(&[("host", "localhost:9000"), ("origin", origin)]), "{origin}");
        }
        assert!(refused(&[("host", "localhost:9000"), ("sec-fetch-site", "cross-site")]));
        assert!(refused(&[("host", "localhost:9000"), ("sec-fetch-site", "same-site")]));
    }
}
