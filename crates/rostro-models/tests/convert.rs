//! Conversions of small files in the published formats, written here byte by byte, and of hostile ones.
#![cfg(feature = "convert")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use prost::Message as _;
use rostro_core::shape_predictor::ShapePredictor;
use rostro_core::{Frame, FrameBox, PixelLayout};
use rostro_models::convert::onnx::{
    AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, data_type,
};
use rostro_models::convert::{ConvertError, convert};
use rostro_models::{DLIB, SFACE, SHAPE_PREDICTOR, YUNET};

/// Writes what dlib serialises.
#[derive(Default)]
struct DlibWriter(Vec<u8>);

impl DlibWriter {
    fn integer(&mut self, value: i64) -> &mut Self {
        let bytes = value.unsigned_abs().to_le_bytes();
        let len = 8 - bytes.iter().rev().take_while(|&&byte| byte == 0).count().min(7);
        self.0.push(u8::try_from(len).unwrap() | if value < 0 { 0x80 } else { 0 });
        self.0.extend(&bytes[..len]);
        self
    }

    fn integers(&mut self, values: &[i64]) -> &mut Self {
        values.iter().for_each(|&value| {
            self.integer(value);
        });
        self
    }

    /// A number as mantissa and exponent; exact for the small fractions used here.
    fn float(&mut self, value: f32) -> &mut Self {
        #[expect(clippy::cast_possible_truncation, reason = "small multiples of 2^-20")]
        let mantissa = (f64::from(value) * f64::from(1 << 20)) as i64;
        self.integer(mantissa).integer(-20)
    }

    fn name(&mut self, name: &str) -> &mut Self {
        self.integer(i64::try_from(name.len()).unwrap());
        self.0.extend(name.as_bytes());
        self
    }

    fn column(&mut self, values: &[f32]) -> &mut Self {
        self.integers(&[-i64::try_from(values.len()).unwrap(), -1]);
        values.iter().for_each(|&value| {
            self.float(value);
        });
        self
    }

    fn tensor(&mut self, values: &[f32]) -> &mut Self {
        self.integers(&[2, i64::try_from(values.len()).unwrap(), 1, 1, 1]);
        self.0.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        self
    }

    /// A convolution and its affine layer, all weights `weight`, which the affine layer doubles.
    fn convolution(&mut self, [outputs, inputs, side]: [i64; 3], stride: i64, weight: f32) {
        let padding = if stride == 1 { side / 2 } else { 0 };
        let weights = usize::try_from(outputs * inputs * side * side).unwrap();
        let outputs_len = usize::try_from(outputs).unwrap();
        let mut parameters = vec![weight; weights];
        parameters.extend(vec![0.5; outputs_len]);
        self.name("con_4").tensor(&parameters);
        self.integers(&[outputs, side, side, stride, stride, padding, padding]);
        self.integers(&[1, outputs, inputs, side, side, 1, 1, outputs, 1, 1]);
        let mut affine = vec![2.0; outputs_len];
        affine.extend(vec![1.0; outputs_len]);
        self.name("affine_").tensor(&affine);
    }
}

/// One cascade of one tree with three splits on two features.
fn shape_predictor() -> Vec<u8> {
    let mut file = DlibWriter::default();
    file.integer(1).column(&[0.25, 0.5, 0.5, 0.5, 0.75, 0.5, 0.5, 0.25, 0.5, 0.75]);
    file.integers(&[1, 1, 3]);
    for threshold in [10.75, -3.5, 200.0] {
        file.integers(&[0, 1]).float(threshold);
    }
    file.integer(4);
    for leaf in [0.125, 0.0625, 0.03125, 0.0] {
        file.column(&[leaf; 10]);
    }
    file.integers(&[1, 2, 0, 4]);
    file.integers(&[1, 2]);
    for offset in [0.125, 0.25, -0.125, 0.5] {
        file.float(offset);
    }
    file.0
}

/// A network of dlib's kind: a stem of two channels, one plain block, one that halves to four channels, two outputs.
fn dlib_network() -> Vec<u8> {
    let mut file = DlibWriter::default();
    file.name("input_rgb_image_sized").float(100.5).float(110.25).float(120.0).integers(&[40, 40]);
    file.convolution([2, 3, 7], 2, 0.25);
    file.convolution([2, 2, 3], 1, 0.125);
    file.convolution([2, 2, 3], 1, 0.125);
    file.convolution([4, 2, 3], 2, 0.125);
    file.convolution([4, 4, 3], 1, 0.125);
    file.name("fc_2").integers(&[2, 4]).tensor(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    file.0
}

fn constant(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        dims: dims.to_vec(),
        data_type: Some(data_type::FLOAT),
        float_data: values.to_vec(),
        name: Some(name.to_owned()),
        raw_data: None,
    }
}

fn node(op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        input: inputs.iter().map(|&name| name.to_owned()).collect(),
        output: vec![output.to_owned()],
        name: Some(output.to_owned()),
        op_type: Some(op.to_owned()),
        attribute,
    }
}

