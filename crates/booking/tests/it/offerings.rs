//! What is offered, changed at the desk: with the eyes of the practice file, and under nobody's feet.

use booking::appointment::DeskMove;
use booking::practice::intake::{AnswerKind, Ask};
use booking::practice::{
    ConsentDraft, EditError, Fault, ListChange, Mode, Offering, OfferingChange, OfferingDraft, Part, PlaceKind,
    QuestionDraft, Towards, Unfit,
};

use crate::app::{App, at, monday, wish};

fn draft(name: &str) -> OfferingDraft {
    OfferingDraft {
        name: name.into(),
        price: "120".into(),
        ..OfferingDraft::blank()
    }
}

fn question(label: &str) -> QuestionDraft {
    QuestionDraft {
        label: label.into(),
        ..QuestionDraft::blank()
    }
}

fn consent(wording: &str) -> ConsentDraft {
    ConsentDraft {
        wording: wording.into(),
        ..ConsentDraft::blank()
    }
}

async fn make(app: &App, draft: OfferingDraft) -> Offering {
    let id = app.booking.new_offering_id(monday());
    let made = app.booking.make_offering(id, draft.clone()).await.unwrap();
    assert!(made.changed);
    let again = app.booking.make_offering(id, draft).await.unwrap();
    assert!(!again.changed && again.offering == made.offering, "sent twice");
    made.offering
}

async fn of(app: &App, slug: &str) -> Offering {
    let all = app.booking.every_offering().await.unwrap();
    all.into_iter().find(|o| o.slug.as_str() == slug).unwrap()
}

async fn change(app: &App, slug: &str, change: OfferingChange) -> bool {
    let id = of(app, slug).await.id;
    app.booking.change_offering(id, change, monday()).await.unwrap().changed
}

async fn order(app: &App) -> Vec<String> {
    let all = app.booking.every_offering().await.unwrap();
    all.iter().map(|o| o.slug.to_string()).collect()
}

async fn nothing_to_apply(app: &App) {
    let shown = app.booking.show_practice().await.unwrap();
    let changes = app.booking.apply_practice(&shown, monday()).await.unwrap();
    assert!(changes.is_empty(), "{changes:?}");
}

