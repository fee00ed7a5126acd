//! Flows and simulation over the wire seam: one binary, one module per story.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that breaks off has failed"
)]

mod agents;
mod architecture;
mod bad_input;
mod contacts;
mod conversation;
mod deliveries;
mod desk;
mod foreign_ids;
mod founding;
mod fuzzing;
mod identities;
mod integrations;
mod keys;
mod live;
mod media;
mod members;
mod message_types;
mod permissions;
mod qontak;
mod retention;
mod rights;
mod rooms;
mod samples;
mod sending;
mod signing_in;
mod simulation;
mod spending;
mod sweep;
mod tenants;
mod watch;
mod watching;
