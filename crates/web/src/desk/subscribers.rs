//! `/admin/subscribers`: who reads her letters, found by a part of the address or the name, and all of them as a file.

use access::audit::Action;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use futures_util::stream;
use mailing::consent::{Find, State as Consent, SubscriberLine, Topic, Topics};
use serde::Deserialize;

use super::letters::topic;
use super::today::counts;
use super::{Answer, Room, show};
use crate::error::PageError;
use crate::extract::{Now, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{Choice, Erased, Standing, SubscriberRow, Subscribers, Tab};

const PATH: &str = "/admin/subscribers";

/// What is looked for, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    state: String,
    topic: String,
    before: String,
    erased: String,
}

/// One person's page.
pub fn url(line: &SubscriberLine) -> String {
    format!("{PATH}/{}", line.id)
}

/// Where somebody stands.
pub fn standing(state: Consent) -> Standing {
    match state {
        Consent::Pending => Standing::Pending,
        Consent::Confirmed => Standing::Confirmed,
        Consent::Unsubscribed => Standing::Unsubscribed,
        Consent::Bounced => Standing::Bounced,
        Consent::Complained => Standing::Complained,
    }
}

/// What the topics of a set are called: "Articles, Other news".
pub fn named(app: &App, topics: Topics) -> Result<String, PageError> {
    let names = topics
        .iter()
        .map(|one| topic(app, one))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(names.join(", "))
}

fn state_named(word: &str) -> Option<Consent> {
    let all = [
        Consent::Pending,
        Consent::Confirmed,
        Consent::Unsubscribed,
        Consent::Bounced,
        Consent::Complained,
    ];
    all.into_iter().find(|state| state.as_str() == word)
}

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn, Query(asked): Query<Asked>) -> Answer {
    let room = Room::enter(&app, now).await?;
    let find = Find {
        text: asked.q.chars().take(100).collect(),
        state: state_named(&asked.state),
        topic: asked.topic.parse().ok(),
        before: asked.before.parse().ok(),
    };
    let found = app.mailing().find_subscribers(&find).await?;
    let mut rows = Vec::with_capacity(found.lines.len());
    for line in &found.lines {
        rows.push(SubscriberRow {
            url: url(line),
            email: line.address.as_str().to_owned(),
            name: line.name.clone(),
            standing: standing(line.state),
            since: room.locale.day(line.state_since, &room.practice.zone),
            topics: if line.topics == Topics::ALL {
                None
            } else {
                Some(named(&app, line.topics)?)
            },
        });
    }
    let narrowed = find.state.is_some() || find.topic.is_some();
    let link = |before: Option<String>| address(&find, before);
    let page = Subscribers {
        desk: room.at(Tab::Subscribers),
        counts: counts(&app).await?,
        newsletter_url: app.config().server.public_url.at("/newsletter"),
        states: states(find.state),
        topics: topics(&app, find.topic)?,
        on: narrowed || !find.text.trim().is_empty(),
        open: narrowed,
        rows,
        looked_through: found.looked_through.map(grouped),
        next_url: found.next.map(|id| link(Some(id.to_string()))),
        first_url: find.before.map(|_| link(None)),
        text: find.text,
        erased: match asked.erased.as_str() {
            "whole" => Some(Erased::Whole),
            "visits" => Some(Erased::VisitsStay),
            _ => None,
        },
    };
    show(&app, &page)
}

fn address(find: &Find, before: Option<String>) -> String {
    let mut query = Vec::new();
    let mut add = |name: &'static str, value: String| {
        if !value.is_empty() {
            query.push((name, value));
        }
    };
    add("q", find.text.clone());
    add("state", find.state.map_or_else(String::new, |s| s.as_str().to_owned()));
    add("topic", find.topic.map_or_else(String::new, |t| t.slug().to_owned()));
    add("before", before.unwrap_or_default());
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    if query.is_empty() {
        PATH.to_owned()
    } else {
        format!("{PATH}?{query}")
    }
}

/// "200,000".
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn states(chosen: Option<Consent>) -> Vec<Choice> {
    let all = [
        ("Confirmed", Consent::Confirmed),
        ("Not confirmed yet", Consent::Pending),
        ("Has left", Consent::Unsubscribed),
        ("Takes no mail", Consent::Bounced),
        ("Marked a letter as spam", Consent::Complained),
    ];
    let one = |(label, state): (&str, Consent)| Choice::new(state.as_str(), label, chosen == Some(state));
    std::iter::once(Choice::new("", "Every state", chosen.is_none()))
        .chain(all.map(one))
        .collect()
}

fn topics(app: &App, chosen: Option<Topic>) -> Result<Vec<Choice>, PageError> {
    let mut all = vec![Choice::new("", "Every topic", chosen.is_none())];
    for one in Topic::ALL {
        all.push(Choice::new(one.slug(), topic(app, one)?, chosen == Some(one)));
    }
    Ok(all)
}

/// Everybody, as a file that can be imported; it is written while it is read.
pub async fn export(State(app): State<App>, Now(now): Now, signed_in: SignedIn) -> Answer {
    app.access()
        .audit(signed_in.0.login, Action::SubscribersExported, None, now)
        .await?;
    let mailing = app.mailing().clone();
    let pages = stream::try_unfold(Some(None), move |from| {
        let mailing = mailing.clone();
        async move {
            let Some(from) = from else {
                return Ok::<_, sea_orm::DbErr>(None);
            };
            let (lines, next) = mailing.export_page(from).await?;
            Ok(Some((lines, next.map(Some))))
        }
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"subscribers.csv\""),
    ];
    let mut answer = (headers, Body::from_stream(pages)).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
