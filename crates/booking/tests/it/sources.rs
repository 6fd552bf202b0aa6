//! Her other calendars, over the database.

use std::fmt::Write as _;

use booking::appointment::BookError;
use booking::practice::Mode;
use booking::schedule::{Kind, Reason, SlotsAsked};
use booking::source::{AddSourceError, Address, Answer, NewSource, SourceChange, Stamps, Trouble};
use kernel::id::{ConsultantId, SourceId};
use kernel::instant::Instant;

use crate::app::{App, at, monday, wish};

const ADDRESS: &str = "https://calendar.example/private-0123456789/basic.ics";

fn calendar(events: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut file = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n");
    for (uid, start, end) in events {
        let _ = write!(
            file,
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{start}\r\nDTEND:{end}\r\nEND:VEVENT\r\n"
        );
    }
    (file + "END:VCALENDAR\r\n").into_bytes()
}

/// From 11 to 12 in Asheville, on Monday.
fn dentist() -> Vec<u8> {
    calendar(&[("dentist", "20260302T160000Z", "20260302T170000Z")])
}

async fn nora(app: &App) -> ConsultantId {
    app.booking.consultants().await.unwrap()[0].id
}

async fn new(app: &App, address: &str, file: &[u8], now: Instant) -> NewSource {
    let consultant = nora(app).await;
    let manner = app.booking.manner(consultant, now).await.unwrap();
    NewSource {
        consultant,
        name: "Private".into(),
        address: Address::new(address.into()),
        blocks: true,
        import: manner.import(file).unwrap(),
        stamps: Stamps::default(),
        manner,
    }
}

async fn add(app: &App, file: &[u8], now: Instant) -> SourceId {
    let new = new(app, ADDRESS, file, now).await;
    app.booking.add_source(new, now).await.unwrap()
}

/// As the worker does it: what is due is read, and this is what comes of it.
async fn read(app: &App, file: Result<&[u8], Trouble>, now: Instant) -> usize {
    let due = app.booking.take_due_sources(now).await.unwrap();
    for one in &due {
        let answer = match file {
            Ok(bytes) => Answer::Calendar {
                import: one.manner.import(bytes).unwrap(),
                stamps: Stamps {
                    etag: Some("\"1\"".into()),
                    last_modified: None,
                },
                manner: one.manner.clone(),
            },
            Err(trouble) => Answer::Failed(trouble),
        };
        app.booking.source_answered(one.id, answer, now).await.unwrap();
    }
    due.len()
}

async fn starts(app: &App, now: Instant) -> Vec<Instant> {
    let slots = app.slots("free-mini-consult", Mode::Telehealth, monday(), now).await;
    slots.iter().map(|slot| slot.start).collect()
}

#[tokio::test]
async fn an_entry_blocks_its_own_time_and_no_more() {
    let app = App::new().await;
    let before = starts(&app, monday()).await;
    add(&app, &dentist(), monday()).await;
    let after = starts(&app, monday()).await;
    let gone: Vec<Instant> = before.iter().copied().filter(|start| !after.contains(start)).collect();
    // Visits of 15 minutes and 5 kept free after each: 10:45 would end too near. The entry itself keeps nothing free.
    let expected = ["15:45", "16:00", "16:15", "16:30", "16:45"].map(|time| at(&format!("2026-03-02T{time}:00Z")));
    assert_eq!(gone, expected);
    assert!(after.contains(&at("2026-03-02T17:00:00Z")));
    let refused = app.book(wish("free-mini-consult", expected[2]), monday()).await;
    assert!(matches!(refused, Err(BookError::SlotTaken)), "{refused:?}");
    app.book(wish("free-mini-consult", at("2026-03-02T17:00:00Z")), monday())
        .await
        .unwrap();
}

#[tokio::test]
async fn why_a_time_is_not_offered_names_the_other_calendar() {
    let app = App::new().await;
    add(&app, &dentist(), monday()).await;
    let start = at("2026-03-02T16:15:00Z");
    let asked = SlotsAsked {
        offering: "free-mini-consult".into(),
        mode: Mode::Telehealth,
        place: None,
        postcode: None,
        from: start,
        until: start,
    };
    let found = app.booking.why_not_offered(&asked, monday()).await.unwrap().unwrap();
    let why = &found.of[0].why;
    assert_eq!(why.reasons, [Reason::Busy]);
    let there = why.in_the_way[0];
    assert_eq!(
        (there.kind, there.from, there.until),
        (Kind::Busy, at("2026-03-02T16:00:00Z"), at("2026-03-02T17:00:00Z"))
    );
}

