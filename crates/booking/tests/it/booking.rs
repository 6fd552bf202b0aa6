//! Booking: what is offered can be booked, and is booked once.

use booking::appointment::{BookError, Held, IdempotencyKey, NotBookable, NoticeKind, State, Visit};
use booking::practice::Mode;

use crate::app::{App, at, family, monday, wish};

#[tokio::test]
async fn a_free_mini_consult_is_offered_booked_confirmed_and_gone() {
    let app = App::new().await;
    let slots = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    let first = slots[0];
    assert_eq!(
        first.start,
        at("2026-03-02T15:00:00Z"),
        "two hours of notice, inclusive"
    );
    let booked = app
        .book(wish("free-mini-consult", first.start), monday())
        .await
        .unwrap();
    let facts = &booked.appointment.facts;
    assert_eq!(
        (facts.state, facts.sequence, booked.repeated),
        (State::Confirmed, 0, false)
    );
    assert_eq!(facts.uid, format!("{}@lantern.example", facts.id));
    assert!(
        booked
            .appointment
            .join_url
            .as_ref()
            .unwrap()
            .starts_with("https://meet.example/")
    );
    let heard = app.heard.take();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].kind, NoticeKind::Confirmed { was_requested: false });
    assert_eq!(heard[0].facts, *facts);
    let seen = app.booking.by_token(&booked.appointment.token).await.unwrap().unwrap();
    assert_eq!(seen, booked.appointment);
    let after = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    assert!(!after.contains(&first), "the slot is gone at once");
    let again = app
        .book(family(2, wish("free-mini-consult", first.start)), monday())
        .await;
    assert!(matches!(again, Err(BookError::SlotTaken)));
    app.audit().await;
}

#[tokio::test]
async fn an_initial_consultation_is_kept_until_it_is_paid() {
    let app = App::new().await;
    let slot = app
        .slots("initial-consultation", Mode::InPerson, monday(), monday())
        .await[0];
    assert_eq!(
        slot.start,
        at("2026-03-03T17:00:00Z"),
        "twelve hours of notice; Tuesday opens at noon"
    );
    let asked = booking::appointment::BookSlot {
        visit: Visit::Office,
        ..wish("initial-consultation", slot.start)
    };
    let booked = app.book(asked, monday()).await.unwrap().appointment;
    let hold_until = slot.start.min(monday().plus_minutes(48 * 60));
    assert_eq!(booked.facts.state, State::AwaitingPayment { hold_until });
    assert!(matches!(&booked.facts.held, Held::Office { office } if office.name == "Ember Row"));
    let heard = app.heard.take();
    assert_eq!(
        heard[0].kind,
        NoticeKind::Requested {
            online: false,
            how_to_pay: "Send it by transfer.".into()
        }
    );
    assert_eq!(heard.len(), 1);
}

#[tokio::test]
async fn every_start_that_is_offered_can_be_booked_and_every_other_is_refused_with_its_reason() {
    let app = App::new().await;
    let refused = async |start: &str| {
        let wish = wish("initial-consultation", at(start));
        match app.book(wish, monday()).await.unwrap_err() {
            BookError::NotBookable(why) => why.code(),
            other => panic!("{start}: {other}"),
        }
    };
    assert_eq!(refused("2026-03-02T12:00:00Z").await, "past");
    assert_eq!(refused("2026-03-02T19:00:00Z").await, "too_soon");
    assert_eq!(refused("2026-04-02T14:00:00Z").await, "beyond_horizon");
    assert_eq!(refused("2026-03-03T17:10:00Z").await, "off_grid");
    assert_eq!(refused("2026-03-03T22:00:00Z").await, "outside_hours");
    assert_eq!(refused("2026-03-08T15:00:00Z").await, "outside_hours");
    let unknown = app.book(wish("no-such", monday()), monday()).await.unwrap_err();
    assert!(matches!(unknown, BookError::NotBookable(NotBookable::UnknownOffering)));
    assert_eq!(app.count("SELECT COUNT(*) FROM appointment").await, 0);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM family").await,
        0,
        "nothing half-written"
    );
}

#[tokio::test]
async fn hundreds_of_parallel_bookings_of_one_slot_have_one_winner() {
    let app = App::new().await;
    let slot = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await[3];
    let mut all = Vec::new();
    for n in 0..500 {
        let (booking, wish) = (app.booking.clone(), family(n, wish("free-mini-consult", slot.start)));
        all.push(tokio::spawn(async move { booking.book(wish, monday()).await }));
    }
    let mut winners = 0;
    for one in all {
        match one.await.unwrap() {
            Ok(_) => winners += 1,
            Err(BookError::SlotTaken) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(winners, 1);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM family").await,
        1,
        "a refusal leaves nothing"
    );
    app.audit().await;
}

#[tokio::test]
async fn the_same_key_and_body_get_the_same_answer_again() {
    let app = App::new().await;
    let slots = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    let keyed = |start: usize, key: &str, body: &str| booking::appointment::BookSlot {
        key: Some(IdempotencyKey::new("appointments", key, &body)),
        ..wish("free-mini-consult", slots[start].start)
    };
    let first = app.book(keyed(0, "k1", "a"), monday()).await.unwrap();
    let again = app.book(keyed(0, "k1", "a"), monday()).await.unwrap();
    assert!(again.repeated && again.appointment == first.appointment);
    let other = app.book(keyed(1, "k1", "b"), monday()).await.unwrap_err();
    assert!(matches!(other, BookError::IdempotencyMismatch));
    // A refusal is not kept under its key.
    let taken = app.book(family(2, keyed(0, "k2", "a")), monday()).await.unwrap_err();
    assert!(matches!(taken, BookError::SlotTaken));
    assert!(
        !app.book(family(2, keyed(4, "k2", "b")), monday())
            .await
            .unwrap()
            .repeated
    );
}
