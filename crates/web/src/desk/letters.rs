//! `/admin/letters`: what she writes, whom it goes to, and what has become of it.

use access::audit::Action;
use axum::extract::{Query, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Redirect};
use jiff::civil::{Date, Time};
use kernel::instant::Instant;
use mailing::consent::Topic;
use mailing::letters::{Excluded, Exclusion, KeptLetter, Ledger, LetterError, LetterState};
use mailing::outbox::protocol::State as Delivery;

use super::preview::MAIL_POLICY;
use super::typed::Typed;
use super::{Answer, Done, Room, show};
use super::{ledger, preflight};
use crate::compose;
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{Audience, Count, LetterNotice, LetterPage, LetterRow, LetterStage, Letters, Outcome, Tab};
use crate::view::format;

/// A letter's page at the desk.
pub fn url(slug: &str) -> String {
    format!("/admin/letters/{slug}")
}

/// What a topic is called.
pub fn topic(app: &App, topic: Topic) -> Result<String, PageError> {
    Ok(app.view().words(&format!("topic-{topic}"))?)
}

/// What has become of a letter for one person.
pub fn said(state: Delivery) -> &'static str {
    match state {
        Delivery::Queued => "not tried yet",
        Delivery::Leased | Delivery::HandingOver => "on its way",
        Delivery::Sent => "delivered",
        Delivery::Retry => "will be tried again",
        Delivery::Bounced => "not taken",
        Delivery::Cancelled => "not sent: cancelled",
        Delivery::Uncertain => "perhaps delivered: the server did not answer",
        Delivery::Withdrawn => "not sent: she had left, paused or was left in peace",
    }
}

/// The letter of a path.
pub async fn find(app: &App, slug: &str) -> Result<KeptLetter, PageError> {
    app.mailing().kept_letter(slug).await?.ok_or(PageError::NotFound)
}

/// The list.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn) -> Answer {
    let room = Room::enter(&app, now).await?;
    let mut letters = Vec::new();
    for line in app.mailing().letters(now).await? {
        letters.push(LetterRow {
            url: url(&line.slug),
            topic: topic(&app, line.topic)?,
            title: line.title,
            stage: stage(line.state),
            published: line.published,
        });
    }
    let page = Letters {
        desk: room.at(Tab::Letters),
        letters,
    };
    show(&app, &page)
}

fn stage(state: LetterState) -> LetterStage {
    match state {
        LetterState::Draft => LetterStage::Draft,
        LetterState::Scheduled => LetterStage::Scheduled,
        LetterState::Sending => LetterStage::Sending,
        LetterState::Paused => LetterStage::Paused,
        LetterState::Sent => LetterStage::Sent,
        LetterState::Cancelled => LetterStage::Cancelled,
    }
}

/// One letter.
pub async fn one(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(slug): Path,
    Query(done): Query<Done>,
) -> Answer {
    let letter = find(&app, &slug).await?;
    let room = Room::enter(&app, now).await?;
    let (audience, outcome) = if letter.state.is_fixed() {
        let ledger = app.mailing().ledger(&slug).await?;
        let audience = Audience {
            recipients: ledger.recipients,
            excluded: left_out(&ledger.excluded),
        };
        (audience, Some(outcome(&room, &letter, &ledger)))
    } else {
        let audience = app.mailing().audience(letter.draft.topic, now).await?;
        let audience = Audience {
            recipients: audience.recipients,
            excluded: left_out(&audience.excluded),
        };
        (audience, None)
    };
    let looks = match app.mailing().letter_text(&slug, now).await? {
        Some(text) if !letter.state.is_fixed() => preflight::findings(&app, &text, now).await?,
        _ => Vec::new(),
    };
    let (chart, missed) = if letter.state.is_fixed() {
        (
            ledger::chart(&app, &room, &slug).await?,
            ledger::missed(&app, &slug).await?,
        )
    } else {
        (None, Vec::new())
    };
    let page = LetterPage {
        looks,
        chart,
        missed,
        uncertain: outcome.as_ref().map_or(0, |o| o.uncertain),
        refused: outcome.as_ref().map_or(0, |o| o.refused),
        desk: room.at(Tab::Letters),
        notice: notice(&done.done),
        url: url(&slug),
        topic: topic(&app, letter.draft.topic)?,
        stage: stage(letter.state),
        audience,
        outcome,
        scheduled: letter.scheduled_for.map(|at| room.moment(at)),
        public_url: letter.draft.published.then(|| format!("/posts/{slug}")),
        email: signed_in.0.email.as_str().to_owned(),
        zone: format::zone_name(&room.practice.zone),
        title: letter.draft.title,
    };
    show(&app, &page)
}