#[tokio::test]
async fn a_new_offering_stands_last_and_its_slug_is_made_of_its_name_once() {
    let app = App::new().await;
    let made = make(&app, draft("Pump fitting")).await;
    assert_eq!(made.slug.as_str(), "pump-fitting");
    assert_eq!((made.price.minor, made.minutes, made.notice_minutes), (12_000, 60, 720));
    assert!(made.modes.has(Mode::Telehealth) && !made.modes.has(Mode::InPerson));
    let twin = make(&app, draft("Pump fitting")).await;
    assert_eq!(twin.slug.as_str(), "pump-fitting-2");
    let renamed = OfferingChange::Edit(Box::new(draft("Something else")));
    assert!(change(&app, "pump-fitting", renamed).await);
    let renamed = of(&app, "pump-fitting").await;
    assert_eq!(renamed.name, "Something else");
    assert_eq!(order(&app).await[3..], ["pump-fitting", "pump-fitting-2"]);
    assert!(
        app.booking
            .book(wish("pump-fitting", at("2026-03-03T17:00:00Z")), monday())
            .await
            .is_ok()
    );
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn an_offering_saved_as_it_is_shown_is_unchanged() {
    let app = App::new().await;
    for offering in app.booking.every_offering().await.unwrap() {
        let same = OfferingChange::Edit(Box::new(OfferingDraft::of(&offering)));
        let edited = app.booking.change_offering(offering.id, same, monday()).await.unwrap();
        assert!(!edited.changed, "{}", offering.slug);
    }
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_written() {
    let app = App::new().await;
    let bad = OfferingDraft {
        name: " ".into(),
        summary: "two\nlines".into(),
        description: "x".repeat(20_001),
        price: "12,5,0".into(),
        terms: "later".into(),
        minutes: "an hour".into(),
        step_minutes: "0".into(),
        buffer_before_minutes: "241".into(),
        buffer_after_minutes: "-1".into(),
        notice: "9999".into(),
        notice_unit: "days".into(),
        horizon_days: "731".into(),
        daily_cap: "1001".into(),
        channels: Vec::new(),
        places: Vec::new(),
        audience: "friends".into(),
        once_per_family: false,
        reminder_minutes: vec!["0".into()],
    };
    let EditError::Unfit(faults) = app
        .booking
        .make_offering(app.booking.new_offering_id(monday()), bad.clone())
        .await
        .unwrap_err()
    else {
        panic!("it was made");
    };
    let parts: Vec<Part> = faults.iter().map(|f| f.part).collect();
    for part in [
        Part::Name,
        Part::Summary,
        Part::Description,
        Part::Price,
        Part::Terms,
        Part::Minutes,
        Part::Step,
        Part::BufferBefore,
        Part::BufferAfter,
        Part::Notice,
        Part::Horizon,
        Part::Cap,
        Part::Ways,
        Part::Audience,
        Part::Reminders,
    ] {
        assert_eq!(parts.iter().filter(|p| **p == part).count(), 1, "{part:?}");
    }
    let name = Fault {
        part: Part::Name,
        why: Unfit::Empty,
    };
    assert!(faults.contains(&name));
    let before = of(&app, "follow-up").await;
    let refused = app
        .booking
        .change_offering(before.id, OfferingChange::Edit(Box::new(bad)), monday())
        .await;
    assert!(matches!(refused, Err(EditError::Unfit(_))));
    assert_eq!(of(&app, "follow-up").await, before);
    assert_eq!(order(&app).await.len(), 3);
}

#[tokio::test]
async fn offerings_are_ordered_among_those_that_are_on_the_pages() {
    let app = App::new().await;
    let id = of(&app, "follow-up").await.id;
    assert!(change(&app, "initial-consultation", OfferingChange::Archive).await);
    assert!(app.booking.move_offering(id, Towards::Up).await.unwrap());
    assert!(
        !app.booking.move_offering(id, Towards::Up).await.unwrap(),
        "it is first"
    );
    let live = app.booking.offerings().await.unwrap();
    let live: Vec<_> = live.iter().map(|o| o.slug.as_str()).collect();
    assert_eq!(live, ["follow-up", "free-mini-consult"]);
    assert!(change(&app, "initial-consultation", OfferingChange::BringBack).await);
    assert_eq!(
        order(&app).await,
        ["follow-up", "initial-consultation", "free-mini-consult"]
    );
    let slots = "[[offerings]]\nslug = \"free-mini-consult\"\nminutes = 20\n";
    app.booking.apply_practice(slots, monday()).await.unwrap();
    assert_eq!(
        order(&app).await,
        ["follow-up", "initial-consultation", "free-mini-consult"]
    );
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn what_is_booked_of_an_archived_offering_stays_and_can_be_moved_and_cancelled() {
    let app = App::new().await;
    let booked = app
        .book(wish("initial-consultation", at("2026-03-05T15:00:00Z")), monday())
        .await
        .unwrap();
    let offering = of(&app, "initial-consultation").await;
    assert!(change(&app, "initial-consultation", OfferingChange::Archive).await);
    assert!(!change(&app, "initial-consultation", OfferingChange::Archive).await);
    assert!(app.booking.offering("initial-consultation").await.unwrap().is_none());
    assert_eq!(app.booking.coming_of(offering.id, monday()).await.unwrap(), 1);
    let again = app
        .book(wish("initial-consultation", at("2026-03-06T15:00:00Z")), monday())
        .await;
    assert!(again.is_err());
    let token = booked.appointment.token.clone();
    let start = at("2026-03-06T15:00:00Z");
    let moved = app.booking.reschedule(&token, start, monday()).await.unwrap();
    assert_eq!(moved.facts.offering_name, "Initial consultation");
    let back = DeskMove {
        start: at("2026-03-05T15:00:00Z"),
        message: None,
        anyway: false,
    };
    app.booking
        .reschedule_for_family(moved.facts.id, back, app.login, monday())
        .await
        .unwrap();
    app.booking.cancel(&token, None, monday()).await.unwrap();
    assert_eq!(app.booking.coming_of(offering.id, monday()).await.unwrap(), 0);
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn a_changed_offering_leaves_what_was_agreed_alone() {
    let app = App::new().await;
    let booked = app
        .book(wish("initial-consultation", at("2026-03-05T15:00:00Z")), monday())
        .await
        .unwrap();
    let other = OfferingDraft {
        price: "300.00".into(),
        minutes: "30".into(),
        channels: Vec::new(),
        places: vec!["home".into(), "office".into()],
        ..OfferingDraft::of(&of(&app, "initial-consultation").await)
    };
    assert!(change(&app, "initial-consultation", OfferingChange::Edit(Box::new(other))).await);
    let offering = of(&app, "initial-consultation").await;
    assert_eq!(offering.places, [PlaceKind::Office, PlaceKind::Home]);
    assert!(!offering.modes.has(Mode::Telehealth));
    let view = app.booking.by_token(&booked.appointment.token).await.unwrap().unwrap();
    assert_eq!(view.facts, booked.appointment.facts);
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn questions_are_added_edited_ordered_and_removed() {
    let app = App::new().await;
    let questions = |list| OfferingChange::Questions(list);
    for label in ["How do you feed now?", "Your goal", "Your goal"] {
        assert!(change(&app, "follow-up", questions(ListChange::Add(question(label)))).await);
    }
    let keys = async || {
        let offering = of(&app, "follow-up").await;
        offering.questions.iter().map(|q| q.key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(keys().await, ["how-do-you-feed-now", "your-goal", "your-goal-2"]);
    let choice = QuestionDraft {
        kind: "choice".into(),
        choices: "At the breast\r\n\r\n Formula \nFormula".into(),
        required: true,
        ask: "at_booking".into(),
        when: "home".into(),
        ..question("How do you feed your baby?")
    };
    let key = "how-do-you-feed-now".parse().unwrap();
    assert!(change(&app, "follow-up", questions(ListChange::Edit(key, choice))).await);
    let first = of(&app, "follow-up").await.questions[0].clone();
    assert_eq!(first.key.as_str(), "how-do-you-feed-now", "answers stay with it");
    assert_eq!((first.kind, first.ask), (AnswerKind::Choice, Ask::AtBooking));
    assert_eq!(first.choices, ["At the breast", "Formula"]);
    let last = || "your-goal-2".parse().unwrap();
    assert!(change(&app, "follow-up", questions(ListChange::Move(last(), Towards::Up))).await);
    assert_eq!(keys().await, ["how-do-you-feed-now", "your-goal-2", "your-goal"]);
    let down = || questions(ListChange::Move(last(), Towards::Down));
    assert!(change(&app, "follow-up", down()).await && !change(&app, "follow-up", down()).await);
    nothing_to_apply(&app).await;
    assert!(change(&app, "follow-up", questions(ListChange::Remove(last()))).await);
    assert!(!change(&app, "follow-up", questions(ListChange::Remove(last()))).await);
    assert_eq!(keys().await, ["how-do-you-feed-now", "your-goal"]);
    let id = of(&app, "follow-up").await.id;
    for (bad, part) in [
        (question(" "), Part::Label),
        (
            QuestionDraft {
                kind: "song".into(),
                ..question("a")
            },
            Part::Kind,
        ),
        (
            QuestionDraft {
                kind: "choice".into(),
                choices: "one".into(),
                ..question("a")
            },
            Part::Choices,
        ),
        (
            QuestionDraft {
                help: "x".repeat(501),
                ..question("a")
            },
            Part::Help,
        ),
        (
            QuestionDraft {
                when: "never".into(),
                ..question("a")
            },
            Part::When,
        ),
    ] {
        let refused = app
            .booking
            .change_offering(id, questions(ListChange::Add(bad)), monday())
            .await;
        let Err(EditError::Unfit(faults)) = refused else {
            panic!("{part:?}")
        };
        assert_eq!(faults.iter().map(|f| f.part).collect::<Vec<_>>(), [part]);
    }
    let gone = app
        .booking
        .change_offering(id, questions(ListChange::Edit(last(), question("a"))), monday())
        .await;
    assert!(matches!(gone, Err(EditError::NotFound)));
}

#[tokio::test]
async fn other_words_of_a_consent_are_a_new_version_and_the_same_words_are_not() {
    let app = App::new().await;
    let consents = |list| OfferingChange::Consents(list);
    assert!(
        change(
            &app,
            "follow-up",
            consents(ListChange::Add(consent("I agree to the care.")))
        )
        .await
    );
    let now = async || of(&app, "follow-up").await.consents[0].clone();
    let key = now().await.key;
    assert_eq!((key.as_str(), now().await.version), ("i-agree-to-the-care", 1));
    let optional = ConsentDraft {
        required: false,
        ..consent("I agree to the care. ")
    };
    assert!(change(&app, "follow-up", consents(ListChange::Edit(key.clone(), optional))).await);
    assert_eq!((now().await.version, now().await.required), (1, false));
    let words = consent("I agree to the care, and to photographs.");
    assert!(change(&app, "follow-up", consents(ListChange::Edit(key.clone(), words))).await);
    assert_eq!((now().await.version, now().await.key), (2, key.clone()));
    nothing_to_apply(&app).await;
    // A file with other words raises the version too, and never lowers it.
    let file = "[[offerings]]\nslug = \"follow-up\"\nconsents = [{ key = \"i-agree-to-the-care\", version = 1, wording = \"New words.\" }]\n";
    app.booking.apply_practice(file, monday()).await.unwrap();
    assert_eq!(now().await.version, 3);
    assert!(app.booking.apply_practice(file, monday()).await.unwrap().is_empty());
    nothing_to_apply(&app).await;
    let id = of(&app, "follow-up").await.id;
    let refused = app
        .booking
        .change_offering(id, consents(ListChange::Edit(key, consent("\n"))), monday())
        .await;
    assert!(matches!(refused, Err(EditError::Unfit(_))));
}

#[tokio::test]
async fn two_changes_at_once_both_hold() {
    let app = App::new().await;
    let id = of(&app, "follow-up").await.id;
    let add = |n: u32| {
        let booking = app.booking.clone();
        let change = OfferingChange::Questions(ListChange::Add(question(&format!("Question {n}"))));
        tokio::spawn(async move { booking.change_offering(id, change, monday()).await })
    };
    let all: Vec<_> = (0..8).map(add).collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(of(&app, "follow-up").await.questions.len(), 8);
}
