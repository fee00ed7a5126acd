//! What members set on a room itself: its name, and that no timer resolves it.

use super::Room;

/// The longest name, in characters.
pub const ROOM_NAME_LIMIT: usize = 100;

/// What is to be different; the rest stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// The name that members give it, instead of the one in the customer's profile.
    pub name: Option<RoomName>,
    /// Whether timers leave it alone.
    pub is_dont_auto_resolve: Option<bool>,
}

/// A name that members give a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name has 1 to {ROOM_NAME_LIMIT} characters, and none of them is a control character.")]
pub struct NotARoomName;

impl RoomName {
    /// Reads a name as people write it.
    pub fn new(text: &str) -> Result<Self, NotARoomName> {
        let name = text.trim();
        let length = name.chars().count();
        if !(1..=ROOM_NAME_LIMIT).contains(&length) || name.chars().any(char::is_control) {
            return Err(NotARoomName);
        }
        Ok(Self(name.to_owned()))
    }
}

/// A member changes a room's details: `Some` new room, or `None` if it is so already.
pub fn change_details(room: &Room, details: &Details) -> Option<Room> {
    let mut next = room.clone();
    if let Some(RoomName(name)) = &details.name {
        next.given_name = Some(name.clone());
    }
    if let Some(on) = details.is_dont_auto_resolve {
        next.is_dont_auto_resolve = on;
    }
    (next != *room).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::room, *};

    #[test]
    fn a_name_that_members_gave_stands_before_the_profiles() {
        let name = RoomName::new(" Budi (gudang) ").unwrap();
        let details = Details { name: Some(name), ..Details::default() };
        let mut renamed = change_details(&room(), &details).unwrap();
        renamed.name = "Budi Baru".into();
        assert_eq!(renamed.shown_name(), "Budi (gudang)");
        assert_eq!(room().shown_name(), "Budi");
        assert_eq!(change_details(&renamed, &details), None);
        assert_eq!(change_details(&renamed, &Details::default()), None);
        let long = "x".repeat(101);
        for text in ["", " ", "a\u{7}b", &long] {
            assert_eq!(RoomName::new(text), Err(NotARoomName));
        }
    }

    #[test]
    fn timers_leave_a_room_alone_until_told_otherwise() {
        let set = |on| Details { is_dont_auto_resolve: Some(on), ..Details::default() };
        assert_eq!(change_details(&room(), &set(false)), None);
        let kept = change_details(&room(), &set(true)).unwrap();
        assert!(kept.is_dont_auto_resolve);
        assert!(!change_details(&kept, &set(false)).unwrap().is_dont_auto_resolve);
    }
}
