//! Money that goes back: by the policy, by the consultant, and because it came too late or does not fit.

use kernel::instant::Instant;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{app::TestApp, page::Page, patience::until, stripe::Stripe, visitor::Visitor};

use crate::stripe::{body, book, paid_by, post, starts, state};

/// What the initial consultation costs.
const PRICE: i64 = 19_500;

/// Pays the only session that is open, and the webhook tells of it.
async fn pay(stripe: &Stripe, visitor: &Visitor) -> String {
    let session = stripe.sessions().pop().unwrap();
    assert!(stripe.pay(&session));
    let event = stripe.event("checkout.session.completed", &session);
    stripe.deliver(visitor, &event).await.expect(200);
    session
}

async fn cancel(visitor: &Visitor, booked: &Value, reason: &str) -> Value {
    let path = format!("/api/v1/appointments/{}/cancel", booked["token"].as_str().unwrap());
    body(
        &post(visitor, &path, "cancel", &json!({ "reason": reason }))
            .await
            .expect(200),
    )
}

fn given_back(stripe: &Stripe) -> Vec<i64> {
    stripe.refunds().iter().map(|refund| refund.amount).collect()
}

/// The appointment's page at the desk.
async fn at_desk(desk: &Visitor) -> Page {
    let list = desk.visit("/admin/appointments?state=all&q=aoife").await.expect(200);
    let links = list.attributes("main a[href*='/admin/appointments/0']", "href");
    desk.visit(&links[0]).await.expect(200)
}

#[tokio::test]
async fn what_the_policy_gives_back_goes_back_once() {
    for (late, reason, back) in [
        (false, "", PRICE),
        (true, "no time", PRICE / 2),
        (true, "illness", PRICE),
    ] {
        let stripe = Stripe::start().await;
        let app = paid_by(&stripe, &[]).await;
        let visitor = app.visitor();
        let start = starts(&visitor).await[0].clone();
        let booked = book(&visitor, &start, "aoife@example.org").await;
        pay(&stripe, &visitor).await;
        if late {
            app.clock.set(start.parse::<Instant>().unwrap().plus_minutes(-60));
        }
        let cancelled = cancel(&visitor, &booked, reason).await;
        assert_eq!(
            cancelled["refund"],
            json!({ "minor": back, "currency": "USD" }),
            "{late} {reason}"
        );
        app.run_workers().await;
        app.run_workers().await;
        assert_eq!(given_back(&stripe), [back], "{late} {reason}");
        assert_eq!(stripe.keeps(), PRICE - back);
        until("a mail that says so", async || {
            let mails = app.mails_to("aoife@example.org").await;
            mails.into_iter().find(|mail| mail.text.contains("goes back to you"))
        })
        .await;
    }
}

#[tokio::test]
async fn when_she_cancels_everything_goes_back_and_she_may_give_back_a_part_of_a_visit() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    pay(&stripe, &visitor).await;
    let desk = app.desk().await;

    let form = at_desk(&desk).await.form("form[action$='/refund']");
    let page = desk.submit(&form.clone().set("amount", "195.01")).await.expect(422);
    page.must_say("At most $195 can go back.");
    desk.submit(&form.clone().set("amount", "much")).await.expect(422);
    let page = desk
        .submit_and_follow(&form.clone().set("amount", "45"))
        .await
        .expect(200);
    page.must_say("It goes back.");
    app.run_workers().await;
    assert_eq!(given_back(&stripe), [4_500]);
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    // More than is left does not go back, and the rest does when she cancels.
    desk.submit(&form.set("amount", "150.01")).await.expect(422);
    let cancel = at_desk(&desk).await.form("form[action$='/cancel']");
    desk.submit_and_follow(&cancel).await.expect(200);
    app.run_workers().await;
    assert_eq!((given_back(&stripe), stripe.keeps()), (vec![4_500, 15_000], 0));
    at_desk(&desk).await.must_say("given back");
}

#[tokio::test]
async fn a_refund_that_fails_is_hers_to_try_again_or_to_give_by_hand() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    pay(&stripe, &visitor).await;
    stripe.refuses_refunds(true);
    cancel(&visitor, &booked, "").await;
    app.run_workers().await;
    let desk = app.desk().await;
    let page = desk.visit("/admin").await.expect(200);
    page.must_say("Money did not go back");
    page.must_say("balance_insufficient");
    stripe.refuses_refunds(false);
    desk.submit_and_follow(&page.form("form[action$='/again']"))
        .await
        .expect(200);
    app.run_workers().await;
    assert_eq!(given_back(&stripe), [PRICE]);
    // The service says later that the card did not take it: then she sends it herself.
    let event = stripe.refund_failed(&stripe.refunds()[0]);
    stripe.deliver(&visitor, &event).await.expect(200);
    let page = desk.visit("/admin").await.expect(200);
    page.must_say("expired_or_canceled_card");
    desk.submit_and_follow(&page.form("form[action$='/given']"))
        .await
        .expect(200);
    assert!(!desk.visit("/admin").await.words().contains("Money did not go back"));
}

