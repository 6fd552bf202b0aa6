//! The JSON API as a program of somebody else uses it.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{app::TestApp, page::Page, visitor::Visitor};

const DAY: &str = "mode=telehealth&from=2027-03-03T00:00:00Z&to=2027-03-05T00:00:00Z";

fn body(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{} answers no JSON ({e}): {}", page.url, page.body))
}

async fn slots(visitor: &Visitor, offering: &str, query: &str) -> Vec<String> {
    let page = visitor
        .get(&format!("/api/v1/offerings/{offering}/slots?{query}"))
        .await
        .expect(200);
    let slots = body(&page)["slots"].as_array().unwrap().clone();
    slots
        .iter()
        .map(|slot| slot["start"].as_str().unwrap().to_owned())
        .collect()
}

fn asked(start: &str, email: &str) -> Value {
    json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": start, "name": "Aoife Daly", "email": email,
            "phone": "828-555-0199", "time_zone": "Europe/Dublin" })
}

/// As a program sends it: no Origin, no cookie.
async fn post(visitor: &Visitor, path: &str, key: Option<&str>, body: &Value) -> Page {
    let request = visitor.request(Method::POST, path).json(body);
    let request = key
        .into_iter()
        .fold(request, |request, key| request.header("idempotency-key", key));
    visitor.send(request).await
}

/// A problem of RFC 9457 with this status and code.
#[track_caller]
fn problem(page: &Page, status: u16, code: &str) -> Value {
    assert_eq!(page.status, status, "{}", page.body);
    assert_eq!(page.header("content-type"), "application/problem+json", "{}", page.body);
    let problem = body(page);
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    problem
}

