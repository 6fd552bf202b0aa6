//! What becomes of an appointment: paid, cancelled, expired, completed; each once, each with its history.

use booking::appointment::{
    BookSlot, CancelError, CancelReason, Held, HomeAddress, NoticeKind, Party, Reason, State, Visit,
};
use booking::money::{PaidBy, PayError};
use booking::practice::Mode;
use booking::schedule::SlotsAsked;
use kernel::token::Token;

use crate::app::{App, at, family, monday, wish};

/// Thursday noon: an initial consultation three days ahead.
fn thursday() -> BookSlot {
    wish("initial-consultation", at("2026-03-05T17:00:00Z"))
}

#[tokio::test]
async fn paying_confirms_once_and_sends_one_invitation() {
    let app = App::new().await;
    let id = app.book(thursday(), monday()).await.unwrap().appointment.facts.id;
    assert_eq!(app.heard.kinds(), ["requested"]);
    let later = monday().plus_minutes(60);
    let paid = app
        .booking
        .mark_paid(id, PaidBy::Transfer, app.login, later)
        .await
        .unwrap();
    assert_eq!(
        (paid.facts.state, paid.facts.paid_at, paid.facts.sequence),
        (State::Confirmed, Some(later), 0)
    );
    assert!(paid.join_url.is_some() && paid.facts.owed().is_zero());
    let again = app.booking.mark_paid(id, PaidBy::Cash, app.login, later).await;
    assert!(matches!(again, Err(PayError::AlreadyPaid)));
    let heard = app.heard.take();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].kind, NoticeKind::Confirmed { was_requested: true });
    assert_eq!(app.count("SELECT COUNT(*) FROM payment").await, 1);
    assert_eq!(app.count("SELECT minor FROM payment").await, 19_500);
    app.audit().await;
}

#[tokio::test]
async fn two_marks_at_the_same_moment_are_one_payment() {
    let app = App::new().await;
    let id = app.book(thursday(), monday()).await.unwrap().appointment.facts.id;
    let mark = |app: &App| {
        let (booking, login) = (app.booking.clone(), app.login);
        tokio::spawn(async move { booking.mark_paid(id, PaidBy::Cash, login, monday()).await })
    };
    let marks: Vec<_> = (0..10).map(|_| mark(&app)).collect();
    let mut paid = 0;
    for one in marks {
        match one.await.unwrap() {
            Ok(_) => paid += 1,
            Err(PayError::AlreadyPaid) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((paid, app.count("SELECT COUNT(*) FROM payment").await), (1, 1));
}

#[tokio::test]
async fn ten_cancellations_and_ten_marks_at_the_same_moment_leave_one_of_each_at_most() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    let (id, token) = (booked.facts.id, booked.token);
    let mut tasks = Vec::new();
    for _ in 0..10 {
        let (booking, login, token) = (app.booking.clone(), app.login, token.clone());
        tasks.push(tokio::spawn(async move {
            match booking.mark_paid(id, PaidBy::Cash, login, monday()).await {
                Ok(_) => (1, 0),
                Err(PayError::AlreadyPaid | PayError::NotPayable("cancelled")) => (0, 0),
                Err(other) => panic!("{other:?}"),
            }
        }));
        let booking = app.booking.clone();
        tasks.push(tokio::spawn(async move {
            match booking.cancel(&token, None, monday()).await {
                Ok(_) => (0, 1),
                Err(CancelError::NotActive("cancelled")) => (0, 0),
                Err(other) => panic!("{other:?}"),
            }
        }));
    }
    let (mut paid, mut cancelled) = (0, 0);
    for task in tasks {
        let (p, c) = task.await.unwrap();
        (paid, cancelled) = (paid + p, cancelled + c);
    }
    assert_eq!((cancelled, paid <= 1), (1, true));
    assert_eq!(app.count("SELECT COUNT(*) FROM payment").await, paid);
    app.audit().await;
}

#[tokio::test]
async fn an_appointment_its_history_and_its_mails_vanish_together() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    app.heard.fail();
    assert!(
        app.book(
            family(2, wish("free-mini-consult", at("2026-03-05T14:00:00Z"))),
            monday()
        )
        .await
        .is_err()
    );
    assert!(app.booking.cancel(&booked.token, None, monday()).await.is_err());
    assert!(
        app.booking
            .mark_paid(booked.facts.id, PaidBy::Cash, app.login, monday())
            .await
            .is_err()
    );
    assert!(app.booking.expire_due(monday().plus_minutes(4000)).await.is_err());
    assert_eq!(app.booking.by_token(&booked.token).await.unwrap().unwrap(), booked);
    for (table, rows) in [
        ("appointment", 1),
        ("appointment_history", 1),
        ("family", 1),
        ("payment", 0),
    ] {
        assert_eq!(
            app.count(&format!("SELECT COUNT(*) FROM {table}")).await,
            rows,
            "{table}"
        );
    }
}

