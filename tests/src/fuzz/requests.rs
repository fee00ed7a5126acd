//! What comes over HTTP.

use std::sync::Arc;

use base64::Engine;
use channels::whatsapp::verify;
use lambda_http::request::{LambdaRequest, from_str};
use platform::gateway::readable;
use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::{Value, json};

use super::{
    CHANGES, Harness, hold,
    mutation::{changed, changed_letters, changed_text},
    samples, told,
};
use crate::{company::webhook_request, graph::sign};

/// Every rightly signed body is taken: stored, kept as an event, or kept as it came. None makes an
/// element be put off, which is what happens to one that makes our code panic.
pub(super) fn webhook_body(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let bodies = changed_text(samples::deliveries(world.company()));
    let checked = runner.run(&bodies, |body| {
        let request = webhook_request(world.company(), &body);
        let calls = harness.calls();
        let answer = harness.wait(world.webhook(&world.process, &request));
        let status = answer.ok().flatten().map(|(status, _)| status);
        hold(status == Some(200), || format!("answered {status:?}"))?;
        harness.note(harness.made(calls, &CHANGES));
        let put_off = world.queue("retry", |queue| queue.len());
        hold(put_off == 0, || "an element was put off".into())
    });
    checked.map_err(told)
}

/// Only one header is the signature of a body.
pub(super) fn signature(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let header = prop_oneof![
        any::<String>(),
        "sha256=[0-9a-fA-F]{0,70}",
        changed_letters(sign("secret", b"Halo")),
    ];
    let input = (prop::option::of(header), prop_oneof![Just(b"Halo".to_vec()), any::<Vec<u8>>()]);
    let checked = runner.run(&input, |(header, body)| {
        let is_taken = verify::signature(b"secret", header.as_deref(), &body).is_ok();
        harness.note(is_taken);
        let is_right = header.as_deref() == Some(sign("secret", &body).as_str());
        hold(is_taken == is_right, || format!("taken: {is_taken}, right: {is_right}"))
    });
    checked.map_err(told)
}

/// Whatever the gateway hands over, it is answered, and not by a failure of ours.
pub(super) fn gateway_envelope(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let of =
        |function: &'static str| changed(samples::read(function)).prop_map(move |e| (function, e));
    let checked =
        runner.run(&prop_oneof![of("webhook"), of("agent-api")], |(function, mut event)| {
            if is_misencoded(&event) || event.to_string().len() > GATEWAY_LIMIT {
                return Ok(());
            }
            keep_the_gateways_own(&mut event);
            let Ok(request) = serde_json::from_str::<LambdaRequest>(&event.to_string()) else {
                return Ok(());
            };
            let request = readable(request).into();
            let status = harness.wait(async {
                if function == "webhook" {
                    let handled = webhook::handle(Arc::clone(&world.process.webhook), request);
                    handled.await.status().as_u16()
                } else {
                    agent_api::handle(world.process.api.clone(), request).await.status().as_u16()
                }
            });
            harness.note(status < 300);
            hold(status < 500 || status == 501, || format!("{function} answered {status}"))
        });
    checked.map_err(told)
}

/// Longer request lines and headers the gateway refuses itself: its quota is 10,240 bytes, and the
/// samples' bodies take the rest.
const GATEWAY_LIMIT: usize = 32 * 1024;

/// Whether a body is said to be base64 and is not. `lambda_http` panics at that; but the gateway
/// encodes what it says it has encoded, whatever a stranger sends.
fn is_misencoded(event: &Value) -> bool {
    let is_not = |body: &str| base64::engine::general_purpose::STANDARD.decode(body).is_err();
    event["isBase64Encoded"] == true && event["body"].as_str().is_some_and(is_not)
}

/// Puts back what the gateway says itself, whatever a stranger sends: by which name and protocol it
/// was reached. `lambda_http` makes an address of it, and panics where that is none.
fn keep_the_gateways_own(event: &mut Value) {
    for (name, value) in [("host", "api.example.com"), ("x-forwarded-proto", "https")] {
        if let Some(header) = event.get_mut("headers").and_then(|own| own.get_mut(name)) {
            *header = json!(value);
        }
    }
    if let Some(name) = event.get_mut("requestContext").and_then(|own| own.get_mut("domainName")) {
        *name = json!("api.example.com");
    }
}

/// No body that a client writes makes an operation fail, and each refusal names its reason.
pub(super) fn rest_body(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let body = |event: &Value| serde_json::from_str(event["body"].as_str()?).ok();
    let with_body: Vec<(Value, Value)> = samples::read("agent-api")
        .into_iter()
        .filter_map(|event| body(&event).map(|body| (event, body)))
        .collect();
    let inputs = select(with_body).prop_flat_map(|(event, body)| {
        changed_text(vec![body]).prop_map(move |body| (event.clone(), body))
    });
    let checked = runner.run(&inputs, |(mut event, body)| {
        event["body"] = json!(base64::engine::general_purpose::STANDARD.encode(&body));
        event["isBase64Encoded"] = json!(true);
        let request =
            from_str(&event.to_string()).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let (status, json) = harness.wait(async {
            let handled = agent_api::handle(harness.world.process.api.clone(), request);
            let response = handled.await;
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), 1 << 24).await;
            (
                status,
                serde_json::from_slice::<Value>(&bytes.unwrap_or_default()).unwrap_or_default(),
            )
        });
        harness.note(status < 300);
        let is_told = status < 400 || json["code"].is_string() || json["error"]["code"].is_number();
        hold((status < 500 || status == 501) && is_told, || format!("answered {status}: {json}"))
    });
    checked.map_err(told)
}
