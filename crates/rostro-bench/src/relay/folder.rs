//! A directory for one run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A new folder on the disk of the checkout, as a folder for temporary files may be none; removed when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn make(name: &str) -> Result<Self> {
        let folder = crate::root().join(format!("target/bench/{name}-{}", std::process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self(folder))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}
