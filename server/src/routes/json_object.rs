//! A JSON object as a type of ours.

use serde::de::{DeserializeOwned, Error as _};

/// Reads an object. A list is refused, which serde would take for the fields in their order.
///
/// # Errors
/// What is wrong, with its place; [`serde_json::Error::is_data`] tells a wrong field from what is no JSON.
pub(crate) fn json_object<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    // Fields that nobody reads are JSON as well.
    let text = std::str::from_utf8(body)
        .map_err(|_| serde_json::Error::io(std::io::ErrorKind::InvalidData.into()))?;
    let parsed = serde_json::from_str(text)?;
    if text.trim_start().starts_with('{') {
        Ok(parsed)
    } else {
        Err(serde_json::Error::custom("expected an object"))
    }
}
