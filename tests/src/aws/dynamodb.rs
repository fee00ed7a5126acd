//! DynamoDB, by dynoxide: the library, in memory, called as if over HTTP.

use std::{cell::Cell, sync::Arc};

use aws_lambda_events::event::dynamodb::EventRecord;
use dynoxide::{Database, DynoxideError, ImportOptions, storage_backend::Clock};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::Answer;

/// The table's name in the world.
pub const TABLE: &str = "sapa";

/// The engine, and how far its stream was read.
pub struct DynamoDb {
    database: Database,
    iterator: Option<String>,
    unread: Vec<EventRecord>,
    transitions: Vec<(String, String)>,
    is_changed: Cell<bool>,
}

impl DynamoDb {
    /// An engine with the table of infra/template.yaml.
    pub fn new(clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let database = Database::memory_with_clock(clock)?;
        let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
        let text = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
        let index = |name: &str, hash: &str, range: &str| {
            json!({
                "IndexName": name,
                "KeySchema": [key(hash, "HASH"), key(range, "RANGE")],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            })
        };
        let table = json!({
            "TableName": TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [text("pk"), text("sk"), text("ipk"), text("isk"), text("dpk"), text("dsk")],
            "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
            "GlobalSecondaryIndexes": [index("inbox", "ipk", "isk"), index("due", "dpk", "dsk")],
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        });
        database.create_table(serde_json::from_value(table)?)?;
        let ttl = json!({"AttributeName": "ttl", "Enabled": true});
        let ttl = json!({"TableName": TABLE, "TimeToLiveSpecification": ttl});
        database.update_time_to_live(serde_json::from_value(ttl)?)?;
        Ok(Self {
            database,
            iterator: None,
            unread: Vec::new(),
            transitions: Vec::new(),
            is_changed: Cell::new(true),
        })
    }

    /// Serves one call.
    pub fn call(&self, operation: &str, body: &[u8]) -> Answer {
        let db = &self.database;
        self.is_changed.set(self.is_changed.get() || !matches!(operation, "GetItem" | "Query"));
        match operation {
            "GetItem" => serve(body, |request| db.get_item(request)),
            "BatchGetItem" => serve(body, |request| db.batch_get_item(request)),
            "Query" => serve(body, |request| db.query(request)),
            "PutItem" => serve(body, |request| db.put_item(request)),
            "UpdateItem" => serve(body, |request| db.update_item(request)),
            "DeleteItem" => serve(body, |request| db.delete_item(request)),
            "TransactWriteItems" => serve(body, |request| db.transact_write_items(request)),
            other => Answer::error(400, &format!("UnknownOperation {other}")),
        }
    }

    /// One row, as it is.
    pub fn row(&self, key: &Value) -> Value {
        let get = json!({"TableName": TABLE, "Key": key, "ConsistentRead": true});
        let row = serde_json::from_value(get).ok().and_then(|get| self.database.get_item(get).ok());
        let answer = row.and_then(|row| serde_json::to_value(row).ok()).unwrap_or_default();
        answer["Item"].clone()
    }

    /// Puts rows without telling anybody: what a table held before a story begins.
    pub fn seed(&self, rows: Vec<Value>) -> anyhow::Result<()> {
        let rows = rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
        self.database.import_items(TABLE, rows, ImportOptions::default())?;
        Ok(())
    }

    /// Writes no stream any more. The engine looks through all records at every write, which is
    /// too much for hundreds of thousands.
    pub fn stop_stream(&self) -> anyhow::Result<()> {
        let off = json!({"TableName": TABLE, "StreamSpecification": {"StreamEnabled": false}});
        self.database.update_table(serde_json::from_value(off)?)?;
        Ok(())
    }

    /// Takes away the rows whose time is up, as DynamoDB does some time later; how many there were.
    pub fn expire(&self) -> anyhow::Result<usize> {
        self.is_changed.set(true);
        Ok(self.database.sweep_ttl()?)
    }

