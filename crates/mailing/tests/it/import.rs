//! Subscribers from a file and into one: consent is never raised, and garbage costs its own lines only.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use mailing::consent::{Find, ImportError, ImportState, Imported, Skipped, State, Told, import_file};

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
    let all = [
        State::Pending,
        State::Confirmed,
        State::Unsubscribed,
        State::Bounced,
        State::Complained,
    ];
    let added = BTreeMap::from(all.map(one));
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
    assert_eq!(done.added, BTreeMap::from([(State::Complained, 1)]));
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
    assert_eq!((done.rows, done.added), (7, BTreeMap::from([(State::Confirmed, 2)])));
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
    world.mailing.export_subscribers(&mut out).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&out).lines().count(), 2_501);
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
        BTreeMap::from([(State::Confirmed, 1_250), (State::Unsubscribed, 1_250)])
    );
    assert_eq!(states(&other).await, states(&world).await);
}

#[tokio::test]
async fn mailchimps_word_of_a_sign_up_is_kept_as_evidence_and_goes_with_the_person() {
    let world = World::new().await;
    let file = "Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TAGS\n\
        ana@example.org,Ana,Lee,2024-05-01 12:00:00,192.0.2.7,2024-05-01 12:30:00,192.0.2.8,\n";
    import(&world, file).await;
    let found = world.mailing.find_subscribers(&Find::default()).await.unwrap();
    let id = found.lines[0].id;
    let certificate = world.mailing.certificate(id).await.unwrap().unwrap();
    let said = certificate.file.unwrap();
    assert_eq!(said.asked_from.as_deref(), Some("192.0.2.7"));
    assert_eq!(said.confirmed_from.as_deref(), Some("192.0.2.8"));
    assert_eq!(said.confirmed_at.unwrap().to_string(), "2024-05-01T12:30:00Z");
    assert_eq!(certificate.proof.len(), 1);

    world.mailing.erase(id, noon()).await.unwrap().unwrap();
    for table in ["subscriber", "consent_evidence"] {
        assert!(
            world.column::<i32>(&format!("SELECT 1 FROM {table}")).await.is_empty(),
            "{table}"
        );
    }
    // The proof holds hashes only, and by them a file cannot bring her back.
    let again = import(&world, file).await;
    assert_eq!(
        (again.added, again.not_raised),
        (BTreeMap::from([(State::Unsubscribed, 1)]), 0)
    );
}

#[tokio::test]
async fn a_file_from_the_desk_goes_on_where_it_was_interrupted() {
    let world = World::new().await;
    let folder = world.path("imports");
    std::fs::create_dir_all(&folder).unwrap();
    let mut file = String::from("email,name,status\n");
    for n in 0..1_200 {
        let address = if n % 100 == 7 {
            "nobody".to_owned()
        } else {
            format!("reader{n}@example.org")
        };
        writeln!(file, "{address},\"Reader, {n}\",confirmed").unwrap();
    }
    let id = world.mailing.new_import(noon());
    std::fs::write(import_file(&folder, id), &file).unwrap();
    world
        .mailing
        .begin_import(id, "list.csv", file.len() as u64, noon())
        .await
        .unwrap();
    // Another instance began, and died after the first batch: what it read is in the table.
    let done = format!(
        "UPDATE import SET read = {}, line = 4, counts = '{{\"rows\":3,\"added\":{{\"confirmed\":3}},\"lowered\":0,\"unchanged\":0,\
         \"not_raised\":0,\"skipped\":{{}}}}'",
        file.match_indices('\n').nth(3).unwrap().0 + 1
    );
    world.execute(&done, Vec::new()).await.unwrap();
    let clock = kernel::clock::Clock::fixed(noon());
    assert_eq!(world.mailing.run_imports(&folder, &clock).await.unwrap(), 1);
    let line = world.mailing.import(id).await.unwrap().unwrap();
    assert_eq!(line.state, ImportState::Done);
    assert_eq!((line.counts.rows, line.refused()), (1_200, 12));
    assert_eq!(line.counts.added, BTreeMap::from([(State::Confirmed, 1_188)]));
    assert!(!import_file(&folder, id).exists());
    assert_eq!(world.column::<i32>("SELECT 1 FROM subscriber").await.len(), 1_185);
}

