//! The house's rules about its own source hold, and each of them can fail.

use tests::architecture::{File, Finding, check, findings, house};

fn said(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Hands the rules a bad sample and demands that they name it.
fn refused(path: &str, text: &str, why: &str) {
    let found = said(&check(&File::new(path, text)));
    assert!(
        found.contains(why),
        "{path} should have been refused with {why:?}, but the rules said: {found:?}\n{text}"
    );
}

fn accepted(path: &str, text: &str) {
    let found = check(&File::new(path, text));
    assert!(
        found.is_empty(),
        "{path} should have been accepted: {}\n{text}",
        said(&found)
    );
}

#[test]
fn the_house_keeps_its_own_rules() {
    let files = house();
    assert!(
        files.iter().any(|f| f.path == "crates/kernel/src/lib.rs"),
        "the rules read the wrong folder"
    );
    let found = findings(&files);
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), said(&found));
}

#[test]
fn every_crate_of_the_house_is_read() {
    let files = house();
    for name in [
        "crates/kernel",
        "crates/booking",
        "crates/mailing",
        "crates/access",
        "crates/web",
        "migrations",
        "tests",
    ] {
        assert!(
            files.iter().any(|f| f.path == format!("{name}/Cargo.toml")),
            "no manifest of {name}"
        );
        assert!(
            files.iter().any(|f| f.path == format!("{name}/src/lib.rs")),
            "no source of {name}"
        );
    }
}

#[test]
fn an_arrow_that_points_the_wrong_way_in_a_manifest_is_seen() {
    let manifest = |name: &str, dependencies: &str| format!("[package]\nname = \"{name}\"\n{dependencies}");
    refused(
        "crates/booking/Cargo.toml",
        &manifest("booking", "[dependencies]\nmailing.workspace = true"),
        "`booking` must not depend on `mailing`",
    );
    refused(
        "crates/kernel/Cargo.toml",
        &manifest("kernel", "[dependencies]\nbooking = { path = \"../booking\" }"),
        "`kernel` must not depend on `booking`",
    );
    refused(
        "crates/access/Cargo.toml",
        &manifest("access", "[dev-dependencies]\nweb.workspace = true"),
        "`access` must not depend on `web`",
    );
    refused(
        "crates/mailing/Cargo.toml",
        &manifest(
            "mailing",
            "[dependencies]\nnet = { package = \"reqwest\", version = \"0.13\" }",
        ),
        "`mailing` names HTTP: `reqwest`",
    );
    refused(
        "crates/extra/Cargo.toml",
        &manifest("extra", ""),
        "has no place in the house",
    );
    accepted(
        "crates/web/Cargo.toml",
        &manifest("web", "[dependencies]\nbooking.workspace = true\naxum.workspace = true"),
    );
    accepted(
        "crates/booking/Cargo.toml",
        &manifest("booking", "[dev-dependencies]\nmigrations.workspace = true"),
    );
}

#[test]
fn an_arrow_that_points_the_wrong_way_in_the_source_is_seen() {
    refused(
        "crates/booking/src/a.rs",
        "//! A.\nuse mailing::outbox;\n",
        "`booking` must not name `mailing`",
    );
    refused(
        "crates/mailing/src/a.rs",
        "//! A.\nfn f() { booking::Booking::new(); }\n",
        "`mailing` must not name `booking`",
    );
    refused(
        "crates/access/src/a.rs",
        "//! A.\nuse axum;\n",
        "`access` names HTTP: `axum`",
    );
    refused(
        "crates/booking/src/a.rs",
        "//! A.\nuse {std::fmt, http::StatusCode};\n",
        "`booking` names HTTP: `http`",
    );
    refused(
        "crates/kernel/src/a.rs",
        "//! A.\nextern crate tower;\n",
        "`kernel` names HTTP: `tower`",
    );
    refused(
        "crates/kernel/src/a.rs",
        "//! A.\nfn f() { std::env::var(\"A\"); }\n",
        "only web reads the environment",
    );
    accepted(
        "crates/booking/src/a.rs",
        "//! A: see mailing::outbox.\n// axum::Router\nuse kernel::id; /* web::x */\nconst S: &str = \"axum::Router\";\nfn f<'a>(http: &'a str) { let c = '\"'; g(r#\"web::x\"#); crate::mailing::x(); }\n",
    );
}

