//! What a family answers and agrees to: checked with the booking, kept sealed, read again by whoever may.

use booking::appointment::{
    Answer, AppointmentView, BookError, BookSlot, EventKind, Given, IntakeState, NoticeKind, SaveIntakeError, Tick,
    Visit, Wrong,
};
use booking::practice::Mode;
use kernel::instant::Instant;
use kernel::token::Token;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::app::{App, at, monday, wish};

const ASKING: &str = r#"
[[offerings]]
slug = "free-mini-consult"
name = "Free mini-consult"
minutes = 15

[[offerings.questions]]
key = "worry"
kind = "text"
label = "What worries you most?"
required = true
ask = "at_booking"

[[offerings.questions]]
key = "weeks"
kind = "number"
label = "How many weeks?"
required = true

[[offerings.questions]]
key = "feeding"
kind = "choice"
label = "How do you feed now?"
choices = ["At the breast", "A mix"]

[[offerings.questions]]
key = "parking"
kind = "text"
label = "Where can I park?"
required = true
ask = "at_booking"
when = "home"

[[offerings.consents]]
key = "privacy"
version = 1
wording = "I have read it."
required = true
ask = "at_booking"

[[offerings.consents]]
key = "photos"
version = 2
wording = "Photos are fine."
"#;

fn given(answers: &[(&str, Value)], consents: &[(&str, Tick)]) -> Given {
    Given {
        answers: answers.iter().map(|(k, v)| ((*k).into(), v.clone())).collect(),
        consents: consents.iter().map(|(k, t)| ((*k).into(), t.clone())).collect(),
    }
}

/// What is needed for the booking, and nothing else.
fn enough() -> Given {
    given(
        &[("worry", json!("It hurts on the left"))],
        &[("privacy", Tick::Present)],
    )
}

async fn asking(intake: Given) -> (App, BookSlot) {
    let app = App::with(ASKING).await;
    let slots = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    let wish = wish("free-mini-consult", slots[0].start);
    (app, BookSlot { intake, ..wish })
}

async fn booked() -> (App, AppointmentView) {
    let (app, wish) = asking(enough()).await;
    let booked = app.book(wish, monday()).await.unwrap();
    (app, booked.appointment)
}

fn fields(result: Result<booking::appointment::Booked, BookError>) -> Vec<(String, Wrong)> {
    match result {
        Err(BookError::Intake(problems)) => problems.iter().map(|p| (p.field(), p.wrong)).collect(),
        other => panic!("{other:?}"),
    }
}

async fn save(app: &App, token: &Token, given: Given, now: Instant) -> Vec<(String, Wrong)> {
    let problems = app.booking.save_intake(token, given, now).await.unwrap();
    problems.iter().map(|p| (p.field(), p.wrong)).collect()
}

async fn state(app: &App, view: &AppointmentView) -> IntakeState {
    let states = app.booking.intake_states(&[&view.facts]).await.unwrap();
    let intake = app.booking.intake(&view.facts).await.unwrap();
    assert_eq!(states[&view.facts.id], intake.state(), "a list says what the page says");
    intake.state()
}

