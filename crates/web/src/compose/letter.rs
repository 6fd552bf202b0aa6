//! The words of a letter that goes to subscribers, made once for all of them.

use mailing::letters::{LetterText, filled};
use mailing::outbox::{
    ComposeError, LetterMail, ListHeaders, Mail, MailJob, Mailbox, PREFERENCES_PLACE, UNSUBSCRIBE_PLACE,
};

use super::{Paper, facts};
use crate::view::mails::{self, LetterWords, MailParts};

impl Paper<'_> {
    /// The letter on the practice's paper, with places for what is personal.
    pub(super) fn to_subscribers(&self, letter: &LetterText) -> Result<LetterMail, ComposeError> {
        let view = self.app.view();
        let base = self.url("/");
        let unsubscribe = self.url(&format!("/newsletter/unsubscribe/{UNSUBSCRIBE_PLACE}"));
        let topic = view.words(&format!("topic-{}", letter.topic));
        let words = LetterWords {
            signature: self.signature(),
            title: letter.title.clone(),
            html: letter.html(&base),
            plain: letter.plain(&base),
            topic: topic.map_err(|e| ComposeError::from_error(&e))?,
            web_url: letter.published.then(|| self.url(&format!("/posts/{}", letter.slug))),
            unsubscribe_url: unsubscribe.clone(),
            preferences_url: self.url(&format!("/newsletter/preferences/{PREFERENCES_PLACE}")),
        };
        let parts = mails::render(view, &words).map_err(|e| ComposeError::from_error(&e))?;
        let MailParts { subject, text, html } = parts;
        let reply_to = Mailbox::named(self.practice.discreet_name.clone(), self.practice.email.clone());
        let host = self.app.config().server.public_url.host();
        Ok(LetterMail {
            from: self.from(),
            reply_to: Some(reply_to),
            subject,
            text,
            html,
            list: ListHeaders {
                unsubscribe,
                id: format!("letters.{host}"),
                feedback_id: format!("{}:{}:letter:{host}", letter.id, letter.topic),
            },
        })
    }

    /// The letter as its writer tries it: nobody is subscribed by it, so its links for leaving lead to the newsletter's first page.
    pub(super) fn letter_test(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let letter = self.to_subscribers(&facts::<LetterText>(job)?)?;
        let plain = |text: &str, html| filled(&self.without_places(text), None, html);
        Ok(Mail {
            text: plain(&letter.text, false),
            html: plain(&letter.html, true),
            from: letter.from,
            reply_to: letter.reply_to,
            to: Mailbox::bare(job.to.clone()),
            subject: letter.subject,
            calendar: None,
            attachment: None,
            list: None,
            auto_submitted: true,
        })
    }

    /// What a mail says when it is for nobody in particular.
    pub(super) fn without_places(&self, text: &str) -> String {
        let first = self.url("/newsletter");
        let text = text.replace(
            &self.url(&format!("/newsletter/unsubscribe/{UNSUBSCRIBE_PLACE}")),
            &first,
        );
        text.replace(
            &self.url(&format!("/newsletter/preferences/{PREFERENCES_PLACE}")),
            &first,
        )
    }
}
