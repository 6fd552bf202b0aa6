//! The words: Fluent messages of one language, looked up by templates as `t(key="…", name=…)`.
//!
//! `t` gives plain text, which the template escapes. `t_html` is for sentences with a link or a bold word inside: the
//! message is ours and may hold markup, every argument is escaped. A missing message or argument is an error, never a gap.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use tera::{Kwargs, State, TeraResult, Value};
use unic_langid::LanguageIdentifier;

use super::ViewError;

#[derive(rust_embed::Embed)]
#[folder = "locales/"]
struct Locales;

/// Every message of one language.
pub(super) struct Words {
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// All `.ftl` files of `locales/<language>/`.
    pub(super) fn load(language: &str) -> Result<Self, ViewError> {
        let fault = |file: &str, fault: String| ViewError::Words {
            file: file.to_owned(),
            fault,
        };
        let id: LanguageIdentifier = language.parse().map_err(|e| fault(language, format!("{e}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Isolation marks are for mixed directions of writing; in subjects and attributes they would be seen.
        bundle.set_use_isolating(false);
        for path in Locales::iter().filter(|p| p.starts_with(&format!("{language}/")) && p.ends_with(".ftl")) {
            let Some(file) = Locales::get(&path) else {
                continue;
            };
            let text = String::from_utf8_lossy(&file.data).into_owned();
            let resource = FluentResource::try_new(text).map_err(|(_, errors)| fault(&path, format!("{errors:?}")))?;
            bundle
                .add_resource(resource)
                .map_err(|errors| fault(&path, format!("{errors:?}")))?;
        }
        Ok(Self { bundle })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.bundle.get_message(key).is_some_and(|m| m.value().is_some())
    }

    /// A message without arguments.
    pub(super) fn plain(&self, key: &str) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, None, &mut errors).into_owned();
        errors.is_empty().then_some(said)
    }

    /// `t`: plain text.
    pub(super) fn say(&self, args: &Kwargs) -> TeraResult<String> {
        self.format(args, |text| Ok(text.to_owned()))
    }

    /// `t_html`: our markup, their text escaped.
    pub(super) fn say_html(&self, args: &Kwargs, state: &State) -> TeraResult<Value> {
        let html = self.format(args, |text| state.escape(text))?;
        Ok(Value::safe_string(&html))
    }

    fn format(&self, args: &Kwargs, text: impl Fn(&str) -> TeraResult<String>) -> TeraResult<String> {
        let key: &str = args.must_get("key")?;
        let mut given = FluentArgs::new();
        for (name, value) in args.iter() {
            let name = name.to_string();
            if name == "key" {
                continue;
            }
            if value.is_undefined() || value.is_none() {
                return Err(tera::Error::message(format!("{key}: the argument {name} has no value")));
            }
            match value.as_f64() {
                Some(number) => given.set(name, FluentValue::from(number)),
                None => given.set(name, FluentValue::from(text(&value.to_string())?)),
            }
        }
        let pattern = self.bundle.get_message(key).and_then(|m| m.value());
        let pattern = pattern.ok_or_else(|| tera::Error::message(format!("there are no words called {key}")))?;
        let mut errors = Vec::new();
        let said = self
            .bundle
            .format_pattern(pattern, Some(&given), &mut errors)
            .into_owned();
        if errors.is_empty() {
            Ok(said)
        } else {
            Err(tera::Error::message(format!("{key}: {errors:?}")))
        }
    }
}

/// The keys that a template's source asks for by name. A key put together at render time (`"error-" ~ kind`) is not
/// among them; the samples cover those.
pub(super) fn keys_in(source: &str) -> impl Iterator<Item = &str> {
    ["t(key=\"", "t_html(key=\""].into_iter().flat_map(move |call| {
        source.match_indices(call).filter_map(move |(at, _)| {
            let inside = source[..at]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphanumeric() || c == '_');
            let (key, after) = source[at + call.len()..].split_once('"')?;
            (!inside && !after.trim_start().starts_with('~')).then_some(key)
        })
    })
}
