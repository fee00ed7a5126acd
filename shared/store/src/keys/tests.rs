//! Keys read back, and no two rows spell the same one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use domain::{
    Id, Time,
    channel::Channel,
    contact::Term,
    message::Position,
    room::{Room, TagName},
};

use super::*;

fn any_id<T: 'static>() -> impl Strategy<Value = Id<T>> {
    "[a-z]{1,6}".prop_map(|seed| Id::derived(&[&seed]))
}

proptest! {
    #[test]
    fn addresses_read_back(room in any_id::<Room>(), id in any_id(), millis in 0..9_999_999_999_999_i64) {
        let key = MessageKey { room, position: Position { at: Time::from_millis(millis), id } };
        prop_assert_eq!(MessageKey::parse(&key.to_string()), Some(key));
        let org = Id::derived(&["org"]);
        prop_assert_eq!(position(&message(org, room, key.position).sk), Some(key.position));
        let place = InboxKey::new(Time::from_millis(millis), room);
        prop_assert_eq!(InboxKey::parse(&place.isk()), Some(place));
        let at = key.position.at;
        for what in [
            What::Room,
            What::Message(key.position),
            What::Annotations(id.cast()),
            What::Note(at, id.cast()),
        ] {
            let address = Address { room, what };
            let row = address.key(org);
            prop_assert_eq!(Address::parse(&row.pk, &row.sk), Some((org, address)));
            prop_assert_eq!(What::try_from(String::from(what)), Ok(what));
        }
        let elsewhere = identity(org, Id::derived(&["at"]), "room");
        prop_assert_eq!(Address::parse(&elsewhere.pk, ROOM), None);
        let place = JournalPlace { at: Time::from_millis(millis), run: "00ff".into() };
        prop_assert!(JournalPlace::before(place.at).sk() < place.sk());
        prop_assert_eq!(JournalPlace::parse(&place.sk()), Some(place));
    }

    #[test]
    fn places_of_contacts_read_back(text in "[a-z0-9é ]{0,9}", begins in 0..9_usize, kind in 0..3_usize) {
        let term = |text: String| match kind {
            0 => Term::Name(text),
            1 => Term::Word(text),
            _ => Term::Number(text),
        };
        let (org, id) = (Id::derived(&["org"]), Id::derived(&["budi"]));
        let own = term(text.clone());
        prop_assert_eq!(found(&found_contact(org, &own, id).sk), Some((own.clone(), id)));
        let beginning = [term(text.chars().take(begins).collect())];
        let place = ContactPlace { beginning: 0, last: Some((own, id)) };
        prop_assert_eq!(ContactPlace::parse(&place.to_string(), &beginning), Some(place));
        prop_assert_eq!(ContactPlace::parse(&format!("1#a#{text}#{id}"), &beginning), None);
        prop_assert_eq!(ContactPlace::parse(&format!("0#a#~{text}#{id}"), &[term("b".into())]), None);
    }

    #[test]
    fn messages_sort_by_time(a in 0..9_999_999_999_999_i64, b in 0..9_999_999_999_999_i64) {
        let org = Id::derived(&["org"]);
        let room = Id::derived(&["room"]);
        let sk = |millis| message(org, room, Position { at: Time::from_millis(millis), id: Id::derived(&["m"]) }).sk;
        prop_assert_eq!(a.cmp(&b), sk(a).cmp(&sk(b)));
    }

    #[test]
    fn free_text_can_not_spell_another_rows_key(one in ".{0,20}", other in ".{0,20}") {
        let org = Id::derived(&["org"]);
        let id = Id::derived(&["id"]);
        let keys = |text: &str| {
            let text = text.to_owned();
            [app(&text), account(Channel::WhatsApp, &text), api_key(&text),
             identity(org, id, &text), from_phone(org, id, &text),
             idempotency(org, Id::derived(&["room"]), &text),
             ticket(&text), socket_owner(&text), socket(org, Id::derived(&["ani"]), &text)]
        };
        let all: BTreeSet<_> = keys(&one).into_iter().chain(keys(&other))
            .map(|key| (key.pk, key.sk)).collect();
        prop_assert_eq!(all.len(), if one == other { 9 } else { 18 });
    }
}

#[test]
fn a_tag_spells_no_other_partition() {
    let org = Id::derived(&["org"]);
    let keys = |name: &str| {
        let name = TagName::new(name).unwrap();
        let tag = tag(org, &name);
        [tagged(org, &name), format!("{} {}", tag.pk, tag.sk)]
    };
    let names = ["s", "#", "s#tag#s", "tag#s", "vip", "vip#"];
    let all: BTreeSet<_> = names.iter().flat_map(|name| keys(name)).collect();
    assert_eq!(all.len(), 2 * names.len());
    assert!(!all.contains(&tags(org)));
}

#[test]
fn places_of_rooms_read_back_from_each_list() {
    let (org, member, room) = (Id::derived(&["o"]), Id::derived(&["m"]), Id::derived(&["r"]));
    let at = Time::from_millis(1_795_000_000_005);
    let place = |sk: &str| InboxKey::parse(sk);
    let done = done_room(org, member, room, at).sk;
    assert_eq!(place(done.strip_prefix(DONE).unwrap()), Some(InboxKey::new(at, room)));
    let open = open_room(org, member, room).sk;
    assert_eq!(place(open.strip_prefix(OPEN).unwrap()), Some(InboxKey { step: 0, room }));
    let name = TagName::new("vip").unwrap();
    assert_eq!(place(&tagged_room(org, &name, room, at).sk), Some(InboxKey::new(at, room)));
}

#[test]
fn a_due_row_reads_back_and_no_other_row_is_one() {
    let (org, room, job) = (Id::derived(&["o"]), Id::derived(&["r"]), Id::derived(&["j"]));
    let parse = |key: Key| DueRow::parse(&key.pk, &key.sk);
    assert_eq!(parse(super::room(org, room)), Some(DueRow::Room(org, room)));
    assert_eq!(parse(super::job(org, job)), Some(DueRow::Job(org, job)));
    for key in [live_session(org, room), auto_resolve(org), api_key("x"), app("y")] {
        assert_eq!(parse(key), None);
    }
    assert_eq!(due(room).len(), "due#0".len());
    assert!(SHARDS.contains(&due(room)[4..]));
}

#[test]
fn garbage_is_no_address() {
    for text in ["", "a:b:c", "::", "x", "o#1"] {
        assert_eq!(MessageKey::parse(text), None);
    }
}
