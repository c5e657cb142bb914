//! SFace, from the published ONNX file to a smaller one that computes the same.

use std::collections::BTreeMap;

use prost::Message as _;

use super::graph::GraphBuilder;
use super::layers::{Affine, Convolution, Dense};
use super::onnx::{GraphProto, ModelProto, NodeProto, data_type};
use super::{ConvertError, WeightForm};

/// Outputs of the last matrix in one `Gemm`.
///
/// The matrix is 25.7 MB once widened, and tract widens constants ahead of time only up to 4 MiB each
/// (`tract_core::optim::CONST_FOLD_MEM_BUDGET`); more than that it would widen anew on every run. 16 rows are 3.1 MB.
const OUTPUTS_PER_GEMM: usize = 16;

/// One layer of the published network, which is a plain chain.
#[derive(Clone, Debug, PartialEq)]
enum Layer {
    Subtract(f32),
    Multiply(f32),
    Convolution(Convolution),
    /// One slope per channel.
    PRelu(Vec<f32>),
    Affine(Affine),
    Flatten,
    Dense(Dense),
}

/// The ONNX file of SFace with batch norms folded, Dropout left out and weights in `form`.
///
/// Input `input` `[1, 3, 112, 112]`, NCHW, RGB, 0 to 255; output `embedding` `[1, 128]`, not normalised.
pub(super) fn to_onnx(published: &[u8], form: WeightForm) -> Result<Vec<u8>, ConvertError> {
    let model = ModelProto::decode(published)
        .map_err(|error| ConvertError::NotOnnx { reason: error.to_string() })?;
    let graph = model.graph.ok_or_else(|| ConvertError::structure("the file", "a graph"))?;
    let mut layers = fold(read_chain(&graph)?)?;
    turn_steep_slopes(&mut layers)?;
    write(&layers, form)
}

fn write(layers: &[(String, Layer)], form: WeightForm) -> Result<Vec<u8>, ConvertError> {
    let mut graph = GraphBuilder::new("sface-2021dec", form, "input", &[1, 3, 112, 112]);
    let mut value = "input".to_owned();
    let mut outputs = 0;
    for (name, layer) in layers {
        value = match layer {
            Layer::Subtract(number) => scalar(&mut graph, "Sub", name, &value, *number),
            Layer::Multiply(number) => scalar(&mut graph, "Mul", name, &value, *number),
            Layer::Convolution(layer) => graph.convolution(&value, name, layer),
            Layer::PRelu(slopes) => prelu(&mut graph, &value, name, slopes),
            Layer::Affine(_) => {
                return Err(ConvertError::structure(name, "a batch norm beside a linear layer"));
            }
            Layer::Flatten => graph.node("Flatten", name, &[&value], Vec::new()),
            Layer::Dense(layer) => {
                outputs = layer.bias.len();
                dense_in_parts(&mut graph, &value, layer)
            }
        };
    }
    if value != "embedding" {
        return Err(ConvertError::structure("the last layer", "a matrix"));
    }
    let doc = format!(
        "SFace of December 2021 by Zhong and others, Apache-2.0; batch norms folded, weights in {}",
        form.as_str()
    );
    Ok(graph.finish("embedding", &[1, outputs], &doc))
}

fn scalar(graph: &mut GraphBuilder, op: &str, name: &str, value: &str, number: f32) -> String {
    let constant = graph.floats(&format!("{name}.constant"), &[1], &[f64::from(number)]);
    graph.node(op, name, &[value, &constant], Vec::new())
}

/// PReLU as `max(x, slope * x)`, which it is where no slope is above 1.
///
/// The same numbers as ONNX `PRelu`, but the whole network runs three times as fast in tract, which expands `PRelu`
/// into a comparison and a choice that it has no fast kernels for.
fn prelu(graph: &mut GraphBuilder, value: &str, name: &str, slopes: &[f32]) -> String {
    let wide: Vec<f64> = slopes.iter().copied().map(f64::from).collect();
    let slopes = graph.floats(&format!("{name}.slopes"), &[1, wide.len(), 1, 1], &wide);
    let sloped = graph.node("Mul", &format!("{name}.sloped"), &[value, &slopes], Vec::new());
    graph.node("Max", name, &[value, &sloped], Vec::new())
}

