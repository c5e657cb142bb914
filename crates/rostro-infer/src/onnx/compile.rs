//! From a rewritten graph to a list of layers.

use std::collections::HashMap;

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::source::TypedSource;

use super::operator::Operator;
use crate::graph::{Graph, Node, Output};
use crate::layer::Convolution;

/// The layers of a graph that holds nothing else, but for the shapes of its outputs.
///
/// # Errors
/// An operator of tract's is left.
pub(super) fn compile(model: &TypedModel) -> TractResult<Graph<Convolution>> {
    let mut values = HashMap::new();
    let mut nodes: Vec<Node<Convolution>> = vec![];
    let mut channels = 0;
    for index in model.eval_order()? {
        let node = model.node(index);
        if node.op_is::<TypedSource>() {
            channels = node.outputs[0].fact.shape[1].to_usize()?;
            values.insert(index, 0);
        } else if let Some(layer) = node.op_as::<Operator>().and_then(Operator::described) {
            let inputs = node.inputs.iter().map(|input| values.get(&input.node).copied());
            let inputs = inputs.collect::<Option<_>>().with_context(|| node.to_string())?;
            nodes.push(Node { layer: layer.clone(), inputs });
            values.insert(index, nodes.len());
        } else {
            // Only how an output is laid out may be left to tract.
            ensure!(node.op_is::<AxisOp>(), "no layer does what {node} does");
            ensure!(node.outputs[0].successors.is_empty(), "{node} stands between layers");
            let value = *values.get(&node.inputs[0].node).with_context(|| node.to_string())?;
            values.insert(index, value);
        }
    }
    let outputs = model.output_outlets()?.iter().map(|outlet| {
        let value = *values.get(&outlet.node).context("an output that no layer gives")?;
        let rank = model.outlet_fact(*outlet)?.rank();
        ensure!((2..=3).contains(&rank), "an output with {rank} dimensions");
        Ok(Output { value, has_pixels: rank == 3 })
    });
    let outputs = outputs.collect::<TractResult<_>>()?;
    Ok(Graph { channels, nodes, outputs })
}
