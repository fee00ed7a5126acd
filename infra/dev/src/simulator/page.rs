//! A short page for whoever opens the simulator in a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use world::graph::Fault;

use super::Simulator;

/// `GET /`.
pub(super) async fn show(State(simulator): State<Arc<Simulator>>) -> Html<String> {
    let faults = Fault::ALL.map(Fault::name).join(", ");
    let page = include_str!("page.html")
        .replace("{number}", &simulator.display_phone_number)
        .replace("{faults}", &faults);
    Html(page)
}
