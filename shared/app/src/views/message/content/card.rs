//! Contact cards, as clients see them.

use domain::message::{Card, CardAddress, CardPhone, Typed};
use serde::Serialize;
use utoipa::ToSchema;

/// A contact card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardView {
    name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    company: Option<String>,
    /// As written.
    phones: Vec<String>,
    emails: Vec<String>,
    middle_name: Option<String>,
    /// What stands before and behind the name.
    prefix: Option<String>,
    suffix: Option<String>,
    department: Option<String>,
    /// As what they work.
    title: Option<String>,
    /// As written.
    birthday: Option<String>,
    /// The numbers of a customer's card with all that is said of each.
    phone_details: Vec<CardPhoneView>,
    email_details: Vec<CardLineView>,
    urls: Vec<CardLineView>,
    addresses: Vec<CardAddressView>,
    /// The card as the customer's phone has it (RFC 6350).
    vcard: Option<String>,
    /// Why the customer sent it: `contact_request` if they were asked for it, `other` if not.
    origin: Option<String>,
}

/// A phone number of a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardPhoneView {
    /// As written.
    phone: Option<String>,
    /// The number by which WhatsApp knows it, if it does.
    wa_id: Option<String>,
    /// `HOME`, `WORK`, `CELL` ..., as written.
    r#type: Option<String>,
}

/// An e-mail address or a page of a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardLineView {
    value: String,
    /// `HOME`, `WORK` ..., as written.
    r#type: Option<String>,
}

/// An address of a card.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardAddressView {
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    zip: Option<String>,
    country: Option<String>,
    country_code: Option<String>,
    /// `HOME`, `WORK` ..., as written.
    r#type: Option<String>,
}

impl CardView {
    pub(super) fn new(card: &Card) -> Self {
        let details = card.details.as_ref().clone();
        let line = |line: Typed| CardLineView { value: line.value, r#type: line.kind };
        let phone = |told: CardPhone| {
            let CardPhone { phone, wa_id, kind } = told;
            CardPhoneView { phone, wa_id, r#type: kind }
        };
        let address = |told: CardAddress| {
            let CardAddress { street, city, state, zip, country, country_code, kind } = told;
            CardAddressView { street, city, state, zip, country, country_code, r#type: kind }
        };
        Self {
            name: card.name.clone(),
            first_name: card.first_name.clone(),
            last_name: card.last_name.clone(),
            company: card.company.clone(),
            phones: card.phones.clone(),
            emails: card.emails.clone(),
            middle_name: details.middle_name,
            prefix: details.prefix,
            suffix: details.suffix,
            department: details.department,
            title: details.title,
            birthday: details.birthday,
            phone_details: details.phones.into_iter().map(phone).collect(),
            email_details: details.emails.into_iter().map(line).collect(),
            urls: details.urls.into_iter().map(line).collect(),
            addresses: details.addresses.into_iter().map(address).collect(),
            vcard: details.vcard,
            origin: details.origin,
        }
    }
}
