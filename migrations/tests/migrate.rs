//! Migrating a real file, and a real server when `GOLDENHOUR_TEST_POSTGRES` names one.

use kernel::db::{ConnectError, DbUrl};
use migrations::{DatabaseLock, MigrateError, Migrated, Migrator, migrate, state};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn url(folder: &tempfile::TempDir) -> DbUrl {
    DbUrl::Sqlite(folder.path().join("new/folder/goldenhour.db"))
}

async fn open(url: &DbUrl) -> Result<DatabaseConnection, ConnectError> {
    url.open_writer(1).await
}

#[tokio::test]
async fn an_empty_folder_becomes_a_database_and_stays_as_it_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    assert_eq!(state(&url).await?.len(), Migrator::migrations().len());
    let lock = DatabaseLock::take(&url)?;
    assert_eq!(migrate(&url, &lock).await?, Migrated::Made);
    assert_eq!(migrate(&url, &lock).await?, Migrated::Current);
    assert!(state(&url).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_older_database_is_copied_before_it_is_changed() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    let lock = DatabaseLock::take(&url)?;
    let db = open(&url).await?;
    Migrator::up(&db, Some(1)).await?;
    db.execute_unprepared("CREATE TABLE keepsake (word TEXT); INSERT INTO keepsake VALUES ('lantern')")
        .await?;
    db.close().await?;

    let Migrated::Brought {
        steps,
        copy: Some(copy),
    } = migrate(&url, &lock).await?
    else {
        return Err("no copy".into());
    };
    assert_eq!(steps.len(), Migrator::migrations().len() - 1);
    let copy = DbUrl::Sqlite(copy);
    let old = open(&copy).await?;
    assert_eq!(
        old.execute_unprepared("UPDATE keepsake SET word = 'moon'")
            .await?
            .rows_affected(),
        1
    );
    assert_eq!(state(&copy).await?, steps);
    assert!(state(&url).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_schema_newer_than_the_program_is_refused_by_name() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    let lock = DatabaseLock::take(&url)?;
    migrate(&url, &lock).await?;
    let db = open(&url).await?;
    db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9000_future', 0)")
        .await?;
    db.close().await?;
    match migrate(&url, &lock).await {
        Err(MigrateError::Newer { step }) => assert_eq!(step, "m9000_future"),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn one_file_has_one_holder() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    let lock = DatabaseLock::take(&url)?;
    assert!(matches!(DatabaseLock::take(&url), Err(MigrateError::InUse { .. })));
    drop(lock);
    DatabaseLock::take(&url)?;
    Ok(())
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    std::fs::write(&file, "")?;
    let url = DbUrl::Sqlite(file.join("goldenhour.db"));
    match DatabaseLock::take(&url) {
        Err(MigrateError::Connect(ConnectError::Folder(folder, _))) => assert_eq!(folder, file),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

async fn audit_is_append_only(db: &DatabaseConnection, row: &str) -> Outcome {
    db.execute_unprepared(&format!(
        "INSERT INTO audit (id, at, action) VALUES ({row}, 1, 'sign_in')"
    ))
    .await?;
    for change in ["UPDATE audit SET at = 2", "DELETE FROM audit"] {
        match db.execute_unprepared(change).await {
            Err(refused) => assert!(refused.to_string().contains("audit_append_only"), "{refused}"),
            Ok(done) => return Err(format!("{change}: {done:?}").into()),
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_audit_log_refuses_every_change() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    migrate(&url, &DatabaseLock::take(&url)?).await?;
    audit_is_append_only(&open(&url).await?, "x'01'").await
}

#[tokio::test]
async fn several_programs_may_migrate_one_server_at_once() -> Outcome {
    let Ok(server) = std::env::var("GOLDENHOUR_TEST_POSTGRES") else {
        return Ok(());
    };
    let name = format!("migrate_{}", std::process::id());
    let admin = open(&server.parse()?).await?;
    admin
        .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}"))
        .await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').ok_or("no database in the URL")?;
    let url: DbUrl = format!("{base}/{name}").parse()?;

    let programs: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { migrate(&url, &DatabaseLock::take(&url)?).await })
        })
        .collect();
    let mut made = 0;
    for program in programs {
        made += usize::from(program.await?? == Migrated::Made);
    }
    assert_eq!(made, 1);
    let db = open(&url).await?;
    audit_is_append_only(&db, "gen_random_uuid()").await?;
    db.close().await?;
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
    Ok(())
}

/// A visit and a purchase that were paid before payments of both stood in one table.
async fn money_is_kept(db: &DatabaseConnection, one: &str, other: &str) -> Outcome {
    let applied = db
        .query_all_raw(Statement::from_string(
            db.get_database_backend(),
            "SELECT version FROM seaql_migrations",
        ))
        .await?
        .len();
    let all = Migrator::migrations();
    let payments = all
        .iter()
        .position(|step| step.name() == "m0015_payments")
        .ok_or("no step")?;
    Migrator::up(db, Some(u32::try_from(payments - applied)?)).await?;
    let rows = [
        format!("UPDATE appointment SET paid_at = 5, price_minor = 9000 WHERE id = {one}"),
        format!(
            "INSERT INTO payment (id, appointment_id, provider, method, minor, currency, paid_at) \
             VALUES ({one}, {one}, 'manual', 'cash', 9000, 'USD', 5)"
        ),
        format!(
            "INSERT INTO package (id, slug, name, summary, description, price_minor, valid_months, trip_fee_included, position, archived) \
             VALUES ({one}, 'p', 'P', '', '', 30000, 6, FALSE, 0, FALSE)"
        ),
        format!(
            "INSERT INTO purchase (id, package_id, family_id, package_name, buyer_name, currency, price_minor, valid_months, \
             trip_fee_included, visits, created_at, paid_at, paid_by, generation, key_version, link_hash) \
             SELECT {other}, {one}, {other}, 'P', 'K', 'USD', 30000, 6, FALSE, '[]', 1, 6, 'transfer', 1, 0, link_hash \
             FROM appointment WHERE id = {one}"
        ),
    ];
    for row in rows {
        db.execute_unprepared(&row).await?;
    }
    Migrator::up(db, None).await?;
    let text = "SELECT (SELECT COUNT(*) FROM payment WHERE appointment_id IS NOT NULL AND method = 'cash' AND accepted) \
                + 10 * (SELECT COUNT(*) FROM payment WHERE purchase_id IS NOT NULL AND minor = 30000 AND paid_at = 6) AS kept, \
                (SELECT SUM(paid_minor) FROM appointment) = 9000 AS summed";
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), text))
        .await?
        .ok_or("no row")?;
    assert_eq!(
        (row.try_get::<i64>("", "kept")?, row.try_get::<bool>("", "summed")?),
        (11, true)
    );
    Ok(())
}

