//! dlib's face recognition network, from its serialised form to ONNX.
//!
//! Architecture: `dlib/examples/dnn_face_recognition_ex.cpp`. The serialised network holds its layers in execution
//! order, so the weights are taken as they come and the sizes in the file say which blocks halve the picture.

use super::dlib_stream::DlibStream;
use super::graph::{GraphBuilder, ints};
use super::layers::{Affine, Convolution, Dense};
use super::{ConvertError, WeightForm};

/// What the network computes with, affine layers already folded into their convolutions.
struct DlibResnet {
    /// Subtracted from red, green and blue.
    mean: [f32; 3],
    /// Width and height of its input, in pixels.
    side_px: usize,
    /// The stem, then two for each residual block.
    convolutions: Vec<Convolution>,
    /// The matrix after the global average, without a bias.
    dense: Dense,
}

/// dlib divides by this after subtracting the mean (`dlib/dnn/input.h`).
const PIXEL_RANGE: f64 = 256.0;

/// The ONNX file of dlib's network in `serialised`, weights in `form`.
///
/// Input `input` `[1, 3, side, side]`, NCHW, RGB, 0 to 255, not normalised (the graph does that itself);
/// output `embedding` `[1, 128]`, not normalised.
pub(super) fn to_onnx(serialised: &[u8], form: WeightForm) -> Result<Vec<u8>, ConvertError> {
    let network = parse(serialised)?;
    let input_shape = [1, 3, network.side_px, network.side_px];
    let mut graph = GraphBuilder::new("dlib-resnet-v1", form, "input", &input_shape);
    let mean: Vec<f64> = network.mean.iter().copied().map(f64::from).collect();
    let mean = graph.floats("mean", &[1, 3, 1, 1], &mean);
    let centred = graph.node("Sub", "centred", &["input", &mean], Vec::new());
    let step = graph.floats("pixel_step", &[1], &[1.0 / PIXEL_RANGE]);
    let normalised = graph.node("Mul", "normalised", &[&centred, &step], Vec::new());

    let mut features = stem(&mut graph, &normalised, &network)?;
    for (index, pair) in network.convolutions[1..].chunks_exact(2).enumerate() {
        features = residual_block(&mut graph, &features, &format!("block{}", index + 1), pair)?;
    }
    let average = graph.node("GlobalAveragePool", "average", &[&features.value], Vec::new());
    let flat = graph.node("Flatten", "flat", &[&average], Vec::new());
    if features.channels != network.dense.inputs {
        return Err(ConvertError::structure("the matrix", "one input per channel"));
    }
    graph.dense(&flat, "embedding", &network.dense);
    let doc = format!(
        "dlib_face_recognition_resnet_model_v1 by Davis King, CC0; affine layers folded, weights in {}",
        form.as_str()
    );
    Ok(graph.finish("embedding", &[1, network.dense.bias.len()], &doc))
}

/// A value in the graph and its size.
struct Features {
    value: String,
    channels: usize,
    side: usize,
}

/// 7×7 convolution, ReLU, 3×3 max-pool of stride 2 without padding.
fn stem(
    graph: &mut GraphBuilder,
    input: &str,
    network: &DlibResnet,
) -> Result<Features, ConvertError> {
    let convolution = &network.convolutions[0];
    let side = output_side(network.side_px, convolution, "stem")?;
    let value = graph.convolution(input, "stem", convolution);
    let value = graph.node("Relu", "stem.relu", &[&value], Vec::new());
    let pooled = side.checked_sub(3).map(|rest| rest / 2 + 1);
    let side = pooled.ok_or_else(|| ConvertError::structure("stem", "at least 3 pixels a side"))?;
    let window = vec![ints("kernel_shape", &[3, 3]), ints("strides", &[2, 2])];
    let value = graph.node("MaxPool", "stem.pool", &[&value], window);
    Ok(Features { value, channels: convolution.shape[0], side })
}

/// Two convolutions beside a skip, which is average-pooled where the first convolution has stride 2.
///
/// dlib's `add_prev` pads the smaller of the two with zeros, behind the last channel and at the bottom and right edge.
fn residual_block(
    graph: &mut GraphBuilder,
    skip: &Features,
    name: &str,
    pair: &[Convolution],
) -> Result<Features, ConvertError> {
    let [first, second] = pair else {
        return Err(ConvertError::structure(name, "two convolutions"));
    };
    if first.shape[1] != skip.channels || second.shape[1] != first.shape[0] {
        return Err(ConvertError::structure(name, "as many input channels as come in"));
    }
    let inner_side = output_side(skip.side, first, name)?;
    let value = graph.convolution(&skip.value, &format!("{name}.conv1"), first);
    let value = graph.node("Relu", &format!("{name}.relu1"), &[&value], Vec::new());
    let value = graph.convolution(&value, &format!("{name}.conv2"), second);
    let main =
        Features { value, channels: second.shape[0], side: output_side(inner_side, second, name)? };
    let pooled;
    let skip = if first.stride == 1 {
        skip
    } else {
        pooled = average_pool(graph, skip, name)?;
        &pooled
    };
    let side = main.side.max(skip.side);
    let channels = main.channels.max(skip.channels);
    let main = zero_pad(graph, &main, &format!("{name}.main"), channels, side);
    let skip = zero_pad(graph, skip, &format!("{name}.skip"), channels, side);
    let sum = graph.node("Add", &format!("{name}.sum"), &[&main, &skip], Vec::new());
    let value = graph.node("Relu", &format!("{name}.relu2"), &[&sum], Vec::new());
    Ok(Features { value, channels, side })
}

