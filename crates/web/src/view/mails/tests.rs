use std::collections::BTreeSet;

use super::*;
use crate::view::View;

/// One mail of a sample: its kind and its parts.
struct Made {
    kind: &'static str,
    parts: MailParts,
    facts: serde_json::Value,
}

fn made<M: MailFacts>(view: &View, all: &mut Vec<Made>) {
    for mail in M::samples() {
        let parts = render(view, &mail).unwrap_or_else(|e| panic!("{}: {e:?}", M::KIND));
        all.push(Made {
            kind: M::KIND,
            parts,
            facts: serde_json::to_value(&mail).unwrap(),
        });
    }
}

fn mails() -> Vec<Made> {
    let view = View::load().unwrap();
    let mut all = Vec::new();
    made::<AppointmentConfirmed>(&view, &mut all);
    made::<AppointmentRequested>(&view, &mut all);
    made::<AppointmentCancelled>(&view, &mut all);
    made::<AppointmentExpired>(&view, &mut all);
    made::<AppointmentMoved>(&view, &mut all);
    made::<AppointmentReminder>(&view, &mut all);
    made::<IntakeNudge>(&view, &mut all);
    made::<AppointmentSecond>(&view, &mut all);
    made::<AppointmentClientLink>(&view, &mut all);
    made::<DeskBooked>(&view, &mut all);
    made::<DeskCancelled>(&view, &mut all);
    made::<DeskMoved>(&view, &mut all);
    made::<DeskReset>(&view, &mut all);
    made::<DeskSource>(&view, &mut all);
    made::<NewsletterConfirm>(&view, &mut all);
    made::<NewsletterAddress>(&view, &mut all);
    made::<LetterWords>(&view, &mut all);
    made::<PurchaseRequested>(&view, &mut all);
    made::<PurchasePaid>(&view, &mut all);
    made::<PurchaseEnding>(&view, &mut all);
    made::<PurchaseLink>(&view, &mut all);
    made::<DeskPurchase>(&view, &mut all);
    made::<AppointmentRefund>(&view, &mut all);
    made::<PurchaseRefund>(&view, &mut all);
    made::<ReceiptMail>(&view, &mut all);
    all
}

/// Words that a stranger who sees the screen must not read.
const HEALTH: [&str; 15] = [
    "lactat", "breast", "milk", "baby", "babies", "consult", "nursing", "feeding", "ibclc", "latch", "pump", "birth",
    "illness", "hospital", "pregnan",
];

fn discreet(what: &str, text: &str) {
    let lower = text.to_lowercase();
    for word in HEALTH {
        assert!(!lower.contains(word), "{what} says {word:?}: {text}");
    }
}

/// The strings of a context that are links.
fn links(facts: &serde_json::Value) -> BTreeSet<String> {
    match facts {
        serde_json::Value::String(text) if text.starts_with("http") => BTreeSet::from([text.clone()]),
        serde_json::Value::Object(fields) => fields.values().flat_map(links).collect(),
        _ => BTreeSet::new(),
    }
}

/// What a person reads of an HTML part: the text of its body, the tags gone.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1.split_once('>').unwrap().1;
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn start(text: &str) -> String {
    text.chars().take(150).collect()
}

#[test]
fn every_mail_renders_with_every_sample() {
    let kinds: BTreeSet<_> = mails().iter().map(|m| m.kind.to_owned()).collect();
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/mail")).unwrap();
    let folders: BTreeSet<_> = folders
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(kinds, folders);
}

#[test]
fn subject_and_preview_hold_no_health_word() {
    for mail in mails() {
        discreet(mail.kind, &mail.parts.subject);
        discreet(mail.kind, &start(&mail.parts.text));
        discreet(mail.kind, &start(&visible(&mail.parts.html)));
    }
}

#[test]
fn a_subject_to_a_parent_begins_with_the_discreet_name() {
    for mail in mails().iter().filter(|m| m.kind.starts_with("appointment-")) {
        assert!(
            mail.parts.subject.starts_with("Appointment with Nora Tillery, "),
            "{}",
            mail.parts.subject
        );
    }
}

#[test]
fn a_subject_is_one_line() {
    let view = View::load().unwrap();
    let mut mail = AppointmentConfirmed::samples().remove(0);
    mail.signature.name = "Nora\r\nBcc: everyone@example.com".into();
    let subject = render(&view, &mail).unwrap().subject;
    assert!(!subject.contains(char::is_control) && subject.starts_with("Appointment with Nora Bcc:"));
}

#[test]
fn a_link_in_the_text_stands_alone_on_its_line() {
    for mail in mails() {
        for line in mail.parts.text.lines().filter(|l| l.contains("://")) {
            assert!(
                line.starts_with("http") && !line.contains(char::is_whitespace),
                "{}: {line}",
                mail.kind
            );
        }
        assert!(
            mail.parts.text.ends_with('\n') && !mail.parts.text.contains("\n\n\n"),
            "{}",
            mail.kind
        );
    }
}

#[test]
fn a_link_in_the_practices_own_words_is_followed_by_white_space() {
    let view = View::load().unwrap();
    let mut mail = AppointmentRequested::samples().remove(0);
    mail.how_to_pay = Some("Pay at https://pay.example/nora. Or (https://pay.example/b), if you like.".into());
    let text = render(&view, &mail).unwrap().text;
    assert!(
        text.contains("https://pay.example/nora . Or (https://pay.example/b ), if"),
        "{text}"
    );
}

