//! Graphs as bytes.
//!
//! After [`MAGIC`]: the input's channels, the layers, the outputs, each list with its length before it. Numbers are u32,
//! little-endian; kinds are single bytes. There is nothing after the outputs.

use std::sync::Arc;

use thiserror::Error;

use super::weights;
use super::{Graph, Node, Output};
use crate::kernels::Size;
use crate::kernels::gather::{Filter, Layout};
use crate::kernels::gemm::Activation;
use crate::kernels::pool::{Pool, Window};
use crate::kernels::whole::Whole;
use crate::layer::{CHANNELS, Convolution, Form, Layer, Way};

/// The first bytes of a file; the last is the version of the format.
const MAGIC: &[u8; 8] = b"rostrog\x01";
/// No network has more layers, channels or outputs.
const MAX_COUNT: usize = 1 << 16;
/// No layer pads by more, nor pools more at once.
const MAX_PX: usize = 1 << 10;

/// Why bytes are not read as a graph.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Damage {
    #[error("the file is no graph of this version")]
    Magic,
    #[error("the file ends early")]
    Short,
    #[error("the file goes on after its end")]
    Long,
    #[error("a kind that is not known")]
    Kind,
    #[error("a number out of range")]
    Size,
}

/// Whether bytes begin as a graph does, of whatever version.
pub(crate) fn is_graph(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC[..MAGIC.len() - 1])
}

/// The graph that `bytes` hold; each convolution goes through `pack` at once, so that no two copies of all weights are
/// held.
///
/// Takes memory in proportion to the length of `bytes`.
pub(crate) fn read<C>(
    bytes: &[u8],
    pack: impl Fn(Layer<Convolution>) -> Layer<C>,
) -> Result<Graph<C>, Damage> {
    let mut reader = Reader::new(bytes.strip_prefix(MAGIC).ok_or(Damage::Magic)?);
    let channels = reader.count(MAX_COUNT)?;
    let mut nodes = Vec::new();
    for index in 0..reader.count(MAX_COUNT)? {
        let layer = pack(layer(&mut reader)?);
        let inputs = (0..reader.count(2)?).map(|_| reader.count(index));
        nodes.push(Node { layer, inputs: inputs.collect::<Result<_, _>>()? });
    }
    let last = nodes.len();
    let outputs = (0..reader.count(MAX_COUNT)?).map(|_| {
        let value = reader.count(last)?;
        let has_pixels = reader.flag()?;
        Ok(Output { value, has_pixels })
    });
    let outputs = outputs.collect::<Result<_, _>>()?;
    if !reader.rest.is_empty() {
        return Err(Damage::Long);
    }
    Ok(Graph { channels, nodes, outputs })
}

fn layer(reader: &mut Reader<'_>) -> Result<Layer<Convolution>, Damage> {
    Ok(match reader.byte()? {
        0 => {
            let channels = reader.count(MAX_COUNT)?;
            Layer::Scale { minus: reader.floats(channels)?, times: reader.floats(channels)? }
        }
        1 => Layer::Convolution(convolution(reader)?),
        2 => {
            let kind = if reader.flag()? { Pool::Mean } else { Pool::Max };
            let (side, stride) = (reader.count(MAX_PX)?, reader.count(MAX_PX)?);
            if side == 0 || stride == 0 {
                return Err(Damage::Size);
            }
            Layer::Pool(kind, Window { side, stride })
        }
        3 => Layer::AddDoubled,
        4 => Layer::Add { is_rectified: reader.flag()? },
        5 => Layer::Pad {
            rows: reader.count(MAX_PX)?,
            columns: reader.count(MAX_PX)?,
            channels: reader.count(MAX_COUNT)?,
        },
        6 => Layer::Channels { start: reader.count(MAX_COUNT)?, count: reader.count(MAX_COUNT)? },
        7 => Layer::Sigmoid,
        8 => Layer::Separable(convolution(reader)?, convolution(reader)?),
        9 => Layer::Whole(Arc::new(whole(reader)?)),
        _ => return Err(Damage::Kind),
    })
}

fn convolution(reader: &mut Reader<'_>) -> Result<Convolution, Damage> {
    let way = match reader.byte()? {
        0 => Way::Pointwise,
        1 => Way::Depthwise,
        2 => Way::Winograd,
        3 => Way::Gather(Layout::Planes),
        4 => Way::Gather(Layout::Pixels),
        _ => return Err(Damage::Kind),
    };
    let filter = Filter {
        height: reader.count(MAX_PX)?,
        width: reader.count(MAX_PX)?,
        stride: reader.count(MAX_PX)?,
        padding: reader.count(MAX_PX)?,
    };
    let (from, to) = (reader.count(MAX_COUNT)?, reader.count(MAX_COUNT)?);
    let form = Form { way, filter, from, to };
    let len = form.weights_per_channel().ok_or(Damage::Size)?;
    if !form.is_possible() {
        return Err(Damage::Size);
    }
    let weights = weights::read(reader, to, len)?;
    let bias = reader.floats(to)?;
    let activation = match reader.byte()? {
        0 => Activation::None,
        1 => Activation::Relu,
        2 => Activation::Prelu(reader.floats(to)?),
        _ => return Err(Damage::Kind),
    };
    Ok(Convolution { form, weights, bias, activation })
}

