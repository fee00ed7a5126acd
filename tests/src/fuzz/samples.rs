//! What fuzzing starts from: the project's own samples, and a world in which they make sense.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use domain::message::MediaKind;
use lambda_http::request::from_str;
use serde_json::Value;

use crate::{
    World,
    company::Company,
    files::{arrived, stored_file, with_file},
    requests::ApiRequest,
};

/// The JSON files of a folder below `events/`, in the order of their names.
pub(super) fn read(folder: &str) -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events").join(folder);
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    let texts = paths.iter().filter_map(|path| std::fs::read_to_string(path).ok());
    texts.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

/// The number and the account that the samples of deliveries are for.
const SAMPLE_NUMBER: &str = "210550001234567";
const SAMPLE_ACCOUNT: &str = "310660001234567";

/// The samples of deliveries, for this company: what comes for a number that nobody has connected is
/// only put aside.
pub(super) fn deliveries(company: &Company) -> Vec<Value> {
    let account = company.setup.business_account.as_deref().unwrap_or_default();
    let own = |sample: Value| {
        let text = sample.to_string().replace(SAMPLE_NUMBER, &company.setup.phone_number_id);
        serde_json::from_str(&text.replace(SAMPLE_ACCOUNT, account)).ok()
    };
    read("channels/whatsapp").into_iter().filter_map(own).collect()
}

/// The message and the upload that the sample events of the API name.
pub(super) const SAMPLE_MESSAGE: &str = "0b9f7c7e-3f0e-8d4c-9a51-7d2f4c1e8a66";
/// The upload that they name.
pub(super) const SAMPLE_UPLOAD: &str = "019b8c2a-7b10-7c3e-8f4d-2a6b5c4d3e2f";

/// A world with the room, the message and the upload that the samples of the API are about.
pub(super) async fn furnished(seed: u64) -> anyhow::Result<World> {
    let world = World::seeded(seed).await?;
    let text = read("webhook")
        .into_iter()
        .find(|event| event["body"].as_str().is_some_and(|body| body.contains("wamid.SAPAEVENT1")));
    let text = from_str(&text.context("the webhook has a sample of a text")?.to_string())?;
    webhook::handle(Arc::clone(&world.process.webhook), text).await;
    let rooms = world.api(ApiRequest::new("GET", "/v1/rooms")).await?;
    let room = rooms.json["data"][0]["id"].as_str().context("the text makes a room")?.to_owned();
    let picture = (SAMPLE_MESSAGE, MediaKind::Image, stored_file("contact/picture"));
    with_file(&world, world.company(), &room, picture).await?;
    arrived(&world, world.company(), SAMPLE_UPLOAD).await?;
    Ok(world)
}
