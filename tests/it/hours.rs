//! Her hours at the desk: what parents see follows at once, and what cannot be taken is shown again with its reason.

use kernel::instant::Instant;
use rustix::process::Signal;
use tests::{
    app::TestApp,
    form::Form,
    journey::book,
    page::Page,
    program::{Program, text},
    visitor::Visitor,
};

/// The page of the demo practice's only consultant. It is Monday, 1 March 2027, 10 o'clock.
async fn hours(desk: &Visitor) -> Page {
    desk.visit("/admin/hours").await.expect(200)
}

fn weekday(page: &Page, day: &str) -> Form {
    page.form(&format!("#{day} form[action^='/admin/hours/week#']"))
}

async fn save(desk: &Visitor, form: &Form) -> Page {
    let page = desk.submit_and_follow(form).await.expect(200);
    page.must_say("Saved.");
    page
}

/// The page says what is wrong beside the field, and the field keeps what was typed.
#[track_caller]
fn refused(page: Page, problem: &str, kept: &[&str]) -> Page {
    let page = page.expect(422);
    page.must_say("Nothing is saved yet.");
    assert!(
        page.text("details[open] .problem").contains(problem),
        "{:?}",
        page.texts(".problem")
    );
    let fields = page.attributes("details[open] input", "value");
    for kept in kept {
        assert!(fields.iter().any(|value| value == kept), "{kept:?} is lost: {fields:?}");
    }
    page
}

/// How many minis the API offers on this day of New York's winter.
async fn minis_on(app: &TestApp, day: &str) -> usize {
    let from: Instant = format!("{day}T05:00:00Z").parse().unwrap();
    let path = format!(
        "/api/v1/offerings/free-mini-consult/slots?mode=telehealth&from={from}&to={}",
        from.plus_minutes(1440)
    );
    let answer = app.visitor().get(&path).await.expect(200);
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    answer["slots"].as_array().unwrap().len()
}

#[tokio::test]
async fn parents_see_a_changed_weekday_at_once_and_a_coming_visit_outside_it_is_named() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let before = minis_on(&app, "2027-03-08").await;
    assert!(before > 8);
    let page = hours(&desk).await;
    page.must_say("New York time").must_say("9:00 am to 4:00 pm");
    let form = weekday(&page, "mon").set("opens", "14:00").set("closes", "00:00");
    let page = save(&desk, &form).await;
    page.must_say("2:00 pm to midnight");
    page.must_say("One coming visit lies outside these hours.")
        .must_say("Aoife");
    let visit = page.link(".outside a");
    desk.visit(visit.path()).await.expect(200).must_say("Aoife");
    assert_ne!(minis_on(&app, "2027-03-08").await, before);
    let page = hours(&desk).await;
    let page = desk.submit_and_follow(&weekday(&page, "mon")).await.expect(200);
    page.must_say("It was like that already.");
    let form = weekday(&hours(&desk).await, "mon").set("remove", "0");
    save(&desk, &form)
        .await
        .must_say("Your hours that day: closed")
        .must_say("closed");
    assert_eq!(minis_on(&app, "2027-03-08").await, 0);
}

#[tokio::test]
async fn what_is_no_window_is_said_beside_its_row_and_nothing_is_changed() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let before = minis_on(&app, "2027-03-08").await;
    let page = hours(&desk).await;
    for (opens, closes, problem) in [
        ("nine", "16:00", "hours and minutes"),
        ("09:00", "", "hours and minutes"),
        ("25:61", "16:00", "hours and minutes"),
        ("16:00", "09:00", "It has to end after it starts"),
        ("09:00", "09:00", "It has to end after it starts"),
    ] {
        let form = weekday(&page, "mon").forge("opens", opens).forge("closes", closes);
        let kept: Vec<&str> = [opens, closes].into_iter().filter(|text| !text.is_empty()).collect();
        refused(desk.submit(&form).await, problem, &kept);
    }
    // One more row, which overlaps the first.
    let more = desk
        .submit(&weekday(&page, "mon").press("more", "yes"))
        .await
        .expect(200);
    let mut pairs = weekday(&more, "mon").pairs();
    let rows: Vec<usize> = (0..pairs.len()).filter(|n| pairs[*n].0 == "opens").collect();
    assert_eq!(rows.len(), 2);
    pairs[rows[1]].1 = "15:00".into();
    pairs[rows[1] + 1].1 = "17:00".into();
    let page = desk.post("/admin/hours/week", &pairs).await;
    refused(page, "It overlaps the stretch 9:00 am to 4:00 pm", &["15:00", "17:00"]);
    assert_eq!(minis_on(&app, "2027-03-08").await, before);
}

