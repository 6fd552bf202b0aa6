//! Links that stand in for a password, once and for an hour: the first login, and a forgotten password.
//!
//! The first-login link is random and shown on the console of whoever started the program; it is worth nothing once a login exists. A
//! reset link is derived from its row's id, because the mail that carries it is written when it is sent, perhaps more than once; the row
//! keeps its hash alone.

use std::pin::Pin;
use std::sync::Arc;

use jiff::SignedDuration;
use kernel::db::{claim, write};
use kernel::email::EmailAddress;
use kernel::id::{LoginId, OneTimeLinkId};
use kernel::instant::Instant;
use kernel::rate::TooOften;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Action, Entry};
use crate::password::WeakPassword;
use crate::session::{NewSession, SignedIn};
use crate::{Access, store};

/// How long a link can be used.
pub const VALID: SignedDuration = SignedDuration::from_hours(1);
const RESET: &str = "reset";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    FirstLogin,
    Reset,
}

impl Purpose {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::FirstLogin => "first_login",
            Self::Reset => RESET,
        }
    }
}

/// Why a link did not let its holder in.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Used, too old, or never made.
    #[error("this link has been used, or its hour is over")]
    Gone,
    /// The password is not good enough; the link can still be used.
    #[error(transparent)]
    Password(#[from] WeakPassword),
    /// The database failed.
    #[error("the password cannot be kept")]
    Database(#[from] DbErr),
}

/// Why a reset cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum RequestResetError {
    /// Too many from this network.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The database failed.
    #[error("the reset cannot be kept")]
    Database(#[from] DbErr),
}

/// A reset that was asked for: what the mail that carries its link is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResetAsked {
    /// From which [`Access::reset_link`] makes the link.
    pub link: OneTimeLinkId,
    /// The login's address.
    pub to: EmailAddress,
    /// When the link ends.
    pub ends_at: Instant,
}

/// Puts the mail of a reset into the outbox, inside the transaction that keeps the link.
pub trait ResetMail: Send + Sync {
    /// Called once for each reset of an address that has a login.
    fn reset_asked<'a>(
        &'a self,
        tx: &'a DatabaseTransaction,
        reset: &'a ResetAsked,
        now: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'a>>;
}

impl Access {
    /// A new link for the first login, valid for an hour; `None` once a login exists. Links made before end.
    pub async fn first_login_link(&self, now: Instant) -> Result<Option<Token>, DbErr> {
        if self.has_login().await? {
            return Ok(None);
        }
        let (id, token) = (OneTimeLinkId::new(now, &self.chance), Token::random(&self.chance));
        write(&self.db, (id, token.hash(), now), async |tx, (id, hash, now)| {
            store::one_time_link::close(tx, Purpose::FirstLogin, None).await?;
            store::one_time_link::insert(tx, *id, Purpose::FirstLogin, None, hash.clone(), (*now, *now + VALID)).await
        })
        .await?;
        Ok(Some(token))
    }

    /// Whether a first-login link would let its holder in now.
    pub async fn first_login_open(&self, token: &Token, now: Instant) -> Result<bool, DbErr> {
        let open = store::one_time_link::find_open(self.db.reader(), Purpose::FirstLogin, &token.hash(), now).await?;
        Ok(open.is_some() && !self.has_login().await?)
    }

    /// Makes the first login and signs it in.
    pub async fn use_first_login_link(
        &self,
        token: &Token,
        email: EmailAddress,
        password: SecretString,
        now: Instant,
    ) -> Result<SignedIn, LinkError> {
        if !self.first_login_open(token, now).await? {
            return Err(LinkError::Gone);
        }
        let hash = self.hasher.hash(&password, &email, &self.chance).await?;
        let login = LoginId::new(now, &self.chance);
        let session = NewSession::make(login, email.clone(), now, &self.chance);
        let entry = self.entry(Some(login), Action::LoginCreated, Some(session.id().0), now);
        let input = Entrance {
            token: token.clone(),
            hash,
            session,
            entry,
            now,
        };
        write(&self.db, (input, email), make_first_login).await
    }

