//! Writing letters at the desk: pictures, previews, a look before they go out, names, and what became of them recipient by recipient.

use reqwest::Method;
use tests::{app::TestApp, journey::subscribe, page::Page, visitor::Visitor};

const FREE: [(&str, &str); 1] = [("limits.enabled", "false")];

/// A PNG of one grey pixel row, and what else a program may write into one.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut part = |kind: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        let mut whole = kind.to_vec();
        whole.extend(data);
        let crc = !whole.iter().fold(!0_u32, |mut crc, &byte| {
            crc ^= u32::from(byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                };
            }
            crc
        });
        bytes.extend(&whole);
        bytes.extend(crc.to_be_bytes());
    };
    part(b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    part(b"tEXt", b"Comment\0taken at 35.5951N 82.5515W");
    // One stored deflate block in a zlib wrapper: a filter byte and two pixels.
    part(
        b"IDAT",
        &[0x78, 0x01, 0x01, 3, 0, 0xfc, 0xff, 0, 120, 200, 0x01, 0xbb, 0x01, 0x41],
    );
    part(b"IEND", &[]);
    bytes
}

/// Sends a form with a file as a browser does.
async fn with_file(desk: &Visitor, path: &str, pairs: &[(&str, &str)], file: &[u8]) -> Page {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let request = desk
        .same_site(Method::POST, path)
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body);
    desk.send(request).await
}

#[tokio::test]
async fn a_picture_is_kept_here_and_shown_in_page_and_mail() {
    let app = TestApp::with(&FREE).await;
    subscribe(&app, "imani@example.com").await;
    let desk = app.desk().await;
    let typed = [
        ("title", "Hello"),
        ("text", "A few words that say what the picture below is about."),
        ("topic", "other-news"),
        ("published", "yes"),
        ("do", "picture"),
    ];
    let mut without = typed.to_vec();
    without.push(("alt", " "));
    let page = with_file(&desk, "/admin/write-letter", &without, &png())
        .await
        .expect(422);
    page.must_say("Say in a few words what the picture shows");
    assert!(page.form("main form").value("text").unwrap().starts_with("A few words"));
    let mut with = typed.to_vec();
    with.push(("alt", "Two chairs"));
    with_file(&desk, "/admin/write-letter", &with, b"<svg onload='x'/>")
        .await
        .expect(422)
        .must_say("a JPEG, PNG or WebP");
    let page = with_file(&desk, "/admin/write-letter", &with, &png()).await.expect(200);
    page.must_say("The picture stands at the end of the text");
    let text = page.form("main form").value("text").unwrap().to_owned();
    let file = text.split("](").nth(1).unwrap().split(')').next().unwrap().to_owned();
    assert!(
        text.contains("![Two chairs](/media/") && file.split('.').next_back() == Some("png"),
        "{text}"
    );

    let request = app.visitor().request(Method::GET, &file);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("cache-control").contains("immutable"));
    let tag = header("etag");
    let bytes = answer.bytes().await.unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && !bytes.windows(7).any(|w| w == b"35.5951"));
    let again = app
        .visitor()
        .request(Method::GET, &file)
        .header("if-none-match", &tag)
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 304);
    app.visitor().get("/media/gone.png").await.expect(404);

    let form = page.form("main form");
    desk.submit_and_follow(&form)
        .await
        .expect(200)
        .must_say("Links, pictures, size");
    let send = desk
        .visit("/admin/letters/hello")
        .await
        .form("form[action='/admin/letters/hello/send']");
    desk.submit_and_follow(&send).await.expect(200);
    let mails = app.mails_to("imani@example.com").await;
    let html = mails.iter().find(|m| m.subject == "Hello").expect("it came").html();
    let whole = app.url.join(&file).unwrap();
    assert!(
        html.contains(&format!("src=\"{whole}\"")) && html.contains("alt=\"Two chairs\""),
        "{html}"
    );
    app.visitor()
        .visit("/posts/hello")
        .await
        .expect(200)
        .form("form[action='/newsletter']");
}

