//! Layers with their weights in full precision, and how one is folded into the next.

use super::ConvertError;

/// A two-dimensional convolution.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Convolution {
    /// `[outputs, inputs / groups, height, width]`, row-major.
    pub(super) weights: Vec<f64>,
    pub(super) shape: [usize; 4],
    /// One per output.
    pub(super) bias: Vec<f64>,
    pub(super) groups: usize,
    pub(super) stride: usize,
    /// Zeros on each of the four sides.
    pub(super) padding: usize,
}

/// A matrix: every input to every output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dense {
    /// `[outputs, inputs]`, row-major.
    pub(super) weights: Vec<f64>,
    pub(super) inputs: usize,
    /// One per output.
    pub(super) bias: Vec<f64>,
}

/// `scale * x + shift`, one pair per channel: what a batch norm is once training is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Affine {
    pub(super) scale: Vec<f64>,
    pub(super) shift: Vec<f64>,
}

impl Affine {
    /// A batch norm's four vectors; ONNX `BatchNormalization`.
    pub(super) fn from_batch_norm(
        [gamma, beta, mean, variance]: [&[f32]; 4],
        epsilon: f32,
        place: &str,
    ) -> Result<Self, ConvertError> {
        let channels = gamma.len();
        if [beta, mean, variance].iter().any(|vector| vector.len() != channels) {
            return Err(ConvertError::structure(place, "four vectors of one length"));
        }
        let mut affine = Self { scale: Vec::new(), shift: Vec::new() };
        for channel in 0..channels {
            let deviation = (f64::from(variance[channel]) + f64::from(epsilon)).sqrt();
            let scale = f64::from(gamma[channel]) / deviation;
            if !scale.is_finite() {
                return Err(ConvertError::structure(place, "a positive variance"));
            }
            affine.scale.push(scale);
            affine.shift.push(f64::from(beta[channel]) - f64::from(mean[channel]) * scale);
        }
        Ok(affine)
    }

    fn check_channels(&self, channels: usize, place: &str) -> Result<(), ConvertError> {
        if self.scale.len() == channels && self.shift.len() == channels {
            Ok(())
        } else {
            Err(ConvertError::structure(place, format!("{channels} channels")))
        }
    }
}

impl Convolution {
    /// This convolution followed by `affine`, as one convolution.
    pub(super) fn then(mut self, affine: &Affine, place: &str) -> Result<Self, ConvertError> {
        affine.check_channels(self.shape[0], place)?;
        scale_rows(&mut self.weights, &mut self.bias, affine);
        Ok(self)
    }

    /// Changes the sign of one output channel.
    pub(super) fn negate_output(
        &mut self,
        channel: usize,
        place: &str,
    ) -> Result<(), ConvertError> {
        let row_len = self.shape[1..].iter().product::<usize>().max(1);
        let row = self.weights.chunks_exact_mut(row_len).nth(channel);
        let (Some(row), Some(bias)) = (row, self.bias.get_mut(channel)) else {
            return Err(ConvertError::structure(place, "one slope per channel"));
        };
        negate(row);
        *bias = -*bias;
        Ok(())
    }

    /// Makes up for the changed sign of one input channel.
    pub(super) fn negate_input(&mut self, channel: usize, place: &str) -> Result<(), ConvertError> {
        let [outputs, per_group, height, width] = self.shape;
        let group = channel / per_group.max(1);
        if group >= self.groups || !outputs.is_multiple_of(self.groups) {
            return Err(ConvertError::structure(place, "one slope per channel"));
        }
        let outputs = outputs / self.groups;
        let kernel_len = (height * width).max(1);
        let kernels = self.weights.chunks_exact_mut(kernel_len);
        let first = group * outputs * per_group + channel % per_group;
        kernels.skip(first).step_by(per_group).take(outputs).for_each(negate);
        Ok(())
    }
}

fn negate(weights: &mut [f64]) {
    for weight in weights {
        *weight = -*weight;
    }
}

impl Dense {
    /// This matrix followed by `affine`, as one matrix.
    pub(super) fn then(mut self, affine: &Affine, place: &str) -> Result<Self, ConvertError> {
        affine.check_channels(self.bias.len(), place)?;
        scale_rows(&mut self.weights, &mut self.bias, affine);
        Ok(self)
    }

