//! The body of the webhook, and what is taken out of a camera's address before it is sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::result_object::ResultObject;
use crate::v1::Topic;

/// What is posted to the webhook's receiver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WebhookBody {
    /// What was seen.
    pub result: ResultObject,
    /// The camera, by the name that the receiver knows; `null` where none was given.
    pub camera_id: Option<String>,
    /// The camera's address without its credentials, for receivers that know cameras by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub camera_stream_url: Option<String>,
    /// Who it is in the receiver's own records, where the person was enrolled with such an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub client_id: Option<String>,
    /// When the face was seen, ISO 8601 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub timestamp: Option<String>,
    /// What kind of event it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub topic: Option<Topic>,
    /// The event's id at the relay, the same for every receiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub event_id: Option<i64>,
    /// The capture that it was seen in, as whoever reported it named it: several faces of one picture share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub capture_id: Option<String>,
}

/// Names of query parameters that cameras take credentials in, lower case.
const CREDENTIAL_PARAMETERS: [&str; 16] = [
    "access_token",
    "api_key",
    "apikey",
    "auth",
    "key",
    "loginpas",
    "loginuse",
    "pass",
    "passwd",
    "password",
    "pwd",
    "secret",
    "token",
    "user",
    "username",
    "usr",
];

/// `url` without user, password, the query parameters that cameras take credentials in, and their values where they stand
/// in the path; the rest is kept byte
/// for byte. What is no URL comes back as it is.
#[must_use]
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let place = &rest[end_of_user_info(rest)..];
    let (before_fragment, fragment) = split_before(place, '#');
    let (path, query) = split_before(before_fragment, '?');
    let kept: Vec<&str> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_credential(pair))
        .collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    let path: String = path.split_inclusive(['/', '&', ';']).map(without_values).collect();
    format!("{scheme}://{path}{query}{fragment}")
}

/// A part of a path without the values of credentials: some cameras take them as `user=admin_password=…_channel=1` there.
fn without_values(part: &str) -> String {
    if !part.contains('=') {
        return part.to_owned();
    }
    let end = part.trim_end_matches(['/', '&', ';']).len();
    let (pairs, separator) = part.split_at(end);
    let mut kept: Vec<String> = Vec::new();
    let mut is_hidden = false;
    for word in pairs.split('_') {
        match word.split_once('=') {
            Some((name, _)) => {
                is_hidden = is_credential(word);
                kept.push(if is_hidden { format!("{name}=") } else { word.to_owned() });
            }
            // What follows an underscore and names nothing is of the value before.
            None if is_hidden => {}
            None => kept.push(word.to_owned()),
        }
    }
    kept.join("_") + separator
}

/// Where the host begins. A password may hold an unescaped slash, which would end the authority too early: what
/// stands before it is then not a host and a port.
fn end_of_user_info(rest: &str) -> usize {
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..authority_end];
    if let Some(at) = authority.rfind('@') {
        return at + 1;
    }
    let has_port_that_is_none = !authority.starts_with('[')
        && authority
            .split_once(':')
            .is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
    match rest.rfind('@') {
        Some(at) if has_port_that_is_none => at + 1,
        _ => 0,
    }
}

fn is_credential(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    CREDENTIAL_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

/// `text` before the first `mark`, and from it on.
fn split_before(text: &str, mark: char) -> (&str, &str) {
    text.split_at(text.find(mark).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::PixelBox;

    #[test]
    fn takes_credentials_out_of_an_address() {
        let cases = [
            ("rtsp://admin:secret@10.0.0.8:554/stream1", "rtsp://10.0.0.8:554/stream1"),
            ("rtsp://admin:p@ss@cam.local/1", "rtsp://cam.local/1"),
            ("rtsp://admin:p/ss@cam.local/1", "rtsp://cam.local/1"),
            ("http://only-user@cam/mjpeg", "http://cam/mjpeg"),
            (
                "http://cam/mjpeg?res=hd&User=a&PWD=b&fps=5#live",
                "http://cam/mjpeg?res=hd&fps=5#live",
            ),
            ("http://cam/mjpeg?token=abc", "http://cam/mjpeg"),
            ("http://cam/photo@2x.jpg", "http://cam/photo@2x.jpg"),
            ("http://[fe80::1]:81/a@b", "http://[fe80::1]:81/a@b"),
            ("http://cam:8080/a@b", "http://cam:8080/a@b"),
            ("/dev/video0", "/dev/video0"),
            ("0", "0"),
            (
                "rtsp://h:554/user=admin&password=x_y&channel=1&stream=0.sdp?",
                "rtsp://h:554/user=&password=&channel=1&stream=0.sdp",
            ),
            (
                "rtsp://h/user=admin_password=s_3_channel=1_stream=0.sdp?real_stream",
                "rtsp://h/user=_password=_channel=1_stream=0.sdp?real_stream",
            ),
            ("http://h/a_b/c=d_e", "http://h/a_b/c=d_e"),
        ];
        for (url, expected) in cases {
            assert_eq!(without_credentials(url), expected);
        }
    }

    #[test]
    fn the_wire_is_frozen() {
        let result = ResultObject {
            timestamp: "2026-11-22T10:00:00.123456".to_owned(),
            name: "Desconocido".to_owned(),
            confidence: 0.0,
            distance: 1.0,
            bounds: PixelBox { top: 1, right: 4, bottom: 3, left: 2 },
        };
        let bare = WebhookBody {
            result,
            camera_id: None,
            camera_stream_url: None,
            client_id: None,
            timestamp: None,
            topic: None,
            event_id: None,
            capture_id: None,
        };
        assert_eq!(
            serde_json::to_string(&bare).unwrap(),
            r#"{"result":{"timestamp":"2026-11-22T10:00:00.123456","name":"Desconocido","confidence":0.0,"distance":1.0,"box":{"top":1,"right":4,"bottom":3,"left":2}},"camera_id":null}"#
        );
        let full = WebhookBody {
            camera_id: Some("entrada".to_owned()),
            camera_stream_url: Some("rtsp://cam/1".to_owned()),
            client_id: Some("42".to_owned()),
            timestamp: Some("2026-11-22T09:00:00Z".to_owned()),
            topic: Some(Topic::Unknown),
            event_id: Some(7),
            ..bare
        };
        let sent = serde_json::to_value(&full).unwrap();
        assert_eq!(sent["camera_id"], "entrada");
        assert_eq!(sent["camera_stream_url"], "rtsp://cam/1");
        assert_eq!(sent["client_id"], "42");
        assert_eq!(sent["timestamp"], "2026-11-22T09:00:00Z");
        assert_eq!(sent["topic"], "unknown");
        assert_eq!(sent["event_id"], 7);
    }
}
