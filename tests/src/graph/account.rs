//! The business's account: its number, its templates, and whether a token is good
//! (the API reference of the phone number and of the WhatsApp Business Account;
//! `debug_token`: facebook-login/guides/access-tokens/debugging).

use std::collections::BTreeMap;

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::answer::{Answer, Refusal, json_response};
use super::{Fault, Graph, templates::Templates};

/// What a number shows when nobody says which fields; all there are follow below.
const USUAL: [&str; 5] =
    ["verified_name", "code_verification_status", "display_phone_number", "quality_rating", "id"];

/// The Meta app that every token is of.
const APP_ID: &str = "670000000000001";

impl Graph {
    /// Adds a template to those that the account has at first, or replaces the one of the same name
    /// and language: an object as `GET /{waba_id}/message_templates` lists it.
    pub fn put_template(&mut self, template: Value) {
        self.templates.put(template);
    }

    /// The templates, as the API lists them.
    pub fn templates(&self) -> Value {
        let all = BTreeMap::from([("limit".to_owned(), usize::MAX.to_string())]);
        Templates::list(&self.templates, &all)["data"].clone()
    }

    /// `GET /{phone_number_id}` and `GET /{waba_id}`.
    pub(super) fn object(&self, id: &str, query: &str) -> Result<Answer, Refusal> {
        let object = if id == self.config.phone_number_id {
            self.number()
        } else if id == self.config.waba_id {
            self.account()
        } else {
            return Err(Refusal::unknown_object(&Method::GET, id));
        };
        let fields = fields(query);
        let asked: Vec<&str> = match fields.get("fields") {
            Some(fields) => fields.split(',').chain(["id"]).collect(),
            None => USUAL.into_iter().filter(|field| object.get(field).is_some()).collect(),
        };
        let mut answer = json!({});
        for field in asked {
            let value = object.get(field).ok_or_else(|| Refusal::no_such_field(field))?;
            answer[field] = value.clone();
        }
        Ok(ok(&answer))
    }

    /// `GET /{waba_id}/message_templates`, `GET /{waba_id}/phone_numbers`.
    pub(super) fn list(&self, what: &str, query: &str) -> Answer {
        if what == "message_templates" {
            return ok(&self.templates.list(&fields(query)));
        }
        let cursors = json!({"cursors": {"before": "0", "after": "1"}});
        ok(&json!({"data": [self.number()], "paging": cursors}))
    }

    /// `GET /{phone_number_id}/whatsapp_business_profile`
    /// (business-phone-numbers/business-profiles): fields without a value are left out.
    pub(super) fn profile(&self, query: &str) -> Answer {
        let mut shown = json!({ "messaging_product": "whatsapp" });
        for field in fields(query).get("fields").iter().flat_map(|fields| fields.split(',')) {
            let value = &self.profile[field];
            if !matches!(value.as_str(), Some("")) && !value.is_null() && *value != json!([]) {
                shown[field] = value.clone();
            }
        }
        ok(&json!({ "data": [shown] }))
    }

    /// `POST /{phone_number_id}/whatsapp_business_profile`: what is given changes.
    pub(super) fn change_profile(&mut self, body: &[u8]) -> Result<Answer, Refusal> {
        let change: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        if change["messaging_product"] != "whatsapp" {
            return Err(Refusal::missing("messaging_product"));
        }
        for (field, value) in change.as_object().into_iter().flatten() {
            let is_short = value.as_str().is_none_or(|text| text.chars().count() <= 512);
            match field.as_str() {
                "messaging_product" => {}
                "about" if *value == json!("") => return Err(Refusal::missing("about")),
                "about" | "address" | "description" | "email" | "vertical" | "websites"
                    if is_short =>
                {
                    self.profile[field] = value.clone();
                }
                other => return Err(Refusal::invalid_value(other)),
            }
        }
        let lost = self.faults.strikes(Fault::TimeoutAfterAccept);
        Ok(Answer { lost, ..ok(&json!({ "success": true })) })
    }

    /// Whether the business account's webhooks are delivered to the app.
    pub fn is_subscribed(&self) -> bool {
        self.is_subscribed
    }

    /// From now on this is the only token: the one before has expired or was revoked.
    pub fn change_token(&mut self, token: &str) {
        self.config.access_token = token.to_owned();
    }

    /// Whether a request proves the app secret, if it sets out to.
    pub(super) fn is_proved(&self, request: &Request<Vec<u8>>) -> bool {
        let query = fields(request.uri().query().unwrap_or_default());
        query.get("appsecret_proof").is_none_or(|proof| {
            super::sign(&self.config.app_secret, self.config.access_token.as_bytes())
                == format!("sha256={proof}")
        })
    }

    /// `GET /app`.
    pub(super) fn app(&self) -> Answer {
        ok(&json!({ "id": APP_ID, "name": "Sapa channel simulator" }))
    }

    /// `POST` and `DELETE /{waba_id}/subscribed_apps`.
    pub(super) fn subscribe(&mut self, is_subscribed: bool) -> Answer {
        self.is_subscribed = is_subscribed;
        ok(&json!({ "success": true }))
    }

    /// `GET /debug_token?input_token=`.
    pub(super) fn debug_token(&self, request: &Request<Vec<u8>>) -> Answer {
        let query = fields(request.uri().query().unwrap_or_default());
        let good = query.get("input_token") == Some(&self.config.access_token);
        let data = if good {
            let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
            let granular: Vec<Value> = scopes
                .iter()
                .map(|scope| json!({"scope": scope, "target_ids": [self.config.waba_id]}))
                .collect();
            json!({
                "app_id": APP_ID,
                "type": "SYSTEM_USER",
                "application": "Sapa channel simulator",
                "expires_at": 0,
                "is_valid": true,
                "scopes": scopes,
                "granular_scopes": granular,
            })
        } else {
            json!({
                "error": {"code": 190, "message": "Invalid OAuth access token."},
                "is_valid": false,
                "scopes": [],
            })
        };
        ok(&json!({ "data": data }))
    }

    fn number(&self) -> Value {
        json!({
            "id": self.config.phone_number_id,
            "verified_name": "Kopi Kita",
            "display_phone_number": format!("+{}", self.config.display_phone_number),
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "name_status": "APPROVED",
            "status": "CONNECTED",
            "platform_type": "CLOUD_API",
            "account_mode": "LIVE",
            "messaging_limit_tier": "TIER_2K",
            "throughput": {"level": "STANDARD"},
            "is_official_business_account": false,
            "is_on_biz_app": false,
        })
    }

    fn account(&self) -> Value {
        json!({
            "id": self.config.waba_id,
            "name": "Kopi Kita",
            "currency": "IDR",
            "timezone_id": "66",
            "country": "ID",
            "account_review_status": "APPROVED",
            "message_template_namespace": "5a9a5a9a_5a9a_5a9a",
        })
    }
}

/// The profile that the number has at first.
pub(super) fn profile() -> Value {
    json!({
        "about": "Kopi enak",
        "address": "Jl. Cikini Raya 1, Jakarta",
        "email": "halo@kopikita.example",
        "websites": ["https://kopikita.example/"],
        "vertical": "RESTAURANT",
        "profile_picture_url": "https://pps.whatsapp.example/kopikita.jpg",
    })
}

fn ok(body: &Value) -> Answer {
    Answer::at_once(json_response(StatusCode::OK, body))
}

/// A query's fields. Names, ids and lists of names come as they are: only `%2C` stands for a comma.
fn fields(query: &str) -> BTreeMap<String, String> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",").replace("%2c", ",")))
        .collect()
}
