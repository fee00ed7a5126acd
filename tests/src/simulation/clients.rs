//! Clients that follow what happens: some through sockets that lose frames, all from the journal.
//!
//! Each takes a snapshot at some moment and from then on only applies events. When everything
//! has come to rest, it must show what a client shows that reads everything anew.

use std::cell::RefCell;

use serde_json::Value;

use super::Simulation;
use crate::{
    aws::apigateway::Taking,
    client::{Ask, Client, everything},
    company::Company,
    requests::ApiRequest,
};

/// A client of the simulation.
pub(crate) struct Follower {
    name: &'static str,
    company: usize,
    key: String,
    /// The agent that it is for; without one it shows everything.
    agent: Option<String>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    client: Client,
    socket: Option<String>,
}

/// The client's way to the API, through processes that die.
struct Way<'a> {
    simulation: &'a Simulation,
    follower: &'a Follower,
}

impl Ask for Way<'_> {
    async fn ask(&self, request: ApiRequest) -> anyhow::Result<Option<(u16, Value)>> {
        let company = &self.simulation.world.companies[self.follower.company];
        let who = self.follower.name;
        let asked = self.simulation.ask_as(who, company, &self.follower.key, request).await?;
        Ok(asked.map(|answered| (answered.status, answered.json)))
    }
}

impl Follower {
    /// The clients of a company: one that sees all, and one of an agent.
    pub(crate) fn of(company: &Company, index: usize, agent: (String, String)) -> [Self; 2] {
        let (key, id) = agent;
        let follower = |name, key, agent: Option<String>| {
            let state = State { client: Client::of(agent.clone()), socket: None };
            Self { name, company: index, key, agent, state: RefCell::new(state) }
        };
        [follower("all", company.setup.api_key.clone(), None), follower("own", key, Some(id))]
    }
}

impl Simulation {
    /// Clients follow, each in its own way.
    pub(super) async fn clients(&self) -> anyhow::Result<()> {
        let clients = self.followers.iter().map(|follower| self.follow(follower));
        futures_util::future::try_join_all(clients).await.map(drop)
    }

    async fn follow(&self, follower: &Follower) -> anyhow::Result<()> {
        let way = Way { simulation: self, follower };
        for _ in 0..self.chaos.between(2, 6) {
            self.chaos.pause(200, 10_000).await;
            // No two tasks follow for the same client.
            let mut state = follower.state.take();
            let begun = state.client.begun();
            match self.chaos.between(0, 9) {
                _ if begun == 0 => drop(state.client.begin(&way).await?),
                0..=3 => drop(state.client.catch_up(&way).await?),
                4 | 5 => self.open(follower, &mut state).await?,
                6 => self.lose(&mut state),
                _ => {
                    self.hear(&mut state);
                    state.client.load_unknown(&way).await?;
                }
            }
            if let Some(socket) = state.socket.as_ref().filter(|_| state.client.begun() > begun) {
                self.world.heard(socket);
            }
            follower.state.replace(state);
        }
        Ok(())
    }

    /// Opens a socket, if there is a ticket and the process lives.
    async fn open(&self, follower: &Follower, state: &mut State) -> anyhow::Result<()> {
        let way = Way { simulation: self, follower };
        let asked = way.ask(ApiRequest::new("POST", "/v1/live/tickets")).await?;
        let Some((201, issued)) = asked else { return Ok(()) };
        let ticket = issued["data"]["ticket"].as_str().unwrap_or_default();
        let connection = format!("socket-{}", &ticket[..12]);
        let process = self.process(&format!("{}/live", follower.name));
        if self.world.connect(&process, &connection, ticket).await? == Some(200) {
            let taking = self.chaos.pick(&[
                Taking::Frames,
                Taking::Frames,
                Taking::After(5_000),
                Taking::Nothing,
            ]);
            self.world.set_taking(&connection, taking);
            state.socket = Some(connection);
        }
        Ok(())
    }

    /// The socket breaks; its frames are lost.
    fn lose(&self, state: &mut State) {
        if let Some(socket) = state.socket.take() {
            self.world.cut(&socket);
        }
    }

    /// Applies what the socket brought: some of it lost, some twice, in any order.
    fn hear(&self, state: &mut State) {
        let Some(socket) = &state.socket else { return };
        let mut events = self.world.heard(socket);
        while !events.is_empty() && state.client.begun() > 0 {
            let last = u64::try_from(events.len()).unwrap_or(1) - 1;
            let pick = usize::try_from(self.chaos.between(0, last)).unwrap_or(0);
            let event = events.swap_remove(pick);
            if self.chaos.chance(80) {
                state.client.apply(&event);
            }
            if self.chaos.chance(10) {
                events.push(event);
            }
        }
    }

    /// What clients show that differs from what is true.
    pub(super) async fn misled(&self) -> anyhow::Result<Vec<String>> {
        let mut wrong = Vec::new();
        for follower in &self.followers {
            let way = Way { simulation: self, follower };
            let mut state = follower.state.take();
            let is_current = state.client.catch_up(&way).await?;
            let Some(truth) = everything(&way, follower.agent.as_deref()).await? else {
                wrong.push("nobody tells what is true".into());
                continue;
            };
            let shown = state.client.shown();
            if !is_current || shown != truth {
                let name = (follower.name, follower.company);
                wrong.push(format!("client {name:?} shows {}", difference(&shown, &truth)));
            }
        }
        Ok(wrong)
    }
}

fn difference(shown: &crate::client::Shown, truth: &crate::client::Shown) -> String {
    let pairs = [
        (&shown.rooms, &truth.rooms),
        (&shown.messages, &truth.messages),
        (&shown.notes, &truth.notes),
    ];
    let mut differs = Vec::new();
    for (shown, truth) in pairs {
        for id in shown.keys().chain(truth.keys()) {
            if shown.get(id) != truth.get(id) {
                let json = |thing: Option<&Value>| thing.map(Value::to_string).unwrap_or_default();
                let (shown, truth) = (json(shown.get(id)), json(truth.get(id)));
                differs.push(format!("{shown} where {truth} is true"));
            }
        }
    }
    differs.join("; ")
}
