//! What was said, as clients see it: one field for each kind of thing, null where it is another.

use domain::message::{
    Action, Button, Card, CardAddress, CardPhone, CatalogOrder, Content, File, FormReply, Header,
    Interactive, Location, Media, Section, Template, Typed, wanted,
};
use serde::Serialize;
use utoipa::ToSchema;

/// What was said.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ContentView {
    /// The words: of a text, below a file, of a choice, of a template, beside an order.
    text: Option<String>,
    /// Of `image`, `audio`, `video`, `document` and `sticker`: the file. Its bytes are at
    /// `/v1/rooms/{id}/messages/{message_id}/file`.
    file: Option<FileView>,
    /// Of `location`: the place.
    location: Option<LocationView>,
    /// Of `contacts`: the cards.
    contacts: Option<Vec<CardView>>,
    /// Of `interactive`: what there is to choose.
    interactive: Option<InteractiveView>,
    /// Of `choice`: what the customer chose.
    choice: Option<ChoiceView>,
    /// Of `form_reply`: what the customer filled in.
    form: Option<FormView>,
    /// Of `order`: what the customer orders.
    order: Option<OrderView>,
    /// Of `template`: which.
    template: Option<SentTemplateView>,
    /// Of `reaction`: the emoji, and what it is on.
    reaction: Option<ReactedView>,
    /// Of `unsupported`: what the provider says of it.
    unsupported: Option<UnsupportedView>,
}

/// A file in a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    /// `awaited` (still with the provider), `stored` or `failed`.
    state: &'static str,
    mime_type: String,
    /// Bytes; known once it is stored.
    size: Option<u64>,
    /// The name that its sender gave it.
    filename: Option<String>,
    /// In hex.
    sha256: Option<String>,
    /// Spoken into the phone, and not chosen as a file.
    is_voice: bool,
    /// A sticker that moves.
    is_animated: bool,
    /// Why it could not be fetched: `too_large`, `wrong_sha256`, `gone`, `refused`,
    /// `unreachable`, `foreign_address` or `not_stored`. What may pass is tried again for seven
    /// days.
    failure: Option<String>,
    /// How often it could not be fetched.
    attempts: u32,
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationView {
    /// Degrees north, as a decimal number in text.
    latitude: String,
    /// Degrees east, as a decimal number in text.
    longitude: String,
    name: Option<String>,
    address: Option<String>,
    url: Option<String>,
}

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
    fn new(card: &Card) -> Self {
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

/// Words with something to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InteractiveView {
    /// `buttons`, `list`, `link`, `location_request`, `flow`, `product`, `product_list` or `catalog`.
    kind: &'static str,
    /// The line above the words.
    header: Option<String>,
    /// The small words below.
    footer: Option<String>,
    /// What the button says that opens a list, a page or a form.
    button: Option<String>,
    /// The page that a link opens.
    url: Option<String>,
    /// The provider's id of the form that a flow opens.
    flow_id: Option<String>,
    /// The provider's id of the catalogue, of `product` and `product_list`.
    catalog_id: Option<String>,
    /// Buttons, the rows of a list, or products by what the shop calls them.
    options: Vec<ChoiceView>,
}

/// Something to choose, or that was chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceView {
    /// The id that we gave it; the payload of a template's button.
    id: String,
    title: String,
    description: Option<String>,
    /// The part of a list in which it stands.
    section: Option<String>,
}

/// A form that a customer filled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormView {
    /// The form's name, as the provider gives it.
    name: String,
    /// The answers, a JSON object as it came.
    answers: String,
}

/// Goods that a customer orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    catalog_id: String,
    items: Vec<OrderItemView>,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderItemView {
    /// The seller's id of the product.
    product_id: String,
    quantity: u32,
    /// Of one, a decimal number as the provider wrote it.
    price: String,
    currency: String,
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
pub struct SentTemplateView {
    name: String,
    language: String,
}

/// A reaction of ours, as a message of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReactedView {
    /// Null where it is taken back.
    emoji: Option<String>,
    /// The provider's id of the message that it is on.
    external_id: String,
}

/// Something that can't be shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnsupportedView {
    /// The provider's name of its type.
    r#type: String,
    /// The provider's code for why it can't be shown.
    code: Option<i64>,
    /// The provider's words for that.
    reason: Option<String>,
}

