//! What a subscriber changes by herself: a pause, another address; and that erasing her leaves nothing of her.

use jiff::SignedDuration;
use kernel::token::Token;
use mailing::consent::{
    ADDRESS_MAIL, AddressAsked, AddressLink, AddressMail, LINK_VALID, Paused, State, Subscribe, Topic,
};

use crate::consent::request;
use crate::support::{World, address, noon};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

#[tokio::test]
async fn a_pause_of_three_months_holds_letters_and_nothing_else() {
    let world = World::new().await;
    let (_, link) = world.confirmed("ana@example.org", noon()).await;
    let (page, now) = ("/newsletter/preferences", noon() + MINUTE);
    let until = match world.mailing.pause(&link, page, now).await.unwrap() {
        Paused::Until(until) => until,
        other => panic!("{other:?}"),
    };
    assert_eq!(until.to_string(), "2027-02-24T12:01:00Z");
    let seen = world.mailing.preferences(&link, noon()).await.unwrap().unwrap();
    assert_eq!((seen.state, seen.paused_until), (State::Confirmed, Some(until)));
    let letter = "+++\ntitle = \"Day three\"\ntopic = \"blog-posts\"\n+++\n\nHello.\n";
    world.mailing.add_letter(letter, noon()).await.unwrap();
    let audience = world.mailing.audience(Topic::BlogPosts, noon()).await.unwrap();
    assert_eq!(audience.recipients, 0);
    assert_eq!(
        serde_json::to_value(&audience.excluded).unwrap(),
        serde_json::json!({ "paused": 1 })
    );
    assert_eq!(
        world
            .mailing
            .audience(Topic::BlogPosts, until)
            .await
            .unwrap()
            .recipients,
        1
    );
    // Pausing after a letter began takes her out before her turn.
    assert_eq!(
        world.mailing.end_pause(&link, page, now + MINUTE).await.unwrap(),
        Paused::Over
    );
    assert_eq!(
        world
            .mailing
            .start_letter("day-three", noon())
            .await
            .unwrap()
            .recipients,
        1
    );
    world.mailing.pause(&link, page, now + MINUTE * 2).await.unwrap();
    assert_eq!(world.send(now + MINUTE * 2).await.withdrawn, 1);
    let events = world.events().await;
    assert_eq!(events[2..], ["paused", "resumed", "paused"]);
}

#[tokio::test]
async fn another_address_is_hers_only_through_the_link_that_is_mailed_there() {
    let world = World::new().await;
    let (who, link) = world.confirmed("ana@example.org", noon()).await;
    let later = noon() + MINUTE;
    let ask = async |to: &str, now| {
        world
            .mailing
            .ask_new_address(&link, address(to), true, now)
            .await
            .unwrap()
    };
    assert_eq!(ask("ANA@example.org", later).await, AddressAsked::Same);
    assert_eq!(ask("new@example.net", later).await, AddressAsked::Asked);
    let contexts: Vec<serde_json::Value> = world
        .column(&format!("SELECT context FROM outbox WHERE kind = '{ADDRESS_MAIL}'"))
        .await;
    let mail: AddressMail = serde_json::from_value(contexts[0].clone()).unwrap();
    let token = world.mailing.address_token(&mail);
    for _ in 0..2 {
        let open = world.mailing.address_link(&token, later).await.unwrap();
        assert!(matches!(open, AddressLink::Open { address } if address.as_str() == "new@example.net"));
    }
    let seen = world.mailing.preferences(&link, later).await.unwrap().unwrap();
    assert_eq!(seen.address.as_str(), "ana@example.org");
    assert_eq!(seen.asked_for.unwrap().as_str(), "new@example.net");
    let expired = later + LINK_VALID;
    assert_eq!(
        world.mailing.address_link(&token, expired).await.unwrap(),
        AddressLink::Over
    );
    let done = AddressLink::Done { subscriber: who };
    for _ in 0..2 {
        let took = world
            .mailing
            .take_new_address(&token, "/newsletter/address", later)
            .await
            .unwrap();
        assert_eq!(took, done);
    }
    let seen = world.mailing.preferences(&link, later).await.unwrap().unwrap();
    assert_eq!((seen.address.as_str(), seen.asked_for), ("new@example.net", None));
    assert_eq!(
        world.mailing.address_link(&Token::presented("x"), later).await.unwrap(),
        AddressLink::Unknown
    );
    assert_eq!(world.events().await.last().unwrap(), "address");
}

