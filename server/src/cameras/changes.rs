//! Cameras that are added, changed and removed while the relay runs.

use std::sync::Arc;

use jiff::Timestamp;
use rostro_wire::v1::{self, CameraChange, NewCamera};
use uuid::Uuid;

use super::address::{AddressFault, Login, StreamAddress, is_login_too_long};
use super::reach::ReachError;
use super::registry::{self, DEFAULT, Registered};
use super::zone::{NoZone, Zone};
use super::{Cameras, Held};
use crate::config::Secret;
use crate::egress::AddressRefused;
use crate::settings::SettingsValues;
use crate::store::{StoreError, as_stored};

/// Longest id, in bytes.
const ID_MAX_BYTES: usize = 64;
/// Longest name, in characters.
const NAME_MAX_CHARS: usize = 100;
/// Longest name of a camera at the receiver of webhooks, in characters, as a report may have.
const CAMERA_ID_MAX_CHARS: usize = 200;
/// No camera's picture is higher than a few of these.
const MIN_FACE_MAX_PX: u32 = 4096;

/// Why a camera is not made, changed or watched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CameraError {
    /// There is none by that id.
    #[error("there is no camera by that id")]
    Unknown,
    /// There is one by that id.
    #[error("there is a camera by that id")]
    Taken,
    /// The relay is not sent there on somebody's word.
    #[error("{0} (ROSTRO_ALLOWED_CAMERA_HOSTS)")]
    AddressRefused(AddressRefused),
    /// The text is no address.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// A field is not what it should be.
    #[error("{expected}")]
    Field {
        /// Which one.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// As many as there may be.
    #[error("there are {0} cameras already, as many as there may be")]
    TooMany(usize),
    /// What the environment says is not changed over the API.
    #[error("the address of this camera is set in the relay's environment")]
    OfEnvironment,
    /// The camera of the legacy routes is always there.
    #[error("the camera «default» cannot be removed; it can be switched off")]
    Needed,
    /// It is on: its address is changed while it is off.
    #[error("switch the camera off before its address is changed")]
    IsOn,
    /// It was on or off already.
    #[error("the camera is switched so already")]
    Unchanged,
    /// A browser drives it.
    #[error("a browser drives this camera: the relay has no pictures of it")]
    NoFeed,
    /// Every viewer's place is taken.
    #[error("every viewer's place is taken, try again later")]
    TooManyViewers,
    /// None came in time.
    #[error("the camera gives no picture now; its status says why")]
    NoPicture,
    /// The operator's settings.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Cameras {
    /// Adds one. It is read from then on, if it is on and has an address.
    ///
    /// # Errors
    /// [`CameraError`].
    pub async fn create(&self, new: NewCamera) -> Result<v1::Camera, CameraError> {
        let id =
            new.id.map_or_else(|| Ok(format!("cam_{}", Uuid::now_v7().simple())), checked_id)?;
        let address = new.stream_url.as_deref().map(|url| self.checked_address(url)).transpose()?;
        let (address, within) = address.map_or((None, None), |(at, login)| (Some(at), login));
        let camera = Registered {
            name: checked_name(&new.name)?,
            login: login(new.username, new.password)?.or(within),
            address,
            enabled: new.enabled,
            threshold: new.threshold.map(checked_threshold).transpose()?,
            min_face_px: checked_min_face(new.min_face_px)?,
            zone: new.zone.map(checked_zone).transpose()?,
            rtsp_transport: new.rtsp_transport,
            created_at: as_stored(Timestamp::now()),
            ..Registered::new(id.clone(), String::new())
        };
        let cameras_max = self.limits().cameras_max;
        self.changing(move |conn| {
            let all = registry::all(conn)?;
            if all.iter().any(|one| one.id == camera.id) {
                return Err(CameraError::Taken);
            }
            if all.len() >= cameras_max {
                return Err(CameraError::TooMany(cameras_max));
            }
            Ok(registry::put(conn, &camera)?)
        })
        .await?;
        self.find(&id)
    }

    /// Changes one; as it is then. A login stays with its host, and is forgotten where the address moves to another.
    ///
    /// # Errors
    /// [`CameraError`].
    pub async fn change(&self, id: &str, change: CameraChange) -> Result<v1::Camera, CameraError> {
        let Held { camera: before, .. } = self.held(id)?;
        let moves =
            change.stream_url.is_some() || change.username.is_some() || change.password.is_some();
        if moves && self.is_of_environment(&before) {
            return Err(CameraError::OfEnvironment);
        }
        let place = match change.stream_url {
            Some(Some(url)) => Some(Some(self.checked_address(&url)?)),
            Some(None) => Some(None),
            None => None,
        };
        let name = change.name.as_deref().map(checked_name).transpose()?;
        let threshold =
            change.threshold.map(|it| it.map(checked_threshold).transpose()).transpose()?;
        let zone = change.zone.map(|it| it.map(checked_zone).transpose()).transpose()?;
        let min_face_px = change.min_face_px.map(checked_min_face).transpose()?;
        let (username, password) = (change.username, change.password);
        self.edit(id, move |camera| {
            if let Some(place) = place {
                camera.move_to(place);
            }
            if username == Some(None) && password.is_none() {
                camera.login = None;
            } else if username.is_some() || password.is_some() {
                let had = camera.login.take();
                let user = username.unwrap_or_else(|| had.as_ref().map(|had| had.user.clone()));
                let secret = password.unwrap_or_else(|| had.map(|had| had.password().to_owned()));
                camera.login = login(user, secret)?;
            }
            camera.name = name.unwrap_or_else(|| camera.name.clone());
            if let Some(on) = change.enabled {
                camera.switch(on);
            }
            camera.threshold = threshold.unwrap_or(camera.threshold);
            camera.zone = zone.unwrap_or_else(|| camera.zone.clone());
            camera.min_face_px = min_face_px.unwrap_or(camera.min_face_px);
            camera.rtsp_transport = change.rtsp_transport.unwrap_or(camera.rtsp_transport);
            Ok(())
        })
        .await?;
        self.find(id)
    }

    /// Removes one.
    ///
    /// # Errors
    /// [`CameraError`].
    pub async fn remove(&self, id: &str) -> Result<(), CameraError> {
        if id == DEFAULT {
            return Err(CameraError::Needed);
        }
        let id = id.to_owned();
        self.changing(move |conn| match registry::remove(conn, &id)? {
            true => Ok(()),
            false => Err(CameraError::Unknown),
        })
        .await
    }

    /// Switches one on or off; as it is then.
    ///
    /// # Errors
    /// [`CameraError`]; [`CameraError::Unchanged`] where it is so already.
    pub async fn switch(&self, id: &str, on: bool) -> Result<Arc<Registered>, CameraError> {
        self.edit(id, move |camera| camera.switch(on).then_some(()).ok_or(CameraError::Unchanged))
            .await
    }

    /// What the legacy route changes of the default camera, its address only while it is off; as it is then. An address
    /// as it was shown is the one that is there. Where the relay may go is looked at when it goes there: existing front
    /// ends expect an address to be taken.
    ///
    /// # Errors
    /// [`CameraError`].
    pub async fn configure(
        &self,
        stream_url: Option<Option<String>>,
        camera_id: Option<Option<String>>,
    ) -> Result<Arc<Registered>, CameraError> {
        let place = match stream_url.map(|url| url.filter(|url| !url.trim().is_empty())) {
            Some(Some(url)) => Some(Some((StreamAddress::parse(&url)?, url))),
            Some(None) => Some(None),
            None => None,
        };
        if camera_id.iter().flatten().any(|id| id.chars().count() > CAMERA_ID_MAX_CHARS) {
            let expected = "a camera_id has at most 200 characters";
            return Err(CameraError::Field { field: "camera_id", expected });
        }
        let before = self.default_camera();
        let is_of_environment = self.is_of_environment(&before);
        self.edit(DEFAULT, move |camera| {
            if let Some(place) = place
                && !before.is_at(place.as_ref())
            {
                if camera.enabled {
                    return Err(CameraError::IsOn);
                }
                if is_of_environment {
                    return Err(CameraError::OfEnvironment);
                }
                camera.move_to(place.map(|(at, _)| at));
            }
            if let Some(camera_id) = camera_id {
                camera.camera_id = camera_id;
            }
            Ok(())
        })
        .await
    }

    /// What keeps the relay from going to a camera's address, where something does.
    #[must_use]
    pub fn refusal_of(&self, camera: &Registered) -> Option<AddressRefused> {
        let address = camera.address.as_ref().filter(|_| !self.is_of_environment(camera))?;
        self.shared.reach.check(address).err()
    }

    /// Whether the operator set the camera's address.
    pub(super) fn is_of_environment(&self, camera: &Registered) -> bool {
        let address = camera.address.as_ref();
        address.is_some_and(|at| self.shared.reach.is_trusted(&camera.id, at))
    }

    /// Sees that the default camera's login lies apart from its address, as it did not always.
    pub(super) async fn take_apart_default(&self) -> Result<(), CameraError> {
        self.changing(move |conn| {
            let all = registry::all(conn)?;
            let Some(mut camera) = all.into_iter().find(|one| one.id == DEFAULT) else {
                return Ok(());
            };
            if let Some(text) = camera.address.as_ref()
                && let Ok((address, Some(login))) = StreamAddress::parse(text.expose())
            {
                camera.address = Some(address);
                camera.login = Some(login);
            }
            Ok(registry::put(conn, &camera)?)
        })
        .await
    }

    async fn edit(
        &self,
        id: &str,
        edit: impl FnOnce(&mut Registered) -> Result<(), CameraError> + Send + 'static,
    ) -> Result<Arc<Registered>, CameraError> {
        let wanted = id.to_owned();
        self.changing(move |conn| {
            let all = registry::all(conn)?;
            let found = all.into_iter().find(|one| one.id == wanted);
            let mut camera = found.ok_or(CameraError::Unknown)?;
            edit(&mut camera)?;
            Ok(registry::put(conn, &camera)?)
        })
        .await?;
        Ok(self.held(id)?.camera)
    }

    fn checked_address(&self, url: &str) -> Result<(StreamAddress, Option<Login>), CameraError> {
        let (address, login) = StreamAddress::parse(url)?;
        self.shared.reach.check(&address).map_err(CameraError::AddressRefused)?;
        Ok((address, login))
    }
}

