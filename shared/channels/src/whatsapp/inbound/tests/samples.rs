//! The samples under `events/channels/whatsapp`, and what they mean.

use std::{collections::BTreeSet, fs, path::PathBuf};

use domain::{
    Time,
    contact::Person,
    integration::{NumberChange, NumberNews},
    message::{
        Annotated, Annotation, Card, CardDetails, CardPhone, CatalogOrder, Change, Choice, Content,
        Context, Conversation, Failure, File, FormReply, Location, Media, MediaKind, OrderItem,
        Pricing, Referral, Side, Status, StatusUpdate, Typed,
    },
    template,
};

use super::super::{decode, split};
use crate::{
    AccountChange, AccountNews, Body, ChatAnnotation, CustomerMessage, Echo, Element, Event,
    IdentityChange, Inbound, StatusReport,
};

const NUMBER: &str = "210550001234567";
const SITI: &str = "628123456789";
const BUDI: &str = "628987654321";
const REFERENCE: &str = "0194f0c2-7a31-7c55-9d0e-3b1f6a2c8e41";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/channels/whatsapp")
}

fn elements(sample: &str) -> Vec<Element> {
    split(&fs::read(folder().join(format!("{sample}.json"))).unwrap()).unwrap()
}

/// Seconds after the moment at which the samples begin.
fn at(seconds: i64) -> Time {
    Time::from_millis((1_795_000_000 + seconds) * 1000)
}

/// The people of the samples, as each of their messages tells them.
fn person(key: &str, name: &str) -> Person {
    let user_id = match key {
        SITI => Some("ID.17400123456789012345"),
        BUDI => Some("ID.17400999988887777666"),
        hidden => Some(hidden),
    };
    Person {
        number: [SITI, BUDI].contains(&key).then(|| key.to_owned()),
        user_id: user_id.map(str::to_owned),
        username: (name == "Dewi").then(|| "dewi.kopi".to_owned()),
        name: Some(name.into()),
        parent_user_id: None,
    }
}

fn siti() -> Person {
    person(SITI, "Siti Rahma")
}

fn message(id: &str, from: Person, seconds: i64, body: Body, context: Context) -> Inbound {
    let provider_id = format!("wamid.SAPA{id}");
    Inbound::Message(CustomerMessage { provider_id, from, at: at(seconds), body, context })
}

fn said(id: &str, from: &str, name: &str, seconds: i64, body: Body) -> Inbound {
    message(id, person(from, name), seconds, body, Context::default())
}

fn text(words: &str) -> Body {
    Body::Content(Content::Text { text: words.into() })
}

/// What Siti says, in the second thousand seconds.
fn siti_said(id: &str, seconds: i64, content: Content) -> Inbound {
    siti_said_in(id, seconds, content, Context::default())
}

fn siti_said_in(id: &str, seconds: i64, content: Content, context: Context) -> Inbound {
    message(id, siti(), seconds, Body::Content(content), context)
}

fn reply() -> Context {
    Context { reply_to: Some("wamid.SAPAOUT01".into()), ..Context::default() }
}

fn file(
    kind: MediaKind,
    caption: Option<&str>,
    id: &str,
    mime_type: &str,
    sha256: Option<&str>,
) -> Media {
    Media {
        kind,
        caption: caption.map(str::to_owned),
        filename: None,
        is_voice: false,
        is_animated: false,
        file: File::Awaited {
            provider_media_id: id.into(),
            mime_type: mime_type.into(),
            sha256: sha256.map(str::to_owned),
            round: 0,
        },
    }
}

const HASH: Option<&str> = Some("90c9a3a643bd958de1c862ea51655b28f24ed6893cc00338462f1b27a6dc3a95");

/// Something done to a message in Siti's chat.
fn done(id: &str, target: &str, by: Side, seconds: i64, change: Annotated) -> Inbound {
    let chat = match by {
        Side::Customer => siti(),
        Side::Business => Person::of_number(SITI),
    };
    Inbound::Annotation(ChatAnnotation {
        chat,
        annotation: Annotation {
            target: format!("wamid.SAPA{target}"),
            by,
            at: at(seconds),
            provider_id: format!("wamid.SAPA{id}"),
            change,
        },
    })
}

