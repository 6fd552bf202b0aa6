//! Shapes that several tables share: columns of the same meaning, and rows that are only ever added.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// A required id (UUIDv7; BLOB on SQLite, UUID on PostgreSQL).
pub fn id(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).uuid().not_null().take()
}

/// A required instant: microseconds UTC.
pub fn instant(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// An instant that may not have come yet: microseconds UTC, or NULL.
pub fn instant_or_none(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// A required text.
pub fn text(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).text().not_null().take()
}

/// A required SHA-256 (BLOB, BYTEA), by which a link or a session is found.
pub fn hash(name: impl IntoIden) -> ColumnDef {
    ColumnDef::new(name).blob().not_null().take()
}

/// Makes `table` append-only: UPDATE, DELETE and (on PostgreSQL) TRUNCATE are refused with the message `<table>_append_only`.
pub async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '%_append_only', TG_TABLE_NAME; END $$",
        )
        .await?;
        db.execute_unprepared(&format!(
            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ))
        .await?;
    } else {
        for change in ["update", "delete"] {
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {table}_append_only_{change} BEFORE {change} ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END"
            ))
            .await?;
        }
    }
    Ok(())
}
