//! What a program said is there once, however often it asked.

use super::{Rows, text};
use crate::{company::Company, simulation::Simulation};

pub(super) fn check(
    simulation: &Simulation,
    company: &Company,
    found: &Rows,
    wrong: &mut Vec<String>,
) {
    let graph = company.graph();
    let books = simulation.books.borrow();
    for said in books.by_bots.iter().filter(|said| said.company == company.setup.api_key) {
        let read = graph.log().iter().filter(|sent| sent.text == said.words).count();
        let rooms = || found.rooms.values();
        let stored = rooms().flat_map(|room| &room.outbound);
        let stored = stored.filter(|message| {
            ["text", "caption"].iter().any(|name| text(&message["content"], name) == said.words)
        });
        let noted = rooms().flat_map(|room| &room.notes);
        let noted = noted.filter(|note| text(note, "text") == said.words).count();
        let counts = (read, stored.count(), noted);
        let (message, note) = if said.is_note { (0, said.most) } else { (said.most, 0) };
        if counts.0 > message || counts.1 > message || counts.2 > note {
            let (words, most) = (&said.words, said.most);
            wrong.push(format!(
                "{words:?} was read, stored, noted {counts:?} times, at most {most}"
            ));
        }
    }
}
