//! Channel accounts, files and templates, as Qontak's clients see them.

use app::files::Link;
use domain::{
    integration::{Connection, Integration},
    template::{Heading, TemplateButton},
    upload::Upload,
};
use serde::Serialize;
use store::StoredTemplate;
use utoipa::ToSchema;

/// A channel account.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakIntegration {
    /// The `channel_integration_id` of rooms.
    id: String,
    /// The channel, `wa_cloud`.
    target_channel: &'static str,
    /// Always null: `GET /v1/integrations/{id}/webhook` shows it to admins.
    webhook: Option<String>,
    settings: QontakSettings,
    organization_id: String,
    /// Whether it is connected.
    is_active: bool,
}

/// What a channel account is called.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakSettings {
    /// The name that agents see.
    account_name: String,
    /// Its number in digits.
    server_wa_id: Option<String>,
    /// WhatsApp's id of the number.
    phone_number_id: String,
    /// WhatsApp's id of the business.
    business_id: Option<String>,
}

/// A file that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakFile {
    /// What a message names it by, as `file`.
    id: String,
    /// Its bytes, for five minutes. A message may name it by this, too, also later.
    url: Option<String>,
    filename: String,
    mime_type: String,
    /// Bytes.
    size: u64,
}

/// A WhatsApp template.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakTemplate {
    /// The provider's id of it.
    id: String,
    organization_id: String,
    name: String,
    language: String,
    header: Option<QontakTemplateHeader>,
    body: String,
    footer: Option<String>,
    buttons: Vec<QontakTemplateButton>,
    /// `APPROVED`, `IN_APPEAL`, `PENDING`, `REJECTED`, `PENDING_DELETION`, `DELETED`, `DISABLED`.
    status: String,
    /// `AUTHENTICATION`, `MARKETING` or `UTILITY`.
    category: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    quality_rating: Option<String>,
    /// The account through which it is sent. Qontak has no such field.
    channel_integration_id: String,
}

/// What stands above a template's words.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakTemplateHeader {
    /// `TEXT`, `IMAGE`, `VIDEO` or `DOCUMENT`.
    format: String,
    /// The line of a `TEXT`.
    text: Option<String>,
}

/// A button of a template.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::qontak) struct QontakTemplateButton {
    /// `URL`, `QUICK_REPLY`, `COPY_CODE` or `OTHER`.
    r#type: String,
    text: String,
    url: Option<String>,
}

impl QontakIntegration {
    /// What Qontak's clients see of this account.
    pub(in crate::qontak) fn new(account: &Integration) -> Self {
        let number = account.profile.display_phone_number.as_ref();
        let digits = |number: &String| number.chars().filter(char::is_ascii_digit).collect();
        Self {
            id: account.id.to_string(),
            target_channel: account.channel.name(),
            webhook: None,
            settings: QontakSettings {
                account_name: account.name.clone(),
                server_wa_id: number.map(digits),
                phone_number_id: account.account.clone(),
                business_id: account.business_account.clone(),
            },
            organization_id: account.organization_id.to_string(),
            is_active: matches!(account.connection, Connection::Connected),
        }
    }
}

impl QontakFile {
    /// What Qontak's clients see of this file.
    pub(in crate::qontak) fn new(upload: &Upload, link: Option<Link>) -> Self {
        Self {
            id: upload.id.to_string(),
            url: link.map(|link| link.url),
            filename: upload.filename.clone(),
            mime_type: upload.mime_type.clone(),
            size: upload.size,
        }
    }
}

impl QontakTemplate {
    /// What Qontak's clients see of this template.
    pub(in crate::qontak) fn new(template: &StoredTemplate, company: &str) -> Self {
        let definition = &template.definition;
        Self {
            id: definition.provider_id.clone(),
            organization_id: company.to_owned(),
            name: definition.name.clone(),
            language: definition.language.clone(),
            header: definition.header.as_ref().map(QontakTemplateHeader::new),
            body: definition.body.clone(),
            footer: definition.footer.clone(),
            buttons: definition.buttons.iter().map(QontakTemplateButton::new).collect(),
            status: definition.status.clone(),
            category: definition.category.clone(),
            quality_rating: definition.quality.clone(),
            channel_integration_id: template.integration_id.to_string(),
        }
    }
}

impl QontakTemplateHeader {
    fn new(heading: &Heading) -> Self {
        match heading {
            Heading::Text { text } => Self { format: "TEXT".into(), text: Some(text.clone()) },
            Heading::Media { kind } => {
                Self { format: kind.name().to_ascii_uppercase(), text: None }
            }
            Heading::Product => Self { format: "PRODUCT".into(), text: None },
            Heading::Location => Self { format: "LOCATION".into(), text: None },
        }
    }
}

impl QontakTemplateButton {
    fn new(button: &TemplateButton) -> Self {
        let r#type = button.kind.name().to_ascii_uppercase();
        Self { r#type, text: button.text.clone(), url: button.url.clone() }
    }
}