/// A chain like SFace's, with one channel whose slope is above 1.
fn sface() -> Vec<u8> {
    let ints = |name: &str, ints: &[i64]| AttributeProto {
        name: Some(name.to_owned()),
        ints: ints.to_vec(),
        ..AttributeProto::default()
    };
    let transposed =
        AttributeProto { name: Some("transB".to_owned()), i: Some(1), ..AttributeProto::default() };
    let graph = GraphProto {
        node: vec![
            node("Sub", &["data", "half"], "centred", vec![]),
            node("Conv", &["centred", "w1"], "c1", vec![ints("pads", &[1, 1, 1, 1])]),
            node("BatchNormalization", &["c1", "gamma", "beta", "mean", "var"], "b1", vec![]),
            node("PRelu", &["b1", "slopes"], "r1", vec![]),
            node("Conv", &["r1", "w2"], "c2", vec![]),
            node("BatchNormalization", &["c2", "gamma", "beta", "mean", "var"], "b2", vec![]),
            node("Dropout", &["b2"], "d2", vec![]),
            node("Flatten", &["d2"], "flat", vec![]),
            node("Gemm", &["flat", "w3", "bias"], "fc", vec![transposed]),
        ],
        initializer: vec![
            constant("half", &[1], &[127.5]),
            constant("w1", &[2, 3, 3, 3], &[0.5; 54]),
            constant("w2", &[2, 2, 1, 1], &[1.0, 4.0, 3.0, 4.0]),
            constant("w3", &[1, 2], &[1.0, -1.0]),
            constant("bias", &[1], &[0.5]),
            constant("slopes", &[2, 1, 1], &[0.25, 1.5]),
            constant("gamma", &[2], &[1.0, 2.0]),
            constant("beta", &[2], &[0.0, 1.0]),
            constant("mean", &[2], &[0.5, 0.5]),
            constant("var", &[2], &[1.0, 4.0]),
        ],
        ..GraphProto::default()
    };
    ModelProto { graph: Some(graph), ..ModelProto::default() }.encode_to_vec()
}

fn graph_of(file: &[u8]) -> GraphProto {
    ModelProto::decode(file).unwrap().graph.unwrap()
}

fn operators(graph: &GraphProto) -> Vec<&str> {
    graph.node.iter().map(NodeProto::op_type).collect()
}

#[test]
fn a_packed_shape_predictor_is_read_back_and_walks_the_same_tree() {
    let packed = convert(SHAPE_PREDICTOR, &shape_predictor()).unwrap();
    let predictor = ShapePredictor::from_packed(&packed).unwrap();
    // Both features lie on one grey: the difference is 0, not over 10.75, not over 200, so the last leaf: 0.
    let grey = vec![77; 64 * 64 * 3];
    let frame = Frame::new(&grey, 64, 64, PixelLayout::Rgb).unwrap();
    let around = FrameBox { top: 8.0, right: 40.0, bottom: 40.0, left: 8.0 };
    let found = predictor.predict(&frame, &around)[0];
    assert_eq!((found.x, found.y), (16.0, 24.0));
    // The first feature hangs on the first point, 4 right of and 8 below it; the second on the last, 4 left of and
    // 16 below it. Ten steps between them do not go left, eleven do, and then over -3.5.
    for (step, leaf) in [(10, 0.0), (11, 0.125)] {
        let mut pixels = grey.clone();
        let first = (32 * 64 + 20) * 3;
        pixels[first..first + 3].fill(77 + step);
        let frame = Frame::new(&pixels, 64, 64, PixelLayout::Rgb).unwrap();
        let found = predictor.predict(&frame, &around)[0];
        assert_eq!((found.x, found.y), (16.0 + leaf * 32.0, 24.0 + leaf * 32.0), "{step} steps");
    }
}

