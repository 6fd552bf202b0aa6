//! Signing (RFC 6376): RSA with SHA-256, relaxed for headers and body.
//!
//! What a reader sees and what the large mailbox providers ask for is signed; From once more than it occurs, so that nobody can put a
//! second one in front. The signature is made over the bytes that are handed over.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use kernel::chance::Chance;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::rand_core::{CryptoRng, RngCore};
use secrecy::SecretString;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

/// The headers that are signed when they are there.
const SIGNED: [&str; 13] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "auto-submitted",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "feedback-id",
    "mime-version",
    "content-type",
];

/// The program's own chance, as the library wants it.
struct Random<'a>(&'a Chance);

impl RngCore for Random<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, into: &mut [u8]) {
        for piece in into.chunks_mut(32) {
            let bytes: [u8; 32] = self.0.bytes();
            piece.copy_from_slice(&bytes[..piece.len()]);
        }
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(into);
        Ok(())
    }
}

impl CryptoRng for Random<'_> {}

/// A key and the name under which DNS has its public half, cheap to clone.
#[derive(Clone)]
pub struct Dkim {
    selector: String,
    key: Arc<RsaKeyPair>,
}

/// Why nothing can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DkimError {
    /// No name below `_domainkey`.
    #[error("a selector is letters, digits, hyphens and points, such as 2026")]
    Selector,
    /// No key.
    #[error("the file holds no RSA key in PEM form of at least 2048 bits; `goldenhour dkim new` makes one")]
    Key,
    /// The library.
    #[error("the message could not be signed")]
    Signing,
}

impl Dkim {
    /// From a selector and a private key in PEM form (PKCS#8 or PKCS#1).
    pub fn new(selector: &str, pem: &[u8]) -> Result<Self, DkimError> {
        let label = |part: &str| {
            let ends = part.starts_with('-') || part.ends_with('-');
            !part.is_empty()
                && part.len() <= 63
                && !ends
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !selector.split('.').all(label) {
            return Err(DkimError::Selector);
        }
        let key = match PrivateKeyDer::from_pem_slice(pem) {
            Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            _ => return Err(DkimError::Key),
        };
        Ok(Self {
            selector: selector.to_owned(),
            key: Arc::new(key.map_err(|_| DkimError::Key)?),
        })
    }

    /// A new private key in PEM form (PKCS#8), of 2048 bits: what every verifier takes and a DNS record holds.
    pub fn new_key(chance: &Chance) -> Result<SecretString, DkimError> {
        let key = RsaPrivateKey::new(&mut Random(chance), 2048).map_err(|_| DkimError::Signing)?;
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| DkimError::Signing)?;
        Ok(SecretString::from(pem.to_string()))
    }

    /// What DNS has to say: the name below the sender's domain, and the text of the record.
    pub fn record(&self, domain: &str) -> (String, String) {
        let name = format!("{}._domainkey.{domain}", self.selector);
        let key = base64(&public_info(self.key.public_key().as_ref()));
        (name, format!("v=DKIM1; k=rsa; p={key}"))
    }

    /// The message with its signature in front; `at` is in seconds since 1970.
    pub(super) fn sign(&self, domain: &str, message: &[u8], at: i64) -> Result<Vec<u8>, DkimError> {
        let (head, body) = parts(message);
        let headers = unfolded(head);
        let mut names = vec!["from"];
        names.extend(SIGNED.into_iter().filter(|name| headers.iter().any(|(n, _)| n == name)));
        let hash = base64(digest(&SHA256, &relaxed_body(body)).as_ref());
        let header = format!(
            "v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={};\r\n t={at}; h={};\r\n bh={hash};\r\n b=",
            self.selector,
            names.join(":\r\n  ")
        );
        let mut input = String::new();
        // The one From answers to its first mention; the second says that there is no other.
        for name in names.iter().skip(1) {
            if let Some((_, value)) = headers.iter().rev().find(|(n, _)| n == name) {
                // Writing to a String cannot fail.
                let _ = write!(input, "{name}:{value}\r\n");
            }
        }
        let _ = write!(input, "dkim-signature:{}", relaxed(&header));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                input.as_bytes(),
                &mut signature,
            )
            .map_err(|_| DkimError::Signing)?;
        let mut signed = format!("DKIM-Signature: {header}").into_bytes();
        for (at, piece) in base64(&signature).as_bytes().chunks(72).enumerate() {
            if at > 0 {
                signed.extend_from_slice(b"\r\n ");
            }
            signed.extend_from_slice(piece);
        }
        signed.extend_from_slice(b"\r\n");
        signed.extend_from_slice(message);
        Ok(signed)
    }
}

