//! Everything that is derived from `server.secret_key`.

use std::fmt;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::chance::Chance;
use crate::seal::SealKey;
use crate::token::LinkKey;

/// The keys of one installation, cheap to clone. Each is derived for its purpose by HKDF-SHA-256 (RFC 5869).
#[derive(Clone)]
pub struct Keys {
    /// The version that new rows carry.
    pub version: u8,
    /// For derived links.
    pub links: LinkKey,
    /// For sealed columns.
    pub seal: SealKey,
    addresses: Hmac<Sha256>,
    fingerprint: String,
}

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 64 hexadecimal digits")]
pub struct NotAKey;

impl Keys {
    /// From 64 hexadecimal digits, as version 1.
    pub fn from_hex(hex: &str) -> Result<Self, NotAKey> {
        let hex = hex.trim().as_bytes();
        if hex.len() != 64 {
            return Err(NotAKey);
        }
        let mut secret = [0; 32];
        for (byte, pair) in secret.iter_mut().zip(hex.chunks_exact(2)) {
            let digit = |c: u8| char::from(c).to_digit(16).ok_or(NotAKey);
            *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).map_err(|_| NotAKey)?;
        }
        Ok(Self::new(&secret))
    }

    #[expect(clippy::expect_used, reason = "32 bytes are a length that HKDF and HMAC take")]
    fn new(secret: &[u8; 32]) -> Self {
        let version = 1;
        let derive = |purpose: &str| {
            let mut key = [0; 32];
            Hkdf::<Sha256>::new(None, secret)
                .expand(purpose.as_bytes(), &mut key)
                .expect("32 bytes");
            key
        };
        let print = Sha256::digest(derive("fingerprint"));
        Self {
            version,
            links: LinkKey::new(&derive("links")),
            seal: SealKey::new(version, derive("seal")),
            addresses: <Hmac<Sha256> as KeyInit>::new_from_slice(&derive("addresses")).expect("any length"),
            fingerprint: print[..8]
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<Vec<_>>()
                .join(":"),
        }
    }

    /// 64 hexadecimal digits of a new key.
    pub fn new_hex(chance: &Chance) -> String {
        use std::fmt::Write as _;
        chance
            .bytes::<32>()
            .iter()
            .fold(String::with_capacity(64), |mut out, b| {
                let _ = write!(out, "{b:02x}");
                out
            })
    }

    /// Eight bytes that tell keys apart and reveal nothing: kept in the database, printed beside backups.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A keyed hash of an address, telephone number or other personal text that must be recognised without being kept.
    pub fn hash_of(&self, text: &str) -> Vec<u8> {
        let mut mac = self.addresses.clone();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        let hex = Keys::new_hex(&Chance::seeded(1));
        assert_eq!(hex.len(), 64);
        assert_eq!(
            Keys::from_hex(&hex).unwrap().fingerprint(),
            Keys::from_hex(&format!(" {}\n", hex.to_uppercase()))
                .unwrap()
                .fingerprint()
        );
        assert_ne!(
            Keys::from_hex(&hex).unwrap().fingerprint(),
            Keys::from_hex(&"0".repeat(64)).unwrap().fingerprint()
        );
        for bad in ["", "abc", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(Keys::from_hex(bad).unwrap_err(), NotAKey);
        }
        assert!(!format!("{:?}", Keys::from_hex(&hex).unwrap()).contains(&hex[..8]));
    }
}
