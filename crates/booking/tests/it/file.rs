//! The practice file: applied whole or not at all, and shown as it would be applied.

use booking::practice::apply::ApplyError;
use booking::practice::{Mode, PlaceKind};

use crate::app::{App, PRACTICE, at, monday, settings, wish};

async fn applied(app: &App, toml: &str) -> Vec<String> {
    let changes = app.booking.apply_practice(toml, monday()).await.unwrap();
    changes.iter().map(ToString::to_string).collect()
}

async fn refused(app: &App, toml: &str) -> String {
    match app.booking.apply_practice(toml, monday()).await.unwrap_err() {
        ApplyError::File(error) => error.to_string(),
        other @ ApplyError::Database(_) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_practice_is_added_and_applying_it_again_changes_nothing() {
    let app = App::empty(settings()).await;
    assert_eq!(
        applied(&app, PRACTICE).await,
        [
            "practice: added",
            "consultant nora-tillery: added",
            "offering free-mini-consult: added",
            "offering initial-consultation: added",
            "offering follow-up: added",
            "package first-weeks: added",
        ]
    );
    assert!(applied(&app, PRACTICE).await.is_empty());
    let shown = app.booking.show_practice().await.unwrap();
    assert!(applied(&app, &shown).await.is_empty(), "show | apply changes nothing");
    let other = App::empty(settings()).await;
    applied(&other, &shown).await;
    assert_eq!(other.booking.show_practice().await.unwrap(), shown);
}

#[tokio::test]
async fn what_is_shown_keeps_every_sign_of_every_text() {
    let app = App::new().await;
    let toml = "[practice]\nabout = \"One \\\"quoted\\\" \\\\ line.\\n\\n\\\"\\\"\\\" and a second: é 🌙\\n\\\"\"\nwelcome = \"\\\"\"\n\
        [[offerings]]\nslug = \"follow-up\"\nquestions = [{ key = \"a\", kind = \"choice\", label = \"Which\\none?\", choices = [\"x\\\"\", \"y\"], ask = \"at_booking\", when = \"home\" }]\n\
        consents = [{ key = \"care\", version = 2, wording = \"I agree.\\n\\nTo all.\", required = true }]\n\
        [[consultants]]\nslug = \"nora-tillery\"\noverrides = [{ date = \"2026-12-24\", hours = [] }, { date = \"2026-12-23\", hours = [[\"09:00\", \"10:00\", [\"in_person\"]]] }]\n\
        time_off = [{ from = \"2026-12-25\", to = \"2026-12-27\" }, { from = \"2026-12-30T12:00\", to = \"2026-12-31\" }]\n";
    assert_eq!(
        applied(&app, toml).await,
        [
            "practice: welcome, about changed",
            "consultant nora-tillery: overrides, time_off changed",
            "offering follow-up: questions, consents changed",
        ]
    );
    let shown = app.booking.show_practice().await.unwrap();
    assert!(applied(&app, &shown).await.is_empty(), "{shown}");
}

#[tokio::test]
async fn what_is_absent_stays_and_lists_are_replaced_whole() {
    let app = App::new().await;
    let toml = "[[consultants]]\nslug = \"nora-tillery\"\n[consultants.hours]\nmon = [[\"10:00\", \"11:00\"]]\n\
        [[offerings]]\nslug = \"initial-consultation\"\nprice = \"200\"\ndaily_cap = 0\n";
    assert_eq!(
        applied(&app, toml).await,
        [
            "consultant nora-tillery: mon changed",
            "offering initial-consultation: daily_cap, price changed"
        ]
    );
    let offering = app.booking.offering("initial-consultation").await.unwrap().unwrap();
    assert_eq!(
        (offering.price.minor, offering.minutes, offering.daily_cap),
        (20_000, 90, None)
    );
    assert_eq!(offering.places, [PlaceKind::Office, PlaceKind::Home]);
    let slots = app
        .slots("free-mini-consult", Mode::Telehealth, monday(), monday())
        .await;
    assert_eq!(slots[0].start, at("2026-03-02T15:00:00Z"));
    assert!(
        slots.iter().any(|s| s.start == at("2026-03-03T17:00:00Z")),
        "Tuesday stays"
    );
    assert_eq!(app.booking.packages().await.unwrap()[0].visits.len(), 2);
}

/// Wrong files, the line that is wrong, and what is said of it.
const WRONG: &[(&str, usize, &str)] = &[
    ("[practice]\ncolor = \"#ffffff\"\n", 2, "unknown field `color`"),
    ("[practise]\nname = \"x\"\n", 1, "unknown field `practise`"),
    (
        "[practice]\ntimezone = \"Mars/Base\"\n",
        2,
        "no time zone is called \"Mars/Base\"",
    ),
    ("[practice]\ncurrency = \"DOLLAR\"\n", 2, "no currency is called"),
    ("[practice]\nemail = \"nora\"\n", 2, "an e-mail address looks like"),
    ("[practice]\nname = \"a\\nb\"\n", 2, "one line"),
    ("[practice]\nname = \"\"\n", 2, "must not be empty"),
    ("[practice]\ncolour = \"gold\"\n", 2, "no colour"),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nprice = \"19,50\"\n",
        3,
        "no sum of money",
    ),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nprice = \"19.505\"\n",
        3,
        "2 digits after the point",
    ),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nprice = 19.5\n",
        3,
        "expected a string",
    ),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nminutes = 0\n",
        3,
        "0 is not between 1 and 720",
    ),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nmodes = []\n",
        2,
        "has no mode",
    ),
    (
        "[[offerings]]\nslug = \"initial-consultation\"\nmodes = [\"car\"]\n",
        3,
        "unknown variant `car`",
    ),
    (
        "[[offerings]]\nslug = \"brand-new\"\nname = \"New\"\nmodes = [\"telehealth\"]\nprice = \"1\"\n",
        2,
        "minutes is missing",
    ),
    ("[[offerings]]\nslug = \"Bad Slug\"\n", 2, "is no slug"),
    (
        "[[offerings]]\nslug = \"follow-up\"\n[[offerings]]\nslug = \"follow-up\"\n",
        4,
        "named twice",
    ),
    (
        "[[offerings]]\nslug = \"follow-up\"\n\n[[offerings.questions]]\nkey = \"a\"\nkind = \"choice\"\nlabel = \"?\"\n",
        4,
        "at least two choices",
    ),
    (
        "[[consultants]]\nslug = \"nora-tillery\"\n[consultants.hours]\nmon = [[\"09:00\", \"12:00\"], [\"11:30\", \"13:00\"]]\n",
        4,
        "09:00 to 12:00 and 11:30 to 13:00 overlap",
    ),
    (
        "[[consultants]]\nslug = \"nora-tillery\"\n[consultants.hours]\nmon = [[\"12:00\", \"09:00\"]]\n",
        4,
        "does not end after its start",
    ),
    (
        "[[consultants]]\nslug = \"nora-tillery\"\n[consultants.hours]\nmonday = []\n",
        4,
        "unknown field `monday`",
    ),
    (
        "[[consultants]]\nslug = \"nora-tillery\"\ntime_off = [{ from = \"2026-12-27\", to = \"2026-12-25\" }]\n",
        3,
        "ends before it starts",
    ),
    (
        "[[packages]]\nslug = \"first-weeks\"\nvisits = [{ offering = \"no-such\", count = 1 }]\n",
        3,
        "no offering is called no-such",
    ),
    (
        "[[home_zones]]\nname = \"A\"\npostcodes = [\"1\"]\ntravel_minutes = 5\n[[home_zones]]\nname = \"B\"\npostcodes = [\"1\"]\ntravel_minutes = 5\n",
        5,
        "in two home zones",
    ),
    ("[practice\n", 1, ""),
];

