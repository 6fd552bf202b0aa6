//! What is worth a look before a letter goes out. Pure, and it asks nobody: whether a path of the site leads somewhere is an argument.

use std::collections::BTreeSet;

use ammonia::Url;
use pulldown_cmark::{Event, Tag, TagEnd};

use super::{markdown, personal};

/// Mail programs cut what is longer, in bytes.
pub const LONGEST_MAIL: usize = 100 * 1024;
/// A subject that a telephone shows whole, in characters.
const SHORT_TITLE: usize = 60;
/// Words by which filters know what nobody asked for.
const PUSHY: [&str; 20] = [
    "act now",
    "buy now",
    "cash",
    "cheap",
    "click here",
    "congratulations",
    "double your",
    "earn money",
    "free!!!",
    "guarantee",
    "limited time",
    "lose weight",
    "miracle",
    "no obligation",
    "once in a lifetime",
    "order now",
    "risk-free",
    "urgent",
    "winner",
    "100% free",
];
/// Words that say too much where others look.
const HEALTH: [&str; 16] = [
    "breast",
    "lactation",
    "latch",
    "mastitis",
    "milk",
    "miscarriage",
    "nipple",
    "nursing",
    "postpartum",
    "pregnan",
    "pump",
    "tongue-tie",
    "tongue tie",
    "depression",
    "thrush",
    "weaning",
];
/// Addresses that hide where they lead, which filters do not like.
const SHORTENED: [&str; 8] = [
    "bit.ly",
    "buff.ly",
    "goo.gl",
    "is.gd",
    "ow.ly",
    "rebrand.ly",
    "t.co",
    "tinyurl.com",
];

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Readers would find something broken.
    Mend,
    /// Worth a thought.
    Look,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A link that is no address.
    Malformed(String),
    /// A link to a page of this site that is not there.
    Broken(String),
    /// A picture of this site that is not there.
    NoPicture(String),
    /// A picture from another site: letters show it as a link.
    Foreign(String),
    /// A picture without words for those who do not see it.
    NoAlt(String),
    /// A text in braces that is no personal field.
    NoField(String),
    /// The mail's HTML is larger than mail programs show: so many kilobytes.
    Large(usize),
    /// The mail has so many visible links for leaving; one is right.
    Leaving(usize),
    /// The title is longer than a telephone shows.
    LongTitle,
    /// The title shouts.
    Shouting,
    /// Many exclamation marks.
    Exclaiming,
    /// A word by which filters know advertising.
    Pushy(String),
    /// A title with a health word: others look over her shoulder.
    TellsTooMuch(String),
    /// A link whose words are another address.
    Disguised(String),
    /// A link of a service that hides where it leads.
    Shortened(String),
    /// Hardly a word beside the pictures.
    OnlyPictures,
}

impl Finding {
    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Malformed(_)
            | Self::Broken(_)
            | Self::NoPicture(_)
            | Self::NoAlt(_)
            | Self::NoField(_)
            | Self::Large(_)
            | Self::Leaving(_) => Weight::Mend,
            _ => Weight::Look,
        }
    }

    /// For the one who writes.
    pub fn words(&self) -> String {
        match self {
            Self::Malformed(url) => {
                format!("The link “{url}” is no address: it begins with https:// or, on your own site, with /.")
            }
            Self::Broken(url) => format!("The link “{url}” leads nowhere: your site has no such page."),
            Self::NoPicture(url) => format!("The picture “{url}” is not there."),
            Self::Foreign(url) => {
                format!("The picture “{url}” is from another site, so readers get a link to it. Add it here instead.")
            }
            Self::NoAlt(url) => {
                format!("The picture “{url}” has no words for those who do not see it: put them between [ and ].")
            }
            Self::NoField(text) => {
                format!("“{text}” is no personal field. There are {{{{first name|there}}}} and {{{{name|you}}}}.")
            }
            Self::Large(kilobytes) => {
                format!("It has {kilobytes} kB, and mail programs cut off what is over 100. Make it shorter.")
            }
            Self::Leaving(0) => "It has no link for leaving.".to_owned(),
            Self::Leaving(_) => "It has a second link for leaving: the one at its end is enough.".to_owned(),
            Self::LongTitle => "The title is longer than a telephone shows in a list.".to_owned(),
            Self::Shouting => "The title is in capitals, as spam is.".to_owned(),
            Self::Exclaiming => "Several exclamation marks make filters suspicious.".to_owned(),
            Self::Pushy(word) => format!("“{word}” is a word by which filters know spam."),
            Self::TellsTooMuch(word) => {
                format!("“{word}” stands in the title, which others may read over her shoulder.")
            }
            Self::Disguised(url) => format!("A link shows one address and leads to another, “{url}”, as fraud does."),
            Self::Shortened(url) => format!("“{url}” hides where it leads, and filters do not like that."),
            Self::OnlyPictures => {
                "There is hardly a word beside the pictures: filters and readers who see none get nothing.".to_owned()
            }
        }
    }
}