fn notice(done: &str) -> Option<LetterNotice> {
    Some(match done {
        "saved" => LetterNotice::Saved,
        "test" => LetterNotice::Tested,
        "started" => LetterNotice::Started,
        "scheduled" => LetterNotice::Scheduled,
        "unscheduled" => LetterNotice::Unscheduled,
        "paused" => LetterNotice::Paused,
        "resumed" => LetterNotice::Resumed,
        "cancelled" => LetterNotice::Cancelled,
        "resent" => LetterNotice::Resent,
        "late" => LetterNotice::TooLate,
        "when" => LetterNotice::WrongTime,
        _ => return None,
    })
}

/// The counts that are not nothing.
fn counts<const N: usize>(all: [(u64, &str); N]) -> Vec<Count> {
    let some = all.into_iter().filter(|&(count, _)| count > 0);
    some.map(|(count, words)| Count {
        count,
        words: words.to_owned(),
    })
    .collect()
}

fn left_out(excluded: &Excluded) -> Vec<Count> {
    let count = |reason| excluded.get(&reason).copied().unwrap_or(0);
    let one = |n: u64, one: &'static str, many: &'static str| if n == 1 { one } else { many };
    let (pending, left) = (count(Exclusion::Pending), count(Exclusion::Unsubscribed));
    let (bounced, complained) = (count(Exclusion::Bounced), count(Exclusion::Complained));
    let (other, paused) = (count(Exclusion::OtherTopic), count(Exclusion::Paused));
    counts([
        (pending, one(pending, "has not confirmed yet", "have not confirmed yet")),
        (left, one(left, "has left", "have left")),
        (
            bounced,
            one(bounced, "address no longer exists", "addresses no longer exist"),
        ),
        (complained, "marked a letter as spam"),
        (other, "chose other topics"),
        (count(Exclusion::Muted), "you leave in peace"),
        (paused, one(paused, "has paused", "have paused")),
    ])
}

fn outcome(room: &Room, letter: &KeptLetter, ledger: &Ledger) -> Outcome {
    let refused = if ledger.bounced == 1 {
        "address did not take it"
    } else {
        "addresses did not take it"
    };
    Outcome {
        said: counts([
            (ledger.delivered, "delivered"),
            (ledger.retrying, "will be tried again"),
            (ledger.bounced, refused),
            (ledger.withdrawn, "left before their turn"),
            (ledger.cancelled, "did not get it any more"),
        ]),
        left: ledger.queued + ledger.retrying,
        refused: ledger.bounced,
        uncertain: ledger.uncertain,
        exactly: counts([
            (ledger.recipients, "recipients when it began"),
            (ledger.queued, "not tried yet"),
            (ledger.delivered, "taken by their mail servers"),
            (ledger.retrying, "refused for now, and tried again"),
            (ledger.bounced, "refused for good, or given up"),
            (
                ledger.uncertain,
                "handed over twice without an answer: they may have it or not",
            ),
            (ledger.withdrawn, "left, paused or were silenced before their turn"),
            (ledger.cancelled, "not sent because it was cancelled"),
        ]),
        started: letter.started_at.map(|at| room.moment(at)),
        finished: letter.finished_at.map(|at| room.moment(at)),
    }
}

