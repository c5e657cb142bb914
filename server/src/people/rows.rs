//! People and encodings as rows.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use rostro_core::{EMBEDDING_LEN, Embedding, ModelId};
use rostro_wire::v1;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::{EncodingSource, Galleries, NewPerson, PersonCard, corrections, name};
use crate::settings::OneIn;
use crate::store::StoreError;

/// Bytes of a stored vector.
pub(crate) const VECTOR_BYTES: usize = EMBEDDING_LEN * size_of::<f32>();

/// A person's columns, in the order of [`read_card`].
const CARD: &str = "p.id, p.name, p.unit, p.kind, p.document, p.client_id, p.stranger_named_one_in";

/// The vector as it is stored: 128 little-endian float32, bit for bit.
pub(crate) fn to_bytes(embedding: &Embedding) -> [u8; VECTOR_BYTES] {
    let mut bytes = [0; VECTOR_BYTES];
    for (place, value) in bytes.chunks_exact_mut(size_of::<f32>()).zip(embedding.values()) {
        place.copy_from_slice(&value.to_le_bytes());
    }
    bytes
}

pub(super) fn from_bytes(model: &str, bytes: &[u8]) -> Result<Embedding, StoreError> {
    let unreadable = StoreError::BadValue { what: "an encoding" };
    let Ok(model) = model.parse::<ModelId>() else { return Err(unreadable) };
    let (chunks, _) = bytes.as_chunks();
    let values: Vec<f32> = chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect();
    Embedding::new(model, &values).map_err(|_| unreadable)
}

fn read_card(row: &Row<'_>) -> rusqlite::Result<PersonCard> {
    let one_in: Option<u32> = row.get(6)?;
    Ok(PersonCard {
        id: row.get(0)?,
        name: row.get(1)?,
        unit: row.get(2)?,
        kind: row.get(3)?,
        document: row.get(4)?,
        client_id: row.get(5)?,
        // Rates are checked when they are chosen.
        stranger_named: one_in.and_then(|n| OneIn::new(n).ok()),
    })
}

/// Adds the person, or the details given to the one of that name. The card, and whether it says anything new of a
/// person who was there.
pub(super) fn upsert(
    conn: &Connection,
    person: &NewPerson,
    now: Timestamp,
) -> Result<(PersonCard, bool), StoreError> {
    let key = name::key(&person.name);
    let before = find(conn, "p.name_key = ?1", &key)?;
    let id = before.as_ref().map_or_else(|| Uuid::now_v7().to_string(), |card| card.id.clone());
    conn.prepare_cached(
        "INSERT INTO person (id, name, name_key, unit, kind, document, client_id, created_at_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (name_key) DO UPDATE SET
             unit = coalesce(excluded.unit, unit), kind = coalesce(excluded.kind, kind),
             document = coalesce(excluded.document, document),
             client_id = coalesce(excluded.client_id, client_id)",
    )?
    .execute(params![
        id,
        person.name,
        key,
        person.unit,
        person.kind,
        person.document,
        person.client_id,
        now.as_microsecond(),
    ])?;
    let card = find(conn, "p.id = ?1", &id)?.ok_or(StoreError::BadValue { what: "a person" })?;
    let is_news = before.is_some_and(|before| before != card);
    Ok((card, is_news))
}

fn find(conn: &Connection, condition: &str, value: &str) -> Result<Option<PersonCard>, StoreError> {
    let mut query =
        conn.prepare_cached(&format!("SELECT {CARD} FROM person p WHERE {condition}"))?;
    Ok(query.query_row([value], read_card).optional()?)
}

pub(super) fn add_encoding(
    conn: &Connection,
    person_id: &str,
    embedding: &Embedding,
    label: Option<&str>,
    source: EncodingSource,
    now: Timestamp,
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO encoding (person_id, model, vector, label, source, created_at_us)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        person_id,
        embedding.model().as_str(),
        to_bytes(embedding),
        label,
        source.as_str(),
        now.as_microsecond(),
    ])?;
    Ok(())
}

/// Encodings of a person, in the order of their making.
pub(super) fn encodings(
    conn: &Connection,
    person_id: &str,
) -> Result<Vec<v1::Encoding>, StoreError> {
    let mut query = conn.prepare_cached(
        "SELECT id, model, source, event_id, created_at_us FROM encoding WHERE person_id = ?1 ORDER BY id",
    )?;
    let read = |row: &Row<'_>| {
        let created_at = Timestamp::from_microsecond(row.get(4)?);
        let created_at = created_at.map_err(|_| StoreError::BadValue { what: "a time" })?;
        Ok(v1::Encoding {
            id: row.get(0)?,
            model: row.get(1)?,
            source: row.get(2)?,
            event_id: row.get(3)?,
            created_at: created_at.to_string(),
        })
    };
    query.query_and_then([person_id], read)?.collect()
}

