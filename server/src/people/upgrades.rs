//! From `dlib-resnet-v1` to `sface-2021dec` without calling anybody back: sure sightings of people who are known in
//! the first only become encodings of the second, marked as derived.

use jiff::Timestamp;
use rostro_core::decision::Metric;
use rostro_core::{Embedding, ModelId, Threshold};
use rostro_wire::v1;
use rusqlite::{Connection, OptionalExtension, params};

use super::{EncodingSource, Galleries, rows};
use crate::settings::Upgrade;
use crate::store::StoreError;

/// The model that people are known in.
pub(crate) const FROM: ModelId = ModelId::DlibResnetV1;
/// The model that they are given encodings of.
pub(crate) const TO: ModelId = ModelId::Sface2021Dec;
/// A sighting is sure within this part of the threshold. Chosen by reason: 0.45 where dlib's threshold is 0.6, which
/// few pairs of strangers come within.
const SURE_PART: f32 = 0.75;
/// How much further the second person must be, as a part of the threshold: 0.1 where dlib's is 0.6.
const SURE_MARGIN_PART: f32 = 1.0 / 6.0;
/// Sightings on as many different days make encodings by themselves, if they agree among each other: a picture held
/// before the camera once is not enough, and neither is one visit.
pub(crate) const AGREEING_DAYS: u8 = 3;
const DAY_US: i64 = 24 * 3600 * 1_000_000;

/// The embedding by which the person may be given an encoding of [`TO`]: where they have none, and the probes of one
/// face show them surely by [`FROM`]. `threshold` is that of [`FROM`].
#[must_use]
pub(crate) fn candidate(
    galleries: &Galleries,
    probes: &[Embedding],
    person_id: &str,
    (decided_in, threshold): (Metric, Threshold),
) -> Option<Embedding> {
    let of = |model| probes.iter().find(|probe| probe.model() == model);
    let (probe, new) = (of(FROM)?, of(TO)?);
    let has_one = galleries
        .gallery(TO)
        .is_some_and(|gallery| gallery.entries().any(|(person, _)| person.id == person_id));
    if has_one || decided_in != FROM.into() {
        return None;
    }
    let gallery = galleries.gallery(FROM)?;
    let own = gallery.nearest_where(probe, |person| person.id == person_id)?.distance.value();
    let other = gallery.nearest_where(probe, |person| person.id != person_id);
    let is_alone = other
        .is_none_or(|other| other.distance.value() - own >= SURE_MARGIN_PART * threshold.max());
    (own <= SURE_PART * threshold.max() && is_alone).then(|| new.clone())
}

/// Keeps a sure sighting, the first of each day and at most [`AGREEING_DAYS`], unless one of the person was refused.
pub(crate) fn note(
    conn: &Connection,
    event_id: i64,
    person_id: &str,
    embedding: &Embedding,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    let seen_at = seen_at.as_microsecond();
    conn.prepare_cached(
        "INSERT OR IGNORE INTO upgrade (person_id, event_id, model, vector, day, seen_at_us)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS
             (SELECT 1 FROM upgrade WHERE person_id = ?1 AND model = ?3 AND vector IS NULL)
         AND (SELECT count(*) FROM upgrade WHERE person_id = ?1 AND model = ?3) < ?7",
    )?
    .execute(params![
        person_id,
        event_id,
        embedding.model().as_str(),
        rows::to_bytes(embedding),
        seen_at.div_euclid(DAY_US),
        seen_at,
        AGREEING_DAYS,
    ])?;
    Ok(())
}

/// A sighting that waits.
struct Waiting {
    id: i64,
    person_id: String,
    event_id: i64,
    embedding: Embedding,
}

fn waiting(conn: &Connection, condition: &str, value: &str) -> Result<Vec<Waiting>, StoreError> {
    let mut query = conn.prepare_cached(&format!(
        "SELECT id, person_id, event_id, model, vector FROM upgrade
         WHERE vector IS NOT NULL AND {condition} ORDER BY day"
    ))?;
    let mut rows = query.query([value])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let (model, vector): (String, Vec<u8>) = (row.get(3)?, row.get(4)?);
        waiting.push(Waiting {
            id: row.get(0)?,
            person_id: row.get(1)?,
            event_id: row.get(2)?,
            embedding: rows::from_bytes(&model, &vector)?,
        });
    }
    Ok(waiting)
}

