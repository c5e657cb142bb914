//! Embeddings, and what may be done with them: only embeddings of one model are ever compared.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Numbers in an embedding, for every model that Rostro knows.
pub const EMBEDDING_LEN: usize = 128;

/// Which recogniser made an embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ModelId {
    /// dlib's ResNet, the encodings of Python's `face_recognition`. Raw vectors, norm about 1.4.
    DlibResnetV1,
    /// SFace of December 2021 from OpenCV's model zoo. Kept as unit vectors.
    Sface2021Dec,
}

impl ModelId {
    /// Every model, in the order of their introduction.
    pub const ALL: [Self; 2] = [Self::DlibResnetV1, Self::Sface2021Dec];
    /// What a new installation recognises with: at a false-match rate of 1e-4 on LFW it finds 98.5 % of the
    /// matching pairs where dlib's finds 70 %.
    pub const DEFAULT: Self = Self::Sface2021Dec;
    /// What an encoding without a tag was made with.
    pub const UNTAGGED: Self = Self::DlibResnetV1;

    /// The id on every wire and in every file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DlibResnetV1 => "dlib-resnet-v1",
            Self::Sface2021Dec => "sface-2021dec",
        }
    }

    /// The distance up to which two embeddings are taken for one person's, unless an operator says otherwise.
    ///
    /// dlib: 0.6 as in Python's `face_recognition`. SFace: 1.128, the Euclidean distance of unit vectors that its
    /// model card (OpenCV model zoo) gives beside the cosine 0.363.
    #[must_use]
    pub const fn default_threshold(self) -> Threshold {
        match self {
            Self::DlibResnetV1 => Threshold { model: self, max: 0.6 },
            Self::Sface2021Dec => Threshold { model: self, max: 1.128 },
        }
    }

    /// Whether this model's embeddings are scaled to length one.
    #[must_use]
    const fn is_unit_length(self) -> bool {
        matches!(self, Self::Sface2021Dec)
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A model id that Rostro does not know.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown model, expected one of: dlib-resnet-v1, sface-2021dec")]
pub struct UnknownModel;

impl FromStr for ModelId {
    type Err = UnknownModel;

    fn from_str(id: &str) -> Result<Self, UnknownModel> {
        Self::ALL.into_iter().find(|model| model.as_str() == id).ok_or(UnknownModel)
    }
}

/// Why numbers are not an [`Embedding`].
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EmbeddingError {
    /// Not [`EMBEDDING_LEN`] numbers.
    #[error("an embedding has {EMBEDDING_LEN} numbers, got {actual}")]
    WrongLength {
        /// Numbers given.
        actual: usize,
    },
    /// A number is NaN or infinite.
    #[error("number {index} of the embedding is not finite")]
    NotFinite {
        /// Its index, from 0.
        index: usize,
    },
    /// No face has such a vector: its length is zero, or far beyond what the model gives.
    #[error("the embedding's length (norm) is not one that {model} gives")]
    NormOutOfRange {
        /// The model it was said to come from.
        model: ModelId,
    },
}

/// 128 finite numbers that one model made from one face.
///
/// This is biometric data: `Debug` prints the model only.
#[derive(Clone, PartialEq)]
pub struct Embedding {
    model: ModelId,
    values: [f32; EMBEDDING_LEN],
}

impl Embedding {
    /// Norms that are believed. dlib's lie near 1.4 and SFace's are scaled to 1; the range is wide so that only
    /// what cannot be an embedding is refused.
    const NORMS: std::ops::RangeInclusive<f32> = 1e-3..=1e3;

    /// Takes what `model` gave. SFace's vector is scaled to length one; dlib's is kept bit for bit.
    ///
    /// # Errors
    /// [`EmbeddingError`] when the count is wrong, a number is not finite, or the norm cannot be a face's.
    pub fn new(model: ModelId, values: &[f32]) -> Result<Self, EmbeddingError> {
        let mut values: [f32; EMBEDDING_LEN] =
            values.try_into().map_err(|_| EmbeddingError::WrongLength { actual: values.len() })?;
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(EmbeddingError::NotFinite { index });
        }
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !Self::NORMS.contains(&norm) {
            return Err(EmbeddingError::NormOutOfRange { model });
        }
        // A vector that is already of unit length stays as it is, so that storing and loading changes no bit.
        if model.is_unit_length() && (norm - 1.0).abs() > 1e-6 {
            values.iter_mut().for_each(|value| *value /= norm);
        }
        Ok(Self { model, values })
    }

    /// The model that made it.
    #[must_use]
    pub const fn model(&self) -> ModelId {
        self.model
    }

    /// The numbers, in the model's order.
    #[must_use]
    pub const fn values(&self) -> &[f32; EMBEDDING_LEN] {
        &self.values
    }

    /// The mean of two looks at one face by one model.
    ///
    /// # Errors
    /// [`EmbeddingError::NormOutOfRange`] when they cancel each other out, which looks at one face do not.
    ///
    /// # Panics
    /// When they are of different models: the caller made both.
    pub fn mean(&self, other: &Self) -> Result<Self, EmbeddingError> {
        assert_eq!(self.model, other.model, "looks of one model");
        let mean: [f32; EMBEDDING_LEN] =
            std::array::from_fn(|i| f32::midpoint(self.values[i], other.values[i]));
        Self::new(self.model, &mean)
    }

    /// Euclidean distance to another embedding of the same model; `None` when the models differ.
    #[must_use]
    pub fn distance(&self, other: &Self) -> Option<Distance> {
        (self.model == other.model).then(|| Distance {
            model: self.model,
            value: squared_distance(&self.values, &other.values).sqrt(),
        })
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding({})", self.model)
    }
}

