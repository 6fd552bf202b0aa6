//! Over the wire, to servers that behave and servers that do not: each mail arrives, waits, or bounces, and each record says what the server saw.

use std::time::{Duration, Instant as Stopwatch};

use kernel::clock::Clock;
use mailing::Settings;
use mailing::outbox::{SmtpServer, SmtpTimeouts, Tally, Transport, Trouble};

use crate::server::{Act, At, Encryption, Server};
use crate::support::{World, mail, noon};

fn quick() -> SmtpTimeouts {
    SmtpTimeouts {
        connect: Duration::from_millis(500),
        command: Duration::from_millis(500),
        message: Duration::from_millis(500),
    }
}

fn to(url: &str) -> Transport {
    Transport::smtp(url.parse::<SmtpServer>().unwrap().waiting(quick()))
}

async fn promise(world: &World, count: usize) {
    for n in 0..count {
        world
            .enqueue(mail(&format!("{n:03}"), &format!("ana{n}@example.org")), noon())
            .await;
    }
}

async fn send(world: &World, transport: Transport, connections: usize, minutes: i64) -> Tally {
    let settings = Settings {
        connections,
        ..Settings::default()
    };
    let now = noon().plus_minutes(minutes);
    let sender = world.sender(transport, settings, now).await;
    sender.run_once(now).await.unwrap()
}

/// What is in the way, and in whose words.
async fn trouble(world: &World) -> (Trouble, String) {
    let found = world.mailing.mail_trouble().await.unwrap().unwrap();
    (found.kind, found.said)
}

async fn errors(world: &World) -> Vec<String> {
    world
        .column("SELECT error FROM outbox WHERE error IS NOT NULL ORDER BY key")
        .await
}

#[tokio::test]
async fn mails_arrive_with_their_envelope_over_few_connections() {
    let (world, server) = (World::new().await, Server::good());
    promise(&world, 25).await;
    assert_eq!(send(&world, to(&server.url()), 3, 0).await.sent, 25);
    let taken = server.taken();
    assert_eq!(taken.len(), 25);
    assert_eq!(taken[0].from, "nora@practice.example");
    let mut recipients: Vec<_> = taken.iter().map(|t| t.to.clone()).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 25, "each recipient once");
    assert!(taken[0].message.starts_with("Message-ID: <") && taken[0].message.contains("@practice.example>\r\n"));
    let seen = server.seen.lock().unwrap();
    assert!(
        seen.connections <= 3 && seen.most_open <= 3,
        "{} connections",
        seen.connections
    );
    assert_eq!(
        seen.commands.iter().filter(|c| *c == "QUIT").count(),
        seen.connections,
        "each says goodbye"
    );
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_one_for_good_bounces_and_the_others_are_not_held_up() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.to.as_str(), m.times) {
        (At::Rcpt, "ana1@example.org", 1) => Act::Say("451 greylisted, come back"),
        (At::Rcpt, "ana2@example.org", _) => Act::Say("550 5.1.1 no such user"),
        (At::Dot, "ana3@example.org", 1) => Act::Say("452 disk full"),
        (At::Dot, "ana4@example.org", _) => Act::Say("554 5.7.1 unwanted"),
        (At::Data, "ana5@example.org", 1) => Act::Say("451 not now"),
        _ => Act::Answer,
    });
    promise(&world, 8).await;
    let tally = send(&world, to(&server.url()), 1, 0).await;
    assert_eq!(
        tally,
        Tally {
            sent: 3,
            retried: 3,
            bounced: 2,
            ..Tally::default()
        }
    );
    assert_eq!(
        errors(&world).await,
        [
            "451 greylisted, come back",
            "550 5.1.1 no such user",
            "452 disk full",
            "554 5.7.1 unwanted",
            "451 not now",
        ]
    );
    assert_eq!(send(&world, to(&server.url()), 1, 2).await.sent, 3);
    assert_eq!(world.states().await, [3, 3, 5, 3, 5, 3, 3, 3]);
    assert_eq!(server.taken().len(), 6);
}

