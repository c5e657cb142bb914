//! For tests only: pictures, what the reference implementations make of them, named tolerances, and fake networks.
//!
//! # Holding a stage to its reference
//!
//! [`reference()`] is what dlib, OpenCV and onnxruntime computed, stage by stage, from the pictures in `fixtures/`; the
//! generator lies beside it in `reference/`. Each stage is fed the *reference's* result of the stage before, so that a
//! test that fails names the stage at fault, and is held to a constant of [`tolerance`]:
//!
//! | stage | fed | held to | tolerance |
//! | --- | --- | --- | --- |
//! | YuNet's outputs | [`YunetRaw::picture`] | [`YunetRaw::outputs`] | [`tolerance::NETWORK_OUTPUT`] |
//! | detection | picture, at its own size | [`ReferenceFace::detections`] | [`tolerance::DETECTION_PX`], [`tolerance::SCORE`] |
//! | dlib's five points | picture, [`DlibStages::square`] | [`DlibStages::landmarks`] | [`tolerance::DLIB_LANDMARK_PX`] |
//! | dlib's chip | picture, [`DlibStages::landmarks`] | [`DlibStages::chip`] | [`tolerance::CHIP_MEAN_GREY`] |
//! | dlib's network | [`DlibStages::chip`] | [`DlibStages::encoding`] | [`tolerance::DLIB_NETWORK_DISTANCE`] |
//! | SFace's crop | picture, [`SfaceStages::landmarks`] | [`SfaceStages::crop`] | [`tolerance::CROP_MEAN_GREY`] |
//! | SFace's network | [`SfaceStages::crop`] | [`SfaceStages::embedding`] | [`tolerance::SFACE_NETWORK_DISTANCE`] |
//! | everything | picture | [`DlibStages::encoding_by_face_recognition`] | [`tolerance::END_TO_END_DLIB_DISTANCE`] |
//!
//! The stages without a network are held here, in `tests/alignment.rs`. Those with one need a runtime and are held in
//! `crates/rostro-infer/tests/`:
//!
//! ```
//! use rostro_testkit::{reference, tolerance};
//!
//! for face in &reference().faces {
//!     let picture = face.picture();
//!     let frame = picture.frame();
//!     // let found = detector.detect(&frame, &face.detect_options())?;
//!     # let found = face.detections.iter().map(|it| it.detection()).collect::<Vec<_>>();
//!     assert_eq!(found.len(), face.detections.len(), "{}", face.picture);
//!     let moved = found[0].landmarks.0[0].distance(face.detections[0].landmarks().0[0]);
//!     assert!(moved <= tolerance::DETECTION_PX, "{}: {moved} px", face.picture);
//! }
//! ```
//!
//! # Without real networks
//!
//! [`networks`] has networks that answer what a test wants, so that everything above core can be tested in
//! milliseconds.
#![forbid(unsafe_code)]

pub mod documents;
pub mod networks;
pub mod pictures;
mod reference;
pub mod tolerance;

pub use pictures::Picture;
pub use reference::{
    Distances, DlibStages, RawOutput, Reference, ReferenceDetection, ReferenceFace, SfaceStages,
    YunetRaw, reference, yunet_raw,
};
