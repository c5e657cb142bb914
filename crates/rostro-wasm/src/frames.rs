//! A frame between its first half, finding the faces, and its second, who they are: while its faces are looked at, which
//! other workers may help with.

use rostro_core::embedding::EMBEDDING_LEN;
use rostro_core::watch::Seen;
use rostro_core::{
    Detection, Embedding, Engine, Frame, FrameBox, FrameError, FramePoint, Landmarks, ModelId,
    PixelLayout, Score,
};
use rostro_wire::ErrorCode;

use crate::fault::Fault;

/// A face's embeddings, one of each model; `None` for one that cannot be aligned.
pub(crate) type Look = Option<Vec<Embedding>>;

/// Pixels that JavaScript handed over: four bytes each, rows from the top.
pub(crate) struct Pixels {
    rgba: Vec<u8>,
    width: u32,
    height: u32,
}

impl Pixels {
    /// # Errors
    /// They are no frame.
    pub(crate) fn new(rgba: Vec<u8>, width: u32, height: u32) -> Result<Self, FrameError> {
        Frame::new(&rgba, width, height, PixelLayout::Rgba)?;
        Ok(Self { rgba, width, height })
    }

    pub(crate) fn frame(&self) -> Frame<'_> {
        Frame::new(&self.rgba, self.width, self.height, PixelLayout::Rgba)
            .expect("checked by `new`")
    }
}

/// What was found in a frame.
pub(crate) enum Found {
    /// In a picture of its own: every face is to be looked at.
    Picture,
    /// In a video whose faces are followed.
    Video {
        /// Which.
        watch: u32,
        /// The faces, and which of them want a look.
        seen: Seen,
    },
}

/// A frame whose faces are found.
pub(crate) struct OpenFrame {
    pub(crate) pixels: Pixels,
    pub(crate) found: Found,
    /// All faces, the most prominent first.
    pub(crate) detections: Vec<Detection>,
    /// Readings of the worker's clock.
    pub(crate) begun_ms: f64,
    pub(crate) detected_ms: f64,
    wanted: Vec<Detection>,
    looks: Vec<Option<Look>>,
}

impl OpenFrame {
    pub(crate) fn new(
        pixels: Pixels,
        detections: Vec<Detection>,
        found: Found,
        (begun_ms, detected_ms): (f64, f64),
    ) -> Self {
        let wanted = match &found {
            Found::Picture => detections.clone(),
            Found::Video { seen, .. } => seen.wanted().copied().collect(),
        };
        let looks = vec![None; wanted.len()];
        Self { pixels, found, detections, begun_ms, detected_ms, wanted, looks }
    }

    /// The faces that want a look.
    pub(crate) fn wanted(&self) -> &[Detection] {
        &self.wanted
    }

    /// Looks at one of [`OpenFrame::wanted`].
    pub(crate) fn look(
        &mut self,
        index: usize,
        engine: &Engine,
        models: &[ModelId],
    ) -> Result<(), Fault> {
        let detection = self.wanted.get(index).ok_or_else(no_such_face)?;
        self.looks[index] = Some(engine.look(&self.pixels.frame(), detection, models)?);
        Ok(())
    }

    /// Takes the look of another worker at one of [`OpenFrame::wanted`].
    pub(crate) fn take(&mut self, index: usize, look: Look) -> Result<(), Fault> {
        *self.looks.get_mut(index).ok_or_else(no_such_face)? = Some(look);
        Ok(())
    }

    /// All looks, in the order of [`OpenFrame::wanted`]; those that nobody took are taken now.
    pub(crate) fn looks(
        &mut self,
        engine: &Engine,
        models: &[ModelId],
    ) -> Result<Vec<Look>, Fault> {
        for index in 0..self.looks.len() {
            if self.looks[index].is_none() {
                self.look(index, engine, models)?;
            }
        }
        Ok(std::mem::take(&mut self.looks).into_iter().flatten().collect())
    }
}

fn no_such_face() -> Fault {
    Fault::new(ErrorCode::InvalidRequest, "the frame has no such face")
}

/// Numbers that a detection takes between workers: box, score, five points.
const DETECTION_LEN: usize = 15;