impl Registered {
    /// Whether it is there already, by an address as it was shown or as it was given.
    fn is_at(&self, place: Option<&((StreamAddress, Option<Login>), String)>) -> bool {
        let Some(((address, login), text)) = place else { return self.address.is_none() };
        let shown = self.address.as_ref().map(StreamAddress::shown);
        let is_same_login = login.is_none() || *login == self.login;
        shown.as_deref() == Some(text.trim())
            || (self.address.as_ref() == Some(address) && is_same_login)
    }

    /// Moves it. A login that comes with the address is the new one; else the one that it had stays where the host does.
    fn move_to(&mut self, place: Option<(StreamAddress, Option<Login>)>) {
        let Some((address, login)) = place else {
            (self.address, self.login) = (None, None);
            return;
        };
        let stays = self.address.as_ref().is_some_and(|before| address.is_at_the_host_of(before));
        self.login = login.or_else(|| self.login.take().filter(|_| stays));
        self.address = Some(address);
    }
}

fn field(field: &'static str, expected: &'static str) -> CameraError {
    CameraError::Field { field, expected }
}

fn checked_id(id: String) -> Result<String, CameraError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !id.is_empty() && id.len() <= ID_MAX_BYTES && id.bytes().all(is_plain) {
        Ok(id)
    } else {
        Err(field("id", "an id is letters, digits, - and _, at most 64"))
    }
}

