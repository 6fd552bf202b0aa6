//! What protects everyone: safe methods are safe, other sites cannot act for a visitor, proxies are not believed, little is said to strangers.

use reqwest::Method;
use tests::{
    app::TestApp,
    journey::{book, confirmation, sign_up, subscribe},
};

/// What the consultant sees of everything that can change.
async fn state(app: &TestApp) -> String {
    let desk = app.desk().await;
    let mut all = String::new();
    for path in ["/admin/appointments", "/admin/subscribers"] {
        all.push_str(&desk.visit(path).await.expect(200).words());
    }
    let page = desk.visit("/admin/calendar").await.expect(200);
    all.push_str(&page.attributes("#feed-url", "value").concat());
    for mail in app.outbox().await {
        all.extend(["\n", &mail.to, " ", &mail.subject]);
    }
    all
}

#[tokio::test]
async fn opening_every_link_of_every_mail_changes_nothing() {
    let app = TestApp::start().await;
    book(&app, "initial-consultation", "mode=telehealth", "aoife@example.com").await;
    book(&app, "free-mini-consult", "", "bronagh@example.com").await;
    sign_up(&app.visitor(), "siobhan@example.com").await;
    subscribe(&app, "ciara@example.com").await;
    let before = state(&app).await;
    let mut opened = 0;
    for mail in app.outbox().await {
        for link in mail.links().into_iter().filter(|url| url.origin() == app.url.origin()) {
            for method in [Method::GET, Method::HEAD] {
                let scanner = app.visitor();
                let page = scanner.send(scanner.request(method, link.as_str())).await;
                assert!(page.status < 400, "{link}: {}", page.status);
                // A scanner follows what it finds there, too.
                for inner in page.attributes("main a[href]", "href") {
                    let url = page.url.join(&inner).unwrap();
                    if url.origin() == app.url.origin() {
                        scanner.get(url.as_str()).await;
                    }
                }
                for action in page.attributes("form[action]", "action") {
                    scanner.get(page.url.join(&action).unwrap().as_str()).await;
                }
                opened += 1;
            }
        }
    }
    assert!(opened >= 10, "only {opened} links were opened");
    assert_eq!(state(&app).await, before);
}

#[tokio::test]
async fn another_site_cannot_act_for_a_visitor_or_for_the_consultant() {
    let app = TestApp::start().await;
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    sign_up(&app.visitor(), "siobhan@example.com").await;
    let link = confirmation(&app.mail_to("siobhan@example.com").await);
    let desk = app.desk().await;
    let before = state(&app).await;
    let cancel = format!("{}/cancel", booked.manage.path());
    let paths = [
        "/newsletter",
        "/book/free-mini-consult",
        cancel.as_str(),
        link.path(),
        "/admin/calendar/rotate",
        "/admin/sign-in",
        "/admin/sign-out",
    ];
    for path in paths {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let request = desk
                .request(Method::POST, path)
                .header(name, value)
                .form(&[("reason", "illness"), ("email", "x@example.com")]);
            let page = desk.send(request).await;
            assert_eq!(page.status, 403, "{path} with {name}: {value}");
        }
    }
    // 403 comes before the session is looked at: a stranger gets it too.
    let stranger = app.visitor();
    let request = stranger
        .request(Method::POST, "/admin/calendar/rotate")
        .header("origin", "https://evil.example");
    stranger.send(request).await.expect(403);
    assert_eq!(state(&app).await, before);
    // Its own pages may.
    desk.send(desk.same_site(Method::POST, "/admin/calendar/rotate"))
        .await
        .expect(303);
}

#[tokio::test]
async fn the_outbox_is_never_shown_through_a_proxy_nor_on_a_public_site() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    book(&app, "free-mini-consult", "", "aoife@example.com").await;
    let mail = app.mail_to("aoife@example.com").await;
    let paths = [
        "/outbox".to_owned(),
        "/outbox.json".into(),
        format!("/outbox/{}", mail.id),
        format!("/outbox/{}.eml", mail.id),
    ];
    for path in &paths {
        visitor.get(path).await.expect(200);
        for header in [
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-anything",
        ] {
            let page = visitor
                .send(visitor.request(Method::GET, path).header(header, "for=1.2.3.4"))
                .await;
            assert_eq!(page.status, 404, "{path} with {header}");
        }
    }
    let public = TestApp::with(&[("server.public_url", "\"http://slowlantern.example\"")]).await;
    for path in ["/outbox", "/outbox.json"] {
        public.visitor().get(path).await.expect(404);
    }
    let smtp = TestApp::with(&[("mail.transport", "\"file\"")]).await;
    smtp.visitor().get("/outbox.json").await.expect(404);
}

