//! Rotation, uniform scale and translation.

use super::FramePoint;

/// A map of the plane that turns, scales evenly and moves, and never mirrors.
///
/// Kept in f64: chips are sampled along lines of hundreds of pixels, and the reference implementations fit in f64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the angle.
    cos: f64,
    /// Scale times the sine of the angle.
    sin: f64,
    dx: f64,
    dy: f64,
}

impl Similarity {
    /// The map that turns by `angle` (radians, from x towards y), scales by `scale`, and then moves by `(dx, dy)`.
    #[must_use]
    pub fn new(angle: f64, scale: f64, (dx, dy): (f64, f64)) -> Self {
        let (sin, cos) = angle.sin_cos();
        Self { cos: scale * cos, sin: scale * sin, dx, dy }
    }

    /// The map that brings `from` nearest to `to` in the least-squares sense (Umeyama 1991, in closed form: in the
    /// plane the best rotation and scale are one complex division).
    ///
    /// `None` when the points of `from` coincide, those of `to` do, or a coordinate is not finite: nothing could be
    /// sampled along the result.
    #[must_use]
    pub fn fit<const N: usize>(from: &[(f64, f64); N], to: &[(f64, f64); N]) -> Option<Self> {
        let (from_mean, to_mean) = (mean(from)?, mean(to)?);
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (a, b) in from.iter().zip(to) {
            let a = (a.0 - from_mean.0, a.1 - from_mean.1);
            let b = (b.0 - to_mean.0, b.1 - to_mean.1);
            along += a.0 * b.0 + a.1 * b.1;
            across += a.0 * b.1 - a.1 * b.0;
            spread += a.0 * a.0 + a.1 * a.1;
        }
        let (cos, sin) = (along / spread, across / spread);
        let scale = cos.hypot(sin);
        if !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        Some(Self {
            cos,
            sin,
            dx: to_mean.0 - (cos * from_mean.0 - sin * from_mean.1),
            dy: to_mean.1 - (sin * from_mean.0 + cos * from_mean.1),
        })
    }

    /// Where `(x, y)` goes.
    #[must_use]
    pub fn apply(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.cos * x - self.sin * y + self.dx, self.sin * x + self.cos * y + self.dy)
    }

    /// How far a step of one to the right goes, as a vector; a step down is the same, turned by a right angle.
    #[must_use]
    pub const fn step(&self) -> (f64, f64) {
        (self.cos, self.sin)
    }

    /// By what it scales, above 0.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.cos.hypot(self.sin)
    }

    /// By what angle it turns, in radians from x towards y.
    #[must_use]
    pub fn angle(&self) -> f64 {
        self.sin.atan2(self.cos)
    }

    /// The map back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let squared = self.cos * self.cos + self.sin * self.sin;
        let (cos, sin) = (self.cos / squared, -self.sin / squared);
        Self {
            cos,
            sin,
            dx: -(cos * self.dx - sin * self.dy),
            dy: -(sin * self.dx + cos * self.dy),
        }
    }
}

impl From<FramePoint> for (f64, f64) {
    fn from(point: FramePoint) -> Self {
        (f64::from(point.x), f64::from(point.y))
    }
}

fn mean(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let sum = points.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
    let mean = (sum.0 / points.len() as f64, sum.1 / points.len() as f64);
    (mean.0.is_finite() && mean.1.is_finite()).then_some(mean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).hypot(a.1 - b.1) < 1e-6
    }

    fn similarity() -> impl Strategy<Value = Similarity> {
        (-3.1..3.1, 0.05..20.0, -900.0..900.0, -900.0..900.0)
            .prop_map(|(angle, scale, dx, dy)| Similarity::new(angle, scale, (dx, dy)))
    }

    const POINTS: [(f64, f64); 5] =
        [(38.3, 51.7), (73.5, 51.5), (56.0, 71.7), (41.5, 92.4), (70.7, 92.2)];

    proptest! {
        #[test]
        fn a_fit_finds_the_map_that_made_the_points(map in similarity()) {
            let fitted = Similarity::fit(&POINTS, &POINTS.map(|point| map.apply(point))).unwrap();
            for point in POINTS {
                prop_assert!(near(fitted.apply(point), map.apply(point)));
            }
            prop_assert!((fitted.scale() / map.scale() - 1.0).abs() < 1e-9);
            prop_assert!((fitted.angle() - map.angle()).abs() < 1e-9);
        }

        #[test]
        fn the_inverse_leads_back(map in similarity(), x in -500.0..500.0, y in -500.0..500.0) {
            prop_assert!(near(map.inverse().apply(map.apply((x, y))), (x, y)));
        }

        #[test]
        fn no_other_map_fits_better(noise in proptest::array::uniform5((-4.0..4.0, -4.0..4.0)), other in similarity()) {
            let mut to = POINTS;
            for (point, noise) in to.iter_mut().zip(noise) {
                *point = (point.0 + noise.0, point.1 + noise.1);
            }
            let error = |map: &Similarity| -> f64 {
                POINTS.iter().zip(&to).map(|(&from, to)| {
                    let got = map.apply(from);
                    (got.0 - to.0).powi(2) + (got.1 - to.1).powi(2)
                }).sum()
            };
            let fitted = Similarity::fit(&POINTS, &to).unwrap();
            prop_assert!(error(&fitted) <= error(&other) + 1e-9);
            let nudged = Similarity { cos: fitted.cos + 0.001, ..fitted };
            prop_assert!(error(&fitted) <= error(&nudged));
        }
    }

    #[test]
    fn points_that_say_nothing_give_no_map() {
        let one_place = [(3.0, 4.0); 5];
        assert_eq!(Similarity::fit(&one_place, &POINTS), None);
        assert_eq!(Similarity::fit(&POINTS, &one_place), None);
        let mut not_finite = POINTS;
        not_finite[2].0 = f64::NAN;
        assert_eq!(Similarity::fit(&not_finite, &POINTS), None);
        assert_eq!(Similarity::fit(&POINTS, &not_finite), None);
    }
}
