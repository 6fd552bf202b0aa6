//! `/admin/receipts/{number}`: a receipt as PDF, and sending it once more.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use booking::money::{Owner, Receipt, SendReceiptError};
use kernel::instant::Instant;

use super::{Answer, Room};
use crate::error::PageError;
use crate::extract::{Now, Path, SignedIn};
use crate::printed;
use crate::state::App;
use crate::view::desk::ReceiptLine;
use crate::view::format::exact;

async fn find(app: &App, number: &str) -> Result<Receipt, PageError> {
    let number: i64 = number.parse().map_err(|_| PageError::NotFound)?;
    app.booking().receipt(number).await?.ok_or(PageError::NotFound)
}

/// The PDF.
pub async fn file(State(app): State<App>, _: SignedIn, Path(number): Path) -> Answer {
    let receipt = find(&app, &number).await?;
    let practice = app.booking().practice().await?;
    let bytes = printed::receipt(&app, &practice.locale, &receipt)?;
    Ok(printed::pdf(bytes, &format!("receipt-{}.pdf", receipt.number)))
}

/// Sends it to who paid, and goes back to what was paid.
pub async fn send(State(app): State<App>, Now(now): Now, _: SignedIn, Path(number): Path) -> Answer {
    let receipt = find(&app, &number).await?;
    match app.booking().send_receipt(receipt.number, now).await {
        Ok(()) => {}
        Err(SendReceiptError::NotFound) => return Err(PageError::NotFound),
        Err(error @ SendReceiptError::Database(_)) => return Err(error.into()),
    }
    let to = match receipt.of {
        Owner::Appointment(id) => format!("/admin/appointments/{id}?done=receipt"),
        Owner::Purchase(id) => format!("/admin/purchases/{id}?done=receipt"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The receipts of an appointment or a purchase, for its page.
pub async fn lines(app: &App, room: &Room, of: Owner) -> Result<Vec<ReceiptLine>, PageError> {
    let date = |at: Instant| room.locale.date_with_year(room.practice.zone.date(at));
    let line = |receipt: Receipt| ReceiptLine {
        number: receipt.number,
        amount: exact(receipt.amount),
        date: date(receipt.paid_at),
        url: format!("/admin/receipts/{}", receipt.number),
    };
    Ok(app.booking().receipts(of).await?.into_iter().map(line).collect())
}
