//! Writes an ONNX graph layer by layer.

use half::f16;
use prost::Message as _;

use super::WeightForm;
use super::layers::{Convolution, Dense};
use super::onnx::{
    AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetId, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto, attribute_type, data_type,
};

/// Operator set of everything written here: 13 is the first in which `DequantizeLinear` knows an axis.
const OPSET: i64 = 13;
/// The file format that came with that operator set.
const IR_VERSION: i64 = 7;

/// A graph in the making. Methods append a layer behind the value they are given and return the name of its output.
pub(super) struct GraphBuilder {
    graph: GraphProto,
    weights: WeightForm,
}

impl GraphBuilder {
    pub(super) fn new(name: &str, weights: WeightForm, input: &str, shape: &[usize]) -> Self {
        let graph = GraphProto {
            name: Some(name.to_owned()),
            input: vec![value_info(input, shape)],
            ..GraphProto::default()
        };
        Self { graph, weights }
    }

    /// The finished file.
    pub(super) fn finish(mut self, output: &str, shape: &[usize], doc: &str) -> Vec<u8> {
        self.graph.output.push(value_info(output, shape));
        let model = ModelProto {
            ir_version: Some(IR_VERSION),
            producer_name: Some("rostro-models".to_owned()),
            doc_string: Some(doc.to_owned()),
            graph: Some(self.graph),
            opset_import: vec![OperatorSetId { domain: Some(String::new()), version: Some(OPSET) }],
        };
        model.encode_to_vec()
    }

    /// One operation with one output, which takes the operation's name.
    pub(super) fn node(
        &mut self,
        op_type: &str,
        name: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![name.to_owned()],
            name: Some(name.to_owned()),
            op_type: Some(op_type.to_owned()),
            attribute: attributes,
        });
        name.to_owned()
    }

    pub(super) fn convolution(&mut self, input: &str, name: &str, layer: &Convolution) -> String {
        let weights = self.stored_weights(&format!("{name}.weights"), &layer.shape, &layer.weights);
        let bias = self.floats(&format!("{name}.bias"), &[layer.bias.len()], &layer.bias);
        let attributes = vec![
            ints("dilations", &[1, 1]),
            int("group", layer.groups),
            ints("kernel_shape", &layer.shape[2..]),
            ints("pads", &[layer.padding; 4]),
            ints("strides", &[layer.stride; 2]),
        ];
        self.node("Conv", name, &[input, &weights, &bias], attributes)
    }

    /// Some outputs of a matrix, as ONNX `Gemm` with the matrix `[outputs, inputs]`.
    pub(super) fn dense(&mut self, input: &str, name: &str, layer: &Dense) -> String {
        let shape = [layer.bias.len(), layer.inputs];
        let weights = self.stored_weights(&format!("{name}.weights"), &shape, &layer.weights);
        let bias = self.floats(&format!("{name}.bias"), &[layer.bias.len()], &layer.bias);
        self.node("Gemm", name, &[input, &weights, &bias], vec![int("transB", 1)])
    }

    /// A constant in full precision.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f64]) -> String {
        let raw = values.iter().flat_map(|&value| narrow(value).to_le_bytes()).collect();
        self.constant(name, data_type::FLOAT, shape, raw)
    }

    /// A constant of integers, one dimension.
    pub(super) fn integers(&mut self, name: &str, values: &[usize]) -> String {
        let raw = values.iter().flat_map(|&value| signed(value).to_le_bytes()).collect();
        self.constant(name, data_type::INT64, &[values.len()], raw)
    }

    /// Weights in this graph's [`WeightForm`], widened again; the first dimension counts outputs.
    fn stored_weights(&mut self, name: &str, shape: &[usize], values: &[f64]) -> String {
        match self.weights {
            WeightForm::Full => self.floats(name, shape, values),
            WeightForm::Half => {
                let raw =
                    values.iter().flat_map(|&value| f16::from_f64(value).to_le_bytes()).collect();
                let stored = self.constant(&format!("{name}.f16"), data_type::FLOAT16, shape, raw);
                let to_float = AttributeProto {
                    i: Some(i64::from(data_type::FLOAT)),
                    ..attribute("to", attribute_type::INT)
                };
                self.node("Cast", name, &[&stored], vec![to_float])
            }
            WeightForm::Int8PerOutput => {
                let (raw, scales) = quantise_rows(values, shape[0]);
                let stored = self.constant(&format!("{name}.i8"), data_type::INT8, shape, raw);
                let scales = self.floats(&format!("{name}.scales"), &[shape[0]], &scales);
                self.node("DequantizeLinear", name, &[&stored, &scales], vec![int("axis", 0)])
            }
        }
    }

    fn constant(&mut self, name: &str, data_type: i32, shape: &[usize], raw: Vec<u8>) -> String {
        self.graph.initializer.push(TensorProto {
            dims: shape.iter().copied().map(signed).collect(),
            data_type: Some(data_type),
            float_data: Vec::new(),
            name: Some(name.to_owned()),
            raw_data: Some(raw),
        });
        name.to_owned()
    }
}

