//! Weights in files: in the smallest form that gives them back to the last bit.
//!
//! | form | bytes | numbers |
//! | --- | --- | --- |
//! | 0 | 4 each | as they are |
//! | 1 | 2 each | in half precision |
//! | 2 | 1 each, and 4 for each row | whole multiples, -127 to 127, of the row's step |

use super::file::{Damage, Reader};

const FULL: u8 = 0;
const HALF: u8 = 1;
const STEPS: u8 = 2;

/// Reads `rows` rows of `len` numbers.
pub(super) fn read(reader: &mut Reader<'_>, rows: usize, len: usize) -> Result<Vec<f32>, Damage> {
    let count = rows.checked_mul(len).ok_or(Damage::Size)?;
    match reader.byte()? {
        FULL => reader.floats(count),
        HALF => {
            let bytes = reader.bytes(count.checked_mul(2).ok_or(Damage::Size)?)?;
            let (halves, _) = bytes.as_chunks::<2>();
            Ok(halves.iter().map(|half| from_half(u16::from_le_bytes(*half))).collect())
        }
        STEPS => {
            let steps = reader.floats(rows)?;
            let bytes = reader.bytes(count)?;
            let rows = bytes.chunks_exact(len.max(1)).zip(&steps);
            let values = rows.flat_map(|(row, step)| {
                row.iter().map(move |byte| f32::from(byte.cast_signed()) * step)
            });
            Ok(values.collect())
        }
        _ => Err(Damage::Kind),
    }
}

/// The value of a number in half precision (IEEE 754 binary16).
fn from_half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (u32::from(bits >> 10 & 31), u32::from(bits & 0x3ff));
    sign * match exponent {
        // Multiples of 2^-24, which are exact.
        0 => fraction as f32 / 16_777_216.0,
        31 if fraction == 0 => f32::INFINITY,
        31 => f32::NAN,
        _ => f32::from_bits((exponent + 112) << 23 | fraction << 13),
    }
}

#[cfg(feature = "tract")]
pub(super) use write::write;

#[cfg(feature = "tract")]
mod write {
    use super::{FULL, HALF, STEPS, from_half};
    use crate::kernels::whole::stepped;

    /// Appends rows of `len` numbers.
    pub(in super::super) fn write(out: &mut Vec<u8>, len: usize, values: &[f32]) {
        let rows = values.chunks_exact(len);
        if let Some(rows) = rows.map(stepped).collect::<Option<Vec<_>>>() {
            out.push(STEPS);
            out.extend(rows.iter().flat_map(|(step, _)| step.to_le_bytes()));
            out.extend(rows.iter().flat_map(|(_, row)| row).map(|value| value.cast_unsigned()));
        } else if let Some(halves) =
            values.iter().map(|value| half(*value)).collect::<Option<Vec<_>>>()
        {
            out.push(HALF);
            out.extend(halves.iter().flat_map(|half| half.to_le_bytes()));
        } else {
            out.push(FULL);
            out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
    }

    /// The number in half precision, where that is exact.
    fn half(value: f32) -> Option<u16> {
        let bits = value.to_bits();
        let sign = (bits >> 16 & 0x8000) as u16;
        let magnitude = value.abs();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "wrong guesses are sorted out below"
        )]
        let guess = if magnitude < 6.103_515_6e-5 {
            (magnitude * 16_777_216.0) as u16
        } else {
            ((bits & 0x7fff_ffff) >> 13).wrapping_sub(112 << 10) as u16
        };
        let half = sign | guess & 0x7fff;
        (from_half(half).to_bits() == bits).then_some(half)
    }
}

#[cfg(all(test, feature = "tract"))]
#[expect(clippy::unwrap_used, reason = "a test that fails says where")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn again(len: usize, values: &[f32]) -> (u8, Vec<f32>) {
        let mut bytes = vec![];
        write(&mut bytes, len, values);
        let found = read(&mut Reader::new(&bytes), values.len() / len, len).unwrap();
        (bytes[0], found)
    }

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    proptest! {
        #[test]
        fn multiples_of_a_step_take_a_byte(
            step in 1e-6_f32..10.0, steps in proptest::collection::vec(-127_i8..=127, 11),
        ) {
            // A row is only as coarse as its largest value says.
            let steps = [&steps[..], &[127]].concat();
            let values: Vec<f32> = steps.iter().map(|steps| f32::from(*steps) * step).collect();
            let (form, found) = again(12, &values);
            prop_assert_eq!(form, STEPS);
            prop_assert_eq!(bits(&found), bits(&values));
        }

        #[test]
        fn halves_take_two_bytes(halves in proptest::collection::vec(0_u16..0x7c00, 3), signs in 0_u16..8) {
            let signed = |(index, half): (usize, &u16)| half | (signs >> index & 1) << 15;
            let halves: Vec<u16> = halves.iter().enumerate().map(signed).collect();
            let values: Vec<f32> = halves.iter().map(|half| from_half(*half)).collect();
            let (form, found) = again(3, &values);
            prop_assert!(form == HALF || form == STEPS);
            // Minus zero may be one of them.
            prop_assert_eq!(bits(&found), bits(&values));
        }

        #[test]
        fn whatever_it_is_comes_back(values in proptest::collection::vec(any::<u32>(), 6)) {
            let values: Vec<f32> = values.into_iter().map(f32::from_bits).collect();
            prop_assert_eq!(bits(&again(2, &values).1), bits(&values));
        }
    }

    #[test]
    fn halves_are_what_the_standard_says() {
        for (half, value) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65_504.0),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(from_half(half).to_bits(), f32::to_bits(value), "{half:#x}");
        }
        assert!(from_half(0x7e00).is_nan());
    }
}
