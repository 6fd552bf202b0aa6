//! The words of every mail, made at the moment when it is sent: links are derived here, and nothing of them is stored.

mod appointment;
mod letter;
mod purchase;
mod receipt;
mod second;

use std::sync::{Arc, PoisonError, RwLock};

use booking::practice::Practice;
use booking::source::SourceNotice;
use mailing::consent::{ADDRESS_MAIL, AddressMail, CONFIRM_MAIL, ConfirmMail};
use mailing::letters::{LetterText, TEST_MAIL, filled};
use mailing::outbox::{CalendarPart, Compose, ComposeError, LetterMail, Mail, MailJob, Mailbox};
use serde::de::DeserializeOwned;

use crate::bridge::ResetFacts;
use crate::state::App;
use crate::view::format::{self, Locale};
use crate::view::mails::{
    self, DeskPurchase, DeskReset, DeskSource, IntakeNudge, MailFacts, MailParts, NewsletterAddress, NewsletterConfirm,
    PurchaseEnding, PurchaseLink, PurchasePaid, PurchaseRefund, PurchaseRequested, ReceiptMail, Signature,
};

/// Makes the words of mails with the practice as it was last read.
pub struct Composer {
    app: App,
    practice: RwLock<Option<Arc<Practice>>>,
}

impl Composer {
    /// A composer that has not read the practice yet: until [`Composer::refresh`] every mail waits.
    pub fn new(app: App) -> Arc<Self> {
        Arc::new(Self {
            app,
            practice: RwLock::new(None),
        })
    }

    /// Reads the practice again, which a command in another process may have changed.
    pub async fn refresh(&self) -> Result<(), booking::ReadError> {
        let practice = Arc::new(self.app.booking().practice().await?);
        *self.practice.write().unwrap_or_else(PoisonError::into_inner) = Some(practice);
        Ok(())
    }

    fn paper(&self) -> Result<Paper<'_>, ComposeError> {
        let practice = self.practice.read().unwrap_or_else(PoisonError::into_inner).clone();
        let practice = practice.ok_or_else(|| ComposeError("the practice has not been read yet".into()))?;
        Ok(Paper {
            app: &self.app,
            locale: Locale::named(&practice.locale),
            practice,
        })
    }
}

/// A letter as it goes out, with the places of what is personal.
pub async fn whole(app: &App, letter: &LetterText) -> Result<LetterMail, PreviewError> {
    let practice = Arc::new(app.booking().practice().await?);
    let paper = Paper {
        app,
        locale: Locale::named(&practice.locale),
        practice,
    };
    Ok(paper.to_subscribers(letter)?)
}

/// A letter as a mail program would show it, for its writer.
pub async fn preview(app: &App, letter: &LetterText) -> Result<LetterMail, PreviewError> {
    let practice = Arc::new(app.booking().practice().await?);
    let paper = Paper {
        app,
        locale: Locale::named(&practice.locale),
        practice,
    };
    let mut mail = paper.to_subscribers(letter)?;
    mail.html = filled(&paper.without_places(&mail.html), None, true);
    mail.text = filled(&paper.without_places(&mail.text), None, false);
    Ok(mail)
}

/// Why a letter cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The practice.
    #[error("the practice cannot be read")]
    Practice(#[from] booking::ReadError),
    /// The words.
    #[error(transparent)]
    Words(#[from] ComposeError),
}

/// The practice's paper: who writes, and how she writes dates.
struct Paper<'a> {
    app: &'a App,
    practice: Arc<Practice>,
    locale: Locale,
}

impl Compose for Composer {
    fn compose(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let paper = self.paper()?;
        match job.kind.as_str() {
            CONFIRM_MAIL => paper.newsletter_confirm(job),
            ADDRESS_MAIL => paper.newsletter_address(job),
            TEST_MAIL => paper.letter_test(job),
            DeskReset::KIND => paper.desk_reset(job),
            DeskSource::KIND => paper.desk_source(job),
            PurchaseRequested::KIND
            | PurchasePaid::KIND
            | PurchaseEnding::KIND
            | PurchaseLink::KIND
            | PurchaseRefund::KIND
            | DeskPurchase::KIND => paper.purchase(job),
            ReceiptMail::KIND => paper.receipt(job),
            kind if kind.starts_with("appointment-") || kind.starts_with("desk-") || kind == IntakeNudge::KIND => {
                paper.appointment(job)
            }
            other => Err(ComposeError(format!("no mail is called {other}"))),
        }
    }

