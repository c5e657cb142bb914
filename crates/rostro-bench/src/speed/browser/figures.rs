//! Figures out of what `bench/run.mjs` prints: one module for what is compared, one for what is counted, one for
//! what lasts.

mod compared;
mod counted;
mod lasting;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::speed::Speed;

/// Judges one part of what was measured.
type Judge = fn(&Value, &mut Speed) -> Result<()>;

const PARTS: [(&str, Judge); 7] = [
    ("networks", compared::networks),
    ("frame", compared::frame),
    ("group", compared::group),
    ("start", counted::start),
    ("memory", counted::memory),
    ("video", counted::video),
    ("soak", lasting::soak),
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