#[tokio::test]
async fn a_free_visit_and_a_cancelled_one_cannot_be_paid() {
    let app = App::new().await;
    let mini = app
        .book(wish("free-mini-consult", at("2026-03-05T17:00:00Z")), monday())
        .await
        .unwrap();
    let free = app
        .booking
        .mark_paid(mini.appointment.facts.id, PaidBy::Cash, app.login, monday())
        .await;
    assert!(matches!(free, Err(PayError::NothingToPay)));
    app.booking
        .cancel(&mini.appointment.token, None, monday())
        .await
        .unwrap();
    let gone = app
        .booking
        .mark_paid(mini.appointment.facts.id, PaidBy::Cash, app.login, monday())
        .await;
    assert!(matches!(gone, Err(PayError::NotPayable("cancelled"))));
}

#[tokio::test]
async fn cancelling_in_time_frees_the_slot_at_once_and_gives_everything_back() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    app.booking
        .mark_paid(booked.facts.id, PaidBy::Cash, app.login, monday())
        .await
        .unwrap();
    app.heard.take();
    let terms = booked.facts.cancel_terms(monday());
    assert!(terms.possible && !terms.late);
    let done = app.booking.cancel(&booked.token, None, monday()).await.unwrap();
    assert_eq!((done.refund.minor, done.kept.minor), (19_500, 0));
    assert_eq!(
        done.appointment.facts.state,
        State::Cancelled {
            by: Party::Parent,
            reason: None
        }
    );
    assert_eq!(done.appointment.facts.sequence, 1);
    assert_eq!(done.appointment.join_url, None);
    assert_eq!(
        app.heard.take()[0].kind,
        NoticeKind::CancelledByParent { was_confirmed: true }
    );
    let slots = app
        .slots("initial-consultation", Mode::Telehealth, monday(), monday())
        .await;
    assert!(slots.iter().any(|s| s.start == booked.facts.starts));
    let again = app.booking.cancel(&booked.token, None, monday()).await;
    assert!(matches!(again, Err(CancelError::NotActive("cancelled"))));
    app.book(family(2, thursday()), monday()).await.unwrap();
    app.audit().await;
}

#[tokio::test]
async fn being_late_only_changes_what_is_kept_and_four_reasons_keep_nothing() {
    for (reason, kept, refund) in [
        (None, 9_750, 9_750),
        (Some("birth"), 0, 19_500),
        (Some("my car broke down"), 9_750, 9_750),
    ] {
        let app = App::new().await;
        let booked = app.book(thursday(), monday()).await.unwrap().appointment;
        app.booking
            .mark_paid(booked.facts.id, PaidBy::Cash, app.login, monday())
            .await
            .unwrap();
        let late = booked.facts.starts.plus_minutes(-60);
        let seen = app.booking.by_token(&booked.token).await.unwrap().unwrap();
        assert_eq!(
            seen.facts.cancel_terms(late).kept.minor,
            9_750,
            "the page says so before the tap"
        );
        let done = app
            .booking
            .cancel(&booked.token, reason.and_then(CancelReason::parse), late)
            .await
            .unwrap();
        assert_eq!((done.kept.minor, done.refund.minor), (kept, refund), "{reason:?}");
        let own_words = reason.filter(|r| *r != "birth");
        assert_eq!(done.appointment.cancel_words.as_deref(), own_words);
        let State::Cancelled { reason: noted, .. } = done.appointment.facts.state else {
            panic!()
        };
        assert_eq!(noted.is_some_and(Reason::is_neutral), reason == Some("birth"));
    }
}

