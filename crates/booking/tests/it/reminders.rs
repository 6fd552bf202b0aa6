//! Reminders: each once, at its moment or not at all; and the silence that stops them.

use booking::appointment::{AppointmentView, BookSlot, Booked, CancelReason, DeskMove, EventKind, NoticeKind};
use booking::money::PaidBy;
use booking::practice::{OfferingChange, OfferingDraft};
use kernel::email::EmailAddress;
use kernel::instant::Instant;

use crate::app::{App, at, family, monday, wish};

/// Monday, 9 March 2026, 14:00 in Asheville, a day after the clocks went forward.
fn start() -> Instant {
    at("2026-03-09T18:00:00Z")
}

/// A confirmed initial consultation, which has the default reminders.
async fn booked(app: &App, start: Instant, now: Instant) -> AppointmentView {
    let id = app.book(wish("initial-consultation", start), now).await.unwrap();
    let id = id.appointment.facts.id;
    app.booking.mark_paid(id, PaidBy::Cash, app.login, now).await.unwrap();
    app.heard.take();
    app.booking.appointment(id).await.unwrap().unwrap()
}

/// The minutes of the reminders that are written at `now`.
async fn told(app: &App, now: Instant) -> Vec<u32> {
    app.booking.remind_due(now).await.unwrap();
    let minutes = |kind: &NoticeKind| match kind {
        NoticeKind::Reminder { minutes, until, .. } => {
            assert!(*until > now);
            *minutes
        }
        other => panic!("{other:?}"),
    };
    app.heard.take().iter().map(|n| minutes(&n.kind)).collect()
}

/// All that is told when the reconciler looks every ten minutes until the day after the visit.
async fn all_told(app: &App, mut now: Instant, until: Instant) -> Vec<(Instant, u32)> {
    let mut all = Vec::new();
    while now < until {
        all.extend(told(app, now).await.into_iter().map(|minutes| (now, minutes)));
        now = now.plus_minutes(10);
    }
    all
}