fn echo(id: &str, seconds: i64, content: Content) -> Inbound {
    Inbound::Echo(Echo {
        provider_id: format!("wamid.SAPA{id}"),
        to: Person::of_number(SITI),
        at: at(seconds),
        body: Body::Content(content),
        context: Context::default(),
        reference: None,
    })
}

fn change(old: Person, new: Person, seconds: i64, kind: &str, summary: &str) -> Inbound {
    let Inbound::Event(event) = event(kind, Some(seconds), summary) else { panic!("an event") };
    let event = Event { about: vec![old.clone(), new.clone()], ..event };
    Inbound::IdentityChange(IdentityChange { old, new, at: at(seconds), event })
}

fn words(text: &str) -> Content {
    Content::Text { text: text.into() }
}

fn report(
    id: &str,
    seconds: i64,
    change: Change,
    reference: Option<&str>,
    pricing: Option<Pricing>,
) -> Inbound {
    let provider_id = format!("wamid.SAPA{id}");
    let (number, user_id) = match id {
        "OUT01" | "OUT04" => ("628123456789", Some("ID.17400123456789012345")),
        "OUT05" => ("628123456789", None),
        _ => ("628987654321", Some("ID.17400999988887777666")),
    };
    let to = Person { user_id: user_id.map(str::to_owned), ..Person::of_number(number) };
    Inbound::Status(StatusReport {
        reference: reference.map(str::to_owned),
        to,
        update: StatusUpdate { provider_id, at: at(seconds), change, pricing },
    })
}

fn reached(id: &str, seconds: i64, status: Status, pricing: Option<Pricing>) -> Inbound {
    report(id, seconds, Change::Reached(status), Some(REFERENCE), pricing)
}

fn price(billable: bool, kind: &str, category: &str) -> Option<Pricing> {
    let (model, kind, category) = ("PMP".into(), Some(kind.into()), category.into());
    Some(Pricing { billable, model, kind, category, conversation: None })
}

fn free() -> Option<Pricing> {
    price(false, "free_customer_service", "service")
}

fn in_group(who: Person, seconds: i64, summary: &str) -> Inbound {
    let (kind, summary) = ("group_message".into(), summary.into());
    Inbound::Event(Event { kind, at: Some(at(seconds)), summary, about: vec![who] })
}

fn event(kind: &str, seconds: Option<i64>, summary: &str) -> Inbound {
    let (kind, summary) = (kind.into(), summary.into());
    Inbound::Event(Event { kind, at: seconds.map(at), summary, about: vec![] })
}

/// Every sample that holds one element.
fn singles() -> Vec<(&'static str, Option<&'static str>, Inbound)> {
    let ours = Some(NUMBER);
    vec![
        (
            "text",
            ours,
            said("TEXT01", SITI, "Siti Rahma", 0, text("Halo, apakah kopi Gayo masih ada?")),
        ),
        (
            "text-bsuid",
            ours,
            said("BSUID1", "ID.17400555544443333222", "Dewi", 60, text("Bisa kirim ke Bandung?")),
        ),
        ("image", ours, {
            let media = file(
                MediaKind::Image,
                Some("Kemasannya sobek"),
                "410770000000002",
                "image/jpeg",
                Some("6f646570656e64656e63792d6f6e2d6b6f70692d6761796f2d31323334353637"),
            );
            said("IMAGE1", BUDI, "Budi Santoso", 200, Body::Content(Content::Media(media)))
        }),
        (
            "reaction",
            ours,
            done("REACT1", "OUT01", Side::Customer, 300, Annotated::Reaction(Some("👍".into()))),
        ),
        ("unsupported", ours, {
            let body = Body::Unsupported {
                provider_type: "poll_creation".into(),
                code: Some(131_051),
                reason: Some("Message type is currently not supported.".into()),
            };
            said("UNSUP1", SITI, "Siti Rahma", 400, body)
        }),
        ("status-sent", ours, {
            let (origin, expires_at) = (Some("service".into()), Some(at(86_400)));
            let conversation = Some(Conversation { origin, expires_at });
            let pricing = free().map(|pricing| Pricing { conversation, ..pricing });
            reached("OUT01", 500, Status::Sent, pricing)
        }),
        (
            "status-delivered",
            ours,
            reached("OUT01", 502, Status::Delivered, price(true, "regular", "utility")),
        ),
        ("status-read", ours, reached("OUT01", 530, Status::Read, None)),
        ("status-failed", ours, {
            let detail = "More than 24 hours have passed since the recipient last replied to the sender number.".to_owned();
            let failure = Failure::uncoded("Re-engagement message", at(540));
            let change = Change::Failed(Failure { code: 131_047, detail: Some(detail), ..failure });
            report("OUT04", 540, change, Some("0194f0c2-7a31-7c55-9d0e-000000000004"), None)
        }),
        (
            "account-update",
            None,
            event("account_update", Some(600), "account_update: ACCOUNT_RESTRICTION"),
        ),
        (
            "system-number-change",
            ours,
            change(
                Person {
                    user_id: Some("ID.17400123456789012345".into()),
                    ..Person::of_number(SITI)
                },
                Person::of_number("628111222333"),
                700,
                "system",
                "WhatsApp's notice about a customer: user_changed_number",
            ),
        ),
        (
            "errors-only",
            ours,
            event("errors", Some(800), "WhatsApp reports 130429: Rate limit hit"),
        ),
    ]
}