#[tokio::test]
async fn a_letter_is_previewed_before_it_is_kept_and_looked_through_before_it_goes() {
    let app = TestApp::with(&FREE).await;
    let desk = app.desk().await;
    let pairs = |way: &str| {
        let text = "Hello {{first name|there}}.\n\n## Part\n\n<script>alert(1)</script> [times](/services)";
        [("title", "A try"), ("text", text), ("as", way)].map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let mail = desk.post("/admin/preview-letter", &pairs("mail")).await.expect(200);
    assert!(mail.body.contains("Hello there.") && mail.body.contains("A try") && !mail.body.contains("<script"));
    assert!(
        mail.header("content-security-policy")
            .contains("frame-ancestors 'self'")
    );
    let text = desk.post("/admin/preview-letter", &pairs("text")).await.expect(200);
    assert!(text.body.contains("Part\n====") && text.header("content-type").starts_with("text/plain"));
    let page = desk.post("/admin/preview-letter", &pairs("page")).await.expect(200);
    page.must_say("A try").must_say("Hello there.");
    assert!(!page.header("content-security-policy").contains("unsafe"));
    desk.visit("/admin/letters").await.expect(200).must_not_say("A try");
    let stranger = app.visitor().post("/admin/preview-letter", &pairs("mail")).await;
    assert!([302, 303, 401, 403].contains(&stranger.status));

    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let bad = form.set("title", "BUY NOW!! About your milk").set(
        "text",
        "[a](/gone) [b](www.x.example) ![](/media/gone.png) {{age}} [c](/book/free-mini-consult)",
    );
    let page = desk.submit_and_follow(&bad).await.expect(200);
    for says in [
        "“/gone” leads nowhere",
        "“www.x.example” is no address",
        "The picture “/media/gone.png” is not there",
        "no words for those who do not see it",
        "“{{age}}” is no personal field",
        "“milk” stands in the title",
        "filters suspicious",
    ] {
        page.must_say(says);
    }
    page.must_not_say("free-mini-consult” leads nowhere");
}

#[tokio::test]
async fn names_are_filled_in_and_the_ledger_is_told_recipient_by_recipient() {
    let app = TestApp::with(&FREE).await;
    let visitor = app.visitor();
    let body = serde_json::json!({ "email": "ana@example.com", "name": "Ana <b>Lee</b>" });
    let request = visitor.request(Method::POST, "/api/v1/subscribers").json(&body);
    visitor.send(request).await.expect(202);
    let link = app.mail_to("ana@example.com").await.link("/newsletter/confirm/");
    let page = visitor.visit(link.as_str()).await.expect(200);
    visitor.submit(&page.form("main form")).await.expect(200);
    subscribe(&app, "imani@example.com").await;
    let desk = app.desk().await;
    let form = desk.visit("/admin/write-letter").await.expect(200).form("main form");
    let form = form
        .set("title", "Names")
        .set("text", "Hello {{first name|there}}, dear {{name|reader}}.");
    let page = desk.submit_and_follow(&form).await.expect(200);
    desk.submit_and_follow(&page.form("form[action$='/send']"))
        .await
        .expect(200);
    let text = async |to: &str| {
        let mails = app.mails_to(to).await;
        let mail = mails.iter().find(|m| m.subject == "Names").expect("it came");
        assert_eq!(
            mail.html().matches("/newsletter/unsubscribe/").count(),
            1,
            "one visible way out"
        );
        mail.text.clone()
    };
    assert!(text("ana@example.com").await.contains("Hello Ana, dear Ana."));
    assert!(text("imani@example.com").await.contains("Hello there, dear reader."));
    let page = desk.visit("/admin/letters/names").await.expect(200);
    page.must_say("2 delivered.");
    assert_eq!(page.count("figure.chart svg rect"), 1);
    let file = desk.get("/admin/letters/names/ledger").await.expect(200);
    let lines: Vec<&str> = file.body.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0] == "email,state,since,attempts,error" && lines[1].contains(",delivered,"),
        "{lines:?}"
    );
}
