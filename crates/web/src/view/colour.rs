//! The practice's colour: from the one she chose to every property that depends on it, light and dark.
//!
//! Lightness, chroma and hue are those of OKLCH (Ottosson 2020), contrast is that of WCAG 2.2. What does not fit
//! into sRGB loses chroma, never lightness. No pair of text and ground ever falls under its minimum: the tests hold
//! it over 729 colours from black to white.

use std::fmt::Write as _;

/// A colour of sRGB, eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(u8, u8, u8);

/// The text is no colour such as `#f4b73f`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour looks like #f4b73f")]
pub struct NotAColour;

/// The properties of one theme that follow from her colour; names as in the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Fill of the gold button.
    pub light: Rgb,
    /// The same under the pointer.
    pub light_hover: Rgb,
    /// Text on either.
    pub on_light: Rgb,
    /// Links, icons, edges.
    pub accent: Rgb,
    /// The one important panel.
    pub wash: Rgb,
    /// Large drawings.
    pub sun: Rgb,
    /// The crescent beside it.
    pub limb: Rgb,
}

/// What her colour stands on: the fixed part of a theme.
struct Paper {
    dark: bool,
    ground: Rgb,
    surface: Rgb,
    ink: Rgb,
    ink_2: Rgb,
    edge: Rgb,
    limb: Rgb,
}

const WHITE: Rgb = Rgb(255, 255, 255);
const DAY: Paper = Paper {
    dark: false,
    ground: Rgb(0xfd, 0xfb, 0xf7),
    surface: Rgb(0xf7, 0xf2, 0xea),
    ink: Rgb(0x26, 0x25, 0x38),
    ink_2: Rgb(0x55, 0x55, 0x67),
    edge: Rgb(0x78, 0x79, 0x89),
    limb: Rgb(0x26, 0x25, 0x38),
};
const NIGHT: Paper = Paper {
    dark: true,
    ground: Rgb(0x18, 0x12, 0x0f),
    surface: Rgb(0x23, 0x1c, 0x17),
    ink: Rgb(0xe6, 0xdd, 0xce),
    ink_2: Rgb(0xb5, 0xab, 0x9d),
    edge: Rgb(0x83, 0x78, 0x6d),
    limb: Rgb(0x46, 0x3b, 0x31),
};
const STEP: f64 = 0.005;

impl std::str::FromStr for Rgb {
    type Err = NotAColour;
    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6).ok_or(NotAColour)?;
        let part = |at| {
            let digits: &str = hex.get(at..at + 2).ok_or(NotAColour)?;
            u8::from_str_radix(digits, 16).map_err(|_| NotAColour)
        };
        Ok(Self(part(0)?, part(2)?, part(4)?))
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance).
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |c: Rgb| {
        let [r, g, b] = linear(c);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (x, y) = (luminance(a) + 0.05, luminance(b) + 0.05);
    x.max(y) / x.min(y)
}

/// The style sheet that puts `colour` in the place of the default one.
pub fn style_sheet(colour: Rgb) -> String {
    let (day, night) = (properties(&derive(colour, &DAY)), properties(&derive(colour, &NIGHT)));
    format!(
        ":root{{{day}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=\"light\"]){{{night}}}}}\n:root[data-theme=\"dark\"]{{{night}}}\n"
    )
}

fn properties(d: &Derived) -> String {
    let all = [
        ("light", d.light),
        ("light-hover", d.light_hover),
        ("on-light", d.on_light),
        ("accent", d.accent),
        ("wash", d.wash),
        ("sun", d.sun),
        ("limb", d.limb),
    ];
    all.iter().fold(String::new(), |mut out, (name, value)| {
        let _ = write!(out, "--{name}:{value};");
        out
    })
}

