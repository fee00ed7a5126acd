//! What customers see when they open the business's profile: read and written, never kept
//! (`GET` and `POST /{phone_number_id}/whatsapp_business_profile`;
//! business-phone-numbers/business-profiles).

use domain::{
    Time,
    integration::{BusinessProfile, BusinessProfileChange},
    sign_in,
};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::{
    graph::{self, Declined},
    outbound::Unsendable,
};
use crate::LimitBroken;

const PATH: &str = "/whatsapp_business_profile";

/// The most characters of each, and the most pages.
const MAX_ABOUT: usize = 139;
const MAX_ADDRESS: usize = 256;
const MAX_DESCRIPTION: usize = 512;
const MAX_EMAIL: usize = 128;
const MAX_WEBSITE: usize = 256;
const MAX_WEBSITES: usize = 2;

/// The trades that there are.
pub const VERTICALS: [&str; 24] = [
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "MATRIMONY_SERVICE",
    "NONPROFIT",
    "NOT_A_BIZ",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
    "UNDEFINED",
];

/// Asks for the profile of a number.
pub fn ask(base_url: &str, number: &str, token: &str) -> Result<Request<Vec<u8>>, Unsendable> {
    let fields = "about,address,description,email,profile_picture_url,websites,vertical";
    let uri = graph::address(base_url, number, &format!("{PATH}?fields={fields}"))?;
    Ok(graph::bare(Method::GET, &uri, token)?)
}

/// The profile in the answer. `at` is our time, since the answer carries none.
pub fn read(response: &Response<Vec<u8>>, at: Time) -> Result<BusinessProfile, Declined> {
    let body = graph::answered(response, at)?;
    let profile = body.pointer("/data/0").filter(|profile| profile.is_object());
    let profile = profile.ok_or(Declined::Unclear)?;
    let text = |name: &str| {
        let text = profile.get(name)?.as_str().filter(|text| !text.is_empty())?;
        Some(text.to_owned())
    };
    let websites = profile.get("websites").and_then(Value::as_array).into_iter().flatten();
    Ok(BusinessProfile {
        about: text("about"),
        address: text("address"),
        description: text("description"),
        email: text("email"),
        websites: websites.filter_map(Value::as_str).map(str::to_owned).collect(),
        vertical: text("vertical"),
        picture_url: text("profile_picture_url"),
    })
}

/// Has the provider change the profile of a number.
pub fn change(
    base_url: &str,
    number: &str,
    token: &str,
    change: &BusinessProfileChange,
) -> Result<Request<Vec<u8>>, Unsendable> {
    let mut body = json!({ "messaging_product": "whatsapp" });
    for (name, text) in texts(change) {
        if let Some(text) = text {
            body[name] = json!(text);
        }
    }
    if let Some(websites) = &change.websites {
        body["websites"] = json!(websites);
    }
    Ok(graph::post(&graph::address(base_url, number, PATH)?, token, &body)?)
}

/// Whether the answer grants the change.
pub fn is_changed(response: &Response<Vec<u8>>, at: Time) -> Result<(), Declined> {
    let body = graph::answered(response, at)?;
    if body["success"] == true { Ok(()) } else { Err(Declined::Unclear) }
}

