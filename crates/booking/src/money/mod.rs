//! What is owed, how it was paid and what goes back; packages that were bought, and their credits.

mod account;
pub mod checkout;
mod credit;
mod ending;
mod ledger;
pub mod notice;
mod owed;
mod paid;
pub mod payment;
pub mod purchase;
mod receipt;
mod reconcile;
pub mod refund;
pub mod service;
mod settle;
mod takings;
mod waive;

pub use account::NoCredit;
pub(crate) use account::{Account, Wanted, key};
pub use checkout::Begun;
pub(crate) use checkout::stop;
pub(crate) use credit::{give_back, spend, take_again};
pub use ledger::{AdjustError, Adjustment, LONGEST_NOTE, LedgerEvent, LedgerLine, MOST_AT_ONCE};
pub use notice::{BackWhy, Left, PurchaseNotice, PurchaseNoticeKind};
pub use owed::{Owed, Owing};
pub use paid::Owner;
pub use payment::{Mark, NoMark, PaidBy, PayError};
pub use purchase::{
    Bargain, BuyError, BuyPackage, Credits, PayPurchaseError, PurchaseFacts, PurchaseState, PurchaseView,
};
pub use receipt::{Issuer, Receipt, ReceiptItem, ReceiptLine, SendReceiptError};
pub use reconcile::{Trouble, TroubleKind};
pub use refund::{RefundError, RefundState, RefundView};
pub(crate) use refund::{give_back_visit, refund_by_policy};
pub use settle::{Told, ToldOf};
pub use takings::Taking;
pub use waive::WaiveError;
