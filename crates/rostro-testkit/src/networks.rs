//! Networks that answer what a test wants.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rostro_core::{FrameBox, Landmarks, Network, NetworkError, Tensor};

/// Gives the same outputs whatever it is fed.
#[derive(Clone, Debug)]
pub struct Constant(pub Vec<Tensor>);

impl Constant {
    /// A recogniser that sees one person everywhere: `[1, 128]`, all zero but the number at `index`, which is 1.
    ///
    /// Two with different indices are as far apart as two strangers: 1.41.
    ///
    /// # Panics
    /// When `index` is not below 128.
    #[must_use]
    pub fn person(index: usize) -> Self {
        let mut values = vec![0.0; rostro_core::EMBEDDING_LEN];
        values[index] = 1.0;
        Self(vec![Tensor::new(&[1, rostro_core::EMBEDDING_LEN], values)])
    }
}

impl Network for Constant {
    fn run(&self, _input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        Ok(self.0.clone())
    }
}

/// Fails at every run.
#[derive(Clone, Debug, Default)]
pub struct Broken;

impl Network for Broken {
    fn run(&self, _input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        Err(NetworkError { network: "broken".to_owned(), reason: "made to fail".to_owned() })
    }
}

/// Passes on to another network, and keeps what that was fed; clones share what they keep.
pub struct Recorder<N> {
    network: N,
    inputs: Arc<Mutex<Vec<Tensor>>>,
}

impl<N: Network> Recorder<N> {
    /// Records what `network` is fed.
    #[must_use]
    pub fn new(network: N) -> Self {
        Self { network, inputs: Arc::default() }
    }

    /// What it was fed so far, oldest first, to be read after the network has gone into an engine.
    #[must_use]
    pub fn inputs(&self) -> Inputs {
        Inputs(Arc::clone(&self.inputs))
    }
}

impl<N: Network> Network for Recorder<N> {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).push(input.clone());
        self.network.run(input)
    }
}

/// What a [`Recorder`] keeps.
#[derive(Clone)]
pub struct Inputs(Arc<Mutex<Vec<Tensor>>>);

impl Inputs {
    /// All inputs so far, oldest first.
    #[must_use]
    pub fn get(&self) -> Vec<Tensor> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Answers differently at each run, and starts again from the first after the last.
#[derive(Debug)]
pub struct InTurn<N> {
    networks: Vec<N>,
    next: AtomicUsize,
}

impl<N: Network> InTurn<N> {
    /// The networks that answer, in order.
    ///
    /// # Panics
    /// When there are none.
    #[must_use]
    pub fn new(networks: Vec<N>) -> Self {
        assert!(!networks.is_empty(), "somebody has to answer");
        Self { networks, next: AtomicUsize::new(0) }
    }
}

impl<N: Network> Network for InTurn<N> {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.networks[turn % self.networks.len()].run(input)
    }
}

/// A face for [`Yunet`] to find, in pixels of the network's input.
///
/// A frame is scaled before it becomes an input; where its longest side is the detector's
/// [`InputSide`](rostro_core::InputSide), input pixels and frame pixels are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedFace {
    /// Around the face.
    pub bounds: FrameBox,
    /// Eyes, nose and mouth.
    pub landmarks: Landmarks,
    /// From 0 to 1.
    pub score: f32,
}

impl PlacedFace {
    /// A face in the square of `side` around `(x, y)`, with eyes, nose and mouth where faces have them.
    #[must_use]
    pub fn around(x: f32, y: f32, side: f32, score: f32) -> Self {
        let half = side / 2.0;
        let bounds = FrameBox { top: y - half, right: x + half, bottom: y + half, left: x - half };
        let point = |across: f32, down: f32| rostro_core::FramePoint {
            x: bounds.left + across * side,
            y: bounds.top + down * side,
        };
        let landmarks = Landmarks([
            point(0.32, 0.40),
            point(0.68, 0.40),
            point(0.50, 0.60),
            point(0.36, 0.78),
            point(0.64, 0.78),
        ]);
        Self { bounds, landmarks, score }
    }
}

/// Finds the faces that it was told, with outputs of YuNet's twelve shapes for whatever size it is fed.
#[derive(Clone, Debug, Default)]
pub struct Yunet(pub Vec<PlacedFace>);

impl Yunet {
    const STRIDES_PX: [usize; 3] = [8, 16, 32];
}

