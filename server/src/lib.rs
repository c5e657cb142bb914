//! The relay: keeps encodings, takes results, checks them, delivers webhooks.
#![forbid(unsafe_code)]

pub mod app;
pub mod auth;
mod cameras;
pub mod captures;
pub mod config;
pub mod egress;
pub mod metrics;
pub mod npy;
pub mod people;
pub mod realtime;
pub mod recognition;
pub mod refusal;
pub mod routes;
pub mod settings;
pub mod sightings;
mod spanish;
pub mod stats;
pub mod store;
pub mod traces;
pub mod verify;
pub mod webhooks;
