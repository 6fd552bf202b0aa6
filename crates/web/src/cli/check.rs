//! `goldenhour check`: one line for each thing that must be in order, and a failure if one is not. It changes nothing.

use std::error::Error;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;

use access::keyring;
use booking::money::service::Manual;
use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::db::{Db, DbUrl};
use mailing::Mailing;
use secrecy::ExposeSecret;

use super::{Failure, say, sender};
use crate::backup;
use crate::config::Config;
use crate::keys;
use crate::layers::one_line;
use crate::state::App;
use crate::view::View;

/// What is so, or what is wrong.
pub type Finding = Result<String, Failure>;

/// Looks at everything, even when something before it failed; without settings there is nothing to look at.
pub async fn run(file: Option<&Path>) -> Result<(), Failure> {
    let config = Config::read(file)?;
    let words = format!("listens on {} as {}", config.server.listen, config.server.public_url);
    let mut good = tell("configuration", Ok(words))?;
    let database = database(&config).await;
    let usable = matches!(database, Ok((_, true)));
    good &= tell("database", database.map(|(words, _)| words))?;
    good &= tell("keys", key(&config, usable).await)?;
    let templates = View::load().map(|_| "every page and every mail".to_owned());
    good &= tell("templates", templates.map_err(Failure::from))?;
    good &= tell("mail", sender::transport(&config).await)?;
    if let Some(folder) = &config.mail.bounces.maildir {
        let found = Mailing::check_maildir(folder).await;
        good &= tell(
            "mailbox",
            found.map(|()| folder.display().to_string()).map_err(Failure::from),
        )?;
    }
    if let Some(from) = from(&config, usable).await? {
        good &= sender::tell_all(&config, &from)?;
    }
    good &= tell("payments", Ok(payments(&config)))?;
    good &= tell("backup", copies(&config))?;
    if good {
        Ok(())
    } else {
        Err("not everything is in order".into())
    }
}

/// Says one line; `false` if something is wrong.
pub fn tell(what: &str, finding: Finding) -> Result<bool, Failure> {
    let good = finding.is_ok();
    let words = finding.unwrap_or_else(|error| one_line(error.as_ref() as &(dyn Error + 'static)));
    say(&format!("{:6}  {what}: {words}", if good { "ok" } else { "FAILED" }))?;
    Ok(good)
}

/// What is there, and whether it can be asked for more.
async fn database(config: &Config) -> Result<(String, bool), Failure> {
    let url = &config.database.0;
    let name = format!("{:?}", config.database);
    if let (DbUrl::Sqlite(file), Some(folder)) = (url, url.data_folder()) {
        if folder.exists() {
            writable(folder)?;
        }
        if !file.exists() {
            return Ok((format!("{name} does not exist yet and will be made"), false));
        }
    }
    let missing = migrations::state(url).await?;
    if missing.is_empty() {
        return Ok((format!("{name} has the newest schema"), true));
    }
    Ok((
        format!("{name} will be brought to the newest schema ({} steps)", missing.len()),
        false,
    ))
}

fn writable(folder: &Path) -> Result<(), Failure> {
    let probe = folder.join(format!(".goldenhour-check-{}", std::process::id()));
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)
        .and_then(|_| std::fs::remove_file(&probe))
        .map_err(|why| format!("the folder {} cannot be written: {why}", folder.display()).into())
}

/// Where the daily copies go, and the newest of them.
fn copies(config: &Config) -> Finding {
    let folder = &config.backup_folder;
    if matches!(config.database.0, DbUrl::Postgres(_)) {
        return Ok("a PostgreSQL database is copied by its own program".to_owned());
    }
    if folder.exists() {
        writable(folder)?;
    }
    let newest = backup::newest(folder).map_or("there is none yet".to_owned(), |date| {
        format!("the newest is of {date}")
    });
    Ok(format!("a copy a day into {}; {newest}", folder.display()))
}

async fn key(config: &Config, usable: bool) -> Finding {
    let keys = keys::find(config)?;
    let known = if usable {
        let db = Db::open(&config.database.0).await?;
        let known = keyring::known(&db, 1).await;
        db.close().await?;
        known?
    } else {
        None
    };
    match (keys, known) {
        (Some(keys), Some(known)) if keys.fingerprint() != known => Err(format!(
            "the key's fingerprint is {}, but the database was used with {known}",
            keys.fingerprint()
        )
        .into()),
        (Some(keys), _) => Ok(format!("fingerprint {}", keys.fingerprint())),
        (None, Some(known)) => {
            Err(format!("the key is missing; the database was used with the one of fingerprint {known}").into())
        }
        (None, None) => Ok("a key will be made for the new database".to_owned()),
    }
}

/// Who takes payments. Nothing is asked of a service: a key of the wrong kind is told apart by its beginning.
fn payments(config: &Config) -> String {
    let Some(stripe) = &config.stripe else {
        return "marked by hand".to_owned();
    };
    let test = stripe.secret_key.expose_secret().contains("_test_");
    let kind = if test { " with a test key: no money moves" } else { "" };
    let hook = config.server.public_url.at("/webhooks/stripe");
    format!("by Stripe at {}{kind}; it has to tell {hook}", stripe.api_base)
}

/// The address that mails are from, if it is known already.
async fn from(config: &Config, usable: bool) -> Result<Option<String>, Failure> {
    if let Some(from) = &config.mail.from {
        return Ok(Some(from.address.as_str().to_owned()));
    }
    let Some(keys) = keys::find(config)?.filter(|_| usable) else {
        return Ok(None);
    };
    let db = Db::open(&config.database.0).await?;
    let app = App::new(
        Arc::new(config.clone()),
        db.clone(),
        keys,
        Clock::system(),
        Chance::from_system()?,
        Arc::new(Manual),
    )?;
    let found = if app.booking().has_practice().await? {
        Some(app.booking().practice().await?.email.as_str().to_owned())
    } else {
        None
    };
    drop(app);
    db.close().await?;
    Ok(found)
}
