//! Fetching a customer's file from the provider: what came of it, and whether to try again.
//!
//! The message is stored and shown at once, its file follows. Every failure is written on the
//! message, so that an agent sees it; what may pass is tried again, with growing pauses, for as
//! long as the provider's id of the file is valid.

use jiff::SignedDuration;

use super::File;
use crate::Time;

/// How long the id that a webhook gives a file is valid
/// (developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media).
pub const ID_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The largest file that is fetched: the most that WhatsApp passes on, of any kind. Of a larger one it
/// tells as an error in place of the message (docs.360dialog.com/partner/messaging/media-messages,
/// constraints; Meta's error 131052). Its limits by kind are for what a business sends.
pub const SIZE_LIMIT: u64 = 100 * 1024 * 1024;

/// How often a file is taken up again whose job the queue has given up.
const ROUNDS: u32 = 3;

/// Why a file could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchFault {
    /// It is larger than [`SIZE_LIMIT`].
    TooLarge,
    /// Its bytes are not those that were promised.
    WrongSha256,
    /// The provider does not know it, or does not know it any more.
    Gone,
    /// The provider does not let us: the account's token has to be renewed.
    Refused,
    /// No answer, or none that says anything.
    Unreachable,
    /// The provider names an address that is none of its own: our token does not go there.
    ForeignAddress,
    /// It was fetched, and our bucket did not take it.
    NotStored,
}

impl FetchFault {
    const EACH: [Self; 7] = [
        Self::TooLarge,
        Self::WrongSha256,
        Self::Gone,
        Self::Refused,
        Self::Unreachable,
        Self::ForeignAddress,
        Self::NotStored,
    ];

    /// The word that clients and operators see.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::WrongSha256 => "wrong_sha256",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::ForeignAddress => "foreign_address",
            Self::NotStored => "not_stored",
        }
    }

    /// Whether trying again is of no use. That the provider does not know a file is not final: it says
    /// the same when our token may not see it.
    fn is_final(self) -> bool {
        match self {
            Self::TooLarge => true,
            Self::WrongSha256
            | Self::Gone
            | Self::Refused
            | Self::Unreachable
            | Self::ForeignAddress
            | Self::NotStored => false,
        }
    }
}

/// A file that the provider still has and we don't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The provider's id of it.
    pub provider_media_id: &'a str,
    /// Its type, as the provider said.
    pub mime_type: &'a str,
    /// Its SHA-256, as the provider said.
    pub sha256: Option<&'a str>,
    /// How often it was tried.
    pub attempts: u32,
    /// Which chain of tries has it.
    pub round: u32,
}

/// What is wanted of this file; nothing if it is stored.
pub fn wanted(file: &File) -> Option<Wanted<'_>> {
    match file {
        File::Stored { .. } => None,
        File::Awaited { provider_media_id, mime_type, sha256, round } => Some(Wanted {
            provider_media_id,
            mime_type,
            sha256: sha256.as_deref(),
            attempts: 0,
            round: *round,
        }),
        File::Failed { provider_media_id, mime_type, sha256, attempts, round, .. } => {
            Some(Wanted {
                provider_media_id,
                mime_type,
                sha256: sha256.as_deref(),
                attempts: *attempts,
                round: *round,
            })
        }
    }
}

/// The file after an attempt that failed; nothing if another run has stored it meanwhile.
pub fn missed(file: &File, fault: FetchFault, now: Time) -> Option<File> {
    let wanted = wanted(file)?;
    Some(File::Failed {
        provider_media_id: wanted.provider_media_id.to_owned(),
        mime_type: wanted.mime_type.to_owned(),
        sha256: wanted.sha256.map(str::to_owned),
        reason: fault.name().to_owned(),
        at: now,
        attempts: wanted.attempts.saturating_add(1),
        round: wanted.round,
    })
}

/// The file as it was before anyone tried, for an agent who asks again; nothing if it did not
/// fail.
pub fn asked_again(file: &File) -> Option<File> {
    match file {
        File::Failed { .. } => next_round(file),
        File::Awaited { .. } | File::Stored { .. } => None,
    }
}

/// The file whose chain of tries the queue has given up, because runs died or could not reach the
/// table: awaited anew while that has hope, or failed where everyone sees it. Nothing if there is
/// nothing to do: it is stored, it can't be had, or another chain has it.
pub fn abandoned(file: &File, round: u32, said_at: Time, now: Time) -> Option<File> {
    wanted(file).filter(|wanted| wanted.round == round)?;
    let has_hope = round < ROUNDS && now < said_at.plus(ID_LIFE);
    match file {
        File::Failed { reason, .. } => {
            let fault = FetchFault::EACH.into_iter().find(|fault| fault.name() == reason);
            let is_final = fault.is_some_and(FetchFault::is_final);
            if has_hope && !is_final { next_round(file) } else { None }
        }
        File::Awaited { .. } if has_hope => next_round(file),
        File::Awaited { .. } => missed(file, FetchFault::Unreachable, now),
        File::Stored { .. } => None,
    }
}