fn average_pool(
    graph: &mut GraphBuilder,
    features: &Features,
    block: &str,
) -> Result<Features, ConvertError> {
    let side = features
        .side
        .checked_sub(2)
        .map(|rest| rest / 2 + 1)
        .ok_or_else(|| ConvertError::structure(block, "at least 2 pixels a side"))?;
    let window = vec![ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
    let value = graph.node("AveragePool", &format!("{block}.pool"), &[&features.value], window);
    Ok(Features { value, channels: features.channels, side })
}

fn zero_pad(
    graph: &mut GraphBuilder,
    features: &Features,
    name: &str,
    channels: usize,
    side: usize,
) -> String {
    let below = side - features.side;
    let behind = channels - features.channels;
    if below == 0 && behind == 0 {
        return features.value.clone();
    }
    let padding = [0, 0, 0, 0, 0, behind, below, below];
    let padding = graph.integers(&format!("{name}.padding"), &padding);
    graph.node("Pad", &format!("{name}.padded"), &[&features.value, &padding], Vec::new())
}

fn output_side(side: usize, layer: &Convolution, place: &str) -> Result<usize, ConvertError> {
    (side + 2 * layer.padding)
        .checked_sub(layer.shape[2])
        .map(|rest| rest / layer.stride + 1)
        .ok_or_else(|| ConvertError::structure(place, "a picture larger than the kernel"))
}

fn parse(serialised: &[u8]) -> Result<DlibResnet, ConvertError> {
    let mut stream = DlibStream::new(serialised);
    if !stream.seek_behind("input_rgb_image_sized") {
        return Err(stream.malformed("a network that takes RGB pictures of one size"));
    }
    let mean = [stream.float()?, stream.float()?, stream.float()?];
    let (rows, columns) = (stream.size()?, stream.size()?);
    if rows != columns || !(1..=4096).contains(&rows) {
        return Err(stream.malformed("a square picture"));
    }
    let mut convolutions = Vec::new();
    while stream.seek_behind("con_4") {
        let convolution = parse_convolution(&mut stream)?;
        let place = format!("convolution {}", convolutions.len() + 1);
        if !stream.seek_behind("affine_") {
            return Err(stream.malformed("an affine layer after each convolution"));
        }
        convolutions.push(convolution.then(&parse_affine(&mut stream)?, &place)?);
    }
    if convolutions.len().is_multiple_of(2) {
        return Err(stream.malformed("a stem and two convolutions a block"));
    }
    if convolutions[0].shape[1] != 3 {
        return Err(stream.malformed("three channels of input"));
    }
    if !stream.seek_behind("fc_2") {
        return Err(stream.malformed("a matrix after the convolutions"));
    }
    let dense = parse_dense(&mut stream)?;
    Ok(DlibResnet { mean, side_px: rows, convolutions, dense })
}

/// `con_`, version 4, of `dlib/dnn/layers.h`.
fn parse_convolution(stream: &mut DlibStream<'_>) -> Result<Convolution, ConvertError> {
    let parameters = stream.tensor()?;
    let outputs = stream.size()?;
    let (height, width) = (stream.size()?, stream.size()?);
    let (stride_y, stride_x) = (stream.size()?, stream.size()?);
    let (padding_y, padding_x) = (stream.size()?, stream.size()?);
    let filters = parse_alias(stream)?;
    if filters[0] != outputs || filters[2..] != [height, width] {
        return Err(stream.malformed("filters of the size that the layer names"));
    }
    if height != width || stride_y != stride_x || padding_y != padding_x {
        return Err(stream.malformed("a convolution that treats both axes alike"));
    }
    let sizes_fit = (1..=4096).contains(&outputs)
        && (1..=64).contains(&height)
        && (1..=64).contains(&stride_y)
        && padding_y <= 64;
    let weight_count = filters.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    let Some(weight_count) = weight_count.filter(|&count| sizes_fit && count > 0) else {
        return Err(stream.malformed("a convolution of sensible size"));
    };
    if parameters.len() != weight_count + outputs {
        return Err(stream.malformed("one parameter per weight and bias"));
    }
    let (weights, bias) = parameters.split_at(weight_count);
    Ok(Convolution {
        weights: widen(weights),
        shape: filters,
        bias: widen(bias),
        groups: 1,
        stride: stride_y,
        padding: padding_y,
    })
}

/// `affine_` of `dlib/dnn/layers.h`: all factors, then all shifts.
fn parse_affine(stream: &mut DlibStream<'_>) -> Result<Affine, ConvertError> {
    let parameters = widen(&stream.tensor()?);
    let (scale, shift) = parameters.split_at(parameters.len() / 2);
    Ok(Affine { scale: scale.to_vec(), shift: shift.to_vec() })
}

/// `fc_`, version 2, of `dlib/dnn/layers.h`, without a bias; dlib holds it as `[inputs, outputs]`.
fn parse_dense(stream: &mut DlibStream<'_>) -> Result<Dense, ConvertError> {
    let (outputs, inputs) = (stream.size()?, stream.size()?);
    let parameters = stream.tensor()?;
    if outputs == 0 || Some(parameters.len()) != inputs.checked_mul(outputs) {
        return Err(stream.malformed("one parameter per input and output"));
    }
    let columns = |output| parameters.iter().skip(output).step_by(outputs);
    let weights = (0..outputs).flat_map(|output| columns(output).copied().map(f64::from)).collect();
    Ok(Dense { weights, inputs, bias: vec![0.0; outputs] })
}

/// `alias_tensor` of `dlib/dnn/tensor.h`: version 1 and four sizes.
fn parse_alias(stream: &mut DlibStream<'_>) -> Result<[usize; 4], ConvertError> {
    if stream.integer()? != 1 {
        return Err(stream.malformed("an alias of version 1"));
    }
    Ok([stream.size()?, stream.size()?, stream.size()?, stream.size()?])
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}
