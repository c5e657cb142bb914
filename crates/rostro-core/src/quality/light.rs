//! Brightness and contrast.

/// The light on a face, in grey levels from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// The mean.
    pub brightness: f32,
    /// What one pixel in twenty exceeds: what tells a dark picture from dark skin, as eyes, teeth and reflections are
    /// bright on anybody in good light.
    pub highlight: f32,
    /// The standard deviation.
    pub contrast: f32,
    /// The share of pixels, 0 to 1, that are as bright as can be, so that nothing is seen there.
    pub clipped: f32,
}

/// From here on a pixel counts as clipped; JPEG seldom leaves 255 as it was.
const CLIPPED: f32 = 250.0;

impl Light {
    /// Of these pixels, at least one.
    pub(super) fn of(mut luma: Vec<f32>) -> Self {
        let count = luma.len() as f32;
        let brightness = luma.iter().sum::<f32>() / count;
        let variance = luma.iter().map(|luma| (luma - brightness).powi(2)).sum::<f32>() / count;
        let clipped = luma.iter().filter(|luma| **luma >= CLIPPED).count() as f32 / count;
        let bright = luma.len() * 19 / 20;
        let (_, highlight, _) = luma.select_nth_unstable_by(bright, f32::total_cmp);
        Self { brightness, highlight: *highlight, contrast: variance.sqrt(), clipped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        let light = Light::of((0..100_u8).map(f32::from).collect());
        assert!((light.brightness - 49.5).abs() < 1e-3 && light.highlight == 95.0);
        assert!((light.contrast - 28.866).abs() < 1e-2 && light.clipped == 0.0);
        let light = Light::of(vec![255.0, 255.0, 0.0, 249.0]);
        assert_eq!((light.clipped, light.highlight), (0.5, 255.0));
        assert_eq!(Light::of(vec![7.0]).contrast, 0.0);
    }
}
