//! Setting a sheet: fonts, widths, lines that break, pages.

use std::borrow::Cow;
use std::sync::LazyLock;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use rustybuzz::{Face, UnicodeBuffer};

use super::{Line, PaperError, Sheet};
use crate::view::assets::Assets;

/// A point is a 72nd of an inch.
const SIDE: f32 = 62.0;
const TOP: f32 = 72.0;
const BOTTOM: f32 = 72.0;
const TEXT: f32 = 10.5;
const LEADING: f32 = 1.5;
/// The column of values.
const VALUES: f32 = 150.0;

/// Letters of most scripts, the same bold, and those of Chinese, Japanese and Korean.
const FILES: [&str; 3] = [
    "vendor/fonts/dejavu/DejaVuSans.ttf",
    "vendor/fonts/dejavu/DejaVuSans-Bold.ttf",
    "vendor/fonts/droid-sans-fallback/DroidSansFallback.ttf",
];

struct Type {
    font: Font,
    face: Face<'static>,
}

static TYPES: LazyLock<Option<[Type; 3]>> = LazyLock::new(|| {
    let [plain, bold, wide] = FILES.map(load);
    Some([plain?, bold?, wide?])
});

fn load(name: &str) -> Option<Type> {
    let bytes: &'static [u8] = match Assets::bytes(name)? {
        Cow::Borrowed(bytes) => bytes,
        // Read from the disk while developing: once, and kept as long as the program runs.
        Cow::Owned(bytes) => Box::leak(bytes.into_boxed_slice()),
    };
    Some(Type {
        font: Font::new(bytes.to_vec().into(), 0)?,
        face: Face::from_slice(bytes, 0)?,
    })
}

/// The fonts in which a text is set, in the order in which they are asked for a letter.
#[derive(Clone, Copy)]
enum Weight {
    Plain,
    Bold,
}

/// A stretch of letters that one font has, written in one direction.
struct Run<'a> {
    text: &'a str,
    font: usize,
    rightwards: bool,
}

fn runs<'a>(types: &[Type; 3], text: &'a str, weight: Weight) -> Vec<Run<'a>> {
    let order = match weight {
        Weight::Plain => [0, 2],
        Weight::Bold => [1, 2],
    };
    let mut cuts: Vec<(usize, usize, bool)> = Vec::new();
    for (at, c) in text.char_indices() {
        let before = cuts.last().copied();
        let follows = c.is_whitespace() || is_mark(c);
        let (font, rightwards) = match before {
            Some((_, font, rightwards)) if follows => (font, rightwards),
            _ => {
                let has = |font: &&usize| types[**font].face.glyph_index(c).is_some();
                (order.iter().find(has).copied().unwrap_or(order[0]), !is_leftwards(c))
            }
        };
        if before.is_none_or(|(_, f, r)| (f, r) != (font, rightwards)) {
            cuts.push((at, font, rightwards));
        }
    }
    let ends = cuts.iter().skip(1).map(|cut| cut.0).chain([text.len()]);
    cuts.iter()
        .zip(ends)
        .map(|((from, font, rightwards), until)| Run {
            text: &text[*from..until],
            font: *font,
            rightwards: *rightwards,
        })
        .collect()
}

/// Hebrew, Arabic and their relatives.
fn is_leftwards(c: char) -> bool {
    matches!(u32::from(c), 0x590..=0x8FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFF)
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x200C..=0x200D | 0xFE00..=0xFE0F)
}

impl Run<'_> {
    #[expect(clippy::cast_precision_loss, reason = "font units are small")]
    fn width(&self, types: &[Type; 3], size: f32) -> f32 {
        let face = &types[self.font].face;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(self.text);
        buffer.guess_segment_properties();
        let glyphs = rustybuzz::shape(face, &[], buffer);
        let units: i32 = glyphs.glyph_positions().iter().map(|p| p.x_advance).sum();
        units as f32 / face.units_per_em() as f32 * size
    }
}

fn width(types: &[Type; 3], text: &str, size: f32, weight: Weight) -> f32 {
    runs(types, text, weight).iter().map(|run| run.width(types, size)).sum()
}

/// The text in lines that are no wider; a word that is wider alone stands alone.
fn broken(types: &[Type; 3], text: &str, size: f32, weight: Weight, most: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(types, &format!("{line} {word}"), size, weight) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What is to be put where, page by page.
struct Setting<'a> {
    types: &'a [Type; 3],
    wide: f32,
    high: f32,
    y: f32,
    pages: Vec<Vec<Put>>,
}

enum Put {
    Text {
        x: f32,
        y: f32,
        text: String,
        size: f32,
        weight: Weight,
    },
    Rule {
        y: f32,
    },
}