#[tokio::test]
async fn refused_rows_come_back_as_a_file_that_can_be_mended_and_imported() {
    let world = World::new().await;
    let folder = world.path("imports");
    std::fs::create_dir_all(&folder).unwrap();
    let clock = kernel::clock::Clock::fixed(noon());
    let take = async |name: &str, file: &[u8]| {
        let id = world.mailing.new_import(noon());
        std::fs::write(import_file(&folder, id), file).unwrap();
        world
            .mailing
            .begin_import(id, name, file.len() as u64, noon())
            .await
            .unwrap();
        world.mailing.run_imports(&folder, &clock).await.unwrap();
        world.mailing.import(id).await.unwrap().unwrap()
    };
    let mut file = b"email,name,status\nana@example,\"Lee, Ana\",confirmed\nben@example.org,Ben,friend\n".to_vec();
    file.extend(b"cyd@example.org,\xe9t\xe9,confirmed\ndan@example.org,");
    file.extend(vec![b'x'; 10_000_000]);
    file.extend(b"\neva@example.org,Eva,confirmed\n");
    let line = take("list.csv", &file).await;
    assert_eq!((line.counts.rows, line.refused()), (5, 4));
    let mut refused = Vec::new();
    world.mailing.refused_rows(line.id, &mut refused).await.unwrap();
    let refused = String::from_utf8(refused).unwrap();
    let lines: Vec<_> = refused.lines().collect();
    assert_eq!(lines[0], "email,name,status,passed_over_because");
    assert_eq!(
        lines[1],
        "ana@example,\"Lee, Ana\",confirmed,no e-mail address that mail could go to"
    );
    assert!(
        lines[2].starts_with("ben@example.org,Ben,friend,\"the status is none of"),
        "{}",
        lines[2]
    );
    assert!(lines[3].contains("not written in UTF-8") && lines[4].contains("far too long"));
    // Mended, the same file comes in.
    let mended = format!(
        "{}\n{}\n",
        lines[0],
        lines[1].replace("ana@example,", "ana@example.org,")
    );
    let line = take("mended.csv", mended.as_bytes()).await;
    assert_eq!(line.counts.added, BTreeMap::from([(State::Confirmed, 1)]));

    for (file, says) in [
        (&b"mail,name\nx@example.org,X\n"[..], "no column is called email"),
        (&[0xff, 0xfe, b'e', 0][..], "UTF-16"),
        (&b""[..], "the file is empty"),
    ] {
        let line = take("bad.csv", file).await;
        assert_eq!(line.state, ImportState::Failed);
        assert!(line.problem.unwrap().contains(says), "{says}");
    }
}

#[tokio::test]
async fn subscribers_are_found_by_any_part_of_address_or_name_page_by_page() {
    let world = World::new().await;
    let mut file = String::from("email,name,topics,status\n");
    for n in 0..120 {
        let status = if n % 2 == 0 { "confirmed" } else { "unsubscribed" };
        let topics = if n % 3 == 0 { "blog-posts" } else { "other-news" };
        writeln!(file, "reader{n}@Example.org,Zo\u{e9} {n},{topics},{status}").unwrap();
    }
    import(&world, &file).await;
    let find = async |find: Find| world.mailing.find_subscribers(&find).await.unwrap();
    let text = |text: &str| Find {
        text: text.into(),
        ..Find::default()
    };
    let first = find(Find::default()).await;
    assert_eq!(first.lines.len(), 50);
    let mut all = first.lines;
    let mut next = first.next;
    while let Some(before) = next {
        let page = find(Find {
            before: Some(before),
            ..Find::default()
        })
        .await;
        all.extend(page.lines);
        next = page.next;
    }
    let mut ids: Vec<_> = all.iter().map(|line| line.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 120);
    assert!(ids.is_sorted_by(|a, b| a > b));
    assert_eq!(find(text("READER119@example.org")).await.lines.len(), 1);
    assert_eq!(find(text("der11")).await.lines.len(), 11);
    assert_eq!(find(text("zo\u{e9} 7")).await.lines.len(), 11);
    assert_eq!(find(text("100% _")).await.lines.len(), 0);
    let some = find(Find {
        text: "reader".into(),
        state: Some(State::Confirmed),
        topic: Some(mailing::consent::Topic::BlogPosts),
        ..Find::default()
    });
    assert_eq!(some.await.lines.len(), 20);
}
