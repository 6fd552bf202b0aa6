//! What is printed: from facts to the paper, and to the answer that carries it.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use booking::money::{Receipt, ReceiptItem};

use crate::pages::keep_private;
use crate::state::App;
use crate::view::format::{Locale, exact};
use crate::view::paper::{self, PaperError, ReceiptPaper, ReceiptRow, cell};

/// A receipt as PDF, written as the practice writes dates.
pub fn receipt(app: &App, locale: &str, receipt: &Receipt) -> Result<Vec<u8>, PaperError> {
    let (letter, locale) = (locale.eq_ignore_ascii_case("en-us"), Locale::named(locale));
    let issuer = &receipt.issuer;
    let date = |at| locale.date_with_year(issuer.zone.date(at));
    let row = |line: &booking::money::ReceiptLine| {
        let (kind, name, at) = match &line.item {
            ReceiptItem::Visit { name, at } => ("visit", name.as_str(), Some(*at)),
            ReceiptItem::Trip => ("trip", "", None),
            ReceiptItem::Fee { name, at } => ("fee", name.as_str(), Some(*at)),
            ReceiptItem::Package { name } => ("package", name.as_str(), None),
        };
        ReceiptRow {
            kind,
            name: cell(name),
            date: at.map(date).unwrap_or_default(),
            amount: exact(line.amount),
        }
    };
    let contact = [issuer.phone.as_str(), issuer.email.as_str()];
    let head = issuer.address.iter().map(String::as_str).chain(contact).map(cell);
    let paper = ReceiptPaper {
        number: receipt.number,
        issuer: cell(&issuer.name),
        head: head.filter(|line| !line.is_empty()).collect(),
        payer: cell(&receipt.payer),
        issued: date(receipt.issued_at),
        paid: date(receipt.paid_at),
        method: receipt.by.to_string(),
        rows: receipt.lines.iter().map(row).collect(),
        total: exact(receipt.amount),
        letter,
    };
    paper::print(app.view(), &paper)
}

/// A PDF as an answer: one person's, under a name that tells nothing.
pub fn pdf(bytes: Vec<u8>, name: &str) -> Response {
    let head = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    let mut answer = (head, bytes).into_response();
    keep_private(&mut answer);
    answer
}
