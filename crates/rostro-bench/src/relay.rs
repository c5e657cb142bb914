//! `bench relay` and `chaos`: the real relay as a program of its own, on a directory of its own, under load.

mod backup;
pub(crate) mod bench;
mod cameras;
pub(crate) mod chaos;
pub(crate) mod client;
mod floods;
mod flushes;
pub(crate) mod folder;
mod full;
pub(crate) mod growth;
mod identify;
mod idle;
pub(crate) mod kills;
pub(crate) mod program;
mod receiver;
pub(crate) mod reports;
mod soak;
mod sockets;
mod webhooks;
pub(crate) mod websocket;
