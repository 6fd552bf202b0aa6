//! The consultant adds an appointment by hand: at a slot, or at her own word anywhere but in the past.

use booking::appointment::{
    BookError, BookSlot, Booked, ByHand, EventKind, HomeAddress, IdempotencyKey, NotBookable, State, Visit,
};
use kernel::instant::Instant;

use crate::app::{App, at, family, monday, wish};

fn by_hand(slot: BookSlot) -> ByHand {
    ByHand {
        slot,
        confirmed: true,
        anyway: false,
    }
}

async fn add(app: &App, wish: ByHand) -> Result<Booked, BookError> {
    app.booking.book_by_hand(wish, app.login, monday()).await
}

fn thursday() -> Instant {
    at("2026-03-05T15:00:00Z")
}

#[tokio::test]
async fn her_mark_confirms_and_the_history_says_that_she_added_it() {
    let app = App::new().await;
    let booked = add(&app, by_hand(wish("initial-consultation", thursday())))
        .await
        .unwrap();
    let facts = &booked.appointment.facts;
    assert_eq!((facts.state, facts.paid_at), (State::Confirmed, None));
    assert_eq!(facts.owed().minor, 19_500);
    assert_eq!(app.heard.kinds(), ["confirmed"]);
    let history = app.booking.history(facts.id).await.unwrap();
    assert_eq!(
        history.iter().map(|e| e.kind).collect::<Vec<_>>(),
        [EventKind::AddedByConsultant]
    );
    let logins = "SELECT COUNT(*) FROM appointment_history WHERE event = 'booked' AND who = 'consultant' AND login_id IS NOT NULL";
    assert_eq!(app.count(logins).await, 1);
    let taken = app
        .book(family(2, wish("initial-consultation", thursday())), monday())
        .await;
    assert!(matches!(taken, Err(BookError::SlotTaken)));
    app.audit().await;
}

#[tokio::test]
async fn without_her_mark_what_costs_something_is_kept_until_it_is_paid_whatever_its_terms() {
    let app = App::new().await;
    let waits = |slot| ByHand {
        confirmed: false,
        ..by_hand(slot)
    };
    let paid = add(&app, waits(wish("follow-up", thursday()))).await.unwrap();
    assert!(
        matches!(paid.appointment.facts.state, State::AwaitingPayment { hold_until } if hold_until == at("2026-03-04T13:00:00Z"))
    );
    let free = waits(wish("free-mini-consult", at("2026-03-03T20:00:00Z")));
    assert_eq!(add(&app, free).await.unwrap().appointment.facts.state, State::Confirmed);
    assert_eq!(app.heard.kinds(), ["requested", "confirmed"]);
}

#[tokio::test]
async fn whom_she_books_for_is_hers_to_decide() {
    let app = App::new().await;
    // Clients only, a second mini of the same family, a third visit that nobody has paid.
    for (offering, start) in [
        ("follow-up", "2026-03-05T15:00:00Z"),
        ("free-mini-consult", "2026-03-03T20:00:00Z"),
        ("free-mini-consult", "2026-03-04T20:00:00Z"),
        ("follow-up", "2026-03-06T15:00:00Z"),
    ] {
        let start = at(start);
        let wish = by_hand(wish(offering, start));
        if offering == "free-mini-consult" && start == at("2026-03-04T20:00:00Z") {
            // Wednesday afternoon is closed: only at her word.
            let refused = add(&app, wish.clone()).await;
            assert!(matches!(
                refused,
                Err(BookError::NotBookable(NotBookable::OutsideHours))
            ));
            add(&app, ByHand { anyway: true, ..wish }).await.unwrap();
        } else {
            add(&app, wish).await.unwrap();
        }
    }
    app.audit().await;
}

