//! Families: babies and the mini-consult, the second recipient, and the link to book what is for clients.

use booking::appointment::{Baby, BookError, BookSlot, EventKind, NotBookable, NoticeKind, PhoneNumber, SecondError};
use booking::practice::Mode;
use kernel::instant::Instant;
use kernel::token::Token;

use crate::app::{App, at, family, monday, wish};

const MINI: &str = "free-mini-consult";

fn babies(said: &[(&str, &str)]) -> Vec<Baby> {
    let today = "2026-03-02".parse().unwrap();
    let baby = |(name, born): &(&str, &str)| Baby::parse(name, born, today).unwrap().unwrap();
    said.iter().map(baby).collect()
}

async fn starts(app: &App, now: Instant) -> Vec<Instant> {
    let slots = app.slots(MINI, Mode::Telehealth, now, now).await;
    slots.iter().map(|slot| slot.start).collect()
}

fn refused(result: Result<booking::appointment::Booked, BookError>) -> Option<NotBookable> {
    match result {
        Ok(_) => None,
        Err(BookError::NotBookable(why)) => Some(why),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_later_baby_has_a_mini_of_her_own_and_a_twin_has_not() {
    let app = App::new().await;
    let start = starts(&app, monday()).await;
    let mini = |n: usize, said: &[(&str, &str)]| BookSlot {
        babies: babies(said),
        ..wish(MINI, start[n])
    };
    let (mia, leo, later) = (("Mia", "2026-02-01"), ("Leo", "2026-02-01"), ("", "2026-09-20"));
    let first = app.book(mini(0, &[mia]), monday()).await.unwrap().appointment;
    let once = Some(NotBookable::OncePerFamily);
    assert_eq!(refused(app.book(mini(8, &[leo]), monday()).await), once, "a twin");
    assert_eq!(refused(app.book(mini(8, &[]), monday()).await), once, "nobody is named");
    // The same number under another address is the same family.
    let other_address = BookSlot {
        email: "work@example.org".parse().unwrap(),
        ..mini(8, &[mia])
    };
    assert_eq!(refused(app.book(other_address, monday()).await), once);
    assert_eq!(
        refused(app.book(mini(8, &[later]), monday()).await),
        None,
        "a later baby"
    );
    assert_eq!(refused(app.book(mini(16, &[later]), monday()).await), once);
    // Two years later it is still the same baby, and a cancelled one does not count.
    let years = monday().plus_minutes(2 * 366 * 1440);
    let then = starts(&app, years).await[0];
    let again = |said: &[(&str, &str)]| BookSlot {
        babies: babies(said),
        ..wish(MINI, then)
    };
    let two_years = app.book(again(&[mia]), years).await;
    assert_eq!(refused(two_years), once);
    app.booking.cancel(&first.token, None, monday()).await.unwrap();
    assert_eq!(refused(app.book(mini(24, &[mia]), monday()).await), None);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM baby").await,
        3,
        "a refused booking leaves none"
    );
}

#[tokio::test]
async fn an_equal_birth_date_alone_refuses_nobody_and_is_told_to_the_consultant() {
    let app = App::new().await;
    let start = starts(&app, monday()).await;
    let mini = |n: u32, at: usize, born: &str| BookSlot {
        babies: babies(&[("", born)]),
        ..family(n, wish(MINI, start[at]))
    };
    let first = app.book(mini(1, 0, "2026-02-01"), monday()).await.unwrap().appointment;
    let second = app.book(mini(2, 8, "2026-02-01"), monday()).await.unwrap().appointment;
    let third = app.book(mini(3, 16, "2026-02-02"), monday()).await.unwrap().appointment;
    let alike = async |of: &booking::appointment::AppointmentView| {
        let found = app.booking.born_alike(of.facts.id).await.unwrap();
        found.iter().map(|view| view.facts.id).collect::<Vec<_>>()
    };
    assert_eq!(alike(&second).await, [first.facts.id]);
    assert_eq!(alike(&first).await, [second.facts.id]);
    assert!(alike(&third).await.is_empty());
    app.booking.cancel(&first.token, None, monday()).await.unwrap();
    assert!(alike(&second).await.is_empty(), "a cancelled one tells nothing");
    assert_eq!(
        app.booking.babies(third.facts.id).await.unwrap(),
        babies(&[("", "2026-02-02")])
    );
}

#[tokio::test]
async fn two_minis_in_parallel_under_two_keys_and_two_addresses_of_one_number_are_one() {
    let app = App::new().await;
    let start = starts(&app, monday()).await;
    let mut all = Vec::new();
    for n in 0..8_u32 {
        let slot = BookSlot {
            email: format!("parent{n}@example.org").parse().unwrap(),
            phone: Some(PhoneNumber::parse("+1 828 555 0199").unwrap()),
            babies: babies(&[("Mia", "2026-02-01")]),
            ..wish(MINI, start[n as usize * 3])
        };
        let booking = app.booking.clone();
        all.push(tokio::spawn(async move { refused(booking.book(slot, monday()).await) }));
    }
    let mut booked = 0;
    for one in all {
        booked += usize::from(one.await.unwrap().is_none());
    }
    assert_eq!(booked, 1);
    app.audit().await;
}

#[tokio::test]
async fn the_second_recipient_is_of_one_appointment_and_each_change_is_told_and_kept() {
    let app = App::new().await;
    let start = starts(&app, monday()).await;
    let slot = BookSlot {
        second_recipient: Some("partner@example.org".parse().unwrap()),
        ..wish(MINI, start[0])
    };
    let booked = app.book(slot, monday()).await.unwrap().appointment;
    let second = |notice: &booking::appointment::Notice| {
        let address = notice.facts.second_recipient.clone();
        address.map(|a| a.as_str().to_owned())
    };
    let told = app.heard.take();
    assert_eq!(second(&told[0]).as_deref(), Some("partner@example.org"));
    let set = async |to: Option<&str>| {
        let to = to.map(|a| a.parse().unwrap());
        app.booking.set_second_recipient(&booked.token, to, monday()).await
    };
    set(Some("partner@example.org")).await.unwrap();
    assert!(app.heard.take().is_empty(), "nothing has changed");
    set(Some("granny@example.org")).await.unwrap();
    let told = app.heard.take();
    let NoticeKind::SecondRecipient { was } = &told[0].kind else {
        panic!("{:?}", told[0].kind)
    };
    assert_eq!(
        was.as_ref().map(kernel::email::EmailAddress::as_str),
        Some("partner@example.org")
    );
    assert_eq!(second(&told[0]).as_deref(), Some("granny@example.org"));
    // Her own address is nobody else's.
    assert_eq!(set(Some("ana@example.org")).await.unwrap().facts.second_recipient, None);
    let history = app.booking.history(booked.facts.id).await.unwrap();
    let changes: Vec<bool> = history
        .iter()
        .filter_map(|event| match event.kind {
            EventKind::SecondRecipient { named } => Some(named),
            _ => None,
        })
        .collect();
    assert_eq!(changes, [true, false]);
    let unknown = app
        .booking
        .set_second_recipient(&Token::presented("nobody"), None, monday())
        .await;
    assert!(matches!(unknown, Err(SecondError::NotFound)));
    app.booking.cancel(&booked.token, None, monday()).await.unwrap();
    assert!(matches!(set(None).await, Err(SecondError::NotActive("cancelled"))));
    app.audit().await;
}

#[tokio::test]
async fn a_link_of_the_consultant_books_what_is_for_clients_until_it_ends() {
    let app = App::new().await;
    let start = starts(&app, monday()).await;
    let visit = app.book(wish(MINI, start[0]), monday()).await.unwrap().appointment;
    let follow_up = |client: Option<Token>, start: &str| BookSlot {
        client,
        ..wish("follow-up", at(start))
    };
    let clients_only = Some(NotBookable::ClientsOnly);
    let early = follow_up(Some(visit.token.clone()), "2026-03-05T14:00:00Z");
    assert_eq!(
        refused(app.book(early, monday()).await),
        clients_only,
        "the visit is still to come"
    );
    let give = async |mailed: bool, now| {
        let mailed = mailed.then(|| "follow-up".parse().unwrap());
        let given = app
            .booking
            .give_client_link(visit.facts.id, mailed, app.login, now)
            .await;
        given.unwrap().unwrap()
    };
    app.heard.take();
    let link = give(false, monday()).await;
    assert!(app.heard.take().is_empty(), "she copies it herself");
    assert!(app.booking.is_client(&link.token, monday()).await.unwrap());
    let booked = app
        .book(follow_up(Some(link.token.clone()), "2026-03-05T14:00:00Z"), monday())
        .await;
    assert_eq!(refused(booked), None);
    // Given again it is the same link, holds longer, and is mailed if she wants that.
    let later = monday().plus_minutes(60 * 1440);
    let again = give(true, later).await;
    assert_eq!(again.token, link.token);
    assert!(again.ends_at > link.ends_at);
    assert!(
        app.heard
            .take()
            .iter()
            .any(|n| matches!(n.kind, NoticeKind::ClientLink { .. }))
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM client_link").await, 1);
    let ended = again.ends_at;
    assert!(!app.booking.is_client(&link.token, ended).await.unwrap());
    let forged = app.booking.is_client(&Token::presented("forged"), monday()).await;
    assert!(!forged.unwrap());
    let given = app.booking.history(visit.facts.id).await.unwrap();
    assert!(given.iter().any(|e| e.kind == EventKind::ClientLink { mailed: true }));
}

#[tokio::test]
async fn an_address_that_followed_a_link_of_ours_may_have_more_than_two_unpaid_visits() {
    let app = App::new().await;
    let initial = |start: &str| wish("initial-consultation", at(start));
    for start in ["2026-03-05T14:00:00Z", "2026-03-05T17:00:00Z"] {
        app.book(initial(start), monday()).await.unwrap();
    }
    let third = initial("2026-03-06T15:00:00Z");
    let waiting = Some(NotBookable::TooManyComing);
    assert_eq!(refused(app.book(third.clone(), monday()).await), waiting);
    let proved = BookSlot {
        address_proved: true,
        ..third
    };
    assert_eq!(refused(app.book(proved, monday()).await), None);
}
