//! HTTP to the providers: one way out, which tests replace and the simulation drives.
//!
//! The only thing a sender must know of a failed call is whether the request can have reached
//! the other side. [`TransportError`] says just that.

use std::{future::Future, pin::Pin, time::Duration};

/// The answer, when it comes.
pub type Answering<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, TransportError>> + Send + 'a>>;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection: the request never left.
    #[error("could not connect")]
    NotSent,
    /// The request left, and no answer came in time: it may have been served.
    #[error("no answer came")]
    NoAnswer,
}

/// Carries a request to a provider.
pub trait Transport: Send + Sync {
    /// Sends the request and waits for its answer at most this long.
    fn send(&self, request: http::Request<Vec<u8>>, limit: Duration) -> Answering<'_>;
}

#[cfg(feature = "http")]
pub use real::Https;

#[cfg(feature = "http")]
mod real {
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::{BodyExt, Full, Limited};
    use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
    use hyper_util::{
        client::legacy::{Client, connect::HttpConnector},
        rt::TokioExecutor,
    };

    use super::{Answering, Transport, TransportError};

    /// No provider's answer to a sending comes near this.
    const ANSWER_LIMIT: usize = 1 << 20;

    /// HTTPS over the network, HTTP to a simulator; connections are kept.
    #[derive(Debug, Clone)]
    pub struct Https {
        client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    }

    impl Https {
        /// A client that trusts the machine's certificate authorities.
        pub fn new() -> std::io::Result<Self> {
            let connector =
                HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_http1();
            let client = Client::builder(TokioExecutor::new()).build(connector.build());
            Ok(Self { client })
        }
    }

    impl Transport for Https {
        fn send(&self, request: http::Request<Vec<u8>>, limit: Duration) -> Answering<'_> {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            Box::pin(async move {
                let exchange = async {
                    let response = self.client.request(request).await.map_err(|error| {
                        if error.is_connect() {
                            TransportError::NotSent
                        } else {
                            TransportError::NoAnswer
                        }
                    })?;
                    let (parts, body) = response.into_parts();
                    let body = Limited::new(body, ANSWER_LIMIT)
                        .collect()
                        .await
                        .map_err(|_| TransportError::NoAnswer)?;
                    Ok(http::Response::from_parts(parts, body.to_bytes().to_vec()))
                };
                tokio::time::timeout(limit, exchange).await.unwrap_or(Err(TransportError::NoAnswer))
            })
        }
    }
}
