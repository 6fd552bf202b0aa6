//! Receipts, printed when they are sent.

use booking::money::Receipt;
use mailing::outbox::{Attachment, ComposeError, Mail, MailJob};

use super::{Paper, facts};
use crate::printed;
use crate::view::format::exact;
use crate::view::mails::{ReceiptMail, greeting_name};

impl Paper<'_> {
    pub(super) fn receipt(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let receipt: Receipt = facts(job)?;
        let mail = ReceiptMail {
            signature: self.signature(),
            name: greeting_name(&receipt.payer),
            number: receipt.number,
            amount: exact(receipt.amount),
            date: self.locale.date_with_year(receipt.issuer.zone.date(receipt.paid_at)),
        };
        let mail = self.mail(job, &mail, None)?;
        self.with_receipt(mail, Some(&receipt))
    }

    /// The same mail with the receipt as a file, where there is one.
    pub(super) fn with_receipt(&self, mail: Mail, receipt: Option<&Receipt>) -> Result<Mail, ComposeError> {
        let Some(receipt) = receipt else { return Ok(mail) };
        let bytes = printed::receipt(self.app, &self.practice.locale, receipt);
        let bytes = bytes.map_err(|e| ComposeError::from_error(&e))?;
        Ok(Mail {
            attachment: Some(Attachment {
                name: "receipt.pdf",
                kind: "application/pdf",
                bytes,
            }),
            ..mail
        })
    }
}