impl Setting<'_> {
    fn down(&mut self, by: f32) {
        self.y += by;
        if self.y > self.high - BOTTOM {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
    }

    fn put(&mut self, what: Put) {
        if let Some(page) = self.pages.last_mut() {
            page.push(what);
        }
    }

    fn text(&mut self, x: f32, text: &str, size: f32, weight: Weight, most: f32) {
        for line in broken(self.types, text, size, weight, most) {
            self.down(size * LEADING);
            let y = self.y;
            self.put(Put::Text {
                x,
                y,
                text: line,
                size,
                weight,
            });
        }
    }

    /// A text at the left, and beside its first line one that ends at the right edge.
    fn pair(&mut self, left: &str, right: &str, weight: Weight) {
        let room = width(self.types, right, TEXT, weight);
        let most = self.wide - 2.0 * SIDE - room - 24.0;
        for (at, line) in broken(self.types, left, TEXT, weight, most).into_iter().enumerate() {
            self.down(TEXT * LEADING);
            let y = self.y;
            if at == 0 {
                let x = self.wide - SIDE - room;
                let text = right.to_owned();
                let size = TEXT;
                self.put(Put::Text {
                    x,
                    y,
                    text,
                    size,
                    weight,
                });
            }
            let (x, size) = (SIDE, TEXT);
            self.put(Put::Text {
                x,
                y,
                text: line,
                size,
                weight,
            });
        }
    }

    fn rule(&mut self) {
        self.down(TEXT * 0.6);
        let y = self.y;
        self.put(Put::Rule { y });
        self.down(TEXT * 0.2);
    }

    fn line(&mut self, line: &Line, before: Option<&Line>) {
        let whole = self.wide - 2.0 * SIDE;
        match line {
            Line::Issuer(text) => self.text(SIDE, text, 12.0, Weight::Bold, whole),
            Line::Head(text) => self.text(SIDE, text, TEXT, Weight::Plain, whole),
            Line::Heading(text) => {
                self.down(30.0);
                self.text(SIDE, text, 18.0, Weight::Bold, whole);
                self.down(8.0);
            }
            Line::Fact(label, value) => {
                let from = (self.y, self.pages.len());
                self.text(SIDE, label, TEXT, Weight::Plain, VALUES - 12.0);
                if self.pages.len() == from.1 {
                    self.y = from.0;
                    self.text(SIDE + VALUES, value, TEXT, Weight::Plain, whole - VALUES);
                } else {
                    self.y = TOP;
                    self.text(SIDE + VALUES, value, TEXT, Weight::Plain, whole - VALUES);
                }
            }
            Line::Row(text, amount) => {
                if !matches!(before, Some(Line::Row(..))) {
                    self.down(8.0);
                    self.rule();
                }
                self.pair(text, amount, Weight::Plain);
                self.rule();
            }
            Line::Total(label, amount) => {
                self.down(4.0);
                self.pair(label, amount, Weight::Bold);
            }
            Line::Note(text) => {
                if !matches!(before, Some(Line::Note(_))) {
                    self.down(16.0);
                }
                self.text(SIDE, text, TEXT, Weight::Plain, whole);
            }
        }
    }
}

impl Sheet {
    /// The PDF, on letter paper or A4.
    pub(super) fn draw(&self, letter: bool) -> Result<Vec<u8>, PaperError> {
        let types = TYPES.as_ref().ok_or(PaperError::Font)?;
        let (wide, high) = if letter { (612.0, 792.0) } else { (595.0, 842.0) };
        let mut setting = Setting {
            types,
            wide,
            high,
            y: TOP - 12.0,
            pages: vec![Vec::new()],
        };
        let mut before = None;
        for line in &self.lines {
            setting.line(line, before);
            before = Some(line);
        }
        let mut document = Document::new();
        document.set_metadata(Metadata::new().title(self.title.clone()).language("en".into()));
        for put in setting.pages {
            let settings = PageSettings::from_wh(wide, high).ok_or(PaperError::Font)?;
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            surface.set_fill(Some(Fill {
                paint: rgb::Color::new(0x26, 0x25, 0x38).into(),
                opacity: NormalizedF32::ONE,
                rule: krilla::paint::FillRule::default(),
            }));
            for put in put {
                put.draw(types, wide, &mut surface);
            }
            surface.finish();
            page.finish();
        }
        document.finish().map_err(|e| PaperError::Pdf(format!("{e:?}")))
    }
}

impl Put {
    fn draw(&self, types: &[Type; 3], wide: f32, surface: &mut Surface) {
        match self {
            Self::Text {
                x,
                y,
                text,
                size,
                weight,
            } => {
                let mut x = *x;
                for run in runs(types, text, *weight) {
                    let direction = if run.rightwards {
                        TextDirection::LeftToRight
                    } else {
                        TextDirection::RightToLeft
                    };
                    let font = types[run.font].font.clone();
                    surface.draw_text(Point::from_xy(x, *y), font, *size, run.text, false, direction);
                    x += run.width(types, *size);
                }
            }
            Self::Rule { y } => {
                let mut path = PathBuilder::new();
                path.move_to(SIDE, *y);
                path.line_to(wide - SIDE, *y);
                let Some(path) = path.finish() else { return };
                let fill = surface.get_fill().cloned();
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: rgb::Color::new(0xde, 0xd8, 0xcf).into(),
                    width: 0.8,
                    ..Stroke::default()
                }));
                surface.draw_path(&path);
                surface.set_stroke(None);
                surface.set_fill(fill);
            }
        }
    }
}
