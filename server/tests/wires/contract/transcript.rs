//! What was said on the wire, as text.

use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::relay::Answer;

#[derive(Default)]
pub(crate) struct Transcript {
    text: String,
}

impl Transcript {
    pub(crate) fn line(&mut self, line: &str) {
        writeln!(self.text, "{}", line.trim_end()).unwrap();
    }

    pub(crate) fn add(&mut self, said: &str, told: &str) {
        writeln!(self.text, "{}\n{told}", said.trim_end()).unwrap();
    }

    pub(crate) fn answer(&mut self, said: &str, answer: &Answer) {
        self.add(said, &told(answer));
    }

    pub(crate) fn event(&mut self, name: &str, payload: Value) {
        self.add(&format!("→ client {name}"), &indented(payload));
    }

    pub(crate) fn json(&mut self, body: Value) {
        self.line(&indented(body));
    }

    pub(crate) fn text(self) -> String {
        self.text
    }
}

/// Status, type, and the JSON of an answer.
pub(crate) fn told(answer: &Answer) -> String {
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or("without a type");
    format!("{} {kind}\n{}", answer.status.as_u16(), indented(answer.json.clone()))
}

fn indented(mut value: Value) -> String {
    settle("", &mut value);
    let text = serde_json::to_string_pretty(&value).unwrap();
    text.lines().fold(String::new(), |all, line| all + "    " + line + "\n")
}

/// Replaces what changes from run to run by what it is.
fn settle(key: &str, value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| settle(key, value)),
        Value::Array(values) => values.iter_mut().for_each(|value| settle(key, value)),
        Value::String(text) => {
            if let Some(kind) = kind_of_text(key, text) {
                *value = json!(kind);
            }
        }
        Value::Number(number) => {
            if let Some(kind) = number.as_f64().and_then(|number| kind_of_number(key, number)) {
                *value = json!(kind);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn kind_of_text(key: &str, text: &str) -> Option<&'static str> {
    let is_uuid = matches!(key, "id" | "capture_id") && Uuid::parse_str(text).is_ok();
    let is_time = key == "timestamp" && text != super::WHEN;
    if is_uuid {
        Some("<uuid>")
    } else if is_time && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok() {
        Some("<UTC>")
    } else if is_time && !text.ends_with('Z') && text.parse::<jiff::civil::DateTime>().is_ok() {
        Some("<local, no zone>")
    } else {
        None
    }
}

fn kind_of_number(key: &str, number: f64) -> Option<&'static str> {
    let is_whole = number.fract() == 0.0;
    match key {
        "confidence" | "confianza" if number > 0.0 && number < 1.0 => Some("<0..1>"),
        "distance" if number > 0.0 && number < 2.0 => Some("<distance>"),
        "processing_time" if number > 0.1 && number < 600_000.0 => Some("<ms>"),
        "average_processing_time" if number > 0.0 && number < 600.0 => Some("<s>"),
        "uptime_seconds" if (0.0..600.0).contains(&number) => Some("<s>"),
        "top" | "right" | "bottom" | "left" if is_whole => Some("<px>"),
        _ => None,
    }
}
