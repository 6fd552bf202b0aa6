//! What is read once and used again never outlives a change, whoever made it.

use booking::Booking;
use booking::appointment::CancelReason;
use booking::practice::{Mode, PlaceKind};
use booking::schedule::{Slot, SlotsAsked};
use kernel::instant::Instant;

use crate::app::{App, at, family, monday, wish};

async fn offered(booking: &Booking, now: Instant) -> Vec<Slot> {
    let mut all = Vec::new();
    for (offering, mode) in [
        ("free-mini-consult", Mode::Telehealth),
        ("initial-consultation", Mode::InPerson),
    ] {
        let asked = SlotsAsked {
            offering: offering.into(),
            mode,
            place: (mode == Mode::InPerson).then_some(PlaceKind::Office),
            postcode: None,
            from: now.plus_minutes(-600),
            until: now.plus_minutes(20 * 1440),
        };
        all.extend(booking.slots(&asked, now).await.unwrap().slots.iter());
    }
    all
}

#[tokio::test]
async fn a_slot_that_another_process_gave_away_is_not_offered_a_moment_later() {
    let app = App::new().await;
    let other = app.elsewhere().await;
    let mut tokens = Vec::new();
    for round in 0..12_u32 {
        let now = monday().plus_minutes(i64::from(round) * 180);
        let before = offered(&app.booking, now).await;
        let start = before[usize::try_from(round * 7).unwrap() % before.len()].start;
        let booked = other.book(family(round, wish("free-mini-consult", start)), now).await;
        let booked = booked.map(|booked| booked.appointment.token);
        let after = offered(&app.booking, now).await;
        assert!(booked.is_err() || before != after, "round {round}");
        assert_eq!(after, offered(&app.elsewhere().await, now).await, "round {round}");
        tokens.extend(booked);
        if round % 3 == 2 {
            let token = tokens.pop().unwrap();
            other.cancel(&token, CancelReason::parse("illness"), now).await.unwrap();
            assert_eq!(
                offered(&app.booking, now).await,
                offered(&app.elsewhere().await, now).await
            );
        }
    }
    assert!(tokens.len() > 4, "{} bookings", tokens.len());
}

#[tokio::test]
async fn hours_that_another_process_changed_hold_at_once_and_for_earlier_moments_too() {
    let app = App::new().await;
    let (now, other) = (at("2026-03-03T13:00:00Z"), app.elsewhere().await);
    let before = offered(&app.booking, now).await;
    let closed = "[[consultants]]\nslug = \"dana-reyes\"\n[consultants.hours]\nthu = []\n";
    let slug = app.booking.consultants().await.unwrap()[0].slug.to_string();
    other
        .apply_practice(&closed.replace("dana-reyes", &slug), now)
        .await
        .unwrap();
    let after = offered(&app.booking, now).await;
    assert!(after.len() < before.len());
    assert_eq!(after, offered(&app.elsewhere().await, now).await);
    // A clock that was set back sees what a fresh look sees.
    let earlier = monday();
    assert_eq!(
        offered(&app.booking, earlier).await,
        offered(&app.elsewhere().await, earlier).await
    );
}

#[tokio::test]
async fn a_hold_that_ends_frees_its_slot_although_nothing_is_written() {
    let app = App::new().await;
    let now = monday();
    let start = offered(&app.booking, now).await.last().unwrap().start;
    let mut wish = wish("initial-consultation", start);
    wish.visit = booking::appointment::Visit::Office;
    let hold = app.book(wish, now).await.unwrap();
    let booking::appointment::State::AwaitingPayment { hold_until } = hold.appointment.facts.state else {
        panic!("not awaiting payment");
    };
    let has = |slots: &[Slot]| slots.iter().any(|slot| slot.start == start);
    assert!(!has(&offered(&app.booking, hold_until).await));
    assert!(has(&offered(&app.booking, hold_until.plus_minutes(3)).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_while_others_write_are_all_told_the_truth_of_their_own_moment() {
    let app = App::new().await;
    let now = monday();
    let starts: Vec<Instant> = offered(&app.booking, now)
        .await
        .iter()
        .map(|slot| slot.start)
        .step_by(9)
        .take(12)
        .collect();
    let mut tasks = Vec::new();
    for (n, start) in (0..).zip(starts) {
        let booking = app.booking.clone();
        tasks.push(tokio::spawn(async move {
            let booked = booking.book(family(n, wish("free-mini-consult", start)), now).await;
            // Whoever has booked never sees her own slot offered again.
            let mut seen = Vec::new();
            for _ in 0..4 {
                seen.extend(offered(&booking, now).await.into_iter().map(|slot| slot.start));
            }
            booked.is_err() || !seen.contains(&start)
        }));
    }
    for task in tasks {
        assert!(task.await.unwrap());
    }
}

/// The coming months of each offering and mode, asked for in the same words unless `apart`.
async fn months(booking: &Booking, now: Instant, apart: i64) -> Vec<Vec<Slot>> {
    let mut all = Vec::new();
    for (offering, mode) in [
        ("free-mini-consult", Mode::Telehealth),
        ("initial-consultation", Mode::InPerson),
        ("initial-consultation", Mode::Telehealth),
    ] {
        let asked = SlotsAsked {
            offering: offering.into(),
            mode,
            place: (mode == Mode::InPerson).then_some(PlaceKind::Office),
            postcode: None,
            from: Instant::from_micros(monday().micros() - apart),
            until: monday().plus_minutes(60 * 1440),
        };
        all.push(booking.slots(&asked, now).await.unwrap().slots.clone());
    }
    all
}

#[tokio::test]
async fn an_answer_that_is_given_again_is_what_would_be_computed_at_each_moment() {
    let app = App::new().await;
    let first = months(&app.booking, monday(), 0).await;
    let mut ends = Vec::new();
    for (n, slot) in (1_u32..).zip([first[2][0], first[2][19]]) {
        let wish = family(n, wish("initial-consultation", slot.start));
        let booked = app.book(wish, monday()).await.unwrap().appointment;
        let booking::appointment::State::AwaitingPayment { hold_until } = booked.facts.state else {
            panic!("{:?}", booked.facts.state);
        };
        ends.push(hold_until);
    }
    // Nobody writes any more: what changes now is the notice, the horizon, and the holds that end.
    let mut moments: Vec<Instant> = (0..300).map(|n| monday().plus_minutes(n * 11)).collect();
    for change in ends
        .iter()
        .map(|end| end.plus_minutes(2))
        .chain(first.iter().map(|of| of[1].start.plus_minutes(-120)))
    {
        moments.extend([-1, 0, 1].map(|micros| Instant::from_micros(change.micros() + micros)));
    }
    moments.retain(|now| *now >= monday());
    moments.sort_unstable();
    let mut answers = std::collections::HashSet::new();
    for (n, now) in moments.into_iter().enumerate() {
        let given = months(&app.booking, now, 0).await;
        let computed = months(&app.booking, now, 1 + i64::try_from(n).unwrap()).await;
        assert!(given == computed, "{now}");
        answers.insert(given);
    }
    assert!(answers.len() > 20, "{} different answers", answers.len());
}
