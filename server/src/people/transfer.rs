//! Whole files of encodings, in and out.

use std::collections::HashMap;

use jiff::Timestamp;
use rostro_core::{Embedding, ModelId};
use rusqlite::Connection;

use super::{EncodingSource, NewPerson, PeopleError, name, rows};
use crate::store::StoreError;

/// How a file of encodings stores its numbers. The store keeps float32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberType {
    /// Four bytes each, as the Flask app writes them.
    #[default]
    Float32,
    /// Eight bytes each, as Python's `face_recognition` returns them. The networks compute in float32, so that
    /// nothing is lost.
    Float64,
}

/// A row of a file of encodings.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledEncoding {
    /// The name as the file spells it.
    pub label: String,
    /// The type of its numbers in the file.
    pub number_type: NumberType,
    /// The encoding.
    pub embedding: Embedding,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// People who are new.
    pub people_added: usize,
    /// Encodings added.
    pub encodings_added: usize,
    /// Rows left out because the same person has the very same encoding already.
    pub already_there: usize,
}

/// A label that is no name.
#[derive(Debug, thiserror::Error)]
#[error("label {index} (counted from 0): {source}")]
pub struct BadLabel {
    /// Its index.
    pub index: usize,
    /// What is wrong with it.
    pub source: Box<PeopleError>,
}

/// How often each person has each vector.
type Held = HashMap<(String, [u8; rows::VECTOR_BYTES]), usize>;

/// Adds the rows that are not there yet, in their order. A row that a file holds twice is kept twice; the same file
/// again adds nothing.
pub(super) fn import(
    conn: &Connection,
    encodings: &[LabelledEncoding],
    now: Timestamp,
) -> Result<Imported, PeopleError> {
    let mut held = held(conn)?;
    let people_before = count_people(conn)?;
    let mut done = Imported::default();
    for (index, row) in encodings.iter().enumerate() {
        let name = name::checked(&row.label)
            .map_err(|source| BadLabel { index, source: source.into() })?;
        let row_key = (name::key(&name), rows::to_bytes(&row.embedding));
        if let Some(count) = held.get_mut(&row_key).filter(|count| **count > 0) {
            *count -= 1;
            done.already_there += 1;
            continue;
        }
        let person = NewPerson { name, ..NewPerson::default() };
        let (card, _) = rows::upsert(conn, &person, now)?;
        let source = EncodingSource::Import(row.number_type);
        rows::add_encoding(conn, &card.id, &row.embedding, Some(&row.label), source, now)?;
        done.encodings_added += 1;
    }
    done.people_added = count_people(conn)? - people_before;
    Ok(done)
}

fn held(conn: &Connection) -> Result<Held, StoreError> {
    let mut query = conn.prepare(
        "SELECT p.name_key, e.vector FROM encoding e JOIN person p ON p.id = e.person_id",
    )?;
    let mut held = Held::new();
    for row in query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
        *held.entry(row?).or_default() += 1;
    }
    Ok(held)
}

fn count_people(conn: &Connection) -> Result<usize, StoreError> {
    let count: u32 = conn.query_row("SELECT count(*) FROM person", [], |row| row.get(0))?;
    Ok(count as usize)
}

/// Every encoding of one model but derived ones, in the order of import and enrolment, under the name as it was
/// imported.
pub(super) fn export(
    conn: &Connection,
    model: ModelId,
) -> Result<Vec<LabelledEncoding>, StoreError> {
    let mut query = conn.prepare(
        "SELECT coalesce(e.label, p.name), e.model, e.vector, e.source = ?2
         FROM encoding e JOIN person p ON p.id = e.person_id WHERE e.model = ?1 AND e.source <> ?3 ORDER BY e.id",
    )?;
    let wide = NumberType::Float64;
    let derived = EncodingSource::Derived.as_str();
    let mut rows = query.query([model.as_str(), EncodingSource::Import(wide).as_str(), derived])?;
    let mut encodings = Vec::new();
    while let Some(row) = rows.next()? {
        let model: String = row.get(1)?;
        let vector: Vec<u8> = row.get(2)?;
        let embedding = rows::from_bytes(&model, &vector)?;
        let number_type = if row.get(3)? { wide } else { NumberType::Float32 };
        encodings.push(LabelledEncoding { label: row.get(0)?, number_type, embedding });
    }
    Ok(encodings)
}