#[tokio::test]
async fn the_offerings_are_those_of_the_practice() {
    let app = TestApp::start().await;
    let list = body(&app.visitor().get("/api/v1/offerings").await.expect(200));
    let offering = |slug: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .find(|o| o["slug"] == slug)
            .unwrap()
            .clone()
    };
    let mini = offering("free-mini-consult");
    assert_eq!(
        (&mini["duration_minutes"], &mini["modes"]),
        (&json!(15), &json!(["telehealth"]))
    );
    assert_eq!(mini["price"], json!({ "minor": 0, "currency": "USD" }));
    let initial = offering("initial-consultation");
    assert_eq!(initial["price"], json!({ "minor": 19500, "currency": "USD" }));
    assert_eq!(offering("follow-up")["duration_minutes"], 60);
    for field in ["name", "summary"] {
        assert!(!initial[field].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_slots_are_the_hours_of_the_practice_in_utc() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = visitor
        .get(&format!("/api/v1/offerings/free-mini-consult/slots?{DAY}"))
        .await
        .expect(200);
    let answer = body(&page);
    assert_eq!(answer["time_zone"], "America/New_York");
    // Wednesday 9 to 13 and 19 to 21, Thursday 9 to 16 in New York, every quarter of an hour.
    let starts = slots(&visitor, "free-mini-consult", DAY).await;
    assert_eq!(
        (starts.first().unwrap().as_str(), starts.len()),
        ("2027-03-03T14:00:00Z", 16 + 8 + 28)
    );
    assert_eq!(answer["slots"][0]["end"], "2027-03-03T14:15:00Z");
    assert!(starts.is_sorted());
    // On the Monday after the clocks have changed, nine o'clock is an hour earlier in UTC.
    let after = slots(
        &visitor,
        "free-mini-consult",
        "mode=telehealth&from=2027-03-15T00:00:00Z&to=2027-03-16T00:00:00Z",
    )
    .await;
    assert_eq!(after[0], "2027-03-15T13:00:00Z");
    for (query, field) in [
        (
            "mode=telehealth&from=2027-03-03T00:00:00Z&to=2027-06-04T00:00:00Z",
            "to",
        ),
        ("mode=pigeon&from=2027-03-03T00:00:00Z&to=2027-03-04T00:00:00Z", "mode"),
        ("mode=telehealth&from=yesterday&to=2027-03-04T00:00:00Z", "from"),
        (
            "mode=in_person&place=home&from=2027-03-03T00:00:00Z&to=2027-03-04T00:00:00Z",
            "postcode",
        ),
    ] {
        let page = visitor
            .get(&format!("/api/v1/offerings/initial-consultation/slots?{query}"))
            .await;
        let problem = problem(&page, 422, "invalid");
        assert!(
            problem.to_string().contains(&format!("\"{field}\"")),
            "{query}: {problem}"
        );
    }
    assert_eq!(
        visitor
            .get(&format!("/api/v1/offerings/massage/slots?{DAY}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn every_slot_that_is_offered_can_be_booked_and_is_then_gone() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let visitor = app.visitor();
    // Buffers of five minutes after each: of the quarter hours every other one remains while they fill up.
    let mut booked = 0;
    loop {
        let starts = slots(&visitor, "free-mini-consult", DAY).await;
        let Some(start) = starts.get(booked % starts.len().max(1)) else {
            break;
        };
        let mut asked = asked(start, &format!("parent-{booked}@example.com"));
        asked["phone"] = format!("828-555-{booked:04}").into();
        let page = post(&visitor, "/api/v1/appointments", None, &asked).await;
        assert_eq!(page.status, 201, "{start} was offered: {}", page.body);
        let left = slots(&visitor, "free-mini-consult", DAY).await;
        assert!(
            !left.contains(start) && left.len() < starts.len(),
            "{start} is still offered"
        );
        booked += 1;
    }
    assert!(booked >= 20, "only {booked}");
}

#[tokio::test]
async fn a_booking_answers_with_everything_its_holder_needs() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let page = post(
        &visitor,
        "/api/v1/appointments",
        Some("one"),
        &asked("2027-03-03T14:00:00Z", "aoife@example.com"),
    )
    .await;
    let answer = body(&page.expect(201));
    assert_eq!(
        (&answer["state"], &answer["start"], &answer["end"]),
        (
            &json!("confirmed"),
            &json!("2027-03-03T14:00:00Z"),
            &json!("2027-03-03T14:15:00Z")
        )
    );
    let token = answer["token"].as_str().unwrap();
    assert!(token.len() >= 26, "fewer than 128 bits: {token}");
    visitor.get(answer["manage_url"].as_str().unwrap()).await.expect(200);
    visitor.get(answer["calendar_url"].as_str().unwrap()).await.expect(200);
    let read = body(&visitor.get(&format!("/api/v1/appointments/{token}")).await.expect(200));
    assert_eq!(read["state"], "confirmed");
    assert_eq!(app.mails_to("aoife@example.com").await.len(), 1);
    problem(&visitor.get("/api/v1/appointments/none").await, 404, "not_found");
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_another_body_is_a_mismatch() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let hers = asked("2027-03-03T14:00:00Z", "aoife@example.com");
    let first = body(
        &post(&visitor, "/api/v1/appointments", Some("key-1"), &hers)
            .await
            .expect(201),
    );
    let again = body(
        &post(&visitor, "/api/v1/appointments", Some("key-1"), &hers)
            .await
            .expect(201),
    );
    assert_eq!(first["token"], again["token"]);
    let other = asked("2027-03-03T15:00:00Z", "aoife@example.com");
    problem(
        &post(&visitor, "/api/v1/appointments", Some("key-1"), &other).await,
        409,
        "idempotency_mismatch",
    );
    assert_eq!(app.mails_to("aoife@example.com").await.len(), 1);
    // A refused answer is not kept under the key.
    let mut taken = asked("2027-03-03T14:00:00Z", "bronagh@example.com");
    taken["phone"] = "828-555-0111".into();
    problem(
        &post(&visitor, "/api/v1/appointments", Some("key-2"), &taken).await,
        409,
        "slot_taken",
    );
    let mut free = asked("2027-03-03T16:00:00Z", "bronagh@example.com");
    free["phone"] = "828-555-0111".into();
    post(&visitor, "/api/v1/appointments", Some("key-2"), &free)
        .await
        .expect(201);
    // Twins at the same moment: one appointment.
    let twin = |_| {
        let mut body = asked("2027-03-04T15:00:00Z", "ciara@example.com");
        body["phone"] = "828-555-0122".into();
        let visitor = app.visitor();
        async move { post(&visitor, "/api/v1/appointments", Some("twin"), &body).await }
    };
    let answers = join_all((0..6).map(twin)).await;
    let tokens: Vec<_> = answers
        .iter()
        .filter(|p| p.status == 201)
        .map(|p| body(p)["token"].clone())
        .collect();
    assert!(
        !tokens.is_empty() && tokens.windows(2).all(|two| two[0] == two[1]),
        "{tokens:?}"
    );
    assert!(answers.iter().all(|p| p.status == 201 || p.status == 409));
    assert_eq!(app.mails_to("ciara@example.com").await.len(), 1);
}

#[tokio::test]
async fn of_many_programs_at_one_slot_exactly_one_gets_it() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let tries = (0..16).map(|i| {
        let mut body = asked("2027-03-03T14:00:00Z", &format!("parent-{i}@example.com"));
        body["phone"] = format!("828-555-{i:04}").into();
        let visitor = app.visitor();
        async move { post(&visitor, "/api/v1/appointments", None, &body).await }
    });
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|page| page.status == 201).count(), 1);
    for page in answers.iter().filter(|page| page.status != 201) {
        problem(page, 409, "slot_taken");
    }
}

