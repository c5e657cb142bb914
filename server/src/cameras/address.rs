//! A camera's address as somebody gave it, taken apart: where it is, and the login, which is kept and shown apart.

use std::fmt;

use reqwest::Url;
use rostro_wire::webhook::without_credentials;

use crate::config::Secret;

/// Longest address, user or password that is taken, in bytes.
const MAX_BYTES: usize = 2048;

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password; `None` for an empty one.
    pub password: Option<Secret>,
}

impl Login {
    /// The password itself.
    #[must_use]
    pub fn password(&self) -> &str {
        self.password.as_ref().map_or("", Secret::expose)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// How an address is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `http` or `https`: motion JPEG, or one picture after the other.
    Http,
    /// `rtsp`.
    Rtsp,
    /// `file:`, within the folder that the operator names.
    Files,
}

/// An address without user and password. It may hold credentials in its query: it is shown by
/// [`StreamAddress::shown`] only.
#[derive(Clone, PartialEq, Eq)]
pub struct StreamAddress(String);

/// Why a text is no camera's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressFault {
    /// No scheme, or no host.
    #[error("expected an address such as http://host/path, rtsp://host/path or file:clip.mjpeg")]
    NoAddress,
    /// A scheme that is not read.
    #[error("expected http, https, rtsp or file")]
    Scheme,
    /// Too long.
    #[error("an address, a user and a password have at most 2048 bytes each")]
    TooLong,
}

impl StreamAddress {
    /// Takes an address apart: user and password are taken out and decoded.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn parse(text: &str) -> Result<(Self, Option<Login>), AddressFault> {
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return Err(AddressFault::TooLong);
        }
        let mut url = Url::parse(text).map_err(|_| AddressFault::NoAddress)?;
        if url.scheme() == "file" {
            return match text.split_once(':') {
                Some((_, path)) if !path.is_empty() => Ok((Self(text.to_owned()), None)),
                _ => Err(AddressFault::NoAddress),
            };
        }
        if !matches!(url.scheme(), "http" | "https" | "rtsp") {
            return Err(AddressFault::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(AddressFault::NoAddress);
        }
        if url.username().is_empty() && url.password().is_none() {
            // As it was written: front ends compare it with what they sent.
            return Ok((Self(text.to_owned()), None));
        }
        let user = decoded(url.username());
        let password = Secret::new(decoded(url.password().unwrap_or_default()));
        url.set_username("").map_err(|()| AddressFault::NoAddress)?;
        url.set_password(None).map_err(|()| AddressFault::NoAddress)?;
        Ok((Self(url.into()), Some(Login { user, password })))
    }

    /// One from the store, which was taken apart before.
    pub(super) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// All of it: to be called or stored, never to be shown.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Without what may be a credential in it.
    #[must_use]
    pub fn shown(&self) -> String {
        without_credentials(&self.0)
    }

    /// Whether its query holds what is not shown.
    pub(super) fn hides_something(&self) -> bool {
        self.shown() != self.0
    }

    /// How it is read; `None` for what was stored before addresses were looked at.
    pub(super) fn kind(&self) -> Option<Kind> {
        let scheme = self.0.split_once(':')?.0;
        [("http", Kind::Http), ("https", Kind::Http), ("rtsp", Kind::Rtsp), ("file", Kind::Files)]
            .into_iter()
            .find_map(|(known, kind)| scheme.eq_ignore_ascii_case(known).then_some(kind))
    }

    /// The address as a URL; `None` for what was stored before addresses were looked at.
    pub(super) fn url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// Whether both are at one host and port: a login for one is not sent elsewhere.
    pub(super) fn is_at_the_host_of(&self, other: &Self) -> bool {
        let place = |url: Url| {
            let port = url.port_or_known_default();
            (url.scheme().to_owned(), url.host_str().map(str::to_owned), port)
        };
        match (self.url(), other.url()) {
            (Some(one), Some(other)) => place(one) == place(other),
            _ => false,
        }
    }
}

impl fmt::Debug for StreamAddress {
    /// The scheme only: what follows may hold a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(f, "StreamAddress({scheme}:…)")
    }
}

/// Percent-decoded; what is no UTF-8 then, as it was.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Longest user and password, as [`StreamAddress::parse`] takes them.
pub(super) fn is_login_too_long(login: &Login) -> bool {
    login.user.len() > MAX_BYTES || login.password().len() > MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_taken_out_and_decoded() {
        struct Case {
            text: &'static str,
            stored: &'static str,
            login: Option<(&'static str, &'static str)>,
            shown: &'static str,
        }
        let cases = [
            Case {
                text: " http://10.0.0.8:81/stream ",
                stored: "http://10.0.0.8:81/stream",
                login: None,
                shown: "http://10.0.0.8:81/stream",
            },
            Case {
                text: "rtsp://admin:p%40ss%2Fw%25@10.0.0.8/Streaming/Channels/101?x=1",
                stored: "rtsp://10.0.0.8/Streaming/Channels/101?x=1",
                login: Some(("admin", "p@ss/w%")),
                shown: "rtsp://10.0.0.8/Streaming/Channels/101?x=1",
            },
            Case {
                text: "http://cam/video.cgi?user=admin&pwd=hush&res=vga",
                stored: "http://cam/video.cgi?user=admin&pwd=hush&res=vga",
                login: None,
                shown: "http://cam/video.cgi?res=vga",
            },
            Case {
                text: "https://admin@cam/",
                stored: "https://cam/",
                login: Some(("admin", "")),
                shown: "https://cam/",
            },
            Case {
                text: "file:puerta.mjpeg",
                stored: "file:puerta.mjpeg",
                login: None,
                shown: "file:puerta.mjpeg",
            },
        ];
        for case in cases {
            let (address, login) = StreamAddress::parse(case.text).unwrap();
            assert_eq!(address.expose(), case.stored);
            assert_eq!(address.shown(), case.shown);
            let login = login.as_ref().map(|login| (login.user.as_str(), login.password()));
            assert_eq!(login, case.login, "{}", case.text);
            assert!(!format!("{address:?}").contains("hush"));
        }
    }

    #[test]
    fn what_is_no_address() {
        for (text, fault) in [
            ("", AddressFault::NoAddress),
            ("0", AddressFault::NoAddress),
            ("/dev/video0", AddressFault::NoAddress),
            ("http://", AddressFault::NoAddress),
            ("rtsp:", AddressFault::NoAddress),
            ("file:", AddressFault::NoAddress),
            ("rtsps://cam/1", AddressFault::Scheme),
            ("gopher://cam/", AddressFault::Scheme),
            ("javascript:alert(1)", AddressFault::Scheme),
            (&format!("http://cam/{}", "x".repeat(3000)), AddressFault::TooLong),
        ] {
            assert_eq!(StreamAddress::parse(text).err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn a_login_stays_with_its_host() {
        let at = |text| StreamAddress::parse(text).unwrap().0;
        let door = at("rtsp://10.0.0.8/1");
        assert!(door.is_at_the_host_of(&at("rtsp://u:p@10.0.0.8/2?x")));
        for elsewhere in ["rtsp://10.0.0.9/1", "rtsp://10.0.0.8:8554/1", "http://10.0.0.8/1"] {
            assert!(!door.is_at_the_host_of(&at(elsewhere)), "{elsewhere}");
        }
    }
}
