//! Why a start is not offered, over the database.

use booking::practice::{Mode, PlaceKind};
use booking::schedule::{Kind, NotOffered, Reason, SlotsAsked, SlotsError};
use kernel::instant::Instant;

use crate::app::{App, at, monday, wish};

fn minis(from: &str, until: &str) -> SlotsAsked {
    SlotsAsked {
        offering: "free-mini-consult".into(),
        mode: Mode::Telehealth,
        place: None,
        postcode: None,
        from: at(from),
        until: at(until),
    }
}

fn first(one: &NotOffered) -> (Instant, &[Reason]) {
    (one.start, &one.of[0].why.reasons)
}

#[tokio::test]
async fn what_stands_in_the_way_has_a_kind_and_its_time() {
    let app = App::with("[[consultants]]\nslug = \"nora-tillery\"\ntime_off = [{ from = \"2026-03-02T15:00\", to = \"2026-03-03T00:00\" }]").await;
    let start = at("2026-03-02T16:00:00Z");
    app.book(wish("free-mini-consult", start), monday()).await.unwrap();
    // Monday, 8 o'clock; hours from 9 to 16, notice two hours, visits of 15 minutes and 5 kept free after each.
    let asked = minis("2026-03-02T14:00:00Z", "2026-03-02T21:00:00Z");
    let all = app.booking.explain_slots(&asked, monday()).await.unwrap();
    assert_eq!(all.slots, app.booking.slots(&asked, monday()).await.unwrap().slots);
    assert_eq!(
        all.slots.len() + all.not_offered.len(),
        28,
        "every quarter of an hour of seven hours"
    );
    let of = |text: &str| {
        let start = at(text);
        all.not_offered.iter().find(|one| one.start == start).unwrap()
    };
    assert_eq!(first(of("2026-03-02T14:45:00Z")).1, [Reason::TooSoon]);
    assert_eq!(
        first(of("2026-03-02T15:45:00Z")).1,
        [Reason::Buffers],
        "mine after + the visit"
    );
    assert_eq!(first(of("2026-03-02T16:00:00Z")).1, [Reason::Appointment]);
    assert_eq!(first(of("2026-03-02T16:15:00Z")).1, [Reason::Buffers]);
    let visit = &of("2026-03-02T16:15:00Z").of[0].why.in_the_way;
    assert_eq!(
        (visit.len(), visit[0].kind, visit[0].from, visit[0].until),
        (1, Kind::Appointment, start, start.plus_minutes(15)),
        "the visit itself, without what is kept free around it"
    );
    assert_eq!(first(of("2026-03-02T20:00:00Z")).1, [Reason::TimeOff]);
    let off = of("2026-03-02T20:00:00Z").of[0].why.in_the_way[0];
    assert_eq!(
        (off.kind, off.from, off.until),
        (Kind::TimeOff, at("2026-03-02T20:00:00Z"), at("2026-03-03T05:00:00Z"))
    );
}

#[tokio::test]
async fn one_start_is_explained_whatever_it_is() {
    let app = App::new().await;
    let why = async |text: &str| {
        let found = app.booking.why_not_offered(&minis(text, text), monday()).await.unwrap();
        found.map(|one| one.of[0].why.reasons.clone())
    };
    assert_eq!(why("2026-03-02T15:00:00Z").await, None, "the notice is inclusive");
    assert_eq!(
        why("2026-03-02T12:00:00Z").await.unwrap(),
        [Reason::Past, Reason::OutsideHours]
    );
    assert_eq!(why("2026-03-02T15:07:00Z").await.unwrap(), [Reason::OffGrid]);
    assert_eq!(
        why("2026-03-02T20:55:00Z").await.unwrap(),
        [Reason::EndsAfterHours, Reason::OffGrid]
    );
    assert_eq!(why("2027-03-01T15:00:00Z").await.unwrap(), [Reason::BeyondHorizon]);
    let in_person = SlotsAsked {
        offering: "initial-consultation".into(),
        mode: Mode::InPerson,
        place: Some(PlaceKind::Office),
        ..minis("2026-03-04T15:00:00Z", "2026-03-04T15:00:00Z")
    };
    let found = app
        .booking
        .why_not_offered(&in_person, monday())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        found.of[0].why.reasons,
        [Reason::OtherMode],
        "Wednesdays are for telehealth"
    );
}

#[tokio::test]
async fn of_several_consultants_a_start_is_explained_only_when_nobody_offers_it() {
    let app = App::with(
        "[[consultants]]\nslug = \"ada-moss\"\nname = \"Ada Moss\"\ntimezone = \"America/New_York\"\n[consultants.hours]\nmon = [[\"09:00\", \"10:30\"]]\n",
    )
    .await;
    let asked = minis("2026-03-02T14:00:00Z", "2026-03-02T21:00:00Z");
    let all = app.booking.explain_slots(&asked, monday()).await.unwrap();
    assert!(
        all.not_offered
            .iter()
            .all(|one| all.slots.iter().all(|slot| slot.start != one.start))
    );
    let both: Vec<usize> = all.not_offered.iter().map(|one| one.of.len()).collect();
    assert_eq!(
        both,
        [2, 2, 2, 2],
        "both have nine to ten, and it is too soon for either"
    );
    let early = minis("2026-03-02T14:00:00Z", "2026-03-02T14:00:00Z");
    let found = app.booking.why_not_offered(&early, monday()).await.unwrap().unwrap();
    let names: Vec<&str> = found.of.iter().map(|of| of.consultant.slug.as_str()).collect();
    assert_eq!(names, ["nora-tillery", "ada-moss"]);
}

#[tokio::test]
async fn a_range_that_is_too_long_or_backwards_is_refused() {
    let app = App::new().await;
    for (from, until) in [
        ("2026-03-02T14:00:00Z", "2026-03-02T13:00:00Z"),
        ("2026-03-02T14:00:00Z", "2026-07-02T13:00:00Z"),
    ] {
        let refused = app.booking.explain_slots(&minis(from, until), monday()).await;
        assert!(matches!(refused, Err(SlotsError::Range)));
    }
}
