//! Who may see the desk.
//!
//! A **login** is a consultant's address with a password ([`password`]: Argon2id, and only passwords that are hard to guess). Signing in
//! makes a **session**: a random token in the browser, its hash here, with an end that use puts off and one that nothing puts off. A
//! **one-time link** ([`one_time_link`]) stands in for a password once: the first login of an installation, and a forgotten password.
//! The **audit log** ([`audit`]) only ever grows. [`keyring`] recognises the installation's secret key.
//!
//! What this crate refuses: to say whether an address has a login, by its answer or by its work; a second first login; a link twice,
//! or after its hour; a session that nobody has used for a week. It names no HTTP: a network is a text that limits are counted by.
//!
//! Start reading at [`Access::sign_in`].

pub mod audit;
pub mod keyring;
mod limits;
pub mod login;
pub mod one_time_link;
pub mod password;
pub mod session;
mod store;

use kernel::chance::Chance;
use kernel::db::Db;
use kernel::keys::Keys;
use kernel::token::LinkKey;

use limits::Limits;
use password::Hasher;

pub use one_time_link::{ResetAsked, ResetMail};
pub use session::{Session, SignedIn};

/// The use cases of this crate, cheap to clone; clones count limits together.
#[derive(Clone)]
pub struct Access {
    db: Db,
    links: LinkKey,
    chance: Chance,
    hasher: Hasher,
    limits: Limits,
}

impl Access {
    /// `limits` is `false` where `limits.enabled` is.
    pub fn new(db: Db, keys: &Keys, chance: Chance, limits: bool) -> Self {
        Self {
            db,
            links: keys.links.clone(),
            chance,
            hasher: Hasher::default(),
            limits: Limits::new(limits),
        }
    }
}
