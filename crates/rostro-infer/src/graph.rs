//! Networks as a list of layers, run by the kernels alone: what browsers load. Files of this form are made of ONNX
//! graphs by [`crate::compile`]; nothing is left to be found out, folded or planned when they are loaded.

mod file;
mod rooms;
mod weights;

use rostro_core::{Network, NetworkError, Tensor};

use crate::error::{LoadError, LoadErrorKind};
use crate::interface::Interface;
use crate::kernels::gather::Layout;
use crate::kernels::{Isa, Size};
use crate::layer::{Convolution, Formed, Layer, Packed, Shape};
use rooms::{Room, Rooms};

#[cfg(feature = "tract")]
pub(crate) use file::write;
pub(crate) use file::{is_graph, read};

/// Values of the largest picture between two layers: half a gigabyte of them.
const MAX_VALUES: usize = 1 << 27;

/// A layer and where its inputs come from: 0 is the network's input, 1 the first layer's output, and so on.
#[derive(Clone, Debug)]
pub(crate) struct Node<C> {
    pub(crate) layer: Layer<C>,
    pub(crate) inputs: Vec<usize>,
}

/// What is taken from a network, under the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) value: usize,
    /// `[1, pixels, channels]`; else `[1, channels]`, of a picture of one pixel.
    pub(crate) has_pixels: bool,
}

/// A network: layers in an order in which they can be run.
#[derive(Clone, Debug)]
pub(crate) struct Graph<C> {
    /// Channels of the input, a picture of planes.
    pub(crate) channels: usize,
    pub(crate) nodes: Vec<Node<C>>,
    pub(crate) outputs: Vec<Output>,
}

impl<C: Formed> Graph<C> {
    /// The shapes of the input and of every layer's output, for pictures of `size`.
    ///
    /// # Errors
    /// A layer does not fit to what it is given.
    fn shapes(&self, size: Size) -> Result<Vec<Shape>, String> {
        let mut shapes = vec![Shape { size, channels: self.channels, layout: Layout::Planes }];
        for (index, Node { layer, inputs }) in self.nodes.iter().enumerate() {
            let given: Option<Vec<Shape>> =
                inputs.iter().map(|input| shapes.get(*input).copied()).collect();
            let shape = given.and_then(|given| layer.shape(&given));
            let is_bounded = |shape: &Shape| shape.len().is_some_and(|len| len <= MAX_VALUES);
            let misfit = || format!("layer {index}, {}, does not fit to its input", layer.name());
            shapes.push(shape.filter(is_bounded).ok_or_else(misfit)?);
        }
        for output in &self.outputs {
            let shape = shapes.get(output.value).ok_or("an output that no layer gives")?;
            if !output.has_pixels && shape.size.pixels() != 1 {
                return Err("an output of one pixel that is a picture".to_owned());
            }
        }
        Ok(shapes)
    }
}

/// A graph, as the pipeline runs it.
pub(crate) struct GraphNetwork {
    interface: Interface,
    isa: Isa,
    graph: Graph<Packed>,
    /// The last layer that reads each value; the number of layers for outputs.
    last_readers: Vec<usize>,
    rooms: Rooms,
}

impl GraphNetwork {
    /// Reads a file that [`is_graph`].
    ///
    /// # Errors
    /// It is damaged, or has another interface.
    pub(crate) fn load(interface: Interface, bytes: &[u8]) -> Result<Self, LoadError> {
        let id = interface.id;
        let isa = Isa::best();
        let graph = read(bytes, |layer: Layer<Convolution>| layer.pack(isa))
            .map_err(|error| LoadError::new(id, LoadErrorKind::Malformed, &error))?;
        interface.check_counts((1, graph.outputs.len()))?;
        let (height, width) = interface.least_input();
        let shapes = graph
            .shapes(Size { height, width })
            .map_err(|error| LoadError::new(id, LoadErrorKind::Unsupported, &error))?;
        let outputs = graph.outputs.iter().map(|output| shape_of(*output, &shapes[output.value]));
        interface.check_outputs(&outputs.collect::<Vec<_>>())?;
        let mut last_readers = vec![0; graph.nodes.len() + 1];
        for (index, node) in graph.nodes.iter().enumerate() {
            for input in &node.inputs {
                last_readers[*input] = index;
            }
        }
        for output in &graph.outputs {
            last_readers[output.value] = graph.nodes.len();
        }
        Ok(Self { interface, isa, graph, last_readers, rooms: Rooms::default() })
    }

    /// The outputs for a picture of planes.
    fn outputs(&self, size: Size, input: &[f32]) -> Result<Vec<Tensor>, String> {
        let shapes = self.graph.shapes(size)?;
        let mut outs: Vec<Option<Room>> = Vec::with_capacity(self.graph.nodes.len());
        for (index, Node { layer, inputs }) in self.graph.nodes.iter().enumerate() {
            let mut out = self.rooms.take(shapes[index + 1].len().unwrap_or_default());
            let given: Option<Vec<(&[f32], Shape)>> = inputs
                .iter()
                .map(|&value| Some((of(&outs, input, value)?, shapes[value])))
                .collect();
            layer.run(self.isa, &given.ok_or("a value that is gone")?, out.values_mut());
            outs.push(Some(out));
            for &value in inputs {
                if value > 0 && self.last_readers[value] == index {
                    outs[value - 1].take().into_iter().for_each(|room| self.rooms.give_back(room));
                }
            }
        }
        let outputs = self.graph.outputs.iter().map(|output| {
            let values = of(&outs, input, output.value).ok_or("an output that is gone")?;
            Ok(Tensor::new(&shape_of(*output, &shapes[output.value]), values.to_vec()))
        });
        let outputs = outputs.collect();
        outs.into_iter().flatten().for_each(|room| self.rooms.give_back(room));
        outputs
    }
}

/// The value of that number.
fn of<'a>(outs: &'a [Option<Room>], input: &'a [f32], value: usize) -> Option<&'a [f32]> {
    match value.checked_sub(1) {
        None => Some(input),
        Some(layer) => outs.get(layer)?.as_ref().map(Room::values),
    }
}

/// The shape of an output's tensor.
fn shape_of(output: Output, Shape { size, channels, .. }: &Shape) -> Vec<usize> {
    if output.has_pixels { vec![1, size.pixels(), *channels] } else { vec![1, *channels] }
}

impl Network for GraphNetwork {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        let (height, width) = self.interface.check_input(&input)?;
        self.outputs(Size { height, width }, input.values())
            .map_err(|reason| NetworkError { network: self.interface.id.to_owned(), reason })
    }
}
