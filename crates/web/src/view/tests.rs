use super::pages::{
    AppointmentPage, ArticlePage, AtomFeed, BookPage, CancelLatePage, CancelPage, CheckInboxPage, ConfirmPage,
    ConfirmedPage, ContactPage, EmbedBookPage, EmbedNewsletterPage, ErrorPage, FormPage, HomePage, IntakePage,
    LeftPage, LostLinkPage, MailPage, MoveLatePage, MovePage, MoveToPage, MyPackagePage, NewAddressPage,
    NewsletterPage, OtherAddressPage, OutboxPage, PackagePage, PostsPage, PreferencesPage, PrivacyPage, PurchasePage,
    ServicesPage, UnsubscribePage,
};
use super::*;

/// Renders every sample of a page and holds what is true of all of them.
fn renders<P: Page>(view: &View) {
    for page in P::samples() {
        let html = view.render(&page).unwrap_or_else(|e| panic!("{}: {e:?}", P::TEMPLATE));
        let holds = |yes: bool, what: &str| assert!(yes, "{}: {what}\n{html}", P::TEMPLATE);
        let count = |what: &str| html.matches(what).count();
        holds(
            !html.contains("style=") && !html.contains("<style") && !html.contains(" onclick"),
            "no inline style or script",
        );
        holds(
            count("<script") == count("<script type=\"module\" src=\"/assets/"),
            "scripts come from the assets",
        );
        holds(
            count("<h1") == 1 && count("<title>") == 1 && count("<main") == 1,
            "one title, one headline, one main part",
        );
        holds(html.starts_with("<!doctype html>"), "a document");
        for form in html.split("<form").skip(1) {
            holds(
                form.contains("method=\"post\"") || form.contains("method=\"get\""),
                "each form says how it is sent",
            );
        }
        ids_are_distinct(P::TEMPLATE, &html);
    }
}

fn ids_are_distinct(template: &str, html: &str) {
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        assert_ne!(pair[0], pair[1], "{template}: an id twice");
    }
    for target in html
        .split("aria-describedby=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .flat_map(str::split_whitespace)
    {
        assert!(
            ids.contains(&target),
            "{template}: described by {target}, which is not there"
        );
    }
}

#[test]
fn every_page_renders_with_every_sample() {
    let view = View::load().unwrap();
    renders::<HomePage>(&view);
    renders::<PackagePage>(&view);
    renders::<PurchasePage>(&view);
    renders::<MyPackagePage>(&view);
    renders::<ServicesPage>(&view);
    renders::<BookPage>(&view);
    renders::<EmbedBookPage>(&view);
    renders::<EmbedNewsletterPage>(&view);
    renders::<FormPage>(&view);
    renders::<AppointmentPage>(&view);
    renders::<CancelPage>(&view);
    renders::<IntakePage>(&view);
    renders::<MovePage>(&view);
    renders::<MoveToPage>(&view);
    renders::<MoveLatePage>(&view);
    renders::<CancelLatePage>(&view);
    renders::<NewsletterPage>(&view);
    renders::<CheckInboxPage>(&view);
    renders::<ConfirmPage>(&view);
    renders::<ConfirmedPage>(&view);
    renders::<LostLinkPage>(&view);
    renders::<PreferencesPage>(&view);
    renders::<NewAddressPage>(&view);
    renders::<OtherAddressPage>(&view);
    renders::<UnsubscribePage>(&view);
    renders::<LeftPage>(&view);
    renders::<PostsPage>(&view);
    renders::<ArticlePage>(&view);
    renders::<ContactPage>(&view);
    renders::<PrivacyPage>(&view);
    renders::<OutboxPage>(&view);
    renders::<MailPage>(&view);
    renders::<ErrorPage>(&view);
}

#[test]
fn the_feed_of_articles_is_whole_and_escaped() {
    let view = View::load().unwrap();
    let feeds: Vec<String> = AtomFeed::samples()
        .iter()
        .map(|feed| view.render(feed).unwrap())
        .collect();
    assert!(
        feeds
            .iter()
            .all(|feed| feed.starts_with("<?xml") && feed.trim_end().ends_with("</feed>"))
    );
    assert!(feeds[0].contains("<title>Sore &amp; tired &lt;at night&gt;</title>"));
}

#[test]
fn what_a_visitor_typed_is_shown_as_text() {
    let mut page = FormPage::samples().remove(0);
    page.name.value = "\"><script>alert(1)</script>".into();
    let html = View::load().unwrap().render(&page).unwrap();
    assert!(html.contains("&quot;&gt;&lt;script&gt;") && !html.contains("<script>alert"));
}

#[test]
fn words_with_markup_escape_what_is_put_into_them() {
    let mut page = CheckInboxPage::samples().remove(0);
    page.email = Some("<i>@example.com".into());
    let html = View::load().unwrap().render(&page).unwrap();
    assert!(html.contains("<strong>&lt;i&gt;@example.com</strong>"));
}

#[test]
fn words_that_do_not_exist_are_an_error() {
    let keys: Vec<_> = words::keys_in(
        "{{ t(key=\"one\") }} {{ t_html(key=\"two\", a=b) }} {{ kit(key=\"three\") }} {{ t(key=\"four-\" ~ x) }}",
    )
    .collect();
    assert_eq!(keys, ["one", "two"]);
    let words = words::Words::load("en").unwrap();
    let say = |args: Kwargs| words.say(&args);
    assert!(say(Kwargs::from([("key", "no-such-words".into())])).is_err());
    assert!(
        say(Kwargs::from([("key", "take".into())])).is_err(),
        "a missing argument is an error too"
    );
    assert_eq!(
        say(Kwargs::from([("key", "take".into()), ("when", "tomorrow".into())])).unwrap(),
        "Take tomorrow"
    );
}

#[test]
fn while_a_time_was_taken_everything_typed_is_still_there_and_one_tap_books() {
    let page = FormPage::samples()
        .into_iter()
        .find(|p| p.taken.as_ref().is_some_and(|t| !t.nearest.is_empty()))
        .unwrap();
    let html = View::load().unwrap().render(&page).unwrap();
    for kept in [&page.name.value, &page.email.value, &page.phone.value, &page.key] {
        assert!(html.contains(&format!("value=\"{kept}\"")), "{kept}");
    }
    assert_eq!(
        html.matches("name=\"start\"").count(),
        3,
        "three buttons carry the start, and no hidden field contradicts them"
    );
}
