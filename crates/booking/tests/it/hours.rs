//! Hours that are changed at the desk, and what that does to slots and to coming visits.

use booking::practice::hours::{TimeOff, Window};
use booking::practice::{ChangeHoursError, HoursChange, Mode, Modes};
use jiff::civil::date;
use kernel::chance::Chance;
use kernel::id::ConsultantId;

use crate::app::{App, at, family, monday, wish};

fn window(opens: &str, closes: &str) -> Window {
    Window::new(opens.parse().unwrap(), closes.parse().unwrap(), Modes::BOTH).unwrap()
}

async fn nora(app: &App) -> ConsultantId {
    app.booking.consultants().await.unwrap()[0].id
}

async fn change(app: &App, change: HoursChange) -> Result<bool, ChangeHoursError> {
    app.booking.change_hours(nora(app).await, change).await
}

/// How many minis are offered on Monday, 2 March.
async fn minis(app: &App) -> usize {
    let from = at("2026-03-02T05:00:00Z");
    let all = app.slots("free-mini-consult", Mode::Telehealth, from, monday()).await;
    all.iter().filter(|slot| slot.start < from.plus_minutes(1440)).count()
}

#[tokio::test]
async fn the_slots_follow_a_changed_weekday_at_once() {
    let app = App::new().await;
    assert_eq!(minis(&app).await, 24, "from ten, two hours from now, to four");
    let mornings = HoursChange::Weekday(0, vec![window("13:00", "14:00"), window("10:00", "12:00")]);
    assert!(change(&app, mornings.clone()).await.unwrap());
    assert_eq!(minis(&app).await, 12);
    assert!(
        !change(&app, mornings).await.unwrap(),
        "the second time nothing changes"
    );
    assert!(change(&app, HoursChange::Weekday(0, vec![])).await.unwrap());
    assert_eq!(minis(&app).await, 0);
}

#[tokio::test]
async fn overlapping_windows_are_refused_and_nothing_is_applied() {
    let app = App::new().await;
    let before = app.booking.hours(nora(&app).await).await.unwrap();
    let windows = vec![window("09:00", "12:00"), window("11:00", "13:00")];
    let date = date(2026, 3, 2);
    for wrong in [
        HoursChange::Weekday(0, windows.clone()),
        HoursChange::Date {
            was: None,
            date,
            windows,
        },
    ] {
        let refused = change(&app, wrong).await.unwrap_err();
        assert!(matches!(refused, ChangeHoursError::Overlap(..)));
    }
    assert_eq!(app.booking.hours(nora(&app).await).await.unwrap(), before);
}

#[tokio::test]
async fn a_date_is_given_hours_of_its_own_moved_and_given_back() {
    let app = App::new().await;
    let (monday, tuesday) = (date(2026, 3, 2), date(2026, 3, 3));
    let of = |was, date, windows| HoursChange::Date { was, date, windows };
    change(&app, of(None, monday, vec![])).await.unwrap();
    assert_eq!(minis(&app).await, 0, "closed");
    let taken = change(&app, of(None, monday, vec![window("10:00", "11:00")]))
        .await
        .unwrap_err();
    assert!(matches!(taken, ChangeHoursError::DateTaken(date) if date == monday));
    change(&app, of(Some(monday), monday, vec![window("10:00", "11:00")]))
        .await
        .unwrap();
    assert_eq!(minis(&app).await, 4, "changed, not added");
    change(&app, of(Some(monday), tuesday, vec![])).await.unwrap();
    assert_eq!(minis(&app).await, 24, "it is Tuesday's now");
    change(&app, HoursChange::ForgetDate(tuesday)).await.unwrap();
    assert_eq!(
        app.booking.hours(nora(&app).await).await.unwrap().overrides().count(),
        0
    );
}

#[tokio::test]
async fn time_off_is_added_changed_and_given_up() {
    let app = App::new().await;
    let day = date(2026, 3, 2);
    let off = |from: i8, until: i8| TimeOff {
        from: day.at(from, 0, 0, 0),
        until: day.at(until, 0, 0, 0),
    };
    let of = |was, off| HoursChange::TimeOff { was, off };
    change(&app, of(None, off(8, 12))).await.unwrap();
    assert_eq!(minis(&app).await, 16);
    let refused = change(&app, of(None, off(8, 15))).await.unwrap_err();
    assert!(matches!(refused, ChangeHoursError::SameStart(other) if other == off(8, 12)));
    for (from, until) in [(12, 8), (9, 9)] {
        let refused = change(&app, of(None, off(from, until))).await.unwrap_err();
        assert!(matches!(refused, ChangeHoursError::Backwards));
    }
    change(&app, of(Some(off(8, 12).from), off(8, 15))).await.unwrap();
    assert_eq!(minis(&app).await, 4);
    change(&app, HoursChange::ForgetTimeOff(off(8, 15).from)).await.unwrap();
    assert_eq!(minis(&app).await, 24);
}

#[tokio::test]
async fn coming_visits_stay_and_those_outside_the_new_hours_are_named() {
    let app = App::new().await;
    for (n, start) in [
        (1, "2026-03-02T15:00:00Z"),
        (2, "2026-03-02T19:00:00Z"),
        (3, "2026-03-03T19:00:00Z"),
    ] {
        app.book(family(n, wish("free-mini-consult", at(start))), monday())
            .await
            .unwrap();
    }
    let outside = async || {
        let found = app.booking.outside_hours(nora(&app).await, monday()).await.unwrap();
        found.iter().map(|visit| visit.starts.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(outside().await, Vec::<String>::new());
    change(&app, HoursChange::Weekday(0, vec![window("13:00", "16:00")]))
        .await
        .unwrap();
    assert_eq!(outside().await, ["2026-03-02T15:00:00Z"]);
    let in_person = Window::new(
        "13:00".parse().unwrap(),
        "16:00".parse().unwrap(),
        [Mode::InPerson].into_iter().collect(),
    );
    change(&app, HoursChange::Weekday(0, vec![in_person.unwrap()]))
        .await
        .unwrap();
    assert_eq!(
        outside().await.len(),
        2,
        "a telehealth visit does not lie in hours for visits in person"
    );
    let day = date(2026, 3, 3);
    let off = TimeOff {
        from: day.at(0, 0, 0, 0),
        until: day.at(23, 0, 0, 0),
    };
    change(&app, HoursChange::TimeOff { was: None, off }).await.unwrap();
    assert_eq!(outside().await.len(), 3);
    app.audit().await;
}

#[tokio::test]
async fn nobodys_hours_are_not_changed() {
    let app = App::new().await;
    let nobody = ConsultantId::new(monday(), &Chance::seeded(77));
    let refused = app.booking.change_hours(nobody, HoursChange::Weekday(0, vec![])).await;
    assert!(matches!(refused, Err(ChangeHoursError::NoConsultant)));
}
