//! Fetches one file: look it up, get its bytes, check them, keep them, say so on the message.
//!
//! Order of writes: the object, then the message. The object's name follows from the message, and
//! its bytes were checked against the provider's hash, so a run that dies in between is repeated
//! by the next one, which writes the same object again. Two runs at once do the same; the one
//! that comes second finds the message changed and leaves it. A failure is written on the message
//! before the job waits for its next try: what an agent sees is never a file that nobody fetches.
//!
//! The file is held in memory, 100 MB at the most: it is checked before a byte of it is stored.

use std::time::Duration;

use channels::whatsapp::media_lookup::{self, Found};
use domain::{
    Time,
    channel::Channel,
    file_type,
    integration::Integration,
    message::{Content, FetchFault, File, Media, Message, SIZE_LIMIT, again_in, missed, wanted},
};
use platform::{
    files::Shown,
    transport::{FetchError, TransportError},
};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use store::{MessageKey, StoreError, Tenant, Versioned};

use super::Fetcher;
use crate::{
    ATTEMPTS,
    accounts::{Account, AccountError},
    jobs::MediaJob,
    outcomes::tell_of_file,
};

/// How long the provider may take to say where a file is.
const LOOKUP_LIMIT: Duration = Duration::from_secs(10);
/// How long a file may take: 100 MB at 2 MB a second. Twice that, the lookups and the way into
/// the bucket stay below the function's timeout.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(50);

/// What is to become of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetching {
    /// The job is done, however it ended.
    Done,
    /// Try again after this many seconds.
    AgainIn(i32),
}

/// A file whose bytes are those that were promised.
struct Checked {
    bytes: Vec<u8>,
    mime_type: String,
    sha256: String,
}

/// A message that waits for its file.
struct Waiting<'a> {
    tenant: Tenant<'a>,
    message: Versioned<Message>,
    key: String,
}

impl Fetcher {
    /// Fetches the file of the message that a job names.
    pub async fn fetch_media(&self, job: &MediaJob) -> Result<Fetching, AccountError> {
        let ctx = self.source.ctx();
        let Some(key) = MessageKey::parse(&job.message) else {
            tracing::error!("a job names no message");
            return Ok(Fetching::Done);
        };
        let tenant = self.table.tenant(job.organization_id);
        let Some(message) = tenant.message(key).await? else { return Ok(Fetching::Done) };
        let Some(media) = awaiting(&message.value).cloned() else { return Ok(Fetching::Done) };
        if wanted(&media.file).is_none_or(|wanted| wanted.round != job.round) {
            // Another chain of tries has it.
            return Ok(Fetching::Done);
        }
        // The message comes before its room: a room that is not there yet will be in a moment.
        let Some(room) = tenant.room(key.room).await? else { return Ok(Fetching::AgainIn(2)) };
        let place = format!("contact/{}/{}", job.organization_id, room.value.contact_id);
        let waiting =
            Waiting { tenant, key: format!("{place}/media/{}", key.position.id), message };

        let account = self.accounts.open(job.organization_id, job.integration_id, &ctx).await?;
        let fetched = match account {
            Account::Open(integration, token) => {
                self.checked(&integration, token.expose_secret(), &media).await
            }
            Account::Gone(_) => Err(FetchFault::Refused),
        };
        match fetched {
            Ok(file) => self.keep(waiting, &media, file).await,
            Err(fault) => self.miss(waiting, fault).await,
        }
    }

    /// The file's bytes, looked up anew if the address has expired meanwhile.
    async fn checked(
        &self,
        integration: &Integration,
        token: &str,
        media: &Media,
    ) -> Result<Checked, FetchFault> {
        for _ in 0..2 {
            let found = self.look_up(integration, token, media).await?;
            if let Some(bytes) = self.download(&found, token).await? {
                return checked(bytes, found, media);
            }
        }
        Err(FetchFault::Unreachable)
    }

    async fn look_up(
        &self,
        integration: &Integration,
        token: &str,
        media: &Media,
    ) -> Result<Found, FetchFault> {
        let id = wanted(&media.file).map(|wanted| wanted.provider_media_id).unwrap_or_default();
        let found = match integration.channel {
            Channel::WhatsApp => {
                let request =
                    media_lookup::lookup(&self.graph_url, id, &integration.account, token);
                let request = request.map_err(|_| FetchFault::Refused)?;
                let answer = self.transport.send(request, LOOKUP_LIMIT).await;
                let answer = answer.map_err(|_| FetchFault::Unreachable)?;
                let now = self.source.now();
                let found = media_lookup::found(&answer, now.into());
                if let Some(failure) = media_lookup::refusal(&answer, now.into()) {
                    let noted = self.accounts.refuse_token(integration, &failure, now).await;
                    // The next try, or whatever goes out next, finds the same.
                    if let Err(error) = noted {
                        tracing::warn!(%error, "a refused token could not be noted");
                    }
                }
                found?
            }
        };
        match found.size {
            Some(size) if size > SIZE_LIMIT => Err(FetchFault::TooLarge),
            Some(_) | None => Ok(found),
        }
    }