/// The file, awaited by a chain of tries of its own: what is left of others ends when it meets it.
fn next_round(file: &File) -> Option<File> {
    let wanted = wanted(file)?;
    Some(File::Awaited {
        provider_media_id: wanted.provider_media_id.to_owned(),
        mime_type: wanted.mime_type.to_owned(),
        sha256: wanted.sha256.map(str::to_owned),
        round: wanted.round.saturating_add(1),
    })
}

/// When to try again after this many attempts, the first being 1; nothing if there is no hope.
/// `said_at` is when the provider gave the file its id.
pub fn again_in(
    fault: FetchFault,
    attempts: u32,
    said_at: Time,
    now: Time,
) -> Option<SignedDuration> {
    if fault.is_final() {
        return None;
    }
    // A queue holds a message back for 12 hours at most.
    let pause = match attempts {
        0 | 1 => SignedDuration::from_secs(5),
        2 => SignedDuration::from_secs(30),
        3 => SignedDuration::from_mins(2),
        4 => SignedDuration::from_mins(10),
        5 => SignedDuration::from_hours(1),
        6 => SignedDuration::from_hours(3),
        _ => SignedDuration::from_hours(11),
    };
    (now.plus(pause) < said_at.plus(ID_LIFE)).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: Time = Time::from_millis(1_795_000_000_000);

    fn awaited(round: u32) -> File {
        File::Awaited {
            provider_media_id: "7".into(),
            mime_type: "image/jpeg".into(),
            sha256: Some("ab".into()),
            round,
        }
    }

    fn stored() -> File {
        File::Stored { key: "k".into(), mime_type: "m".into(), size: 1, sha256: "ab".into() }
    }

    #[test]
    fn a_failure_counts_up_and_keeps_what_is_needed_to_try_again() {
        let once = missed(&awaited(0), FetchFault::Unreachable, SAID).unwrap();
        let twice = missed(&once, FetchFault::WrongSha256, SAID).unwrap();
        let File::Failed { reason, attempts, .. } = &twice else { panic!("failed") };
        assert_eq!((reason.as_str(), *attempts), ("wrong_sha256", 2));
        let file = awaited(0);
        let before = wanted(&file).map(|wanted| Wanted { attempts: 2, ..wanted });
        assert_eq!(wanted(&twice), before);
        assert_eq!(asked_again(&twice), Some(awaited(1)));
    }

    #[test]
    fn what_is_stored_stays_stored() {
        assert_eq!(wanted(&stored()), None);
        assert_eq!(missed(&stored(), FetchFault::Gone, SAID), None);
        assert_eq!(asked_again(&stored()), None);
        assert_eq!(asked_again(&awaited(0)), None);
        assert_eq!(abandoned(&stored(), 0, SAID, SAID), None);
    }

    #[test]
    fn what_the_queue_gave_up_begins_anew_while_there_is_hope_and_then_fails() {
        let failed = |round, fault| missed(&awaited(round), fault, SAID).unwrap();
        let week = SAID.plus(ID_LIFE);
        assert_eq!(abandoned(&awaited(0), 0, SAID, SAID), Some(awaited(1)));
        assert_eq!(abandoned(&failed(1, FetchFault::Unreachable), 1, SAID, SAID), Some(awaited(2)));
        // Another chain has it.
        assert_eq!(abandoned(&awaited(1), 0, SAID, SAID), None);
        assert_eq!(abandoned(&failed(0, FetchFault::TooLarge), 0, SAID, SAID), None);
        for (round, now) in [(ROUNDS, SAID), (0, week)] {
            let given_up = abandoned(&awaited(round), round, SAID, now);
            assert_eq!(given_up, missed(&awaited(round), FetchFault::Unreachable, now));
            let known = failed(round, FetchFault::Unreachable);
            assert_eq!(abandoned(&known, round, SAID, now), None);
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_while_the_id_is_valid() {
        use FetchFault::{ForeignAddress, Gone, Refused, TooLarge, Unreachable, WrongSha256};
        let day = |days: i64| SAID.plus(SignedDuration::from_hours(24 * days));
        for (fault, attempts, now, expected) in [
            (Unreachable, 1, SAID, Some(5)),
            (Unreachable, 2, SAID, Some(30)),
            (Unreachable, 5, SAID, Some(3600)),
            (Unreachable, 99, day(6), Some(11 * 3600)),
            (Unreachable, 99, day(7), None),
            (Unreachable, 1, day(7), None),
            (Refused, 3, SAID, Some(120)),
            (ForeignAddress, 4, SAID, Some(600)),
            (WrongSha256, 4, SAID, Some(600)),
            (WrongSha256, 6, SAID, Some(3 * 3600)),
            (TooLarge, 1, SAID, None),
            (Gone, 1, SAID, Some(5)),
            (Gone, 99, day(6), Some(11 * 3600)),
            (Gone, 99, day(7), None),
        ] {
            let pause = again_in(fault, attempts, SAID, now).map(|pause| pause.as_secs());
            assert_eq!(pause, expected, "{fault:?} {attempts} {now}");
        }
    }
}