#[tokio::test]
async fn what_is_read_anew_is_seen_at_once_also_by_another_process() {
    let app = App::new().await;
    add(&app, &dentist(), monday()).await;
    let other = app.elsewhere().await;
    let asked = SlotsAsked {
        offering: "free-mini-consult".into(),
        mode: Mode::Telehealth,
        place: None,
        postcode: None,
        from: monday(),
        until: monday().plus_minutes(1440),
    };
    let start = at("2026-03-02T16:15:00Z");
    let offered = async |now| {
        let here = app.booking.slots(&asked, now).await.unwrap().slots.clone();
        let there = other.slots(&asked, now).await.unwrap().slots.clone();
        assert_eq!(here, there);
        here.iter().any(|slot| slot.start == start)
    };
    assert!(!offered(monday()).await);
    let later = monday().plus_minutes(20);
    let moved = calendar(&[("dentist", "20260302T180000Z", "20260302T190000Z")]);
    assert_eq!(read(&app, Ok(&moved), later).await, 1);
    assert!(offered(later).await);
}

#[tokio::test]
async fn it_is_read_every_quarter_of_an_hour_and_by_one_at_a_time() {
    let app = App::new().await;
    add(&app, &dentist(), monday()).await;
    assert_eq!(read(&app, Ok(&dentist()), monday().plus_minutes(14)).await, 0);
    let due = monday().plus_minutes(15);
    let (one, other) = tokio::join!(app.booking.take_due_sources(due), app.booking.take_due_sources(due));
    assert_eq!(one.unwrap().len() + other.unwrap().len(), 1);
    // Whoever took it never came back.
    assert_eq!(read(&app, Ok(&dentist()), due.plus_minutes(4)).await, 0);
    assert_eq!(read(&app, Ok(&dentist()), due.plus_minutes(5)).await, 1);
    let next = app.booking.take_due_sources(due.plus_minutes(5 + 17)).await.unwrap();
    assert_eq!(next[0].stamps.etag.as_deref(), Some("\"1\""));
    // After a month it is read whole, however little the server says to have changed.
    let month = app.booking.take_due_sources(due.plus_minutes(40 * 1440)).await.unwrap();
    assert_eq!(month[0].stamps, Stamps::default());
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_stays_in_force_and_she_is_told_once() {
    let app = App::new().await;
    add(&app, &dentist(), monday()).await;
    let blocked = starts(&app, monday()).await;
    let (mut now, mut told, mut tries) = (monday(), Vec::new(), 0);
    while now < monday().plus_minutes(24 * 60) {
        now = now.plus_minutes(5);
        tries += read(&app, Err(Trouble::ServerFault), now).await;
        told.extend(app.heard.sources().into_iter().map(|notice| (now, notice)));
        let failing = app.booking.sources_failing().await.unwrap();
        assert_eq!(failing.len(), told.len(), "the banner stands as long as it is so");
    }
    assert!((8..=14).contains(&tries), "the pauses grow: {tries} tries in a day");
    let [(when, notice)] = told.as_slice() else {
        panic!("told {} times", told.len())
    };
    assert!(*when - notice.since >= jiff::SignedDuration::from_hours(6));
    assert_eq!((notice.trouble, notice.read_at), (Trouble::ServerFault, Some(monday())));
    assert_eq!(
        starts(&app, monday()).await,
        blocked,
        "what was read last stays in force"
    );
    let sources = app.booking.sources(nora(&app).await).await.unwrap();
    assert_eq!(sources[0].trouble.unwrap().0, Trouble::ServerFault);

    let mended = now.plus_minutes(300);
    assert_eq!(read(&app, Ok(&dentist()), mended).await, 1);
    let sources = app.booking.sources(nora(&app).await).await.unwrap();
    assert_eq!((sources[0].trouble, sources[0].read_at), (None, Some(mended)));
    assert!(app.booking.sources_failing().await.unwrap().is_empty());
}

#[tokio::test]
async fn visits_of_ours_in_her_calendar_count_once_and_a_cancelled_one_not_at_all() {
    let app = App::new().await;
    let start = at("2026-03-02T16:00:00Z");
    let booked = app.book(wish("free-mini-consult", start), monday()).await.unwrap();
    let uid = &booked.appointment.facts.uid;
    assert!(uid.ends_with("@lantern.example"));
    // Her calendar shows it still; and something that is only named alike.
    let strange = "019ab6a0-0000-7000-8000-000000000001@lantern.example";
    let file = calendar(&[
        (uid, "20260302T160000Z", "20260302T161500Z"),
        (strange, "20260302T190000Z", "20260302T200000Z"),
    ]);
    add(&app, &file, monday()).await;
    let token = &booked.appointment.token;
    app.booking.cancel(token, None, monday()).await.unwrap();
    let free = starts(&app, monday()).await;
    assert!(
        free.contains(&start),
        "a cancelled visit frees its time, whatever a stale calendar shows"
    );
    assert!(!free.contains(&at("2026-03-02T19:15:00Z")));
}

#[tokio::test]
async fn ignored_ones_take_nothing_paused_ones_are_not_read_and_removed_ones_are_gone() {
    let app = App::new().await;
    let all = starts(&app, monday()).await;
    let id = add(&app, &dentist(), monday()).await;
    let change = async |change| assert!(app.booking.change_source(id, change, monday()).await.unwrap());
    change(SourceChange::Blocks(false)).await;
    assert_eq!(starts(&app, monday()).await, all);
    change(SourceChange::Blocks(true)).await;
    change(SourceChange::Pause).await;
    assert!(
        starts(&app, monday()).await.len() < all.len(),
        "what was read last still blocks"
    );
    let later = monday().plus_minutes(3 * 1440);
    assert_eq!(read(&app, Ok(&dentist()), later).await, 0);
    change(SourceChange::Resume).await;
    assert_eq!(read(&app, Ok(&dentist()), later).await, 1);
    assert!(app.booking.remove_source(id).await.unwrap());
    assert_eq!(starts(&app, monday()).await, all);
    assert!(!app.booking.remove_source(id).await.unwrap());
    assert!(!app.booking.change_source(id, SourceChange::Pause, later).await.unwrap());
    app.booking
        .source_answered(id, Answer::Failed(Trouble::Gone), later)
        .await
        .unwrap();
    assert_eq!(app.count("SELECT count(*) FROM source_busy").await, 0);
}

#[tokio::test]
async fn an_address_is_sealed_and_added_once() {
    let app = App::new().await;
    add(&app, &dentist(), monday()).await;
    let again = app
        .booking
        .add_source(new(&app, ADDRESS, &dentist(), monday()).await, monday());
    assert!(matches!(again.await, Err(AddSourceError::Twice)));
    let nameless = NewSource {
        name: " ".into(),
        ..new(&app, "https://calendar.example/other.ics", &dentist(), monday()).await
    };
    let refused = app.booking.add_source(nameless, monday()).await;
    assert!(matches!(refused, Err(AddSourceError::Name)));
    let sources = app.booking.sources(nora(&app).await).await.unwrap();
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].address.reveal(), ADDRESS);
    assert!(!format!("{sources:?}").contains("0123456789"));
    let plain = "SELECT count(*) FROM source WHERE CAST(address AS TEXT) LIKE '%calendar.example%'";
    assert_eq!(app.count(plain).await, 0);
}