impl ContentView {
    /// What clients see of this.
    pub fn new(content: &Content) -> Self {
        let text = Some(content.words()).filter(|words| !words.is_empty()).map(str::to_owned);
        let view = Self { text, ..Self::default() };
        match content {
            Content::Text { .. } => view,
            Content::Media(media) => Self { file: Some(file(media)), ..view },
            Content::Location(place) => Self { location: Some(location(place)), ..view },
            Content::Contacts { cards } => {
                Self { contacts: Some(cards.iter().map(CardView::new).collect()), ..view }
            }
            Content::Interactive(shown) => Self { interactive: Some(interactive(shown)), ..view },
            Content::Choice(choice) => {
                let (id, title) = (choice.id.clone(), choice.title.clone());
                let description = choice.description.clone();
                let choice = ChoiceView { id, title, description, section: None };
                Self { choice: Some(choice), ..view }
            }
            Content::FormReply(FormReply { name, answers, .. }) => {
                let form = FormView { name: name.clone(), answers: answers.clone() };
                Self { form: Some(form), ..view }
            }
            Content::Order(placed) => Self { order: Some(order(placed)), ..view },
            Content::Template(template) => {
                let Template { name, language, .. } = &**template;
                let template = SentTemplateView { name: name.clone(), language: language.clone() };
                Self { template: Some(template), ..view }
            }
            Content::Reaction { target, emoji } => {
                let (emoji, external_id) = (emoji.clone(), target.clone());
                Self { reaction: Some(ReactedView { emoji, external_id }), ..view }
            }
            Content::Unsupported { provider_type, code, reason, .. } => {
                let (r#type, reason) = (provider_type.clone(), reason.clone());
                Self { unsupported: Some(UnsupportedView { r#type, code: *code, reason }), ..view }
            }
        }
    }
}

fn file(media: &Media) -> FileView {
    let attempts = wanted(&media.file).map_or(0, |wanted| wanted.attempts);
    let (state, mime_type, size, sha256, failure) = match &media.file {
        File::Awaited { mime_type, sha256, .. } => {
            ("awaited", mime_type, None, sha256.as_ref(), None)
        }
        File::Stored { mime_type, size, sha256, .. } => {
            ("stored", mime_type, Some(*size), Some(sha256), None)
        }
        File::Failed { mime_type, sha256, reason, .. } => {
            ("failed", mime_type, None, sha256.as_ref(), Some(reason.clone()))
        }
    };
    FileView {
        state,
        mime_type: mime_type.clone(),
        size,
        filename: media.filename.clone(),
        sha256: sha256.cloned(),
        is_voice: media.is_voice,
        is_animated: media.is_animated,
        failure,
        attempts,
    }
}

fn location(place: &Location) -> LocationView {
    LocationView {
        latitude: degrees(place.latitude_e7),
        longitude: degrees(place.longitude_e7),
        name: place.name.clone(),
        address: place.address.clone(),
        url: place.url.clone(),
    }
}

/// Ten-millionths of a degree as a decimal number, without the detour over a binary fraction.
fn degrees(e7: i64) -> String {
    let sign = if e7 < 0 { "-" } else { "" };
    let all = e7.unsigned_abs();
    format!("{sign}{}.{:07}", all / 10_000_000, all % 10_000_000)
}

fn interactive(shown: &Interactive) -> InteractiveView {
    let header = shown.header.as_ref().and_then(|header| match header {
        Header::Text { text } => Some(text.clone()),
        Header::Media(media) => media.filename.clone(),
    });
    let view = InteractiveView {
        kind: "location_request",
        header,
        footer: shown.footer.clone(),
        button: None,
        url: None,
        flow_id: None,
        catalog_id: None,
        options: Vec::new(),
    };
    match &shown.action {
        Action::Buttons { buttons } => InteractiveView {
            kind: "buttons",
            options: buttons.iter().map(option).collect(),
            ..view
        },
        Action::List { button, sections } => InteractiveView {
            kind: "list",
            button: Some(button.clone()),
            options: sections.iter().flat_map(rows).collect(),
            ..view
        },
        Action::Link { label, url } => {
            let (button, url) = (Some(label.clone()), Some(url.clone()));
            InteractiveView { kind: "link", button, url, ..view }
        }
        Action::LocationRequest => view,
        Action::Flow(flow) => {
            let (button, flow_id) = (Some(flow.label.clone()), Some(flow.id.clone()));
            InteractiveView { kind: "flow", button, flow_id, ..view }
        }
        Action::Product { catalog_id, product: id } => {
            let (catalog_id, options) = (Some(catalog_id.clone()), vec![product(id, None)]);
            InteractiveView { kind: "product", catalog_id, options, ..view }
        }
        Action::ProductList { catalog_id, sections } => {
            let products = sections.iter().flat_map(|section| {
                section.products.iter().map(|id| product(id, Some(&section.title)))
            });
            let (catalog_id, options) = (Some(catalog_id.clone()), products.collect());
            InteractiveView { kind: "product_list", catalog_id, options, ..view }
        }
        Action::Catalog { thumbnail } => {
            let options = thumbnail.iter().map(|id| product(id, None)).collect();
            InteractiveView { kind: "catalog", options, ..view }
        }
    }
}

/// A product, of which only the shop's name for it is known here.
fn product(id: &str, section: Option<&String>) -> ChoiceView {
    let (id, title) = (id.to_owned(), id.to_owned());
    ChoiceView { id, title, description: None, section: section.cloned() }
}

fn option(button: &Button) -> ChoiceView {
    let (id, title) = (button.id.clone(), button.title.clone());
    ChoiceView { id, title, description: None, section: None }
}

fn rows(section: &Section) -> Vec<ChoiceView> {
    let row = |row: &domain::message::Row| ChoiceView {
        id: row.id.clone(),
        title: row.title.clone(),
        description: row.description.clone(),
        section: section.title.clone(),
    };
    section.rows.iter().map(row).collect()
}

fn order(placed: &CatalogOrder) -> OrderView {
    let items = placed.items.iter().map(|item| OrderItemView {
        product_id: item.product.clone(),
        quantity: item.quantity,
        price: item.price.clone(),
        currency: item.currency.clone(),
    });
    OrderView { catalog_id: placed.catalog_id.clone(), items: items.collect() }
}

#[cfg(test)]
mod tests {
    use super::degrees;

    #[test]
    fn degrees_are_exact() {
        for (e7, text) in
            [(-62_000_001, "-6.2000001"), (5, "0.0000005"), (-5, "-0.0000005"), (0, "0.0000000")]
        {
            assert_eq!(degrees(e7), text);
        }
    }
}
