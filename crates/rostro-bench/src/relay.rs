//! `bench relay` and `chaos`: the real relay as a program of its own, on a directory of its own, under load.

pub(crate) mod bench;
pub(crate) mod chaos;
mod client;
mod flushes;
mod identify;
mod program;
mod reports;
mod sockets;