/// Sum of squared differences, in sixteen independent lanes so that the compiler can use vector instructions.
///
/// Cost: 128 subtractions and multiply-adds, about 10 ns native.
#[must_use]
pub(crate) fn squared_distance(a: &[f32; EMBEDDING_LEN], b: &[f32; EMBEDDING_LEN]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            let difference = a - b;
            *lane += difference * difference;
        }
    }
    lanes.iter().sum()
}

/// How far apart two embeddings of one model lie: Euclidean, 0 is the same vector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    model: ModelId,
    value: f32,
}

impl Distance {
    /// A distance that `model`'s embeddings gave earlier, as when a stored result is read back.
    #[must_use]
    pub const fn new(model: ModelId, value: f32) -> Self {
        Self { model, value }
    }

    /// The number, in the model's own metric.
    #[must_use]
    pub const fn value(self) -> f32 {
        self.value
    }

    /// The model whose embeddings were compared.
    #[must_use]
    pub const fn model(self) -> ModelId {
        self.model
    }
}

/// The largest distance at which two embeddings of one model count as one person's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    model: ModelId,
    max: f32,
}

/// A threshold that is not a positive finite number.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error("a threshold is a positive number, got {0}")]
pub struct InvalidThreshold(pub f32);

impl Threshold {
    /// The threshold of dlib's encodings, which the legacy wires take as their scale for every model.
    pub const LEGACY_SCALE: f32 = 0.6;

    /// A threshold in `model`'s own metric.
    ///
    /// # Errors
    /// [`InvalidThreshold`] unless `max` is finite and above zero.
    pub fn new(model: ModelId, max: f32) -> Result<Self, InvalidThreshold> {
        if max.is_finite() && max > 0.0 {
            Ok(Self { model, max })
        } else {
            Err(InvalidThreshold(max))
        }
    }

    /// The threshold that reads `legacy` on the legacy wires, where every model's default reads 0.6.
    ///
    /// # Errors
    /// [`InvalidThreshold`] unless `legacy` is finite and above zero.
    pub fn from_legacy(model: ModelId, legacy: f32) -> Result<Self, InvalidThreshold> {
        Self::new(model, legacy / Self::LEGACY_SCALE * model.default_threshold().max)
    }

    /// The number, in the model's own metric.
    #[must_use]
    pub const fn max(self) -> f32 {
        self.max
    }

    /// The model it applies to.
    #[must_use]
    pub const fn model(self) -> ModelId {
        self.model
    }

