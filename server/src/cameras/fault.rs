//! Why a camera gives no pictures, what state that is, and when it is tried again. Pure.

use std::time::Duration;

use rostro_wire::v1::{CameraFault, CameraState};

#[cfg(feature = "rtsp")]
use super::rtsp::RtspFault;
use crate::config::limits;

/// Why reading a camera ended. The reason is for people, and holds nothing of its address but what it answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(super) struct Fault {
    /// For programs.
    pub(super) code: CameraFault,
    /// For people.
    pub(super) reason: String,
}

impl Fault {
    /// A fault with its reason.
    #[must_use]
    pub(super) fn new(code: CameraFault, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// Of a camera that the relay is not to read.
    #[must_use]
    pub(super) fn driven_by_a_browser() -> Self {
        Self::new(CameraFault::Unsupported, "a browser drives this camera")
    }

    /// The state of a camera that has it.
    #[must_use]
    pub(super) const fn state(&self) -> CameraState {
        match self.code {
            CameraFault::NoPicture | CameraFault::BadPicture => CameraState::Stalled,
            CameraFault::LoginNeeded | CameraFault::LoginRefused => CameraState::AuthFailed,
            CameraFault::NotFound
            | CameraFault::BadAnswer
            | CameraFault::Unsupported
            | CameraFault::AddressRefused => CameraState::Unsupported,
            _ => CameraState::Connecting,
        }
    }

    /// How long the camera is left alone after it failed for the `failures`th time in a row, from 1. Whatever may pass by
    /// itself is tried again soon, so that a camera that comes back is soon seen; a login that is refused is not, as
    /// cameras lock those out who try too often.
    #[must_use]
    pub(super) fn wait(&self, failures: u32, limits: &limits::Cameras) -> Duration {
        match self.code {
            CameraFault::LoginNeeded
            | CameraFault::LoginRefused
            | CameraFault::AddressRefused
            | CameraFault::Unsupported => limits.refused_wait,
            _ => {
                let doublings = failures.saturating_sub(1).min(8);
                (FIRST_WAIT * (1 << doublings)).min(limits.retry_wait_max)
            }
        }
    }
}

#[cfg(feature = "rtsp")]
impl From<RtspFault> for Fault {
    fn from(fault: RtspFault) -> Self {
        let code = match &fault {
            RtspFault::Scheme { .. } | RtspFault::Unsupported { .. } | RtspFault::UnsizedJpeg => {
                CameraFault::Unsupported
            }
            RtspFault::LoginNeeded => CameraFault::LoginNeeded,
            RtspFault::LoginRefused => CameraFault::LoginRefused,
            RtspFault::NoSuchStream => CameraFault::NotFound,
            RtspFault::TransportRefused { .. } | RtspFault::Refused { .. } => {
                CameraFault::BadAnswer
            }
            RtspFault::TooLarge { .. } | RtspFault::Undecodable { .. } => CameraFault::BadPicture,
            RtspFault::Silent { .. } => CameraFault::NoPicture,
            RtspFault::Broken { .. } | RtspFault::Ended => CameraFault::Ended,
            _ => CameraFault::Unreachable,
        };
        Self::new(code, fault.to_string())
    }
}

/// The wait after the first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::limits::Limits;

    #[test]
    fn what_may_pass_is_tried_again_soon_and_what_was_refused_is_not() {
        let limits = Limits::default().cameras;
        let fault = |code| Fault::new(code, "");
        let waits = |code| [1, 2, 3, 4, 5, 1000].map(|n| fault(code).wait(n, &limits).as_millis());
        assert_eq!(waits(CameraFault::Unreachable), [250, 500, 1000, 2000, 2000, 2000]);
        assert_eq!(waits(CameraFault::Ended), waits(CameraFault::NoPicture));
        assert_eq!(waits(CameraFault::LoginRefused), [30_000; 6]);
        // A camera that comes back is seen within 5 s: the longest wait, and one attempt that began just before.
        assert!(limits.retry_wait_max + limits.connect_timeout <= Duration::from_secs(5));
    }

    #[test]
    fn states() {
        for (code, state) in [
            (CameraFault::Unreachable, CameraState::Connecting),
            (CameraFault::Ended, CameraState::Connecting),
            (CameraFault::NoPicture, CameraState::Stalled),
            (CameraFault::LoginNeeded, CameraState::AuthFailed),
            (CameraFault::AddressRefused, CameraState::Unsupported),
        ] {
            assert_eq!(Fault::new(code, "").state(), state);
        }
    }
}
