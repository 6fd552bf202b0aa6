//! The return path of a mail: an address of its own, by which what comes back names the mail (VERP), and which nobody can make up.
//!
//! `bounces@practice.example` becomes `bounces+TAG@practice.example`. The tag is a letter for the kind of mail, the row's id in base32,
//! and the beginning of an HMAC: a forged one is not ours, whatever else the report says.

use std::fmt;
use std::str::FromStr;

use kernel::email::EmailAddress;
use kernel::id::{LetterId, MailId, SubscriberId};
use kernel::token::{LinkKey, base32, from_base32};
use sea_orm::prelude::Uuid;

use crate::Mailing;
use crate::outbox::ticket::Ticket;

/// Letters of the id, and of what proves it: 60 bits, each guess of which is a mail.
const ID: usize = 32;
const PROOF: usize = 12;
/// Kind, id and proof.
const TAG: usize = 1 + ID + PROOF;
/// RFC 5321, section 4.5.3.1.1.
const LOCAL: usize = 64;
/// The longest local part of the address that the tags are put behind.
const LONGEST: usize = LOCAL - TAG - 1;

/// `mail.bounces.address`: where mails come back to, with room for a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnAddress(EmailAddress);

/// Why an address cannot be returned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAReturnAddress {
    /// No address at all.
    #[error("is no e-mail address")]
    Address,
    /// A tag is put behind the part before the @, which is at most 64 characters long.
    #[error("has more than {LONGEST} characters before the @, and the tag of each mail has to fit behind them")]
    Long,
    /// The tag begins with a plus sign.
    #[error("has a + before the @, behind which the tag of each mail goes")]
    Plus,
}

impl FromStr for ReturnAddress {
    type Err = NotAReturnAddress;

    fn from_str(text: &str) -> Result<Self, NotAReturnAddress> {
        let address: EmailAddress = text.parse().map_err(|_| NotAReturnAddress::Address)?;
        let (local, _) = address.key().rsplit_once('@').ok_or(NotAReturnAddress::Address)?;
        if local.contains('+') {
            return Err(NotAReturnAddress::Plus);
        }
        if local.len() > LONGEST {
            return Err(NotAReturnAddress::Long);
        }
        Ok(Self(address))
    }
}

impl fmt::Display for ReturnAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl ReturnAddress {
    /// The domain in ASCII.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// Whether mails of this domain may return here: to the same domain or below it, so that SPF speaks for the sender (DMARC).
    pub fn suits(&self, from: &str) -> bool {
        let own = self.0.domain();
        own == from || own.strip_suffix(from).is_some_and(|rest| rest.ends_with('.'))
    }
}

/// Makes return paths, and reads them again.
#[derive(Clone, Debug)]
pub struct ReturnPath {
    base: ReturnAddress,
    links: LinkKey,
}

/// Which mail came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// One that was promised to one person.
    Mail(MailId),
    /// A letter to this subscriber; which one, by the last four bytes of its id.
    Delivery(SubscriberId, i32),
}

