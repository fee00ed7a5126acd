//! The bucket, for what is too large or too odd for the table.

use aws_config::SdkConfig;
use aws_sdk_s3::{Client, primitives::ByteStream};

use crate::aws::CallFailed;

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
        let body = body.map_err(|error| CallFailed::new("GetObject", &error))?;
        Ok(Some(body.to_vec()))
    }
}
