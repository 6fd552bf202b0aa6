//! A package: bought on its page or by the API, paid at the desk, its visits booked from the mailed link.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    app::TestApp,
    journey::{fill, open_form, send},
    page::Page,
    visitor::Visitor,
};

fn body(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{} answers no JSON ({e}): {}", page.url, page.body))
}

async fn post(visitor: &Visitor, path: &str, key: &str, body: &Value) -> Page {
    let request = visitor
        .request(Method::POST, path)
        .header("idempotency-key", key)
        .json(body);
    visitor.send(request).await
}

async fn follow_ups(visitor: &Visitor) -> Vec<String> {
    let range = "mode=telehealth&from=2027-03-03T00:00:00Z&to=2027-03-20T00:00:00Z";
    let page = visitor
        .get(&format!("/api/v1/offerings/follow-up/slots?{range}"))
        .await
        .expect(200);
    let slots = body(&page)["slots"].as_array().unwrap().clone();
    slots
        .iter()
        .step_by(4)
        .map(|slot| slot["start"].as_str().unwrap().to_owned())
        .collect()
}

fn visit(start: &str, credit: &str) -> Value {
    json!({ "offering": "follow-up", "mode": "telehealth", "start": start, "name": "Aoife Daly", "email": "aoife@example.org",
            "phone": "828-555-0199", "time_zone": "America/New_York", "credit": credit })
}

async fn left(visitor: &Visitor, token: &str) -> u64 {
    let purchase = body(&visitor.get(&format!("/api/v1/purchases/{token}")).await.expect(200));
    let credits = purchase["credits"].as_array().unwrap().clone();
    credits.iter().find(|c| c["offering"] == "follow-up").unwrap()["left"]
        .as_u64()
        .unwrap()
}

/// The only purchase that waits is marked as paid at the desk.
async fn pay(app: &TestApp) {
    let desk = app.desk().await;
    let page = desk.visit("/admin/purchases").await;
    let form = page.form("form[action$='/paid']").set("method", "transfer");
    desk.submit_and_follow(&form).await.expect(200);
    app.run_workers().await;
}

async fn slug(visitor: &Visitor) -> String {
    let packages = body(&visitor.get("/api/v1/packages").await.expect(200));
    let holds = |package: &&Value| {
        package["visits"]
            .as_array()
            .unwrap()
            .iter()
            .any(|v| v["offering"] == "follow-up")
    };
    packages.as_array().unwrap().iter().find(holds).unwrap()["slug"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_program_buys_a_package_and_spends_its_credits() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let wish = json!({ "package": slug(&visitor).await, "name": "Aoife Daly", "email": "aoife@example.org" });
    let bought = body(&post(&visitor, "/api/v1/purchases", "one", &wish).await.expect(201));
    assert_eq!(bought["state"], "awaiting_payment");
    let again = body(&post(&visitor, "/api/v1/purchases", "one", &wish).await.expect(201));
    assert_eq!(again["token"], bought["token"]);
    let other = json!({ "package": wish["package"], "name": "Somebody Else", "email": "aoife@example.org" });
    let twin = post(&visitor, "/api/v1/purchases", "one", &other).await;
    assert_eq!(
        (twin.status, &body(&twin)["code"]),
        (409, &json!("idempotency_mismatch"))
    );
    let token = bought["token"].as_str().unwrap();
    let starts = follow_ups(&visitor).await;
    let early = post(&visitor, "/api/v1/appointments", "a", &visit(&starts[0], token)).await;
    assert_eq!(
        (early.status, &body(&early)["code"]),
        (422, &json!("no_credit")),
        "nothing is granted before it is paid"
    );
    pay(&app).await;
    let before = left(&visitor, token).await;
    assert!(before > 0);
    let booked = body(
        &post(&visitor, "/api/v1/appointments", "b", &visit(&starts[0], token))
            .await
            .expect(201),
    );
    assert_eq!(booked["state"], "confirmed");
    assert_eq!(left(&visitor, token).await, before - 1);
    let cancel = format!("/api/v1/appointments/{}/cancel", booked["token"].as_str().unwrap());
    let cancelled = body(&post(&visitor, &cancel, "c", &json!({})).await.expect(200));
    assert_eq!(
        (&cancelled["state"], &cancelled["credit_returned"]),
        (&json!("cancelled"), &json!(true))
    );
    assert_eq!(left(&visitor, token).await, before);
    let guessed = post(&visitor, "/api/v1/appointments", "d", &visit(&starts[1], "guessed")).await;
    assert_eq!((guessed.status, &body(&guessed)["code"]), (422, &json!("no_credit")));
}

#[tokio::test]
async fn a_purchase_with_bad_fields_names_them_and_an_unknown_one_is_not_found() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let wish = json!({ "package": "no-such", "name": "", "email": "aoife@", "phone": "12" });
    let page = post(&visitor, "/api/v1/purchases", "x", &wish).await;
    assert_eq!((page.status, &body(&page)["code"]), (422, &json!("invalid")));
    let fields: Vec<Value> = body(&page)["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["field"].clone())
        .collect();
    assert_eq!(fields, ["name", "email", "phone"]);
    let wish = json!({ "package": "no-such", "name": "Aoife", "email": "aoife@example.org" });
    let page = post(&visitor, "/api/v1/purchases", "x", &wish).await;
    assert_eq!(
        (page.status, &body(&page)["fields"][0]["field"]),
        (422, &json!("package"))
    );
    visitor.get("/api/v1/purchases/guessed").await.expect(404);
    visitor.get("/purchases/guessed").await.expect(404);
    visitor.get("/packages/no-such").await.expect(404);
}

#[tokio::test]
async fn a_parent_buys_a_package_on_its_page_and_is_told_how_to_pay_and_then_that_it_is_hers() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let path = format!("/packages/{}", slug(&visitor).await);
    let form = format!("form[action='{path}']");
    let page = visitor.visit(&path).await.expect(200);
    let wrong = page.form(&form).set("name", "Aoife Daly").set("email", "aoife@");
    let shown = visitor.submit(&wrong).await.expect(422);
    assert!(shown.body.contains("value=\"Aoife Daly\"") && shown.body.contains("value=\"aoife@\""));
    let right = shown.form(&form).set("email", "aoife@example.org");
    let purchase = visitor.submit_and_follow(&right).await.expect(200);
    assert!(purchase.url.path().starts_with("/purchases/"), "{}", purchase.url);
    app.run_workers().await;
    let mail = app.mail_to("aoife@example.org").await;
    assert!(mail.subject.contains("how to pay"), "{}", mail.subject);
    assert_eq!(mail.link("/purchases/").path(), purchase.url.path());
    pay(&app).await;
    let mail = app.mail_to("aoife@example.org").await;
    assert!(mail.subject.contains("it is yours"), "{}", mail.subject);
    let purchase = visitor.visit(mail.link("/purchases/").path()).await.expect(200);
    let times = purchase.link("a[href*='/book/follow-up']");
    let form = open_form(&visitor, "follow-up", times.query().unwrap()).await;
    let booked = send(&visitor, &fill(&form, "Aoife Daly", "aoife@example.org")).await;
    booked.page.must_not_say("to pay");
    let after = visitor.visit(purchase.url.path()).await.expect(200);
    assert_ne!(after.words(), purchase.words(), "one visit less is left");
    let desk = app.desk().await;
    desk.visit("/admin/appointments").await.must_say("From a package");
}