/// Two families of before the step that makes them found: one that booked twice, and one that never did.
async fn are_found(url: &DbUrl, hex: fn(&str) -> String, links: [&str; 2]) -> Outcome {
    let db = open(url).await?;
    let older = Migrator::migrations();
    let desk = older
        .iter()
        .position(|step| step.name() == "m0011_desk")
        .ok_or("no step")?;
    Migrator::up(&db, Some(u32::try_from(desk)?)).await?;
    let (one, two, other) = (hex("01"), hex("02"), hex("03"));
    let visit = |id: &str, link: &str, phone: &str, start: i64| {
        format!(
            "INSERT INTO appointment (id, consultant_id, offering_id, family_id, state, state_since, starts_at, ends_at, \
             blocked_from, blocked_until, overlap_allowed, agreed_start, agreed_zone, parent_zone, mode, channel, parent_name, \
             phone, currency, price_minor, trip_fee_minor, terms, sequence, created_at, changed_at, generation, key_version, \
             link_hash) VALUES ({id}, {one}, {one}, {one}, 'confirmed', 0, {start}, {start} + 1, {start}, {start} + 1, FALSE, \
             '', 'UTC', 'UTC', 'telehealth', 'video', 'Sinéad', {phone}, 'USD', 0, 0, 'before', 0, 0, 0, 0, 0, {link})"
        )
    };
    let rows = [
        format!(
            "INSERT INTO consultant (id, slug, name, credentials, zone, position) VALUES ({one}, 'n', 'N', '', 'UTC', 0)"
        ),
        format!(
            "INSERT INTO offering (id, slug, name, summary, description, minutes, step_minutes, buffer_before_minutes, \
             buffer_after_minutes, notice_minutes, horizon_days, price_minor, terms, modes, channels, places, audience, \
             once_per_family, reminder_minutes, questions, consents, position, archived) VALUES ({one}, 'o', 'O', '', '', 30, 30, \
             0, 0, 0, 60, 0, 'before', '[]', '[]', '[]', 'everyone', FALSE, '[]', '[]', '[]', 0, FALSE)"
        ),
        format!(
            "INSERT INTO family (id, email, email_key, created_at) VALUES ({one}, 'S@X.example', 's@x.example', 0)"
        ),
        format!(
            "INSERT INTO family (id, email, email_key, created_at) VALUES ({other}, 'k@x.example', 'k@x.example', 0)"
        ),
        visit(&one, links[0], "'+1 828-555-0100'", 10),
        visit(&two, links[1], "NULL", 20),
    ];
    for row in rows {
        db.execute_unprepared(&row).await?;
    }
    money_is_kept(&db, &one, &other).await?;
    let text = "SELECT find_text FROM family ORDER BY email";
    let found = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), text))
        .await?;
    let found: Result<Vec<String>, _> = found.iter().map(|row| row.try_get("", "find_text")).collect();
    let mut found = found?;
    found.sort();
    assert_eq!(found, ["k@x.example", "s@x.example\nsinead\n18285550100"]);
    db.close().await.map_err(Into::into)
}

#[tokio::test]
async fn families_of_before_are_found_too() -> Outcome {
    let folder = tempfile::tempdir()?;
    let url = url(&folder);
    let lock = DatabaseLock::take(&url)?;
    are_found(&url, |id| format!("x'{}{id}'", "0".repeat(30)), ["x'01'", "x'02'"]).await?;
    drop(lock);
    let Ok(server) = std::env::var("GOLDENHOUR_TEST_POSTGRES") else {
        return Ok(());
    };
    let name = format!("found_{}", std::process::id());
    let admin = open(&server.parse()?).await?;
    admin
        .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}"))
        .await?;
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    let (base, _) = server.rsplit_once('/').ok_or("no database in the URL")?;
    are_found(
        &format!("{base}/{name}").parse()?,
        |id| format!("'{}{id}'::uuid", "0".repeat(30)),
        [r"'\x01'", r"'\x02'"],
    )
    .await?;
    admin.execute_unprepared(&format!("DROP DATABASE {name}")).await?;
    Ok(())
}
