//! Appointments as calendar events: the words and links that their reader shall see.

use booking::appointment::{AppointmentFacts, AppointmentView, EventTexts, FeedData, FeedKey, Held, Home, State};
use booking::calendar::event::VisitEvent;
use booking::calendar::feed::{Detail, Facts, Feed, Visit};
use booking::practice::{Office, Practice};

use sea_orm::DbErr;

use crate::state::App;

/// The event in the parent's calendar: discreet title, the way in, her manage link. It travels in mails, so that the
/// address of a home visit, which she typed, is not in it.
pub fn for_parent(app: &App, practice: &Practice, facts: &AppointmentFacts) -> VisitEvent {
    let booking = app.booking();
    let manage_url = url(app, &format!("/appointments/{}", booking.token_of(facts).reveal()));
    let join_url = booking.join_url_of(facts);
    facts.event(EventTexts {
        description: description(facts, practice, join_url.as_deref(), &manage_url),
        location: join_url.clone().or_else(|| office(facts)),
        manage_url: Some(manage_url),
        join_url,
        alarm_minutes_before: None,
    })
}

/// The event in the calendar of the second recipient: the way in, and no link to the appointment's page.
pub fn for_second(app: &App, practice: &Practice, facts: &AppointmentFacts) -> VisitEvent {
    let join_url = app.booking().join_url_of(facts);
    let how = match (&facts.held, &join_url) {
        (Held::Video, Some(url)) => format!("Join here: {url}\n"),
        (Held::Office { office }, _) if !office.directions.is_empty() => format!("{}\n", office.directions),
        _ => String::new(),
    };
    facts.event(EventTexts {
        description: format!("{how}Replies from calendars are not read.\n{}", practice.phone)
            .trim_end()
            .to_owned(),
        location: join_url.clone().or_else(|| office(facts)),
        manage_url: None,
        join_url,
        alarm_minutes_before: None,
    })
}

fn url(app: &App, path: &str) -> String {
    app.config().server.public_url.at(path)
}

fn office(facts: &AppointmentFacts) -> Option<String> {
    match &facts.held {
        Held::Office { office } => Some(Office::in_one_line(office)),
        _ => None,
    }
}

/// Plain text: how the two meet, then the link; nothing a glance at a phone should give away.
fn description(facts: &AppointmentFacts, practice: &Practice, join_url: Option<&str>, manage_url: &str) -> String {
    let how = match (&facts.held, join_url, &facts.phone) {
        (Held::Video, Some(url), _) => format!("Join here: {url}\n"),
        (Held::Phone, _, Some(number)) => format!("{} calls you on {number}.\n", practice.discreet_name),
        (Held::Office { office }, ..) if !office.directions.is_empty() => format!("{}\n", office.directions),
        _ => String::new(),
    };
    format!(
        "{how}Change or cancel: {manage_url}\nReplies from calendars are not read.\n{}",
        practice.phone
    )
    .trim_end()
    .to_owned()
}

/// The consultant's feed, written piece by piece as its pages are read, so that it is never held whole.
pub struct FeedPieces {
    app: App,
    feed: FeedData,
    /// None behind the last piece.
    out: Option<Feed<Vec<u8>>>,
    after: Option<FeedKey>,
    /// What HTTP says about the whole, behind the last piece.
    facts: Option<Facts>,
}

impl FeedPieces {
    /// At the beginning.
    pub fn new(app: App, feed: FeedData) -> Result<Self, FeedError> {
        Ok(Self {
            out: Some(Feed::begin(Vec::new(), feed.head.clone())?),
            app,
            feed,
            after: None,
            facts: None,
        })
    }

    /// The next piece of its bytes; none behind the last.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, FeedError> {
        let Some(mut out) = self.out.take() else {
            return Ok(None);
        };
        let page = self.app.booking().feed_page(&self.feed, self.after).await?;
        for view in &page.appointments {
            out.visit(&for_consultant(&self.app, view, self.feed.head.detail))?;
        }
        if page.next.is_none() {
            let (facts, rest) = out.finish()?;
            self.facts = Some(facts);
            return Ok(Some(rest));
        }
        let piece = std::mem::take(out.out());
        self.out = Some(out);
        self.after = page.next;
        Ok(Some(piece))
    }

    /// What HTTP says about the whole; none before the last piece.
    pub fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }
}

/// Why a feed cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The database failed.
    #[error("the feed could not be read")]
    Database(#[from] DbErr),
    /// Memory, which is what it is written to, does not fail.
    #[error("the feed could not be written")]
    Write(#[from] std::io::Error),
}

/// One visit with all that she needs; how much of it is told is the feed's own choice.
fn for_consultant(app: &App, view: &AppointmentView, detail: Detail) -> Visit {
    let facts = &view.facts;
    let desk_url = url(app, &format!("/admin/appointments/{}", facts.id));
    let reach = [Some(facts.parent_email.as_str()), facts.phone.as_deref()];
    let mut lines = vec![facts.offering_name.clone()];
    if matches!(facts.held, Held::Phone) {
        lines.push("You call her.".into());
    }
    lines.extend(reach.into_iter().flatten().map(str::to_owned));
    lines.push(desk_url.clone());
    // A family's own address is for her alone, not for a calendar that others see.
    let at_home = match detail {
        Detail::Full => view.home.as_ref().map(Home::in_one_line),
        Detail::Busy | Detail::Initials => view.home.as_ref().map(|_| "At the family's home".to_owned()),
    };
    Visit {
        uid: facts.uid.clone(),
        sequence: facts.sequence,
        starts: facts.starts,
        ends: facts.ends,
        created: facts.created_at,
        changed: facts.changed_at,
        awaiting_payment: matches!(facts.state, State::AwaitingPayment { .. }),
        parent: facts.parent_name.clone(),
        details: lines.join("\n"),
        location: view.join_url.clone().or_else(|| office(facts)).or(at_home),
        conference: view.join_url.clone(),
        desk_url: Some(desk_url),
    }
}
