//! What the desk and the calendars see: lists by page, and the secret feed.

use booking::appointment::{AppointmentView, FeedData, State};
use booking::practice::Mode;
use kernel::token::Token;

use crate::app::{App, at, family, monday, wish};

fn starts(items: &[AppointmentView]) -> Vec<String> {
    items.iter().map(|a| a.facts.starts.to_string()).collect()
}

#[tokio::test]
async fn the_coming_visits_are_listed_page_by_page() {
    let app = App::new().await;
    for (n, minutes) in [(1, 120), (2, 180), (3, 240), (4, 1440 * 3 + 120), (5, 1440 * 3 + 180)] {
        app.book(
            family(n, wish("free-mini-consult", monday().plus_minutes(minutes))),
            monday(),
        )
        .await
        .unwrap();
    }
    let mut seen = Vec::new();
    let mut key = None;
    loop {
        let page = app.booking.coming(key, 2, monday()).await.unwrap();
        assert!(page.items.len() <= 2);
        seen.extend(starts(&page.items));
        key = page.next;
        if key.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
    assert_eq!(starts(&app.booking.today(monday()).await.unwrap()), seen[..3]);
    let during = at("2026-03-02T15:10:00Z");
    let now = app.booking.coming(None, 1, during).await.unwrap();
    assert_eq!(
        starts(&now.items),
        ["2026-03-02T15:00:00Z"],
        "the one that is on is shown"
    );
}

async fn visits(app: &App, feed: &FeedData) -> Vec<AppointmentView> {
    let page = app.booking.feed_page(feed, None).await.unwrap();
    assert!(page.next.is_none());
    page.appointments
}

#[tokio::test]
async fn the_feed_holds_what_is_booked_and_leaves_out_what_is_cancelled() {
    let app = App::new().await;
    let info = app.booking.feeds().await.unwrap().pop().unwrap();
    assert_eq!(
        (info.consultant.name.as_str(), info.last_fetched_at),
        ("Nora Tillery", None)
    );
    let empty = app.booking.feed(&info.secret, monday()).await.unwrap().unwrap();
    assert!(visits(&app, &empty).await.is_empty());
    assert_eq!(
        (empty.head.name.as_str(), empty.head.uid_domain.as_str()),
        ("Nora Tillery", "lantern.example")
    );
    let kept = app
        .book(wish("initial-consultation", at("2026-03-05T17:00:00Z")), monday())
        .await
        .unwrap()
        .appointment;
    let later = monday().plus_minutes(10);
    let mini = app
        .book(family(2, wish("free-mini-consult", at("2026-03-05T14:00:00Z"))), later)
        .await
        .unwrap()
        .appointment;
    let full = app.booking.feed(&info.secret, later).await.unwrap().unwrap();
    let visits_of_both = visits(&app, &full).await;
    assert_eq!(
        starts(&visits_of_both),
        ["2026-03-05T14:00:00Z", "2026-03-05T17:00:00Z"]
    );
    assert!(matches!(visits_of_both[1].facts.state, State::AwaitingPayment { .. }));
    assert_eq!(full.head.changed, later);
    let cancelled = monday().plus_minutes(20);
    app.booking.cancel(&mini.token, None, cancelled).await.unwrap();
    let left = app.booking.feed(&info.secret, cancelled).await.unwrap().unwrap();
    let visits_left = visits(&app, &left).await;
    assert_eq!((visits_left.len(), visits_left[0].facts.id), (1, kept.facts.id));
    assert_eq!(
        left.head.changed, cancelled,
        "Last-Modified does not go backwards when a visit leaves"
    );
}

#[tokio::test]
async fn a_rotated_feed_has_a_new_secret_and_the_old_one_is_nobodys() {
    let app = App::new().await;
    let old = app.booking.feeds().await.unwrap().pop().unwrap();
    let new = app.booking.rotate_feed(old.id, monday()).await.unwrap().unwrap();
    assert_ne!(new, old.secret);
    assert!(app.booking.feed(&old.secret, monday()).await.unwrap().is_none());
    assert!(app.booking.feed(&new, monday()).await.unwrap().is_some());
    assert!(
        app.booking
            .feed(&Token::presented("x"), monday())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        app.booking.feeds().await.unwrap()[0].secret,
        new,
        "it can be shown again"
    );
    app.booking.feed_was_fetched(old.id, monday()).await.unwrap();
    app.booking
        .feed_was_fetched(old.id, monday().plus_minutes(0))
        .await
        .unwrap();
    assert_eq!(app.booking.feeds().await.unwrap()[0].last_fetched_at, Some(monday()));
}

#[tokio::test]
async fn the_next_free_slot_is_the_sooner_of_telehealth_and_the_office() {
    let app = App::new().await;
    let next = app
        .booking
        .next_free("initial-consultation", monday())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (next.slot.start, next.mode),
        (at("2026-03-03T17:00:00Z"), Mode::Telehealth)
    );
    let wednesday = at("2026-03-04T05:00:00Z");
    let next = app
        .booking
        .next_free("initial-consultation", wednesday)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (next.slot.start, next.mode),
        (at("2026-03-05T00:00:00Z"), Mode::Telehealth)
    );
    app.booking.apply_practice("[[consultants]]\nslug = \"nora-tillery\"\n[consultants.hours]\nmon = []\ntue = []\nwed = []\nthu = []\nfri = []\nsat = []\n", monday()).await.unwrap();
    assert_eq!(
        app.booking.next_free("initial-consultation", monday()).await.unwrap(),
        None
    );
}
