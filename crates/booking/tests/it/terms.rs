//! What was agreed holds: the ways that a package's line allows, the end of its credits, and the policy of the day of booking.

use booking::appointment::{
    BookError, BookSlot, ByHand, CancelReason, DeskMove, HomeAddress, NotBookable, RescheduleError, State, Visit,
};
use booking::money::{BuyPackage, NoCredit, PaidBy, PurchaseView};
use booking::practice::{Mode, PlaceKind};
use kernel::instant::Instant;

use crate::app::{App, at, login, monday, wish};

const LINES: &str = r#"
[[home_zones]]
name = "A"
postcodes = ["28801"]
travel_minutes = 20
trip_fee = "25.00"
[[offerings]]
slug = "follow-up"
modes = ["telehealth", "in_person"]
places = ["office", "home"]
horizon_days = 400
[[packages]]
slug = "by-video"
name = "By video"
price = "200.00"
valid_months = 2
visits = [{ offering = "follow-up", count = 3, modes = ["telehealth"] }]
[[packages]]
slug = "at-home"
name = "At home"
price = "300.00"
valid_months = 2
visits = [{ offering = "follow-up", count = 2, modes = ["in_person"], places = ["home"], trip_fee_included = true }]
[[packages]]
slug = "trip-apart"
name = "Trip apart"
price = "250.00"
valid_months = 2
visits = [{ offering = "follow-up", count = 2 }]
"#;

async fn paid(app: &App, package: &str, now: Instant) -> PurchaseView {
    let buyer = wish("follow-up", now);
    let bought = BuyPackage {
        package: package.into(),
        name: buyer.name,
        email: buyer.email,
        phone: buyer.phone,
        key: None,
    };
    let id = app.booking.buy(bought, now).await.unwrap().purchase.facts.id;
    let paid = app.booking.mark_purchase_paid(id, PaidBy::Cash, login(), now).await;
    paid.unwrap()
}

fn with(purchase: &PurchaseView, visit: Visit, start: Instant) -> BookSlot {
    BookSlot {
        visit,
        credit: Some(purchase.token.clone()),
        ..wish("follow-up", start)
    }
}

fn at_home() -> Visit {
    Visit::Home {
        address: HomeAddress::parse("41 Haywood Road").unwrap(),
        postcode: "28801".into(),
    }
}

fn video() -> Visit {
    wish("follow-up", monday()).visit
}

const WEDNESDAY: &str = "2026-03-04T15:00:00Z";

#[tokio::test]
async fn a_credit_for_telehealth_books_no_visit_in_person_and_one_for_homes_no_video() {
    let app = App::with(LINES).await;
    let (by_video, home) = (
        paid(&app, "by-video", monday()).await,
        paid(&app, "at-home", monday()).await,
    );
    let start = at(WEDNESDAY);
    for refused in [with(&by_video, at_home(), start), with(&by_video, Visit::Office, start)] {
        let refused = app.book(refused, monday()).await;
        assert!(
            matches!(refused, Err(BookError::NoCredit(NoCredit::OtherWay))),
            "{refused:?}"
        );
    }
    for visit in [video(), Visit::Office] {
        let refused = app.book(with(&home, visit, start), monday()).await;
        assert!(
            matches!(refused, Err(BookError::NoCredit(NoCredit::OtherWay))),
            "{refused:?}"
        );
    }
    app.book(with(&by_video, video(), start), monday()).await.unwrap();
    let ways = &by_video.credits[0].ways;
    assert!(ways.allow(Mode::Telehealth, None) && !ways.allow(Mode::InPerson, Some(PlaceKind::Home)));
}

