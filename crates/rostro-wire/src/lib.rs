//! Whatever crosses a process: REST bodies, Socket.IO events, webhook payloads, and one list of error codes.
//!
//! [`v1`] is our own protocol. [`webrtc`], [`flask`] and [`webhook`] are the legacy wires, frozen: existing clients
//! read them. TypeScript types for [`v1`] are generated into the npm package by `cargo xtask types`.
#![forbid(unsafe_code)]

pub mod enrolment;
pub mod error;
pub mod flask;
pub mod result_object;
pub mod v1;
pub mod webhook;
pub mod webrtc;

pub use enrolment::{Enrolled, EnrolmentWarning};
pub use error::{ErrorBody, ErrorCode, ErrorEnvelope};
