//! Moving: the same appointment at another time, once, and never over another one unless the consultant says so.

use booking::appointment::{
    AppointmentView, BookSlot, CancelError, DeskMove, EventKind, NotBookable, NoticeKind, RescheduleError, State, Visit,
};
use booking::money::PaidBy;
use booking::practice::Mode;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::app::{App, at, family, monday, wish};

/// Thursday noon, three days ahead.
const NOON: &str = "2026-03-05T17:00:00Z";

async fn booked(app: &App) -> AppointmentView {
    let booked = app
        .book(wish("initial-consultation", at(NOON)), monday())
        .await
        .unwrap()
        .appointment;
    app.heard.take();
    booked
}

async fn confirmed(app: &App) -> AppointmentView {
    let id = booked(app).await.facts.id;
    let paid = app
        .booking
        .mark_paid(id, PaidBy::Cash, app.login, monday())
        .await
        .unwrap();
    app.heard.take();
    paid
}

fn desk(start: &str, anyway: bool) -> DeskMove {
    DeskMove {
        start: at(start),
        message: None,
        anyway,
    }
}

async fn starts(app: &App, token: &Token, now: Instant) -> Vec<Instant> {
    let until = now.plus_minutes(14 * 1440);
    let offered = app
        .booking
        .slots_to_move(token, now, until, now)
        .await
        .unwrap()
        .unwrap();
    offered.slots.iter().map(|s| s.start).collect()
}

#[tokio::test]
async fn a_moved_visit_keeps_link_uid_and_payment_and_its_sequence_rises() {
    let app = App::new().await;
    let old = confirmed(&app).await;
    let later = monday().plus_minutes(30);
    let new_start = at("2026-03-06T15:00:00Z");
    let moved = app.booking.reschedule(&old.token, new_start, later).await.unwrap();
    let (was, is) = (&old.facts, &moved.facts);
    assert_eq!((is.starts, is.ends - is.starts), (new_start, was.ends - was.starts));
    assert_eq!((is.sequence, &is.uid, &moved.token), (1, &was.uid, &old.token));
    assert_eq!(
        (is.state, is.paid_at, is.changed_at),
        (State::Confirmed, was.paid_at, later)
    );
    assert_eq!(
        (moved.join_url.as_ref(), is.consultant),
        (old.join_url.as_ref(), was.consultant)
    );
    let heard = app.heard.take();
    let kind = NoticeKind::Moved {
        from: was.starts,
        from_until: was.ends,
        by_consultant: false,
        message: None,
    };
    assert_eq!((heard.len(), &heard[0].kind, &heard[0].facts), (1, &kind, is));
    let events = app.booking.history(is.id).await.unwrap();
    let to = EventKind::Moved {
        by_consultant: false,
        from: was.starts,
        to: new_start,
    };
    assert_eq!(events.last().unwrap().kind, to);
    // The old slot is free at once, the new one is not.
    let offered = app
        .slots("initial-consultation", Mode::Telehealth, monday(), later)
        .await;
    assert!(offered.iter().any(|s| s.start == was.starts));
    assert!(offered.iter().all(|s| s.start != new_start));
    app.book(family(2, wish("initial-consultation", was.starts)), later)
        .await
        .unwrap();
    app.audit().await;
}

#[tokio::test]
async fn a_visit_does_not_stand_in_its_own_way_and_may_overlap_its_old_place() {
    let app = App::new().await;
    let visit = booked(&app).await;
    let half_past = at("2026-03-05T17:30:00Z");
    let offered = starts(&app, &visit.token, monday()).await;
    assert!(offered.contains(&half_past));
    assert!(
        !offered.contains(&visit.facts.starts),
        "where it is it cannot be moved to"
    );
    let moved = app.booking.reschedule(&visit.token, half_past, monday()).await.unwrap();
    assert_eq!((moved.facts.starts, moved.facts.sequence), (half_past, 1));
    // The same once more changes nothing, tells nobody and is no error.
    app.heard.take();
    let again = app.booking.reschedule(&visit.token, half_past, monday()).await.unwrap();
    assert_eq!((again.facts.sequence, app.heard.take().len()), (1, 0));
    app.audit().await;
}

