//! The port to whoever takes payments: by hand, or a service on the network.
//!
//! Nothing here is called inside a transaction. What is asked stands in the database before it is asked, under an id that is the
//! question's idempotency key; so a question may be repeated after a crash, and the answer is the same.

use std::pin::Pin;

use kernel::id::{PaymentId, RefundId};
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::token::Token;

use super::Owner;

/// What a question's future is.
pub type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// Takes payments and gives them back.
pub trait Payments: Send + Sync {
    /// The word for it in payments and refunds.
    fn name(&self) -> &'static str;

    /// Whether parents pay on a page of its own, at once.
    fn online(&self) -> bool;

    /// Makes the page on which an order is paid. The same order gives the same page.
    fn begin<'a>(&'a self, order: &'a Order) -> Asking<'a, Session>;

    /// How a session stands.
    fn look<'a>(&'a self, session: &'a str) -> Asking<'a, Session>;

    /// Ends a session, so that nobody can pay it any more; one that ended already is told as it is.
    fn close<'a>(&'a self, session: &'a str) -> Asking<'a, Session>;

    /// Gives money back. The same key gives it back once.
    fn give_back<'a>(&'a self, ask: &'a GiveBack) -> Asking<'a, GivenBack>;
}

/// What shall be paid.
#[derive(Clone, Debug)]
pub struct Order {
    /// The question, and its idempotency key.
    pub payment: PaymentId,
    /// For what.
    pub of: Owner,
    /// The link of its page, to which the parent comes back.
    pub token: Token,
    /// How much.
    pub amount: Money,
    /// The discreet line on the service's page.
    pub title: String,
    /// Until when it can be paid.
    pub expires_at: Instant,
}

/// A page of the service on which something is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The service's name for it.
    pub id: String,
    /// Where it is, while it can be paid.
    pub url: Option<String>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Whether the money is there. A session may be complete without.
    pub paid: bool,
    /// How much it is about; `None` when that is no amount of a currency we know.
    pub amount: Option<Money>,
    /// What the service calls the payment itself: money is given back by it.
    pub intent: Option<String>,
    /// Which question it answers, when it says so.
    pub payment: Option<PaymentId>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// The parent has done her part.
    Complete,
    /// Its time is over.
    Expired,
}

/// Money that shall go back.
#[derive(Clone, Debug)]
pub struct GiveBack {
    /// The idempotency key.
    pub key: String,
    /// The refund.
    pub refund: RefundId,
    /// The payment, as the service calls it.
    pub intent: String,
    /// How much of it.
    pub amount: Money,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenBack {
    /// It goes back.
    Done {
        /// The service's name for the refund.
        id: String,
    },
    /// It does not.
    Failed {
        /// The service's name for the refund.
        id: String,
        /// The service's word for the reason.
        why: String,
    },
    /// The consultant has to do it.
    ByHand,
}

/// Why there is no answer, or not the wished one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// It cannot be reached, is too slow, or says that it is not well.
    #[error("the payment service does not answer ({0})")]
    Away(String),
    /// It answered something that makes no sense.
    #[error("the payment service answers nonsense ({0})")]
    Nonsense(String),
    /// It does not know our key.
    #[error("the payment service refuses the key")]
    Key,
    /// It refuses, and would refuse again: its word for the reason.
    #[error("the payment service refuses: {0}")]
    Refused(String),
}

/// Paid in cash, by transfer or in person, and marked by the consultant: no page, and nothing happens by itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manual;

impl Manual {
    fn none<T>() -> Result<T, ServiceError> {
        Err(ServiceError::Refused("payments are marked by hand".into()))
    }
}

impl Payments for Manual {
    fn name(&self) -> &'static str {
        "manual"
    }

    fn online(&self) -> bool {
        false
    }

    fn begin<'a>(&'a self, _: &'a Order) -> Asking<'a, Session> {
        Box::pin(async { Self::none() })
    }

    fn look<'a>(&'a self, _: &'a str) -> Asking<'a, Session> {
        Box::pin(async { Self::none() })
    }

    fn close<'a>(&'a self, _: &'a str) -> Asking<'a, Session> {
        Box::pin(async { Self::none() })
    }

    fn give_back<'a>(&'a self, _: &'a GiveBack) -> Asking<'a, GivenBack> {
        Box::pin(async { Ok(GivenBack::ByHand) })
    }
}