#[tokio::test]
async fn what_was_paid_by_hand_is_given_back_by_hand() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    let desk = app.desk().await;
    let form = at_desk(&desk).await.form("form[action$='/paid']");
    desk.submit_and_follow(&form.set("method", "cash")).await.expect(200);
    let cancelled = cancel(&visitor, &booked, "").await;
    assert_eq!(cancelled["refund"]["minor"], PRICE);
    let page = desk.visit("/admin").await.expect(200);
    page.must_say("Give back $195");
    desk.submit_and_follow(&page.form("form[action$='/given']"))
        .await
        .expect(200);
    assert!(!desk.visit("/admin").await.words().contains("Give back $195"));
    at_desk(&desk).await.must_say("given back");
}

#[tokio::test]
async fn what_is_owed_can_be_waived() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    let desk = app.desk().await;
    let form = at_desk(&desk).await.form("form[action$='/waive']");
    desk.submit_and_follow(&form).await.expect(200).must_say("Waived.");
    assert_eq!(state(&visitor, &booked).await, "confirmed");
    app.run_workers().await;
    assert_eq!(stripe.status(&stripe.session()), "expired", "nobody pays it any more");
    // Who paid a moment before gets it back.
    let other = book(&visitor, &starts(&visitor).await[0], "aoife@example.net").await;
    let session = stripe.sessions().pop().unwrap();
    assert!(stripe.pay(&session));
    let list = desk.visit("/admin/appointments?q=aoife@example.net").await.expect(200);
    let link = list
        .attributes("main a[href*='/admin/appointments/0']", "href")
        .remove(0);
    let form = desk.visit(&link).await.form("form[action$='/waive']");
    desk.submit_and_follow(&form).await.expect(200);
    app.run_workers().await;
    app.run_workers().await;
    assert_eq!(
        (state(&visitor, &other).await.as_str(), stripe.keeps()),
        ("confirmed", 0)
    );
    let mail = app.mail_to("aoife@example.net").await;
    assert!(
        mail.text.contains("once more") && mail.subject.contains("comes back"),
        "{}",
        mail.text
    );
}

#[tokio::test]
async fn who_pays_when_the_hold_is_over_gets_the_time_if_it_is_free_and_else_her_money() {
    for taken in [false, true] {
        let stripe = Stripe::start().await;
        let app = paid_by(&stripe, &[]).await;
        let visitor = app.visitor();
        let start = starts(&visitor).await[0].clone();
        let booked = book(&visitor, &start, "aoife@example.org").await;
        let session = stripe.session();
        // She pays in the last minute, and the news comes late.
        app.wait_minutes(30);
        assert!(stripe.pay(&session));
        stripe.is(tests::stripe::Mood::Down);
        app.wait_minutes(4);
        app.run_workers().await;
        assert_eq!(state(&visitor, &booked).await, "expired");
        if taken {
            book(&visitor, &start, "ben@example.org").await;
        }
        stripe.is(tests::stripe::Mood::Well);
        let event = stripe.event("checkout.session.completed", &session);
        for _ in 0..2 {
            stripe.deliver(&visitor, &event).await.expect(200);
        }
        app.wait_minutes(10);
        app.run_workers().await;
        app.run_workers().await;
        if taken {
            assert_eq!(
                (state(&visitor, &booked).await.as_str(), given_back(&stripe)),
                ("expired", vec![PRICE])
            );
            let mail = app.mail_to("aoife@example.org").await;
            assert!(
                mail.text.contains("I am sorry") && mail.text.contains("$195"),
                "{}",
                mail.text
            );
        } else {
            assert_eq!(
                (state(&visitor, &booked).await.as_str(), stripe.keeps()),
                ("confirmed", PRICE)
            );
        }
    }
}

