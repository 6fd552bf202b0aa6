//! Whether a webhook is Stripe's: `Stripe-Signature: t=…,v1=…`, HMAC-SHA256 over `t.body`, not older than five minutes
//! (<https://docs.stripe.com/webhooks#verify-manually>).

use hmac::{Hmac, KeyInit, Mac};
use kernel::instant::Instant;
use sha2::Sha256;

/// How far from now the time may be that was signed, in seconds.
const WINDOW_SECONDS: i64 = 300;

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The header is missing, or cannot be read.
    #[error("it is not signed")]
    Missing,
    /// The time that was signed is not now.
    #[error("its signature is too old")]
    Stale,
    /// No signature fits.
    #[error("its signature is wrong")]
    Forged,
}

/// Believes `body`, or says why not.
pub fn check(header: Option<&str>, body: &[u8], secret: &str, now: Instant) -> Result<(), NotSigned> {
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.ok_or(NotSigned::Missing)?.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => time = Some(value),
            Some(("v1", value)) => signatures.push(value),
            _ => {}
        }
    }
    let time = time.ok_or(NotSigned::Missing)?;
    let at: i64 = time.parse().map_err(|_| NotSigned::Missing)?;
    if signatures.is_empty() {
        return Err(NotSigned::Missing);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| NotSigned::Forged)?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    // All of them are compared, each in constant time: while a secret is changed there are two.
    let fits = signatures.iter().fold(false, |fits, text| {
        let given = unhex(text).unwrap_or_default();
        mac.clone().verify_slice(&given).is_ok() | fits
    });
    if !fits {
        return Err(NotSigned::Forged);
    }
    let seconds = now.micros().div_euclid(1_000_000);
    if at.abs_diff(seconds) > WINDOW_SECONDS.unsigned_abs() {
        return Err(NotSigned::Stale);
    }
    Ok(())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|p| Some(digit(*p.first()?)? << 4 | digit(*p.get(1)?)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn sign(secret: &str, at: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        let bytes = mac.finalize().into_bytes();
        crate::view::assets::hex(&bytes)
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn what_is_signed_now_with_our_secret_is_believed() {
        let good = sign("whsec_a", 1_000_000, BODY);
        let other = sign("whsec_b", 1_000_000, BODY);
        for header in [
            format!("t=1000000,v1={good}"),
            format!("t=1000000, v1={other}, v1={good}, v0=abc"),
        ] {
            for now in [1_000_000, 1_000_300, 999_700] {
                assert_eq!(check(Some(&header), BODY, "whsec_a", at(now)), Ok(()), "{header} {now}");
            }
        }
    }

    #[test]
    fn everything_else_is_not() {
        let good = sign("whsec_a", 1_000_000, BODY);
        let header = format!("t=1000000,v1={good}");
        let said = |header: Option<&str>, body: &[u8], now| check(header, body, "whsec_a", at(now));
        assert_eq!(said(None, BODY, 1_000_000), Err(NotSigned::Missing));
        for header in ["", "t=1000000", "v1=00", "t=x,v1=00", "t=,v1="] {
            assert_eq!(said(Some(header), BODY, 1_000_000), Err(NotSigned::Missing), "{header}");
        }
        assert_eq!(said(Some(&header), b"{}", 1_000_000), Err(NotSigned::Forged));
        for forged in ["t=1000001,v1=", "t=1000000,v1=é", "t=1000000,v1=zz,v1=0"] {
            let forged = format!("{forged}{}", if forged.ends_with('=') { good.as_str() } else { "" });
            assert_eq!(said(Some(&forged), BODY, 1_000_000), Err(NotSigned::Forged), "{forged}");
        }
        for stale in [1_000_301, 999_699, 9_999_999_999] {
            assert_eq!(said(Some(&header), BODY, stale), Err(NotSigned::Stale));
        }
    }
}
