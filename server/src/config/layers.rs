//! One setting said in several places: the built-in value, a file, the environment, a flag; the later wins.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::limits::DEFAULT_TOML;
use super::{ConfigError, comma_separated, env};

/// Settings that 0 means something for.
const MAY_BE_ZERO: [&str; 2] = ["recognition.places", "reports.cool_down_s"];

/// Who said what a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nobody: it is built in.
    Default,
    /// A settings file.
    File(PathBuf),
    /// A variable of the environment.
    Env(String),
    /// A flag.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(file) => file.display().fmt(f),
            Self::Env(name) => f.write_str(name),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Every setting by its path, such as `requests.page_max`, and who said so.
#[derive(Clone, Debug)]
pub struct Layers(BTreeMap<String, (Value, Source)>);

impl Layers {
    /// The built-in settings.
    #[must_use]
    pub fn built_in() -> Self {
        let table = DEFAULT_TOML.parse::<Table>();
        let table = table.unwrap_or_else(|error| panic!("config.default.toml: {error}"));
        let leaves = leaves(table).into_iter();
        Self(leaves.map(|(path, value)| (path, (value, Source::Default))).collect())
    }

    /// Over them, what a settings file says.
    ///
    /// # Errors
    /// [`ConfigError`], naming the file and the setting.
    pub fn with_file(mut self, file: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::File { file: file.to_owned(), source })?;
        let table = text
            .parse::<Table>()
            .map_err(|error| ConfigError::Toml { file: file.to_owned(), error: Box::new(error) })?;
        for (path, value) in leaves(table) {
            self.set(&path, value, Source::File(file.to_owned()))?;
        }
        Ok(self)
    }

    /// Over them, what the environment says; `vars` are its variables.
    ///
    /// # Errors
    /// [`ConfigError`], naming the variable; also for one that begins as settings do and names none.
    pub fn with_env(
        mut self,
        vars: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let paths: BTreeMap<String, String> =
            self.0.keys().map(|path| (variable(path), path.clone())).collect();
        for (name, text) in vars {
            let source = Source::Env(name.clone());
            match paths.get(&name) {
                Some(path) => self.set_text(path, &text, source)?,
                None if self.is_of_a_section(&name) => {
                    return Err(ConfigError::NoSetting { name, said_by: source });
                }
                None => {}
            }
        }
        Ok(self)
    }

    /// Over them, what a flag says of one of them.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn with_flag(mut self, path: &str, text: &str) -> Result<Self, ConfigError> {
        self.set_text(path, text, Source::Flag)?;
        Ok(self)
    }

    /// Every setting, those without a section first, then by section.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Source)> {
        let has_section = |path: &str| path.contains('.');
        let of = move |wanted| self.0.iter().filter(move |(path, _)| has_section(path) == wanted);
        of(false).chain(of(true)).map(|(path, (value, source))| (path.as_str(), value, source))
    }

    /// All of them as one table.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        for (path, (value, _)) in &self.0 {
            match path.split_once('.') {
                None => drop(table.insert(path.clone(), value.clone())),
                Some((section, key)) => {
                    let section = table.entry(section).or_insert_with(|| Table::new().into());
                    if let Value::Table(section) = section {
                        section.insert(key.to_owned(), value.clone());
                    }
                }
            }
        }
        table
    }

    /// Whether a variable begins as those of a section do.
    fn is_of_a_section(&self, name: &str) -> bool {
        let sections = self.0.keys().filter_map(|path| Some(path.split_once('.')?.0));
        sections.into_iter().any(|section| {
            name.strip_prefix(&variable(section)).is_some_and(|rest| rest.starts_with('_'))
        })
    }

    fn set_text(&mut self, path: &str, text: &str, source: Source) -> Result<(), ConfigError> {
        let text = text.trim();
        let value = match self.0.get(path) {
            Some((Value::Integer(_), _)) => match text.replace('_', "").parse() {
                Ok(number) => Value::Integer(number),
                Err(_) => return Err(bad(path, source, whole_number(path))),
            },
            Some((Value::Array(_), _)) => comma_separated(text).into(),
            _ => text.into(),
        };
        self.set(path, value, source)
    }

    fn set(&mut self, path: &str, value: Value, source: Source) -> Result<(), ConfigError> {
        let Some(held) = self.0.get_mut(path) else {
            return Err(ConfigError::NoSetting { name: path.to_owned(), said_by: source });
        };
        let least = i64::from(!MAY_BE_ZERO.contains(&path));
        let whole_number = whole_number(path);
        let expected = match (&held.0, &value) {
            (Value::Integer(_), Value::Integer(n)) if (least..=MOST).contains(n) => None,
            (Value::Integer(_), _) => Some(whole_number),
            (Value::Array(_), Value::Array(parts)) if parts.iter().all(Value::is_str) => None,
            (Value::Array(_), _) => Some("expected a list of texts"),
            (Value::String(_), Value::String(_)) => None,
            _ => Some("expected a text"),
        };
        if let Some(expected) = expected {
            return Err(bad(path, source, expected));
        }
        *held = (value, source);
        Ok(())
    }
}

/// The largest number: what fits every setting that counts seconds.
const MOST: i64 = u32::MAX as i64;
const FROM_ZERO: &str = "expected a whole number from 0 to 4294967295";
const WHOLE_NUMBER: &str = "expected a whole number from 1 to 4294967295";

fn whole_number(path: &str) -> &'static str {
    if MAY_BE_ZERO.contains(&path) { FROM_ZERO } else { WHOLE_NUMBER }
}

fn bad(path: &str, source: Source, expected: &'static str) -> ConfigError {
    ConfigError::BadSetting { path: path.to_owned(), said_by: source, expected }
}

/// The variable that a setting is said by.
fn variable(path: &str) -> String {
    match path {
        "webhook_url" => env::WEBHOOK_URL.to_owned(),
        path => format!("ROSTRO_{}", path.replace('.', "_").to_ascii_uppercase()),
    }
}

/// The settings of a table and of its sections, by their paths.
fn leaves(table: Table) -> Vec<(String, Value)> {
    let mut leaves = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(section) => {
                leaves.extend(
                    section.into_iter().map(|(name, value)| (format!("{key}.{name}"), value)),
                );
            }
            value => leaves.push((key, value)),
        }
    }
    leaves
}
