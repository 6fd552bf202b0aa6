//! What comes back is read, counted once, and believed only when its return path proves whose it is.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use tests::app::TestApp;
use tests::journey::sign_up;
use tests::patience::until;
use tests::program::Program;
use tests::sink::Sink;

struct Post {
    app: TestApp,
    sink: Sink,
    maildir: PathBuf,
    _folder: tempfile::TempDir,
}

impl Post {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let maildir = folder.path().join("bounces");
        for part in ["new", "cur", "tmp"] {
            fs::create_dir_all(maildir.join(part)).unwrap();
        }
        let sink = Sink::start(Duration::ZERO).await;
        let app = TestApp::with(&[
            ("limits.enabled", "false"),
            ("mail.transport", "\"smtp\""),
            ("mail.smtp.url", &format!("\"{}\"", sink.url())),
            ("mail.bounces.address", "\"bounces@slowlantern.example\""),
            ("mail.bounces.maildir", &format!("{:?}", maildir.display().to_string())),
        ])
        .await;
        Self {
            app,
            sink,
            maildir,
            _folder: folder,
        }
    }

    /// A letter to these people, each of whom said yes; it has reached the server.
    async fn letter(&self, people: &[&str]) {
        let csv = self.app.folder.path().join("people.csv");
        let rows = format!("email,status\n{},confirmed\n", people.join(",confirmed\n"));
        fs::write(&csv, rows).unwrap();
        self.app.beside(&["subscribers", "import", csv.to_str().unwrap()]);
        self.send("Hello").await;
    }

    async fn send(&self, title: &str) {
        let file = self.app.folder.path().join("letter.md");
        fs::write(
            &file,
            format!("+++\ntitle = \"{title}\"\ntopic = \"blog-posts\"\n+++\n\nWords.\n"),
        )
        .unwrap();
        let slug = self.app.beside(&["letters", "add", file.to_str().unwrap()]);
        self.app.beside(&["letters", "send", slug.trim()]);
        until("the letter is sent", async || {
            self.app.run_workers().await;
            (self.ledger(slug.trim())["state"] == "sent").then_some(())
        })
        .await;
    }

    fn ledger(&self, slug: &str) -> Value {
        serde_json::from_str(&self.app.beside(&["letters", "status", slug])).unwrap()
    }

    fn path(&self, who: &str) -> String {
        let path = self
            .sink
            .sender(who)
            .unwrap_or_else(|| panic!("nothing came for {who}"));
        assert!(
            path.starts_with("bounces+") && path.ends_with("@slowlantern.example"),
            "{path}"
        );
        path
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.maildir.join("new").join(name), bytes).unwrap();
    }

    fn counts(&self, part: &str) -> usize {
        fs::read_dir(self.maildir.join(part)).map_or(0, Iterator::count)
    }

    /// The state of an address, as the export tells it.
    fn state(&self, who: &str) -> String {
        let csv = self.app.beside(&["subscribers", "export"]);
        let mut rows = csv.lines();
        let at = rows
            .next()
            .unwrap()
            .split(',')
            .position(|name| name == "status")
            .unwrap();
        let row = rows.find(|row| row.starts_with(who)).unwrap();
        row.split(',').nth(at).unwrap().to_owned()
    }
}

fn dsn(to: &str, status: &str, code: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: <{to}>\r\nSubject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"=_b\"\r\n\r\n\
         --=_b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI am sorry.\r\n\r\n\
         --=_b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; who@example.org\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {code} {status} no\r\n\r\n\
         --=_b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Hello\r\n\r\nWords.\r\n\r\n--=_b--\r\n"
    )
}

