//! What a page, a mail or an asset may not contain: inline script or style, and anything fetched from somebody else.

use super::{File, Finding};

/// What a template of a page, of the desk or of a mail may not hold. Mails may carry a style sheet, which is inlined when they are
/// rendered, but nothing remote.
pub fn template(file: &File) -> Vec<Finding> {
    let mail = file.path.contains("/mail/");
    let mut findings = Vec::new();
    for (line, tag) in tags(&file.text) {
        let (name, attributes) = tag;
        let value = |wanted: &str| {
            attributes
                .iter()
                .find(|(key, _)| key == wanted)
                .map(|(_, value)| value.as_str())
        };
        let mut found = |what: String| findings.push(file.finding(line, what));
        match name.as_str() {
            "style" if !mail => found("an inline style sheet".into()),
            "script" if mail => found("a script in a mail".into()),
            "script" if value("src").is_none() && !data_only(value("type")) => {
                found("an inline script".into());
            }
            "img" | "picture" | "source" | "video" | "audio" | "iframe" | "object" | "embed" if mail => {
                found(format!("<{name}> in a mail: a remote picture"));
            }
            _ => {}
        }
        for (key, value) in &attributes {
            if key == "style" && !mail {
                found("an inline style attribute".into());
            }
            if key.len() > 2 && key.starts_with("on") && key.chars().all(|c| c.is_ascii_lowercase()) {
                found(format!("an inline handler: {key}"));
            }
            if value.trim_start().to_ascii_lowercase().starts_with("javascript:") {
                found("a javascript: address".into());
            }
            let fetched = matches!(
                key.as_str(),
                "src" | "srcset" | "poster" | "data" | "action" | "formaction" | "ping"
            ) || (key == "href" && matches!(name.as_str(), "link" | "use" | "image" | "base"));
            if fetched && foreign(value) {
                found(format!("{key} from a foreign host: {value}"));
            }
        }
    }
    findings
}

/// What a style sheet or a script of ours may not hold: anything from a foreign host.
pub fn asset(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let lower = line.to_ascii_lowercase();
        let calls = [
            "url(",
            "@import",
            "import ",
            "import(",
            "fetch(",
            "from \"",
            "from '",
            "sendbeacon(",
            "new worker(",
        ];
        let reaches = calls.iter().any(|call| {
            lower.match_indices(call).any(|(at, _)| {
                let rest = lower[at + call.len()..]
                    .trim_start_matches([' ', '"', '\'', '('])
                    .trim_start_matches("url(");
                foreign(rest.trim_start_matches(['"', '\'']))
            })
        });
        if reaches {
            findings.push(file.finding(number + 1, "something from a foreign host".into()));
        }
    }
    findings
}

/// `application/ld+json` and the like hold data, which no browser runs.
fn data_only(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.ends_with("json"))
}

fn foreign(address: &str) -> bool {
    let address = address.trim_start().to_ascii_lowercase();
    address.starts_with("http://") || address.starts_with("https://") || address.starts_with("//")
}

type Tag = (String, Vec<(String, String)>);

/// The opening tags of a template, with their lines. A template is not quite HTML, so this looks at tags alone and skips what stands in
/// `{% … %}` outside of quotes.
fn tags(text: &str) -> Vec<(usize, Tag)> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = text[at..].find('<').map(|i| i + at) {
        at = open + 1;
        if text[open..].starts_with("<!--") {
            at = text[open..].find("-->").map_or(text.len(), |i| i + open + 3);
            continue;
        }
        if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let end = tag_end(text, at);
        let line = 1 + text[..open].matches('\n').count();
        found.push((line, parse_tag(&text[at..end])));
        at = end;
    }
    found
}

/// Where a tag's `>` stands: not within quotes, and not within `{{ … }}` or `{% … %}`.
fn tag_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut quote, mut braces) = (start, None, false);
    while at < bytes.len() {
        let two = &bytes[at..(at + 2).min(bytes.len())];
        match bytes[at] {
            _ if braces && (two == b"}}" || two == b"%}") => {
                braces = false;
                at += 1;
            }
            _ if braces => {}
            _ if two == b"{{" || two == b"{%" => {
                braces = true;
                at += 1;
            }
            b'"' | b'\'' if quote == Some(bytes[at]) => quote = None,
            b'"' | b'\'' if quote.is_none() => quote = Some(bytes[at]),
            b'>' if quote.is_none() => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn parse_tag(inner: &str) -> Tag {
    let name_end = inner
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(inner.len());
    let name = inner[..name_end].to_ascii_lowercase();
    let mut attributes = Vec::new();
    let mut rest = &inner[name_end..];
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        // What stands inside a tag but is template, not attribute: `<option {% if chosen %}selected{% endif %}>`.
        if let Some(template) = rest[..start].find("{%") {
            let close = rest[template..].find("%}").map_or(rest.len(), |i| template + i + 2);
            rest = &rest[close..];
            continue;
        }
        if let Some(template) = rest[..start].find("{{") {
            let close = rest[template..].find("}}").map_or(rest.len(), |i| template + i + 2);
            rest = &rest[close..];
            continue;
        }
        rest = &rest[start..];
        let key_end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c))
            .unwrap_or(rest.len());
        let key = rest[..key_end].to_ascii_lowercase();
        rest = &rest[key_end..];
        let trimmed = rest.trim_start();
        if let Some(value) = trimmed.strip_prefix('=') {
            let value = value.trim_start();
            let (text, after) = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
                _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
            };
            attributes.push((key, text.to_owned()));
            rest = after;
        } else {
            attributes.push((key, String::new()));
        }
    }
    (name, attributes)
}
