//! Sockets that came with a ticket: they stay no longer than it is good.

use std::time::Duration;

use jiff::Timestamp;
use socketioxide::extract::SocketRef;
use tokio_util::sync::CancellationToken;

use super::gone;
use crate::auth::Ticket;

/// Ends `socket` when its ticket expires; it may come again with another.
pub(super) fn end_with(socket: &SocketRef, ticket: &Ticket, stop: CancellationToken) {
    let left_s = ticket.expires_at_s.saturating_sub(Timestamp::now().as_second());
    let left = Duration::from_secs(left_s.try_into().unwrap_or(0));
    let socket = socket.clone();
    tokio::spawn(async move {
        tokio::select! {
            () = gone(&socket) => {}
            () = stop.cancelled() => {}
            () = tokio::time::sleep(left) => drop(socket.disconnect()),
        }
    });
}
