//! Migrating a real file, and a real server when `GOLDENHOUR_TEST_POSTGRES` names one.

use migrations::{DatabaseLock, MigrateError, Migrated, Migrator, migrate, state};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{ConnectionTrait, Database, DatabaseConnection};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn url(folder: &tempfile::TempDir) -> String {
    format!(
        "sqlite://{}/new/folder/goldenhour.db",
        folder.path().display()
    )
}

async fn open(url: &str) -> Result<DatabaseConnection, sea_orm_migration::DbErr> {
    Database::connect(url).await
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
    let db = open(&format!("{url}?mode=rwc")).await?;
    Migrator::up(&db, Some(1)).await?;
    db.execute_unprepared(
        "CREATE TABLE keepsake (word TEXT); INSERT INTO keepsake VALUES ('lantern')",
    )
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
    let old = open(&format!("sqlite://{}", copy.display())).await?;
    assert_eq!(
        old.execute_unprepared("UPDATE keepsake SET word = 'moon'")
            .await?
            .rows_affected(),
        1
    );
    assert_eq!(state(&format!("sqlite://{}", copy.display())).await?, steps);
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
    db.execute_unprepared(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9000_future', 0)",
    )
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
    assert!(matches!(
        DatabaseLock::take(&url),
        Err(MigrateError::InUse { .. })
    ));
    drop(lock);
    DatabaseLock::take(&url)?;
    Ok(())
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    std::fs::write(&file, "")?;
    let url = format!("sqlite://{}/goldenhour.db", file.display());
    match DatabaseLock::take(&url) {
        Err(MigrateError::Folder { folder, .. }) => assert_eq!(folder, file),
        other => return Err(format!("{other:?}").into()),
    }
    Ok(())
}

#[tokio::test]
async fn a_url_of_another_database_is_refused() {
    assert!(matches!(
        DatabaseLock::take("mysql://localhost/x"),
        Err(MigrateError::Url)
    ));
    assert!(matches!(
        DatabaseLock::take("sqlite://"),
        Err(MigrateError::Url)
    ));
}

async fn audit_is_append_only(db: &DatabaseConnection, row: &str) -> Outcome {
    db.execute_unprepared(&format!(
        "INSERT INTO audit (id, at, action) VALUES ({row}, 1, 'sign_in')"
    ))
    .await?;
    for change in ["UPDATE audit SET at = 2", "DELETE FROM audit"] {
        match db.execute_unprepared(change).await {
            Err(refused) => assert!(
                refused.to_string().contains("audit_append_only"),
                "{refused}"
            ),
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
    let admin = open(&server).await?;
    admin
        .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name}"))
        .await?;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await?;
    let (base, _) = server.rsplit_once('/').ok_or("no database in the URL")?;
    let url = format!("{base}/{name}");

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
    admin
        .execute_unprepared(&format!("DROP DATABASE {name}"))
        .await?;
    Ok(())
}