/// Makes [`prelu`] right where a slope is above 1: there PReLU is `min(x, slope * x)`, which is
/// `-max(-x, slope * -x)`, so the channel changes its sign in the convolution before and in the one behind.
fn turn_steep_slopes(layers: &mut [(String, Layer)]) -> Result<(), ConvertError> {
    for at in 0..layers.len() {
        let (before, rest) = layers.split_at_mut(at);
        let Some(((name, Layer::PRelu(slopes)), behind)) = rest.split_first_mut() else {
            continue;
        };
        for channel in (0..slopes.len()).filter(|&channel| slopes[channel] > 1.0) {
            match (before.last_mut(), behind.first_mut()) {
                (Some((_, Layer::Convolution(before))), Some((_, Layer::Convolution(behind)))) => {
                    before.negate_output(channel, name)?;
                    behind.negate_input(channel, name)?;
                }
                _ => {
                    return Err(ConvertError::structure(
                        name.as_str(),
                        "two convolutions around it",
                    ));
                }
            }
        }
    }
    Ok(())
}

/// A matrix as several `Gemm` of [`OUTPUTS_PER_GEMM`] outputs, joined as `embedding`.
fn dense_in_parts(graph: &mut GraphBuilder, input: &str, layer: &Dense) -> String {
    let rows = layer.weights.chunks(OUTPUTS_PER_GEMM * layer.inputs);
    let parts: Vec<String> = rows
        .zip(layer.bias.chunks(OUTPUTS_PER_GEMM))
        .enumerate()
        .map(|(index, (weights, bias))| {
            let part =
                Dense { weights: weights.to_vec(), inputs: layer.inputs, bias: bias.to_vec() };
            graph.dense(input, &format!("embedding.part{}", index + 1), &part)
        })
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    graph.node("Concat", "embedding", &parts, vec![super::graph::int("axis", 1)])
}

/// Folds every [`Layer::Affine`] into the linear layer before or behind it.
fn fold(chain: Vec<(String, Layer)>) -> Result<Vec<(String, Layer)>, ConvertError> {
    let mut folded: Vec<(String, Layer)> = Vec::with_capacity(chain.len());
    for (name, layer) in chain {
        let layer = match layer {
            Layer::Affine(affine) => match folded.pop() {
                Some((before, Layer::Convolution(linear))) => {
                    folded.push((before, Layer::Convolution(linear.then(&affine, &name)?)));
                    continue;
                }
                Some((before, Layer::Dense(linear))) => {
                    folded.push((before, Layer::Dense(linear.then(&affine, &name)?)));
                    continue;
                }
                before => {
                    folded.extend(before);
                    Layer::Affine(affine)
                }
            },
            Layer::Dense(linear) => match folded.as_slice() {
                [.., (_, Layer::Affine(affine)), (_, Layer::Flatten)] => {
                    let linear = linear.after(affine, &name)?;
                    folded.remove(folded.len() - 2);
                    Layer::Dense(linear)
                }
                _ => Layer::Dense(linear),
            },
            other => other,
        };
        folded.push((name, layer));
    }
    Ok(folded)
}

/// The published graph as a chain; each layer is called as its node's output.
fn read_chain(graph: &GraphProto) -> Result<Vec<(String, Layer)>, ConvertError> {
    let constants = Constants::of(graph)?;
    let mut value = graph
        .node
        .first()
        .and_then(|node| node.input.first())
        .ok_or_else(|| ConvertError::structure("the graph", "a first node with an input"))?
        .clone();
    let mut chain = Vec::with_capacity(graph.node.len());
    for node in &graph.node {
        let name = match node.output.first() {
            Some(name) if node.input.first() == Some(&value) => name.clone(),
            _ => return Err(ConvertError::structure(node.name(), "a plain chain of nodes")),
        };
        if let Some(layer) = read_layer(node, &name, &constants)? {
            chain.push((name.clone(), layer));
        }
        value = name;
    }
    Ok(chain)
}

/// One node as a layer; `None` for one that does nothing when a network is only run.
fn read_layer(
    node: &NodeProto,
    name: &str,
    constants: &Constants,
) -> Result<Option<Layer>, ConvertError> {
    let layer = match node.op_type() {
        "Sub" => Layer::Subtract(constants.scalar(node, 1)?),
        "Mul" => Layer::Multiply(constants.scalar(node, 1)?),
        "Conv" => Layer::Convolution(read_convolution(node, name, constants)?),
        "PRelu" => {
            let (shape, slopes) = constants.input(node, 1)?;
            if shape[..] != [slopes.len(), 1, 1] {
                return Err(ConvertError::structure(name, "one slope per channel"));
            }
            Layer::PRelu(slopes.to_vec())
        }
        "BatchNormalization" => {
            let mut vectors: [&[f32]; 4] = [&[]; 4];
            for (index, vector) in vectors.iter_mut().enumerate() {
                *vector = constants.input(node, index + 1)?.1;
            }
            let epsilon = node.attribute.iter().find(|a| a.name() == "epsilon");
            let epsilon = epsilon.map_or(1e-5, |attribute| attribute.f());
            Layer::Affine(Affine::from_batch_norm(vectors, epsilon, name)?)
        }
        "Flatten" => Layer::Flatten,
        "Gemm" => Layer::Dense(read_dense(node, name, constants)?),
        "Dropout" => return Ok(None),
        other => return Err(ConvertError::structure(name, format!("no {other:?}"))),
    };
    Ok(Some(layer))
}

