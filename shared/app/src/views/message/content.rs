//! What was said, as clients see it: one field for each kind of thing, null where it is another.

mod card;
mod file;
mod interactive;
mod template;

use domain::message::{CatalogOrder, Content, FormReply, Location};
use serde::Serialize;
use utoipa::ToSchema;

use file::Files;
use interactive::interactive;

pub use card::{CardAddressView, CardLineView, CardPhoneView, CardView};
pub use file::{FileView, SentHeaderView};
pub use interactive::{ChoiceView, InteractiveView};
pub use template::{
    SentButtonView, SentCardView, SentOfferView, SentParameterView, SentTemplateView,
};

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
    /// Of `template`: which, and all that the customer sees of it but its words.
    template: Option<SentTemplateView>,
    /// Of `reaction`: the emoji, and what it is on.
    reaction: Option<ReactedView>,
    /// Of `unsupported`: what the provider says of it.
    unsupported: Option<UnsupportedView>,
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
        let (view, files) = (Self { text, ..Self::default() }, Files::of(content));
        match content {
            Content::Text { .. } => view,
            Content::Media(media) => Self { file: Some(files.view(media)), ..view },
            Content::Location(place) => Self { location: Some(location(place)), ..view },
            Content::Contacts { cards } => {
                Self { contacts: Some(cards.iter().map(CardView::new).collect()), ..view }
            }
            Content::Interactive(shown) => {
                Self { interactive: Some(interactive(shown, &files)), ..view }
            }
            Content::Choice(choice) => Self { choice: Some(ChoiceView::chosen(choice)), ..view },
            Content::FormReply(FormReply { name, answers, .. }) => {
                let form = FormView { name: name.clone(), answers: answers.clone() };
                Self { form: Some(form), ..view }
            }
            Content::Order(placed) => Self { order: Some(order(placed)), ..view },
            Content::Template(template) => {
                Self { template: Some(SentTemplateView::new(template, &files)), ..view }
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
