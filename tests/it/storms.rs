//! Many parents at the same moment, at one program and at two: what fits is booked, and nothing else.

use std::collections::BTreeMap;

use reqwest::Method;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use tests::{app::TestApp, child::Child, page::Page, program::Program, visitor::Visitor};
use tokio::sync::watch;

/// A second consultant, so that a slot has more than one place.
const SECOND: &str = "[[consultants]]\nslug = \"ida-berg\"\nname = \"Ida Berg\"\n\
    [consultants.hours]\nmon = [[\"10:00\", \"14:00\"]]\ntue = [[\"12:00\", \"15:00\"]]\nwed = [[\"10:00\", \"12:00\"]]\n\
    thu = [[\"10:00\", \"14:00\"]]\nfri = [[\"10:00\", \"13:00\"]]\n\
    [[offerings]]\nslug = \"initial-consultation\"\ndaily_cap = 2\n";

/// One program, and on PostgreSQL a second one on the same database.
async fn programs() -> (Vec<Program>, Vec<Child>) {
    let mut first = Program::new().await;
    first.set("GOLDENHOUR_LIMITS__ENABLED", "false");
    // What is tried is the queue, not how fast this machine is.
    first.set("GOLDENHOUR_SERVER__REQUEST_SECONDS", "300");
    let mut serving = vec![first.serve().await];
    std::fs::write(first.folder.path().join("second.toml"), SECOND).unwrap();
    first.answer(&["practice", "apply", "second.toml"]);
    let mut all = vec![first];
    if tests::database::server().is_some() {
        let mut second = Program::new().await;
        second.set("GOLDENHOUR_LIMITS__ENABLED", "false");
        second.set("GOLDENHOUR_SERVER__REQUEST_SECONDS", "300");
        second.set("GOLDENHOUR_DATABASE__URL", &all[0].database.url);
        serving.push(second.serve().await);
        all.push(second);
    }
    (all, serving)
}

type Wish = (&'static str, String);

/// The free starts of both offerings, by day.
async fn days(visitor: &Visitor) -> BTreeMap<String, Vec<Wish>> {
    #[expect(clippy::disallowed_methods, reason = "the real programs live in the present")]
    let now = jiff::Timestamp::now();
    let at = |days: i64| {
        (now + jiff::SignedDuration::from_hours(24 * days))
            .strftime("%Y-%m-%dT00:00:00Z")
            .to_string()
    };
    let mut days: BTreeMap<String, Vec<Wish>> = BTreeMap::new();
    for offering in ["free-mini-consult", "initial-consultation"] {
        let path = format!(
            "/api/v1/offerings/{offering}/slots?mode=telehealth&from={}&to={}",
            at(2),
            at(16)
        );
        let answer: Value = serde_json::from_str(&visitor.get(&path).await.expect(200).body).unwrap();
        for slot in answer["slots"].as_array().unwrap() {
            let start = slot["start"].as_str().unwrap();
            days.entry(start[..10].to_owned())
                .or_default()
                .push((offering, start.to_owned()));
        }
    }
    days.retain(|_, wishes| {
        ["free-mini-consult", "initial-consultation"]
            .iter()
            .all(|offering| wishes.iter().any(|(o, _)| o == offering))
    });
    days
}

async fn book(visitor: Visitor, n: usize, (offering, start): Wish) -> (Wish, Page) {
    let asked = json!({ "offering": offering, "mode": "telehealth", "start": start, "name": "Aoife Daly",
        "email": format!("parent{n}@example.com"), "phone": format!("828-555-{n:04}"), "time_zone": "America/New_York" });
    let request = visitor.request(Method::POST, "/api/v1/appointments").json(&asked);
    ((offering, start), visitor.send(request).await)
}

async fn number(database: &str, sql: &str) -> i64 {
    let db = Database::connect(database).await.unwrap();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    db.close().await.unwrap();
    number
}

const OVERLAPS: &str = "SELECT COUNT(*) FROM appointment a JOIN appointment b ON a.consultant_id = b.consultant_id \
    AND a.id < b.id AND a.blocks AND b.blocks AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_50_and_of_500_parallel_bookings_exactly_those_that_fit_are_booked() {
    let (programs, _serving) = programs().await;
    let visitors: Vec<Visitor> = programs.iter().map(Program::visitor).collect();
    let days = days(&visitors[0]).await;
    let mut won = 0;
    for (count, (day, wishes)) in [50, 500].into_iter().zip(days.iter().skip(1)) {
        let tasks: Vec<_> = (0..count)
            .map(|n| {
                let wish = wishes[(n * 7) % wishes.len()].clone();
                tokio::spawn(book(visitors[n % visitors.len()].clone(), count * 10 + n, wish))
            })
            .collect();
        let mut lost = Vec::new();
        for task in tasks {
            let (wish, page) = task.await.unwrap();
            match page.status {
                201 => won += 1,
                409 => {
                    let problem: Value = serde_json::from_str(&page.body).unwrap();
                    assert_eq!(problem["code"], "slot_taken", "{problem}");
                    lost.push(wish);
                }
                other => panic!("{other} {}: {}", day, page.body),
            }
        }
        assert!(!lost.is_empty() && won > 0);
        // Nobody was turned away from a slot that is still free.
        let left = self::days(&visitors[0]).await.remove(day).unwrap_or_default();
        for wish in lost {
            assert!(!left.contains(&wish), "{wish:?} was refused and is free");
        }
    }
    let database = &programs[0].database.url;
    assert_eq!(number(database, "SELECT COUNT(*) FROM appointment").await, won);
    assert_eq!(number(database, OVERLAPS).await, 0);
    let capped = "SELECT COUNT(*) FROM appointment a JOIN offering o ON o.id = a.offering_id WHERE o.slug = 'initial-consultation'";
    assert!(number(database, capped).await <= 4, "two a day");
}

#[tokio::test]
async fn only_beyond_the_queue_a_parent_is_asked_to_come_back_and_then_she_can_book() {
    if tests::database::server().is_some() {
        // Reading and writing share one pool there, so that the same queue cannot be filled while something else is read.
        return;
    }
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let visitor = app.visitor();
    let (open, closed) = watch::channel(false);
    let waiting = app.fill_the_queue(closed).await;
    let start = "2027-03-03T15:00:00Z".to_owned();
    let (wish, page) = book(visitor.clone(), 1, ("free-mini-consult", start)).await;
    assert_eq!(page.status, 503, "{}", page.body);
    assert_eq!(page.header("content-type"), "application/problem+json");
    assert!(page.header("retry-after").parse::<u32>().unwrap() > 0);
    let page = visitor
        .post("/newsletter", &[("email".into(), "aoife@example.com".into())])
        .await;
    assert_eq!(page.status, 503, "{}", page.words());
    assert!(page.header("retry-after").parse::<u32>().unwrap() > 0);
    // Reading goes on all the while.
    visitor.get("/services").await.expect(200);
    open.send(true).unwrap();
    for one in waiting {
        one.await.unwrap();
    }
    let (_, page) = book(visitor, 1, wish).await;
    assert_eq!(page.status, 201, "{}", page.body);
}
