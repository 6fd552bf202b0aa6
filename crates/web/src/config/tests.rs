use std::collections::HashMap;
use std::io::Write as _;

use config::Environment;

use super::*;

fn with(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    read(None, variables)
}

fn read(file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: HashMap<String, String> = variables
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    let mut layers = Layers::of(file, Environment::default().source(Some(variables)))?;
    let config = Config::of(&mut layers);
    layers.finish().and(config)
}

fn refusal(variables: &[(&str, &str)]) -> String {
    with(variables).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_those_of_the_interfaces() {
    let config = with(&[]).unwrap();
    assert_eq!(config.server.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(config.server.public_url.origin(), "http://127.0.0.1:8080");
    assert!(config.server.secret_key.is_none() && config.server.trusted_proxies.is_empty());
    assert_eq!(config.server.drain, Duration::from_secs(10));
    assert_eq!(config.database.0, DbUrl::Sqlite("data/goldenhour.db".into()));
    assert_eq!(config.mail.transport, Transport::Capture);
    assert_eq!(
        format!("{:?}", config.mail.smtp),
        format!("{:?}", "smtp://127.0.0.1:25".parse::<SmtpServer>().unwrap())
    );
    assert_eq!((config.mail.connections, config.mail.rate_per_minute), (10, None));
    assert_eq!(config.mail.retry_initial, SignedDuration::from_secs(60));
    assert_eq!(config.mail.retry_max, SignedDuration::from_secs(14_400));
    assert_eq!(config.mail.give_up_after, SignedDuration::from_hours(120));
    assert_eq!(config.mail.lease, SignedDuration::from_secs(60));
    assert_eq!(config.hold, SignedDuration::from_hours(48));
    assert_eq!(config.telehealth, Telehealth::Jitsi("https://meet.jit.si".into()));
    assert!(config.limits && config.demo && config.shows_outbox());
    assert_eq!(config.data_folder(), Path::new("data"));
}

#[test]
fn the_environment_has_the_last_word_over_the_file() {
    let mut file = tempfile::Builder::new().suffix(".conf").tempfile().unwrap();
    writeln!(
        file,
        "[server]\nlisten = \"127.0.0.1:1\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[mail.smtp]\nconnections = 3"
    )
    .unwrap();
    let config = read(
        Some(file.path()),
        &[
            ("GOLDENHOUR_SERVER__LISTEN", "[::1]:2"),
            ("GOLDENHOUR_MAIL__SMTP__URL", "smtps://mail.example.org"),
        ],
    )
    .unwrap();
    assert_eq!(config.server.listen, "[::1]:2".parse().unwrap());
    assert_eq!(config.server.trusted_proxies, ["10.0.0.0/8".parse::<IpNet>().unwrap()]);
    assert_eq!(config.mail.connections, 3);
    assert_eq!(
        format!("{:?}", config.mail.smtp),
        format!("{:?}", "smtps://mail.example.org".parse::<SmtpServer>().unwrap())
    );
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    assert_eq!(
        refusal(&[("GOLDENHOUR_MAIL__SMPT__URL", "x")]),
        "mail.smpt.url is no setting of goldenhour (it is set in the environment)"
    );
    assert!(refusal(&[("GOLDENHOUR_SERVER_LISTEN", "127.0.0.1:1")]).starts_with("server_listen is no setting"));
    assert!(refusal(&[("GOLDENHOUR_MAIL", "x")]).starts_with("mail is no setting"));
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "[server]\nlissten = \"127.0.0.1:1\"").unwrap();
    let refusal = read(Some(file.path()), &[]).unwrap_err().to_string();
    assert!(
        refusal.starts_with("server.lissten is no setting of goldenhour (it is set in the file)"),
        "{refusal}"
    );
}

#[test]
fn a_misspelt_key_is_named_even_when_a_value_is_bad_too() {
    assert!(refusal(&[("GOLDENHOUR_LOG__JSON", "perhaps"), ("GOLDENHOUR_ZZZ", "1")]).starts_with("zzz"));
}

#[test]
fn the_executable_and_the_admin_password_are_no_keys() {
    assert!(
        with(&[
            ("GOLDENHOUR", "/usr/bin/goldenhour"),
            ("GOLDENHOUR_ADMIN_PASSWORD", "secret")
        ])
        .is_ok()
    );
}

#[test]
fn a_bad_value_is_refused_by_the_name_of_its_key() {
    for (variable, value, key) in [
        ("GOLDENHOUR_SERVER__LISTEN", "8080", "server.listen"),
        ("GOLDENHOUR_SERVER__PUBLIC_URL", "example.org", "server.public_url"),
        ("GOLDENHOUR_SERVER__SECRET_KEY", "abc", "server.secret_key"),
        (
            "GOLDENHOUR_SERVER__SECRET_KEY_FILE",
            "/nowhere/at/all",
            "server.secret_key_file",
        ),
        (
            "GOLDENHOUR_SERVER__TRUSTED_PROXIES",
            "10.0.0.0/8, proxy",
            "server.trusted_proxies",
        ),
        ("GOLDENHOUR_SERVER__DRAIN_SECONDS", "-1", "server.drain_seconds"),
        ("GOLDENHOUR_LOG__FILTER", "a=b=c", "log.filter"),
        ("GOLDENHOUR_DATABASE__URL", "mysql://x", "database.url"),
        (
            "GOLDENHOUR_DATABASE__URL",
            "postgres://x@localhost/y",
            "server.secret_key",
        ),
        ("GOLDENHOUR_MAIL__TRANSPORT", "pigeon", "mail.transport"),
        ("GOLDENHOUR_MAIL__SMTP__URL", "http://mail.example.org", "mail.smtp.url"),
        ("GOLDENHOUR_MAIL__SMTP__CONNECTIONS", "0", "mail.smtp.connections"),
        (
            "GOLDENHOUR_MAIL__RETRY__INITIAL_SECONDS",
            "soon",
            "mail.retry.initial_seconds",
        ),
        ("GOLDENHOUR_MAIL__FROM", "Nora <nora>", "mail.from"),
        ("GOLDENHOUR_MAIL__DKIM__SELECTOR", "s1", "mail.dkim.key_file"),
        ("GOLDENHOUR_MAIL__DKIM__KEY_FILE", "key.pem", "mail.dkim.selector"),
        ("GOLDENHOUR_MAIL__BOUNCES__ADDRESS", "bounces", "mail.bounces.address"),
        ("GOLDENHOUR_PAYMENTS__PROVIDER", "barter", "payments.provider"),
        ("GOLDENHOUR_PAYMENTS__PROVIDER", "stripe", "payments.stripe.secret_key"),
        (
            "GOLDENHOUR_PAYMENTS__STRIPE__API_BASE",
            "http://api.example.org",
            "payments.stripe.api_base",
        ),
        (
            "GOLDENHOUR_PAYMENTS__STRIPE__API_BASE",
            "stripe",
            "payments.stripe.api_base",
        ),
        (
            "GOLDENHOUR_PAYMENTS__MANUAL__HOLD_HOURS",
            "0",
            "payments.manual.hold_hours",
        ),
        ("GOLDENHOUR_TELEHEALTH__PROVIDER", "fixed", "telehealth.link"),
        ("GOLDENHOUR_TELEHEALTH__BASE_URL", "meet", "telehealth.base_url"),
        ("GOLDENHOUR_LIMITS__ENABLED", "no", "limits.enabled"),
        ("GOLDENHOUR_DEMO__LOAD", "yes", "demo.load"),
        ("GOLDENHOUR_SERVER__LISTEN", "", "server.listen"),
    ] {
        let refusal = refusal(&[(variable, value)]);
        assert!(refusal.starts_with(&format!("{key} ")), "{variable}={value}: {refusal}");
        assert!(!refusal.contains('\n'), "{refusal}");
    }
}

#[test]
fn a_secret_may_stand_in_a_file_and_in_one_place_alone() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{}", "ab".repeat(32)).unwrap();
    let path = file.path().to_str().unwrap();
    let config = with(&[("GOLDENHOUR_SERVER__SECRET_KEY_FILE", path)]).unwrap();
    assert_eq!(
        config.server.secret_key.as_ref().unwrap().expose_secret(),
        "ab".repeat(32)
    );
    assert!(!format!("{config:?}").contains("abab"));
    let both = refusal(&[
        ("GOLDENHOUR_SERVER__SECRET_KEY_FILE", path),
        ("GOLDENHOUR_SERVER__SECRET_KEY", &"ab".repeat(32)),
    ]);
    assert!(
        both.starts_with("server.secret_key_file and server.secret_key are both set"),
        "{both}"
    );
}