/// Every byte of every row of a table, as the database writes it.
async fn raw(app: &App, sql: &str) -> Vec<Vec<u8>> {
    let reader = app.db.reader();
    let rows = reader
        .query_all_raw(Statement::from_string(reader.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[tokio::test]
async fn what_is_needed_at_booking_must_be_there_and_nothing_is_written_without_it() {
    let (app, wish) = asking(Given::default()).await;
    let missing = fields(app.book(wish.clone(), monday()).await);
    assert_eq!(
        missing,
        [
            ("answers.worry".into(), Wrong::Missing),
            ("consents.privacy".into(), Wrong::Missing)
        ]
    );
    let empty = given(&[("worry", json!("  "))], &[("privacy", Tick::Off)]);
    let wish = BookSlot { intake: empty, ..wish };
    assert_eq!(fields(app.book(wish.clone(), monday()).await).len(), 2);
    assert_eq!(app.count("SELECT COUNT(*) FROM appointment").await, 0);
    let wish = BookSlot {
        intake: enough(),
        ..wish
    };
    app.book(wish, monday()).await.unwrap();
}

#[tokio::test]
async fn an_answer_of_the_wrong_kind_a_name_that_is_not_asked_and_other_words_are_refused_by_name() {
    let bad = given(
        &[
            ("worry", json!(7)),
            ("weeks", json!("many")),
            ("feeding", json!("Neither")),
            ("nonsense", json!("x")),
            ("parking", json!("in the yard")),
        ],
        &[
            ("privacy", Tick::Words("1-000000000000".into())),
            ("nope", Tick::Present),
        ],
    );
    let (app, wish) = asking(bad).await;
    let mut wrong = fields(app.book(wish, monday()).await);
    wrong.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        wrong,
        [
            ("answers.feeding".into(), Wrong::NotAChoice),
            ("answers.nonsense".into(), Wrong::Unknown),
            ("answers.parking".into(), Wrong::Unknown),
            ("answers.weeks".into(), Wrong::NotANumber),
            ("answers.worry".into(), Wrong::NotAText),
            ("consents.nope".into(), Wrong::Unknown),
            ("consents.privacy".into(), Wrong::Changed),
        ]
    );
}

#[tokio::test]
async fn what_is_asked_of_home_visits_is_asked_only_there() {
    let home = ASKING.replace("slug = \"free-mini-consult\"", "slug = \"initial-consultation\"");
    let home = home.replace("minutes = 15", "minutes = 90");
    let app = App::with(&home).await;
    let wish = BookSlot {
        visit: Visit::Home {
            address: booking::appointment::HomeAddress::parse("4 Elm Ct").unwrap(),
            postcode: "28801".into(),
        },
        intake: enough(),
        ..wish("initial-consultation", at("2026-03-05T15:00:00Z"))
    };
    assert_eq!(
        fields(app.book(wish, monday()).await),
        [("answers.parking".into(), Wrong::Missing)]
    );
}

#[tokio::test]
async fn the_database_holds_no_plain_answer() {
    let (app, view) = booked().await;
    let more = given(&[("feeding", json!("A mix")), ("weeks", json!(38))], &[]);
    save(&app, &view.token, more, monday()).await;
    let sealed = raw(&app, "SELECT sealed FROM intake_answer").await;
    assert_eq!(sealed.len(), 3);
    for bytes in &sealed {
        let text = String::from_utf8_lossy(bytes);
        for word in ["hurts", "left", "A mix", "worries", "38"] {
            assert!(!text.contains(word), "{word}");
        }
    }
    let intake = app.booking.intake(&view.facts).await.unwrap();
    let answers: Vec<_> = intake
        .questions
        .iter()
        .map(|(q, a)| (q.key.as_str(), a.clone()))
        .collect();
    assert_eq!(
        answers,
        [
            ("worry", Some(Answer::Text("It hurts on the left".into()))),
            ("weeks", Some(Answer::Number(38.0))),
            ("feeding", Some(Answer::Choice("A mix".into()))),
        ]
    );
    // Moved to another row an answer does not open.
    app.execute("UPDATE intake_answer SET sealed = (SELECT sealed FROM intake_answer WHERE question_key = 'weeks') WHERE question_key = 'worry'")
        .await
        .unwrap();
    assert!(app.booking.intake(&view.facts).await.is_err());
}

#[tokio::test]
async fn what_is_typed_later_is_kept_though_something_needed_is_missing() {
    let (app, view) = booked().await;
    assert_eq!(state(&app, &view).await, IntakeState::Missing(1), "the weeks");
    let part = given(&[("feeding", json!("A mix")), ("weeks", json!("many"))], &[]);
    let wrong = save(&app, &view.token, part, monday()).await;
    assert_eq!(wrong, [("answers.weeks".into(), Wrong::NotANumber)]);
    let intake = app.booking.intake(&view.facts).await.unwrap();
    assert!(intake.questions[2].1.is_some() && intake.questions[1].1.is_none());
    // A right answer stays where a wrong one follows, and an emptied one goes.
    save(&app, &view.token, given(&[("weeks", json!("38"))], &[]), monday()).await;
    assert_eq!(state(&app, &view).await, IntakeState::Complete);
    save(&app, &view.token, given(&[("weeks", json!("many"))], &[]), monday()).await;
    assert_eq!(state(&app, &view).await, IntakeState::Complete);
    save(&app, &view.token, given(&[("weeks", json!(""))], &[]), monday()).await;
    assert_eq!(state(&app, &view).await, IntakeState::Missing(1));
    assert_eq!(app.count("SELECT COUNT(*) FROM intake_answer").await, 2);
}

#[tokio::test]
async fn a_consent_is_kept_word_for_word_with_its_version_and_may_be_taken_back() {
    let (app, view) = booked().await;
    let photos = |tick: Tick| given(&[], &[("photos", tick)]);
    let later = monday().plus_minutes(5);
    let intake = app.booking.intake(&view.facts).await.unwrap();
    let mark = intake.consents[1].0.mark();
    save(&app, &view.token, photos(Tick::Words(mark.clone())), later).await;
    // The same tick again is no second consent.
    save(&app, &view.token, photos(Tick::Words(mark)), later.plus_minutes(1)).await;
    let intake = app.booking.intake(&view.facts).await.unwrap();
    assert_eq!(
        (intake.consents[0].1, intake.consents[1].1),
        (Some(monday()), Some(later))
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM intake_consent").await, 2);

    // Even at the same instant the last word counts.
    save(&app, &view.token, photos(Tick::Off), later).await;
    let intake = app.booking.intake(&view.facts).await.unwrap();
    assert_eq!(intake.consents[1].1, None);
    let kept = "SELECT COUNT(*) FROM intake_consent WHERE consent_key = 'photos' AND version = 2 AND wording = 'Photos are fine.'";
    assert_eq!(app.count(kept).await, 2, "given and taken back, both in its words");
    for change in ["UPDATE intake_consent SET given = false", "DELETE FROM intake_consent"] {
        assert!(app.execute(change).await.is_err(), "{change}");
    }
}

#[tokio::test]
async fn new_words_are_asked_for_anew_and_what_is_no_longer_asked_stays() {
    let (app, view) = booked().await;
    save(&app, &view.token, given(&[("weeks", json!(38))], &[]), monday()).await;
    assert_eq!(state(&app, &view).await, IntakeState::Complete);
    let changed = ASKING
        .replace(
            "version = 1\nwording = \"I have read it.\"",
            "version = 2\nwording = \"I have read all of it.\"",
        )
        .replace("key = \"worry\"", "key = \"other\"");
    app.booking
        .apply_practice(&changed, monday().plus_minutes(9))
        .await
        .unwrap();
    let intake = app.booking.intake(&view.facts).await.unwrap();
    assert_eq!(
        intake.earlier_answers,
        [(
            "What worries you most?".into(),
            Answer::Text("It hurts on the left".into())
        )]
    );
    let before = &intake.earlier_consents[0];
    assert_eq!(
        (before.version, before.wording.as_str(), before.at),
        (1, "I have read it.", monday())
    );
    assert_eq!(
        state(&app, &view).await,
        IntakeState::Missing(2),
        "the new question, the new words"
    );
    // A page that still shows the old words cannot agree to the new ones.
    let old = given(&[], &[("privacy", Tick::Words("1-000000000000".into()))]);
    let wrong = save(&app, &view.token, old, monday()).await;
    assert_eq!(wrong, [("consents.privacy".into(), Wrong::Changed)]);
}

#[tokio::test]
async fn only_its_link_opens_an_intake_and_nothing_is_kept_after_the_end_or_a_cancellation() {
    let (app, view) = booked().await;
    let more = || given(&[("weeks", json!(38))], &[]);
    let closed = |result: Result<_, SaveIntakeError>| matches!(result, Err(SaveIntakeError::Closed));
    let stranger = app.booking.save_intake(&Token::presented("x"), more(), monday()).await;
    assert!(matches!(stranger, Err(SaveIntakeError::NotFound)));
    assert!(view.facts.intake_is_open(view.facts.starts) && !view.facts.intake_is_open(view.facts.ends));
    let over = app.booking.save_intake(&view.token, more(), view.facts.ends).await;
    assert!(closed(over));
    let cancelled = app.booking.cancel(&view.token, None, monday()).await.unwrap();
    assert!(!cancelled.appointment.facts.intake_is_shown());
    assert!(closed(app.booking.save_intake(&view.token, more(), monday()).await));
    assert_eq!(app.count("SELECT COUNT(*) FROM intake_answer").await, 1);
}

#[tokio::test]
async fn an_offering_that_asks_nothing_has_no_intake() {
    let app = App::new().await;
    let wish = wish("initial-consultation", at("2026-03-05T15:00:00Z"));
    let view = app.book(wish, monday()).await.unwrap().appointment;
    assert_eq!(state(&app, &view).await, IntakeState::NotAsked);
    assert_eq!(app.booking.intake_states(&[]).await.unwrap().len(), 0);
}

#[tokio::test]
async fn two_tabs_that_save_at_once_keep_one_answer_each() {
    let (app, view) = booked().await;
    let mut all = Vec::new();
    for n in 0..8 {
        let (booking, token) = (app.booking.clone(), view.token.clone());
        let more = given(&[("weeks", json!(30 + n)), ("worry", json!(format!("words {n}")))], &[]);
        all.push(tokio::spawn(async move {
            booking.save_intake(&token, more, monday()).await
        }));
    }
    for one in all {
        assert_eq!(one.await.unwrap().unwrap(), []);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM intake_answer").await, 2);
    assert_eq!(state(&app, &view).await, IntakeState::Complete);
}

/// What the reconciler tells at `now`.
async fn told(app: &App, now: Instant) -> Vec<&'static str> {
    app.heard.take();
    app.booking.remind_due(now).await.unwrap();
    app.heard.kinds()
}

#[tokio::test]
async fn what_is_missing_is_asked_for_a_day_before_and_not_when_it_is_there() {
    for complete in [false, true] {
        let (app, wish) = asking(enough()).await;
        let wish = BookSlot {
            start: at("2026-03-05T15:00:00Z"),
            ..wish
        };
        let view = app.book(wish, monday()).await.unwrap().appointment;
        let day_before = view.facts.starts.plus_minutes(-1440);
        assert_eq!(told(&app, monday()).await, [""; 0]);
        assert_eq!(told(&app, day_before.plus_minutes(-1)).await, [""; 0]);
        if complete {
            save(&app, &view.token, given(&[("weeks", json!(38))], &[]), monday()).await;
        }
        let expected: &[&str] = if complete { &[] } else { &["intake_asked"] };
        assert_eq!(told(&app, day_before).await, expected);
        assert_eq!(told(&app, day_before.plus_minutes(1)).await, [""; 0], "once");
    }
}

#[tokio::test]
async fn a_reminder_of_the_same_moment_asks_along_and_a_move_asks_nobody_twice() {
    let (app, wish) = asking(enough()).await;
    let reminded = "[[offerings]]\nslug = \"free-mini-consult\"\nreminder_minutes = [1440]";
    app.booking.apply_practice(reminded, monday()).await.unwrap();
    let wish = BookSlot {
        start: at("2026-03-05T15:00:00Z"),
        ..wish
    };
    let view = app.book(wish, monday()).await.unwrap().appointment;
    let asks = async |now: Instant| {
        app.heard.take();
        app.booking.remind_due(now).await.unwrap();
        let told = app.heard.take().into_iter().map(|n| n.kind);
        let told: Vec<_> = told
            .map(|kind| matches!(kind, NoticeKind::Reminder { asks: true, .. }))
            .collect();
        told
    };
    let day_before = view.facts.starts.plus_minutes(-1440);
    assert_eq!(asks(day_before).await, [true], "one mail, and it asks");
    let later = view.facts.starts.plus_minutes(1440);
    app.booking.reschedule(&view.token, later, day_before).await.unwrap();
    assert_eq!(
        asks(later.plus_minutes(-1440)).await,
        [false],
        "reminded again, not asked again"
    );
    let events = app.booking.history(view.facts.id).await.unwrap();
    let asked = events.iter().filter(|e| e.kind == EventKind::IntakeAsked);
    assert_eq!(asked.count(), 1);
}

#[tokio::test]
async fn nobody_is_asked_late_after_a_cancellation_or_in_a_silent_family() {
    let (app, wish) = asking(enough()).await;
    let late = BookSlot {
        start: at("2026-03-03T17:00:00Z"),
        ..wish
    };
    let view = app.book(late, monday().plus_minutes(300)).await.unwrap().appointment;
    let day_before = view.facts.starts.plus_minutes(-1440);
    assert_eq!(
        told(&app, monday().plus_minutes(301)).await,
        [""; 0],
        "it was booked later than a day before"
    );
    assert!(day_before < monday().plus_minutes(300));

    let (app, wish) = asking(enough()).await;
    let wish = BookSlot {
        start: at("2026-03-05T15:00:00Z"),
        ..wish
    };
    let view = app.book(wish.clone(), monday()).await.unwrap().appointment;
    let day_before = view.facts.starts.plus_minutes(-1440);
    app.booking.cancel(&view.token, None, monday()).await.unwrap();
    assert_eq!(told(&app, day_before).await, [""; 0]);

    let view = app.book(wish, monday()).await.unwrap().appointment;
    app.booking
        .set_silence(view.facts.id, true, app.login, monday())
        .await
        .unwrap();
    assert_eq!(told(&app, day_before).await, [""; 0]);

    let (app, wish) = asking(enough()).await;
    let wish = BookSlot {
        start: at("2026-03-05T15:00:00Z"),
        ..wish
    };
    app.book(wish, monday()).await.unwrap();
    assert_eq!(
        told(&app, day_before.plus_minutes(31)).await,
        [""; 0],
        "after an outage nothing comes late"
    );
}
