//! What is offered, made and changed at the desk with the real forms.

use tests::app::TestApp;
use tests::form::Form;
use tests::journey::{book, free_times};
use tests::page::Page;
use tests::visitor::Visitor;

const FORM: &str = "form:has([name='minutes'])";

async fn blank(desk: &Visitor) -> Form {
    let list = desk.visit("/admin/settings").await.expect(200);
    let list = desk
        .visit(list.link("main a[href='/admin/offerings']").as_str())
        .await
        .expect(200);
    desk.visit(list.link("a.gold").as_str()).await.expect(200).form(FORM)
}

async fn open(desk: &Visitor, name: &str) -> Page {
    let list = desk.visit("/admin/offerings").await.expect(200);
    let link = list.link(&format!("a[aria-label='Change {name}']"));
    desk.visit(link.as_str()).await.expect(200)
}

/// `practice show`, applied again, changes nothing.
async fn nothing_to_apply(app: &TestApp) {
    let changes = app.show_and_apply().await;
    assert!(changes.is_empty(), "{changes:?}");
}

#[tokio::test]
async fn a_name_a_price_and_a_way_to_meet_put_something_new_on_the_pages() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let form = blank(&desk)
        .await
        .set("name", "Pump fitting")
        .set("price", "60")
        .set("place", "office");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("It can be booked.");
    // Sent twice: there is one.
    desk.submit_and_follow(&form).await.expect(200);
    let list = desk.visit("/admin/offerings").await.expect(200);
    list.must_say("60 minutes, $60, by video or at your office.");
    assert_eq!(list.count("a[aria-label='Change Pump fitting']"), 1);
    app.visitor().visit("/services").await.must_say("Pump fitting");
    let public = desk.visit(page.link("a[href^='/book/']").as_str()).await.expect(200);
    assert_eq!(public.url.path(), "/book/pump-fitting");
    assert!(
        !free_times(&app.visitor(), "pump-fitting", "mode=in_person")
            .await
            .is_empty()
    );
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_everything_typed_stays() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let form = blank(&desk)
        .await
        .set("name", "")
        .set("price", "a hundred")
        .set("minutes", "900")
        .set("step", "half an hour")
        .set("description", "One <b>bold</b>\n\nword")
        .set("summary", "A sentence")
        .set("notice", "3")
        .set("notice_unit", "days")
        .forge("channel", "pigeon");
    let page = desk.submit(&form).await.expect(422);
    page.must_say("Five things need another look.")
        .must_say("Give it a name.")
        .must_say("Write a price such as 120 or 120.00.")
        .must_say("Write a number from 1 to 720.")
        .must_say("Write a whole number, such as 30.")
        .must_say("Choose at least one way to meet.");
    let again = page.form(FORM);
    for (name, value) in [
        ("price", "a hundred"),
        ("minutes", "900"),
        ("step", "half an hour"),
        ("description", "One <b>bold</b>\n\nword"),
        ("summary", "A sentence"),
        ("notice", "3"),
        ("notice_unit", "days"),
    ] {
        assert_eq!(again.value(name), Some(value), "{name}");
    }
    for id in page.attributes(".word.care a", "href") {
        assert_eq!(page.count(&id), 1, "{id}");
    }
    let list = desk.visit("/admin/offerings").await.expect(200);
    assert_eq!(list.count("a[aria-label^='Change ']"), 3, "nothing was made");
    // With the slips mended the same form is taken.
    let mended = again
        .set("name", "Evening talk")
        .set("price", "120.00")
        .set("minutes", "90")
        .set("step", "30")
        .set("channel", "video");
    let page = desk.submit_and_follow(&mended).await.expect(200);
    page.must_say("It can be booked.");
    assert_eq!(page.form(FORM).value("notice"), Some("3"));
}

