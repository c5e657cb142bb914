//! How one camera is, from what happens to it. Pure: the time comes in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rostro_wire::v1::{self, CameraFault, CameraState};

use super::fault::Fault;

/// Over how long rates are told.
const RATE_OVER: Duration = Duration::from_secs(5);
/// For how long a camera that a browser drives is live after something was heard of it: pages tell of somebody who stays
/// less often than of who comes.
const HEARD_LATELY: Duration = Duration::from_secs(60);
/// Happenings of a rate that are kept: more than any camera sends in that time.
const RATE_MAX: usize = 1024;

/// One camera's state, and what is known of its pictures.
#[derive(Clone, Debug)]
pub(super) struct Status {
    state: CameraState,
    fault: Option<Fault>,
    since: Timestamp,
    arrivals: Rate,
    looks: Rate,
    last_arrival: Option<Instant>,
    /// Since when no picture could be decoded, and why.
    undecodable: Option<(Instant, String)>,
    size: Option<(u32, u32)>,
}

impl Status {
    /// Of a camera that is switched off.
    pub(super) const fn stopped(now: Timestamp) -> Self {
        Self {
            state: CameraState::Stopped,
            fault: None,
            since: now,
            arrivals: Rate::new(),
            looks: Rate::new(),
            last_arrival: None,
            undecodable: None,
            size: None,
        }
    }

    /// Of a camera that is switched on now.
    pub(super) fn connecting(now: Timestamp) -> Self {
        Self { state: CameraState::Connecting, ..Self::stopped(now) }
    }

    /// In a word.
    pub(super) const fn state(&self) -> CameraState {
        self.state
    }

    /// Why it is not live.
    pub(super) fn reason(&self) -> Option<&str> {
        self.fault.as_ref().map(|fault| fault.reason.as_str())
    }

    /// A whole picture came.
    pub(super) fn arrived(&mut self, now: Instant) {
        self.last_arrival = Some(now);
        self.arrivals.note(now);
    }

    /// A picture was looked at. Whether the state changed.
    pub(super) fn looked(
        &mut self,
        size: (u32, u32),
        missing: Option<Fault>,
        now: Instant,
        at: Timestamp,
    ) -> bool {
        self.looks.note(now);
        self.size = Some(size);
        self.undecodable = None;
        self.turn_to(CameraState::Live, missing, at)
    }

    /// A picture could not be decoded.
    pub(super) fn undecodable(&mut self, reason: String, now: Instant) {
        self.undecodable.get_or_insert((now, reason));
    }

    /// Reading it ended. Whether the state changed. It stays in that state while it is tried again.
    pub(super) fn failed(&mut self, fault: Fault, at: Timestamp) -> bool {
        self.undecodable = None;
        self.turn_to(fault.state(), Some(fault), at)
    }

    /// Why it counts as stalled at `now`, where it does: since `begun`, when it was connected to.
    pub(super) fn stalled(
        &self,
        begun: Instant,
        now: Instant,
        stall_after: Duration,
    ) -> Option<Fault> {
        if let Some((since, reason)) = &self.undecodable
            && now.saturating_duration_since(*since) > stall_after
        {
            return Some(Fault::new(CameraFault::BadPicture, reason.clone()));
        }
        let arrived = self.last_arrival.filter(|arrival| *arrival > begun);
        // The first picture may take longer: a stream begins at a key frame.
        let deadline = arrived.map_or(begun + 2 * stall_after, |arrival| arrival + stall_after);
        (now > deadline).then(|| {
            let waited = now.saturating_duration_since(arrived.unwrap_or(begun)).as_secs();
            Fault::new(CameraFault::NoPicture, format!("no whole picture came for {waited} s"))
        })
    }

    /// Whether a picture came since `begun`.
    pub(super) fn has_arrived_since(&self, begun: Instant) -> bool {
        self.last_arrival.is_some_and(|arrival| arrival > begun)
    }

    /// Of a camera that a browser drives, and that is on or off: live is one of which something was heard lately.
    /// Whether the state changed.
    pub(super) fn driven(&mut self, is_on: bool, now: Instant, at: Timestamp) -> bool {
        let is_lately = |arrival: Instant| now.saturating_duration_since(arrival) <= HEARD_LATELY;
        let state = match self.last_arrival {
            _ if !is_on => CameraState::Stopped,
            Some(arrival) if is_lately(arrival) => CameraState::Live,
            _ => CameraState::Connecting,
        };
        self.turn_to(state, None, at)
    }

