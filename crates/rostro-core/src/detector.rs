//! Face detection with YuNet: a frame in, boxes with five points out.

mod decode;
mod nms;
mod resize;
mod side;

pub use side::InputSide;

use crate::frame::Frame;
use crate::geometry::{FrameBox, FramePoint, Landmarks, Letterbox};
use crate::network::{Network, NetworkError};

/// How sure the detector is that a box holds a face, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(f32);

impl Score {
    /// Takes a number from 0 to 1; `None` for any other.
    #[must_use]
    pub fn new(value: f32) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The number, 0 to 1.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.0
    }
}

/// What the detector is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectOptions {
    /// At which size the network sees the frame; picked by the frame by default.
    pub input_side: InputSide,
    /// Boxes that score less are dropped.
    ///
    /// 0.7 by default, chosen empirically: on 300 crowded pictures of WIDER FACE at 320 it gives 16 boxes without a
    /// face and finds 0.84 of the faces over 30 px; 0.6 gives 48 and 0.87, 0.8 gives 2 and 0.80. The lowest score of
    /// the 3,811 persons of LFW is 0.855.
    pub min_score: Score,
    /// Of two boxes with an intersection over union above this, the one with the lower score is dropped.
    ///
    /// 0.4 by default, chosen empirically: on 300 pictures of WIDER FACE at 640 and 320, and on either half of them,
    /// the average precision is higher by 0.004 to 0.007 than with OpenCV's 0.3, as faces in a crowd overlap; at the
    /// default score no more boxes are wrong at 640, and 38 instead of 36 at 320. 0.5 makes two boxes of one face more
    /// often.
    pub nms_iou: f32,
    /// At most this many faces are given, those with the best scores. 64 by default: each may cost a run of a
    /// recogniser.
    pub max_faces: usize,
}

impl Default for DetectOptions {
    fn default() -> Self {
        Self { input_side: InputSide::ByFrame, min_score: Score(0.7), nms_iou: 0.4, max_faces: 64 }
    }
}

impl DetectOptions {
    /// For a [`Tracker`](crate::tracks::Tracker), which takes faint faces for those that it knows already and begins
    /// tracks with clear ones only: scores from 0.4.
    ///
    /// Chosen empirically: in a webcam clip, a man who looks aside scores 0.46 to 0.69 and is found in all 280 frames,
    /// and in 36 of them at 0.7; in another, boxes without a face score up to 0.7 in 15 of 385 frames, each in another
    /// place.
    #[must_use]
    pub fn for_tracks() -> Self {
        Self { min_score: Score(0.4), ..Self::default() }
    }
}

/// A face that was found, in frame pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Around the face, as the network gave it: it may reach over the picture's edges.
    pub bounds: FrameBox,
    /// How sure the detector is.
    pub score: Score,
    /// Eyes, nose and mouth.
    pub landmarks: Landmarks,
}

impl Detection {
    /// How prominent the face is in a frame of `width` × `height`: its area in square pixels, less where it lies away
    /// from the middle, down to nothing a whole side away.
    ///
    /// Who stands in front of a camera is larger and nearer to the middle than who passes behind. On LFW, each of
    /// whose pictures names one person, the most prominent face is that person's in all 3,811; the largest is
    /// somebody else's in 14, the one with the best score in 32.
    #[must_use]
    pub fn prominence(&self, width: usize, height: usize) -> f32 {
        let middle = FramePoint::new(width as f32 / 2.0, height as f32 / 2.0);
        let away = self.bounds.centre().distance(middle) / width.max(height) as f32;
        self.bounds.area() * (1.0 - away).max(0.0)
    }
}

/// Finds faces with a YuNet network.
///
/// The network takes `[1, 3, H, W]`, BGR, 0 to 255, H and W multiples of 32, and gives twelve outputs: `cls`, `obj`,
/// `bbox` and `kps`, each at strides 8, 16 and 32, shapes `[1, cells, 1 | 1 | 4 | 10]`.
pub struct Detector {
    network: Box<dyn Network>,
}

