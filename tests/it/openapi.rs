//! The API's own description: it names every call that exists, and every answer is what it says.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{app::TestApp, page::Page, schema::Contract, visitor::Visitor};

async fn contract(visitor: &Visitor) -> Contract {
    let page = visitor.get("/api/v1/openapi.json").await.expect(200);
    assert_eq!(page.header("content-type"), "application/json");
    Contract::new(serde_json::from_str(&page.body).unwrap())
}

/// The calls below /api/v1 as routes.rs writes them.
fn routes() -> Vec<String> {
    let source = std::fs::read_to_string(tests::judge::root().join("crates/web/src/routes.rs")).unwrap();
    let json = source.split("fn json()").nth(1).unwrap().split("\n}").next().unwrap();
    let mut calls = Vec::new();
    for route in json.split(".route(").skip(1) {
        let path = route.split('"').nth(1).unwrap();
        for method in ["get", "post", "put", "delete", "patch"] {
            if route.contains(&format!("{method}(api::")) {
                calls.push(format!("{method} {path}"));
            }
        }
    }
    calls
}

#[tokio::test]
async fn every_call_is_described_and_every_description_is_a_call() {
    let app = TestApp::start().await;
    let (mut described, mut routes) = (contract(&app.visitor()).await.calls(), routes());
    described.sort();
    routes.sort();
    assert!(routes.len() > 8, "routes.rs is read wrongly: {routes:?}");
    assert_eq!(described, routes);
}

/// Somebody who believes the document.
struct Client {
    visitor: Visitor,
    contract: Contract,
}

impl Client {
    async fn get(&self, call: &str, path: &str, status: u16) -> Value {
        let page = self.visitor.get(&format!("/api/v1{path}")).await;
        self.read(call, &page, status)
    }

    /// A body that the document allows.
    async fn post(&self, call: &str, path: &str, body: &Value, status: u16) -> Value {
        self.contract.check_body(call, body);
        self.send(call, path, body, status).await
    }

    /// Any body.
    async fn send(&self, call: &str, path: &str, body: &Value, status: u16) -> Value {
        let request = self.visitor.request(Method::POST, &format!("/api/v1{path}"));
        let request = request.header("idempotency-key", path).json(body);
        let page = self.visitor.send(request).await;
        self.read(call, &page, status)
    }

    fn read(&self, call: &str, page: &Page, status: u16) -> Value {
        assert_eq!(page.status, status, "{call}: {}", page.body);
        let answer = serde_json::from_str(&page.body).unwrap();
        let media = page.header("content-type");
        self.contract.check(call, page.status, media, &answer);
        answer
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one call after the other")]
async fn every_answer_is_what_the_description_says() {
    let app = TestApp::with(&[("limits.enabled", "false")]).await;
    let visitor = app.visitor();
    let contract = contract(&visitor).await;
    let client = Client { visitor, contract };
    client.get("get /openapi.json", "/openapi.json", 200).await;
    client.get("get /offerings", "/offerings", 200).await;
    client.get("get /packages", "/packages", 200).await;

    let slots = "get /offerings/{slug}/slots";
    let range = "from=2027-03-03T00:00:00Z&to=2027-03-05T00:00:00Z";
    let path = format!("/offerings/free-mini-consult/slots?mode=telehealth&{range}");
    let free = client.get(slots, &path, 200).await;
    let start = |n: usize| free["slots"][n]["start"].clone();
    client
        .get(slots, "/offerings/free-mini-consult/slots?mode=pigeon", 422)
        .await;
    client
        .get(
            slots,
            &format!("/offerings/free-mini-consult/slots?mode=in_person&{range}"),
            422,
        )
        .await;
    client
        .get(slots, &format!("/offerings/massage/slots?mode=telehealth&{range}"), 404)
        .await;

    let twice = "/offerings/free-mini-consult/slots?mode=telehealth&mode=telehealth";
    client.get(slots, twice, 422).await;

    let book = "post /appointments";
    let asked = json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": start(0), "name": "Aoife Daly",
        "email": "aoife@example.com", "phone": "828-555-0199", "time_zone": "Europe/Dublin" });
    let booked = client.post(book, "/appointments", &asked, 201).await;
    let mut other = asked.clone();
    other["email"] = "nuala@example.com".into();
    client.post(book, "/appointments", &other, 409).await;
    other["start"] = "2027-03-03T14:07:00Z".into();
    other["email"] = "nobody".into();
    client.post(book, "/appointments", &other, 422).await;
    client
        .send(book, "/appointments", &json!({ "offering": "free-mini-consult" }), 422)
        .await;
    client.send(book, "/appointments", &json!([1]), 422).await;
    let unpaid = json!({ "offering": "initial-consultation", "mode": "in_person", "start": "2027-03-09T18:00:00Z",
        "name": "Nuala Byrne", "email": "nuala@example.com", "phone": "828-555-0142", "time_zone": "America/New_York" });
    let request = client
        .visitor
        .request(Method::POST, "/api/v1/appointments")
        .json(&unpaid);
    let waits = client.read(book, &client.visitor.send(request).await, 201);
    assert!(waits["hold_until"].is_string(), "{waits}");

