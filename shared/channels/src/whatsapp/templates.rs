//! The templates of a WhatsApp Business Account, as `GET /{waba_id}/message_templates` lists them
//! (whatsapp-business-account/message_templates; templates/components).

use domain::{
    Time,
    message::{Failure, MediaKind},
    template::{
        ButtonKind, Definition, Heading, Offer, TemplateButton, TemplateCard, ToldAt, is_language,
        is_name,
    },
};
use http::{Method, Request, Response};
use serde_json::Value;

use super::{
    graph::{self, Declined},
    inbound::{NO_REASON, word},
    outbound::Unsendable,
};

/// Templates a page.
const PAGE: usize = 100;

/// The most bytes of a cursor that we repeat; ours.
const MAX_CURSOR: usize = 1000;

/// The most characters of a name, of a language, and of any text of a template that we keep; ours,
/// above what Meta takes (a name has 512, a body 1,024).
const MAX_NAME: usize = 512;
const MAX_LANGUAGE: usize = 20;
const MAX_TEXT: usize = 4096;

/// The most characters of the name of a part that we don't know; ours.
const MAX_KIND: usize = 40;

/// What the provider's answer to the question for templates says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// A page of them.
    Page {
        /// In the provider's order.
        templates: Vec<Definition>,
        /// Where the next page begins, if there is one.
        after: Option<String>,
    },
    /// It does not tell us.
    Refused(Failure),
    /// The answer is none that we understand.
    Unclear,
}

/// `GET {base_url}/{waba_id}/message_templates`.
pub fn list(
    base_url: &str,
    waba_id: &str,
    token: &str,
    after: Option<&str>,
) -> Result<Request<Vec<u8>>, Unsendable> {
    let fields = "id,name,language,status,category,quality_score,rejected_reason,components";
    let query = format!("/message_templates?fields={fields}&limit={PAGE}");
    let mut uri = graph::address(base_url, waba_id, &query)?;
    if let Some(after) = after {
        uri.push_str("&after=");
        uri.push_str(&encoded(after));
    }
    Ok(graph::bare(Method::GET, &uri, token)?)
}

