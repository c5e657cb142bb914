//! The cameras as rows.

use jiff::Timestamp;
use rostro_wire::v1::RtspTransport;
use rusqlite::{Connection, Row, named_params};

use super::address::{Login, StreamAddress};
use super::zone::Zone;
use crate::config::Secret;
use crate::store::StoreError;

/// The camera that `/api/*` steers.
pub const DEFAULT: &str = "default";

/// A camera as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Registered {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// The name under which events and webhooks know it.
    pub camera_id: Option<String>,
    /// Where it is; `None` for one that a browser drives.
    pub address: Option<StreamAddress>,
    /// Its login.
    pub login: Option<Login>,
    /// Whether it is on.
    pub enabled: bool,
    /// Whether somebody ever switched it on or off. Nobody has of the default one of a new installation.
    pub switched: bool,
    /// Its own threshold, on the legacy scale.
    pub threshold: Option<f32>,
    /// Faces lower than this are not looked at.
    pub min_face_px: u32,
    /// Where faces count; `None` for everywhere.
    pub zone: Option<Zone>,
    /// How pictures of an `rtsp` camera travel.
    pub rtsp_transport: RtspTransport,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Registered {
    /// A camera of a new installation: off, and nowhere yet.
    #[must_use]
    pub fn new(id: String, name: String) -> Self {
        Self {
            camera_id: (id != DEFAULT).then(|| id.clone()),
            switched: id != DEFAULT,
            id,
            name,
            address: None,
            login: None,
            enabled: false,
            threshold: None,
            min_face_px: 0,
            zone: None,
            rtsp_transport: RtspTransport::Auto,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Registered {
    /// Switches it on or off. Whether that changes anything.
    pub(super) fn switch(&mut self, on: bool) -> bool {
        let is_same = self.enabled == on && (on || self.switched);
        (self.enabled, self.switched) = (on, true);
        !is_same
    }

    /// Whether a browser drives it, and it is off because nobody has switched it yet.
    pub(super) const fn waits_for_nobody(&self) -> bool {
        self.address.is_none() && !self.switched
    }

    /// Whether reading it goes on as it is when it becomes `other`.
    pub(super) fn is_read_as(&self, other: &Self) -> bool {
        let read = |camera: &Self| {
            let place = (camera.address.clone(), camera.login.clone());
            (place, camera.enabled, camera.rtsp_transport)
        };
        read(self) == read(other)
    }
}

/// All of them, [`DEFAULT`] first, then in the order of their making.
pub(super) fn all(conn: &Connection) -> Result<Vec<Registered>, StoreError> {
    let query = "SELECT id, name, camera_id, stream_url, username, password, enabled, threshold, min_face_px, zone,
                        rtsp_transport, created_at_us, switched
                 FROM camera ORDER BY id != 'default', created_at_us, id";
    conn.prepare_cached(query)?.query_and_then([], read)?.collect()
}

/// Puts it in the place of the one with its id, if there is one.
pub(super) fn put(conn: &Connection, camera: &Registered) -> Result<(), StoreError> {
    let login = camera.login.as_ref();
    conn.prepare_cached(
        "INSERT INTO camera (id, name, camera_id, stream_url, username, password, enabled, threshold, min_face_px, zone,
                             rtsp_transport, created_at_us, switched)
         VALUES (:id, :name, :camera, :url, :user, :password, :enabled, :threshold, :min_face, :zone, :transport, :created,
                 :switched)
         ON CONFLICT (id) DO UPDATE SET
             name = :name, camera_id = :camera, stream_url = :url, username = :user, password = :password,
             enabled = :enabled, threshold = :threshold, min_face_px = :min_face, zone = :zone,
             rtsp_transport = :transport, switched = :switched",
    )?
    .execute(named_params! {
        ":id": camera.id,
        ":name": camera.name,
        ":camera": camera.camera_id,
        ":url": camera.address.as_ref().map(StreamAddress::expose),
        ":user": login.map(|login| login.user.as_str()),
        ":password": login.map(Login::password),
        ":enabled": camera.enabled,
        ":threshold": camera.threshold,
        ":min_face": camera.min_face_px,
        ":zone": camera.zone.as_ref().map(Zone::to_json),
        ":transport": word(camera.rtsp_transport),
        ":created": camera.created_at.as_microsecond(),
        ":switched": camera.switched,
    })?;
    Ok(())
}

/// Removes it. Whether there was one.
pub(super) fn remove(conn: &Connection, id: &str) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached("DELETE FROM camera WHERE id = ?1")?.execute([id])? > 0)
}

fn read(row: &Row<'_>) -> Result<Registered, StoreError> {
    let unreadable = || StoreError::BadValue { what: "a camera" };
    let password = row.get::<_, Option<String>>(5)?.and_then(Secret::new);
    let zone: Option<String> = row.get(9)?;
    let transport: String = row.get(10)?;
    Ok(Registered {
        id: row.get(0)?,
        name: row.get(1)?,
        camera_id: row.get(2)?,
        address: row.get::<_, Option<String>>(3)?.map(StreamAddress::stored),
        login: row.get::<_, Option<String>>(4)?.map(|user| Login { user, password }),
        enabled: row.get(6)?,
        threshold: row.get(7)?,
        min_face_px: row.get(8)?,
        zone: zone.map(|json| Zone::from_json(&json).ok_or_else(unreadable)).transpose()?,
        rtsp_transport: transport_of(&transport).ok_or_else(unreadable)?,
        created_at: Timestamp::from_microsecond(row.get(11)?).map_err(|_| unreadable())?,
        switched: row.get(12)?,
    })
}

const fn word(transport: RtspTransport) -> &'static str {
    match transport {
        RtspTransport::Auto => "auto",
        RtspTransport::Tcp => "tcp",
        RtspTransport::Udp => "udp",
    }
}

fn transport_of(text: &str) -> Option<RtspTransport> {
    let all = [RtspTransport::Auto, RtspTransport::Tcp, RtspTransport::Udp];
    all.into_iter().find(|transport| word(*transport) == text)
}
