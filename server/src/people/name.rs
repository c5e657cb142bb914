//! Names: one spelling for storing, one key for comparing.

use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

/// What two spellings of one name have in common: composed accents, no blanks around, folded case.
#[must_use]
pub fn key(name: &str) -> String {
    let composed: String = name.trim().nfc().collect();
    UniCase::unicode(composed).to_folded_case().nfc().collect()
}

/// Whether two spellings are the same name.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    key(a) == key(b)
}