#[tokio::test]
async fn of_many_overlapping_initial_visits_no_two_overlap_and_no_day_has_more_than_three() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let starts = slots(
        &app.visitor(),
        "initial-consultation",
        "mode=in_person&from=2027-03-18T00:00:00Z&to=2027-03-19T00:00:00Z",
    )
    .await;
    assert!(starts.len() > 6, "{starts:?}");
    let tries = starts.iter().enumerate().map(|(i, start)| {
        let body = json!({ "offering": "initial-consultation", "mode": "in_person", "start": start, "name": "A", "email": format!("p{i}@example.com"),
                           "phone": format!("828-555-{i:04}"), "time_zone": "America/New_York" });
        let visitor = app.visitor();
        async move { post(&visitor, "/api/v1/appointments", None, &body).await }
    });
    let mut spans: Vec<(String, String)> = join_all(tries)
        .await
        .iter()
        .filter(|page| page.status == 201)
        .map(|page| {
            (
                body(page)["start"].as_str().unwrap().to_owned(),
                body(page)["end"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    spans.sort();
    assert!((1..=3).contains(&spans.len()), "{spans:?}");
    assert!(
        spans.windows(2).all(|two| two[0].1 <= two[1].0),
        "two overlap: {spans:?}"
    );
}

#[tokio::test]
async fn bad_fields_are_named_all_at_once() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let bad = json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": "soon", "name": "A\r\nBcc: x@example.com",
                      "email": "none", "phone": "call me", "time_zone": "Europe/Atlantis", "channel": "pigeon" });
    let said = problem(
        &post(&visitor, "/api/v1/appointments", None, &bad).await,
        422,
        "invalid",
    )
    .to_string();
    for field in ["start", "name", "email", "phone", "time_zone", "channel"] {
        assert!(said.contains(&format!("\"{field}\"")), "{field} is not named: {said}");
    }
    for (start, reason) in [
        ("2027-03-03T14:07:00Z", "off_grid"),
        ("2027-02-28T14:00:00Z", "past"),
        ("2027-03-01T15:30:00Z", "too_soon"),
        ("2027-05-02T14:00:00Z", "beyond_horizon"),
        ("2027-03-03T05:00:00Z", "outside_hours"),
    ] {
        let page = post(
            &visitor,
            "/api/v1/appointments",
            None,
            &asked(start, "aoife@example.com"),
        )
        .await;
        let said = problem(&page, 422, "not_bookable");
        assert_eq!(said["reason"], reason, "{start}: {said}");
    }
    let mut clients_only = asked("2027-03-03T14:00:00Z", "aoife@example.com");
    clients_only["offering"] = "follow-up".into();
    let said = problem(
        &post(&visitor, "/api/v1/appointments", None, &clients_only).await,
        422,
        "not_bookable",
    );
    assert_eq!(said["reason"], "clients_only");
    for garbage in ["", "{", "[]", "null", "{\"offering\": 1}"] {
        let request = visitor
            .request(Method::POST, "/api/v1/appointments")
            .header("content-type", "application/json")
            .body(garbage);
        let page = visitor.send(request).await;
        assert!([400, 422].contains(&page.status), "{garbage:?}: {}", page.status);
        assert_eq!(page.header("content-type"), "application/problem+json", "{garbage:?}");
    }
    assert!(app.outbox().await.is_empty());
}