impl Detector {
    /// Longest sides of the network's input that are taken, in pixels. The upper end bounds time and memory: 2048
    /// takes about forty times as long as 320, and half a gigabyte.
    pub const SIDES_PX: std::ops::RangeInclusive<usize> = 32..=2048;
    /// The side of what [`Detector::refine`] looks at, as a multiple of the face's, and of the network's input. The
    /// face then has about 180 px, where the network places its points best.
    ///
    /// Chosen empirically: on 3,000 pairs of LFW SFace told 0.9930 right so, 0.9917 with the points of the first
    /// look (a face of 130 px) and 0.9903 with those of a first look at 640. With 1.25 and an input of 224, which costs a
    /// quarter less, 0.9930 too, but together with dlib's at a FAR of 1e-4 only 0.9778 of the pairs instead of 0.9792; with
    /// 1.25 and 192 0.9917, with 1.1 and 192 0.9913.
    const REFINE_MARGIN: f32 = 1.4;
    const REFINE_SIDE_PX: usize = 256;
    /// Low, as a face is known to be there.
    const REFINE_MIN_SCORE: Score = Score(0.3);
    /// A box that overlaps the first less is another face.
    const REFINE_MIN_IOU: f32 = 0.4;
    /// Both sides of the input are multiples of this, the largest stride.
    const MULTIPLE_PX: usize = 32;

    /// A detector that runs `network`.
    #[must_use]
    pub fn new(network: Box<dyn Network>) -> Self {
        Self { network }
    }

    /// The network alone, for whoever measures it.
    #[must_use]
    pub fn network(&self) -> &dyn Network {
        self.network.as_ref()
    }

    /// The faces in `frame`, the most [prominent](Detection::prominence) first. No face is an empty list.
    ///
    /// Cost: a run of the network and a pass over the frame's pixels for each look that [`InputSide`] takes.
    ///
    /// # Errors
    /// [`NetworkError`] when the network fails, or its outputs are not YuNet's.
    pub fn detect(
        &self,
        frame: &Frame<'_>,
        options: &DetectOptions,
    ) -> Result<Vec<Detection>, NetworkError> {
        let (width, height) = (frame.width(), frame.height());
        let mut side = options.input_side.first();
        let mut faces = self.look(frame, side, options, Vec::new())?;
        while let Some(closer) = options.input_side.closer(side, width.max(height), &faces) {
            side = closer;
            faces = self.look(frame, side, options, faces)?;
        }
        let prominence = |face: &Detection| face.prominence(width, height);
        faces.sort_by(|a, b| prominence(b).total_cmp(&prominence(a)));
        Ok(faces)
    }

    /// The faces that are seen at `side`, and those `seen` before: of one that is both, the surer.
    fn look(
        &self,
        frame: &Frame<'_>,
        side: usize,
        options: &DetectOptions,
        mut seen: Vec<Detection>,
    ) -> Result<Vec<Detection>, NetworkError> {
        let letterbox = Letterbox::fit(frame.width(), frame.height(), side, Self::MULTIPLE_PX);
        let outputs = self.network.run(resize::bgr_planes(frame, &letterbox))?;
        seen.extend(decode::candidates(&outputs, &letterbox, options.min_score)?);
        Ok(nms::keep_best(seen, options.nms_iou, options.max_faces))
    }

    /// The same face, looked at again from near: its points are more exact, above all where it is small in the frame.
    /// What is not found again stays as it was.
    ///
    /// Cost: one run of the network at 256 × 256.
    ///
    /// # Errors
    /// [`NetworkError`] as [`Detector::detect`].
    pub fn refine(
        &self,
        frame: &Frame<'_>,
        detection: &Detection,
    ) -> Result<Detection, NetworkError> {
        let side = Self::REFINE_MARGIN * detection.bounds.square().width();
        let near = FrameBox::from_centre(detection.bounds.centre(), side, side);
        let Some(letterbox) = Letterbox::square(&near, Self::REFINE_SIDE_PX) else {
            return Ok(*detection);
        };
        let outputs = self.network.run(resize::bgr_planes(frame, &letterbox))?;
        let candidates = decode::candidates(&outputs, &letterbox, Self::REFINE_MIN_SCORE)?;
        let overlap = |face: &Detection| face.bounds.iou(&detection.bounds);
        let again = nms::keep_best(candidates, DetectOptions::default().nms_iou, usize::MAX)
            .into_iter()
            .filter(|face| overlap(face) >= Self::REFINE_MIN_IOU)
            .max_by(|a, b| overlap(a).total_cmp(&overlap(b)));
        Ok(again.unwrap_or(*detection))
    }
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Detector")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::frame::PixelLayout;
    use crate::network::Tensor;

