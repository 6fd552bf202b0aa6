//! The binary as its owner runs it: what it prints, what it refuses, how it stops and starts again.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Output,
    time::Duration,
};

use rustix::process::Signal;
use tests::{
    child::Child,
    patience::until,
    program::{Program, text},
};

/// Demands exit 1 and one line on standard error that says what it must.
#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "one clear line, not:\n{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is missing in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn an_unknown_key_is_refused_by_its_name() {
    let mut program = Program::new().await;
    program.set("GOLDENHOUR_SERVER__COLOUR", "red");
    refused(&program.run(&["serve"]), &["server.colour"]);
    refused(&program.run(&["check"]), &["server.colour"]);
    program.unset("GOLDENHOUR_SERVER__COLOUR");
    fs::write(program.folder.path().join("own.toml"), "[mail]\ntransprot = \"smtp\"\n").unwrap();
    refused(&program.run(&["serve", "--config", "own.toml"]), &["mail.transprot"]);
}

#[tokio::test]
async fn a_bad_value_is_refused_by_the_name_of_its_key() {
    for (name, value, key) in [
        ("GOLDENHOUR_SERVER__LISTEN", "everywhere", "server.listen"),
        ("GOLDENHOUR_SERVER__PUBLIC_URL", "slowlantern", "server.public_url"),
        ("GOLDENHOUR_SERVER__SECRET_KEY", "abc", "server.secret_key"),
        (
            "GOLDENHOUR_SERVER__TRUSTED_PROXIES",
            "my-proxy",
            "server.trusted_proxies",
        ),
        ("GOLDENHOUR_DATABASE__URL", "mysql://localhost/x", "database.url"),
        ("GOLDENHOUR_MAIL__TRANSPORT", "pigeon", "mail.transport"),
        ("GOLDENHOUR_MAIL__SMTP__CONNECTIONS", "many", "mail.smtp.connections"),
        ("GOLDENHOUR_LIMITS__ENABLED", "perhaps", "limits.enabled"),
        ("GOLDENHOUR_DEMO__LOAD", "always", "demo.load"),
    ] {
        let mut program = Program::new().await;
        program.set(name, value);
        refused(&program.run(&["serve"]), &[key]);
    }
}

