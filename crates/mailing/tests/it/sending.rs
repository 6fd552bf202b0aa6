//! Letters to subscribers: fixed at the start, asked again at their turn, and a ledger that says what the server saw.

use std::collections::HashMap;
use std::time::Duration;

use kernel::chance::Chance;
use kernel::clock::Clock;
use kernel::id::SubscriberId;
use mailing::Settings;
use mailing::letters::{Exclusion, Ledger, LetterError, LetterState};
use mailing::outbox::{SmtpServer, SmtpTimeouts, Tally, Transport};

use crate::server::{Act, At, Server};
use crate::support::{World, address, mail, noon};

const LETTER: &str = "+++\ntitle = \"Day three\"\ntopic = \"blog-posts\"\n+++\n\nIt comes [in a rush](/posts/x).\n";

/// A subscriber who said yes to these topics (bits), or stands elsewhere.
pub async fn subscriber(world: &World, number: u64, state: &str, topics: i16) -> SubscriberId {
    let id = SubscriberId::new(noon(), &Chance::seeded(1_000 + number));
    let email = address(&format!("ana{number}@example.org"));
    let text = "INSERT INTO subscriber (id, address, address_key, state, topics, key_version, preferences_hash, unsubscribe_hash, created_at, state_since) \
        VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $8)";
    let values = vec![
        id.into(),
        email.clone().into(),
        email.key().into(),
        state.into(),
        topics.into(),
        world.mailing.preferences_token(id).hash().into(),
        world.mailing.unsubscribe_token(id).hash().into(),
        noon().into(),
    ];
    world.execute(text, values).await.unwrap();
    id
}

/// A started letter to so many subscribers.
async fn started(world: &World, count: u64) -> Ledger {
    for n in 0..count {
        subscriber(world, n, "confirmed", 15).await;
    }
    world.mailing.add_letter(LETTER, noon()).await.unwrap();
    world.mailing.start_letter("day-three", noon()).await.unwrap()
}

async fn ledger(world: &World) -> Ledger {
    let ledger = world.mailing.ledger("day-three").await.unwrap();
    let sum = ledger.queued + ledger.delivered + ledger.retrying + ledger.bounced;
    let sum = sum + ledger.uncertain + ledger.withdrawn + ledger.cancelled;
    assert_eq!(ledger.recipients, sum);
    ledger
}

fn to(server: &Server) -> Transport {
    let quick = SmtpTimeouts {
        connect: Duration::from_millis(500),
        command: Duration::from_millis(500),
        message: Duration::from_millis(500),
    };
    Transport::smtp(server.url().parse::<SmtpServer>().unwrap().waiting(quick))
}

async fn send(world: &World, server: &Server, minutes: i64) -> Tally {
    let now = noon().plus_minutes(minutes);
    let settings = Settings {
        connections: 3,
        ..Settings::default()
    };
    world
        .sender(to(server), settings, now)
        .await
        .run_once(now)
        .await
        .unwrap()
}

fn times(server: &Server) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for taken in server.taken() {
        *times.entry(taken.to).or_default() += 1;
    }
    times
}

#[tokio::test]
async fn starting_fixes_those_who_said_yes_and_counts_why_the_others_are_left_out() {
    let world = World::new().await;
    for (n, (state, topics)) in [
        ("confirmed", 15),
        ("confirmed", 1),
        ("confirmed", 14),
        ("pending", 15),
        ("pending", 2),
        ("unsubscribed", 15),
        ("bounced", 15),
        ("complained", 15),
    ]
    .into_iter()
    .enumerate()
    {
        subscriber(&world, n as u64, state, topics).await;
    }
    let ledger = started(&world, 0).await;
    assert_eq!(
        (ledger.state, ledger.recipients, ledger.queued),
        (LetterState::Sending, 2, 2)
    );
    let excluded: Vec<_> = ledger.excluded.into_iter().collect();
    assert_eq!(
        excluded,
        [
            (Exclusion::Pending, 2),
            (Exclusion::Unsubscribed, 1),
            (Exclusion::Bounced, 1),
            (Exclusion::Complained, 1),
            (Exclusion::OtherTopic, 1)
        ]
    );
    // Who comes later is not added, and a letter is not started twice.
    subscriber(&world, 9, "confirmed", 15).await;
    let again = world.mailing.start_letter("day-three", noon()).await.unwrap_err();
    assert!(
        matches!(
            again,
            LetterError::State {
                state: LetterState::Sending,
                ..
            }
        ),
        "{again}"
    );
    let server = Server::good();
    assert_eq!(send(&world, &server, 0).await.sent, 2);
    let mut recipients: Vec<_> = times(&server).into_iter().collect();
    recipients.sort();
    assert_eq!(
        recipients,
        [("ana0@example.org".into(), 1), ("ana1@example.org".into(), 1)]
    );
    let done = self::ledger(&world).await;
    assert_eq!((done.state, done.delivered), (LetterState::Sent, 2));
    let again = world.mailing.start_letter("day-three", noon()).await.unwrap_err();
    assert_eq!(again.to_string(), "the letter was sent, so it cannot be started");
}

