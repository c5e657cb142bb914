//! Portraits made worse, as cameras and hands make them.

use rostro_core::{Detection, Frame, PixelLayout};
use rostro_testkit::Picture;

/// A picture that can be changed: RGB, rows from the top.
#[derive(Clone)]
pub(crate) struct Image {
    width: usize,
    height: usize,
    rgb: Vec<[f32; 3]>,
    bytes: Vec<u8>,
}

/// Which side of a picture is cut away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Left,
    Right,
    Top,
    Bottom,
}

impl Image {
    pub(crate) fn named(name: &str) -> Self {
        let picture = Picture::named(name);
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (pixels, _) = picture.rgb().as_chunks::<3>();
        Self::new(width, height, pixels.iter().map(|rgb| rgb.map(f32::from)).collect())
    }

    fn new(width: usize, height: usize, rgb: Vec<[f32; 3]>) -> Self {
        assert_eq!(rgb.len(), width * height, "every pixel once");
        let bytes = rgb.as_flattened().iter().map(|value| byte(*value)).collect();
        Self { width, height, rgb, bytes }
    }

    pub(crate) fn from_fn(
        width: usize,
        height: usize,
        colour: impl Fn(usize, usize) -> [f32; 3],
    ) -> Self {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self::new(width, height, pixels.map(|(x, y)| colour(x, y)).collect())
    }

