//! One listener: connections in, each with limits on its head, its number and its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tracing::{debug, warn};

use super::in_turns::InTurns;
use crate::auth::Connection;
use crate::config::limits::Requests;

/// How long to wait after a listener failed, as it does when the process has no file handle left.
const AFTER_FAULT: Duration = Duration::from_millis(100);

/// Serves `router` on `listener` until `stop` is cancelled, then lets answers under way end, for a while.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    limits: Requests,
) {
    let places = Arc::new(Semaphore::new(limits.connections_max));
    let connections = TaskTracker::new();
    while let Some(Ok(place)) = stop.run_until_cancelled(Arc::clone(&places).acquire_owned()).await
    {
        let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else { break };
        match accepted.and_then(|(stream, peer)| connected(stream, peer)) {
            Ok((stream, connection)) => {
                connections.spawn(attend(
                    stream,
                    connection,
                    router.clone(),
                    stop.clone(),
                    place,
                    limits.header_timeout,
                ));
            }
            Err(error) => {
                warn!(%error, "a connection could not be taken");
                tokio::time::sleep(AFTER_FAULT).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(limits.shutdown_grace, connections.wait()).await.is_err() {
        warn!(open = connections.len(), "connections were cut off");
    }
}

fn connected(stream: TcpStream, peer: SocketAddr) -> io::Result<(TcpStream, Connection)> {
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok((stream, Connection { peer, local }))
}

/// One connection, until either end closes it. A WebSocket leaves it here and lives on with Socket.IO.
async fn attend(
    stream: TcpStream,
    connection: Connection,
    router: Router,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
    header_timeout: Duration,
) {
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(connection);
        let router = router.clone();
        router.oneshot(request.map(Body::new))
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(InTurns::new(stream)), service)
        .with_upgrades();
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stop.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection ended early");
    }
}