#[tokio::test]
async fn wrong_use_ends_with_2() {
    let program = Program::new().await;
    for arguments in [
        &["frobnicate"][..],
        &["feed"],
        &["serve", "--colour"],
        &["admin", "create"],
    ] {
        let output = program.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_named() {
    let mut program = Program::new().await;
    let broken = program.folder.path().join("broken.db");
    fs::write(&broken, "this is a shopping list, no database ".repeat(100)).unwrap();
    program.set("GOLDENHOUR_DATABASE__URL", &format!("sqlite://{}", broken.display()));
    refused(&program.run(&["serve"]), &["database"]);
    assert!(
        fs::read_to_string(&broken)
            .unwrap()
            .starts_with("this is a shopping list"),
        "the file was written to"
    );
    program.set("GOLDENHOUR_DATABASE__URL", "postgres://nobody@127.0.0.1:1/nothing");
    program.set("GOLDENHOUR_SERVER__SECRET_KEY", &"5c".repeat(32));
    refused(&program.run(&["serve"]), &["database"]);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_written_is_named() {
    let mut program = Program::new().await;
    // Below a file there can be no folder, not even for root.
    fs::write(program.folder.path().join("file"), "").unwrap();
    program.set("GOLDENHOUR_DATABASE__URL", "sqlite://file/data/goldenhour.db");
    program.unset("GOLDENHOUR_SERVER__SECRET_KEY");
    refused(&program.run(&["serve"]), &["file/data"]);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let program = Program::new().await;
    let address = format!("127.0.0.1:{}", program.url.port().unwrap());
    let _holder = TcpListener::bind(&address).unwrap();
    let output = program.run(&["serve"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.trim().lines().last().unwrap().contains(&address), "{said}");
}

#[tokio::test]
async fn an_empty_folder_becomes_the_demo_and_the_addresses_are_printed() {
    let program = Program::new().await;
    let serve = program.serve().await;
    for path in ["/", "/admin", "/outbox"] {
        let url = program.url.join(path).unwrap();
        until(&format!("{url} is printed"), async || {
            serve.said().contains(url.as_str().trim_end_matches('/')).then_some(())
        })
        .await;
    }
    let page = program.visitor().visit("/services").await.expect(200);
    page.must_say("Slow Lantern Lactation").must_say("Initial consultation");
}

#[tokio::test]
async fn sigterm_ends_it_with_0_and_it_starts_again_on_its_data() {
    let program = Program::new().await;
    let mut serve = program.serve().await;
    let feed = program.answer(&["feed", "url"]);
    serve.signal(Signal::TERM);
    assert_eq!(serve.end(Duration::from_secs(10)).code(), Some(0), "{}", serve.said());
    let mut again = program.serve().await;
    assert_eq!(
        program.answer(&["feed", "url"]),
        feed,
        "the key or the practice was made anew"
    );
    // Ctrl-C
    again.signal(Signal::INT);
    assert_eq!(again.end(Duration::from_secs(10)).code(), Some(0), "{}", again.said());
}

#[tokio::test]
async fn a_request_in_flight_is_finished_after_sigterm() {
    let program = Program::new().await;
    let mut serve = program.serve().await;
    let address = format!("127.0.0.1:{}", program.url.port().unwrap());
    let mut slow = TcpStream::connect(&address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let body = "email=slow%40example.com";
    let (begin, end) = body.split_at(7);
    write!(
        slow,
        "POST /newsletter HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{begin}",
        body.len()
    )
    .unwrap();
    // The head has arrived once a later connection has been answered; then it is told to stop.
    program.visitor().get("/healthz").await.expect(200);
    serve.signal(Signal::TERM);
    until("it stops taking connections", async || {
        TcpStream::connect(&address).err()
    })
    .await;
    write!(slow, "{end}").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert_eq!(serve.end(Duration::from_secs(10)).code(), Some(0), "{}", serve.said());
}

#[tokio::test]
async fn a_client_that_never_finishes_does_not_hold_the_program_up() {
    let mut program = Program::new().await;
    program.set("GOLDENHOUR_SERVER__DRAIN_SECONDS", "1");
    let mut serve = program.serve().await;
    let address = format!("127.0.0.1:{}", program.url.port().unwrap());
    let mut never = TcpStream::connect(&address).unwrap();
    write!(
        never,
        "POST /newsletter HTTP/1.1\r\nHost: {address}\r\nContent-Length: 1000\r\n\r\nemail="
    )
    .unwrap();
    program.visitor().get("/healthz").await.expect(200);
    serve.signal(Signal::TERM);
    assert_eq!(serve.end(Duration::from_secs(8)).code(), Some(0), "{}", serve.said());
}

#[tokio::test]
async fn two_programs_do_not_serve_one_sqlite_file() {
    if tests::database::server().is_some() {
        // Several may serve one PostgreSQL: that they can is the point there.
        let program = Program::new().await;
        let _first = program.serve().await;
        let mut second = Program::new().await;
        second.set("GOLDENHOUR_DATABASE__URL", &program.database.url);
        let _second = second.serve().await;
        second.visitor().get("/services").await.expect(200);
        return;
    }
    let program = Program::new().await;
    let _first = program.serve().await;
    let mut second = Program::new().await;
    second.set("GOLDENHOUR_DATABASE__URL", &program.database.url);
    let output = second.run(&["serve"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    program.visitor().get("/healthz").await.expect(200);
}

#[tokio::test]
async fn a_database_with_another_key_is_refused() {
    let mut program = Program::new().await;
    let mut serve = program.serve().await;
    serve.signal(Signal::TERM);
    serve.end(Duration::from_secs(10));
    program.set("GOLDENHOUR_SERVER__SECRET_KEY", &"ab".repeat(32));
    refused(&program.run(&["serve"]), &["key"]);
    refused(&program.run(&["feed", "url"]), &["key"]);
}

#[tokio::test]
async fn a_lost_key_file_is_not_replaced_by_a_new_one() {
    let program = Program::new().await;
    if tests::database::server().is_some() {
        let mut program = program;
        program.unset("GOLDENHOUR_SERVER__SECRET_KEY");
        refused(&program.run(&["serve"]), &["server.secret_key"]);
        return;
    }
    let mut serve = program.serve().await;
    serve.signal(Signal::TERM);
    serve.end(Duration::from_secs(10));
    let key = program.folder.path().join("secret.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&key).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "others can read the key");
    fs::remove_file(&key).unwrap();
    refused(&program.run(&["serve"]), &["key"]);
    assert!(!key.exists(), "a new key was made for a database that has one");
}

#[tokio::test]
async fn the_first_login_is_made_by_the_printed_link_once() {
    let program = Program::new().await;
    let serve = program.serve().await;
    let link = printed_link(&serve, &program).await;
    let visitor = program.visitor();
    let page = visitor.visit(&link).await.expect(200);
    let form = page
        .form("main form")
        .set("email", "nora@slowlantern.example")
        .set("password", "three lanterns on the water");
    let page = visitor.submit_and_follow(&form).await.expect(200);
    assert!(page.url.path().starts_with("/admin"), "{}", page.url);
    // Used once: neither the page nor its form works again.
    let stranger = program.visitor();
    stranger.get(&link).await.must_say("This link is over");
    let again = stranger.submit(&form.set("email", "thief@example.com")).await;
    assert!(
        !(200..400).contains(&again.status) || again.says("This link is over"),
        "{} {}",
        again.status,
        again.words()
    );
    stranger.get("/admin").await.expect(303);
    drop(serve);
    // With a login there is no such link any more.
    let serve = program.serve().await;
    assert!(!serve.said().contains("/admin/first"), "{}", serve.said());
}

async fn printed_link(serve: &Child, program: &Program) -> String {
    let door = program.url.join("/admin/first-login/").unwrap();
    until("the link of the first login is printed", async || {
        let said = serve.said();
        said.split_whitespace()
            .find(|word| word.starts_with(door.as_str()))
            .map(str::to_owned)
    })
    .await
}

#[tokio::test]
async fn admin_create_makes_a_login_beside_a_running_program() {
    let mut program = Program::new().await;
    let _serve = program.serve().await;
    program.set("GOLDENHOUR_ADMIN_PASSWORD", "three lanterns on the water");
    program.answer(&["admin", "create", "--email", "nora@slowlantern.example"]);
    let visitor = program.visitor();
    let form = visitor.get("/admin/sign-in").await.expect(200).form("form");
    let form = form
        .set("email", "Nora@SlowLantern.example")
        .set("password", "three lanterns on the water");
    let page = visitor.submit_and_follow(&form).await.expect(200);
    page.must_say("Needs you");
    let twice = program.run(&["admin", "create", "--email", "nora@slowlantern.example"]);
    refused(&twice, &["already"]);
    program.set("GOLDENHOUR_ADMIN_PASSWORD", "password1");
    refused(
        &program.run(&["admin", "create", "--email", "second@slowlantern.example"]),
        &["password"],
    );
    let nobody = program.run(&["admin", "create", "--email", "nobody"]);
    assert!(
        !nobody.status.success() && text(&nobody.stderr).contains("nobody"),
        "{}",
        text(&nobody.stderr)
    );
}

#[tokio::test]
async fn the_practice_shown_and_applied_again_changes_nothing() {
    let program = Program::new().await;
    let _serve = program.serve().await;
    let shown = program.answer(&["practice", "show"]);
    let file = program.folder.path().join("practice.toml");
    fs::write(&file, &shown).unwrap();
    program.answer(&["practice", "apply", "practice.toml"]);
    assert_eq!(program.answer(&["practice", "show"]), shown);
    // A change is printed and takes effect in the running program.
    fs::write(&file, "[practice]\ntagline = \"Help at any hour\"\n").unwrap();
    let said = program.answer(&["practice", "apply", "practice.toml"]);
    assert!(said.contains("tagline"), "{said}");
    let visitor = program.visitor();
    until("the running program shows the change", async || {
        visitor.visit("/").await.says("Help at any hour").then_some(())
    })
    .await;
    fs::write(&file, "[practice]\ncolor = \"red\"\n").unwrap();
    refused(&program.run(&["practice", "apply", "practice.toml"]), &["color"]);
}

#[tokio::test]
async fn a_letter_added_on_the_command_line_is_read_on_the_site() {
    let program = Program::new().await;
    let _serve = program.serve().await;
    let file = program.folder.path().join("night.md");
    fs::write(
        &file,
        "+++\ntitle = \"The fourth night\"\ntopic = \"blog-posts\"\npublished = true\n+++\n\nIt **passes**.\n",
    )
    .unwrap();
    assert_eq!(
        program.answer(&["letters", "add", "night.md"]).trim(),
        "the-fourth-night"
    );
    let list: Vec<serde_json::Value> = serde_json::from_str(&program.answer(&["letters", "list"])).unwrap();
    let letter = list.iter().find(|l| l["slug"] == "the-fourth-night").unwrap();
    assert_eq!(letter["topic"], "blog-posts");
    let page = program.visitor().visit("/posts/the-fourth-night").await.expect(200);
    page.must_say("The fourth night").must_say("It passes.");
    fs::write(&file, "+++\ntitle = \"The fourth night\"\ntopic = \"gossip\"\n+++\nx\n").unwrap();
    refused(&program.run(&["letters", "add", "night.md"]), &["gossip"]);
}

#[tokio::test]
async fn check_says_one_line_for_each_thing_and_fails_when_one_fails() {
    let mut program = Program::new().await;
    let _serve = program.serve().await;
    let said = program.answer(&["check"]);
    for thing in ["configuration", "database", "templates", "mail", "key", "backup"] {
        let lines = said
            .lines()
            .filter(|line| line.to_lowercase().contains(&thing.to_lowercase()))
            .count();
        assert!(lines >= 1, "nothing about {thing}:\n{said}");
    }
    program.set("GOLDENHOUR_MAIL__TRANSPORT", "smtp");
    program.set("GOLDENHOUR_MAIL__SMTP__URL", "smtp://127.0.0.1:1");
    let output = program.run(&["check"]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(
        text(&output.stdout).lines().any(|line| line.contains("127.0.0.1:1")),
        "{}",
        text(&output.stdout)
    );
}

#[tokio::test]
async fn the_feed_is_rotated_on_the_command_line_while_it_is_served() {
    let program = Program::new().await;
    let _serve = program.serve().await;
    let old = program.answer(&["feed", "url"]);
    let visitor = program.visitor();
    visitor.get(old.trim()).await.expect(200);
    let new = program.answer(&["feed", "rotate"]);
    assert_ne!(old.trim(), new.trim());
    visitor.get(new.trim()).await.expect(200);
    visitor.get(old.trim()).await.expect(404);
    assert_eq!(program.answer(&["feed", "url"]), new);
}

#[tokio::test]
async fn migrate_brings_an_empty_database_to_the_newest_schema() {
    let program = Program::new().await;
    program.answer(&["migrate"]);
    program.answer(&["migrate"]);
    let _serve = program.serve().await;
    program.visitor().get("/readyz").await.expect(200);
}
