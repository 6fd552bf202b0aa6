//! Packages: bought, paid, their credits spent, given back and ended; the ledger always adds up.

use booking::appointment::{BookError, CancelReason, State};
use booking::money::{BuyError, BuyPackage, PaidBy, PayPurchaseError, PurchaseNoticeKind, PurchaseState, PurchaseView};
use booking::practice::Mode;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::app::{App, at, family, login, monday, wish};

fn first_weeks() -> BuyPackage {
    let buyer = wish("follow-up", monday());
    BuyPackage {
        package: "first-weeks".into(),
        name: buyer.name,
        email: buyer.email,
        phone: buyer.phone,
        key: None,
    }
}

async fn bought(app: &App) -> PurchaseView {
    app.booking.buy(first_weeks(), monday()).await.unwrap().purchase
}

async fn paid(app: &App) -> PurchaseView {
    let id = bought(app).await.facts.id;
    app.booking
        .mark_purchase_paid(id, PaidBy::Transfer, login(), monday())
        .await
        .unwrap()
}

/// How many follow-ups are left.
async fn left(app: &App, token: &Token, now: Instant) -> u32 {
    let view = app.booking.purchase(token, now).await.unwrap().unwrap();
    let credits = view.credits.iter().find(|c| c.offering.as_str() == "follow-up");
    credits.unwrap().left
}

async fn starts(app: &App, from: Instant, now: Instant) -> Vec<Instant> {
    let slots = app.slots("follow-up", Mode::Telehealth, from, now).await;
    slots.iter().step_by(4).map(|slot| slot.start).collect()
}

fn with(token: &Token, n: u32, start: Instant) -> booking::appointment::BookSlot {
    booking::appointment::BookSlot {
        credit: Some(token.clone()),
        ..family(n, wish("follow-up", start))
    }
}

/// The sum of every purchase's ledger is neither below zero nor above what was granted, and each line of a visit has its visit.
async fn adds_up(app: &App) {
    let off = "SELECT COUNT(*) FROM (SELECT purchase_id, offering_id, SUM(amount) AS rest, \
        SUM(CASE event WHEN 'granted' THEN amount ELSE 0 END) AS granted FROM credit_ledger GROUP BY purchase_id, offering_id) s \
        WHERE rest < 0 OR rest > granted";
    assert_eq!(app.count(off).await, 0);
    let spent = "SELECT COUNT(*) FROM credit_ledger l WHERE l.event = 'spent' AND NOT EXISTS \
        (SELECT 1 FROM appointment a WHERE a.id = l.appointment_id AND a.purchase_id = l.purchase_id)";
    assert_eq!(app.count(spent).await, 0);
    let unspent = "SELECT COUNT(*) FROM appointment a WHERE a.purchase_id IS NOT NULL AND NOT EXISTS \
        (SELECT 1 FROM credit_ledger l WHERE l.appointment_id = a.id AND l.event = 'spent')";
    assert_eq!(app.count(unspent).await, 0);
}

#[tokio::test]
async fn a_package_grants_its_credits_when_it_is_paid_and_once() {
    let app = App::new().await;
    let asked = bought(&app).await;
    assert_eq!((asked.state, asked.expires_at), (PurchaseState::AwaitingPayment, None));
    let told = app.heard.purchases();
    assert!(matches!(told[0].kind, PurchaseNoticeKind::Requested { .. }));
    let start = starts(&app, monday(), monday()).await[0];
    let refused = app.book(with(&asked.token, 1, start), monday()).await;
    assert!(matches!(refused, Err(BookError::NoCredit(_))), "{refused:?}");
    let paid = app
        .booking
        .mark_purchase_paid(asked.facts.id, PaidBy::Cash, login(), monday())
        .await
        .unwrap();
    assert_eq!(paid.state, PurchaseState::Active);
    assert!(paid.credits.iter().all(|c| c.left == c.bought && c.granted == c.bought));
    let again = app
        .booking
        .mark_purchase_paid(asked.facts.id, PaidBy::Cash, login(), monday())
        .await;
    assert!(matches!(again, Err(PayPurchaseError::AlreadyPaid)));
    assert_eq!(app.heard.purchases().len(), 1);
    let booked = app
        .book(with(&paid.token, 1, start), monday())
        .await
        .unwrap()
        .appointment;
    assert_eq!(booked.facts.state, State::Confirmed);
    assert!(booked.facts.by_credit && booked.facts.owed().is_zero());
    adds_up(&app).await;
}

