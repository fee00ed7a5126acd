//! Rooms at work: who sees which, who has which, what they are sorted by and what is noted.

mod filters;
mod handing_over;
mod notes;
mod races;
mod tags;
mod visibility;

use domain::api_key::Role;
use serde_json::Value;
use world::World;

use crate::desk::{Desk, rows};

/// A member of the first company at their desk, and their id.
async fn member<'a>(world: &'a World, name: &str, role: Role) -> (Desk<'a>, String) {
    let key = world.add_member(name, role).await.unwrap();
    let organization = world.company().setup.organization.clone();
    let id = domain::Id::<domain::integration::Member>::derived(&["member", &organization, name]);
    (Desk::with_key(world, &key), id.to_string())
}

/// The ids of rooms, in the list's order.
async fn ids(desk: &Desk<'_>, path: &str) -> Vec<Value> {
    let page = desk.get(path).await;
    page["data"].as_array().unwrap().iter().map(|room| room["id"].clone()).collect()
}

/// What a list shows on all its pages.
async fn all(desk: &Desk<'_>, path: &str) -> Vec<Value> {
    let (mut shown, mut cursor) = (Vec::new(), String::new());
    let joint = if path.contains('?') { '&' } else { '?' };
    for _ in 0..50 {
        let page = desk.get(&format!("{path}{cursor}")).await;
        shown.extend(page["data"].as_array().unwrap().iter().map(|room| room["id"].clone()));
        match page["meta"]["pagination"]["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("{joint}cursor={next}"),
            None => return shown,
        }
    }
    panic!("{path} never ends")
}

/// Whose rooms are whose, by the rows that agents' lists are read from: (member, kind, room).
fn own_rows(world: &World) -> Vec<(String, String, String)> {
    let mut own: Vec<_> = ["open#", "done#"]
        .into_iter()
        .flat_map(|kind| rows(world, kind))
        .map(|row| {
            let (pk, sk) = (row["pk"]["S"].as_str().unwrap(), row["sk"]["S"].as_str().unwrap());
            let parts: Vec<_> = sk.split('#').collect();
            let member = pk.rsplit('#').next().unwrap();
            (member.to_owned(), parts[0].to_owned(), parts[2].to_owned())
        })
        .collect();
    own.sort();
    own
}