#[tokio::test]
async fn after_the_start_nobody_cancels_by_the_link() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    let start = booked.facts.starts;
    assert!(matches!(
        app.booking.cancel(&booked.token, None, start).await,
        Err(CancelError::TooLate)
    ));
    let forged = app.booking.cancel(&Token::presented("forged"), None, monday()).await;
    assert!(matches!(forged, Err(CancelError::NotFound)));
    assert!(
        app.booking
            .cancel(&booked.token, None, start.plus_minutes(-1))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_consultant_cancels_with_a_message_and_everything_comes_back() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    app.booking
        .mark_paid(booked.facts.id, PaidBy::Cash, app.login, monday())
        .await
        .unwrap();
    app.heard.take();
    let late = booked.facts.starts.plus_minutes(-30);
    let message = Some(" I am ill, and sorry. ".to_owned());
    let done = app
        .booking
        .cancel_for_family(booked.facts.id, message, app.login, late)
        .await
        .unwrap();
    assert_eq!((done.kept.minor, done.refund.minor), (0, 19_500));
    let kind = NoticeKind::CancelledByConsultant {
        message: Some("I am ill, and sorry.".into()),
        was_confirmed: true,
    };
    assert_eq!(app.heard.take()[0].kind, kind);
}

#[tokio::test]
async fn an_unpaid_hold_expires_frees_the_slot_and_is_told_once() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    app.heard.take();
    let hold_until = monday().plus_minutes(48 * 60);
    assert_eq!(booked.facts.state, State::AwaitingPayment { hold_until });
    assert_eq!(app.booking.expire_due(hold_until.plus_minutes(-1)).await.unwrap(), 0);
    assert_eq!(app.booking.expire_due(hold_until).await.unwrap(), 1);
    assert_eq!(app.booking.expire_due(hold_until).await.unwrap(), 0);
    assert_eq!(app.heard.kinds(), ["hold_expired"]);
    let slots = app
        .slots("initial-consultation", Mode::Telehealth, hold_until, hold_until)
        .await;
    assert!(slots.iter().any(|s| s.start == booked.facts.starts));
    let late = app
        .booking
        .mark_paid(booked.facts.id, PaidBy::Cash, app.login, hold_until)
        .await;
    assert!(matches!(late, Err(PayError::NotPayable("expired"))));
    app.audit().await;
}

#[tokio::test]
async fn a_booking_frees_a_stale_hold_by_itself_after_two_minutes_of_grace() {
    let app = App::new().await;
    let booked = app.book(thursday(), monday()).await.unwrap().appointment;
    let hold_until = monday().plus_minutes(48 * 60);
    let grace = hold_until.plus_minutes(1);
    assert!(app.book(family(2, thursday()), grace).await.is_err());
    let offered = app.slots("initial-consultation", Mode::Telehealth, grace, grace).await;
    assert!(
        offered.iter().all(|s| s.start != booked.facts.starts),
        "what cannot be booked is not offered"
    );
    app.heard.take();
    let after = hold_until.plus_minutes(2);
    let offered = app.slots("initial-consultation", Mode::Telehealth, after, after).await;
    assert!(offered.iter().any(|s| s.start == booked.facts.starts));
    app.book(family(2, thursday()), after).await.unwrap();
    assert_eq!(app.heard.kinds(), ["hold_expired", "requested"]);
    let old = app.booking.by_token(&booked.token).await.unwrap().unwrap();
    assert_eq!(old.facts.state, State::Expired);
    app.audit().await;
}