/// The last four bytes of a letter's id, which are random.
pub(crate) fn hint(letter: LetterId) -> i32 {
    let bytes = letter.0.into_bytes();
    i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

impl Mailing {
    /// Return paths behind this address, under this installation's key.
    pub fn return_path(&self, base: ReturnAddress) -> ReturnPath {
        ReturnPath::new(base, self.keys.links.clone())
    }
}

impl ReturnPath {
    pub(crate) fn new(base: ReturnAddress, links: LinkKey) -> Self {
        Self { base, links }
    }

    /// The return path of one mail from this domain; `None` when the domain is another one, and the mail returns to its sender.
    pub(crate) fn of(&self, ticket: Ticket, from: &str) -> Option<EmailAddress> {
        if !self.base.suits(from) {
            return None;
        }
        let origin = match ticket {
            Ticket::Mail(id) => Origin::Mail(id),
            Ticket::Delivery(letter, subscriber) => Origin::Delivery(subscriber, hint(letter)),
        };
        let (local, domain) = self.base.0.key().rsplit_once('@')?;
        format!("{local}+{}@{domain}", self.tag(origin)).parse().ok()
    }

    fn tag(&self, origin: Origin) -> String {
        let (kind, purpose, id, hint) = match origin {
            Origin::Mail(id) => ('m', "bounce:mail", id.0, 0),
            Origin::Delivery(subscriber, hint) => ('l', "bounce:letter", subscriber.0, hint),
        };
        let whole = [id.as_bytes(), hint.to_be_bytes().as_slice()].concat();
        let proof = self.links.link(purpose, id, hint);
        format!("{kind}{}{}", base32(&whole), &proof.reveal()[..PROOF])
    }

    /// The mail whose return path stands in a text, such as a header. Only one of ours does.
    pub(crate) fn find(&self, text: &str) -> Option<Origin> {
        let text = text.to_ascii_lowercase();
        let (local, domain) = self.base.0.key().rsplit_once('@')?;
        let (before, after) = (format!("{local}+"), format!("@{domain}"));
        let tags = text.match_indices(&before).filter_map(|(at, _)| {
            let tag = text.get(at + before.len()..)?;
            let (tag, rest) = tag.split_at_checked(TAG)?;
            rest.starts_with(&after).then_some(tag)
        });
        tags.into_iter().find_map(|tag| self.read(tag))
    }

    fn read(&self, tag: &str) -> Option<Origin> {
        let bytes = from_base32(tag.get(1..=ID)?)?;
        let (id, hint) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        let hint = i32::from_be_bytes(hint.try_into().ok()?);
        let origin = match tag.as_bytes().first()? {
            b'm' => Origin::Mail(MailId(id)),
            b'l' => Origin::Delivery(SubscriberId(id), hint),
            _ => return None,
        };
        // A guess costs a mail, so how long the comparison takes tells nobody anything.
        (self.tag(origin) == tag).then_some(origin)
    }
}

#[cfg(test)]
mod tests {
    use kernel::keys::Keys;
    use proptest::prelude::*;

    use super::*;

    fn path(base: &str, key: &str) -> ReturnPath {
        ReturnPath::new(base.parse().unwrap(), Keys::from_hex(&key.repeat(32)).unwrap().links)
    }

    proptest! {
        #[test]
        fn a_return_path_leads_back_to_its_mail_and_one_letter_changed_leads_nowhere(
            id: u128, letter: u128, at in 0..TAG, other in "[a-z2-7]",
        ) {
            let path = path("bounces@practice.example", "5a");
            let delivery = Ticket::Delivery(LetterId(Uuid::from_u128(letter)), SubscriberId(Uuid::from_u128(id)));
            let expected = Origin::Delivery(SubscriberId(Uuid::from_u128(id)), hint(LetterId(Uuid::from_u128(letter))));
            for (ticket, origin) in [
                (Ticket::Mail(MailId(Uuid::from_u128(id))), Origin::Mail(MailId(Uuid::from_u128(id)))),
                (delivery, expected),
            ] {
                let made = path.of(ticket, "practice.example").unwrap();
                let (local, _) = made.as_str().split_once('@').unwrap();
                prop_assert!(local.len() <= LOCAL);
                prop_assert_eq!(path.find(&format!("rfc822; <{}>", made.as_str().to_uppercase())), Some(origin));
                let start = "bounces+".len() + at;
                let mut forged = made.as_str().to_owned();
                forged.replace_range(start..=start, &other);
                if forged != made.as_str() {
                    prop_assert_eq!(path.find(&forged), None);
                }
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in "(\\PC|bounces\\+|@practice.example){0,40}") {
            prop_assert_eq!(path("bounces@practice.example", "5a").find(&text), None);
        }
    }

    #[test]
    fn another_installation_does_not_know_it_and_another_domain_has_none() {
        let ticket = Ticket::Mail(MailId(Uuid::from_u128(9)));
        let made = path("bounces@practice.example", "5a")
            .of(ticket, "practice.example")
            .unwrap();
        assert_eq!(path("bounces@practice.example", "5b").find(made.as_str()), None);
        assert_eq!(path("bounces@other.example", "5a").find(made.as_str()), None);
        let below = path("bounces@mail.practice.example", "5a");
        assert!(below.of(ticket, "practice.example").is_some());
        for other in ["mail.practice.example.org", "otherpractice.example"] {
            assert!(below.of(ticket, other).is_none(), "{other}");
        }
    }

    #[test]
    fn an_address_without_room_for_a_tag_is_refused() {
        let parse = |text: &str| text.parse::<ReturnAddress>();
        assert!(parse("bounces@practice.example").is_ok());
        assert_eq!(parse("bounces").unwrap_err(), NotAReturnAddress::Address);
        assert_eq!(parse("a+b@practice.example").unwrap_err(), NotAReturnAddress::Plus);
        assert_eq!(
            parse("a-very-long-name-here@practice.example").unwrap_err(),
            NotAReturnAddress::Long
        );
    }
}
