//! What WhatsApp takes and gives, and how much of it we take.
//!
//! Provider limits are checked before we store a message for sending ([`check`]), so that a person
//! hears of them at once. Our own limits are far above anything that was ever seen: they bound the
//! work that one delivery can cause, and keep every id within the keys of the table.
//!
//! Each number stands beside the page of Meta's documentation that it is from
//! (<https://developers.facebook.com/documentation/business-messaging/whatsapp>). Characters are
//! Unicode scalar values. Not checked, since only the bytes tell: that a film is H.264 with AAC, a
//! recording in Ogg is Opus, a picture 8-bit RGB, a sticker 512 pixels square.

mod content;
mod interactive;
mod media;
mod template;

pub use content::check;
pub use media::file_limit;

use crate::LimitBroken;

/// The most bytes of a delivery ("up to 3 MB", webhooks overview).
pub const MAX_DELIVERY: usize = 3 * 1024 * 1024;

/// The most elements of a delivery ("a maximum of 1,000 updates", webhooks overview).
pub const MAX_ELEMENTS: usize = 4000;

/// The most bytes of a customer's text that is shown as text; ours: a customer's phone stops at
/// 64 Ki characters, and a row of the table at 400 KB.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most cards, or lines of an order, in one message; ours: WhatsApp's app stops far below.
pub const MAX_ITEMS: usize = 500;

/// The most bytes of a provider's id; ours.
pub const MAX_ID: usize = 512;

/// The most characters of `biz_opaque_callback_data` (messages API).
pub const MAX_REFERENCE: usize = 512;

/// How many days old a message may be that a reaction is put on (messages/reaction-messages).
pub const MAX_REACTION_DAYS: i64 = 30;

/// Whether WhatsApp repeats this reference to us in its reports.
pub fn takes_reference(reference: &str) -> bool {
    (1..=MAX_REFERENCE).contains(&reference.chars().count())
}

/// A refusal that names its field.
fn refuse<T>(field: impl Into<String>, detail: impl Into<String>) -> Result<T, LimitBroken> {
    Err(LimitBroken { field: field.into(), detail: detail.into() })
}

/// Words that must be there, and not too many.
fn words(field: &str, text: &str, most: usize) -> Result<(), LimitBroken> {
    if text.trim().is_empty() {
        return refuse(field, "It is empty.");
    }
    at_most(field, text, most)
}

/// Words that need not be there, but say something if they are.
fn maybe(field: &str, text: Option<&String>, most: usize) -> Result<(), LimitBroken> {
    text.map_or(Ok(()), |text| words(field, text, most))
}

fn at_most(field: &str, text: &str, most: usize) -> Result<(), LimitBroken> {
    let length = text.chars().count();
    if length > most {
        return refuse(field, format!("It has {length} characters; {most} are allowed."));
    }
    Ok(())
}

/// How many there may be.
fn count(field: &str, count: usize, most: usize) -> Result<(), LimitBroken> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    refuse(field, format!("There are {count}; 1 to {most} are allowed."))
}

#[cfg(test)]
mod tests {
    use domain::message::{
        Action, Button, Card, CarouselCard, Component, Content, File, Flow, FlowStart, Frame,
        Header, Interactive, Location, Media, MediaKind, Parameter, ParameterValue, ProductSection,
        Row, Section, Template,
    };

    use super::*;

    /// The field that is at fault, if one is.
    fn fault(content: &Content) -> Option<String> {
        check(content).err().map(|broken| broken.field)
    }

