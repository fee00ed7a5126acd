//! `/v1/integrations`: the channel accounts, one file per operation.

pub(crate) mod business_profile;
pub(crate) mod connect;
pub(crate) mod disconnect;
pub(crate) mod events;
pub(crate) mod list;
pub(crate) mod reconnect;
pub(crate) mod settings;
pub(crate) mod show;
pub(crate) mod webhook;