#[test]
fn a_query_in_web_is_seen() {
    refused(
        "crates/web/src/a.rs",
        "//! A.\nuse sea_orm::EntityTrait;\n",
        "`EntityTrait`",
    );
    refused(
        "crates/web/src/a.rs",
        "//! A.\nuse sea_orm::{DbErr, Statement};\n",
        "`Statement`",
    );
    refused(
        "crates/web/src/a.rs",
        "//! A.\nuse booking::store::appointment;\n",
        "`store`",
    );
    refused(
        "crates/web/src/a.rs",
        "//! A.\nfn f() { db.query_all(q); }\n",
        "`query_all`",
    );
    refused(
        "crates/web/src/a.rs",
        "//! A.\nconst Q: &str = \"SELECT 1 FROM appointment\";\n",
        "web writes SQL",
    );
    accepted(
        "crates/web/src/a.rs",
        "//! A.\nuse sea_orm::{DatabaseTransaction, DbErr};\n// Statement\n",
    );
}

#[test]
fn a_route_or_an_error_answered_elsewhere_is_seen() {
    let route = "//! A.\nfn f() { Router::new().route(\"/a\", get(a)) }\n";
    refused("crates/web/src/pages/a.rs", route, "a route outside routes.rs");
    accepted("crates/web/src/routes.rs", route);
    refused(
        "crates/web/src/pages/a.rs",
        "//! A.\nimpl IntoResponse for BookError {}\n",
        "outside error.rs",
    );
    refused(
        "crates/web/src/pages/a.rs",
        "//! A.\nfn f() { std::env::var(\"A\"); }\n",
        "the environment is read outside",
    );
}

#[test]
fn a_module_without_an_essay_and_a_file_too_long_are_seen() {
    refused("crates/kernel/src/a.rs", "use std::fmt;\n", "opens without `//!`");
    refused(
        "crates/kernel/src/a.rs",
        &format!("//! A.\n{}", "// a line\n".repeat(600)),
        "601 lines",
    );
    refused(
        "crates/web/src/templates/pages/a.html",
        &"<p>\n".repeat(601),
        "601 lines",
    );
    accepted("crates/web/src/templates/pages/a.html", &"<p>\n".repeat(600));
}

#[test]
fn unfinished_work_and_tests_set_aside_are_seen() {
    refused(
        "crates/kernel/src/a.rs",
        "//! A.\nfn f() { todo!() }\n",
        "unfinished: todo!",
    );
    refused(
        "crates/kernel/src/a.rs",
        "//! A.\n#[test]\n#[ignore = \"slow\"]\nfn f() {}\n",
        "unfinished: #[ignore",
    );
    accepted("crates/kernel/src/a.rs", "//! A: todo!()\nfn ignore() {}\n");
}

#[test]
fn inline_script_and_style_and_foreign_hosts_in_a_page_are_seen() {
    let page = "crates/web/src/templates/pages/a.html";
    refused(page, "<p style=\"color: red\">", "an inline style attribute");
    refused(page, "<p class=\"a\"\n  STYLE='x'>", "an inline style attribute");
    refused(page, "<style>p {}</style>", "an inline style sheet");
    refused(page, "<script>go()</script>", "an inline script");
    refused(page, "<button onclick=\"go()\">", "an inline handler: onclick");
    refused(page, "<a href=\"javascript:go()\">", "a javascript: address");
    refused(
        page,
        "<p {% if a > b %}class=\"x\"{% endif %} style=\"x\">",
        "an inline style attribute",
    );
    refused(
        page,
        "<script src=\"https://cdn.example/a.js\"></script>",
        "src from a foreign host",
    );
    refused(
        page,
        "<link rel=\"stylesheet\" href=\"//fonts.example/a.css\">",
        "href from a foreign host",
    );
    refused(
        page,
        "<form action=\"https://a.example/\">",
        "action from a foreign host",
    );
    accepted(
        page,
        "{% extends \"pages/layout.html\" %}<!-- <script>x</script> --><script type=\"module\" src=\"{{ asset }}\"></script>\
         <script type=\"application/ld+json\">{}</script><a href=\"https://calendar.example/\" data-online=\"1\">x</a>\
         <p>{% if a < b %}style=\"\"{% endif %}</p>",
    );
    refused(
        "crates/web/src/templates/mail/a/html.html",
        "<img src=\"/a.png\">",
        "a remote picture",
    );
    accepted(
        "crates/web/src/templates/mail/a/html.html",
        "<style>p {}</style><p style=\"a\">x</p>",
    );
}

#[test]
fn a_foreign_host_in_a_style_sheet_or_a_script_is_seen() {
    let css = "crates/web/src/assets/site.css";
    refused(
        css,
        "@import url('https://fonts.example/a.css');",
        "from a foreign host",
    );
    refused(css, "a { background: url(//x.example/a.png) }", "from a foreign host");
    refused(
        "crates/web/src/assets/a.js",
        "import a from \"https://cdn.example/a.js\";",
        "from a foreign host",
    );
    refused(
        "crates/web/src/assets/a.js",
        "fetch('https://x.example/')",
        "from a foreign host",
    );
    accepted(
        css,
        "/* https://www.w3.org/ */ a { background: url(\"/assets/a.svg\") }",
    );
}
