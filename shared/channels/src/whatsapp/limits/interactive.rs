//! Messages with something to choose from (messages/interactive-reply-buttons-messages,
//! interactive-list-messages, interactive-cta-url-messages, location-request-messages,
//! interactive-flow-messages; catalogs/catalog-messages, catalogs/product-messages).

use std::collections::BTreeSet;

use domain::message::{Action, Button, Flow, FlowStart, Header, Interactive, Section};

use super::{
    content::{id, url},
    count, maybe, media, refuse, template, words,
};
use crate::LimitBroken;

/// The most characters of the words; a list takes more.
const MAX_BODY: usize = 1024;
const MAX_LIST_BODY: usize = 4096;

/// The most characters of a header in words, and of a footer.
const MAX_HEADER: usize = 60;
const MAX_FOOTER: usize = 60;

const MAX_BUTTONS: usize = 3;
const MAX_BUTTON_TITLE: usize = 20;
const MAX_BUTTON_ID: usize = 256;

const MAX_SECTIONS: usize = 10;
/// In all sections together.
const MAX_ROWS: usize = 10;
const MAX_SECTION_TITLE: usize = 24;
const MAX_ROW_TITLE: usize = 24;
const MAX_ROW_DESCRIPTION: usize = 72;
const MAX_ROW_ID: usize = 200;

/// The most characters of a link (templates/components names it for buttons with a link).
const MAX_URL: usize = 2000;

/// The most characters of a flow's button.
const MAX_FLOW_LABEL: usize = 20;
/// The most characters of a flow's id, and of a screen's; ours, Meta names none.
const MAX_FLOW_ID: usize = 100;
/// The most characters of what comes back with a flow's answers; ours, Meta names none.
const MAX_FLOW_TOKEN: usize = 200;
/// The most bytes of what a flow's first screen is given; ours, Meta names none.
const MAX_FLOW_DATA: usize = 8192;

pub(super) fn check(message: &Interactive) -> Result<(), LimitBroken> {
    let most = match message.action {
        Action::List { .. } => MAX_LIST_BODY,
        Action::Buttons { .. }
        | Action::Link { .. }
        | Action::LocationRequest
        | Action::Flow(_)
        | Action::Product { .. }
        | Action::ProductList { .. }
        | Action::Catalog { .. } => MAX_BODY,
    };
    // A product speaks for itself.
    if !(matches!(message.action, Action::Product { .. }) && message.body.is_empty()) {
        words("interactive.body", &message.body, most)?;
    }
    header(message)?;
    maybe("interactive.footer", message.footer.as_ref(), MAX_FOOTER)?;
    match &message.action {
        Action::Buttons { buttons } => check_buttons(buttons),
        Action::List { button, sections } => {
            words("interactive.list.button", button, MAX_BUTTON_TITLE)?;
            check_sections(sections)
        }
        Action::Link { label, url: address } => {
            words("interactive.link.label", label, MAX_BUTTON_TITLE)?;
            url("interactive.link.url", address, MAX_URL)
        }
        Action::LocationRequest => match &message.footer {
            Some(_) => refuse("interactive.footer", "A location request has no footer."),
            None => Ok(()),
        },
        Action::Flow(flow) => check_flow(flow),
        Action::Product { catalog_id, product } => {
            template::product_id("interactive.product.catalog_id", catalog_id)?;
            template::product_id("interactive.product.product_retailer_id", product)
        }
        Action::ProductList { catalog_id, sections } => {
            const FIELD: &str = "interactive.product_list.sections";
            template::product_id("interactive.product_list.catalog_id", catalog_id)?;
            count(FIELD, sections.len(), MAX_SECTIONS)?;
            template::products(FIELD, sections)
        }
        Action::Catalog { thumbnail } => thumbnail.as_ref().map_or(Ok(()), |product| {
            template::product_id("interactive.catalog.thumbnail_product_retailer_id", product)
        }),
    }
}