fn read_convolution(
    node: &NodeProto,
    name: &str,
    constants: &Constants,
) -> Result<Convolution, ConvertError> {
    let (shape, weights) = constants.input(node, 1)?;
    let shape: [usize; 4] = shape
        .try_into()
        .map_err(|_| ConvertError::structure(name, "weights of four dimensions"))?;
    let bias = match node.input.len() {
        2 => vec![0.0; shape[0]],
        _ => constants.input(node, 2)?.1.iter().copied().map(f64::from).collect(),
    };
    let same = |attribute: &str, default: usize| all_same(node, attribute, default, name);
    if same("dilations", 1)? != 1 || bias.len() != shape[0] {
        return Err(ConvertError::structure(name, "no dilation, and one bias per output"));
    }
    Ok(Convolution {
        weights: weights.iter().copied().map(f64::from).collect(),
        shape,
        bias,
        groups: same("group", 1)?,
        stride: same("strides", 1)?,
        padding: same("pads", 0)?,
    })
}

/// `Gemm` as this network uses it: the matrix is `[outputs, inputs]`, and nothing is scaled.
fn read_dense(node: &NodeProto, name: &str, constants: &Constants) -> Result<Dense, ConvertError> {
    for attribute in &node.attribute {
        let fits = match attribute.name() {
            "alpha" | "beta" => (attribute.f() - 1.0).abs() < f32::EPSILON,
            "transA" => attribute.i() == 0,
            "transB" => attribute.i() == 1,
            _ => false,
        };
        if !fits {
            return Err(ConvertError::structure(name, "a plain matrix, one row per output"));
        }
    }
    let (shape, weights) = constants.input(node, 1)?;
    let (_, bias) = constants.input(node, 2)?;
    match shape[..] {
        [outputs, inputs] if outputs == bias.len() && inputs > 0 => Ok(Dense {
            weights: weights.iter().copied().map(f64::from).collect(),
            inputs,
            bias: bias.iter().copied().map(f64::from).collect(),
        }),
        _ => Err(ConvertError::structure(name, "one row of weights per bias")),
    }
}

/// The one value that all integers of an attribute have.
fn all_same(
    node: &NodeProto,
    attribute: &str,
    default: usize,
    place: &str,
) -> Result<usize, ConvertError> {
    let Some(found) = node.attribute.iter().find(|a| a.name() == attribute) else {
        return Ok(default);
    };
    let value = found.i.or(found.ints.first().copied()).and_then(|v| usize::try_from(v).ok());
    value
        .filter(|&value| found.ints.iter().all(|&other| usize::try_from(other) == Ok(value)))
        .ok_or_else(|| ConvertError::structure(place, format!("one value of {attribute}")))
}

/// The constants of a graph by name, with their shapes.
struct Constants(BTreeMap<String, (Vec<usize>, Vec<f32>)>);

impl Constants {
    fn of(graph: &GraphProto) -> Result<Self, ConvertError> {
        let mut by_name = BTreeMap::new();
        for tensor in &graph.initializer {
            let malformed = || ConvertError::structure(tensor.name(), "a tensor of finite f32");
            if tensor.data_type() != data_type::FLOAT {
                return Err(malformed());
            }
            let values = match &tensor.raw_data {
                Some(raw) => raw
                    .chunks_exact(4)
                    .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                    .collect(),
                None => tensor.float_data.clone(),
            };
            let shape: Option<Vec<usize>> =
                tensor.dims.iter().map(|&size| usize::try_from(size).ok()).collect();
            let shape = shape.ok_or_else(malformed)?;
            let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
            if count != Some(values.len()) || !values.iter().all(|value| value.is_finite()) {
                return Err(malformed());
            }
            by_name.insert(tensor.name().to_owned(), (shape, values));
        }
        Ok(Self(by_name))
    }

    /// The constant that is input number `index` of `node`.
    fn input(&self, node: &NodeProto, index: usize) -> Result<(&[usize], &[f32]), ConvertError> {
        node.input
            .get(index)
            .and_then(|name| self.0.get(name))
            .map(|(shape, values)| (shape.as_slice(), values.as_slice()))
            .ok_or_else(|| {
                ConvertError::structure(node.name(), format!("a constant input {index}"))
            })
    }

    fn scalar(&self, node: &NodeProto, index: usize) -> Result<f32, ConvertError> {
        match self.input(node, index)?.1 {
            [number] => Ok(*number),
            _ => Err(ConvertError::structure(node.name(), "a single number")),
        }
    }
}
