//! How far each stage may be from its reference, and why not nothing.
//!
//! Figures in brackets were measured on the fixtures when the constant was set.

/// Numbers that a network gives: sums of products in another order differ in the last digits of an `f32`.
pub const NETWORK_OUTPUT: f32 = 1e-3;

/// Corners and landmarks of a detection, in pixels of the picture: only rounding in the network lies between.
pub const DETECTION_PX: f32 = 0.05;

/// A detection's score, for the same reason.
pub const SCORE: f32 = 1e-3;

/// dlib's five points against dlib's own, which are rounded to whole pixels; nothing else lies between (0 px once ours
/// are rounded too, on these four faces and on 944 of LFW).
pub const DLIB_LANDMARK_PX: f32 = 0.5;

/// dlib's chip, mean absolute difference in steps of 0 to 255: here and there a sum that is rounded the other way (0).
pub const CHIP_MEAN_GREY: f64 = 0.01;

/// SFace's crop, mean absolute difference in steps of 0 to 255: OpenCV's weights have fewer digits (0.0006).
pub const CROP_MEAN_GREY: f64 = 0.01;

/// An encoding of the same chip: 16-bit weights move it a little, of a threshold of 0.6 (0.0005).
pub const DLIB_NETWORK_DISTANCE: f32 = 0.001;

/// A unit embedding of the same crop: 8-bit weights give a cosine of 0.9989 at worst on 95 faces of LFW, which is a
/// distance of 0.047, of a threshold of 1.128 (0.033).
pub const SFACE_NETWORK_DISTANCE: f32 = 0.05;

/// An encoding from the picture, against Python's `face_recognition`, which finds the face with another detector and
/// so aligns it a little otherwise.
pub const END_TO_END_DLIB_DISTANCE: f32 = 0.12;