    fn letter(&self, letter: &LetterText) -> Result<LetterMail, ComposeError> {
        self.paper()?.to_subscribers(letter)
    }
}

impl Paper<'_> {
    /// An absolute address of ours.
    fn url(&self, path: &str) -> String {
        self.app.config().server.public_url.at(path)
    }

    fn signature(&self) -> Signature {
        let set = self.app.config().mail.postal_address.clone();
        Signature {
            name: self.practice.discreet_name.clone(),
            postal_address: set.unwrap_or_else(|| self.practice.postal_address.join(", ")),
            emergency: self.practice.emergency_line.clone(),
        }
    }

    /// Who it is from: the practice under its discreet name, or the sender of the settings.
    fn from(&self) -> Mailbox {
        match &self.app.config().mail.from {
            Some(sender) => {
                let name = sender
                    .name
                    .clone()
                    .unwrap_or_else(|| self.practice.discreet_name.clone());
                Mailbox::named(name, sender.address.clone())
            }
            None => Mailbox::named(self.practice.discreet_name.clone(), self.practice.email.clone()),
        }
    }

    fn mail<M: MailFacts>(
        &self,
        job: &MailJob,
        facts: &M,
        calendar: Option<CalendarPart>,
    ) -> Result<Mail, ComposeError> {
        let parts = mails::render(self.app.view(), facts).map_err(|e| ComposeError::from_error(&e))?;
        let MailParts { subject, text, html } = parts;
        let reply_to = Some(Mailbox::named(
            self.practice.discreet_name.clone(),
            self.practice.email.clone(),
        ));
        let to = Mailbox::bare(job.to.clone());
        Ok(Mail {
            from: self.from(),
            reply_to,
            to,
            subject,
            text,
            html,
            calendar,
            attachment: None,
            list: None,
            auto_submitted: true,
        })
    }

    fn newsletter_confirm(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let asked: ConfirmMail = facts(job)?;
        let token = self.app.mailing().confirmation_token(&asked);
        let mail = NewsletterConfirm {
            signature: self.signature(),
            confirm_url: self.url(&format!("/newsletter/confirm/{}", token.reveal())),
            valid_until: self.locale.day(asked.ends_at, &self.practice.zone),
        };
        self.mail(job, &mail, None)
    }

    fn newsletter_address(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let asked: AddressMail = facts(job)?;
        let token = self.app.mailing().address_token(&asked);
        let mail = NewsletterAddress {
            signature: self.signature(),
            confirm_url: self.url(&format!("/newsletter/address/{}", token.reveal())),
            valid_until: self.locale.day(asked.ends_at, &self.practice.zone),
        };
        self.mail(job, &mail, None)
    }

    fn desk_reset(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let asked: ResetFacts = facts(job)?;
        let token = self.app.access().reset_link(asked.link);
        let zone = &self.practice.zone;
        let mail = DeskReset {
            signature: self.signature(),
            reset_url: self.url(&format!("/admin/reset/{}", token.reveal())),
            valid_until: format!(
                "{}, {}",
                self.locale.moment(asked.ends_at, zone),
                format::zone_name(zone)
            ),
        };
        self.mail(job, &mail, None)
    }

    fn desk_source(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let notice: SourceNotice = facts(job)?;
        let zone = &self.practice.zone;
        let mail = DeskSource {
            signature: self.signature(),
            name: notice.name,
            trouble: notice.trouble.code().into(),
            since: self.locale.moment(notice.since, zone),
            read: notice.read_at.map(|at| self.locale.moment(at, zone)),
            desk_url: self.url("/admin/other-calendars"),
        };
        self.mail(job, &mail, None)
    }
}

/// The facts that a job was promised with. A template that needs others than were kept has a new name.
fn facts<T: DeserializeOwned>(job: &MailJob) -> Result<T, ComposeError> {
    serde_json::from_value(job.context.clone()).map_err(|e| ComposeError::from_error(&e))
}
