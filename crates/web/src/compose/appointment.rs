//! The mails about an appointment, to the parent and to the consultant.

use booking::appointment::notice::{Notice, NoticeKind};
use booking::appointment::{AppointmentFacts, Held, Moving, Reason, State};
use booking::calendar::event::VisitEvent;
use booking::calendar::invitation::{Method, Parties, Person, invitation};
use booking::money::BackWhy;
use booking::practice::Office;
use kernel::instant::Instant;
use kernel::money::Money;
use kernel::zone::Zone;
use mailing::outbox::{CalendarMethod, CalendarPart, ComposeError, Mail, MailJob};

use super::{Paper, facts};
use crate::events;
use crate::view::format;
use crate::view::mails::{
    AppointmentCancelled, AppointmentClientLink, AppointmentConfirmed, AppointmentExpired, AppointmentMoved,
    AppointmentRefund, AppointmentReminder, AppointmentRequested, AppointmentSecond, DeskBooked, DeskCancelled,
    DeskMode, DeskMoved, How, IntakeNudge, MailFacts, When, Why, greeting_name, listed_name,
};

impl Paper<'_> {
    pub(super) fn appointment(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let notice: Notice = facts(job)?;
        let facts = &notice.facts;
        match job.kind.as_str() {
            AppointmentConfirmed::KIND => {
                let mail = self.mail(job, &self.confirmed(facts), Some(self.invite(Method::Request, facts)))?;
                self.with_receipt(mail, facts.receipt.as_ref())
            }
            AppointmentRequested::KIND => self.mail(job, &self.requested(facts, &notice.kind), None),
            AppointmentCancelled::KIND => {
                let withdrawn = was_confirmed(&notice.kind).then(|| self.invite(Method::Cancel, facts));
                self.mail(job, &self.cancelled(facts, &notice.kind), withdrawn)
            }
            AppointmentRefund::KIND => self.mail(job, &self.refund(facts, &notice.kind, job.queued_at)?, None),
            AppointmentExpired::KIND => self.mail(job, &self.expired(facts, job.queued_at), None),
            AppointmentMoved::KIND => {
                let invitation = (facts.state == State::Confirmed).then(|| self.invite(Method::Request, facts));
                self.mail(job, &self.moved(facts, &notice.kind)?, invitation)
            }
            AppointmentReminder::KIND => self.mail(job, &self.reminder(&notice, self.app.clock().now()), None),
            IntakeNudge::KIND => self.mail(job, &self.intake_nudge(facts), None),
            AppointmentSecond::KIND => self.second(job, &notice),
            AppointmentClientLink::KIND => self.client_link(job, &notice),
            DeskMoved::KIND => self.mail(job, &self.desk_moved(facts, &notice.kind)?, None),
            DeskBooked::KIND => self.mail(job, &self.desk_booked(facts), None),
            DeskCancelled::KIND => self.mail(job, &self.desk_cancelled(facts, &notice.kind), None),
            other => Err(ComposeError(format!("no mail is called {other}"))),
        }
    }

    /// When it is, as the parent is told it.
    pub(super) fn when(&self, facts: &AppointmentFacts) -> When {
        let (zone, practice) = (facts.shown_zone(), &facts.consultant_zone);
        let differs = zone.civil(facts.starts) != practice.civil(facts.starts);
        let there = || {
            let day = self.locale.day(facts.starts, practice);
            let hours = self.locale.time_range(facts.starts, facts.ends, practice);
            format!("{day}, {hours}, {}", format::zone_name(practice))
        };
        When {
            practice: differs.then(there),
            ..self.when_in(facts, zone)
        }
    }

    fn when_in(&self, facts: &AppointmentFacts, zone: &Zone) -> When {
        When {
            date: self.locale.day(facts.starts, zone),
            start: self.locale.time(facts.starts, zone),
            hours: self.locale.time_range(facts.starts, facts.ends, zone),
            zone: format::zone_name(zone),
            practice: None,
        }
    }

    pub(super) fn how(&self, facts: &AppointmentFacts) -> How {
        match &facts.held {
            Held::Video => How {
                join_url: self.app.booking().join_url_of(facts),
                ..How::default()
            },
            Held::Phone => How {
                phone: facts.phone.clone(),
                ..How::default()
            },
            Held::Office { office } => How {
                address: Some(Office::in_one_line(office)),
                directions: Some(office.directions.clone()).filter(|d| !d.is_empty()),
                ..How::default()
            },
            Held::Home { .. } => How {
                home: true,
                ..How::default()
            },
        }
    }

    fn manage_url(&self, facts: &AppointmentFacts) -> String {
        self.url(&format!(
            "/appointments/{}",
            self.app.booking().token_of(facts).reveal()
        ))
    }

    fn desk_url(&self, facts: &AppointmentFacts) -> String {
        self.url(&format!("/admin/appointments/{}", facts.id))
    }

    fn again_url(&self, facts: &AppointmentFacts) -> String {
        self.url(&format!("/book/{}", facts.offering))
    }

    /// "Thursday, November 26, 2:00 pm, New York time".
    fn moment_with_zone(&self, at: Instant, zone: &Zone) -> String {
        format!("{}, {}", self.locale.moment(at, zone), format::zone_name(zone))
    }

    /// An amount, when there is one.
    fn amount(&self, money: Money) -> Option<String> {
        (!money.is_zero()).then(|| self.locale.price(money))
    }

    fn confirmed(&self, facts: &AppointmentFacts) -> AppointmentConfirmed {
        let costs = !facts.total().is_zero();
        let manage_url = self.manage_url(facts);
        let terms = facts.cancel_terms(facts.starts.plus_minutes(-1));
        AppointmentConfirmed {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            how: self.how(facts),
            offering: facts.offering_name.clone(),
            minutes: minutes(facts),
            paid: facts.paid_at.and_then(|_| self.amount(facts.total())),
            receipt: facts.receipt.is_some(),
            owed: self.amount(facts.owed()),
            free_until: (costs && facts.free_until > facts.changed_at)
                .then(|| self.locale.moment(facts.free_until, facts.shown_zone())),
            kept_when_late: self.amount(terms.kept),
            can_move: can_move(facts),
            calendar_url: format!("{manage_url}/calendar.ics"),
            manage_url,
        }
    }

    fn requested(&self, facts: &AppointmentFacts, kind: &NoticeKind) -> AppointmentRequested {
        let (how_to_pay, online) = match kind {
            NoticeKind::Requested { online: true, .. } => (None, true),
            NoticeKind::Requested { how_to_pay, .. } => {
                (Some(how_to_pay.clone()).filter(|words| !words.is_empty()), false)
            }
            _ => (None, false),
        };
        AppointmentRequested {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            offering: facts.offering_name.clone(),
            minutes: minutes(facts),
            price: self.locale.price(facts.total()),
            kept_until: self.moment_with_zone(hold_until(facts), facts.shown_zone()),
            how_to_pay,
            online,
            can_move: can_move(facts),
            manage_url: self.manage_url(facts),
        }
    }

    fn cancelled(&self, facts: &AppointmentFacts, kind: &NoticeKind) -> AppointmentCancelled {
        let (by_consultant, message) = match kind {
            NoticeKind::CancelledByConsultant { message, .. } => (true, message.clone()),
            _ => (false, None),
        };
        let (kept, back) = self.settled(facts);
        AppointmentCancelled {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            by_consultant,
            message,
            kept,
            back,
            in_calendar: was_confirmed(kind),
            again_url: (!reason(facts).is_some_and(Reason::is_neutral)).then(|| self.again_url(facts)),
        }
    }

    /// What stays charged and what goes back. When she cancels herself, everything goes back.
    fn settled(&self, facts: &AppointmentFacts) -> (Option<String>, Option<String>) {
        let by_parent = matches!(
            facts.state,
            State::Cancelled {
                by: booking::appointment::Party::Parent,
                ..
            }
        );
        let back = self.amount(Money::new(facts.refunded_minor, facts.price.currency));
        let terms = facts.cancel_terms_for(reason(facts), facts.changed_at);
        let kept = by_parent.then(|| self.amount(terms.kept)).flatten();
        (kept, back)
    }

    fn moved(&self, facts: &AppointmentFacts, kind: &NoticeKind) -> Result<AppointmentMoved, ComposeError> {
        let NoticeKind::Moved {
            from,
            from_until,
            by_consultant,
            message,
        } = kind
        else {
            return Err(not_moved());
        };
        let manage_url = self.manage_url(facts);
        let waits = matches!(facts.state, State::AwaitingPayment { .. });
        Ok(AppointmentMoved {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            was: self.span(*from, *from_until, facts.shown_zone()),
            by_consultant: *by_consultant,
            message: message.clone(),
            how: self.how(facts),
            kept_until: waits.then(|| self.moment_with_zone(hold_until(facts), facts.shown_zone())),
            can_move: can_move(facts),
            calendar_url: (!waits).then(|| format!("{manage_url}/calendar.ics")),
            manage_url,
        })
    }

    /// What holds at the moment when it is sent: what can no longer be done behind the link is not spoken of.
    fn reminder(&self, notice: &Notice, now: Instant) -> AppointmentReminder {
        let facts = &notice.facts;
        let costs = !facts.total().is_zero();
        let late = facts.cancel_terms(facts.starts.plus_minutes(-1));
        AppointmentReminder {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            how: self.how(facts),
            owed: self.amount(facts.owed()),
            free_until: (costs && now < facts.free_until)
                .then(|| self.locale.moment(facts.free_until, facts.shown_zone())),
            kept_when_late: self.amount(late.kept),
            asks: matches!(notice.kind, NoticeKind::Reminder { asks: true, .. }),
            can_move: matches!(facts.moving(now), Moving::Until(_)),
            manage_url: self.manage_url(facts),
        }
    }

    /// It leads to the appointment's own page, behind which the questions stand: no word of theirs is in a mail.
    fn intake_nudge(&self, facts: &AppointmentFacts) -> IntakeNudge {
        IntakeNudge {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            manage_url: self.manage_url(facts),
        }
    }

    /// "Thursday, November 26, 2:00 to 3:30 pm".
    pub(super) fn span(&self, from: Instant, until: Instant, zone: &Zone) -> String {
        format!(
            "{}, {}",
            self.locale.day(from, zone),
            self.locale.time_range(from, until, zone)
        )
    }

    fn desk_moved(&self, facts: &AppointmentFacts, kind: &NoticeKind) -> Result<DeskMoved, ComposeError> {
        let NoticeKind::Moved {
            from,
            from_until,
            by_consultant,
            ..
        } = kind
        else {
            return Err(not_moved());
        };
        let zone = &facts.consultant_zone;
        Ok(DeskMoved {
            signature: self.signature(),
            name: name(facts),
            when: self.when_in(facts, zone),
            was: self.span(*from, *from_until, zone),
            by_consultant: *by_consultant,
            desk_url: self.desk_url(facts),
        })
    }

    fn expired(&self, facts: &AppointmentFacts, now: Instant) -> AppointmentExpired {
        AppointmentExpired {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            kept_until: self.moment_with_zone(facts.changed_at, facts.shown_zone()),
            again_url: (now < facts.starts).then(|| self.again_url(facts)),
        }
    }

    fn refund(
        &self,
        facts: &AppointmentFacts,
        kind: &NoticeKind,
        now: Instant,
    ) -> Result<AppointmentRefund, ComposeError> {
        let NoticeKind::GivenBack { amount, why } = kind else {
            return Err(ComposeError("the notice is of no refund".into()));
        };
        let again = *why == BackWhy::TooLate && now < facts.starts;
        Ok(AppointmentRefund {
            signature: self.signature(),
            name: greeting_name(&facts.parent_name),
            when: self.when(facts),
            gone: matches!(facts.state, State::Cancelled { .. } | State::Expired | State::NoShow),
            amount: self.locale.price(*amount),
            why: given_back_why(*why),
            again_url: again.then(|| self.again_url(facts)),
        })
    }

    fn desk_booked(&self, facts: &AppointmentFacts) -> DeskBooked {
        let zone = &facts.consultant_zone;
        let (mode, address) = match &facts.held {
            Held::Video => (DeskMode::Video, None),
            Held::Phone => (DeskMode::Phone, None),
            Held::Office { office } => (DeskMode::Place, Some(Office::in_one_line(office))),
            Held::Home { .. } => (DeskMode::Home, None),
        };
        let waits = matches!(facts.state, State::AwaitingPayment { .. });
        DeskBooked {
            signature: self.signature(),
            name: name(facts),
            when: self.when_in(facts, zone),
            mode,
            address,
            offering: facts.offering_name.clone(),
            minutes: minutes(facts),
            price: self.amount(facts.total()),
            paid: facts.paid_at.is_some(),
            kept_until: waits.then(|| self.locale.moment(hold_until(facts), zone)),
            desk_url: self.desk_url(facts),
        }
    }

    fn desk_cancelled(&self, facts: &AppointmentFacts, kind: &NoticeKind) -> DeskCancelled {
        let (kept, back) = self.settled(facts);
        DeskCancelled {
            signature: self.signature(),
            name: name(facts),
            when: self.when_in(facts, &facts.consultant_zone),
            by_consultant: matches!(kind, NoticeKind::CancelledByConsultant { .. }),
            reason_given: reason(facts).is_some(),
            kept,
            back,
            desk_url: self.desk_url(facts),
        }
    }

    /// The calendar part: ORGANIZER is who the mail is from, ATTENDEE who it is to (CALENDARS.md).
    fn invite(&self, method: Method, facts: &AppointmentFacts) -> CalendarPart {
        let event = events::for_parent(self.app, &self.practice, facts);
        let attendee = Person {
            name: name(facts),
            email: facts.parent_email.clone(),
        };
        self.calendar_part(method, &event, attendee)
    }

    pub(super) fn calendar_part(&self, method: Method, event: &VisitEvent, attendee: Person) -> CalendarPart {
        let from = self.from();
        let organizer = Person {
            name: from.name.unwrap_or_default(),
            email: from.address,
        };
        let bytes = invitation(method, event, &Parties { organizer, attendee });
        let method = match method {
            Method::Request => CalendarMethod::Request,
            Method::Cancel => CalendarMethod::Cancel,
        };
        CalendarPart { method, bytes }
    }
}