#[tokio::test]
async fn a_visit_is_completed_a_day_after_its_end_and_opens_what_is_for_clients() {
    let app = App::new().await;
    let booked = app
        .book(wish("free-mini-consult", at("2026-03-02T16:00:00Z")), monday())
        .await
        .unwrap()
        .appointment;
    let follow = |token: Option<Token>| BookSlot {
        client: token,
        ..wish("follow-up", at("2026-03-05T17:00:00Z"))
    };
    let refused = async |token| {
        app.book(follow(token), monday().plus_minutes(600))
            .await
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(None).await, "this visit is for clients");
    assert_eq!(
        refused(Some(booked.token.clone())).await,
        "this visit is for clients",
        "it has not taken place"
    );
    assert_eq!(
        refused(Some(Token::presented("forged"))).await,
        "this visit is for clients"
    );
    let over = booked.facts.ends.plus_minutes(24 * 60);
    assert_eq!(app.booking.complete_due(over.plus_minutes(-1)).await.unwrap(), 0);
    assert_eq!(app.booking.complete_due(over).await.unwrap(), 1);
    assert_eq!(app.booking.complete_due(over).await.unwrap(), 0);
    let visit = app
        .book(follow(Some(booked.token)), over)
        .await
        .unwrap()
        .appointment
        .facts;
    assert_eq!(
        (visit.state, visit.owed().minor),
        (State::Confirmed, 11_000),
        "at the visit: confirmed and owed"
    );
    let paid = app
        .booking
        .mark_paid(visit.id, PaidBy::Card, app.login, over)
        .await
        .unwrap()
        .facts;
    assert_eq!((paid.state, paid.owed().minor), (State::Confirmed, 0));
    app.audit().await;
}

#[tokio::test]
async fn a_home_visit_keeps_its_address_sealed_and_travel_on_both_sides() {
    let app = App::new().await;
    let home = |postcode: &str| BookSlot {
        visit: Visit::Home {
            address: HomeAddress::parse("4 Elm Court\nApt 2").unwrap(),
            postcode: postcode.into(),
        },
        ..wish("initial-consultation", at("2026-03-05T16:00:00Z"))
    };
    assert_eq!(
        app.book(home("99999"), monday()).await.unwrap_err().to_string(),
        "this postcode is outside the area of home visits"
    );
    let booked = app.book(home("28704-1234"), monday()).await.unwrap().appointment;
    let place = booked.home.unwrap();
    assert_eq!(
        (place.address.as_str(), place.postcode.as_str()),
        ("4 Elm Court\nApt 2", "28704")
    );
    assert_eq!(
        (booked.facts.trip_fee.minor, booked.facts.total().minor),
        (2_500, 22_000)
    );
    assert!(matches!(booked.facts.held, Held::Home { .. }));
    assert!(
        !serde_json::to_string(&booked.facts).unwrap().contains("Elm"),
        "a mail's context holds no address in clear"
    );
    assert_eq!(
        app.count("SELECT (blocked_until - blocked_from) / 60000000 FROM appointment")
            .await,
        35 + 90 + 20 + 35
    );
    let asked = |place, postcode: Option<&str>| SlotsAsked {
        offering: "initial-consultation".into(),
        mode: Mode::InPerson,
        place,
        postcode: postcode.map(str::to_owned),
        from: at("2026-03-05T00:00:00Z"),
        until: at("2026-03-06T00:00:00Z"),
    };
    let office = &app.booking.slots(&asked(None, None), monday()).await.unwrap().slots;
    let there = app
        .booking
        .slots(
            &asked(Some(booking::practice::PlaceKind::Home), Some("28704")),
            monday(),
        )
        .await
        .unwrap();
    let there = &there.slots;
    assert!(
        there.len() < office.len() && there.iter().all(|s| office.contains(s)),
        "travel widens the visit"
    );
    assert!(
        app.booking
            .slots(&asked(Some(booking::practice::PlaceKind::Home), None), monday())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn history_and_states_cannot_be_rewritten() {
    let app = App::new().await;
    app.book(thursday(), monday()).await.unwrap();
    for sql in [
        "UPDATE appointment_history SET event = 'paid'",
        "DELETE FROM appointment_history",
        "UPDATE appointment SET state = 'sleeping'",
        "UPDATE appointment SET blocked_until = blocked_from + 86400000001",
    ] {
        assert!(app.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment_history WHERE event = 'booked'")
            .await,
        1
    );
}
