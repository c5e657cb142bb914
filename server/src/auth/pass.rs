//! What a caller may do.

use std::sync::Arc;

use rostro_wire::v1::TicketUse;

use super::{Denied, Ticket};

/// What a caller may do; the guard lays it beside every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Everything: they have the key, or none is asked for.
    Whole,
    /// What their ticket grants.
    Ticket(Arc<Ticket>),
    /// What is open to everybody.
    Nothing,
}

impl Pass {
    /// Whether it is for that.
    #[must_use]
    pub fn is_for(&self, needed: TicketUse) -> bool {
        match self {
            Self::Whole => true,
            Self::Ticket(ticket) => ticket.uses.contains(&needed),
            Self::Nothing => false,
        }
    }

    /// The camera that a report is of which names `claimed`: a ticket's own, where it has one.
    ///
    /// # Errors
    /// The ticket is for another camera.
    pub fn camera(&self, claimed: Option<String>) -> Result<Option<String>, Denied> {
        let Self::Ticket(ticket) = self else { return Ok(claimed) };
        match (&ticket.camera_id, claimed) {
            (None, claimed) => Ok(claimed),
            (Some(own), Some(claimed)) if claimed != *own => Err(Denied::Use),
            (Some(own), _) => Ok(Some(own.clone())),
        }
    }
}
