//! Who may book what, and how often.

use booking::appointment::{BookError, BookSlot, NotBookable, PhoneNumber, Visit};
use booking::practice::{Channel, Mode};

use crate::app::{App, at, family, monday, wish};

const MINI: &str = "free-mini-consult";

fn why(result: Result<booking::appointment::Booked, BookError>) -> &'static str {
    match result {
        Ok(_) => "booked",
        Err(BookError::NotBookable(why)) => why.code(),
        Err(BookError::SlotTaken) => "slot_taken",
        Err(BookError::PhoneNeeded) => "phone_needed",
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_mini_is_once_for_the_same_address_or_number() {
    let app = App::new().await;
    let slots = app.slots(MINI, Mode::Telehealth, monday(), monday()).await;
    let first = app
        .book(wish(MINI, slots[0].start), monday())
        .await
        .unwrap()
        .appointment;
    let later = |n: usize| wish(MINI, slots[n].start);
    assert_eq!(why(app.book(later(8), monday()).await), "once_per_family");
    let same_phone = BookSlot {
        phone: Some(PhoneNumber::parse("+1 (828) 555 0199").unwrap()),
        ..family(3, later(8))
    };
    assert_eq!(why(app.book(same_phone, monday()).await), "once_per_family");
    let same_address = BookSlot {
        email: "ANA@Example.org".parse().unwrap(),
        phone: None,
        ..later(8)
    };
    assert_eq!(why(app.book(same_address, monday()).await), "once_per_family");
    assert_eq!(why(app.book(family(3, later(8)), monday()).await), "booked");
    // A cancelled one does not count, and after a year she may have another.
    app.booking.cancel(&first.token, None, monday()).await.unwrap();
    assert_eq!(why(app.book(later(12), monday()).await), "booked");
    let year = monday().plus_minutes(370 * 1440);
    let next = app.slots(MINI, Mode::Telehealth, year, year).await[0];
    assert_eq!(why(app.book(wish(MINI, next.start), year).await), "booked");
}

#[tokio::test]
async fn the_mini_twice_in_parallel_from_one_family_is_one() {
    let app = App::new().await;
    let slots = app.slots(MINI, Mode::Telehealth, monday(), monday()).await;
    let mut all = Vec::new();
    for n in 0..12 {
        let (booking, wish) = (app.booking.clone(), wish(MINI, slots[n * 3].start));
        all.push(tokio::spawn(async move { why(booking.book(wish, monday()).await) }));
    }
    let mut answers = Vec::new();
    for one in all {
        answers.push(one.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers.iter().filter(|a| **a == "booked").count(), 1);
    assert_eq!(answers.iter().filter(|a| **a == "once_per_family").count(), 11);
}

#[tokio::test]
async fn an_address_that_has_not_proved_itself_has_at_most_two_coming_unpaid_visits() {
    let app = App::new().await;
    let initial = |start: &str| wish("initial-consultation", at(start));
    assert_eq!(why(app.book(initial("2026-03-05T14:00:00Z"), monday()).await), "booked");
    let second = app
        .book(initial("2026-03-05T17:00:00Z"), monday())
        .await
        .unwrap()
        .appointment;
    assert_eq!(
        why(app.book(initial("2026-03-06T15:00:00Z"), monday()).await),
        "too_many_coming"
    );
    assert_eq!(
        why(app.book(family(2, initial("2026-03-06T15:00:00Z")), monday()).await),
        "booked"
    );
    let paid = booking::money::PaidBy::Cash;
    app.booking
        .mark_paid(second.facts.id, paid, app.login, monday())
        .await
        .unwrap();
    assert_eq!(
        why(app.book(initial("2026-03-09T14:00:00Z"), monday()).await),
        "booked",
        "a paid one does not count"
    );
    let free = App::empty(booking::Settings {
        limits: false,
        ..crate::app::settings()
    })
    .await;
    free.booking
        .apply_practice(crate::app::PRACTICE, monday())
        .await
        .unwrap();
    for start in [
        "2026-03-05T14:00:00Z",
        "2026-03-05T17:00:00Z",
        "2026-03-06T15:00:00Z",
        "2026-03-09T14:00:00Z",
    ] {
        assert_eq!(why(free.book(initial(start), monday()).await), "booked");
    }
}

#[tokio::test]
async fn what_the_offering_is_not_held_as_is_refused() {
    let app =
        App::with("[[offerings]]\nslug = \"initial-consultation\"\nchannels = [\"phone\"]\nplaces = [\"home\"]\n")
            .await;
    let start = at("2026-03-05T14:00:00Z");
    let held = |visit| BookSlot {
        visit,
        ..wish("initial-consultation", start)
    };
    assert_eq!(why(app.book(held(Visit::Office), monday()).await), "place");
    assert_eq!(
        why(app.book(held(Visit::Telehealth(Channel::Video)), monday()).await),
        "channel"
    );
    let silent = BookSlot {
        phone: None,
        ..held(Visit::Telehealth(Channel::Phone))
    };
    assert_eq!(why(app.book(silent, monday()).await), "phone_needed");
    assert_eq!(
        why(app.book(held(Visit::Telehealth(Channel::Phone)), monday()).await),
        "booked"
    );
    let mini = BookSlot {
        visit: Visit::Office,
        ..wish(MINI, start)
    };
    assert_eq!(why(app.book(mini, monday()).await), "mode");
    let evening = BookSlot {
        visit: Visit::Telehealth(Channel::Phone),
        ..wish("initial-consultation", at("2026-03-05T01:00:00Z"))
    };
    assert_eq!(
        why(app.book(evening, monday()).await),
        "outside_hours",
        "90 minutes do not fit before 21:00"
    );
}

#[tokio::test]
async fn a_daily_cap_of_one_has_one_winner_of_twenty_at_different_times() {
    let app = App::with("[[offerings]]\nslug = \"initial-consultation\"\nminutes = 15\nbuffer_after_minutes = 0\nstep_minutes = 15\ndaily_cap = 1\n").await;
    let mut all = Vec::new();
    for n in 0..20 {
        let start = at("2026-03-05T14:00:00Z").plus_minutes(15 * i64::from(n));
        let (booking, wish) = (app.booking.clone(), family(n, wish("initial-consultation", start)));
        all.push(tokio::spawn(async move { why(booking.book(wish, monday()).await) }));
    }
    let mut winners = 0;
    for one in all {
        match one.await.unwrap() {
            "booked" => winners += 1,
            "slot_taken" => {}
            other => panic!("{other}"),
        }
    }
    assert_eq!(winners, 1);
    let left = app
        .slots(
            "initial-consultation",
            Mode::Telehealth,
            at("2026-03-05T05:00:00Z"),
            monday(),
        )
        .await;
    assert!(
        left.iter().all(|s| s.start >= at("2026-03-06T05:00:00Z")),
        "a full date has no slots"
    );
    // The visits of other offerings do not count.
    assert_eq!(
        why(app
            .book(family(50, wish(MINI, at("2026-03-05T20:30:00Z"))), monday())
            .await),
        "booked"
    );
}

#[tokio::test]
async fn overlapping_slots_of_different_offerings_never_overlap_in_the_table() {
    let app = App::new().await;
    let mut all = Vec::new();
    for n in 0..50_u32 {
        let offering = if n % 2 == 0 { MINI } else { "initial-consultation" };
        let start = at("2026-03-05T14:00:00Z").plus_minutes(30 * i64::from(n % 6));
        let (booking, wish) = (app.booking.clone(), family(n, wish(offering, start)));
        all.push(tokio::spawn(async move { why(booking.book(wish, monday()).await) }));
    }
    for one in all {
        let answer = one.await.unwrap();
        assert!(["booked", "slot_taken"].contains(&answer), "{answer}");
    }
    assert!(app.count("SELECT COUNT(*) FROM appointment").await >= 2);
    app.audit().await;
}

#[tokio::test]
async fn of_several_consultants_the_one_with_fewest_visits_that_day_is_taken() {
    let app = App::with(
        "[[consultants]]\nslug = \"ida-berg\"\nname = \"Ida Berg\"\n[consultants.hours]\nthu = [[\"10:00\", \"12:00\"]]\n",
    )
    .await;
    let start = at("2026-03-05T15:00:00Z");
    let first = app
        .book(family(1, wish(MINI, start)), monday())
        .await
        .unwrap()
        .appointment
        .facts;
    assert_eq!(first.consultant_name, "Nora Tillery", "both are free: the lowest id");
    let offered = app.slots(MINI, Mode::Telehealth, monday(), monday()).await;
    assert!(offered.iter().any(|s| s.start == start), "a slot is the union");
    let second = app
        .book(family(2, wish(MINI, start)), monday())
        .await
        .unwrap()
        .appointment
        .facts;
    assert_eq!(second.consultant_name, "Ida Berg");
    assert_eq!(
        why(app.book(family(3, wish(MINI, start)), monday()).await),
        "slot_taken"
    );
    let later = start.plus_minutes(30);
    for n in [4, 5] {
        app.book(family(n, wish(MINI, later)), monday()).await.unwrap();
    }
    assert_eq!(
        why(app.book(family(6, wish(MINI, later)), monday()).await),
        "slot_taken"
    );
    app.audit().await;
}

#[tokio::test]
async fn without_a_practice_nothing_can_be_booked() {
    let app = App::empty(crate::app::settings()).await;
    assert!(matches!(
        app.book(wish(MINI, monday()), monday()).await,
        Err(BookError::NoPractice)
    ));
    assert!(!app.booking.has_practice().await.unwrap());
    let unknown = App::new().await.book(wish("x", monday()), monday()).await;
    assert!(matches!(
        unknown,
        Err(BookError::NotBookable(NotBookable::UnknownOffering))
    ));
}
