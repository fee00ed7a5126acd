//! The table itself: a client, a name, and the three or four calls that all patterns share.

use std::{collections::HashMap, fmt::Debug};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError,
        transact_write_items::TransactWriteItemsError, update_item::UpdateItemError,
    },
    types::{
        AttributeValue, CancellationReason, ConditionCheck, Put,
        ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    },
};
use aws_smithy_runtime_api::client::{
    interceptors::context::InterceptorContext,
    orchestrator::OrchestratorError,
    retries::classifiers::{ClassifyRetry, RetryAction},
};
use domain::{Id, Time, integration::Organization};
use platform::aws::CallFailed;
use serde::{Serialize, de::DeserializeOwned};

use crate::{damage::damaged, keys::Key};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The version of a row: every write that replaces the row asks that it is still the one read.
pub(crate) const VERSION: &str = "v";

/// What can go wrong with the table.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A call failed after all retries; whether it was carried out is unknown.
    #[error(transparent)]
    Call(#[from] CallFailed),
    /// A row does not read as what its key says.
    #[error("row {row} is damaged: {reason}")]
    Damaged {
        /// Which, without the names that its key may hold.
        row: String,
        /// Why, in serde's words, without the values that they quote.
        reason: String,
    },
    /// A value can't be written; a defect of ours.
    #[error("a value can't be written: {0}")]
    Unwritable(#[from] serde_dynamo::Error),
    /// Others changed the same row again and again.
    #[error("too many writers at once")]
    Contended,
}

/// A row as it was read, with what proves that it is still that row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// What it says.
    pub value: T,
    pub(crate) version: u64,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

/// One organization's part of the table.
#[derive(Debug, Clone, Copy)]
pub struct Tenant<'a> {
    pub(crate) table: &'a Table,
    pub(crate) org: Id<Organization>,
}

/// Whether a conditional write was carried out; if not, with the row that stood in its way.
pub(crate) enum Written {
    Yes,
    No(Option<Item>),
}

impl Table {
    /// The table of this name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        let config = aws_sdk_dynamodb::config::Builder::from(config);
        let config = config.retry_classifier(TransactionConflict).build();
        Self { client: Client::from_conf(config), name }
    }

    /// The part of this organization.
    pub fn tenant(&self, org: Id<Organization>) -> Tenant<'_> {
        Tenant { table: self, org }
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        key: &Key,
        consistent: bool,
    ) -> Result<Option<Versioned<T>>, StoreError> {
        let get = self.client.get_item().table_name(&self.name).consistent_read(consistent);
        let got = get
            .key("pk", AttributeValue::S(key.pk.clone()))
            .key("sk", AttributeValue::S(key.sk.clone()))
            .send()
            .await
            .map_err(|error| CallFailed::new("GetItem", &error))?;
        got.item.map(read).transpose()
    }

    /// Writes a row that must not exist.
    pub(crate) async fn create(&self, item: Item) -> Result<Written, StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let answer = put
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        written_put(answer.map(drop))
    }

    /// Writes a row, or replaces what stands there: for rows that say the same at each repetition.
    pub(crate) async fn overwrite(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        put.send().await.map(drop).map_err(|error| CallFailed::new("PutItem", &error).into())
    }

    /// Writes a row that is taken away then, unless one stands there that stays for longer.
    pub(crate) async fn put_unless_later(
        &self,
        item: Item,
        expires_at: Time,
    ) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let answer = put
            .condition_expression("attribute_not_exists(pk) OR #ttl < :ttl")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":ttl", number(expires_at.millis() / 1000))
            .send()
            .await;
        written_put(answer.map(drop)).map(drop)
    }

    /// Deletes a row, if it is there.
    pub(crate) async fn delete(&self, key: Key) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let answer = delete.key("pk", string(key.pk)).key("sk", string(key.sk)).send().await;
        answer.map(drop).map_err(|error| CallFailed::new("DeleteItem", &error).into())
    }

    /// Deletes the row of this version. `false` if it has changed since, or is gone.
    pub(crate) async fn delete_version(&self, key: Key, version: u64) -> Result<bool, StoreError> {
        let delete = self.client.delete_item().table_name(&self.name);
        let answer = delete
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":v", number(version))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if is_conditional(&error) => Ok(false),
            Err(error) => Err(CallFailed::new("DeleteItem", &error).into()),
        }
    }

    /// Replaces the row of this version.
    pub(crate) async fn replace(&self, item: Item, version: u64) -> Result<Written, StoreError> {
        let put = self.client.put_item().table_name(&self.name);
        let answer = put
            .set_item(Some(with_version(item, version + 1)))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":v", number(version))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        written_put(answer.map(drop))
    }

    /// The same as part of a transaction.
    pub(crate) fn replacing(&self, item: Item, version: u64) -> Result<Put, StoreError> {
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(with_version(item, version + 1)))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":v", number(version))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error).into())
    }

    /// That the row is still of this version, as part of a transaction.
    pub(crate) fn unchanged(
        &self,
        key: Key,
        version: u64,
    ) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.name)
            .key("pk", string(key.pk))
            .key("sk", string(key.sk))
            .condition_expression("#v = :v")
            .expression_attribute_names("#v", VERSION)
            .expression_attribute_values(":v", number(version))
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// A row that must not exist, as part of a transaction.
    pub(crate) fn creating(&self, item: Item) -> Result<Put, StoreError> {
        Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|error| CallFailed::unanswered("TransactWriteItems", &error).into())
    }

    /// All of it or nothing; `false` if a condition did not hold.
    pub(crate) async fn transact(
        &self,
        writes: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        let call = self.client.transact_write_items().set_transact_items(Some(writes));
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => not_transacted(&error),
        }
    }
}

