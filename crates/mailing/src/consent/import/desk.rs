//! Files that are taken in from the desk: they wait in a folder, are read by a worker, and go on after a restart where they were.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use kernel::clock::Clock;
use kernel::db::write;
use kernel::id::ImportId;
use kernel::instant::Instant;
use sea_orm::{DatabaseTransaction, DbErr};

use super::row::Columns;
use super::{HELD, ImportError, Imported, Noted};
use crate::Mailing;
use crate::consent::ExportError;
use crate::consent::csv::{Place, Reader, written};
use crate::store::import as rows;

/// Rows that were passed over, read at once.
const AT_ONCE: i64 = 1_000;
/// The last column of the file with the rows that were passed over.
const REASON: &str = "passed_over_because";

/// An import, and how far it is.
#[derive(Clone, Debug)]
pub struct ImportLine {
    /// Its row.
    pub id: ImportId,
    /// What the file is called.
    pub name: String,
    /// Whether it is done.
    pub state: ImportState,
    /// How long the file is, in bytes.
    pub bytes: u64,
    /// How much of it was read.
    pub read: u64,
    /// What became of its rows so far.
    pub counts: Imported,
    /// Why it could not be read.
    pub problem: Option<String>,
    /// When it came.
    pub made_at: Instant,
    /// When it was done.
    pub finished_at: Option<Instant>,
}

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// It is being read, or waits for it.
    Running,
    /// Every row is in, or was passed over.
    Done,
    /// The file is none that can be read.
    Failed,
}

impl ImportLine {
    /// How many rows were passed over.
    pub fn refused(&self) -> u64 {
        self.counts.skipped.values().sum()
    }

    fn of(row: rows::Row) -> Result<Self, DbErr> {
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(Self {
            id: row.id,
            name: row.name,
            state: match row.state.as_str() {
                "done" => ImportState::Done,
                "failed" => ImportState::Failed,
                _ => ImportState::Running,
            },
            bytes: number(row.bytes),
            read: number(row.read),
            counts: serde_json::from_value(row.counts).map_err(|e| DbErr::Json(e.to_string()))?,
            problem: row.problem,
            made_at: row.made_at,
            finished_at: row.finished_at,
        })
    }
}

/// Where the file of an import waits.
pub fn import_file(folder: &Path, id: ImportId) -> PathBuf {
    folder.join(format!("{id}.csv"))
}

impl Mailing {
    /// The id of an import whose file is about to come.
    pub fn new_import(&self, now: Instant) -> ImportId {
        ImportId::new(now, &self.chance)
    }

    /// Takes in a file that is complete at [`import_file`]; [`Self::run_imports`] reads it.
    pub async fn begin_import(&self, id: ImportId, name: &str, bytes: u64, now: Instant) -> Result<(), DbErr> {
        let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
        let step = async |tx: &DatabaseTransaction, (id, name, bytes, now): &(ImportId, String, u64, Instant)| {
            let counts = serde_json::to_value(Imported::default()).map_err(|e| DbErr::Json(e.to_string()))?;
            rows::insert(tx, (*id, name, *bytes), counts, *now).await
        };
        write::<_, _, DbErr, _>(&self.db, (id, name, bytes, now), step).await
    }

    /// The newest imports.
    pub async fn imports(&self, limit: u32) -> Result<Vec<ImportLine>, DbErr> {
        let rows = rows::newest(self.db.reader(), limit.into()).await?;
        rows.into_iter().map(ImportLine::of).collect()
    }

    /// One import.
    pub async fn import(&self, id: ImportId) -> Result<Option<ImportLine>, DbErr> {
        let row = rows::by_id(self.db.reader(), id).await?;
        row.map(ImportLine::of).transpose()
    }

    /// The rows that were passed over, each with the reason, below the file's own first line.
    pub async fn refused_rows(&self, id: ImportId, mut to: impl Write) -> Result<(), ExportError> {
        let mut after = 0;
        loop {
            let page = rows::refused(self.db.reader(), id, after, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.line;
            for row in page {
                writeln!(to, "{},{}", row.content, written(&row.why))?;
            }
        }
    }

    /// Reads the files that wait in this folder and that no other instance holds; says how many.
    pub async fn run_imports(&self, folder: &Path, clock: &Clock) -> Result<u64, DbErr> {
        let mut count = 0;
        for id in rows::waiting(self.db.reader(), clock.now()).await? {
            let path = import_file(folder, id);
            // Another host's, whose folder has it.
            if !path.exists() {
                continue;
            }
            let now = clock.now();
            let step = async |tx: &DatabaseTransaction, &(id, now): &(ImportId, Instant)| {
                rows::hold(tx, id, now + HELD, now).await
            };
            if !write::<_, _, DbErr, _>(&self.db, (id, now), step).await? {
                continue;
            }
            let problem = match self.run_import(id, &path, clock).await {
                Ok(()) => None,
                Err(ImportError::Database(e)) => return Err(e),
                Err(problem) => Some(problem.to_string()),
            };
            let step = async |tx: &DatabaseTransaction, (id, problem, now): &(ImportId, Option<String>, Instant)| {
                rows::end(tx, *id, problem.as_deref(), *now).await
            };
            write::<_, _, DbErr, _>(&self.db, (id, problem, clock.now()), step).await?;
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(%error, "the file of an import could not be removed");
            }
            count += 1;
        }
        Ok(count)
    }

    async fn run_import(&self, id: ImportId, path: &Path, clock: &Clock) -> Result<(), ImportError> {
        let Some(row) = rows::by_id(self.db.reader(), id).await? else {
            return Ok(());
        };
        let (mut reader, names) = Reader::new(BufReader::new(File::open(path)?))?;
        let columns = Columns::of(&names)?;
        if row.read > 0 {
            reader.go_to(Place {
                at: u64::try_from(row.read).unwrap_or(0),
                line: u64::try_from(row.line).unwrap_or(0),
            })?;
        } else {
            let first = names.iter().map(|name| written(name)).collect::<Vec<_>>().join(",");
            let step = async |tx: &DatabaseTransaction, (id, first): &(ImportId, String)| {
                rows::name_columns(tx, *id, first, REASON).await
            };
            write::<_, _, DbErr, _>(&self.db, (id, first), step).await?;
        }
        let noted = Noted {
            id,
            clock,
            columns: names.len(),
        };
        let before = ImportLine::of(row)?.counts;
        let now = clock.now();
        self.import_from(&mut reader, &columns, before, (now, Some(noted)), |_| {})
            .await
            .map(drop)
    }
}