#[tokio::test]
async fn a_trip_that_is_not_included_is_owed_beside_the_credit_and_an_included_one_is_not() {
    let app = App::with(LINES).await;
    for (package, owed) in [("at-home", 0), ("trip-apart", 2_500)] {
        let purchase = paid(&app, package, monday()).await;
        let hour = if owed == 0 {
            "2026-03-05T15:30:00Z"
        } else {
            "2026-03-06T15:30:00Z"
        };
        let booked = app.book(with(&purchase, at_home(), at(hour)), monday()).await.unwrap();
        let facts = booked.appointment.facts;
        assert_eq!(
            (facts.state, facts.by_credit, facts.owed().minor),
            (State::Confirmed, true, owed)
        );
    }
}

#[tokio::test]
async fn what_was_bought_keeps_its_lines_when_the_package_changes() {
    let app = App::with(LINES).await;
    let home = paid(&app, "at-home", monday()).await;
    let other = "[[packages]]\nslug = \"at-home\"\nvisits = [{ offering = \"follow-up\", count = 1, modes = [\"telehealth\"] }]\narchived = true\n";
    app.booking.apply_practice(other, monday()).await.unwrap();
    let booked = app
        .book(with(&home, at_home(), at("2026-03-05T15:30:00Z")), monday())
        .await
        .unwrap();
    assert!(booked.appointment.facts.owed().is_zero());
    let refused = app
        .book(with(&home, video(), at("2026-03-05T15:00:00Z")), monday())
        .await;
    assert!(matches!(refused, Err(BookError::NoCredit(NoCredit::OtherWay))));
}

#[tokio::test]
async fn a_line_that_says_a_way_its_offering_has_not_is_refused_and_show_gives_the_lines_back() {
    let app = App::with(LINES).await;
    let wrong = "[[packages]]\nslug = \"at-home\"\nvisits = [{ offering = \"free-mini-consult\", count = 1, modes = [\"in_person\"] }]\n";
    assert!(app.booking.apply_practice(wrong, monday()).await.is_err());
    let nowhere = "[[packages]]\nslug = \"at-home\"\nvisits = [{ offering = \"follow-up\", count = 1, modes = [\"telehealth\"], places = [\"home\"] }]\n";
    assert!(app.booking.apply_practice(nowhere, monday()).await.is_err());
    let shown = app.booking.show_practice().await.unwrap();
    assert!(
        shown.contains("modes = [\"in_person\"], places = [\"home\"], trip_fee_included = true"),
        "{shown}"
    );
    assert_eq!(app.booking.apply_practice(&shown, monday()).await.unwrap(), []);
    // One key for the whole package is a word for each of its lines.
    let all = "[[packages]]\nslug = \"trip-apart\"\ntrip_fee_included = true\n";
    app.booking.apply_practice(all, monday()).await.unwrap();
    let packages = app.booking.packages().await.unwrap();
    let lines = &packages
        .iter()
        .find(|p| p.slug.as_str() == "trip-apart")
        .unwrap()
        .visits;
    assert!(lines.iter().all(|line| line.trip_fee_included));
}

#[tokio::test]
async fn a_visit_paid_by_a_credit_is_not_moved_beyond_its_end_by_anybody() {
    let app = App::with(LINES).await;
    let purchase = paid(&app, "by-video", monday()).await;
    app.book(with(&purchase, video(), at(WEDNESDAY)), monday())
        .await
        .unwrap();
    let later = app
        .book(with(&purchase, video(), at("2026-03-11T15:00:00Z")), monday())
        .await
        .unwrap()
        .appointment;
    let ends = app.booking.purchase(&purchase.token, monday()).await.unwrap().unwrap();
    assert_eq!(
        ends.expires_at,
        Some(at("2026-05-04T14:00:00Z")),
        "two months on the wall clock"
    );
    let beyond = at("2026-05-06T14:00:00Z");
    let refused = app.booking.reschedule(&later.token, beyond, monday()).await;
    assert!(matches!(refused, Err(RescheduleError::CreditOver(_))), "{refused:?}");
    for anyway in [false, true] {
        let wish = DeskMove {
            start: beyond,
            message: None,
            anyway,
        };
        let refused = app
            .booking
            .reschedule_for_family(later.facts.id, wish, login(), monday())
            .await;
        assert!(matches!(refused, Err(RescheduleError::CreditOver(_))), "{refused:?}");
    }
    let offered = app
        .booking
        .slots_to_move(
            &later.token,
            at("2026-04-27T00:00:00Z"),
            at("2026-05-20T00:00:00Z"),
            monday(),
        )
        .await
        .unwrap()
        .unwrap()
        .slots;
    let ends = ends.expires_at.unwrap();
    assert!(
        !offered.is_empty() && offered.iter().all(|slot| slot.start < ends),
        "{offered:?}"
    );
    let last = offered.last().unwrap().start;
    app.booking.reschedule(&later.token, last, monday()).await.unwrap();
    app.audit().await;
}