fn complaint(to: &str) -> String {
    format!(
        "From: feedback@mx.example\r\nTo: abuse@slowlantern.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"=_b\"\r\n\r\n\
         --=_b\r\nContent-Type: text/plain\r\n\r\nThis is a report.\r\n\r\n\
         --=_b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Some/1.0\r\nVersion: 1\r\n\
         Original-Mail-From: <{to}>\r\n\r\n\
         --=_b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Hello\r\n\r\nWords.\r\n\r\n--=_b--\r\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mailbox_of_bounces_suppresses_who_is_gone_and_who_complained_and_nobody_else() {
    let post = Post::new().await;
    let people = [
        "gone@example.org",
        "full@example.org",
        "cross@example.org",
        "away@example.org",
        "fine@example.org",
    ];
    post.letter(&people).await;
    let [gone, full, cross, away, fine] = people.map(|who| post.path(who));
    post.put("1", dsn(&gone, "5.1.1", "550"));
    post.put("2", dsn(&full, "5.2.2", "552"));
    post.put("3", complaint(&cross));
    post.put("4", format!("From: away@example.org\r\nTo: {away}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\nI am away.\r\n"));
    // One letter of the proof changed.
    let (before, after) = fine.split_once('@').unwrap();
    let last = if before.ends_with('a') { 'b' } else { 'a' };
    let forged = format!("{}{last}@{after}", &before[..before.len() - 1]);
    post.put("5", dsn(&forged, "5.1.1", "550"));
    post.put("6", [0_u8, 255, 10].repeat(1_000_000));
    post.put("7", "");
    post.put(
        "8",
        format!("From: fine@example.org\r\nTo: {fine}\r\nSubject: Thank you\r\n\r\nFor the letter.\r\n"),
    );
    fs::create_dir(post.maildir.join("new/folder")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", post.maildir.join("new/link")).unwrap();
    post.app.run_workers().await;
    let states = people.map(|who| post.state(who));
    assert_eq!(states, ["bounced", "confirmed", "complained", "confirmed", "confirmed"]);
    assert_eq!(post.counts("new"), 2, "the folder and the link are left alone");
    assert_eq!((post.counts(".Handled/cur"), post.counts(".Unparsed/cur")), (5, 3));
    let ledger = post.ledger("hello");
    assert_eq!(
        (&ledger["delivered"], &ledger["bounced"]),
        (&3.into(), &2.into()),
        "{ledger}"
    );

    // The next letter goes to those who are left.
    post.send("Again").await;
    let ledger = post.ledger("again");
    assert_eq!(
        (&ledger["recipients"], &ledger["excluded"]["bounced"]),
        (&3.into(), &1.into()),
        "{ledger}"
    );
    // She writes to the bounced one again; a complaint stays.
    let desk = post.app.desk().await;
    let page = desk.visit("/admin/returned").await.expect(200);
    page.must_say("gone@example.org")
        .must_say("cross@example.org")
        .must_say("3 mails in the mailbox");
    let form = page.form("form[action$='/reinstate']");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Letters go there again.");
    assert_eq!(post.state("gone@example.org"), "confirmed");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Nothing was changed.");
    // The same report again, under another name, and from before the crash that left it: nothing more.
    post.put("9", dsn(&full, "5.2.2", "552"));
    post.app.run_workers().await;
    assert_eq!(post.state("full@example.org"), "confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_fails_for_weeks_is_written_to_no_more_and_one_bad_evening_is_forgotten() {
    let post = Post::new().await;
    post.letter(&["full@example.org"]).await;
    for week in 0..4 {
        assert_eq!(post.state("full@example.org"), "confirmed", "week {week}");
        if week > 0 {
            post.send(&format!("Letter {week}")).await;
        }
        post.put(&format!("{week}"), dsn(&post.path("full@example.org"), "5.2.2", "552"));
        post.app.run_workers().await;
        post.app.wait_minutes(7 * 24 * 60);
    }
    assert_eq!(post.state("full@example.org"), "bounced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmation_mail_that_comes_back_suppresses_its_address_too() {
    let post = Post::new().await;
    sign_up(&post.app.visitor(), "typo@example.org").await;
    post.app.run_workers().await;
    post.put("1", dsn(&post.path("typo@example.org"), "5.1.1", "550"));
    post.app.run_workers().await;
    assert_eq!(post.state("typo@example.org"), "bounced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_return_path_outside_the_senders_domain_is_refused_and_check_names_the_records() {
    let mut program = Program::new().await;
    program.set("GOLDENHOUR_MAIL__FROM", "Nora <nora@practice.example>");
    program.set("GOLDENHOUR_MAIL__BOUNCES__ADDRESS", "bounces@other.example");
    let output = program.run(&["check"]);
    let said = tests::program::text(&output.stderr);
    assert!(
        !output.status.success() && said.contains("mail.bounces.address"),
        "{said}"
    );
    program.set("GOLDENHOUR_MAIL__BOUNCES__ADDRESS", "bounces@mail.practice.example");
    let said = program.answer(&["check"]);
    for record in [
        "practice.example TXT \"v=spf1",
        "_dmarc.practice.example TXT \"v=DMARC1",
    ] {
        assert!(said.contains(record), "{said}");
    }
    // A mailbox that is not there.
    program.set("GOLDENHOUR_MAIL__BOUNCES__MAILDIR", "/nowhere/at/all");
    assert!(!program.run(&["check"]).status.success());
    program.unset("GOLDENHOUR_MAIL__BOUNCES__MAILDIR");
    // An address of a large provider cannot be sent through somebody else's server.
    program.unset("GOLDENHOUR_MAIL__BOUNCES__ADDRESS");
    let sink = Sink::start(Duration::ZERO).await;
    program.set("GOLDENHOUR_MAIL__TRANSPORT", "smtp");
    program.set("GOLDENHOUR_MAIL__SMTP__URL", &sink.url());
    assert!(program.run(&["check"]).status.success());
    program.set("GOLDENHOUR_MAIL__FROM", "nora.tillery@gmail.com");
    let output = program.run(&["check"]);
    let said = tests::program::text(&output.stdout);
    assert!(
        !output.status.success() && said.contains("FAILED  sender: mails from gmail.com"),
        "{said}"
    );
}
