//! The recogniser as types and mathematics.
//!
//! Read [`engine`] first: it holds the stages in order. Everything here is pure: no clock, no file, no network
//! runtime. A neural network is whatever implements [`Network`].
#![forbid(unsafe_code)]

pub mod align;
pub mod decision;
pub mod detector;
pub mod embedding;
pub mod engine;
pub mod enrolment;
pub mod frame;
pub mod gallery;
pub mod geometry;
pub mod network;
pub mod quality;
pub mod shape_predictor;
pub mod tracks;
pub mod watch;

pub use detector::{DetectOptions, Detection, Detector, InputSide, Score};
pub use embedding::{
    Distance, EMBEDDING_LEN, Embedding, EmbeddingError, ModelId, Threshold, UnknownModel,
};
pub use engine::{Engine, EngineError, Face, Recognizer};
pub use frame::{Frame, FrameError, PixelLayout};
pub use gallery::{Candidate, Gallery, Identification, verify};
pub use geometry::{FrameBox, FramePoint, Landmarks};
pub use network::{Network, NetworkError, Tensor};
