//! Whether she came, what is kept when she did not, and a selection cancelled at once.

use booking::appointment::{
    AppointmentView, CORRECTABLE_DAYS, CameError, CancelError, CancelReason, Event, EventKind, FeeDecision, FeeError,
    NoticeKind, State,
};
use booking::money::{PaidBy, PayError};
use kernel::chance::Chance;
use kernel::id::AppointmentId;

use crate::app::{App, at, family, monday, wish};

/// An initial consultation on Thursday noon, paid and confirmed.
async fn paid(app: &App) -> AppointmentView {
    let wish = wish("initial-consultation", at("2026-03-05T17:00:00Z"));
    let id = app.book(wish, monday()).await.unwrap().appointment.facts.id;
    app.booking
        .mark_paid(id, PaidBy::Transfer, app.login, monday())
        .await
        .unwrap()
}

async fn kinds(app: &App, id: AppointmentId) -> Vec<EventKind> {
    app.booking
        .history(id)
        .await
        .unwrap()
        .into_iter()
        .map(|Event { kind, .. }| kind)
        .collect()
}

fn fee(view: &AppointmentView) -> Option<(i64, FeeDecision)> {
    view.facts.fee.map(|fee| (fee.amount.minor, fee.decision))
}

#[tokio::test]
async fn a_visit_is_marked_as_done_from_its_start_on_and_once() {
    let app = App::new().await;
    let booked = paid(&app).await;
    let (id, start) = (booked.facts.id, booked.facts.starts);
    let early = app.booking.came(id, app.login, start.plus_minutes(-1)).await;
    assert!(matches!(early, Err(CameError::TooEarly)));
    let done = app.booking.came(id, app.login, start).await.unwrap();
    assert_eq!(done.facts.state, State::Completed);
    app.booking.came(id, app.login, start.plus_minutes(1)).await.unwrap();
    assert_eq!(
        kinds(&app, id).await.last(),
        Some(&EventKind::Completed { by_consultant: true })
    );
    assert_eq!(kinds(&app, id).await.len(), 3, "a second tap writes nothing");
    // The program finds nothing more to complete.
    assert_eq!(app.booking.complete_due(start.plus_minutes(3 * 1440)).await.unwrap(), 0);
    let nobody = AppointmentId::new(monday(), &Chance::seeded(4));
    assert!(matches!(
        app.booking.came(nobody, app.login, start).await,
        Err(CameError::NotFound)
    ));
    app.audit().await;
}

#[tokio::test]
async fn a_missed_visit_keeps_what_the_policy_says_or_nothing_and_can_be_corrected() {
    let app = App::new().await;
    let booked = paid(&app).await;
    let (id, start) = (booked.facts.id, booked.facts.starts);
    let late = start.plus_minutes(20);
    let missed = app.booking.missed(id, true, app.login, late).await.unwrap();
    assert_eq!(
        (missed.facts.state, fee(&missed)),
        (State::NoShow, Some((19_500, FeeDecision::Kept)))
    );
    assert_eq!(missed.facts.kept().minor, 19_500);
    let waived = app.booking.decide_fee(id, false, app.login, late).await.unwrap();
    assert_eq!(
        (fee(&waived), waived.facts.kept().minor),
        (Some((19_500, FeeDecision::Waived)), 0)
    );
    app.booking.decide_fee(id, false, app.login, late).await.unwrap();
    // She came after all, half an hour late; somebody has booked into the time that had become free, and both stand.
    let came = app.booking.came(id, app.login, late.plus_minutes(10)).await.unwrap();
    assert_eq!((came.facts.state, fee(&came)), (State::Completed, None));
    assert!(matches!(
        app.booking.decide_fee(id, true, app.login, late).await,
        Err(FeeError::NoFee)
    ));
    let kinds = kinds(&app, id).await;
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    assert!(matches!(kinds[2], EventKind::NoShow));
    assert!(matches!(kinds[3], EventKind::Fee { kept: false, amount } if amount.minor == 19_500));
    // And back, until the books are closed.
    let last = booked.facts.ends.plus_minutes(CORRECTABLE_DAYS * 1440);
    app.booking.missed(id, false, app.login, last).await.unwrap();
    let closed = app.booking.came(id, app.login, last.plus_minutes(1)).await;
    assert!(matches!(closed, Err(CameError::TooLate)));
    app.audit().await;
}

#[tokio::test]
async fn who_came_after_all_stands_beside_what_was_booked_into_her_time() {
    let app = App::with("[[offerings]]\nslug = \"free-mini-consult\"\nnotice_minutes = 0\n").await;
    let booked = paid(&app).await;
    let (id, start) = (booked.facts.id, booked.facts.starts);
    app.booking
        .missed(id, false, app.login, start.plus_minutes(5))
        .await
        .unwrap();
    let other = family(2, wish("free-mini-consult", start.plus_minutes(30)));
    app.book(other, start.plus_minutes(10)).await.unwrap();
    let came = app.booking.came(id, app.login, start.plus_minutes(15)).await.unwrap();
    assert_eq!(came.facts.state, State::Completed);
    let third = family(3, wish("free-mini-consult", start.plus_minutes(60)));
    assert!(
        app.book(third, start.plus_minutes(16)).await.is_err(),
        "her time is taken again"
    );
}

