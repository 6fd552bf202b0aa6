//! Questions and consents: asked with the booking or later, refused by name, kept as they are typed, read at the desk.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{app::TestApp, page::Page};

/// The demo's free mini-consult, asking something at booking.
const ASKING: &str = r#"
[[offerings]]
slug = "free-mini-consult"

[[offerings.questions]]
key = "worry"
kind = "text"
label = "What worries you most?"
required = true
ask = "at_booking"

[[offerings.questions]]
key = "weeks"
kind = "number"
label = "How many weeks old is your baby?"
ask = "at_booking"

[[offerings.questions]]
key = "feeding"
kind = "choice"
label = "How do you feed now?"
choices = ["At the breast", "A mix"]
required = true

[[offerings.questions]]
key = "visited"
kind = "yes_no"
label = "Has a doctor seen your baby this week?"

[[offerings.questions]]
key = "born"
kind = "date"
label = "When was your baby born?"

[[offerings.consents]]
key = "privacy"
version = 3
wording = "I have read the privacy notice."
required = true
ask = "at_booking"

[[offerings.consents]]
key = "photos"
version = 1
wording = "Nora may take photos for my chart."
"#;

async fn post(app: &TestApp, key: &str, body: &Value) -> Page {
    let visitor = app.visitor();
    let request = visitor.request(Method::POST, "/api/v1/appointments").json(body);
    visitor.send(request.header("idempotency-key", key)).await
}

fn json_of(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|e| panic!("{e}: {}", page.body))
}

async fn wish(app: &TestApp, email: &str) -> Value {
    let query = "mode=telehealth&from=2027-03-03T00:00:00Z&to=2027-03-05T00:00:00Z";
    let page = app
        .visitor()
        .get(&format!("/api/v1/offerings/free-mini-consult/slots?{query}"))
        .await
        .expect(200);
    json!({ "offering": "free-mini-consult", "mode": "telehealth", "start": json_of(&page)["slots"][0]["start"],
            "name": "Aoife Daly", "email": email, "phone": "828-555-0199", "time_zone": "Europe/Dublin" })
}

fn fields(page: &Page) -> Vec<String> {
    assert_eq!(page.status, 422, "{}", page.body);
    let problem = json_of(page);
    assert_eq!(problem["code"], "invalid", "{problem}");
    let fields = problem["fields"].as_array().unwrap();
    fields.iter().map(|f| f["field"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_api_names_every_answer_and_consent_that_cannot_be_used() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let mut body = wish(&app, "aoife@example.com").await;
    assert_eq!(
        fields(&post(&app, "a", &body).await),
        ["answers.worry", "consents.privacy"]
    );
    body["email"] = json!("no address");
    body["answers"] = json!({ "worry": 7, "weeks": "many", "feeding": "Neither", "visited": "perhaps", "born": "2027-02-30", "nope": "x" });
    body["consents"] = json!(["nope"]);
    let mut wrong = fields(&post(&app, "a", &body).await);
    wrong.sort();
    assert_eq!(
        wrong,
        [
            "answers.born",
            "answers.feeding",
            "answers.nope",
            "answers.visited",
            "answers.weeks",
            "answers.worry",
            "consents.nope",
            "consents.privacy",
            "email",
        ]
    );
    body["email"] = json!("aoife@example.com");
    body["consents"] = json!(["privacy"]);
    body["answers"] = json!({ "worry": "x".repeat(4001) });
    assert_eq!(fields(&post(&app, "a", &body).await), ["answers.worry"]);
    for garbage in [
        json!([]),
        json!("x"),
        json!({ "worry": { "a": [1] } }),
        json!({ "": "" }),
    ] {
        body["answers"] = garbage;
        assert_eq!(post(&app, "a", &body).await.status, 422, "{}", body["answers"]);
    }
    body["answers"] = json!({ "worry": "It hurts on the left", "weeks": 3, "visited": true, "born": "2027-02-08" });
    assert_eq!(post(&app, "a", &body).await.status, 201);
    // The same again is the same booking; other answers under the same key are another request.
    assert_eq!(post(&app, "a", &body).await.status, 201);
    body["answers"]["weeks"] = json!(4);
    let other = post(&app, "a", &body).await;
    assert_eq!(
        (other.status, &json_of(&other)["code"]),
        (409, &json!("idempotency_mismatch"))
    );
}

#[tokio::test]
async fn the_api_says_what_an_offering_asks() {
    let app = TestApp::start().await;
    app.apply_practice(ASKING).await;
    let list = json_of(&app.visitor().get("/api/v1/offerings").await.expect(200));
    let mini = &list.as_array().unwrap()[0];
    assert_eq!(mini["questions"][0]["key"], "worry");
    assert_eq!(mini["questions"][2]["choices"], json!(["At the breast", "A mix"]));
    assert_eq!(mini["consents"][0]["version"], 3);
}
