//! Consent: asking first, the same answer for every address, and leaving in one tap.

use jiff::SignedDuration;
use kernel::id::SubscriberId;
use kernel::instant::Instant;
use kernel::token::Token;
use mailing::consent::{
    CONFIRM_MAIL, ConfirmMail, Confirmed, Counts, LINK_VALID, Left, LinkState, Progress, State, Subscribe, Subscribed,
    Topic, Topics, TopicsSet, Undone, Wording,
};

use crate::support::{World, address, noon};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn wording() -> Wording {
    Wording {
        version: "newsletter-1".into(),
        text: "Letters from Nora, about once a month.".into(),
    }
}

pub fn request(to: &str) -> Subscribe {
    Subscribe {
        address: address(to),
        name: None,
        topics: None,
        page: "/newsletter".into(),
        wording: wording(),
        limited: true,
    }
}

impl World {
    pub async fn subscribe(&self, to: &str, now: Instant) -> Subscribed {
        self.mailing.subscribe(request(to), now).await.unwrap()
    }

    /// The confirmation mails promised so far, oldest first.
    pub async fn promised(&self) -> Vec<ConfirmMail> {
        let text = format!("SELECT context FROM outbox WHERE kind = '{CONFIRM_MAIL}' ORDER BY queued_at, id");
        let contexts: Vec<Option<serde_json::Value>> = self.column(&text).await;
        contexts
            .into_iter()
            .flatten()
            .map(|c| serde_json::from_value(c).unwrap())
            .collect()
    }

    /// The link in the newest confirmation mail.
    async fn link(&self) -> Token {
        self.mailing.confirmation_token(self.promised().await.last().unwrap())
    }

    async fn confirm(&self, link: &Token, now: Instant) -> Confirmed {
        self.mailing.confirm(link, "/newsletter/confirm", now).await.unwrap()
    }

    /// Someone on the list, and her preferences link.
    pub async fn confirmed(&self, to: &str, now: Instant) -> (SubscriberId, Token) {
        self.subscribe(to, now).await;
        let moment = now + SignedDuration::from_micros(1);
        let Confirmed::Now { subscriber } = self.confirm(&self.link().await, moment).await else {
            panic!("confirms")
        };
        (subscriber, self.mailing.preferences_token(subscriber))
    }

    pub async fn state_of(&self, to: &str) -> Option<String> {
        let text = format!("SELECT state FROM subscriber WHERE address_key = '{to}'");
        self.column(&text).await.pop()
    }

    pub async fn events(&self) -> Vec<String> {
        self.column("SELECT event FROM consent_proof ORDER BY at, id").await
    }

    pub async fn suppress(&self, to: &str, reason: &str) {
        let keys = kernel::keys::Keys::from_hex(&"5a".repeat(32)).unwrap();
        let text = "INSERT INTO suppression (address_hash, reason, since) VALUES ($1, $2, 0)";
        let values = vec![keys.hash_of(to).into(), reason.into()];
        self.execute(text, values).await.unwrap();
        let text = "UPDATE subscriber SET state = $1 WHERE address_key = $2";
        self.execute(text, vec![reason.into(), to.into()]).await.unwrap();
    }
}

