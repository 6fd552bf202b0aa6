//! The demo practice: what an empty database is filled with on a newcomer's own machine.

use kernel::instant::Instant;
use rust_embed::Embed;

use crate::state::App;

#[derive(Embed)]
#[folder = "../../config/demo/"]
struct Demo;

/// The demo cannot be loaded; since it is compiled in and tested, only the database can be the reason.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The practice file was refused.
    #[error("the demo practice cannot be loaded")]
    Practice(#[from] booking::practice::apply::ApplyError),
    /// An article was refused.
    #[error("a demo article cannot be loaded")]
    Article(#[from] mailing::letters::AddLetterError),
    /// A file is missing in this build.
    #[error("the demo practice is not part of this build")]
    Missing,
}

/// Fills an empty database with the demo practice and its articles.
pub async fn load(app: &App, now: Instant) -> Result<(), DemoError> {
    let practice = Demo::get("practice.toml").ok_or(DemoError::Missing)?;
    app.booking()
        .apply_practice(&String::from_utf8_lossy(&practice.data), now)
        .await?;
    for path in Demo::iter().filter(|path| path.starts_with("articles/")) {
        let article = Demo::get(&path).ok_or(DemoError::Missing)?;
        app.mailing()
            .add_letter(&String::from_utf8_lossy(&article.data), now)
            .await?;
    }
    Ok(())
}
