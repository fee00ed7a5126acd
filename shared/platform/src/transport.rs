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

/// A file, when it has come.
pub type Fetching<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, FetchError>> + Send + 'a>>;

/// Why there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is longer than it may be; reading stopped there.
    #[error("the answer is too large")]
    TooLarge,
    /// There is no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
}

/// Carries a request to a provider. Redirects are answers like any other: nobody follows them
/// with our token.
pub trait Transport: Send + Sync {
    /// Sends the request and waits for its answer at most this long.
    fn send(&self, request: http::Request<Vec<u8>>, limit: Duration) -> Answering<'_>;

    /// The same for a file of at most `most` bytes: no more than that is ever held.
    fn fetch(&self, request: http::Request<Vec<u8>>, limit: Duration, most: usize) -> Fetching<'_>;
}

#[cfg(feature = "http")]
pub use real::Https;

#[cfg(feature = "http")]
mod real {
    use std::time::Duration;

    use bytes::Bytes;
    use http_body_util::{BodyExt, Full};
    use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
    use hyper_util::{
        client::legacy::{Client, connect::HttpConnector},
        rt::TokioExecutor,
    };

    use super::{Answering, FetchError, Fetching, Transport, TransportError};

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

        async fn exchange(
            &self,
            request: http::Request<Vec<u8>>,
            most: usize,
        ) -> Result<http::Response<Vec<u8>>, FetchError> {
            let request = request.map(|body| Full::new(Bytes::from(body)));
            let response = self.client.request(request).await.map_err(|error| {
                if error.is_connect() { TransportError::NotSent } else { TransportError::NoAnswer }
            })?;
            let (parts, mut body) = response.into_parts();
            let length = parts.headers.get(http::header::CONTENT_LENGTH);
            let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
            if length.is_some_and(|length| length > most) {
                return Err(FetchError::TooLarge);
            }
            // In one piece from the start: growing would hold a large file twice.
            let mut bytes = Vec::with_capacity(length.unwrap_or(0));
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|_| TransportError::NoAnswer)?;
                let Ok(data) = frame.into_data() else { continue };
                if bytes.len() + data.len() > most {
                    return Err(FetchError::TooLarge);
                }
                bytes.extend_from_slice(&data);
            }
            Ok(http::Response::from_parts(parts, bytes))
        }
    }

    impl Transport for Https {
        fn send(&self, request: http::Request<Vec<u8>>, limit: Duration) -> Answering<'_> {
            Box::pin(async move {
                match self.fetch(request, limit, ANSWER_LIMIT).await {
                    Ok(response) => Ok(response),
                    Err(FetchError::TooLarge) => Err(TransportError::NoAnswer),
                    Err(FetchError::Transport(error)) => Err(error),
                }
            })
        }

        fn fetch(
            &self,
            request: http::Request<Vec<u8>>,
            limit: Duration,
            most: usize,
        ) -> Fetching<'_> {
            Box::pin(async move {
                let exchange = tokio::time::timeout(limit, self.exchange(request, most));
                exchange.await.unwrap_or(Err(TransportError::NoAnswer.into()))
            })
        }
    }
}
