//! The header of a `.npy` file: a Python dictionary in text.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use super::NpyError;
use crate::people::NumberType;

/// First bytes of every file.
pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// What the header says of the numbers behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Their kind, as NumPy writes it: `<f4`.
    pub(super) descr: String,
    /// Whether columns are dense, not rows.
    pub(super) fortran_order: bool,
    pub(super) shape: Vec<usize>,
}

/// The header of a file, and the bytes behind it.
pub(super) fn read(file: &[u8]) -> Result<(Header, &[u8]), NpyError> {
    let cut_short = NpyError::HeaderCutShort;
    let rest = file.strip_prefix(MAGIC).ok_or(NpyError::NotNpy)?;
    let (&[major, minor], rest) = rest.split_first_chunk().ok_or(cut_short.clone())?;
    let (length, rest) = match major {
        1 => {
            let (length, rest) = rest.split_first_chunk().ok_or(cut_short.clone())?;
            (usize::from(u16::from_le_bytes(*length)), rest)
        }
        2 | 3 => {
            let (length, rest) = rest.split_first_chunk().ok_or(cut_short.clone())?;
            (u32::from_le_bytes(*length) as usize, rest)
        }
        _ => return Err(NpyError::Version { major, minor }),
    };
    let (header, numbers) = rest.split_at_checked(length).ok_or(cut_short)?;
    let text = match major {
        3 => str::from_utf8(header).map_err(|_| NpyError::BadHeader)?.to_owned(),
        _ => header.iter().map(|&byte| char::from(byte)).collect(),
    };
    Ok((parse(&text)?, numbers))
}

fn parse(text: &str) -> Result<Header, NpyError> {
    let mut literal = Literal(text);
    let (mut descr, mut fortran_order, mut shape) = (None, None, None);
    literal.expect('{')?;
    while !literal.take('}') {
        let key = literal.string()?;
        literal.expect(':')?;
        match key {
            "descr" => descr = Some(literal.string().map_err(|_| NpyError::Structured)?.to_owned()),
            "fortran_order" => fortran_order = Some(literal.bool()?),
            "shape" => shape = Some(literal.tuple()?),
            _ => return Err(NpyError::BadHeader),
        }
        if !literal.take(',') {
            literal.expect('}')?;
            break;
        }
    }
    if !literal.0.trim_matches([' ', '\n']).is_empty() {
        return Err(NpyError::BadHeader);
    }
    match (descr, fortran_order, shape) {
        (Some(descr), Some(fortran_order), Some(shape)) => {
            Ok(Header { descr, fortran_order, shape })
        }
        _ => Err(NpyError::BadHeader),
    }
}

/// What is left of a Python literal.
struct Literal<'a>(&'a str);

impl<'a> Literal<'a> {
    /// Takes `mark` if it comes next.
    fn take(&mut self, mark: char) -> bool {
        let rest = self.0.trim_start().strip_prefix(mark);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn expect(&mut self, mark: char) -> Result<(), NpyError> {
        if self.take(mark) { Ok(()) } else { Err(NpyError::BadHeader) }
    }

    /// A string without escapes; NumPy writes none here.
    fn string(&mut self) -> Result<&'a str, NpyError> {
        let quote = if self.take('\'') {
            '\''
        } else {
            self.expect('"')?;
            '"'
        };
        let (text, rest) = self.0.split_once(quote).ok_or(NpyError::BadHeader)?;
        self.0 = rest;
        Ok(text)
    }

    fn bool(&mut self) -> Result<bool, NpyError> {
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(rest) = self.0.trim_start().strip_prefix(word) {
                self.0 = rest;
                return Ok(value);
            }
        }
        Err(NpyError::BadHeader)
    }

    /// A tuple of numbers. Python 2 wrote an `L` behind each.
    fn tuple(&mut self) -> Result<Vec<usize>, NpyError> {
        self.expect('(')?;
        let mut numbers = Vec::new();
        while !self.take(')') {
            let rest = self.0.trim_start();
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            numbers.push(rest[..end].parse().map_err(|_| NpyError::BadHeader)?);
            self.0 = &rest[end..];
            self.take('L');
            if !self.take(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(numbers)
    }
}

/// Bytes of one number.
pub(super) const fn size(number_type: NumberType) -> usize {
    match number_type {
        NumberType::Float32 => 4,
        NumberType::Float64 => 8,
    }
}

/// The first bytes of a file of `rows` × `columns` little-endian numbers, as NumPy writes them (format 1.0): the
/// numbers begin at a multiple of 64 bytes.
pub(super) fn write(rows: usize, columns: usize, number_type: NumberType) -> Vec<u8> {
    const ALIGNED_TO: usize = 64;
    let mut text = format!(
        "{{'descr': '<f{}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}",
        size(number_type)
    );
    // NumPy leaves room for a first dimension of up to 21 digits, so that rows can be appended.
    text.extend(std::iter::repeat_n(' ', 21_usize.saturating_sub(rows.to_string().len())));
    let before = MAGIC.len() + 2 + 2;
    let padded = (before + text.len() + 1).next_multiple_of(ALIGNED_TO) - before - 1;
    text.extend(std::iter::repeat_n(' ', padded - text.len()));
    text.push('\n');
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&MAGIC[..], &[1, 0], &length, text.as_bytes()].concat()
}
