//! Calendars as vdirsyncer with khal, python-icalendar and libical see them.

use std::{fs, path::PathBuf};

use serde_json::Value;
use tests::{
    app::TestApp,
    journey::{book, fill, free_times, open_form, send},
    judge::{CalendarProgram, ask, libical},
};

async fn feed_url(app: &TestApp) -> String {
    app.desk()
        .await
        .visit("/admin/calendar")
        .await
        .expect(200)
        .attributes("#feed-url", "value")
        .remove(0)
}

fn keep(app: &TestApp, name: &str, text: &str) -> PathBuf {
    let path = app.folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// What python-icalendar makes of it; faults of form fail the test.
fn read(file: &std::path::Path) -> Value {
    let found: Value = serde_json::from_str(&ask("read_calendar.py", &[file])).unwrap();
    assert_eq!(found["errors"], serde_json::json!([]), "{found}");
    assert!(
        found["longest_line"].as_u64().unwrap() <= 75,
        "a line is longer than 75 octets: {found}"
    );
    assert_eq!(found["bare_line_ends"], 0, "{found}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_program_subscribes_to_the_feed_and_shows_the_appointment() {
    let app = TestApp::start().await;
    let url = feed_url(&app).await;
    let program = CalendarProgram::subscribe(&url);
    program.refresh();
    assert_eq!(program.shows("2027-03-01", 30), [], "nothing is booked yet");

    let booked = book(&app, "free-mini-consult", "day=2027-03-03", "aoife@example.com").await;
    assert!(
        booked.start.starts_with("2027-03-03T14:00"),
        "Wednesday's hours begin at 9 in New York: {}",
        booked.start
    );
    program.refresh();
    let shown = program.shows("2027-03-01", 30);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(
        (shown[0].start.as_str(), shown[0].end.as_str()),
        ("2027-03-03T09:00", "2027-03-03T09:15")
    );
    assert!(shown[0].title.contains("A. D."), "{:?}", shown[0]);

    // After the clocks have changed, too; and an unpaid one is not there before it is paid.
    let visitor = app.visitor();
    let later = open_form(&visitor, "initial-consultation", "mode=in_person&day=2027-03-18").await;
    send(&visitor, &fill(&later, "Bronagh O'Neill", "bronagh@example.com")).await;
    let desk = app.desk().await;
    let form = desk
        .visit("/admin")
        .await
        .form("form:has([name='method'])")
        .set("method", "transfer");
    desk.submit_and_follow(&form).await.must_say("Marked as paid");
    program.refresh();
    let shown = program.shows("2027-03-01", 30);
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(
        (shown[1].start.as_str(), shown[1].end.as_str()),
        ("2027-03-18T09:00", "2027-03-18T10:30")
    );
    assert!(shown[1].location.contains("12 Ember Row"), "{:?}", shown[1]);

    // Cancelled: it leaves her calendar.
    app.wait_minutes(1);
    let form = visitor
        .visit(&format!("{}/cancel", booked.manage))
        .await
        .form("main form[action$='/cancel']");
    visitor.submit(&form.press("reason", "illness")).await.expect(303);
    program.refresh();
    assert_eq!(program.shows("2027-03-01", 30).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn python_icalendar_and_libical_read_the_feed() {
    let app = TestApp::start().await;
    let url = feed_url(&app).await;
    let visitor = app.visitor();
    let empty = keep(&app, "empty.ics", &visitor.get(&url).await.expect(200).body);
    assert_eq!(read(&empty)["events"].as_array().unwrap().len(), 1);
    libical(&empty);
    let booked = book(&app, "free-mini-consult", "zone=Europe/Dublin", "aoife@example.com").await;
    let file = keep(&app, "feed.ics", &visitor.get(&url).await.expect(200).body);
    libical(&file);
    let feed = read(&file);
    assert_eq!(feed["alarms"], 0, "no alarm in a feed");
    let properties = &feed["properties"];
    assert_eq!(properties["version"], "2.0");
    for name in ["name", "x-wr-calname", "refresh-interval", "x-published-ttl"] {
        assert!(properties[name].is_string(), "the feed has no {name}: {properties}");
    }
    for name in ["method", "uid", "source"] {
        assert!(properties[name].is_null(), "the feed has {name}: {properties}");
    }
    let event = feed["events"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["dtstart"] == booked.start.as_str());
    let event = event.unwrap_or_else(|| panic!("no event at {}: {feed}", booked.start));
    assert_eq!(
        (&event["sequence"], &event["status"]),
        (&"0".into(), &"CONFIRMED".into())
    );
    assert_eq!(
        event["dtstamp"], event["last-modified"],
        "DTSTAMP is the last change, never now"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_visit_is_the_same_event_one_version_later() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "day=2027-03-16", "aoife@example.com").await;
    let before = read(&keep(
        &app,
        "invite.ics",
        &app.mail_to("aoife@example.com").await.calendar().unwrap(),
    ));
    app.wait_minutes(3);
    let visitor = app.visitor();
    let start = "2027-03-18T14:00:00Z";
    let path = format!("{}/reschedule?start={start}", booked.manage);
    let form = visitor.visit(&path).await.expect(200).form("main form");
    visitor.submit(&form.press("start", start)).await.expect(303);
    let file = keep(
        &app,
        "moved.ics",
        &app.mail_to("aoife@example.com").await.calendar().unwrap(),
    );
    libical(&file);
    let after = read(&file);
    assert_eq!(after["properties"]["method"], "REQUEST");
    let (old, new) = (&before["events"][0], &after["events"][0]);
    assert_eq!((&old["uid"], &new["sequence"]), (&new["uid"], &serde_json::json!("1")));
    assert_ne!(old["dtstamp"], new["dtstamp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn invitation_download_and_cancellation_are_about_the_same_event() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let mail = app.mail_to("aoife@example.com").await;
    let file = keep(&app, "invite.ics", &mail.calendar().unwrap());
    libical(&file);
    let invitation = read(&file);
    assert_eq!(invitation["properties"]["method"], "REQUEST");
    let events = invitation["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "one event a mail");
    let event = &events[0];
    assert_eq!(event["dtstart"], booked.start.as_str());
    assert_eq!(
        (&event["sequence"], &event["status"], &event["transp"], &event["class"]),
        (&"0".into(), &"CONFIRMED".into(), &"OPAQUE".into(), &"PUBLIC".into())
    );
    assert_eq!(
        event["attendee"].as_str().unwrap().to_lowercase(),
        "mailto:aoife@example.com"
    );
    for (name, value) in [
        ("attendee;cutype", "INDIVIDUAL"),
        ("attendee;role", "REQ-PARTICIPANT"),
        ("attendee;partstat", "NEEDS-ACTION"),
        ("attendee;rsvp", "TRUE"),
    ] {
        assert_eq!(event[name], value, "{event}");
    }
    let from = mail.header("From");
    let organizer = event["organizer"]
        .as_str()
        .unwrap()
        .to_lowercase()
        .replace("mailto:", "");
    assert!(from.contains(&organizer), "ORGANIZER {organizer} is not From {from}");
    assert!(
        event["summary"]
            .as_str()
            .unwrap()
            .starts_with("Appointment with Nora Tillery"),
        "{event}"
    );
    assert!(
        event["url"].as_str().unwrap().starts_with(booked.manage.as_str()),
        "{event}"
    );

    let ics = app
        .visitor()
        .get(&format!("{}/calendar.ics", booked.manage))
        .await
        .expect(200);
    let file = keep(&app, "appointment.ics", &ics.body);
    libical(&file);
    let download = read(&file);
    assert!(
        download["properties"]["method"].is_null()
            && download["events"][0]["attendee"].is_null()
            && download["events"][0]["organizer"].is_null()
    );
    for name in ["uid", "sequence", "dtstart", "dtend", "summary"] {
        assert_eq!(download["events"][0][name], event[name], "{name}");
    }
    let feed = app.visitor().get(&feed_url(&app).await).await.expect(200);
    let feed = read(&keep(&app, "feed.ics", &feed.body));
    assert!(
        feed["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["uid"] == event["uid"]),
        "another UID in the feed"
    );

    app.wait_minutes(3);
    let visitor = app.visitor();
    let form = visitor
        .visit(&format!("{}/cancel", booked.manage))
        .await
        .form("main form[action$='/cancel']");
    visitor.submit(&form.press("reason", "birth")).await.expect(303);
    let mail = app.mail_to("aoife@example.com").await;
    let file = keep(&app, "cancel.ics", &mail.calendar().unwrap());
    libical(&file);
    let cancellation = read(&file);
    assert_eq!(cancellation["properties"]["method"], "CANCEL");
    let cancelled = &cancellation["events"][0];
    assert_eq!(
        (&cancelled["sequence"], &cancelled["status"]),
        (&"1".into(), &"CANCELLED".into())
    );
    for name in ["uid", "organizer", "attendee", "dtstart"] {
        assert_eq!(cancelled[name], event[name], "{name}");
    }
    assert!(cancelled["dtstamp"].as_str() > event["dtstamp"].as_str(), "{cancelled}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_commas_and_umlauts_survives_every_calendar_program() {
    let app = TestApp::start().await;
    let url = feed_url(&app).await;
    let visitor = app.visitor();
    let times = free_times(&visitor, "free-mini-consult", "").await;
    assert!(!times.is_empty());
    let form = open_form(&visitor, "free-mini-consult", "").await;
    send(
        &visitor,
        &fill(
            &form,
            "Zoë Ångström-Łukasiewicz; Smith, \"Jr.\" née Ó",
            "zoe@example.com",
        ),
    )
    .await;
    let mail = app.mail_to("zoe@example.com").await;
    let file = keep(&app, "invite.ics", &mail.calendar().unwrap());
    libical(&file);
    let cn = read(&file)["events"][0]["attendee;cn"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(cn.contains("Zoë Ångström-Łukasiewicz"), "{cn}");
    let feed = keep(&app, "feed.ics", &visitor.get(&url).await.expect(200).body);
    libical(&feed);
    read(&feed);
    let program = CalendarProgram::subscribe(&url);
    program.refresh();
    assert_eq!(program.shows("2027-03-01", 30).len(), 1);
}