#[tokio::test]
async fn every_recipient_gets_her_own_links_and_the_headers_of_a_list() {
    let (world, server) = (World::new().await, Server::good());
    let ana = subscriber(&world, 1, "confirmed", 15).await;
    let ben = subscriber(&world, 2, "confirmed", 15).await;
    started(&world, 0).await;
    assert_eq!(send(&world, &server, 0).await.sent, 2);
    let arrived = server.taken();
    let to = |name: &str| &arrived.iter().find(|t| t.to == name).unwrap().message;
    for (who, name) in [(ana, "ana1@example.org"), (ben, "ana2@example.org")] {
        let token = world.mailing.unsubscribe_token(who);
        let message = to(name);
        let link = format!(
            "\r\nList-Unsubscribe: <https://practice.example/leave/{}>\r\n",
            token.reveal()
        );
        assert!(message.contains(&link), "{message}");
        assert!(message.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(message.contains("\r\nList-Id: <letters.practice.example>\r\n"));
        assert!(message.contains("\r\nSubject: Day three\r\n") && !message.contains("Auto-Submitted"));
        assert!(!message.contains("token-of-the-recipient"));
        let body = message.replace("=\r\n", "");
        let preferences = world.mailing.preferences_token(who);
        assert!(body.contains(preferences.reveal()) && body.matches(token.reveal()).count() == 3);
        assert!(body.contains("[1] https://practice.example/posts/x"), "{body}");
    }
}

#[tokio::test]
async fn whoever_leaves_or_is_suppressed_before_her_turn_is_withdrawn() {
    let (world, server) = (World::new().await, Server::good());
    let mut who = Vec::new();
    for n in 0..5 {
        who.push(subscriber(&world, n, "confirmed", 15).await);
    }
    started(&world, 0).await;
    let token = world.mailing.unsubscribe_token(who[0]);
    world.mailing.unsubscribe(&token, "/test", noon()).await.unwrap();
    let change = "UPDATE subscriber SET topics = 2 WHERE id = $1";
    world.execute(change, vec![who[1].into()]).await.unwrap();
    world
        .execute("DELETE FROM subscriber WHERE id = $1", vec![who[2].into()])
        .await
        .unwrap();
    let suppress = "INSERT INTO suppression (address_hash, reason, since) VALUES ($1, 'complained', 0)";
    let keys = kernel::keys::Keys::from_hex(&"5a".repeat(32)).unwrap();
    let hash = keys.hash_of(address("ana3@example.org").key());
    world.execute(suppress, vec![hash.into()]).await.unwrap();
    let tally = send(&world, &server, 0).await;
    assert_eq!((tally.sent, tally.withdrawn), (1, 4));
    assert_eq!(times(&server).into_keys().collect::<Vec<_>>(), ["ana4@example.org"]);
    let ledger = ledger(&world).await;
    assert_eq!(
        (ledger.state, ledger.withdrawn, ledger.delivered),
        (LetterState::Sent, 4, 1)
    );
}

#[tokio::test]
async fn a_silenced_family_gets_no_letter_whether_silenced_before_its_start_or_after() {
    let (world, server) = (World::new().await, Server::good());
    let keys = kernel::keys::Keys::from_hex(&"5a".repeat(32)).unwrap();
    let mute = async |number: u64| {
        let hash = keys.hash_of(address(&format!("ana{number}@example.org")).key());
        let text = "INSERT INTO mute (address_hash, since) VALUES ($1, 0)";
        world.execute(text, vec![hash.into()]).await.unwrap();
    };
    for n in 0..3 {
        let id = subscriber(&world, n, "confirmed", 15).await;
        let hash = keys.hash_of(address(&format!("ana{n}@example.org")).key());
        let text = "INSERT INTO consent_proof (id, subscriber_id, address_hash, event, at, page, topics) VALUES ($1, $2, $3, 'confirmed', 0, '/', 15)";
        let proof = kernel::id::EventId::new(noon(), &Chance::seeded(n));
        world
            .execute(text, vec![proof.into(), id.into(), hash.into()])
            .await
            .unwrap();
    }
    mute(0).await;
    let ledger = started(&world, 0).await;
    assert_eq!((ledger.recipients, ledger.excluded[&Exclusion::Muted]), (2, 1));
    mute(1).await;
    let tally = send(&world, &server, 0).await;
    assert_eq!((tally.sent, tally.withdrawn), (1, 1));
    assert_eq!(times(&server).into_keys().collect::<Vec<_>>(), ["ana2@example.org"]);
}

#[tokio::test]
async fn the_ledger_says_what_the_server_saw_whatever_it_did() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.to.as_str(), m.times) {
        (At::Rcpt, "ana1@example.org", 1) => Act::Say("451 greylisted, come back"),
        (At::Rcpt, "ana2@example.org", _) => Act::Say("550 5.1.1 no such user"),
        (At::Dot, "ana3@example.org", _) => Act::Say("554 5.7.1 unwanted"),
        (At::Rcpt, "ana4@example.org", 1) => Act::Say("421 busy"),
        (At::Body, "ana5@example.org", 1) | (At::Dot, "ana6@example.org", 1) | (At::Dot, "ana7@example.org", _) => {
            Act::HangUp
        }
        (At::Rcpt, "ana8@example.org", _) => Act::Say("550 5.7.1 blocked"),
        (At::Dot, "ana9@example.org", 1) => Act::Wait(Duration::from_millis(100)),
        _ => Act::Answer,
    });
    started(&world, 20).await;
    let first = send(&world, &server, 0).await;
    assert_eq!((first.sent, first.bounced, first.uncertain), (12, 3, 0));
    let waiting = ledger(&world).await;
    assert_eq!((waiting.state, waiting.retrying), (LetterState::Sending, 5));
    let second = send(&world, &server, 2).await;
    assert_eq!((second.sent, second.uncertain, second.retried), (4, 1, 0), "{second:?}");
    let done = ledger(&world).await;
    assert_eq!(done.state, LetterState::Sent);
    assert_eq!(
        (done.delivered, done.bounced, done.uncertain, done.recipients),
        (16, 3, 1, 20)
    );
    // Two hand-overs of an unanswered one and no third; both copies have one Message-ID.
    let times = times(&server);
    assert_eq!((times["ana6@example.org"], times["ana7@example.org"]), (2, 2));
    assert!(
        times
            .iter()
            .all(|(to, &n)| n == 1 || to.starts_with("ana6") || to.starts_with("ana7"))
    );
    let taken = server.taken();
    let ids: Vec<_> = taken
        .iter()
        .filter(|t| t.to == "ana7@example.org")
        .map(|t| t.message.lines().next())
        .collect();
    assert_eq!(ids[0], ids[1]);
    // Only the address that does not exist is written to no more.
    let bounced: Vec<String> = world
        .column("SELECT address FROM subscriber WHERE state = 'bounced'")
        .await;
    assert_eq!(bounced, ["ana2@example.org"]);
    assert_eq!(
        world.column::<String>("SELECT reason FROM suppression").await,
        ["bounced"]
    );
    assert_eq!(send(&world, &server, 600).await, Tally::default());
}

