//! What there is to choose, and what was chosen, as clients see it.

use domain::message::{Action, Button, Choice, Interactive, Row, Section};
use serde::Serialize;
use utoipa::ToSchema;

use super::file::{Files, SentHeaderView};

/// Words with something to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InteractiveView {
    /// `buttons`, `list`, `link`, `location_request`, `flow`, `product`, `product_list` or `catalog`.
    kind: &'static str,
    /// What stands above the words.
    header: Option<SentHeaderView>,
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

impl ChoiceView {
    /// What a customer chose.
    pub(super) fn chosen(choice: &Choice) -> Self {
        let Choice { id, title, description } = choice.clone();
        Self { id, title, description, section: None }
    }
}

pub(super) fn interactive(shown: &Interactive, files: &Files<'_>) -> InteractiveView {
    let view = InteractiveView {
        kind: "location_request",
        header: shown.header.as_ref().map(|header| SentHeaderView::new(header, files)),
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
pub(super) fn product(id: &str, section: Option<&String>) -> ChoiceView {
    let (id, title) = (id.to_owned(), id.to_owned());
    ChoiceView { id, title, description: None, section: section.cloned() }
}

fn option(button: &Button) -> ChoiceView {
    let (id, title) = (button.id.clone(), button.title.clone());
    ChoiceView { id, title, description: None, section: None }
}

fn rows(section: &Section) -> Vec<ChoiceView> {
    let row = |row: &Row| ChoiceView {
        id: row.id.clone(),
        title: row.title.clone(),
        description: row.description.clone(),
        section: section.title.clone(),
    };
    section.rows.iter().map(row).collect()
}
