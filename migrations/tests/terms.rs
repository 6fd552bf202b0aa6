//! The step that lets each line of a package say its terms, over a database with data.

use kernel::db::DbUrl;
use migrations::{DatabaseLock, Migrator};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A package whose trip was included, one whose was not, and a purchase of each, before the step.
async fn keep_their_terms(url: &DbUrl, hex: fn(&str) -> String, links: [&str; 2]) -> Outcome {
    let db = url.open_writer(1).await?;
    let steps = Migrator::migrations();
    let before = steps
        .iter()
        .position(|step| step.name() == "m0017_terms")
        .ok_or("no step")?;
    Migrator::up(&db, Some(u32::try_from(before)?)).await?;
    let (one, two) = (hex("01"), hex("02"));
    let offering = format!(
        "INSERT INTO offering (id, slug, name, summary, description, minutes, step_minutes, buffer_before_minutes, \
         buffer_after_minutes, notice_minutes, horizon_days, price_minor, terms, modes, channels, places, audience, \
         once_per_family, reminder_minutes, questions, consents, position, archived) VALUES ({one}, 'o', 'O', '', '', 30, 30, \
         0, 0, 0, 60, 0, 'before', '[]', '[]', '[]', 'everyone', FALSE, '[]', '[]', '[]', 0, FALSE)"
    );
    let practice = format!(
        "INSERT INTO practice (id, \"only\", name, discreet_name, tagline, welcome, about, how_to_pay, emergency_line, phone, email, \
         postal_address, zone, currency, locale, colour, policy, home_zones, uid_domain, created_at, changed_at) VALUES ({one}, \
         TRUE, 'P', 'P', '', '', '', '', '', '', 'p@x.example', '[]', 'UTC', 'USD', 'en-US', '#000000', \
         '{{\"free_until_hours\":12}}', '[]', 'x.example', 5, 7)"
    );
    let family = format!(
        "INSERT INTO family (id, email, email_key, created_at) VALUES ({one}, 's@x.example', 's@x.example', 0)"
    );
    let mut rows = vec![offering, practice, family];
    for (id, slug, included, link) in [(&one, "with", "TRUE", links[0]), (&two, "without", "FALSE", links[1])] {
        rows.push(format!(
            "INSERT INTO package (id, slug, name, summary, description, price_minor, valid_months, trip_fee_included, position, \
             archived) VALUES ({id}, '{slug}', 'P', '', '', 100, 3, {included}, 0, FALSE)"
        ));
        rows.push(format!(
            "INSERT INTO package_visit (package_id, offering_id, count, position) VALUES ({id}, {one}, 2, 0)"
        ));
        rows.push(format!(
            "INSERT INTO purchase (id, package_id, family_id, package_name, buyer_name, currency, price_minor, valid_months, \
             trip_fee_included, visits, created_at, generation, key_version, link_hash) VALUES ({id}, {id}, {one}, 'P', 'S', 'USD', \
             100, 3, {included}, '[{{\"offering\":\"a\",\"count\":2}},{{\"offering\":\"b\",\"count\":1}}]', 0, 1, 1, {link})"
        ));
    }
    for row in rows {
        db.execute_unprepared(&row).await?;
    }
    Migrator::up(&db, None).await?;
    let ask = async |sql: &str| {
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql))
            .await
    };
    let included =
        ask("SELECT v.trip_fee_included FROM package_visit v JOIN package p ON p.id = v.package_id ORDER BY p.slug")
            .await?;
    let included: Result<Vec<bool>, _> = included.iter().map(|row| row.try_get_by_index(0)).collect();
    assert_eq!(included?, [true, false]);
    let bought = ask("SELECT b.visits FROM purchase b JOIN package p ON p.id = b.package_id ORDER BY p.slug").await?;
    let bought: Result<Vec<String>, _> = bought
        .iter()
        .map(|row| {
            row.try_get_by_index::<sea_orm_migration::sea_orm::JsonValue>(0)
                .map(|v| v.to_string())
        })
        .collect();
    let bought = bought?;
    assert_eq!(
        bought[0].matches("\"trip_fee_included\":true").count(),
        2,
        "{}",
        bought[0]
    );
    assert!(
        bought[0].contains("\"count\":1") && !bought[1].contains("trip_fee"),
        "{bought:?}"
    );
    let versions = ask("SELECT number, since FROM policy_version").await?;
    let versions: Result<Vec<(i32, i64)>, _> = versions
        .iter()
        .map(|row| Ok::<_, sea_orm_migration::sea_orm::DbErr>((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect();
    assert_eq!(versions?, [(1, 7)]);
    db.close().await.map_err(Into::into)
}

#[tokio::test]
async fn packages_and_purchases_of_before_keep_their_terms() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = DbUrl::Sqlite(folder.path().join("goldenhour.db"));
    let lock = DatabaseLock::take(&url)?;
    keep_their_terms(&url, |id| format!("x'{}{id}'", "0".repeat(30)), ["x'01'", "x'02'"]).await?;
    drop(lock);
    let Ok(server) = std::env::var("GOLDENHOUR_TEST_POSTGRES") else {
        return Ok(());
    };
    let name = format!("terms_{}", std::process::id());
    let admin = server.parse::<DbUrl>()?.open_writer(1).await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').ok_or("no database in the URL")?;
    let of = |id: &str| format!("'{}{id}'::uuid", "0".repeat(30));
    keep_their_terms(&format!("{base}/{name}").parse()?, of, [r"'\x01'", r"'\x02'"]).await?;
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
    Ok(())
}
