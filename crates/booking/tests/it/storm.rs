//! A storm of everything that may happen to appointments, seeded and bounded; then the books are audited.

use booking::appointment::{BookError, CancelError, CancelReason, RescheduleError};
use booking::money::{PaidBy, PayError};
use kernel::chance::Chance;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::app::{App, at, family, monday, wish};

#[tokio::test]
async fn after_a_storm_of_bookings_moves_cancellations_payments_and_expiries_the_books_are_right() {
    let app = App::with("[[consultants]]\nslug = \"ida-berg\"\nname = \"Ida Berg\"\n[consultants.hours]\nthu = [[\"10:00\", \"16:00\"]]\n").await;
    let chance = Chance::seeded(11);
    let mut tokens: Vec<Token> = Vec::new();
    let mut ids = Vec::new();
    for round in 0..24_u32 {
        let now = monday().plus_minutes(i64::from(round) * 60 * 4);
        let mut tasks = Vec::new();
        for n in 0..12_u32 {
            let (app, pick) = (app.booking.clone(), chance.below(12));
            let login = crate::app::login();
            let some = |len: usize| usize::try_from(chance.below(len as u64)).unwrap();
            let wish = family(
                round * 12 + n,
                wish(
                    ["free-mini-consult", "initial-consultation"][some(2)],
                    start(&chance, now),
                ),
            );
            let token = (!tokens.is_empty()).then(|| tokens[some(tokens.len())].clone());
            let to = start(&chance, now);
            let id = (!ids.is_empty()).then(|| ids[some(ids.len())]);
            tasks.push(tokio::spawn(async move {
                match (pick, token, id) {
                    (0, Some(token), _) => match app.cancel(&token, CancelReason::parse("illness"), now).await {
                        Ok(_) | Err(CancelError::TooLate | CancelError::NotActive(_)) => None,
                        Err(other) => panic!("{other:?}"),
                    },
                    (1, _, Some(id)) => match app.cancel_for_family(id, None, login, now).await {
                        Ok(_) | Err(CancelError::TooLate | CancelError::NotActive(_)) => None,
                        Err(other) => panic!("{other:?}"),
                    },
                    (2 | 3, _, Some(id)) => match app.mark_paid(id, PaidBy::Cash, login, now).await {
                        Ok(_) | Err(PayError::AlreadyPaid | PayError::NothingToPay | PayError::NotPayable(_)) => None,
                        Err(other) => panic!("{other:?}"),
                    },
                    (5 | 6, Some(token), _) => match app.reschedule(&token, to, now).await {
                        Ok(_)
                        | Err(
                            RescheduleError::SlotTaken
                            | RescheduleError::TooLate
                            | RescheduleError::NotActive(_)
                            | RescheduleError::NotBookable(_),
                        ) => None,
                        Err(other) => panic!("{other:?}"),
                    },
                    (4, _, _) => {
                        app.expire_due(now).await.unwrap();
                        app.complete_due(now).await.unwrap();
                        None
                    }
                    _ => match app.book(wish, now).await {
                        Ok(booked) => Some((booked.appointment.token, booked.appointment.facts.id)),
                        Err(BookError::SlotTaken | BookError::NotBookable(_)) => None,
                        Err(other) => panic!("{other:?}"),
                    },
                }
            }));
        }
        for task in tasks {
            if let Some((token, id)) = task.await.unwrap() {
                tokens.push(token);
                ids.push(id);
            }
        }
    }
    assert!(ids.len() > 20, "{} bookings", ids.len());
    app.audit().await;
    let unlike = "SELECT COUNT(*) FROM appointment a WHERE (a.paid_at IS NOT NULL) <> EXISTS (SELECT 1 FROM payment p WHERE p.appointment_id = a.id)";
    assert_eq!(app.count(unlike).await, 0);
}

/// Some start of the grid in the days to come.
fn start(chance: &Chance, now: Instant) -> Instant {
    let thursday = at("2026-03-05T14:00:00Z");
    let base = if now < thursday {
        thursday
    } else {
        thursday.plus_minutes(7 * 1440)
    };
    base.plus_minutes(30 * i64::try_from(chance.below(12)).unwrap())
}
