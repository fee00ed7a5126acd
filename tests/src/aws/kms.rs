//! KMS: encrypts nothing, but holds ciphertexts to their encryption context as KMS does.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::Answer;

/// Serves one call.
pub fn call(operation: &str, body: &[u8]) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let context = &request["EncryptionContext"];
    match operation {
        "Encrypt" => {
            let sealed = json!({ "clear": request["Plaintext"], "context": context }).to_string();
            let blob = STANDARD.encode(sealed);
            Answer::ok(json!({ "CiphertextBlob": blob, "KeyId": "world" }).to_string())
        }
        "Decrypt" => {
            let blob = request["CiphertextBlob"].as_str().unwrap_or_default();
            let sealed = STANDARD.decode(blob).unwrap_or_default();
            let sealed: Value = serde_json::from_slice(&sealed).unwrap_or(Value::Null);
            if sealed["clear"].is_string() && sealed["context"] == *context {
                let answer = json!({ "Plaintext": sealed["clear"], "KeyId": "world" });
                Answer::ok(answer.to_string())
            } else {
                Answer::error(400, "InvalidCiphertextException")
            }
        }
        other => Answer::error(400, &format!("UnknownOperation {other}")),
    }
}
