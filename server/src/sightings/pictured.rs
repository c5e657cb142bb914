//! A report held against the picture that it brings. Pure.

use rostro_core::{Embedding, FrameBox};
use rostro_wire::v1::{Claim, FaceResult, PixelBox, Verdict};

use crate::people::Measured;
use crate::recognition::Seen;
use crate::settings::Verify;
use crate::verify::face_result;

/// How much of a reported box and the relay's own must be common, as intersection over union. The relay finds the face of
/// the same pixels within a few of them; a frame scaled or cut otherwise than the boxes say falls below.
const SAME_PLACE: f32 = 0.5;

/// What the relay found where a face was reported.
pub(super) struct Found {
    pub(super) measured: Measured,
    /// Whether the reported embedding is of the face that is there.
    pub(super) is_same_face: bool,
}

/// The face of the picture at `place`: its embeddings.
pub(super) fn face_at(seen: &Seen, place: PixelBox) -> Option<&[Embedding]> {
    let place = frame_box(place);
    let overlaps = seen.faces.iter().map(|face| (face.detection.bounds.iou(&place), face));
    let (overlap, face) = overlaps.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (overlap >= SAME_PLACE).then_some(face.embeddings.as_slice())
}

/// Whether some of `reported` lie within their model's threshold of what was found, and none beyond it.
pub(super) fn is_same_face(reported: &[Embedding], found: &[Embedding]) -> bool {
    let mut distances = reported.iter().filter_map(|one| {
        let other = found.iter().find(|other| other.model() == one.model())?;
        Some((one.distance(other)?.value(), one.model().default_threshold().max()))
    });
    let mut any = false;
    distances.all(|(distance, threshold)| {
        any = true;
        distance <= threshold
    }) && any
}

/// The result for one face by `policy`. `by_embedding` is what the reported embedding gives; `found` is what the picture
/// shows there: outer `None` where there is no picture, inner `None` where it shows no face there.
pub(super) fn judged(
    policy: Verify,
    claim: Option<&Claim>,
    by_embedding: &Measured,
    found: Option<Option<&Found>>,
    bounds: PixelBox,
) -> FaceResult {
    let result = face_result(claim, by_embedding, bounds);
    let with = |verified| FaceResult { verified, ..result.clone() };
    match (policy, found) {
        (Verify::Embedding, _) => result,
        // Nothing was measured as the policy asks: what is said is the sender's word alone.
        (_, None) if result.verified == Verdict::Server => with(Verdict::ClientClaim),
        (_, None) => result,
        (_, Some(None)) => with(Verdict::Mismatch),
        (Verify::Picture, Some(Some(found))) => face_result(claim, &found.measured, bounds),
        (Verify::Both, Some(Some(found))) => {
            let id = |measured: &Measured| measured.person.as_ref().map(|person| person.id.clone());
            let agree = found.is_same_face && id(&found.measured) == id(by_embedding);
            if agree { result } else { with(Verdict::Mismatch) }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "sides are at most 16384, exact in f32")]
fn frame_box(place: PixelBox) -> FrameBox {
    FrameBox {
        top: place.top as f32,
        right: place.right as f32,
        bottom: place.bottom as f32,
        left: place.left as f32,
    }
}

#[cfg(test)]
mod tests {
    use rostro_core::decision::Metric;
    use rostro_core::{EMBEDDING_LEN, ModelId};

    use super::*;
    use crate::people::PersonCard;

    const PLACE: PixelBox = PixelBox { top: 10, right: 110, bottom: 130, left: 20 };

    fn measured(person: Option<&str>) -> Measured {
        let metric = Metric::from(ModelId::Sface2021Dec);
        Measured {
            person: person.map(PersonCard::named),
            metric,
            distance: Some(0.5),
            threshold: metric.default_threshold(),
            decision: None,
        }
    }

    #[test]
    fn by_each_policy() {
        use Verdict::{ClientClaim, Mismatch, Server};
        let found = |person, is_same_face| Some(Some((person, is_same_face)));
        // The picture's face, if there is one, and whether the embedding is of it.
        type Shown = Option<Option<(Option<&'static str>, bool)>>;
        type Case = (
            Verify,
            Option<&'static str>,
            Option<&'static str>,
            Shown,
            Verdict,
            Option<&'static str>,
        );
        let cases: [Case; 14] = [
            (Verify::Embedding, Some("Ana"), Some("Ana"), None, Server, Some("Ana")),
            (Verify::Embedding, Some("Ana"), Some("Ana"), Some(None), Server, Some("Ana")),
            (Verify::Picture, Some("Ana"), Some("Ana"), None, ClientClaim, Some("Ana")),
            (Verify::Both, Some("Ana"), Some("Ana"), None, ClientClaim, Some("Ana")),
            (Verify::Both, Some("Ana"), Some("Eva"), None, Mismatch, Some("Eva")),
            (Verify::Picture, Some("Ana"), Some("Ana"), Some(None), Mismatch, Some("Ana")),
            (Verify::Both, Some("Ana"), Some("Ana"), Some(None), Mismatch, Some("Ana")),
            (Verify::Picture, Some("Ana"), None, found(Some("Ana"), false), Server, Some("Ana")),
            (Verify::Picture, Some("Ana"), Some("Ana"), found(None, true), Mismatch, None),
            (Verify::Picture, None, Some("Ana"), found(None, true), Server, None),
            (Verify::Both, Some("Ana"), Some("Ana"), found(Some("Ana"), true), Server, Some("Ana")),
            (
                Verify::Both,
                Some("Ana"),
                Some("Ana"),
                found(Some("Ana"), false),
                Mismatch,
                Some("Ana"),
            ),
            (
                Verify::Both,
                Some("Ana"),
                Some("Ana"),
                found(Some("Eva"), true),
                Mismatch,
                Some("Ana"),
            ),
            (Verify::Both, None, None, found(None, true), Server, None),
        ];
        for (policy, claimed, by_embedding, shown, verdict, name) in cases {
            let claim = Claim { name: claimed.map(str::to_owned), distance: None };
            let shown = shown.map(|found| {
                found.map(|(person, is_same_face)| Found {
                    measured: measured(person),
                    is_same_face,
                })
            });
            let found = shown.as_ref().map(Option::as_ref);
            let result = judged(policy, Some(&claim), &measured(by_embedding), found, PLACE);
            let case = format!("{policy:?} {claimed:?} {by_embedding:?}");
            assert_eq!((result.verified, result.name.as_deref()), (verdict, name), "{case}");
        }
    }

    #[test]
    fn the_same_face_by_its_embeddings() {
        let along = |model, axis: usize| {
            let mut values = [0.0; EMBEDDING_LEN];
            values[axis] = 1.0;
            Embedding::new(model, &values).unwrap()
        };
        let [sface, dlib] = [ModelId::Sface2021Dec, ModelId::DlibResnetV1];
        let cases = [
            (vec![along(sface, 0)], vec![along(sface, 0)], true),
            (vec![along(sface, 0)], vec![along(sface, 1)], false),
            (vec![along(sface, 0)], vec![along(dlib, 0)], false),
            (vec![along(sface, 0), along(dlib, 0)], vec![along(dlib, 0), along(sface, 0)], true),
            (vec![along(sface, 0), along(dlib, 0)], vec![along(dlib, 1), along(sface, 0)], false),
            (vec![], vec![along(sface, 0)], false),
        ];
        for (index, (reported, found, expected)) in cases.iter().enumerate() {
            assert_eq!(is_same_face(reported, found), *expected, "{index}");
        }
    }
}
