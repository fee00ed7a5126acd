//! Cognito: one user pool and its client, with what the emulator leaves out.
//!
//! Codes are really asked for, refresh tokens really end, and an address that was not verified
//! stays what it was until it is. Access tokens are JWTs signed with RS256 by a key of this
//! world's (`cognito-key.txt`: test data, good for nothing else), and the keys are answered where
//! the functions fetch them. What it sends by e-mail can be read by the test alone.

mod keys;

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::RsaKeyPair;
use serde_json::{Value, json};

use super::Answer;

/// The pool's id.
pub const POOL: &str = "ap-southeast-3_world";
/// The client's id.
pub const CLIENT: &str = "world-client";
/// Who signs.
pub const ISSUER: &str = "https://cognito-idp.ap-southeast-3.amazonaws.com/ap-southeast-3_world";
/// Where the keys are.
pub const JWKS_URL: &str = "https://cognito.test/ap-southeast-3_world/.well-known/jwks.json";

/// What an access token lives (infra/template.yaml), in seconds.
const ACCESS_LIFE: u64 = 600;
const REFRESH_LIFE_MS: u64 = 30 * 24 * 3600 * 1000;
const SESSION_LIFE_MS: u64 = 3 * 60 * 1000;
const CODE_LIFE_MS: u64 = 3600 * 1000;

/// Somebody in the pool.
#[derive(Debug, Clone)]
pub struct User {
    /// Their subject.
    pub sub: String,
    /// Their address.
    pub email: String,
    /// Whether it is verified.
    pub is_verified: bool,
    /// Whether their password is a first one.
    pub is_new: bool,
    password: String,
    reset: Option<(String, u64)>,
    wanted: Option<(String, String, u64)>,
}

/// An e-mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The code, or the first password.
    pub secret: String,
}

/// A refresh token, or an access token as the pool itself remembers it.
#[derive(Debug, Clone)]
struct Token {
    sub: String,
    /// The sign-in that it comes from.
    origin: u64,
    ends_at: u64,
}

/// The pool.
pub struct Cognito {
    key: RsaKeyPair,
    /// The id under which the key is published; another one is a rotation.
    pub key_id: String,
    /// Whether nobody can fetch the keys.
    pub keys_are_down: bool,
    /// How often the keys were fetched.
    pub fetches: usize,
    /// What was sent.
    pub mails: Vec<Mail>,
    /// Who is known.
    pub users: Vec<User>,
    refresh: BTreeMap<String, Token>,
    access: BTreeMap<String, Token>,
    sessions: BTreeMap<String, (String, u64)>,
    next: u64,
}

type Outcome = Result<Value, &'static str>;