#[tokio::test]
async fn moving_ends_with_the_policys_last_free_moment() {
    let app = App::new().await;
    let visit = confirmed(&app).await;
    let last = visit.facts.free_until;
    let later = last.plus_minutes(1);
    let friday = at("2026-03-06T15:00:00Z");
    let refused = app.booking.reschedule(&visit.token, friday, later).await;
    assert!(matches!(refused, Err(RescheduleError::TooLate)));
    assert!(
        starts(&app, &visit.token, later).await.is_empty(),
        "nothing is offered that would be refused"
    );
    assert!(app.heard.take().is_empty());
    app.booking.reschedule(&visit.token, friday, last).await.unwrap();
    let forged = app.booking.reschedule(&Token::presented("forged"), friday, last).await;
    assert!(matches!(forged, Err(RescheduleError::NotFound)));
}

#[tokio::test]
async fn a_start_that_is_none_is_refused_with_its_reason_and_nothing_changes() {
    let app = App::new().await;
    let visit = confirmed(&app).await;
    let other = family(2, wish("initial-consultation", at("2026-03-06T15:00:00Z")));
    app.book(other, monday()).await.unwrap();
    app.heard.take();
    let refused = async |start: &str| match app.booking.reschedule(&visit.token, at(start), monday()).await {
        Err(RescheduleError::NotBookable(why)) => why.code(),
        Err(RescheduleError::SlotTaken) => "slot_taken",
        other => panic!("{start}: {other:?}"),
    };
    assert_eq!(refused("2026-03-02T12:00:00Z").await, "past");
    assert_eq!(refused("2026-03-02T19:00:00Z").await, "too_soon");
    assert_eq!(refused("2026-04-02T14:00:00Z").await, "beyond_horizon");
    assert_eq!(refused("2026-03-05T17:10:00Z").await, "off_grid");
    assert_eq!(refused("2026-03-08T15:00:00Z").await, "outside_hours");
    assert_eq!(refused("2026-03-06T15:30:00Z").await, "slot_taken");
    let same = app.booking.by_token(&visit.token).await.unwrap().unwrap();
    assert_eq!((same, app.heard.take().len()), (visit, 0));
}

#[tokio::test]
async fn an_unpaid_visit_moves_while_it_is_held_and_its_hold_never_passes_the_new_start() {
    let app = App::new().await;
    let visit = booked(&app).await;
    let State::AwaitingPayment { hold_until } = visit.facts.state else {
        panic!()
    };
    let sooner = at("2026-03-03T17:00:00Z");
    assert!(sooner < hold_until);
    let moved = app.booking.reschedule(&visit.token, sooner, monday()).await.unwrap();
    assert_eq!(moved.facts.state, State::AwaitingPayment { hold_until: sooner });
    assert_eq!(app.heard.kinds(), ["moved"]);
    let app = App::new().await;
    let visit = booked(&app).await;
    let over = app
        .booking
        .reschedule(&visit.token, at("2026-03-06T15:00:00Z"), hold_until)
        .await;
    assert!(matches!(over, Err(RescheduleError::NotActive("expired"))));
    app.booking.cancel(&visit.token, None, monday()).await.unwrap();
    let gone = app
        .booking
        .reschedule(&visit.token, at("2026-03-06T15:00:00Z"), monday())
        .await;
    assert!(matches!(gone, Err(RescheduleError::NotActive("cancelled"))));
}

