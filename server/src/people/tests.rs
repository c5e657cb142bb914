use std::fs;
use std::path::Path;

use rostro_core::EMBEDDING_LEN;
use rostro_core::decision::Rule;

use super::*;
use crate::settings::SettingsValues;

const DLIB: ModelId = ModelId::DlibResnetV1;
const SFACE: ModelId = ModelId::Sface2021Dec;

fn embedding(model: ModelId, first: f32) -> Embedding {
    let mut values = [0.1; EMBEDDING_LEN];
    values[0] = first;
    Embedding::new(model, &values).unwrap()
}

fn named(name: &str) -> NewPerson {
    NewPerson { name: name.to_owned(), ..NewPerson::default() }
}

fn labelled(label: &str, first: f32) -> LabelledEncoding {
    let number_type = if first > 0.2 { NumberType::Float64 } else { NumberType::Float32 };
    LabelledEncoding { label: label.to_owned(), number_type, embedding: embedding(DLIB, first) }
}

fn rule() -> Rule {
    SettingsValues::default().rule()
}

async fn people(dir: &Path) -> People {
    People::load(Store::open(dir).unwrap()).await.unwrap()
}

fn who(people: &People, probe: &Embedding) -> Option<String> {
    let measured = people.galleries().identify(std::slice::from_ref(probe), &rule());
    measured.person.map(|person| person.name.clone())
}

#[tokio::test]
async fn enrolled_people_match_at_once_and_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let alive = people(dir.path()).await;
    let mut changes = alive.subscribe();
    let samples = vec![embedding(DLIB, 0.0), embedding(SFACE, 0.0), embedding(SFACE, 0.1)];
    let ana = alive.enrol(named(" Ana "), samples, EncodingSource::Browser).await.unwrap();
    assert_eq!(ana.name, "Ana");
    assert_eq!(ana.encodings, [(DLIB.to_string(), 1), (SFACE.to_string(), 2)].into());
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    let probe = embedding(DLIB, 0.2);
    assert_eq!(who(&alive, &probe).as_deref(), Some("Ana"));
    drop(alive);
    let restarted = people(dir.path()).await;
    assert_eq!(who(&restarted, &probe).as_deref(), Some("Ana"));
    assert_eq!(restarted.encoding_count(), 3);
    assert_eq!(restarted.list().await.unwrap(), [ana]);
}

#[tokio::test]
async fn a_name_in_another_case_is_the_same_person() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let first = NewPerson { unit: Some("3B".to_owned()), ..named("José Núñez") };
    let first = people.enrol(first, vec![embedding(DLIB, 0.0)], EncodingSource::Register);
    let first = first.await.unwrap();
    let again = NewPerson { document: Some("123".to_owned()), ..named("JOSE\u{301} NÚÑEZ") };
    let again = people.enrol(again, vec![embedding(DLIB, 0.1)], EncodingSource::Register);
    let again = again.await.unwrap();
    assert_eq!(again.id, first.id);
    assert_eq!(again.name, "José Núñez");
    assert_eq!((again.unit.as_deref(), again.document.as_deref()), (Some("3B"), Some("123")));
    assert_eq!(again.encodings[DLIB.as_str()], 2);
    let galleries = people.galleries();
    let cards: Vec<_> = galleries.gallery(DLIB).unwrap().entries().map(|(card, _)| card).collect();
    assert!(cards.iter().all(|card| card.document.as_deref() == Some("123")), "all tell the news");
    assert_eq!(people.by_name(" josé núñez").await.unwrap().unwrap().id, first.id);
    assert_eq!(people.get(&first.id).await.unwrap().unwrap().id, first.id);
    assert_eq!(people.by_name("Ana").await.unwrap(), None);
}

#[tokio::test]
async fn refuses_what_cannot_be_enrolled() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let none = people.enrol(named("Ana"), Vec::new(), EncodingSource::Browser).await;
    assert!(matches!(none, Err(PeopleError::NoSamples)));
    let nameless = people.enrol(named(" "), vec![embedding(DLIB, 0.0)], EncodingSource::Browser);
    assert!(matches!(nameless.await, Err(PeopleError::NameEmpty)));
    assert_eq!(people.list().await.unwrap(), []);
}

