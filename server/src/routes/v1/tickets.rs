//! `POST /v1/tickets`: what an app's server asks for, for its pages.

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use rostro_wire::ErrorCode;
use rostro_wire::v1::{TicketAnswer, TicketRequest};

use super::json::Body;
use crate::app::AppState;
use crate::auth::Ticket;
use crate::refusal::Refusal;

/// For how long a ticket is good where nothing is said, and the bounds of what may be said.
const LIFETIME_S: u32 = 900;
const LIFETIME_MIN_S: u32 = 30;
const LIFETIME_MAX_S: u32 = 86_400;
/// As long as a camera's id may be.
const CAMERA_ID_MAX_CHARS: usize = 200;
const ORIGIN_MAX_CHARS: usize = 300;

/// Makes a ticket, which a page sends in place of the key. Only the key may ask for one.
#[utoipa::path(
    post,
    path = "/v1/tickets",
    tag = "settings",
    request_body = TicketRequest,
    responses((status = 200, description = "It is good from now on", body = TicketAnswer)),
)]
pub(crate) async fn create(
    State(app): State<AppState>,
    Body(request): Body<TicketRequest>,
) -> Result<Json<TicketAnswer>, Refusal> {
    let lifetime_s = request.lifetime_s.unwrap_or(LIFETIME_S);
    let expires_at = Timestamp::now() + SignedDuration::from_secs(i64::from(lifetime_s));
    let ticket = ticket(request, lifetime_s, expires_at)?;
    let answer =
        TicketAnswer { ticket: app.access.sign(&ticket), expires_at: format!("{expires_at:.0}") };
    Ok(Json(answer))
}

fn ticket(
    request: TicketRequest,
    lifetime_s: u32,
    expires_at: Timestamp,
) -> Result<Ticket, Refusal> {
    let wrong = |field, message: String| Refusal::new(ErrorCode::InvalidRequest, message).at(field);
    let TicketRequest { mut uses, camera_id, origin, .. } = request;
    uses.sort_by_key(|one| *one as u8);
    uses.dedup();
    if uses.is_empty() {
        return Err(wrong("uses", "a ticket is for something: name at least one use".to_owned()));
    }
    if !(LIFETIME_MIN_S..=LIFETIME_MAX_S).contains(&lifetime_s) {
        let message = format!("a ticket is good for {LIFETIME_MIN_S} to {LIFETIME_MAX_S} seconds");
        return Err(wrong("lifetime_s", message));
    }
    let camera_fits = |id: &String| (1..=CAMERA_ID_MAX_CHARS).contains(&id.chars().count());
    if !camera_id.as_ref().is_none_or(camera_fits) {
        let message = format!("a camera's id has 1 to {CAMERA_ID_MAX_CHARS} characters");
        return Err(wrong("camera_id", message));
    }
    let origin = origin.map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
    if !origin.as_deref().is_none_or(is_origin) {
        let message = "an origin is a scheme, a host and perhaps a port: https://app.example";
        return Err(wrong("origin", message.to_owned()));
    }
    Ok(Ticket { uses, camera_id, origin, expires_at_s: expires_at.as_second() })
}

/// Whether a browser could send `origin`.
fn is_origin(origin: &str) -> bool {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    origin.len() <= ORIGIN_MAX_CHARS
        && host.is_some_and(|host| {
            !host.is_empty() && host.chars().all(|c| c.is_ascii_graphic() && !"/?#@".contains(c))
        })
}
