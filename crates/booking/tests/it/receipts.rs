//! Receipts, what is owed, the month's takings, and the ledger of credits over random histories.

use booking::appointment::{BookSlot, CancelReason, NoticeKind, State};
use booking::money::{
    AdjustError, Adjustment, BuyPackage, LedgerEvent, Mark, NoMark, Owing, PaidBy, PurchaseView, ReceiptItem,
};
use booking::practice::Mode;
use jiff::civil::date;
use kernel::instant::Instant;
use kernel::zone::Zone;
use proptest::prelude::*;

use crate::app::{App, at, family, login, monday, wish};

async fn bought(app: &App, n: u32, now: Instant) -> PurchaseView {
    let buyer = family(n, wish("follow-up", now));
    let wish = BuyPackage {
        package: "first-weeks".into(),
        name: buyer.name,
        email: buyer.email,
        phone: buyer.phone,
        key: None,
    };
    app.booking.buy(wish, now).await.unwrap().purchase
}

fn new_york() -> Zone {
    Zone::named("America/New_York").unwrap()
}

#[tokio::test]
async fn a_receipt_says_what_was_paid_by_whom_and_goes_with_the_invitation() {
    let app = App::new().await;
    let visit = app
        .book(wish("initial-consultation", at("2026-03-05T15:00:00Z")), monday())
        .await
        .unwrap()
        .appointment;
    app.heard.take();
    let mark = Mark::on(
        PaidBy::Transfer,
        Some(date(2026, 3, 1)),
        " seen on my account ",
        &new_york(),
        monday(),
    )
    .unwrap();
    app.booking
        .mark_paid(visit.facts.id, mark, login(), monday())
        .await
        .unwrap();
    let told = app.heard.take();
    assert!(matches!(told[0].kind, NoticeKind::Confirmed { was_requested: true }));
    let receipt = told[0].facts.receipt.clone().unwrap();
    assert_eq!(
        (receipt.number, receipt.payer.as_str(), receipt.by),
        (1, "Ana Lee", PaidBy::Transfer)
    );
    assert_eq!(
        receipt.paid_at,
        at("2026-03-01T17:00:00Z"),
        "noon of the day that she named"
    );
    assert_eq!(receipt.amount, visit.facts.price);
    assert!(matches!(&receipt.lines[0].item, ReceiptItem::Visit { at, .. } if *at == visit.facts.starts));
    assert_eq!(receipt.issuer.name, "Slow Lantern Lactation");
    assert!(app.heard.receipts().is_empty());
    assert_eq!(app.booking.receipt(1).await.unwrap(), Some(receipt.clone()));
    assert_eq!(
        app.booking.receipts_behind(&visit.token).await.unwrap(),
        Some(vec![receipt])
    );
    app.booking.send_receipt(1, monday()).await.unwrap();
    assert_eq!(app.heard.receipts().len(), 1);
    assert!(
        app.execute("UPDATE receipt SET number = 9").await.is_err(),
        "append-only"
    );
    let takings = app.booking.takings(date(2026, 3, 15)).await.unwrap();
    assert_eq!((takings.len(), takings[0].receipt), (1, Some(1)));
    assert_eq!(takings[0].note.as_deref(), Some("seen on my account"));
    assert!(app.booking.takings(date(2026, 2, 1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_mark_of_a_day_to_come_or_of_long_ago_is_refused() {
    let mark = |day| Mark::on(PaidBy::Cash, Some(day), "", &new_york(), monday());
    assert_eq!(mark(date(2026, 3, 3)), Err(NoMark::Future));
    assert_eq!(mark(date(2023, 3, 3)), Err(NoMark::LongAgo));
    assert!(mark(date(2026, 3, 2)).is_ok());
    let long = Mark::on(PaidBy::Cash, None, &"x".repeat(501), &new_york(), monday());
    assert_eq!(long, Err(NoMark::Note));
}

#[tokio::test]
async fn receipts_are_numbered_without_a_gap_under_a_storm_of_marks() {
    let app = App::new().await;
    let mut tasks = Vec::new();
    for n in 0..24 {
        let id = bought(&app, n, monday()).await.facts.id;
        // Every purchase is marked twice at once: one of the marks fails, and takes no number with it.
        for _ in 0..2 {
            let booking = app.booking.clone();
            tasks.push(tokio::spawn(async move {
                booking
                    .mark_purchase_paid(id, PaidBy::Cash, login(), monday())
                    .await
                    .is_ok()
            }));
        }
    }
    let mut marked = 0;
    for task in tasks {
        marked += i64::from(task.await.unwrap());
    }
    assert_eq!(marked, 24);
    for sql in [
        "SELECT COUNT(*) FROM receipt",
        "SELECT MAX(number) FROM receipt",
        "SELECT last FROM receipt_counter",
    ] {
        assert_eq!(app.count(sql).await, marked, "{sql}");
    }
    assert_eq!(app.count("SELECT MIN(number) FROM receipt").await, 1);
}

#[tokio::test]
async fn what_is_owed_stands_in_one_list_until_it_is_paid() {
    let app = App::with("[[offerings]]\nslug = \"follow-up\"\naudience = \"everyone\"\nterms = \"at_visit\"\n").await;
    let waits = app
        .book(
            family(1, wish("initial-consultation", at("2026-03-05T15:00:00Z"))),
            monday(),
        )
        .await
        .unwrap()
        .appointment;
    let at_visit = app
        .book(family(2, wish("follow-up", at("2026-03-06T15:00:00Z"))), monday())
        .await
        .unwrap()
        .appointment;
    let purchase = bought(&app, 3, monday()).await;
    let owed = app.booking.owed(monday()).await.unwrap();
    let why: Vec<Owing> = owed.visits.iter().map(|(why, _)| *why).collect();
    assert!(
        matches!(why.as_slice(), [Owing::Awaiting { .. }, Owing::AtVisit]),
        "{why:?}"
    );
    assert_eq!(owed.purchases[0].facts.id, purchase.facts.id);
    // Cancelled late for a reason of her own: what the policy keeps is owed, and a receipt calls it that.
    let late = at("2026-03-06T12:00:00Z");
    let reason = CancelReason::parse("the car broke down");
    app.booking.cancel(&at_visit.token, reason, late).await.unwrap();
    let owed = app.booking.owed(late).await.unwrap();
    let (why, fee) = owed.visits.last().unwrap();
    assert_eq!((*why, fee.facts.owed()), (Owing::Fee, at_visit.facts.price.share(50)));
    app.booking
        .mark_paid(at_visit.facts.id, PaidBy::Cash, login(), late)
        .await
        .unwrap();
    let alone = app.heard.receipts();
    assert!(
        matches!(alone[0].lines[0].item, ReceiptItem::Fee { .. }),
        "told alone, because nothing else is"
    );
    let owed = app.booking.owed(waits.facts.starts).await.unwrap();
    assert!(owed.visits.is_empty(), "a hold that is over is owed by nobody");
}

#[tokio::test]
async fn credits_are_given_and_taken_with_a_note_and_never_below_nothing() {
    let app = App::new().await;
    let purchase = bought(&app, 1, monday()).await;
    let adjust = async |amount, note: &str, now| {
        let what = Adjustment {
            purchase: purchase.facts.id,
            offering: "follow-up".into(),
            amount,
            note: note.into(),
        };
        app.booking.adjust_credits(what, login(), now).await
    };
    assert!(matches!(adjust(1, "", monday()).await, Err(AdjustError::Unpaid)));
    app.booking
        .mark_purchase_paid(purchase.facts.id, PaidBy::Cash, login(), monday())
        .await
        .unwrap();
    adjust(1, "a gift", monday()).await.unwrap();
    assert!(matches!(
        adjust(-4, "", monday()).await,
        Err(AdjustError::NotSoMany { left: 3 })
    ));
    adjust(-3, "", monday()).await.unwrap();
    assert!(matches!(adjust(0, "", monday()).await, Err(AdjustError::Amount)));
    assert!(matches!(
        adjust(1, &"x".repeat(501), monday()).await,
        Err(AdjustError::Note)
    ));
    let over = at("2027-03-03T00:00:00Z");
    assert!(matches!(adjust(1, "", over).await, Err(AdjustError::Over)));
    let ledger = app.booking.ledger(purchase.facts.id).await.unwrap();
    let gift = ledger.iter().find(|line| line.event == LedgerEvent::Adjusted).unwrap();
    assert_eq!((gift.amount, gift.note.as_deref()), (1, Some("a gift")));
    let clear = "SELECT COUNT(*) FROM credit_note WHERE CAST(note AS TEXT) LIKE '%gift%'";
    assert_eq!(app.count(clear).await, 0, "the note is sealed");
}

/// What somebody does to a purchase.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Book(usize),
    Cancel(usize, bool),
    Miss(usize, bool),
    Came(usize),
    Adjust(i32),
    Later(i64),
    Expire,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (0..40usize).prop_map(Deed::Book),
        (0..6usize, any::<bool>()).prop_map(|(which, neutral)| Deed::Cancel(which, neutral)),
        (0..6usize, any::<bool>()).prop_map(|(which, keep)| Deed::Miss(which, keep)),
        (0..6usize).prop_map(Deed::Came),
        (-3..3i32).prop_map(Deed::Adjust),
        (1..40i64).prop_map(Deed::Later),
        Just(Deed::Expire),
    ]
}

async fn run(deeds: Vec<Deed>) {
    let app = App::new().await;
    let purchase = bought(&app, 1, monday()).await;
    let id = purchase.facts.id;
    app.booking
        .mark_purchase_paid(id, PaidBy::Cash, login(), monday())
        .await
        .unwrap();
    let (mut now, mut visits) = (monday(), Vec::new());
    for deed in deeds {
        match deed {
            Deed::Book(n) => {
                let slots = app.slots("follow-up", Mode::Telehealth, now, now).await;
                let Some(slot) = slots.get(n % slots.len().max(1)) else {
                    continue;
                };
                let slot = BookSlot {
                    credit: Some(purchase.token.clone()),
                    ..wish("follow-up", slot.start)
                };
                if let Ok(booked) = app.book(slot, now).await {
                    visits.push(booked.appointment);
                }
            }
            Deed::Cancel(which, neutral) => {
                if let Some(visit) = visits.get(which) {
                    let reason = CancelReason::parse(if neutral { "illness" } else { "no car" });
                    let _ = app.booking.cancel(&visit.token, reason, now).await;
                }
            }
            Deed::Miss(which, keep) => {
                if let Some(visit) = visits.get(which) {
                    let _ = app.booking.missed(visit.facts.id, keep, login(), now).await;
                }
            }
            Deed::Came(which) => {
                if let Some(visit) = visits.get(which) {
                    let _ = app.booking.came(visit.facts.id, login(), now).await;
                }
            }
            Deed::Adjust(amount) => {
                let what = Adjustment {
                    purchase: id,
                    offering: "follow-up".into(),
                    amount,
                    note: String::new(),
                };
                let _ = app.booking.adjust_credits(what, login(), now).await;
            }
            Deed::Later(hours) => now = now.plus_minutes(hours * 60),
            Deed::Expire => {
                app.booking.expire_credits(now).await.unwrap();
            }
        }
        adds_up(&app, id, now).await;
    }
    for visit in &visits {
        let view = app.booking.appointment(visit.facts.id).await.unwrap().unwrap();
        assert!(view.facts.by_credit && !matches!(view.facts.state, State::AwaitingPayment { .. }));
    }
}

/// The balance is the ledger's sum after every line, never below nothing, and never above what was granted and given.
async fn adds_up(app: &App, id: kernel::id::PurchaseId, now: Instant) {
    let ledger = app.booking.ledger(id).await.unwrap();
    let view = app.booking.purchase_by_id(id, now).await.unwrap().unwrap();
    for credits in &view.credits {
        let (mut left, mut given) = (0, 0);
        for line in ledger.iter().filter(|line| line.offering == credits.offering_name) {
            left += line.amount;
            if line.event == LedgerEvent::Granted || (line.event == LedgerEvent::Adjusted && line.amount > 0) {
                given += line.amount;
            }
            assert!((0..=given).contains(&left), "{left} of {given}");
        }
        assert_eq!(i64::from(left), i64::from(credits.left));
    }
    let twice = "SELECT COUNT(*) FROM (SELECT appointment_id, SUM(amount) AS net FROM credit_ledger \
        WHERE appointment_id IS NOT NULL GROUP BY appointment_id) v WHERE net NOT IN (-1, 0)";
    assert_eq!(app.count(twice).await, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn over_random_histories_the_balance_is_the_ledgers_sum(deeds in prop::collection::vec(deed(), 1..40)) {
        tokio::runtime::Runtime::new().unwrap().block_on(run(deeds));
    }
}