#[tokio::test]
async fn the_first_visit_of_a_package_may_be_moved_because_the_months_count_from_it() {
    let app = App::with(LINES).await;
    let purchase = paid(&app, "by-video", monday()).await;
    let first = app
        .book(with(&purchase, video(), at(WEDNESDAY)), monday())
        .await
        .unwrap()
        .appointment;
    let beyond = at("2026-05-06T14:00:00Z");
    app.booking.reschedule(&first.token, beyond, monday()).await.unwrap();
    let year = at("2027-03-03T15:00:00Z");
    let refused = app.booking.reschedule(&first.token, year, monday()).await;
    assert!(
        matches!(refused, Err(RescheduleError::CreditOver(_))),
        "a year after the payment it is over"
    );
}

#[tokio::test]
async fn every_credit_that_does_not_pay_says_why() {
    let app = App::with(LINES).await;
    let purchase = paid(&app, "by-video", monday()).await;
    let refusal = async |wish: BookSlot, now: Instant| match app.book(wish, now).await {
        Err(BookError::NoCredit(why)) => why,
        other => panic!("{other:?}"),
    };
    let mut guessed = with(&purchase, video(), at(WEDNESDAY));
    guessed.credit = Some(kernel::token::Token::presented("guessed"));
    assert_eq!(refusal(guessed, monday()).await, NoCredit::Unknown);
    let mut other = with(&purchase, video(), at(WEDNESDAY));
    other.offering = "initial-consultation".into();
    assert_eq!(refusal(other, monday()).await, NoCredit::OtherOffering);
    for start in [WEDNESDAY, "2026-03-04T17:00:00Z", "2026-03-05T15:00:00Z"] {
        app.book(with(&purchase, video(), at(start)), monday()).await.unwrap();
    }
    let fourth = with(&purchase, video(), at("2026-03-11T15:00:00Z"));
    assert_eq!(refusal(fourth, monday()).await, NoCredit::NoneLeft);
    let past = with(&purchase, video(), at("2026-05-06T14:00:00Z"));
    assert!(matches!(refusal(past, monday()).await, NoCredit::Over(_)));
}

#[tokio::test]
async fn the_consultant_books_by_hand_with_a_credit_and_it_is_spent() {
    let app = App::with(LINES).await;
    let purchase = paid(&app, "by-video", monday()).await;
    let by_hand = ByHand {
        slot: with(&purchase, video(), at(WEDNESDAY)),
        confirmed: false,
        anyway: false,
    };
    let booked = app
        .booking
        .book_by_hand(by_hand, login(), monday())
        .await
        .unwrap()
        .appointment;
    assert_eq!((booked.facts.state, booked.facts.by_credit), (State::Confirmed, true));
    let view = app.booking.purchase(&purchase.token, monday()).await.unwrap().unwrap();
    assert_eq!(view.credits[0].left, 2);
    let refused = ByHand {
        slot: with(&purchase, at_home(), at("2026-03-05T15:00:00Z")),
        confirmed: true,
        anyway: true,
    };
    let refused = app.booking.book_by_hand(refused, login(), monday()).await;
    assert!(
        matches!(refused, Err(BookError::NoCredit(NoCredit::OtherWay))),
        "no tick makes a credit pay"
    );
    let taken = app.book(wish("free-mini-consult", at(WEDNESDAY)), monday()).await;
    assert!(matches!(
        taken,
        Err(BookError::SlotTaken | BookError::NotBookable(NotBookable::OffGrid))
    ));
}