#[tokio::test]
async fn the_metrics_are_for_this_machine_or_for_who_has_the_token() {
    let app = TestApp::with(&[("server.metrics_token", "\"tell-me-the-numbers\"")]).await;
    let visitor = app.visitor();
    let page = visitor.get("/metrics").await.expect(200);
    assert!(page.body.contains("# TYPE"), "{}", page.body);
    let through_proxy = || {
        visitor
            .request(Method::GET, "/metrics")
            .header("x-forwarded-for", "127.0.0.1")
    };
    let page = visitor.send(through_proxy()).await;
    assert!([401, 403, 404].contains(&page.status), "{}", page.status);
    let page = visitor.send(through_proxy().bearer_auth("tell-me")).await;
    assert!([401, 403, 404].contains(&page.status), "{}", page.status);
    visitor
        .send(through_proxy().bearer_auth("tell-me-the-numbers"))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    // Guesses at the door are counted by network: who is believed shows in who is slowed down.
    let slowed = async |settings: &[(&str, &str)]| {
        let app = TestApp::with(settings).await;
        let visitor = app.visitor();
        for i in 0..60 {
            let request = visitor
                .same_site(Method::POST, "/admin/sign-in")
                .header("x-forwarded-for", format!("203.0.{i}.7"))
                .form(&[
                    ("email", format!("guess-{i}@example.com")),
                    ("password", "a guess".to_owned()),
                ]);
            if visitor.send(request).await.says("tried very often") {
                return true;
            }
        }
        false
    };
    assert!(slowed(&[]).await, "a stranger's header made her sixty networks");
    assert!(
        !slowed(&[("server.trusted_proxies", "[\"127.0.0.0/8\"]")]).await,
        "sixty visitors behind the proxy count as one"
    );
}

#[tokio::test]
async fn every_public_page_loads_nothing_from_elsewhere_and_says_so_in_its_headers() {
    let app = TestApp::start().await;
    let booked = book(&app, "initial-consultation", "mode=in_person", "aoife@example.com").await;
    let visitor = app.visitor();
    let post = visitor
        .visit("/posts")
        .await
        .expect(200)
        .link("main a[href^='/posts/']");
    let paths = [
        "/",
        "/services",
        "/book/free-mini-consult",
        "/book/initial-consultation",
        "/book/follow-up",
        booked.manage.path(),
        "/newsletter",
        "/newsletter/check-inbox",
        "/posts",
        post.path(),
        "/contact",
        "/privacy",
        "/outbox",
        "/admin/sign-in",
        "/admin/forgot",
        "/no-such-page",
    ];
    for path in paths {
        let page = visitor.visit(path).await;
        assert!(page.status == 200 || path == "/no-such-page", "{path}: {}", page.status);
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src") && !policy.contains("unsafe-"),
            "{path}: {policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.header("referrer-policy").is_empty(), "{path}");
        for (css, attribute) in [("[src]", "src"), ("link[href]", "href"), ("form[action]", "action")] {
            for address in page.attributes(css, attribute) {
                let url = page.url.join(&address).unwrap();
                assert_eq!(url.origin(), app.url.origin(), "{path} loads {url}");
            }
        }
        assert_eq!(
            page.count("[style], style, script:not([src])"),
            0,
            "{path} has inline style or script"
        );
        assert_eq!(
            (page.count("head title"), page.count("h1"), page.count("main")),
            (1, 1, 1),
            "{path}"
        );
        assert_eq!(page.count("html[lang]"), 1, "{path}");
    }
}

