//! What enrolment says of the samples beside the person: warnings, never a refusal.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::v1::Person;

/// Something about the samples that makes recognition worse. They were enrolled all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolmentWarning {
    /// `near-identical`, `odd-one-out` or `already-enrolled`; more may come.
    pub code: String,
    /// For people.
    pub message: String,
    /// The sample it is about, counted from 0; left out where it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sample: Option<usize>,
}

/// The answer of `POST /v1/people`: the person, and what is to be said of the samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolled {
    /// The person.
    #[serde(flatten)]
    pub person: Person,
    /// Left out where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<EnrolmentWarning>>")]
    pub warnings: Vec<EnrolmentWarning>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_warnings_it_is_the_person() {
        let person = Person {
            id: "p1".to_owned(),
            name: "Ana".to_owned(),
            unit: None,
            kind: None,
            document: None,
            client_id: None,
            active: true,
            stranger_named_one_in: None,
            encodings: std::collections::BTreeMap::new(),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        };
        let alone = serde_json::to_value(&person).unwrap();
        let none = Enrolled { person: person.clone(), warnings: Vec::new() };
        assert_eq!(serde_json::to_value(none).unwrap(), alone);
        let warning = EnrolmentWarning {
            code: "odd-one-out".to_owned(),
            message: "leave it out".to_owned(),
            sample: Some(1),
        };
        let warned = Enrolled { person, warnings: vec![warning] };
        let warned = serde_json::to_value(warned).unwrap();
        let expected =
            serde_json::json!([{"code": "odd-one-out", "message": "leave it out", "sample": 1}]);
        assert_eq!(warned["warnings"], expected);
        assert_eq!(warned["name"], "Ana");
    }
}
