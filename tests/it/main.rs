//! Flows and simulation over the wire seam: one binary, one module per story.

mod agents;
mod architecture;
mod bad_input;
mod conversation;
mod deliveries;
mod desk;
mod sending;
mod simulation;
mod spending;
mod tenants;