#[tokio::test]
async fn a_sender_or_login_that_the_server_does_not_want_never_bounces_a_mail() {
    let world = World::new().await;
    let server = Server::new(|m| match m.at {
        At::Mail => Act::Say("550 sender not allowed"),
        _ => Act::Answer,
    });
    promise(&world, 1).await;
    // Once, or again when this machine takes longer than the pause.
    let tally = send(&world, to(&server.url()), 1, 0).await;
    assert!(tally.retried >= 1 && tally.bounced == 0, "{tally:?}");
    assert_eq!(trouble(&world).await.0, Trouble::Sender);
    let server = Server::new(|m| match m.at {
        At::Rcpt => Act::Say("530 5.7.0 authentication required"),
        _ => Act::Answer,
    });
    assert_eq!(send(&world, to(&server.url()), 1, 5).await.retried, 1);
    assert_eq!(trouble(&world).await.0, Trouble::Login);
    let server = Server::new(|m| match m.at {
        At::Auth => Act::Say("535 5.7.8 bad password"),
        _ => Act::Answer,
    });
    let url = format!("smtp://nora:secret@{}", server.address);
    // One connection is tried, and no mail.
    assert_eq!(send(&world, to(&url), 1, 20).await, Tally::default());
    let (kind, said) = trouble(&world).await;
    assert_eq!(kind, Trouble::Login);
    assert!(
        said.contains("refuses the login: 535 5.7.8 bad password") && !said.contains("secret"),
        "{said}"
    );
    assert!(
        to(&url)
            .check()
            .await
            .unwrap_err()
            .to_string()
            .contains("refuses the login")
    );
    let good = Server::good();
    let url = format!("smtp://nora:secret@{}", good.address);
    assert!(
        to(&url)
            .check()
            .await
            .unwrap()
            .ends_with("takes mail, without TLS, signed in")
    );
    assert_eq!(send(&world, to(&url), 1, 60).await.sent, 1);
    assert!(
        world.mailing.mail_trouble().await.unwrap().is_none(),
        "gone when it is mended"
    );
    let attempts: Vec<i32> = world.column("SELECT attempts FROM outbox").await;
    assert_eq!(attempts, [1], "what the server did to us counts against no mail");
}

#[tokio::test]
async fn a_server_that_is_down_busy_or_silent_delays_and_says_why() {
    let world = World::new().await;
    promise(&world, 1).await;
    assert_eq!(send(&world, to("smtp://127.0.0.1:1"), 2, 0).await.retried, 1);
    assert!(errors(&world).await[0].starts_with("127.0.0.1:1 cannot be reached"));
    let late = Act::Wait(Duration::from_secs(5));
    let cases = [
        (
            At::Greeting,
            Act::Say("421 too many connections"),
            Trouble::Limit,
            "does not greet: 421 too many connections",
        ),
        (At::Greeting, Act::HangUp, Trouble::Unreachable, "does not greet"),
        (
            At::Greeting,
            late.clone(),
            Trouble::Unreachable,
            "does not answer in time",
        ),
        (At::Mail, Act::HangUp, Trouble::Unreachable, "incomplete"),
        (
            At::Mail,
            Act::Say("452 4.5.3 too many mails"),
            Trouble::Limit,
            "too many mails",
        ),
    ];
    for (n, (at, act, kind, reason)) in cases.into_iter().enumerate() {
        let server = Server::new(move |m| if m.at == at { act.clone() } else { Act::Answer });
        let minutes = 60 * (i64::try_from(n).unwrap() + 1);
        assert_eq!(send(&world, to(&server.url()), 1, minutes).await.sent, 0, "{reason}");
        let (met, said) = trouble(&world).await;
        assert!(met == kind && said.contains(reason), "{met:?} {said}");
        assert_eq!(world.column::<i32>("SELECT attempts FROM outbox").await, [0]);
    }
    // What one recipient meets stops nobody.
    for (n, act) in [late, Act::Say("421 busy")].into_iter().enumerate() {
        let server = Server::new(move |m| if m.at == At::Rcpt { act.clone() } else { Act::Answer });
        let minutes = 60 * (i64::try_from(n).unwrap() + 10);
        assert_eq!(send(&world, to(&server.url()), 1, minutes).await.retried, 1);
        assert!(world.mailing.mail_trouble().await.unwrap().is_none());
        let uncertain: Vec<i16> = world.column("SELECT uncertain FROM outbox").await;
        assert_eq!(uncertain, [0], "before the dot nothing is uncertain");
    }
}