#[tokio::test]
async fn a_time_that_is_no_slot_needs_her_word_and_the_past_has_none() {
    let app = App::new().await;
    add(&app, by_hand(wish("initial-consultation", thursday())))
        .await
        .unwrap();
    let anyway = |start: Instant, n| ByHand {
        anyway: true,
        ..by_hand(family(n, wish("initial-consultation", start)))
    };
    let over = anyway(thursday().plus_minutes(10), 2);
    let refused = add(
        &app,
        ByHand {
            anyway: false,
            ..over.clone()
        },
    )
    .await;
    assert!(matches!(refused, Err(BookError::NotBookable(NotBookable::OffGrid))));
    let taken = ByHand {
        anyway: false,
        ..anyway(thursday(), 3)
    };
    assert!(matches!(add(&app, taken).await, Err(BookError::SlotTaken)));
    add(&app, over).await.unwrap();
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment WHERE overlap_allowed")
            .await,
        1
    );
    // Sooner than the notice, in the night, beyond the horizon: nothing is in the way, and nothing is marked as over another.
    for (n, start) in [
        (4, "2026-03-02T13:30:00Z"),
        (5, "2026-03-08T05:00:00Z"),
        (6, "2027-03-01T15:00:00Z"),
    ] {
        add(&app, anyway(at(start), n)).await.unwrap();
    }
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment WHERE overlap_allowed")
            .await,
        1
    );
    let past = add(&app, anyway(monday().plus_minutes(-1), 7)).await;
    assert!(matches!(past, Err(BookError::NotBookable(NotBookable::Past))));
    // A parent's booking still counts every one of them.
    let parent = app
        .book(
            family(8, wish("initial-consultation", thursday().plus_minutes(30))),
            monday(),
        )
        .await;
    assert!(matches!(parent, Err(BookError::SlotTaken)));
}

#[tokio::test]
async fn a_home_visit_lies_in_the_area_and_keeps_its_address_sealed() {
    let app = App::new().await;
    let home = |postcode: &str| {
        let visit = Visit::Home {
            address: HomeAddress::parse("4 Elm Ct").unwrap(),
            postcode: postcode.into(),
        };
        by_hand(BookSlot {
            visit,
            ..wish("initial-consultation", thursday())
        })
    };
    let far = add(&app, home("99999")).await;
    assert!(matches!(far, Err(BookError::NotBookable(NotBookable::OutsideArea))));
    let booked = add(&app, home("28704")).await.unwrap();
    assert_eq!(booked.appointment.facts.trip_fee.minor, 2_500);
    assert_eq!(booked.appointment.home.unwrap().address, "4 Elm Ct");
}

#[tokio::test]
async fn sent_twice_it_is_added_once() {
    let app = App::new().await;
    let twice = || {
        let key = IdempotencyKey::new("by-hand", "k1", &"the same");
        by_hand(BookSlot {
            key: Some(key),
            ..wish("follow-up", thursday())
        })
    };
    let (one, two) = tokio::join!(add(&app, twice()), add(&app, twice()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.appointment.facts.id, two.appointment.facts.id);
    assert!(one.repeated != two.repeated);
    assert_eq!(app.heard.kinds().len(), 1);
}

#[tokio::test]
async fn what_a_family_would_have_to_answer_when_booking_is_not_asked_of_her() {
    let file = "[[offerings]]\nslug = \"follow-up\"\nquestions = [{ key = \"goal\", kind = \"text\", label = \"Your goal?\", required = true, ask = \"at_booking\" }]\n";
    let app = App::with(file).await;
    assert!(app.book(wish("follow-up", thursday()), monday()).await.is_err());
    add(&app, by_hand(wish("follow-up", thursday()))).await.unwrap();
}

#[tokio::test]
async fn of_many_at_one_time_one_is_added_unless_she_insists() {
    let app = App::new().await;
    let all: Vec<_> = (0..8)
        .map(|n| {
            let (booking, login) = (app.booking.clone(), app.login);
            let wish = by_hand(family(n, wish("initial-consultation", thursday())));
            tokio::spawn(async move { booking.book_by_hand(wish, login, monday()).await })
        })
        .collect();
    let mut won = 0;
    for one in all {
        match one.await.unwrap() {
            Ok(_) => won += 1,
            Err(BookError::SlotTaken) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    app.audit().await;
}
