//! Silence, and taking back what has not begun to leave.

use kernel::db::write;
use kernel::instant::Instant;
use mailing::Mailing;
use mailing::outbox::{NewMail, Tally, Thread};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::support::{World, address, mail, noon};

async fn set(world: &World, muted: bool, who: &'static str) {
    let step = async |tx: &DatabaseTransaction, (m, muted, who): &(Mailing, bool, &str)| {
        if *muted {
            m.mute(tx, &address(who), noon()).await
        } else {
            m.unmute(tx, &address(who)).await
        }
    };
    write::<_, _, DbErr, _>(&world.db, (world.mailing.clone(), muted, who), step)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_address_is_silent_until_that_is_lifted_however_it_is_written() {
    let world = World::new().await;
    let is_muted = async |who: &str| world.mailing.is_muted(world.db.reader(), &address(who)).await.unwrap();
    assert!(!is_muted("ana@example.org").await);
    set(&world, true, "Ana@Example.org").await;
    set(&world, true, "ana@example.org").await;
    assert!(is_muted("ana@example.org").await && !is_muted("bea@example.org").await);
    let hashes: Vec<Vec<u8>> = world.column("SELECT address_hash FROM mute").await;
    assert!(hashes.len() == 1 && hashes[0].len() == 32, "a keyed hash alone is kept");
    set(&world, false, "ana@example.org").await;
    assert!(!is_muted("ana@example.org").await);
}

fn threaded(key: &str, kind: &'static str) -> NewMail {
    NewMail {
        kind,
        not_after: Some(noon().plus_minutes(30)),
        thread: Some(Thread {
            name: "appointment:1:parent".into(),
            cancels_elders: false,
        }),
        ..mail(key, "ana@example.org")
    }
}

async fn recall(world: &World, now: Instant) -> u64 {
    let step = async |tx: &DatabaseTransaction, (m, now): &(Mailing, Instant)| {
        m.recall(tx, "appointment:1:parent", "reminder", *now).await
    };
    write::<_, _, DbErr, _>(&world.db, (world.mailing.clone(), now), step)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_taken_back_does_not_leave_and_the_rest_of_its_thread_does() {
    let world = World::new().await;
    world.enqueue(threaded("1", "confirmed"), noon()).await;
    world.enqueue(threaded("2", "reminder"), noon()).await;
    world.enqueue(threaded("3", "cancelled"), noon()).await;
    let promised = NewMail {
        not_after: None,
        ..threaded("4", "reminder")
    };
    world.enqueue(promised, noon()).await;
    assert_eq!(recall(&world, noon()).await, 1);
    assert_eq!(recall(&world, noon()).await, 0);
    let tally = world.send(noon()).await;
    assert_eq!(
        tally,
        Tally {
            sent: 3,
            ..Tally::default()
        }
    );
    assert_eq!(
        world.states().await,
        [3, 6, 3, 3],
        "one without an end was promised, and is kept"
    );
}

#[tokio::test]
async fn one_that_a_sender_has_taken_and_not_begun_is_taken_back_too() {
    let world = World::new().await;
    world.enqueue(threaded("1", "reminder"), noon()).await;
    let taken = "UPDATE outbox SET state = 1, due = NULL, lease = 77";
    world.execute(taken, Vec::new()).await.unwrap();
    assert_eq!(recall(&world, noon()).await, 1);
    assert_eq!(world.states().await, [6]);
    // One that is being handed over has begun.
    world.enqueue(threaded("2", "reminder"), noon()).await;
    let begun = "UPDATE outbox SET state = 2, due = NULL, lease = 77 WHERE key = '2'";
    world.execute(begun, Vec::new()).await.unwrap();
    assert_eq!(recall(&world, noon()).await, 0);
}
