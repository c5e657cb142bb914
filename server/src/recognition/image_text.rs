//! A picture inside a text: a data URL, or bare base64.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;

/// As forgiving as the decoders of the originals: padding may be missing, and stray last bits are dropped.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a text holds no picture.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageTextError {
    /// There is nothing in it.
    #[error("the image is empty")]
    Empty,
    /// It begins like a data URL and is none with base64.
    #[error("the data URL has no base64 part")]
    NotBase64Url,
    /// It is no base64.
    #[error("the image is not valid base64")]
    NotBase64,
}

/// The bytes that `text` holds. The kind that a data URL names is not believed: the content decides.
///
/// # Errors
/// [`ImageTextError`].
pub fn decode(text: &str) -> Result<Vec<u8>, ImageTextError> {
    let base64 = base64_part(text.trim())?;
    let bytes = if base64.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let joined: String = base64.split_ascii_whitespace().collect();
        BASE64.decode(joined)
    } else {
        BASE64.decode(base64)
    };
    match bytes {
        Ok(bytes) if bytes.is_empty() => Err(ImageTextError::Empty),
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(ImageTextError::NotBase64),
    }
}

/// What follows `data:…;base64,`; the whole text where it is no data URL.
fn base64_part(text: &str) -> Result<&str, ImageTextError> {
    if !text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return Ok(text);
    }
    match text.split_once(',') {
        Some((head, part)) if head.to_ascii_lowercase().ends_with(";base64") => Ok(part),
        _ => Err(ImageTextError::NotBase64Url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_clients_send() {
        use ImageTextError::{Empty, NotBase64, NotBase64Url};
        let cases: [(&str, Result<&[u8], ImageTextError>); 14] = [
            ("aG9sYQ==", Ok(b"hola")),
            ("aG9sYQ", Ok(b"hola")),
            (" aG9s\r\nYQ==\n", Ok(b"hola")),
            ("data:image/jpeg;base64,aG9sYQ==", Ok(b"hola")),
            ("DATA:image/png;charset=x;BASE64,aG9sYQ==", Ok(b"hola")),
            ("data:;base64,aG9sYQ==", Ok(b"hola")),
            ("", Err(Empty)),
            ("data:image/jpeg;base64,", Err(Empty)),
            ("data:image/jpeg;base64", Err(NotBase64Url)),
            ("data:image/svg+xml,<svg/>", Err(NotBase64Url)),
            ("data:", Err(NotBase64Url)),
            ("<svg onload=alert(1)>", Err(NotBase64)),
            ("año", Err(NotBase64)),
            ("aG9sYQ==;DROP", Err(NotBase64)),
        ];
        for (text, expected) in cases {
            assert_eq!(decode(text).as_deref().map_err(|error| *error), expected, "{text:?}");
        }
    }
}
