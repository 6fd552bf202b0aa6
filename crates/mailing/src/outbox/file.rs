//! The transport `file`: one `.eml` a mail in a folder.

use std::io;
use std::path::Path;

use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use super::message::Parcel;

/// Writes `<id>.eml`, whole or not at all; the same mail again replaces its file.
pub(super) async fn keep(folder: &Path, parcel: &Parcel) -> io::Result<()> {
    fs::create_dir_all(folder).await?;
    let part = folder.join(format!("{}.part", parcel.id));
    let mut file = fs::File::create(&part).await?;
    file.write_all(&parcel.bytes).await?;
    file.sync_all().await?;
    fs::rename(&part, folder.join(format!("{}.eml", parcel.id))).await
}
