//! The table `picture`: what letters and articles show.

use kernel::instant::Instant;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::sql;

/// A picture, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Picture {
    /// Its name in addresses: `/media/{file}`.
    pub file: String,
    /// In pixels.
    pub width: i32,
    /// In pixels.
    pub height: i32,
    /// What it shows, in words.
    pub alt: String,
}

impl Picture {
    /// How a letter shows it.
    pub fn markdown(&self) -> String {
        format!("![{}](/media/{})", self.alt, self.file)
    }
}

/// The bytes of a picture.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PictureFile {
    /// `jpeg` or `png`.
    pub kind: String,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// Keeps a picture, unless it is there.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    picture: &Picture,
    kind: &str,
    bytes: &[u8],
    now: Instant,
) -> Result<(), DbErr> {
    let text = "INSERT INTO picture (file, kind, width, height, alt, bytes, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (file) DO NOTHING";
    let values = [
        picture.file.as_str().into(),
        kind.into(),
        picture.width.into(),
        picture.height.into(),
        picture.alt.as_str().into(),
        bytes.to_vec().into(),
        now.into(),
    ];
    let backend = ConnectionTrait::get_database_backend(tx);
    tx.execute_raw(sql(backend, text, values)).await.map(drop)
}

pub(crate) async fn read(db: &impl ConnectionTrait, file: &str) -> Result<Option<PictureFile>, DbErr> {
    let text = "SELECT kind, bytes FROM picture WHERE file = $1";
    PictureFile::find_by_statement(sql(db.get_database_backend(), text, [file.into()]))
        .one(db)
        .await
}

pub(crate) async fn exists(db: &impl ConnectionTrait, file: &str) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM picture WHERE file = $1";
    let row = db
        .query_one_raw(sql(db.get_database_backend(), text, [file.into()]))
        .await?;
    Ok(row.is_some())
}