#[tokio::test]
async fn a_home_visit_keeps_its_travel_and_the_daily_cap_does_not_count_it_twice() {
    let app = App::with("[[offerings]]\nslug = \"initial-consultation\"\ndaily_cap = 1\n").await;
    let home = BookSlot {
        visit: Visit::Home {
            address: booking::appointment::HomeAddress::parse("4 Elm Court").unwrap(),
            postcode: "28704".into(),
        },
        ..wish("initial-consultation", at("2026-03-05T16:00:00Z"))
    };
    let visit = app.book(home, monday()).await.unwrap().appointment;
    let span = "SELECT (blocked_until - blocked_from) / 60000000 FROM appointment";
    let before = app.count(span).await;
    let moved = app
        .booking
        .reschedule(&visit.token, at("2026-03-05T16:30:00Z"), monday())
        .await
        .unwrap();
    assert_eq!((app.count(span).await, moved.home), (before, visit.home));
}

#[tokio::test]
async fn the_consultant_moves_late_outside_her_hours_and_over_another_only_when_she_says_so() {
    let app = App::new().await;
    let visit = confirmed(&app).await;
    let id = visit.facts.id;
    let other = family(2, wish("initial-consultation", at("2026-03-06T15:00:00Z")));
    let other = app.book(other, monday()).await.unwrap().appointment.facts.id;
    app.booking
        .mark_paid(other, PaidBy::Cash, app.login, monday())
        .await
        .unwrap();
    app.heard.take();
    let late = visit.facts.starts.plus_minutes(-30);
    let over = desk("2026-03-06T15:30:00Z", false);
    let refused = app
        .booking
        .reschedule_for_family(id, over.clone(), app.login, late)
        .await;
    assert!(matches!(refused, Err(RescheduleError::SlotTaken)));
    let sunday = desk("2026-03-08T15:00:00Z", false);
    let refused = app.booking.reschedule_for_family(id, sunday, app.login, late).await;
    assert!(matches!(
        refused,
        Err(RescheduleError::NotBookable(NotBookable::OutsideHours))
    ));
    let past = desk("2026-03-02T15:00:00Z", true);
    let refused = app.booking.reschedule_for_family(id, past, app.login, late).await;
    assert!(matches!(refused, Err(RescheduleError::NotBookable(NotBookable::Past))));
    let anyway = DeskMove {
        message: Some(" I have to be at the hospital. ".into()),
        anyway: true,
        ..over
    };
    let moved = app
        .booking
        .reschedule_for_family(id, anyway, app.login, late)
        .await
        .unwrap();
    assert_eq!(moved.facts.sequence, 1);
    let NoticeKind::Moved {
        by_consultant, message, ..
    } = app.heard.take().remove(0).kind
    else {
        panic!()
    };
    assert_eq!(
        (by_consultant, message.as_deref()),
        (true, Some("I have to be at the hospital."))
    );
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment WHERE overlap_allowed")
            .await,
        1
    );
    // Off the grid, over nobody: allowed because she says so, and the database goes on guarding it.
    app.booking
        .reschedule_for_family(id, desk("2026-03-08T15:10:00Z", true), app.login, late)
        .await
        .unwrap();
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment WHERE overlap_allowed")
            .await,
        0
    );
    app.audit().await;
}

#[tokio::test]
async fn when_the_consultant_has_moved_it_the_family_declines_with_everything_back_until_the_start() {
    let app = App::new().await;
    let visit = confirmed(&app).await;
    let id = visit.facts.id;
    let late = visit.facts.starts.plus_minutes(-60);
    let moved = app
        .booking
        .reschedule_for_family(id, desk("2026-03-05T21:00:00Z", true), app.login, late)
        .await
        .unwrap();
    assert_eq!(moved.facts.free_until, moved.facts.starts);
    let minutes_before = moved.facts.starts.plus_minutes(-5);
    let done = app.booking.cancel(&moved.token, None, minutes_before).await.unwrap();
    assert_eq!((done.refund.minor, done.kept.minor), (19_500, 0));
    assert_eq!(done.appointment.facts.sequence, 2);
    // Her own choice of another time brings the policy back.
    let app = App::new().await;
    let visit = confirmed(&app).await;
    let (id, late) = (visit.facts.id, visit.facts.starts.plus_minutes(-60));
    app.booking
        .reschedule_for_family(id, desk("2026-03-05T21:00:00Z", true), app.login, late)
        .await
        .unwrap();
    let chosen = app
        .booking
        .reschedule(&visit.token, at("2026-03-09T14:00:00Z"), late)
        .await
        .unwrap();
    assert_eq!(
        chosen.facts.starts - chosen.facts.free_until,
        jiff::SignedDuration::from_hours(24)
    );
    let gone = app.booking.cancel(&visit.token, None, chosen.facts.starts).await;
    assert!(matches!(gone, Err(CancelError::TooLate)));
}

