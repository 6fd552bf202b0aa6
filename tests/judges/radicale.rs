//! Radicale as the server of her other calendar: what it really says, and what happens when it is gone.

use std::process::{Command, Stdio};
use std::time::Duration;

use kernel::instant::Instant;
use reqwest::Method;
use rustix::process::Signal;
use tests::{
    app::TestApp,
    child::Child,
    judge::python,
    patience::until,
    program::free_port,
    visitor::{Visitor, client},
};

const PAGE: &str = "/admin/other-calendars";

/// A choir on Wednesdays at 10 in New York for an hour; the one of 10 March is on Thursday at 11, for two.
const CHOIR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n\
BEGIN:VTIMEZONE\r\nTZID:America/New_York\r\nBEGIN:STANDARD\r\nDTSTART:20071104T020000\r\nTZOFFSETFROM:-0400\r\nTZOFFSETTO:-0500\r\n\
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:20070311T020000\r\nTZOFFSETFROM:-0500\r\n\
TZOFFSETTO:-0400\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n\
BEGIN:VEVENT\r\nUID:choir\r\nDTSTAMP:20270101T000000Z\r\nDTSTART;TZID=America/New_York:20270303T100000\r\nDTEND;TZID=America/New_York:20270303T110000\r\n\
RRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Choir\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nUID:choir\r\nDTSTAMP:20270101T000000Z\r\nRECURRENCE-ID;TZID=America/New_York:20270310T100000\r\n\
DTSTART;TZID=America/New_York:20270311T110000\r\nDTEND;TZID=America/New_York:20270311T130000\r\nSUMMARY:Choir\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn radicale(folder: &std::path::Path, port: u16) -> Child {
    let mut command: Command = python();
    command
        .args([
            "-m",
            "radicale",
            "--config",
            "",
            "--auth-type",
            "none",
            "--server-hosts",
        ])
        .arg(format!("127.0.0.1:{port}"))
        .arg("--storage-filesystem-folder")
        .arg(folder.join("radicale"))
        .stdin(Stdio::null());
    Child::start(&mut command)
}

async fn put(address: &str, method: Method, path: &str, body: &'static str, kind: &str) -> bool {
    let request = client().build().unwrap().request(method, format!("{address}{path}"));
    let sent = request
        .basic_auth("nora", Some("x"))
        .header("content-type", kind)
        .body(body)
        .send()
        .await;
    sent.is_ok_and(|answer| answer.status().is_success())
}

/// The starts that the API offers on this day of New York.
async fn offered(app: &TestApp, midnight: &str) -> Vec<String> {
    let from: Instant = midnight.parse().unwrap();
    let path = format!(
        "/api/v1/offerings/free-mini-consult/slots?mode=telehealth&from={from}&to={}",
        from.plus_minutes(1440)
    );
    let answer: serde_json::Value = serde_json::from_str(&app.visitor().get(&path).await.expect(200).body).unwrap();
    let starts = answer["slots"].as_array().unwrap().iter();
    starts
        .map(|slot| slot["start"].as_str().unwrap()[11..16].to_owned())
        .collect()
}

async fn paste(desk: &Visitor, address: &str) {
    let form = desk
        .visit(PAGE)
        .await
        .expect(200)
        .form("form[action^='/admin/other-calendars#']");
    desk.submit_and_follow(&form.set("address", address).set("name", "Choir"))
        .await
        .expect(200)
        .must_say("It is read from now on.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recurring_event_with_a_moved_instance_blocks_exactly_its_times_and_stays_when_the_server_goes() {
    let app = TestApp::start().await;
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}");
    let mut server = radicale(app.folder.path(), port);
    until("Radicale makes a calendar", async || {
        let made = put(
            &address,
            Method::from_bytes(b"MKCALENDAR").unwrap(),
            "/nora/choir/",
            "",
            "text/xml",
        )
        .await;
        made.then_some(())
    })
    .await;
    // Wednesday, the Wednesday and the Thursday of the moved one, and the Wednesday behind the change of the clocks.
    let days = [
        "2027-03-03T05:00:00Z",
        "2027-03-10T05:00:00Z",
        "2027-03-11T05:00:00Z",
        "2027-03-17T04:00:00Z",
    ];
    let mut before = Vec::new();
    for day in days {
        before.push(offered(&app, day).await);
    }
    let desk = app.desk().await;
    paste(&desk, &format!("http://nora:x@127.0.0.1:{port}/nora/choir/")).await;
    assert_eq!(offered(&app, days[0]).await, before[0], "nothing is in it yet");
    assert!(put(&address, Method::PUT, "/nora/choir/choir.ics", CHOIR, "text/calendar").await);
    app.wait_minutes(20);
    until("it is read", async || {
        app.run_workers().await;
        (offered(&app, days[0]).await != before[0]).then_some(())
    })
    .await;
    // A mini-consult of 15 minutes keeps some free after it.
    let gone = async |day: usize| -> Vec<String> {
        let after = offered(&app, days[day]).await;
        before[day]
            .iter()
            .filter(|start| !after.contains(start))
            .cloned()
            .collect()
    };
    let within = |gone: &[String], first: &str, last: &str| {
        assert!(
            !gone.is_empty() && gone.iter().all(|start| (first..=last).contains(&start.as_str())),
            "{gone:?}"
        );
        assert!(gone.contains(&last.to_owned()), "{gone:?}");
    };
    within(&gone(0).await, "14:45", "15:45");
    assert_eq!(gone(1).await, Vec::<String>::new(), "the moved one left its day");
    within(&gone(2).await, "15:45", "17:45");
    within(&gone(3).await, "13:45", "14:45");

    let some = offered(&app, days[0]).await;
    server.signal(Signal::TERM);
    server.end(Duration::from_secs(20));
    let form = desk.visit(PAGE).await.expect(200).form("form[action$='/test']");
    let page = desk.submit_and_follow(&form).await.expect(200);
    page.must_say("It could not be read just now.")
        .must_say("The server there does not answer");
    assert!(!page.body.contains("nora:x"), "the password is shown");
    assert_eq!(offered(&app, days[0]).await, some, "what was read last stays in force");
}