/// The letter's HTML part, for a frame: mails carry inline styles, so this one document has a policy of its own.
pub async fn mail(State(app): State<App>, Now(now): Now, _: SignedIn, Path(slug): Path) -> Answer {
    let text = app
        .mailing()
        .letter_text(&slug, now)
        .await?
        .ok_or(PageError::NotFound)?;
    let mail = compose::preview(&app, &text).await?;
    let mut answer = ([(CONTENT_SECURITY_POLICY, MAIL_POLICY)], Html(mail.html)).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// Sends a test to the address she signs in with.
pub async fn test(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let sent = app.mailing().test_letter(&slug, signed_in.0.email.clone(), now).await?;
    if !sent {
        return Err(PageError::NotFound);
    }
    after(&app, &signed_in, &slug, (Ok(()), Action::LetterTested, "test"), now).await
}

/// Starts it.
pub async fn send(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let done = app.mailing().start_letter(&slug, now).await.map(drop);
    after(&app, &signed_in, &slug, (done, Action::LetterStarted, "started"), now).await
}

/// Holds it.
pub async fn pause(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let done = app.mailing().pause_letter(&slug, now).await.map(drop);
    after(&app, &signed_in, &slug, (done, Action::LetterPaused, "paused"), now).await
}

/// Lets it go on.
pub async fn resume(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let done = app.mailing().resume_letter(&slug, now).await.map(drop);
    after(&app, &signed_in, &slug, (done, Action::LetterResumed, "resumed"), now).await
}

/// Ends it.
pub async fn cancel(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let done = app.mailing().cancel_letter(&slug, now).await.map(drop);
    after(
        &app,
        &signed_in,
        &slug,
        (done, Action::LetterCancelled, "cancelled"),
        now,
    )
    .await
}

/// Lets it begin later.
pub async fn schedule(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(slug): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let room = Room::enter(&app, now).await?;
    match moment(&room, &typed).filter(|&at| at > now) {
        Some(at) => {
            let done = app.mailing().schedule_letter(&slug, at).await;
            after(
                &app,
                &signed_in,
                &slug,
                (done, Action::LetterScheduled, "scheduled"),
                now,
            )
            .await
        }
        None => Ok(back(&slug, "when")),
    }
}

/// On the practice's clock. Gap: the first instant after it; fold: the first occurrence.
fn moment(room: &Room, typed: &Typed) -> Option<Instant> {
    let date: Date = typed.text("date").trim().parse().ok()?;
    let time: Time = typed.text("time").trim().parse().ok()?;
    Some(room.practice.zone.instant(date.to_datetime(time)))
}

/// Makes it a draft again.
pub async fn unschedule(State(app): State<App>, Now(now): Now, signed_in: SignedIn, Path(slug): Path) -> Answer {
    let done = app.mailing().unschedule_letter(&slug).await;
    after(
        &app,
        &signed_in,
        &slug,
        (done, Action::LetterUnscheduled, "unscheduled"),
        now,
    )
    .await
}

/// Back to the letter's page with a word about what was done; what was done is written down.
pub async fn after(
    app: &App,
    signed_in: &SignedIn,
    slug: &str,
    (done, action, word): (Result<(), LetterError>, Action, &str),
    now: Instant,
) -> Answer {
    match done {
        Ok(()) => {
            let subject = app.mailing().kept_letter(slug).await?.map(|letter| letter.id.0);
            app.access().audit(signed_in.0.login, action, subject, now).await?;
            Ok(back(slug, word))
        }
        Err(LetterError::Unknown(_)) => Err(PageError::NotFound),
        Err(LetterError::State { .. }) => Ok(back(slug, "late")),
        Err(error @ LetterError::Database(_)) => Err(error.into()),
    }
}

fn back(slug: &str, word: &str) -> axum::response::Response {
    Redirect::to(&format!("{}?done={word}", url(slug))).into_response()
}
