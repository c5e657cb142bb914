//! Cameras: what is known of each, and reading those that have an address.
//!
//! A camera with an address is read by the relay: its newest picture is looked at, faces are followed, and who is seen is
//! told as any other sighting is. A camera without one is driven by a browser, which is told when it is switched on and
//! off.

pub mod address;
mod changes;
mod draw;
mod fault;
mod feed;
mod live;
mod newest;
mod reach;
mod registry;
#[cfg(feature = "rtsp")]
mod rtsp;
mod source;
mod status;
mod worker;
mod zone;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::body::Bytes;
use rostro_wire::v1::{self, CameraState};
use rusqlite::Connection;
use tokio::sync::{Mutex, Notify, Semaphore, broadcast};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::{CameraConfig, limits};
use crate::sightings::Sightings;
use crate::store::{Store, StoreError};
use crate::traces;

pub use changes::CameraError;
pub use feed::Viewer;
use live::Live;
use reach::Reach;
pub use reach::ReachError;
pub use registry::{DEFAULT, Registered};
use worker::Worker;

/// Changes that somebody who listens may lag behind.
const TOLD_BUFFER: usize = 256;
/// How often it is seen to that every camera is at work.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The cameras; clones share them.
#[derive(Clone, Debug)]
pub struct Cameras {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Store,
    reach: Arc<Reach>,
    held: ArcSwap<Vec<Held>>,
    /// Held from reading the old cameras to publishing the new ones.
    changing: Mutex<()>,
    /// The cameras changed: somebody may have to be started or stopped.
    changed: Notify,
    told: broadcast::Sender<Told>,
    viewers: Arc<Semaphore>,
}

/// Something to tell of a camera, by its id.
#[derive(Clone, Debug)]
pub enum Told {
    /// It changed, in what it is or how it is.
    Changed(String),
    /// It was removed.
    Removed(String),
}

/// A camera, and how it is.
#[derive(Clone, Debug)]
struct Held {
    camera: Arc<Registered>,
    live: Arc<Live>,
}

impl Cameras {
    /// Reads them; the address that the operator set becomes the default camera's.
    ///
    /// # Errors
    /// [`StoreError`], or [`ReachError`] for an address of the operator's that is none.
    pub async fn load(store: Store, config: &CameraConfig) -> Result<Self, CameraError> {
        let reach = Reach::new(config)?;
        let viewers = Arc::new(Semaphore::new(config.limits.viewers_max));
        let shared = Shared {
            store,
            reach: Arc::new(reach),
            held: ArcSwap::default(),
            changing: Mutex::new(()),
            changed: Notify::new(),
            told: broadcast::Sender::new(TOLD_BUFFER),
            viewers,
        };
        let this = Self { shared: Arc::new(shared) };
        this.take_apart_default().await?;
        this.reload().await?;
        Ok(this)
    }

    /// All of them, the default one first.
    #[must_use]
    pub fn list(&self) -> Vec<v1::Camera> {
        self.shared.held.load().iter().map(|held| self.on_wire(held)).collect()
    }

    /// The one of that id.
    ///
    /// # Errors
    /// [`CameraError::Unknown`].
    pub fn find(&self, id: &str) -> Result<v1::Camera, CameraError> {
        self.held(id).map(|held| self.on_wire(&held))
    }

    /// The one of that id as clients are told of it. `None` where there is none, and where it is off because nobody has
    /// switched it yet: whoever reports without a camera's name is not to wait for that.
    #[must_use]
    pub fn told_of(&self, id: &str) -> Option<v1::Camera> {
        let held = self.held(id).ok().filter(|held| !held.camera.waits_for_nobody())?;
        Some(self.on_wire(&held))
    }

    /// How many are in that state.
    #[must_use]
    pub fn count_in(&self, state: CameraState) -> usize {
        let held = self.shared.held.load();
        held.iter().filter(|held| self.on_wire(held).status.state == state).count()
    }

    /// The camera that `/api/*` steers, as it is stored.
    #[must_use]
    pub fn default_camera(&self) -> Arc<Registered> {
        self.held(DEFAULT).map_or_else(
            |_| Arc::new(Registered::new(DEFAULT.to_owned(), DEFAULT.to_owned())),
            |held| held.camera,
        )
    }

    /// The name and the address by which what is seen by the default camera is told.
    #[must_use]
    pub fn default_place(&self) -> (Option<String>, Option<String>) {
        let camera = self.default_camera();
        let address = camera.address.as_ref().map(|address| address.expose().to_owned());
        (camera.camera_id.clone(), address)
    }

