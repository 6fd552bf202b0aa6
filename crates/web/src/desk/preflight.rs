//! What is worth a look before a letter goes out. Nobody else is asked: links to other sites are only read.

use kernel::instant::Instant;
use mailing::letters::{LetterText, Looked, Weight, look, own_paths};

use crate::compose;
use crate::error::PageError;
use crate::state::App;
use crate::view::desk::Look;

/// What was found, the things to mend first.
pub async fn findings(app: &App, letter: &LetterText, now: Instant) -> Result<Vec<Look>, PageError> {
    let base = app.config().server.public_url.at("/");
    let mail = compose::whole(app, letter).await?;
    let mut nowhere = Vec::new();
    for path in own_paths(letter.markdown(), &base) {
        if !leads_somewhere(app, &path, now).await? {
            nowhere.push(path);
        }
    }
    let looked = Looked {
        title: &letter.title,
        markdown: letter.markdown(),
        html: &mail.html,
        base: &base,
        leave: &mail.list.unsubscribe,
    };
    let found = look(&looked, &nowhere);
    Ok(found
        .iter()
        .map(|finding| Look {
            mend: finding.weight() == Weight::Mend,
            text: finding.words(),
        })
        .collect())
}

/// Whether a page of ours is behind a path.
async fn leads_somewhere(app: &App, path: &str, now: Instant) -> Result<bool, PageError> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    Ok(match parts.as_slice() {
        ["" | "services" | "posts" | "newsletter" | "contact" | "privacy"] | ["posts", "feed.xml"] => true,
        ["posts", slug] => app.mailing().article(slug, now).await?.is_some(),
        ["book", slug] => app.booking().offering(slug).await?.is_some(),
        ["packages", slug] => app.booking().packages().await?.iter().any(|p| p.slug.as_str() == *slug),
        ["media", file] => app.mailing().has_picture(file).await?,
        _ => false,
    })
}
