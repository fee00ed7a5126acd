//! Who calls: signatures and tokens. Most are rightly made, of wrong things or of right ones that are
//! changed on their way; the others are anything at all.

use std::time::Duration;

use app::authenticate::sign;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::api_key::Role;
use jiff::{SignedDuration, fmt::rfc2822::DateTimePrinter};
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use super::{
    Harness, WRITES, hold,
    mutation::{Letters, changed, letters, rewritten},
    told,
};
use crate::{
    aws::cognito::{CLIENT, ISSUER},
    requests::ApiRequest,
    world::Answered,
};

/// What a client asks, as it means it.
#[derive(Debug, Clone)]
struct Question {
    operation: (&'static str, &'static str),
    query: String,
    /// Seconds from now to its `Date`.
    ahead: i64,
}

impl Question {
    /// Path and query as they are meant.
    fn plain(&self) -> String {
        target(self.operation.1, &self.query)
    }

    /// Path and query as they are sent.
    fn encoded(&self) -> String {
        let letter = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            b'=' | b'&' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        target(self.operation.1, &self.query.bytes().map(letter).collect::<String>())
    }
}

fn target(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn question() -> impl Strategy<Value = Question> {
    let operations = vec![
        ("GET", "/v1/rooms"),
        ("HEAD", "/v1/rooms"),
        ("GET", "/v1/contacts"),
        ("POST", "/v1/live/tickets"),
        ("PUT", "/v1/rooms/resolve_expired"),
        ("GET", "/qontak/chat/v1/rooms"),
        ("GET", "/qontak/chat/v1/users"),
    ];
    let query = prop_oneof![
        Just(String::new()),
        select(vec!["limit=5", "tags[]=pelanggan lama", "query=budi"]).prop_map(str::to_owned),
        "([a-z_]{1,6}(\\[\\])?=[a-zé %+/?]{0,6}&?){1,3}",
        any::<String>(),
    ];
    let ahead = prop_oneof![3 => Just(0), 1 => -300_i64..=300, 1 => -100_000_i64..100_000];
    (select(operations), query, ahead).prop_map(|(operation, query, ahead)| Question {
        operation,
        query,
        ahead,
    })
}

/// What becomes of the `Authorization` that a client has made.
#[derive(Debug, Clone)]
enum Fate {
    Kept,
    Rewritten(Letters),
    Replaced(String),
}

fn fate(scheme: &'static str) -> impl Strategy<Value = Fate> {
    prop_oneof![
        8 => Just(Fate::Kept),
        2 => letters().prop_map(Fate::Rewritten),
        1 => any::<String>().prop_map(move |rest| Fate::Replaced(format!("{scheme} {rest}"))),
        1 => any::<String>().prop_map(Fate::Replaced),
    ]
}

impl Fate {
    fn of(&self, made: &str) -> String {
        match self {
            Self::Kept => made.to_owned(),
            Self::Rewritten(letters) => rewritten(made, letters),
            Self::Replaced(other) => other.clone(),
        }
    }
}

/// Whoever signs what they ask with a key gets in, and nobody else does.
pub(super) fn hmac_header(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let body = json!({ "name": "Bot", "kind": "hmac", "role": "agent" }).to_string();
    let made = ApiRequest::new("POST", "/v1/api_keys").body(body);
    let made = harness.wait(harness.world.api(made)).map_err(|error| error.to_string())?;
    let text = |name: &str| made.json["data"][name].as_str().unwrap_or_default().to_owned();
    let (username, secret) = (text("username"), text("secret"));
    // What is sent may be another question in each of its parts.
    let swaps = [0.2, 0.1, 0.1].map(prop::bool::weighted);
    let inputs = (question(), question(), swaps, any::<bool>(), fate("hmac"));
    let checked = runner.run(&inputs, |(meant, other, swaps, is_plain, fate)| {
        // A key may ask so many times a second, and a minute.
        harness.wait(harness.world.pass(Duration::from_secs(1)));
        let signed = if is_plain { meant.plain() } else { meant.encoded() };
        let date = date(harness, meant.ahead)?;
        let made = sign(&username, &secret, &date, meant.operation.0, &signed);
        let sent = Question {
            operation: if swaps[0] { other.operation } else { meant.operation },
            query: if swaps[1] { other.query } else { meant.query },
            ahead: if swaps[2] { other.ahead } else { meant.ahead },
        };
        let (header, date) = (fate.of(&made), self::date(harness, sent.ahead)?);
        let (method, path) = sent.operation;
        let request = ApiRequest::new(method, sent.encoded()).header("date", date.as_str());
        let request = request.header("authorization", header.as_str());
        let answered = answered(harness, &request)?;
        let is_in = is_let_in(answered.as_ref());
        // Qontak's clients sign a query as they mean it.
        let plain = path.starts_with("/qontak/").then(|| sent.plain());
        let spelled = [Some(sent.encoded()), plain].into_iter().flatten();
        let rightly = spelled.map(|target| sign(&username, &secret, &date, method, &target));
        let is_kept = matches!(fate, Fate::Kept);
        // A `Date` has no fractions of seconds.
        let (is_timely, may_be_timely) = (sent.ahead.abs() < 300, sent.ahead.abs() <= 301);
        let (mut is_right, mut may_be) = (false, false);
        for right in rightly {
            let mac = right.rsplit(' ').next().unwrap_or_default();
            is_right |= is_kept && is_timely && right == header;
            may_be |= may_be_timely && header.contains(mac) && header.contains(&username);
        }
        harness.note(is_in);
        hold(is_in || !is_right, || format!("{request:?} was refused: {answered:?}"))?;
        hold(!is_in || may_be, || format!("{header} opened {method} {}", sent.encoded()))
    });
    checked.map_err(told)
}

/// A `Date` so many seconds from now.
fn date(harness: &Harness, ahead: i64) -> Result<String, TestCaseError> {
    let at = harness.now() + SignedDuration::from_secs(ahead);
    let printed = DateTimePrinter::new().timestamp_to_rfc9110_string(&at);
    printed.map_err(|error| TestCaseError::fail(error.to_string()))
}

/// The answer to a request that is no failure of ours; nothing, if it can't be sent. Whoever is
/// refused has written nothing.
fn answered(harness: &Harness, request: &ApiRequest) -> Result<Option<Answered>, TestCaseError> {
    // What can be no header never reaches a function.
    if request.lambda().is_err() {
        return Ok(None);
    }
    let calls = harness.calls();
    let answered = harness.wait(harness.world.api_in(&harness.world.process, request));
    let answered = answered.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let status = answered.as_ref().map_or(0, |answered| answered.status);
    hold((200..500).contains(&status), || format!("answered {status}"))?;
    let is_clean = status != 401 || !harness.made(calls, &WRITES);
    hold(is_clean, || "whoever was refused has written something".into())?;
    Ok(answered)
}

fn is_let_in(answered: Option<&Answered>) -> bool {
    answered.is_some_and(|answered| answered.status != 401)
}

/// What a token of somebody's says, and what becomes of it.
#[derive(Debug, Clone)]
struct Token {
    head: Value,
    claims: Value,
    /// Seconds from now to its end, in place of what it claims.
    ends: Option<i64>,
    /// Claims that are put in place of those that were signed.
    forged: Option<Value>,
    fate: Fate,
    operation: (&'static str, &'static str),
}

fn token(head: Value, claims: Value) -> impl Strategy<Value = Token> {
    let heads = vec![head.clone(), json!({ "alg": "none" }), json!({ "alg": "HS256", "kid": 1 })];
    let ends = prop_oneof![-40_i64..40, select(vec![i64::MIN, i64::MAX])];
    let operations = vec![("GET", "/v1/rooms"), ("GET", "/v1/me"), ("POST", "/v1/live/tickets")];
    let parts = (
        prop_oneof![4 => Just(head), 1 => changed(heads)],
        prop_oneof![1 => Just(claims.clone()), 3 => changed(vec![claims.clone()])],
        prop::option::weighted(0.3, ends),
        prop::option::weighted(0.1, changed(vec![claims])),
        fate("Bearer"),
        select(operations),
    );
    parts.prop_map(|(head, claims, ends, forged, fate, operation)| Token {
        head,
        claims,
        ends,
        forged,
        fate,
        operation,
    })
}

impl Token {
    /// The end that it claims is as far from now as it has to be.
    fn at(mut self, now: i64) -> Self {
        if let (Some(ends), Some(claims)) = (self.ends, self.claims.as_object_mut()) {
            claims.insert("exp".into(), json!(now.saturating_add(ends)));
        }
        self
    }

    /// Whether it is one of the pool's for us, and not over.
    fn is_good(&self, now: i64) -> bool {
        let claims = &self.claims;
        let is_whole = |value: &Value| value.as_i64().is_some();
        self.head["alg"] == "RS256"
            && self.head["kid"] == "key-1"
            && claims["iss"] == ISSUER
            && claims["client_id"] == CLIENT
            && claims["token_use"] == "access"
            && claims["sub"].is_string()
            && claims.get("iat").is_none_or(is_whole)
            // Their clock and ours may be half a minute apart.
            && claims["exp"].as_i64().is_some_and(|exp| now < exp.saturating_add(30))
    }
}

/// Whoever has a token that the pool signed for us gets in, and nobody else does; as a member only
/// who is one.
pub(super) fn jwt(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let seated = world.seat(world.company(), "ani@example.com", "Ani", Role::Agent);
    let sub = harness.wait(seated).map_err(|error| error.to_string())?.sub;
    let claims = harness.wait(async {
        let services = world.wire.services();
        services.cognito.claims(&sub, world.clock.now_ms())
    });
    let tokens = token(json!({ "alg": "RS256", "kid": "key-1" }), claims);
    let checked = runner.run(&tokens, |token| {
        let now = harness.now().as_second();
        let token = token.at(now);
        let signed = world.wire.services().cognito.sign(&token.head, &token.claims);
        let made = match &token.forged {
            None => signed.clone(),
            Some(claims) => forged(&signed, claims),
        };
        let header = token.fate.of(&format!("Bearer {made}"));
        let (method, path) = token.operation;
        let request = ApiRequest::new(method, path).header("authorization", header.as_str());
        let answered = answered(harness, &request)?;
        let is_in = is_let_in(answered.as_ref());
        harness.note(is_in);
        // What it is called is told in any case of its letters.
        let is_signed = header.split_once(' ').is_some_and(|(_, token)| token == signed);
        let is_good = token.is_good(now) && is_signed;
        hold(is_good || !is_in, || format!("{header} opened {path}"))?;
        // Longer ones are nobody's.
        let is_due = is_good && matches!(token.fate, Fate::Kept) && signed.len() <= 8 * 1024;
        hold(is_in || !is_due, || format!("{header} was refused"))?;
        let is_member = answered.as_ref().is_some_and(|answered| answered.status < 300);
        let is_ani = token.claims["sub"] == sub.as_str();
        hold(is_ani || !is_member, || format!("{} is taken for Ani", token.claims["sub"]))?;
        let ticket = answered.as_ref().and_then(|shown| shown.json["data"]["ticket"].as_str());
        let Some(ticket) = ticket else { return Ok(()) };
        let opened = harness.wait(world.connect(&world.process, &ticket[..12], ticket));
        let opened = opened.ok().flatten();
        hold(opened == Some(200), || format!("her socket was answered {opened:?}"))
    });
    checked.map_err(told)
}

/// The signed token with these claims instead of its own.
fn forged(signed: &str, claims: &Value) -> String {
    let parts: Vec<&str> = signed.split('.').collect();
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let with = |(place, part): (usize, &&str)| {
        if place == 1 { claims.clone() } else { (*part).to_owned() }
    };
    parts.iter().enumerate().map(with).collect::<Vec<_>>().join(".")
}
