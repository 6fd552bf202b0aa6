//! `/admin`: today's visits around *now*, and what needs her. Also the page that counts subscribers.

use axum::extract::State;
use booking::appointment::AppointmentView;

use super::intake::Marks;
use super::{Answer, Room, minutes, pay_url, payment, phone, show, url, way};
use crate::error::PageError;
use crate::extract::{Now, SignedIn};
use crate::state::App;
use crate::view::desk::{Counts, Later, Leave, Need, Payment, Tab, Today, Visit};
use crate::view::format;

/// How many of the coming appointments are looked through for what needs her.
const LOOKED_AT: u64 = 200;

/// So many late cancellations are asked about at once.
const OPEN_FEES: u64 = 10;

/// Refused mails are told for two weeks, and no more of them than fit a glance.
const REFUSED_MINUTES: i64 = 14 * 24 * 60;
const REFUSED: u64 = 5;

/// Her day.
pub async fn page(State(app): State<App>, Now(now): Now, _: SignedIn) -> Answer {
    let room = Room::enter(&app, now).await?;
    let today = app.booking().today(now).await?;
    let coming = app.booking().coming(None, LOOKED_AT, now).await?.items;
    let zone = &room.practice.zone;
    let marks = Marks::of(&app, today.iter()).await?;
    let (begun, ahead): (Vec<_>, Vec<_>) = today.iter().partition(|v| v.facts.starts <= now);
    let next_in = ahead.first().map(|v| format::wait((v.facts.starts - now).as_mins()));
    let date = zone.date(now);
    let later = coming.iter().find(|v| zone.date(v.facts.starts) > date);
    let page = Today {
        desk: room.at(Tab::Today),
        date: room.locale.day(now, zone),
        next_in,
        now: room.locale.time(now, zone),
        begun: begun.into_iter().map(|v| visit(&room, &marks, v)).collect(),
        coming: ahead.into_iter().map(|v| visit(&room, &marks, v)).collect(),
        later: later.map(|v| later_of(&room, v)),
        needs: needs(&app, &room, &today, &coming).await?,
        subscribers: counts(&app).await?,
        services_url: app.config().server.public_url.at("/services"),
    };
    show(&app, &page)
}

fn visit(room: &Room, marks: &Marks, view: &AppointmentView) -> Visit {
    let facts = &view.facts;
    Visit {
        url: url(facts),
        time: room.locale.time(facts.starts, &room.practice.zone),
        minutes: minutes(facts),
        name: facts.parent_name.clone(),
        offering: facts.offering_name.clone(),
        way: way(room, view),
        payment: payment(room, facts),
        intake: marks.mark(facts),
        pay_url: pay_url(room, facts),
        phone: phone(room, facts),
        map_url: super::map_url(room, view),
        leave: leave(room, view),
        over: facts.ends <= room.now,
    }
}

/// When she has to set out for a home, by the travel time of its postcode's zone.
fn leave(room: &Room, view: &AppointmentView) -> Option<Leave> {
    let home = view.home.as_ref()?;
    let travel = i64::from(room.practice.trip_to(&home.postcode)?.travel_minutes);
    let at = view.facts.starts.plus_minutes(-travel);
    (room.now < view.facts.starts && travel > 0).then(|| Leave {
        at: (room.now < at).then(|| room.locale.time(at, &room.practice.zone)),
        travel: format::wait(travel),
    })
}

fn later_of(room: &Room, view: &AppointmentView) -> Later {
    Later {
        when: room
            .locale
            .moment_soon(view.facts.starts, room.now, &room.practice.zone),
        url: url(&view.facts),
        name: view.facts.parent_name.clone(),
        offering: view.facts.offering_name.clone(),
        way: way(room, view),
    }
}

/// What waits for her: visits to be paid that are over, then times that are only kept, then fees to decide about, then money that is hers to look after, then mails that did not arrive.
async fn needs(
    app: &App,
    room: &Room,
    today: &[AppointmentView],
    coming: &[AppointmentView],
) -> Result<Vec<Need>, PageError> {
    let mut needs = Vec::new();
    for view in today.iter().filter(|v| v.facts.ends <= room.now) {
        let facts = &view.facts;
        if let (Payment::Owed { amount }, Some(pay_url)) = (payment(room, facts), pay_url(room, facts)) {
            let (name, email) = (facts.parent_name.clone(), facts.parent_email.as_str().to_owned());
            needs.push(Need::NotPaid {
                url: url(facts),
                name,
                email,
                when: room.moment(facts.starts),
                amount,
                pay_url,
            });
        }
    }
    for facts in coming.iter().map(|v| &v.facts) {
        if let (Payment::Awaiting { amount, kept_until }, Some(pay_url)) = (payment(room, facts), pay_url(room, facts))
        {
            needs.push(Need::AwaitingPayment {
                url: url(facts),
                name: facts.parent_name.clone(),
                email: facts.parent_email.as_str().to_owned(),
                when: room.moment(facts.starts),
                amount,
                kept_until,
                pay_url,
            });
        }
    }
    for view in app.booking().open_fees(OPEN_FEES).await? {
        let facts = &view.facts;
        let Some(fee) = facts.fee else { continue };
        needs.push(Need::FeeOpen {
            url: url(facts),
            name: facts.parent_name.clone(),
            when: room.moment(facts.starts),
            amount: room.locale.price(fee.amount),
            fee_url: format!("{}/fee", url(facts)),
        });
    }
    needs.extend(super::refunds::needs(app, room).await?);
    for mail in app
        .mailing()
        .refused(room.now.plus_minutes(-REFUSED_MINUTES), REFUSED)
        .await?
    {
        let (to, when) = (mail.recipient.as_str().to_owned(), room.moment(mail.queued_at));
        needs.push(Need::MailNotDelivered { to, when });
    }
    if app.config().shows_outbox() {
        needs.push(Need::MailsStayHere { url: "/outbox".into() });
    }
    Ok(needs)
}

/// How many subscribers are in which state.
pub async fn counts(app: &App) -> Result<Counts, PageError> {
    let counts = app.mailing().subscriber_counts().await?;
    Ok(Counts {
        pending: counts.pending,
        confirmed: counts.confirmed,
        unsubscribed: counts.unsubscribed,
        bounced: counts.bounced,
        complained: counts.complained,
    })
}
