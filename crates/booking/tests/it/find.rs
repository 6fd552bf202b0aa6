//! Finding appointments at the desk: by part of a name, an address or a number, by day and by state, page by page.

use booking::appointment::{AppointmentView, BookSlot, ParentName, PhoneNumber, Search, Which};
use kernel::instant::Instant;
use sea_orm::DbBackend;

use crate::app::{App, at, monday, wish};

fn of(name: &str, email: &str, phone: &str, slot: BookSlot) -> BookSlot {
    BookSlot {
        name: ParentName::parse(name).unwrap(),
        email: email.parse().unwrap(),
        phone: Some(PhoneNumber::parse(phone).unwrap()),
        ..slot
    }
}

fn names(items: &[AppointmentView]) -> Vec<&str> {
    items.iter().map(|a| a.facts.parent_name.as_str()).collect()
}

async fn found(app: &App, text: &str, day: Option<&str>, which: Which, now: Instant) -> Vec<String> {
    let search = Search::parse(text, day.map(|d| d.parse().unwrap()), which).unwrap();
    let page = app.booking.find(&search, None, 50, now).await.unwrap();
    names(&page.items).into_iter().map(str::to_owned).collect()
}

/// Three families: one that comes on Thursday, one that has cancelled, one that has not paid.
async fn three() -> App {
    let app = App::new().await;
    let mini = |start: &str| wish("free-mini-consult", at(start));
    let sinead = of(
        "Sinéad Ní Dhúill",
        "sinead@example.org",
        "+1 (828) 555-0142",
        mini("2026-03-05T14:00:00Z"),
    );
    let soren = of(
        "Søren Lee",
        "Lee.S@example.com",
        "828-555-0777",
        mini("2026-03-05T15:00:00Z"),
    );
    let ana = of(
        "Ana 100%_Lee",
        "ana_b@example.org",
        "828 555 0999",
        wish("initial-consultation", at("2026-03-06T17:00:00Z")),
    );
    app.book(sinead, monday()).await.unwrap();
    let soren = app.book(soren, monday()).await.unwrap().appointment;
    app.book(ana, monday()).await.unwrap();
    app.booking.cancel(&soren.token, None, monday()).await.unwrap();
    app
}

#[tokio::test]
async fn a_family_is_found_by_any_part_of_her_name_address_or_number() {
    let app = three().await;
    for text in [
        "sinead",
        "SINÉAD",
        "dhuill ni",
        "nead",
        "sinead@",
        "555-0142",
        "(828) 555 0142",
        "18285550142",
        "142",
    ] {
        assert_eq!(
            found(&app, text, None, Which::Any, monday()).await,
            ["Sinéad Ní Dhúill"],
            "{text}"
        );
    }
    for (text, expected) in [
        ("lee", vec!["Ana 100%_Lee", "Søren Lee"]),
        ("lee soren", vec!["Søren Lee"]),
        ("lee sinead", vec![]),
        ("0%_l", vec!["Ana 100%_Lee"]),
        ("a_b", vec!["Ana 100%_Lee"]),
        ("a%b", vec![]),
        ("' OR 1=1", vec![]),
        ("example", vec!["Ana 100%_Lee", "Søren Lee", "Sinéad Ní Dhúill"]),
    ] {
        assert_eq!(found(&app, text, None, Which::Any, monday()).await, expected, "{text}");
    }
}

