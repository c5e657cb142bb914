//! Who watches a camera, and what they are shown: the newest picture, with boxes and names, as motion JPEG.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::timeout;

/// What stands between two pictures: the word that existing front ends were made with.
const BOUNDARY: &str = "frame";
/// The boundary as it stands between two pictures.
const OPENING: &str = "--frame\r\n";
/// A viewer that takes no picture for this long is not there any more.
const UNTAKEN_MAX: Duration = Duration::from_secs(30);

/// The pictures of one camera for those who watch; clones share it.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    newest: watch::Sender<Option<Bytes>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self { newest: watch::Sender::new(None) }
    }
}

impl Feed {
    /// How many watch.
    pub(super) fn viewers(&self) -> u32 {
        u32::try_from(self.newest.receiver_count()).unwrap_or(u32::MAX)
    }

    /// Whether a picture is worth drawing.
    pub(super) fn is_watched(&self) -> bool {
        self.newest.receiver_count() > 0
    }

    /// Shows a JPEG to those who watch.
    pub(super) fn show(&self, jpeg: Bytes) {
        self.newest.send_replace(Some(jpeg));
    }

    /// Somebody watches from now on, in one of the places of `viewers`; `None` where there is none.
    pub(super) fn watch(&self, viewers: &Arc<Semaphore>) -> Option<Viewer> {
        let place = Arc::clone(viewers).try_acquire_owned().ok()?;
        let mut newest = self.newest.subscribe();
        // What is there was shown to others, some time ago.
        newest.mark_unchanged();
        Some(Viewer { newest, place })
    }
}

/// Somebody who watches a camera; the place is free again once this is dropped.
#[derive(Debug)]
pub struct Viewer {
    newest: watch::Receiver<Option<Bytes>>,
    place: OwnedSemaphorePermit,
}

impl Viewer {
    /// The next picture, as JPEG; `None` when the camera is gone.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            self.newest.changed().await.ok()?;
            if let Some(jpeg) = self.newest.borrow_and_update().clone() {
                return Some(jpeg);
            }
        }
    }

    /// The pictures as one endless answer; `first` is shown until there is one. It ends with the camera, with `stop`, and
    /// when whoever asked takes none any more.
    pub fn into_response(
        self,
        first: Bytes,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Response {
        let kind = format!("multipart/x-mixed-replace; boundary={BOUNDARY}");
        let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store".to_owned())];
        (headers, Body::from_stream(self.parts(first, stop, UNTAKEN_MAX))).into_response()
    }

    /// The parts, handed over one at a time by a task of its own: the place is given back although the connection of a
    /// viewer that reads nothing stays.
    fn parts(
        mut self,
        first: Bytes,
        stop: impl Future<Output = ()> + Send + 'static,
        untaken_max: Duration,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
        let (give, taken) = mpsc::channel(1);
        tokio::spawn(async move {
            let hand_over = async {
                let mut next = Some([OPENING.as_bytes(), &part(&first)].concat());
                while let Some(part_of_next) = next {
                    match timeout(untaken_max, give.send(part_of_next.into())).await {
                        Ok(Ok(())) => next = self.next().await.map(|jpeg| part(&jpeg)),
                        _ => return,
                    }
                }
            };
            tokio::select! {
                () = hand_over => {}
                () = give.closed() => {}
                () = stop => {}
            }
            drop(self.place);
        });
        stream::unfold(taken, async |mut taken: mpsc::Receiver<Bytes>| {
            let part = taken.recv().await?;
            Some((Ok(part), taken))
        })
    }
}

/// One picture, and the boundary behind it: browsers show a picture once the next one has begun.
fn part(jpeg: &[u8]) -> Vec<u8> {
    let head = format!("Content-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", jpeg.len());
    [head.as_bytes(), jpeg, b"\r\n", OPENING.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn viewers_are_so_many_and_see_the_newest() {
        let viewers = Arc::new(Semaphore::new(2));
        let feed = Feed::default();
        assert!(!feed.is_watched());
        feed.show(Bytes::from_static(b"before"));
        let (mut one, other) = (feed.watch(&viewers).unwrap(), feed.watch(&viewers).unwrap());
        assert!(feed.watch(&viewers).is_none());
        assert_eq!(feed.viewers(), 2);
        for jpeg in ["a", "b", "c"] {
            feed.show(Bytes::from(jpeg));
        }
        assert_eq!(one.next().await.unwrap(), "c");
        drop(other);
        assert!(feed.watch(&viewers).is_some());
    }

    #[tokio::test]
    async fn a_feed_is_parts_with_a_boundary_and_ends_with_its_viewer() {
        let viewers = Arc::new(Semaphore::new(1));
        let feed = Feed::default();
        let viewer = feed.watch(&viewers).unwrap();
        let mut parts =
            Box::pin(viewer.parts(Bytes::from("wait"), std::future::pending(), UNTAKEN_MAX));
        let part = |jpeg: &str| {
            let length = jpeg.len();
            format!(
                "Content-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n{jpeg}\r\n--frame\r\n"
            )
        };
        assert_eq!(parts.next().await.unwrap().unwrap(), format!("--frame\r\n{}", part("wait")));
        feed.show(Bytes::from("one"));
        assert_eq!(parts.next().await.unwrap().unwrap(), part("one"));
        drop(parts);
        while viewers.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn whoever_takes_nothing_loses_the_place() {
        let viewers = Arc::new(Semaphore::new(1));
        let feed = Feed::default();
        let viewer = feed.watch(&viewers).unwrap();
        let patience = Duration::from_millis(20);
        let parts = viewer.parts(Bytes::from("wait"), std::future::pending(), patience);
        while viewers.available_permits() == 0 {
            feed.show(Bytes::from("x"));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(parts);
    }
}
