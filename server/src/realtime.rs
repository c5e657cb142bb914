//! Socket.IO on `/socket.io`, namespace `/`: live frames, reports, and what the relay tells on its own.

mod desk;
mod events;
mod frames;
mod pace;
mod reports;
mod settings;
mod tickets;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use jiff::Timestamp;
use rostro_wire::v1::{Event, TicketUse};
use rostro_wire::webrtc::socket::event;
use serde::{Deserialize, Serialize};
use socketioxide::extract::{AckSender, SocketRef, State, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::{ParserConfig, SocketIo};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::app::AppState;
use crate::auth::{Denied, Pass, handshake_key};
use crate::cameras::Told;
use desk::Desk;
use pace::{InPace, Pace};

/// Names of our own events; the legacy ones are in [`event`].
mod own_event {
    /// From the client: a report, answered by its ack.
    pub(super) const REPORT: &str = "report";
    /// To every client: a result was stored.
    pub(super) const EVENT: &str = "event";
    /// To those who are told of events: a camera changed, in what it is or how it is.
    pub(super) const CAMERA: &str = "camera";
    /// To the same: a camera was removed.
    pub(super) const CAMERA_REMOVED: &str = "camera_removed";
    /// To every client: people changed.
    pub(super) const GALLERY: &str = "gallery";
}

/// How often a task that waits on behalf of a socket looks whether it is still there.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The connected sockets, and what they are told.
#[derive(Debug)]
pub struct Realtime {
    sockets: SocketIo,
    app: AppState,
    stats_interval: Duration,
}

impl Realtime {
    /// The routes that take sockets in, and the handle that tells them things.
    pub fn new(app: AppState) -> (Router<AppState>, Self) {
        let limits = app.limits.sockets;
        let parser = ParserConfig::common()
            .max_incoming_binaries(limits.attachments_max)
            .max_incoming_binary_buf_size(limits.message_max_bytes);
        let (service, sockets) = SocketIo::builder()
            .with_parser(parser)
            .connect_timeout(limits.join_timeout)
            .max_payload(limits.message_max_bytes as u64)
            .ws_max_message_size(limits.message_max_bytes)
            .ws_max_frame_size(limits.message_max_bytes)
            .max_buffer_size(limits.unread_max)
            .ping_interval(limits.ping_every)
            .ping_timeout(limits.ping_timeout)
            .with_state(app.clone())
            .build_svc();
        sockets.ns("/", joined.with(admit));
        let routes = Router::new()
            .route_service("/socket.io", service.clone())
            .route_service("/socket.io/", service);
        (routes, Self { sockets, app, stats_interval: limits.stats_every })
    }

    /// Tells the figures as often as this, in place of what the settings say.
    #[must_use]
    pub fn with_stats_every(self, stats_interval: Duration) -> Self {
        Self { stats_interval, ..self }
    }

    /// Tells every socket of results, of changes among the people, and of the figures, until `stop` is cancelled;
    /// then closes every socket.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.tell_events() => {}
            () = self.tell_gallery() => {}
            () = self.tell_cameras() => {}
            () = self.tell_stats() => {}
            () = stop.cancelled() => {}
        }
        self.sockets.close().await;
    }

    async fn tell_events(&self) {
        let mut events = self.app.captures.subscribe();
        loop {
            match events.recv().await {
                Ok(event) => self.tell_live(&event).await,
                Err(RecvError::Lagged(missed)) => debug!(missed, "sockets were not told of events"),
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    /// Tells the sockets that did not ask to go on where they were: those are told one by one.
    async fn tell_live(&self, stored: &Event) {
        let told = self.sockets.to(events::LIVE).emit(own_event::EVENT, stored).await;
        if let Err(error) = told {
            debug!(%error, "a socket was not told of an event");
        }
    }

    async fn tell_gallery(&self) {
        let mut versions = self.app.people.subscribe();
        while versions.changed().await.is_ok() {
            let version = *versions.borrow_and_update();
            self.tell(own_event::GALLERY, &GalleryChanged { version }).await;
        }
        std::future::pending().await
    }

    async fn tell_cameras(&self) {
        let mut changed = self.app.cameras.subscribe();
        loop {
            match changed.recv().await {
                Ok(Told::Changed(id)) => {
                    // One that was removed meanwhile is told as such.
                    let Some(camera) = self.app.cameras.told_of(&id) else { continue };
                    self.tell_of_camera(own_event::CAMERA, &camera).await;
                }
                Ok(Told::Removed(id)) => {
                    self.tell_of_camera(own_event::CAMERA_REMOVED, &CameraRemoved { id }).await;
                }
                Err(RecvError::Lagged(missed)) => {
                    debug!(missed, "sockets were not told of cameras")
                }
                Err(RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    async fn tell_of_camera(&self, event: &str, payload: &impl Serialize) {
        if let Err(error) = self.sockets.to(events::CAMERAS).emit(event, payload).await {
            debug!(%error, event, "a socket was not told of a camera");
        }
    }

    async fn tell_stats(&self) {
        let mut ticks = tokio::time::interval(self.stats_interval);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            self.tell(event::STATS, &settings::stats(&self.sockets, &self.app)).await;
        }
    }

    /// A socket that does not read misses this; the others get it.
    async fn tell(&self, event: &str, payload: &impl Serialize) {
        if let Err(error) = self.sockets.emit(event, payload).await {
            debug!(%error, event, "a socket was not told");
        }
    }
}

/// Says that people changed: galleries are to be fetched again.
#[derive(Serialize)]
struct GalleryChanged {
    version: u64,
}

/// Says which camera is no more.
#[derive(Serialize)]
struct CameraRemoved {
    id: String,
}

/// What a client may send on joining: `auth: {token, after}`. The token is the key, or a ticket.
#[derive(Deserialize)]
struct Handshake {
    /// The key.
    #[serde(default)]
    token: Option<String>,
    /// The last event that the client had: it is told all that came after.
    #[serde(default)]
    after: Option<i64>,
}

/// Asks for the key or a ticket before the namespace is joined. Nothing is emitted until then.
async fn admit(
    socket: SocketRef,
    sockets: SocketIo,
    TryData(handshake): TryData<Handshake>,
    State(app): State<AppState>,
) -> Result<(), Denied> {
    let token = handshake.ok().and_then(|handshake| handshake.token);
    let key = token.as_deref().or_else(|| handshake_key(socket.req_parts()));
    let pass = app.access.pass(key, &socket.req_parts().headers, Timestamp::now())?;
    // This socket is not among them yet.
    if sockets.sockets().len() >= app.limits.sockets.sockets_max {
        return Err(Denied::Full);
    }
    socket.extensions.insert(pass);
    Ok(())
}

/// A socket has joined: its handlers, and the two events that clients wait for.
async fn joined(
    socket: SocketRef,
    sockets: SocketIo,
    TryData(handshake): TryData<Handshake>,
    State(app): State<AppState>,
) {
    let limits = app.limits.sockets;
    socket.extensions.insert(Arc::new(Desk::<frames::Job>::new(limits.captures_waiting_max)));
    socket.extensions.insert(Arc::new(Pace::new(limits.events_a_second_max, Instant::now())));
    socket.on(event::PROCESS_FRAME, frames::process_frame);
    socket.on(event::GET_STATS, settings::get_stats);
    socket.on(event::RESET_STATS, settings::reset_stats);
    socket.on(event::CHANGE_PROVIDER, settings::change_provider);
    socket.on(own_event::REPORT, reports::report);
    socket.on_fallback(unknown_event);
    let pass = pass_of(&socket);
    if let Pass::Ticket(ticket) = &pass {
        tickets::end_with(&socket, ticket, app.stopping.clone());
    }
    emit(&socket, event::CONFIG, &settings::config(&app));
    emit(&socket, event::STATS, &settings::stats(&sockets, &app));
    if !pass.is_for(TicketUse::Events) {
        return;
    }
    socket.join(events::CAMERAS);
    // Whoever drives one that is switched off is to know before anything is reported.
    let off = app.cameras.list().into_iter().filter(|camera| !camera.enabled);
    for camera in off.filter_map(|camera| app.cameras.told_of(&camera.id)) {
        emit(&socket, own_event::CAMERA, &camera);
    }
    match handshake.ok().and_then(|handshake| handshake.after) {
        Some(after) => events::tell_from(&socket, &app, after),
        None => socket.join(events::LIVE),
    }
}

/// Returns within [`LOOK_EVERY`] of the socket's leaving.
///
/// A disconnect handler would tell at once, but the library keeps a socket's place until the handler's own task has run,
/// and overlooks the client that leaves and joins again in one breath.
async fn gone(socket: &SocketRef) {
    while socket.connected() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What a socket that was admitted may do.
fn pass_of(socket: &SocketRef) -> Pass {
    socket.extensions.get::<Pass>().unwrap_or(Pass::Nothing)
}

/// Answers the ack of an event that is not known, so that nobody waits for it.
async fn unknown_event(_pace: InPace, ack: AckSender) {
    reports::refuse(ack, "no such event");
}

/// Emits to one socket. One that does not read, or is gone, misses it.
fn emit(socket: &SocketRef, event: &str, payload: &impl Serialize) {
    if let Err(error) = socket.emit(event, payload) {
        debug!(%error, event, "a socket was not told");
    }
}
