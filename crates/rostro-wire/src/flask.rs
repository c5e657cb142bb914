//! The calls `/api/*` as existing clients send and read them. Frozen: fields may be added, never renamed or retyped.
//!
//! Distances and thresholds are on the legacy scale, where every model's default threshold reads 0.6.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::result_object::ResultObject;

/// `{error}`: every answer of `/api/*` that is not a success, and every 404 and 405 outside `/v1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorText {
    /// What was wrong, for people.
    pub error: String,
}

impl ErrorText {
    /// Wraps a message.
    #[must_use]
    pub fn new(error: impl Into<String>) -> Self {
        Self { error: error.into() }
    }
}

/// `GET /api/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Whether recognition of the camera is switched on.
    pub active: bool,
    /// The camera's address.
    pub stream_url: Option<String>,
    /// Results stored.
    pub total_results: u64,
    /// Encodings held, of every model.
    pub encodings_loaded: usize,
}

/// `POST /api/start`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Started {
    status: &'static str,
    message: &'static str,
    stream_url: Option<String>,
    /// Why there will be no pictures, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

impl Started {
    /// Says that recognition of `stream_url` is on now.
    #[must_use]
    pub const fn of(stream_url: Option<String>) -> Self {
        Self { status: "started", message: "Reconocimiento iniciado", stream_url, warning: None }
    }

    /// The same, with why there will be no pictures.
    #[must_use]
    pub fn warned(self, warning: Option<String>) -> Self {
        Self { warning, ..self }
    }
}

/// `POST /api/stop`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stopped {
    status: &'static str,
    message: &'static str,
}

impl Default for Stopped {
    fn default() -> Self {
        Self { status: "stopped", message: "Reconocimiento detenido" }
    }
}

/// `GET /api/results?limit=…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Results {
    /// The last ones, oldest first.
    pub results: Vec<ResultObject>,
    /// Results stored.
    pub total: u64,
}

/// `GET /api/results/<name>?limit=…`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResultsOf {
    /// The name that was asked for, as it was asked.
    pub user: String,
    /// That person's last ones, oldest first.
    pub results: Vec<ResultObject>,
    /// Results stored of that person.
    pub total: u64,
    /// How many of them are in `results`.
    pub returned: usize,
}

/// `GET /api/stats`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// Results stored.
    pub total_detections: u64,
    /// Results of each known person, by name.
    pub recognized: BTreeMap<String, u64>,
    /// Results of unknown faces.
    pub unknown_count: u64,
    /// Known persons with a result.
    pub unique_persons: u64,
    /// The newest result, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_detection: Option<ResultObject>,
}

/// `PUT /api/config`: what is absent stays. `null` clears an address and a camera's name, and else counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct ConfigChange {
    /// The camera's address.
    #[serde(default, deserialize_with = "present")]
    pub stream_url: Option<Option<String>>,
    /// The threshold on the legacy scale.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// The name under which webhooks know the camera.
    #[serde(default, deserialize_with = "present")]
    pub camera_id: Option<Option<String>>,
    /// The model for new encodings.
    #[serde(default)]
    pub encoding_model: Option<String>,
}

/// Tells `null` from an absent field.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The answer of `PUT /api/config`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConfigAnswer {
    /// The camera's address, as it now is.
    pub stream_url: Option<String>,
    /// The threshold on the legacy scale, as it now is.
    pub threshold: f32,
    /// Why there will be no pictures, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

/// `POST /api/register`, as loose as its clients are; [`Registration::name_and_encoding`] says what is wrong with it.
#[derive(Clone, PartialEq, Deserialize)]
pub struct Registration {
    /// The person's name.
    #[serde(default)]
    name: Value,
    /// 128 numbers.
    #[serde(default)]
    encoding: Value,
    /// The id that the customer's own system gives; a number counts as its text.
    #[serde(default)]
    client_id: Value,
    /// Extension: the model that made the encoding; `dlib-resnet-v1` where it is absent.
    #[serde(default)]
    pub model: Option<String>,
}

impl std::fmt::Debug for Registration {
    /// Nothing of it: an encoding and a name never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("model", &self.model).finish_non_exhaustive()
    }
}

/// Why a [`Registration`] is refused, in the words of the original.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationFault {
    /// No name or no encoding.
    #[error("name and encoding are required")]
    Missing,
    /// The name is not a text.
    #[error("name must be a text")]
    NameNotText,
    /// Not 128 numbers.
    #[error("Encoding must be 128-dimensional, got {shape}")]
    WrongShape {
        /// The shape as NumPy prints it: `(127,)`, `(1, 128)`, `()`.
        shape: String,
    },
    /// Not numbers at all.
    #[error("encoding must be an array of 128 numbers")]
    NotNumbers,
}

impl Registration {
    /// The person's name and the 128 numbers, not yet checked to be finite.
    ///
    /// # Errors
    /// [`RegistrationFault`] as `POST /api/register` answers it.
    pub fn name_and_encoding(&self) -> Result<(&str, Vec<f32>), RegistrationFault> {
        if is_falsy(&self.name) || is_falsy(&self.encoding) {
            return Err(RegistrationFault::Missing);
        }
        let name = self.name.as_str().ok_or(RegistrationFault::NameNotText)?;
        let shape = numpy_shape(&self.encoding).ok_or(RegistrationFault::NotNumbers)?;
        match &self.encoding {
            Value::Array(numbers) if shape == [rostro_core::EMBEDDING_LEN] => {
                Ok((name, numbers.iter().filter_map(Value::as_f64).map(to_f32).collect()))
            }
            _ => Err(RegistrationFault::WrongShape { shape: printed(&shape) }),
        }
    }

