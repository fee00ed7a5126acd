use super::*;
use crate::{
    message::{
        File, Frame, FrameButton, Location, Media, MediaKind, ParameterValue, ProductSection,
    },
    template::{ButtonKind, Heading, Offer, TemplateButton, ToldAt, name_flows},
};

fn definition(body: &str) -> Definition {
    Definition {
        provider_id: "1".into(),
        name: "promo".into(),
        language: "id".into(),
        status: APPROVED.into(),
        category: "UTILITY".into(),
        quality: None,
        reason: None,
        header: None,
        body: body.into(),
        footer: None,
        buttons: vec![],
        cards: vec![],
        offer: None,
        unsupported: vec![],
        synced_at: Time::from_millis(0),
        told_at: ToldAt::default(),
    }
}

fn text(name: Option<&str>, text: &str) -> Parameter {
    let value = ParameterValue::Text { text: text.into() };
    Parameter { name: name.map(str::to_owned), value }
}

fn image() -> Parameter {
    let file = File::Stored {
        key: "k".into(),
        mime_type: "image/png".into(),
        size: 1,
        sha256: String::new(),
    };
    let media = Media {
        kind: MediaKind::Image,
        caption: None,
        filename: None,
        is_voice: false,
        is_animated: false,
        file,
    };
    Parameter { name: None, value: ParameterValue::Media(media) }
}

fn filled_in(definition: &Definition, components: Vec<Component>) -> Result<String, String> {
    let filled = fill(definition, &template(components), Time::from_millis(1000));
    filled.map(|filled| filled.text).map_err(|unfit| unfit.field)
}

fn template(components: Vec<Component>) -> Template {
    Template {
        name: "promo".into(),
        language: "id".into(),
        components,
        text: String::new(),
        frame: Frame::default(),
    }
}

fn body(parameters: Vec<Parameter>) -> Component {
    Component::Body { parameters }
}

#[test]
fn each_place_takes_exactly_one_parameter() {
    let numbered = definition("Halo {{1}}, total {{2}}. Terima kasih, {{1}}!");
    let named = definition("Halo {{nama}}, sampai {{hari}}");
    for (definition, parameters, expected) in [
        (
            &numbered,
            vec![text(None, "Budi"), text(None, "{{1}}")],
            Ok("Halo Budi, total {{1}}. Terima kasih, Budi!"),
        ),
        (&numbered, vec![text(None, "Budi")], Err("template.components[0].parameters")),
        (
            &numbered,
            vec![text(None, "a"), text(None, "b"), text(None, "c")],
            Err("template.components[0].parameters"),
        ),
        (
            &numbered,
            vec![text(Some("1"), "a"), text(None, "b")],
            Err("template.components[0].parameters[0].parameter_name"),
        ),
        (
            &numbered,
            vec![text(None, "a"), image()],
            Err("template.components[0].parameters[1].type"),
        ),
        (
            &named,
            vec![text(Some("hari"), "Senin"), text(Some("nama"), "Budi")],
            Ok("Halo Budi, sampai Senin"),
        ),
        (
            &named,
            vec![text(None, "Senin"), text(Some("nama"), "Budi")],
            Err("template.components[0].parameters[0].parameter_name"),
        ),
        (
            &named,
            vec![text(Some("nama"), "Senin"), text(Some("nama"), "Budi")],
            Err("template.components[0].parameters[1].parameter_name"),
        ),
    ] {
        let filled = filled_in(definition, vec![body(parameters)]);
        assert_eq!(filled.as_deref().map_err(String::as_str), expected);
    }
    assert_eq!(filled_in(&numbered, vec![]), Err("template.components".into()));
    assert_eq!(filled_in(&definition("Halo"), vec![]), Ok("Halo".into()));
    let twice = vec![body(vec![]), body(vec![])];
    assert_eq!(filled_in(&definition("Halo"), twice), Err("template.components[1]".into()));
}

#[test]
fn only_approved_templates_that_we_understand_go_out() {
    let paused = Definition { status: "PAUSED".into(), ..definition("Halo") };
    let strange = Definition { unsupported: vec!["TAP_TARGET".into()], ..definition("Halo") };
    for definition in [paused, strange] {
        assert_eq!(filled_in(&definition, vec![]), Err("template.name".into()));
    }
}

#[test]
fn a_header_takes_what_its_format_says() {
    let header = |parameters| vec![Component::Header { parameters }];
    let with = |header| Definition { header, ..definition("Halo") };
    let picture = with(Some(Heading::Media { kind: MediaKind::Image }));
    let film = with(Some(Heading::Media { kind: MediaKind::Video }));
    let line = with(Some(Heading::Text { text: "Pesanan {{1}}".into() }));
    let map = with(Some(Heading::Location));
    let place = Location { latitude_e7: 0, longitude_e7: 0, name: None, address: None, url: None };
    let place = Parameter { name: None, value: ParameterValue::Location { place } };
    let none = with(None);
    for (definition, components, expected) in [
        (&picture, header(vec![image()]), Ok(())),
        (&picture, vec![], Err("template.components")),
        (&picture, header(vec![]), Err("template.components[0].parameters")),
        (&film, header(vec![image()]), Err("template.components[0].parameters[0].type")),
        (&line, header(vec![text(None, "17")]), Ok(())),
        (&line, vec![], Err("template.components")),
        (&map, header(vec![place]), Ok(())),
        (&map, header(vec![image()]), Err("template.components[0].parameters[0].type")),
        (&map, vec![], Err("template.components")),
        (&none, header(vec![image()]), Err("template.components[0]")),
    ] {
        let filled = filled_in(definition, components);
        assert_eq!(filled.as_ref().map(|_| ()).map_err(String::as_str), expected);
    }
}

