//! Requests as API Gateway hands them to a function: payload format 2.0, bodies in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// A request to an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRequest {
    /// `GET`, `POST`, ...
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes.
    pub body: Vec<u8>,
    /// API Gateway's id of it.
    pub id: String,
    /// The network address that it comes from.
    pub source: String,
}

impl ApiRequest {
    /// A request without headers or body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            headers: Vec::new(),
            body: Vec::new(),
            id: "request".to_owned(),
            source: "127.0.0.1".to_owned(),
        }
    }

    /// The same under this id of API Gateway's.
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.to_owned();
        self
    }

    /// The same from this network address.
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.to_owned();
        self
    }

    /// The same with a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same with a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The event, as Lambda hands it over.
    pub fn event(&self) -> Value {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut headers: Map<String, Value> =
            self.headers.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        headers.insert("host".into(), json!("api.test"));
        if !self.body.is_empty() && !headers.contains_key("content-type") {
            headers.insert("content-type".into(), json!("application/json"));
        }
        // The gateway hands cookies over apart.
        let cookies = headers.remove("cookie");
        let cookies: Vec<_> = cookies.iter().filter_map(Value::as_str).collect();
        json!({
            "version": "2.0",
            "routeKey": format!("{} {path}", self.method),
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "cookies": cookies,
            "requestContext": {
                "accountId": "1", "apiId": "api", "domainName": "api.test",
                "domainPrefix": "api", "requestId": self.id, "routeKey": "$default",
                "stage": "$default", "time": "22/Nov/2026:00:00:00 +0000", "timeEpoch": 0,
                "http": {
                    "method": self.method, "path": path, "protocol": "HTTP/1.1",
                    "sourceIp": self.source, "userAgent": "world",
                },
            },
            "isBase64Encoded": true,
            "body": STANDARD.encode(&self.body),
        })
    }

    /// The request, as the function's handler takes it.
    pub fn lambda(&self) -> anyhow::Result<lambda_http::Request> {
        Ok(lambda_http::request::from_str(&self.event().to_string())?)
    }
}