    /// `affine` on channels, which are then flattened, followed by this matrix, as one matrix.
    ///
    /// Exact, because nothing is padded between the two.
    pub(super) fn after(mut self, affine: &Affine, place: &str) -> Result<Self, ConvertError> {
        let channels = affine.scale.len();
        if channels == 0 || !self.inputs.is_multiple_of(channels) {
            return Err(ConvertError::structure(place, "channels that divide the matrix's inputs"));
        }
        affine.check_channels(channels, place)?;
        let per_channel = self.inputs / channels;
        for (row, bias) in self.weights.chunks_exact_mut(self.inputs).zip(&mut self.bias) {
            for (channel, weights) in row.chunks_exact_mut(per_channel).enumerate() {
                for weight in weights {
                    *bias += *weight * affine.shift[channel];
                    *weight *= affine.scale[channel];
                }
            }
        }
        Ok(self)
    }
}

/// Applies `affine` to the outputs of a linear layer whose weights hold one row per output.
fn scale_rows(weights: &mut [f64], bias: &mut [f64], affine: &Affine) {
    let row_len = weights.len() / bias.len().max(1);
    for (output, row) in weights.chunks_exact_mut(row_len.max(1)).enumerate() {
        for weight in row {
            *weight *= affine.scale[output];
        }
    }
    for (output, bias) in bias.iter_mut().enumerate() {
        *bias = *bias * affine.scale[output] + affine.shift[output];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense_of(dense: &Dense, input: &[f64]) -> Vec<f64> {
        dense
            .weights
            .chunks_exact(dense.inputs)
            .zip(&dense.bias)
            .map(|(row, bias)| row.iter().zip(input).map(|(w, x)| w * x).sum::<f64>() + bias)
            .collect()
    }

    #[test]
    fn folding_does_not_change_what_a_matrix_computes() {
        let dense = Dense {
            weights: vec![1.0, 2.0, 3.0, 4.0, -1.0, 0.5, 2.0, -3.0],
            inputs: 4,
            bias: vec![0.5, -1.0],
        };
        let before = Affine { scale: vec![2.0, -0.5], shift: vec![1.0, 3.0] };
        let after = Affine { scale: vec![10.0, 0.25], shift: vec![-2.0, 7.0] };
        let input = [0.3, -1.0, 2.0, 0.7];
        // Two channels of two positions each.
        let shifted: Vec<f64> =
            (0..4).map(|i| before.scale[i / 2] * input[i] + before.shift[i / 2]).collect();
        let expected: Vec<f64> = dense_of(&dense, &shifted)
            .iter()
            .enumerate()
            .map(|(i, y)| after.scale[i] * y + after.shift[i])
            .collect();
        let folded = dense.after(&before, "before").unwrap().then(&after, "after").unwrap();
        for (got, expected) in dense_of(&folded, &input).iter().zip(&expected) {
            assert!((got - expected).abs() < 1e-12, "{got} instead of {expected}");
        }
    }

    #[test]
    fn a_channel_changes_its_sign_on_both_sides() {
        let convolution = |shape: [usize; 4], groups: usize| Convolution {
            weights: (1..=shape.iter().product()).map(|i: usize| i as f64).collect(),
            shape,
            bias: vec![10.0; shape[0]],
            groups,
            stride: 1,
            padding: 0,
        };
        let mut before = convolution([2, 1, 1, 2], 1);
        before.negate_output(1, "before").unwrap();
        assert_eq!(before.weights, [1.0, 2.0, -3.0, -4.0]);
        assert_eq!(before.bias, [10.0, -10.0]);

        let mut pointwise = convolution([3, 2, 1, 1], 1);
        pointwise.negate_input(1, "pointwise").unwrap();
        assert_eq!(pointwise.weights, [1.0, -2.0, 3.0, -4.0, 5.0, -6.0]);

        let mut depthwise = convolution([2, 1, 1, 2], 2);
        depthwise.negate_input(1, "depthwise").unwrap();
        assert_eq!(depthwise.weights, [1.0, 2.0, -3.0, -4.0]);

        let beyond = Err(ConvertError::structure("depthwise", "one slope per channel"));
        assert_eq!(depthwise.negate_input(2, "depthwise"), beyond);
    }

    #[test]
    fn a_batch_norm_becomes_scale_and_shift() {
        let affine =
            Affine::from_batch_norm([&[2.0], &[1.0], &[3.0], &[4.0]], 0.0, "norm").unwrap();
        assert_eq!(affine, Affine { scale: vec![1.0], shift: vec![-2.0] });
        let zero = Affine::from_batch_norm([&[2.0], &[1.0], &[3.0], &[0.0]], 0.0, "norm");
        assert_eq!(zero, Err(ConvertError::structure("norm", "a positive variance")));
    }
}