    /// Gives YuNet's outputs with the cells that it was told hold a face, and keeps the shape it was fed.
    struct FakeYunet {
        /// Index of the cell at stride 8, and its score.
        faces: Vec<(usize, f32)>,
        fed: std::sync::Arc<Mutex<Vec<usize>>>,
    }

    impl Network for FakeYunet {
        fn run(&self, input: Tensor) -> Result<Vec<Tensor>, NetworkError> {
            *self.fed.lock().unwrap() = input.shape().to_vec();
            let (height, width) = (input.shape()[2], input.shape()[3]);
            let cells = [8, 16, 32].map(|stride| (height / stride) * (width / stride));
            let mut outputs = Vec::new();
            for channels in [1, 1, 4, 10] {
                for cells in cells {
                    outputs.push(Tensor::new(&[1, cells, channels], vec![0.0; cells * channels]));
                }
            }
            let mut scores = vec![0.0; cells[0]];
            for &(cell, score) in &self.faces {
                scores[cell] = score;
            }
            outputs[0] = Tensor::new(&[1, cells[0], 1], scores.clone());
            outputs[3] = Tensor::new(&[1, cells[0], 1], scores);
            // exp(1.4) strides is about 32 input pixels.
            outputs[6] = Tensor::new(
                &[1, cells[0], 4],
                (0..cells[0]).flat_map(|_| [0.5, 0.5, 1.4, 1.4]).collect(),
            );
            Ok(outputs)
        }
    }

    #[test]
    fn boxes_leave_in_frame_pixels_most_prominent_first() {
        let fed = std::sync::Arc::default();
        // 640 × 480 scaled to 320 × 240 and padded to 320 × 256: 40 cells a row.
        let network = FakeYunet {
            faces: vec![(10 * 40 + 10, 0.9), (14 * 40 + 22, 0.8)],
            fed: std::sync::Arc::clone(&fed),
        };
        let pixels = vec![128; 640 * 480 * 3];
        let frame = Frame::new(&pixels, 640, 480, PixelLayout::Rgb).unwrap();
        let faces =
            Detector::new(Box::new(network)).detect(&frame, &DetectOptions::default()).unwrap();

        assert_eq!(*fed.lock().unwrap(), [1, 3, 256, 320]);
        let centres: Vec<_> = faces.iter().map(|face| face.bounds.centre()).collect();
        let expected = [(22.5 * 8.0 * 2.0, 14.5 * 8.0 * 2.0), (10.5 * 8.0 * 2.0, 10.5 * 8.0 * 2.0)];
        assert_eq!(centres.len(), expected.len());
        for (centre, expected) in centres.iter().zip(expected) {
            assert!((centre.x - expected.0).abs() < 1e-3 && (centre.y - expected.1).abs() < 1e-3);
        }
        assert!((faces[0].score.value() - 0.8).abs() < 1e-6);
        assert!((faces[0].bounds.width() - 1.4_f32.exp() * 16.0).abs() < 1e-3);
        // The points' offsets are 0: the upper left corner of the cell.
        assert_eq!(faces[1].landmarks.0[2].x, 160.0);
    }

    #[test]
    fn sides_are_held_within_bounds() {
        let pixels = vec![0; 64 * 64 * 3];
        let frame = Frame::new(&pixels, 64, 64, PixelLayout::Rgb).unwrap();
        for (asked, fed_side) in [(0, 32), (33, 64), (usize::MAX, 2048)] {
            let fed = std::sync::Arc::default();
            let network = FakeYunet { faces: vec![], fed: std::sync::Arc::clone(&fed) };
            let options =
                DetectOptions { input_side: InputSide::Px(asked), ..DetectOptions::default() };
            assert_eq!(Detector::new(Box::new(network)).detect(&frame, &options), Ok(vec![]));
            assert_eq!(*fed.lock().unwrap(), [1, 3, fed_side, fed_side], "asked for {asked}");
        }
    }

    #[test]
    fn a_score_is_from_zero_to_one() {
        for value in [0.0, 0.5, 1.0] {
            assert_eq!(Score::new(value).map(Score::value), Some(value));
        }
        for value in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(Score::new(value), None);
        }
    }
}