fn check_flow(flow: &Flow) -> Result<(), LimitBroken> {
    const LABEL: &str = "interactive.flow.label";
    words(LABEL, &flow.label, MAX_FLOW_LABEL)?;
    if emojis::iter().any(|emoji| is_shown(emoji.as_str()) && flow.label.contains(emoji.as_str())) {
        return refuse(LABEL, "It has no emoji.");
    }
    words("interactive.flow.flow_id", &flow.id, MAX_FLOW_ID)?;
    flow_token("interactive.flow.flow_token", flow.token.as_ref())?;
    match &flow.start {
        FlowStart::Endpoint => Ok(()),
        FlowStart::Screen { screen, data } => {
            words("interactive.flow.screen", screen, MAX_FLOW_ID)?;
            flow_data("interactive.flow.data", data.as_deref())
        }
    }
}

/// What comes back with a form's answers.
pub(super) fn flow_token(field: &str, token: Option<&String>) -> Result<(), LimitBroken> {
    maybe(field, token, MAX_FLOW_TOKEN)
}

/// What a form's first screen is given.
pub(super) fn flow_data(field: &str, data: Option<&str>) -> Result<(), LimitBroken> {
    match data {
        Some(data) if data == "{}" || data.len() > MAX_FLOW_DATA => {
            refuse(field, format!("It has fields, and at most {MAX_FLOW_DATA} bytes."))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether an emoji is none of the digits and signs that are also plain text.
fn is_shown(emoji: &str) -> bool {
    !emoji.is_ascii()
}

fn header(message: &Interactive) -> Result<(), LimitBroken> {
    const FIELD: &str = "interactive.header";
    match (&message.action, &message.header) {
        (Action::ProductList { .. }, None) => refuse(FIELD, "A list of products has a header."),
        (_, None) => Ok(()),
        (Action::LocationRequest, Some(_)) => refuse(FIELD, "A location request has no header."),
        (Action::Product { .. } | Action::Catalog { .. }, Some(_)) => {
            refuse(FIELD, "Above it stands the product's own picture.")
        }
        (Action::List { .. } | Action::ProductList { .. }, Some(Header::Media(_))) => {
            refuse(format!("{FIELD}.type"), "A list's header is `text`.")
        }
        (_, Some(Header::Text { text })) => words(&format!("{FIELD}.text"), text, MAX_HEADER),
        (_, Some(Header::Media(media))) => media::header(FIELD, media),
    }
}

fn check_buttons(buttons: &[Button]) -> Result<(), LimitBroken> {
    count("interactive.buttons", buttons.len(), MAX_BUTTONS)?;
    let (mut ids, mut titles) = (BTreeSet::new(), BTreeSet::new());
    for (index, button) in buttons.iter().enumerate() {
        let field = |name: &str| format!("interactive.buttons[{index}].{name}");
        id(&field("id"), &button.id, MAX_BUTTON_ID, &mut ids)?;
        words(&field("title"), &button.title, MAX_BUTTON_TITLE)?;
        if !titles.insert(button.title.trim()) {
            return refuse(field("title"), "It is used twice.");
        }
    }
    Ok(())
}

fn check_sections(sections: &[Section]) -> Result<(), LimitBroken> {
    const FIELD: &str = "interactive.list.sections";
    count(FIELD, sections.len(), MAX_SECTIONS)?;
    let mut ids = BTreeSet::new();
    for (index, section) in sections.iter().enumerate() {
        let title = format!("{FIELD}[{index}].title");
        if section.title.is_none() && sections.len() > 1 {
            return refuse(title, "Sections have titles where there are several.");
        }
        maybe(&title, section.title.as_ref(), MAX_SECTION_TITLE)?;
        if section.rows.is_empty() {
            return refuse(format!("{FIELD}[{index}].rows"), "A section has at least one row.");
        }
        for (place, row) in section.rows.iter().enumerate() {
            let field = |name: &str| format!("{FIELD}[{index}].rows[{place}].{name}");
            id(&field("id"), &row.id, MAX_ROW_ID, &mut ids)?;
            words(&field("title"), &row.title, MAX_ROW_TITLE)?;
            maybe(&field("description"), row.description.as_ref(), MAX_ROW_DESCRIPTION)?;
        }
    }
    let rows = sections.iter().map(|section| section.rows.len()).sum();
    count(FIELD, rows, MAX_ROWS).map_err(|broken| LimitBroken {
        detail: format!("There are {rows} rows; {MAX_ROWS} are allowed in all sections together."),
        ..broken
    })
}