#[test]
fn buttons_take_what_they_are_for() {
    let button = |kind, url: Option<&str>| TemplateButton {
        kind,
        text: "x".into(),
        url: url.map(str::to_owned),
    };
    let definition = Definition {
        buttons: vec![
            button(ButtonKind::Url, Some("https://a.b/{{1}}")),
            button(ButtonKind::QuickReply, None),
            button(ButtonKind::Url, Some("https://a.b")),
        ],
        ..definition("Halo")
    };
    let part = |sub_type: &str, index, value| Component::Button {
        sub_type: sub_type.into(),
        index,
        parameters: vec![Parameter { name: None, value }],
    };
    let words = || ParameterValue::Text { text: "x".into() };
    let payload = || ParameterValue::Payload { payload: "x".into() };
    let link = part("url", 0, words());
    for (components, expected) in [
        (vec![link.clone()], Ok(())),
        (vec![link.clone(), part("quick_reply", 1, payload())], Ok(())),
        (vec![], Err("template.components")),
        (vec![link.clone(), part("url", 1, words())], Err("template.components[1].sub_type")),
        (
            vec![link.clone(), part("quick_reply", 1, words())],
            Err("template.components[1].parameters[0].type"),
        ),
        (vec![link.clone(), part("url", 2, words())], Err("template.components[1]")),
        (vec![link.clone(), part("url", 9, words())], Err("template.components[1].index")),
        (vec![link.clone(), link.clone()], Err("template.components[1]")),
    ] {
        let filled = filled_in(&definition, components);
        assert_eq!(filled.as_ref().map(|_| ()).map_err(String::as_str), expected);
    }
}

#[test]
fn what_stands_around_the_words_is_kept_as_the_customer_sees_it() {
    let button = |kind, text: &str, url: Option<&str>| TemplateButton {
        kind,
        text: text.into(),
        url: url.map(str::to_owned),
    };
    let buttons = vec![
        button(ButtonKind::QuickReply, "Mau", None),
        button(ButtonKind::Url, "Lihat", Some("https://a.b/{{1}}?x")),
    ];
    let line = Some(Heading::Text { text: "Untuk {{1}}".into() });
    let card_definition =
        TemplateCard { header: line.clone(), body: "Gayo".into(), buttons: buttons.clone() };
    let definition = Definition {
        header: line,
        footer: Some("Kopi Kita".into()),
        buttons,
        cards: vec![card_definition],
        offer: Some(Offer { text: "Cepat!".into(), has_expiration: false }),
        ..definition("Halo")
    };
    let parts = |name: &str, end: &str| {
        let parameters = vec![text(None, end)];
        let link = Component::Button { sub_type: "url".into(), index: 1, parameters };
        vec![Component::Header { parameters: vec![text(None, name)] }, link]
    };
    let cards = vec![card(parts("Ani", "gayo"))];
    let mut components = parts("Budi", "{{1}}");
    components.push(Component::Carousel { cards });
    let filled = fill(&definition, &template(components), Time::from_millis(0)).unwrap();
    let expected = |header: &str, url: &str| Frame {
        header: Some(header.into()),
        buttons: vec![
            FrameButton { kind: ButtonKind::QuickReply, text: "Mau".into(), url: None },
            FrameButton { kind: ButtonKind::Url, text: "Lihat".into(), url: Some(url.into()) },
        ],
        ..Frame::default()
    };
    let around = expected("Untuk Budi", "https://a.b/{{1}}?x");
    let (footer, offer) = (Some("Kopi Kita".into()), Some("Cepat!".into()));
    assert_eq!(filled.frame, Frame { footer, offer, ..around });
    assert_eq!(filled.cards[0].frame, expected("Untuk Ani", "https://a.b/gayo?x"));
}

fn card(components: Vec<Component>) -> CarouselCard {
    CarouselCard { components, text: String::new(), frame: Frame::default() }
}

