//! Our own protocol: `/v1/*` over REST, and the Socket.IO event `report` with its ack.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod cameras;
mod deliveries;
mod events;
mod gallery;
mod lookups;
mod operation;
mod people;
mod reports;
mod tickets;
mod webhooks;

pub use cameras::{
    Camera, CameraChange, CameraFault, CameraList, CameraState, CameraStatus, NewCamera,
    RtspTransport,
};
pub use deliveries::{Delivery, DeliveryList, DeliveryState, Replay, Replayed};
pub use events::{Correction, Event, EventList, NewCorrection};
pub use gallery::{GalleryEntry, GalleryList, GalleryNegative, OwnRate};
pub use lookups::{Encoding, EncodingList, Identified, IdentifyAnswer, Probe, VerifyAnswer};
pub use operation::{
    Health, ModelHealth, RelayLimits, RelaySettings, RelaySettingsChange, UpgradeAnswer,
    UpgradeDecision, UpgradeProposal, UpgradeStatus,
};
pub use people::{Enrolment, PeopleList, Person, PersonChange};
pub use reports::{
    Channel, Claim, Decision, Doubt, FaceResult, Liveness, Outcome, Receipt, Report, ReportAck,
    ReportedFace, Verdict,
};
pub use tickets::{TicketAnswer, TicketRequest, TicketUse};
pub use webhooks::{
    DisabledReason, NewWebhook, Topic, Webhook, WebhookChange, WebhookFilter, WebhookList,
    WebhookWithSecret,
};

/// A face's place in whole pixels of the frame it was found in; `right` and `bottom` are outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PixelBox {
    /// First row.
    pub top: i32,
    /// Column after the last.
    pub right: i32,
    /// Row after the last.
    pub bottom: i32,
    /// First column.
    pub left: i32,
}

/// Numbers of an embedding and the model that made them.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaggedEmbedding {
    /// `dlib-resnet-v1` or `sface-2021dec`.
    pub model: String,
    /// 128 finite numbers.
    pub embedding: Vec<f32>,
}

impl std::fmt::Debug for TaggedEmbedding {
    /// The model only: an embedding never reaches a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TaggedEmbedding({})", self.model)
    }
}

/// A field that is there, be it `null`.
fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
