//! The request that sends a message ([`body`]), and what its answer means ([`answer`]).

mod answer;
mod body;
mod interactive;
mod template;
#[cfg(test)]
mod tests;

use http::Request;

pub use answer::answer;
use body::body;

use super::graph::{self, Malformed};
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

impl From<Malformed> for Unsendable {
    fn from(malformed: Malformed) -> Self {
        match malformed {
            Malformed::Token => Self::Token,
            Malformed::Address => Self::Address,
        }
    }
}

/// `POST {base_url}/{phone_number_id}/messages`.
pub fn request(
    base_url: &str,
    phone_number_id: &str,
    token: &str,
    message: &OutboundMessage<'_>,
) -> Result<Request<Vec<u8>>, Unsendable> {
    let uri = graph::address(base_url, phone_number_id, "/messages")?;
    Ok(graph::post(&uri, token, &body(message)?)?)
}
