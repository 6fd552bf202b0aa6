//! Several instances on one PostgreSQL. On SQLite there is one sender, by the file lock, and these tests have nothing to try.

use std::sync::Arc;

use kernel::instant::Instant;
use mailing::Settings;
use mailing::outbox::{Sender, Transport};
use sea_orm::DbBackend;

use crate::server::{Act, At, Server};
use crate::support::{Plain, World, mail, noon};

async fn on_postgres() -> Option<World> {
    let world = World::new().await;
    (world.db.backend() == DbBackend::Postgres).then_some(world)
}

/// The server's clock, microseconds UTC.
async fn clock(world: &World) -> Instant {
    let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    Instant::from_micros(world.column::<i64>(text).await[0])
}

#[tokio::test]
async fn two_instances_send_each_mail_once() {
    let Some(world) = on_postgres().await else { return };
    let server = Server::new(|m| match m.at {
        At::Dot => Act::Wait(std::time::Duration::from_millis(2)),
        _ => Act::Answer,
    });
    for n in 0..300 {
        world
            .enqueue(mail(&n.to_string(), &format!("ana{n}@example.org")), noon())
            .await;
    }
    let mut running = Vec::new();
    for mailing in [world.mailing.clone(), world.second().await] {
        let transport = Transport::smtp(server.url().parse().unwrap());
        let sender = Sender::start(&mailing, Arc::new(Plain), transport, Settings::default(), noon())
            .await
            .unwrap();
        running.push(tokio::spawn(async move { sender.run_once(noon()).await.unwrap().sent }));
    }
    let mut sent = 0;
    for one in running {
        let share = one.await.unwrap();
        assert!(share > 0, "both take part");
        sent += share;
    }
    assert_eq!(sent, 300);
    let mut recipients: Vec<_> = server.taken().into_iter().map(|t| t.to).collect();
    assert_eq!(recipients.len(), 300);
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 300);
}

#[tokio::test]
async fn a_dead_instance_is_replaced_after_its_lease_and_a_living_one_is_left_alone() {
    let Some(world) = on_postgres().await else { return };
    for key in ["dead leased", "dead under way", "living"] {
        world.enqueue(mail(key, "ana@example.org"), noon()).await;
    }
    let now = clock(&world).await;
    for (lease, until) in [(1_i64, now.plus_minutes(-1)), (2, now.plus_minutes(5))] {
        let text = "INSERT INTO lease (id, until) VALUES ($1, $2)";
        world
            .execute(text, vec![lease.into(), until.micros().into()])
            .await
            .unwrap();
    }
    for (key, state, lease) in [
        ("dead leased", 1_i16, 1_i64),
        ("dead under way", 2, 1),
        ("living", 2, 2),
    ] {
        let text = "UPDATE outbox SET state = $1, due = NULL, lease = $2 WHERE key = $3";
        world
            .execute(text, vec![state.into(), lease.into(), key.into()])
            .await
            .unwrap();
    }
    assert_eq!(world.send(noon()).await.sent, 2);
    assert_eq!(world.states().await, [3, 3, 2]);
    let leases: Vec<i64> = world.column("SELECT id FROM lease").await;
    assert_eq!(
        leases,
        [2],
        "the ended lease is swept and the sender has given its own back"
    );

    world.execute("UPDATE lease SET until = 0", vec![]).await.unwrap();
    assert_eq!(world.send(noon()).await.sent, 1);
    let uncertain: Vec<i16> = world.column("SELECT uncertain FROM outbox ORDER BY key").await;
    assert_eq!(uncertain, [0, 1, 1]);
}

#[tokio::test]
async fn an_instance_that_lost_its_lease_drops_the_mail() {
    let Some(world) = on_postgres().await else { return };
    let server = Server::new(|m| match m.at {
        At::Greeting => Act::Wait(std::time::Duration::from_millis(400)),
        _ => Act::Answer,
    });
    world.enqueue(mail("a", "ana@example.org"), noon()).await;
    let transport = Transport::smtp(server.url().parse().unwrap());
    let slow = world.sender(transport, Settings::default(), noon()).await;
    let running = tokio::spawn(async move { slow.run_once(noon()).await.unwrap() });
    while world.states().await != [1] {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    world
        .execute("UPDATE outbox SET state = 1, lease = 77, due = NULL", vec![])
        .await
        .unwrap();
    assert_eq!(running.await.unwrap().sent, 0);
    assert!(
        server.taken().is_empty(),
        "nothing was sent under a lease that was lost"
    );
    assert_eq!(world.states().await, [1]);
}
