//! `POST /v1/identify` and `POST /v1/people/{id}/verify`: questions that store nothing.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use rostro_core::{Embedding, ModelId};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{Identified, IdentifyAnswer, PixelBox, Probe, VerifyAnswer};

use super::json::Body;
use super::people::{nobody, tagged};
use crate::app::AppState;
use crate::auth::Connection;
use crate::people::Measured;
use crate::recognition::ImageSource;
use crate::refusal::Refusal;
use crate::verify::pixel_box;

/// A face that is asked about, and where it is, if that is known.
struct Asked {
    embeddings: Vec<Embedding>,
    bounds: Option<PixelBox>,
}

/// Who each face is.
#[utoipa::path(
    post,
    path = "/v1/identify",
    tag = "recognition",
    request_body = Probe,
    responses((status = 200, description = "Each face", body = IdentifyAnswer)),
)]
pub(crate) async fn identify(
    State(app): State<AppState>,
    Extension(connection): Extension<Connection>,
    Body(probe): Body<Probe>,
) -> Result<Json<IdentifyAnswer>, Refusal> {
    let galleries = app.people.galleries();
    let rule = app.settings.get().rule();
    let asked = asked(&app, connection, probe, galleries.models()).await?;
    let faces = asked.into_iter().map(|face| {
        let measured = galleries.identify(&face.embeddings, &rule);
        identified(measured, face.bounds)
    });
    Ok(Json(IdentifyAnswer { faces: faces.collect() }))
}

/// Whether the one face is that of a person.
#[utoipa::path(
    post,
    path = "/v1/people/{id}/verify",
    tag = "recognition",
    params(
        ("id" = String, Path, description = "The person's id"),
    ),
    request_body = Probe,
    responses((status = 200, description = "Whether it is they", body = VerifyAnswer)),
)]
pub(crate) async fn verify(
    State(app): State<AppState>,
    Extension(connection): Extension<Connection>,
    id: Result<Path<String>, PathRejection>,
    Body(probe): Body<Probe>,
) -> Result<Json<VerifyAnswer>, Refusal> {
    let Path(id) = id.map_err(|_| nobody())?;
    let person = app.people.get(&id).await?.ok_or_else(nobody)?;
    let galleries = app.people.galleries().only(&person.id);
    let rule = app.settings.get().rule();
    let mut asked = asked(&app, connection, probe, galleries.models()).await?;
    let face = match (asked.pop(), asked.len()) {
        (Some(face), 0) => face,
        (None, _) => {
            return Err(Refusal::new(ErrorCode::NoFace, "the picture shows no face").at("picture"));
        }
        (Some(_), more) => {
            let message = format!("the picture shows {} faces, one is asked for", more + 1);
            return Err(Refusal::new(ErrorCode::SeveralFaces, message).at("picture"));
        }
    };
    let measured = galleries.identify(&face.embeddings, &rule);
    Ok(Json(VerifyAnswer {
        is_match: measured.person.is_some(),
        distance: measured.distance,
        threshold: measured.threshold,
        model: measured.metric.as_str().to_owned(),
        decision: measured.decision,
    }))
}

/// The faces of a probe. A picture is embedded by `models`, or by the default one where there are none.
async fn asked(
    app: &AppState,
    connection: Connection,
    probe: Probe,
    models: Vec<ModelId>,
) -> Result<Vec<Asked>, Refusal> {
    match (probe.embeddings.as_slice(), probe.picture) {
        ([], None) | ([_, ..], Some(_)) => {
            let message = "send embeddings of one face, or a picture";
            Err(Refusal::new(ErrorCode::InvalidRequest, message))
        }
        ([], Some(picture)) => {
            let caller = connection.peer.ip().to_string();
            let models = if models.is_empty() { vec![ModelId::DEFAULT] } else { models };
            let image = ImageSource::Text(picture);
            let seen = app.recognition.recognize(image, models, &caller).await;
            let seen = seen.map_err(|error| Refusal::from(error).at("picture"))?;
            let (width, height) = (seen.width, seen.height);
            let faces = seen.faces.into_iter().map(|face| Asked {
                bounds: Some(pixel_box(&face.detection.bounds, width, height)),
                embeddings: face.embeddings,
            });
            Ok(faces.collect())
        }
        (tagged_ones, None) => {
            let mut embeddings: Vec<Embedding> = Vec::with_capacity(tagged_ones.len());
            for (index, sample) in tagged_ones.iter().enumerate() {
                let embedding = tagged("embeddings", index, sample)?;
                if embeddings.iter().any(|held| held.model() == embedding.model()) {
                    let message = "one face has one embedding of each model";
                    let field = format!("embeddings[{index}].model");
                    return Err(Refusal::new(ErrorCode::InvalidEmbedding, message).at(field));
                }
                embeddings.push(embedding);
            }
            Ok(vec![Asked { embeddings, bounds: None }])
        }
    }
}

fn identified(measured: Measured, bounds: Option<PixelBox>) -> Identified {
    Identified {
        name: measured.person.as_ref().map(|person| person.name.clone()),
        person_id: measured.person.map(|person| person.id.clone()),
        distance: measured.distance,
        threshold: measured.threshold,
        model: measured.metric.as_str().to_owned(),
        decision: measured.decision,
        bounds,
    }
}
