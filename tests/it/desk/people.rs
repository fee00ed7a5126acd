//! People who sign in, as a browser does: with an access token in hand and a cookie it can't read.

use serde_json::{Value, json};
use world::{
    World,
    requests::ApiRequest,
    world::{Answered, PASSWORD},
};

/// Somebody at a browser.
pub(crate) struct Browser<'a> {
    pub(crate) world: &'a World,
    pub(crate) access: String,
    pub(crate) cookie: String,
}

/// A request of nobody in particular.
pub(crate) async fn ask(world: &World, method: &'static str, path: &str, body: Value) -> Answered {
    let request = ApiRequest::new(method, path).body(body.to_string());
    world.api_in(&world.process, &request).await.unwrap().unwrap()
}

/// Tries an address and a password.
pub(crate) async fn sign_in(world: &World, email: &str, password: &str) -> Answered {
    ask(world, "POST", "/v1/sign_in", json!({ "email": email, "password": password })).await
}

/// The cookie that an answer sets, as it is sent back.
pub(crate) fn cookie(answered: &Answered) -> String {
    let set = answered.headers.get("set-cookie").expect("a cookie is set");
    set.split(';').next().unwrap().to_owned()
}

impl<'a> Browser<'a> {
    /// Somebody who was seated signs in.
    pub(crate) async fn of(world: &'a World, email: &str) -> Self {
        Self::from(world, &sign_in(world, email, PASSWORD).await)
    }

    pub(crate) fn from(world: &'a World, answered: &Answered) -> Self {
        assert_eq!(answered.status, 200, "{}", answered.json);
        let access = answered.json["data"]["access_token"].as_str().unwrap().to_owned();
        Self { world, access, cookie: cookie(answered) }
    }

    pub(crate) async fn call(&self, request: ApiRequest) -> Answered {
        let request = request.header("authorization", format!("Bearer {}", self.access));
        self.world.api_in(&self.world.process, &request).await.unwrap().unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.call(ApiRequest::new("GET", path)).await
    }

    pub(crate) async fn send(&self, method: &'static str, path: &str, body: Value) -> Answered {
        self.call(ApiRequest::new(method, path).body(body.to_string())).await
    }

    /// Asks for another access token with this cookie.
    pub(crate) async fn refresh_with(&self, cookie: &str) -> Answered {
        let request = ApiRequest::new("POST", "/v1/sign_in/refresh").header("cookie", cookie);
        self.world.api_in(&self.world.process, &request).await.unwrap().unwrap()
    }

    /// Refreshes as a browser does.
    pub(crate) async fn refresh(&mut self) -> u16 {
        let answered = self.refresh_with(&self.cookie).await;
        if answered.status == 200 {
            *self = Self::from(self.world, &answered);
        }
        answered.status
    }

    pub(crate) async fn sign_out(&self, everywhere: bool) -> Answered {
        let request = ApiRequest::new("POST", "/v1/sign_out")
            .header("cookie", self.cookie.clone())
            .body(json!({ "everywhere": everywhere }).to_string());
        self.world.api_in(&self.world.process, &request).await.unwrap().unwrap()
    }
}
