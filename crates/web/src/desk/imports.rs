//! `/admin/subscribers/import`: a file comes in, is kept until it is read, and its progress is shown.

use std::path::{Path as FilePath, PathBuf};

use access::audit::Action;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use kernel::id::ImportId;
use mailing::consent::{ImportLine, ImportState, State as Consent, import_file};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::subscribers::grouped;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Now, Path, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{Count, ImportForm, ImportPage, ImportRow, ImportStage, Tab};

/// The largest file, in bytes, with what a browser sends around it.
pub const LARGEST: usize = 65 * 1024 * 1024;
/// Earlier files that the form lists.
const EARLIER: u32 = 20;

/// Where files wait to be read.
pub fn folder(app: &App) -> PathBuf {
    app.config().data_folder().join("imports")
}

fn url(id: ImportId) -> String {
    format!("/admin/subscribers/imports/{id}")
}

/// The form, and the files so far.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn) -> Answer {
    let room = Room::enter(&app, now).await?;
    show(&app, &form(&app, &room, None).await?)
}

async fn form(app: &App, room: &Room, problem: Option<&str>) -> Result<ImportForm, PageError> {
    let earlier = app.mailing().imports(EARLIER).await?;
    let row = |line: ImportLine| ImportRow {
        url: url(line.id),
        stage: stage(line.state),
        when: room.moment(line.made_at),
        rows: grouped(line.counts.rows),
        name: line.name,
    };
    Ok(ImportForm {
        desk: room.at(Tab::Subscribers),
        problem: problem.map(str::to_owned),
        earlier: earlier.into_iter().map(row).collect(),
    })
}

fn stage(state: ImportState) -> ImportStage {
    match state {
        ImportState::Running => ImportStage::Running,
        ImportState::Done => ImportStage::Done,
        ImportState::Failed => ImportStage::Failed,
    }
}

/// Keeps a file that comes; a worker reads it.
pub async fn send(State(app): State<App>, Now(now): Now, signed_in: SignedIn, sent: Multipart) -> Answer {
    let id = app.mailing().new_import(now);
    let path = import_file(&folder(&app), id);
    let problem = match keep(sent, &path).await {
        Ok(Some((name, bytes))) => {
            app.mailing().begin_import(id, &name, bytes, now).await?;
            app.access()
                .audit(signed_in.0.login, Action::SubscribersImported, Some(id.0), now)
                .await?;
            return Ok(Redirect::to(&url(id)).into_response());
        }
        Ok(None) => "Choose a file first.",
        Err(Kept::Large) => "This file is larger than 64 MB: split it, and bring the parts one after the other.",
        Err(Kept::Cut) => "The file did not arrive whole. Nothing was taken: bring it again.",
        Err(Kept::Disk(error)) => return Err(error.into()),
    };
    let room = Room::enter(&app, now).await?;
    let mut answer = show(&app, &form(&app, &room, Some(problem)).await?)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// Why a file was not kept.
enum Kept {
    Large,
    Cut,
    Disk(std::io::Error),
}

impl From<MultipartError> for Kept {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::Large
        } else {
            Self::Cut
        }
    }
}

impl From<std::io::Error> for Kept {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error)
    }
}

/// Writes the file that is sent; its name and its length.
async fn keep(mut sent: Multipart, path: &FilePath) -> Result<Option<(String, u64)>, Kept> {
    while let Some(mut field) = sent.next_field().await? {
        let Some(name) = field.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else {
            continue;
        };
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let part = path.with_extension("part");
        let mut file = File::create(&part).await?;
        let written = async {
            let mut bytes = 0_u64;
            while let Some(chunk) = field.chunk().await? {
                file.write_all(&chunk).await?;
                bytes += u64::try_from(chunk.len()).unwrap_or(0);
            }
            file.sync_all().await?;
            Ok::<u64, Kept>(bytes)
        };
        return match written.await {
            Ok(bytes) => {
                tokio::fs::rename(&part, path).await?;
                Ok(Some((name, bytes)))
            }
            Err(error) => {
                // Half a list is none.
                let _ = tokio::fs::remove_file(&part).await;
                Err(error)
            }
        };
    }
    Ok(None)
}

async fn find(app: &App, path: &str) -> Result<ImportLine, PageError> {
    let id: ImportId = path.parse().map_err(|_| PageError::NotFound)?;
    app.mailing().import(id).await?.ok_or(PageError::NotFound)
}

/// How far a file is.
pub async fn one(State(app): State<App>, Now(now): Now, _: SignedIn, Path(path): Path) -> Answer {
    let line = find(&app, &path).await?;
    let room = Room::enter(&app, now).await?;
    let page = ImportPage {
        desk: room.at(Tab::Subscribers),
        url: url(line.id),
        stage: stage(line.state),
        percent: if line.state == ImportState::Done {
            100
        } else {
            (line.read * 100 / line.bytes.max(1)).min(99)
        },
        rows: grouped(line.counts.rows),
        became: became(&line),
        refused: refused(&line),
        problem: line.problem,
        name: line.name,
    };
    show(&app, &page)
}

fn became(line: &ImportLine) -> Vec<Count> {
    let new = |state: Consent| match state {
        Consent::Confirmed => "new: they get your letters",
        Consent::Pending => "new, and not confirmed: they get none",
        Consent::Unsubscribed => "have left: they stay so",
        Consent::Bounced => "take no mail: none goes to them",
        Consent::Complained => "marked a letter as spam: none goes to them",
    };
    let added = line.counts.added.iter().map(|(&state, &count)| (count, new(state)));
    let known = [
        (
            line.counts.lowered,
            "were known, and have left or take no mail, as the file says",
        ),
        (
            line.counts.unchanged - line.counts.not_raised,
            "were known, and stay as they are",
        ),
        (
            line.counts.not_raised,
            "have left or not confirmed: a file cannot bring them back",
        ),
    ];
    let all = added.chain(known).filter(|&(count, _)| count > 0);
    all.map(|(count, words)| Count {
        count,
        words: words.to_owned(),
    })
    .collect()
}

fn refused(line: &ImportLine) -> Vec<Count> {
    let count = |(why, &count): (&mailing::consent::Skipped, &u64)| Count {
        count,
        words: why.words().to_owned(),
    };
    line.counts.skipped.iter().map(count).collect()
}

/// The rows that were passed over, each with its reason.
pub async fn rows(State(app): State<App>, _: SignedIn, Path(path): Path) -> Answer {
    let line = find(&app, &path).await?;
    let mut file = Vec::new();
    app.mailing().refused_rows(line.id, &mut file).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"passed-over.csv\""),
    ];
    let mut answer = (headers, file).into_response();
    keep_private(&mut answer);
    Ok(answer)
}