#[tokio::test]
async fn a_single_day_is_closed_opened_moved_and_given_back() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let before = minis_on(&app, "2027-03-08").await;
    let new = |page: &Page| page.form("#date-new form[action^='/admin/hours/date#']");
    let page = hours(&desk).await;
    for (date, problem) in [
        ("2027-02-30", "There is no such day"),
        ("", "Choose a day"),
        ("2027-02-28", "That day has passed"),
        ("9027-03-08", "Is the year right?"),
    ] {
        let form = new(&page).forge("date", date);
        refused(desk.submit(&form).await, problem, &[date]);
    }
    let form = new(&page).set("date", "2027-03-08").set("kind", "open");
    refused(desk.submit(&form).await, "Write from when until when", &["2027-03-08"]);
    let page = save(&desk, &new(&page).set("date", "2027-03-08").set("kind", "closed")).await;
    page.must_say("Monday, March 8");
    assert_eq!(minis_on(&app, "2027-03-08").await, 0);
    let again = new(&page).set("date", "2027-03-08").set("kind", "closed");
    refused(desk.submit(&again).await, "hours of its own already", &["2027-03-08"]);
    let own = |page: &Page, date: &str| page.form(&format!("#date-{date} form[action^='/admin/hours/date#']"));
    let open = own(&page, "2027-03-08")
        .set("kind", "open")
        .set("opens", "10:00")
        .set("closes", "11:00");
    let page = save(&desk, &open).await;
    assert_eq!(minis_on(&app, "2027-03-08").await, 4);
    let page = save(&desk, &own(&page, "2027-03-08").set("date", "2027-03-09")).await;
    assert_eq!(minis_on(&app, "2027-03-08").await, before);
    assert_eq!(minis_on(&app, "2027-03-09").await, 4);
    save(&desk, &page.form("form[action='/admin/hours/date/delete']"))
        .await
        .must_not_say("Tuesday, March 9, all");
    assert_ne!(minis_on(&app, "2027-03-09").await, 4);
}

#[tokio::test]
async fn time_off_by_the_day_and_by_the_hour() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let before = minis_on(&app, "2027-03-08").await;
    let new = |page: &Page| page.form("#away-new form[action^='/admin/hours/time-off#']");
    let page = hours(&desk).await;
    let typed = |from: [&str; 2], until: [&str; 2]| {
        let form = new(&page).forge("from_date", from[0]).forge("from_time", from[1]);
        form.forge("until_date", until[0]).forge("until_time", until[1])
    };
    for (from, until, problem) in [
        (["", ""], ["", ""], "Choose a day"),
        (["2027-02-30", ""], ["2027-03-08", ""], "There is no such day"),
        (["2027-03-08", "half past"], ["2027-03-08", ""], "hours and minutes"),
        (["2027-03-08", ""], ["2027-13-08", ""], "There is no such day"),
        (
            ["2027-03-08", "12:00"],
            ["2027-03-08", "9:00"],
            "It has to end after it starts",
        ),
        (["2027-03-08", ""], ["2027-03-05", ""], "It has to end after it starts"),
        (["2027-02-08", ""], ["2027-02-10", ""], "That is over already"),
    ] {
        let kept: Vec<&str> = from.into_iter().chain(until).filter(|text| !text.is_empty()).collect();
        refused(desk.submit(&typed(from, until)).await, problem, &kept);
    }
    assert_eq!(minis_on(&app, "2027-03-08").await, before);
    let page = save(&desk, &typed(["2027-03-08", ""], ["2027-03-10", ""])).await;
    page.must_say("Monday, March 8, to Wednesday, March 10");
    assert_eq!(minis_on(&app, "2027-03-08").await, 0);
    assert_eq!(minis_on(&app, "2027-03-10").await, 0);
    refused(
        desk.submit(&typed(["2027-03-08", ""], ["2027-03-09", ""])).await,
        "begins then",
        &["2027-03-08", "2027-03-09"],
    );
    let changed = page.form("details:has(input[name='was']) form[action^='/admin/hours/time-off#']");
    let changed = changed.set("until_date", "").set("until_time", "12:00");
    let page = save(&desk, &changed).await;
    page.must_say("Monday, March 8, until 12:00 pm");
    let left = minis_on(&app, "2027-03-08").await;
    assert!(0 < left && left < before);
    save(&desk, &page.form("form[action='/admin/hours/time-off/delete']")).await;
    assert_eq!(minis_on(&app, "2027-03-08").await, before);
}