/// The samples of each kind of message.
fn kinds() -> Vec<(&'static str, Inbound)> {
    let voice = Media {
        is_voice: true,
        ..file(MediaKind::Audio, None, "410770000000011", "audio/ogg; codecs=opus", HASH)
    };
    let film = file(
        MediaKind::Video,
        Some("Beginilah cara kami menyeduhnya"),
        "410770000000012",
        "video/mp4",
        HASH,
    );
    let note =
        file(MediaKind::Document, Some("Notanya"), "410770000000013", "application/pdf", HASH);
    let note = Media { filename: Some("nota-1042.pdf".into()), ..note };
    let sticker = file(MediaKind::Sticker, None, "410770000000014", "image/webp", HASH);
    let sticker = Media { is_animated: true, ..sticker };
    let place = Location {
        latitude_e7: -69_147_444,
        longitude_e7: 1_076_098_110,
        name: Some("Rumah Siti".into()),
        address: Some("Jl. Braga 10, Bandung".into()),
        url: None,
    };
    let agus = Card {
        name: "Agus Wijaya".into(),
        first_name: Some("Agus".into()),
        last_name: Some("Wijaya".into()),
        company: Some("Gudang Timur".into()),
        phones: vec!["+62 811-2233-4455".into()],
        emails: vec!["agus@example.com".into()],
        details: Box::new(CardDetails {
            phones: vec![CardPhone {
                phone: Some("+62 811-2233-4455".into()),
                wa_id: Some("6281122334455".into()),
                kind: Some("WORK".into()),
            }],
            emails: vec![Typed { value: "agus@example.com".into(), kind: Some("WORK".into()) }],
            ..CardDetails::default()
        }),
    };
    let own = Card {
        name: "Dewi".into(),
        first_name: None,
        last_name: None,
        company: None,
        phones: vec!["628155566677".into()],
        emails: Vec::new(),
        details: Box::new(CardDetails {
            phones: vec![CardPhone { phone: Some("628155566677".into()), wa_id: None, kind: None }],
            vcard: Some(
                "BEGIN:VCARD\nVERSION:3.0\nFN:Dewi\nTEL;TYPE=CELL:628155566677\nEND:VCARD".into(),
            ),
            origin: Some("contact_request".into()),
            ..CardDetails::default()
        }),
    };
    let dewi = person("ID.17400555544443333222", "Dewi");
    let choice = |id: &str, title: &str, description: Option<&str>| {
        let description = description.map(str::to_owned);
        Content::Choice(Choice { id: id.into(), title: title.into(), description })
    };
    let form = Content::FormReply(FormReply {
        name: "flow".into(),
        text: "Sent".into(),
        answers: r#"{"flow_token":"t-1","alamat":"Jl. Braga 10"}"#.into(),
    });
    let line = |product: &str, quantity, price: &str| OrderItem {
        product: product.into(),
        quantity,
        price: price.into(),
        currency: "IDR".into(),
    };
    let order = Content::Order(CatalogOrder {
        catalog_id: "880990000000001".into(),
        text: Some("Tolong kirim besok".into()),
        items: vec![line("gayo-250", 2, "85000"), line("toraja-500", 1, "162500.5")],
    });
    let cards = |card| Content::Contacts { cards: vec![card] };
    vec![
        ("audio-voice", siti_said("VOICE1", 1000, Content::Media(voice))),
        ("video", siti_said("VIDEO1", 1001, Content::Media(film))),
        ("document", siti_said("DOCUM1", 1002, Content::Media(note))),
        ("sticker", siti_said("STICK1", 1003, Content::Media(sticker))),
        ("location", siti_said("LOCAT1", 1004, Content::Location(place))),
        ("contacts", siti_said("CONTA1", 1005, cards(agus))),
        (
            "contacts-shared-on-request",
            message("CONTA2", dewi, 1006, Body::Content(cards(own)), Context::default()),
        ),
        ("interactive-button-reply", {
            siti_said_in("INTER1", 1007, choice("kirim-hari-ini", "Hari ini", None), reply())
        }),
        ("interactive-list-reply", {
            let chosen = choice("gayo-250", "Gayo 250 g", Some("Rp85.000"));
            siti_said_in("INTER2", 1008, chosen, reply())
        }),
        ("interactive-flow-reply", siti_said_in("INTER3", 1009, form, reply())),
        ("button", siti_said_in("BUTTO1", 1010, choice("BATAL", "Batalkan", None), reply())),
        ("order", siti_said("ORDER1", 1012, order)),
        ("text-reply", siti_said_in("REPLY1", 1014, words("Yang ini ya"), reply())),
    ]
}

