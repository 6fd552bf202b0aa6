//! The mails about a package that was bought, to the buyer and to the consultant.

use booking::money::{PurchaseFacts, PurchaseNotice, PurchaseNoticeKind};
use mailing::outbox::{ComposeError, Mail, MailJob};

use super::appointment::given_back_why;
use super::{Paper, facts};
use crate::view::mails::{
    DeskPurchase, MailFacts, PurchaseEnding, PurchaseLink, PurchasePaid, PurchaseRefund, PurchaseRequested,
    greeting_name, listed_name,
};

impl Paper<'_> {
    pub(super) fn purchase(&self, job: &MailJob) -> Result<Mail, ComposeError> {
        let notice: PurchaseNotice = facts(job)?;
        let facts = &notice.facts;
        match (job.kind.as_str(), notice.kind) {
            (PurchaseRequested::KIND, PurchaseNoticeKind::Requested { how_to_pay, online }) => {
                let mail = PurchaseRequested {
                    signature: self.signature(),
                    name: greeting_name(&facts.buyer_name),
                    package: facts.package_name.clone(),
                    price: self.locale.price(facts.price),
                    how_to_pay: if online { String::new() } else { how_to_pay },
                    online,
                    purchase_url: self.purchase_url(facts),
                };
                self.mail(job, &mail, None)
            }
            (PurchasePaid::KIND, _) => {
                let mail = PurchasePaid {
                    signature: self.signature(),
                    name: greeting_name(&facts.buyer_name),
                    package: facts.package_name.clone(),
                    price: self.locale.price(facts.price),
                    valid_months: facts.valid_months,
                    receipt: facts.receipt.is_some(),
                    purchase_url: self.purchase_url(facts),
                };
                let mail = self.mail(job, &mail, None)?;
                self.with_receipt(mail, facts.receipt.as_ref())
            }
            (PurchaseEnding::KIND, PurchaseNoticeKind::Ending { until, left }) => {
                let mail = PurchaseEnding {
                    signature: self.signature(),
                    name: greeting_name(&facts.buyer_name),
                    package: facts.package_name.clone(),
                    left: left.into_iter().map(|left| (left.count, left.name)).collect(),
                    until: self.locale.date_with_year(self.practice.zone.date(until)),
                    purchase_url: self.purchase_url(facts),
                };
                self.mail(job, &mail, None)
            }
            (PurchaseLink::KIND, _) => {
                let mail = PurchaseLink {
                    signature: self.signature(),
                    name: greeting_name(&facts.buyer_name),
                    package: facts.package_name.clone(),
                    purchase_url: self.purchase_url(facts),
                };
                self.mail(job, &mail, None)
            }
            (PurchaseRefund::KIND, PurchaseNoticeKind::GivenBack { amount, why }) => {
                let mail = PurchaseRefund {
                    signature: self.signature(),
                    name: greeting_name(&facts.buyer_name),
                    package: facts.package_name.clone(),
                    amount: self.locale.price(amount),
                    why: given_back_why(why),
                    ended: facts.refunded,
                };
                self.mail(job, &mail, None)
            }
            (DeskPurchase::KIND, _) => {
                let mail = DeskPurchase {
                    signature: self.signature(),
                    name: listed_name(&facts.buyer_name).unwrap_or_else(|| "Somebody".to_owned()),
                    package: facts.package_name.clone(),
                    price: (!facts.price.is_zero()).then(|| self.locale.price(facts.price)),
                    desk_url: self.url("/admin/purchases"),
                };
                self.mail(job, &mail, None)
            }
            (other, _) => Err(ComposeError(format!("no mail is called {other}"))),
        }
    }

    fn purchase_url(&self, facts: &PurchaseFacts) -> String {
        let token = self.app.booking().purchase_token(facts);
        self.url(&format!("/purchases/{}", token.reveal()))
    }
}
