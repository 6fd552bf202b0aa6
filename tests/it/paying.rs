//! The proofs about paid money: it survives a kill between any two steps, and nothing is confirmed without it.

use std::{collections::BTreeMap, time::Duration};

use kernel::clock::Clock;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    child::Child,
    patience::until,
    program::Program,
    stripe::{Mood, Stripe},
    visitor::Visitor,
};

use crate::stripe::{body, paid_by, post, starts, state};

/// What the initial consultation costs.
const PRICE: i64 = 19_500;

/// The real program, and the times that nobody has taken yet.
struct House {
    program: Program,
    child: Child,
    visitor: Visitor,
    times: Vec<String>,
}

impl House {
    async fn open(stripe: &Stripe) -> Self {
        let mut program = Program::new().await;
        for (key, value) in stripe.settings() {
            let name = format!("GOLDENHOUR_{}", key.replace('.', "__").to_uppercase());
            program.set(&name, value.trim_matches('"'));
        }
        program.set("GOLDENHOUR_LIMITS__ENABLED", "false");
        let child = program.serve().await;
        let visitor = program.visitor();
        let now = Clock::system().now().timestamp();
        let hours = |n: i64| {
            (now + jiff::SignedDuration::from_hours(n))
                .strftime("%Y-%m-%dT%H:%M:%SZ")
                .to_string()
        };
        let range = format!("mode=telehealth&from={}&to={}", hours(72), hours(24 * 28));
        let page = visitor
            .get(&format!("/api/v1/offerings/initial-consultation/slots?{range}"))
            .await
            .expect(200);
        let slots = body(&page)["slots"].as_array().unwrap().clone();
        let mut days = BTreeMap::new();
        for slot in slots {
            let start = slot["start"].as_str().unwrap().to_owned();
            days.entry(start[..10].to_owned()).or_insert(start);
        }
        let times = days.into_values().rev().collect();
        Self {
            program,
            child,
            visitor,
            times,
        }
    }

    /// `kill -9`, and it is started again.
    async fn kill(&mut self) {
        self.child.signal(Signal::KILL);
        self.child.end(Duration::from_secs(10));
        self.child = self.program.serve().await;
        self.visitor = self.program.visitor();
    }

    fn wish(&mut self) -> Value {
        crate::stripe::wish(&self.times.pop().expect("another time"), "aoife@example.org")
    }

    async fn book(&mut self, key: &str) -> Value {
        let wish = self.wish();
        body(
            &post(&self.visitor, "/api/v1/appointments", key, &wish)
                .await
                .expect(201),
        )
    }

    async fn waits_for(&self, booked: &Value, wanted: &str) {
        until(&format!("the appointment is {wanted}"), async || {
            (state(&self.visitor, booked).await == wanted).then_some(())
        })
        .await;
    }

    async fn deliver(&self, stripe: &Stripe, event: &Value, times: usize) {
        for _ in 0..times {
            stripe.deliver(&self.visitor, event).await.expect(200);
        }
    }
}

#[tokio::test]
async fn a_kill_between_any_two_steps_of_paying_loses_no_cent() {
    let stripe = Stripe::start().await;
    let mut house = House::open(&stripe).await;
    let (mut confirmed, mut all) = (0, Vec::new());

    // The service has made the page, and its answer never comes: the same key asks for the same page.
    stripe.is(Mood::Slow(Duration::from_secs(30)));
    let wish = house.wish();
    let request = house
        .visitor
        .request(Method::POST, "/api/v1/appointments")
        .header("idempotency-key", "slow")
        .json(&wish);
    let sending = tokio::spawn(request.send());
    until("the service is asked", async || {
        (!stripe.sessions().is_empty()).then_some(())
    })
    .await;
    house.kill().await;
    sending.abort();
    stripe.is(Mood::Well);
    let booked = body(
        &post(&house.visitor, "/api/v1/appointments", "slow", &wish)
            .await
            .expect(201),
    );
    assert_eq!(stripe.sessions().len(), 1);
    assert!(
        booked["checkout_url"].as_str().unwrap().ends_with(&stripe.session()),
        "{booked}"
    );
    // Paid, and killed before anybody tells; then told once, twice, three times, or by nobody at all.
    for deliveries in [0, 1, 3] {
        let booked = if deliveries == 0 {
            booked.clone()
        } else {
            house.book(&format!("paid-{deliveries}")).await
        };
        let session = stripe.sessions().pop().unwrap();
        assert!(stripe.pay(&session));
        house.kill().await;
        let event = stripe.event("checkout.session.completed", &session);
        house.deliver(&stripe, &event, deliveries).await;
        house.waits_for(&booked, "confirmed").await;
        confirmed += 1;
        all.push(booked);
    }
    // Killed while a webhook is being heard, at any moment of it; and the redirect comes first, or last.
    for pause in [0, 2, 5, 10, 20] {
        let booked = house.book(&format!("heard-{pause}")).await;
        let session = stripe.sessions().pop().unwrap();
        assert!(stripe.pay(&session));
        let event = stripe.event("checkout.session.completed", &session);
        let (signed, visitor) = (event.clone(), house.visitor.clone());
        let signature = Stripe::sign(&signed.to_string(), Clock::system().now().timestamp().as_second());
        let telling = tokio::spawn(async move {
            let request = visitor
                .request(Method::POST, "/webhooks/stripe")
                .body(signed.to_string());
            drop(request.header("stripe-signature", signature).send().await);
        });
        tokio::time::timeout(Duration::from_millis(pause), telling).await.ok();
        house.kill().await;
        let back: reqwest::Url = stripe.field(&session, "success_url").parse().unwrap();
        if pause % 4 == 0 {
            house.visitor.get(back.as_str()).await.expect(200);
        }
        house.deliver(&stripe, &event, 3).await;
        house.visitor.get(back.as_str()).await.expect(200);
        house.waits_for(&booked, "confirmed").await;
        confirmed += 1;
        all.push(booked);
    }
    assert_eq!(stripe.took(), confirmed * PRICE);
    // Cancelled, and killed before the money goes back, and while it does: the service has done it, its answer is lost.
    for mood in [Mood::Down, Mood::Slow(Duration::from_secs(30)), Mood::Mute] {
        stripe.is(mood);
        let booked = all.pop().unwrap();
        let path = format!("/api/v1/appointments/{}/cancel", booked["token"].as_str().unwrap());
        let cancelled = body(&post(&house.visitor, &path, "c", &json!({})).await.expect(200));
        assert_eq!(cancelled["refund"]["minor"], PRICE);
        let before = stripe.asked().len();
        until("the refund is asked for", async || {
            (stripe.asked().len() > before).then_some(())
        })
        .await;
        house.kill().await;
        stripe.is(Mood::Well);
        confirmed -= 1;
    }
    // Who was cut off is asked again when its lease is over: with the same key, so once.
    until("three refunds", async || (stripe.refunds().len() == 3).then_some(())).await;
    assert_eq!(
        stripe.keeps(),
        confirmed * PRICE,
        "paid money is confirmed appointments plus refunds, to the cent"
    );
    for booked in &all {
        assert_eq!(state(&house.visitor, booked).await, "confirmed");
    }
}

