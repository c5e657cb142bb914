//! Recognition on the relay.

pub mod load;
pub mod picture;
