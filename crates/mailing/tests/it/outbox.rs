//! The outbox: what was promised leaves once, in order, and nothing is lost.

use kernel::db::write;
use mailing::Mailing;
use mailing::outbox::parked::{self, Waited};
use mailing::outbox::{NewMail, Priority, Settings, Tally, Thread, Transport};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::support::{World, mail, noon};

#[tokio::test]
async fn a_promised_mail_is_captured_and_can_be_read() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    let tally = world.send(noon()).await;
    assert_eq!(
        tally,
        Tally {
            sent: 1,
            ..Tally::default()
        }
    );

    let list = world.mailing.captured(10).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].to, "ana@example.org");
    assert_eq!(list[0].subject, "About \"a\"");
    assert_eq!(list[0].text, "Hello,\n\nhere is a line.\n");
    let json = serde_json::to_value(&list[0]).unwrap();
    let fields: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["id", "subject", "text", "to"]);

    let read = world.mailing.captured_mail(list[0].id).await.unwrap().unwrap();
    assert_eq!(read.header("from"), Some("\"Nora Tillery\" <nora@practice.example>"));
    assert_eq!(read.header("Reply-To"), Some("nora@practice.example"));
    assert_eq!(read.header("auto-submitted"), Some("auto-generated"));
    assert_eq!(read.html.as_deref(), Some("<p>Hello,</p><p>here is a line.</p>"));
    assert!(read.calendar.is_none() && read.attachments.is_empty());
    assert!(String::from_utf8(read.raw).unwrap().contains("multipart/alternative"));
}

#[tokio::test]
async fn a_mail_whose_write_is_rolled_back_was_never_promised() {
    let world = World::new().await;
    let step = async |tx: &DatabaseTransaction, (m, mail): &(Mailing, NewMail)| {
        m.enqueue(tx, mail.clone(), noon()).await?;
        Err::<(), _>(DbErr::Custom("refused".into()))
    };
    let input = (world.mailing.clone(), mail("a", "ana@example.org"));
    assert!(write::<_, _, DbErr, _>(&world.db, input, step).await.is_err());
    assert_eq!(world.send(noon()).await, Tally::default());
}

#[tokio::test]
async fn the_same_key_is_the_same_mail() {
    let world = World::new().await;
    for _ in 0..3 {
        world.enqueue(mail("a", "ana@example.org"), noon()).await;
    }
    assert_eq!(world.send(noon()).await.sent, 1);
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    assert_eq!(world.send(noon()).await.sent, 0);
}

#[tokio::test]
async fn a_template_fault_or_panic_delays_a_mail_and_loses_nothing() {
    let world = World::new().await;
    for (key, fault) in [("a", "broken"), ("b", "panics")] {
        let mut broken = mail(key, "ana@example.org");
        broken.context = serde_json::json!({ "key": key, fault: true });
        world.enqueue(broken, noon()).await;
    }
    assert_eq!(world.send(noon()).await.retried, 2);
    assert_eq!(world.states().await, [4, 4]);
    let waiting = world.mailing.waiting(noon(), 10).await.unwrap();
    assert_eq!(waiting[0].error.as_deref(), Some("the template has a fault"));
    assert_eq!(waiting[1].error.as_deref(), Some("its template panicked"));
    assert!(waiting[0].due.unwrap() >= noon().plus_minutes(1));
    assert_eq!(
        world
            .send(noon().plus_minutes(1) - jiff::SignedDuration::from_secs(1))
            .await
            .retried,
        0
    );

    let mended = "UPDATE outbox SET context = '{\"key\": \"x\"}'";
    world.execute(mended, vec![]).await.unwrap();
    assert_eq!(world.send(noon().plus_minutes(2)).await.sent, 2);
}

fn threaded(key: &str, cancels_elders: bool) -> NewMail {
    NewMail {
        thread: Some(Thread {
            name: "appointment:1:parent".into(),
            cancels_elders,
        }),
        ..mail(key, "ana@example.org")
    }
}

async fn captured_subjects(world: &World) -> Vec<String> {
    let mut subjects: Vec<_> = world.mailing.captured(100).await.unwrap();
    subjects.reverse();
    subjects.into_iter().map(|m| m.subject).collect()
}

#[tokio::test]
async fn mails_of_one_thread_leave_in_the_order_in_which_they_were_promised() {
    let world = World::new().await;
    for n in 0..9 {
        world.enqueue(threaded(&n.to_string(), false), noon()).await;
    }
    assert_eq!(world.send(noon()).await.sent, 9);
    let expected: Vec<_> = (0..9).map(|n| format!("About \"{n}\"")).collect();
    assert_eq!(captured_subjects(&world).await, expected);
}