impl Tenant<'_> {
    pub(crate) async fn create(&self, item: Item) -> Result<Written, StoreError> {
        self.table.create(item).await
    }
}

/// A single write that meets a transaction on the same row is refused for that moment. The SDK
/// takes it for a lasting error; we have it tried again like a throttled call.
#[derive(Debug)]
struct TransactionConflict;

impl ClassifyRetry for TransactionConflict {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(OrchestratorError::as_operation_error);
        let code = error.and_then(|error| {
            let put = error.downcast_ref::<PutItemError>().and_then(ProvideErrorMetadata::code);
            let update = || error.downcast_ref::<UpdateItemError>()?.code();
            let delete = || error.downcast_ref::<DeleteItemError>()?.code();
            put.or_else(update).or_else(delete)
        });
        match code {
            Some("TransactionConflictException") => RetryAction::throttling_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "transaction conflict"
    }
}

/// A transaction is refused for good by a condition, and for now by a conflict: both mean that
/// the rows are no longer as they were read, and the use case decides again.
const MOVED_ON: [&str; 2] = ["ConditionalCheckFailed", "TransactionConflict"];

/// What a transaction's failure means: `false` if the rows are no longer as they were read.
fn not_transacted<R: Debug + 'static>(
    error: &SdkError<TransactWriteItemsError, R>,
) -> Result<bool, StoreError> {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            canceled.cancellation_reasons()
        }
        _ => &[],
    };
    let codes: Vec<_> = reasons.iter().filter_map(CancellationReason::code).collect();
    if codes.iter().any(|code| MOVED_ON.contains(code)) {
        return Ok(false);
    }
    let failed = CallFailed::new("TransactWriteItems", error);
    Err(failed.or_because_of(&codes).into())
}

fn written_put(answer: Result<(), SdkError<PutItemError>>) -> Result<Written, StoreError> {
    match answer {
        Ok(()) => Ok(Written::Yes),
        Err(error) => match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Written::No(failed.item().cloned()))
            }
            _ => Err(CallFailed::new("PutItem", &error).into()),
        },
    }
}

/// Whether a row was not deleted because a condition did not hold.
pub(crate) fn is_conditional<R>(error: &SdkError<DeleteItemError, R>) -> bool {
    error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception)
}

/// What an update's answer means; the row is the new one, if the update asked for it.
pub(crate) fn written_update<T>(
    answer: Result<T, SdkError<UpdateItemError>>,
) -> Result<Result<T, Option<Item>>, StoreError> {
    match answer {
        Ok(output) => Ok(Ok(output)),
        Err(error) => match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                Ok(Err(failed.item().cloned()))
            }
            _ => Err(CallFailed::new("UpdateItem", &error).into()),
        },
    }
}

/// A row of this key and content.
pub(crate) fn item<T: Serialize>(key: Key, content: &T) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(content)?;
    item.insert("pk".into(), AttributeValue::S(key.pk));
    item.insert("sk".into(), AttributeValue::S(key.sk));
    Ok(with_version(item, 1))
}

/// The same row, which the table takes away when it has had its time.
pub(crate) fn until(mut item: Item, expires_at: Option<Time>) -> Item {
    if let Some(ends) = expires_at {
        item.insert("ttl".into(), number(ends.millis() / 1000));
    }
    item
}

fn with_version(mut item: Item, version: u64) -> Item {
    item.insert(VERSION.into(), number(version));
    item
}

/// What a row says.
pub(crate) fn read<T: DeserializeOwned>(item: Item) -> Result<Versioned<T>, StoreError> {
    let text =
        |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    let (pk, sk) = (text("pk"), text("sk"));
    let version = item.get(VERSION).and_then(|value| value.as_n().ok()?.parse().ok());
    match serde_dynamo::from_item(item) {
        Ok(value) => Ok(Versioned { value, version: version.unwrap_or(0) }),
        Err(error) => Err(damaged(&pk, &sk, &error.to_string())),
    }
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn string(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::error::TransactionCanceledException;
    use platform::problem::Problem;

    use super::*;

    #[test]
    fn a_transaction_is_decided_again_put_off_or_given_up_by_what_canceled_it() {
        let told = |codes: &[&str]| {
            let reasons =
                codes.iter().map(|code| CancellationReason::builder().code(*code).build());
            let canceled = TransactionCanceledException::builder()
                .set_cancellation_reasons(Some(reasons.collect()))
                .build();
            let canceled = TransactWriteItemsError::TransactionCanceledException(canceled);
            match not_transacted(&SdkError::service_error(canceled, ())) {
                Err(StoreError::Call(failed)) => Err(failed.told()),
                answer => Ok(answer.unwrap()),
            }
        };
        assert_eq!(told(&["None", "ConditionalCheckFailed"]), Ok(false));
        assert_eq!(told(&["TransactionConflict", "ThrottlingError"]), Ok(false));
        assert_eq!(told(&["None", "ThrottlingError"]), Err(Problem::unavailable()));
        assert_eq!(told(&["ProvisionedThroughputExceeded"]), Err(Problem::unavailable()));
        assert_eq!(told(&["ValidationError", "None"]), Err(Problem::internal()));
        assert_eq!(told(&[]), Err(Problem::internal()));
    }
}
