//! What goes into a network and what comes out of it.

use rostro_core::{NetworkError, Tensor};

use crate::error::{LoadError, LoadErrorKind};

/// The pictures that a network takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// Squares of so many pixels.
    Square(usize),
    /// Heights and widths that are multiples of so many pixels.
    Multiples(usize),
}

/// A network's name, its input and its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interface {
    /// Its id in the models' manifest.
    pub(crate) id: &'static str,
    pub(crate) input: Input,
    /// The shape of each output for the least input.
    pub(crate) outputs: &'static [&'static [usize]],
}

impl Interface {
    /// Height and width of the smallest picture that it takes.
    pub(crate) const fn least_input(&self) -> (usize, usize) {
        match self.input {
            Input::Square(side) | Input::Multiples(side) => (side, side),
        }
    }

    /// Height and width of an input.
    ///
    /// # Errors
    /// The network does not take it.
    pub(crate) fn check_input(&self, input: &Tensor) -> Result<(usize, usize), NetworkError> {
        let fits = |height: usize, width: usize| match self.input {
            Input::Square(side) => height == side && width == side,
            Input::Multiples(step) => {
                let steps = |side: usize| side > 0 && side.is_multiple_of(step);
                steps(height) && steps(width)
            }
        };
        match *input.shape() {
            [1, 3, height, width] if fits(height, width) => Ok((height, width)),
            _ => Err(NetworkError {
                network: self.id.to_owned(),
                reason: match self.input {
                    Input::Square(side) => {
                        format!("expected an input of shape [1, 3, {side}, {side}]")
                    }
                    Input::Multiples(step) => format!(
                        "expected an input of shape [1, 3, H, W], H and W multiples of {step}"
                    ),
                },
            }),
        }
    }

    /// Whether a network has as many inputs and outputs.
    ///
    /// # Errors
    /// It has not.
    pub(crate) fn check_counts(&self, found: (usize, usize)) -> Result<(), LoadError> {
        let expected = (1, self.outputs.len());
        if found == expected {
            return Ok(());
        }
        let ((ins, outs), (found_ins, found_outs)) = (expected, found);
        let message =
            format!("expected {ins} input and {outs} outputs, found {found_ins} and {found_outs}");
        Err(LoadError::new(self.id, LoadErrorKind::Interface, &message))
    }

    /// Whether these are the shapes of its outputs for the least input.
    ///
    /// # Errors
    /// They are not.
    pub(crate) fn check_outputs(&self, shapes: &[Vec<usize>]) -> Result<(), LoadError> {
        if shapes == self.outputs {
            return Ok(());
        }
        let message = format!("expected outputs of shapes {:?}, found {shapes:?}", self.outputs);
        Err(LoadError::new(self.id, LoadErrorKind::Interface, &message))
    }
}
