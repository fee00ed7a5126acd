//! Live updates: clients hear what happens to the rooms that they may see.
//!
//! A client asks for a ticket, opens a socket with it, takes a cursor from `GET /v1/events`, then
//! reads what it wants to show. From there on [events](LiveEvent) keep that true: they come
//! through the socket at once, and through `GET /v1/events?after=` for whoever was away. An event
//! carries the whole thing with its version, so applying it is the same however often, and in
//! whatever order, events come: a newer version replaces an older one. A message, and what was
//! said about it, are two things: nothing that reacts to it, edits or deletes it knows where it
//! lies.
//!
//! The socket promises nothing: a frame is tried once. The journal promises everything for a
//! day: relay writes it before it goes on in the stream. So a client catches up when its socket
//! was closed, and once a minute besides.

mod catch_up;
mod close_socket;
mod close_sockets;
mod digest;
mod entry;
mod event;
mod hear_client;
mod issue_ticket;
mod list_presence;
mod news;
mod open_socket;
mod pack;
#[cfg(feature = "push")]
mod push_news;
mod write_journal;

pub use catch_up::{CatchUp, Place, catch_up};
pub use close_socket::close_socket;
pub use close_sockets::close_sockets;
pub use digest::{Digest, digest};
pub use event::{EventKind, LiveData, LiveEvent};
pub use hear_client::hear_client;
pub use issue_ticket::{IssuedTicket, issue_ticket};
pub use list_presence::list_presence;
pub use open_socket::open_socket;
#[cfg(feature = "push")]
pub use push_news::Pusher;
pub use write_journal::write_journal;
