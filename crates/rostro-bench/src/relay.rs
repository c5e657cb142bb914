//! `bench relay` and `chaos`: the real relay as a program of its own, on a directory of its own, under load.

mod backup;
pub(crate) mod bench;
mod cameras;
pub(crate) mod chaos;
mod client;
mod floods;
mod flushes;
mod folder;
mod full;
mod identify;
mod idle;
mod kills;
mod program;
mod receiver;
mod reports;
mod soak;
mod sockets;
mod webhooks;
mod websocket;
