//! The settings, read once and checked before anything starts.
//!
//! A key that does not exist, a value that makes no sense, and a wish that this version cannot fulfil are refused by name: a setting
//! that is silently ignored is a promise broken later. `config/default.toml` describes every key.

mod bounces;
mod layers;
mod payments;
mod public_url;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use jiff::SignedDuration;
use kernel::db::DbUrl;
use kernel::email::EmailAddress;
use mailing::outbox::{Dkim, DkimError, NotAServer, SmtpServer};
use secrecy::{ExposeSecret, SecretString};

use crate::stripe::StripeSettings;
pub use bounces::Bounces;
use layers::Layers;
pub use layers::admin_password;
pub use public_url::PublicUrl;

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `server.*`
    pub server: Server,
    /// `log.*`
    pub log: Log,
    /// `database.url`
    pub database: Database,
    /// `mail.*`
    pub mail: Mail,
    /// `payments.manual.hold_hours`: how long an unpaid appointment is kept when it is not paid online.
    pub hold: SignedDuration,
    /// `payments.stripe.*`, when `payments.provider` is `stripe`; otherwise payments are marked by hand.
    pub stripe: Option<StripeSettings>,
    /// `telehealth.*`
    pub telehealth: Telehealth,
    /// `limits.enabled`: whether limits per network, domain, address, sign-in and time of day are in force.
    pub limits: bool,
    /// `demo.load` is `auto`.
    pub demo: bool,
    /// `backup.folder`: where the daily copies go.
    pub backup_folder: PathBuf,
}

/// `server.*`
#[derive(Clone, Debug)]
pub struct Server {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What every link begins with.
    pub public_url: PublicUrl,
    /// 64 hexadecimal digits, when they were given.
    pub secret_key: Option<SecretString>,
    /// Networks whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// When the program has ended at the latest, counted from the moment a stop was asked for.
    pub drain: Duration,
    /// Connections at once.
    pub max_connections: usize,
    /// The longest a request may take.
    pub request: Duration,
    /// The largest body of a request, in bytes.
    pub max_body: usize,
    /// Opens `/metrics` to who is not on this machine.
    pub metrics_token: Option<SecretString>,
}

/// `log.*`
#[derive(Clone, Debug)]
pub struct Log {
    /// A filter of `tracing_subscriber`.
    pub filter: String,
    /// One JSON object a line.
    pub json: bool,
}

/// `database.url`; `Debug` does not show it, because it may hold a password.
#[derive(Clone)]
pub struct Database(pub DbUrl);

/// `mail.*`
#[derive(Clone, Debug)]
pub struct Mail {
    /// Where mails go.
    pub transport: Transport,
    /// `mail.smtp.url`.
    pub smtp: SmtpServer,
    /// Connections at once.
    pub connections: usize,
    /// Mails a minute; `None` is no limit.
    pub rate_per_minute: Option<u32>,
    /// The first pause before a mail is tried again.
    pub retry_initial: SignedDuration,
    /// The longest such pause.
    pub retry_max: SignedDuration,
    /// When a mail is given up, counted from its first attempt.
    pub give_up_after: SignedDuration,
    /// When another instance may take over.
    pub lease: SignedDuration,
    /// A sender other than the practice's.
    pub from: Option<Sender>,
    /// A postal address other than the practice's.
    pub postal_address: Option<String>,
    /// `mail.dkim.*`: with what every mail is signed.
    pub dkim: Option<Dkim>,
    /// `mail.bounces.*`
    pub bounces: Bounces,
}

/// `mail.transport`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Kept in the database, readable at `/outbox`.
    Capture,
    /// Handed to an SMTP server.
    Smtp,
    /// Written as files.
    File,
}

/// `mail.from`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The name before the address, if one is given.
    pub name: Option<String>,
    /// The bare address.
    pub address: EmailAddress,
}

/// `telehealth.*`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Telehealth {
    /// A room of its own for each visit, below this address.
    Jitsi(String),
    /// The same room for every visit.
    Fixed(String),
}

/// Why the program does not start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read, or is no TOML.
    #[error("the configuration file {} cannot be read: {why}", file.display())]
    Read {
        /// As it was given.
        file: PathBuf,
        /// What the system or the parser said.
        why: String,
    },
    /// A variable holds no text.
    #[error("the environment cannot be read: {0}")]
    Environment(String),
    /// Nobody knows this key.
    #[error("{key} is no setting of goldenhour (it is set in {place})")]
    Unknown {
        /// The dotted key.
        key: String,
        /// The file or the environment.
        place: String,
    },
    /// The value makes no sense.
    #[error("{key} {why}")]
    Bad {
        /// The dotted key.
        key: &'static str,
        /// What it should be, as the rest of a sentence.
        why: String,
    },
    /// A value is needed and none was given.
    #[error("{key} is not set")]
    Missing {
        /// The dotted key.
        key: &'static str,
    },
}

impl ConfigError {
    fn bad(key: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Bad {
            key,
            why: why.to_string(),
        }
    }
}

