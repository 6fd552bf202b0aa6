//! A person's name as a mail may repeat it: one line, and nothing that a mail program would turn into a link or a number to call.

/// The longest name a mail repeats, in characters.
const NAME_LIMIT: usize = 60;

/// A typed name, fit for a mail: one line, at most 60 characters, and nothing a mail program would turn into a link or a
/// number to call. None when nothing of it can be said.
pub fn listed_name(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter_map(plain_word)
        .collect();
    let mut name = String::new();
    for word in words {
        if name.chars().count() + word.chars().count() >= NAME_LIMIT {
            break;
        }
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&word);
    }
    (!name.is_empty()).then_some(name)
}

/// The first name for "Hello …,": the first word of [`listed_name`], or all of it when that word is an initial or a title.
pub fn greeting_name(typed: &str) -> Option<String> {
    let name = listed_name(typed)?;
    let first = name.split(' ').next().unwrap_or_default();
    let whole = first.ends_with('.') || first.chars().count() < 2;
    Some(if whole { name } else { first.to_owned() })
}

/// A word of a name: letters of any script with their marks, apostrophes, hyphens, a dot at the end ("Dr.") or after
/// single letters ("J.R."). Words that hold anything else, as an address or a number does, are left out whole.
fn plain_word(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| matches!(c, ',' | ';' | '"' | '(' | ')' | '“' | '”'));
    let (stem, dot) = word.strip_suffix('.').map_or((word, ""), |stem| (stem, "."));
    let fits = |c: char| c.is_alphabetic() || is_mark(c) || matches!(c, '\'' | '’' | 'ʼ' | '-' | '‐' | '·');
    let initials = stem
        .split('.')
        .all(|letter| letter.chars().count() == 1 && letter.chars().all(char::is_alphabetic));
    let speaks = stem.chars().any(char::is_alphabetic) && stem.chars().all(fits);
    ((initials || speaks) && stem.chars().count() < NAME_LIMIT).then(|| format!("{stem}{dot}"))
}

/// Combining marks, which are letters' accents in decomposed text and vowels in Indic scripts, and the joiners between them.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x591..=0x5C7 | 0x610..=0x61A | 0x64B..=0x65F | 0x900..=0xDFF | 0xE31..=0xEBC | 0x1AB0..=0x1AFF | 0x200C..=0x200D)
}