fn checked_name(name: &str) -> Result<String, CameraError> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=NAME_MAX_CHARS).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(field("name", "a name has 1 to 100 characters, none of them a control character"))
    }
}

fn checked_threshold(threshold: f32) -> Result<f32, CameraError> {
    if threshold > 0.0 && threshold <= SettingsValues::MAX_LEGACY_THRESHOLD {
        Ok(threshold)
    } else {
        Err(field("threshold", "a threshold is above 0 and at most 2"))
    }
}

fn checked_min_face(px: u32) -> Result<u32, CameraError> {
    if px <= MIN_FACE_MAX_PX {
        Ok(px)
    } else {
        Err(field("min_face_px", "the smallest face is at most 4096 px"))
    }
}

fn checked_zone(corners: Vec<[f32; 2]>) -> Result<Zone, CameraError> {
    Zone::new(corners)
        .map_err(|NoZone| field("zone", "a zone has 3 to 32 corners, each [x, y] from 0 to 1"))
}

/// A login of a user and a password; none where there is no user.
fn login(user: Option<String>, password: Option<String>) -> Result<Option<Login>, CameraError> {
    let Some(user) = user else {
        return match password {
            Some(_) => Err(field("username", "a password goes with a username")),
            None => Ok(None),
        };
    };
    let login = Login { user, password: password.and_then(Secret::new) };
    if is_login_too_long(&login) { Err(AddressFault::TooLong.into()) } else { Ok(Some(login)) }
}