#[tokio::test]
async fn a_server_that_takes_fewer_connections_than_we_have_is_used_as_far_as_it_goes() {
    let world = World::new().await;
    let open = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::new(move |m| match m.at {
        At::Greeting if open.fetch_add(1, std::sync::atomic::Ordering::SeqCst) >= 2 => {
            Act::Say("421 4.7.0 too many connections")
        }
        At::Dot => Act::Wait(Duration::from_millis(5)),
        _ => Act::Answer,
    });
    promise(&world, 60).await;
    let tally = send(&world, to(&server.url()), 6, 0).await;
    assert_eq!(tally.sent, 60, "{tally:?}");
    assert!(world.mailing.mail_trouble().await.unwrap().is_none());
    assert_eq!(server.taken().len(), 60);
}

#[tokio::test]
async fn a_server_that_hangs_up_after_so_many_mails_is_left_before_it_does() {
    let world = World::new().await;
    let server = Server::new(|m| match m.at {
        At::Mail if m.taken >= 5 => Act::Say("421 4.7.0 enough over one connection"),
        _ => Act::Answer,
    });
    promise(&world, 60).await;
    assert_eq!(send(&world, to(&server.url()), 1, 0).await.sent, 60);
    let seen = server.seen.lock().unwrap();
    let told = seen.commands.iter().filter(|c| c.starts_with("MAIL")).count();
    assert_eq!((seen.connections, told), (12, 62), "told twice, and then it was known");
}

#[tokio::test]
async fn a_connection_that_ends_between_two_mails_costs_no_mail_a_try() {
    for (at, act) in [
        (At::Mail, Act::Say("421 enough for one connection")),
        (At::Mail, Act::HangUp),
    ] {
        let world = World::new().await;
        let server = Server::new(move |m| {
            if m.at == at && m.taken >= 2 {
                act.clone()
            } else {
                Act::Answer
            }
        });
        promise(&world, 9).await;
        assert_eq!(
            send(&world, to(&server.url()), 1, 0).await,
            Tally {
                sent: 9,
                ..Tally::default()
            }
        );
        let attempts: Vec<i32> = world.column("SELECT attempts FROM outbox").await;
        assert!(attempts.iter().all(|&n| n == 1));
        assert_eq!(server.taken().len(), 9);
        assert_eq!(server.seen.lock().unwrap().connections, 5);
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_final_dot_is_a_refusal_for_now() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.times) {
        (At::Body, 1) => Act::HangUp,
        _ => Act::Answer,
    });
    let mut large = mail("large", "ana@example.org");
    large.context = serde_json::json!({ "key": "x", "large": true });
    world.enqueue(large, noon()).await;
    assert_eq!(send(&world, to(&server.url()), 1, 0).await.retried, 1);
    let uncertain: Vec<i16> = world.column("SELECT uncertain FROM outbox").await;
    assert_eq!(uncertain, [0], "the dot was never sent: {:?}", errors(&world).await);
    assert_eq!(send(&world, to(&server.url()), 1, 2).await.sent, 1);
    assert_eq!(server.taken().len(), 1);
}

fn message_id(message: &str) -> &str {
    message.lines().find_map(|l| l.strip_prefix("Message-ID: ")).unwrap()
}

