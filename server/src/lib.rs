//! The relay: keeps encodings, takes results, checks them, delivers webhooks.
#![forbid(unsafe_code)]

pub mod captures;
pub mod config;
pub mod people;
pub mod recognition;
pub mod settings;
pub mod store;
pub mod verify;
pub mod webhooks;
