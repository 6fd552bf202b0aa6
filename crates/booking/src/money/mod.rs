//! What is owed, how it was paid and what goes back; packages that were bought, and their credits.

mod account;
pub mod checkout;
mod credit;
pub mod notice;
mod paid;
pub mod payment;
pub mod purchase;
mod reconcile;
pub mod refund;
pub mod service;
mod settle;
mod waive;

pub use account::NoCredit;
pub(crate) use account::{Account, Wanted, key};
pub use checkout::Begun;
pub(crate) use checkout::stop;
pub(crate) use credit::{give_back, spend, take_again};
pub use notice::{BackWhy, PurchaseNotice, PurchaseNoticeKind};
pub use paid::Owner;
pub use payment::{PaidBy, PayError};
pub use purchase::{
    Bargain, BuyError, BuyPackage, Credits, PayPurchaseError, PurchaseFacts, PurchaseState, PurchaseView,
};
pub use reconcile::{Trouble, TroubleKind};
pub use refund::{RefundError, RefundState, RefundView};
pub(crate) use refund::{give_back_visit, refund_by_policy};
pub use settle::{Told, ToldOf};
pub use waive::WaiveError;