#[tokio::test]
async fn a_subscriber_confirms_in_two_steps() {
    let world = World::new().await;
    let answer = world.subscribe("Ana@Example.org", noon()).await;
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "pending");
    assert_eq!(world.mailing.progress(&answer.marker).await.unwrap(), Progress::Waiting);
    assert_eq!(answer.again_at, noon() + MINUTE * 10);

    let mail = world.promised().await.pop().unwrap();
    assert_eq!(mail.ends_at, noon() + LINK_VALID);
    let recipients: Vec<String> = world.column("SELECT recipient FROM outbox").await;
    assert_eq!(recipients, ["Ana@example.org"]);

    let link = world.link().await;
    let later = noon() + MINUTE;
    let Confirmed::Now { subscriber } = world.confirm(&link, later).await else {
        panic!()
    };
    assert_eq!(subscriber, mail.subscriber);
    assert_eq!(
        world.mailing.progress(&answer.marker).await.unwrap(),
        Progress::Confirmed
    );
    let preferences = world.mailing.preferences_token(subscriber);
    let seen = world.mailing.preferences(&preferences, later).await.unwrap().unwrap();
    assert_eq!((seen.state, seen.topics), (State::Confirmed, Topics::ALL));
    assert_eq!(world.events().await, ["requested", "confirmed"]);
    let counts = world.mailing.subscriber_counts().await.unwrap();
    assert_eq!(
        counts,
        Counts {
            confirmed: 1,
            ..Counts::default()
        }
    );
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing_and_knows_the_browser_that_signed_up() {
    let world = World::new().await;
    let answer = world.subscribe("ana@example.org", noon()).await;
    let link = world.link().await;
    let look = async |marker: Option<&Token>, now| world.mailing.confirmation(&link, marker, now).await.unwrap();
    let stranger = Token::presented("somebodyelse");
    for _ in 0..2 {
        assert_eq!(look(None, noon()).await, LinkState::Open { same_browser: false });
        assert_eq!(
            look(Some(&stranger), noon()).await,
            LinkState::Open { same_browser: false }
        );
        assert_eq!(
            look(Some(&answer.marker), noon()).await,
            LinkState::Open { same_browser: true }
        );
    }
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "pending");
    assert_eq!(
        look(None, noon() + LINK_VALID - SECOND).await,
        LinkState::Open { same_browser: false }
    );
    assert_eq!(look(None, noon() + LINK_VALID).await, LinkState::Expired);
    world.confirm(&link, noon()).await;
    let again = look(Some(&answer.marker), noon()).await;
    assert!(
        matches!(
            again,
            LinkState::Used {
                state: State::Confirmed,
                ..
            }
        ),
        "{again:?}"
    );
    let forged = Token::presented("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_eq!(
        world.mailing.confirmation(&forged, None, noon()).await.unwrap(),
        LinkState::Unknown
    );
}

#[tokio::test]
async fn a_used_link_shows_its_end_again_and_never_brings_back_someone_who_left() {
    let world = World::new().await;
    let (subscriber, preferences) = world.confirmed("ana@example.org", noon()).await;
    let used = world.link().await;
    let again = world.confirm(&used, noon() + MINUTE).await;
    assert_eq!(
        again,
        Confirmed::Already {
            subscriber,
            state: State::Confirmed
        }
    );
    world
        .mailing
        .unsubscribe(&preferences, "/p", noon() + MINUTE)
        .await
        .unwrap();
    let again = world.confirm(&used, noon() + MINUTE * 2).await;
    assert_eq!(
        again,
        Confirmed::Already {
            subscriber,
            state: State::Unsubscribed
        }
    );
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "unsubscribed");

    world.subscribe("ana@example.org", noon() + MINUTE * 20).await;
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "pending");
    let again = world.confirm(&used, noon() + MINUTE * 21).await;
    assert_eq!(
        again,
        Confirmed::Already {
            subscriber,
            state: State::Pending
        }
    );
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "pending");
    let fresh = world.link().await;
    assert_ne!(fresh, used);
    assert_eq!(
        world.confirm(&fresh, noon() + MINUTE * 22).await,
        Confirmed::Now { subscriber }
    );
}

#[tokio::test]
async fn a_link_is_good_for_seven_days_and_a_forged_one_for_nothing() {
    let world = World::new().await;
    world.subscribe("ana@example.org", noon()).await;
    let link = world.link().await;
    assert_eq!(world.confirm(&link, noon() + LINK_VALID).await, Confirmed::Expired);
    assert_eq!(
        world.confirm(&Token::presented("forged"), noon()).await,
        Confirmed::Unknown
    );
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "pending");
    let late = noon() + LINK_VALID;
    world.subscribe("ana@example.org", late).await;
    let fresh = world.link().await;
    assert_ne!(fresh, link, "an expired link stays expired");
    assert_eq!(world.confirm(&link, late).await, Confirmed::Expired);
    assert!(matches!(world.confirm(&fresh, late).await, Confirmed::Now { .. }));
}

