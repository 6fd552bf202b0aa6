//! Migrating a real file, and a real server when `GOLDENHOUR_TEST_POSTGRES` names one.

use kernel::db::{ConnectError, DbUrl};
use migrations::{DatabaseLock, MigrateError, Migrated, Migrator, migrate, state};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection};

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