/// A letter and the mail that is made of it.
#[derive(Clone, Copy, Debug)]
pub struct Looked<'a> {
    /// The title.
    pub title: &'a str,
    /// The text.
    pub markdown: &'a str,
    /// The mail's HTML.
    pub html: &'a str,
    /// The address of the site, with a slash at its end.
    pub base: &'a str,
    /// The link for leaving, as the mail has it.
    pub leave: &'a str,
}

/// The paths of this site that the text leads to, pictures included.
pub fn own_paths(markdown: &str, base: &str) -> Vec<String> {
    let (links, pictures) = targets(markdown);
    let mut all: BTreeSet<String> = links
        .into_iter()
        .map(|(url, _)| url)
        .chain(pictures)
        .filter_map(|url| own_path(&url, base))
        .collect();
    all.remove("");
    all.into_iter().collect()
}

/// The path, if an address is one of this site.
fn own_path(url: &str, base: &str) -> Option<String> {
    if url.starts_with('#') || url.starts_with("//") {
        return None;
    }
    let base = Url::parse(base).ok()?;
    let whole = base.join(url).ok()?;
    let ours = url.starts_with('/') || (url.contains("://") && whole.origin() == base.origin());
    ours.then(|| whole.path().to_owned())
}

/// Links with their words, and pictures.
fn targets(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut links, mut pictures) = (Vec::new(), Vec::new());
    let mut open: Option<(String, String)> = None;
    for event in markdown::parser(text) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => open = Some((dest_url.to_string(), String::new())),
            Event::End(TagEnd::Link) => links.extend(open.take()),
            Event::Start(Tag::Image { dest_url, .. }) => pictures.push(dest_url.to_string()),
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, said)) = &mut open {
                    said.push_str(&words);
                }
            }
            _ => {}
        }
    }
    // Raw HTML stands in the rendered text only, with what the sanitiser left of it.
    let html = markdown::render(text).html;
    for (before, into_links) in [("<a href=\"", true), ("<img src=\"", false)] {
        for rest in html.split(before).skip(1) {
            let url = rest.split('"').next().unwrap_or_default().replace("&amp;", "&");
            let known = links.iter().any(|(u, _)| *u == url) || pictures.contains(&url);
            match (known, into_links) {
                (true, _) => {}
                (false, true) => links.push((url, String::new())),
                (false, false) => pictures.push(url),
            }
        }
    }
    (links, pictures)
}

/// Looks a letter through. `leads_nowhere` are the paths among [`own_paths`] that the site does not have.
pub fn look(letter: &Looked<'_>, leads_nowhere: &[String]) -> Vec<Finding> {
    let mut found = Vec::new();
    let (links, pictures) = targets(letter.markdown);
    let missing = |url: &str| own_path(url, letter.base).is_some_and(|path| leads_nowhere.contains(&path));
    for (url, words) in &links {
        found.extend(about_link(url, words, letter.base));
        if missing(url) {
            found.push(Finding::Broken(url.clone()));
        }
    }
    for url in &pictures {
        if missing(url) {
            found.push(Finding::NoPicture(url.clone()));
        } else if own_path(url, letter.base).is_none() {
            found.push(Finding::Foreign(url.clone()));
        }
    }
    found.extend(without_alt(letter.markdown).into_iter().map(Finding::NoAlt));
    found.extend(personal::unknown(letter.markdown).into_iter().map(Finding::NoField));
    if letter.html.len() > LONGEST_MAIL {
        found.push(Finding::Large(letter.html.len() / 1024));
    }
    let leaving = letter.html.matches(letter.leave).count();
    if leaving != 1 {
        found.push(Finding::Leaving(leaving));
    }
    found.extend(about_words(letter, pictures.len()));
    found.sort_by_key(Finding::weight);
    found.dedup();
    found
}

fn about_link(url: &str, words: &str, base: &str) -> Option<Finding> {
    if url.starts_with('#') || own_path(url, base).is_some() {
        return None;
    }
    let Ok(parsed) = Url::parse(url) else {
        return Some(Finding::Malformed(url.to_owned()));
    };
    let host = parsed.host_str().unwrap_or_default();
    match parsed.scheme() {
        "mailto" if parsed.path().contains('@') => None,
        "tel" if parsed.path().chars().any(|c| c.is_ascii_digit()) => None,
        "http" | "https" if host.contains('.') => {
            let plain = host.strip_prefix("www.").unwrap_or(host);
            let shown = Url::parse(words.trim())
                .ok()
                .and_then(|u| u.host_str().map(str::to_owned));
            if shown.is_some_and(|shown| shown.strip_prefix("www.").unwrap_or(&shown) != plain) {
                return Some(Finding::Disguised(url.to_owned()));
            }
            SHORTENED.contains(&plain).then(|| Finding::Shortened(url.to_owned()))
        }
        _ => Some(Finding::Malformed(url.to_owned())),
    }
}

fn without_alt(text: &str) -> Vec<String> {
    let html = markdown::render(text).html;
    let tags = html.split("<img ").skip(1).filter_map(|rest| rest.split('>').next());
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    tags.filter(|tag| value(tag, "alt").is_none_or(|alt| alt.trim().is_empty()))
        .filter_map(|tag| value(tag, "src"))
        .collect()
}