#[tokio::test]
async fn the_answer_is_the_same_for_every_address_and_only_some_get_a_mail() {
    let world = World::new().await;
    let start = noon();
    world.subscribe("pending@example.org", start).await;
    world.confirmed("confirmed@example.org", start + SECOND).await;
    let (_, token) = world.confirmed("left@example.org", start + SECOND * 2).await;
    world
        .mailing
        .unsubscribe(&token, "/p", start + SECOND * 3)
        .await
        .unwrap();
    for (n, (to, reason)) in (4..).zip([
        ("bounced@example.org", "bounced"),
        ("complained@example.org", "complained"),
    ]) {
        world.confirmed(to, start + SECOND * n).await;
        world.suppress(to, reason).await;
    }
    world.suppress("erased@example.org", "complained").await;
    let before = world.promised().await.len();

    let now = start + MINUTE * 11;
    let mut answers = Vec::new();
    let people = ["new", "pending", "confirmed", "left", "bounced", "complained", "erased"];
    for who in people {
        let answer = world.subscribe(&format!("{who}@example.org"), now).await;
        assert_eq!(world.mailing.progress(&answer.marker).await.unwrap(), Progress::Waiting);
        answers.push(answer.again_at - now);
    }
    assert!(answers.iter().all(|&a| a == MINUTE * 10), "{answers:?}");
    let mailed: Vec<String> = world
        .column(&format!(
            "SELECT recipient FROM outbox WHERE queued_at = {} ORDER BY recipient",
            now.micros()
        ))
        .await;
    assert_eq!(
        mailed,
        [
            "bounced@example.org",
            "left@example.org",
            "new@example.org",
            "pending@example.org"
        ]
    );
    assert_eq!(world.promised().await.len(), before + 4);
    let states = [
        Some("pending"),
        Some("pending"),
        Some("confirmed"),
        Some("pending"),
        Some("bounced"),
        Some("complained"),
        None,
    ];
    for (who, state) in people.into_iter().zip(states) {
        assert_eq!(
            world.state_of(&format!("{who}@example.org")).await.as_deref(),
            state,
            "{who}"
        );
    }
}

#[tokio::test]
async fn one_confirmation_mail_in_ten_minutes_and_three_a_day_whatever_is_typed() {
    let world = World::new().await;
    let mails = async || world.promised().await.len();
    world.subscribe("ana@example.org", noon()).await;
    let soon = world.subscribe("ANA@example.org", noon() + MINUTE * 9).await;
    assert_eq!((mails().await, soon.again_at), (1, noon() + MINUTE * 10));
    world.subscribe("ana@example.org", noon() + MINUTE * 10).await;
    let third = world.subscribe("ana@example.org", noon() + MINUTE * 20).await;
    assert_eq!((mails().await, third.again_at), (3, noon() + MINUTE * 24 * 60));
    let refused = world.subscribe("ana@example.org", noon() + MINUTE * 600).await;
    assert_eq!((mails().await, refused.again_at), (3, noon() + MINUTE * 24 * 60));
    world.subscribe("ana@example.org", noon() + MINUTE * 24 * 60).await;
    assert_eq!(mails().await, 4);
    world.subscribe("bo@example.org", noon() + MINUTE * 24 * 60).await;
    assert_eq!(mails().await, 5, "another address has its own rule");

    let together: Vec<_> = (0..8)
        .map(|_| world.mailing.subscribe(request("cy@example.org"), noon()))
        .collect();
    for answer in futures_util::future::join_all(together).await {
        assert_eq!(answer.unwrap().again_at, noon() + MINUTE * 10);
    }
    assert_eq!(mails().await, 6, "eight at once are one");
}

#[tokio::test]
async fn a_second_request_sends_the_same_link_again_and_its_browser_follows_too() {
    let world = World::new().await;
    let phone = world.subscribe("ana@example.org", noon()).await;
    let first = world.link().await;
    let laptop = world.subscribe("ana@example.org", noon() + MINUTE).await;
    let tablet = world.subscribe("ana@example.org", noon() + MINUTE * 10).await;
    assert_eq!(world.link().await, first, "both mails lead to the same place");
    assert_eq!(world.states().await, [6, 0], "the waiting elder is cancelled");
    let late = noon() + LINK_VALID + MINUTE;
    assert!(
        matches!(world.confirm(&first, late).await, Confirmed::Now { .. }),
        "good for seven days from the last mail"
    );
    for answer in [phone, laptop, tablet] {
        assert_eq!(
            world.mailing.progress(&answer.marker).await.unwrap(),
            Progress::Confirmed
        );
    }
}

