//! The words of a letter that goes to subscribers, made once for all of them.

use mailing::letters::LetterText;
use mailing::outbox::{ComposeError, LetterMail, ListHeaders, Mailbox, PREFERENCES_PLACE, UNSUBSCRIBE_PLACE};

use super::Paper;
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
}
