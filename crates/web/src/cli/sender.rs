//! What `goldenhour check` says of the sender: whether receivers will trust mails in her name, and which records DNS needs for that.

use mailing::outbox::Transport;

use super::Failure;
use super::check::{Finding, tell};
use crate::config::{self, Config};

/// Providers of free addresses, each with the domains of its own mail servers: nobody else may send in their name (their DMARC says so).
const FREE: [(&[&str], &[&str]); 9] = [
    (&["gmail.com", "googlemail.com"], &["gmail.com", "google.com"]),
    (
        &[
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "hotmail.co.uk",
            "outlook.de",
        ],
        &["outlook.com", "office365.com", "live.com"],
    ),
    (
        &[
            "yahoo.com",
            "yahoo.co.uk",
            "yahoo.de",
            "yahoo.fr",
            "ymail.com",
            "rocketmail.com",
            "aol.com",
        ],
        &["yahoo.com", "aol.com"],
    ),
    (&["icloud.com", "me.com", "mac.com"], &["me.com", "icloud.com"]),
    (
        &["gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com"],
        &["gmx.net", "gmx.com"],
    ),
    (&["web.de"], &["web.de"]),
    (
        &["proton.me", "protonmail.com", "pm.me"],
        &["proton.me", "protonmail.com", "protonmail.ch"],
    ),
    (&["mail.com"], &["mail.com"]),
    (&["t-online.de"], &["t-online.de"]),
];

/// Tells everything about the sender `from`, the address that mails are from; `false` if something is wrong.
pub fn tell_all(config: &Config, from: &str) -> Result<bool, Failure> {
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    let mut good = tell("sender", sender(config, from, domain))?;
    if is_free(domain) {
        return Ok(good);
    }
    let host = outgoing_host(config);
    tell(
        "spf",
        Ok(format!(
            "DNS needs: {domain} TXT \"v=spf1 a:{host} ~all\" (or with the include: that your mail provider names, in the one record of that kind)"
        )),
    )?;
    tell("dkim", Ok(dkim(config, domain)))?;
    tell(
        "dmarc",
        Ok(format!(
            "DNS needs: _dmarc.{domain} TXT \"v=DMARC1; p=none; rua=mailto:{from}\" (and p=quarantine once the others are in place)"
        )),
    )?;
    good &= tell("bounces", bounces(config, domain))?;
    Ok(good)
}

fn sender(config: &Config, from: &str, domain: &str) -> Finding {
    let smtp = &config.mail.smtp;
    if config.mail.transport == config::Transport::Smtp
        && let Some((_, servers)) = FREE.iter().find(|(domains, _)| domains.contains(&domain))
        && !servers.iter().any(|own| is_below(smtp.host(), own))
    {
        return Err(format!(
            "mails from {domain} that come through {smtp} are thrown away by receivers: only its own servers may send them. \
             Use an address in a domain of yours for the practice or mail.from, or that provider's server as mail.smtp.url"
        )
        .into());
    }
    Ok(format!("mails are from {from}"))
}

fn is_free(domain: &str) -> bool {
    FREE.iter().any(|(domains, _)| domains.contains(&domain))
}

fn is_below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The host from which mails reach receivers: the relay, or this machine.
fn outgoing_host(config: &Config) -> &str {
    let smtp = &config.mail.smtp;
    if config.mail.transport == config::Transport::Smtp && !smtp.is_loopback() {
        smtp.host()
    } else {
        config.server.public_url.host()
    }
}

fn dkim(config: &Config, domain: &str) -> String {
    match &config.mail.dkim {
        Some(key) => {
            let (name, text) = key.record(domain);
            format!("DNS needs: {name} TXT \"{text}\"")
        }
        None => "mails are not signed; `goldenhour dkim new` makes a key and names the record".to_owned(),
    }
}

fn bounces(config: &Config, domain: &str) -> Finding {
    let Some(address) = &config.mail.bounces.address else {
        return Ok(
            "mails that cannot be delivered return to their sender, and nothing reads them (mail.bounces.address)"
                .to_owned(),
        );
    };
    if !address.suits(domain) {
        return Err(format!(
            "mail.bounces.address is in {}, but mails are from {domain}: receivers trust a return path only in the sender's domain or \
             below it. Until then mails return to their sender",
            address.domain()
        )
        .into());
    }
    let read = match &config.mail.bounces.maildir {
        Some(folder) => format!("read from {}", folder.display()),
        None => "and nothing reads them (mail.bounces.maildir)".to_owned(),
    };
    Ok(format!("mails return to {address} with a tag for each, {read}"))
}

/// Whether the transport's server can be used.
pub async fn transport(config: &Config) -> Finding {
    match config.mail.transport {
        config::Transport::Capture => Ok("captured: nothing leaves this machine".to_owned()),
        config::Transport::File => Ok("written as files".to_owned()),
        config::Transport::Smtp => Ok(Transport::smtp(config.mail.smtp.clone()).check().await?),
    }
}
