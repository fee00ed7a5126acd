//! The bucket, for what is too large or too odd for the table.

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, primitives::ByteStream};

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::aws::CallFailed;

/// How many objects are deleted side by side.
const WIDTH: usize = 25;

/// The most keys that one listing has.
const LISTED: i32 = 1000;

/// One bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl Bucket {
    /// The bucket of this name.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        // Emulators answer for any bucket under one host name; AWS takes both forms.
        let config = aws_sdk_s3::config::Builder::from(config).force_path_style(true).build();
        Self { client: Client::from_conf(config), name }
    }

    /// Writes an object; the same key and body may be written again.
    pub async fn put(&self, key: &str, body: Vec<u8>) -> Result<(), CallFailed> {
        let put = self.client.put_object().bucket(&self.name).key(key);
        put.body(ByteStream::from(body))
            .content_type("application/json")
            .send()
            .await
            .map(drop)
            .map_err(|error| CallFailed::new("PutObject", &error))
    }

    /// The first so many keys, at most a thousand, that begin like this and come after one of them.
    pub async fn list(
        &self,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, CallFailed> {
        let list = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
        let list = list.set_start_after(after.map(str::to_owned));
        let list = list.max_keys(i32::try_from(limit).unwrap_or(LISTED)).send().await;
        let list = list.map_err(|error| CallFailed::new("ListObjectsV2", &error))?;
        let objects = list.contents.unwrap_or_default();
        Ok(objects.into_iter().filter_map(|object| object.key).collect())
    }

    /// Deletes up to a thousand of the objects whose keys begin like this; whether there were any.
    pub async fn erase_some(&self, prefix: &str) -> Result<bool, CallFailed> {
        let keys = self.list(prefix, None, 1000).await?;
        let any = !keys.is_empty();
        let deletes = keys.into_iter().map(|key| async move { self.erase(&key).await });
        stream::iter(deletes).buffer_unordered(WIDTH).try_collect::<()>().await?;
        Ok(any)
    }

    /// Deletes an object, if it is there.
    pub async fn erase(&self, key: &str) -> Result<(), CallFailed> {
        let delete = self.client.delete_object().bucket(&self.name).key(key).send().await;
        delete.map(drop).map_err(|error| CallFailed::new("DeleteObject", &error))
    }

    /// Reads an object whole; `None` if there is none.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CallFailed> {
        let got = match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(got) => got,
            Err(error) => {
                let missing = error
                    .as_service_error()
                    .is_some_and(aws_sdk_s3::operation::get_object::GetObjectError::is_no_such_key);
                return if missing { Ok(None) } else { Err(CallFailed::new("GetObject", &error)) };
            }
        };
        let body = got.body.collect().await;
        let body = body.map_err(|error| CallFailed::unanswered("GetObject", &error))?;
        Ok(Some(body.to_vec()))
    }
}