fn texts(change: &BusinessProfileChange) -> [(&'static str, Option<&String>); 5] {
    [
        ("about", change.about.as_ref()),
        ("address", change.address.as_ref()),
        ("description", change.description.as_ref()),
        ("email", change.email.as_ref()),
        ("vertical", change.vertical.as_ref()),
    ]
}

/// What WhatsApp would not take.
pub fn check(change: &BusinessProfileChange) -> Result<(), LimitBroken> {
    let refuse = |field: &str, detail: String| Err(LimitBroken { field: field.into(), detail });
    for ((field, text), (least, most)) in texts(change).into_iter().zip([
        (1, MAX_ABOUT),
        (0, MAX_ADDRESS),
        (0, MAX_DESCRIPTION),
        (0, MAX_EMAIL),
        (0, MAX_EMAIL),
    ]) {
        let length = text.map(|text| text.chars().count());
        if length.is_some_and(|length| !(least..=most).contains(&length)) {
            return refuse(field, format!("It has {least} to {most} characters."));
        }
    }
    let email = change.email.as_ref().filter(|email| !email.is_empty());
    if email.is_some_and(|email| sign_in::address(email).is_err()) {
        return refuse("email", "This is no e-mail address.".into());
    }
    let vertical = change.vertical.as_ref().filter(|vertical| !vertical.is_empty());
    if vertical.is_some_and(|vertical| !VERTICALS.contains(&vertical.as_str())) {
        return refuse("vertical", format!("It is one of: {}.", VERTICALS.join(", ")));
    }
    let websites = change.websites.as_deref().unwrap_or_default();
    if websites.len() > MAX_WEBSITES {
        return refuse("websites", format!("There are at most {MAX_WEBSITES}."));
    }
    for (index, website) in websites.iter().enumerate() {
        let is_page = ["https://", "http://"]
            .iter()
            .any(|scheme| website.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
        let is_line = !website.contains(|c: char| c.is_whitespace() || c.is_control());
        if !is_page || !is_line || website.chars().count() > MAX_WEBSITE {
            let detail = format!(
                "An address begins with http:// or https:// and has up to {MAX_WEBSITE} characters."
            );
            return refuse(&format!("websites[{index}]"), detail);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Time = Time::from_millis(1_795_000_000_000);

    fn answered(status: u16, body: &Value) -> Response<Vec<u8>> {
        Response::builder().status(status).body(body.to_string().into()).unwrap()
    }

    #[test]
    fn a_profile_is_asked_for_and_read() {
        let request = ask("https://graph.test/v24.0", "106", "EAAB").unwrap();
        assert_eq!(
            request.uri(),
            "https://graph.test/v24.0/106/whatsapp_business_profile\
             ?fields=about,address,description,email,profile_picture_url,websites,vertical"
        );
        let profile = json!({ "data": [{
            "about": "Kopi enak", "email": "", "websites": ["https://kopikita.example/"],
            "vertical": "RESTAURANT", "messaging_product": "whatsapp" }] });
        let expected = BusinessProfile {
            about: Some("Kopi enak".into()),
            websites: vec!["https://kopikita.example/".into()],
            vertical: Some("RESTAURANT".into()),
            ..BusinessProfile::default()
        };
        assert_eq!(read(&answered(200, &profile), AT), Ok(expected));
        assert_eq!(read(&answered(200, &json!({ "data": [] })), AT), Err(Declined::Unclear));
        let error = json!({ "error": { "code": 190, "message": "Expired" } });
        assert!(matches!(read(&answered(401, &error), AT), Err(Declined::Refused(_))));
    }

    #[test]
    fn only_what_is_to_change_is_sent() {
        let new = BusinessProfileChange {
            about: Some("Buka!".into()),
            address: Some(String::new()),
            websites: Some(vec![]),
            ..BusinessProfileChange::default()
        };
        let request = change("https://graph.test/v24.0", "106", "EAAB", &new).unwrap();
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "messaging_product": "whatsapp", "about": "Buka!", "address": "", "websites": [],
            })
        );
        assert_eq!(is_changed(&answered(200, &json!({ "success": true })), AT), Ok(()));
        assert_eq!(is_changed(&answered(200, &json!({})), AT), Err(Declined::Unclear));
    }

    #[test]
    fn what_whatsapp_would_not_take_is_refused_by_its_field() {
        let none = BusinessProfileChange::default;
        let text = |length: usize| Some("é".repeat(length));
        let websites = |websites: &[&str]| {
            let websites = websites.iter().map(|website| (*website).to_owned()).collect();
            BusinessProfileChange { websites: Some(websites), ..none() }
        };
        let long = format!("https://{}", "a".repeat(249));
        for (change, field) in [
            (none(), None),
            (BusinessProfileChange { about: text(139), ..none() }, None),
            (BusinessProfileChange { about: text(140), ..none() }, Some("about")),
            (BusinessProfileChange { about: text(0), ..none() }, Some("about")),
            (BusinessProfileChange { address: text(256), ..none() }, None),
            (BusinessProfileChange { address: text(257), ..none() }, Some("address")),
            (BusinessProfileChange { description: text(513), ..none() }, Some("description")),
            (BusinessProfileChange { email: text(0), ..none() }, None),
            (BusinessProfileChange { email: Some("halo@kopi.example".into()), ..none() }, None),
            (BusinessProfileChange { email: Some("halo".into()), ..none() }, Some("email")),
            (BusinessProfileChange { vertical: Some("RETAIL".into()), ..none() }, None),
            (BusinessProfileChange { vertical: Some("Toko".into()), ..none() }, Some("vertical")),
            (websites(&["https://a.example", "http://b.example"]), None),
            (websites(&["a.example"]), Some("websites[0]")),
            (websites(&["https://a.example", &long]), Some("websites[1]")),
            (websites(&["https://a.b c"]), Some("websites[0]")),
            (websites(&["https://a", "https://b", "https://c"]), Some("websites")),
        ] {
            let broken = check(&change).err().map(|broken| broken.field);
            assert_eq!(broken.as_deref(), field, "{change:?}");
        }
    }
}
