//! Her other calendars: what is in them is not offered, and nothing that their servers do frees her time or slows a page.

use std::time::{Duration, Instant as Stopwatch};

use kernel::instant::Instant;
use tests::{
    app::TestApp,
    calendar_server::{Behaviour, CalendarServer, calendar},
    page::Page,
    patience::until,
    visitor::Visitor,
};

const PAGE: &str = "/admin/other-calendars";
/// Wednesday, 3 March 2027, from 10 to 12 in New York.
const DENTIST: &str = "DTSTART:20270303T150000Z\nDTEND:20270303T170000Z";

/// The starts of the mini-consult that the API offers on this day of New York's winter, as "10:15".
async fn offered(app: &TestApp, day: &str) -> Vec<String> {
    let from: Instant = format!("{day}T05:00:00Z").parse().unwrap();
    let path = format!(
        "/api/v1/offerings/free-mini-consult/slots?mode=telehealth&from={from}&to={}",
        from.plus_minutes(1440)
    );
    let answer = app.visitor().get(&path).await.expect(200);
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let starts = answer["slots"].as_array().unwrap().iter();
    starts
        .map(|slot| slot["start"].as_str().unwrap()[11..16].to_owned())
        .collect()
}

async fn paste(desk: &Visitor, address: &str) -> Page {
    let form = desk
        .visit(PAGE)
        .await
        .expect(200)
        .form("form[action^='/admin/other-calendars#']");
    let form = form.set("address", address).set("name", "Private");
    desk.submit_and_follow(&form).await
}

async fn act(desk: &Visitor, action: &str) -> Page {
    let form = desk
        .visit(PAGE)
        .await
        .expect(200)
        .form(&format!("form[action$='/{action}']"));
    desk.submit_and_follow(&form).await.expect(200)
}

async fn take(desk: &Visitor, time: &str) -> Page {
    let form = desk.visit(PAGE).await.expect(200).form("form[action$='/blocks']");
    desk.submit_and_follow(&form.press("blocks", time)).await.expect(200)
}

