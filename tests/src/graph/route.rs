//! Which endpoint a path means.

use super::answer::Refusal;

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint<'a> {
    /// `/{version}/{phone_number_id}/messages`
    Messages(&'a str),
    /// `/{version}/{phone_number_id}/media`
    Upload(&'a str),
    /// `/{version}/{waba_id}/message_templates`
    Templates(&'a str),
    /// `/{version}/{waba_id}/phone_numbers`
    PhoneNumbers(&'a str),
    /// `/{version}/{phone_number_id}/whatsapp_business_profile`
    Profile(&'a str),
    /// `/{version}/{waba_id}/subscribed_apps`
    Subscription(&'a str),
    /// `/{version}/app`
    App,
    /// `/{version}/debug_token`
    DebugToken,
    /// `/{version}/{id}`: a number, an account or a file.
    Object(&'a str),
    /// The URL of a file, which has no version.
    Download,
}

/// The endpoint, and the version's major number.
pub(super) fn endpoint(path: &str) -> Result<(u32, Endpoint<'_>), Refusal> {
    let mut parts = path.trim_matches('/').split('/');
    let (first, second, third) = (parts.next(), parts.next(), parts.next());
    if (first, second) == (Some("whatsapp_business"), Some("attachments")) {
        return Ok((0, Endpoint::Download));
    }
    let major = first.and_then(|version| {
        let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
        minor.parse::<u32>().ok()?;
        major.parse().ok()
    });
    let (Some(major), Some(id), None) = (major, second, parts.next()) else {
        return Err(Refusal::unknown_path(path));
    };
    let endpoint = match third {
        None if id == "debug_token" => Endpoint::DebugToken,
        None if id == "app" => Endpoint::App,
        None => Endpoint::Object(id),
        Some("messages") => Endpoint::Messages(id),
        Some("media") => Endpoint::Upload(id),
        Some("message_templates") => Endpoint::Templates(id),
        Some("whatsapp_business_profile") => Endpoint::Profile(id),
        Some("subscribed_apps") => Endpoint::Subscription(id),
        Some("phone_numbers") => Endpoint::PhoneNumbers(id),
        Some(_) => return Err(Refusal::unknown_path(path)),
    };
    Ok((major, endpoint))
}
