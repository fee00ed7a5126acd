//! Whose turn it is: who has the fewest open rooms is given the next.

use super::Room;
use crate::{Id, integration::Member};

/// The member who is to have this room, of those who have so many open ones. Which of several
/// with as few is told by the room, so that rooms that are assigned at the same moment spread.
pub fn in_turn(room: Id<Room>, members: &[(Member, usize)]) -> Option<&Member> {
    let lot = |member: &Member| Id::<Room>::derived(&[&room.to_string(), &member.id.to_string()]);
    let fewest = members.iter().min_by_key(|(member, open)| (*open, lot(member)));
    fewest.map(|(member, _)| member)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn members(open: [usize; 3]) -> Vec<(Member, usize)> {
        let names = ["Ani", "Sari", "Tono"];
        let member = |name: &str| Member { id: Id::derived(&[name]), name: name.into() };
        names.into_iter().map(member).zip(open).collect()
    }

    #[test]
    fn who_has_the_fewest_rooms_is_next() {
        let room = Id::derived(&["room"]);
        for (open, next) in [([1, 0, 2], "Sari"), ([3, 4, 2], "Tono"), ([0, 1, 1], "Ani")] {
            assert_eq!(in_turn(room, &members(open)).unwrap().name, next);
        }
        assert_eq!(in_turn(room, &[]), None);
    }

    #[test]
    fn among_equals_rooms_spread_and_each_stays_with_its_lot() {
        let members = members([2, 2, 2]);
        let rooms = (0..30).map(|n| Id::derived(&[&n.to_string()]));
        let next: BTreeSet<_> = rooms
            .map(|room| {
                let (first, second) = (in_turn(room, &members), in_turn(room, &members));
                assert_eq!(first, second);
                first.unwrap().name.clone()
            })
            .collect();
        assert_eq!(next.len(), 3);
    }
}
