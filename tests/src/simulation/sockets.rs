//! The sockets of who signs in, and of a program: whose right has ended, hears nothing more.

use anyhow::Context;

use super::{Simulation, credentials::bearing};
use crate::{requests::ApiRequest, world::Answered};

/// For how long what was under way may still reach a socket whose right has ended.
const UNDER_WAY_MS: u64 = 15_000;

/// What a socket was opened with.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Right {
    Person,
    Key,
}

impl Simulation {
    /// Opens a socket.
    pub(super) async fn listen(&self, right: Right) -> anyhow::Result<()> {
        let token = {
            let credentials = &self.books.borrow().credentials;
            match right {
                Right::Person => credentials
                    .cookie
                    .as_ref()
                    .and_then(|_| credentials.access.as_ref().map(|(access, _)| access.clone())),
                Right::Key => credentials.key.as_ref().map(|key| key.secret.clone()),
            }
        };
        let Some(token) = token else { return Ok(()) };
        let request = bearing(ApiRequest::new("POST", "/v1/live/tickets"), &token);
        let Some(Answered { status: 201, json, .. }) = self.try_once(&request).await? else {
            return Ok(());
        };
        let ticket = json["data"]["ticket"].as_str().context("no ticket")?;
        let socket = format!("socket-{}", &ticket[..12]);
        if self.world.connect(&self.process("wati/live"), &socket, ticket).await? == Some(200) {
            self.books.borrow_mut().credentials.sockets.push((socket, right));
        }
        Ok(())
    }

    /// What was opened with this hears nothing more.
    pub(super) fn right_ended(&self, right: Right) {
        let now = self.world.clock.now_ms();
        let credentials = &mut self.books.borrow_mut().credentials;
        let (ended, left) = credentials.sockets.drain(..).partition(|(_, of)| *of == right);
        credentials.sockets = left;
        let ended: Vec<(String, Right)> = ended;
        credentials.ended.extend(ended.into_iter().map(|(socket, _)| (socket, Some(now))));
    }

    /// Takes from sockets whose right has ended what was under way then.
    pub(super) fn drain_ended(&self) {
        let now = self.world.clock.now_ms();
        for (socket, ended_at) in &mut self.books.borrow_mut().credentials.ended {
            if ended_at.is_some_and(|ended_at| ended_at + UNDER_WAY_MS < now) {
                self.world.heard(socket);
                *ended_at = None;
            }
        }
    }

    /// What sockets heard whose right had ended, and who else got in wrongly.
    pub(super) fn check_credentials(&self) -> Vec<String> {
        let credentials = &self.books.borrow().credentials;
        let mut wrong = credentials.wrong.clone();
        for (socket, ended_at) in &credentials.ended {
            if self.world.is_open(socket) {
                wrong.push(format!("{socket} is open, and its right has ended"));
            }
            if ended_at.is_none() && !self.world.heard(socket).is_empty() {
                wrong.push(format!("{socket} heard something after its right had ended"));
            }
        }
        wrong
    }
}