/// Every way in that costs something before the visit, and what it answers.
#[tokio::test]
async fn no_way_leads_to_confirmed_without_payment() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let times = starts(&visitor).await;

    // The API, the same again, and moved.
    let booked = crate::stripe::book(&visitor, &times[0], "aoife@example.org").await;
    assert_eq!(
        crate::stripe::book(&visitor, &times[0], "aoife@example.org").await["state"],
        "awaiting_payment"
    );
    let path = format!("/api/v1/appointments/{}/reschedule", booked["token"].as_str().unwrap());
    let moved = body(
        &post(&visitor, &path, "m", &json!({ "start": times[6] }))
            .await
            .expect(200),
    );
    assert_eq!(moved["state"], "awaiting_payment");

    // The form, and saying that one has paid.
    let by_form = form(&app).await;
    assert_eq!(by_form, "awaiting_payment");
    let back: reqwest::Url = stripe.field(&stripe.sessions()[0], "success_url").parse().unwrap();
    visitor.get(back.as_str()).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "awaiting_payment");

    // A credit of a package that nobody paid, a credit that is no credit, and one that is guessed.
    let package = body(&visitor.get("/api/v1/packages").await.expect(200))[0].clone();
    let wish = json!({ "package": package["slug"], "name": "Ben Daly", "email": "ben@example.org" });
    let bought = body(&post(&visitor, "/api/v1/purchases", "one", &wish).await.expect(201));
    for credit in [bought["token"].clone(), booked["token"].clone(), json!("guessed")] {
        let mut wish = crate::stripe::wish(&times[12], "ben@example.org");
        wish["credit"] = credit;
        let refused = post(
            &visitor,
            "/api/v1/appointments",
            &wish["credit"].to_string().replace('"', ""),
            &wish,
        )
        .await;
        assert_eq!(body(&refused.expect(422))["code"], "no_credit");
    }

    // The desk: moved by her, and a mark that only the service can make. Only her own mark confirms.
    let desk = app.desk().await;
    let list = desk.visit("/admin/appointments?q=aoife@example.org").await.expect(200);
    let link = list
        .attributes("main a[href*='/admin/appointments/0']", "href")
        .remove(0);
    let page = desk.visit(&link).await.expect(200);
    let action = page.attributes("form[action$='/paid']", "action").remove(0);
    let forged = [("method".to_owned(), "online".to_owned())];
    assert_eq!(desk.post(&action, &forged).await.status, 422);
    let form = page
        .form("form[action$='/move']")
        .set("date", "2027-03-11")
        .set("time", "09:00")
        .set("anyway", "yes");
    desk.submit_and_follow(&form).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "awaiting_payment");

    // An unpaid session, whatever its news say.
    let session = stripe.sessions()[0].clone();
    for kind in [
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "payment_intent.succeeded",
    ] {
        stripe
            .deliver(&visitor, &stripe.event(kind, &session))
            .await
            .expect(200);
    }
    app.run_workers().await;
    assert_eq!(state(&visitor, &booked).await, "awaiting_payment");
    let form = page.form("form[action$='/paid']").set("method", "cash");
    desk.submit_and_follow(&form).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    assert_eq!(stripe.took(), 0);
}

async fn form(app: &TestApp) -> String {
    let visitor = app.visitor();
    let times = tests::journey::free_times(&visitor, "initial-consultation", "mode=telehealth").await;
    let form = visitor
        .visit(times[0].as_str())
        .await
        .expect(200)
        .form(tests::journey::BOOKING_FORM);
    let sent = visitor
        .submit(&tests::journey::fill(&form, "Dora Daly", "dora@example.org"))
        .await
        .expect(303);
    let page = visitor.follow(sent).await.expect(200);
    let token = page.url.path_segments().unwrap().next_back().unwrap().to_owned();
    state(&visitor, &json!({ "token": token })).await
}
