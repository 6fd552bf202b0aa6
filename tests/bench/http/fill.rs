//! A practice with a past: visits that are copies of one that was booked, and time off.

use std::fmt::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};

const COMING: u32 = 500;
const AWAY: u32 = 5_000;

/// A month of the free mini-consult, from tomorrow.
pub fn question() -> String {
    let from = tomorrow();
    let to = from + SignedDuration::from_hours(31 * 24);
    format!("/api/v1/offerings/free-mini-consult/slots?mode=telehealth&from={from}&to={to}")
}

fn tomorrow() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program beside it lives in the present too"
    )]
    let now = Timestamp::now();
    let day = 86_400 * (now.as_second() / 86_400 + 1);
    Timestamp::from_second(day).unwrap()
}

/// Brings the database in `folder` to `past` past visits (it may have fewer), and once to what is to come.
pub async fn to(folder: &Path, address: &str, past: u32) {
    let file = folder.join("data/goldenhour.db");
    let db = Database::connect(format!("sqlite://{}", file.display())).await.unwrap();
    let count = async |sql: &str| {
        let row = db
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    };
    if count("SELECT COUNT(*) FROM appointment").await == 0 {
        book(address).await;
        let columns = "SELECT group_concat(name) FROM pragma_table_info('appointment')";
        let row = db
            .query_one_raw(Statement::from_string(DbBackend::Sqlite, columns))
            .await
            .unwrap()
            .unwrap();
        let columns: String = row.try_get_by_index(0).unwrap();
        let base = tomorrow().as_microsecond();
        let hour = 3_600_000_000_i64;
        copies(
            &db,
            &columns,
            COMING,
            "confirmed",
            base,
            60 * 24 * hour / i64::from(COMING),
        )
        .await;
        away(&db, base).await;
    }
    let there = u32::try_from(count("SELECT COUNT(*) FROM appointment WHERE state = 'completed'").await).unwrap();
    let columns = "SELECT group_concat(name) FROM pragma_table_info('appointment')";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, columns))
        .await
        .unwrap()
        .unwrap();
    let columns: String = row.try_get_by_index(0).unwrap();
    let base = tomorrow().as_microsecond() - 3 * 86_400_000_000 - i64::from(there) * 2_400_000_000;
    copies(&db, &columns, past - there, "completed", base, -2_400_000_000).await;
    assert_eq!(
        count("SELECT COUNT(*) FROM appointment WHERE state = 'completed'").await,
        i64::from(past)
    );
    db.close().await.unwrap();
}

/// Copies of the booked visit, each `apart` microseconds from the one before.
async fn copies(db: &sea_orm::DatabaseConnection, columns: &str, count: u32, state: &str, base: i64, apart: i64) {
    let start = format!("({base} + n.n * {apart})");
    let values: Vec<String> = columns
        .split(',')
        .map(|name| match name {
            "id" => "randomblob(16)".into(),
            "link_hash" => "randomblob(32)".into(),
            "state" => format!("'{state}'"),
            "starts_at" | "blocked_from" | "state_since" | "created_at" | "changed_at" => start.clone(),
            "ends_at" | "blocked_until" => format!("{start} + 900000000"),
            other => format!("a.{other}"),
        })
        .collect();
    let mut sql = String::new();
    write!(
        sql,
        "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {count}) \
         INSERT INTO appointment ({columns}) SELECT {} FROM (SELECT * FROM appointment WHERE price_minor = 0 ORDER BY rowid LIMIT 1) a, n WHERE {count} > 0",
        values.join(", ")
    )
    .unwrap();
    db.execute_unprepared(&sql).await.unwrap();
}

/// Stretches of five minutes from three hundred days ago to sixty days ahead.
async fn away(db: &sea_orm::DatabaseConnection, base: i64) {
    let apart = 360 * 86_400 / AWAY;
    let from = base / 1_000_000 - 300 * 86_400;
    let civil = |plus: &str| format!("strftime('%Y-%m-%dT%H:%M:%S', {from} + n.n * {apart} + {plus}, 'unixepoch')");
    let sql = format!(
        "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {AWAY}) \
         INSERT INTO time_off (consultant_id, starts, ends) SELECT c.id, {}, {} FROM consultant c, n",
        civil("0"),
        civil("300")
    );
    db.execute_unprepared(&sql).await.unwrap();
}

/// One visit, booked as anybody would.
async fn book(address: &str) {
    let client = tests::visitor::client().build().unwrap();
    let slots: serde_json::Value = client
        .get(format!("http://{address}{}", question()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let start = slots["slots"].as_array().unwrap().last().unwrap()["start"]
        .as_str()
        .unwrap()
        .to_owned();
    let wish = serde_json::json!({
        "offering": "free-mini-consult", "mode": "telehealth", "start": start, "name": "Ana Lee",
        "email": "ana@example.org", "phone": "828-555-0199", "time_zone": "America/New_York",
    });
    let answer = client
        .post(format!("http://{address}/api/v1/appointments"))
        .json(&wish)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap_or_default());
}
