use super::pages::ErrorPage;
use super::*;

fn renders<P: Page>(view: &View) {
    for page in P::samples() {
        let html = view
            .render(&page)
            .unwrap_or_else(|e| panic!("{}: {e:?}", P::TEMPLATE));
        assert!(
            !html.contains("style=\"") && !html.contains("<style"),
            "{}: inline style",
            P::TEMPLATE
        );
    }
}

#[test]
fn every_page_renders_with_every_sample() {
    let view = View::load().unwrap();
    renders::<ErrorPage>(&view);
}

#[test]
fn words_that_do_not_exist_are_an_error_at_start() {
    let keys: Vec<_> = words::keys_in(
        "{{ t(key=\"one\") }} {{ t_html(key=\"two\", a=b) }} {{ kit(key=\"three\") }}",
    )
    .collect();
    assert_eq!(keys, ["one", "two"]);
}