#[tokio::test]
async fn a_mail_that_one_person_waits_for_overtakes_a_letter() {
    let world = World::new().await;
    let server = Server::new(|m| match m.at {
        At::Dot => Act::Wait(Duration::from_millis(20)),
        _ => Act::Answer,
    });
    started(&world, 40).await;
    world.enqueue(mail("a", "now@example.org"), noon()).await;
    assert_eq!(send(&world, &server, 0).await.sent, 41);
    let place = server.taken().iter().position(|t| t.to == "now@example.org").unwrap();
    assert!(place < 6, "it was number {place}");
}

#[tokio::test]
async fn a_paused_letter_goes_to_nobody_until_it_is_resumed_and_then_to_everybody_once() {
    let world = World::new().await;
    let server = Server::new(|m| match m.at {
        At::Dot => Act::Wait(Duration::from_millis(5)),
        _ => Act::Answer,
    });
    started(&world, 120).await;
    let settings = Settings {
        connections: 3,
        ..Settings::default()
    };
    let sender = world.sender(to(&server), settings, noon()).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let until = async { drop(stopped.await) };
        sender.run(Clock::fixed(noon()), until, Duration::from_secs(5)).await;
    });
    let reaches = async |n: usize| {
        for _ in 0..2_000 {
            if server.taken().len() >= n {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("only {} of {n} arrived", server.taken().len());
    };
    for share in [20, 50, 80] {
        reaches(share).await;
        let paused = world.mailing.pause_letter("day-three", noon()).await.unwrap();
        assert_eq!(paused.state, LetterState::Paused);
        // At most what was being handed over arrives after it.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (arrived, held) = (server.taken().len(), ledger(&world).await);
        assert_eq!(usize::try_from(held.delivered).unwrap(), arrived);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(server.taken().len(), arrived);
        world.mailing.resume_letter("day-three", noon()).await.unwrap();
    }
    reaches(120).await;
    for _ in 0..200 {
        if ledger(&world).await.state == LetterState::Sent {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    let done = ledger(&world).await;
    assert_eq!((done.state, done.delivered), (LetterState::Sent, 120));
    assert_eq!((times(&server).len(), server.taken().len()), (120, 120));
}

#[tokio::test]
async fn a_cancelled_letter_ends_at_once_and_says_who_did_not_get_it() {
    let world = World::new().await;
    let server = Server::new(|m| match (m.at, m.to.as_str()) {
        (At::Rcpt, "ana0@example.org") => Act::Say("451 later"),
        _ => Act::Answer,
    });
    started(&world, 3).await;
    assert_eq!(send(&world, &server, 0).await.retried, 1);
    let ledger = world.mailing.cancel_letter("day-three", noon()).await.unwrap();
    assert_eq!(
        (ledger.state, ledger.delivered, ledger.cancelled),
        (LetterState::Cancelled, 2, 1)
    );
    assert_eq!(send(&world, &server, 600).await, Tally::default());
    let again = world.mailing.resume_letter("day-three", noon()).await.unwrap_err();
    assert_eq!(again.to_string(), "the letter was cancelled, so it cannot be resumed");
    assert!(matches!(
        world.mailing.pause_letter("day-four", noon()).await,
        Err(LetterError::Unknown(slug)) if slug == "day-four"
    ));
}

#[tokio::test]
async fn what_a_dead_instance_left_is_sent_and_one_that_five_of_them_left_unanswered_is_not() {
    let (world, server) = (World::new().await, Server::good());
    started(&world, 4).await;
    let ids: Vec<sea_orm::prelude::Uuid> = world
        .column("SELECT subscriber FROM delivery ORDER BY subscriber")
        .await;
    for (id, state, uncertain) in [(ids[0], 1_i16, 0_i16), (ids[1], 2, 0), (ids[2], 2, 4)] {
        let text = "UPDATE delivery SET state = $1, uncertain = $2, due = NULL, lease = 77, attempts = 1 WHERE subscriber = $3";
        world
            .execute(text, vec![state.into(), uncertain.into(), id.into()])
            .await
            .unwrap();
    }
    assert_eq!(send(&world, &server, 0).await.sent, 3);
    let ledger = ledger(&world).await;
    assert_eq!(
        (ledger.state, ledger.delivered, ledger.uncertain),
        (LetterState::Sent, 3, 1)
    );
}

#[tokio::test]
async fn a_letter_keeps_its_topic_once_it_is_started_and_its_words_may_still_be_corrected() {
    let (world, server) = (World::new().await, Server::good());
    started(&world, 1).await;
    let moved = world
        .mailing
        .add_letter(&LETTER.replace("blog-posts", "other-news"), noon())
        .await;
    assert!(moved.unwrap_err().to_string().starts_with("topic:"));
    world
        .mailing
        .add_letter(&LETTER.replace("in a rush", "slowly"), noon().plus_minutes(1))
        .await
        .unwrap();
    assert_eq!(send(&world, &server, 1).await.sent, 1);
    assert!(server.taken()[0].message.contains("slowly"));
}
