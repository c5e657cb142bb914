//! The files that the Flask app keeps its people in: `encodings.npy` and `labels.json`, bit for bit.
//!
//! Read is NumPy's format 1.0 to 3.0, either byte order, float32 or float64, C or Fortran order, shape `(N, 128)`.
//! Written is format 1.0, little-endian, C order, byte for byte as NumPy itself writes it: float64 where every row was
//! imported from float64, else float32.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rostro_core::{EMBEDDING_LEN, Embedding, EmbeddingError, ModelId};
use thiserror::Error;
use uuid::Uuid;

use crate::people::{LabelledEncoding, NumberType};

mod header;

/// Why bytes are not an `encodings.npy`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum NpyError {
    /// It does not begin as a `.npy` file does.
    #[error("this is no .npy file")]
    NotNpy,
    /// A format that is not known.
    #[error("format {major}.{minor} is not known, expected 1.0, 2.0 or 3.0")]
    Version {
        /// Major version.
        major: u8,
        /// Minor version.
        minor: u8,
    },
    /// It ends within its header.
    #[error("the file ends within its header")]
    HeaderCutShort,
    /// The header is not what NumPy writes.
    #[error("the header cannot be read")]
    BadHeader,
    /// Records with named fields.
    #[error("it holds records, expected plain float32 or float64")]
    Structured,
    /// Another kind of number.
    #[error("it holds numbers of kind {descr}, expected float32 or float64 (f4 or f8)")]
    Kind {
        /// As NumPy writes it.
        descr: String,
    },
    /// Not N rows of 128.
    #[error("its shape is ({}), expected (N, {EMBEDDING_LEN})", commas(shape))]
    Shape {
        /// The shape found.
        shape: Vec<usize>,
    },
    /// More or fewer bytes than the shape says.
    #[error("it holds {actual} bytes of numbers, expected {expected} for {rows} rows")]
    Length {
        /// Rows that the header names.
        rows: usize,
        /// Bytes that they take.
        expected: u64,
        /// Bytes found.
        actual: usize,
    },
}

fn commas(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// The rows of an `encodings.npy`, and how it stores them. float64 is rounded to float32, as the Flask app does when it
/// registers somebody.
///
/// # Errors
/// [`NpyError`].
pub fn parse(file: &[u8]) -> Result<(Vec<[f32; EMBEDDING_LEN]>, NumberType), NpyError> {
    let (header, numbers) = header::read(file)?;
    let (read, number_type): (fn(&[u8]) -> f32, NumberType) = match header.descr.as_str() {
        "<f4" => (|bytes| f32::from_le_bytes(array(bytes)), NumberType::Float32),
        ">f4" => (|bytes| f32::from_be_bytes(array(bytes)), NumberType::Float32),
        "<f8" => (|bytes| to_f32(f64::from_le_bytes(array(bytes))), NumberType::Float64),
        ">f8" => (|bytes| to_f32(f64::from_be_bytes(array(bytes))), NumberType::Float64),
        _ => return Err(NpyError::Kind { descr: header.descr }),
    };
    let size = header::size(number_type);
    let &[rows, EMBEDDING_LEN] = &header.shape[..] else {
        return Err(NpyError::Shape { shape: header.shape });
    };
    let expected = (rows as u64).saturating_mul((EMBEDDING_LEN * size) as u64);
    if expected != numbers.len() as u64 {
        return Err(NpyError::Length { rows, expected, actual: numbers.len() });
    }
    let number = |row: usize, column: usize| {
        let index =
            if header.fortran_order { column * rows + row } else { row * EMBEDDING_LEN + column };
        read(&numbers[index * size..][..size])
    };
    let rows = (0..rows).map(|row| std::array::from_fn(|column| number(row, column)));
    Ok((rows.collect(), number_type))
}

/// Exactly as many bytes as asked for; the caller cuts them so.
fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|i| bytes[i])
}

#[expect(clippy::cast_possible_truncation, reason = "rounding to float32 is what is wanted")]
fn to_f32(value: f64) -> f32 {
    value as f32
}