/// Each of `rows` rows as signed bytes and one scale: `weight = byte * scale`, the largest weight at ±127.
fn quantise_rows(values: &[f64], rows: usize) -> (Vec<u8>, Vec<f64>) {
    let row_len = (values.len() / rows.max(1)).max(1);
    let mut raw = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(rows);
    for row in values.chunks_exact(row_len) {
        let largest = row.iter().fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
        // The scale that the file will hold, so that rounding is against what readers multiply by.
        let scale = match f64::from(narrow(largest / 127.0)) {
            scale if scale > 0.0 => scale,
            _ => 1.0,
        };
        scales.push(scale);
        raw.extend(row.iter().map(|weight| to_byte(weight / scale)));
    }
    (raw, scales)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a signed byte")]
fn to_byte(steps: f64) -> u8 {
    (steps.round_ties_even().clamp(-127.0, 127.0) as i8).to_le_bytes()[0]
}

#[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is what is wanted")]
fn narrow(value: f64) -> f32 {
    value as f32
}

fn signed(value: usize) -> i64 {
    i64::try_from(value).expect("sizes in a graph are far below 2^63")
}

fn attribute(name: &str, r#type: i32) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        r#type: Some(r#type),
        ..AttributeProto::default()
    }
}

/// An attribute that is one integer.
pub(super) fn int(name: &str, value: usize) -> AttributeProto {
    AttributeProto { i: Some(signed(value)), ..attribute(name, attribute_type::INT) }
}

/// An attribute that is a list of integers.
pub(super) fn ints(name: &str, values: &[usize]) -> AttributeProto {
    AttributeProto {
        ints: values.iter().copied().map(signed).collect(),
        ..attribute(name, attribute_type::INTS)
    }
}

fn value_info(name: &str, shape: &[usize]) -> ValueInfoProto {
    let dim = shape.iter().map(|&size| DimensionProto { dim_value: Some(signed(size)) }).collect();
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: Some(data_type::FLOAT),
                shape: Some(TensorShapeProto { dim }),
            }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_scale_give_a_weight_back_to_half_a_step() {
        let weights = [0.5, -1.0, 0.013, 0.25, 0.0, 0.0, 0.0, 0.0];
        let (raw, scales) = quantise_rows(&weights, 2);
        assert_eq!(scales[1], 1.0, "a row of zeros needs no scale");
        for (i, weight) in weights.iter().enumerate() {
            let byte = i8::from_le_bytes([raw[i]]);
            let back = f64::from(byte) * scales[i / 4];
            assert!((back - weight).abs() <= scales[i / 4] / 2.0, "{weight} came back as {back}");
        }
        assert_eq!(i8::from_le_bytes([raw[1]]), -127, "the largest weight uses the whole range");
    }
}