#[tokio::test]
async fn a_wrong_file_is_refused_with_its_line_and_nothing_of_it_is_applied() {
    let app = App::new().await;
    let before = app.booking.show_practice().await.unwrap();
    let head = "[practice]\ntagline = \"New\"\n\n";
    for &(toml, line, says) in WRONG {
        // The first keys of the file are right, and still nothing of them is applied.
        let mixed = if toml.starts_with("[practi") {
            toml.to_owned()
        } else {
            format!("{head}{toml}")
        };
        let line = if toml.starts_with("[practi") { line } else { line + 3 };
        let error = refused(&app, &mixed).await;
        assert!(
            error.starts_with(&format!("line {line}: ")) && error.contains(says),
            "{toml}\n{error}"
        );
    }
    assert_eq!(app.booking.show_practice().await.unwrap(), before);
    let empty = App::empty(settings()).await;
    assert!(
        refused(&empty, "[policy]\nlate_percent = 10\n")
            .await
            .contains("there is no practice yet")
    );
    assert!(
        refused(&empty, "[practice]\nname = \"x\"\n")
            .await
            .contains("practice.discreet_name is missing")
    );
    assert!(!empty.booking.has_practice().await.unwrap());
}

#[tokio::test]
async fn another_currency_needs_every_price_anew_and_no_payment_before() {
    let app = App::new().await;
    assert!(
        refused(&app, "[practice]\ncurrency = \"JPY\"\n")
            .await
            .contains("needs every price anew")
    );
    let shown = app.booking.show_practice().await.unwrap();
    let yen = shown.replace("\"USD\"", "\"JPY\"").replace(".00\"", "\"");
    let changed = applied(&app, &yen).await;
    assert!(
        changed.contains(&"practice: currency changed".to_owned()),
        "{changed:?}"
    );
    assert_eq!(
        app.booking.offering("follow-up").await.unwrap().unwrap().price.minor,
        110
    );
    let id = app
        .book(wish("initial-consultation", at("2026-03-05T17:00:00Z")), monday())
        .await
        .unwrap()
        .appointment
        .facts
        .id;
    app.booking
        .mark_paid(id, booking::money::PaidBy::Cash, app.login, monday())
        .await
        .unwrap();
    assert!(refused(&app, &shown).await.contains("something was paid in it"));
}

