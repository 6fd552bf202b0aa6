//! The tables: one file each, its row and its queries. Nothing here decides anything.

pub(crate) mod address_change;
pub(crate) mod bounce;
pub(crate) mod captured_mail;
pub(crate) mod confirmation_link;
pub(crate) mod consent_evidence;
pub(crate) mod consent_proof;
pub(crate) mod delivery;
pub(crate) mod import;
pub(crate) mod lease;
pub(crate) mod letter;
pub(crate) mod mute;
pub(crate) mod outbox;
pub(crate) mod parked;
pub(crate) mod picture;
pub(crate) mod recipient;
pub(crate) mod rows;
pub(crate) mod signup;
pub(crate) mod subscriber;
pub(crate) mod suppression;
pub(crate) mod trouble;

use sea_orm::{DbBackend, Statement, Value};

/// A statement in words that both databases understand (`$1`, `$2`, …).
pub(crate) fn sql<I>(backend: DbBackend, text: impl Into<String>, values: I) -> Statement
where
    I: IntoIterator<Item = Value>,
{
    Statement::from_sql_and_values(backend, text, values)
}

/// `$from, …` for `count` values.
pub(crate) fn places(from: usize, count: usize) -> String {
    (from..from + count)
        .map(|n| format!("${n}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a text holds the value `$place` somewhere.
pub(crate) fn find_in(backend: DbBackend, text: &str, place: usize) -> String {
    let function = if backend == DbBackend::Postgres {
        "strpos"
    } else {
        "instr"
    };
    format!("{function}({text}, ${place}) > 0")
}

/// `($1, …), ($4, …)` for `rows` rows of `columns` values.
pub(crate) fn tuples(rows: usize, columns: usize) -> String {
    (0..rows)
        .map(|row| format!("({})", places(row * columns + 1, columns)))
        .collect::<Vec<_>>()
        .join(", ")
}