/// Makes encodings of a person's sightings once there are enough that agree; whether it did. Where they disagree,
/// the oldest is dropped.
pub(super) fn settle(
    conn: &Connection,
    person_id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sightings = waiting(conn, "person_id = ?1", person_id)?;
    if sightings.len() < AGREEING_DAYS.into() {
        return Ok(false);
    }
    let limit = TO.default_threshold();
    let agree = sightings.iter().all(|one| {
        let distances =
            sightings.iter().filter_map(|other| one.embedding.distance(&other.embedding));
        distances.into_iter().all(|distance| limit.accepts(distance))
    });
    if !agree {
        conn.execute("DELETE FROM upgrade WHERE id = ?1", [sightings[0].id])?;
        return Ok(false);
    }
    for sighting in &sightings {
        derive(conn, sighting, now)?;
    }
    Ok(true)
}

/// Makes an encoding of a sighting, and takes it off the list.
fn derive(conn: &Connection, sighting: &Waiting, now: Timestamp) -> Result<(), StoreError> {
    let Waiting { id, person_id, event_id, embedding } = sighting;
    rows::add_encoding(conn, person_id, embedding, None, EncodingSource::Derived, now)?;
    let encoding = conn.last_insert_rowid();
    conn.execute("UPDATE encoding SET event_id = ?2 WHERE id = ?1", [encoding, *event_id])?;
    conn.execute("DELETE FROM upgrade WHERE id = ?1", [id])?;
    Ok(())
}

/// Accepts or refuses a sighting that waits; whose it is, `None` when there is none of that id.
pub(super) fn decide(
    conn: &Connection,
    id: i64,
    decision: v1::UpgradeDecision,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let Some(sighting) = waiting(conn, "id = CAST(?1 AS INTEGER)", &id.to_string())?.pop() else {
        return Ok(None);
    };
    match decision {
        v1::UpgradeDecision::Accept => derive(conn, &sighting, now)?,
        v1::UpgradeDecision::Refuse => {
            let others = "DELETE FROM upgrade WHERE person_id = ?1 AND id <> ?2";
            conn.execute(others, params![sighting.person_id, id])?;
            conn.execute("UPDATE upgrade SET vector = NULL WHERE id = ?1", [id])?;
        }
    }
    Ok(Some(sighting.person_id))
}

/// Removes what an event that turned out wrong has led to.
pub(super) fn withdraw(conn: &Connection, event_id: i64) -> Result<(), StoreError> {
    conn.execute("DELETE FROM upgrade WHERE event_id = ?1", [event_id])?;
    let derived = EncodingSource::Derived.as_str();
    conn.execute(
        "DELETE FROM encoding WHERE event_id = ?1 AND source = ?2",
        params![event_id, derived],
    )?;
    Ok(())
}

/// Removes every derived encoding, and every sighting that waits or was refused, of one person or of all; how many
/// encodings.
pub(super) fn revoke(conn: &Connection, person_id: Option<&str>) -> Result<usize, StoreError> {
    conn.execute("DELETE FROM upgrade WHERE ?1 IS NULL OR person_id = ?1", [person_id])?;
    let derived = EncodingSource::Derived.as_str();
    Ok(conn.execute(
        "DELETE FROM encoding WHERE source = ?2 AND (?1 IS NULL OR person_id = ?1)",
        params![person_id, derived],
    )?)
}

