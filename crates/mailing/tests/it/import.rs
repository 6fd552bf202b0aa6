//! Subscribers from a file and into one: consent is never raised, and garbage costs its own lines only.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use mailing::consent::{ImportError, Imported, Skipped, Told};

use crate::sending::subscriber;
use crate::support::{World, noon};

async fn import(world: &World, file: &str) -> Imported {
    world
        .mailing
        .import_subscribers(file.as_bytes(), noon(), |_| {})
        .await
        .unwrap()
}

async fn states(world: &World) -> Vec<String> {
    world
        .column("SELECT CONCAT(address, ' ', state) FROM subscriber ORDER BY address")
        .await
}

#[tokio::test]
async fn new_addresses_come_as_the_file_says_and_the_same_file_again_changes_nothing() {
    let world = World::new().await;
    let file = "email,name,topics,status,confirmed_at\n\
        ana@example.org,\"Lee, Ana\",blog-posts;other-news,confirmed,2024-05-01T12:00:00Z\n\
        ben@example.org,,,pending,\n\
        cyd@example.org,,,unsubscribed,\n\
        dan@example.org,,,bounced,\n\
        eva@example.org,,,complained,\n\
        ANA@example.org,,,confirmed,\n";
    let first = import(&world, file).await;
    let one = |state| (state, 1);
    let added = BTreeMap::from(["pending", "confirmed", "unsubscribed", "bounced", "complained"].map(one));
    assert_eq!((first.rows, first.added, first.unchanged), (6, added, 1));
    let again = import(&world, file).await;
    assert_eq!(
        (again.rows, again.unchanged, again.added.len(), again.lowered),
        (6, 6, 0, 0)
    );
    let topics: Vec<i16> = world.column("SELECT topics FROM subscriber ORDER BY address").await;
    assert_eq!(topics, [9, 15, 15, 15, 15]);
    let proofs: Vec<String> = world
        .column("SELECT event FROM consent_proof WHERE page = 'import' ORDER BY event")
        .await;
    assert_eq!(proofs, ["confirmed", "requested", "unsubscribed"]);
    // What was imported as confirmed gets letters, and its links work.
    let letter = "+++\ntitle = \"Day three\"\ntopic = \"blog-posts\"\n+++\n\nHello.\n";
    world.mailing.add_letter(letter, noon()).await.unwrap();
    assert_eq!(
        world
            .mailing
            .start_letter("day-three", noon())
            .await
            .unwrap()
            .recipients,
        1
    );
}

#[tokio::test]
async fn an_import_raises_nobodys_consent_and_may_end_it() {
    let world = World::new().await;
    for (n, state) in ["pending", "confirmed", "unsubscribed", "bounced", "confirmed"]
        .iter()
        .enumerate()
    {
        subscriber(&world, n as u64, state, 15).await;
    }
    let keys = kernel::keys::Keys::from_hex(&"5a".repeat(32)).unwrap();
    let erased = keys.hash_of("erased@example.org");
    let text = "INSERT INTO suppression (address_hash, reason, since) VALUES ($1, 'complained', 0)";
    world.execute(text, vec![erased.into()]).await.unwrap();
    let file = "email,status\nana0@example.org,confirmed\nana1@example.org,pending\nana2@example.org,confirmed\n\
        ana3@example.org,confirmed\nana4@example.org,unsubscribed\nerased@example.org,confirmed\n";
    let done = import(&world, file).await;
    assert_eq!((done.not_raised, done.lowered), (3, 1));
    assert_eq!(done.added, BTreeMap::from([("complained", 1)]));
    assert_eq!(
        states(&world).await,
        [
            "ana0@example.org pending",
            "ana1@example.org confirmed",
            "ana2@example.org unsubscribed",
            "ana3@example.org bounced",
            "ana4@example.org unsubscribed",
            "erased@example.org complained",
        ]
    );
}

#[tokio::test]
async fn garbage_is_named_by_its_line_and_passed_over() {
    let world = World::new().await;
    let mut told = Vec::new();
    let huge = "x".repeat(10_000_000);
    let file = format!(
        "Email;Status;topics\nana@example.org;confirmed;\nno address;confirmed;\nben@example.org;friend;\n\
         cyd@example.org;confirmed;gossip\n{huge}\ndan@example.org;\"open\neva@example.org;confirmed;\n"
    );
    let done = world
        .mailing
        .import_subscribers(file.as_bytes(), noon(), |t| {
            if let Told::Skipped { line, why } = t {
                told.push((line, why));
            }
        })
        .await
        .unwrap();
    assert_eq!(
        told,
        [
            (3, Skipped::BadAddress),
            (4, Skipped::UnknownStatus),
            (5, Skipped::UnknownTopic),
            (6, Skipped::TooLong),
            (7, Skipped::OpenQuote),
        ]
    );
    assert_eq!((done.rows, done.added), (7, BTreeMap::from([("confirmed", 2)])));
    let refused = world
        .mailing
        .import_subscribers(&b"mail,name\na,b\n"[..], noon(), |_| {})
        .await;
    assert!(matches!(refused, Err(ImportError::NoEmail(names)) if names == "mail, name"));
}

#[tokio::test]
async fn what_is_exported_can_be_imported_elsewhere() {
    let world = World::new().await;
    let mut file = String::from("email,name,status,topics\n");
    for n in 0..2_500 {
        let status = ["confirmed", "unsubscribed"][n % 2];
        writeln!(file, "ana{n}@example.org,\"Lee, \"\"{n}\"\"\",{status},other-news").unwrap();
    }
    assert_eq!(import(&world, &file).await.rows, 2_500);
    let mut out = Vec::new();
    assert_eq!(world.mailing.export_subscribers(&mut out).await.unwrap(), 2_500);
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with("email,name,topics,status,confirmed_at,"));
    assert!(
        out.contains("\nana7@example.org,\"Lee, \"\"7\"\"\",other-news,unsubscribed,,2026-11-24T12:00:00Z\n"),
        "{}",
        &out[..300]
    );
    let other = World::new().await;
    let there = import(&other, &out).await;
    assert_eq!(
        there.added,
        BTreeMap::from([("confirmed", 1_250), ("unsubscribed", 1_250)])
    );
    assert_eq!(states(&other).await, states(&world).await);
}
