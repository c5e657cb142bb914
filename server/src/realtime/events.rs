//! What a socket is told of events: from now on, or from where it was.

use std::time::Duration;

use futures_util::StreamExt as _;
use rostro_wire::v1::Event;
use socketioxide::SendError;
use socketioxide::SocketError;
use socketioxide::extract::SocketRef;
use tracing::debug;

use super::{gone, own_event};
use crate::app::AppState;

/// The room of the sockets that are told from now on. What one of them does not read it misses.
pub(super) const LIVE: &str = "live";
/// The room of the sockets that are told how cameras are.
pub(super) const CAMERAS: &str = "cameras";
/// The pause before a socket is tried again that does not read as fast as events come.
const UNREAD_PAUSE: Duration = Duration::from_millis(50);

/// Tells `socket` every event after the one with that id, and whatever is stored later, until it is gone: in order, none
/// left out and none twice.
pub(super) fn tell_from(socket: &SocketRef, app: &AppState, after: i64) {
    let stop = app.stopping.clone();
    let events = app.captures.follow(after);
    let socket = socket.clone();
    tokio::spawn(async move {
        let mut events = Box::pin(events);
        loop {
            let event = tokio::select! {
                () = gone(&socket) => return,
                () = stop.cancelled() => return,
                event = events.next() => event,
            };
            let Some(event) = event else { return };
            if !told(&socket, &event).await {
                return;
            }
        }
    });
}

/// Tells one event, once there is room for it; `false` when the socket is gone.
async fn told(socket: &SocketRef, event: &Event) -> bool {
    loop {
        match socket.emit(own_event::EVENT, event) {
            Ok(()) => return true,
            Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                tokio::time::sleep(UNREAD_PAUSE).await;
            }
            Err(error) => {
                debug!(%error, "a socket was not told of an event");
                return false;
            }
        }
    }
}
