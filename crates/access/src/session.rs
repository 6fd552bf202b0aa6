//! Sessions: a signed-in browser.
//!
//! A session ends when nobody has used it for [`IDLE`], and after [`LIFETIME`] in any case. She opens the desk in her car between two
//! visits, so the first is a week and not an hour.

use jiff::SignedDuration;
use kernel::chance::Chance;
use kernel::db::write;
use kernel::email::EmailAddress;
use kernel::id::{LoginId, SessionId};
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, DbErr};

use crate::audit::{self, Action};
use crate::{Access, store};

/// Without use it ends after this time.
pub const IDLE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// With or without use it ends after this time.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Use is written down at most this often.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Of the row.
    pub id: SessionId,
    /// Whose it is.
    pub login: LoginId,
    /// The login's address.
    pub email: EmailAddress,
    /// When it ends at the latest.
    pub ends_at: Instant,
}

/// A session that has just begun, and the token that the browser keeps.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Shown once.
    pub token: Token,
    /// Whose it is.
    pub session: Session,
}

impl Access {
    /// The session of a token, if it has not ended; using it puts off its end.
    pub async fn session(&self, token: &Token, now: Instant) -> Result<Option<Session>, DbErr> {
        let Some((row, email)) = store::session::find(self.db.reader(), &token.hash()).await? else {
            return Ok(None);
        };
        if row.ends_at <= now || row.seen_at + IDLE <= now {
            return Ok(None);
        }
        if row.seen_at + SEEN_EVERY <= now {
            write(&self.db, (row.id, now), async |tx, &(id, now)| {
                store::session::see(tx, id, now).await
            })
            .await?;
        }
        Ok(Some(Session {
            id: row.id,
            login: row.login_id,
            email,
            ends_at: row.ends_at,
        }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, session: &Session, now: Instant) -> Result<(), DbErr> {
        let entry = self.entry(Some(session.login), Action::SignedOut, Some(session.id.0), now);
        write(&self.db, (session.id, entry, now), async |tx, &(id, entry, now)| {
            store::session::delete(tx, id).await?;
            audit::append(tx, entry, now).await
        })
        .await
    }
}

/// A session that is about to begin.
pub(crate) struct NewSession {
    token: Token,
    session: Session,
    begins_at: Instant,
}

impl NewSession {
    pub(crate) fn make(login: LoginId, email: EmailAddress, now: Instant, chance: &Chance) -> Self {
        let session = Session {
            id: SessionId::new(now, chance),
            login,
            email,
            ends_at: now + LIFETIME,
        };
        Self {
            token: Token::random(chance),
            session,
            begins_at: now,
        }
    }

    pub(crate) fn id(&self) -> SessionId {
        self.session.id
    }

    pub(crate) fn login(&self) -> LoginId {
        self.session.login
    }

    pub(crate) async fn insert(&self, tx: &impl ConnectionTrait) -> Result<SignedIn, DbErr> {
        let row = store::session::Model {
            id: self.session.id,
            login_id: self.session.login,
            token_hash: self.token.hash(),
            created_at: self.begins_at,
            seen_at: self.begins_at,
            ends_at: self.session.ends_at,
        };
        store::session::insert(tx, row).await?;
        Ok(SignedIn {
            token: self.token.clone(),
            session: self.session.clone(),
        })
    }
}
