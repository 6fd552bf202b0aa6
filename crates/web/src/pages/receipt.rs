//! The receipts behind the link of an appointment or a purchase.

use axum::extract::{Path as AxumPath, State};
use booking::money::Receipt;
use kernel::token::Token;

use super::Answer;
use crate::error::PageError;
use crate::guest::Guest;
use crate::printed;
use crate::state::App;
use crate::view::format::exact;
use crate::view::pages::ReceiptLink;

/// The PDF; a number of somebody else's leads nowhere.
pub async fn file(
    State(app): State<App>,
    guest: Guest,
    AxumPath((token, number)): AxumPath<(String, String)>,
) -> Answer {
    let all = app.booking().receipts_behind(&Token::presented(&token)).await?;
    let found = all
        .into_iter()
        .flatten()
        .find(|receipt| receipt.number.to_string() == number);
    let receipt = found.ok_or(PageError::NotFound)?;
    let bytes = printed::receipt(&app, &guest.practice.locale, &receipt)?;
    Ok(printed::pdf(bytes, &format!("receipt-{}.pdf", receipt.number)))
}

/// The links to the receipts behind a link, below its page's path.
pub async fn links(app: &App, token: &Token, path: &str) -> Result<Vec<ReceiptLink>, PageError> {
    let link = |receipt: Receipt| ReceiptLink {
        number: receipt.number,
        amount: exact(receipt.amount),
        url: format!("{path}/receipts/{}", receipt.number),
    };
    let all = app.booking().receipts_behind(token).await?.unwrap_or_default();
    Ok(all.into_iter().map(link).collect())
}
