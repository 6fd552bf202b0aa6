//! Paying online: the page of the service, its webhooks, coming back, and money that goes back.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{BOOKING_FORM, fill, free_times},
    page::Page,
    patience::until,
    stripe::{Mood, Stripe},
    visitor::Visitor,
};

/// What the initial consultation costs.
const PRICE: i64 = 19_500;

pub fn body(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{} answers no JSON ({e}): {}", page.url, page.body))
}

pub async fn paid_by(stripe: &Stripe, more: &[(&str, &str)]) -> TestApp {
    let settings = stripe.settings();
    let mut all: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    all.extend_from_slice(more);
    let app = TestApp::with(&all).await;
    stripe.follow(&app.clock);
    app
}

pub async fn post(visitor: &Visitor, path: &str, key: &str, body: &Value) -> Page {
    let request = visitor
        .request(Method::POST, path)
        .header("idempotency-key", key)
        .json(body);
    visitor.send(request).await
}

pub async fn starts(visitor: &Visitor) -> Vec<String> {
    let range = "mode=telehealth&from=2027-03-08T00:00:00Z&to=2027-03-12T00:00:00Z";
    let page = visitor
        .get(&format!("/api/v1/offerings/initial-consultation/slots?{range}"))
        .await;
    let slots = body(&page.expect(200))["slots"].as_array().unwrap().clone();
    slots
        .iter()
        .map(|slot| slot["start"].as_str().unwrap().to_owned())
        .collect()
}

pub fn wish(start: &str, email: &str) -> Value {
    json!({ "offering": "initial-consultation", "mode": "telehealth", "start": start, "name": "Aoife Daly", "email": email,
            "phone": "828-555-0199", "time_zone": "America/New_York" })
}

/// Books one by the API: its answer.
pub async fn book(visitor: &Visitor, start: &str, email: &str) -> Value {
    body(
        &post(visitor, "/api/v1/appointments", email, &wish(start, email))
            .await
            .expect(201),
    )
}

pub async fn state(visitor: &Visitor, token: &Value) -> String {
    let token = token["token"].as_str().unwrap();
    let found = body(&visitor.get(&format!("/api/v1/appointments/{token}")).await.expect(200));
    found["state"].as_str().unwrap().to_owned()
}

async fn first_package(visitor: &Visitor) -> Value {
    body(&visitor.get("/api/v1/packages").await.expect(200))[0].clone()
}

#[tokio::test]
async fn a_program_is_told_where_to_pay_and_the_webhook_confirms() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let start = starts(&visitor).await[0].clone();
    let booked = book(&visitor, &start, "aoife@example.org").await;
    assert_eq!(booked["state"], "awaiting_payment");
    assert_eq!(booked["hold_until"], "2027-03-01T15:31:00Z");
    let session = stripe.session();
    assert!(booked["checkout_url"].as_str().unwrap().ends_with(&session), "{booked}");
    // The same again is the same answer, and no other session.
    let again = book(&visitor, &start, "aoife@example.org").await;
    assert_eq!(
        (&again["checkout_url"], stripe.sessions().len()),
        (&booked["checkout_url"], 1)
    );
    let shown = body(
        &visitor
            .get(&format!("/api/v1/appointments/{}", booked["token"].as_str().unwrap()))
            .await,
    );
    assert_eq!(shown["checkout_url"], booked["checkout_url"]);

    // What Stripe learns.
    assert_eq!(
        stripe.field(&session, "line_items[0][price_data][unit_amount]"),
        PRICE.to_string()
    );
    let title = stripe.field(&session, "line_items[0][price_data][product_data][name]");
    assert_eq!(title, "Appointment with Nora Tillery");
    let hold: i64 = "2027-03-01T15:31:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    assert_eq!(stripe.field(&session, "expires_at"), hold.to_string());
    let back = stripe.field(&session, "success_url");
    assert!(
        back.starts_with(&format!("{}?", booked["manage_url"].as_str().unwrap())),
        "{back}"
    );

    assert!(stripe.pay(&session));
    let event = stripe.event("checkout.session.completed", &session);
    stripe.deliver(&visitor, &event).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    // A second time, and late news of something before: nothing more happens.
    stripe.deliver(&visitor, &event).await.expect(200);
    let mut expired = stripe.event("checkout.session.expired", &session);
    expired["data"]["object"]["status"] = "expired".into();
    expired["data"]["object"]["payment_status"] = "unpaid".into();
    stripe.deliver(&visitor, &expired).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    let mails = until("the confirmation", async || {
        Some(app.mails_to("aoife@example.org").await).filter(|mails| mails.len() > 1)
    })
    .await;
    let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert_eq!((stripe.keeps(), stripe.refunds().len()), (PRICE, 0));
}

#[tokio::test]
async fn a_form_leads_to_the_page_of_the_service_and_coming_back_confirms() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let times = free_times(&visitor, "initial-consultation", "mode=telehealth").await;
    let form = visitor.visit(times[0].as_str()).await.expect(200);
    let policy = form.header("content-security-policy").to_owned();
    assert!(
        policy.contains(&format!("form-action 'self' {};", stripe.base)),
        "{policy}"
    );
    let form = fill(&form.form(BOOKING_FORM), "Aoife Daly", "aoife@example.org");
    // The page is not where the policy lets a form lead: she comes to her own, where a link waits.
    let sent = visitor.submit(&form).await.expect(303);
    let own = visitor.follow(sent).await.expect(200);
    own.must_say("Kept for you until");
    own.must_say("Pay $195 now");
    let session = stripe.session();
    assert!(own.attributes("a.gold", "href")[0].ends_with(&session));
    let mail = app.mail_to("aoife@example.org").await;
    assert!(
        mail.text.contains("Pay $195") && !mail.text.contains("transfer"),
        "{}",
        mail.text
    );

    // Who only says that she has paid has not.
    let back: reqwest::Url = stripe.field(&session, "success_url").parse().unwrap();
    visitor
        .get(back.as_str())
        .await
        .expect(200)
        .must_say("I look whether the payment is there");
    assert!(stripe.pay(&session));
    visitor
        .get(back.as_str())
        .await
        .expect(200)
        .must_say("It is booked, Aoife");
    assert_eq!(stripe.took(), PRICE);
}