    /// Notes that something came of a camera that a browser drives.
    pub fn heard_of(&self, camera_id: Option<&str>) {
        let held = self.shared.held.load();
        let is_it = |held: &&Held| match camera_id {
            Some(_) => held.camera.camera_id.as_deref() == camera_id,
            None => held.camera.id == DEFAULT,
        };
        if let Some(held) = held.iter().find(is_it).filter(|held| held.camera.address.is_none()) {
            held.live.arrived();
            held.live.driven(held.camera.enabled);
        }
    }

    /// What is to be told of cameras from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Told> {
        self.shared.told.subscribe()
    }

    /// Somebody watches a camera: the pictures, and what is shown until there is one.
    ///
    /// # Errors
    /// [`CameraError::Unknown`], [`CameraError::NoFeed`] and [`CameraError::TooManyViewers`].
    pub async fn watch(&self, id: &str) -> Result<(Viewer, Bytes), CameraError> {
        let held = self.held(id)?;
        if held.camera.address.is_none() {
            return Err(CameraError::NoFeed);
        }
        let viewer = held.live.feed.watch(&self.shared.viewers);
        let viewer = viewer.ok_or(CameraError::TooManyViewers)?;
        let card = card_of(&held.live).await.ok_or(CameraError::NoFeed)?;
        Ok((viewer, card))
    }

    /// The next picture of a camera, with boxes and names, as JPEG.
    ///
    /// # Errors
    /// As [`Cameras::watch`], and [`CameraError::NoPicture`] where none comes in time.
    pub async fn snapshot(&self, id: &str) -> Result<Bytes, CameraError> {
        let held = self.held(id)?;
        let (mut viewer, _) = self.watch(id).await?;
        let wait = self.shared.reach.limits.stall_after;
        let picture = tokio::time::timeout(wait, viewer.next()).await.ok().flatten();
        // What is shown in place of a picture is none.
        let is_live = held.live.state().0 == CameraState::Live;
        picture.filter(|_| is_live).ok_or(CameraError::NoPicture)
    }

    /// Reads the cameras that are on, until `stop` is cancelled.
    pub async fn run(&self, sightings: Sightings, stop: CancellationToken) {
        let mut working: HashMap<String, Working> = HashMap::new();
        loop {
            let held = self.shared.held.load_full();
            let is_wanted = |id: &str, camera: &Registered| {
                held.iter().any(|one| one.camera.id == id && one.camera.is_read_as(camera))
            };
            // One whose task has ended by itself met a fault of ours, and begins anew.
            let ended: Vec<String> = working
                .iter()
                .filter(|(id, work)| !is_wanted(id, &work.camera.load()) || work.task.is_finished())
                .map(|(id, _)| id.clone())
                .collect();
            for id in ended {
                if let Some(work) = working.remove(&id) {
                    work.end().await;
                }
            }
            for one in held.iter() {
                let is_read = one.camera.enabled && one.camera.address.is_some();
                if let Some(work) = working.get(&one.camera.id) {
                    work.camera.store(Arc::clone(&one.camera));
                } else if is_read {
                    let work = self.start(one, sightings.clone());
                    working.insert(one.camera.id.clone(), work);
                } else if one.camera.address.is_none() {
                    one.live.driven(one.camera.enabled);
                }
            }
            tokio::select! {
                () = self.shared.changed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => break,
            }
        }
        for (_, work) in working {
            work.end().await;
        }
    }

    fn start(&self, held: &Held, sightings: Sightings) -> Working {
        let camera = Arc::new(ArcSwap::new(Arc::clone(&held.camera)));
        let worker = Worker {
            id: held.camera.id.clone(),
            camera: Arc::clone(&camera),
            live: Arc::clone(&held.live),
            reach: Arc::clone(&self.shared.reach),
            sightings,
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(worker.run(stop.clone()));
        Working { camera, live: Arc::clone(&held.live), stop, task }
    }

    fn held(&self, id: &str) -> Result<Held, CameraError> {
        let held = self.shared.held.load();
        held.iter().find(|held| held.camera.id == id).cloned().ok_or(CameraError::Unknown)
    }

    fn on_wire(&self, Held { camera, live }: &Held) -> v1::Camera {
        let address = camera.address.as_ref();
        let mut status = live.on_wire();
        // What is begun or ended because of a change is so a moment after it.
        if !camera.enabled {
            (status.state, status.fault, status.reason) = (CameraState::Stopped, None, None);
        } else if status.state == CameraState::Stopped {
            status.state = CameraState::Connecting;
        }
        v1::Camera {
            id: camera.id.clone(),
            name: camera.name.clone(),
            stream_url: address.map(address::StreamAddress::shown),
            has_credentials: camera.login.is_some()
                || address.is_some_and(address::StreamAddress::hides_something),
            of_environment: self.is_of_environment(camera),
            enabled: camera.enabled,
            camera_id: camera.camera_id.clone(),
            threshold: camera.threshold,
            min_face_px: camera.min_face_px,
            zone: camera.zone.as_ref().map(|zone| zone.corners().to_vec()),
            rtsp_transport: camera.rtsp_transport,
            created_at: camera.created_at.to_string(),
            status,
        }
    }

    /// Changes the stored cameras, and works with them as they are then. Changes are made one after the other, and to
    /// their end even if the caller stops waiting.
    async fn changing<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T, CameraError> + Send + 'static,
    ) -> Result<T, CameraError> {
        let this = self.clone();
        let changed = traces::spawn(async move {
            let _turn = this.shared.changing.lock().await;
            let changed = this.shared.store.write(change).await?;
            this.reload().await?;
            Ok(changed)
        });
        changed.await.map_err(|_| StoreError::Fault)?
    }

    /// Takes the stored cameras in. What is known of one that is there already stays.
    async fn reload(&self) -> Result<(), StoreError> {
        let stored = self.shared.store.read(registry::all).await?;
        let before = self.shared.held.load_full();
        let mut told = Vec::new();
        let held = stored.into_iter().map(|mut camera| {
            if let Some((address, login)) = &self.shared.reach.of_environment
                && camera.id == DEFAULT
            {
                // Laid over what is stored, which is there again once the environment says nothing.
                (camera.address, camera.login) = (Some(address.clone()), login.clone());
            }
            match before.iter().find(|held| held.camera.id == camera.id) {
                Some(held) if *held.camera == camera => held.clone(),
                known => {
                    told.push(Told::Changed(camera.id.clone()));
                    let live = known.map(|held| Arc::clone(&held.live));
                    let live = live.unwrap_or_else(|| self.live_of(&camera.id));
                    Held { camera: Arc::new(camera), live }
                }
            }
        });
        let held: Vec<Held> = held.collect();
        let is_held = |id: &str| held.iter().any(|held| held.camera.id == id);
        let removed = before.iter().map(|held| &held.camera.id).filter(|id| !is_held(id));
        told.extend(removed.cloned().map(Told::Removed));
        self.shared.held.store(Arc::new(held));
        self.shared.changed.notify_one();
        for one in told {
            // Nobody may be listening.
            drop(self.shared.told.send(one));
        }
        Ok(())
    }

    fn live_of(&self, id: &str) -> Arc<Live> {
        Arc::new(Live::new(id.to_owned(), self.shared.told.clone()))
    }

    fn limits(&self) -> &limits::Cameras {
        &self.shared.reach.limits
    }
}

