//! The consultant's calendar feed, as calendar programs ask for it.

use reqwest::Method;
use tests::{
    app::TestApp,
    journey::book,
    page::Page,
    visitor::{Visitor, client},
};

async fn feed(app: &TestApp) -> (Visitor, String) {
    let page = app.desk().await.visit("/admin/calendar").await.expect(200);
    (app.visitor(), page.attributes("#feed-url", "value").remove(0))
}

async fn get(visitor: &Visitor, url: &str, headers: &[(&str, &str)]) -> Page {
    let request = headers
        .iter()
        .fold(visitor.request(Method::GET, url), |r, (name, value)| {
            r.header(*name, *value)
        });
    visitor.send(request).await
}

#[tokio::test]
async fn the_feed_holds_the_appointment_and_never_the_unpaid_or_cancelled_one() {
    let app = TestApp::start().await;
    let (visitor, url) = feed(&app).await;
    let empty = get(&visitor, &url, &[]).await.expect(200);
    assert_eq!(
        empty.body.matches("BEGIN:VEVENT").count(),
        1,
        "an empty calendar is none: a placeholder\n{}",
        empty.body
    );
    assert!(empty.body.contains("TRANSP:TRANSPARENT"), "{}", empty.body);

    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let full = get(&visitor, &url, &[]).await.expect(200);
    let start = booked.start.replace(['-', ':'], "");
    assert!(full.body.contains(&format!("DTSTART:{start}")), "{}", full.body);
    assert!(
        !full.body.contains("METHOD:") && !full.body.contains("aoife@example.com"),
        "{}",
        full.body
    );
    let calendar_head = full.body.split("BEGIN:VEVENT").next().unwrap();
    assert!(
        !calendar_head.contains("\nUID:"),
        "vdirsyncer keeps one event of all when the calendar has a UID"
    );
}

#[tokio::test]
async fn the_feed_answers_304_until_something_changes() {
    let app = TestApp::start().await;
    let (visitor, url) = feed(&app).await;
    let first = get(&visitor, &url, &[]).await.expect(200);
    let (etag, modified) = (
        first.header("etag").to_owned(),
        first.header("last-modified").to_owned(),
    );
    assert!(etag.starts_with('"') && !modified.is_empty(), "{:?}", first.headers);
    app.wait_minutes(30);
    let again = get(&visitor, &url, &[("if-none-match", &etag)]).await.expect(304);
    assert!(again.body.is_empty());
    get(&visitor, &url, &[("if-modified-since", &modified)])
        .await
        .expect(304);
    get(&visitor, &url, &[("if-none-match", &format!("W/{etag}, \"other\""))])
        .await
        .expect(304);
    // If-None-Match counts before If-Modified-Since.
    get(
        &visitor,
        &url,
        &[("if-none-match", "\"other\""), ("if-modified-since", &modified)],
    )
    .await
    .expect(200);
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let changed = get(&visitor, &url, &[("if-none-match", &etag)]).await.expect(200);
    assert_ne!(changed.header("etag"), etag);
    get(&visitor, &url, &[("if-modified-since", &modified)])
        .await
        .expect(200);
}

#[tokio::test]
async fn the_feed_speaks_http_as_calendar_programs_expect() {
    let app = TestApp::start().await;
    let (visitor, url) = feed(&app).await;
    let page = get(&visitor, &url, &[]).await.expect(200);
    assert_eq!(page.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(page.header("cache-control"), "private, max-age=300");
    assert!(
        page.header("vary").to_lowercase().contains("accept-encoding"),
        "{:?}",
        page.headers
    );
    assert!(page.header("x-robots-tag").contains("noindex"));
    assert!(
        url.rsplit('/')
            .next()
            .is_some_and(|name| name.split_once('.').is_some_and(|(_, end)| end == "ics")),
        "{url}"
    );

    let head = visitor.send(visitor.request(Method::HEAD, &url)).await.expect(200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("etag"), page.header("etag"));
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::from_bytes(b"PROPFIND").unwrap(),
    ] {
        visitor.send(visitor.same_site(method.clone(), &url)).await.expect(405);
    }
}

#[tokio::test]
async fn the_feed_is_compressed_only_for_those_who_ask() {
    let app = TestApp::start().await;
    let (_, url) = feed(&app).await;
    let raw = client().no_gzip().build().unwrap();
    let plain = raw.get(&url).send().await.unwrap();
    assert_eq!(plain.headers().get("content-encoding"), None);
    let plain = plain.bytes().await.unwrap();
    let packed = raw.get(&url).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(
        packed
            .headers()
            .get("content-encoding")
            .map(reqwest::header::HeaderValue::as_bytes),
        Some(&b"gzip"[..])
    );
    let packed = packed.bytes().await.unwrap();
    assert!(packed.starts_with(&[0x1f, 0x8b]) && packed.len() < plain.len());
    let etag = raw
        .get(&url)
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap()
        .headers()["etag"]
        .clone();
    let again = raw
        .get(&url)
        .header("accept-encoding", "gzip")
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(
        again.status(),
        304,
        "a program that asks for gzip is never told that nothing changed"
    );
    let unpacked = client()
        .gzip(true)
        .build()
        .unwrap()
        .get(&url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(unpacked, plain);
}

#[tokio::test]
async fn a_wrong_secret_is_404_and_says_nothing() {
    let app = TestApp::start().await;
    let (visitor, url) = feed(&app).await;
    let wrong = url.replace(".ics", "a.ics");
    for path in [wrong.as_str(), "/calendar/x.ics", "/calendar/.ics", "/calendar/%00.ics"] {
        let page = get(&visitor, path, &[]).await.expect(404);
        assert!(!page.body.contains("BEGIN:VCALENDAR"));
    }
    get(&visitor, url.trim_end_matches(".ics"), &[]).await.expect(404);
}

#[tokio::test]
async fn rotating_at_the_desk_ends_the_old_address_at_once() {
    let app = TestApp::start().await;
    let (visitor, old) = feed(&app).await;
    get(&visitor, &old, &[]).await.expect(200);
    let desk = app.desk().await;
    let form = desk
        .visit("/admin/calendar")
        .await
        .expect(200)
        .form("form[action='/admin/calendar/rotate']");
    let page = desk.submit_and_follow(&form).await.expect(200);
    let new = page.attributes("#feed-url", "value").remove(0);
    assert_ne!(new, old);
    get(&visitor, &old, &[]).await.expect(404);
    get(&visitor, &new, &[]).await.expect(200);
}

#[tokio::test]
async fn a_cancelled_appointment_leaves_the_feed() {
    let app = TestApp::start().await;
    let (visitor, url) = feed(&app).await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let start = format!("DTSTART:{}", booked.start.replace(['-', ':'], ""));
    assert!(get(&visitor, &url, &[]).await.body.contains(&start));
    app.wait_minutes(1);
    let form = visitor
        .visit(&format!("{}/cancel", booked.manage))
        .await
        .form("main form[action$='/cancel']");
    visitor.submit(&form.press("reason", "illness")).await.expect(303);
    assert!(!get(&visitor, &url, &[]).await.body.contains(&start));
}

#[tokio::test]
async fn the_desk_says_when_the_feed_was_last_read() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let page = desk.visit("/admin/calendar").await.expect(200);
    page.must_say("No calendar has read it yet")
        .must_say("Google Calendar")
        .must_say("Apple")
        .must_say("Outlook")
        .must_say("Thunderbird");
    let url = page.attributes("#feed-url", "value").remove(0);
    get(&app.visitor(), &url, &[]).await.expect(200);
    desk.visit("/admin/calendar").await.must_say("Last read:");
}
