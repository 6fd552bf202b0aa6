//! The ways through the pages that many tests take, each as a visitor takes it: link by link, form by form.

use reqwest::Url;

use crate::{app::TestApp, form::Form, mailbox::Mail, page::Page, visitor::Visitor};

/// The form of the booking page.
pub const BOOKING_FORM: &str = "form[action^='/book/']:has([name='email'])";

/// A booked appointment, as its parent has it.
#[derive(Clone, Debug)]
pub struct Booked {
    /// Her manage page.
    pub manage: Url,
    /// The address she gave.
    pub email: String,
    /// The start she chose, RFC 3339.
    pub start: String,
    /// The page after booking.
    pub page: Page,
}

/// Opens an offering's page of times (`query` as in `mode=telehealth&day=2026-03-04`) and shows its free times: their links.
pub async fn free_times(visitor: &Visitor, offering: &str, query: &str) -> Vec<Url> {
    let page = visitor.visit(&format!("/book/{offering}?{query}")).await.expect(200);
    let links = page.attributes("main a[href*='start=']", "href");
    links.iter().map(|href| page.url.join(href).expect("a link")).collect()
}

/// Taps the first free time and shows the form.
pub async fn open_form(visitor: &Visitor, offering: &str, query: &str) -> Form {
    let times = free_times(visitor, offering, query).await;
    let first = times
        .first()
        .unwrap_or_else(|| panic!("{offering} has no free time for {query:?}"));
    visitor.visit(first.as_str()).await.expect(200).form(BOOKING_FORM)
}

/// Fills in what every booking asks for.
#[must_use]
pub fn fill(form: &Form, name: &str, email: &str) -> Form {
    let mut form = form.clone().set("name", name).set("email", email);
    if form.has("channel") && form.value("channel").is_none() {
        form = form.set("channel", "video");
    }
    if form.has("phone") {
        form.set("phone", &phone_of(email))
    } else {
        form
    }
}

/// A number of her own for each address, however it is written.
pub fn phone_of(email: &str) -> String {
    let sum = email
        .to_lowercase()
        .bytes()
        .fold(7u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9000);
    format!("828-555-{:04}", 1000 + sum)
}

/// Sends a filled-in form that has to succeed.
pub async fn send(visitor: &Visitor, form: &Form) -> Booked {
    let page = visitor.submit(form).await;
    assert_eq!(page.status, 303, "the booking was not taken:\n{}", page.words());
    let mut manage = page.location();
    let page = visitor.follow(page).await.expect(200);
    manage.set_query(None);
    assert!(manage.path().starts_with("/appointments/"), "{manage}");
    let value = |name: &str| form.value(name).unwrap_or_default().to_owned();
    Booked {
        manage,
        email: value("email"),
        start: value("start"),
        page,
    }
}

/// Books the first free time.
pub async fn book(app: &TestApp, offering: &str, query: &str, email: &str) -> Booked {
    let visitor = app.visitor();
    let form = open_form(&visitor, offering, query).await;
    send(&visitor, &fill(&form, "Aoife Daly", email)).await
}

/// Signs up for the letters: step 1.
pub async fn sign_up(visitor: &Visitor, email: &str) -> Page {
    let form = visitor
        .visit("/newsletter")
        .await
        .expect(200)
        .form("main form[action='/newsletter']");
    visitor.submit_and_follow(&form.set("email", email)).await.expect(200)
}

/// The confirmation link in a subscriber's newest mail.
pub fn confirmation(mail: &Mail) -> Url {
    mail.link("/newsletter/confirm/")
}

/// Signs up and confirms; shows the page at 100 %.
pub async fn subscribe(app: &TestApp, email: &str) -> Page {
    let visitor = app.visitor();
    sign_up(&visitor, email).await;
    let link = confirmation(&app.mail_to(email).await);
    let form = visitor.visit(link.as_str()).await.expect(200).form("main form");
    visitor.submit_and_follow(&form).await.expect(200)
}
