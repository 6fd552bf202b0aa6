//! What is owed and how it was paid; packages that were bought, and their credits.

mod credit;
pub mod notice;
mod paid;
pub mod payment;
pub mod purchase;

pub(crate) use credit::{give_back, spend};
pub use notice::{PurchaseNotice, PurchaseNoticeKind};
pub use paid::Owner;
pub use payment::{PaidBy, PayError};
pub use purchase::{
    Bargain, BuyError, BuyPackage, Credits, PayPurchaseError, PurchaseFacts, PurchaseState, PurchaseView,
};