#[test]
fn dlibs_network_becomes_a_graph_of_the_same_sizes() {
    let graph = graph_of(&convert(DLIB, &dlib_network()).unwrap());
    let expected = [
        "Sub",
        "Mul",
        "Cast",
        "Conv",
        "Relu",
        "MaxPool", // stem
        "Cast",
        "Conv",
        "Relu",
        "Cast",
        "Conv",
        "Add",
        "Relu", // plain block
        "Cast",
        "Conv",
        "Relu",
        "Cast",
        "Conv",
        "AveragePool",
        "Pad",
        "Pad",
        "Add",
        "Relu", // halving
        "GlobalAveragePool",
        "Flatten",
        "Cast",
        "Gemm",
    ];
    assert_eq!(operators(&graph), expected);
    let dims = |name: &str| {
        graph.initializer.iter().find(|t| t.name() == name).map(|t| t.dims.clone()).unwrap()
    };
    // 40 px: 17 after the stem's convolution, 8 after its pool; then 3 beside a skip of 4.
    let padding = |name: &str| {
        let tensor = graph.initializer.iter().find(|t| t.name() == name).unwrap();
        let raw = tensor.raw_data.as_ref().unwrap();
        raw.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(padding("block2.main.padding"), [0, 0, 0, 0, 0, 0, 1, 1]);
    assert_eq!(padding("block2.skip.padding"), [0, 0, 0, 0, 0, 2, 0, 0]);
    assert_eq!(dims("embedding.weights.f16"), [2, 4]);
    // The affine layer doubles each weight, and makes 2 · 0.5 + 1 of the bias.
    let bias = graph.initializer.iter().find(|t| t.name() == "stem.bias").unwrap();
    assert_eq!(bias.raw_data.as_deref().unwrap(), [2.0_f32.to_le_bytes(); 2].concat());
    let weights = graph.initializer.iter().find(|t| t.name() == "stem.weights.f16").unwrap();
    // 0.5 in half precision.
    assert_eq!(weights.raw_data.as_deref().unwrap()[..2], [0x00, 0x38]);
}

#[test]
fn sface_loses_its_batch_norms_and_keeps_eight_bits() {
    let graph = graph_of(&convert(SFACE, &sface()).unwrap());
    let expected = [
        "Sub",
        "DequantizeLinear",
        "Conv",
        "Mul",
        "Max",
        "DequantizeLinear",
        "Conv",
        "Flatten",
        "DequantizeLinear",
        "Gemm",
        "Concat",
    ];
    assert_eq!(operators(&graph), expected);
    let raw = |name: &str| {
        graph.initializer.iter().find(|t| t.name() == name).unwrap().raw_data.clone().unwrap()
    };
    // The second channel's slope is above 1: it changes its sign in both convolutions.
    assert_eq!(raw("c1.weights.i8"), [[127_u8; 27], [129; 27]].concat());
    assert_eq!(raw("c2.weights.i8"), [32, 129, 95, 129]);
}

#[test]
fn the_same_source_gives_the_same_bytes() {
    for (id, source) in
        [(SHAPE_PREDICTOR, shape_predictor()), (DLIB, dlib_network()), (SFACE, sface())]
    {
        assert_eq!(convert(id, &source), convert(id, &source), "{id}");
    }
    assert_eq!(convert(YUNET, b"as published").unwrap(), b"as published");
}

#[test]
fn what_is_no_such_file_is_said() {
    struct Case {
        name: &'static str,
        id: &'static str,
        source: Vec<u8>,
        error: &'static str,
    }
    let mut odd_tree = shape_predictor();
    // One leaf too many: the count follows the three splits.
    let leaves = odd_tree.windows(4).position(|w| w == [1, 4, 0x81, 10]).unwrap();
    odd_tree[leaves + 1] = 5;
    let cases = [
        Case {
            name: "unknown id",
            id: "pose",
            source: vec![],
            error: "there is no conversion for a model called \"pose\"",
        },
        Case {
            name: "another version",
            id: SHAPE_PREDICTOR,
            source: vec![1, 2],
            error: "at offset 2: expected a shape predictor of version 1",
        },
        Case {
            name: "a leaf too many",
            id: SHAPE_PREDICTOR,
            source: odd_tree,
            error: "expected one leaf more than splits",
        },
        Case {
            name: "cut off",
            id: DLIB,
            source: dlib_network()[..400].to_vec(),
            error: "the file ends early",
        },
        Case {
            name: "no network",
            id: DLIB,
            source: b"something else".to_vec(),
            error: "at offset 0: expected a network that takes RGB pictures of one size",
        },
        Case {
            name: "no protobuf",
            id: SFACE,
            source: b"\xff".to_vec(),
            error: "not an ONNX file",
        },
        Case { name: "no graph", id: SFACE, source: vec![], error: "the file: expected a graph" },
    ];
    for case in cases {
        let error = convert(case.id, &case.source).unwrap_err().to_string();
        assert!(error.contains(case.error), "{}: {error}", case.name);
    }
}

#[test]
fn a_lying_length_takes_no_memory() {
    // A tensor that claims 2^60 numbers.
    let mut file = DlibWriter::default();
    file.name("input_rgb_image_sized").float(0.0).float(0.0).float(0.0).integers(&[150, 150]);
    file.name("con_4").integers(&[2, 1 << 20, 1 << 20, 1 << 20, 1]);
    assert!(matches!(
        convert(DLIB, &file.0),
        Err(ConvertError::Truncated { .. } | ConvertError::Malformed { .. })
    ));
}

proptest! {
    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for id in [SHAPE_PREDICTOR, DLIB, SFACE] {
            let _ = convert(id, &bytes);
        }
    }

    #[test]
    fn an_altered_file_never_panics(
        at in any::<prop::sample::Index>(),
        bytes in proptest::collection::vec(any::<u8>(), 1..9),
        cut in any::<prop::sample::Index>(),
    ) {
        for (id, mut file) in
            [(SHAPE_PREDICTOR, shape_predictor()), (DLIB, dlib_network()), (SFACE, sface())]
        {
            let at = at.index(file.len());
            let end = (at + bytes.len()).min(file.len());
            file[at..end].copy_from_slice(&bytes[..end - at]);
            let _ = convert(id, &file);
            file.truncate(cut.index(file.len()));
            let _ = convert(id, &file);
        }
    }
}