    /// The bytes at an address; nothing if it has expired.
    async fn download(&self, found: &Found, token: &str) -> Result<Option<Vec<u8>>, FetchFault> {
        let request = media_lookup::download(&self.graph_url, &found.url, token)?;
        // No more is read than was announced.
        let most = usize::try_from(found.size.unwrap_or(SIZE_LIMIT)).unwrap_or(usize::MAX);
        let answer = self.transport.fetch(request, DOWNLOAD_LIMIT, most).await;
        let answer = answer.map_err(|error| match error {
            FetchError::TooLarge if found.size.is_some() => FetchFault::WrongSha256,
            FetchError::TooLarge => FetchFault::TooLarge,
            FetchError::Transport(TransportError::NotSent | TransportError::NoAnswer) => {
                FetchFault::Unreachable
            }
        })?;
        let is_there = media_lookup::is_there(answer.status())?;
        Ok(is_there.then(|| answer.into_body()))
    }

    async fn keep(
        &self,
        waiting: Waiting<'_>,
        media: &Media,
        file: Checked,
    ) -> Result<Fetching, AccountError> {
        let shown = Shown {
            mime_type: &file.mime_type,
            filename: media.filename.as_deref(),
            is_inline: file_type::is_inline(&file.mime_type),
        };
        let size = file.bytes.len() as u64;
        let put = self.files.put(&waiting.key, file.bytes, &shown, &file.sha256).await;
        if let Err(error) = put {
            let message_key = MessageKey::of(&waiting.message.value).to_string();
            tracing::error!(%error, message_key, "the bucket did not take a customer's file");
            return self.miss(waiting, FetchFault::NotStored).await;
        }
        let stored = File::Stored {
            key: waiting.key.clone(),
            mime_type: file.mime_type.clone(),
            size,
            sha256: file.sha256.clone(),
        };
        if waiting.save(|file| wanted(file).map(|_| stored.clone())).await?.is_some() {
            waiting.tell(None, Time::from(self.source.now()));
        }
        Ok(Fetching::Done)
    }

    async fn miss(
        &self,
        waiting: Waiting<'_>,
        fault: FetchFault,
    ) -> Result<Fetching, AccountError> {
        let (now, said_at) = (Time::from(self.source.now()), waiting.message.value.at);
        let Some(after) = waiting.save(|file| missed(file, fault, now)).await? else {
            return Ok(Fetching::Done);
        };
        let attempts = wanted(&after).map_or(1, |wanted| wanted.attempts);
        waiting.tell(Some(fault), now);
        Ok(match again_in(fault, attempts, said_at, now) {
            None => Fetching::Done,
            Some(pause) => Fetching::AgainIn(i32::try_from(pause.as_secs()).unwrap_or(i32::MAX)),
        })
    }
}

impl Waiting<'_> {
    fn tell(&self, missed: Option<FetchFault>, at: Time) {
        tell_of_file(&MessageKey::of(&self.message.value).to_string(), missed, at);
    }

    /// Changes the message's file as long as there is something to change; the file as it was
    /// written.
    async fn save(
        &self,
        change: impl Fn(&File) -> Option<File>,
    ) -> Result<Option<File>, StoreError> {
        let mut old = self.message.clone();
        for _ in 0..ATTEMPTS {
            let Some(media) = awaiting(&old.value) else { return Ok(None) };
            let Some(file) = change(&media.file) else { return Ok(None) };
            let content = Content::Media(Media { file: file.clone(), ..media.clone() });
            let new = Message { content, ..old.value.clone() };
            if self.tenant.save_message(&old, &new).await? {
                return Ok(Some(file));
            }
            match self.tenant.message(MessageKey::of(&old.value)).await? {
                Some(current) => old = current,
                None => return Ok(None),
            }
        }
        Err(StoreError::Contended)
    }
}

/// What a message waits for, if its file is not stored.
fn awaiting(message: &Message) -> Option<&Media> {
    message.content.media().filter(|media| wanted(&media.file).is_some())
}

/// Holds bytes against what was promised: by the lookup, which tells of this very file, or else
/// by the webhook. Without any promise there is nothing to trust.
fn checked(bytes: Vec<u8>, found: Found, media: &Media) -> Result<Checked, FetchFault> {
    let wanted = wanted(&media.file).ok_or(FetchFault::Gone)?;
    let told = || wanted.sha256.and_then(media_lookup::sha256_hex);
    let promised = found.sha256.or_else(told).ok_or(FetchFault::WrongSha256)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    if sha256 != promised {
        return Err(FetchFault::WrongSha256);
    }
    let head = &bytes[..bytes.len().min(file_type::HEAD)];
    let declared = found.mime_type.as_deref().unwrap_or(wanted.mime_type);
    Ok(Checked { mime_type: file_type::kept_as(declared, head), sha256, bytes })
}