#[tokio::test]
async fn the_forgotten_match_no_longer_and_leave_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let mut values: [f32; EMBEDDING_LEN] = [0.1; EMBEDDING_LEN];
    (0_u8..).zip(&mut values).for_each(|(i, value)| *value += f32::from(i) * 1e-3);
    let canary = Embedding::new(DLIB, &values).unwrap();
    let eva = people.enrol(named("Eva Forgettable"), vec![canary.clone()], EncodingSource::Picture);
    let eva = eva.await.unwrap();
    let luis = vec![embedding(DLIB, 3.0)];
    people.enrol(named("Luis"), luis, EncodingSource::Picture).await.unwrap();
    assert_eq!(who(&people, &canary).as_deref(), Some("Eva Forgettable"));

    assert!(people.forget(&eva.id).await.unwrap());
    assert_eq!(who(&people, &canary), None);
    assert_eq!(people.get(&eva.id).await.unwrap(), None);
    assert_eq!(people.encoding_count(), 1);
    assert!(!people.forget(&eva.id).await.unwrap(), "once is enough");
    let vector = rows::to_bytes(&canary);
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let holds = |what: &[u8]| bytes.windows(what.len()).any(|window| window == what);
        assert!(!holds(&vector[..64]), "the vector is in {}", path.display());
        assert!(!holds(b"Forgettable"), "the name is in {}", path.display());
    }
}

#[tokio::test]
async fn people_of_another_process_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let relay = people(dir.path()).await;
    let mut changes = relay.subscribe();
    let command_line = people(dir.path()).await;
    let sample = vec![embedding(DLIB, 0.0)];
    let ana = command_line.enrol(named("Ana"), sample, EncodingSource::Picture).await.unwrap();
    changes.changed().await.unwrap();
    assert_eq!(who(&relay, &embedding(DLIB, 0.0)).as_deref(), Some("Ana"));
    command_line.forget(&ana.id).await.unwrap();
    changes.changed().await.unwrap();
    assert_eq!(who(&relay, &embedding(DLIB, 0.0)), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_end_as_the_store_has_them() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..20_u8 {
        let people = people.clone();
        tasks.spawn(async move {
            let person = named(&format!("p{}", i % 4));
            let samples = vec![embedding(DLIB, f32::from(i))];
            let person = people.enrol(person, samples, EncodingSource::Register).await.unwrap();
            if i % 4 == 0 {
                people.forget(&person.id).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let stored: u32 =
        people.list().await.unwrap().iter().flat_map(|person| person.encodings.values()).sum();
    assert_eq!(u32::try_from(people.encoding_count()).unwrap(), stored);
    assert_eq!(stored, 15);
}

#[tokio::test]
async fn an_import_comes_back_in_its_order_and_its_spelling() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let file = vec![
        labelled("Luis", 0.1),
        labelled("Ana", 0.2),
        labelled("luis ", 0.3),
        labelled("Ana", 0.2), // twice in the file: kept twice
        labelled("Jose\u{301}", 0.4),
    ];
    let done = people.import(file.clone()).await.unwrap();
    assert_eq!(done, Imported { people_added: 3, encodings_added: 5, already_there: 0 });
    assert_eq!(people.encoding_count(), 5);
    assert_eq!(people.export(DLIB).await.unwrap(), file);
    assert_eq!(people.export(SFACE).await.unwrap(), []);

    let again = people.import(file.clone()).await.unwrap();
    assert_eq!(again, Imported { people_added: 0, encodings_added: 0, already_there: 5 });
    let more: Vec<_> = [labelled("Eva", 0.9)].into_iter().chain(file.clone()).collect();
    let more = people.import(more).await.unwrap();
    assert_eq!(more, Imported { people_added: 1, encodings_added: 1, already_there: 5 });
    let order: Vec<_> =
        people.export(DLIB).await.unwrap().into_iter().map(|row| row.label).collect();
    assert_eq!(order, ["Luis", "Ana", "luis ", "Ana", "Jose\u{301}", "Eva"]);
}

#[tokio::test]
async fn an_import_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let people = people(dir.path()).await;
    let file = vec![labelled("Ana", 0.1), labelled("", 0.2)];
    let error = people.import(file).await.unwrap_err();
    assert_eq!(error.to_string(), "label 1 (counted from 0): a name has at least one character");
    assert_eq!(people.list().await.unwrap(), []);
    assert_eq!(people.encoding_count(), 0);
}
