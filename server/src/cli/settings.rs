//! What the relay runs with: gathered for `rostro serve`, shown by `rostro config`.

use std::env::{self, VarError};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use rostro_server::config::layers::Layers;
use rostro_server::config::{Config, env as names, limits};
use rostro_server::webhooks::without_query;

use super::{DataDir, ModelsDir};

/// Where settings are said.
#[derive(Debug, Args)]
pub(super) struct Settings {
    /// A settings file, in TOML, with those that differ from the built-in ones.
    #[arg(long, value_name = "FILE", env = names::CONFIG)]
    config: Option<PathBuf>,
    /// One setting, such as requests.page_max=200; may be given several times.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// Addresses to listen on, with commas between them; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR[,ADDR…]")]
    listen: Option<String>,
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    models: ModelsDir,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

impl Settings {
    /// Everything that is said, and who said it.
    fn layers(&self) -> Result<Layers> {
        let mut layers = Layers::built_in();
        if let Some(file) = &self.config {
            layers = layers.with_file(file)?;
        }
        layers = layers.with_env(variables()?)?;
        for (name, value) in &self.set {
            layers = layers.with_flag(name, value)?;
        }
        if let Some(listen) = &self.listen {
            layers = layers.with_flag("listen", listen)?;
        }
        Ok(layers)
    }

    /// What the relay runs with.
    pub(super) fn read(&self) -> Result<Config> {
        self.over(&self.layers()?)
    }

    fn over(&self, layers: &Layers) -> Result<Config> {
        for name in [names::API_KEY, names::WEBHOOK_SECRET, names::WEBHOOK_SECRET_PREVIOUS] {
            if let Err(VarError::NotUnicode(_)) = env::var(name) {
                bail!("{name} is no UTF-8 text");
            }
        }
        let var = |name: &str| env::var(name).ok();
        Ok(Config::new(layers, self.data.path()?, self.models.path(), var)?)
    }
}

/// The environment, as far as it may hold settings.
fn variables() -> Result<impl Iterator<Item = (String, String)>> {
    let ours = env::vars_os().filter_map(|(name, text)| {
        let name = name.into_string().ok()?;
        (name.starts_with("ROSTRO_") || name == names::WEBHOOK_URL).then_some((name, text))
    });
    let texts = ours.map(|(name, text)| match text.into_string() {
        Ok(text) => Ok((name, text)),
        Err(_) => bail!("{name} is no UTF-8 text"),
    });
    Ok(texts.collect::<Result<Vec<_>>>()?.into_iter())
}

/// Shows every setting that is in force, and who said so. Secrets are not shown, only whether they are set.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The built-in settings instead, with what each is for: a settings file to start from.
    #[arg(long)]
    default: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Show {
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut out = std::io::stdout().lock();
        if self.default {
            write!(out, "{}", limits::DEFAULT_TOML)?;
            return Ok(ExitCode::SUCCESS);
        }
        let layers = self.settings.layers()?;
        let config = self.settings.over(&layers)?;
        let mut section = "";
        for (path, value, source) in layers.iter() {
            let key = match path.split_once('.') {
                None => path,
                Some((of, key)) => {
                    if of != section {
                        section = of;
                        writeln!(out, "\n[{section}]")?;
                    }
                    key
                }
            };
            let value = match value.as_str() {
                Some(text) => toml::Value::from(without_query(text)),
                None => value.clone(),
            };
            writeln!(out, "{:<44} # {source}", format!("{key} = {value}"))?;
        }
        writeln!(out, "\n# data: {}", config.data_dir.display())?;
        writeln!(out, "# models: {}", config.models_dir.display())?;
        for (name, is_set) in [
            (names::API_KEY, config.api_key.is_some()),
            (names::WEBHOOK_SECRET, config.webhook.secret.is_some()),
            (names::WEBHOOK_SECRET_PREVIOUS, config.webhook.previous_secret.is_some()),
        ] {
            writeln!(out, "# {name}: {}", if is_set { "set" } else { "not set" })?;
        }
        out.flush()?;
        config.check().context("the relay would not start like this")?;
        Ok(ExitCode::SUCCESS)
    }
}
