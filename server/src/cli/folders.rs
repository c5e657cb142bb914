//! Opens what the options name, and says so where it fails.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rostro_core::{Engine, ModelId};
use rostro_server::people::People;
use rostro_server::recognition::load::{load_some, models_dir};
use rostro_server::store::Store;
use std::sync::Arc;

use super::{DataDir, ModelsDir};

impl DataDir {
    /// The directory given, or the platform's for programs' data.
    pub(super) fn path(&self) -> Result<PathBuf> {
        if let Some(dir) = &self.dir {
            return Ok(dir.clone());
        }
        let absolute =
            |name: &str| env::var_os(name).map(PathBuf::from).filter(|dir| dir.is_absolute());
        absolute("XDG_DATA_HOME")
            .or_else(|| Some(env::home_dir()?.join(".local/share")))
            .map(|dir| dir.join("rostro"))
            .context("there is no home directory to keep data in: name one with --data DIR")
    }

    /// The store of a command that adds to it.
    pub(super) fn open(&self) -> Result<Store> {
        let dir = self.path()?;
        eprintln!("data: {}", dir.display());
        Ok(Store::open(&dir)?)
    }

    /// The people of a command that only makes sense where there are some.
    pub(super) async fn open_existing(&self) -> Result<People> {
        let dir = self.path()?;
        if !Store::exists(&dir) {
            bail!(
                "there is no data in {}: nobody was enrolled yet, or it is elsewhere (--data DIR)",
                dir.display()
            );
        }
        Ok(People::load(Store::open(&dir)?).await?)
    }
}

impl ModelsDir {
    pub(super) fn path(&self) -> PathBuf {
        models_dir(self.dir.as_deref())
    }

    /// An engine with the detector and exactly these recognisers.
    pub(super) fn engine(&self, models: &[ModelId]) -> Result<Arc<Engine>> {
        let dir = self.path();
        let loaded = load_some(&dir, models);
        for model in &loaded.status {
            if let Some(reason) = &model.unavailable {
                bail!("the model {} is not available: {reason}{}", model.id, advice(&dir));
            }
        }
        loaded.engine.context("the detector is not available")
    }
}

fn advice(dir: &Path) -> &'static str {
    if dir.is_dir() { "" } else { " (name the directory of the models with --models DIR)" }
}