impl fmt::Debug for Dkim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dkim({})", self.selector)
    }
}

fn parts(message: &[u8]) -> (&[u8], &[u8]) {
    let end = message.windows(4).position(|w| w == b"\r\n\r\n");
    match end {
        Some(end) => (&message[..end + 2], &message[end + 4..]),
        None => (message, &[]),
    }
}

/// Each header in its order: its name in lower case, its value relaxed (RFC 6376, section 3.4.2). Our headers are ASCII.
fn unfolded(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let whole = text.replace("\r\n ", " ").replace("\r\n\t", " ");
    whole
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), relaxed(value)))
        .collect()
}

/// Without line ends, runs of white space as one blank, none at either end.
fn relaxed(value: &str) -> String {
    value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Section 3.4.4: runs of white space as one blank, none before a line end, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut blank = false;
    for &byte in body {
        match byte {
            b' ' | b'\t' => blank = true,
            b'\r' => {
                blank = false;
                out.push(byte);
            }
            _ => {
                if std::mem::take(&mut blank) && byte != b'\n' {
                    out.push(b' ');
                }
                out.push(byte);
            }
        }
    }
    while out.ends_with(b"\r\n\r\n") || out == b"\r\n" {
        out.truncate(out.len() - 2);
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// The key with the name of its algorithm (`SubjectPublicKeyInfo`, RFC 5280), which is what verifiers read.
fn public_info(key: &[u8]) -> Vec<u8> {
    // SEQUENCE { OID rsaEncryption, NULL }
    const ALGORITHM: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut content = ALGORITHM.to_vec();
    content.extend(der(0x03, &bits));
    der(0x30, &content)
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|&b| b == 0).collect();
    let mut out = vec![tag];
    match length[..] {
        [] => out.push(0),
        [short] if short < 0x80 => out.push(short),
        _ => {
            out.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
            out.extend_from_slice(&length);
        }
    }
    out.extend_from_slice(content);
    out
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place > chunk.len() {
                out.push('=');
            } else {
                out.push(char::from(LETTERS[(group >> (18 - 6 * place) & 63) as usize]));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = include_bytes!("dkim-test-key.pem");
    const MAIL: &[u8] = b"Message-ID: <a@practice.example>\r\nFrom: \"Nora\"\r\n <nora@practice.example>\r\nSubject:  Day   three \r\n\r\nHello \t there \r\n\r\n  x\r\n\r\n\r\n";

    #[test]
    fn the_example_of_the_standard_is_relaxed_as_it_says() {
        // RFC 6376, section 3.4.5.
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        let head = unfolded(b"A: X\r\nB : Y\t\r\n\tZ  \r\n");
        assert_eq!(head, [("a".into(), "X".into()), ("b".into(), "Y Z".into())]);
        assert!(relaxed_body(b"\r\n\r\n").is_empty() && relaxed_body(b"").is_empty());
    }

    #[test]
    fn a_signature_names_what_it_covers_and_from_once_more() {
        let dkim = Dkim::new("2026", KEY).unwrap();
        let signed = String::from_utf8(dkim.sign("practice.example", MAIL, 1_800_000_000).unwrap()).unwrap();
        let header = relaxed(signed.split("\r\nMessage-ID").next().unwrap());
        assert!(
            header.starts_with(
                "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=practice.example; s=2026; t=1800000000;"
            ),
            "{header}"
        );
        assert!(header.contains("h=from: from: subject: message-id;"), "{header}");
        assert!(signed.ends_with(std::str::from_utf8(MAIL).unwrap()));
        assert!(signed.lines().all(|line| line.len() < 90));
    }

    #[test]
    fn the_record_is_the_public_half_as_verifiers_read_it() {
        let (name, text) = Dkim::new("2026", KEY).unwrap().record("practice.example");
        assert_eq!(name, "2026._domainkey.practice.example");
        assert_eq!(
            text,
            format!("v=DKIM1; k=rsa; p={}", include_str!("dkim-test-key.pub").trim())
        );
        assert_eq!(base64(b"fo"), "Zm8=");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
    }

    #[test]
    fn what_is_no_selector_or_no_key_is_refused() {
        assert_eq!(Dkim::new("a b", KEY).unwrap_err(), DkimError::Selector);
        assert_eq!(Dkim::new("", KEY).unwrap_err(), DkimError::Selector);
        assert_eq!(Dkim::new("2026", b"no").unwrap_err(), DkimError::Key);
    }
}
