//! The business's message templates: the list, the check of a send against them, and what the
//! customer gets to see.
//!
//! Sources: whatsapp/templates (components, parameter formats), the API reference of
//! `message_templates`, and support/error-codes for 132000 to 132018.

mod fill;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Refusal;
use super::send::{Checked, Known, required};
use fill::{buttons, cards, check_text, filled, header, mismatch, offer};

/// The longest body once its variables are filled in, in characters.
const MAX_BODY: usize = 1024;

/// The templates that there are.
#[derive(Debug)]
pub(super) struct Templates(Vec<Value>);

impl Default for Templates {
    fn default() -> Self {
        Self(serde_json::from_str(include_str!("templates.json")).unwrap_or_default())
    }
}

impl Templates {
    /// Adds one, or replaces that of the same name and language.
    pub(super) fn put(&mut self, template: Value) {
        self.0.retain(|other| {
            other["name"] != template["name"] || other["language"] != template["language"]
        });
        self.0.push(template);
    }

    /// Those that a list's query asks for: by `name`, `language`, `status`, `category`, `limit`
    /// and `after`. Only the fields asked for.
    pub(super) fn list(&self, query: &BTreeMap<String, String>) -> Value {
        let matches = |template: &&Value| {
            ["name", "language", "status", "category"].iter().all(|field| {
                query.get(*field).is_none_or(|wanted| template[*field] == wanted.as_str())
            })
        };
        let all: Vec<&Value> = self.0.iter().filter(matches).collect();
        let limit = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(25_usize);
        let first = query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0_usize);
        let end = all.len().min(first.saturating_add(limit));
        let page = all.get(first..end).unwrap_or_default();
        let page: Vec<Value> =
            page.iter().map(|template| chosen(template, query.get("fields"))).collect();
        let mut paging = json!({
            "cursors": {"before": first.to_string(), "after": end.to_string()},
        });
        if end < all.len() {
            // Graph gives a whole URL here; clients go by the cursor.
            paging["next"] = json!(format!("?limit={limit}&after={end}"));
        }
        json!({"data": page, "paging": paging})
    }

    /// Whether a send fits its template, and what becomes of it.
    pub(super) fn check(&self, send: &Value, known: &Known<'_>) -> Result<Checked, Refusal> {
        let name = required(send, "template", "name")?;
        let language = send.get("language").unwrap_or(&Value::Null);
        let language = required(language, "template['language']", "code")?;
        let template = self.usable(name, language)?;
        let given = Given::read(send)?;
        let mut shown = json!({"name": name, "language": language});
        let mut text = String::new();
        for component in template["components"].as_array().into_iter().flatten() {
            match component["type"].as_str() {
                Some("HEADER") => shown["header"] = header(component, &given, known)?,
                Some("BODY") => {
                    let named = template["parameter_format"] == "NAMED";
                    text = filled("body", component, given.parameters("body"), named)?;
                    if text.chars().count() > MAX_BODY {
                        let details = "The hydrated body is longer than 1024 characters.";
                        let title = "Template hydrated text too long";
                        return Err(Refusal::template(132_005, title, details));
                    }
                    shown["body"] = json!(text);
                }
                Some("FOOTER") => shown["footer"] = component["text"].clone(),
                Some("BUTTONS") => shown["buttons"] = buttons(component, &given)?,
                Some("CAROUSEL") => shown["cards"] = cards(component, &given, known)?,
                Some("LIMITED_TIME_OFFER") => shown["offer"] = offer(component, &given)?,
                Some(_) | None => {}
            }
        }
        given.all_wanted(template)?;
        let category = template["category"].as_str().unwrap_or_default().to_lowercase();
        Ok(Checked { text, shown, category: Some(category) })
    }

    fn usable(&self, name: &str, language: &str) -> Result<&Value, Refusal> {
        let found = self
            .0
            .iter()
            .find(|template| template["name"] == name && template["language"] == language);
        match found
            .and_then(|template| template["status"].as_str().map(|status| (template, status)))
        {
            Some((template, "APPROVED")) => Ok(template),
            Some((_, "PAUSED")) => {
                Err(Refusal::template(132_015, "Template is Paused", "It is paused for quality."))
            }
            Some((_, "DISABLED")) => {
                Err(Refusal::template(132_016, "Template is Disabled", "It is disabled for good."))
            }
            Some(_) | None => Err(Refusal::template(
                132_001,
                "Template name does not exist in the translation",
                format!("template name ({name}) does not exist in {language}"),
            )),
        }
    }
}

/// The fields of an object that were asked for; the id always.
fn chosen(template: &Value, fields: Option<&String>) -> Value {
    let Some(fields) = fields else { return template.clone() };
    let mut chosen = json!({ "id": template["id"] });
    for field in fields.split(',') {
        if let Some(value) = template.get(field) {
            chosen[field] = value.clone();
        }
    }
    chosen
}

/// The components of a send.
struct Given<'a>(Vec<&'a Value>);

impl<'a> Given<'a> {
    fn read(send: &'a Value) -> Result<Self, Refusal> {
        let components: Vec<&Value> =
            send.get("components").and_then(Value::as_array).into_iter().flatten().collect();
        for component in &components {
            required(component, "components", "type")?;
            for parameter in component["parameters"].as_array().into_iter().flatten() {
                required(parameter, "parameters", "type")?;
                if parameter["type"] == "text" {
                    check_text(required(parameter, "parameters", "text")?)?;
                }
            }
        }
        Ok(Self(components))
    }

    fn named(&self, kind: &str) -> Option<&'a Value> {
        self.0.iter().copied().find(|component| is(component, kind))
    }

    fn parameters(&self, kind: &str) -> &'a [Value] {
        self.named(kind)
            .and_then(|component| component["parameters"].as_array())
            .map_or(&[], Vec::as_slice)
    }

    /// The parameters of the button at this place. The index may be a number or a text.
    fn button(&self, index: usize) -> Option<&'a Value> {
        let place = |component: &Value| match &component["index"] {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64().and_then(|place| usize::try_from(place).ok()),
        };
        self.0
            .iter()
            .copied()
            .find(|component| is(component, "button") && place(component) == Some(index))
    }

    /// Nothing was given that the template has no place for.
    fn all_wanted(&self, template: &Value) -> Result<(), Refusal> {
        let has = |kind: &str| {
            template["components"].as_array().into_iter().flatten().any(|part| is(part, kind))
        };
        for component in &self.0 {
            let kind = component["type"].as_str().unwrap_or_default().to_lowercase();
            let place = if kind == "button" { "buttons" } else { kind.as_str() };
            if !has(place) {
                return Err(mismatch(format!("{kind}: the template has no such component")));
            }
        }
        Ok(())
    }
}

fn is(component: &Value, kind: &str) -> bool {
    component["type"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(kind))
}
