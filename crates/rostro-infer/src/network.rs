//! Networks that tract runs.

mod graph;
mod layer;
mod plans;
mod rewrite;

use std::sync::{Arc, Mutex, PoisonError};

use rostro_core::{EMBEDDING_LEN, Network, NetworkError, Tensor};

use crate::error::{LoadError, LoadErrorKind};
use graph::{Graph, Plan};
use plans::Plans;

/// A network with one size of input, one picture of three channels, and one output, an embedding.
pub(crate) struct FixedNetwork {
    id: &'static str,
    side_px: usize,
    plan: Plan,
}

impl FixedNetwork {
    /// Parses and optimises the graph; weights are widened to f32 here.
    pub(crate) fn load(id: &'static str, onnx: &[u8], side_px: usize) -> Result<Self, LoadError> {
        let graph = Graph::parse(id, onnx, 1)?;
        let plan = graph.plan(side_px, side_px).map_err(|error| graph.unsupported(&error))?;
        let output = plan.output_shape(0).unwrap_or_default();
        if output != [1, EMBEDDING_LEN] {
            let message = format!("expected an output of shape [1, {EMBEDDING_LEN}]");
            return Err(LoadError::new(id, LoadErrorKind::Interface, &message));
        }
        Ok(Self { id, side_px, plan })
    }
}

impl Network for FixedNetwork {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        if input.shape() != [1, 3, self.side_px, self.side_px] {
            let reason = format!("expected an input of shape [1, 3, {0}, {0}]", self.side_px);
            return Err(NetworkError { network: self.id.to_owned(), reason });
        }
        self.plan.run(&input).map_err(|error| failed(self.id, &error))
    }
}

/// A network that takes pictures of any size in steps, and is planned anew for each.
pub(crate) struct ResizableNetwork {
    id: &'static str,
    graph: Graph,
    /// Locked only to look up and to put in; never while a network runs or a plan is made.
    plans: Mutex<Plans<(usize, usize), Arc<Plan>>>,
}

impl ResizableNetwork {
    /// Height and width of the input are multiples of this.
    const MULTIPLE_PX: usize = 32;
    /// Plans that are kept. A camera has one size, upright and lying pictures have two; a plan holds the weights
    /// (0.3 MB for YuNet) and nothing of a run.
    const MAX_PLANS: usize = 8;

    /// Parses the graph, which has `outputs` outputs, and plans it for a small picture to see that it can be run.
    pub(crate) fn load(id: &'static str, onnx: &[u8], outputs: usize) -> Result<Self, LoadError> {
        let graph = Graph::parse(id, onnx, outputs)?;
        graph
            .plan(Self::MULTIPLE_PX, Self::MULTIPLE_PX)
            .map_err(|error| graph.unsupported(&error))?;
        Ok(Self { id, graph, plans: Mutex::new(Plans::new(Self::MAX_PLANS)) })
    }

    /// The plan for a size. Two threads that ask for a new size at once may both make it; the later one is kept.
    fn plan(&self, height: usize, width: usize) -> Result<Arc<Plan>, NetworkError> {
        let size = (height, width);
        // A poisoned lock is no harm: every change of the plans is a single step.
        let plans = || self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plan) = plans().get(&size) {
            return Ok(plan);
        }
        let plan = self.graph.plan(height, width).map_err(|error| failed(self.id, &error))?;
        let plan = Arc::new(plan);
        plans().put(size, Arc::clone(&plan));
        Ok(plan)
    }
}

impl Network for ResizableNetwork {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        let steps = |side: usize| side > 0 && side.is_multiple_of(Self::MULTIPLE_PX);
        match *input.shape() {
            [1, 3, height, width] if steps(height) && steps(width) => {
                self.plan(height, width)?.run(&input).map_err(|error| failed(self.id, &error))
            }
            _ => Err(NetworkError {
                network: self.id.to_owned(),
                reason: format!(
                    "expected an input of shape [1, 3, H, W], H and W multiples of {}",
                    Self::MULTIPLE_PX
                ),
            }),
        }
    }
}

fn failed(id: &str, error: &tract_onnx::prelude::TractError) -> NetworkError {
    NetworkError { network: id.to_owned(), reason: format!("{error:#}") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rostro_testkit::{tolerance, yunet_raw};

    use super::*;

    fn yunet() -> ResizableNetwork {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let onnx = rostro_models::read_verified(&models, rostro_models::YUNET).unwrap();
        ResizableNetwork::load("yunet-2023mar", &onnx, 12).unwrap()
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
        for i in 1..=ResizableNetwork::MAX_PLANS + 2 {
            let input = Tensor::new(&[1, 3, 32, 32 * i], vec![0.0; 3 * 32 * 32 * i]);
            assert_eq!(network.run(input).unwrap().len(), 12);
        }
        let kept = |width| network.plans.lock().unwrap().get(&(32, width)).is_some();
        assert_eq!([kept(32), kept(64), kept(96), kept(320)], [false, false, true, true]);
    }

    #[test]
    fn other_sizes_than_multiples_of_32_are_refused() {
        let network = yunet();
        for shape in [[1, 3, 33, 32], [1, 3, 32, 0], [1, 1, 32, 32], [2, 3, 32, 32]] {
            let input = Tensor::new(&shape, vec![0.0; shape.iter().product()]);
            let refused = network.run(input).unwrap_err();
            assert!(refused.reason.contains("multiples of 32"), "{shape:?}: {refused}");
        }
    }
}