#[tokio::test]
async fn a_bounced_address_gets_one_attempt_and_confirming_reinstates_it() {
    let world = World::new().await;
    let (subscriber, _) = world.confirmed("ana@example.org", noon()).await;
    world.suppress("ana@example.org", "bounced").await;
    let day = |n: i64| noon() + SignedDuration::from_hours(24 * n);
    world.subscribe("ana@example.org", day(1)).await;
    assert_eq!(world.promised().await.len(), 2);
    world.subscribe("ana@example.org", day(3)).await;
    assert_eq!(world.promised().await.len(), 2, "no second one while the link lasts");
    world.subscribe("ana@example.org", day(9)).await;
    assert_eq!(world.promised().await.len(), 3);
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "bounced");
    let link = world.link().await;
    assert_eq!(world.confirm(&link, day(9)).await, Confirmed::Now { subscriber });
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "confirmed");
    assert!(
        world
            .column::<String>("SELECT reason FROM suppression")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn topics_are_chosen_with_proof_and_none_at_all_is_leaving() {
    let world = World::new().await;
    let (_, token) = world.confirmed("ana@example.org", noon()).await;
    let choose = async |topics| {
        world
            .mailing
            .set_topics(&token, topics, "/newsletter/preferences", wording(), noon() + MINUTE)
            .await
            .unwrap()
    };
    let two = Topics::from_iter([Topic::BlogPosts, Topic::OtherNews]);
    assert_eq!(choose(two).await, TopicsSet::Kept(two));
    let seen = world
        .mailing
        .preferences(&token, noon() + MINUTE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(seen.topics, two);
    let undo_until = Some(noon() + MINUTE * 12);
    let none = Topics::default();
    let later = noon() + MINUTE * 2;
    let left = world
        .mailing
        .set_topics(&token, none, "/p", wording(), later)
        .await
        .unwrap();
    assert_eq!(left, TopicsSet::Left { undo_until });
    assert_eq!(choose(two).await, TopicsSet::NotConfirmed);
    let unknown = Token::presented("nobody");
    let nobody = world
        .mailing
        .set_topics(&unknown, two, "/p", wording(), noon())
        .await
        .unwrap();
    assert_eq!(nobody, TopicsSet::Unknown);
    assert_eq!(
        world.events().await,
        ["requested", "confirmed", "topics", "unsubscribed"]
    );
    let proofs: Vec<String> = world
        .column("SELECT wording_version FROM consent_proof WHERE event = 'topics'")
        .await;
    assert_eq!(proofs, ["newsletter-1"]);
}

#[tokio::test]
async fn leaving_takes_one_step_from_either_link_and_can_be_undone_for_ten_minutes() {
    let world = World::new().await;
    let (subscriber, preferences) = world.confirmed("ana@example.org", noon() - MINUTE).await;
    let one_click = world.mailing.unsubscribe_token(subscriber);
    assert_ne!(one_click, preferences);
    let undo_until = Some(noon() + MINUTE * 10);
    let leave = async |token: &Token, now| world.mailing.unsubscribe(token, "/u", now).await.unwrap();
    assert_eq!(leave(&one_click, noon()).await, Left::Now { undo_until });
    assert_eq!(
        leave(&one_click, noon() + MINUTE * 5).await,
        Left::Already { undo_until }
    );
    assert_eq!(
        leave(&one_click, noon() + MINUTE * 11).await,
        Left::Already { undo_until: None }
    );
    let undo = async |token: &Token, now| world.mailing.undo_unsubscribe(token, "/u", now).await.unwrap();
    assert_eq!(undo(&one_click, noon() + MINUTE * 10 + SECOND).await, Undone::TooLate);
    assert_eq!(undo(&one_click, noon() + MINUTE * 10).await, Undone::Back);
    assert_eq!(
        undo(&one_click, noon() + MINUTE * 10).await,
        Undone::TooLate,
        "nothing to undo"
    );
    assert_eq!(world.state_of("ana@example.org").await.unwrap(), "confirmed");
    assert_eq!(
        leave(&preferences, noon() + MINUTE * 20).await,
        Left::Now {
            undo_until: Some(noon() + MINUTE * 30)
        }
    );
    assert_eq!(leave(&Token::presented("x"), noon()).await, Left::Unknown);
    assert_eq!(undo(&Token::presented("x"), noon()).await, Undone::Unknown);
    assert_eq!(
        world.events().await,
        ["requested", "confirmed", "unsubscribed", "returned", "unsubscribed"]
    );
}

#[tokio::test]
async fn leaving_before_confirming_closes_the_link_and_nothing_can_bring_her_in() {
    let world = World::new().await;
    let (_, preferences) = world.confirmed("ana@example.org", noon()).await;
    world.mailing.unsubscribe(&preferences, "/p", noon()).await.unwrap();
    let later = noon() + MINUTE * 30;
    world.subscribe("ana@example.org", later).await;
    let link = world.link().await;
    let left = world.mailing.unsubscribe(&preferences, "/p", later).await.unwrap();
    assert_eq!(left, Left::Now { undo_until: None });
    assert_eq!(
        world.mailing.undo_unsubscribe(&preferences, "/p", later).await.unwrap(),
        Undone::TooLate
    );
    assert!(matches!(
        world.confirm(&link, later).await,
        Confirmed::Already {
            state: State::Unsubscribed,
            ..
        }
    ));
    let waiting = world.mailing.outbox_counts().await.unwrap().queued;
    assert_eq!(waiting, 0, "her confirmation mail no longer waits");
}

#[tokio::test]
async fn the_proof_holds_what_was_said_and_no_address_and_cannot_be_changed() {
    let world = World::new().await;
    world.confirmed("ana@example.org", noon()).await;
    let texts: Vec<String> = world
        .column("SELECT wording FROM consent_proof WHERE event = 'requested'")
        .await;
    assert_eq!(texts, ["Letters from Nora, about once a month."]);
    let pages: Vec<String> = world.column("SELECT page FROM consent_proof ORDER BY at, id").await;
    assert_eq!(pages, ["/newsletter", "/newsletter/confirm"]);
    for change in ["UPDATE consent_proof SET page = ''", "DELETE FROM consent_proof"] {
        let refused = world.execute(change, vec![]).await.unwrap_err();
        assert!(refused.to_string().contains("consent_proof_append_only"), "{refused}");
    }
    let text = if world.db.backend() == sea_orm::DbBackend::Postgres {
        "SELECT row_to_json(p)::text FROM consent_proof p"
    } else {
        "SELECT page || wording || COALESCE(wording_version, '') || hex(address_hash) FROM consent_proof p WHERE wording IS NOT NULL"
    };
    let rows: Vec<String> = world.column(text).await;
    assert!(!rows.is_empty() && rows.iter().all(|r| !r.contains("ana")));
}

#[tokio::test]
async fn an_erased_person_leaves_the_proof_and_nothing_of_hers() {
    let world = World::new().await;
    world.confirmed("ana@example.org", noon()).await;
    assert_eq!(world.execute("DELETE FROM subscriber", vec![]).await.unwrap(), 1);
    for table in ["confirmation_link", "signup_browser"] {
        let left: Vec<i64> = world.column(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(left, [0], "{table}");
    }
    assert_eq!(world.events().await, ["requested", "confirmed"]);
    let again = world.subscribe("ana@example.org", noon() + MINUTE * 5).await;
    assert_eq!(
        again.again_at,
        noon() + MINUTE * 10,
        "the throttle does not forget with the person"
    );
    assert_eq!(world.promised().await.len(), 1);
}

#[tokio::test]
async fn a_name_is_kept_short_and_never_mailed_before_she_confirms() {
    let world = World::new().await;
    let named = Subscribe {
        name: Some(format!("  Ana\r\n{} ", "x".repeat(90))),
        ..request("ana@example.org")
    };
    world.mailing.subscribe(named, noon()).await.unwrap();
    let kept: Vec<String> = world.column("SELECT name FROM subscriber").await;
    assert!(kept[0].starts_with("Anaxxx") && kept[0].chars().count() == 60);
    let contexts: Vec<serde_json::Value> = world.column("SELECT context FROM outbox").await;
    assert!(!contexts[0].to_string().contains("Ana"));
}

#[tokio::test]
async fn what_the_throttle_and_the_browsers_no_longer_need_is_forgotten() {
    let world = World::new().await;
    world.subscribe("ana@example.org", noon()).await;
    let rows = async || {
        let attempts: Vec<i64> = world.column("SELECT COUNT(*) FROM signup_attempt").await;
        let browsers: Vec<i64> = world.column("SELECT COUNT(*) FROM signup_browser").await;
        (attempts[0], browsers[0])
    };
    world.mailing.forget_old(noon() + MINUTE * (24 * 60 - 1)).await.unwrap();
    assert_eq!(rows().await, (1, 1));
    world.mailing.forget_old(noon() + MINUTE * 24 * 60).await.unwrap();
    assert_eq!(rows().await, (0, 1));
    world.mailing.forget_old(noon() + LINK_VALID).await.unwrap();
    assert_eq!(rows().await, (0, 0));
}