impl Config {
    /// Reads the defaults, the file and the environment.
    ///
    /// # Errors
    /// The first key that is unknown, or whose value cannot be used.
    pub fn read(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut layers = Layers::read(file)?;
        let config = Self::of(&mut layers);
        // A misspelt key is the likelier mistake than a missing one, and its name the better answer.
        layers.finish().and(config)
    }

    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let server = Server::of(layers);
        let log = Log::of(layers);
        let database = Database::of(layers);
        let mail = Mail::of(layers);
        let payments = payments::payments(layers);
        let telehealth = Telehealth::of(layers);
        let limits = layers.switch("limits.enabled");
        let demo = layers.parsed("demo.load", |text| match text {
            "auto" => Ok(true),
            "never" => Ok(false),
            _ => Err("is auto or never"),
        });
        let backup_folder = layers.parsed("backup.folder", |text| Ok::<_, std::convert::Infallible>(text.into()));
        let (hold, stripe) = payments?;
        let config = Self {
            server: server?,
            log: log?,
            database: database?,
            mail: mail?,
            hold,
            stripe,
            telehealth: telehealth?,
            limits: limits?,
            demo: demo?,
            backup_folder: backup_folder?,
        };
        if matches!(config.database.0, DbUrl::Postgres(_)) && config.server.secret_key.is_none() {
            return Err(ConfigError::bad(
                "server.secret_key",
                "must be set with PostgreSQL: 64 hexadecimal digits",
            ));
        }
        Ok(config)
    }

    /// The folder of the SQLite file, for what belongs to the installation; with PostgreSQL the working folder's `data`.
    pub fn data_folder(&self) -> PathBuf {
        self.database
            .0
            .data_folder()
            .map_or_else(|| PathBuf::from("data"), Path::to_owned)
    }

    /// Whether `/outbox` may exist at all: only where mails are captured, and only while nobody else can reach the program.
    pub fn shows_outbox(&self) -> bool {
        self.mail.transport == Transport::Capture && self.server.public_url.is_loopback()
    }
}

impl Server {
    /// The part of [`Server::drain`] that requests and mails have; the rest is for cutting off and closing.
    pub fn finishing(&self) -> Duration {
        self.drain.saturating_sub((self.drain / 10).min(Duration::from_secs(1)))
    }

    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let listen = layers.parsed("server.listen", |text| {
            text.parse()
                .map_err(|_| "is an address and a port, such as 127.0.0.1:8080")
        });
        let public_url = layers.parsed("server.public_url", PublicUrl::parse);
        let secret_key = layers.secret("server.secret_key", "server.secret_key_file");
        let networks = layers.list("server.trusted_proxies");
        let drain = layers.number("server.drain_seconds", 0, 3600);
        let max_connections = layers.number("server.max_connections", 1, 1_000_000);
        let request = layers.number("server.request_seconds", 1, 3600);
        let max_body = layers.number("server.max_body_kilobytes", 16, 1_000_000);
        let metrics_token = layers.secret("server.metrics_token", "server.metrics_token_file");
        let secret_key = secret_key?;
        if let Some(key) = &secret_key {
            kernel::keys::Keys::from_hex(key.expose_secret())
                .map_err(|_| ConfigError::bad("server.secret_key", "is 64 hexadecimal digits"))?;
        }
        Ok(Self {
            listen: listen?,
            public_url: public_url?,
            secret_key,
            trusted_proxies: networks?.iter().map(|text| network(text)).collect::<Result<_, _>>()?,
            drain: Duration::from_secs(drain?),
            max_connections: usize::try_from(max_connections?).unwrap_or(usize::MAX),
            request: Duration::from_secs(request?),
            max_body: usize::try_from(max_body?).unwrap_or(usize::MAX).saturating_mul(1024),
            metrics_token: metrics_token?,
        })
    }
}

/// A network such as `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, ConfigError> {
    text.parse()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| {
            ConfigError::bad(
                "server.trusted_proxies",
                format!("has {text:?}, which is no network such as 10.0.0.0/8"),
            )
        })
}

impl Log {
    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let filter = layers.parsed("log.filter", |text| {
            text.parse::<tracing_subscriber::EnvFilter>()
                .map(|_| text.to_owned())
                .map_err(|_| "is a level (error, warn, info, debug) or rules such as info,mailing=debug")
        });
        let json = layers.switch("log.json");
        Ok(Self {
            filter: filter?,
            json: json?,
        })
    }
}

impl Database {
    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let file = layers.secret_file("database.url_file");
        let url = layers.text("database.url");
        let url = match file? {
            Some(url) => url,
            None => url?.ok_or(ConfigError::Missing { key: "database.url" })?.into(),
        };
        let parsed = url.expose_secret().trim().parse();
        parsed
            .map(Self)
            .map_err(|_| ConfigError::bad("database.url", "begins with sqlite:// or postgres://"))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            DbUrl::Sqlite(path) => write!(f, "SQLite {}", path.display()),
            DbUrl::Postgres(_) => f.write_str("PostgreSQL"),
        }
    }
}

