//! Files that were sent lie in the bucket as they were uploaded, until nobody is left who was sent them.

use super::{Rows, text};
use crate::{company::Company, simulation::Simulation};

pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    wrong: &mut Vec<String>,
) {
    let (org, gone) = (company.provisioned.organization_id, simulation.rooms_gone(company));
    let books = simulation.books.borrow();
    let services = simulation.world.wire.services();
    let prefix = format!("upload/{org}/");
    let id_of = |key: &str| Some(key.strip_prefix(&prefix)?.split('/').next()?.to_owned());
    let left = found.rooms.iter().filter(|(id, _)| !gone.contains(*id));
    for message in left.flat_map(|(_, room)| &room.outbound) {
        let file = &message["content"]["file"];
        let Some(id) = file["key"].as_str().and_then(id_of) else { continue };
        let bytes = services.s3.object(&text(file, "key"));
        let uploaded = books.uploads.iter().find(|uploaded| uploaded.id == id);
        let is_right = match uploaded {
            Some(uploaded) => bytes == Some(&uploaded.bytes[..]),
            // A program's, which comes along with what it says below it.
            None => bytes.is_some_and(|bytes| {
                bytes.ends_with(text(&message["content"], "caption").as_bytes())
            }),
        };
        if !is_right {
            wrong.push(format!(
                "the file {} of {} is not what was sent",
                file,
                text(message, "id")
            ));
        }
    }
    let own = books.uploads.iter().filter(|of| of.company == company.setup.api_key);
    for uploaded in own.filter(|of| !of.sent.is_empty() && of.tried.is_subset(&gone)) {
        let places = [format!("{prefix}{}", uploaded.id), format!("pending/{org}/{}", uploaded.id)];
        for key in services.s3.keys().filter(|key| places.iter().any(|at| key.starts_with(at))) {
            wrong.push(format!("{key} was sent to nobody but who was erased"));
        }
    }
    let by_bots = books.by_bots.iter().filter(|said| said.company == company.setup.api_key);
    for said in by_bots.filter(|said| said.file_in.as_ref().is_some_and(|room| gone.contains(room)))
    {
        let is_its = |key: &&str| {
            let bytes = services.s3.object(key).unwrap_or_default();
            key.starts_with(&prefix) && bytes.ends_with(said.words.as_bytes())
        };
        for key in services.s3.keys().filter(is_its) {
            wrong.push(format!("{key} of {:?} was sent to nobody but who was erased", said.words));
        }
    }
}
