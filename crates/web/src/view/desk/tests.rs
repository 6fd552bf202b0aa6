use super::*;
use crate::view::{Page, View};

/// Every desk page with every sample, as (template, sample number, HTML).
fn pages() -> Vec<(&'static str, usize, String)> {
    let view = View::load().unwrap();
    let mut all = Vec::new();
    all.extend(rendered::<SignIn>(&view));
    all.extend(rendered::<FirstLogin>(&view));
    all.extend(rendered::<Forgot>(&view));
    all.extend(rendered::<Reset>(&view));
    all.extend(rendered::<LinkOver>(&view));
    all.extend(rendered::<Today>(&view));
    all.extend(rendered::<Appointments>(&view));
    all.extend(rendered::<Appointment>(&view));
    all.extend(rendered::<Hours>(&view));
    all.extend(rendered::<Selection>(&view));
    all.extend(rendered::<Feed>(&view));
    all.extend(rendered::<OtherCalendars>(&view));
    all.extend(rendered::<Subscribers>(&view));
    all.extend(rendered::<PersonPage>(&view));
    all.extend(rendered::<CertificatePage>(&view));
    all.extend(rendered::<ImportForm>(&view));
    all.extend(rendered::<ImportPage>(&view));
    all.extend(rendered::<Letters>(&view));
    all.extend(rendered::<LetterPage>(&view));
    all.extend(rendered::<LetterForm>(&view));
    all.extend(rendered::<Settings>(&view));
    all.extend(rendered::<Offerings>(&view));
    all.extend(rendered::<OfferingPage>(&view));
    all.extend(rendered::<Purchases>(&view));
    all.extend(rendered::<Outbox>(&view));
    all.extend(rendered::<Returned>(&view));
    all.extend(rendered::<PurchaseDetail>(&view));
    all.extend(rendered::<MoneyPage>(&view));
    all.extend(rendered::<QuestionPage>(&view));
    all.extend(rendered::<ConsentPage>(&view));
    all.extend(rendered::<ByHand>(&view));
    all
}

fn rendered<P: Page>(view: &View) -> Vec<(&'static str, usize, String)> {
    let page = |(at, page)| {
        (
            P::TEMPLATE,
            at,
            view.render(page)
                .unwrap_or_else(|e| panic!("{} {at}: {e:?}", P::TEMPLATE)),
        )
    };
    P::samples().iter().enumerate().map(page).collect()
}

#[test]
fn every_desk_page_renders_with_every_sample() {
    assert!(pages().len() > 30);
}

#[test]
fn a_desk_page_has_one_title_and_one_heading() {
    for (template, at, html) in pages() {
        assert_eq!(html.matches("<title>").count(), 1, "{template} {at}");
        assert_eq!(html.matches("<h1").count(), 1, "{template} {at}");
    }
}

#[test]
fn a_desk_page_obeys_a_policy_without_inline_styles_and_scripts() {
    for (template, at, html) in pages() {
        for forbidden in ["style=\"", "<style", "onclick", "onsubmit", "javascript:"] {
            assert!(!html.contains(forbidden), "{template} {at}: {forbidden}");
        }
        assert_eq!(
            html.matches("<script").count(),
            html.matches("<script type=\"module\" src=\"/assets/").count(),
            "{template} {at}"
        );
    }
}

#[test]
fn every_label_and_every_description_leads_to_something() {
    for (template, at, html) in pages() {
        for attribute in [
            "for=\"",
            "aria-describedby=\"",
            "aria-labelledby=\"",
            "data-copy=\"",
            "href=\"#",
        ] {
            for (from, _) in html.match_indices(attribute) {
                let ids = html[from + attribute.len()..].split('"').next().unwrap();
                for id in ids.split_whitespace() {
                    assert_eq!(
                        html.matches(&format!(" id=\"{id}\"")).count(),
                        1,
                        "{template} {at}: {attribute}{id}"
                    );
                }
            }
        }
    }
}

#[test]
fn only_posting_changes_anything() {
    for (template, at, html) in pages() {
        let asking = html.matches(" method=\"get\"").count();
        assert_eq!(
            html.matches("<form").count() - asking,
            html.matches(" method=\"post\"").count(),
            "{template} {at}"
        );
        for action in ["/sign-out", "/rotate", "/paid", "/cancel", "/silence"] {
            assert!(
                !html.contains(&format!("{action}\">")) || !html.contains(&format!("href=\"/admin{action}")),
                "{template} {at}"
            );
        }
    }
}

#[test]
fn one_gold_button_at_most_stands_on_a_desk_page() {
    for (template, at, html) in pages() {
        let gold = html.matches("button gold").count();
        assert!(gold <= 1, "{template} {at}: {gold}");
    }
}

#[test]
fn what_a_parent_typed_is_shown_as_text() {
    let view = View::load().unwrap();
    let mut page = Appointment::samples().remove(1);
    page.name = "<script>alert(1)</script>".into();
    let mut intake = page.intake.take().unwrap();
    intake.answers = vec![Answer {
        question: "?".into(),
        text: "\"><img src=x>".into(),
    }];
    page.intake = Some(intake);
    let html = view.render(&page).unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<img"));
}

#[test]
fn a_phone_number_can_be_called_and_texted() {
    let phone = Phone::new("(828) 555-0199", "+1 828-555-0199", "About 10:15 & you: ");
    assert_eq!(phone.tel, "tel:+18285550199");
    assert_eq!(phone.sms, "sms:+18285550199?&body=About%2010%3A15%20%26%20you%3A%20");
}