#[tokio::test]
async fn an_unanswered_final_dot_is_followed_by_a_copy_with_the_same_message_id_and_after_three_it_stays_uncertain() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.to.as_str(), m.times) {
        (At::Dot, "ana0@example.org", 1) | (At::Dot, "ana1@example.org", _) => Act::HangUp,
        _ => Act::Answer,
    });
    promise(&world, 2).await;
    assert_eq!(send(&world, to(&server.url()), 2, 0).await.retried, 2);
    assert_eq!(world.mailing.outbox_counts().await.unwrap().retry, 2);
    let tally = send(&world, to(&server.url()), 2, 5).await;
    assert_eq!(
        tally,
        Tally {
            sent: 1,
            retried: 1,
            ..Tally::default()
        }
    );
    let tally = send(&world, to(&server.url()), 2, 30).await;
    assert_eq!(
        tally,
        Tally {
            uncertain: 1,
            ..Tally::default()
        }
    );
    assert_eq!(
        send(&world, to(&server.url()), 2, 24 * 60).await,
        Tally::default(),
        "no fourth copy"
    );
    assert_eq!(world.states().await, [3, 7]);
    for (who, copies) in [("ana0@example.org", 2), ("ana1@example.org", 3)] {
        let taken: Vec<_> = server.taken().into_iter().filter(|t| t.to == who).collect();
        assert_eq!(taken.len(), copies);
        assert!(
            taken
                .iter()
                .all(|t| message_id(&t.message) == message_id(&taken[0].message))
        );
    }
}

#[tokio::test]
async fn a_message_that_is_not_answered_in_time_is_uncertain() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.times) {
        (At::Dot, 1) => Act::Wait(Duration::from_secs(3)),
        _ => Act::Answer,
    });
    promise(&world, 1).await;
    assert_eq!(send(&world, to(&server.url()), 1, 0).await.retried, 1);
    assert_eq!(world.column::<i16>("SELECT uncertain FROM outbox").await, [1]);
    assert_eq!(send(&world, to(&server.url()), 1, 5).await.sent, 1);
}

#[tokio::test]
async fn after_five_days_of_refusals_a_mail_is_given_up() {
    let world = World::new().await;
    let server = Server::new(|m| {
        if m.at == At::Rcpt {
            Act::Say("451 later")
        } else {
            Act::Answer
        }
    });
    promise(&world, 1).await;
    let mut tries = 0;
    for hour in 0..140 {
        let tally = send(&world, to(&server.url()), 1, 60 * hour).await;
        tries += tally.retried + tally.bounced;
        if tally.bounced == 1 {
            assert!((115..=120).contains(&hour), "{hour}");
            assert_eq!(errors(&world).await, ["given up: 451 later"]);
            assert!((25..=60).contains(&tries), "{tries}");
            return;
        }
    }
    panic!("never given up");
}

#[tokio::test]
async fn a_name_that_would_break_a_header_delays_the_mail_and_nothing_is_sent() {
    let (world, server) = (World::new().await, Server::good());
    let mut evil = mail("evil", "ana@example.org");
    evil.context = serde_json::json!({ "key": "x", "name": "Ana\r\nBcc: all@example.org" });
    world.enqueue(evil, noon()).await;
    assert_eq!(send(&world, to(&server.url()), 1, 0).await.retried, 1);
    assert!(errors(&world).await[0].contains("a line break"));
    assert!(server.taken().is_empty());
}

