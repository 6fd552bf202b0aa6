//! What is owed and how it was paid; packages that were bought, and their credits.

mod account;
mod credit;
pub mod notice;
mod paid;
pub mod payment;
pub mod purchase;

pub use account::NoCredit;
pub(crate) use account::{Account, Wanted, key};
pub(crate) use credit::{give_back, spend, take_again};
pub use notice::{PurchaseNotice, PurchaseNoticeKind};
pub use paid::Owner;
pub use payment::{PaidBy, PayError};
pub use purchase::{
    Bargain, BuyError, BuyPackage, Credits, PayPurchaseError, PurchaseFacts, PurchaseState, PurchaseView,
};
