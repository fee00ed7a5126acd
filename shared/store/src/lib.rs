//! The DynamoDB single table: its keys, its access patterns, and the only expressions.
//!
//! `keys` is the whole schema on one screen. The other files are one access pattern each: what
//! is read together, and on which condition what is written. A condition that does not hold is
//! an answer here, not an error: it comes back with the row as it is, and the use case decides
//! again. Everything of an organization is reached through [`Tenant`], whose keys begin with
//! that organization: no argument can name another one's row.

mod annotations;
mod api_keys;
mod assignment_rules;
mod batch;
mod contact_fields;
mod contacts;
mod current;
mod damage;
mod directory;
mod due;
mod erasing;
mod events;
mod exports;
mod files;
mod following;
mod idempotency;
mod identities;
mod inbox;
mod integrations;
mod jobs;
mod journal;
mod keys;
mod members;
mod messages;
mod notes;
mod old_rooms;
mod phone;
mod rooms;
mod sessions;
mod settings;
mod sign_ins;
mod sockets;
pub mod stream;
mod swept_rooms;
mod table;
mod tags;
mod templates;
mod tickets;

pub use annotations::AnnotationsPage;
pub use api_keys::ListedKey;
pub use contact_fields::ContactFields;
pub use contacts::ContactsPage;
pub use current::Current;
pub use due::{DuePage, Falling, shards};
pub use erasing::{Held, HeldRow};
pub use files::Finished;
pub use idempotency::Reservation;
pub use inbox::{InboxPage, Order, Shelf, Standing};
pub use integrations::Claimed;
pub use jobs::Begun;
pub use journal::JournalPage;
pub use keys::{
    Address, ContactPlace, DueRow, EventPlace, InboxKey, JournalPlace, MessageKey, What,
};
pub use members::MembersPage;
pub use messages::{Advance, Claim, HistoryPage, Stored};
pub use old_rooms::OldRooms;
pub use rooms::{Saved, Touch};
pub use settings::{Spared, Watch};
pub use sockets::SocketOwner;
pub use swept_rooms::Replaced;
pub use table::{StoreError, Table, Tenant, Versioned};
pub use tags::Tag;
pub use templates::{StoredTemplate, TemplatePlace};
