//! Deliveries in and meanings out: the samples, the odd cases, and what holds for all of them.

mod decode;
mod properties;
mod samples;
mod split;