#[tokio::test]
async fn money_that_does_not_fit_confirms_nothing_and_is_shown() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let times = starts(&visitor).await;
    let first = book(&visitor, &times[0], "aoife@example.org").await;
    let second = book(&visitor, &times[8], "ben@example.org").await;
    let sessions = stripe.sessions();
    assert!(stripe.pay(&sessions[0]));
    let odd = |path: &str, value: Value| {
        let mut event = stripe.event("checkout.session.completed", &sessions[0]);
        *event.pointer_mut(path).unwrap() = value;
        event
    };
    let object = "/data/object";
    // The session of another one: its own question, another's name, and the other way round.
    let others = stripe.event("checkout.session.completed", &sessions[1])["data"]["object"]["metadata"].clone();
    for event in [
        odd(&format!("{object}/amount_total"), json!(PRICE - 1)),
        odd(&format!("{object}/metadata"), others),
        odd(&format!("{object}/id"), json!("cs_test_of_nobody")),
    ] {
        stripe.deliver(&visitor, &event).await.expect(200);
        assert_eq!(state(&visitor, &first).await, "awaiting_payment", "{event}");
        assert_eq!(state(&visitor, &second).await, "awaiting_payment", "{event}");
    }
    let desk = app.desk().await;
    let page = desk.visit("/admin").await.expect(200);
    page.must_say("A payment does not fit");
    page.must_say("another amount than was asked for");
    page.must_say("it belongs to something else");
    let third = book(&visitor, &times[16], "cleo@example.org").await;
    let session = stripe.sessions().pop().unwrap();
    assert!(stripe.pay(&session));
    let mut event = stripe.event("checkout.session.completed", &session);
    event["data"]["object"]["currency"] = "eur".into();
    stripe.deliver(&visitor, &event).await.expect(200);
    assert_eq!(state(&visitor, &third).await, "awaiting_payment");
    let page = desk.visit("/admin").await.expect(200);
    page.must_say("another currency than was asked for");
    let seen = page.attributes("form[action$='/seen']", "action").remove(0);
    let form = page.form(&format!("form[action='{seen}']"));
    let after = desk.submit_and_follow(&form).await.expect(200);
    assert_eq!(after.attributes("form[action$='/seen']", "action").len(), 3);
}

#[tokio::test]
async fn a_payment_that_takes_days_confirms_when_the_money_is_there() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let booked = book(&visitor, &starts(&visitor).await[0], "aoife@example.org").await;
    let session = stripe.session();
    assert!(stripe.pay_slowly(&session));
    stripe
        .deliver(&visitor, &stripe.event("checkout.session.completed", &session))
        .await
        .expect(200);
    assert_eq!(state(&visitor, &booked).await, "awaiting_payment");
    let page = visitor
        .visit(&format!("/appointments/{}", booked["token"].as_str().unwrap()))
        .await;
    page.must_say("Your payment is on its way");
    stripe.arrives(&session);
    stripe
        .deliver(
            &visitor,
            &stripe.event("checkout.session.async_payment_succeeded", &session),
        )
        .await
        .expect(200);
    assert_eq!(state(&visitor, &booked).await, "confirmed");

    // One that does not arrive: the time stays kept, and can be paid anew.
    let other = book(&visitor, &starts(&visitor).await[0], "ben@example.org").await;
    let session = stripe.sessions().pop().unwrap();
    assert!(stripe.pay_slowly(&session));
    stripe
        .deliver(&visitor, &stripe.event("checkout.session.completed", &session))
        .await
        .expect(200);
    stripe
        .deliver(
            &visitor,
            &stripe.event("checkout.session.async_payment_failed", &session),
        )
        .await
        .expect(200);
    assert_eq!(state(&visitor, &other).await, "awaiting_payment");
    let page = visitor
        .visit(&format!("/appointments/{}", other["token"].as_str().unwrap()))
        .await;
    visitor.submit(&page.form("form[action$='/pay']")).await.expect(303);
    pay(&stripe, &visitor).await;
    assert_eq!(state(&visitor, &other).await, "confirmed");
}

#[tokio::test]
async fn a_package_that_is_given_back_ends() {
    let stripe = Stripe::start().await;
    let app = paid_by(&stripe, &[]).await;
    let visitor = app.visitor();
    let package = body(&visitor.get("/api/v1/packages").await.expect(200))[0].clone();
    let wish = json!({ "package": package["slug"], "name": "Aoife Daly", "email": "aoife@example.org" });
    let bought = body(&post(&visitor, "/api/v1/purchases", "one", &wish).await.expect(201));
    pay(&stripe, &visitor).await;
    let path = format!("/api/v1/purchases/{}", bought["token"].as_str().unwrap());
    assert_eq!(body(&visitor.get(&path).await)["state"], "active");
    let desk = app.desk().await;
    let form = desk.visit("/admin/purchases").await.form("form[action$='/refund']");
    desk.submit_and_follow(&form.clone().set("amount", "10"))
        .await
        .expect(200);
    assert_eq!(body(&visitor.get(&path).await)["state"], "active");
    let form = desk.visit("/admin/purchases").await.form("form[action$='/refund']");
    desk.submit_and_follow(&form).await.expect(200);
    app.run_workers().await;
    let price = package["price"]["minor"].as_i64().unwrap();
    assert_eq!((given_back(&stripe), stripe.keeps()), (vec![1_000, price - 1_000], 0));
    let shown = body(&visitor.get(&path).await);
    assert_eq!(shown["state"], "refunded");
    assert!(
        shown["credits"]
            .as_array()
            .unwrap()
            .iter()
            .all(|credit| credit["left"] == 0),
        "{shown}"
    );
    let credit = bought["token"].as_str().unwrap();
    let mut wish = crate::stripe::wish(&starts(&visitor).await[0], "aoife@example.org");
    wish["credit"] = credit.into();
    let refused = visitor.request(Method::POST, "/api/v1/appointments").json(&wish);
    assert_eq!(body(&visitor.send(refused).await.expect(422))["code"], "no_credit");
}