#[tokio::test]
async fn a_second_consultant_takes_it_only_when_its_own_is_not_free() {
    let app = App::with(
        "[[consultants]]\nslug = \"ida-berg\"\nname = \"Ida Berg\"\n[consultants.hours]\nthu = [[\"09:00\", \"16:00\"]]\nsun = [[\"10:00\", \"16:00\"]]\n",
    )
    .await;
    let visit = booked(&app).await;
    let thursday = app
        .booking
        .reschedule(&visit.token, at("2026-03-05T18:00:00Z"), monday())
        .await
        .unwrap();
    assert_eq!(thursday.facts.consultant, visit.facts.consultant);
    let sunday = app
        .booking
        .reschedule(&visit.token, at("2026-03-08T15:00:00Z"), monday())
        .await
        .unwrap();
    assert_ne!(sunday.facts.consultant, visit.facts.consultant);
    app.audit().await;
}

#[tokio::test]
async fn parallel_moves_into_each_others_places_end_without_a_deadlock_and_without_an_overlap() {
    let app = App::new().await;
    let days = ["2026-03-05T14:00:00Z", "2026-03-06T14:00:00Z", "2026-03-09T14:00:00Z"];
    let mut tokens = Vec::new();
    for (n, start) in (0..).zip(days) {
        let wish = family(n, wish("initial-consultation", at(start)));
        tokens.push(app.book(wish, monday()).await.unwrap().appointment.token);
    }
    let mut moves = Vec::new();
    for round in 0..8_usize {
        for (n, token) in tokens.iter().enumerate() {
            let to = at(days[(n + round) % 3]).plus_minutes(30 * i64::try_from(round % 3).unwrap());
            let (booking, token) = (app.booking.clone(), token.clone());
            moves.push(tokio::spawn(
                async move { booking.reschedule(&token, to, monday()).await },
            ));
        }
    }
    for one in moves {
        match one.await.unwrap() {
            Ok(_) | Err(RescheduleError::SlotTaken) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    app.audit().await;
}

#[tokio::test]
async fn of_many_moves_and_bookings_to_one_slot_exactly_one_has_it() {
    let app = App::new().await;
    let to = at("2026-03-09T14:00:00Z");
    let mut all = Vec::new();
    for n in 0..3 {
        let start = at(["2026-03-05T14:00:00Z", "2026-03-05T16:00:00Z", "2026-03-06T14:00:00Z"][n]);
        let token = app
            .book(
                family(u32::try_from(n).unwrap(), wish("initial-consultation", start)),
                monday(),
            )
            .await
            .unwrap()
            .appointment
            .token;
        let booking = app.booking.clone();
        all.push(tokio::spawn(async move {
            booking.reschedule(&token, to, monday()).await.is_ok()
        }));
    }
    for n in 10..30 {
        let (booking, wish) = (app.booking.clone(), family(n, wish("initial-consultation", to)));
        all.push(tokio::spawn(async move { booking.book(wish, monday()).await.is_ok() }));
    }
    let mut winners = 0;
    for one in all {
        winners += usize::from(one.await.unwrap());
    }
    assert_eq!(winners, 1);
    app.audit().await;
}