    /// The id that the customer's own system gives.
    #[must_use]
    pub fn client_id(&self) -> Option<String> {
        match &self.client_id {
            Value::String(id) if !id.is_empty() => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

/// The nearest `f32`; what is beyond its range becomes infinite, and is refused as not finite later.
#[expect(clippy::cast_possible_truncation, reason = "the nearest f32 is what is asked for")]
const fn to_f32(number: f64) -> f32 {
    number as f32
}

/// Whether Python's `not value` would hold.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

/// The shape that NumPy gives nested lists of numbers; `None` when they are ragged or hold anything else.
fn numpy_shape(value: &Value) -> Option<Vec<usize>> {
    match value {
        Value::Number(_) => Some(Vec::new()),
        Value::Array(items) => {
            let mut shape = vec![items.len()];
            let inner = items.first().map_or(Some(Vec::new()), numpy_shape)?;
            if items.iter().skip(1).any(|item| numpy_shape(item).as_ref() != Some(&inner)) {
                return None;
            }
            shape.extend(inner);
            Some(shape)
        }
        _ => None,
    }
}

/// `(127,)`, `(1, 128)` or `()`, as Python prints a tuple.
fn printed(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// The answer of `POST /api/register`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Registered {
    success: bool,
    message: String,
    total_users: usize,
    /// Not in the original; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<RegisterWarning>,
}

/// Something about an encoding that makes recognition worse. It was added all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegisterWarning {
    /// `near-identical`, `odd-one-out` or `already-enrolled`; more may come.
    pub code: &'static str,
    /// For people, in Spanish.
    pub message: String,
}

impl Registered {
    /// Says that an encoding of `name` was added, and how many encodings are held now.
    #[must_use]
    pub fn of(name: &str, total_users: usize) -> Self {
        Self {
            success: true,
            message: format!("Usuario {name} registrado exitosamente"),
            total_users,
            warnings: Vec::new(),
        }
    }

    /// The same with what is to be said of the encoding.
    #[must_use]
    pub fn warned(self, warnings: Vec<RegisterWarning>) -> Self {
        Self { warnings, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &str) -> Result<(String, usize), RegistrationFault> {
        let registration: Registration = serde_json::from_str(body).unwrap();
        registration.name_and_encoding().map(|(name, numbers)| (name.to_owned(), numbers.len()))
    }

    fn with_encoding(encoding: &str) -> String {
        format!(r#"{{"name":"Ana","encoding":{encoding}}}"#)
    }

    fn numbers(count: usize) -> String {
        format!("[{}]", vec!["0.1"; count].join(","))
    }

    #[test]
    fn a_registration_is_judged_as_the_original_did() {
        use RegistrationFault::{Missing, NameNotText, NotNumbers, WrongShape};
        let wrong = |shape: &str| Err(WrongShape { shape: shape.to_owned() });
        let cases = [
            (with_encoding(&numbers(128)), Ok(("Ana".to_owned(), 128))),
            ("{}".to_owned(), Err(Missing)),
            (r#"{"name":"","encoding":[1]}"#.to_owned(), Err(Missing)),
            (with_encoding("null"), Err(Missing)),
            (with_encoding("[]"), Err(Missing)),
            (r#"{"name":7,"encoding":[1]}"#.to_owned(), Err(NameNotText)),
            (with_encoding(&numbers(127)), wrong("(127,)")),
            (with_encoding(&format!("[{}]", numbers(128))), wrong("(1, 128)")),
            (with_encoding("[[],[]]"), wrong("(2, 0)")),
            (with_encoding("0.5"), wrong("()")),
            (with_encoding("[[1],[1,2]]"), Err(NotNumbers)),
            (with_encoding(r#"["0.1"]"#), Err(NotNumbers)),
            (with_encoding(r#""texto""#), Err(NotNumbers)),
            (with_encoding(r#"{"vector":[1]}"#), Err(NotNumbers)),
        ];
        for (body, expected) in cases {
            assert_eq!(parsed(&body), expected, "{body}");
        }
    }

    #[test]
    fn numbers_beyond_f32_stay_to_be_refused() {
        let mut values = vec!["0.1"; 127];
        values.push("1e300");
        let body = with_encoding(&format!("[{}]", values.join(",")));
        let registration: Registration = serde_json::from_str(&body).unwrap();
        let (_, numbers) = registration.name_and_encoding().unwrap();
        assert_eq!(numbers.len(), 128);
        assert!(numbers[127].is_infinite());
    }

    #[test]
    fn a_client_id_is_a_text_or_a_number() {
        let id = |json: &str| {
            let body = format!(r#"{{"client_id":{json}}}"#);
            serde_json::from_str::<Registration>(&body).unwrap().client_id()
        };
        assert_eq!(id(r#""c-7""#).as_deref(), Some("c-7"));
        assert_eq!(id("42").as_deref(), Some("42"));
        assert_eq!(id("null"), None);
        assert_eq!(id("[1]"), None);
    }

    #[test]
    fn null_is_told_from_absent() {
        let change = |body: &str| serde_json::from_str::<ConfigChange>(body).unwrap();
        assert_eq!(change("{}"), ConfigChange::default());
        assert_eq!(change(r#"{"stream_url":null}"#).stream_url, Some(None));
        assert_eq!(
            change(r#"{"stream_url":"rtsp://cam"}"#).stream_url,
            Some(Some("rtsp://cam".into()))
        );
        assert_eq!(change(r#"{"threshold":null}"#), ConfigChange::default());
    }
}
