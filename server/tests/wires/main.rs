//! The wires, over the real router and the real models: every row of the contract, and what must be refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod bad_input;
mod camera_sender;
mod cameras;
mod contract;
mod corrections;
mod decisions;
mod deliveries;
mod description;
mod evidence;
mod flask;
mod gallery;
mod hybrid;
mod idempotency;
mod logs;
mod lookups;
mod metrics;
mod polling;
mod relay;
mod serving;
mod sockets;
mod tickets;
mod unavailable;
mod upgrades;
mod v1;
mod webrtc;
