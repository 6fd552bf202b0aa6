//! A small reader of Rust source: enough to tell names from comments and strings, and to see which paths a file names.

/// A source file split into what the compiler reads and what its strings say, each with its line (from 1).
pub struct Source {
    /// Every identifier or punctuation mark outside comments and literals.
    pub tokens: Vec<Token>,
    /// The contents of every string literal, escapes left as written.
    pub strings: Vec<(usize, String)>,
}

/// One token of a file.
pub struct Token {
    /// The line it stands on, from 1.
    pub line: usize,
    /// An identifier, `::`, or a single punctuation character.
    pub text: String,
}

impl Source {
    /// Reads a file's text.
    pub fn read(text: &str) -> Self {
        Reader {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            source: Self {
                tokens: Vec::new(),
                strings: Vec::new(),
            },
        }
        .run()
    }

    /// The crates and modules that paths start with (`axum` in `axum::Router`, in `use axum;` and in `extern crate axum`).
    pub fn roots(&self) -> impl Iterator<Item = &Token> {
        let text = |i: usize| self.tokens.get(i).map_or("", |t| t.text.as_str());
        self.tokens.iter().enumerate().filter_map(move |(i, token)| {
            if !is_name(&token.text) {
                return None;
            }
            let (before, after) = (if i == 0 { "" } else { text(i - 1) }, text(i + 1));
            let starts = after == "::" && before != "::" && before != ".";
            let whole = (before == "use" || before == "crate") && (after == ";" || after == "as");
            (starts || whole).then_some(token)
        })
    }

    /// Every name in the file, wherever in a path it stands.
    pub fn names(&self) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(|t| is_name(&t.text))
    }

    /// Where the file's own tests begin; they stand last.
    pub fn tests(&self) -> usize {
        let marks = [
            &["#", "[", "test", "]"][..],
            &["cfg", "(", "test", ")"],
            &["tokio", "::", "test", "]"],
        ];
        marks
            .iter()
            .filter_map(|mark| self.sequence(mark))
            .min()
            .unwrap_or(usize::MAX)
    }

    /// Where these tokens stand next to each other.
    pub fn sequence(&self, wanted: &[&str]) -> Option<usize> {
        self.tokens
            .windows(wanted.len())
            .find(|w| w.iter().zip(wanted).all(|(token, text)| token.text == *text))
            .map(|w| w[0].line)
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    source: Source,
}

impl Reader {
    fn run(mut self) -> Source {
        while let Some(c) = self.peek(0) {
            match c {
                '/' if self.peek(1) == Some('/') => self.line_comment(),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                '\'' => self.quote(),
                'r' | 'b' | 'c' if self.raw_string() => {}
                c if c == '_' || c.is_alphanumeric() => self.word(),
                ':' if self.peek(1) == Some(':') => {
                    self.push("::".into());
                    self.skip(2);
                }
                c if c.is_whitespace() => self.skip(1),
                c => {
                    self.push(c.into());
                    self.skip(1);
                }
            }
        }
        self.source
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip(&mut self, n: usize) {
        for _ in 0..n {
            if self.peek(0) == Some('\n') {
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn push(&mut self, text: String) {
        self.source.tokens.push(Token { line: self.line, text });
    }

    fn word(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(|c| c == '_' || c.is_alphanumeric()) {
            self.at += 1;
        }
        let text = self.chars[start..self.at].iter().collect();
        self.push(text);
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.at += 1;
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) => {
                    depth += 1;
                    self.skip(2);
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    self.skip(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.skip(1),
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.skip(1);
        while let Some(c) = self.peek(0) {
            match c {
                '"' => break,
                '\\' => {
                    text.push(c);
                    text.extend(self.peek(1));
                    self.skip(2);
                }
                c => {
                    text.push(c);
                    self.skip(1);
                }
            }
        }
        self.skip(1);
        self.source.strings.push((line, text));
    }

    /// `r"…"`, `r#"…"#`, `br"…"`, `b"…"`, `c"…"`; says whether one stood here.
    fn raw_string(&mut self) -> bool {
        let mut ahead = 1;
        if self.peek(0) != Some('r') && self.peek(1) == Some('r') {
            ahead = 2;
        }
        let raw = self.peek(ahead - 1) == Some('r');
        let mut hashes = 0;
        while raw && self.peek(ahead + hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(ahead + hashes) != Some('"') {
            return false;
        }
        if !raw {
            self.skip(ahead);
            self.string();
            return true;
        }
        let line = self.line;
        self.skip(ahead + hashes + 1);
        let start = self.at;
        while self.at < self.chars.len() {
            if self.peek(0) == Some('"') && (1..=hashes).all(|i| self.peek(i) == Some('#')) {
                break;
            }
            self.skip(1);
        }
        self.source
            .strings
            .push((line, self.chars[start..self.at.min(self.chars.len())].iter().collect()));
        self.skip(hashes + 1);
        true
    }

    /// A character literal is dropped, a lifetime is no name.
    fn quote(&mut self) {
        let literal = self.peek(1) == Some('\\') || self.peek(2) == Some('\'');
        self.skip(1);
        if literal {
            if self.peek(0) == Some('\\') {
                self.skip(1);
            }
            self.skip(1);
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.skip(1);
            }
            self.skip(1);
        } else {
            while self.peek(0).is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                self.at += 1;
            }
        }
    }
}
