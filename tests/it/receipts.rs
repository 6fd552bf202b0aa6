//! Receipts from the mark at the desk to the file in the mail, what is owed, the month's table, and packages found again by address.

use reqwest::Method;
use tests::{app::TestApp, journey::book, mailbox::Mail, page::Page, visitor::Visitor};

async fn bytes(visitor: &Visitor, path: &str) -> (u16, String, Vec<u8>) {
    let answer = visitor.request(Method::GET, path).send().await.unwrap();
    let name = answer.headers().get("content-disposition");
    let name = name.map(|name| name.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status().as_u16(), name, answer.bytes().await.unwrap().to_vec())
}

fn has_pdf(mail: &Mail) -> bool {
    let eml = String::from_utf8_lossy(&mail.eml).into_owned();
    eml.contains("application/pdf") && eml.contains("filename=\"receipt.pdf\"")
}

/// The desk's page of the only appointment of this family.
async fn page_of(desk: &Visitor, name: &str) -> Page {
    let list = desk.visit(&format!("/admin/appointments?q={name}")).await.expect(200);
    desk.visit(list.link("a[href^='/admin/appointments/0']").as_str())
        .await
        .expect(200)
}

#[tokio::test]
async fn a_marked_payment_sends_its_receipt_with_the_invitation_and_it_can_be_downloaded_and_sent_again() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    let desk = app.desk().await;
    desk.visit("/admin/money")
        .await
        .expect(200)
        .must_say("Waits for her payment");
    let page = page_of(&desk, "aoife").await;
    let form = page.form("form[action$='/paid']").set("method", "cash");
    let wrong = form.clone().set("day", "2099-01-01").set("note", "at the door");
    let again = desk.submit(&wrong).await.expect(422);
    again.must_say("still to come");
    assert!(again.body.contains("at the door"), "what was typed is kept");
    let paid = desk.submit_and_follow(&form.set("note", "=1+1")).await.expect(200);
    paid.must_say("Receipt 1");
    app.run_workers().await;
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        has_pdf(&mail) && mail.calendar().is_some(),
        "with the invitation: {}",
        mail.subject
    );
    // Both of them can have the file; nobody else's number is behind her link.
    let (status, name, pdf) = bytes(&desk, "/admin/receipts/1").await;
    assert_eq!((status, name.as_str()), (200, "attachment; filename=\"receipt-1.pdf\""));
    assert!(pdf.starts_with(b"%PDF-"));
    let visitor = app.visitor();
    let hers = visitor.visit(booked.manage.path()).await.expect(200);
    let link = hers.link("a[href*='/receipts/']");
    assert_eq!(bytes(&visitor, link.path()).await.0, 200);
    assert_eq!(
        bytes(&visitor, &format!("{}/receipts/2", booked.manage.path())).await.0,
        404
    );
    assert_eq!(bytes(&visitor, "/appointments/guessed/receipts/1").await.0, 404);
    assert_ne!(
        bytes(&visitor, "/admin/receipts/1").await.0,
        200,
        "the desk asks for a session"
    );
    let sent = paid.form("form[action='/admin/receipts/1/send']");
    desk.submit_and_follow(&sent).await.expect(200).must_say("once more");
    app.run_workers().await;
    let mail = app.mail_to("aoife@example.com").await;
    assert!(
        mail.subject.starts_with("Receipt 1 from ") && has_pdf(&mail),
        "{}",
        mail.subject
    );
    // The month's table.
    let money = desk.visit("/admin/money").await.expect(200);
    money.must_say("Nobody owes you anything");
    let (status, _, csv) = bytes(&desk, money.link("a[href$='.csv']").path()).await;
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(status, 200);
    assert!(
        csv.contains(",payment,195.00,USD,cash,1,") && csv.contains("\"'=1+1\""),
        "{csv}"
    );
}