#[tokio::test]
async fn a_younger_mail_waits_while_its_elder_is_tried_again() {
    let world = World::new().await;
    let mut elder = threaded("1", false);
    elder.context = serde_json::json!({ "key": "1", "broken": true });
    world.enqueue(elder, noon()).await;
    world.enqueue(threaded("2", false), noon()).await;
    assert_eq!(
        world.send(noon()).await,
        Tally {
            retried: 1,
            ..Tally::default()
        }
    );
    assert_eq!(world.states().await, [4, 0]);
    world
        .execute("UPDATE outbox SET context = '{\"key\": \"1\"}' WHERE key = '1'", vec![])
        .await
        .unwrap();
    assert_eq!(world.send(noon().plus_minutes(2)).await.sent, 2);
    assert_eq!(captured_subjects(&world).await, ["About \"1\"", "About \"2\""]);
}

#[tokio::test]
async fn a_newer_mail_can_take_the_place_of_its_waiting_elders() {
    let world = World::new().await;
    world.enqueue(threaded("1", false), noon()).await;
    world.enqueue(threaded("2", false), noon()).await;
    world.enqueue(threaded("3", true), noon()).await;
    assert_eq!(world.states().await, [6, 6, 0]);
    assert_eq!(world.send(noon()).await.sent, 1);
    assert_eq!(captured_subjects(&world).await, ["About \"3\""]);
}

#[tokio::test]
async fn an_elder_under_way_that_fails_gives_way_to_the_newer_mail() {
    let world = World::new().await;
    world.enqueue(threaded("1", false), noon()).await;
    world
        .execute("UPDATE outbox SET state = 1, due = NULL, lease = 5", vec![])
        .await
        .unwrap();
    world.enqueue(threaded("2", true), noon()).await;
    assert_eq!(world.states().await, [1, 0], "what is under way is left alone");
    let back = "UPDATE outbox SET state = 4, due = queued_at, lease = NULL WHERE key = '1'";
    world.execute(back, vec![]).await.unwrap();
    let tally = world.send(noon()).await;
    assert_eq!((tally.sent, tally.cancelled), (1, 1));
    assert_eq!(world.states().await, [6, 3]);
}

#[tokio::test]
async fn past_its_time_a_mail_is_cancelled_instead_of_sent() {
    let world = World::new().await;
    let until = noon().plus_minutes(30);
    let timely = |key| NewMail {
        not_after: Some(until),
        ..mail(key, "ana@example.org")
    };
    world.enqueue(timely("a"), noon()).await;
    assert_eq!(world.send(until).await.sent, 1, "the last moment still counts");
    world.enqueue(timely("b"), noon()).await;
    let tally = world.send(until.plus_minutes(1)).await;
    assert_eq!((tally.sent, tally.cancelled), (0, 1));
    assert_eq!(world.states().await, [3, 6]);
}

#[tokio::test]
async fn a_thread_can_be_cancelled_in_the_write_that_makes_it_pointless() {
    let world = World::new().await;
    world.enqueue(threaded("1", false), noon()).await;
    world.enqueue(mail("2", "bo@example.org"), noon()).await;
    let step = async |tx: &DatabaseTransaction, m: &Mailing| m.cancel_thread(tx, "appointment:1:parent", noon()).await;
    let cancelled = write::<_, _, DbErr, _>(&world.db, world.mailing.clone(), step)
        .await
        .unwrap();
    assert_eq!(cancelled, 1);
    assert_eq!(world.send(noon()).await.sent, 1);
    assert_eq!(world.states().await, [6, 3]);
}

#[tokio::test]
async fn who_waits_before_the_screen_goes_first() {
    let world = World::new().await;
    for n in 0..30 {
        world
            .enqueue(mail(&format!("normal {n:02}"), "ana@example.org"), noon())
            .await;
    }
    let high = NewMail {
        priority: Priority::High,
        ..mail("high", "bo@example.org")
    };
    world.enqueue(high, noon().plus_minutes(1)).await;
    let one = Settings {
        connections: 1,
        ..Settings::default()
    };
    let now = noon().plus_minutes(2);
    let sender = world.sender(Transport::capture(&world.mailing), one, now).await;
    assert_eq!(sender.run_once(now).await.unwrap().sent, 31);
    assert_eq!(captured_subjects(&world).await[0], "About \"high\"");
}

#[tokio::test]
async fn after_a_crash_what_was_not_begun_is_sent_and_what_was_handed_over_is_sent_again_with_its_message_id() {
    let world = World::new().await;
    for key in ["a", "b", "c"] {
        world.enqueue(mail(key, "ana@example.org"), noon()).await;
    }
    crash(&world, "a", 1, 0).await;
    crash(&world, "b", 2, 0).await;
    crash(&world, "c", 2, 2).await;
    let tally = world.send(noon()).await;
    assert_eq!(
        tally,
        Tally {
            sent: 2,
            ..Tally::default()
        }
    );
    assert_eq!(
        world.states().await,
        [3, 3, 7],
        "the third copy without an answer is not followed by a fourth"
    );
    let uncertain: Vec<i16> = world.column("SELECT uncertain FROM outbox ORDER BY key").await;
    assert_eq!(uncertain, [0, 1, 3]);
    assert_eq!(world.mailing.outbox_counts().await.unwrap().uncertain, 1);

    let ids: Vec<String> = message_ids(&world).await;
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
    world.execute("DELETE FROM captured_mail", vec![]).await.unwrap();
    world
        .execute("UPDATE outbox SET state = 0, due = queued_at WHERE state = 3", vec![])
        .await
        .unwrap();
    world.send(noon().plus_minutes(5)).await;
    let mut again = message_ids(&world).await;
    again.sort();
    let mut first = ids;
    first.sort();
    assert_eq!(again, first, "each copy has the Message-ID of the first");
}

