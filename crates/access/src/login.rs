//! Making a login, and signing in.
//!
//! The answer and the work are the same for a wrong password and for an address that has no login: one hash is computed, one line is
//! written.

use kernel::db::{Class, class, write};
use kernel::email::EmailAddress;
use kernel::id::LoginId;
use kernel::instant::Instant;
use kernel::rate::TooOften;
use kernel::token::Token;
use sea_orm::{DatabaseTransaction, DbErr};
use secrecy::SecretString;

use crate::audit::{self, Action, Entry};
use crate::password::WeakPassword;
use crate::session::{NewSession, SignedIn};
use crate::{Access, store};

/// Why no login was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateLoginError {
    /// The password is not good enough.
    #[error(transparent)]
    Password(#[from] WeakPassword),
    /// The address has a login.
    #[error("this address has a login already")]
    Exists,
    /// The database failed.
    #[error("the login cannot be kept")]
    Database(#[source] DbErr),
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address has no login, or the password is not its own; nobody is told which.
    #[error("this address and this password do not belong together")]
    Refused,
    /// Too many attempts.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// The database failed.
    #[error("the session cannot be kept")]
    Database(#[from] DbErr),
}

/// What someone typed to be let in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The address as typed; it need not be one.
    pub email: String,
    /// The password as typed.
    pub password: SecretString,
    /// Where from: an IPv4 address or an IPv6 /64.
    pub network: String,
    /// The session that this browser had, which ends now.
    pub old: Option<Token>,
}

impl Access {
    /// Whether anybody can sign in.
    pub async fn has_login(&self) -> Result<bool, DbErr> {
        store::login::any(self.db.reader()).await
    }

    /// Makes a login.
    pub async fn create_login(
        &self,
        email: EmailAddress,
        password: SecretString,
        now: Instant,
    ) -> Result<LoginId, CreateLoginError> {
        let hash = self.hasher.hash(&password, &email, &self.chance).await?;
        let id = LoginId::new(now, &self.chance);
        let entry = self.entry(Some(id), Action::LoginCreated, None, now);
        write(
            &self.db,
            (id, email, hash, entry, now),
            async |tx, (id, email, hash, entry, now)| {
                store::login::insert(tx, *id, email, hash, *now).await?;
                audit::append(tx, *entry, *now).await?;
                Ok(*id)
            },
        )
        .await
        .map_err(|error: DbErr| match class(&error) {
            Class::Duplicate => CreateLoginError::Exists,
            _ => CreateLoginError::Database(error),
        })
    }

    /// Lets someone in who knows the password: ends the browser's old session and makes a new one.
    pub async fn sign_in(&self, attempt: SignIn, now: Instant) -> Result<SignedIn, SignInError> {
        let email = EmailAddress::parse(&attempt.email).ok();
        self.limits
            .sign_in(email.as_ref().map_or("", EmailAddress::key), &attempt.network, now)?;
        let login = match &email {
            Some(email) => store::login::by_email(self.db.reader(), email).await?,
            None => None,
        };
        let hash = login.as_ref().map(|login| login.password_hash.clone());
        let matches = self.hasher.verify(&attempt.password, hash).await;
        let Some(login) = login.filter(|_| matches) else {
            let entry = self.entry(None, Action::SignInRefused, None, now);
            write(&self.db, (entry, now), async |tx, &(entry, now)| {
                audit::append(tx, entry, now).await
            })
            .await?;
            return Err(SignInError::Refused);
        };
        let session = NewSession::make(login.id, login.email, now, &self.chance);
        let entry = self.entry(Some(login.id), Action::SignedIn, Some(session.id().0), now);
        let input = Admission {
            verified: login.password_hash,
            session,
            old: attempt.old,
            entry,
            now,
        };
        write(&self.db, input, admit).await
    }
}

struct Admission {
    /// The hash that the password was compared with.
    verified: String,
    session: NewSession,
    old: Option<Token>,
    entry: Entry,
    now: Instant,
}

async fn admit(tx: &DatabaseTransaction, input: &Admission) -> Result<SignedIn, SignInError> {
    // A reset may have changed the password while the old one was being compared.
    let login = store::login::by_id(tx, input.session.login()).await?;
    if login.is_none_or(|login| login.password_hash != input.verified) {
        return Err(SignInError::Refused);
    }
    store::session::delete_ended(tx, input.now).await?;
    if let Some(old) = &input.old {
        store::session::delete_by_token(tx, &old.hash()).await?;
    }
    let signed_in = input.session.insert(tx).await?;
    audit::append(tx, input.entry, input.now).await?;
    Ok(signed_in)
}
