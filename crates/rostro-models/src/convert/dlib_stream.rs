//! Reads dlib's portable binary serialisation (`dlib/serialize.h`, `dlib/float_details.h`, `dlib/dnn/tensor.h`).

use super::ConvertError;

/// A position in serialised bytes.
pub(super) struct DlibStream<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> DlibStream<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    pub(super) fn malformed(&self, expected: &'static str) -> ConvertError {
        ConvertError::Malformed { offset: self.offset, expected }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ConvertError> {
        let rest = &self.bytes[self.offset..];
        let taken = rest
            .get(..count)
            .ok_or(ConvertError::Truncated { offset: self.offset, wanted: count })?;
        self.offset += count;
        Ok(taken)
    }

    /// An integer: a byte whose low nibble counts the bytes that follow (at most 8, little-endian) and whose high bit
    /// is the sign.
    pub(super) fn integer(&mut self) -> Result<i64, ConvertError> {
        let head = self.take(1)?[0];
        let count = usize::from(head & 0x0f);
        if !(1..=8).contains(&count) || head & 0x70 != 0 {
            self.offset -= 1;
            return Err(self.malformed("an integer of 1 to 8 bytes"));
        }
        let mut little_endian = [0; 8];
        little_endian[..count].copy_from_slice(self.take(count)?);
        let magnitude = i64::try_from(u64::from_le_bytes(little_endian))
            .map_err(|_| self.malformed("an integer below 2^63"))?;
        Ok(if head & 0x80 == 0 { magnitude } else { -magnitude })
    }

    /// A count of things that each take at least one byte of what is left, so that no length in a hostile file can ask
    /// for more memory than the file itself takes.
    pub(super) fn count(&mut self) -> Result<usize, ConvertError> {
        let offset = self.offset;
        let value = self.integer()?;
        let left = self.bytes.len() - self.offset;
        match usize::try_from(value) {
            Ok(count) if count <= left => Ok(count),
            Ok(count) => Err(ConvertError::Truncated { offset, wanted: count }),
            Err(_) => Err(ConvertError::Malformed { offset, expected: "a count" }),
        }
    }

    /// A small number that counts or sizes something, without the promise of [`Self::count`].
    pub(super) fn size(&mut self) -> Result<usize, ConvertError> {
        let offset = self.offset;
        usize::try_from(self.integer()?)
            .ok()
            .filter(|&size| size <= 1 << 24)
            .ok_or(ConvertError::Malformed { offset, expected: "a size of at most 2^24" })
    }

    /// A number as mantissa and binary exponent.
    #[expect(clippy::cast_possible_truncation, reason = "dlib wrote it from an f32")]
    pub(super) fn float(&mut self) -> Result<f32, ConvertError> {
        let offset = self.offset;
        let mantissa = self.integer()?;
        let exponent = self.integer()?;
        let value = i32::try_from(exponent)
            .ok()
            .filter(|exponent| (-1200..1200).contains(exponent))
            .map(|exponent| (mantissa as f64 * 2.0_f64.powi(exponent)) as f32)
            .filter(|value| value.is_finite());
        value.ok_or(ConvertError::Malformed { offset, expected: "a finite number" })
    }

    /// A tensor of version 2: four sizes, then raw little-endian `f32`.
    pub(super) fn tensor(&mut self) -> Result<Vec<f32>, ConvertError> {
        if self.integer()? != 2 {
            return Err(self.malformed("a tensor of version 2"));
        }
        let mut len = 1_usize;
        for _ in 0..4 {
            len = len.checked_mul(self.size()?).ok_or_else(|| self.malformed("a tensor"))?;
        }
        let byte_len = len.checked_mul(4).ok_or_else(|| self.malformed("a tensor"))?;
        let values: Vec<f32> = self
            .take(byte_len)?
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect();
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(self.malformed("finite weights"))
        }
    }

    /// Moves to just behind the next serialised string `name`; false when there is none.
    pub(super) fn seek_behind(&mut self, name: &str) -> bool {
        match self.find(name) {
            Some(at) => {
                self.offset = at + 2 + name.len();
                true
            }
            None => false,
        }
    }

    /// Where the next serialised string `name` begins.
    fn find(&self, name: &str) -> Option<usize> {
        let mut serialised = vec![1, u8::try_from(name.len()).ok()?];
        serialised.extend_from_slice(name.as_bytes());
        self.bytes[self.offset..]
            .windows(serialised.len())
            .position(|window| window == serialised)
            .map(|at| self.offset + at)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.offset == self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_integers_and_numbers_as_dlib_writes_them() {
        struct Case {
            name: &'static str,
            bytes: &'static [u8],
            integer: Result<i64, ConvertError>,
        }
        let cases = [
            Case { name: "one byte", bytes: &[1, 5], integer: Ok(5) },
            Case { name: "negative", bytes: &[0x81, 10], integer: Ok(-10) },
            Case {
                name: "two bytes, little end first",
                bytes: &[2, 0x80, 0x12],
                integer: Ok(0x1280),
            },
            Case {
                name: "nine bytes",
                bytes: &[9, 0, 0],
                integer: Err(ConvertError::Malformed {
                    offset: 0,
                    expected: "an integer of 1 to 8 bytes",
                }),
            },
            Case {
                name: "cut off",
                bytes: &[2, 1],
                integer: Err(ConvertError::Truncated { offset: 1, wanted: 2 }),
            },
        ];
        for case in cases {
            assert_eq!(DlibStream::new(case.bytes).integer(), case.integer, "{}", case.name);
        }
        // 3 * 2^-2
        assert_eq!(DlibStream::new(&[1, 3, 0x81, 2]).float(), Ok(0.75));
    }

    #[test]
    fn a_count_never_exceeds_the_bytes_left() {
        let mut stream = DlibStream::new(&[4, 0xff, 0xff, 0xff, 0x7f, 0, 0]);
        assert_eq!(stream.count(), Err(ConvertError::Truncated { offset: 0, wanted: 0x7fff_ffff }));
    }
}