#[tokio::test]
async fn nobody_can_have_come_to_what_was_cancelled_or_never_paid() {
    let app = App::new().await;
    let wish = wish("initial-consultation", at("2026-03-05T17:00:00Z"));
    let waiting = app.book(wish, monday()).await.unwrap().appointment;
    let (id, start) = (waiting.facts.id, waiting.facts.starts);
    for said in [
        app.booking.came(id, app.login, start).await,
        app.booking.missed(id, true, app.login, start).await,
    ] {
        assert!(
            matches!(said, Err(CameError::NotActive("awaiting_payment"))),
            "{said:?}"
        );
    }
    app.booking.cancel(&waiting.token, None, monday()).await.unwrap();
    let gone = app.booking.came(id, app.login, start).await;
    assert!(matches!(gone, Err(CameError::NotActive("cancelled"))));
}

#[tokio::test]
async fn a_late_cancellation_keeps_a_part_and_an_illness_nothing_until_she_decides() {
    for (reason, decision, kept) in [
        (Some("my car broke down"), FeeDecision::Kept, 9_750),
        (None, FeeDecision::Kept, 9_750),
        (Some("illness"), FeeDecision::Open, 0),
    ] {
        let app = App::new().await;
        let booked = paid(&app).await;
        let (id, hour) = (booked.facts.id, booked.facts.starts.plus_minutes(-60));
        let why = reason.and_then(CancelReason::parse);
        let done = app.booking.cancel(&booked.token, why, hour).await.unwrap();
        assert_eq!(
            (fee(&done.appointment), done.kept.minor),
            (Some((9_750, decision)), kept)
        );
        let open = app.booking.open_fees(10).await.unwrap();
        assert_eq!(open.len(), usize::from(decision == FeeDecision::Open));
        let decided = app.booking.decide_fee(id, true, app.login, hour).await.unwrap();
        assert_eq!(decided.facts.kept().minor, 9_750);
        assert!(app.booking.open_fees(10).await.unwrap().is_empty());
        // What was paid covers it, unless it went back because of the reason.
        let owed = if decision == FeeDecision::Open { 9_750 } else { 0 };
        assert_eq!(decided.facts.owed().minor, owed);
        app.audit().await;
    }
    // In time there is nothing to decide.
    let app = App::new().await;
    let booked = paid(&app).await;
    app.booking.cancel(&booked.token, None, monday()).await.unwrap();
    let nothing = app.booking.decide_fee(booked.facts.id, true, app.login, monday()).await;
    assert!(matches!(nothing, Err(FeeError::NoFee)));
}

#[tokio::test]
async fn a_fee_that_is_kept_can_be_paid_later_and_a_waived_one_cannot() {
    let app = App::with("[[offerings]]\nslug = \"initial-consultation\"\nterms = \"at_visit\"\n").await;
    let slot = wish("initial-consultation", at("2026-03-05T17:00:00Z"));
    let booked = app.book(slot, monday()).await.unwrap().appointment;
    let (id, start) = (booked.facts.id, booked.facts.starts);
    let missed = app.booking.missed(id, false, app.login, start).await.unwrap();
    assert!(missed.facts.owed().is_zero());
    let nothing = app.booking.mark_paid(id, PaidBy::Cash, app.login, start).await;
    assert!(matches!(nothing, Err(PayError::NothingToPay)), "{nothing:?}");
    let owed = app.booking.decide_fee(id, true, app.login, start).await.unwrap();
    assert_eq!(owed.facts.owed().minor, 19_500);
    app.heard.take();
    let paid = app
        .booking
        .mark_paid(id, PaidBy::Transfer, app.login, start)
        .await
        .unwrap();
    assert_eq!((paid.facts.state, paid.facts.owed().minor), (State::NoShow, 0));
    assert!(app.heard.kinds().is_empty(), "nobody is invited to what was missed");
    assert_eq!(app.booking.paid_how(id).await.unwrap().unwrap().amount.minor, 19_500);
    assert!(
        matches!(kinds(&app, id).await.last(), Some(EventKind::Paid { by: PaidBy::Transfer, amount }) if amount.minor == 19_500)
    );
}

#[tokio::test]
async fn a_selection_is_cancelled_one_by_one_and_a_second_time_changes_nothing() {
    let app = App::new().await;
    let mut ids = Vec::new();
    for (n, start) in [
        (1, "2026-03-05T14:00:00Z"),
        (2, "2026-03-05T15:00:00Z"),
        (3, "2026-03-05T16:00:00Z"),
    ] {
        let booked = app
            .book(family(n, wish("free-mini-consult", at(start))), monday())
            .await
            .unwrap();
        ids.push(booked.appointment.facts.id);
    }
    // The first one has begun.
    let now = at("2026-03-05T14:05:00Z");
    let nobody = AppointmentId::new(monday(), &Chance::seeded(4));
    let all = [ids[0], nobody, ids[1], ids[2]];
    let begun = app.booking.cancel_for_family(ids[0], None, app.login, now).await;
    assert!(matches!(begun, Err(CancelError::TooLate)));
    app.heard.take();
    for _ in 0..2 {
        app.booking
            .cancel_each(&all, Some("I am unwell."), app.login, now)
            .await
            .unwrap();
    }
    let heard = app.heard.take();
    assert_eq!(heard.len(), 2, "each family hears of it once");
    for notice in heard {
        let NoticeKind::CancelledByConsultant { message, .. } = notice.kind else {
            panic!("{:?}", notice.kind)
        };
        assert_eq!(message.as_deref(), Some("I am unwell."));
    }
    let states: Vec<_> = app
        .booking
        .appointments(&all)
        .await
        .unwrap()
        .iter()
        .map(|a| a.facts.state.name())
        .collect();
    assert_eq!(states, ["confirmed", "cancelled", "cancelled"]);
    app.audit().await;
}
