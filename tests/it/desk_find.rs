//! The desk finds appointments: by a part of who it is, by day and by state, in one form without script.

use tests::{
    app::TestApp,
    form::Form,
    journey::{book, fill, open_form, phone_of, send},
    page::Page,
    visitor::Visitor,
};

async fn list(desk: &Visitor, path: &str) -> Page {
    desk.visit(path).await.expect(200)
}

fn form(page: &Page) -> Form {
    page.form("form.find")
}

fn names(page: &Page) -> Vec<String> {
    page.texts(".list .who > b")
}

/// Aoife waits for payment, Sinéad has a mini, Marta has cancelled hers.
async fn practice() -> (TestApp, Visitor) {
    let app = TestApp::start().await;
    book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    for (name, email) in [
        ("Sinéad Ní Dhúill", "sinead@example.com"),
        ("Marta Nowak", "marta@example.com"),
    ] {
        let visitor = app.visitor();
        let form = open_form(&visitor, "free-mini-consult", "").await;
        let booked = send(&visitor, &fill(&form, name, email)).await;
        if name.starts_with("Marta") {
            let cancel = visitor.visit(&format!("{}/cancel", booked.manage.path())).await;
            visitor
                .submit_and_follow(&cancel.form("form[action$='/cancel']").press("reason", "other"))
                .await
                .expect(200);
        }
    }
    let desk = app.desk().await;
    (app, desk)
}

#[tokio::test]
async fn one_form_finds_by_who_it_is_by_day_and_by_state() {
    let (_app, desk) = practice().await;
    let coming = list(&desk, "/admin/appointments").await;
    assert_eq!(names(&coming).len(), 2, "{:?}", names(&coming));
    let look = async |q: &str, day: &str, state: &str| {
        let filled = form(&coming).set("q", q).set("day", day).set("state", state);
        let page = desk.submit_and_follow(&filled).await.expect(200);
        assert_eq!(form(&page).value("q"), Some(q), "what was typed is gone");
        assert_eq!(
            (form(&page).value("day"), form(&page).value("state")),
            (Some(day), Some(state))
        );
        page
    };
    assert_eq!(names(&look("sinead dhuill", "", "any").await), ["Sinéad Ní Dhúill"]);
    assert_eq!(
        names(&look(&phone_of("aoife@example.com")[4..], "", "any").await),
        ["Aoife Daly"]
    );
    assert_eq!(names(&look("EXAMPLE.com", "", "cancelled").await), ["Marta Nowak"]);
    assert_eq!(names(&look("", "", "awaiting_payment").await), ["Aoife Daly"]);
    let nobody = look("marta", "", "coming").await;
    nobody.must_say("No appointment is like that");
    let wider = list(&desk, nobody.link(".empty a").as_str()).await;
    assert_eq!(names(&wider), ["Marta Nowak"]);
    let elsewhere = look("marta", "2031-01-01", "any").await;
    let wider = list(&desk, elsewhere.link(".empty a").as_str()).await;
    assert_eq!(
        (names(&wider), form(&wider).value("day").map(str::to_owned)),
        (vec!["Marta Nowak".into()], Some(String::new()))
    );
    look("nobody at all", "", "any")
        .await
        .must_say("the last digits of her number");
    // Her name is shown as text, also in the form.
    let typed = "\"><script>alert(1)</script>";
    let page = look(typed, "", "any").await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn a_search_that_makes_no_sense_is_answered_beside_its_field() {
    let (_app, desk) = practice().await;
    for (query, says) in [
        ("day=soon&q=marta", "That is no day"),
        ("day=2026-02-30", "That is no day"),
        ("q=%25%25%25", "Type a part of a name"),
        ("q=%3F", "Type a part of a name"),
    ] {
        let page = desk.get(&format!("/admin/appointments?{query}")).await.expect(422);
        page.must_say(says);
        assert_eq!(page.count(".find [aria-invalid]"), 1, "{query}");
    }
    let long = "x".repeat(5_000);
    desk.get(&format!("/admin/appointments?q={long}"))
        .await
        .expect(422)
        .must_say("A part of it is enough");
    for query in [
        "state=everything",
        "start=then&id=nobody",
        "start=2027-03-01T15:00:00Z&id=019ab6a0-0000-7000-8000-000000000001&state=past",
        "start=9999-12-31T00:00:00Z&id=019ab6a0-0000-7000-8000-000000000001",
        "day=-009999-01-01",
        "day=9999-12-31",
        "q=%FF%FE",
        "q=%00",
        "q='%20OR%201=1--&state=any",
    ] {
        let page = desk.get(&format!("/admin/appointments?{query}")).await;
        assert!(page.status < 500, "{query}: {}", page.status);
    }
}

#[tokio::test]
async fn the_next_visit_stands_on_top_with_call_text_and_what_is_owed() {
    // Tuesday, 2 March, 9:00 in New York; she works from 12 to 18.
    let app = TestApp::at("2027-03-02T14:00:00Z", &[]).await;
    let booked = book(&app, "free-mini-consult", "day=2027-03-02", "aoife@example.com").await;
    let desk = app.desk().await;
    let page = desk.visit("/admin").await.expect(200);
    assert_eq!(page.count(".next"), 1);
    assert!(page.text(".next h2").contains("Aoife Daly"));
    let digits: String = phone_of("aoife@example.com")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    assert_eq!(
        page.attributes(".next a[href^='tel:']", "href"),
        [format!("tel:+1{digits}")]
    );
    let sms = page.attributes(".next a[href^='sms:']", "href").remove(0);
    assert!(
        sms.starts_with(&format!("sms:+1{digits}?&body=About%20our%20appointment%20at%20")),
        "{sms}"
    );
    let lower = sms.to_lowercase();
    assert!(
        !["lact", "breast", "baby", "consult", "feed"]
            .iter()
            .any(|word| lower.contains(word)),
        "{sms}"
    );
    assert_eq!(page.count(".button.gold"), 1);
    let one = desk.visit(page.link(".next h2 a").as_str()).await.expect(200);
    assert_eq!(one.count("a[href^='tel:'], a[href^='sms:']"), 2);
    assert!(!booked.start.is_empty());
}