#[tokio::test]
async fn another_address_that_subscribes_already_takes_over() {
    let world = World::new().await;
    let (old, link) = world.confirmed("ana@example.org", noon()).await;
    let (other, other_link) = world.confirmed("new@example.net", noon() + MINUTE).await;
    world
        .mailing
        .unsubscribe(&other_link, "/", noon() + MINUTE)
        .await
        .unwrap();
    let later = noon() + LINK_VALID;
    world
        .mailing
        .ask_new_address(&link, address("new@example.net"), true, later)
        .await
        .unwrap();
    let mail = AddressMail {
        subscriber: old,
        generation: 1,
        ends_at: later + LINK_VALID,
    };
    let token = world.mailing.address_token(&mail);
    let took = world
        .mailing
        .take_new_address(&token, "/newsletter/address", later)
        .await
        .unwrap();
    assert_eq!(took, AddressLink::Done { subscriber: other });
    assert_eq!(world.state_of("new@example.net").await.as_deref(), Some("confirmed"));
    assert_eq!(world.state_of("ana@example.org").await.as_deref(), Some("unsubscribed"));
}

#[tokio::test]
async fn one_domain_gets_only_so_many_mails_an_hour_and_every_answer_is_the_same() {
    let world = World::new().await;
    for n in 0..40 {
        let answer = world.subscribe(&format!("a{n}@practice.example"), noon()).await;
        assert_eq!(answer.again_at, noon() + MINUTE * 10);
    }
    assert_eq!(world.promised().await.len(), 30);
    // Other domains, and the same one an hour later, are not concerned; nor is anybody when limits are off.
    world.subscribe("ben@example.org", noon()).await;
    world.subscribe("a39@practice.example", noon() + MINUTE * 61).await;
    assert_eq!(world.promised().await.len(), 32);
    for n in 100..140 {
        let free = Subscribe {
            limited: false,
            ..request(&format!("a{n}@practice.example"))
        };
        world.mailing.subscribe(free, noon()).await.unwrap();
    }
    assert_eq!(world.promised().await.len(), 72);
}

#[tokio::test]
async fn erasing_leaves_no_address_and_keeps_a_complaint() {
    let world = World::new().await;
    let (who, link) = world.confirmed("ana@example.org", noon()).await;
    world.send(noon()).await;
    let held = world.mailing.held(&address("ana@example.org")).await.unwrap();
    assert_eq!(held["subscriber"]["consent"]["proof"].as_array().unwrap().len(), 2);
    assert_eq!(held["mails"].as_array().unwrap().len(), 1);
    world.suppress("ana@example.org", "complained").await;
    let gone = world.mailing.erase(who, noon()).await.unwrap().unwrap();
    assert_eq!(gone.as_str(), "ana@example.org");
    assert!(world.mailing.erase(who, noon()).await.unwrap().is_none());
    assert!(world.mailing.preferences(&link, noon()).await.unwrap().is_none());
    let held = world.mailing.held(&address("ana@example.org")).await.unwrap();
    assert_eq!(held["subscriber"], serde_json::Value::Null);
    assert_eq!(held["mails"], serde_json::json!([]));
    assert_eq!(held["suppressed"], "complained");
    for column in ["outbox.recipient", "captured_mail.recipient"] {
        let (table, column) = column.split_once('.').unwrap();
        let kept: Vec<String> = world.column(&format!("SELECT {column} FROM {table}")).await;
        assert!(kept.iter().all(|text| !text.contains("ana@")), "{table}: {kept:?}");
    }
    // Whoever types it again gets no mail: it had complained.
    let before = world.promised().await.len();
    world.subscribe("ana@example.org", noon() + LINK_VALID).await;
    assert_eq!(world.promised().await.len(), before);
}