#[tokio::test]
async fn a_visit_is_told_a_day_and_two_hours_before_and_each_once() {
    let app = App::new().await;
    booked(&app, start(), monday()).await;
    let all = all_told(&app, monday(), start().plus_minutes(1440)).await;
    let expected = [(start().plus_minutes(-1440), 1440), (start().plus_minutes(-120), 120)];
    assert_eq!(all, expected);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM appointment WHERE remind_at IS NOT NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn the_mini_has_one_and_a_visit_that_waits_for_payment_has_none() {
    let app = App::new().await;
    let mini = at("2026-03-05T17:00:00Z");
    app.book(family(1, wish("free-mini-consult", mini)), monday())
        .await
        .unwrap();
    app.book(wish("initial-consultation", at("2026-03-04T14:00:00Z")), monday())
        .await
        .unwrap();
    app.heard.take();
    let all = all_told(&app, monday(), mini).await;
    assert_eq!(all, [(mini.plus_minutes(-120), 120)]);
}

#[tokio::test]
async fn one_that_is_paid_between_its_reminders_gets_the_second_alone() {
    let app = App::new().await;
    let id = app
        .book(wish("initial-consultation", start()), start().plus_minutes(-2000))
        .await
        .unwrap();
    let now = start().plus_minutes(-600);
    let id = id.appointment.facts.id;
    app.booking.mark_paid(id, PaidBy::Cash, app.login, now).await.unwrap();
    app.heard.take();
    assert_eq!(all_told(&app, now, start()).await, [(start().plus_minutes(-120), 120)]);
}

#[tokio::test]
async fn after_an_outage_nothing_is_told_late_and_nothing_in_a_burst() {
    let app = App::new().await;
    for (n, hours) in [0, 2, 4].into_iter().enumerate() {
        let wish = family(
            u32::try_from(n).unwrap(),
            wish("free-mini-consult", start().plus_minutes(60 * hours - 300)),
        );
        app.book(wish, monday()).await.unwrap();
    }
    app.heard.take();
    assert!(told(&app, monday()).await.is_empty());
    // Half an hour is the bound, and it is not inclusive.
    let first = start().plus_minutes(-420);
    assert_eq!(told(&app, first.plus_minutes(30)).await, Vec::<u32>::new());
    assert_eq!(told(&app, first.plus_minutes(120 + 29)).await, [120]);
    assert_eq!(told(&app, first.plus_minutes(120 + 29)).await, Vec::<u32>::new());
    assert_eq!(told(&app, start()).await, Vec::<u32>::new(), "not after it has begun");
}

#[tokio::test]
async fn a_cancelled_visit_is_told_nothing() {
    let app = App::new().await;
    let visit = booked(&app, start(), monday()).await;
    let later = start().plus_minutes(-1500);
    assert!(told(&app, later).await.is_empty());
    app.booking.cancel(&visit.token, None, later).await.unwrap();
    app.heard.take();
    assert!(all_told(&app, later, start()).await.is_empty());
}

#[tokio::test]
async fn a_move_computes_anew_and_what_was_told_of_the_old_time_does_not_hinder_it() {
    let app = App::new().await;
    let visit = booked(&app, start(), monday()).await;
    let day_before = start().plus_minutes(-1440);
    assert_eq!(told(&app, day_before).await, [1440]);
    // To the next day: both again, none of the old time.
    let wish = DeskMove {
        start: start().plus_minutes(1440),
        message: None,
        anyway: true,
    };
    let moved = app
        .booking
        .reschedule_for_family(visit.facts.id, wish, app.login, day_before.plus_minutes(10))
        .await
        .unwrap();
    app.heard.take();
    let starts = moved.facts.starts;
    let all = all_told(&app, day_before.plus_minutes(10), starts).await;
    assert_eq!(
        all,
        [(starts.plus_minutes(-1440), 1440), (starts.plus_minutes(-120), 120)]
    );
}

#[tokio::test]
async fn two_reconcilers_at_once_tell_it_once() {
    let app = App::new().await;
    booked(&app, start(), monday()).await;
    let now = start().plus_minutes(-1440);
    assert!(told(&app, now.plus_minutes(-1)).await.is_empty());
    let run = |app: &App| {
        let booking = app.booking.clone();
        tokio::spawn(async move { booking.remind_due(now).await.unwrap() })
    };
    let runs: Vec<_> = (0..8).map(|_| run(&app)).collect();
    let mut done = 0;
    for one in runs {
        done += one.await.unwrap();
    }
    assert_eq!(done, 1);
}

#[tokio::test]
async fn a_reminder_that_is_turned_on_mails_nobody_retroactively() {
    let app = App::new().await;
    booked(&app, start(), monday()).await;
    let now = start().plus_minutes(-1500);
    assert!(told(&app, now).await.is_empty());
    // A moment ago it would have been due.
    let toml = "[[offerings]]\nslug = \"initial-consultation\"\nreminder_minutes = [1510, 1440, 60]";
    app.booking.apply_practice(toml, now).await.unwrap();
    let all = all_told(&app, now, start()).await;
    let expected = [(start().plus_minutes(-1440), 1440), (start().plus_minutes(-60), 60)];
    assert_eq!(all, expected);
}

#[tokio::test]
async fn at_the_desk_too_a_reminder_that_is_turned_on_counts_from_then_on() {
    let app = App::new().await;
    booked(&app, start(), monday()).await;
    let now = start().plus_minutes(-1500);
    assert!(told(&app, now).await.is_empty());
    let all = app.booking.every_offering().await.unwrap();
    let offering = all.iter().find(|o| o.slug.as_str() == "initial-consultation").unwrap();
    let mut draft = OfferingDraft::of(offering);
    draft.reminder_minutes = vec!["1510".into(), "90".into()];
    let change = OfferingChange::Edit(Box::new(draft));
    assert!(
        app.booking
            .change_offering(offering.id, change, now)
            .await
            .unwrap()
            .changed
    );
    assert_eq!(all_told(&app, now, start()).await, [(start().plus_minutes(-90), 90)]);
}

#[tokio::test]
async fn what_is_due_when_its_definition_changes_is_told_first() {
    let app = App::new().await;
    booked(&app, start(), monday()).await;
    let now = start().plus_minutes(-1440);
    assert!(told(&app, now.plus_minutes(-10)).await.is_empty());
    let toml = "[[offerings]]\nslug = \"initial-consultation\"\nreminder_minutes = []";
    app.booking.apply_practice(toml, now.plus_minutes(3)).await.unwrap();
    assert_eq!(app.heard.kinds(), ["reminder"]);
    assert!(all_told(&app, now.plus_minutes(3), start()).await.is_empty());
}

#[tokio::test]
async fn one_tap_keeps_a_family_silent_and_another_lifts_it() {
    let app = App::new().await;
    let visit = booked(&app, start(), monday()).await;
    let (id, now) = (visit.facts.id, start().plus_minutes(-1500));
    assert!(app.booking.set_silence(id, true, app.login, now).await.unwrap());
    assert!(
        !app.booking.set_silence(id, true, app.login, now).await.unwrap(),
        "once"
    );
    let told_of = app.heard.silences();
    assert_eq!(told_of.len(), 1);
    assert!(told_of[0].silent && told_of[0].addresses == [visit.facts.parent_email]);
    assert_eq!(told_of[0].appointments, [id]);
    assert_eq!(app.booking.silenced_at(id).await.unwrap(), Some(now));
    assert!(all_told(&app, now, start().plus_minutes(-300)).await.is_empty());
    // What she books herself is still confirmed.
    app.book(
        wish("free-mini-consult", at("2026-03-12T14:00:00Z")),
        start().plus_minutes(-300),
    )
    .await
    .unwrap();
    assert_eq!(app.heard.kinds(), ["confirmed"]);
    let lifted = start().plus_minutes(-200);
    assert!(app.booking.set_silence(id, false, app.login, lifted).await.unwrap());
    assert_eq!(
        all_told(&app, lifted, start()).await,
        [(start().plus_minutes(-120), 120)]
    );
    let history: Vec<_> = app.booking.history(id).await.unwrap().iter().map(|e| e.kind).collect();
    let expected = [
        EventKind::Booked,
        EventKind::Paid {
            by: PaidBy::Cash,
            amount: visit.facts.price,
        },
        EventKind::Silenced { by_consultant: true },
        EventKind::SilenceLifted,
    ];
    assert_eq!(history, expected);
}

#[tokio::test]
async fn a_loss_silences_the_family_in_the_same_write() {
    let app = App::new().await;
    let visit = booked(&app, start(), monday()).await;
    let other = app
        .book(wish("free-mini-consult", at("2026-03-12T14:00:00Z")), monday())
        .await
        .unwrap();
    app.heard.take();
    let now = start().plus_minutes(-1500);
    app.booking
        .cancel(&visit.token, CancelReason::parse("loss"), now)
        .await
        .unwrap();
    assert_eq!(app.heard.kinds(), ["cancelled_by_parent"]);
    let silences = app.heard.silences();
    assert_eq!(silences.len(), 1);
    assert_eq!(silences[0].appointments, [other.appointment.facts.id]);
    assert!(all_told(&app, now, at("2026-03-12T14:00:00Z")).await.is_empty());
    let last = app.booking.history(visit.facts.id).await.unwrap().pop().unwrap().kind;
    assert_eq!(last, EventKind::Silenced { by_consultant: false });
    app.audit().await;
    // Any other reason leaves it as it is.
    let visit = booked(&app, start().plus_minutes(1440), now).await;
    assert!(
        app.booking
            .set_silence(visit.facts.id, false, app.login, now)
            .await
            .unwrap()
    );
    app.booking
        .cancel(&visit.token, CancelReason::parse("birth"), now)
        .await
        .unwrap();
    assert_eq!(app.booking.silenced_at(visit.facts.id).await.unwrap(), None);
}

#[tokio::test]
async fn the_second_person_of_a_family_is_silent_with_it_unless_she_is_so_herself() {
    let app = App::new().await;
    let ana = BookSlot {
        second_recipient: Some("bo@example.org".parse().unwrap()),
        ..wish("free-mini-consult", at("2026-03-05T17:00:00Z"))
    };
    let ana = app.book(ana, monday()).await.unwrap();
    let bo = BookSlot {
        email: "bo@example.org".parse().unwrap(),
        phone: None,
        ..wish("free-mini-consult", at("2026-03-05T18:00:00Z"))
    };
    let bo = app.book(bo, monday()).await.unwrap();
    let set = async |of: &Booked, silent| {
        let id = of.appointment.facts.id;
        app.booking.set_silence(id, silent, app.login, monday()).await.unwrap();
        let told = app.heard.silences().pop().unwrap();
        told.addresses.iter().map(|a| a.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(set(&ana, true).await, ["ana@example.org", "bo@example.org"]);
    assert_eq!(set(&bo, true).await, ["bo@example.org"]);
    assert_eq!(set(&ana, false).await, ["ana@example.org"]);
    assert_eq!(set(&bo, false).await, ["bo@example.org"]);
}

#[tokio::test]
async fn whom_a_silent_family_names_later_is_silent_too() {
    let app = App::new().await;
    let wish = wish("free-mini-consult", at("2026-03-05T17:00:00Z"));
    let booked = app.book(wish, monday()).await.unwrap().appointment;
    let id = booked.facts.id;
    app.booking.set_silence(id, true, app.login, monday()).await.unwrap();
    let second = Some("bo@example.org".parse().unwrap());
    app.booking
        .set_second_recipient(&booked.token, second, monday())
        .await
        .unwrap();
    let told = app.heard.silences().pop().unwrap();
    assert!(told.silent && told.appointments.is_empty());
    assert_eq!(
        told.addresses.iter().map(EmailAddress::as_str).collect::<Vec<_>>(),
        ["bo@example.org"]
    );
}

#[tokio::test]
async fn without_limits_there_are_no_quiet_hours() {
    let mut settings = crate::app::settings();
    settings.limits = false;
    let app = App::empty(settings).await;
    app.booking
        .apply_practice(crate::app::PRACTICE, monday())
        .await
        .unwrap();
    // Saturday at 9 in Asheville, booked from Honolulu, where two hours before it is 2 in the night.
    let start = at("2026-03-07T14:00:00Z");
    let mut wish = wish("free-mini-consult", start);
    wish.zone = "Pacific/Honolulu".parse().unwrap();
    app.book(wish.clone(), monday()).await.unwrap();
    app.heard.take();
    assert_eq!(all_told(&app, monday(), start).await, [(start.plus_minutes(-120), 120)]);
    // With them it goes on her evening before.
    let app = App::new().await;
    app.book(wish, monday()).await.unwrap();
    app.heard.take();
    assert_eq!(
        all_told(&app, monday(), start).await,
        [(at("2026-03-07T06:30:00Z"), 120)]
    );
}