#[test]
fn both_parts_hold_every_link_and_no_other() {
    for mail in mails() {
        let expected = links(&mail.facts);
        let in_text: BTreeSet<String> = mail
            .parts
            .text
            .lines()
            .filter(|l| l.starts_with("http"))
            .map(ToOwned::to_owned)
            .collect();
        assert_eq!(in_text, expected, "{}", mail.kind);
        for part in mail.parts.html.split("href=\"").skip(1) {
            assert!(expected.contains(part.split('"').next().unwrap()), "{}", mail.kind);
        }
        for link in &expected {
            assert!(
                mail.parts.html.contains(&format!("href=\"{link}\"")),
                "{}: {link}",
                mail.kind
            );
        }
        assert_eq!(
            mail.parts.html.matches("://").count(),
            mail.parts.html.matches("href=\"").count(),
            "{}",
            mail.kind
        );
    }
}

#[test]
fn nothing_is_fetched_to_show_a_mail() {
    for mail in mails() {
        for fetched in [
            "src=",
            "url(",
            "@import",
            "@font-face",
            "<link",
            "<img",
            "<script",
            "<iframe",
        ] {
            assert!(!mail.parts.html.contains(fetched), "{}: {fetched}", mail.kind);
        }
    }
}

#[test]
fn a_mail_keeps_its_dark_colours_and_carries_the_others_in_its_elements() {
    for mail in mails() {
        assert!(mail.parts.html.contains("prefers-color-scheme"), "{}", mail.kind);
        assert!(mail.parts.html.contains("background-color: #fdfbf7"), "{}", mail.kind);
    }
}

#[test]
fn one_gold_button_at_most_stands_in_a_mail() {
    for mail in mails() {
        assert!(mail.parts.html.matches("class=\"gold\"").count() <= 1, "{}", mail.kind);
    }
}

#[test]
fn every_mail_says_who_writes_from_where_and_why() {
    for mail in mails() {
        for part in [&mail.parts.text, &visible(&mail.parts.html)] {
            assert!(part.contains("You get this because"), "{}", mail.kind);
            assert!(
                part.contains("41 Haywood Road, Asheville, NC 28806, USA"),
                "{}",
                mail.kind
            );
        }
    }
}

#[test]
fn a_parent_reads_that_answers_arrive_and_what_is_not_for_emergencies() {
    for mail in mails().iter().filter(|m| m.kind.starts_with("appointment-")) {
        for part in [&mail.parts.text, &visible(&mail.parts.html)] {
            assert!(part.to_lowercase().contains("reply to this mail"), "{}", mail.kind);
            assert!(part.contains("not for emergencies"), "{}", mail.kind);
        }
    }
}

#[test]
fn after_a_gentle_cancellation_nothing_is_advertised() {
    let view = View::load().unwrap();
    let gentle = AppointmentCancelled::samples().remove(0);
    assert!(gentle.again_url.is_none());
    let parts = render(&view, &gentle).unwrap();
    assert!(!parts.text.contains("http") && !parts.html.contains("href="));
    assert!(parts.text.contains("Nothing is charged.") && parts.text.contains("nothing else you need to do"));
}

#[test]
fn the_first_newsletter_mail_has_no_room_for_anything_typed() {
    let fields = serde_json::to_value(NewsletterConfirm::samples().remove(0)).unwrap();
    let names: Vec<_> = fields.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["confirm_url", "signature", "valid_until"]);
}

#[test]
fn a_name_with_markup_stays_text() {
    let view = View::load().unwrap();
    let mut mail = DeskBooked::samples().remove(0);
    mail.name = "<b>Grace</b> & Co".into();
    let parts = render(&view, &mail).unwrap();
    assert!(parts.html.contains("&lt;b&gt;Grace") && !parts.html.contains("<b>"));
    assert!(parts.text.contains("<b>Grace</b> & Co has booked"));
}

#[test]
fn a_name_is_said_as_typed() {
    for name in [
        "Aoife Daly",
        "Mary-Jane O'Neill",
        "Zoë",
        "José María",
        "李小龍",
        "प्रिया",
        "Dr. Grace Lynch",
        "J.R. Smith",
        "Nguyễn Thị Minh",
    ] {
        assert_eq!(listed_name(name).as_deref(), Some(name));
    }
}

#[test]
fn nothing_like_a_link_is_left_of_a_name() {
    let cases = [
        ("https://evil.example/x", None),
        ("win at evil.example now", Some("win at now")),
        ("www.evil.example", None),
        ("me@evil.example", None),
        ("Call +1 828 555 0199", Some("Call")),
        ("Anna\r\nBcc: everyone", Some("Anna everyone")),
        ("<a href=x>Anna</a>", None),
        ("  Anna   Maria ", Some("Anna Maria")),
        ("💰💰", None),
        ("", None),
    ];
    for (typed, kept) in cases {
        assert_eq!(listed_name(typed).as_deref(), kept, "{typed}");
    }
}

#[test]
fn a_greeting_uses_the_first_name() {
    for (typed, hello) in [
        ("Aoife Daly", "Aoife"),
        ("Dr. Grace Lynch", "Dr. Grace Lynch"),
        ("J. Smith", "J. Smith"),
        ("X Æ", "X Æ"),
    ] {
        assert_eq!(greeting_name(typed).as_deref(), Some(hello));
    }
    assert_eq!(greeting_name("42"), None);
}

proptest::proptest! {
    #[test]
    fn whatever_is_typed_a_name_is_short_and_harmless(typed in "\\PC{0,200}|[a-z./:@ \\r\\n]{0,100}") {
        if let Some(name) = listed_name(&typed) {
            proptest::prop_assert!((1..=60).contains(&name.chars().count()));
            proptest::prop_assert!(!name.contains([':', '/', '@', '<', '>', '&', '\r', '\n']));
            for word in name.split(' ') {
                let inner = word.trim_end_matches('.');
                proptest::prop_assert!(inner.split('.').count() == 1 || inner.split('.').all(|l| l.chars().count() == 1), "{name}");
            }
        }
    }
}
