//! Who signs in, stays so by a cookie that changes with every use, signs out and is removed. Whoever
//! may, is let in, whatever befell their last try; whoever may not any more is told nothing.

use anyhow::Context;
use domain::api_key::Role;
use serde_json::{Value, json};

use super::{Simulation, keys::Key, sockets::Right};
use crate::{World, requests::ApiRequest, world::Answered, world::PASSWORD};

/// Somebody of the first company.
const WATI: &str = "wati@example.com";

/// What an access token lives, and for how long a cookie that was succeeded is still answered, less
/// what clocks and slow calls may take of it (`domain/src/sign_in/session.rs`).
const ACCESS_MS: u64 = 600_000;
const GRACE_MS: u64 = 30_000;

/// What Wati's browser and the program have.
#[derive(Default)]
pub(crate) struct Credentials {
    pub(super) cookie: Option<String>,
    /// The access token, and when it was asked for.
    pub(super) access: Option<(String, u64)>,
    pub(super) key: Option<Key>,
    /// Their sockets: what each was opened with.
    pub(super) sockets: Vec<(String, Right)>,
    /// Keys that were withdrawn.
    pub(super) withdrawn: Vec<String>,
    /// Sockets whose right ended, and when; nothing once what was under way was taken from them.
    pub(super) ended: Vec<(String, Option<u64>)>,
    is_removed: bool,
    pub(crate) wrong: Vec<String>,
}

/// Seats who signs in.
pub(super) async fn seat(world: &World) -> anyhow::Result<()> {
    world.seat(world.company(), WATI, "Wati", Role::Agent).await.map(drop)
}

impl Simulation {
    /// Wati and the program do this and that.
    pub(super) async fn credentials(&self) -> anyhow::Result<()> {
        for _ in 0..self.chaos.between(2, 4) {
            self.chaos.pause(200, 25_000).await;
            self.drain_ended();
            match self.chaos.between(0, 11) {
                0..=2 => self.refresh().await?,
                3 => self.use_cookie_again().await?,
                4 => self.sign_out().await?,
                5..=6 => self.look().await?,
                7 => self.listen(Right::Person).await?,
                8 => self.listen(Right::Key).await?,
                9 => self.use_key().await?,
                10 => self.withdraw_key().await?,
                _ => self.remove_wati().await?,
            }
        }
        Ok(())
    }

    /// One try; nothing if nobody answers, or something failed.
    pub(super) async fn try_once(&self, request: &ApiRequest) -> anyhow::Result<Option<Answered>> {
        let process = self.process("wati/agent-api");
        let answered = self.world.api_in(&process, request).await?;
        let status = answered.as_ref().map_or(0, |answered| answered.status);
        self.note(format!("{} {}: {status}", request.method, request.path));
        Ok(answered.filter(|answered| answered.status < 500))
    }

    /// The same again until it is answered, for as long as a cookie's grace surely lasts.
    async fn try_in_time(&self, request: &ApiRequest) -> anyhow::Result<Option<Answered>> {
        let end = self.world.clock.now_ms() + GRACE_MS;
        while self.world.clock.now_ms() + 10_000 < end {
            let answered = self.try_once(request).await?;
            // One that was asked in time and is answered late says nothing.
            if answered.is_some() || self.world.clock.now_ms() >= end {
                return Ok(answered.filter(|_| self.world.clock.now_ms() < end));
            }
            self.chaos.pause(100, 3_000).await;
        }
        Ok(None)
    }

    pub(super) fn wrong(&self, what: String) {
        self.books.borrow_mut().credentials.wrong.push(what);
    }

    async fn sign_in(&self) -> anyhow::Result<()> {
        let body = json!({ "email": WATI, "password": PASSWORD }).to_string();
        let asked_at = self.world.clock.now_ms();
        let Some(answered) =
            self.try_in_time(&ApiRequest::new("POST", "/v1/sign_in").body(body)).await?
        else {
            return Ok(());
        };
        match answered.status {
            200 => self.signed_in(&answered, asked_at)?,
            status => self.wrong(format!("signing in was answered {status}: {}", answered.json)),
        }
        Ok(())
    }

    fn signed_in(&self, answered: &Answered, asked_at: u64) -> anyhow::Result<()> {
        let credentials = &mut self.books.borrow_mut().credentials;
        credentials.cookie = Some(cookie(answered)?);
        let access = answered.json["data"]["access_token"].as_str().context("no token")?;
        credentials.access = Some((access.to_owned(), asked_at));
        Ok(())
    }