/// The samples of what messages refer to, and of what is said about them.
fn references() -> Vec<(&'static str, Inbound)> {
    let referral = Referral {
        source_type: "ad".into(),
        source_id: Some("120200000000001".into()),
        source_url: Some("https://fb.me/kopi".into()),
        headline: Some("Kopi Gayo".into()),
        body: Some("Panen baru".into()),
        click_id: Some("ARAkLkA8rmlFeiCktEJQ".into()),
        media_type: Some("image".into()),
        image_url: Some("https://example.com/kopi.jpg".into()),
        video_url: None,
        thumbnail_url: None,
        welcome_text: None,
    };
    let referred = Context { referral: Some(Box::new(referral)), ..Context::default() };
    let forwarded =
        Context { is_forwarded: true, is_frequently_forwarded: true, ..Context::default() };
    let product = Context {
        reply_to: Some("wamid.SAPAOUT02".into()),
        product: Some(("880990000000001".into(), "gayo-250".into())),
        ..Context::default()
    };
    let edit = |text| Annotated::Edit(Box::new(words(text)));
    let photo = file(MediaKind::Image, Some("Kemasan baru"), "410770000000015", "image/jpeg", HASH);
    let (ours, theirs) = (Side::Business, Side::Customer);
    let hidden = Person::of_user_id;
    let siti_was =
        |user_id: &str| Person { user_id: Some(user_id.into()), ..Person::of_number(SITI) };
    vec![
        ("text-referral", { siti_said_in("REFER1", 1013, words("Saya lihat iklannya"), referred) }),
        ("text-forwarded", siti_said_in("FORWA1", 1015, words("Resep kopi tubruk"), forwarded)),
        ("text-product", siti_said_in("PRODU1", 1016, words("Masih ada?"), product)),
        ("reaction-removed", done("REACT2", "OUT01", theirs, 1011, Annotated::Reaction(None))),
        ("edit", {
            let change = edit("Halo, apakah kopi Gayo 250 g masih ada?");
            done("EDIT01", "TEXT01", theirs, 1017, change)
        }),
        ("revoke", done("REVOK1", "TEXT01", theirs, 1018, Annotated::Revoke)),
        ("echo-text", echo("ECHO01", 1022, words("Masih, Bu. Mau berapa?"))),
        ("echo-image", echo("ECHO02", 1023, Content::Media(photo))),
        ("echo-edit", {
            done("ECHO03", "ECHO01", ours, 1024, edit("Masih, Bu. Mau berapa bungkus?"))
        }),
        ("echo-revoke", done("ECHO04", "ECHO01", ours, 1025, Annotated::Revoke)),
        ("text-group", in_group(siti(), 1019, "A message of type text in a group")),
        ("status-played", reached("OUT05", 1026, Status::Played, None)),
        ("system-user-id-change", {
            change(
                hidden("ID.17400555544443333222"),
                hidden("ID.17400777766665555444"),
                1020,
                "system",
                "WhatsApp's notice about a customer: user_changed_user_id",
            )
        }),
        ("user-id-update", {
            let summary = "A customer has another business-scoped user id";
            let new =
                Person { name: Some("Siti Rahma".into()), ..siti_was("ID.17400222233334444555") };
            change(siti_was("ID.17400123456789012345"), new, 1021, "user_id_update", summary)
        }),
    ]
}

