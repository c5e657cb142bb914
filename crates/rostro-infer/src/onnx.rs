//! ONNX files: read and folded by tract, run by tract with our kernels as its operators, or made into [`crate::graph`].

mod compile;
mod operator;
mod plans;
mod read;
mod rewrite;

use std::sync::{Arc, Mutex, PoisonError};

use rostro_core::{Network, NetworkError, Tensor};

use crate::error::LoadError;
use crate::interface::{Input, Interface};
use plans::Plans;
use read::{Onnx, Plan};

/// An ONNX graph, as the pipeline runs it.
pub(crate) struct OnnxNetwork {
    interface: Interface,
    onnx: Onnx,
    /// By height and width. Locked only to look up and to put in; never while a network runs or a plan is made.
    plans: Mutex<Plans<(usize, usize), Arc<Plan>>>,
}

impl OnnxNetwork {
    /// Plans that are kept. A camera has one size, upright and lying pictures have two; a plan holds the weights
    /// (0.3 MB for YuNet) and nothing of a run.
    const MAX_PLANS: usize = 8;

    /// Parses the graph and plans it for the smallest picture that it takes; weights are widened to f32 here.
    ///
    /// # Errors
    /// The bytes are no ONNX graph of that interface, or tract cannot run it.
    pub(crate) fn load(interface: Interface, bytes: &[u8]) -> Result<Self, LoadError> {
        let onnx = Onnx::parse(&interface, bytes)?;
        let least = interface.least_input();
        let plan = onnx.plan(least).map_err(|error| onnx.unsupported(&error))?;
        interface.check_outputs(&plan.output_shapes())?;
        let mut plans = Plans::new(Self::MAX_PLANS);
        plans.put(least, Arc::new(plan));
        Ok(Self { interface, onnx, plans: Mutex::new(plans) })
    }

    /// The plan for a size. Two threads that ask for a new size at once may both make it; the later one is kept.
    fn plan(&self, size: (usize, usize)) -> Result<Arc<Plan>, NetworkError> {
        // A poisoned lock is no harm: every change of the plans is a single step.
        let plans = || self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans().get(&size) {
            return Ok(plan);
        }
        let plan = Arc::new(self.onnx.plan(size).map_err(|error| self.failed(&error))?);
        plans().put(size, Arc::clone(&plan));
        Ok(plan)
    }

    fn failed(&self, error: &tract_onnx::prelude::TractError) -> NetworkError {
        NetworkError { network: self.interface.id.to_owned(), reason: format!("{error:#}") }
    }
}

impl Network for OnnxNetwork {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        let size = self.interface.check_input(&input)?;
        self.plan(size)?.run(&input).map_err(|error| self.failed(&error))
    }
}

/// The graph as a list of layers in a file.
///
/// # Errors
/// The bytes are no ONNX graph of that interface, or not all of it can be done by layers.
pub(crate) fn compile(interface: &Interface, bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
    let onnx = Onnx::parse(interface, bytes)?;
    // tract takes away axes of a single pixel, as the smallest picture has them.
    let size = match interface.input {
        Input::Square(side) => side,
        Input::Multiples(step) => 4 * step,
    };
    let graph = onnx.graph((size, size)).map_err(|error| onnx.unsupported(&error))?;
    Ok(crate::graph::write(&graph))
}

#[cfg(test)]
mod tests {
    use rostro_testkit::{tolerance, yunet_raw};

    use super::*;
    use crate::YUNET;

    fn yunet() -> OnnxNetwork {
        OnnxNetwork::load(YUNET, &crate::model(YUNET.id)).unwrap()
    }

    #[test]
    fn yunets_outputs_are_onnxruntimes() {
        let raw = yunet_raw();
        let outputs = yunet().run(raw.picture().to_bgr_planes()).unwrap();
        assert_eq!(outputs.len(), raw.outputs.len());
        for (found, expected) in outputs.iter().zip(&raw.outputs) {
            let tensor = expected.tensor();
            assert_eq!(found.shape(), tensor.shape(), "{}", expected.name);
            for (a, b) in found.values().iter().zip(tensor.values()) {
                assert!((a - b).abs() <= tolerance::NETWORK_OUTPUT, "{}: {a}, {b}", expected.name);
            }
        }
    }

    #[test]
    fn only_the_last_plans_are_kept() {
        let network = yunet();
        for i in 1..=OnnxNetwork::MAX_PLANS + 2 {
            let input = Tensor::new(&[1, 3, 32, 32 * i], vec![0.0; 3 * 32 * 32 * i]);
            assert_eq!(network.run(input).unwrap().len(), 12);
        }
        let kept = |width| network.plans.lock().unwrap().get(&(32, width)).is_some();
        assert_eq!([kept(32), kept(64), kept(96), kept(320)], [false, false, true, true]);
    }
}
