//! Style sheets, scripts and fonts, compiled in and served under a hash of all of them.
//!
//! An address is `/assets/<hash>/<name>`: it changes whenever any asset does, so browsers may keep it for ever, and
//! addresses relative to one another (a font in a style sheet, a module in a module) just work.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// Where the handler for assets is mounted.
pub const PREFIX: &str = "/assets/";

#[derive(rust_embed::Embed)]
#[folder = "assets/"]
struct Files;

/// One file to send.
pub struct Asset {
    /// What is sent.
    pub bytes: Cow<'static, [u8]>,
    /// The `Content-Type`.
    pub mime: &'static str,
    /// A strong entity tag, with its quotes.
    pub etag: String,
    /// Whether it was asked for under today's hash: then it never changes and may be kept for ever.
    pub immutable: bool,
}

/// The assets of this build.
pub struct Assets;

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    for name in names {
        if let Some(file) = Files::get(&name) {
            all.update(name.as_bytes());
            all.update(file.metadata.sha256_hash());
        }
    }
    hex(&all.finalize()[..6])
});

impl Assets {
    /// The address of an asset, for example of `css/site.css`; none if there is no such file.
    pub fn url(name: &str) -> Option<String> {
        Files::get(name).map(|_| format!("{PREFIX}{}/{name}", *HASH))
    }

    /// A file's bytes, for a program that reads it itself.
    pub fn bytes(name: &str) -> Option<Cow<'static, [u8]>> {
        Files::get(name).map(|file| file.data)
    }

    /// What to send for the path after [`PREFIX`]: `<hash>/<name>`. An older hash still finds the file, so that a page
    /// opened before an update keeps its looks.
    pub fn find(path: &str) -> Option<Asset> {
        let (hash, name) = path.split_once('/')?;
        let file = Files::get(name)?;
        let etag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
        Some(Asset {
            bytes: file.data,
            mime: mime(name),
            etag,
            immutable: hash == HASH.as_str(),
        })
    }

    /// Every asset's path after [`PREFIX`], for whoever writes them to files.
    pub fn paths() -> impl Iterator<Item = String> {
        Files::iter().map(|name| format!("{}/{name}", *HASH))
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_under_its_address_and_kept_for_ever() {
        let url = Assets::url("css/site.css").unwrap();
        let found = Assets::find(url.strip_prefix(PREFIX).unwrap()).unwrap();
        assert!(found.immutable);
        assert!(found.mime.starts_with("text/css"));
        assert!(found.etag.starts_with('"') && found.etag.ends_with('"'));
    }

    #[test]
    fn an_older_address_still_works_but_is_not_kept() {
        assert!(!Assets::find("0123456789ab/css/site.css").unwrap().immutable);
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        for path in [
            "x/../Cargo.toml",
            "x/../../src/view.rs",
            "css/site.css",
            "",
            "x/",
            "x//etc/passwd",
        ] {
            assert!(Assets::find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn the_fonts_lie_beside_their_licence() {
        for font in ["petrona", "figtree", "dejavu", "droid-sans-fallback"] {
            for file in ["LICENSE", "VERSION"] {
                assert!(Assets::url(&format!("vendor/fonts/{font}/{file}")).is_some());
            }
        }
    }
}