/// Detections as numbers, [`DETECTION_LEN`] each: left, top, right, bottom, score, x and y of the points.
pub(crate) fn to_numbers(detections: &[Detection]) -> Vec<f32> {
    let numbers = |face: &Detection| {
        let FrameBox { top, right, bottom, left } = face.bounds;
        let points = face.landmarks.0.into_iter().flat_map(|point| [point.x, point.y]);
        [left, top, right, bottom, face.score.value()].into_iter().chain(points)
    };
    detections.iter().flat_map(|face| numbers(face).collect::<Vec<_>>()).collect()
}

/// What [`to_numbers`] made.
pub(crate) fn from_numbers(numbers: &[f32]) -> Result<Vec<Detection>, Fault> {
    let (faces, rest) = numbers.as_chunks::<DETECTION_LEN>();
    let detection = |&[left, top, right, bottom, score, ref points @ ..]: &[f32; DETECTION_LEN]| {
        let point = |at: usize| FramePoint::new(points[2 * at], points[2 * at + 1]);
        Some(Detection {
            bounds: FrameBox::from_trbl(top, right, bottom, left),
            score: Score::new(score)?,
            landmarks: Landmarks([point(0), point(1), point(2), point(3), point(4)]),
        })
    };
    let detections: Option<Vec<_>> = faces.iter().map(detection).collect();
    detections.filter(|_| rest.is_empty()).ok_or_else(|| {
        Fault::new(ErrorCode::InvalidRequest, "a face between workers is no detection")
    })
}

/// A look as numbers, 128 of each model; none for a face that cannot be aligned.
pub(crate) fn look_to_numbers(look: &Look) -> Vec<f32> {
    look.iter().flatten().flat_map(|embedding| *embedding.values()).collect()
}

/// What [`look_to_numbers`] made.
pub(crate) fn look_from_numbers(models: &[ModelId], numbers: &[f32]) -> Result<Look, Fault> {
    if numbers.is_empty() {
        return Ok(None);
    }
    let (embeddings, rest) = numbers.as_chunks::<EMBEDDING_LEN>();
    if embeddings.len() != models.len() || !rest.is_empty() {
        let message = "a look between workers has not the embeddings of every model";
        return Err(Fault::new(ErrorCode::InvalidEmbedding, message));
    }
    let embeddings = models.iter().zip(embeddings);
    Ok(Some(
        embeddings
            .map(|(&model, numbers)| Embedding::new(model, numbers))
            .collect::<Result<_, _>>()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(at: f32) -> Detection {
        let point = |i: u8| FramePoint::new(at + f32::from(i), at - f32::from(i));
        Detection {
            bounds: FrameBox::from_trbl(at, at + 50.0, at + 60.5, at - 0.25),
            score: Score::new(0.75).unwrap(),
            landmarks: Landmarks([point(0), point(1), point(2), point(3), point(4)]),
        }
    }

    #[test]
    fn faces_cross_between_workers_unchanged() {
        for faces in [vec![], vec![face(3.0)], vec![face(3.0), face(-20.0), face(400.25)]] {
            assert_eq!(from_numbers(&to_numbers(&faces)).unwrap(), faces);
        }
        let mut numbers = to_numbers(&[face(3.0)]);
        assert!(from_numbers(&numbers[1..]).is_err(), "a number short");
        numbers[4] = 1.5;
        assert!(from_numbers(&numbers).is_err(), "no score");
    }

    #[test]
    fn looks_cross_between_workers_unchanged() {
        let models = ModelId::ALL;
        let numbers: [f32; EMBEDDING_LEN] = std::array::from_fn(|i| (i as f32 * 0.37).sin() * 0.12);
        let embeddings = models.map(|model| Embedding::new(model, &numbers).unwrap()).to_vec();
        for look in [None, Some(embeddings)] {
            assert_eq!(look_from_numbers(&models, &look_to_numbers(&look)).unwrap(), look);
        }
        for numbers in [&numbers[..], &numbers[1..], &[0.0; 2 * EMBEDDING_LEN]] {
            assert!(look_from_numbers(&models, numbers).is_err());
        }
    }
}