#[tokio::test]
async fn other_terms_hold_for_what_is_booked_from_now_on() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let desk = app.desk().await;
    let page = open(&desk, "Initial consultation").await;
    let same = desk.submit_and_follow(&page.form(FORM)).await.expect(200);
    same.must_say("Nothing was different.");
    let form = page
        .form(FORM)
        .set("name", "First visit")
        .set("price", "$210")
        .set("minutes", "75");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("What is booked already stays as it was agreed.");
    assert_eq!(page.text("h1"), "First visit");
    assert_eq!(page.form(FORM).value("price"), Some("210.00"));
    let services = app.visitor().visit("/services").await;
    services.must_say("First visit").must_say("$210");
    assert!(
        services.count("a[href^='/book/initial-consultation']") > 0,
        "the address stays"
    );
    app.visitor().visit(booked.manage.as_str()).await.must_say("$195");
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn an_archived_offering_leaves_the_pages_and_nothing_that_is_booked() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let desk = app.desk().await;
    let page = open(&desk, "Initial consultation").await;
    let list = desk
        .submit_and_follow(&page.form("form[action$='/archive']"))
        .await
        .expect(200);
    list.must_say("One of its appointments is coming. It stays");
    app.visitor()
        .visit("/services")
        .await
        .must_not_say("Initial consultation");
    app.visitor()
        .visit("/book/initial-consultation")
        .await
        .expect(200)
        .must_not_say("Initial consultation");
    let times = app
        .visitor()
        .visit(&format!("{}/reschedule", booked.manage.path()))
        .await
        .expect(200);
    assert!(times.count("main a[href*='start=']") > 0, "it can be moved");
    let cancel = app
        .visitor()
        .visit(&format!("{}/cancel", booked.manage.path()))
        .await
        .expect(200);
    app.visitor()
        .submit_and_follow(&cancel.form("main form"))
        .await
        .expect(200)
        .must_say("Cancelled");
    let list = desk.visit("/admin/offerings").await.expect(200);
    let back = desk
        .submit_and_follow(&list.form("form[action$='/bring-back']"))
        .await
        .expect(200);
    back.must_say("It can be booked again.");
    app.visitor().visit("/book/initial-consultation").await.expect(200);
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn offerings_are_ordered_with_two_buttons() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let names = async |page: &Page| page.texts("h3");
    let list = desk.visit("/admin/offerings").await.expect(200);
    let before = names(&list).await;
    let button = list.attributes("form:has([aria-label='Move Follow-up visit up'])", "action");
    let form = list
        .form(&format!("form[action='{}']:has([value='up'])", button[0]))
        .press("to", "up");
    let list = desk.submit_and_follow(&form).await.expect(200);
    let after = names(&list).await;
    assert_eq!(after, [before[0].clone(), before[2].clone(), before[1].clone()]);
    assert_eq!(
        list.count("button[aria-label='Move Free mini-consult up'][disabled]"),
        1
    );
    desk.submit(&form.forge("to", "sideways")).await.expect(422);
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn an_offering_that_does_not_exist_is_not_found() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let some = "019ab6a0-0000-7000-8000-000000000001";
    desk.visit(&format!("/admin/offerings/{some}")).await.expect(404);
    desk.visit("/admin/offerings/initial-consultation").await.expect(404);
    let form = open(&desk, "Initial consultation").await.form(FORM).forge("to", "up");
    for action in ["", "/archive", "/bring-back", "/move"] {
        let mut form = form.clone();
        form.action.set_path(&format!("/admin/offerings/{some}{action}"));
        desk.submit(&form).await.expect(404);
    }
}

#[tokio::test]
async fn questions_are_added_changed_ordered_and_taken_away() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = open(&desk, "Follow-up visit").await;
    let before = page.texts("#asked h3").len();
    let form = desk
        .visit(page.link("a[href$='/questions']").as_str())
        .await
        .expect(200)
        .form("main form");
    let bad = desk
        .submit(&form.clone().set("kind", "choice").set("choices", "Only one"))
        .await
        .expect(422);
    bad.must_say("Write the question.")
        .must_say("Write at least two choices, each on its own line.");
    assert_eq!(bad.form("main form").value("choices"), Some("Only one"));
    let good = bad
        .form("main form")
        .set("label", "Which days suit you?")
        .set("choices", "Mornings\nEvenings")
        .set("when", "home");
    let page = desk.submit_and_follow(&good).await.expect(200);
    page.must_say("A choice, free to leave, asked before the visit, at the family’s home.");
    let second = desk
        .visit(page.link("a[href$='/questions']").as_str())
        .await
        .form("main form");
    let page = desk
        .submit_and_follow(&second.set("label", "And anything else?"))
        .await
        .expect(200);
    assert_eq!(page.texts("#asked h3").len(), before + 2);
    let up = page
        .form("form[action$='/questions/and-anything-else/move']:has([value='up'])")
        .press("to", "up");
    let page = desk.submit_and_follow(&up).await.expect(200);
    let texts = page.texts("#asked h3");
    let place = |text: &str| texts.iter().position(|t| t == text).unwrap();
    assert!(place("And anything else?") < place("Which days suit you?"));
    let one = desk
        .visit(page.link("a[href$='/questions/which-days-suit-you']").as_str())
        .await
        .expect(200);
    let kept = one.form("main form:has([name='label'])");
    assert_eq!(kept.value("choices"), Some("Mornings\nEvenings"));
    desk.submit_and_follow(&kept.set("label", "Which days?"))
        .await
        .expect(200)
        .must_say("Which days?");
    let page = desk
        .submit_and_follow(&one.form("form[action$='/delete']"))
        .await
        .expect(200);
    page.must_not_say("Which days?").must_say("And anything else?");
    desk.submit_and_follow(&one.form("form[action$='/delete']"))
        .await
        .expect(200);
    desk.visit(one.url.as_str()).await.expect(404);
    nothing_to_apply(&app).await;
}

#[tokio::test]
async fn other_words_of_a_consent_are_another_version() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = open(&desk, "Follow-up visit").await;
    let form = desk
        .visit(page.link("a[href$='/consents']").as_str())
        .await
        .expect(200)
        .form("main form");
    desk.submit(&form.clone().set("wording", " \n "))
        .await
        .expect(422)
        .must_say("Write the words that are agreed to.");
    let page = desk
        .submit_and_follow(&form.set("wording", "I agree to photographs of my baby."))
        .await
        .expect(200);
    let link = page.link("a[href$='/consents/i-agree-to-photographs-of']");
    let one = desk.visit(link.as_str()).await.expect(200);
    one.must_say("This is version 1 of these words.");
    let form = one.form("main form:has([name='wording'])");
    desk.submit_and_follow(&form.clone().set("ask", "at_booking"))
        .await
        .expect(200);
    desk.visit(link.as_str())
        .await
        .must_say("This is version 1 of these words.");
    desk.submit_and_follow(&form.set("wording", "I agree to photographs of us."))
        .await
        .expect(200);
    desk.visit(link.as_str())
        .await
        .must_say("This is version 2 of these words.");
    nothing_to_apply(&app).await;
}
