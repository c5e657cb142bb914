//! `report`: what a browser recognised, answered by its ack.

use rostro_wire::v1::{Channel, Report, ReportAck, TicketUse};
use rostro_wire::{ErrorBody, ErrorCode};
use socketioxide::extract::{AckSender, SocketRef, State, TryData};
use tracing::instrument;

use super::pace::InPace;
use super::pass_of;
use crate::app::AppState;
use crate::auth::Denied;
use crate::refusal::Refusal;
use crate::traces::SPANS;

/// Stores a report; the ack goes out once it is durable.
#[instrument(target = SPANS, name = "socket report", skip_all)]
pub(super) async fn report(
    _pace: InPace,
    socket: SocketRef,
    TryData(report): TryData<Report>,
    State(app): State<AppState>,
    ack: AckSender,
) {
    let Ok(mut report) = report else { return refuse(ack, "the payload is not a report") };
    let pass = pass_of(&socket);
    let camera = match pass.is_for(TicketUse::Report) {
        true => pass.camera(report.camera_id.take()),
        false => Err(Denied::Use),
    };
    match camera {
        Ok(camera_id) => report.camera_id = camera_id,
        Err(denied) => {
            let error = Refusal::from(denied).0;
            return send(ack, &ReportAck::Refused { ok: false, error });
        }
    }
    let answer = match app.sightings.report(Channel::Socket, report, socket.id.as_str()).await {
        Ok(receipt) => ReportAck::Stored { ok: true, receipt },
        Err(error) => ReportAck::Refused { ok: false, error: Refusal::from(error).0 },
    };
    send(ack, &answer);
}

/// Answers an ack with a refusal of the request itself.
pub(super) fn refuse(ack: AckSender, message: &str) {
    let error =
        ErrorBody { code: ErrorCode::InvalidRequest, message: message.to_owned(), field: None };
    send(ack, &ReportAck::Refused { ok: false, error });
}

/// A client that is gone gets no ack: it sends the report again, and gets the same receipt.
fn send(ack: AckSender, answer: &ReportAck) {
    ack.send(answer).ok();
}
