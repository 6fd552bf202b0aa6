//! Texts that are encrypted at rest: answers, notes, addresses of home visits.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use crate::chance::Chance;

/// XChaCha20-Poly1305 of a text, bound to its row: version byte, 24 bytes of nonce, ciphertext with tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// The bytes were not sealed with this key for this row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed text cannot be opened with the configured key")]
pub struct CannotOpen;

/// Seals and opens with one version of the installation's key.
#[derive(Clone)]
pub struct SealKey {
    version: u8,
    cipher: XChaCha20Poly1305,
}

impl SealKey {
    pub(crate) fn new(version: u8, key: [u8; 32]) -> Self {
        Self {
            version,
            cipher: XChaCha20Poly1305::new(&Key::from(key)),
        }
    }

    /// Seals `text` for the row `row`: moved to another row it does not open.
    pub fn seal(&self, text: &str, row: Uuid, chance: &Chance) -> Sealed {
        let nonce: [u8; 24] = chance.bytes();
        let payload = Payload {
            msg: text.as_bytes(),
            aad: row.as_bytes(),
        };
        #[expect(clippy::expect_used, reason = "fails only for texts of 256 GiB")]
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("short text");
        let mut out = Vec::with_capacity(25 + sealed.len());
        out.push(self.version);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Sealed(out)
    }

    /// The text that was sealed for this row.
    pub fn open(&self, sealed: &Sealed, row: Uuid) -> Result<String, CannotOpen> {
        let (&version, rest) = sealed.0.split_first().ok_or(CannotOpen)?;
        let (nonce, msg) = rest.split_at_checked(24).ok_or(CannotOpen)?;
        if version != self.version {
            return Err(CannotOpen);
        }
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| CannotOpen)?;
        let text = self
            .cipher
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg,
                    aad: row.as_bytes(),
                },
            )
            .map_err(|_| CannotOpen)?;
        String::from_utf8(text).map_err(|_| CannotOpen)
    }
}

impl Sealed {
    /// As the database keeps it.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// As the database kept it; whether it opens shows in [`SealKey::open`].
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey(version {})", self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_only_with_its_key_in_its_row() {
        let (key, chance, row) = (SealKey::new(1, [3; 32]), Chance::seeded(1), Uuid::from_u128(9));
        let sealed = key.seal("12 Elm Court", row, &chance);
        assert_eq!(key.open(&sealed, row).unwrap(), "12 Elm Court");
        assert_eq!(key.open(&sealed, Uuid::from_u128(8)), Err(CannotOpen));
        assert_eq!(SealKey::new(1, [4; 32]).open(&sealed, row), Err(CannotOpen));
        assert_eq!(SealKey::new(2, [3; 32]).open(&sealed, row), Err(CannotOpen));
        let mut bytes = sealed.clone().into_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(key.open(&Sealed::from_bytes(bytes), row), Err(CannotOpen));
        assert_eq!(key.open(&Sealed::from_bytes(vec![1, 2]), row), Err(CannotOpen));
        assert_ne!(
            sealed,
            key.seal("12 Elm Court", row, &chance),
            "each sealing has its own nonce"
        );
    }
}