fn derive(colour: Rgb, paper: &Paper) -> Derived {
    let hers = Lch::from(colour);
    let yellow = (55.0..=112.0).contains(&hers.h);
    let turned = if yellow { 55.0 + (hers.h - 55.0) * 0.2 } else { hers.h };

    let (light, on_light, away) = fill(hers, paper);
    let light_hover = hover(light, on_light, away);

    let (l, c) = match (paper.dark, yellow) {
        (false, true) => (0.955, 0.046),
        (false, false) => (0.955, 0.024),
        (true, true) => (0.272, 0.036),
        (true, false) => (0.272, 0.026),
    };
    let wash = Lch {
        l,
        c: hers.c.min(c),
        h: if paper.dark { turned } else { hers.h },
    };
    let wash = wash.moved_until(if paper.dark { -STEP } else { STEP }, |w| {
        contrast(paper.ink_2, w) >= 6.3 && contrast(paper.edge, w) >= 3.4
    });

    let (from, c, step) = if paper.dark {
        (hers.l.max(0.70), 0.115, STEP)
    } else {
        (hers.l.min(0.56), 0.125, -STEP)
    };
    let accent = Lch {
        l: from,
        c: hers.c.min(c),
        h: if paper.dark { hers.h } else { turned },
    };
    let accent = accent.moved_until(step, |a| {
        [paper.ground, paper.surface, wash]
            .into_iter()
            .all(|on| contrast(a, on) >= 5.0)
    });

    let sun = if paper.dark {
        Lch {
            l: hers.l.min(0.47),
            c: hers.c.min(0.105),
            h: turned,
        }
    } else {
        hers
    };
    let sun = sun.moved_until(if paper.dark { -STEP } else { STEP }, |s| contrast(paper.ink, s) >= 5.0);
    Derived {
        light: light.rgb(),
        light_hover,
        on_light,
        accent,
        wash,
        sun,
        limb: paper.limb,
    }
}

/// The fill, the text on it, and the direction that leads away from the text.
fn fill(hers: Lch, paper: &Paper) -> (Lch, Rgb, f64) {
    let mut light = hers;
    if paper.dark {
        light = Lch {
            l: light.l.min(0.80),
            c: light.c.min(0.125),
            ..light
        };
        while contrast(light.rgb(), paper.surface) < 3.2 && light.l < 1.0 {
            light.l += STEP;
        }
    }
    let text = if paper.dark { paper.ground } else { paper.ink };
    let on = if contrast(text, light.rgb()) >= contrast(WHITE, light.rgb()) {
        text
    } else {
        WHITE
    };
    let away = if on == WHITE { -STEP } else { STEP };
    while contrast(on, light.rgb()) < 4.6 && (0.0..=1.0).contains(&light.l) {
        light.l += away;
    }
    (light, on, away)
}

/// 0.035 to 0.05 of lightness away from the text, or what is left before white or black.
fn hover(light: Lch, on: Rgb, away: f64) -> Rgb {
    let moved = Lch {
        l: (light.l + away * 7.0).clamp(0.0, 1.0),
        ..light
    }
    .rgb();
    if contrast(on, moved) >= 4.6 { moved } else { light.rgb() }
}

/// Lightness 0 to 1, chroma, hue in degrees.
#[derive(Clone, Copy, Debug)]
struct Lch {
    l: f64,
    c: f64,
    h: f64,
}

impl Lch {
    /// In sRGB; what lies outside loses chroma until it fits.
    fn rgb(self) -> Rgb {
        let fits = |c: f64| self.linear(c).iter().all(|v| (-0.0005..=1.0005).contains(v));
        let (mut low, mut high) = (0.0, self.c);
        if fits(high) {
            low = high;
        } else {
            for _ in 0..24 {
                let middle = f64::midpoint(low, high);
                if fits(middle) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
        }
        let [r, g, b] = self.linear(low).map(encode);
        Rgb(r, g, b)
    }

    #[expect(
        clippy::many_single_char_names,
        reason = "the names that the colour spaces themselves use"
    )]
    fn linear(self, c: f64) -> [f64; 3] {
        let (a, b) = (c * self.h.to_radians().cos(), c * self.h.to_radians().sin());
        let l = (self.l + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.l - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.l - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    }

    /// The first colour on the way (lightness by `step`) that `holds`, or the end of the way.
    fn moved_until(mut self, step: f64, holds: impl Fn(Rgb) -> bool) -> Rgb {
        while !holds(self.rgb()) && (0.0..=1.0).contains(&(self.l + step)) {
            self.l += step;
        }
        self.rgb()
    }
}