/// Removes one encoding of a person. Whether there was one.
pub(super) fn remove_encoding(
    conn: &Connection,
    person_id: &str,
    id: i64,
) -> Result<bool, StoreError> {
    let remove = "DELETE FROM encoding WHERE id = ?1 AND person_id = ?2";
    Ok(conn.prepare_cached(remove)?.execute(params![id, person_id])? > 0)
}

/// Chooses a person's own rate, or takes it away.
pub(super) fn set_rate(
    conn: &Connection,
    id: &str,
    stranger_named: Option<OneIn>,
) -> Result<(), StoreError> {
    conn.prepare_cached("UPDATE person SET stranger_named_one_in = ?2 WHERE id = ?1")?
        .execute(params![id, stranger_named.map(OneIn::n)])?;
    Ok(())
}

/// The galleries of everybody active, in the order of enrolment.
pub(super) fn galleries(conn: &Connection) -> Result<Galleries, StoreError> {
    let mut cards: HashMap<String, Arc<PersonCard>> = HashMap::new();
    let mut query = conn.prepare(&format!("SELECT {CARD} FROM person p WHERE p.active = 1"))?;
    for card in query.query_map([], read_card)? {
        let card = card?;
        cards.insert(card.id.clone(), Arc::new(card));
    }
    let mut galleries = Galleries::default();
    let mut query = conn.prepare("SELECT person_id, model, vector FROM encoding ORDER BY id")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let Some(card) = cards.get(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?) else {
            continue;
        };
        let model = row.get_ref(1)?;
        let vector = row.get_ref(2)?;
        let embedding = from_bytes(
            model.as_str().map_err(rusqlite::Error::from)?,
            vector.as_blob().map_err(rusqlite::Error::from)?,
        )?;
        galleries.push(Arc::clone(card), &embedding);
    }
    for (person_id, negative) in corrections::negatives(conn)? {
        if let Some(card) = cards.get(&person_id) {
            galleries.push_negative(Arc::clone(card), &negative);
        }
    }
    Ok(galleries)
}

/// The people that `condition` picks (over `p`, with one parameter), by name.
pub(super) fn people(
    conn: &Connection,
    condition: &str,
    value: Option<&str>,
) -> Result<Vec<v1::Person>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT {CARD}, p.active, p.created_at_us, e.model, count(e.id)
         FROM person p LEFT JOIN encoding e ON e.person_id = p.id
         WHERE {condition} GROUP BY p.id, e.model ORDER BY p.name_key, e.model"
    ))?;
    let mut rows = query.query(rusqlite::params_from_iter(value))?;
    let mut people: Vec<v1::Person> = Vec::new();
    while let Some(row) = rows.next()? {
        let card = read_card(row)?;
        if people.last().is_none_or(|last| last.id != card.id) {
            let created_at = Timestamp::from_microsecond(row.get(8)?)
                .map_err(|_| StoreError::BadValue { what: "a time" })?;
            people.push(v1::Person {
                id: card.id,
                name: card.name,
                unit: card.unit,
                kind: card.kind,
                document: card.document,
                client_id: card.client_id,
                active: row.get(7)?,
                stranger_named_one_in: card.stranger_named.map(OneIn::n),
                encodings: BTreeMap::new(),
                created_at: created_at.to_string(),
            });
        }
        if let (Some(model), Some(person)) = (row.get::<_, Option<String>>(9)?, people.last_mut()) {
            person.encodings.insert(model, row.get(10)?);
        }
    }
    Ok(people)
}

/// Removes a person and everything that names them: encodings, the name in stored results, what was kept to correct
/// these and every correction, webhooks that wait, answers kept for requests that are sent again.
/// Whether there was one.
pub(super) fn forget(conn: &Connection, id: &str) -> Result<bool, StoreError> {
    let Some(card) = find(conn, "p.id = ?1", id)? else { return Ok(false) };
    let events = "(SELECT id FROM event WHERE person_id = ?1 OR name_key = ?2)";
    let key = name::key(&card.name);
    conn.execute(&format!("DELETE FROM delivery WHERE event_id IN {events}"), params![id, key])?;
    conn.execute(
        "UPDATE event SET name = NULL, name_key = NULL, person_id = NULL, distance = NULL, confidence = 0,
             decision = NULL
         WHERE person_id = ?1 OR name_key = ?2",
        params![id, key],
    )?;
    corrections::forget_name(conn, &key)?;
    forget_answers(conn, id, &card.name)?;
    conn.execute("DELETE FROM person WHERE id = ?1", [id])?;
    Ok(true)
}

/// Forgets the answers that hold the person's id, or the name as JSON spells it, anywhere in their text. One that holds
/// it by chance goes too: a request sent again is then done again.
fn forget_answers(conn: &Connection, id: &str, name: &str) -> Result<(), StoreError> {
    let spelled = serde_json::Value::from(name).to_string();
    conn.execute(
        "DELETE FROM answered WHERE instr(CAST(body AS TEXT), ?1) OR instr(CAST(body AS TEXT), ?2)",
        [id, spelled.trim_matches('"')],
    )?;
    Ok(())
}
