//! `/admin/money`: what is owed and by whom, and a month's takings as a file.

use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use booking::appointment::AppointmentView;
use booking::money::{Owing, PurchaseView, Taking};
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::money::Money;
use serde::Deserialize;

use super::{Answer, Room, show, url};
use crate::error::PageError;
use crate::extract::{Now, Path, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{MoneyPage, OwedRow, Tab, TakingRow};
use crate::view::format::{self, exact};

/// The month that is shown, "2026-11"; what is none is this one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    month: String,
}

/// The page.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let today = room.practice.zone.date(now);
    let month = month(&asked.month).unwrap_or(today).first_of_month();
    let owed = app.booking().owed(now).await?;
    let takings = app.booking().takings(month).await?;
    let total = takings
        .iter()
        .try_fold(Money::zero(room.practice.currency), |sum, taking| {
            sum.checked_add(taking.amount)
        });
    let visits = owed.visits.iter().map(|(owing, view)| visit(&room, *owing, view));
    let purchases = owed.purchases.iter().map(|view| purchase(&room, view));
    let beside = |months: i64| month.checked_add(months.months()).ok();
    let link = |month: Date| format!("/admin/money?month={}", month.strftime("%Y-%m"));
    let page = MoneyPage {
        desk: room.at(Tab::Settings),
        owed: visits.chain(purchases).collect(),
        month: format::months(month, month),
        file_url: format!("/admin/takings/{}.csv", month.strftime("%Y-%m")),
        earlier_url: beside(-1).map(link),
        later_url: beside(1).filter(|later| *later <= today).map(link),
        total: total.map(exact),
        takings: takings.iter().map(|taking| row(&room, taking)).collect(),
    };
    show(&app, &page)
}

fn month(text: &str) -> Option<Date> {
    format!("{text}-01").parse().ok()
}

fn visit(room: &Room, owing: Owing, view: &AppointmentView) -> OwedRow {
    let facts = &view.facts;
    OwedRow {
        url: url(facts),
        name: facts.parent_name.clone(),
        amount: exact(facts.owed()),
        what: facts.offering_name.clone(),
        when: room.moment(facts.starts),
        why: match owing {
            Owing::Awaiting { .. } => "awaiting",
            Owing::ThirdParty => "third_party",
            Owing::AtVisit => "at_visit",
            Owing::Fee => "fee",
        },
        until: match owing {
            Owing::Awaiting { until } => Some(room.locale.until(until, room.now, &room.practice.zone)),
            _ => None,
        },
    }
}

fn purchase(room: &Room, view: &PurchaseView) -> OwedRow {
    OwedRow {
        url: format!("/admin/purchases/{}", view.facts.id),
        name: view.facts.buyer_name.clone(),
        amount: exact(view.facts.price),
        what: view.facts.package_name.clone(),
        when: room.moment(view.facts.created_at),
        why: "package",
        until: None,
    }
}

fn row(room: &Room, taking: &Taking) -> TakingRow {
    TakingRow {
        date: room.locale.day(taking.at, &room.practice.zone),
        what: taking.what.clone(),
        payer: taking.payer.clone(),
        amount: exact(taking.amount),
        back: taking.amount.minor < 0,
        method: taking.by.to_string(),
        receipt: taking
            .receipt
            .map(|number| (number, format!("/admin/receipts/{number}"))),
    }
}

/// The takings of a month as CSV: `2026-11.csv`.
pub async fn file(State(app): State<App>, Now(now): Now, _: SignedIn, Path(file): Path) -> Answer {
    let month = file.strip_suffix(".csv").and_then(month).ok_or(PageError::NotFound)?;
    let room = Room::enter(&app, now).await?;
    let mut text = String::from("date,kind,amount,currency,method,receipt,what,from,note\r\n");
    for taking in app.booking().takings(month).await? {
        let receipt = taking.receipt.map(|number| number.to_string()).unwrap_or_default();
        let cells = [
            room.practice.zone.date(taking.at).to_string(),
            if taking.amount.minor < 0 { "refund" } else { "payment" }.to_owned(),
            plain(taking.amount),
            taking.amount.currency.code().to_owned(),
            taking.by.to_string(),
            receipt,
            written(&taking.what),
            written(&taking.payer),
            written(taking.note.as_deref().unwrap_or_default()),
        ];
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"takings-{}.csv\"", month.strftime("%Y-%m")),
        ),
    ];
    let mut answer = (head, text).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// "-195.00": digits, a point before those of the currency, and a sign when it went back.
fn plain(money: Money) -> String {
    let digits = money.currency.digits() as usize;
    let unit = 10_u64.pow(money.currency.digits());
    let (sign, all) = (if money.minor < 0 { "-" } else { "" }, money.minor.unsigned_abs());
    if digits == 0 {
        return format!("{sign}{all}");
    }
    format!("{sign}{}.{:0digits$}", all / unit, all % unit)
}

/// A text that others wrote, as a cell: quoted, on one line, and nothing that a spreadsheet would take for a formula.
fn written(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = text.trim();
    let formula = text.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_and_a_sum_has_the_digits_of_its_currency() {
        assert_eq!(written("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(written(" \t@SUM(A1)\n"), "\"'@SUM(A1)\"");
        assert_eq!(written("Ana, Lee"), "\"Ana, Lee\"");
        let money = |minor, code: &str| plain(Money::new(minor, code.parse().unwrap()));
        assert_eq!(
            (money(19_500, "USD"), money(-5, "USD")),
            ("195.00".into(), "-0.05".into())
        );
        assert_eq!(
            (money(5_000, "JPY"), money(12_500, "KWD")),
            ("5000".into(), "12.500".into())
        );
    }
}