/// What is due is read, also what a worker of the program's own had begun to read.
async fn read(app: &TestApp, server: &CalendarServer) {
    let before = server.requests().len();
    until("the calendar is read", async || {
        app.run_workers().await;
        (server.requests().len() > before).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_her_other_calendar_is_not_offered_and_a_change_shows_with_the_next_reading() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let all = offered(&app, "2027-03-03").await;
    assert!(
        all.contains(&"15:00".to_owned()) && all.contains(&"16:45".to_owned()),
        "{all:?}"
    );
    let server = CalendarServer::start(Behaviour::File(calendar(&[DENTIST]))).await;
    let page = paste(&desk, &server.url()).await.expect(200);
    page.must_say("It is read from now on.")
        .must_say("Takes time from your hours. Read just now.")
        .must_say("10:00 am to 12:00 pm Private");
    let some = offered(&app, "2027-03-03").await;
    let gone: Vec<&String> = all.iter().filter(|start| !some.contains(start)).collect();
    assert_eq!(gone.len(), all.len() - some.len());
    assert!(
        gone.iter().all(|start| ("14:45"..="16:45").contains(&start.as_str())),
        "{gone:?}"
    );
    assert!(some.contains(&"17:00".to_owned()), "{some:?}");

    // Not changed: asked with what the server said, and answered by a word.
    app.wait_minutes(20);
    read(&app, &server).await;
    assert!(server.requests().last().unwrap().contains("if-none-match: "));
    assert_eq!(offered(&app, "2027-03-03").await, some);

    // Moved to the next day.
    let moved = calendar(&["DTSTART:20270304T150000Z\nDTEND:20270304T170000Z"]);
    let thursday = offered(&app, "2027-03-04").await;
    server.set(Behaviour::File(moved));
    app.wait_minutes(20);
    read(&app, &server).await;
    until("Wednesday is open again", async || {
        (offered(&app, "2027-03-03").await == all).then_some(())
    })
    .await;
    assert!(offered(&app, "2027-03-04").await.len() < thursday.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn why_nothing_can_be_read_is_said_beside_the_address_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let server = CalendarServer::start(Behaviour::Status(404)).await;
    let refused = async |address: &str, words: &str| {
        let page = paste(&desk, address).await.expect(422);
        let problem = page.text("#address-problem");
        assert!(problem.contains(words), "{address}: {problem}");
        assert_eq!(page.attributes("#address", "value"), [address]);
        assert_eq!(page.attributes("#name", "value"), ["Private"]);
        page.must_not_say("These are read");
    };
    for (address, words) in [
        ("https://nobody.invalid/a.ics", "There is no such address."),
        ("my calendar", "There is no such address."),
        ("http://calendar.example/a.ics", "The address is not a secure one."),
        ("ftp://calendar.example/a.ics", "The address is not a secure one."),
        ("https://10.0.0.1/a.ics", "private network"),
        ("https://169.254.169.254/latest/meta-data/", "private network"),
        ("https://[fd00::1]/a.ics", "private network"),
        ("http://127.0.0.1:1/a.ics", "does not answer"),
    ] {
        refused(address, words).await;
    }
    let url = server.url();
    for (behaviour, words) in [
        (Behaviour::Status(401), "wants a name and a password"),
        (Behaviour::Status(403), "wants a name and a password"),
        (Behaviour::Status(404), "There is no calendar at this address"),
        (Behaviour::Status(410), "There is no calendar at this address"),
        (Behaviour::Status(503), "out of order"),
        (
            Behaviour::Page("<!doctype html><title>Sign in</title>"),
            "A web page is there",
        ),
        (Behaviour::Page("{\"items\": []}"), "it is no calendar"),
        (Behaviour::Page(""), "it is no calendar"),
        (Behaviour::Half(calendar(&[DENTIST])), "does not answer, or broke off"),
        (Behaviour::File(calendar(&[DENTIST])[..90].into()), "only in part"),
        (Behaviour::Flood, "larger than 20 MB"),
        (
            Behaviour::Redirect("http://169.254.169.254/latest/meta-data/".into()),
            "not a secure one",
        ),
        (
            Behaviour::Redirect("https://169.254.169.254/latest/meta-data/".into()),
            "private network",
        ),
        (Behaviour::Redirect("https://192.168.0.1/".into()), "private network"),
        (Behaviour::Redirect("again.ics".into()), "leads on and on"),
        (Behaviour::Silence, "silent for more than ten seconds"),
    ] {
        server.set(behaviour);
        refused(&url, words).await;
    }
    let own = desk
        .visit("/admin/calendar")
        .await
        .expect(200)
        .attributes("#feed-url", "value")
        .remove(0);
    refused(&own, "your own feed").await;
    server.set(Behaviour::File(calendar(&[DENTIST])));
    paste(&desk, &url).await.expect(200);
    let page = paste(&desk, &url).await.expect(422);
    page.must_say("This calendar is read already.");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_its_server_does_the_last_reading_stays_and_she_is_told_in_plain_words() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let server = CalendarServer::start(Behaviour::File(calendar(&[DENTIST]))).await;
    paste(&desk, &server.url()).await.expect(200);
    let some = offered(&app, "2027-03-03").await;
    for behaviour in [
        Behaviour::Status(401),
        Behaviour::Status(500),
        Behaviour::Half(calendar(&[DENTIST])),
        Behaviour::Page("<html>Sign in</html>"),
        Behaviour::Redirect("http://169.254.169.254/latest/meta-data/".into()),
        Behaviour::File(calendar(&[DENTIST])[..90].into()),
    ] {
        server.set(behaviour.clone());
        let page = act(&desk, "test").await;
        page.must_say("It could not be read just now.")
            .must_say("stays in force");
        assert_eq!(offered(&app, "2027-03-03").await, some, "{behaviour:?}");
    }
    // For hours: one mail, and a banner on every page of the desk.
    server.set(Behaviour::Status(500));
    let about = |mail: &&tests::mailbox::Mail| mail.subject.contains("cannot be read");
    for _ in 0..5 {
        app.wait_minutes(4 * 60 + 30);
        read(&app, &server).await;
    }
    let mails = app.mails_to("hello@slowlantern.example").await;
    let told: Vec<_> = mails.iter().filter(about).collect();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].text.contains("“Private”") && told[0].text.contains("out of order"),
        "{}",
        told[0].text
    );
    assert!(!told[0].text.contains("private-7f3a"), "the address is a secret");
    desk.visit("/admin")
        .await
        .must_say("Your calendar “Private” cannot be read since");
    assert_eq!(offered(&app, "2027-03-03").await, some);

    server.set(Behaviour::File(calendar(&[])));
    app.wait_minutes(4 * 60 + 30);
    read(&app, &server).await;
    until("the banner goes", async || {
        (!desk.visit("/admin").await.says("cannot be read")).then_some(())
    })
    .await;
    assert!(offered(&app, "2027-03-03").await.len() > some.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_slows_no_page() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let server = CalendarServer::start(Behaviour::File(calendar(&[DENTIST]))).await;
    paste(&desk, &server.url()).await.expect(200);
    let some = offered(&app, "2027-03-03").await;
    server.set(Behaviour::Silence);
    app.wait_minutes(20);
    let asked = server.requests().len();
    let reading = app.run_workers();
    let visiting = async {
        until("the server is asked", async || {
            (server.requests().len() > asked).then_some(())
        })
        .await;
        let clock = Stopwatch::now();
        let mut slowest = Duration::ZERO;
        for _ in 0..20 {
            let one = Stopwatch::now();
            assert_eq!(offered(&app, "2027-03-03").await, some);
            slowest = slowest.max(one.elapsed());
        }
        assert!(slowest < Duration::from_secs(2), "a page took {slowest:?} meanwhile");
        assert!(
            clock.elapsed() < Duration::from_secs(8),
            "all of it happened while the server was silent"
        );
    };
    tokio::join!(reading, visiting);
    until("it is noted", async || {
        desk.visit(PAGE)
            .await
            .says("silent for more than ten seconds")
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn she_pauses_ignores_and_removes_a_calendar() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let all = offered(&app, "2027-03-03").await;
    let server = CalendarServer::start(Behaviour::File(calendar(&[
        DENTIST,
        "DTSTART;TZID=Mars:20270305T100000\nDURATION:PT1H",
    ])))
    .await;
    let page = paste(&desk, &server.url()).await.expect(200);
    page.must_say("One thing in it is not clear")
        .must_say("the time zone \"Mars\" is unknown");
    let some = offered(&app, "2027-03-03").await;
    act(&desk, "pause").await.must_say("Paused: it is not read.");
    app.wait_minutes(60);
    let asked = server.requests().len();
    app.run_workers().await;
    assert_eq!(
        (server.requests().len(), offered(&app, "2027-03-03").await),
        (asked, some.clone())
    );
    act(&desk, "resume").await.must_say("It is read again.");
    read(&app, &server).await;
    take(&desk, "no").await.must_say("Only shown: it takes no time.");
    assert_eq!(offered(&app, "2027-03-03").await, all);
    take(&desk, "yes").await.must_say("Takes time from your hours.");
    assert_eq!(offered(&app, "2027-03-03").await, some);
    act(&desk, "delete").await.must_say("what it took is open again");
    assert_eq!(offered(&app, "2027-03-03").await, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_time_is_not_offered_leads_to_her_other_calendars() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let server = CalendarServer::start(Behaviour::File(calendar(&[DENTIST]))).await;
    paste(&desk, &server.url()).await.expect(200);
    let form = desk
        .visit("/admin/hours?day=2027-03-03")
        .await
        .expect(200)
        .form("form:has([name='day'][type='date']):has([name='way'])");
    let page = desk
        .submit_and_follow(&form.set("time", "10:30").press("why", "yes"))
        .await
        .expect(200);
    page.must_say("Your other calendar has an entry there");
    assert_eq!(page.attributes("#because a", "href"), [PAGE]);
}
