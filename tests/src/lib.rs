//! The test world: every function in one process, on real parts.
//!
//! What runs is the functions' own `handle`, the real AWS SDK and a real DynamoDB engine. What is
//! replaced is the SDK's HTTP client (`wire`): behind it answer dynoxide and small doubles of the
//! other services, and every call on it is metered and can be made to fail. The providers are
//! played by `graph`, the clock is tokio's paused one, randomness comes from a seed. So a story,
//! a price and a crash are all told through the same seam that production uses.

pub mod aws;
pub mod bench;
pub mod client;
pub mod clock;
pub mod company;
pub mod files;
pub mod fuzz;
pub mod graph;
mod heat;
pub mod meter;
pub mod metering;
pub mod process;
pub mod qontak;
pub mod requests;
mod rights;
pub mod simulation;
pub mod sockets;
pub mod wire;
pub mod world;

pub use world::World;

/// Debug builds keep every step of a request's way through the functions and the AWS SDK on the
/// stack at once: more than a thread's usual 2 MB.
const STACK: usize = 8 << 20;

/// Runs a world's work on a thread and a runtime of its own, whose time stands still until all
/// else waits.
pub fn virtual_time<F, W, T>(work: F) -> anyhow::Result<T>
where
    F: FnOnce() -> W + Send,
    W: Future<Output = anyhow::Result<T>>,
    T: Send,
{
    let run = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build()?.block_on(work())
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, run)?
            .join()
            .unwrap_or_else(|_| Err(anyhow::anyhow!("the world panicked")))
    })
}
