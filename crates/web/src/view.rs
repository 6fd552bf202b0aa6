//! What people see: the engine that turns a context into HTML or into the parts of a mail.
//!
//! Tera templates hold the structure, Fluent the words; both are compiled into the program. [`View::load`] refuses to
//! start with a template that does not parse or with a word that does not exist. A page is a struct of finished strings
//! ([`Page`]): nothing here decides about slots, money or consent, and nothing here reads the clock.

pub mod assets;
pub mod colour;
pub mod desk;
pub mod format;
pub mod frame;
pub mod mails;
pub mod pages;
pub mod paper;
mod words;

use serde::Serialize;
use tera::{Kwargs, State, Tera};

use assets::Assets;
use words::Words;

/// A page or a mail part: its template and the facts it shows.
pub trait Page: Serialize {
    /// The template's path below `templates/`, for example `pages/home.html`.
    const TEMPLATE: &'static str;

    /// One value for every state worth looking at; the tests and the gallery render each of them.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// A template does not parse, or names a variable, filter or template that does not exist.
    #[error("a template is at fault")]
    Template(#[from] tera::Error),
    /// A file of words does not parse, or two messages have one name.
    #[error("the words of {file} are at fault: {fault}")]
    Words {
        /// The file below `locales/`.
        file: String,
        /// What Fluent says.
        fault: String,
    },
    /// A template asks for words that no file holds.
    #[error("{template} asks for the words {key:?}, which do not exist")]
    NoSuchWords {
        /// The template that asks.
        template: String,
        /// The key it asks for.
        key: String,
    },
    /// A mail's style sheet cannot be written into its elements.
    #[error("the styles of a mail cannot be inlined")]
    Inline(#[from] css_inline::InlineError),
}

#[derive(rust_embed::Embed)]
#[folder = "templates/"]
#[exclude = "*.md"]
struct Templates;

/// Every template and every word, ready to render. Make one at start and share it.
pub struct View {
    tera: Tera,
    words: std::sync::Arc<Words>,
}

impl View {
    /// Reads what is compiled in, and checks that every template parses and every word asked for by name exists.
    pub fn load() -> Result<Self, ViewError> {
        let words = Words::load("en")?;
        let mut sources = Vec::new();
        for path in Templates::iter() {
            if let Some(file) = Templates::get(&path) {
                sources.push((path.to_string(), String::from_utf8_lossy(&file.data).into_owned()));
            }
        }
        for (template, source) in &sources {
            for key in words::keys_in(source) {
                if !words.has(key) {
                    return Err(ViewError::NoSuchWords {
                        template: template.clone(),
                        key: key.to_owned(),
                    });
                }
            }
        }
        let words = std::sync::Arc::new(words);
        let mut tera = Tera::new();
        tera.autoescape_on([".html", ".xml"]);
        let (plain, html) = (words.clone(), words.clone());
        tera.register_function("t", move |args: Kwargs, _: &State| plain.say(&args));
        tera.register_function("t_html", move |args: Kwargs, state: &State| html.say_html(&args, state));
        tera.register_function("asset", |args: Kwargs, _: &State| -> tera::TeraResult<String> {
            let name: &str = args.must_get("name")?;
            Assets::url(name).ok_or_else(|| tera::Error::message(format!("no asset is called {name}")))
        });
        tera.register_filter("keep", |text: &str, _: Kwargs, _: &State| format::keep(text));
        tera.add_raw_templates(sources)?;
        Ok(Self { tera, words })
    }

    /// Words without arguments, for what is kept of them: the exact wording of a consent.
    pub fn words(&self, key: &str) -> Result<String, ViewError> {
        let missing = || ViewError::NoSuchWords {
            template: "the program".into(),
            key: key.to_owned(),
        };
        self.words.plain(key).ok_or_else(missing)
    }

    /// The page as HTML (or as the text that its template is).
    pub fn render<P: Page>(&self, page: &P) -> Result<String, ViewError> {
        self.render_as(P::TEMPLATE, page)
    }

    /// Any template with any facts: the parts of a mail share one context.
    pub fn render_as(&self, template: &str, facts: &impl Serialize) -> Result<String, ViewError> {
        Ok(self.tera.render(template, &tera::Context::from_serialize(facts)?)?)
    }

    /// As [`View::render_as`], with the rules of the template's `<style>` written into its elements, for mail programs
    /// that drop style sheets. What cannot be inlined (`@media`) stays in the head.
    pub fn render_inlined(&self, template: &str, facts: &impl Serialize) -> Result<String, ViewError> {
        let html = self.render_as(template, facts)?;
        let options = css_inline::CSSInliner::options()
            .keep_at_rules(true)
            .load_remote_stylesheets(false);
        Ok(options.build().inline(&html)?)
    }
}

#[cfg(test)]
mod tests;