/// An `encodings.npy` of these rows.
pub fn format<'a>(
    rows: impl ExactSizeIterator<Item = &'a [f32; EMBEDDING_LEN]>,
    number_type: NumberType,
) -> Vec<u8> {
    let mut file = header::write(rows.len(), EMBEDDING_LEN, number_type);
    for value in rows.flatten() {
        match number_type {
            NumberType::Float32 => file.extend(value.to_le_bytes()),
            NumberType::Float64 => file.extend(f64::from(*value).to_le_bytes()),
        }
    }
    file
}

/// Why the two files cannot be read or written. Each error names the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TransferError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not an `encodings.npy`.
    #[error("{path}: {source}")]
    Npy {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: NpyError,
    },
    /// Not a `labels.json`.
    #[error("{path} is no list of names: {source}")]
    Labels {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// They do not belong together.
    #[error(
        "{} has {rows} rows, but {} has {names} names: there must be one name a row",
        encodings.display(), labels.display()
    )]
    Lengths {
        /// The `encodings.npy`.
        encodings: PathBuf,
        /// Its rows.
        rows: usize,
        /// The `labels.json`.
        labels: PathBuf,
        /// Its names.
        names: usize,
    },
    /// A row is no embedding.
    #[error("{path}: row {row} (counted from 0): {source}")]
    Row {
        /// The file.
        path: PathBuf,
        /// Its index.
        row: usize,
        /// What is wrong with it.
        source: EmbeddingError,
    },
}

/// Reads the two files as encodings of `model`.
///
/// # Errors
/// [`TransferError`] for the first thing that is wrong in either file.
pub fn read_files(
    encodings: &Path,
    labels: &Path,
    model: ModelId,
) -> Result<Vec<LabelledEncoding>, TransferError> {
    let (rows, number_type) = parse(&read(encodings)?)
        .map_err(|source| TransferError::Npy { path: encodings.to_owned(), source })?;
    let names: Vec<String> = serde_json::from_slice(&read(labels)?)
        .map_err(|source| TransferError::Labels { path: labels.to_owned(), source })?;
    if rows.len() != names.len() {
        return Err(TransferError::Lengths {
            encodings: encodings.to_owned(),
            rows: rows.len(),
            labels: labels.to_owned(),
            names: names.len(),
        });
    }
    let labelled = names.into_iter().zip(&rows).enumerate().map(|(row, (label, values))| {
        let embedding = Embedding::new(model, values).map_err(|source| TransferError::Row {
            path: encodings.to_owned(),
            row,
            source,
        })?;
        Ok(LabelledEncoding { label, number_type, embedding })
    });
    labelled.collect()
}

fn read(path: &Path) -> Result<Vec<u8>, TransferError> {
    fs::read(path).map_err(|source| TransferError::Unreadable { path: path.to_owned(), source })
}

/// Writes the two files, in place of any that were there, readable by their owner only.
///
/// # Errors
/// [`TransferError::Unwritable`].
pub fn write_files(
    rows: &[LabelledEncoding],
    encodings: &Path,
    labels: &Path,
) -> Result<(), TransferError> {
    let names: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
    let names =
        serde_json::to_vec_pretty(&names).map_err(|error| unwritable(labels, error.into()))?;
    let wide = !rows.is_empty() && rows.iter().all(|row| row.number_type == NumberType::Float64);
    let number_type = if wide { NumberType::Float64 } else { NumberType::Float32 };
    let numbers = format(rows.iter().map(|row| row.embedding.values()), number_type);
    replace(encodings, &numbers).map_err(|source| unwritable(encodings, source))?;
    replace(labels, &names).map_err(|source| unwritable(labels, source))
}

fn unwritable(path: &Path, source: io::Error) -> TransferError {
    TransferError::Unwritable { path: path.to_owned(), source }
}

/// Writes beside the file and moves into place, so that a file of that name is always whole.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.new", Uuid::new_v4()));
    let draft = PathBuf::from(draft);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // It may never have been made.
        drop(fs::remove_file(&draft));
    }
    written
}

#[cfg(test)]
mod tests;