fn whole(reader: &mut Reader<'_>) -> Result<Whole, Damage> {
    let size = Size { height: reader.count(MAX_PX)?, width: reader.count(MAX_PX)? };
    let (channels, columns) = (reader.count(MAX_COUNT)?, reader.count(MAX_COUNT)?);
    let count = size.pixels().checked_mul(channels).and_then(|len| len.checked_mul(columns));
    let count = count.filter(|count| *count > 0).ok_or(Damage::Size)?;
    if !columns.is_multiple_of(CHANNELS) {
        return Err(Damage::Size);
    }
    let (bias, steps) = (reader.floats(columns)?, reader.floats(columns)?);
    let values = reader.bytes(count)?.iter().map(|byte| byte.cast_signed()).collect();
    Ok(Whole { size, channels, bias, steps, values })
}

/// Bytes that are read from the front.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Damage::Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.bytes(1)?[0])
    }

    fn flag(&mut self) -> Result<bool, Damage> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damage::Kind),
        }
    }

    /// A number that is at most `max`.
    fn count(&mut self, max: usize) -> Result<usize, Damage> {
        let (bytes, _) = self.bytes(4)?.as_chunks::<4>();
        let count = bytes.first().map_or(u32::MAX, |bytes| u32::from_le_bytes(*bytes));
        usize::try_from(count).ok().filter(|count| *count <= max).ok_or(Damage::Size)
    }

    pub(super) fn floats(&mut self, count: usize) -> Result<Vec<f32>, Damage> {
        let bytes = self.bytes(count.checked_mul(4).ok_or(Damage::Size)?)?;
        let (floats, _) = bytes.as_chunks::<4>();
        Ok(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

#[cfg(feature = "tract")]
pub(crate) use write::write;

#[cfg(feature = "tract")]
mod write {
    use super::{
        Activation, Convolution, Graph, Layer, Layout, MAGIC, Pool, Way, Whole, Window, weights,
    };

    /// The graph as bytes.
    pub(crate) fn write(graph: &Graph<Convolution>) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        number(&mut out, graph.channels);
        number(&mut out, graph.nodes.len());
        for node in &graph.nodes {
            layer(&mut out, &node.layer);
            number(&mut out, node.inputs.len());
            node.inputs.iter().for_each(|input| number(&mut out, *input));
        }
        number(&mut out, graph.outputs.len());
        for output in &graph.outputs {
            number(&mut out, output.value);
            out.push(output.has_pixels.into());
        }
        out
    }

    fn layer(out: &mut Vec<u8>, layer: &Layer<Convolution>) {
        match layer {
            Layer::Scale { minus, times } => {
                out.push(0);
                number(out, minus.len());
                floats(out, minus);
                floats(out, times);
            }
            Layer::Convolution(layer) => {
                out.push(1);
                convolution(out, layer);
            }
            Layer::Pool(kind, Window { side, stride }) => {
                out.extend([2, (*kind == Pool::Mean).into()]);
                numbers(out, [side, stride]);
            }
            Layer::AddDoubled => out.push(3),
            Layer::Add { is_rectified } => out.extend([4, (*is_rectified).into()]),
            Layer::Pad { rows, columns, channels } => {
                out.push(5);
                numbers(out, [rows, columns, channels]);
            }
            Layer::Channels { start, count } => {
                out.push(6);
                numbers(out, [start, count]);
            }
            Layer::Sigmoid => out.push(7),
            Layer::Whole(whole) => {
                out.push(9);
                let Whole { size, channels, ref bias, ref steps, ref values } = **whole;
                numbers(out, [&size.height, &size.width, &channels, &bias.len()]);
                floats(out, bias);
                floats(out, steps);
                out.extend(values.iter().map(|value| value.cast_unsigned()));
            }
            Layer::Separable(first, second) => {
                out.push(8);
                convolution(out, first);
                convolution(out, second);
            }
        }
    }

    fn convolution(out: &mut Vec<u8>, convolution: &Convolution) {
        let Convolution { form, weights, bias, activation } = convolution;
        out.push(match form.way {
            Way::Pointwise => 0,
            Way::Depthwise => 1,
            Way::Winograd => 2,
            Way::Gather(Layout::Planes) => 3,
            Way::Gather(Layout::Pixels) => 4,
        });
        let filter = &form.filter;
        numbers(out, [&filter.height, &filter.width, &filter.stride, &filter.padding]);
        numbers(out, [&form.from, &form.to]);
        weights::write(out, weights.len() / form.to, weights);
        floats(out, bias);
        match activation {
            Activation::None => out.push(0),
            Activation::Relu => out.push(1),
            Activation::Prelu(slopes) => {
                out.push(2);
                floats(out, slopes);
            }
        }
    }

    fn numbers<const N: usize>(out: &mut Vec<u8>, numbers: [&usize; N]) {
        numbers.into_iter().for_each(|value| number(out, *value));
    }

    fn number(out: &mut Vec<u8>, value: usize) {
        let value = u32::try_from(value).expect("networks are far smaller");
        out.extend(value.to_le_bytes());
    }

    fn floats(out: &mut Vec<u8>, values: &[f32]) {
        out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}