#[tokio::test]
async fn she_sees_what_parents_see_and_reads_why_a_time_is_not_offered() {
    let app = TestApp::start().await;
    let desk = app.desk().await;
    let why = async |day: &str, time: &str, way: &str| {
        let page = hours(&desk).await;
        let form = page
            .form("#preview form")
            .set("way", way)
            .set("day", day)
            .set("time", time);
        let page = desk.submit(&form.press("why", "yes")).await.expect(200);
        page.text("#because")
    };
    let mini = "free-mini-consult.telehealth";
    let said = why("2027-03-01", "10:15", mini).await;
    assert!(said.contains("It is 15 minutes away; this offering asks for"), "{said}");
    assert!(said.contains("Ask for less notice"), "{said}");
    assert!(why("2027-03-08", "9:00", mini).await.contains("is offered"));
    let said = why("2027-03-08", "5:00", mini).await;
    assert!(
        said.contains("You have no hours then. Mondays are 9:00 am to 4:00 pm"),
        "{said}"
    );
    let said = why("2027-03-08", "9:07", mini).await;
    assert!(
        said.contains("every 15 minutes") && said.contains("9:00 am and 9:15 am"),
        "{said}"
    );
    assert!(why("2028-03-06", "9:00", mini).await.contains("days ahead"));
    let page = hours(&desk).await;
    let form = page.form("#preview form").set("day", "2027-03-08").set("time", "noon");
    let page = desk.submit(&form.press("why", "yes")).await.expect(200);
    page.must_say("Write the time as hours and minutes");
    assert_eq!(page.form("#preview form").value("time"), Some("noon"));
    // What is offered here is what is offered there.
    let free = page.count("#preview .free");
    assert_eq!(free, minis_on(&app, "2027-03-08").await);
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let page = desk.visit("/admin/hours?day=2027-03-01").await.expect(200);
    let taken = page.link("#preview .gone[href*='start=']");
    let page = desk
        .visit(&format!("{}?{}", taken.path(), taken.query().unwrap()))
        .await
        .expect(200);
    page.must_say("not offered").must_not_say("Aoife");
    for garbage in [
        "day=2027-02-30",
        "day=9999-12-31",
        "start=yesterday",
        "way=dance.barefoot",
        "time=%00&why=1",
        "day=-9999-01-01",
    ] {
        desk.visit(&format!("/admin/hours?{garbage}")).await.expect(200);
    }
    desk.visit("/admin/hours?who=nobody").await.expect(404);
}

#[tokio::test]
async fn the_command_line_says_of_every_start_that_is_not_offered_why() {
    let program = Program::new().await;
    let mut serving = program.serve().await;
    let question = ["slots", "--offering", "free-mini-consult", "--mode", "telehealth"];
    let week = ["--from", "2020-03-02T00:00:00Z", "--to", "2020-03-09T00:00:00Z"];
    let all = [&question[..], &week[..], &["--explain"]].concat();
    let answer: serde_json::Value = serde_json::from_str(&program.answer(&all)).unwrap();
    assert_eq!(answer["slots"].as_array().unwrap().len(), 0);
    let not = answer["not_offered"].as_array().unwrap();
    assert!(not.len() > 50);
    assert!(
        not.iter()
            .all(|one| one["reason"] == "past" && one["start"].is_string()),
        "{not:?}"
    );
    let output = program.run(&["slots", "--scenario", "a.json", "--explain"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    serving.signal(Signal::TERM);
    serving.end(std::time::Duration::from_secs(20));
}