impl From<Rgb> for Lch {
    #[expect(
        clippy::many_single_char_names,
        reason = "the names that the colour spaces themselves use"
    )]
    fn from(colour: Rgb) -> Self {
        let [r, g, b] = linear(colour);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s;
        let l = 0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s;
        Self {
            l,
            c: a.hypot(b),
            h: b.atan2(a).to_degrees().rem_euclid(360.0),
        }
    }
}

fn linear(colour: Rgb) -> [f64; 3] {
    [colour.0, colour.1, colour.2].map(|v| {
        let v = f64::from(v) / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn encode(v: f64) -> u8 {
    let v = v.clamp(0.0, 1.0);
    let v = if v <= 0.003_130_8 {
        v * 12.92
    } else {
        1.055 * v.powf(1.0 / 2.4) - 0.055
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 255 by the clamp above"
    )]
    let byte = (v * 255.0).round() as u8;
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pair_falls_under_its_minimum_for_any_of_729_colours() {
        let step = |n: usize| [0, 32, 64, 96, 128, 160, 192, 224, 255][n % 9];
        for n in 0..729 {
            let hers = Rgb(step(n / 81), step(n / 9), step(n));
            for paper in [&DAY, &NIGHT] {
                let d = derive(hers, paper);
                let hold = |what: &str, a: Rgb, b: Rgb, least: f64| {
                    let is = contrast(a, b);
                    assert!(
                        is >= least,
                        "{hers} dark={}: {what} {a} on {b} is {is:.2}, not {least}",
                        paper.dark
                    );
                };
                hold("text on the button", d.on_light, d.light, 4.6);
                hold("text on the button under the pointer", d.on_light, d.light_hover, 4.6);
                for ground in [paper.ground, paper.surface, d.wash] {
                    hold("links", d.accent, ground, 4.6);
                }
                hold("text on wash", paper.ink, d.wash, 4.6);
                hold("quiet text on wash", paper.ink_2, d.wash, 6.3);
                hold("edges on wash", paper.edge, d.wash, 3.4);
                hold("text on the sun", paper.ink, d.sun, 4.6);
                if paper.dark {
                    hold("fill on ground", d.light, paper.ground, 3.5);
                }
            }
        }
    }

    #[test]
    fn the_default_colour_gives_the_default_style_sheet_within_a_shade() {
        let gold: Rgb = "#f4b73f".parse().unwrap();
        let near = |a: Rgb, b: &str| {
            let b: Rgb = b.parse().unwrap();
            let far = a.0.abs_diff(b.0).max(a.1.abs_diff(b.1)).max(a.2.abs_diff(b.2));
            assert!(far <= 6, "{a} is not {b}");
        };
        let (day, night) = (derive(gold, &DAY), derive(gold, &NIGHT));
        near(day.light, "#f4b73f");
        near(day.light_hover, "#ffc352");
        near(day.accent, "#9a5502");
        near(day.wash, "#feeed4");
        near(day.sun, "#f4b73f");
        near(night.light, "#e7b457");
        near(night.accent, "#e4b562");
        near(night.wash, "#342314");
        near(night.sun, "#844a0b");
    }

    #[test]
    fn colours_are_read_and_written_as_hex() {
        assert_eq!("#0a0B0c".parse::<Rgb>().unwrap().to_string(), "#0a0b0c");
        for bad in ["", "f4b73f", "#f4b73", "#f4b73ff", "#ggb73f", "red", "#é4b7f"] {
            assert_eq!(bad.parse::<Rgb>(), Err(NotAColour), "{bad}");
        }
        assert!(style_sheet(Rgb(0, 90, 160)).contains("--accent:#"));
    }
}
