//! A letter once more, for those who have not got it.

use mailing::letters::LetterState;

use crate::sending::subscriber;
use crate::support::{World, noon};

#[tokio::test]
async fn who_has_not_got_a_letter_gets_it_once_more_and_nobody_else() {
    let world = World::new().await;
    for number in 1..=5 {
        subscriber(&world, number, "confirmed", 15).await;
    }
    let letter = "+++\ntitle = \"Hello\"\ntopic = \"blog-posts\"\n+++\n\nHello.\n";
    world.mailing.add_letter(letter, noon()).await.unwrap();
    world.mailing.start_letter("hello", noon()).await.unwrap();
    // Two were refused, one of whom has no mailbox any more; one may have it.
    for (who, state) in [(1, 5), (2, 5), (3, 7)] {
        let text = format!(
            "UPDATE delivery SET state = {state}, due = NULL, error = '550 no' WHERE subscriber = \
             (SELECT id FROM subscriber WHERE address_key = 'ana{who}@example.org')"
        );
        world.execute(&text, Vec::new()).await.unwrap();
    }
    world
        .execute(
            "UPDATE subscriber SET state = 'bounced' WHERE address_key = 'ana2@example.org'",
            Vec::new(),
        )
        .await
        .unwrap();
    world.send(noon()).await;
    let ledger = world.mailing.ledger("hello").await.unwrap();
    assert_eq!(
        (ledger.state, ledger.delivered, ledger.bounced, ledger.uncertain),
        (LetterState::Sent, 2, 2, 1)
    );
    assert_eq!(world.mailing.undelivered("hello", 10).await.unwrap().len(), 3);
    assert_eq!(world.mailing.resend_letter("hello", false, noon()).await.unwrap(), 1);
    world.send(noon()).await;
    let ledger = world.mailing.ledger("hello").await.unwrap();
    assert_eq!(
        (ledger.state, ledger.delivered, ledger.bounced, ledger.uncertain),
        (LetterState::Sent, 3, 1, 1)
    );
    assert_eq!(world.mailing.resend_letter("hello", true, noon()).await.unwrap(), 1);
    world.send(noon()).await;
    assert_eq!(world.mailing.ledger("hello").await.unwrap().delivered, 4);
    assert_eq!(world.mailing.resend_letter("hello", true, noon()).await.unwrap(), 0);
    assert_eq!(world.mailing.ledger("hello").await.unwrap().state, LetterState::Sent);
    let chart = world.mailing.delivered_over_time("hello", noon()).await.unwrap();
    assert_eq!(chart.iter().map(|s| s.delivered).sum::<u64>(), 4);
}