#[tokio::test]
async fn another_site_may_frame_what_is_made_for_that_and_nothing_else() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in [
        "/embed/book/free-mini-consult",
        "/embed/book/initial-consultation",
        "/embed/book/follow-up",
        "/embed/newsletter",
    ] {
        let page = visitor.visit(path).await;
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors *") && policy.contains("default-src 'self'"),
            "{path}"
        );
        assert_eq!(page.header("x-frame-options"), "", "{path}");
        assert_eq!(page.count("[style], style, script:not([src])"), 0, "{path}");
        assert_eq!(
            (page.count("h1"), page.count("main"), page.count("base[target=_blank]")),
            (1, 1, 1),
            "{path}"
        );
        for (css, attribute) in [("main a[href]", "href"), ("form[action]", "action")] {
            for address in page.attributes(css, attribute) {
                let url = page.url.join(&address).unwrap();
                assert_eq!(url.origin(), app.url.origin(), "{path} leads to {url}");
                if css != "form[action]" {
                    assert_eq!(visitor.visit(&address).await.status, 200, "{path} leads to {url}");
                }
            }
        }
    }
    let times = visitor.visit("/embed/book/free-mini-consult").await;
    assert!(times.count(".times a") > 5, "the next times can be tapped");
    assert_eq!(
        visitor.visit("/embed/book/follow-up").await.count(".times a"),
        0,
        "clients only"
    );
    assert_eq!(visitor.visit("/embed/book/nothing").await.status, 404);
    let script = visitor.visit("/embed.js").await;
    assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
    assert!(script.header("content-type").contains("javascript"));
}

#[tokio::test]
async fn what_a_page_links_to_on_this_site_is_there() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let mut paths = vec!["/".to_owned()];
    let mut next = 0;
    while next < paths.len() && next < 120 {
        let page = visitor.visit(&paths[next]).await;
        assert!(page.status == 200, "{} answers {}", paths[next], page.status);
        next += 1;
        let assets = page
            .attributes("link[href]", "href")
            .into_iter()
            .chain(page.attributes("[src]", "src"));
        for address in page.attributes("a[href]", "href").into_iter().chain(assets) {
            let mut url = page.url.join(&address).unwrap();
            url.set_fragment(None);
            // One day, one time and one zone stand for all.
            let many = url.query().is_some();
            let path = url.as_str().to_owned();
            if url.origin() == app.url.origin() && !paths.contains(&path) && (!many || paths.len() < 60) {
                paths.push(path);
            }
        }
    }
    assert!(paths.len() > 20, "{paths:?}");
}

#[tokio::test]
async fn the_not_for_emergencies_line_stands_on_every_booking_page_and_in_every_booking_mail() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let line = emergency_line(&visitor.visit("/book/free-mini-consult").await.expect(200).words());
    let form_page = {
        let times = tests::journey::free_times(&visitor, "free-mini-consult", "").await;
        visitor.visit(times[0].as_str()).await.expect(200)
    };
    form_page.must_say(&line);
    let booked = book(&app, "free-mini-consult", "", "aoife@example.com").await;
    booked.page.must_say(&line);
    visitor
        .visit(&format!("{}/cancel", booked.manage))
        .await
        .must_say(&line);
    let mail = app.mail_to("aoife@example.com").await;
    let text = tests::page::fold(&mail.text);
    assert!(text.contains(&line), "{text}");
    assert!(
        mail.header("Reply-To").contains('@') || mail.header("From").contains("@slowlantern.example"),
        "{}",
        mail.header("From")
    );
}

/// The sentence of the demo practice that names the emergency number.
fn emergency_line(words: &str) -> String {
    let at = words.find("911").expect("the page names the emergency number");
    let begin = words[..at].rfind(['.', '?', '!']).map_or(0, |i| i + 1);
    let end = words[at..].find('.').map_or(words.len(), |i| at + i);
    words[begin..end].trim().to_owned()
}

#[tokio::test]
async fn health_and_readiness_answer_plainly() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        let page = app.visitor().get(path).await.expect(200);
        assert!(page.body.len() < 200, "{}", page.body);
        app.visitor()
            .send(app.visitor().request(Method::HEAD, path))
            .await
            .expect(200);
    }
}

#[tokio::test]
async fn a_method_that_a_page_does_not_take_is_405() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for path in ["/", "/services", "/posts", "/contact", "/privacy"] {
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let page = visitor.send(visitor.same_site(method.clone(), path)).await;
            assert_eq!(page.status, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_articles_are_readable_and_in_the_atom_or_rss_feed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let list = visitor.visit("/posts").await.expect(200);
    let mut links = list.attributes("main a[href^='/posts/']", "href");
    links.sort();
    links.dedup();
    links.retain(|link| !link.ends_with("feed.xml"));
    assert!(links.len() >= 3, "three articles worth reading: {links:?}");
    let feed = visitor.get("/posts/feed.xml").await.expect(200);
    assert!(
        feed.header("content-type").contains("xml"),
        "{}",
        feed.header("content-type")
    );
    for link in links {
        let page = visitor.visit(&link).await.expect(200);
        assert!(page.words().split_whitespace().count() > 300, "{link} is no article");
        assert!(feed.body.contains(page.url.path()), "{link} is not in the feed");
    }
}
