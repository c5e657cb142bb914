//! `/v1/people`.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rostro_core::{Embedding, ModelId};
use rostro_wire::v1::{Enrolment, PeopleList, Person, PersonChange, TaggedEmbedding};
use rostro_wire::{Enrolled, ErrorCode};

use super::json::Body;
use crate::app::AppState;
use crate::people::{EncodingSource, NewPerson, SampleWarning};
use crate::refusal::Refusal;
use crate::settings::OneIn;

/// Longest detail of a person, in characters.
const MAX_DETAIL_CHARS: usize = 200;

/// Everybody, by name.
pub(crate) async fn list(State(app): State<AppState>) -> Result<Json<PeopleList>, Refusal> {
    Ok(Json(PeopleList { people: app.people.list().await? }))
}

/// Adds a person, or samples to the person of that name. What is to be said of the samples comes as warnings.
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
        .map(|(index, sample)| embedding(index, sample))
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
pub(crate) async fn change(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
    Body(change): Body<PersonChange>,
) -> Result<Json<Person>, Refusal> {
    let nobody = || Refusal::new(ErrorCode::NotFound, "there is nobody by that id");
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
pub(crate) async fn forget(
    State(app): State<AppState>,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let nobody = || Refusal::new(ErrorCode::NotFound, "there is nobody by that id");
    let Path(id) = id.map_err(|_| nobody())?;
    if app.people.forget(&id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(nobody()) }
}

fn embedding(index: usize, sample: &TaggedEmbedding) -> Result<Embedding, Refusal> {
    let refused = |field: &str, message: String| {
        Refusal::new(ErrorCode::InvalidEmbedding, message).at(format!("samples[{index}].{field}"))
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