/// A camera that is at work.
struct Working {
    camera: Arc<ArcSwap<Registered>>,
    live: Arc<Live>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Working {
    async fn end(self) {
        self.stop.cancel();
        // A worker that panicked has ended too.
        drop(self.task.await);
        self.live.stopped();
        show_card(&self.live).await;
    }
}

/// Shows those who watch why there is no picture.
async fn show_card(live: &Live) {
    if live.feed.is_watched()
        && let Some(card) = card_of(live).await
    {
        live.feed.show(card);
    }
}

/// A state as the wire has it.
pub(crate) const fn state_word(state: CameraState) -> &'static str {
    match state {
        CameraState::Connecting => "connecting",
        CameraState::Live => "live",
        CameraState::Stalled => "stalled",
        CameraState::AuthFailed => "auth-failed",
        CameraState::Unsupported => "unsupported",
        CameraState::Stopped => "stopped",
    }
}

/// What is shown in place of a camera's picture, in the words of the existing front ends.
async fn card_of(live: &Live) -> Option<Bytes> {
    let (state, reason) = live.state();
    let title = crate::spanish::of_camera(state);
    // In English, as reasons are: who reads only one of the two languages is told either way.
    let word = state_word(state);
    let more = reason.map_or_else(|| word.to_owned(), |reason| format!("{word}: {reason}"));
    tokio::task::spawn_blocking(move || draw::card(title, &more).ok()).await.ok()?
}
