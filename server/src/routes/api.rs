//! `/v1` as it describes itself: `GET /v1/openapi.json`, and the page that shows it at `/v1/docs/`. The table of routes is
//! made from the same words, so that neither holds what the other does not.

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router};
use rostro_wire::ErrorEnvelope;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::v1::{
    cameras, captures, events, gallery, health, lookups, people, reports, settings, tickets,
    upgrades, webhooks,
};
use crate::app::AppState;
use crate::config::limits::Requests;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rostro",
        description = "The relay's own protocol. Times are ISO 8601 in UTC. Lists come in pages by cursor."
    ),
    tags(
        (name = "people", description = "Who is enrolled, their encodings, and the gallery for browsers"),
        (name = "recognition", description = "Questions that store nothing"),
        (name = "events", description = "What was seen: reports in, events out"),
        (name = "cameras", description = "What the relay reads, what browsers drive, and how each is"),
        (name = "webhooks", description = "Who is told, and what became of it"),
        (name = "settings", description = "What operators choose, and how the relay is"),
    ),
    components(schemas(ErrorEnvelope)),
    modifiers(&Keys),
    security(("bearer" = []), ("key" = []))
)]
struct Description;

/// The two ways to send the key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let header = ApiKey::Header(ApiKeyValue::new("x-api-key"));
        components.add_security_scheme("key", SecurityScheme::ApiKey(header));
    }
}

/// What every operation may answer instead.
struct Errors;

impl Modify for Errors {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let schema = Ref::from_schema_name("ErrorEnvelope");
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
        let error = ResponseBuilder::new()
            .description("What went wrong, with a code that stays the same")
            .content("application/json", content)
            .build();
        for (_, _, operation) in operations(openapi) {
            operation.responses.responses.insert("default".to_owned(), RefOr::T(error.clone()));
        }
    }
}

/// Names that programs made from the description call operations by: `getPeopleById`.
struct Names;

impl Modify for Names {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for (path, method, operation) in operations(openapi) {
            let words = path.split('/').skip(2).map(|word| match word.strip_prefix('{') {
                Some(id) => format!("By{}", capitalised(id.trim_end_matches('}'))),
                None => capitalised(word),
            });
            operation.operation_id = Some(format!("{method}{}", words.collect::<String>()));
        }
    }
}

/// `encoding_id` as `EncodingId`.
fn capitalised(word: &str) -> String {
    let parts = word.split('_').filter_map(|part| part.split_at_checked(1));
    parts.map(|(first, rest)| format!("{}{rest}", first.to_uppercase())).collect()
}

/// Every operation, with its path and method.
fn operations(
    openapi: &mut utoipa::openapi::OpenApi,
) -> impl Iterator<Item = (&str, &'static str, &mut Operation)> {
    openapi.paths.paths.iter_mut().flat_map(|(path, item)| {
        let PathItem { get, put, post, delete, patch, .. } = item;
        let methods =
            [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
        let there = methods.into_iter().filter_map(|(method, held)| Some((method, held.as_mut()?)));
        there.map(move |(method, operation)| (path.as_str(), method, operation))
    })
}

/// Every route of `/v1`, and their description.
pub(super) fn table(limits: &Requests) -> Router<AppState> {
    let (router, mut description) = described(limits).split_for_parts();
    Errors.modify(&mut description);
    Names.modify(&mut description);
    // The page asks for the description by a path beside its own.
    let page = SwaggerUi::new("/v1/docs").config(Config::from("../openapi.json"));
    let json = get(|| async { Json(description) });
    router
        .route("/v1/openapi.json", json)
        .layer(DefaultBodyLimit::max(limits.v1_body_max_bytes))
        .merge(page)
}

fn described(limits: &Requests) -> OpenApiRouter<AppState> {
    let with_picture = DefaultBodyLimit::max(limits.picture_body_max_bytes);
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(people::list, people::enrol))
        .routes(routes!(people::show, people::change, people::forget))
        .routes(routes!(people::encodings))
        .routes(routes!(people::remove_encoding))
        .routes(routes!(gallery::show))
        .routes(routes!(lookups::identify).layer(with_picture))
        .routes(routes!(lookups::verify).layer(with_picture))
        .routes(routes!(reports::create).layer(with_picture))
        .routes(routes!(captures::show))
        .routes(routes!(events::list))
        .routes(routes!(events::stream))
        .routes(routes!(events::correct, events::undo_correction))
        .routes(routes!(cameras::list, cameras::create))
        .routes(routes!(cameras::show, cameras::change, cameras::remove))
        .routes(routes!(cameras::feed))
        .routes(routes!(cameras::snapshot))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::remove))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::replay))
        .routes(routes!(upgrades::show))
        .routes(routes!(upgrades::decide))
        .routes(routes!(settings::show, settings::change))
        .routes(routes!(tickets::create))
        .routes(routes!(health::show))
}