impl Network for Yunet {
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
        let &[1, 3, height, width] = input.shape() else {
            return Err(NetworkError {
                network: "fake YuNet".to_owned(),
                reason: format!("expected [1, 3, height, width], got {:?}", input.shape()),
            });
        };
        let mut levels = Self::STRIDES_PX.map(|stride_px| Level::empty(stride_px, width, height));
        for face in &self.0 {
            // Small faces are found at the smallest stride, as by the real network.
            let level = match face.bounds.width() {
                width if width < 64.0 => 0,
                width if width < 128.0 => 1,
                _ => 2,
            };
            levels[level].place(face);
        }
        let outputs = |channel: fn(&Level) -> &Vec<f32>, channels: usize| {
            levels.each_ref().map(|level| {
                let cells = level.across * level.down;
                Tensor::new(&[1, cells, channels], channel(level).clone())
            })
        };
        Ok([
            outputs(|level| &level.score, 1),
            outputs(|level| &level.score, 1),
            outputs(|level| &level.bbox, 4),
            outputs(|level| &level.kps, 10),
        ]
        .into_iter()
        .flatten()
        .collect())
    }
}

/// YuNet's outputs at one stride.
struct Level {
    stride_px: f32,
    across: usize,
    down: usize,
    /// Both of `cls` and `obj`: the score is the root of their product.
    score: Vec<f32>,
    bbox: Vec<f32>,
    kps: Vec<f32>,
}

impl Level {
    fn empty(stride_px: usize, width: usize, height: usize) -> Self {
        let (across, down) = (width / stride_px, height / stride_px);
        let zeros = |channels: usize| vec![0.0; across * down * channels];
        Self {
            stride_px: stride_px as f32,
            across,
            down,
            score: zeros(1),
            bbox: zeros(4),
            kps: zeros(10),
        }
    }

    /// Writes a face into the cell nearest to its middle, as `decode` reads it back: centre and points relative to the
    /// cell, in strides; sizes as logarithms.
    fn place(&mut self, face: &PlacedFace) {
        let FrameBox { top, right, bottom, left } = face.bounds;
        let (x, y) = ((left + right) / 2.0 / self.stride_px, (top + bottom) / 2.0 / self.stride_px);
        let (column, row) = (nearest_cell(x, self.across), nearest_cell(y, self.down));
        let cell = row * self.across + column;
        let (column, row) = (column as f32, row as f32);
        self.score[cell] = face.score;
        let (width, height) = ((right - left) / self.stride_px, (bottom - top) / self.stride_px);
        self.bbox[4 * cell..][..4].copy_from_slice(&[x - column, y - row, width.ln(), height.ln()]);
        for (point, kps) in face.landmarks.0.iter().zip(self.kps[10 * cell..].chunks_exact_mut(2)) {
            kps[0] = point.x / self.stride_px - column;
            kps[1] = point.y / self.stride_px - row;
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the cells that there are"
)]
fn nearest_cell(place: f32, cells: usize) -> usize {
    (place.floor().max(0.0) as usize).min(cells.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use rostro_core::{DetectOptions, Detector, InputSide};

    use super::*;
    use crate::Picture;

    #[test]
    fn the_detector_finds_what_was_placed() {
        let placed = [
            PlacedFace::around(60.0, 70.0, 40.0, 0.7),
            PlacedFace::around(200.0, 90.0, 100.0, 0.95),
            PlacedFace::around(250.0, 230.0, 150.0, 0.8),
        ];
        let recorder = Recorder::new(Yunet(placed.to_vec()));
        let inputs = recorder.inputs();
        let picture = Picture::plain(320, 256, [90, 90, 90]);
        let options = DetectOptions { input_side: InputSide::Px(320), ..DetectOptions::default() };
        let found = Detector::new(Box::new(recorder)).detect(&picture.frame(), &options).unwrap();
        assert_eq!(inputs.get()[0].shape(), [1, 3, 256, 320]);
        assert_eq!(found.len(), 3, "all placed faces are found");
        for (found, placed) in found.iter().zip([placed[2], placed[1], placed[0]]) {
            assert!((found.score.value() - placed.score).abs() < 1e-6);
            assert!((found.bounds.left - placed.bounds.left).abs() < 1e-3);
            assert!((found.bounds.bottom - placed.bounds.bottom).abs() < 1e-3);
            for (found, placed) in found.landmarks.0.iter().zip(placed.landmarks.0) {
                assert!(found.distance(placed) < 1e-3);
            }
        }
    }

    #[test]
    fn networks_answer_in_turn() {
        let people = InTurn::new(vec![Constant::person(3), Constant::person(5)]);
        let seen = || {
            let outputs = people.run(Tensor::new(&[1], vec![0.0])).unwrap();
            outputs[0].values().iter().position(|&value| value > 0.0)
        };
        assert_eq!([seen(), seen(), seen()], [Some(3), Some(5), Some(3)]);
        assert!(Broken.run(Tensor::new(&[1], vec![0.0])).is_err());
    }
}
