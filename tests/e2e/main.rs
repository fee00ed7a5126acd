//! The deployed stack: the real template, real binaries, real HTTP, the channel simulator.
//!
//! Run by `cargo dev test`, which starts a stack of its own and says where it is. The stories
//! share that stack, so each has customers of its own, and one that turns faults on runs alone.

mod browser;
mod contacts;
mod killing;
mod media;
mod phone;
mod rooms;
mod sign_in;
mod stack;
mod story;
mod types;