#[tokio::test]
async fn a_later_policy_is_not_that_of_a_visit_booked_before() {
    let app = App::with("[policy]\nfree_until_hours = 24\nlate_percent = 50\nno_show_percent = 100\n").await;
    let old = app
        .book(wish("initial-consultation", at("2026-03-10T17:00:00Z")), monday())
        .await
        .unwrap()
        .appointment;
    app.booking
        .mark_paid(old.facts.id, PaidBy::Cash, login(), monday())
        .await
        .unwrap();
    let harsher = "[policy]\nfree_until_hours = 72\nlate_percent = 80\nwords = \"Three days.\"\n";
    app.booking.apply_practice(harsher, monday()).await.unwrap();
    let now = at("2026-03-08T15:00:00Z");
    let view = app.booking.appointment(old.facts.id).await.unwrap().unwrap();
    assert_eq!(view.facts.free_until, at("2026-03-09T17:00:00Z"));
    assert_eq!(view.facts.policy.as_ref().unwrap().late_percent, 50);
    assert!(!view.facts.cancel_terms(now).late);
    let late = at("2026-03-10T12:00:00Z");
    let done = app
        .booking
        .cancel(&old.token, CancelReason::parse("the car broke down"), late)
        .await
        .unwrap();
    assert_eq!(
        done.kept,
        old.facts.price.share(50),
        "what was agreed to, not what is said now"
    );
    let new = app
        .book(wish("initial-consultation", at("2026-03-12T15:00:00Z")), now)
        .await
        .unwrap()
        .appointment;
    assert_eq!(new.facts.policy.as_ref().unwrap().words, "Three days.");
    assert!(new.facts.cancel_terms(at("2026-03-10T12:00:00Z")).late);
    assert_eq!(app.count("SELECT COUNT(*) FROM policy_version").await, 2);
    // The same policy again is no new version.
    app.booking
        .apply_practice("[practice]\ntagline = \"Calm.\"\n", now)
        .await
        .unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM policy_version").await, 2);
    assert!(app.execute("UPDATE policy_version SET number = 9").await.is_err());
}

#[tokio::test]
async fn a_policy_that_keeps_nothing_gives_a_credit_back_and_one_that_keeps_a_share_keeps_it_whole() {
    for (percent, back) in [(0, true), (30, false)] {
        let app = App::with(&format!(
            "{LINES}\n[policy]\nfree_until_hours = 24\nlate_percent = {percent}\nno_show_percent = {percent}\n"
        ))
        .await;
        let purchase = paid(&app, "by-video", monday()).await;
        let left = async || {
            let view = app.booking.purchase(&purchase.token, monday()).await.unwrap().unwrap();
            view.credits[0].left
        };
        let late = app
            .book(with(&purchase, video(), at(WEDNESDAY)), monday())
            .await
            .unwrap()
            .appointment;
        let done = app
            .booking
            .cancel(&late.token, CancelReason::parse("no car"), at("2026-03-04T12:00:00Z"))
            .await
            .unwrap();
        assert_eq!(done.credit_returned, back);
        let missed = app
            .book(with(&purchase, video(), at("2026-03-05T15:00:00Z")), monday())
            .await
            .unwrap()
            .appointment;
        let before = left().await;
        let (id, after) = (missed.facts.id, at("2026-03-05T17:00:00Z"));
        app.booking.missed(id, true, login(), after).await.unwrap();
        assert_eq!(left().await, before + u32::from(back), "nobody came");
        app.booking.came(id, login(), after).await.unwrap();
        assert_eq!(left().await, before, "she came after all");
        app.booking.missed(id, false, login(), after).await.unwrap();
        assert_eq!(left().await, before + 1, "the consultant takes nothing");
        app.booking.missed(id, false, login(), after).await.unwrap();
        assert_eq!(left().await, before + 1);
    }
}
