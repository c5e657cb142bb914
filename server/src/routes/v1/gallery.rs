//! `GET /v1/gallery?model=…`: the encodings, for browsers that match locally.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rostro_core::{ModelId, UnknownModel};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{GalleryEntry, GalleryList, GalleryNegative, OwnRate};
use serde::Deserialize;

use crate::app::AppState;
use crate::people::Galleries;
use crate::refusal::Refusal;
use crate::settings::OneIn;

#[derive(Deserialize)]
pub(crate) struct Asked {
    model: Option<String>,
}

/// Everybody active in one model, the default one where none is named; 304 where the caller has them already.
#[utoipa::path(
    get,
    path = "/v1/gallery",
    tag = "people",
    params(
        ("model" = Option<String>, Query, description = "sface-2021dec unless said otherwise"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the answer before"),
    ),
    responses((status = 200, description = "Everybody's encodings in one model. 304 where they are as the ETag says", body = GalleryList)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let model = asked_model(asked)?;
    // The version is read first: a change in between makes the next request fetch again, never too seldom.
    let version = *app.people.subscribe().borrow();
    let galleries = app.people.galleries();
    let settings = app.settings.get();
    let threshold = settings.threshold(model).max();
    let one_in = settings.stranger_named.unwrap_or(OneIn::DEFAULT).n();
    // Versions begin anew with each start of the relay, so its id is part of the tag.
    let rule = format!("{:08x}-{one_in}", threshold.to_bits());
    let etag = format!("\"{}-{version}-{model}-{rule}\"", app.run_id.simple());
    let tag = [(ETAG, etag.as_str()), (CACHE_CONTROL, "private, no-cache")];
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let list = GalleryList {
        model: model.as_str().to_owned(),
        threshold,
        stranger_named_one_in: one_in,
        entries: entries(&galleries, model),
        own_rates: own_rates(&galleries, model),
        negatives: negatives(&galleries, model),
    };
    Ok((tag, Json(list)).into_response())
}

fn asked_model(asked: Result<Query<Asked>, QueryRejection>) -> Result<ModelId, Refusal> {
    let unknown = || Refusal::new(ErrorCode::InvalidRequest, UnknownModel.to_string()).at("model");
    let Query(asked) = asked.map_err(|_| unknown())?;
    asked.model.map_or(Ok(ModelId::DEFAULT), |id| id.parse().map_err(|_| unknown()))
}

fn entries(galleries: &Galleries, model: ModelId) -> Vec<GalleryEntry> {
    let Some(gallery) = galleries.gallery(model) else { return Vec::new() };
    gallery
        .entries()
        .map(|(person, embedding)| GalleryEntry {
            person_id: person.id.clone(),
            name: person.name.clone(),
            embedding: embedding.to_vec(),
        })
        .collect()
}

fn own_rates(galleries: &Galleries, model: ModelId) -> Vec<OwnRate> {
    let Some(gallery) = galleries.gallery(model) else { return Vec::new() };
    gallery
        .subjects()
        .filter_map(|person| {
            Some(OwnRate {
                person_id: person.id.clone(),
                stranger_named_one_in: person.stranger_named?.n(),
            })
        })
        .collect()
}

fn negatives(galleries: &Galleries, model: ModelId) -> Vec<GalleryNegative> {
    let Some(gallery) = galleries.gallery(model) else { return Vec::new() };
    gallery
        .negatives()
        .map(|(person, embedding)| GalleryNegative {
            person_id: person.id.clone(),
            embedding: embedding.to_vec(),
        })
        .collect()
}

/// Whether the caller names this tag as one it has.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|tags| {
        tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}
