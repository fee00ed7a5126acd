//! Ids that look like the provider's and come from one counter.
//!
//! Their look matters: a real wamid is Base64 with padding, so it can carry `=`, `+` and `/` into
//! keys and URLs, and code that cannot bear that should fail here first.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Thrift field headers seen around the two parts of a wamid: the partner's number and a serial.
const BEFORE_NUMBER: [u8; 2] = [0x1c, 0x18];
const OUTGOING: [u8; 5] = [0x15, 0x02, 0x00, 0x11, 0x18];
const INCOMING: [u8; 5] = [0x15, 0x02, 0x00, 0x12, 0x18];

/// The counter behind every id.
#[derive(Debug)]
pub(super) struct Ids {
    last: u64,
}

impl Ids {
    pub(super) fn after(last: u64) -> Self {
        Self { last }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// The id of a message to `number`.
    pub(super) fn outgoing(&mut self, number: &str) -> String {
        self.wamid(number, OUTGOING)
    }

    /// The id of a message from `number`.
    pub(super) fn incoming(&mut self, number: &str) -> String {
        self.wamid(number, INCOMING)
    }

    /// A `fbtrace_id`, which people quote to the provider's support.
    pub(super) fn trace(&mut self) -> String {
        format!("A{:022}", self.next())
    }

    fn wamid(&mut self, number: &str, direction: [u8; 5]) -> String {
        let serial = format!("{:018X}", self.next());
        let mut bytes = BEFORE_NUMBER.to_vec();
        push_counted(&mut bytes, number);
        bytes.extend(direction);
        push_counted(&mut bytes, &serial);
        bytes.push(0);
        format!("wamid.{}", STANDARD.encode(bytes))
    }
}

/// A string behind its length. Numbers and serials are far shorter than a byte can count.
fn push_counted(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text.bytes());
}