    pub(crate) fn frame(&self) -> Frame<'_> {
        let [width, height] = [self.width, self.height].map(|side| u32::try_from(side).unwrap());
        Frame::new(&self.bytes, width, height, PixelLayout::Rgb).unwrap()
    }

    /// The colour at a pixel; beyond the edges that of the nearest.
    fn at(&self, x: isize, y: isize) -> [f32; 3] {
        let held = |at: isize, side: usize| usize::try_from(at.max(0)).unwrap().min(side - 1);
        self.rgb[held(y, self.height) * self.width + held(x, self.width)]
    }

    fn mapped(&self, change: impl Fn([f32; 3]) -> [f32; 3]) -> Self {
        Self::new(self.width, self.height, self.rgb.iter().map(|rgb| change(*rgb)).collect())
    }

    /// Every colour multiplied: darker below 1, overexposed above.
    pub(crate) fn exposed(&self, factor: f32) -> Self {
        self.mapped(|rgb| rgb.map(|value| value * factor))
    }

    /// Grey in grey, as in fog.
    pub(crate) fn fogged(&self, contrast: f32) -> Self {
        self.mapped(|rgb| rgb.map(|value| 140.0 + contrast * (value - 140.0)))
    }

    /// The mean of the pixels along a line through each.
    fn smeared(&self, (dx, dy): (isize, isize), weights: &[f32]) -> Self {
        let reach = isize::try_from(weights.len() / 2).unwrap();
        let sum: f32 = weights.iter().sum();
        Self::from_fn(self.width, self.height, |x, y| {
            let mut mean = [0.0; 3];
            for (step, weight) in (-reach..).zip(weights) {
                let [x, y] = [x, y].map(|at| isize::try_from(at).unwrap());
                let colour = self.at(x + step * dx, y + step * dy);
                for (mean, value) in mean.iter_mut().zip(colour) {
                    *mean += value * weight / sum;
                }
            }
            mean
        })
    }

    /// Out of focus: Gaussian, `sigma` in pixels.
    pub(crate) fn blurred(&self, sigma: f32) -> Self {
        let reach = (3.0 * sigma).ceil();
        let weights: Vec<f32> = std::iter::successors(Some(-reach), |at| Some(at + 1.0))
            .take_while(|at| *at <= reach)
            .map(|at| (-at * at / (2.0 * sigma * sigma)).exp())
            .collect();
        self.smeared((1, 0), &weights).smeared((0, 1), &weights)
    }

    /// Moved while it was taken, over so many steps.
    pub(crate) fn shaken(&self, step: (isize, isize), steps: usize) -> Self {
        self.smeared(step, &vec![1.0; steps | 1])
    }

    /// Scaled to this width, each pixel the mean of what it covers.
    pub(crate) fn scaled(&self, width: usize) -> Self {
        let height = self.height * width / self.width;
        let range = |at: usize, to: usize, from: usize| {
            let begin = at * from / to;
            begin..((at + 1) * from / to).max(begin + 1)
        };
        Self::from_fn(width, height, |x, y| {
            let columns = range(x, width, self.width);
            let rows = range(y, height, self.height);
            let count = (columns.len() * rows.len()) as f32;
            let mut sum = [0.0; 3];
            for y in rows {
                for x in columns.clone() {
                    for (sum, value) in sum.iter_mut().zip(self.rgb[y * self.width + x]) {
                        *sum += value / count;
                    }
                }
            }
            sum
        })
    }

    /// In the middle of a larger grey picture.
    pub(crate) fn on_wall(&self, width: usize, height: usize) -> Self {
        let (left, top) = ((width - self.width) / 2, (height - self.height) / 2);
        Self::from_fn(width, height, |x, y| {
            let inside = x.checked_sub(left).zip(y.checked_sub(top));
            match inside.filter(|(x, y)| *x < self.width && *y < self.height) {
                Some((x, y)) => self.rgb[y * self.width + x],
                None => [150.0, 148.0, 145.0],
            }
        })
    }

    /// Without a share of its width or height at one side.
    pub(crate) fn cut(&self, side: Side, share: f32) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of it")]
        let away = |whole: usize| (whole as f32 * share) as usize;
        let (columns, rows) = (away(self.width), away(self.height));
        let (left, top, width, height) = match side {
            Side::Left => (columns, 0, self.width - columns, self.height),
            Side::Right => (0, 0, self.width - columns, self.height),
            Side::Top => (0, rows, self.width, self.height - rows),
            Side::Bottom => (0, 0, self.width, self.height - rows),
        };
        Self::from_fn(width, height, |x, y| self.rgb[(y + top) * self.width + x + left])
    }

    /// Two pictures side by side, the lower one's foot in grey.
    pub(crate) fn beside(&self, other: &Self) -> Self {
        let height = self.height.max(other.height);
        Self::from_fn(self.width + other.width, height, |x, y| {
            let (image, x) = if x < self.width { (self, x) } else { (other, x - self.width) };
            if y < image.height { image.rgb[y * image.width + x] } else { [150.0; 3] }
        })
    }

    /// The head of `detection` turned to the side by so many degrees, to the right of the picture above 0: the portrait laid
    /// on an ellipsoid with a nose, turned, and seen from far away. What was hidden is filled from beside it.
    pub(crate) fn looking_aside(&self, detection: &Detection, degrees: f32) -> Self {
        let (bounds, centre) = (&detection.bounds, detection.bounds.centre());
        let (across, down) = (0.6 * bounds.width(), 0.65 * bounds.height());
        let nose = detection.landmarks.0[2];
        let (tip, spread) = (0.2 * bounds.width(), 0.09 * bounds.width());
        let (sin, cos) = degrees.to_radians().sin_cos();
        // A picture without the head, as the background: the edge's colours.
        let mut turned = Self::from_fn(self.width, self.height, |x, y| {
            let (dx, dy) = (x as f32 - centre.x, y as f32 - centre.y);
            let inside = (dx / across).powi(2) + (dy / down).powi(2) < 1.1;
            let y = isize::try_from(y).unwrap();
            if inside { self.at(0, y) } else { self.at(isize::try_from(x).unwrap(), y) }
        });
        let mut nearest = vec![f32::NEG_INFINITY; self.rgb.len()];
        for y in 0..self.height {
            // An eighth of a pixel a step, so that no gaps are left where the surface is stretched.
            for step in 0..8 * self.width {
                let (x, dy) = (step as f32 / 8.0, y as f32 - centre.y);
                let dx = x - centre.x;
                let rest = 1.0 - (dx / across).powi(2) - (dy / down).powi(2);
                if rest <= 0.0 {
                    continue;
                }
                let from_nose = (x - nose.x).powi(2) + (y as f32 - nose.y).powi(2);
                let depth =
                    across * rest.sqrt() + tip * (-from_nose / (2.0 * spread * spread)).exp();
                let (seen, near) = (dx * cos + depth * sin, depth * cos - dx * sin);
                #[expect(clippy::cast_possible_truncation, reason = "near the picture")]
                let (to, from) = ((centre.x + seen).round() as isize, x as isize);
                let Ok(to) = usize::try_from(to) else { continue };
                let place = y * self.width + to;
                if to < self.width && near > nearest[place] {
                    nearest[place] = near;
                    turned.rgb[place] = self.at(from, isize::try_from(y).unwrap());
                }
            }
        }
        Self::new(self.width, self.height, turned.rgb)
    }

    /// Turned about the middle, in degrees clockwise.
    pub(crate) fn turned(&self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let middle = [self.width, self.height].map(|side| side as f32 / 2.0 - 0.5);
        Self::from_fn(self.width, self.height, |x, y| {
            let (dx, dy) = (x as f32 - middle[0], y as f32 - middle[1]);
            let x = middle[0] + cos * dx + sin * dy;
            let y = middle[1] - sin * dx + cos * dy;
            #[expect(clippy::cast_possible_truncation, reason = "near the picture")]
            let [x, y] = [x.round() as isize, y.round() as isize];
            self.at(x, y)
        })
    }

    /// With a plain patch over a part of it, in shares of its sides: left, top, right, bottom.
    pub(crate) fn covered(&self, [left, top, right, bottom]: [f32; 4], colour: [f32; 3]) -> Self {
        Self::from_fn(self.width, self.height, |x, y| {
            let (across, down) = (x as f32 / self.width as f32, y as f32 / self.height as f32);
            let inside = (left..right).contains(&across) && (top..bottom).contains(&down);
            if inside { colour } else { self.rgb[y * self.width + x] }
        })
    }

    /// As a camera's noise, the same each time: up to so many levels either way.
    pub(crate) fn noisy(&self, levels: f32) -> Self {
        let width = self.width;
        Self::from_fn(self.width, self.height, |x, y| {
            self.rgb[y * width + x].map(|value| value + levels * noise(x, y))
        })
    }
}

/// A number from -1 to 1 for each place, without a pattern.
pub(crate) fn noise(x: usize, y: usize) -> f32 {
    let seed = u32::try_from(x * 65_537 + y + 1).unwrap();
    let mixed = seed.wrapping_mul(0x9E37_79B9).rotate_left(13).wrapping_mul(0x85EB_CA6B);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0xC2B2_AE35);
    f32::from(mixed.to_be_bytes()[0]) / 127.5 - 1.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within a byte")]
fn byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}