/// What a change tells of the template of the samples.
fn of_template(event: Inbound, change: template::Change) -> Inbound {
    let Inbound::Event(event) = event else { panic!("an event") };
    let news = template::News {
        provider_id: Some("510880000000001".into()),
        name: "pengiriman_pesanan".into(),
        language: "id".into(),
        change,
        at: event.at.unwrap(),
    };
    of_account(AccountChange::Template(news), event)
}

/// What a change tells of the number of the samples.
fn of_number(event: Inbound, change: NumberChange) -> Inbound {
    let Inbound::Event(event) = event else { panic!("an event") };
    let news = NumberNews { number: "622150001234".into(), change, at: event.at.unwrap() };
    of_account(AccountChange::Number(news), event)
}

fn of_account(change: AccountChange, event: Event) -> Inbound {
    Inbound::Account(AccountNews { business_account: "310660001234567".into(), change, event })
}

/// The samples of what is told of customers apart from messages.
fn notices() -> Vec<(&'static str, Inbound)> {
    let siti = || Person { name: None, ..siti() };
    let of = |kind: &str, seconds, summary: &str, about: Vec<Person>| {
        let (kind, summary, at) = (kind.into(), summary.into(), Some(at(seconds)));
        Inbound::Event(Event { kind, at, summary, about })
    };
    vec![
        ("group-participants-update", {
            let summary = "About a group: group_participants_add, invite_link";
            of("group_participants_update", 1032, summary, vec![siti()])
        }),
        ("history", {
            let summary = "Chats from before the number was connected, which are not taken in: 1";
            of("history", 1035, summary, vec![])
        }),
        ("smb-app-state-sync", {
            let summary = "The address book of the phone's app: contact, add";
            of("smb_app_state_sync", 1036, summary, vec![Person::of_number(BUDI)])
        }),
        ("user-preferences", {
            let summary = "What a customer wants to be sent: marketing_messages, stop";
            of("user_preferences", 1037, summary, vec![siti()])
        }),
        ("calls", {
            let summary = "A call on WhatsApp, which is not taken here: connect, USER_INITIATED";
            of("calls", 1038, summary, vec![person(SITI, "Siti Rahma")])
        }),
    ]
}