/// As a sender leaves a row that is killed there.
async fn crash(world: &World, key: &str, state: i16, uncertain: i16) {
    let text = "UPDATE outbox SET state = $1, uncertain = $2, due = NULL, lease = 99 WHERE key = $3";
    world
        .execute(text, vec![state.into(), uncertain.into(), key.into()])
        .await
        .unwrap();
}

async fn message_ids(world: &World) -> Vec<String> {
    let mut ids = Vec::new();
    for head in world.mailing.captured(100).await.unwrap() {
        let read = world.mailing.captured_mail(head.id).await.unwrap().unwrap();
        ids.push(read.header("Message-ID").unwrap().to_owned());
    }
    ids
}

#[tokio::test]
async fn a_captured_mail_is_kept_once_even_if_its_record_was_lost() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    world.send(noon()).await;
    crash(&world, "a", 2, 0).await;
    assert_eq!(world.send(noon()).await.sent, 1);
    assert_eq!(world.mailing.captured(10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_file_transport_keeps_one_message_a_mail() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    let transport = Transport::file(world.path("mails"));
    let sender = world.sender(transport.clone(), Settings::default(), noon()).await;
    assert_eq!(sender.run_once(noon()).await.unwrap().sent, 1);
    let files: Vec<_> = std::fs::read_dir(world.path("mails"))
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].extension().unwrap(), "eml");
    assert!(
        std::fs::read_to_string(&files[0])
            .unwrap()
            .contains("To: ana@example.org\r\n")
    );
    assert!(transport.check().await.unwrap().contains("mails become files"));
    std::fs::write(world.path("no-folder"), "").unwrap();
    let wrong = Transport::file(world.path("no-folder")).check().await.unwrap_err();
    assert!(wrong.to_string().contains("cannot be written"));
}

#[tokio::test]
async fn contexts_are_blanked_thirty_days_after_sending() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    world.send(noon()).await;
    world.enqueue(mail("b", "ana@example.org"), noon()).await;
    let days = |n: i64| noon().plus_minutes(n * 24 * 60);
    assert_eq!(world.mailing.forget_old(days(30)).await.unwrap(), 0);
    assert_eq!(
        world.mailing.forget_old(days(31)).await.unwrap(),
        1,
        "the waiting one keeps its context"
    );
    let kept: Vec<String> = world.column("SELECT key FROM outbox WHERE context IS NOT NULL").await;
    assert_eq!(kept, ["b"]);
}

#[tokio::test]
async fn a_running_sender_sends_within_a_second_and_stops_when_told() {
    let world = World::new().await;
    let sender = world
        .sender(Transport::capture(&world.mailing), Settings::default(), noon())
        .await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let stop = async { drop(stopped.await) };
        let clock = kernel::clock::Clock::fixed(noon());
        sender.run(clock, stop, std::time::Duration::from_secs(5)).await;
    });
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    let start = std::time::Instant::now();
    while world.mailing.captured(1).await.unwrap().is_empty() {
        assert!(start.elapsed().as_secs() < 3, "sent in time");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(world.states().await, [3]);
}

#[tokio::test]
async fn a_parked_outbox_sends_nothing_until_it_is_released() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    parked::mark_copy(&world.db, noon().plus_minutes(10)).await.unwrap();
    parked::park(&world.db, noon().plus_minutes(60)).await.unwrap();
    let later = noon().plus_minutes(61);
    world.enqueue(mail("b", "bea@example.org"), later).await;
    assert_eq!(world.send(later).await, Tally::default());
    let known = world.mailing.parked().await.unwrap().unwrap();
    assert_eq!(known.copied_at, Some(noon().plus_minutes(10)));
    assert_eq!((known.waiting, known.waited_in_copy), (2, 1));
    assert!(world.mailing.release(Waited::Sent, later).await.unwrap());
    assert_eq!(world.send(later).await.sent, 2);
    assert!(world.mailing.parked().await.unwrap().is_none());
    // A second tap.
    assert!(!world.mailing.release(Waited::Dropped, later).await.unwrap());
}

#[tokio::test]
async fn what_waited_in_a_copy_can_be_thrown_away_and_what_came_since_is_sent() {
    let world = World::new().await;
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    parked::mark_copy(&world.db, noon().plus_minutes(10)).await.unwrap();
    let later = noon().plus_minutes(61);
    world.enqueue(mail("b", "bea@example.org"), later).await;
    assert!(world.mailing.release(Waited::Dropped, later).await.unwrap());
    assert_eq!(world.send(later).await.sent, 1);
    assert_eq!(world.mailing.captured(9).await.unwrap()[0].to, "bea@example.org");
    assert_eq!(world.states().await, [6, 3]);
}