    fn assert_faults(cases: impl IntoIterator<Item = (Content, Option<&'static str>)>) {
        for (content, expected) in cases {
            assert_eq!(fault(&content).as_deref(), expected, "{content:?}");
        }
    }

    fn media(kind: MediaKind, mime_type: &str, size: u64) -> Media {
        let file = File::Stored {
            key: "k".into(),
            mime_type: mime_type.into(),
            size,
            sha256: String::new(),
        };
        Media { kind, caption: None, filename: None, is_voice: false, is_animated: false, file }
    }

    fn long(length: usize) -> String {
        "é".repeat(length)
    }

    #[test]
    fn words_have_1_to_4096_characters() {
        let text = |text: String| Content::Text { text };
        assert_faults([
            (text(long(4096)), None),
            (text(long(4097)), Some("text")),
            (text(" \n".into()), Some("text")),
        ]);
    }

    #[test]
    fn each_kind_of_file_has_its_types_and_its_size() {
        let file = |kind, mime_type, size| Content::Media(media(kind, mime_type, size));
        let (image, audio, video) = (MediaKind::Image, MediaKind::Audio, MediaKind::Video);
        let (document, sticker) = (MediaKind::Document, MediaKind::Sticker);
        let moving = |size| {
            Content::Media(Media { is_animated: true, ..media(sticker, "image/webp", size) })
        };
        const MB: u64 = 1 << 20;
        assert_faults([
            (file(image, "image/jpeg", 5 * MB), None),
            (file(image, "image/jpeg", 5 * MB + 1), Some("file_id")),
            (file(image, "image/jpeg", 0), Some("file_id")),
            (file(image, "image/webp", 1), Some("file_id")),
            (file(audio, "audio/ogg; codecs=opus", 16 * MB), None),
            (file(audio, "audio/wav", 1), Some("file_id")),
            (file(video, "video/mp4", 16 * MB), None),
            (file(video, "video/mp4", 16 * MB + 1), Some("file_id")),
            (file(document, "application/pdf", 100 * MB), None),
            (file(document, "application/pdf", 100 * MB + 1), Some("file_id")),
            (file(document, "application/zip", 1), Some("file_id")),
            (file(sticker, "image/webp", 100 << 10), None),
            (file(sticker, "image/webp", (100 << 10) + 1), Some("file_id")),
            (moving(500 << 10), None),
            (moving((500 << 10) + 1), Some("file_id")),
            (file(sticker, "image/png", 1), Some("file_id")),
        ]);
        let words = |kind, mime_type, caption: Option<usize>, name: Option<&str>| {
            Content::Media(Media {
                caption: caption.map(long),
                filename: name.map(str::to_owned),
                ..media(kind, mime_type, 1)
            })
        };
        assert_faults([
            (words(image, "image/png", Some(1024), None), None),
            (words(image, "image/png", Some(1025), None), Some("caption")),
            (words(audio, "audio/aac", Some(1), None), Some("caption")),
            (words(image, "image/png", None, Some("a.png")), Some("filename")),
            (words(document, "text/plain", None, Some("a.txt")), None),
        ]);
    }

    #[test]
    fn places_and_cards_are_possible_ones() {
        let place = |latitude_e7, longitude_e7| {
            Content::Location(Location {
                latitude_e7,
                longitude_e7,
                name: None,
                address: None,
                url: None,
            })
        };
        let card = |name: &str, phones: usize| Card {
            name: name.into(),
            first_name: None,
            last_name: None,
            company: None,
            phones: vec!["+62".into(); phones],
            emails: vec![],
            details: Box::default(),
        };
        let cards = |cards| Content::Contacts { cards };
        assert_faults([
            (place(900_000_000, -1_800_000_000), None),
            (place(900_000_001, 0), Some("location.latitude")),
            (place(0, 1_800_000_001), Some("location.longitude")),
            (cards(vec![card("Ani", 20); 257]), None),
            (cards(vec![card("Ani", 1); 258]), Some("contacts")),
            (cards(vec![]), Some("contacts")),
            (cards(vec![card("Ani", 1), card(" ", 1)]), Some("contacts[1].name")),
            (cards(vec![card("Ani", 21)]), Some("contacts[0].phones")),
        ]);
    }

    #[test]
    fn a_reaction_is_one_emoji() {
        let reaction = |emoji: Option<&str>| Content::Reaction {
            target: "wamid.1".into(),
            emoji: emoji.map(str::to_owned),
        };
        for emoji in ["👍", "👍🏽", "❤️", "👨‍👩‍👧", "🇮🇩"] {
            assert_eq!(fault(&reaction(Some(emoji))), None, "{emoji}");
        }
        assert_eq!(fault(&reaction(None)), None);
        for text in ["", "a", "👍👍", "👍 ", ":+1:"] {
            assert_eq!(fault(&reaction(Some(text))).as_deref(), Some("reaction.emoji"), "{text}");
        }
    }

    fn choosing(header: Option<Header>, body: usize, action: Action) -> Content {
        let interactive = Interactive { header, body: long(body), footer: None, action };
        Content::Interactive(Box::new(interactive))
    }

    fn buttons(titles: &[&str]) -> Action {
        let button =
            |(id, title): (usize, &&str)| Button { id: id.to_string(), title: (*title).to_owned() };
        Action::Buttons { buttons: titles.iter().enumerate().map(button).collect() }
    }

    #[test]
    fn buttons_are_few_short_and_different() {
        let twenty = long(20);
        let file = |kind, mime_type| Some(Header::Media(media(kind, mime_type, 1)));
        assert_faults([
            (choosing(None, 1024, buttons(&["a", "b", &twenty])), None),
            (choosing(None, 1025, buttons(&["a"])), Some("interactive.body")),
            (choosing(None, 1, buttons(&[])), Some("interactive.buttons")),
            (choosing(None, 1, buttons(&["a", "b", "c", "d"])), Some("interactive.buttons")),
            (choosing(None, 1, buttons(&["a", &long(21)])), Some("interactive.buttons[1].title")),
            (choosing(None, 1, buttons(&["a", "a"])), Some("interactive.buttons[1].title")),
            (choosing(file(MediaKind::Image, "image/png"), 1, buttons(&["a"])), None),
            (
                choosing(file(MediaKind::Image, "image/gif"), 1, buttons(&["a"])),
                Some("interactive.header.file_id"),
            ),
            (
                choosing(Some(Header::Text { text: long(61) }), 1, buttons(&["a"])),
                Some("interactive.header.text"),
            ),
        ]);
        let same = vec![
            Button { id: "x".into(), title: "a".into() },
            Button { id: "x".into(), title: "b".into() },
        ];
        let same = choosing(None, 1, Action::Buttons { buttons: same });
        assert_eq!(fault(&same).as_deref(), Some("interactive.buttons[1].id"));
    }

    #[test]
    fn lists_links_and_location_requests_have_their_bounds() {
        let row = |id: String| Row { id, title: "Kopi".into(), description: None };
        let list = |sections: &[usize], titled: bool| {
            let section = |(number, rows): (usize, &usize)| Section {
                title: titled.then(|| "Minum".to_owned()),
                rows: (0..*rows).map(|index| row(format!("{number}-{index}"))).collect(),
            };
            let sections = sections.iter().enumerate().map(section).collect();
            Action::List { button: "Pilih".into(), sections }
        };
        let link = |label: usize, url: &str| Action::Link { label: long(label), url: url.into() };
        let above = || Some(Header::Text { text: "x".into() });
        assert_faults([
            (choosing(above(), 4096, list(&[5, 5], true)), None),
            (choosing(None, 4097, list(&[1], false)), Some("interactive.body")),
            (choosing(None, 1, list(&[5, 6], true)), Some("interactive.list.sections")),
            (choosing(None, 1, list(&[], true)), Some("interactive.list.sections")),
            (choosing(None, 1, list(&[1, 1], false)), Some("interactive.list.sections[0].title")),
            (choosing(None, 1, list(&[1, 0], true)), Some("interactive.list.sections[1].rows")),
            (choosing(None, 1, link(20, "https://kopikita.example/menu")), None),
            (choosing(None, 1, link(21, "https://a.b")), Some("interactive.link.label")),
            (choosing(None, 1, link(1, "javascript:alert(1)")), Some("interactive.link.url")),
            (choosing(None, 1, Action::LocationRequest), None),
            (choosing(above(), 1, Action::LocationRequest), Some("interactive.header")),
        ]);
    }

    #[test]
    fn forms_and_products_have_their_bounds() {
        let above = || Some(Header::Text { text: "x".into() });
        let flow = |label: &str, data: Option<String>| {
            let start = FlowStart::Screen { screen: "PESAN".into(), data };
            let (label, id) = (label.to_owned(), "77".to_owned());
            Action::Flow(Flow { label, id, token: None, start, is_draft: false })
        };
        let product = |product: &str| Action::Product {
            catalog_id: "88".into(),
            product: product.to_owned(),
        };
        let list = |sections: &[usize]| {
            let section = |products: &usize| ProductSection {
                title: "Biji".into(),
                products: (0..*products).map(|index| index.to_string()).collect(),
            };
            let sections = sections.iter().map(section).collect();
            Action::ProductList { catalog_id: "88".into(), sections }
        };
        let catalog =
            |thumbnail: Option<&str>| Action::Catalog { thumbnail: thumbnail.map(str::to_owned) };
        let picture = || Some(Header::Media(media(MediaKind::Image, "image/png", 1)));
        let sections = Some("interactive.product_list.sections");
        assert_faults([
            (choosing(picture(), 1024, flow(&long(20), None)), None),
            (choosing(None, 1, flow("Meja 7 #1", Some("{\"a\":1}".into()))), None),
            (choosing(None, 1, flow(&long(21), None)), Some("interactive.flow.label")),
            (choosing(None, 1, flow("Pesan ☕", None)), Some("interactive.flow.label")),
            (choosing(None, 1, flow("a", Some("{}".into()))), Some("interactive.flow.data")),
            (choosing(None, 1, flow("a", Some(long(5000)))), Some("interactive.flow.data")),
            (choosing(None, 1025, flow("a", None)), Some("interactive.body")),
            (choosing(None, 0, product("gayo")), None),
            (choosing(None, 1, product("")), Some("interactive.product.product_retailer_id")),
            (choosing(above(), 1, product("gayo")), Some("interactive.header")),
            (choosing(above(), 1024, list(&[15, 15])), None),
            (choosing(above(), 1, list(&[15, 16])), sections),
            (choosing(above(), 1, list(&[])), sections),
            (choosing(above(), 1, list(&[1; 11])), sections),
            (
                choosing(above(), 1, list(&[1, 0])),
                Some("interactive.product_list.sections[1].product_retailer_ids"),
            ),
            (choosing(None, 1, list(&[1])), Some("interactive.header")),
            (choosing(picture(), 1, list(&[1])), Some("interactive.header.type")),
            (choosing(None, 1024, catalog(None)), None),
            (choosing(None, 0, catalog(None)), Some("interactive.body")),
            (
                choosing(None, 1, catalog(Some(""))),
                Some("interactive.catalog.thumbnail_product_retailer_id"),
            ),
            (choosing(above(), 1, catalog(None)), Some("interactive.header")),
        ]);
    }

    #[test]
    fn what_is_filled_into_a_template_is_one_line() {
        let body = |value| Component::Body { parameters: vec![Parameter { name: None, value }] };
        let words = |text: &str| ParameterValue::Text { text: text.to_owned() };
        let template = |components, text: String| {
            let (name, language, frame) = ("promo".into(), "id".into(), Frame::default());
            Content::Template(Box::new(Template { name, language, components, text, frame }))
        };
        let first = Some("template.components[0].parameters[0].text");
        assert_faults([
            (template(vec![body(words("a    b"))], long(1024)), None),
            (template(vec![body(words("a     b"))], String::new()), first),
            (template(vec![body(words("a\nb"))], String::new()), first),
            (template(vec![body(words("a\tb"))], String::new()), first),
            (template(vec![body(words(""))], String::new()), first),
            (template(vec![], long(1025)), Some("template.components")),
            (
                template(vec![body(ParameterValue::CouponCode { code: long(16) })], String::new()),
                Some("template.components[0].parameters[0].coupon_code"),
            ),
            (
                template(vec![body(ParameterValue::Payload { payload: long(129) })], String::new()),
                Some("template.components[0].parameters[0].payload"),
            ),
        ]);
    }

    #[test]
    fn a_template_has_two_to_ten_cards_of_few_words() {
        let template = |components, text: String| {
            let (name, language, frame) = ("promo".into(), "id".into(), Frame::default());
            Content::Template(Box::new(Template { name, language, components, text, frame }))
        };
        let cards = |count: usize, text: String| {
            let card = CarouselCard { components: vec![], text, frame: Frame::default() };
            template(vec![Component::Carousel { cards: vec![card; count] }], String::new())
        };
        let offer = |most| {
            let expires_at = domain::Time::from_millis(1);
            template(vec![Component::Offer { expires_at }], long(most))
        };
        let choice = |sections: &[usize]| {
            let sections = sections.iter().map(|products| ProductSection {
                title: "Kopi".into(),
                products: vec!["gayo".into(); *products],
            });
            let value =
                ParameterValue::Catalog { thumbnail: "a".into(), sections: sections.collect() };
            let parameters = vec![Parameter { name: None, value }];
            let button = Component::Button { sub_type: "mpm".into(), index: 0, parameters };
            template(vec![button], String::new())
        };
        let sections = "template.components[0].parameters[0].sections";
        let no_products = "template.components[0].parameters[0].sections[1].product_retailer_ids";
        assert_faults([
            (cards(1, String::new()), Some("template.components[0].cards")),
            (cards(2, long(160)), None),
            (cards(2, long(161)), Some("template.components[0].cards[0].components")),
            (cards(10, String::new()), None),
            (cards(11, String::new()), Some("template.components[0].cards")),
            (offer(600), None),
            (offer(601), Some("template.components")),
            (choice(&[15, 15]), None),
            (choice(&[15, 16]), Some(sections)),
            (choice(&[1; 11]), Some(sections)),
            (choice(&[1, 0]), Some(no_products)),
        ]);
    }

    #[test]
    fn a_reference_is_never_empty_and_at_most_512_characters() {
        assert!(takes_reference(&"r".repeat(512)));
        assert!(!takes_reference(&"r".repeat(513)));
        assert!(!takes_reference(""));
    }
}
