//! What travels through the queues: addresses, never contents, so that a queue holds nothing
//! that the table does not, and a stale job finds the truth when it looks.

use channels::Element;
use domain::{
    Id,
    integration::{Integration, Organization, ProviderApp},
    message::{Direction, File, Message},
};
use platform::queue::Ordered;
use serde::{Deserialize, Serialize};
use store::MessageKey;

/// Send this message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendJob {
    /// Whose message it is.
    pub organization_id: Id<Organization>,
    /// The account it goes through.
    pub integration_id: Id<Integration>,
    /// Its address, as [`MessageKey`] prints it.
    pub message: String,
    /// The request that brought it about, as the logs name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// How often the job was taken up again after the queue had given it up.
    #[serde(default, skip_serializing_if = "is_first")]
    pub rounds: u32,
}

fn is_first(rounds: &u32) -> bool {
    *rounds == 0
}

impl SendJob {
    /// The job that a message asks for, if it is one of ours to send: what was written in the
    /// phone's app was sent by it.
    pub fn of(organization_id: Id<Organization>, message: &Message) -> Option<Self> {
        let is_ours = matches!(&message.direction, Direction::Outbound(outbound) if outbound.origin.is_here());
        is_ours.then(|| Self {
            organization_id,
            integration_id: message.integration_id,
            message: MessageKey::of(message).to_string(),
            trace: message.trace.clone(),
            rounds: 0,
        })
    }

    /// The queue message: in order within the room, and the same message at every repetition.
    pub fn queued(&self, message: &Message) -> Result<Ordered, serde_json::Error> {
        Ok(Ordered {
            group: message.room_id.to_string(),
            // A round of its own is no repetition, however soon it comes.
            dedup: match self.rounds {
                0 => message.id.to_string(),
                rounds => format!("{}:{rounds}", message.id),
            },
            body: serde_json::to_string(self)?,
        })
    }
}

/// Fetch the file of this message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaJob {
    /// Whose message it is.
    pub organization_id: Id<Organization>,
    /// The account it came through.
    pub integration_id: Id<Integration>,
    /// Its address, as [`MessageKey`] prints it.
    pub message: String,
    /// The request that brought it about, as the logs name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// Which chain of tries it is: see [`File::Awaited`].
    #[serde(default, skip_serializing_if = "is_first")]
    pub round: u32,
}

impl MediaJob {
    /// The job that a message asks for, if its file is still with the provider.
    pub fn of(organization_id: Id<Organization>, message: &Message) -> Option<Self> {
        let File::Awaited { round, .. } = message.content.media()?.file else { return None };
        Some(Self {
            organization_id,
            integration_id: message.integration_id,
            message: MessageKey::of(message).to_string(),
            trace: message.trace.clone(),
            round,
        })
    }
}

/// A row has had its time: take its objects away, and its words where a room still shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryJob {
    /// Whose they are.
    pub organization_id: Id<Organization>,
    /// Their names in the bucket.
    pub expired_keys: Vec<String>,
    /// The address of the message that it was, as [`MessageKey`] prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_message: Option<String>,
}

/// What the media queue asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FileJob {
    /// A file is to be fetched.
    Fetch(MediaJob),
    /// Objects are to be taken away.
    Expire(ExpiryJob),
}

/// Store this element, which `webhook` set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryJob {
    /// The provider app it came through.
    pub app_key: String,
    /// Its id; with the app's organization it says where in the bucket the element lies.
    pub element_id: Id<Element>,
    /// The delivery that it came with, as the logs name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

impl RetryJob {
    /// Where the element lies in the bucket: made here and never read from the queue, so that no
    /// job reaches another organization's objects.
    pub fn element_key(&self, app: &ProviderApp) -> String {
        format!("set-aside/{}/{}.json", app.organization_id, self.element_id)
    }
}