impl Mail {
    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let transport = layers.parsed("mail.transport", |text| match text {
            "capture" => Ok(Transport::Capture),
            "smtp" => Ok(Transport::Smtp),
            "file" => Ok(Transport::File),
            _ => Err("is capture, smtp or file"),
        });
        let smtp_file = layers.secret_file("mail.smtp.url_file");
        let smtp_url = layers.text("mail.smtp.url");
        let connections = layers.number("mail.smtp.connections", 1, 100);
        let rate = layers.number("mail.smtp.rate_per_minute", 0, 1_000_000);
        let initial = layers.number("mail.retry.initial_seconds", 1, 86_400);
        let max = layers.number("mail.retry.max_seconds", 1, 604_800);
        let hours = layers.number("mail.retry.give_up_after_hours", 1, 720);
        let lease = layers.number("mail.lease_seconds", 1, 3600);
        let from = layers.optional("mail.from", Sender::parse);
        let postal_address = layers.text("mail.postal_address");
        let dkim = dkim(layers);
        let from = from?;
        let bounces = Bounces::of(layers, from.as_ref());
        let smtp_url = match smtp_file? {
            Some(url) => url,
            None => smtp_url?.ok_or(ConfigError::Missing { key: "mail.smtp.url" })?.into(),
        };
        let smtp = smtp_url
            .expose_secret()
            .parse()
            .map_err(|why: NotAServer| ConfigError::bad("mail.smtp.url", format!("is no mail server: {why}")));
        Ok(Self {
            transport: transport?,
            smtp: smtp?,
            connections: usize::try_from(connections?).unwrap_or(1),
            rate_per_minute: u32::try_from(rate?).ok().filter(|rate| *rate > 0),
            retry_initial: seconds(initial?),
            retry_max: seconds(max?),
            give_up_after: seconds(hours?.saturating_mul(3600)),
            lease: seconds(lease?),
            from,
            postal_address: postal_address?,
            dkim: dkim?,
            bounces: bounces?,
        })
    }
}

/// The key by which mails are signed: neither setting, or both.
fn dkim(layers: &mut Layers) -> Result<Option<Dkim>, ConfigError> {
    const SELECTOR: &str = "mail.dkim.selector";
    const FILE: &str = "mail.dkim.key_file";
    let (selector, file) = (layers.text(SELECTOR), layers.text(FILE));
    let (selector, file) = match (selector?, file?) {
        (None, None) => return Ok(None),
        (Some(selector), Some(file)) => (selector, file),
        (None, Some(_)) => return Err(ConfigError::Missing { key: SELECTOR }),
        (Some(_), None) => return Err(ConfigError::Missing { key: FILE }),
    };
    let pem = std::fs::read(&file).map_err(|e| ConfigError::bad(FILE, format!("cannot be read: {e}")))?;
    Dkim::new(&selector, &pem).map(Some).map_err(|why| match why {
        DkimError::Selector => ConfigError::bad(SELECTOR, why.to_string()),
        DkimError::Key | DkimError::Signing => ConfigError::bad(FILE, why.to_string()),
    })
}

impl Sender {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            Some((name, address)) => (Some(name.trim().trim_matches('"').to_owned()), address),
            None => (None, text),
        };
        if name.as_ref().is_some_and(|name| name.chars().any(char::is_control)) {
            return Err("has a control character in the name".to_owned());
        }
        let address = EmailAddress::parse(address).map_err(|why| format!("is no sender: {why}"))?;
        Ok(Self {
            name: name.filter(|name| !name.is_empty()),
            address,
        })
    }
}

impl Telehealth {
    fn of(layers: &mut Layers) -> Result<Self, ConfigError> {
        let provider = layers.text("telehealth.provider");
        let base = layers.optional("telehealth.base_url", web_address);
        let link = layers.optional("telehealth.link", web_address);
        match provider?.as_deref().map(str::trim) {
            Some("jitsi") => match base? {
                Some(base) => Ok(Self::Jitsi(base.trim_end_matches('/').to_owned())),
                None => Err(ConfigError::Missing {
                    key: "telehealth.base_url",
                }),
            },
            Some("fixed") => link?
                .map(Self::Fixed)
                .ok_or(ConfigError::Missing { key: "telehealth.link" }),
            _ => Err(ConfigError::bad("telehealth.provider", "is jitsi or fixed")),
        }
    }
}

fn web_address(text: &str) -> Result<String, &'static str> {
    let uri = text
        .parse::<axum::http::Uri>()
        .map_err(|_| "is an address that begins with https://")?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err("is an address that begins with https://"),
    }
}

/// A key whose feature comes later: leaving it out is fine, setting it is refused, because nothing would come of it.
fn not_built(layers: &mut Layers, key: &'static str) -> Result<(), ConfigError> {
    match layers.text(key)? {
        Some(_) => Err(ConfigError::bad(key, "cannot be used in this version: leave it out")),
        None => Ok(()),
    }
}

fn seconds(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
