//! What has become of a letter: how delivery went over time, who has not got it and why, all of it as a file, and once more to those.

use access::audit::Action;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use futures_util::stream;
use mailing::letters::{KeptLetter, Stretch, Undelivered};

use super::letters::{after, find, said};
use super::typed::Typed;
use super::{Answer, Room};
use crate::error::PageError;
use crate::extract::{Form, Now, Path, SignedIn};
use crate::pages::keep_private;
use crate::state::App;
use crate::view::desk::{Bar, Chart, Missed};

/// People that the page names.
const NAMED: u32 = 50;
/// The drawing, in its own units.
const WIDTH: u64 = 480;
const HEIGHT: u64 = 100;

/// How delivery went over time; nothing while nobody has it.
pub async fn chart(app: &App, room: &Room, slug: &str) -> Result<Option<Chart>, PageError> {
    let stretches = app.mailing().delivered_over_time(slug, room.now).await?;
    Ok(drawn(&stretches).map(|bars| {
        let most = stretches.iter().max_by_key(|s| s.delivered);
        let moment =
            |s: Option<&Stretch>| s.map_or_else(String::new, |s| room.locale.time(s.from, &room.practice.zone));
        Chart {
            bars,
            from: moment(stretches.first()),
            until: moment(stretches.last()),
            most: most.map_or(0, |s| s.delivered),
            most_at: moment(most),
        }
    }))
}

fn drawn(stretches: &[Stretch]) -> Option<Vec<Bar>> {
    let most = stretches.iter().map(|s| s.delivered).max().filter(|&most| most > 0)?;
    let count = u64::try_from(stretches.len()).ok()?;
    let width = (WIDTH / count.max(12)).max(2);
    let bar = |(at, s): (u64, &Stretch)| {
        let height = (s.delivered * HEIGHT).div_ceil(most);
        Bar {
            x: at * width,
            y: HEIGHT - height,
            width: width - 1,
            height,
        }
    };
    Some((0..).zip(stretches).filter(|(_, s)| s.delivered > 0).map(bar).collect())
}

/// Who has not got it.
pub async fn missed(app: &App, slug: &str) -> Result<Vec<Missed>, PageError> {
    let one = |missed: Undelivered| Missed {
        url: format!("/admin/subscribers/{}", missed.subscriber),
        email: missed.address.unwrap_or_else(|| "somebody who was erased".to_owned()),
        said: said(missed.state).to_owned(),
        error: missed.error,
    };
    Ok(app
        .mailing()
        .undelivered(slug, NAMED)
        .await?
        .into_iter()
        .map(one)
        .collect())
}

/// Everybody it was for, as a file that is written while it is read.
pub async fn file(State(app): State<App>, _: SignedIn, Path(slug): Path) -> Answer {
    let KeptLetter { id, .. } = find(&app, &slug).await?;
    let mailing = app.mailing().clone();
    let pages = stream::try_unfold(Some(None), move |from| {
        let mailing = mailing.clone();
        async move {
            let Some(from) = from else {
                return Ok::<_, sea_orm::DbErr>(None);
            };
            let (lines, next) = mailing.ledger_page(id, from).await?;
            Ok(Some((lines, next.map(Some))))
        }
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"ledger.csv\""),
    ];
    let mut answer = (headers, Body::from_stream(pages)).into_response();
    keep_private(&mut answer);
    Ok(answer)
}

/// Once more, to those who have not got it.
pub async fn resend(
    State(app): State<App>,
    Now(now): Now,
    signed_in: SignedIn,
    Path(slug): Path,
    Form(typed): Form<Typed>,
) -> Answer {
    let done = app.mailing().resend_letter(&slug, typed.is_set("uncertain"), now).await;
    after(
        &app,
        &signed_in,
        &slug,
        (done.map(drop), Action::LetterResent, "resent"),
        now,
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_is_as_high_as_the_drawing_and_every_bar_lies_in_it() {
        assert!(drawn(&[]).is_none());
        let at = |n, delivered| Stretch {
            from: kernel::instant::Instant::from_micros(n),
            delivered,
        };
        let all: Vec<Stretch> = (0..97).map(|n| at(n, u64::try_from(n * n).unwrap())).collect();
        let bars = drawn(&all).unwrap();
        assert_eq!(bars.iter().map(|b| b.height).max(), Some(HEIGHT));
        assert!(
            bars.iter()
                .all(|b| b.y + b.height == HEIGHT && b.x + b.width <= WIDTH && b.height > 0)
        );
    }
}
