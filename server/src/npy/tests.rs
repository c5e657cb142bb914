use proptest::prelude::*;

use super::*;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/npy/golden").join(name)
}

fn bits(rows: &[[f32; EMBEDDING_LEN]]) -> Vec<u32> {
    rows.iter().flatten().map(|value| value.to_bits()).collect()
}

#[test]
fn reads_what_numpy_writes() {
    let (plain, number_type) = parse(&fs::read(golden("f4-le-c-v1.npy")).unwrap()).unwrap();
    assert_eq!((plain.len(), number_type), (3, NumberType::Float32));
    assert_eq!(plain[0][0].to_bits(), (-0.0_f32).to_bits());
    assert_eq!(plain[0][2].to_bits(), 0.1_f32.to_bits() + 1);
    for name in ["f4-be-c-v2.npy", "f8-le-f-v3.npy", "f8-be-c-v1.npy", "f4-le-f-v1.npy"] {
        let (rows, number_type) = parse(&fs::read(golden(name)).unwrap()).unwrap();
        assert_eq!(bits(&rows), bits(&plain), "{name}");
        assert_eq!(number_type == NumberType::Float64, name.starts_with("f8"), "{name}");
    }
}

#[test]
fn writes_what_numpy_writes() {
    let dir = tempfile::tempdir().unwrap();
    let (encodings, labels) = (dir.path().join("encodings.npy"), dir.path().join("labels.json"));
    for name in ["f4-le-c-v1.npy", "f8-le-c-v1.npy"] {
        let rows = read_files(&golden(name), &golden("labels.json"), ModelId::DlibResnetV1);
        write_files(&rows.unwrap(), &encodings, &labels).unwrap();
        assert_eq!(fs::read(&encodings).unwrap(), fs::read(golden(name)).unwrap());
        assert_eq!(fs::read(&labels).unwrap(), fs::read(golden("labels.json")).unwrap());
    }
    write_files(&[], &encodings, &labels).unwrap();
    assert_eq!(read_files(&encodings, &labels, ModelId::DlibResnetV1).unwrap(), []);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no drafts are left");
}

#[test]
fn says_what_is_wrong() {
    let good = fs::read(golden("f4-le-c-v1.npy")).unwrap();
    let with_header = |text: &str| {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        [&header::MAGIC[..], &[1, 0], &length, text.as_bytes()].concat()
    };
    let cases = [
        (b"PK\x03\x04".to_vec(), "this is no .npy file"),
        (Vec::new(), "this is no .npy file"),
        (b"\x93NUMPY\x04\x00".to_vec(), "format 4.0 is not known, expected 1.0, 2.0 or 3.0"),
        (good[..9].to_vec(), "the file ends within its header"),
        (good[..80].to_vec(), "the file ends within its header"),
        (with_header("{'descr': '<f4', 'fortran_order': False}"), "the header cannot be read"),
        (with_header("__import__('os')"), "the header cannot be read"),
        (
            with_header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
            "it holds records, expected plain float32 or float64",
        ),
        (
            fs::read(golden("i4.npy")).unwrap(),
            "it holds numbers of kind <i4, expected float32 or float64 (f4 or f8)",
        ),
        (fs::read(golden("flat.npy")).unwrap(), "its shape is (128), expected (N, 128)"),
        (
            good[..good.len() - 1].to_vec(),
            "it holds 1535 bytes of numbers, expected 1536 for 3 rows",
        ),
        ([&good[..], b"\0"].concat(), "it holds 1537 bytes of numbers, expected 1536 for 3 rows"),
        (
            with_header(&format!(
                "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, 128)}}",
                usize::MAX
            )),
            "it holds 0 bytes of numbers, expected 18446744073709551615 for 18446744073709551615 rows",
        ),
    ];
    for (file, message) in cases {
        assert_eq!(parse(&file).unwrap_err().to_string(), message);
    }
}

#[test]
fn reads_headers_of_other_writers() {
    let python_2 = "{'shape': (1L, 128L), \"descr\": '<f4', 'fortran_order': False}\n";
    let length = u16::try_from(python_2.len()).unwrap().to_le_bytes();
    let numbers = [0; 512];
    let file = [&header::MAGIC[..], &[1, 0], &length, python_2.as_bytes(), &numbers].concat();
    assert_eq!(parse(&file).unwrap(), (vec![[0.0; EMBEDDING_LEN]], NumberType::Float32));
}

#[test]
fn names_the_file_at_fault() {
    let dir = tempfile::tempdir().unwrap();
    let written = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let good = golden("f4-le-c-v1.npy");
    let labels = golden("labels.json");
    let message = |encodings: &Path, labels: &Path| {
        let error = read_files(encodings, labels, ModelId::DlibResnetV1).unwrap_err();
        error.to_string().replace(&format!("{}/", dir.path().display()), "")
    };
    let two = written("two.json", br#"["Ana", "Luis"]"#);
    let lengths = message(&good, &two);
    assert!(lengths.ends_with("two.json has 2 names: there must be one name a row"), "{lengths}");
    assert!(lengths.contains("f4-le-c-v1.npy has 3 rows"), "{lengths}");

    let numbers = written("numbers.json", b"[1, 2, 3]");
    assert!(message(&good, &numbers).starts_with("numbers.json is no list of names: invalid type"));
    let missing = message(&dir.path().join("missing.npy"), &labels);
    assert!(missing.starts_with("cannot read missing.npy: "), "{missing}");

    let (mut nan, number_type) = parse(&fs::read(&good).unwrap()).unwrap();
    nan[1][5] = f32::NAN;
    let nan = written("nan.npy", &format(nan.iter(), number_type));
    assert_eq!(
        message(&nan, &labels),
        "nan.npy: row 1 (counted from 0): number 5 of the embedding is not finite"
    );
    let npy = written("text.npy", b"hello");
    assert_eq!(message(&npy, &labels), "text.npy: this is no .npy file");
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        rows in proptest::collection::vec(proptest::array::uniform(any::<f32>()), 0..5),
    ) {
        let rows: Vec<[f32; EMBEDDING_LEN]> = rows;
        for number_type in [NumberType::Float32, NumberType::Float64] {
            let file = format(rows.iter(), number_type);
            prop_assert_eq!((file.len() - rows.len() * 512) % 64, 0);
            let (again, its_type) = parse(&file).unwrap();
            prop_assert_eq!((bits(&again), its_type), (bits(&rows), number_type));
        }
    }

    #[test]
    fn damage_never_panics(
        name in prop::sample::select(vec!["f4-le-c-v1.npy", "f4-be-c-v2.npy", "f8-le-f-v3.npy"]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut file = fs::read(golden(name)).unwrap();
        for (place, value) in changes {
            let place = place.index(160);
            file[place] = value;
        }
        if cut.index(2) == 0 {
            file.truncate(cut.index(file.len()));
        }
        drop(parse(&file));
    }

    #[test]
    fn any_header_never_panics(text in "[{}'\"()a-z0-9L:, <>\\[\\]é]{0,80}") {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        drop(parse(&[&header::MAGIC[..], &[1, 0], &length, text.as_bytes()].concat()));
    }
}