    /// Mails a reset link to `email` if it has a login. The answer is the same for every address, and so is what is written.
    pub async fn request_reset(
        &self,
        email: &str,
        network: &str,
        mailer: Arc<dyn ResetMail>,
        now: Instant,
    ) -> Result<(), RequestResetError> {
        self.limits.reset_from(network, now)?;
        let Ok(email) = EmailAddress::parse(email) else {
            return Ok(());
        };
        if self.limits.reset_of(email.key(), now).is_err() {
            return Ok(());
        }
        let login = store::login::by_email(self.db.reader(), &email).await?;
        let link = OneTimeLinkId::new(now, &self.chance);
        let entry = self.entry(login.as_ref().map(|login| login.id), Action::ResetAsked, None, now);
        let reset = login.map(|login| {
            (
                login.id,
                ResetAsked {
                    link,
                    to: login.email,
                    ends_at: now + VALID,
                },
            )
        });
        write(
            &self.db,
            (reset, self.reset_link(link), mailer, entry, now),
            async |tx, (reset, token, mailer, entry, now)| {
                if let Some((login, reset)) = reset {
                    let span = (*now, reset.ends_at);
                    store::one_time_link::insert(tx, reset.link, Purpose::Reset, Some(*login), token.hash(), span)
                        .await?;
                    mailer.reset_asked(tx, reset, *now).await?;
                }
                audit::append(tx, *entry, *now).await
            },
        )
        .await
        .map_err(RequestResetError::Database)
    }

    /// The text of a reset's link, for the mail that carries it.
    pub fn reset_link(&self, link: OneTimeLinkId) -> Token {
        self.links.link(RESET, link.0, 1)
    }

    /// Whether a reset link would let its holder in now.
    pub async fn reset_open(&self, token: &Token, now: Instant) -> Result<bool, DbErr> {
        let open = store::one_time_link::find_open(self.db.reader(), Purpose::Reset, &token.hash(), now).await?;
        Ok(open.is_some())
    }

    /// Gives the login of a reset link another password, ends all its sessions and open links, and signs it in.
    pub async fn reset(&self, token: &Token, password: SecretString, now: Instant) -> Result<SignedIn, LinkError> {
        let link = store::one_time_link::find_open(self.db.reader(), Purpose::Reset, &token.hash(), now).await?;
        let id = link.and_then(|link| link.login_id).ok_or(LinkError::Gone)?;
        let login = store::login::by_id(self.db.reader(), id)
            .await?
            .ok_or(LinkError::Gone)?;
        let hash = self.hasher.hash(&password, &login.email, &self.chance).await?;
        let session = NewSession::make(id, login.email, now, &self.chance);
        let entry = self.entry(Some(id), Action::PasswordReset, Some(session.id().0), now);
        let input = Entrance {
            token: token.clone(),
            hash,
            session,
            entry,
            now,
        };
        write(&self.db, input, change_password).await
    }
}

struct Entrance {
    token: Token,
    /// Of the new password.
    hash: String,
    session: NewSession,
    entry: Entry,
    now: Instant,
}

async fn make_first_login(
    tx: &DatabaseTransaction,
    (input, email): &(Entrance, EmailAddress),
) -> Result<SignedIn, LinkError> {
    claim(tx, &["first_login".to_owned()]).await?;
    if store::login::any(tx).await? {
        return Err(LinkError::Gone);
    }
    use_up(tx, Purpose::FirstLogin, input).await?;
    let login: LoginId = input.session.login();
    store::login::insert(tx, login, email, &input.hash, input.now).await?;
    let signed_in = input.session.insert(tx).await?;
    audit::append(tx, input.entry, input.now).await?;
    Ok(signed_in)
}

async fn change_password(tx: &DatabaseTransaction, input: &Entrance) -> Result<SignedIn, LinkError> {
    let login = input.session.login();
    use_up(tx, Purpose::Reset, input).await?;
    store::login::set_password(tx, login, &input.hash, input.now).await?;
    store::one_time_link::close(tx, Purpose::Reset, Some(login)).await?;
    store::session::delete_of(tx, login).await?;
    let signed_in = input.session.insert(tx).await?;
    audit::append(tx, input.entry, input.now).await?;
    Ok(signed_in)
}

/// The last word on "once": of two that come at the same moment one updates the row.
async fn use_up(tx: &DatabaseTransaction, purpose: Purpose, input: &Entrance) -> Result<(), LinkError> {
    let open = store::one_time_link::find_open(tx, purpose, &input.token.hash(), input.now).await?;
    let link = open.ok_or(LinkError::Gone)?;
    if store::one_time_link::use_up(tx, link.id, input.now).await? {
        Ok(())
    } else {
        Err(LinkError::Gone)
    }
}