/// How far the move is.
pub(super) fn status(conn: &Connection, policy: Upgrade) -> Result<v1::UpgradeStatus, StoreError> {
    let holds = |model: ModelId| {
        format!(
            "EXISTS (SELECT 1 FROM encoding e WHERE e.person_id = p.id AND e.model = '{model}')"
        )
    };
    let (old, new) = (holds(FROM), holds(TO));
    let count = |condition: String| {
        conn.query_row(&format!("SELECT count(*) FROM person p WHERE {condition}"), [], |row| {
            row.get::<_, u32>(0)
        })
    };
    let derived = EncodingSource::Derived.as_str();
    let mut query = conn.prepare_cached(
        "SELECT u.id, u.person_id, p.name, u.event_id, u.seen_at_us
         FROM upgrade u JOIN person p ON p.id = u.person_id WHERE u.vector IS NOT NULL ORDER BY u.id",
    )?;
    let proposals = query.query_and_then([], |row| {
        let seen_at = Timestamp::from_microsecond(row.get(4)?);
        Ok(v1::UpgradeProposal {
            id: row.get(0)?,
            person_id: row.get(1)?,
            name: row.get(2)?,
            event_id: row.get(3)?,
            seen_at: seen_at.map_err(|_| StoreError::BadValue { what: "a time" })?.to_string(),
        })
    })?;
    Ok(v1::UpgradeStatus {
        policy: policy.as_str().to_owned(),
        dlib_only: count(format!("{old} AND NOT {new}"))?,
        both: count(format!("{old} AND {new}"))?,
        sface_only: count(format!("{new} AND NOT {old}"))?,
        derived_encodings: conn
            .query_row("SELECT count(*) FROM encoding WHERE source = ?1", [derived], |row| {
                row.get(0)
            })
            .optional()?
            .unwrap_or_default(),
        proposals: proposals.collect::<Result<_, StoreError>>()?,
    })
}

#[cfg(test)]
mod tests {
    use rostro_core::EMBEDDING_LEN;

    use super::*;
    use crate::people::{NewPerson, People, PersonCard};
    use crate::store::Store;

    fn embedding(model: ModelId, first: f32) -> Embedding {
        let mut values = [0.1; EMBEDDING_LEN];
        values[0] = first;
        Embedding::new(model, &values).unwrap()
    }

    /// A store with one person known by [`FROM`], and one event of theirs.
    async fn known(dir: &std::path::Path) -> (Store, People, String) {
        let store = Store::open(dir).unwrap();
        let people = People::load(store.clone()).await.unwrap();
        let ana = NewPerson { name: "Ana".to_owned(), ..NewPerson::default() };
        let samples = vec![embedding(FROM, 0.0)];
        let id = people.enrol(ana, samples, EncodingSource::Register).await.unwrap().id;
        let person = id.clone();
        store
            .write::<_, StoreError, _>(move |conn| {
                conn.execute_batch(&format!(
                    "INSERT INTO capture VALUES (zeroblob(16), zeroblob(32), 1, NULL, 0, 0, NULL, 0);
                     INSERT INTO event VALUES (1, zeroblob(16), NULL, 0, 'Ana', 'ana', '{person}', 0.1,
                         0.6, 'dlib-resnet-v1', 0.9, 'server', 0, 100, 100, 0, 0, NULL, 0, 0);"
                ))?;
                Ok(())
            })
            .await
            .unwrap();
        (store, people, id)
    }

    /// Notes a sighting on each of these days.
    async fn seen(store: &Store, person: &str, sightings: &[(i64, f32)]) {
        for &(day, first) in sightings {
            let person = person.to_owned();
            store
                .write::<_, StoreError, _>(move |conn| {
                    let at = Timestamp::from_microsecond(day * DAY_US + 1).unwrap();
                    note(conn, 1, &person, &embedding(TO, first), at)
                })
                .await
                .unwrap();
        }
    }

