//! The channel simulator: the provider's double of the tests, served over HTTP, with a customer's
//! phone beside it.
//!
//! The rules of the provider (what it accepts, what it reports, how it misbehaves) are all in
//! `world::graph` and none are here. This module only carries: it gives the double a clock, waits
//! where the double says a response is late, and posts signed webhooks and their redeliveries.
//!
//! What was sent and written lives in memory and is gone with the process, and so are webhooks that
//! were still owed. Only a number of starts is kept on disk, so that a message id is never used
//! twice: the inbox, which does survive, would take a reused id for a duplicate.
//!
//! Paths, relative to where the router is mounted: `GET /` and its assets (the page), `GET /phone`
//! (what it shows), `GET` and `POST /messages`, `POST /echoes`, `POST /customers` and below, `/media`,
//! `GET`, `PUT` and `DELETE /faults`, and `ANY /graph/{version}/...` for the provider's API.

mod carrier;
mod clock;
mod customers;
mod faults;
mod graph_api;
mod guard;
mod media;
mod messages;
mod page;
mod phone;
mod starts;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{any, get, post};
use http::Uri;
use tokio::sync::Notify;
use world::graph::{Graph, GraphConfig, Person, Reading};

/// The largest file that a message may have, and room for what surrounds it.
const MAX_BODY: usize = 101 << 20;

/// Whom the simulator plays, and where it delivers.
#[derive(Debug, Clone)]
pub(crate) struct SimulatorConfig {
    /// Where webhooks are posted: a plain `http://` URL.
    pub(crate) webhook_url: String,
    /// The secret of the provider's app, which signs webhooks.
    pub(crate) app_secret: String,
    /// Id of the business number: digits.
    pub(crate) phone_number_id: String,
    /// The business number as people see it: digits.
    pub(crate) display_phone_number: String,
    /// Id of the WhatsApp Business Account.
    pub(crate) waba_id: String,
    /// The only bearer token that sends are accepted with.
    pub(crate) access_token: String,
    /// A file of the simulator's own, made when missing. It holds how often it was started.
    pub(crate) state_path: PathBuf,
}

/// What every request and the carrier share.
struct Simulator {
    graph: Mutex<Graph>,
    /// Rung when a webhook was scheduled, so that the carrier looks at its timetable again.
    scheduled: Notify,
    client: carrier::HttpClient,
    webhook: Uri,
    app_secret: String,
    display_phone_number: String,
    people: Mutex<Vec<Person>>,
}

impl Simulator {
    /// The provider. A panic while it was held leaves its data whole, so it stays usable.
    fn graph(&self) -> MutexGuard<'_, Graph> {
        self.graph.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody who has a chat.
    fn people(&self) -> Vec<Person> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Gives somebody a chat, or what is known of them now.
    fn remember(&self, person: &Person) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        match people.iter_mut().find(|other| other.key() == person.key()) {
            Some(known) => known.clone_from(person),
            None => people.push(person.clone()),
        }
    }
}

/// The simulator's routes. Its carrier runs in the background for as long as the runtime does, so
/// this must be called inside one, and once per simulator.
///
/// # Errors
///
/// If the webhook's URL is not a plain HTTP one, or the state file cannot be read or written.
pub(crate) fn router(config: SimulatorConfig) -> anyhow::Result<Router> {
    let webhook: Uri = config
        .webhook_url
        .parse()
        .with_context(|| format!("the webhook URL {:?} is not a URL", config.webhook_url))?;
    anyhow::ensure!(
        webhook.scheme_str() == Some("http") && webhook.host().is_some(),
        "the simulator posts webhooks over plain HTTP, not to {webhook}"
    );
    let starts = starts::count(&config.state_path)?;
    let mut graph = Graph::starting_at(
        GraphConfig {
            phone_number_id: config.phone_number_id,
            display_phone_number: config.display_phone_number.clone(),
            waba_id: config.waba_id,
            access_token: config.access_token,
            app_secret: config.app_secret.clone(),
        },
        starts::first_id(starts),
    );
    let people = customers::first_people();
    for person in &people {
        graph.set_reading(person.key(), Reading::WhenOpened);
    }
    let simulator = Arc::new(Simulator {
        graph: Mutex::new(graph),
        scheduled: Notify::new(),
        client: carrier::http_client(),
        webhook,
        app_secret: config.app_secret,
        display_phone_number: config.display_phone_number,
        people: Mutex::new(people),
    });
    tokio::spawn(carrier::run(Arc::clone(&simulator)));
    let local = Router::new()
        .route("/", get(page::show))
        .route("/{asset}", get(page::asset))
        .route("/phone", get(phone::show))
        .route("/messages", get(messages::list).post(messages::write))
        .route("/echoes", post(messages::echo))
        .route("/customers", post(customers::add))
        .route("/customers/read", post(customers::read))
        .route("/customers/play", post(customers::play))
        .route("/media", post(media::upload))
        .route("/media/{id}", get(media::show))
        .route("/faults", get(faults::list).put(faults::set).delete(faults::clear))
        .layer(middleware::from_fn(guard::local_only));
    Ok(Router::new()
        .route("/graph/{*path}", any(graph_api::handle))
        .merge(local)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(simulator))
}
