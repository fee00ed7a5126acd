//! The request that sends a message ([`body`]), and what its answer means ([`answer`]).

mod answer;
mod body;
mod interactive;
mod template;
#[cfg(test)]
mod tests;

use http::{
    HeaderValue, Method, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};

pub use answer::answer;
use body::body;

use crate::OutboundMessage;

/// The channel's configuration, or what is to be sent, does not make a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// The base address or the phone number id does not make an address.
    #[error("the base address or the phone number id is not usable in an address")]
    Address,
    /// The token has characters that no header takes.
    #[error("the channel token is not usable in a header")]
    Token,
    /// There is no link to a file of the message.
    #[error("a file of the message is not stored")]
    File,
    /// Only customers send messages of this type.
    #[error("this type of message can't be sent")]
    Type,
}

/// `POST {base_url}/{phone_number_id}/messages`, with the Graph version as part of `base_url`
/// (`https://graph.facebook.com/v24.0`).
pub fn request(
    base_url: &str,
    phone_number_id: &str,
    token: &str,
    message: &OutboundMessage<'_>,
) -> Result<Request<Vec<u8>>, Unsendable> {
    check_in_place(phone_number_id)?;
    Request::builder()
        .method(Method::POST)
        .uri(format!("{}/{phone_number_id}/messages", base_url.trim_end_matches('/')))
        .header(AUTHORIZATION, bearer(token)?)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .body(body(message)?.to_string().into_bytes())
        .map_err(|_| Unsendable::Address)
}

/// An id becomes part of a path under our token, so it must not be able to leave its place.
pub(super) fn check_in_place(id: &str) -> Result<(), Unsendable> {
    let in_place = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if id.is_empty() || !id.bytes().all(in_place) {
        return Err(Unsendable::Address);
    }
    Ok(())
}

/// The `Authorization` header, marked sensitive, so that printing a request doesn't print the
/// token.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, Unsendable> {
    let mut bearer =
        HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| Unsendable::Token)?;
    bearer.set_sensitive(true);
    Ok(bearer)
}
