//! Messages that the phone's app sent: where they lie, by the name that the provider has for them.
//!
//! They bear no reference of ours, so what is reported of them is led by a row of its own. A report may
//! come before its message: then it waits there, and whoever stores the message gets it.

use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::{
    Id, Time,
    integration::Integration,
    message::{Change, Message, StatusUpdate},
};
use platform::aws::CallFailed;

use crate::{
    keys::{self, MessageKey},
    table::{StoreError, Tenant, VERSION, number, read, string, written_update},
};

/// What is known of a message that the phone's app sent: where it lies, and what was reported of it
/// before it came, each report in an attribute of its own.
#[derive(Debug, serde::Deserialize)]
struct Pointer {
    #[serde(default)]
    message: Option<String>,
}

/// What the attributes begin with that hold reports of a message that has not come.
const REPORTED: &str = "reported_";

/// How long such reports wait: for as long as the provider may deliver the message again.
const WAITS: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

impl Pointer {
    fn key(&self) -> Option<MessageKey> {
        MessageKey::parse(self.message.as_deref()?)
    }
}

impl Tenant<'_> {
    /// Remembers where a message lies that the phone's app sent. What was reported of it before
    /// comes back, as often as this is asked.
    pub async fn point_to(
        &self,
        message: &Message,
        provider_id: &str,
    ) -> Result<Vec<StatusUpdate>, StoreError> {
        let key = keys::from_phone(self.org, message.integration_id, provider_id);
        let update = self.table.client.update_item().table_name(&self.table.name);
        // It goes with its message, and not with what waited for that.
        let update = match message.expires_at {
            None => update.update_expression(
                "SET message = :message, #v = if_not_exists(#v, :none) + :one REMOVE #ttl",
            ),
            Some(ends) => update
                .update_expression(
                    "SET message = :message, #v = if_not_exists(#v, :none) + :one, #ttl = :ttl",
                )
                .expression_attribute_values(":ttl", number(ends.millis() / 1000)),
        };
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":message", string(MessageKey::of(message)))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(|error| CallFailed::new("UpdateItem", &error))?;
        let row = answer.attributes.unwrap_or_default();
        let reports = row.into_iter().filter(|(name, _)| name.starts_with(REPORTED));
        reports
            .map(|(_, report)| {
                let report: StatusUpdate = serde_dynamo::from_attribute_value(report)?;
                Ok(StatusUpdate { provider_id: provider_id.to_owned(), ..report })
            })
            .collect()
    }

    /// Keeps a report of a message that may be one of the phone's app's and has not come yet. Where
    /// it lies, if it came meanwhile.
    pub async fn await_from_phone(
        &self,
        integration: Id<Integration>,
        report: &StatusUpdate,
        now: Time,
    ) -> Result<Option<MessageKey>, StoreError> {
        let what = match &report.change {
            Change::Reached(status) => status.name(),
            Change::Failed(_) => "failed",
        };
        let key = keys::from_phone(self.org, integration, &report.provider_id);
        // Whose message it is, the row does not say.
        let report = StatusUpdate { provider_id: String::new(), ..report.clone() };
        let update = self.table.client.update_item().table_name(&self.table.name);
        let answer = update
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .update_expression(
                "SET #report = :report, #ttl = :ttl, #v = if_not_exists(#v, :none) + :one",
            )
            .condition_expression("attribute_not_exists(message)")
            .expression_attribute_names("#report", format!("{REPORTED}{what}"))
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":report", serde_dynamo::to_attribute_value(&report)?)
            .expression_attribute_values(":ttl", number(now.plus(WAITS).millis() / 1000))
            .expression_attribute_values(":none", number(0))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match written_update(answer)? {
            Ok(_) | Err(None) => Ok(None),
            Err(Some(row)) => Ok(read::<Pointer>(row)?.value.key()),
        }
    }

    /// Where a message lies that the phone's app sent.
    pub async fn from_phone(
        &self,
        integration: Id<Integration>,
        provider_id: &str,
    ) -> Result<Option<MessageKey>, StoreError> {
        let key = keys::from_phone(self.org, integration, provider_id);
        let pointer = self.table.get::<Pointer>(&key, true).await?;
        Ok(pointer.and_then(|pointer| pointer.value.key()))
    }
}