#[tokio::test]
async fn the_link_of_a_package_is_mailed_to_its_buyer_alone_and_every_address_gets_the_same_answer() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let services = visitor.visit("/services").await.expect(200);
    let package = visitor
        .visit(services.link("a[href^='/packages/']").as_str())
        .await
        .expect(200);
    let form = package.form("form[action^='/packages/']").set("name", "Aoife Daly");
    visitor
        .submit_and_follow(&form.set("email", "aoife@example.org"))
        .await
        .expect(200);
    let ask = async |address: &str| {
        let page = visitor.visit("/purchases").await.expect(200);
        let form = page.form("main form[action='/purchases']").set("email", address);
        visitor.submit_and_follow(&form).await.expect(200).words()
    };
    ask("aoife@example.org").await;
    app.run_workers().await;
    let subject = app.mail_to("aoife@example.org").await.subject;
    assert!(
        !subject.contains("The link of"),
        "nothing is hers before it is paid: {subject}"
    );
    let desk = app.desk().await;
    let waiting = desk.visit("/admin/purchases").await;
    desk.submit_and_follow(&waiting.form("form[action$='/paid']"))
        .await
        .expect(200);
    app.run_workers().await;
    let paid = app.mail_to("aoife@example.org").await;
    assert!(has_pdf(&paid), "the receipt goes with the package");
    app.wait_minutes(61);
    let (hers, nobodys) = (ask("aoife@example.org").await, ask("nobody@example.org").await);
    assert_eq!(hers, nobodys);
    ask("aoife@example.org").await;
    app.run_workers().await;
    let mails = app.mails_to("aoife@example.org").await;
    let links: Vec<_> = mails
        .iter()
        .filter(|mail| mail.subject.starts_with("The link of"))
        .collect();
    assert_eq!(links.len(), 1, "asked twice within the hour, sent once");
    assert_eq!(links[0].link("/purchases/").path(), paid.link("/purchases/").path());
    assert!(app.mails_to("nobody@example.org").await.is_empty());
    // A credit is given with a note, and stands in the ledger.
    let list = desk.visit("/admin/purchases").await;
    let one = desk
        .visit(list.link("h2 a[href^='/admin/purchases/']").as_str())
        .await
        .expect(200);
    let form = one
        .form("form[action$='/credits']")
        .set("amount", "2")
        .set("note", "a gift");
    let given = desk.submit_and_follow(&form.press("way", "give")).await.expect(200);
    given.must_say("given by you").must_say("a gift");
    let form = given.form("form[action$='/credits']").set("amount", "20");
    desk.submit(&form.press("way", "take"))
        .await
        .expect(422)
        .must_say("are left to take");
}

#[tokio::test]
async fn what_is_left_of_a_package_is_spoken_of_once_before_it_ends_and_by_day() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let services = visitor.visit("/services").await.expect(200);
    let package = visitor
        .visit(services.link("a[href^='/packages/']").as_str())
        .await
        .expect(200);
    let form = package.form("form[action^='/packages/']").set("name", "Aoife Daly");
    visitor
        .submit_and_follow(&form.set("email", "aoife@example.org"))
        .await
        .expect(200);
    let desk = app.desk().await;
    let waiting = desk.visit("/admin/purchases").await;
    desk.submit_and_follow(&waiting.form("form[action$='/paid']"))
        .await
        .expect(200);
    app.run_workers().await;
    let ending = async || {
        let mails = app.mails_to("aoife@example.org").await;
        mails
            .iter()
            .filter(|mail| mail.subject.starts_with("What is left"))
            .count()
    };
    // Nothing was booked: a year after its payment it ends.
    app.wait_minutes(1440 * 349);
    app.run_workers().await;
    assert_eq!(ending().await, 0);
    for _ in 0..24 {
        app.wait_minutes(180);
        app.run_workers().await;
    }
    assert_eq!(ending().await, 1);
    let mail = app.mail_to("aoife@example.org").await;
    assert!(mail.text.contains("has to start before"), "{}", mail.text);
}