    /// Every row, for the checks of the simulation.
    pub fn rows(&self) -> anyhow::Result<Vec<Value>> {
        let mut rows = Vec::new();
        let mut scan = json!({"TableName": TABLE});
        loop {
            let answer = self.database.scan(serde_json::from_value(scan.clone())?)?;
            let answer = serde_json::to_value(answer)?;
            rows.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            // A page ends after a megabyte.
            match &answer["LastEvaluatedKey"] {
                Value::Null => return Ok(rows),
                last => scan["ExclusiveStartKey"] = last.clone(),
            }
        }
    }

    /// The next records of the stream, as the event source mapping hands them to relay; they come
    /// again until [`DynamoDb::read_up_to`] moves on.
    pub fn stream(&mut self, most: usize) -> anyhow::Result<Vec<EventRecord>> {
        self.read_stream()?;
        Ok(self.unread.iter().take(most).cloned().collect())
    }

    /// So many records were dealt with.
    pub fn read_up_to(&mut self, count: usize) {
        self.unread.drain(..count.min(self.unread.len()));
    }

    /// Every change of a room's status so far, from what to what.
    pub fn room_transitions(&mut self) -> Vec<(String, String)> {
        // Only what relay was handed is known; at rest that is all.
        self.transitions.clone()
    }

    fn read_stream(&mut self) -> anyhow::Result<()> {
        // Mappings look often, and mostly nothing has happened.
        if !self.is_changed.replace(false) {
            return Ok(());
        }
        let mut iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => self.first_iterator()?,
        };
        loop {
            let request = json!({"ShardIterator": iterator, "Limit": 1000});
            let answer = self.database.get_records(serde_json::from_value(request)?)?;
            let answer = serde_json::to_value(answer)?;
            let records = answer["Records"].as_array().cloned().unwrap_or_default();
            let next = answer["NextShardIterator"].as_str().unwrap_or(&iterator).to_owned();
            let is_end = records.is_empty();
            for record in records {
                let record: EventRecord = serde_json::from_value(record)?;
                self.transitions.extend(transition(&record));
                self.unread.push(record);
            }
            iterator = next;
            if is_end {
                self.iterator = Some(iterator);
                return Ok(());
            }
        }
    }

    fn first_iterator(&self) -> anyhow::Result<String> {
        let streams = self.database.list_streams(serde_json::from_value(json!({}))?)?;
        let arn = serde_json::to_value(streams)?["Streams"][0]["StreamArn"].clone();
        let described =
            self.database.describe_stream(serde_json::from_value(json!({"StreamArn": arn}))?)?;
        let shard =
            serde_json::to_value(described)?["StreamDescription"]["Shards"][0]["ShardId"].clone();
        let request = json!({
            "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON",
        });
        let answer = self.database.get_shard_iterator(serde_json::from_value(request)?)?;
        let iterator = serde_json::to_value(answer)?["ShardIterator"].clone();
        iterator
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| anyhow::anyhow!("the table has no stream"))
    }
}

/// The change of status that a record tells of, if it is a room's.
fn transition(record: &EventRecord) -> Option<(String, String)> {
    let text = |item: &serde_dynamo::Item, name: &str| match item.get(name) {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => String::new(),
    };
    let (old, new) = (&record.change.old_image, &record.change.new_image);
    let (before, after) = (text(old, "status"), text(new, "status"));
    (text(new, "sk") == "room" && before != after).then_some((before, after))
}

fn serve<Q, A, F>(body: &[u8], run: F) -> Answer
where
    Q: DeserializeOwned,
    A: Serialize,
    F: FnOnce(Q) -> Result<A, DynoxideError>,
{
    let request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(error) => return Answer::error(400, &format!("SerializationException: {error}")),
    };
    match run(request) {
        Ok(answer) => Answer::ok(serde_json::to_vec(&answer).unwrap_or_default()),
        Err(error) => Answer { status: error.status_code(), body: error.to_json().into_bytes() },
    }
}
