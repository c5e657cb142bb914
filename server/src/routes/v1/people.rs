//! `/v1/people`.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use rostro_core::{Embedding, ModelId};
use rostro_wire::v1::{EncodingList, Enrolment, PeopleList, Person, PersonChange, TaggedEmbedding};
use rostro_wire::{Enrolled, ErrorCode};
use serde::Deserialize;

use super::json::Body;
use crate::app::AppState;
use crate::people::{EncodingSource, NewPerson, SampleWarning};
use crate::refusal::Refusal;
use crate::settings::OneIn;

/// Longest detail of a person, in characters.
const MAX_DETAIL_CHARS: usize = 200;

#[derive(Deserialize)]
pub(crate) struct Asked {
    limit: Option<usize>,
    after: Option<String>,
}

/// Everybody, by name; in pages where `limit` asks for them.
#[utoipa::path(
    get,
    path = "/v1/people",
    tag = "people",
    params(
        ("limit" = Option<usize>, Query, description = "How many, at most; 1 to 1000 unless the relay is set otherwise"),
        ("after" = Option<String>, Query, description = "The next_after of the page before"),
    ),
    responses((status = 200, description = "By name", body = PeopleList)),
)]
pub(crate) async fn list(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<PeopleList>, Refusal> {
    let Query(asked) = asked.map_err(|_| {
        Refusal::new(ErrorCode::InvalidRequest, "limit is a whole number").at("limit")
    })?;
    let mut people = app.people.list().await?;
    if let Some(after) = asked.after {
        let last = people.iter().position(|person| person.id == after);
        let gone = || {
            let message = "this person is no longer there: begin again without after";
            Refusal::new(ErrorCode::NotFound, message).at("after")
        };
        people.drain(..=last.ok_or_else(gone)?);
    }
    let page_max = app.limits.requests.page_max;
    let mut next_after = None;
    if let Some(limit) = asked.limit {
        if !(1..=page_max).contains(&limit) {
            let message = format!("limit is 1 to {page_max}");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message).at("limit"));
        }
        if people.len() > limit {
            people.truncate(limit);
            next_after = people.last().map(|person| person.id.clone());
        }
    }
    Ok(Json(PeopleList { people, next_after }))
}

/// One person.
#[utoipa::path(
    get,
    path = "/v1/people/{id}",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person's id"),
    ),
    responses((status = 200, description = "The person", body = Person)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Person>, Refusal> {
    let Path(id) = id.map_err(|_| nobody())?;
    app.people.get(&id).await?.map(Json).ok_or_else(nobody)
}

/// A person's encodings, without their numbers.
#[utoipa::path(
    get,
    path = "/v1/people/{id}/encodings",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person's id"),
    ),
    responses((status = 200, description = "In the order of their making", body = EncodingList)),
)]
pub(crate) async fn encodings(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<EncodingList>, Refusal> {
    let Path(id) = id.map_err(|_| nobody())?;
    let encodings = app.people.encodings(&id).await?.ok_or_else(nobody)?;
    Ok(Json(EncodingList { encodings }))
}

/// Removes one encoding of a person.
#[utoipa::path(
    delete,
    path = "/v1/people/{id}/encodings/{encoding_id}",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person's id"),
        ("encoding_id" = i64, Path, description = "The encoding's id"),
    ),
    responses((status = 204, description = "It is gone, and matches no longer")),
)]
pub(crate) async fn remove_encoding(
    State(app): State<AppState>,
    ids: Result<Path<(String, i64)>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let none = || Refusal::new(ErrorCode::NotFound, "the person has no encoding by that id");
    let Path((person_id, id)) = ids.map_err(|_| none())?;
    if app.people.remove_encoding(&person_id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(none())
    }
}

/// What is said of an id that nobody has.
pub(super) fn nobody() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "there is nobody by that id")
}

/// Adds a person, or samples to the person of that name. What is to be said of the samples comes as warnings.
#[utoipa::path(
    post,
    path = "/v1/people",
    tag = "people",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = Enrolment,
    responses((status = 201, description = "The person as they are then", body = Enrolled)),
)]
pub(crate) async fn enrol(
    State(app): State<AppState>,
    Body(enrolment): Body<Enrolment>,
) -> Result<(StatusCode, Json<Enrolled>), Refusal> {
    let samples_max = app.limits.requests.samples_max;
    if enrolment.samples.len() > samples_max {
        let message = format!("at most {samples_max} samples at a time");
        return Err(Refusal::new(ErrorCode::TooLarge, message).at("samples"));
    }
    let samples = enrolment
        .samples
        .iter()
        .enumerate()
        .map(|(index, sample)| tagged("samples", index, sample))
        .collect::<Result<Vec<_>, _>>()?;
    let person = NewPerson {
        name: enrolment.name,
        unit: detail("unit", enrolment.unit)?,
        kind: detail("kind", enrolment.kind)?,
        document: detail("document", enrolment.document)?,
        client_id: detail("client_id", enrolment.client_id)?,
    };
    let warnings = app.people.check(&person.name, &samples).await?;
    let person = app.people.enrol(person, samples, EncodingSource::Browser).await?;
    let warnings = warnings.iter().map(SampleWarning::told).collect();
    Ok((StatusCode::CREATED, Json(Enrolled { person, warnings })))
}

/// Changes what was chosen for a person alone.
#[utoipa::path(
    patch,
    path = "/v1/people/{id}",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    request_body = PersonChange,
    responses((status = 200, description = "As they are then", body = Person)),
)]
pub(crate) async fn change(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    Body(change): Body<PersonChange>,
) -> Result<Json<Person>, Refusal> {
    let Path(id) = id.map_err(|_| nobody())?;
    let person = match change.stranger_named_one_in {
        None => app.people.get(&id).await?,
        Some(chosen) => {
            let chosen = chosen.map(OneIn::new).transpose().map_err(|error| {
                Refusal::new(ErrorCode::InvalidRequest, error.to_string())
                    .at("stranger_named_one_in")
            })?;
            app.people.set_rate(&id, chosen).await?
        }
    };
    person.map(Json).ok_or_else(nobody)
}

/// Removes a person and everything that names them.
#[utoipa::path(
    delete,
    path = "/v1/people/{id}",
    tag = "people",
    params(
        ("id" = String, Path, description = "The person's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same request again under the same key is answered as the first time, and not done again"),
    ),
    responses((status = 204, description = "They are gone, and match no longer")),
)]
pub(crate) async fn forget(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let Path(id) = id.map_err(|_| nobody())?;
    if app.people.forget(&id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(nobody()) }
}

/// An embedding of `list`, or what is wrong with it.
pub(super) fn tagged(
    list: &str,
    index: usize,
    sample: &TaggedEmbedding,
) -> Result<Embedding, Refusal> {
    let refused = |field: &str, message: String| {
        Refusal::new(ErrorCode::InvalidEmbedding, message).at(format!("{list}[{index}].{field}"))
    };
    let model: ModelId = sample
        .model
        .parse()
        .map_err(|error: rostro_core::UnknownModel| refused("model", error.to_string()))?;
    Embedding::new(model, &sample.embedding)
        .map_err(|error| refused("embedding", error.to_string()))
}

fn detail(field: &str, value: Option<String>) -> Result<Option<String>, Refusal> {
    match value {
        Some(value) if value.chars().count() > MAX_DETAIL_CHARS => {
            let message = format!("expected at most {MAX_DETAIL_CHARS} characters");
            Err(Refusal::new(ErrorCode::InvalidRequest, message).at(field))
        }
        value => Ok(value),
    }
}
