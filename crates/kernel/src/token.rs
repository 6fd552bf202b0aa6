//! Links that let their holder in: derived ones, which can be written again, and random ones, shown once.
//!
//! Either way the database keeps only the SHA-256 of the text, and a row is found by that hash.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::chance::Chance;

/// The secret text of a link: 160 bits in 32 letters of base32. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// SHA-256 of a token's text, as the database keeps it.
pub type TokenHash = Vec<u8>;

impl Token {
    /// A random one, for sessions and sign-in links: shown once, never to be had again.
    pub fn random(chance: &Chance) -> Self {
        Self(base32(&chance.bytes::<20>()))
    }

    /// What somebody presented; any text, so that a forged one simply is not found.
    pub fn presented(text: &str) -> Self {
        Self(text.chars().take(128).collect())
    }

    /// The text to put into a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps and looks up.
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Derives links from an installation's key, so that nothing secret is stored and a mail can carry the same link again.
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

impl LinkKey {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        Self(<Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length"))
    }

    /// The link of this purpose to this row. Raising the row's generation ends the old link.
    pub fn link(&self, purpose: &'static str, row: Uuid, generation: i32) -> Token {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(row.as_bytes());
        mac.update(&generation.to_be_bytes());
        Token(base32(&mac.finalize().into_bytes()[..20]))
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The bytes of a text that [`base32`] wrote, whatever has become of its case; `None` when it is none or a group is not whole.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(8) {
        return None;
    }
    let (mut out, mut held, mut bits) = (Vec::with_capacity(text.len() / 8 * 5), 0_u32, 0);
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|l| *l == letter.to_ascii_lowercase())?;
        held = (held << 5 | u32::try_from(value).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

/// Lower-case base32 (RFC 4648 alphabet) without padding: survives any mail program and is easy to read out. Whole groups of five bytes.
pub fn base32(bytes: &[u8]) -> String {
    let (mut out, mut held, mut bits) = (String::with_capacity(bytes.len() * 8 / 5 + 1), 0_u32, 0);
    for &byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(LETTERS[(held >> bits & 31) as usize] as char);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_link_depends_on_purpose_row_and_generation() {
        let (key, row) = (LinkKey::new(&[7; 32]), Uuid::from_u128(1));
        let link = key.link("appointment", row, 1);
        assert_eq!(link, key.link("appointment", row, 1));
        assert_eq!(link.reveal().len(), 32);
        assert_ne!(link, key.link("appointment", row, 2));
        assert_ne!(link, key.link("feed", row, 1));
        assert_ne!(link, key.link("appointment", Uuid::from_u128(2), 1));
        assert_ne!(link, LinkKey::new(&[8; 32]).link("appointment", row, 1));
        assert_eq!(format!("{link:?}"), "Token(…)");
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        assert_eq!(base32(b"foobar12345678901234"), "mzxw6ytboiytemzugu3doobzgaytemzu");
        assert_eq!(
            from_base32("MZXW6YTBOIytemzugu3doobzgaytemzu").unwrap(),
            b"foobar12345678901234"
        );
        assert_eq!(from_base32("mzxw6yt1"), None);
        assert_eq!(from_base32("mzxw6ytböi"), None);
        assert_eq!(from_base32("mzxw6y"), None);
    }
}
