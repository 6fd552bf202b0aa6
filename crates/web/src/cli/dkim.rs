//! `goldenhour dkim new`: a key with which mails are signed, and the record that DNS needs for it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;

use clap::Subcommand;
use mailing::outbox::Dkim;
use secrecy::ExposeSecret as _;

use super::{Failure, say};
use crate::state::App;

/// The key by which receivers know that a mail is the practice's.
#[derive(Debug, Subcommand)]
pub enum DkimKey {
    /// Make a key file in the data folder, and print the DNS record
    New {
        /// The name of the record below _domainkey; another one for each new key
        #[arg(long, default_value = "goldenhour")]
        selector: String,
    },
}

/// Runs it. A key file that is there is never written over: mails signed with it may still be on their way.
pub async fn run(what: DkimKey, app: &App) -> Result<(), Failure> {
    let DkimKey::New { selector } = what;
    let domain = match &app.config().mail.from {
        Some(sender) => sender.address.domain().to_owned(),
        None if app.booking().has_practice().await? => app.booking().practice().await?.email.domain().to_owned(),
        None => {
            return Err("there is no practice yet, and no mail.from: the key has to know whose mails it signs".into());
        }
    };
    let pem = Dkim::new_key(app.chance())?;
    let (name, text) = Dkim::new(&selector, pem.expose_secret().as_bytes())?.record(&domain);
    let folder = app.config().data_folder();
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("dkim-{selector}.pem"));
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&file)
        .map_err(|e| format!("{} cannot be made: {e}", file.display()))?;
    out.write_all(pem.expose_secret().as_bytes())?;
    out.sync_all()?;
    say(&format!(
        "The key is in {}. Keep it as you keep a password.",
        file.display()
    ))?;
    say(&format!(
        "\nFirst put this record into the DNS of {domain} (type TXT; in pieces of at most 255 characters where it asks for them):\n\n  {name}\n  {text}\n"
    ))?;
    say(&format!(
        "Then, when it can be seen there, set mail.dkim.selector = \"{selector}\" and mail.dkim.key_file = \"{}\", and start again.",
        file.display()
    ))
}
