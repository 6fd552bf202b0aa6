//! Where settings come from: the defaults inside the program, a file, the environment; the later one wins, key by key.
//!
//! A key is known because [`crate::config`] asks for it, so what nobody asked for is a mistake and is named. This is the one file that
//! reads the environment.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Environment, File, FileFormat, Source, Value, ValueKind};
use secrecy::SecretString;

use super::ConfigError;

const DEFAULTS: &str = include_str!("../../../../config/default.toml");
/// Names that begin like a setting and are none: the executable's own, and the password of `admin create`.
const NO_KEYS: [&str; 1] = ["admin_password"];

/// All settings that were given, by dotted key, until they are asked for.
pub(super) struct Layers {
    values: BTreeMap<String, Value>,
    #[cfg(test)]
    pub(super) asked: Vec<String>,
}

/// The password that `admin create` finds in the environment instead of asking for it.
pub fn admin_password() -> Option<SecretString> {
    std::env::var("GOLDENHOUR_ADMIN_PASSWORD").ok().map(SecretString::from)
}

impl Layers {
    /// Defaults, then the file, then the process's environment.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        Self::of(file, Environment::default())
    }

    /// As [`Layers::read`], with an environment of the caller's making.
    pub(super) fn of(file: Option<&Path>, environment: Environment) -> Result<Self, ConfigError> {
        let mut values = BTreeMap::new();
        gather(DEFAULTS, &mut values).map_err(|why| ConfigError::Read {
            file: "config/default.toml".into(),
            why: why.to_string(),
        })?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|why| ConfigError::Read {
                file: path.to_owned(),
                why: why.to_string(),
            })?;
            gather(&text, &mut values).map_err(|why| ConfigError::Read {
                file: path.to_owned(),
                why: why.to_string(),
            })?;
        }
        let environment = environment.prefix("GOLDENHOUR").prefix_separator("_").separator("__");
        for (key, value) in environment
            .collect()
            .map_err(|why| ConfigError::Environment(why.to_string()))?
        {
            if !NO_KEYS.contains(&key.as_str()) {
                values.insert(key, value);
            }
        }
        Ok(Self {
            values,
            #[cfg(test)]
            asked: Vec::new(),
        })
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        #[cfg(test)]
        self.asked.push(key.to_owned());
        self.values
            .remove(key)
            .filter(|value| !matches!(&value.kind, ValueKind::String(text) if text.trim().is_empty()))
    }

    /// The text of `key`, if it was given; an empty text is none.
    pub(super) fn text(&mut self, key: &'static str) -> Result<Option<String>, ConfigError> {
        self.take(key)
            .map(|value| value.into_string().map_err(|_| ConfigError::bad(key, "is a text")))
            .transpose()
    }

    /// What `parse` makes of the text of `key`; its error must say what the value should be.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        self.optional(key, parse)?.ok_or(ConfigError::Missing { key })
    }

    /// As [`Layers::parsed`], for a key that may be left out.
    pub(super) fn optional<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, ConfigError> {
        self.text(key)?
            .map(|text| parse(text.trim()).map_err(|why| ConfigError::bad(key, why)))
            .transpose()
    }

    /// A whole number of `least..=most`.
    pub(super) fn number(&mut self, key: &'static str, least: u64, most: u64) -> Result<u64, ConfigError> {
        let value = self.take(key).ok_or(ConfigError::Missing { key })?;
        match value.into_uint() {
            Ok(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(ConfigError::bad(
                key,
                format!("is a whole number from {least} to {most}"),
            )),
        }
    }

    /// `true` or `false`.
    pub(super) fn switch(&mut self, key: &'static str) -> Result<bool, ConfigError> {
        let text = self.text(key)?.ok_or(ConfigError::Missing { key })?;
        text.trim()
            .parse()
            .map_err(|_| ConfigError::bad(key, "is true or false"))
    }

    /// A list; in the environment its members are divided by commas.
    pub(super) fn list(&mut self, key: &'static str) -> Result<Vec<String>, ConfigError> {
        let Some(value) = self.take(key) else {
            return Ok(Vec::new());
        };
        let texts = match value.kind {
            ValueKind::String(text) => text.split(',').map(str::to_owned).collect(),
            _ => value
                .into_array()
                .and_then(|list| list.into_iter().map(Value::into_string).collect::<Result<Vec<_>, _>>())
                .map_err(|_| ConfigError::bad(key, "is a list of texts"))?,
        };
        Ok(texts
            .into_iter()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect())
    }

    /// A secret: the value itself, or that of the file that `key_file` names. Both at once is a mistake.
    pub(super) fn secret(
        &mut self,
        key: &'static str,
        key_file: &'static str,
    ) -> Result<Option<SecretString>, ConfigError> {
        let (value, from_file) = (self.text(key), self.secret_file(key_file));
        match (value?, from_file?) {
            (Some(_), Some(_)) => Err(ConfigError::bad(
                key_file,
                format!("and {key} are both set: one is enough"),
            )),
            (value, from_file) => Ok(from_file.or(value.map(Into::into))),
        }
    }

    /// The content of the file that `key` names, without white space around it.
    pub(super) fn secret_file(&mut self, key: &'static str) -> Result<Option<SecretString>, ConfigError> {
        self.optional(key, |path| {
            std::fs::read_to_string(path)
                .map(|text| SecretString::from(text.trim()))
                .map_err(|why| format!("names {path}, which cannot be read ({why})"))
        })
    }

    /// The first key that was given and never asked for.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        match self.values.into_iter().next() {
            Some((key, value)) => Err(ConfigError::Unknown {
                key,
                place: value.origin().unwrap_or("the file").to_owned(),
            }),
            None => Ok(()),
        }
    }
}

fn gather(toml: &str, into: &mut BTreeMap<String, Value>) -> Result<(), config::ConfigError> {
    for (key, value) in File::from_str(toml, FileFormat::Toml).collect()? {
        flatten(key, value, into);
    }
    Ok(())
}

fn flatten(key: String, value: Value, into: &mut BTreeMap<String, Value>) {
    match value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                flatten(format!("{key}.{name}"), value, into);
            }
        }
        _ => {
            into.insert(key, value);
        }
    }
}