impl Cognito {
    /// A pool that nobody is in.
    pub fn new() -> anyhow::Result<Self> {
        let text: String = include_str!("cognito-key.txt").split_whitespace().collect();
        let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(text)?);
        Ok(Self {
            key: key.map_err(|error| anyhow::anyhow!("the world's key: {error}"))?,
            key_id: "key-1".into(),
            keys_are_down: false,
            fetches: 0,
            mails: Vec::new(),
            users: Vec::new(),
            refresh: BTreeMap::new(),
            access: BTreeMap::new(),
            sessions: BTreeMap::new(),
            next: 0,
        })
    }

    /// What was last sent to this address.
    pub fn mail(&self, to: &str) -> Option<&Mail> {
        self.mails.iter().rev().find(|mail| mail.to == to)
    }

    /// Serves one call.
    pub fn call(&mut self, operation: &str, body: &[u8], now: u64) -> Answer {
        let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let outcome = match operation {
            "AdminInitiateAuth" => match text("AuthFlow").as_str() {
                "ADMIN_USER_PASSWORD_AUTH" => self.sign_in(&request["AuthParameters"], now),
                "REFRESH_TOKEN_AUTH" => self.refreshed(&request["AuthParameters"], now),
                _ => Err("InvalidParameterException"),
            },
            "AdminRespondToAuthChallenge" => self.choose(&request, now),
            "RevokeToken" => Ok(self.revoke(&text("Token"))),
            "AdminUserGlobalSignOut" => self.sign_out(&text("Username")),
            "ForgotPassword" => self.forgot(&text("Username"), now),
            "ConfirmForgotPassword" => self.reset(&request, now),
            "AdminGetUser" => {
                self.user(&text("Username")).map(|user| shown(user, "UserAttributes"))
            }
            "AdminCreateUser" => self.create(&request),
            "AdminUpdateUserAttributes" => self.update(&request),
            "AdminSetUserPassword" => self.set_password(&text("Username"), &text("Password")),
            "UpdateUserAttributes" => self.want_email(&request, now),
            "VerifyUserAttribute" => self.confirm_email(&request, now),
            _ => Err("UnknownOperationException"),
        };
        match outcome {
            Ok(value) => Answer::ok(value.to_string()),
            Err(code) => Answer::error(400, code),
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn user(&self, name: &str) -> Result<&User, &'static str> {
        let found = self.users.iter().find(|user| user.sub == name || user.email == name);
        found.ok_or("UserNotFoundException")
    }

    fn user_mut(&mut self, name: &str) -> Result<&mut User, &'static str> {
        let found = self.users.iter_mut().find(|user| user.sub == name || user.email == name);
        found.ok_or("UserNotFoundException")
    }

    fn sign_in(&mut self, parameters: &Value, now: u64) -> Outcome {
        let name = parameters["USERNAME"].as_str().unwrap_or_default();
        // PreventUserExistenceErrors: nobody learns who is known.
        let user = self.user(name).map_err(|_| "NotAuthorizedException")?.clone();
        if parameters["PASSWORD"] != user.password.as_str() {
            return Err("NotAuthorizedException");
        }
        if user.is_new {
            let session = format!("session-{}-of-a-challenge", self.number());
            self.sessions.insert(session.clone(), (user.sub, now + SESSION_LIFE_MS));
            return Ok(json!({
                "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
                "ChallengeParameters": {},
            }));
        }
        Ok(self.tokens(&user.sub, now))
    }

    fn tokens(&mut self, sub: &str, now: u64) -> Value {
        let origin = self.number();
        let refresh = format!("refresh-{origin}");
        let token = Token { sub: sub.to_owned(), origin, ends_at: now + REFRESH_LIFE_MS };
        self.refresh.insert(refresh.clone(), token);
        let mut result = self.access(sub, origin, now);
        result["AuthenticationResult"]["RefreshToken"] = json!(refresh);
        result
    }

    fn access(&mut self, sub: &str, origin: u64, now: u64) -> Value {
        self.number();
        let header = json!({ "alg": "RS256", "kid": self.key_id });
        let access = self.sign(&header, &self.claims(sub, now));
        let token = Token { sub: sub.to_owned(), origin, ends_at: now + ACCESS_LIFE * 1000 };
        self.access.insert(access.clone(), token);
        json!({ "AuthenticationResult": {
            "AccessToken": access, "ExpiresIn": ACCESS_LIFE, "TokenType": "Bearer",
        }})
    }

    fn refreshed(&mut self, parameters: &Value, now: u64) -> Outcome {
        let token = parameters["REFRESH_TOKEN"].as_str().unwrap_or_default();
        let token = self.refresh.get(token).filter(|token| now < token.ends_at).cloned();
        let token = token.ok_or("NotAuthorizedException")?;
        Ok(self.access(&token.sub, token.origin, now))
    }

    fn choose(&mut self, request: &Value, now: u64) -> Outcome {
        let session = request["Session"].as_str().unwrap_or_default();
        let (sub, ends_at) = self.sessions.get(session).ok_or("NotAuthorizedException")?.clone();
        let responses = &request["ChallengeResponses"];
        let name = responses["USERNAME"].as_str().unwrap_or_default();
        let password = responses["NEW_PASSWORD"].as_str().unwrap_or_default().to_owned();
        let session = session.to_owned();
        let user = self.user_mut(&sub)?;
        if now >= ends_at || (name != user.email && name != user.sub) {
            return Err("NotAuthorizedException");
        }
        if password.len() < 12 {
            return Err("InvalidPasswordException");
        }
        user.password = password;
        user.is_new = false;
        self.sessions.remove(&session);
        Ok(self.tokens(&sub, now))
    }

    fn revoke(&mut self, token: &str) -> Value {
        if let Some(token) = self.refresh.remove(token) {
            self.access.retain(|_, access| access.origin != token.origin);
        }
        json!({})
    }

    fn sign_out(&mut self, name: &str) -> Outcome {
        let sub = self.user(name)?.sub.clone();
        self.refresh.retain(|_, token| token.sub != sub);
        self.access.retain(|_, token| token.sub != sub);
        Ok(json!({}))
    }

    fn forgot(&mut self, name: &str, now: u64) -> Outcome {
        let sent = json!({ "CodeDeliveryDetails": { "DeliveryMedium": "EMAIL" } });
        let code = format!("{:06}", 100_000 + self.number());
        let Ok(user) = self.user_mut(name) else { return Ok(sent) };
        if user.is_new {
            return Err("NotAuthorizedException");
        }
        if !user.is_verified {
            return Err("InvalidParameterException");
        }
        user.reset = Some((code.clone(), now + CODE_LIFE_MS));
        let to = user.email.clone();
        self.mails.push(Mail { to, secret: code });
        Ok(sent)
    }

    fn reset(&mut self, request: &Value, now: u64) -> Outcome {
        let name = request["Username"].as_str().unwrap_or_default();
        let user = self.user_mut(name).map_err(|_| "CodeMismatchException")?;
        let (code, ends_at) = user.reset.clone().ok_or("ExpiredCodeException")?;
        if request["ConfirmationCode"] != code.as_str() {
            return Err("CodeMismatchException");
        }
        if now >= ends_at {
            return Err("ExpiredCodeException");
        }
        user.password = request["Password"].as_str().unwrap_or_default().to_owned();
        user.reset = None;
        Ok(json!({}))
    }

    fn create(&mut self, request: &Value) -> Outcome {
        let name = request["Username"].as_str().unwrap_or_default().to_owned();
        // Where addresses are names, only an address is one here.
        if !name.contains('@') {
            return Err("InvalidParameterException");
        }
        let password = format!("First-{:08}", self.number());
        if request["MessageAction"] == "RESEND" {
            let user = self.user_mut(&name)?;
            if !user.is_new {
                return Err("UnsupportedUserStateException");
            }
            user.password.clone_from(&password);
            let (to, shown) = (user.email.clone(), shown(user, "Attributes"));
            self.mails.push(Mail { to, secret: password });
            return Ok(json!({ "User": shown }));
        }
        if self.user(&name).is_ok() {
            return Err("UsernameExistsException");
        }
        let user = User {
            sub: format!("00000000-0000-4000-8000-{:012}", self.number()),
            email: name.clone(),
            is_verified: false,
            is_new: true,
            password: password.clone(),
            reset: None,
            wanted: None,
        };
        let shown = shown(&user, "Attributes");
        self.users.push(user);
        if request["MessageAction"] != "SUPPRESS" {
            self.mails.push(Mail { to: name, secret: password });
        }
        Ok(json!({ "User": shown }))
    }

    fn update(&mut self, request: &Value) -> Outcome {
        let name = request["Username"].as_str().unwrap_or_default();
        let sub = self.user(name)?.sub.clone();
        let email = value(request, "email").unwrap_or_default();
        if self.users.iter().any(|user| user.email == email && user.sub != sub) {
            return Err("AliasExistsException");
        }
        let is_verified = value(request, "email_verified") == Some("true");
        let user = self.user_mut(&sub)?;
        email.clone_into(&mut user.email);
        user.is_verified = is_verified;
        Ok(json!({}))
    }

    fn set_password(&mut self, name: &str, password: &str) -> Outcome {
        let user = self.user_mut(name)?;
        password.clone_into(&mut user.password);
        user.is_new = false;
        Ok(json!({}))
    }

    /// Who holds this access token, as the pool itself sees it: it knows what was revoked.
    fn holder(&self, request: &Value, now: u64) -> Result<String, &'static str> {
        let token = request["AccessToken"].as_str().unwrap_or_default();
        let token = self.access.get(token).filter(|token| now < token.ends_at);
        token.map(|token| token.sub.clone()).ok_or("NotAuthorizedException")
    }

    fn want_email(&mut self, request: &Value, now: u64) -> Outcome {
        let sub = self.holder(request, now)?;
        let email = value(request, "email").unwrap_or_default().to_owned();
        if self.user(&email).is_ok() {
            return Err("AliasExistsException");
        }
        let code = format!("{:06}", 100_000 + self.number());
        self.user_mut(&sub)?.wanted = Some((email.clone(), code.clone(), now + CODE_LIFE_MS));
        self.mails.push(Mail { to: email, secret: code });
        Ok(json!({}))
    }

    fn confirm_email(&mut self, request: &Value, now: u64) -> Outcome {
        let sub = self.holder(request, now)?;
        let user = self.user_mut(&sub)?;
        let (email, code, ends_at) = user.wanted.clone().ok_or("ExpiredCodeException")?;
        if request["Code"] != code.as_str() {
            return Err("CodeMismatchException");
        }
        if now >= ends_at {
            return Err("ExpiredCodeException");
        }
        user.email = email;
        user.is_verified = true;
        user.wanted = None;
        Ok(json!({}))
    }
}

fn value<'a>(request: &'a Value, name: &str) -> Option<&'a str> {
    let attributes = request["UserAttributes"].as_array()?;
    attributes.iter().find(|attribute| attribute["Name"] == name)?["Value"].as_str()
}

fn shown(user: &User, attributes: &str) -> Value {
    let status = if user.is_new { "FORCE_CHANGE_PASSWORD" } else { "CONFIRMED" };
    json!({
        "Username": user.sub,
        "UserStatus": status,
        attributes: [
            { "Name": "sub", "Value": user.sub },
            { "Name": "email", "Value": user.email },
            { "Name": "email_verified", "Value": user.is_verified.to_string() },
        ],
    })
}