#[tokio::test]
async fn the_week_shows_what_each_calendar_takes_of_which_day() {
    let app = App::new().await;
    let night = ("night", "20260303T020000Z", "20260303T130000Z");
    let id = add(
        &app,
        &calendar(&[("dentist", "20260302T160000Z", "20260302T170000Z"), night]),
        monday(),
    )
    .await;
    let days = app
        .booking
        .busy_days(nora(&app).await, jiff::civil::date(2026, 3, 2), 7)
        .await
        .unwrap();
    assert_eq!(days.len(), 7);
    let times = |day: usize| -> Vec<(String, String, bool)> {
        let said = |time: &booking::source::BusyTime| (time.from.to_string(), time.until.to_string(), time.in_hours);
        days[day].times.iter().map(said).collect()
    };
    let time = |from: &str, until: &str, in_hours| (from.to_owned(), until.to_owned(), in_hours);
    assert_eq!(
        times(0),
        [
            time("2026-03-02T16:00:00Z", "2026-03-02T17:00:00Z", true),
            time("2026-03-03T02:00:00Z", "2026-03-03T05:00:00Z", false)
        ]
    );
    assert_eq!(times(1), [time("2026-03-03T05:00:00Z", "2026-03-03T13:00:00Z", false)]);
    assert!(days[0].open && days[2].times.is_empty() && days[0].times[0].source == id);
}

#[tokio::test]
async fn moving_a_visit_minds_her_other_calendar() {
    let app = App::new().await;
    let there = at("2026-03-05T16:15:00Z");
    add(
        &app,
        &calendar(&[("dentist", "20260305T160000Z", "20260305T170000Z")]),
        monday(),
    )
    .await;
    let start = at("2026-03-05T18:00:00Z");
    let booked = app.book(wish("free-mini-consult", start), monday()).await.unwrap();
    let token = &booked.appointment.token;
    let slots = app
        .booking
        .slots_to_move(token, start.plus_minutes(-600), start.plus_minutes(600), monday())
        .await
        .unwrap()
        .unwrap()
        .slots;
    assert!(!slots.is_empty() && slots.iter().all(|slot| slot.start != there));
}