    #[tokio::test]
    async fn three_days_that_agree_make_encodings_which_are_revoked_in_one() {
        struct Case {
            name: &'static str,
            sightings: &'static [(i64, f32)],
            derived: usize,
            left: usize,
        }
        let cases = [
            Case { name: "two days", sightings: &[(1, 0.1), (2, 0.2)], derived: 0, left: 2 },
            Case {
                name: "three times, on two days",
                sightings: &[(1, 0.1), (1, 0.1), (2, 0.2)],
                derived: 0,
                left: 2,
            },
            Case {
                name: "three days",
                sightings: &[(1, 0.1), (2, 0.2), (5, 0.3)],
                derived: 3,
                left: 0,
            },
            Case {
                name: "the first day disagrees, and is dropped",
                sightings: &[(1, -90.0), (2, 0.2), (5, 0.3)],
                derived: 0,
                left: 2,
            },
        ];
        for case in cases {
            let dir = tempfile::tempdir().unwrap();
            let (store, people, ana) = known(dir.path()).await;
            seen(&store, &ana, case.sightings).await;
            people.settle_upgrade(&ana).await.unwrap();
            let status = people.upgrade_status(Upgrade::Auto).await.unwrap();
            assert_eq!(status.derived_encodings as usize, case.derived, "{}", case.name);
            assert_eq!(status.proposals.len(), case.left, "{}", case.name);
            assert_eq!(
                (status.both, status.dlib_only + status.both),
                (u32::from(case.derived > 0), 1)
            );
            assert_eq!(people.export(TO).await.unwrap(), [], "{}: not exported", case.name);
            assert_eq!(people.encoding_count(), 1 + case.derived, "{}", case.name);
            assert_eq!(people.revoke_upgrades(Some(&ana)).await.unwrap(), case.derived);
            assert_eq!(people.encoding_count(), 1, "{}", case.name);
        }
    }

    #[tokio::test]
    async fn what_is_refused_is_not_proposed_again_and_a_correction_withdraws() {
        let dir = tempfile::tempdir().unwrap();
        let (store, people, ana) = known(dir.path()).await;
        let proposals = async || people.upgrade_status(Upgrade::Ask).await.unwrap().proposals;
        seen(&store, &ana, &[(1, 0.1), (2, 0.1)]).await;
        let refused = proposals().await[0].id;
        assert!(people.decide_upgrade(refused, v1::UpgradeDecision::Refuse).await.unwrap());
        assert!(!people.decide_upgrade(refused, v1::UpgradeDecision::Accept).await.unwrap());
        seen(&store, &ana, &[(3, 0.1)]).await;
        assert_eq!(proposals().await, []);

        people.revoke_upgrades(None).await.unwrap();
        seen(&store, &ana, &[(4, 0.1), (5, 0.1), (6, 0.1), (7, 0.1)]).await;
        let waiting = proposals().await;
        assert_eq!(waiting.len(), usize::from(AGREEING_DAYS));
        people.decide_upgrade(waiting[0].id, v1::UpgradeDecision::Accept).await.unwrap();
        assert_eq!(people.encoding_count(), 2);
        store.write::<_, StoreError, _>(|conn| withdraw(conn, 1)).await.unwrap();
        assert_eq!(proposals().await, []);
        let status = people.upgrade_status(Upgrade::Ask).await.unwrap();
        assert_eq!((status.derived_encodings, status.dlib_only), (0, 1));
    }

    #[test]
    fn only_a_sure_sighting_of_somebody_without_an_encoding_counts() {
        let mut galleries = Galleries::default();
        galleries.push(PersonCard::named("ana"), &embedding(FROM, 0.0));
        galleries.push(PersonCard::named("luis"), &embedding(FROM, 1.0));
        galleries.push(PersonCard::named("eva"), &embedding(FROM, -2.0));
        galleries.push(PersonCard::named("eva"), &embedding(TO, 0.3));
        let cases = [
            ("near", "ana", 0.1, true),
            ("as far as is sure, with the margin", "ana", 0.44, true),
            ("beyond what is sure", "ana", -0.46, false),
            ("within, but Luis is as near", "ana", 0.5, false),
            ("she has one", "eva", -2.0, false),
        ];
        for (name, person, first, is_candidate) in cases {
            let probes = [embedding(FROM, first), embedding(TO, 0.7)];
            let found =
                candidate(&galleries, &probes, person, (FROM.into(), FROM.default_threshold()));
            assert_eq!(found.is_some(), is_candidate, "{name}");
            assert!(found.is_none_or(|found| found == probes[1]), "{name}");
        }
        let alone = [embedding(FROM, 0.0)];
        assert_eq!(
            candidate(&galleries, &alone, "ana", (FROM.into(), FROM.default_threshold())),
            None
        );
    }
}