    /// Whether `distance` counts as a match; never, where the models differ.
    #[must_use]
    pub fn accepts(self, distance: Distance) -> bool {
        self.model == distance.model && distance.value <= self.max
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vector() -> impl Strategy<Value = Vec<f32>> {
        proptest::collection::vec(-1.0_f32..1.0, EMBEDDING_LEN)
            .prop_filter("not all zero", |values| values.iter().any(|value| value.abs() > 0.1))
    }

    proptest! {
        #[test]
        fn distance_is_symmetric_and_zero_to_itself(a in vector(), b in vector()) {
            for model in ModelId::ALL {
                let (a, b) = (Embedding::new(model, &a).unwrap(), Embedding::new(model, &b).unwrap());
                prop_assert_eq!(a.distance(&b), b.distance(&a));
                prop_assert_eq!(a.distance(&a).unwrap().value(), 0.0);
            }
        }

        #[test]
        fn sface_is_of_unit_length_and_stays_bit_for_bit(a in vector()) {
            let once = Embedding::new(ModelId::Sface2021Dec, &a).unwrap();
            let norm = once.values().iter().map(|value| value * value).sum::<f32>().sqrt();
            prop_assert!((norm - 1.0).abs() < 1e-6);
            let twice = Embedding::new(ModelId::Sface2021Dec, once.values()).unwrap();
            prop_assert_eq!(once, twice);
        }

        #[test]
        fn a_mean_lies_between(a in vector(), b in vector()) {
            let [a, b] = [a, b].map(|one| Embedding::new(ModelId::DlibResnetV1, &one).unwrap());
            if let Ok(mean) = a.mean(&b) {
                let apart = |one: &Embedding, other: &Embedding| one.distance(other).unwrap().value();
                prop_assert!((apart(&mean, &a) - apart(&a, &b) / 2.0).abs() < 1e-4);
                prop_assert_eq!(b.mean(&a), Ok(mean));
            }
        }

        #[test]
        fn dlib_is_kept_bit_for_bit(a in vector()) {
            let embedding = Embedding::new(ModelId::DlibResnetV1, &a).unwrap();
            prop_assert_eq!(&embedding.values()[..], &a[..]);
        }
    }

    #[test]
    fn models_never_meet() {
        let dlib = Embedding::new(ModelId::DlibResnetV1, &[0.1; EMBEDDING_LEN]).unwrap();
        let sface = Embedding::new(ModelId::Sface2021Dec, &[0.1; EMBEDDING_LEN]).unwrap();
        assert_eq!(dlib.distance(&sface), None);
        let same = dlib.distance(&dlib).unwrap();
        assert!(!ModelId::Sface2021Dec.default_threshold().accepts(same));
        assert!(ModelId::DlibResnetV1.default_threshold().accepts(same));
    }

    #[test]
    fn refuses_what_is_no_embedding() {
        let mut nan = [0.1; EMBEDDING_LEN];
        nan[7] = f32::NAN;
        let model = ModelId::DlibResnetV1;
        let cases: [(&str, &[f32], EmbeddingError); 5] = [
            ("none", &[], EmbeddingError::WrongLength { actual: 0 }),
            ("one short", &[0.1; 127], EmbeddingError::WrongLength { actual: 127 }),
            ("not a number", &nan, EmbeddingError::NotFinite { index: 7 }),
            ("all zero", &[0.0; 128], EmbeddingError::NormOutOfRange { model }),
            ("huge", &[1e30; 128], EmbeddingError::NormOutOfRange { model }),
        ];
        for (name, values, error) in cases {
            assert_eq!(Embedding::new(model, values).unwrap_err(), error, "{name}");
        }
    }

    #[test]
    fn legacy_scale_reads_six_tenths_at_every_default() {
        for model in ModelId::ALL {
            let back = Threshold::from_legacy(model, 0.6).unwrap();
            assert!((back.max() - model.default_threshold().max()).abs() < 1e-6, "{model}");
        }
    }

    #[test]
    fn debug_shows_no_number() {
        let embedding = Embedding::new(ModelId::DlibResnetV1, &[0.123; EMBEDDING_LEN]).unwrap();
        assert_eq!(format!("{embedding:?}"), "Embedding(dlib-resnet-v1)");
    }
}