#[tokio::test]
async fn of_many_who_spend_the_same_credits_at_once_only_as_many_visits_are_booked_as_were_bought() {
    let app = App::new().await;
    let paid = paid(&app).await;
    let count = left(&app, &paid.token, monday()).await;
    let mut tasks = Vec::new();
    for (n, start) in (0..).zip(starts(&app, monday(), monday()).await.into_iter().take(12)) {
        let (booking, wish) = (app.booking.clone(), with(&paid.token, n, start));
        tasks.push(tokio::spawn(async move { booking.book(wish, monday()).await }));
    }
    let mut booked = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => booked += 1,
            Err(BookError::NoCredit(_) | BookError::SlotTaken) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(booked, count);
    assert_eq!(left(&app, &paid.token, monday()).await, 0);
    adds_up(&app).await;
}

#[tokio::test]
async fn a_visit_cancelled_in_time_gives_its_credit_back_and_a_late_one_does_not() {
    let app = App::new().await;
    let paid = paid(&app).await;
    let before = left(&app, &paid.token, monday()).await;
    let all = starts(&app, monday().plus_minutes(3 * 1440), monday()).await;
    let visit = app
        .book(with(&paid.token, 1, all[0]), monday())
        .await
        .unwrap()
        .appointment;
    assert_eq!(left(&app, &paid.token, monday()).await, before - 1);
    let done = app.booking.cancel(&visit.token, None, monday()).await.unwrap();
    assert!(done.credit_returned);
    assert_eq!(left(&app, &paid.token, monday()).await, before);
    let late = app
        .book(with(&paid.token, 1, all[0]), monday())
        .await
        .unwrap()
        .appointment;
    let hour_before = all[0].plus_minutes(-60);
    let done = app
        .booking
        .cancel(&late.token, CancelReason::parse("the car broke down"), hour_before)
        .await
        .unwrap();
    assert!(!done.credit_returned);
    assert_eq!(left(&app, &paid.token, hour_before).await, before - 1);
    let ill = app
        .book(with(&paid.token, 1, all[1]), monday())
        .await
        .unwrap()
        .appointment;
    let hour_before = all[1].plus_minutes(-60);
    let done = app
        .booking
        .cancel(&ill.token, CancelReason::parse("illness"), hour_before)
        .await
        .unwrap();
    assert!(done.credit_returned, "illness takes nothing");
    adds_up(&app).await;
}

#[tokio::test]
async fn credits_count_from_the_first_visit_and_end_with_the_package() {
    let app = App::new().await;
    let paid = paid(&app).await;
    assert_eq!(paid.expires_at, Some(at("2027-03-02T13:00:00Z")), "a year at most");
    let first = starts(&app, monday().plus_minutes(2 * 1440), monday()).await[0];
    app.book(with(&paid.token, 1, first), monday()).await.unwrap();
    let view = app.booking.purchase(&paid.token, monday()).await.unwrap().unwrap();
    let ends = view.expires_at.unwrap();
    assert!(ends < at("2027-01-01T00:00:00Z"), "{ends}");
    let beyond = ends.plus_minutes(60);
    let there = starts(&app, beyond, beyond).await[0];
    let refused = app.book(with(&paid.token, 1, there), beyond).await;
    assert!(matches!(refused, Err(BookError::NoCredit(_))), "{refused:?}");
    assert_eq!(app.booking.expire_credits(ends.plus_minutes(-1)).await.unwrap(), 0);
    assert_eq!(app.booking.expire_credits(ends).await.unwrap(), 1);
    assert_eq!(app.booking.expire_credits(ends).await.unwrap(), 0);
    let view = app.booking.purchase(&paid.token, ends).await.unwrap().unwrap();
    assert_eq!(view.state, PurchaseState::Expired);
    assert!(view.credits.iter().all(|c| c.left == 0));
    adds_up(&app).await;
}

#[tokio::test]
async fn a_credit_pays_only_what_its_package_holds() {
    let app = App::new().await;
    let paid = paid(&app).await;
    let slots = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    let mut mini = with(&paid.token, 1, slots[0].start);
    mini.offering = "free-mini-consult".into();
    assert!(matches!(app.book(mini, monday()).await, Err(BookError::NoCredit(_))));
    let start = starts(&app, monday(), monday()).await[0];
    let forged = with(&Token::presented("aaaa"), 1, start);
    assert!(matches!(app.book(forged, monday()).await, Err(BookError::NoCredit(_))));
    let unknown = BuyPackage {
        package: "no-such".into(),
        ..first_weeks()
    };
    assert!(matches!(
        app.booking.buy(unknown, monday()).await,
        Err(BuyError::UnknownPackage)
    ));
}