#[tokio::test]
async fn cancelling_says_what_goes_back_and_after_the_start_it_is_too_late() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let book = async |start: &str, email: &str, phone: &str| {
        let mut asked = asked(start, email);
        asked["phone"] = phone.into();
        let page = post(&visitor, "/api/v1/appointments", None, &asked).await.expect(201);
        format!("/api/v1/appointments/{}/cancel", body(&page)["token"].as_str().unwrap())
    };
    let first = book("2027-03-03T14:00:00Z", "aoife@example.com", "828-555-0101").await;
    let page = post(&visitor, &first, None, &json!({ "reason": "the baby slept at last" })).await;
    let answer = body(&page.expect(200));
    assert_eq!(
        (&answer["state"], &answer["refund"]["minor"], &answer["credit_returned"]),
        (&json!("cancelled"), &json!(0), &json!(false))
    );
    let second = book("2027-03-03T15:00:00Z", "bronagh@example.com", "828-555-0102").await;
    app.clock.set("2027-03-03T15:00:00Z".parse().unwrap());
    problem(&post(&visitor, &second, None, &json!({})).await, 422, "too_late");
}

#[tokio::test]
async fn subscribing_answers_the_same_for_every_address() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for _ in 0..2 {
        let page = post(
            &visitor,
            "/api/v1/subscribers",
            None,
            &json!({ "email": "siobhan@example.com" }),
        )
        .await;
        assert_eq!(body(&page.expect(202)), json!({}));
    }
    let page = post(
        &visitor,
        "/api/v1/subscribers",
        None,
        &json!({ "email": "ciara@example.com", "name": "Ciara", "topics": ["blog-posts"] }),
    )
    .await;
    assert_eq!(body(&page.expect(202)), json!({}));
    assert_eq!(app.mails_to("siobhan@example.com").await.len(), 1);
    problem(
        &post(&visitor, "/api/v1/subscribers", None, &json!({ "email": "siobhan" })).await,
        422,
        "invalid",
    );
    problem(
        &post(
            &visitor,
            "/api/v1/subscribers",
            None,
            &json!({ "email": "c@example.com", "topics": ["gossip"] }),
        )
        .await,
        422,
        "invalid",
    );
}

#[tokio::test]
async fn the_packages_are_listed_with_their_visits() {
    let app = TestApp::start().await;
    let list = body(&app.visitor().get("/api/v1/packages").await.expect(200));
    let first = list
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["slug"] == "first-weeks")
        .unwrap();
    assert_eq!(
        (&first["price"], &first["valid_months"]),
        (&json!({ "minor": 37500, "currency": "USD" }), &json!(4))
    );
    let visits = first["visits"].as_array().unwrap();
    assert!(
        visits.contains(&json!({ "offering": "follow-up", "count": 2 })),
        "{first}"
    );
}
