//! What comes from the table's stream, the queues and the bucket: our own, and read with care all
//! the same, since versions differ while one is rolled out.

use std::sync::Arc;

use proptest::{prelude::*, sample::select, test_runner::TestRunner};
use serde_json::json;

use super::{
    CHANGES, Harness, hold,
    mutation::{changed, changed_text},
    samples, told,
};

/// No record stops relay: one that does not read is passed by.
pub(super) fn stream_record(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let relay = &harness.world.process.relay;
    let checked = runner.run(&changed(samples::read("relay")), |event| {
        let Ok(event) = serde_json::from_value(event) else { return Ok(()) };
        let calls = harness.calls();
        let done = harness.wait(relay::handle(Arc::clone(relay), event));
        harness.note(harness.calls() > calls);
        hold(done.is_ok(), || format!("{done:?}"))
    });
    checked.map_err(told)
}

/// No message makes a queue's function panic.
pub(super) fn queue_message(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let process = &harness.world.process;
    let bodies = |function: &'static str| {
        let jobs = samples::read(function)
            .into_iter()
            .filter_map(|event| serde_json::from_str(event["Records"][0]["body"].as_str()?).ok());
        changed_text(jobs.collect()).prop_map(move |body| (function, body))
    };
    let inputs = prop_oneof![bodies("outbound"), bodies("media"), bodies("inbound-retry")];
    let checked = runner.run(&inputs, |(function, body)| {
        let body = String::from_utf8_lossy(&body).into_owned();
        let record = json!({ "messageId": "m-1", "receiptHandle": "h", "body": body, "attributes": {}, "messageAttributes": {} });
        let event = serde_json::from_value(json!({ "Records": [record] }));
        let event = event.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let calls = harness.calls();
        harness.wait(async {
            match function {
                "outbound" => outbound::handle(Arc::clone(&process.outbound), event).await,
                "media" => media::handle(Arc::clone(&process.media), event).await,
                _ => inbound_retry::handle(Arc::clone(&process.retry), event).await,
            }
        });
        harness.note(harness.calls() > calls);
        Ok(())
    });
    checked.map_err(told)
}

/// What was put aside in the bucket is stored or kept, whatever became of it there.
pub(super) fn stored_element(harness: &Harness, runner: &mut TestRunner) -> Result<(), String> {
    let world = &harness.world;
    let company = world.company();
    let app_key = company.setup.app_key.clone();
    let organization_id = company.provisioned.organization_id;
    let elements = prop_oneof![
        4 => changed_text(samples::deliveries(company)),
        1 => any::<Vec<u8>>(),
    ];
    let ids = ["0aa0011f-ac7e-8fb8-9ba7-e196a79ed4b9", "0aa0011f-ac7e-8fb8-9ba7-e196a79ed4ba"];
    let checked = runner.run(&(elements, select(ids.to_vec())), |(bytes, id)| {
        let name = format!("set-aside/{organization_id}/{id}.json");
        world.wire.services().s3.place(&name, &bytes);
        let body = json!({ "app_key": app_key, "element_id": id }).to_string();
        let record =
            json!({ "messageId": "m-1", "body": body, "attributes": {}, "messageAttributes": {} });
        let event = serde_json::from_value(json!({ "Records": [record] }));
        let event = event.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let calls = harness.calls();
        let done = harness.wait(inbound_retry::handle(Arc::clone(&world.process.retry), event));
        harness.note(harness.made(calls, &CHANGES));
        hold(done.batch_item_failures.is_empty(), || "it has to come again".into())
    });
    checked.map_err(told)
}
