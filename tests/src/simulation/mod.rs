//! The simulation: days of a company's life from one seed, with everything that goes wrong.
//!
//! Customers write all that the channel carries; agents answer, also by the phone's app, upload files,
//! take over, hand over, tag, note, read and resolve, edit, merge, block, export and erase contacts, sign
//! in and out; programs talk by Qontak's paths; accounts are taken out and come back. Meanwhile calls are
//! throttled, their answers lost, processes die around every call, the provider is slow, silent, repeats
//! and reorders itself. Then the faults end, everything that is under way arrives, and the checks ask
//! whether anything was lost, doubled, hidden, or billed wrongly. All of it runs on one thread in
//! virtual time, so a seed that fails replays to the letter.

mod account_work;
mod actors;
mod bot_work;
mod chaos;
mod checks;
mod clients;
mod contact_work;
mod credentials;
mod customers;
mod desk_work;
mod erased;
mod file_work;
mod holdings_work;
mod keys;
mod leftovers;
mod mappings;
mod people;
mod phone;
mod sockets;
mod ticks;

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use serde_json::Value;

use crate::{World, process::Process};
use actors::Books;
use chaos::Chaos;
use clients::Follower;

/// What a seed's run was like.
#[derive(Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// Every call and every action, in virtual time.
    pub trace: Vec<String>,
    /// What was found wrong; empty if all is well.
    pub wrong: Vec<String>,
    /// All rows at the end, where something was found wrong.
    pub rows: Vec<Value>,
}

/// One seed's world, and what its actors remember of it.
pub(crate) struct Simulation {
    pub(crate) world: World,
    pub(crate) chaos: Chaos,
    pub(crate) books: RefCell<Books>,
    pub(crate) followers: Vec<Follower>,
    processes: RefCell<BTreeMap<String, Process>>,
}

/// How long a bout of activity may take to come to rest.
const REST: Duration = Duration::from_secs(20 * 60);

/// Runs a seed. On paused time.
pub async fn run(seed: u64) -> anyhow::Result<Report> {
    let mut world = World::seeded(seed).await?;
    world.add_company("Toko Sebelah", "206540352242922").await?;
    desk_work::employ(&world).await?;
    credentials::seat(&world).await?;
    // They follow the first company: nothing of the other one may reach them.
    let company = &world.companies[0];
    let agent = (desk_work::key_of("tono", company), desk_work::member("tono", company));
    let followers = Follower::of(company, 0, agent).into();
    let chaos = Chaos::new(seed, &world);
    let (books, processes) = (RefCell::default(), RefCell::default());
    let simulation = Simulation { world, chaos, books, followers, processes };
    simulation.turn_auto_resolve_on().await?;
    simulation.connect_accounts().await?;
    simulation.fetch_templates().await?;
    for _ in 0..simulation.chaos.between(2, 4) {
        simulation.bout().await?;
        // Minutes, hours, or more than a day: windows close and sessions end.
        let gap = simulation.chaos.pick(&[90, 3 * 3600, 23 * 3600, 26 * 3600]);
        simulation.ticks_for(Duration::from_secs(gap)).await?;
    }
    simulation.chaos.end(&simulation.world);
    simulation.world.companies.iter().for_each(|company| company.graph().clear());
    simulation.finish_accounts().await?;
    simulation.world.settle(REST).await?;
    simulation.finish_linking().await?;
    simulation.ticks_for(Duration::from_secs(180)).await?;
    simulation.finish_erasures().await?;
    simulation.finish_contact_work().await?;
    simulation.world.settle(REST).await?;
    let mut wrong = checks::all(&simulation)?;
    wrong.extend(simulation.misled().await?);
    let trace = simulation.world.wire.services().calls.clone();
    let is_well = wrong.is_empty();
    let rows =
        if is_well { Vec::new() } else { simulation.world.wire.services().dynamodb.rows()? };
    Ok(Report { seed, trace, wrong, rows })
}

impl Simulation {
    /// Some minutes in which everyone does something, and what follows from it.
    async fn bout(&self) -> anyhow::Result<()> {
        self.chaos.begin_bout(&self.world);
        let actors = async {
            let customers = self.customers();
            let agents = self.agents();
            let carriers = self.carriers();
            let (clients, phone) = (self.clients(), self.phone());
            let (credentials, bots, accounts) = (self.credentials(), self.bots(), self.accounts());
            futures_util::try_join!(
                customers,
                agents,
                carriers,
                clients,
                phone,
                credentials,
                bots,
                accounts
            )
            .map(drop)
        };
        let mappings = async { futures_util::try_join!(self.mappings(), self.ticks()).map(drop) };
        tokio::pin!(actors, mappings);
        tokio::select! {
            biased;
            acted = &mut actors => acted?,
            never = &mut mappings => never?,
        }
        // The actors have had enough; what they caused runs on beside the faults.
        let _ = tokio::time::timeout(Duration::from_secs(120), mappings).await;
        Ok(())
    }

    /// The process of this name: the one that is warm, or a new one if that has died.
    pub(crate) fn process(&self, name: &str) -> Process {
        let mut processes = self.processes.borrow_mut();
        let is_warm = |process: &Process| !process.line.is_dead.load(Ordering::Relaxed);
        match processes.get(name) {
            Some(process) if is_warm(process) => process.clone(),
            _ => {
                let process = self.world.start_process(name);
                processes.insert(name.to_owned(), process.clone());
                process
            }
        }
    }

    pub(crate) fn note(&self, line: String) {
        let now = self.world.clock.now_ms();
        self.world.wire.services().calls.push(format!("{now} {line}"));
    }
}

/// Runs seeds on all cores and returns the reports of those that failed.
pub fn run_all(
    seeds: std::ops::Range<u64>,
    progress: impl Fn(u64) + Sync,
) -> anyhow::Result<Vec<Report>> {
    let next = AtomicU64::new(seeds.start);
    let failed = Mutex::new(Vec::new());
    let worker = || -> anyhow::Result<()> {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return Ok(());
            }
            let report =
                crate::virtual_time(|| run(seed)).with_context(|| format!("seed {seed}"))?;
            if !report.wrong.is_empty() {
                failed.lock().unwrap_or_else(PoisonError::into_inner).push(report);
            }
            progress(seed + 1 - seeds.start);
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a seed panicked")))
        })
    })?;
    Ok(failed.into_inner().unwrap_or_else(PoisonError::into_inner))
}
