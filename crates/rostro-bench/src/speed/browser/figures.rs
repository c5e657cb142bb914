//! Figures out of what `bench/run.mjs` prints: one module for what is compared, one for what is counted.

mod compared;
mod counted;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::speed::Speed;

/// Judges one part of what was measured.
type Judge = fn(&Value, &mut Speed) -> Result<()>;

const PARTS: [(&str, Judge); 6] = [
    ("networks", compared::networks),
    ("frame", compared::frame),
    ("group", compared::group),
    ("start", counted::start),
    ("memory", counted::memory),
    ("video", counted::video),
];

/// Adds what `measured` shows to `speed`.
///
/// # Errors
/// It is not what `bench/run.mjs` prints.
pub(super) fn judge(measured: &Value, speed: &mut Speed) -> Result<()> {
    for (part, judge) in PARTS {
        if let Some(measured) = measured.get(part) {
            judge(measured, speed).with_context(|| format!("judging {part}"))?;
        }
    }
    Ok(())
}