#[tokio::test]
async fn a_payment_of_which_nobody_tells_is_found() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    assert!(stripe.pay(&stripe.session()));
    app.wait_minutes(2);
    app.run_workers().await;
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    assert!(stripe.asked().iter().any(|call| call.starts_with("GET ")));
}

#[tokio::test]
async fn a_package_is_paid_the_same_way() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let package = first_package(&visitor).await;
    let wish = json!({ "package": package["slug"], "name": "Aoife Daly", "email": "aoife@example.org" });
    let bought = body(&post(&visitor, "/api/v1/purchases", "one", &wish).await.expect(201));
    let session = stripe.session();
    assert!(bought["checkout_url"].as_str().unwrap().ends_with(&session), "{bought}");
    assert_eq!(
        stripe.field(&session, "line_items[0][price_data][product_data][name]"),
        "Package"
    );
    let path = format!("/api/v1/purchases/{}", bought["token"].as_str().unwrap());
    assert_eq!(body(&visitor.get(&path).await)["state"], "awaiting_payment");
    assert!(stripe.pay(&session));
    stripe
        .deliver(&visitor, &stripe.event("checkout.session.completed", &session))
        .await
        .expect(200);
    assert_eq!(body(&visitor.get(&path).await)["state"], "active");
    assert_eq!(stripe.took(), package["price"]["minor"].as_i64().unwrap());
}

#[tokio::test]
async fn a_webhook_that_is_not_signed_now_is_not_heard() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    let session = stripe.session();
    assert!(stripe.pay(&session));
    let event = stripe.event("checkout.session.completed", &session).to_string();
    let now = app.now().micros() / 1_000_000;
    let good = Stripe::sign(&event, now);
    let forged = Stripe::sign("{}", now);
    let (stale, ahead) = (Stripe::sign(&event, now - 301), Stripe::sign(&event, now + 301));
    for header in [None, Some(""), Some("t=1"), Some(&forged), Some(&stale), Some(&ahead)] {
        let request = visitor.request(Method::POST, "/webhooks/stripe").body(event.clone());
        let request = header.into_iter().fold(request, |r, h| r.header("stripe-signature", h));
        assert_eq!(visitor.send(request).await.status, 400, "{header:?}");
    }
    assert_eq!(state(&visitor, &booked).await, "awaiting_payment");
    let request = visitor
        .request(Method::POST, "/webhooks/stripe")
        .body(event)
        .header("stripe-signature", good);
    visitor.send(request).await.expect(200);
    assert_eq!(state(&visitor, &booked).await, "confirmed");
}

#[tokio::test]
async fn a_service_that_is_away_costs_nobody_her_time() {
    for mood in [Mood::Down, Mood::Nonsense, Mood::Mute] {
        let stripe = Stripe::start().await;
        let app = paid_by(&stripe, &[]).await;
        let visitor = app.visitor();
        stripe.is(mood);
        let times = free_times(&visitor, "initial-consultation", "mode=telehealth").await;
        let form = visitor.visit(times[0].as_str()).await.expect(200).form(BOOKING_FORM);
        let sent = visitor
            .submit(&fill(&form, "Aoife Daly", "aoife@example.org"))
            .await
            .expect(303);
        let own = visitor.follow(sent).await.expect(200);
        own.must_say("The page to pay on cannot be reached right now");
        own.must_say("Kept for you until");
        // The time is hers, and nobody else's.
        let other = visitor.visit(times[0].as_str()).await;
        other.must_say("taken");

        stripe.is(Mood::Well);
        let again = own.form("main form[action$='/pay']");
        let page = visitor.submit_and_follow(&again).await.expect(200);
        page.must_say("Pay $195 now");
        let session = stripe.session();
        assert!(stripe.pay(&session), "{mood:?}");
        let back: reqwest::Url = stripe.field(&session, "success_url").parse().unwrap();
        visitor
            .get(back.as_str())
            .await
            .expect(200)
            .must_say("It is booked, Aoife");
    }
}

#[tokio::test]
async fn the_time_that_is_not_paid_is_free_again_and_its_page_is_ended() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let start = starts(&visitor).await[0].clone();
    let first = book(&visitor, &start, "aoife@example.org").await;
    let cancelled = book(&visitor, &starts(&visitor).await[0], "ben@example.org").await;
    let token = cancelled["token"].as_str().unwrap();
    post(
        &visitor,
        &format!("/api/v1/appointments/{token}/cancel"),
        "x",
        &json!({}),
    )
    .await
    .expect(200);
    app.run_workers().await;
    let sessions = stripe.sessions();
    assert_eq!(
        (stripe.status(&sessions[0]), stripe.status(&sessions[1])),
        ("open", "expired")
    );
    app.wait_minutes(31);
    app.run_workers().await;
    app.run_workers().await;
    assert_eq!(state(&visitor, &first).await, "expired");
    assert_eq!(stripe.status(&sessions[0]), "expired");
    until("the time is free", async || {
        starts(&visitor).await.contains(&start).then_some(())
    })
    .await;
}