#[tokio::test]
async fn day_and_state_narrow_what_is_found() {
    let app = three().await;
    let (thursday, friday) = (Some("2026-03-05"), Some("2026-03-06"));
    let now = monday();
    assert_eq!(
        found(&app, "", thursday, Which::Any, now).await,
        ["Sinéad Ní Dhúill", "Søren Lee"]
    );
    assert_eq!(found(&app, "", thursday, Which::Cancelled, now).await, ["Søren Lee"]);
    assert_eq!(found(&app, "lee", friday, Which::Any, now).await, ["Ana 100%_Lee"]);
    assert_eq!(
        found(&app, "lee", friday, Which::Cancelled, now).await,
        Vec::<String>::new()
    );
    assert_eq!(
        found(&app, "", None, Which::Coming, now).await,
        ["Sinéad Ní Dhúill", "Ana 100%_Lee"]
    );
    assert_eq!(
        found(&app, "", None, Which::AwaitingPayment, now).await,
        ["Ana 100%_Lee"]
    );
    assert_eq!(found(&app, "", None, Which::Past, now).await, Vec::<String>::new());
    // A week on: the hold has expired, the mini is done.
    let later = at("2026-03-12T14:00:00Z");
    app.booking.expire_due(later).await.unwrap();
    app.booking.complete_due(later).await.unwrap();
    assert_eq!(found(&app, "", None, Which::Coming, later).await, Vec::<String>::new());
    assert_eq!(found(&app, "", None, Which::Expired, later).await, ["Ana 100%_Lee"]);
    assert_eq!(
        found(&app, "", None, Which::Completed, later).await,
        ["Sinéad Ní Dhúill"]
    );
    assert_eq!(found(&app, "", None, Which::NoShow, later).await, Vec::<String>::new());
    assert_eq!(
        found(&app, "", None, Which::Past, later).await,
        ["Ana 100%_Lee", "Søren Lee", "Sinéad Ní Dhúill"],
        "the latest first"
    );
    // The last day of all calendars has no tomorrow, and nothing breaks.
    assert_eq!(
        found(&app, "", Some("9999-12-31"), Which::Any, later).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_family_is_still_found_by_the_name_of_her_first_visit() {
    let app = three().await;
    let again = wish("initial-consultation", at("2026-03-10T17:00:00Z"));
    app.book(
        of("Sinéad Burke", "SINEAD@example.org", "828-555-0143", again),
        monday(),
    )
    .await
    .unwrap();
    for text in ["dhuill", "burke", "0142", "0143"] {
        assert_eq!(
            found(&app, text, None, Which::Any, monday()).await,
            ["Sinéad Burke", "Sinéad Ní Dhúill"],
            "{text}"
        );
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM family").await, 3);
}

/// `count` past visits, one of each family, an hour apart, the latest an hour before now.
async fn crowd(app: &App, count: u32) {
    let postgres = app.db.reader().get_database_backend() == DbBackend::Postgres;
    let uuid = if postgres {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let hash = if postgres {
        "uuid_send(gen_random_uuid())"
    } else {
        "randomblob(32)"
    };
    let (now, hour) = (monday().micros(), 3_600_000_000_i64);
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    app.execute(&format!(
        "INSERT INTO family (id, email, email_key, created_at, find_text) {numbers} SELECT {uuid}, 'crowd' || i || '@example.net', \
         'crowd' || i || '@example.net', {now} + i, 'crowd' || i || '@example.net' FROM n"
    ))
    .await
    .unwrap();
    app.execute(&format!(
        "INSERT INTO appointment (id, consultant_id, offering_id, family_id, state, state_since, starts_at, ends_at, blocked_from, \
         blocked_until, overlap_allowed, agreed_start, agreed_zone, parent_zone, mode, channel, parent_name, currency, price_minor, \
         trip_fee_minor, terms, sequence, created_at, changed_at, generation, key_version, link_hash) SELECT {uuid}, \
         (SELECT id FROM consultant), (SELECT id FROM offering WHERE slug = 'initial-consultation'), f.id, \
         CASE WHEN (f.created_at - {now}) % 10 = 0 THEN 'no_show' ELSE 'completed' END, {now}, {now} - (f.created_at - {now}) * {hour}, \
         {now} - (f.created_at - {now}) * {hour} + {hour} / 2, {now} - (f.created_at - {now}) * {hour}, \
         {now} - (f.created_at - {now}) * {hour} + {hour} / 2, {yes}, 'then', 'UTC', 'UTC', 'telehealth', 'video', f.email, 'USD', \
         19500, 0, 'at_visit', 0, {now}, {now}, 1, 1, {hash} FROM family f WHERE f.email LIKE 'crowd%'",
        yes = if postgres { "true" } else { "1" },
    ))
    .await
    .unwrap();
}

#[tokio::test]
async fn every_list_leads_page_by_page_to_each_appointment_once() {
    let app = App::new().await;
    crowd(&app, 450).await;
    // Many families, a few, and no word at all; all states, and one.
    for (text, which, expected) in [
        ("crowd", Which::Any, 450),
        ("crowd1", Which::Any, 111),
        ("", Which::Any, 450),
        ("", Which::NoShow, 45),
        ("crowd", Which::Completed, 405),
        ("example.net", Which::Past, 450),
    ] {
        let search = Search::parse(text, None, which).unwrap();
        let (mut seen, mut starts, mut key) = (Vec::new(), Vec::new(), None);
        loop {
            let page = app.booking.find(&search, key, 100, monday()).await.unwrap();
            assert!(page.items.len() <= 100);
            seen.extend(page.items.iter().map(|a| a.facts.id));
            starts.extend(page.items.iter().map(|a| a.facts.starts));
            key = page.next;
            if key.is_none() {
                break;
            }
        }
        assert!(starts.is_sorted_by(|a, b| a >= b), "{text} {which}");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), expected, "{text} {which}");
    }
}
