//! What an organization has set, and how far the sweep got with it.

use std::collections::BTreeMap;

use domain::{
    Time,
    room::Status,
    settings::{AutoResolve, Retention},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, InboxKey},
    table::{Item, StoreError, Tenant, Versioned, Written, item, string},
};

/// The row of the auto-resolve settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// What is set.
    #[serde(flatten)]
    pub settings: AutoResolve,
    /// What was looked at already, under these settings.
    #[serde(default)]
    pub spared: Spared,
}

/// How far the old rooms of each box were looked at and spared (exempt rooms, other channels):
/// they are not read again every minute. A change of the settings forgets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spared {
    /// When the first of them was spared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    #[serde(default)]
    up_to: BTreeMap<String, String>,
}

impl Spared {
    /// Up to where the rooms of a status were spared.
    pub fn up_to(&self, status: Status) -> Option<InboxKey> {
        InboxKey::parse(self.up_to.get(status.name())?)
    }

    /// The rooms of this status were spared up to here.
    pub fn set(&mut self, status: Status, place: InboxKey, now: Time) {
        self.since.get_or_insert(now);
        self.up_to.insert(status.name().to_owned(), place.isk());
    }
}

impl Tenant<'_> {
    /// The auto-resolve settings, if they were ever set.
    pub async fn auto_resolve(&self) -> Result<Option<Versioned<Watch>>, StoreError> {
        self.table.get(&keys::auto_resolve(self.org), true).await
    }

    /// How long what is said is kept.
    pub async fn retention(&self) -> Result<Retention, StoreError> {
        let found = self.table.get::<Retention>(&keys::retention(self.org), true).await?;
        Ok(found.map(|row| row.value).unwrap_or_default())
    }

    /// Sets how long what is said from now on is kept.
    pub async fn set_retention(&self, retention: &Retention) -> Result<(), StoreError> {
        self.table.overwrite(item(keys::retention(self.org), retention)?).await
    }

    /// Saves the auto-resolve settings, if they are still what was read. `false` if they are not.
    pub async fn save_auto_resolve(
        &self,
        old: Option<&Versioned<Watch>>,
        new: &Watch,
    ) -> Result<bool, StoreError> {
        let mut row: Item = item(keys::auto_resolve(self.org), new)?;
        if new.settings.enabled {
            row.insert("dpk".into(), string(keys::AUTO_RESOLVE));
            row.insert("dsk".into(), string(self.org));
        }
        let written = match old {
            None => self.create(row).await?,
            Some(old) => self.table.replace(row, old.version).await?,
        };
        Ok(matches!(written, Written::Yes))
    }
}
