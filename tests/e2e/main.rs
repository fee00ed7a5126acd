//! The deployed stack: the real template, real binaries, real HTTP, the channel simulator.
//!
//! Run by `cargo dev test`, which starts a stack of its own and says where it is. The stories
//! share that stack and run beside each other, so each has customers and members of its own
//! (`stack::customer`, `people::hired`), and one that turns faults on runs alone (`stack::alone`).

mod auto_resolve;
mod browser;
mod contacts;
mod erasing;
mod files;
mod integrations;
mod keys;
mod killing;
mod live;
mod media;
mod operations;
mod people;
mod phone;
mod qontak;
mod redrive;
mod rooms;
mod samples;
mod sign_in;
mod stack;
mod story;
mod sweep;
mod types;
