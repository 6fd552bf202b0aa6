//! Texts that break calendars come out whole, whoever reads them: python-icalendar, ical.js, ruby-icalendar; libical finds no fault.

use std::fs;

use serde_json::Value;
use tests::{
    app::TestApp,
    journey::{book, fill, open_form, send},
    judge::{ask, ical_js, libical, ruby},
    page::fold,
};

/// Emoji of several code points that fall on folds, what has to be escaped, quotes, both directions of writing, and a length of 2,000.
/// No backslash stands before an n: ruby-icalendar takes that for a line break.
fn directions() -> String {
    let mut text = String::from(
        "Ring \"Tillery; 3rd floor\", not the \\\\ door:\n\u{05e9}\u{05dc}\u{05d5}\u{05dd} \u{0627}\u{0644}\u{0633}\u{0644}\u{0627}\u{0645}, a;b,c\\\\.\n\n",
    );
    while text.chars().count() < 1_980 {
        text.push_str("\u{1f469}\u{1f3fd}\u{200d}\u{1f37c} left, then; ");
    }
    text + "the end"
}

/// What each of them reads of the one event of a file; the texts must be the same.
fn all_agree(app: &TestApp, name: &str, ics: &str) -> Value {
    let file = app.folder.path().join(name);
    fs::write(&file, ics).unwrap();
    libical(&file);
    let python: Value = serde_json::from_str(&ask("read_calendar.py", &[&file])).unwrap();
    assert_eq!(python["errors"], serde_json::json!([]), "{name}");
    let python = &python["events"][0];
    for (who, read) in [("ical.js", ical_js(&file)), ("ruby-icalendar", ruby(&file))] {
        let events: Value = serde_json::from_str(&read).unwrap();
        assert_eq!(events.as_array().unwrap().len(), 1, "{who} {name}");
        let event = &events[0];
        for (key, theirs) in [
            ("uid", &python["uid"]),
            ("start", &python["dtstart"]),
            ("summary", &python["summary"]),
            ("description", &python["description"]),
            ("location", &python["location"]),
        ] {
            let (ours, theirs) = (
                event[key].as_str().unwrap_or_default(),
                theirs.as_str().unwrap_or_default(),
            );
            assert_eq!(ours, theirs, "{who} reads another {key} in {name}");
        }
        assert_eq!(
            event["sequence"].to_string(),
            python["sequence"].as_str().unwrap_or_default(),
            "{who} {name}"
        );
    }
    python.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nasty_texts_come_out_of_every_calendar_program_as_they_went_in() {
    let app = TestApp::start().await;
    let directions = directions();
    let written = toml_text(&directions);
    app.apply_practice(&format!("[practice.office]\ndirections = {written}\n"))
        .await;
    let visitor = app.visitor();
    let name = "Zo\u{00eb} \u{1f931}\u{1f3fd} \u{05de}\u{05d9}\u{05e8}\u{05d4}; Smith, \"Jr.\" n\u{00e9}e \u{00d3}";
    let form = open_form(&visitor, "initial-consultation", "mode=in_person").await;
    let booked = send(&visitor, &fill(&form, name, "zoe@example.com")).await;
    let desk = app.desk().await;
    let form = desk
        .visit("/admin")
        .await
        .form("form:has([name='method'])")
        .set("method", "transfer");
    desk.submit_and_follow(&form).await.must_say("Marked as paid");

    let mail = app.mail_to("zoe@example.com").await;
    let invitation = all_agree(&app, "invite.ics", &mail.calendar().unwrap());
    let said = invitation["description"].as_str().unwrap();
    assert!(said.starts_with(directions.trim()), "{said}");
    assert!(fold(said).contains("Replies from calendars are not read."));
    let download = visitor
        .get(&format!("{}/calendar.ics", booked.manage))
        .await
        .expect(200)
        .body;
    let download = all_agree(&app, "appointment.ics", &download);
    assert_eq!(download["description"], invitation["description"]);
    let form = desk
        .visit("/admin/calendar")
        .await
        .form("form[action='/admin/calendar/detail']")
        .set("detail", "full");
    desk.submit_and_follow(&form).await.expect(200);
    let url = desk
        .visit("/admin/calendar")
        .await
        .attributes("#feed-url", "value")
        .remove(0);
    let feed = all_agree(&app, "feed.ics", &visitor.get(&url).await.expect(200).body);
    assert_eq!(feed["summary"], name);
    assert_eq!(feed["uid"], invitation["uid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn booked_moved_and_cancelled_are_read_alike_by_every_calendar_program() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let empty = app
        .desk()
        .await
        .visit("/admin/calendar")
        .await
        .attributes("#feed-url", "value")
        .remove(0);
    all_agree(&app, "empty.ics", &visitor.get(&empty).await.expect(200).body);
    let booked = book(&app, "free-mini-consult", "day=2027-03-16", "aoife@example.com").await;
    let first = all_agree(
        &app,
        "invite.ics",
        &app.mail_to("aoife@example.com").await.calendar().unwrap(),
    );
    app.wait_minutes(3);
    let start = "2027-03-18T14:00:00Z";
    let form = visitor
        .visit(&format!("{}/reschedule?start={start}", booked.manage))
        .await
        .expect(200)
        .form("main form");
    visitor.submit(&form.press("start", start)).await.expect(303);
    let moved = all_agree(
        &app,
        "moved.ics",
        &app.mail_to("aoife@example.com").await.calendar().unwrap(),
    );
    assert_eq!((&moved["uid"], &moved["sequence"]), (&first["uid"], &"1".into()));
    app.wait_minutes(3);
    let form = visitor
        .visit(&format!("{}/cancel", booked.manage))
        .await
        .form("main form[action$='/cancel']");
    visitor.submit(&form.press("reason", "illness")).await.expect(303);
    let gone = all_agree(
        &app,
        "cancel.ics",
        &app.mail_to("aoife@example.com").await.calendar().unwrap(),
    );
    assert_eq!((&gone["uid"], &gone["sequence"]), (&first["uid"], &"2".into()));
}

/// A basic string of TOML.
fn toml_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
