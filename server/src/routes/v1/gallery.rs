//! `GET /v1/gallery?model=…`: the encodings, for browsers that match locally; with `since`, what changed.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rostro_core::{Gallery, ModelId, UnknownModel};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{GalleryEntry, GalleryList, GalleryNegative, OwnRate};
use serde::Deserialize;

use crate::app::AppState;
use crate::people::PersonCard;
use crate::refusal::Refusal;
use crate::settings::OneIn;

#[derive(Deserialize)]
pub(crate) struct Asked {
    model: Option<String>,
    since: Option<String>,
}

/// Everybody active in one model, the default one where none is named; with `since`, only who changed after that
/// version, where that is still known. 304 where the caller has it all already.
#[utoipa::path(
    get,
    path = "/v1/gallery",
    tag = "people",
    params(
        ("model" = Option<String>, Query, description = "sface-2021dec unless said otherwise"),
        ("since" = Option<String>, Query, description = "The version of the answer before: only who changed after it is answered, as `replaces` says, or everybody where that is not known any more"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of the answer before"),
    ),
    responses((status = 200, description = "Encodings in one model. 304 where they are as the ETag says", body = GalleryList)),
)]
pub(crate) async fn show(
    State(app): State<AppState>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::new(ErrorCode::InvalidRequest, UnknownModel.to_string()).at("model");
    let Query(Asked { model, since }) = asked.map_err(|_| unknown())?;
    let model = model.map_or(Ok(ModelId::DEFAULT), |id| id.parse().map_err(|_| unknown()))?;
    // The version is read first, then whom it is about, then the galleries: a change in between is answered twice,
    // never left out.
    let version = *app.people.subscribe().borrow();
    // Versions begin anew with each start of the relay, so its id is part of them.
    let run = app.run_id.simple().to_string();
    let held = since.and_then(|since| since.strip_prefix(&run)?.strip_prefix('-')?.parse().ok());
    let held = held.filter(|held| *held <= version);
    let replaced = held.and_then(|held| app.people.touched_since(held));
    let galleries = app.people.galleries();
    let settings = app.settings.get();
    let threshold = settings.threshold(model).max();
    let one_in = settings.stranger_named.unwrap_or(OneIn::DEFAULT).n();
    let rule = format!("{:08x}-{one_in}", threshold.to_bits());
    let etag = format!("\"{run}-{version}-{model}-{rule}\"");
    let tag = [(ETAG, etag.as_str()), (CACHE_CONTROL, "private, no-cache")];
    if is_known(&headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, tag).into_response());
    }
    let mut list = GalleryList {
        model: model.as_str().to_owned(),
        threshold,
        stranger_named_one_in: one_in,
        entries: Vec::new(),
        own_rates: Vec::new(),
        negatives: Vec::new(),
        version: format!("{run}-{version}"),
        replaces: None,
    };
    // What is answered of a person never depends on who else is enrolled: else what changed of one would not be all.
    if let Some(gallery) = galleries.held(model) {
        let is_meant = |person: &PersonCard| {
            replaced.as_ref().is_none_or(|replaced| replaced.contains(&person.id))
        };
        fill(&mut list, gallery, is_meant);
    }
    list.replaces = replaced.map(|replaced| replaced.into_iter().collect());
    Ok((tag, Json(list)).into_response())
}

/// Puts in what the gallery holds of those who are meant.
fn fill(
    list: &mut GalleryList,
    gallery: &Gallery<Arc<PersonCard>>,
    is_meant: impl Fn(&PersonCard) -> bool,
) {
    let meant = |(person, _): &(&Arc<PersonCard>, _)| is_meant(person);
    list.entries.extend(gallery.entries().filter(meant).map(|(person, embedding)| GalleryEntry {
        person_id: person.id.clone(),
        name: person.name.clone(),
        embedding: embedding.to_vec(),
    }));
    let negatives = gallery.negatives().filter(meant).map(|(person, embedding)| GalleryNegative {
        person_id: person.id.clone(),
        embedding: embedding.to_vec(),
    });
    list.negatives.extend(negatives);
    let rates = gallery.subjects().filter(|person| is_meant(person)).filter_map(|person| {
        let stranger_named_one_in = person.stranger_named?.n();
        Some(OwnRate { person_id: person.id.clone(), stranger_named_one_in })
    });
    list.own_rates.extend(rates);
}

/// Whether the caller names this tag as one it has.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|tags| {
        tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}
