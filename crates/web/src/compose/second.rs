//! The mails to a second recipient, and the one with a client's link.

use booking::appointment::AppointmentFacts;
use booking::appointment::notice::{Notice, NoticeKind};
use booking::calendar::invitation::{Method, Person};
use mailing::outbox::{CalendarPart, ComposeError, Mail, MailJob};

use super::Paper;
use crate::events;
use crate::view::mails::{AppointmentClientLink, AppointmentSecond, How, SecondNews, greeting_name, listed_name};
use crate::view::pages::link::Book;

impl Paper<'_> {
    /// What she is told, with the invitation or its end.
    pub(super) fn second(&self, job: &MailJob, notice: &Notice) -> Result<Mail, ComposeError> {
        let facts = &notice.facts;
        let named = facts.second_recipient.as_ref() == Some(&job.to);
        let (news, method) = match &notice.kind {
            NoticeKind::Confirmed { .. } => (SecondNews::Invited, Some(Method::Request)),
            NoticeKind::SecondRecipient { .. } if named => (SecondNews::Invited, Some(Method::Request)),
            NoticeKind::SecondRecipient { .. } => (SecondNews::Removed, Some(Method::Cancel)),
            NoticeKind::Moved { .. } => (SecondNews::Moved, Some(Method::Request)),
            NoticeKind::Reminder { .. } => (SecondNews::Reminder, None),
            _ => (SecondNews::Cancelled, Some(Method::Cancel)),
        };
        let was = match &notice.kind {
            NoticeKind::Moved { from, from_until, .. } => Some(self.span(*from, *from_until, facts.shown_zone())),
            _ => None,
        };
        let mail = AppointmentSecond {
            signature: self.signature(),
            parent: listed_name(&facts.parent_name),
            news,
            when: self.when(facts),
            was,
            how: How {
                phone: None,
                ..self.how(facts)
            },
        };
        self.mail(job, &mail, method.map(|method| self.invite_second(method, facts, job)))
    }

    fn invite_second(&self, method: Method, facts: &AppointmentFacts, job: &MailJob) -> CalendarPart {
        let attendee = Person {
            name: String::new(),
            email: job.to.clone(),
        };
        let event = events::for_second(self.app, &self.practice, facts);
        self.calendar_part(method, &event, attendee)
    }

    pub(super) fn client_link(&self, job: &MailJob, notice: &Notice) -> Result<Mail, ComposeError> {
        let NoticeKind::ClientLink {
            link,
            generation,
            ends_at,
            offering,
        } = &notice.kind
        else {
            return Err(ComposeError("the notice is of no link".into()));
        };
        let token = self.app.booking().client_token(*link, *generation);
        let book = Book {
            offering: offering.as_str(),
            client: Some(token.reveal()),
            ..Book::default()
        };
        let mail = AppointmentClientLink {
            signature: self.signature(),
            name: greeting_name(&notice.facts.parent_name),
            book_url: self.url(&book.to_string()),
            valid_until: self.locale.day(*ends_at, &self.practice.zone),
        };
        self.mail(job, &mail, None)
    }
}
