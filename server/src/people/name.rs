//! Names: one spelling for storing, one key for comparing.

use rostro_wire::result_object::UNKNOWN_NAME;
use unicase::UniCase;
use unicode_normalization::UnicodeNormalization;

use super::PeopleError;

/// Most characters of a name.
pub const NAME_MAX_CHARS: usize = 200;

/// A name as it is stored: composed accents (NFC), no blanks around it, 1 to [`NAME_MAX_CHARS`] characters, no
/// control characters. Anything else is kept as it was written.
///
/// # Errors
/// [`PeopleError`] saying which rule was broken. The legacy wires' word for an unknown face is nobody's name.
pub fn checked(name: &str) -> Result<String, PeopleError> {
    let name: String = name.trim().nfc().collect();
    let actual = name.chars().count();
    if actual == 0 {
        return Err(PeopleError::NameEmpty);
    }
    if actual > NAME_MAX_CHARS {
        return Err(PeopleError::NameTooLong { actual });
    }
    if name.chars().any(char::is_control) {
        return Err(PeopleError::NameHasControl);
    }
    if same(&name, UNKNOWN_NAME) {
        return Err(PeopleError::NameReserved);
    }
    Ok(name)
}

/// What all spellings of one name have in common: composed accents, no blanks around, Unicode's folded case.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name() {
        let cases = [
            ("Ana", " ANA ", true),
            ("José", "jose\u{301}", true),
            ("ÑANDÚ", "ñandú", true),
            ("Weiß", "WEISS", true),
            ("ΣΊΣΥΦΟΣ", "Σίσυφος", true),
            ("José", "Jose", false),
            ("Işık", "Isik", false),
            ("Ana", "Ana María", false),
        ];
        for (a, b, expected) in cases {
            assert_eq!(same(a, b), expected, "{a} / {b}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        let long = "ñ".repeat(NAME_MAX_CHARS + 1);
        let refused = |name: &str| checked(name).unwrap_err().to_string();
        assert_eq!(refused(" \t "), "a name has at least one character");
        assert_eq!(refused(&long), "a name has at most 200 characters, got 201");
        assert_eq!(refused("Ana\nLuis"), "a name holds no control characters");
        assert_eq!(refused("desconocido"), "this name stands for an unknown face, choose another");
        assert_eq!(checked(&"ñ".repeat(NAME_MAX_CHARS)).unwrap().chars().count(), NAME_MAX_CHARS);
    }

    #[test]
    fn keeps_strange_names_as_they_are() {
        for name in
            ["../../etc/passwd", "<img src=x>", "=cmd()", "😀", "Robert'); DROP TABLE person;--"]
        {
            assert_eq!(checked(name).unwrap(), name);
        }
        assert_eq!(checked(" Jose\u{301} ").unwrap(), "José");
    }
}
