//! Passwords: which ones are good enough, and how they are kept.
//!
//! Argon2id (RFC 9106) with the parameters of the `argon2` crate, which are OWASP's: 19 MiB, two passes. A hash takes tens of
//! milliseconds of one core, so it runs on the pool for blocking work, two at a time: who signs in waits for others who sign in, and
//! nobody who books waits for them.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use kernel::chance::Chance;
use kernel::email::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// The least number of characters.
pub const LEAST: usize = 10;
const MOST_BYTES: usize = 1024;
const AT_ONCE: usize = 2;

/// The hash of a password that nobody has, with the parameters of all others: what an unknown address is checked against.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCE$ONiUlR14Ix2zFcvDPQkLSb8hfcrhn2LrxaCC4cYATJA";

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than [`LEAST`] characters.
    #[error("a password has at least {LEAST} characters")]
    Short,
    /// More than a kilobyte.
    #[error("this password is too long")]
    Long,
    /// A guessing program would find it soon (zxcvbn's score is below 3 of 4).
    #[error("this password is easy to guess: try four or five words that do not belong together")]
    Guessable,
}

/// Hashes and compares, two at a time.
#[derive(Clone)]
pub(crate) struct Hasher(Arc<Semaphore>);

impl Default for Hasher {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hasher {
    /// The PHC string of a password that is good enough for the owner of `email`.
    pub(crate) async fn hash(
        &self,
        password: &SecretString,
        email: &EmailAddress,
        chance: &Chance,
    ) -> Result<String, WeakPassword> {
        let (password, email, salt) = (password.clone(), email.clone(), chance.bytes::<16>());
        self.run(move || {
            let password = password.expose_secret();
            judge(password, &email)?;
            let hash: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            // The only failures are a salt or a password of an impossible length, and both lengths are checked.
            hash.map(|hash| hash.to_string()).map_err(|_| WeakPassword::Long)
        })
        .await
    }

    /// Whether `password` is the one of `hash`; without a hash as much work for the answer no.
    pub(crate) async fn verify(&self, password: &SecretString, hash: Option<String>) -> bool {
        let password = password.clone();
        self.run(move || {
            let known = hash.is_some();
            let matches = PasswordHash::new(hash.as_deref().unwrap_or(NOBODY)).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.expose_secret().as_bytes(), &hash)
                    .is_ok()
            });
            known && matches
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        // The semaphore is never closed.
        let _turn = self.0.acquire().await;
        match tokio::task::spawn_blocking(work).await {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }
}

fn judge(password: &str, email: &EmailAddress) -> Result<(), WeakPassword> {
    if password.chars().count() < LEAST {
        return Err(WeakPassword::Short);
    }
    if password.len() > MOST_BYTES {
        return Err(WeakPassword::Long);
    }
    let mut hers: Vec<&str> = email.key().split(['@', '.', '-', '_', '+']).collect();
    let local = email.key().split('@').next().unwrap_or_default();
    hers.extend([email.key(), local, email.domain(), "goldenhour", "lactation"]);
    let strength = zxcvbn::zxcvbn(password, &hers);
    if strength.score() < zxcvbn::Score::Three {
        return Err(WeakPassword::Guessable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nora() -> EmailAddress {
        EmailAddress::parse("nora.tillery@lantern.example").unwrap()
    }

    #[test]
    fn a_password_must_be_long_and_hard_to_guess() {
        assert_eq!(judge("k7#Qz!9fW", &nora()), Err(WeakPassword::Short));
        assert_eq!(judge(&"x".repeat(2000), &nora()), Err(WeakPassword::Long));
        for easy in [
            "password123",
            "1234567890",
            "qwertyuiop",
            "nora.tillery1",
            "goldenhour1",
            "aaaaaaaaaaaa",
        ] {
            assert_eq!(judge(easy, &nora()), Err(WeakPassword::Guessable), "{easy}");
        }
        assert_eq!(judge("otter lantern gravel nine", &nora()), Ok(()));
        assert_eq!(judge("ünïcödé-wörter-zählen", &nora()), Ok(()));
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let (hasher, chance) = (Hasher::default(), Chance::seeded(1));
        let password = SecretString::from("otter lantern gravel nine");
        let hash = hasher.hash(&password, &nora(), &chance).await.unwrap();
        assert_ne!(hash, hasher.hash(&password, &nora(), &chance).await.unwrap());
        assert!(hasher.verify(&password, Some(hash.clone())).await);
        assert!(!hasher.verify(&"otter lantern gravel ten".into(), Some(hash)).await);
        assert!(!hasher.verify(&password, None).await);
        assert!(!hasher.verify(&password, Some("no hash".into())).await);
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody() {
        let hash = Hasher::default()
            .hash(&"otter lantern gravel nine".into(), &nora(), &Chance::seeded(1))
            .await
            .unwrap();
        let parameters = |hash: &str| hash.rsplitn(3, '$').last().unwrap().to_owned();
        assert_eq!(parameters(NOBODY), parameters(&hash));
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(
            nobody.hash.unwrap().as_bytes().len(),
            PasswordHash::new(&hash).unwrap().hash.unwrap().as_bytes().len()
        );
        assert!(Argon2::default().verify_password(b"", &nobody).is_err());
    }
}
