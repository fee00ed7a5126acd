//! Writes what a batch came to into the journal of each organization.
//!
//! A batch whose journal could not be written has to come again, else clients that were away
//! would miss it. What is then written twice is applied twice, which changes nothing.

use std::collections::BTreeMap;

use domain::{Id, Time, integration::Organization};
use jiff::SignedDuration;
use platform::Ctx;
use store::{JournalPlace, StoreError, Table};

use super::{Digest, pack::pack};

/// How long the journal keeps an item.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Writes one packed item per organization, more if one can't hold it.
pub async fn write_journal(
    table: &Table,
    digests: &BTreeMap<Id<Organization>, Digest>,
    ctx: &Ctx,
) -> Result<(), StoreError> {
    let writes = digests.iter().map(async |(organization, digest)| {
        let tenant = table.tenant(*organization);
        for (index, packed) in pack(digest.entries.iter()).into_iter().enumerate() {
            let at = Time::from(ctx.now);
            let run = format!("{}{index:02}", hex::encode(ctx.random()));
            tenant.write_journal(&JournalPlace { at, run }, packed, at.plus(KEPT)).await?;
        }
        Ok(())
    });
    futures_util::future::try_join_all(writes).await.map(drop)
}