    pub(super) fn on_wire(&self, now: Instant, viewers: u32) -> v1::CameraStatus {
        let age = self.last_arrival.map(|arrival| now.saturating_duration_since(arrival));
        v1::CameraStatus {
            state: self.state,
            fault: self.fault.as_ref().map(|fault| fault.code),
            reason: self.fault.as_ref().map(|fault| fault.reason.clone()),
            since: self.since.to_string(),
            last_frame_age_ms: age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
            frames_per_second: self.arrivals.a_second(now),
            looks_per_second: self.looks.a_second(now),
            width: self.size.map(|(width, _)| width),
            height: self.size.map(|(_, height)| height),
            viewers,
        }
    }

    fn turn_to(&mut self, state: CameraState, fault: Option<Fault>, at: Timestamp) -> bool {
        let is_other = state != self.state;
        let changed = is_other || fault != self.fault;
        if is_other {
            self.since = at;
        }
        self.state = state;
        self.fault = fault;
        changed
    }
}

/// How often something happens.
#[derive(Clone, Debug)]
struct Rate(VecDeque<Instant>);

impl Rate {
    const fn new() -> Self {
        Self(VecDeque::new())
    }

    fn note(&mut self, now: Instant) {
        while self.0.len() >= RATE_MAX
            || self.0.front().is_some_and(|first| now.saturating_duration_since(*first) > RATE_OVER)
        {
            self.0.pop_front();
        }
        self.0.push_back(now);
    }

    /// To one decimal.
    #[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
    fn a_second(&self, now: Instant) -> f32 {
        let recent = self.0.iter().filter(|at| now.saturating_duration_since(**at) <= RATE_OVER);
        (recent.count() as f32 / RATE_OVER.as_secs_f32() * 10.0).round() / 10.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_secs(5);
    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn what_a_browser_drives_is_live_while_it_is_heard_of() {
        let (start, later) = (Instant::now(), Timestamp::from_second(60).unwrap());
        let mut status = Status::stopped(AT);
        assert!(!status.driven(false, start, later), "it is as it was");
        assert!(status.driven(true, start, later));
        assert_eq!(status.state(), CameraState::Connecting);
        status.arrived(start);
        assert!(status.driven(true, start, later));
        assert!(!status.driven(true, start + HEARD_LATELY, later));
        let told = status.on_wire(start, 0);
        assert_eq!((told.state, told.since), (CameraState::Live, later.to_string()));
        let silent = start + HEARD_LATELY + Duration::from_secs(1);
        assert!(status.driven(true, silent, later));
        assert_eq!(status.state(), CameraState::Connecting);
        status.arrived(silent);
        assert!(status.driven(false, silent, later), "who is off is not live, whatever comes");
        assert_eq!(status.state(), CameraState::Stopped);
    }

    #[test]
    fn from_connecting_to_live_to_gone_and_back() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut status = Status::connecting(AT);
        let refused = || Fault::new(CameraFault::Unreachable, "connection refused");
        assert!(status.failed(refused(), AT));
        assert!(!status.failed(refused(), AT), "the same again is nothing new");
        assert_eq!(status.state(), CameraState::Connecting);
        for ms in (0..5000).step_by(100) {
            status.arrived(at(ms));
            status.looked((640, 480), None, at(ms), AT);
        }
        let told = status.on_wire(at(5000), 0);
        assert_eq!((told.state, told.fault, told.width), (CameraState::Live, None, Some(640)));
        assert_eq!((told.frames_per_second, told.last_frame_age_ms), (10.0, Some(100)));
        assert_eq!(status.stalled(start, at(9000), STALL), None);
        let stalled = status.stalled(start, at(10_000), STALL).unwrap();
        assert_eq!(stalled.code, CameraFault::NoPicture);
        assert!(status.failed(stalled, AT));
        assert_eq!(status.state(), CameraState::Stalled);
        assert_eq!(status.on_wire(at(60_000), 0).frames_per_second, 0.0);
        assert!(status.looked((640, 480), None, at(60_000), AT));
        assert_eq!(status.state(), CameraState::Live);
    }

    #[test]
    fn pictures_that_cannot_be_decoded_are_no_pictures() {
        let start = Instant::now();
        let at = |s| start + Duration::from_secs(s);
        let mut status = Status::connecting(AT);
        for s in 0..=6 {
            status.arrived(at(s));
            status.undecodable("the picture cannot be decoded".to_owned(), at(s));
        }
        assert_eq!(status.stalled(start, at(5), STALL), None);
        let stalled = status.stalled(start, at(6), STALL).unwrap();
        assert_eq!(stalled.code, CameraFault::BadPicture);
        status.looked((1, 1), None, at(6), AT);
        assert_eq!(status.stalled(start, at(7), STALL), None, "one that can be makes up for it");
    }

    #[test]
    fn the_first_picture_may_take_longer() {
        let start = Instant::now();
        let status = Status::connecting(AT);
        assert_eq!(status.stalled(start, start + Duration::from_secs(9), STALL), None);
        assert!(status.stalled(start, start + Duration::from_secs(11), STALL).is_some());
    }
}
