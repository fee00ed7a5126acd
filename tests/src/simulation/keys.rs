//! A program's key that is made, used and withdrawn.

use anyhow::Context;
use serde_json::json;

use super::{Simulation, credentials::bearing, sockets::Right};
use crate::{requests::ApiRequest, world::Answered};

/// What the program has in hand.
#[derive(Clone)]
pub(crate) struct Key {
    id: String,
    pub(super) secret: String,
}

impl Simulation {
    /// A program's key, once there is one.
    pub(super) async fn use_key(&self) -> anyhow::Result<()> {
        let withdrawn = self.books.borrow().credentials.withdrawn.clone();
        for withdrawn in withdrawn {
            let used =
                self.try_once(&bearing(ApiRequest::new("GET", "/v1/rooms"), &withdrawn)).await?;
            if let Some(used) = used.filter(|used| used.status != 401) {
                self.wrong(format!("a withdrawn key was answered {}", used.status));
            }
        }
        let key = self.books.borrow().credentials.key.clone();
        match key {
            None => {
                let body = json!({ "name": "papan", "kind": "bearer", "role": "agent" });
                let request = ApiRequest::new("POST", "/v1/api_keys").body(body.to_string());
                let made = self.ask("ani", self.world.company(), request).await?;
                let Some(Answered { status: 201, json, .. }) = made else { return Ok(()) };
                let text = |name: &str| json["data"][name].as_str().map(str::to_owned);
                let (id, secret) = text("id").zip(text("secret")).context("no key")?;
                self.books.borrow_mut().credentials.key = Some(Key { id, secret });
            }
            Some(key) => {
                let request = bearing(ApiRequest::new("GET", "/v1/rooms"), &key.secret);
                let used = self.try_once(&request).await?;
                if let Some(used) = used.filter(|used| used.status != 200) {
                    self.wrong(format!("a key was answered {}", used.json));
                }
            }
        }
        Ok(())
    }

    pub(super) async fn withdraw_key(&self) -> anyhow::Result<()> {
        let Some(key) = self.books.borrow().credentials.key.clone() else { return Ok(()) };
        let request = ApiRequest::new("DELETE", format!("/v1/api_keys/{}", key.id));
        match self.ask("ani", self.world.company(), request).await? {
            // 404: an earlier try was carried out, and its answer lost.
            Some(Answered { status: 204 | 404, .. }) => {
                self.right_ended(Right::Key);
                let credentials = &mut self.books.borrow_mut().credentials;
                credentials.withdrawn.extend(credentials.key.take().map(|key| key.secret));
            }
            Some(other) => self.wrong(format!("withdrawing a key: {}", other.json)),
            None => {}
        }
        Ok(())
    }
}