#[tokio::test]
async fn time_off_and_overrides_take_slots_away_and_give_others() {
    let app = App::with("[[consultants]]\nslug = \"nora-tillery\"\ntime_off = [{ from = \"2026-03-05T10:00\", to = \"2026-03-05T12:00\" }, { from = \"2026-03-06\", to = \"2026-03-07\" }]\noverrides = [{ date = \"2026-03-08\", hours = [[\"15:00\", \"16:00\"]] }]\n").await;
    let from = at("2026-03-05T05:00:00Z");
    let slots = app.slots("free-mini-consult", Mode::Telehealth, from, monday()).await;
    let of = |day: &str| {
        slots
            .iter()
            .map(|s| s.start.to_string())
            .filter(|s| s.starts_with(day))
            .collect::<Vec<_>>()
    };
    let thursday = of("2026-03-05");
    assert_eq!(
        thursday[..4],
        [
            "2026-03-05T14:00:00Z",
            "2026-03-05T14:15:00Z",
            "2026-03-05T14:30:00Z",
            "2026-03-05T17:00:00Z"
        ],
        "the buffer of five minutes ends before the time off"
    );
    assert!(of("2026-03-06").is_empty() && of("2026-03-07").is_empty());
    assert_eq!(
        of("2026-03-08").first().unwrap(),
        "2026-03-08T19:00:00Z",
        "15:00 in summer time"
    );
}

/// The facts that others rely on (INTERFACES.md): what can be booked, how long, for how much, and without any answer.
#[tokio::test]
async fn the_demo_practice_is_whole_and_asks_nothing_at_booking() {
    let app = App::empty(settings()).await;
    app.booking
        .apply_practice(include_str!("../../../../config/demo/practice.toml"), monday())
        .await
        .unwrap();
    let offerings = app.booking.offerings().await.unwrap();
    let facts: Vec<_> = offerings
        .iter()
        .map(|o| (o.slug.as_str(), o.minutes, o.price.minor, o.notice_minutes))
        .collect();
    assert_eq!(
        facts,
        [
            ("free-mini-consult", 15, 0, 120),
            ("initial-consultation", 90, 19_500, 720),
            ("follow-up", 60, 11_000, 240)
        ]
    );
    for offering in &offerings {
        use booking::practice::intake::Ask;
        let required = offering.questions.iter().any(|q| q.required && q.ask == Ask::AtBooking)
            || offering.consents.iter().any(|c| c.required && c.ask == Ask::AtBooking);
        assert!(!required, "{}", offering.slug);
    }
    for slug in ["free-mini-consult", "initial-consultation"] {
        let slot = app.slots(slug, Mode::Telehealth, monday(), monday()).await[0];
        app.book(wish(slug, slot.start), monday()).await.unwrap();
    }
    let shown = app.booking.show_practice().await.unwrap();
    assert!(applied(&app, &shown).await.is_empty());
}
