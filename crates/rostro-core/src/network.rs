//! What the pipeline asks of a neural network, and nothing of how it is run.

use thiserror::Error;

/// Numbers with a shape, row-major (the last dimension is dense).
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Tensor {
    /// Takes `values` as a tensor of `shape`.
    ///
    /// # Panics
    /// When their counts differ: shapes come from this crate's own constants.
    #[must_use]
    pub fn new(shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(
            shape.iter().product::<usize>(),
            values.len(),
            "a tensor's values fill its shape"
        );
        Self { shape: shape.to_vec(), values }
    }

    /// Its dimensions, outermost first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its values.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Its values, without the shape.
    #[must_use]
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }
}

/// A network that could not be run.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("the network {network} failed: {reason}")]
pub struct NetworkError {
    /// Its id in the models' manifest.
    pub network: String,
    /// What went wrong, with the place in the graph.
    pub reason: String,
}

/// A loaded neural network with one input.
pub trait Network: Send + Sync {
    /// Runs the network on one input; its outputs, in the order of the graph's outputs.
    ///
    /// # Errors
    /// [`NetworkError`] when the shape does not fit or the run fails.
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError>;
}