#[tokio::test]
async fn encryption_is_used_when_offered_required_when_asked_for_and_checked() {
    let authority = include_bytes!("tls/authority.pem");
    let offered = Server::encrypted(Encryption::Offered, |_| Act::Answer);
    let implicit = Server::encrypted(Encryption::FromTheStart, |_| Act::Answer);
    let plain = Server::good();
    let (starttls, smtps) = (offered.address.port(), implicit.address.port());
    let check = async |url: String, trusted: bool| {
        let mut server: SmtpServer = url.parse().unwrap();
        if trusted {
            server = server.trusting(authority).unwrap();
        }
        Transport::smtp(server.waiting(quick()))
            .check()
            .await
            .map_err(|e| e.to_string())
    };
    let takes = |line: Result<String, String>| line.unwrap().contains("takes mail, with TLS");
    assert!(takes(check(format!("smtp://localhost:{starttls}"), false).await));
    assert!(takes(
        check(format!("smtp://localhost:{starttls}?tls=required"), true).await
    ));
    assert!(takes(check(format!("smtps://localhost:{smtps}"), true).await));
    assert!(takes(check(format!("smtps://a:b@127.0.0.1:{smtps}"), true).await));
    let refused = check(format!("smtp://localhost:{starttls}?tls=required"), false)
        .await
        .unwrap_err();
    assert!(refused.contains("cannot be trusted"), "{refused}");
    let refused = check(format!("smtps://localhost:{smtps}"), false).await.unwrap_err();
    assert!(refused.contains("cannot be trusted"), "{refused}");
    let refused = check(format!("{}?tls=required", plain.url()), true).await.unwrap_err();
    assert!(refused.contains("offers no TLS, which is required"), "{refused}");

    let world = World::new().await;
    promise(&world, 6).await;
    let server: SmtpServer = format!("smtps://localhost:{smtps}").parse().unwrap();
    let transport = Transport::smtp(server.trusting(authority).unwrap());
    assert_eq!(send(&world, transport, 2, 0).await.sent, 6);
    assert!(implicit.taken().iter().all(|t| t.encrypted));
    promise(&world, 12).await;
    assert_eq!(
        send(&world, to(&format!("smtp://localhost:{starttls}")), 2, 0)
            .await
            .sent,
        6
    );
    assert!(offered.taken().iter().all(|t| t.encrypted));
}

#[tokio::test]
async fn a_sender_that_is_told_to_stop_finishes_what_is_under_way_and_gives_the_rest_back() {
    let world = World::new().await;
    let server = Server::new(|m| match m.at {
        At::Dot => Act::Wait(Duration::from_millis(300)),
        _ => Act::Answer,
    });
    promise(&world, 20).await;
    let settings = Settings {
        connections: 2,
        ..Settings::default()
    };
    let sender = world.sender(to(&server.url()), settings, noon()).await;
    let stop = tokio::time::sleep(Duration::from_millis(450));
    let watch = Stopwatch::now();
    sender.run(Clock::fixed(noon()), stop, Duration::from_secs(5)).await;
    assert!(watch.elapsed() < Duration::from_secs(2), "{:?}", watch.elapsed());
    let states = world.states().await;
    let sent = states.iter().filter(|&&s| s == 3).count();
    assert_eq!(
        sent,
        server.taken().len(),
        "the ledger holds every answer that was received"
    );
    assert!((2..=8).contains(&sent), "{sent}");
    assert_eq!(states.iter().filter(|&&s| s == 0).count(), 20 - sent, "{states:?}");
}

#[tokio::test]
async fn what_is_still_under_way_when_the_time_is_over_is_uncertain_and_sent_again() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.times) {
        (At::Dot, 1) => Act::Wait(Duration::from_mins(1)),
        _ => Act::Answer,
    });
    promise(&world, 2).await;
    let transport = Transport::smtp(server.url().parse().unwrap());
    let sender = world.sender(transport, Settings::default(), noon()).await;
    let stop = tokio::time::sleep(Duration::from_millis(300));
    let watch = Stopwatch::now();
    sender.run(Clock::fixed(noon()), stop, Duration::from_millis(300)).await;
    assert!(watch.elapsed() < Duration::from_secs(2));
    assert_eq!(world.states().await, [2, 2]);
    assert_eq!(send(&world, to(&server.url()), 2, 1).await.sent, 2);
    assert_eq!(
        server.taken().len(),
        4,
        "each again once, with the Message-ID of the first"
    );
    assert_eq!(world.column::<i16>("SELECT uncertain FROM outbox").await, [1, 1]);
}

#[tokio::test]
async fn a_rate_is_kept() {
    let (world, server) = (World::new().await, Server::good());
    promise(&world, 6).await;
    let settings = Settings {
        rate_per_minute: 1_200,
        ..Settings::default()
    };
    let sender = world.sender(to(&server.url()), settings, noon()).await;
    let watch = Stopwatch::now();
    assert_eq!(sender.run_once(noon()).await.unwrap().sent, 6);
    assert!(watch.elapsed() >= Duration::from_millis(250), "{:?}", watch.elapsed());
}