    /// A cookie is succeeded, by one tab or by two at once, again until that is answered.
    async fn refresh(&self) -> anyhow::Result<()> {
        let Some(old) = self.books.borrow().credentials.cookie.clone() else {
            return self.sign_in().await;
        };
        let request = refreshing(&old);
        let asked_at = self.world.clock.now_ms();
        let tabs = [self.try_in_time(&request), self.try_in_time(&request)];
        let answers = match self.chaos.chance(30) {
            true => futures_util::future::try_join_all(tabs).await?,
            false => {
                let [one, _] = tabs;
                vec![one.await?]
            }
        };
        // Who was never answered in time can't know whether they are signed in still.
        self.books.borrow_mut().credentials.cookie = None;
        let mut next: Option<String> = None;
        for answered in answers.into_iter().flatten() {
            if answered.status != 200 {
                self.wrong(format!("a cookie was refused within its grace: {}", answered.json));
                continue;
            }
            let got = cookie(&answered)?;
            if next.as_ref().is_some_and(|next| *next != got) {
                self.wrong("a cookie has two successors".into());
            }
            next = Some(got);
            self.signed_in(&answered, asked_at)?;
        }
        Ok(())
    }

    /// Somebody uses a cookie that was succeeded long ago: the sign-in ends for all.
    async fn use_cookie_again(&self) -> anyhow::Result<()> {
        let Some(old) = self.books.borrow().credentials.cookie.clone() else { return Ok(()) };
        self.refresh().await?;
        let Some(current) = self.books.borrow().credentials.cookie.clone() else { return Ok(()) };
        self.chaos.pause(GRACE_MS + 1, GRACE_MS + 5_000).await;
        // Its sockets are closed before it is answered.
        self.books.borrow_mut().credentials.cookie = None;
        let Some(answered) = self.try_in_time(&refreshing(&old)).await? else { return Ok(()) };
        self.right_ended(Right::Person);
        let then = self.try_in_time(&refreshing(&current)).await?;
        let after = then.map_or(401, |then| then.status);
        if (answered.status, after) != (401, 401) {
            let before = answered.status;
            self.wrong(format!("a cookie was used twice: {before}, and its successor {after}"));
        }
        Ok(())
    }

    async fn sign_out(&self) -> anyhow::Result<()> {
        let Some(cookie) = self.books.borrow_mut().credentials.cookie.take() else { return Ok(()) };
        let request = ApiRequest::new("POST", "/v1/sign_out")
            .header("cookie", &cookie)
            .body(json!({ "everywhere": self.chaos.chance(30) }).to_string());
        let Some(answered) = self.try_in_time(&request).await? else { return Ok(()) };
        self.right_ended(Right::Person);
        let again = self.try_in_time(&refreshing(&cookie)).await?;
        let after = again.map_or(401, |again| again.status);
        if (answered.status, after) != (204, 401) {
            self.wrong(format!("signing out: {}, and its cookie then {after}", answered.status));
        }
        Ok(())
    }

    /// A request with the access token.
    async fn look(&self) -> anyhow::Result<()> {
        let (access, is_removed) = {
            let credentials = &self.books.borrow().credentials;
            (credentials.access.clone(), credentials.is_removed)
        };
        let Some((access, asked_at)) = access else { return self.sign_in().await };
        let request = bearing(ApiRequest::new("GET", "/v1/rooms"), &access);
        let begun_at = self.world.clock.now_ms();
        let Some(answered) = self.try_once(&request).await? else { return Ok(()) };
        let lives = self.world.clock.now_ms() < asked_at + ACCESS_MS;
        let is_right = match answered.status {
            200 => !is_removed && begun_at < asked_at + ACCESS_MS + 2 * GRACE_MS,
            403 => is_removed,
            401 => !lives,
            _ => false,
        };
        if !is_right {
            let status = answered.status;
            self.wrong(format!(
                "Wati was answered {status}; removed: {is_removed}, lives: {lives}"
            ));
        }
        Ok(())
    }

    /// An admin removes Wati; once, and mostly not.
    async fn remove_wati(&self) -> anyhow::Result<()> {
        if self.books.borrow().credentials.is_removed || self.chaos.chance(60) {
            return Ok(());
        }
        let company = self.world.company();
        let listed =
            self.ask("ani", company, ApiRequest::new("GET", "/v1/users?limit=100")).await?;
        let users = listed.map_or(Value::Null, |listed| listed.json["data"].clone());
        let wati = users.as_array().into_iter().flatten().find(|user| user["email"] == WATI);
        let Some(id) = wati.and_then(|wati| wati["id"].as_str()) else { return Ok(()) };
        let request = ApiRequest::new("DELETE", format!("/v1/users/{id}"));
        loop {
            match self.ask("ani", company, request.clone()).await? {
                Some(Answered { status: 204, .. }) => break,
                Some(other) => {
                    self.wrong(format!("removing Wati: {}", other.json));
                    return Ok(());
                }
                None => {}
            }
        }
        self.right_ended(Right::Person);
        self.books.borrow_mut().credentials.is_removed = true;
        Ok(())
    }
}

fn refreshing(cookie: &str) -> ApiRequest {
    ApiRequest::new("POST", "/v1/sign_in/refresh").header("cookie", cookie)
}

pub(super) fn bearing(request: ApiRequest, token: &str) -> ApiRequest {
    request.header("authorization", format!("Bearer {token}"))
}

fn cookie(answered: &Answered) -> anyhow::Result<String> {
    let set = answered.headers.get("set-cookie").context("no cookie is set")?;
    Ok(set.split(';').next().unwrap_or_default().to_owned())
}
