//! Letters: a file becomes an article, and the same file again changes nothing.

use kernel::instant::Instant;
use mailing::letters::{AddLetterError, Added};

use crate::support::{World, noon};

fn letter(title: &str, published: &str, text: &str) -> String {
    format!("+++\ntitle = \"{title}\"\ntopic = \"blog-posts\"\npublished = {published}\n+++\n\n{text}\n")
}

async fn add(world: &World, file: &str, now: Instant) -> Added {
    world.mailing.add_letter(file, now).await.unwrap()
}

#[tokio::test]
async fn a_letter_becomes_an_article_with_contents() {
    let world = World::new().await;
    let text = "It arrives *in a rush*.\n\n## When to call\n\n> [!WARNING]\n> Today.\n\n<script>x</script>";
    let added = add(&world, &letter("Day three", "true", text), noon()).await;
    assert_eq!(
        added,
        Added {
            slug: "day-three".into(),
            created: true
        }
    );
    let article = world.mailing.article("day-three", noon()).await.unwrap().unwrap();
    assert_eq!(
        (article.title.as_str(), article.summary.as_str()),
        ("Day three", "It arrives in a rush.")
    );
    assert_eq!((article.published_at, article.changed_at), (noon(), noon()));
    assert!(article.html.contains("<h2 id=\"when-to-call\">") && !article.html.contains("script"));
    assert_eq!(article.contents[0].id, "when-to-call");
    assert!(world.mailing.article("day-four", noon()).await.unwrap().is_none());
}

#[tokio::test]
async fn the_same_file_changes_nothing_and_a_changed_one_updates_the_letter() {
    let world = World::new().await;
    let (later, file) = (noon().plus_minutes(5), letter("Day three", "true", "Old."));
    add(&world, &file, noon()).await;
    assert!(!add(&world, &file, later).await.created);
    let article = world.mailing.article("day-three", later).await.unwrap().unwrap();
    assert_eq!((article.published_at, article.changed_at), (noon(), noon()));
    add(&world, &file.replace("Old.", "New."), later).await;
    let article = world.mailing.article("day-three", later).await.unwrap().unwrap();
    assert!(article.html.contains("New."));
    assert_eq!(
        (article.published_at, article.changed_at),
        (noon(), later),
        "published when it first was"
    );
}

#[tokio::test]
async fn drafts_and_letters_of_tomorrow_are_not_shown_yet() {
    let world = World::new().await;
    add(&world, &letter("Draft", "false", "Text."), noon()).await;
    add(&world, &letter("Tomorrow", "2026-11-25", "Text."), noon()).await;
    add(&world, &letter("Today", "true", "Text."), noon()).await;
    let slugs = async |now| -> Vec<String> {
        let found = world.mailing.published(10, None, now).await.unwrap();
        found.into_iter().map(|l| l.slug).collect()
    };
    assert_eq!(slugs(noon()).await, ["today"]);
    assert!(world.mailing.article("draft", noon()).await.unwrap().is_none());
    assert!(world.mailing.article("tomorrow", noon()).await.unwrap().is_none());
    let tomorrow = "2026-11-25T12:00:00Z".parse().unwrap();
    assert_eq!(slugs(tomorrow).await, ["tomorrow", "today"]);

    let list = serde_json::to_value(world.mailing.letters(noon()).await.unwrap()).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
    let today = list.as_array().unwrap().iter().find(|l| l["slug"] == "today").unwrap();
    assert_eq!(
        (&today["title"], &today["topic"], &today["state"], &today["published"]),
        (&"Today".into(), &"blog-posts".into(), &"draft".into(), &true.into())
    );
    add(&world, &letter("Today", "false", "Text."), noon()).await;
    assert!(slugs(noon()).await.is_empty(), "taken back");
}

#[tokio::test]
async fn a_list_is_paged_by_key_without_skipping_or_doubling() {
    let world = World::new().await;
    for n in 0..7 {
        let day = if n < 4 { 20 } else { 21 };
        add(
            &world,
            &letter(&format!("Letter {n}"), &format!("2026-11-{day}"), "Text."),
            noon(),
        )
        .await;
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = world.mailing.published(3, before, noon()).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.cursor());
        seen.extend(page.into_iter().map(|l| l.slug));
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!((seen.len(), once.len()), (7, 7));
    assert!(
        seen[..3]
            .iter()
            .all(|s| ["letter-4", "letter-5", "letter-6"].contains(&s.as_str()))
    );
}

#[tokio::test]
async fn a_faulty_file_is_refused_and_nothing_is_kept() {
    let world = World::new().await;
    let refused = world.mailing.add_letter("no front matter", noon()).await.unwrap_err();
    assert!(matches!(refused, AddLetterError::File(_)));
    assert!(world.mailing.letters(noon()).await.unwrap().is_empty());
}
