//! Whether what was built is still what would be built: a hash of the inputs kept beside the output.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// A hash over files and settings.
pub(crate) struct Stamp(Sha256);

impl Stamp {
    /// An empty stamp.
    pub(crate) fn new() -> Self {
        Self(Sha256::new())
    }

    /// Adds a setting.
    pub(crate) fn value(mut self, name: &str, value: &str) -> Self {
        self.part(name.as_bytes());
        self.part(value.as_bytes());
        self
    }

    /// Adds the contents of a file, or of every file below a folder but those whose name is in `left_out`.
    ///
    /// # Errors
    /// `path` cannot be read.
    pub(crate) fn tree(mut self, path: &Path, left_out: &[&str]) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        collect(path, left_out, &mut files)?;
        files.sort();
        for file in files {
            let name = file.strip_prefix(path).unwrap_or(&file);
            self.part(name.as_os_str().as_encoded_bytes());
            self.part(&fs::read(&file).with_context(|| format!("reading {}", file.display()))?);
        }
        Ok(self)
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The stamp in hexadecimal.
    pub(crate) fn finish(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn collect(path: &Path, left_out: &[&str], files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| format!("reading {}", path.display()))? {
        let entry = entry?;
        if !left_out.iter().any(|name| entry.file_name() == *name)
            && !entry.file_type()?.is_symlink()
        {
            collect(&entry.path(), left_out, files)?;
        }
    }
    Ok(())
}

/// Runs `build` unless `stamp` is what it was at the last success and `output` is there; says whether it ran.
///
/// # Errors
/// Those of `build`, or the stamp file cannot be written.
pub(crate) fn unless_current(
    file: &Path,
    stamp: &str,
    output: &Path,
    build: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<bool> {
    if output.exists() && fs::read_to_string(file).is_ok_and(|old| old == stamp) {
        return Ok(false);
    }
    if file.exists() {
        fs::remove_file(file).with_context(|| format!("removing {}", file.display()))?;
    }
    build()?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, stamp).with_context(|| format!("writing {}", file.display()))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_runs_again_when_an_input_or_the_output_changes() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        let inputs = folder.join("inputs");
        fs::create_dir_all(inputs.join("left-out")).expect("the temporary folder can be written");
        let (file, output) = (folder.join("stamp"), folder.join("output"));
        let write = |name: &str, text: &str| fs::write(inputs.join(name), text).expect("written");
        let built = || {
            let stamp = Stamp::new().tree(&inputs, &["left-out"]).expect("read").finish();
            unless_current(&file, &stamp, &output, || Ok(fs::write(&output, "built")?))
                .expect("it can be built")
        };
        write("a", "1");
        assert!(built());
        assert!(!built(), "nothing changed");
        write("left-out/b", "1");
        assert!(!built(), "what is left out changed");
        write("a", "2");
        assert!(built(), "an input changed");
        fs::remove_file(&output).expect("it was built");
        assert!(built(), "the output is gone");
        fs::remove_dir_all(folder).expect("it was there");
    }
}