fn minutes(facts: &AppointmentFacts) -> u32 {
    u32::try_from((facts.ends - facts.starts).as_mins()).unwrap_or(0)
}

fn name(facts: &AppointmentFacts) -> String {
    listed_name(&facts.parent_name).unwrap_or_else(|| "A parent".into())
}

fn reason(facts: &AppointmentFacts) -> Option<Reason> {
    match facts.state {
        State::Cancelled { reason, .. } => reason,
        _ => None,
    }
}

fn hold_until(facts: &AppointmentFacts) -> Instant {
    match facts.state {
        State::AwaitingPayment { hold_until } => hold_until,
        _ => facts.changed_at,
    }
}

/// Whether the parent could move it when it was last changed, and for a while from then on.
fn can_move(facts: &AppointmentFacts) -> bool {
    facts.free_until > facts.changed_at
}

/// The reason of a refund, as mails say it.
pub(super) fn given_back_why(why: BackWhy) -> Why {
    match why {
        BackWhy::Policy | BackWhy::Consultant => Why::Hers,
        BackWhy::TooLate => Why::TooLate,
        BackWhy::Twice => Why::Twice,
        BackWhy::Cancelled => Why::Cancelled,
    }
}

fn not_moved() -> ComposeError {
    ComposeError("the notice is of no move".into())
}

fn was_confirmed(kind: &NoticeKind) -> bool {
    match kind {
        NoticeKind::CancelledByParent { was_confirmed } | NoticeKind::CancelledByConsultant { was_confirmed, .. } => {
            *was_confirmed
        }
        _ => false,
    }
}