#[test]
fn stripe_needs_both_its_secrets_and_hides_them() {
    let given = [
        ("GOLDENHOUR_PAYMENTS__PROVIDER", "stripe"),
        ("GOLDENHOUR_PAYMENTS__STRIPE__SECRET_KEY", "sk_test_hidden"),
        ("GOLDENHOUR_PAYMENTS__STRIPE__WEBHOOK_SECRET", "whsec_hidden"),
        ("GOLDENHOUR_PAYMENTS__STRIPE__API_BASE", "http://127.0.0.1:9/"),
    ];
    let config = with(&given).unwrap();
    let stripe = config.stripe.as_ref().unwrap();
    assert_eq!(stripe.api_base.origin(), "http://127.0.0.1:9");
    assert!(!format!("{config:?}").contains("hidden"));
    let refused = refusal(&given[..2]);
    assert!(refused.starts_with("payments.stripe.webhook_secret "), "{refused}");
    let odd = refusal(&[
        given[0],
        ("GOLDENHOUR_PAYMENTS__STRIPE__SECRET_KEY", "sk test"),
        given[2],
    ]);
    assert!(odd.starts_with("payments.stripe.secret_key "), "{odd}");
    assert!(with(&given[1..]).unwrap().stripe.is_none());
}

#[test]
fn no_setting_shows_a_password() {
    let config = with(&[
        ("GOLDENHOUR_DATABASE__URL", "postgres://ana:hidden@localhost/x"),
        ("GOLDENHOUR_SERVER__SECRET_KEY", &"cd".repeat(32)),
        ("GOLDENHOUR_MAIL__SMTP__URL", "smtp://ana:hidden@localhost"),
    ]);
    assert!(!format!("{:?}", config.unwrap()).contains("hidden"));
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named() {
    let refusal = read(Some(Path::new("/nowhere/at/all.toml")), &[])
        .unwrap_err()
        .to_string();
    assert!(refusal.contains("/nowhere/at/all.toml"), "{refusal}");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "[server\n").unwrap();
    assert!(matches!(read(Some(file.path()), &[]), Err(ConfigError::Read { .. })));
}

#[test]
fn a_sender_may_have_a_name() {
    let from = |text: &str| with(&[("GOLDENHOUR_MAIL__FROM", text)]).unwrap().mail.from.unwrap();
    assert_eq!(from("nora@example.org").name, None);
    assert_eq!(
        from("\"Nora Tillery\" <nora@example.org>").name.as_deref(),
        Some("Nora Tillery")
    );
}

#[test]
fn the_default_file_describes_every_key_and_no_other() {
    let mut layers = Layers::of(None, Environment::default().source(Some(HashMap::new()))).unwrap();
    Config::of(&mut layers).unwrap();
    let mut described = Vec::new();
    let mut section = String::new();
    for line in include_str!("../../../../config/default.toml").lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name.to_owned();
        } else if let Some((key, _)) = line.trim_start_matches("# ").split_once(" = ") {
            described.push(format!("{section}.{key}"));
        }
    }
    layers.asked.sort();
    described.sort();
    assert_eq!(layers.asked, described);
}