/// A cursor as a part of a query.
fn encoded(cursor: &str) -> String {
    let mut encoded = String::new();
    for byte in cursor.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// What the answer says. `at` is when it was asked for, by our clock: the answer carries no time.
pub fn listed(response: &Response<Vec<u8>>, at: Time) -> Listed {
    let body = match graph::answered(response, at) {
        Ok(body) => body,
        Err(Declined::Refused(failure)) => return Listed::Refused(failure),
        Err(Declined::Unclear) => return Listed::Unclear,
    };
    match body.get("data").and_then(Value::as_array) {
        Some(data) => Listed::Page {
            templates: data.iter().filter_map(|template| definition(template, at)).collect(),
            after: next(&body),
        },
        None => Listed::Unclear,
    }
}

/// The cursor of the next page: there is one only if there is a link to it, too.
fn next(body: &Value) -> Option<String> {
    body.pointer("/paging/next")?;
    let after = body.pointer("/paging/cursors/after")?.as_str()?;
    (1..=MAX_CURSOR).contains(&after.len()).then(|| after.to_owned())
}

/// A template; nothing if it has no name or language, under which it could be sent.
fn definition(template: &Value, at: Time) -> Option<Definition> {
    let bounded = |name: &str, most: usize| {
        let text = template.get(name)?.as_str()?;
        (1..=most).contains(&text.chars().count()).then(|| text.to_owned())
    };
    let mut definition = Definition {
        provider_id: bounded("id", MAX_NAME).unwrap_or_default(),
        name: bounded("name", MAX_NAME).filter(|name| is_name(name))?,
        language: bounded("language", MAX_LANGUAGE).filter(|code| is_language(code))?,
        status: bounded("status", MAX_NAME).unwrap_or_else(|| "UNKNOWN".to_owned()),
        category: bounded("category", MAX_NAME).unwrap_or_default(),
        quality: template
            .get("quality_score")
            .and_then(|score| word(score, "score"))
            .map(Into::into),
        reason: word(template, "rejected_reason")
            .filter(|reason| *reason != NO_REASON)
            .map(Into::into),
        header: None,
        body: String::new(),
        footer: None,
        buttons: vec![],
        cards: vec![],
        offer: None,
        unsupported: vec![],
        synced_at: at,
        told_at: ToldAt::default(),
    };
    for component in template.get("components").and_then(Value::as_array).into_iter().flatten() {
        add(&mut definition, component);
    }
    Some(definition)
}

fn add(definition: &mut Definition, component: &Value) {
    let list = |name: &str| component.get(name).and_then(Value::as_array).into_iter().flatten();
    match kind(component).as_str() {
        "BODY" => definition.body = text(component, "text"),
        "FOOTER" => definition.footer = Some(text(component, "text")),
        "HEADER" => match heading(component) {
            Some(heading) => definition.header = Some(heading),
            None => {
                let format = shortened(&text(component, "format"));
                definition.unsupported.push(format!("header {format}"));
            }
        },
        "BUTTONS" => {
            definition.buttons = list("buttons").map(button).collect();
            let unknown = list("buttons").filter(|button| button_kind(button).is_none());
            definition.unsupported.extend(
                unknown.map(|button| format!("button {}", shortened(&text(button, "type")))),
            );
            if definition.buttons.len() > usize::from(u8::MAX) {
                definition.unsupported.push("list of so many buttons".into());
            }
        }
        "CAROUSEL" => match list("cards").map(card).collect() {
            Some(cards) => definition.cards = cards,
            None => definition.unsupported.push("card of a form that is not known".into()),
        },
        "LIMITED_TIME_OFFER" => {
            let offer = component.get("limited_time_offer").unwrap_or(&Value::Null);
            let has_expiration = offer.get("has_expiration").and_then(Value::as_bool) == Some(true);
            definition.offer = Some(Offer { text: text(offer, "text"), has_expiration });
        }
        other => definition.unsupported.push(shortened(other)),
    }
}

/// A name of the provider's, as far as it can be one.
fn shortened(name: &str) -> String {
    name.chars().take(MAX_KIND).collect()
}

fn kind(component: &Value) -> String {
    text(component, "type").to_ascii_uppercase()
}

/// A card, unless it has a part that we don't know.
fn card(card: &Value) -> Option<TemplateCard> {
    let mut read = TemplateCard::default();
    for component in card.get("components").and_then(Value::as_array).into_iter().flatten() {
        match kind(component).as_str() {
            "HEADER" => read.header = Some(heading(component)?),
            "BODY" => read.body = text(component, "text"),
            "BUTTONS" => {
                let buttons = component.get("buttons").and_then(Value::as_array);
                for given in buttons.into_iter().flatten() {
                    // No page of Meta's has a form on a card.
                    button_kind(given).filter(|kind| *kind != ButtonKind::Flow)?;
                    read.buttons.push(button(given));
                }
            }
            _ => return None,
        }
    }
    Some(read)
}

fn heading(component: &Value) -> Option<Heading> {
    let media = |kind| Some(Heading::Media { kind });
    match text(component, "format").to_ascii_uppercase().as_str() {
        "TEXT" => Some(Heading::Text { text: text(component, "text") }),
        "IMAGE" => media(MediaKind::Image),
        "VIDEO" => media(MediaKind::Video),
        "DOCUMENT" => media(MediaKind::Document),
        "PRODUCT" => Some(Heading::Product),
        "LOCATION" => Some(Heading::Location),
        _ => None,
    }
}

/// What a button does; nothing of one that we don't know: it may need something filled in, and a
/// message without that is refused (131009).
fn button_kind(button: &Value) -> Option<ButtonKind> {
    match text(button, "type").to_ascii_uppercase().as_str() {
        "QUICK_REPLY" => Some(ButtonKind::QuickReply),
        // A one-time password's button is sent like one with a link.
        "URL" | "OTP" => Some(ButtonKind::Url),
        "COPY_CODE" => Some(ButtonKind::CopyCode),
        "CATALOG" => Some(ButtonKind::Catalog),
        "MPM" => Some(ButtonKind::Mpm),
        "FLOW" => Some(ButtonKind::Flow),
        // Of a product only the header says which (catalogs/spm-template-messages); how long a
        // call on WhatsApp is offered may be said (calling/call-button-messages-deep-links).
        "PHONE_NUMBER" | "SPM" | "VOICE_CALL" => Some(ButtonKind::Other),
        _ => None,
    }
}

fn button(button: &Value) -> TemplateButton {
    let kind = button_kind(button).unwrap_or(ButtonKind::Other);
    let url = button.get("url").map(|_| text(button, "url"));
    TemplateButton { kind, text: text(button, "text"), url }
}

fn text(object: &Value, name: &str) -> String {
    let text = object.get(name).and_then(Value::as_str).unwrap_or_default();
    text.chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const AT: Time = Time::from_millis(1_795_000_000_000);

    fn answered(status: u16, body: &str) -> Listed {
        listed(&Response::builder().status(status).body(body.into()).unwrap(), AT)
    }

    #[test]
    fn a_page_is_asked_for_under_the_account() {
        let request = list("https://graph.example/v24.0/", "1022", "EAAB-secret", Some("a=&b"));
        let request = request.unwrap();
        assert_eq!(request.method(), Method::GET);
        assert_eq!(
            request.uri(),
            "https://graph.example/v24.0/1022/message_templates\
             ?fields=id,name,language,status,category,quality_score,rejected_reason,components\
             &limit=100&after=a%3D%26b"
        );
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer EAAB-secret");
        assert_eq!(list("https://x", "1/2", "t", None).err(), Some(Unsendable::Address));
    }

    #[test]
    fn templates_are_read_whole() {
        let body = json!({
            "data": [
                { "id": "9", "name": "new_beans", "language": "id", "status": "APPROVED",
                  "category": "MARKETING", "rejected_reason": "NONE",
                  "quality_score": { "score": "GREEN", "date": 1795000000 }, "components": [
                    { "type": "HEADER", "format": "IMAGE" },
                    { "type": "BODY", "text": "{{1}}, biji kopi baru!" },
                    { "type": "FOOTER", "text": "Kopi Kita" },
                    { "type": "BUTTONS", "buttons": [
                        { "type": "URL", "text": "Lihat", "url": "https://k.example/{{1}}" },
                        { "type": "PHONE_NUMBER", "text": "Telepon", "phone_number": "+62" },
                    ]},
                ]},
                { "name": "forms", "language": "id", "components": [{ "type": "TAP_TARGET" }] },
                { "language": "id" },
            ],
            "paging": { "cursors": { "after": "Z" }, "next": "https://graph.example/..." },
        });
        let Listed::Page { templates, after } = answered(200, &body.to_string()) else {
            panic!("a page")
        };
        assert_eq!(after.as_deref(), Some("Z"));
        let button = |kind, text: &str, url: Option<&str>| TemplateButton {
            kind,
            text: text.into(),
            url: url.map(str::to_owned),
        };
        let beans = Definition {
            provider_id: "9".into(),
            name: "new_beans".into(),
            language: "id".into(),
            status: "APPROVED".into(),
            category: "MARKETING".into(),
            quality: Some("GREEN".into()),
            reason: None,
            header: Some(Heading::Media { kind: MediaKind::Image }),
            body: "{{1}}, biji kopi baru!".into(),
            footer: Some("Kopi Kita".into()),
            buttons: vec![
                button(ButtonKind::Url, "Lihat", Some("https://k.example/{{1}}")),
                button(ButtonKind::Other, "Telepon", None),
            ],
            cards: vec![],
            offer: None,
            unsupported: vec![],
            synced_at: AT,
            told_at: ToldAt::default(),
        };
        assert_eq!(templates[0], beans);
        assert_eq!(
            (templates.len(), &templates[1].unsupported),
            (2, &vec!["TAP_TARGET".to_owned()])
        );
    }

    #[test]
    fn cards_and_offers_are_read() {
        let one = |components: Value| {
            let body =
                json!({ "data": [{ "name": "a", "language": "id", "components": components }] });
            let Listed::Page { mut templates, .. } = answered(200, &body.to_string()) else {
                panic!("a page")
            };
            templates.remove(0)
        };
        let offer = json!({ "text": "Cepat!", "has_expiration": true });
        let read = one(json!([
            { "type": "limited_time_offer", "limited_time_offer": offer },
            { "type": "CAROUSEL", "cards": [
                { "components": [
                    { "type": "HEADER", "format": "VIDEO" },
                    { "type": "BODY", "text": "Rp {{1}}" },
                    { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Mau" }] },
                ]},
                { "components": [{ "type": "HEADER", "format": "PRODUCT" }] },
            ]},
            { "type": "BUTTONS", "buttons": [{ "type": "CATALOG" }, { "type": "MPM" }] },
        ]));
        assert!(read.unsupported.is_empty());
        assert_eq!(read.offer, Some(Offer { text: "Cepat!".into(), has_expiration: true }));
        let [film, product] = &read.cards[..] else { panic!("two cards") };
        assert_eq!(film.header, Some(Heading::Media { kind: MediaKind::Video }));
        assert_eq!((film.body.as_str(), film.buttons.len()), ("Rp {{1}}", 1));
        assert_eq!(product.header, Some(Heading::Product));
        let kinds: Vec<_> = read.buttons.iter().map(|button| button.kind).collect();
        assert_eq!(kinds, [ButtonKind::Catalog, ButtonKind::Mpm]);

        let buttons = json!([{ "type": "BUTTONS", "buttons": [
            { "type": "FLOW", "text": "Isi" }, { "type": "SPM" }, { "type": "VOICE_CALL" },
            { "type": "ORDER_DETAILS", "text": "Bayar" }] }]);
        let read = one(buttons);
        let kinds: Vec<_> = read.buttons.iter().map(|button| button.kind).collect();
        let other = ButtonKind::Other;
        assert_eq!(kinds, [ButtonKind::Flow, other, other, other]);
        assert_eq!(read.unsupported, ["button ORDER_DETAILS"]);
        let headers = ["LOCATION", "HOLOGRAM"]
            .map(|format| one(json!([{ "type": "HEADER", "format": format }])));
        assert_eq!(headers[0].header, Some(Heading::Location));
        assert_eq!(headers[1].unsupported, ["header HOLOGRAM"]);
        for kind in ["FLOW", "ORDER_DETAILS"] {
            let buttons = json!({ "type": "BUTTONS", "buttons": [{ "type": kind }] });
            let card = json!([{ "type": "CAROUSEL", "cards": [{ "components": [buttons] }] }]);
            assert_eq!(one(card).unsupported.len(), 1, "{kind}");
        }

        let strange =
            json!([{ "type": "CAROUSEL", "cards": [{ "components": [{ "type": "X" }] }] }]);
        assert_eq!(one(strange).unsupported.len(), 1);
    }

    #[test]
    fn a_refusal_is_told_from_an_answer_that_says_nothing() {
        let error = json!({ "error": { "code": 190, "message": "Expired" } }).to_string();
        let failure = Failure { code: 190, ..Failure::uncoded("Expired", AT) };
        assert_eq!(answered(401, &error), Listed::Refused(failure));
        assert!(matches!(answered(404, ""), Listed::Refused(_)));
        for (status, body) in [(200, "{}"), (502, "<html>"), (200, "")] {
            assert_eq!(answered(status, body), Listed::Unclear);
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(status in 100u16..1000, body in any::<Vec<u8>>()) {
            answered(status, &String::from_utf8_lossy(&body));
        }
    }
}