#[test]
fn every_card_is_filled_in_like_a_template_of_its_own() {
    let of = |body: &str| TemplateCard {
        header: Some(Heading::Media { kind: MediaKind::Image }),
        body: body.into(),
        buttons: vec![],
    };
    let definition =
        Definition { cards: vec![of("{{1}} saja"), of("Rp {{1}}")], ..definition("Halo") };
    let picture = || Component::Header { parameters: vec![image()] };
    let filled_card = |words: &str| card(vec![picture(), body(vec![text(None, words)])]);
    let carousel = |cards| vec![Component::Carousel { cards }];
    let both = template(carousel(vec![filled_card("Gayo"), filled_card("75")]));
    let filled = fill(&definition, &both, Time::from_millis(0)).unwrap();
    let words: Vec<_> = filled.cards.iter().map(|card| card.text.as_str()).collect();
    assert_eq!(words, ["Gayo saja", "Rp 75"]);

    let second = "template.components[0].cards[1].components";
    let nested = Component::Carousel { cards: vec![] };
    for (components, expected) in [
        (vec![], "template.components".to_owned()),
        (carousel(vec![filled_card("Gayo")]), "template.components[0].cards".into()),
        (carousel(vec![filled_card("a"), card(vec![picture()])]), second.into()),
        (carousel(vec![filled_card("a"), card(vec![body(vec![text(None, "b")])])]), second.into()),
        (carousel(vec![filled_card("a"), card(vec![nested])]), format!("{second}[0]")),
        (
            carousel(vec![
                filled_card("a"),
                card(vec![Component::Header { parameters: vec![text(None, "a")] }]),
            ]),
            format!("{second}[0].parameters[0].type"),
        ),
    ] {
        assert_eq!(filled_in(&definition, components), Err(expected));
    }
    let plain = Definition { cards: vec![], ..definition };
    let none = filled_in(&plain, carousel(vec![]));
    assert_eq!(none, Err("template.components[0]".into()));
}

#[test]
fn an_offer_that_ends_says_when() {
    let with = |has_expiration| Definition {
        offer: Some(Offer { text: "Cepat!".into(), has_expiration }),
        ..definition("Halo")
    };
    let until = |millis| vec![Component::Offer { expires_at: Time::from_millis(millis) }];
    assert_eq!(filled_in(&with(true), until(1001)), Ok("Halo".into()));
    let field = "template.components[0].parameters[0].expiration_time_ms";
    assert_eq!(filled_in(&with(true), until(1000)), Err(field.into()));
    assert_eq!(filled_in(&with(true), vec![]), Err("template.components".into()));
    assert_eq!(filled_in(&with(false), until(1001)), Err("template.components[0]".into()));
    assert_eq!(filled_in(&with(false), vec![]), Ok("Halo".into()));
}

#[test]
fn a_catalogue_takes_a_picture_and_a_choice_takes_its_products() {
    let with = |kind| Definition {
        buttons: vec![TemplateButton { kind, text: "x".into(), url: None }],
        ..definition("Halo")
    };
    let action = |sub_type: &str, sections: &[&str]| {
        let sections = sections.iter().map(|product| ProductSection {
            title: "Kopi".into(),
            products: vec![(*product).to_owned()],
        });
        let value = ParameterValue::Catalog { thumbnail: "a".into(), sections: sections.collect() };
        let parameters = vec![Parameter { name: None, value }];
        vec![Component::Button { sub_type: sub_type.into(), index: 0, parameters }]
    };
    let (catalog, choice) = (with(ButtonKind::Catalog), with(ButtonKind::Mpm));
    for (definition, components, is_right) in [
        (&catalog, vec![], true),
        (&catalog, action("catalog", &[]), true),
        (&catalog, action("catalog", &["gayo"]), false),
        (&choice, vec![], false),
        (&choice, action("mpm", &["gayo"]), true),
        (&choice, action("mpm", &[]), false),
    ] {
        assert_eq!(filled_in(definition, components).is_ok(), is_right);
    }
}

#[test]
fn a_form_is_named_in_the_message_though_the_sender_says_nothing_of_it() {
    let button = |kind| TemplateButton { kind, text: "x".into(), url: None };
    let definition = Definition {
        buttons: vec![button(ButtonKind::QuickReply), button(ButtonKind::Flow)],
        ..definition("Halo")
    };
    let form = |token: Option<&str>| Parameter {
        name: None,
        value: ParameterValue::Flow { token: token.map(str::to_owned), data: None },
    };
    let part = |sub_type: &str, parameters| Component::Button {
        sub_type: sub_type.into(),
        index: 1,
        parameters,
    };
    for (given, named) in [
        (vec![], Ok(vec![part("flow", vec![form(None)])])),
        (vec![part("flow", vec![])], Ok(vec![part("flow", vec![form(None)])])),
        (vec![part("flow", vec![form(Some("a"))])], Ok(vec![part("flow", vec![form(Some("a"))])])),
        (vec![part("url", vec![])], Err("template.components[0].sub_type")),
        (
            vec![part("flow", vec![text(None, "a")])],
            Err("template.components[0].parameters[0].type"),
        ),
    ] {
        let mut template = Template {
            name: "promo".into(),
            language: "id".into(),
            components: given,
            text: String::new(),
            frame: Frame::default(),
        };
        name_flows(&definition, &mut template);
        let filled = fill(&definition, &template, Time::from_millis(0));
        let components = filled.map(|_| template.components).map_err(|unfit| unfit.field);
        assert_eq!(components.as_ref().map_err(String::as_str), named.as_ref().map_err(|it| *it));
    }
}