    let token = booked["token"].as_str().unwrap();
    let at = |rest: &str| format!("/appointments/{token}{rest}");
    client.get("get /appointments/{token}", &at(""), 200).await;
    client
        .get("get /appointments/{token}", "/appointments/nobody", 404)
        .await;
    client
        .get("get /appointments/{token}/slots", &at(&format!("/slots?{range}")), 200)
        .await;
    client
        .get("get /appointments/{token}/slots", &at("/slots?from=yesterday"), 422)
        .await;
    let moving = "post /appointments/{token}/reschedule";
    client
        .post(moving, &at("/reschedule"), &json!({ "start": start(9) }), 200)
        .await;
    client
        .post(
            moving,
            &at("/reschedule"),
            &json!({ "start": "2027-03-03T14:07:00Z" }),
            422,
        )
        .await;
    client
        .post(
            moving,
            "/appointments/nobody/reschedule",
            &json!({ "start": start(9) }),
            404,
        )
        .await;
    let cancel = "post /appointments/{token}/cancel";
    client
        .post(cancel, &at("/cancel"), &json!({ "reason": "birth" }), 200)
        .await;
    client.post(cancel, &at("/cancel"), &json!({}), 422).await;
    client.get("get /appointments/{token}", &at(""), 200).await;

    let packages = client.get("get /packages", "/packages", 200).await;
    let buying = json!({ "package": packages[0]["slug"], "name": "Aoife Daly", "email": "aoife@example.com" });
    let bought = client.post("post /purchases", "/purchases", &buying, 201).await;
    let other = json!({ "package": packages[0]["slug"], "name": "Nuala Byrne", "email": "nuala@example.com" });
    client.post("post /purchases", "/purchases", &other, 409).await;
    let wrong = json!({ "package": "none", "name": "", "email": "aoife" });
    client.post("post /purchases", "/purchases", &wrong, 422).await;
    let path = format!("/purchases/{}", bought["token"].as_str().unwrap());
    client.get("get /purchases/{token}", &path, 200).await;
    client.get("get /purchases/{token}", "/purchases/nobody", 404).await;

    let join = "post /subscribers";
    client
        .post(join, "/subscribers", &json!({ "email": "aoife@example.com" }), 202)
        .await;
    client
        .post(join, "/subscribers", &json!({ "email": "aoife" }), 422)
        .await;
    client
        .post(
            join,
            "/subscribers",
            &json!({ "email": "a@example.com", "topics": ["gossip"] }),
            422,
        )
        .await;
    // No JSON at all.
    let request = client
        .visitor
        .request(Method::POST, "/api/v1/subscribers")
        .body("email=a");
    client.read(join, &client.visitor.send(request).await, 415);
    let request = client
        .visitor
        .request(Method::POST, "/api/v1/subscribers")
        .header("content-type", "application/json");
    client.read(join, &client.visitor.send(request.body("{")).await, 400);
}