fn about_words(letter: &Looked<'_>, pictures: usize) -> Vec<Finding> {
    let mut found = Vec::new();
    let title = letter.title.trim();
    if title.chars().count() > SHORT_TITLE {
        found.push(Finding::LongTitle);
    }
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    if letters >= 8 && title.chars().filter(|c| c.is_uppercase()).count() * 2 > letters {
        found.push(Finding::Shouting);
    }
    let both = format!("{title} {}", letter.markdown).to_lowercase();
    if title.matches('!').count() > 1 || both.contains("!!") {
        found.push(Finding::Exclaiming);
    }
    found.extend(
        PUSHY
            .iter()
            .filter(|word| both.contains(**word))
            .map(|word| Finding::Pushy((*word).to_owned())),
    );
    let low = title.to_lowercase();
    let tells = HEALTH.iter().find(|word| low.contains(**word));
    found.extend(tells.map(|word| Finding::TellsTooMuch((*word).to_owned())));
    let words = markdown::first_words(letter.markdown, usize::MAX)
        .split_whitespace()
        .count();
    if pictures > 0 && words < 5 && letter.markdown.split_whitespace().count() < 40 {
        found.push(Finding::OnlyPictures);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://practice.example/";
    const LEAVE: &str = "https://practice.example/newsletter/unsubscribe/x";

    fn looked(title: &str, markdown: &str, nowhere: &[&str]) -> Vec<Finding> {
        let html = format!("<p>{markdown}</p><a href=\"{LEAVE}\">leave</a>");
        let letter = Looked {
            title,
            markdown,
            html: &html,
            base: BASE,
            leave: LEAVE,
        };
        let nowhere: Vec<String> = nowhere.iter().map(|&n| n.to_owned()).collect();
        look(&letter, &nowhere)
    }

    #[test]
    fn a_good_letter_has_nothing_to_mend() {
        let text = "Hello {{first name|there}}, [see the times](/services), [write](mailto:n@p.example) or [call](tel:+18285550142).\n\n\
            ![Two chairs by a window](/media/a.jpg)\n\n[Elsewhere](https://who.example/page) and [below](#more).";
        assert_eq!(looked("Four free hours", text, &[]), []);
        assert_eq!(own_paths(text, BASE), ["/media/a.jpg", "/services"]);
        assert_eq!(
            own_paths("[x](https://practice.example/posts/a?b#c) <https://o.example/y>", BASE),
            ["/posts/a"]
        );
    }

    #[test]
    fn broken_and_malformed_links_are_found_without_asking_anybody() {
        let text = "[a](/gone) [b](www.who.example) [c](http:/x) [d](https://) [e](mailto:nobody) [f](htps://x.example) ![g](/media/gone.jpg)";
        let found = looked("Hello", text, &["/gone", "/media/gone.jpg"]);
        let wants = [
            Finding::Broken("/gone".into()),
            Finding::Malformed("www.who.example".into()),
            Finding::Malformed("https://".into()),
            Finding::Malformed("mailto:nobody".into()),
            Finding::Malformed("htps://x.example".into()),
            Finding::NoPicture("/media/gone.jpg".into()),
        ];
        for want in wants {
            assert!(found.contains(&want), "{want:?} in {found:?}");
        }
        assert!(found.iter().all(|f| !f.words().is_empty()));
    }

    #[test]
    fn pictures_fields_size_and_leaving_are_looked_at() {
        let found = looked("Hello", "![](/media/a.jpg) ![b](https://t.example/p.gif) {{age}}", &[]);
        assert!(found.contains(&Finding::NoAlt("/media/a.jpg".into())), "{found:?}");
        assert!(
            found.contains(&Finding::Foreign("https://t.example/p.gif".into())),
            "{found:?}"
        );
        assert!(found.contains(&Finding::NoField("{{age}}".into())));
        assert!(looked("Hello", &"word ".repeat(30_000), &[]).contains(&Finding::Large(146)));
        let second = format!("[leave]({LEAVE}) words enough to be a text of its own");
        assert!(looked("Hello", &second, &[]).contains(&Finding::Leaving(2)));
    }

    #[test]
    fn what_filters_and_shoulders_dislike_is_said() {
        let found = looked(
            "BUY NOW!! CHEAP",
            "Act now [https://a.example](https://b.example/x) [more](https://bit.ly/x)",
            &[],
        );
        for want in [
            Finding::Shouting,
            Finding::Exclaiming,
            Finding::Pushy("buy now".into()),
            Finding::Pushy("act now".into()),
            Finding::Disguised("https://b.example/x".into()),
            Finding::Shortened("https://bit.ly/x".into()),
        ] {
            assert!(found.contains(&want), "{want:?} in {found:?}");
        }
        assert!(looked("About your milk", "Words.", &[]).contains(&Finding::TellsTooMuch("milk".into())));
        assert!(looked("Hello", "![a](/media/a.jpg)", &[]).contains(&Finding::OnlyPictures));
    }
}
