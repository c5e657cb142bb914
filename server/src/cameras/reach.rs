//! How the relay comes to cameras, and where it may go.

use std::path::PathBuf;

use reqwest::{Client, Url};
use rostro_wire::v1::CameraFault;
#[cfg(feature = "rtsp")]
use rostro_wire::v1::RtspTransport;

use super::address::{AddressFault, Kind, Login, StreamAddress};
use super::fault::Fault;
use super::registry::DEFAULT;
use crate::config::{CameraConfig, limits};
use crate::egress::{AddressRefused, Clients, Egress};

/// Why cameras cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReachError {
    /// The operator's address is none.
    #[error("the camera's address (ROSTRO_CAMERA_URL): {0}")]
    Address(#[from] AddressFault),
    /// The HTTP client cannot be made.
    #[error("cannot set up the cameras' HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// What reading a camera needs.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) limits: limits::Cameras,
    /// Largest area of a picture.
    pub(super) frame_max_px: u64,
    /// The folder of clips that the operator names.
    pub(super) files: Option<PathBuf>,
    /// The default camera's address and login, where the operator set them.
    pub(super) of_environment: Option<(StreamAddress, Option<Login>)>,
    egress: Egress,
    clients: Clients,
}

impl Reach {
    pub(super) fn new(config: &CameraConfig) -> Result<Self, ReachError> {
        let egress = Egress::to_cameras(config.allowed_hosts.clone());
        let clients =
            egress.clients(|client| client.connect_timeout(config.limits.connect_timeout));
        let of_environment = config.url.as_ref();
        Ok(Self {
            limits: config.limits,
            frame_max_px: config.frame_max_px,
            files: config.files.clone(),
            of_environment: of_environment
                .map(|url| StreamAddress::parse(url.expose()))
                .transpose()?,
            clients: clients.map_err(ReachError::Client)?,
            egress,
        })
    }

    /// Whether the operator set that address, for the camera that it is of.
    pub(super) fn is_trusted(&self, id: &str, address: &StreamAddress) -> bool {
        let is_it = |(trusted, _): &(StreamAddress, _)| trusted == address;
        id == DEFAULT && self.of_environment.as_ref().is_some_and(is_it)
    }

    /// Whether the relay may be sent there on somebody's word, as far as the address says.
    ///
    /// # Errors
    /// [`AddressRefused`].
    pub(super) fn check(&self, address: &StreamAddress) -> Result<(), AddressRefused> {
        if address.kind() != Some(Kind::Files) {
            self.egress.url(address.expose())?;
        }
        Ok(())
    }

    /// The client and the URL for a camera of HTTP.
    pub(super) fn http(&self, id: &str, address: &StreamAddress) -> Result<(&Client, Url), Fault> {
        if self.is_trusted(id, address) {
            let url = address.url();
            let url = url.ok_or_else(|| Self::address_refused(AddressRefused::NotWeb("http")))?;
            return Ok((&self.clients.trusted, url));
        }
        let url = self.egress.url(address.expose()).map_err(Self::address_refused)?;
        Ok((&self.clients.guarded, url))
    }

    /// A camera of `rtsp`: its URL with an IP address in the place of the host's name, one that may be called, and how its
    /// pictures travel. Over UDP a camera says itself where to it is answered, so that is for cameras that the operator
    /// set or allows.
    #[cfg(feature = "rtsp")]
    pub(super) async fn rtsp(
        &self,
        id: &str,
        address: &StreamAddress,
        transport: RtspTransport,
    ) -> Result<(Url, RtspTransport), Fault> {
        let not_found = || Fault::new(CameraFault::Unreachable, "the host's name is not found");
        let refused = Self::address_refused;
        let mut url = address.url().ok_or_else(|| refused(AddressRefused::NotWeb("rtsp")))?;
        let is_trusted = self.is_trusted(id, address);
        let found = if is_trusted {
            let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            tokio::net::lookup_host((host, 0)).await.map_err(|_| not_found())?.collect()
        } else {
            self.egress.url(address.expose()).map_err(refused)?;
            self.egress.resolved(&url).await.map_err(|_| not_found())?.map_err(refused)?
        };
        // Cameras that have a name in both worlds are mostly made for the older one.
        let chosen = found.iter().find(|one| one.is_ipv4()).or(found.first());
        let ip = chosen.ok_or_else(not_found)?.ip();
        let transport = match transport {
            _ if is_trusted || self.egress.allows(&url, ip) => transport,
            RtspTransport::Auto | RtspTransport::Tcp => RtspTransport::Tcp,
            RtspTransport::Udp => {
                let reason =
                    "UDP is used with hosts that the operator allows (ROSTRO_ALLOWED_CAMERA_HOSTS)";
                return Err(Fault::new(CameraFault::AddressRefused, reason));
            }
        };
        let host = if ip.is_ipv4() { ip.to_string() } else { format!("[{ip}]") };
        url.set_host(Some(&host)).map_err(|_| not_found())?;
        Ok((url, transport))
    }

    pub(super) fn address_refused(refused: AddressRefused) -> Fault {
        let reason = format!("{refused} (ROSTRO_ALLOWED_CAMERA_HOSTS)");
        Fault::new(CameraFault::AddressRefused, reason)
    }
}
