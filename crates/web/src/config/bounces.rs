//! `mail.bounces.*`: where mails come back to, and the mailbox that is read there.

use std::path::PathBuf;

use mailing::outbox::ReturnAddress;

use super::layers::Layers;
use super::{ConfigError, Sender, not_built};

const ADDRESS: &str = "mail.bounces.address";

/// `mail.bounces.*`
#[derive(Clone, Debug, Default)]
pub struct Bounces {
    /// Behind this address every mail has a return path of its own; without one, mails return to their sender.
    pub address: Option<ReturnAddress>,
    /// The mailbox of that address, as a Maildir.
    pub maildir: Option<PathBuf>,
}

impl Bounces {
    /// What is read can only be matched by the return paths, and those have to be in the sender's domain.
    pub(super) fn of(layers: &mut Layers, from: Option<&Sender>) -> Result<Self, ConfigError> {
        let address = layers.optional(ADDRESS, str::parse::<ReturnAddress>);
        let maildir = layers.text("mail.bounces.maildir");
        let later = not_built(layers, "mail.bounces.imap");
        let (address, maildir) = (address?, maildir?);
        later?;
        match (&address, from) {
            (None, _) if maildir.is_some() => return Err(ConfigError::Missing { key: ADDRESS }),
            (Some(address), Some(from)) if !address.suits(from.address.domain()) => {
                let domain = from.address.domain();
                let why = format!(
                    "has to be in the domain of mail.from, {domain}, or below it: else receivers do not trust the mails"
                );
                return Err(ConfigError::bad(ADDRESS, why));
            }
            _ => {}
        }
        Ok(Self {
            address,
            maildir: maildir.map(PathBuf::from),
        })
    }
}
