//! Subscribers into a file, in a form that can be imported.

use std::fmt::Write as _;
use std::io::Write;

use kernel::id::SubscriberId;
use sea_orm::DbErr;

use super::Topic;
use super::csv::written;
use crate::Mailing;
use crate::store::subscriber;

/// Rows read at once.
const PAGE: i64 = 1_000;

/// A part of the file, and after whom the next one goes on, if there is one.
pub type ExportPage = (String, Option<SubscriberId>);

impl Mailing {
    /// Writes every subscriber as a line, the oldest first.
    pub async fn export_subscribers(&self, mut to: impl Write) -> Result<(), ExportError> {
        let mut from = None;
        loop {
            let (lines, next) = self.export_page(from).await?;
            to.write_all(lines.as_bytes())?;
            from = next;
            if from.is_none() {
                return Ok(to.flush()?);
            }
        }
    }

    /// The first part of the file, with the names of the columns, or the one after this subscriber.
    pub async fn export_page(&self, after: Option<SubscriberId>) -> Result<ExportPage, DbErr> {
        let page = subscriber::page(self.db.reader(), after, PAGE).await?;
        let full = i64::try_from(page.len()).is_ok_and(|n| n == PAGE);
        let next = page.last().map(|line| line.id).filter(|_| full);
        let mut lines = String::new();
        if after.is_none() {
            lines.push_str(FIRST);
        }
        for row in page {
            let topics: Vec<_> = row.topics.iter().map(Topic::slug).collect();
            let _ = writeln!(
                lines,
                "{},{},{},{},{},{}",
                written(row.address.as_str()),
                written(&row.name.unwrap_or_default()),
                written(&topics.join(";")),
                row.state.as_str(),
                row.confirmed_at.map(|at| at.to_string()).unwrap_or_default(),
                row.state_since
            );
        }
        Ok((lines, next))
    }
}

const FIRST: &str = "email,name,topics,status,confirmed_at,status_since\n";

/// Why subscribers could not be written out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Where they go.
    #[error("the subscribers could not be written")]
    Io(#[from] std::io::Error),
    /// The database.
    #[error("the subscribers could not be read")]
    Database(#[from] DbErr),
}
