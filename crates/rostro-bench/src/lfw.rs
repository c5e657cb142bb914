//! Labeled Faces in the Wild: who is on which picture, and the pairs of its protocol.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// Pictures, each of one person, and pairs of them.
pub(crate) struct Lfw {
    /// Every picture that a pair names.
    pub(crate) files: Vec<PathBuf>,
    /// The person on each, as a number.
    pub(crate) people: Vec<usize>,
    /// The pairs.
    pub(crate) pairs: Vec<Pair>,
}

/// Two pictures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) fold: u32,
    /// Indexes into [`Lfw::files`].
    pub(crate) pictures: [usize; 2],
    /// Whether both show one person.
    pub(crate) same: bool,
}

#[derive(Deserialize)]
struct Row {
    fold: u32,
    name1: String,
    file1: String,
    name2: String,
    file2: String,
    same: u8,
}

impl Lfw {
    /// Reads `pairs.csv` in `folder`: `fold,name1,file1,name2,file2,same`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("pairs.csv");
        let mut rows =
            csv::Reader::from_path(&path).with_context(|| format!("reading {}", path.display()))?;
        let rows: Vec<Row> = rows
            .deserialize()
            .collect::<Result<_, _>>()
            .with_context(|| format!("reading {}", path.display()))?;
        ensure!(!rows.is_empty(), "{} holds no pairs", path.display());
        let mut pictures = BTreeMap::new();
        for row in &rows {
            pictures.insert(row.file1.clone(), row.name1.clone());
            pictures.insert(row.file2.clone(), row.name2.clone());
        }
        let mut names: Vec<&String> = pictures.values().collect();
        names.sort();
        names.dedup();
        let index: BTreeMap<&String, usize> =
            pictures.keys().enumerate().map(|(index, file)| (file, index)).collect();
        let pairs = rows
            .iter()
            .map(|row| Pair {
                fold: row.fold,
                pictures: [index[&row.file1], index[&row.file2]],
                same: row.same == 1,
            })
            .collect();
        let people = pictures.values().map(|name| names.partition_point(|one| *one < name));
        Ok(Self {
            people: people.collect(),
            pairs,
            files: pictures.keys().map(|file| folder.join(file)).collect(),
        })
    }

    /// Only the pairs of `fold`, and their pictures.
    pub(crate) fn only(&self, fold: u32) -> Self {
        let pairs: Vec<Pair> =
            self.pairs.iter().filter(|pair| pair.fold == fold).copied().collect();
        let mut kept: Vec<usize> = pairs.iter().flat_map(|pair| pair.pictures).collect();
        kept.sort_unstable();
        kept.dedup();
        let moved = |picture: usize| kept.partition_point(|one| *one < picture);
        Self {
            files: kept.iter().map(|&picture| self.files[picture].clone()).collect(),
            people: kept.iter().map(|&picture| self.people[picture]).collect(),
            pairs: pairs
                .iter()
                .map(|pair| Pair { pictures: pair.pictures.map(moved), ..*pair })
                .collect(),
        }
    }

    /// The least fold.
    pub(crate) fn first_fold(&self) -> u32 {
        self.pairs.iter().map(|pair| pair.fold).min().unwrap_or_default()
    }
}
