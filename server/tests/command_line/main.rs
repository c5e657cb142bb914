//! The real program, run as a person would run it.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

#[cfg(unix)]
mod documentation;
mod people;
mod pictures;
mod rostro;
mod serving;
mod settings;
mod traces;
mod track;
mod transfer;