/// The samples of what happens to the account.
fn account_events() -> Vec<(&'static str, Inbound)> {
    let of =
        |kind: &str, seconds, facts: &str| event(kind, Some(seconds), &format!("{kind}: {facts}"));
    vec![
        ("phone-number-quality-update", {
            let event = of("phone_number_quality_update", 1027, "FLAGGED, TIER_10K, 622150001234");
            let (quality, messaging_limit) = (Some("RED".into()), Some("TIER_10K".into()));
            of_number(event, NumberChange::Standing { quality, messaging_limit })
        }),
        ("template-quality-update", {
            let facts = "pengiriman_pesanan, YELLOW, id, GREEN";
            let event = of("message_template_quality_update", 1028, facts);
            of_template(event, template::Change::Quality("YELLOW".into()))
        }),
        ("template-status-update", {
            let event =
                of("message_template_status_update", 1030, "PAUSED, pengiriman_pesanan, NONE, id");
            let reason = Some("FIRST_PAUSE".into());
            of_template(event, template::Change::Status { status: "PAUSED".into(), reason })
        }),
        ("template-category-update", {
            let facts = "pengiriman_pesanan, MARKETING, id, UTILITY";
            let event = of("template_category_update", 1031, facts);
            of_template(event, template::Change::Category("MARKETING".into()))
        }),
        ("business-username-update", {
            of("business_username_update", 1033, "approved, 622150001234, kopi.kita")
        }),
        ("account-review-update", of("account_review_update", 1034, "APPROVED")),
        ("template-components-update", {
            of("message_template_components_update", 1039, "pengiriman_pesanan, id")
        }),
        ("phone-number-name-update", {
            let event = of("phone_number_name_update", 1029, "APPROVED, 622150001234");
            of_number(event, NumberChange::Name("Kopi Kita".into()))
        }),
    ]
}

#[test]
fn samples_of_each_kind_mean_what_they_say() {
    for (sample, expected) in
        kinds().into_iter().chain(references()).chain(notices()).chain(account_events())
    {
        let elements = elements(sample);
        let [element] = elements.as_slice() else { panic!("{sample} has one element") };
        assert_eq!(decode(element), expected, "{sample}");
        assert_eq!(split(element.body.as_bytes()).unwrap(), elements, "{sample}");
    }
}

#[test]
fn samples_of_one_element_mean_what_they_say() {
    for (sample, account, expected) in singles() {
        let elements = elements(sample);
        let [element] = elements.as_slice() else { panic!("{sample} has one element") };
        assert_eq!(element.account.as_deref(), account, "{sample}");
        assert_eq!(decode(element), expected, "{sample}");
    }
}

#[test]
fn a_batch_is_read_in_its_order() {
    let elements = elements("batch");
    let meanings: Vec<Inbound> = elements.iter().map(decode).collect();
    let template = "message_template_status_update: APPROVED, pengiriman_pesanan, NONE, id";
    assert_eq!(
        meanings,
        [
            said("BATCH1", SITI, "Siti Rahma", 100, text("Pesanan saya sudah dikirim?")),
            said("BATCH2", BUDI, "Budi Santoso", 101, text("Mau tanya harga grosir")),
            siti_said(
                "BATCH3",
                102,
                Content::Media(file(
                    MediaKind::Sticker,
                    None,
                    "410770000000001",
                    "image/webp",
                    Some("d9ff19a74558c4fd664bc82ad8ed280b6cbc750f5bd26dedf66e5fe21f1bd643"),
                ))
            ),
            reached("OUT01", 103, Status::Delivered, free()),
            report("OUT02", 104, Change::Reached(Status::Sent), None, free()),
            of_template(
                event("message_template_status_update", Some(105), template),
                template::Change::Status { status: "APPROVED".into(), reason: None },
            ),
            said("BATCH4", BUDI, "Budi Santoso", 106, text("Halo toko Surabaya")),
            report("OUT03", 107, Change::Reached(Status::Read), None, None),
        ]
    );
    let accounts: Vec<Option<&str>> =
        elements.iter().map(|element| element.account.as_deref()).collect();
    let (ours, other) = (Some(NUMBER), Some("210550005678901"));
    assert_eq!(accounts, [ours, ours, ours, ours, ours, None, other, other]);
}

#[test]
fn every_sample_is_tested() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut tested: BTreeSet<String> =
        singles().into_iter().map(|(sample, ..)| sample.to_owned()).collect();
    tested.insert("batch".to_owned());
    let others = kinds().into_iter().chain(references()).chain(notices()).chain(account_events());
    tested.extend(others.map(|(sample, _)| sample.to_owned()));
    assert_eq!(files, tested);
}

#[test]
fn a_sample_split_again_is_itself() {
    for (sample, ..) in singles() {
        let elements = elements(sample);
        assert_eq!(split(elements[0].body.as_bytes()).unwrap(), elements, "{sample}");
    }
}
