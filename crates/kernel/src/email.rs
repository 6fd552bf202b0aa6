//! An e-mail address, parsed once at the edge; afterwards the type is the proof.

use std::fmt;
use std::str::FromStr;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, QueryResult, TryGetError, TryGetable};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A bare address (RFC 5321 Mailbox without quoting or literals), as typed but for white space around it.
///
/// Two addresses are equal when their lower-cased forms with the domain in ASCII (IDNA) are; dots and
/// plus signs are never folded. `Debug` masks it, so that it can stand in an error without reaching a log.
#[derive(Clone)]
pub struct EmailAddress {
    typed: String,
    key: String,
}

/// Why a text is no address that mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEmail {
    #[error("an e-mail address looks like name@example.org")]
    Form,
    #[error("this address is too long")]
    Length,
    #[error("the part after @ is no domain")]
    Domain,
}

impl EmailAddress {
    /// Parses one bare address.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let typed = text.trim();
        if typed.len() > 254 {
            return Err(NotAnEmail::Length);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(NotAnEmail::Form)?;
        if local.is_empty() || local.len() > 64 {
            return Err(if local.is_empty() {
                NotAnEmail::Form
            } else {
                NotAnEmail::Length
            });
        }
        let dots = local.starts_with('.') || local.ends_with('.') || local.contains("..");
        if dots
            || !local
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        {
            return Err(NotAnEmail::Form);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| NotAnEmail::Domain)?;
        let labels: Vec<&str> = domain.split('.').collect();
        let numeric = labels.last().is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()));
        if labels.len() < 2 || numeric || labels.iter().any(|l| l.is_empty() || l.len() > 63) || domain.len() > 253 {
            return Err(NotAnEmail::Domain);
        }
        let key = format!("{}@{domain}", local.to_ascii_lowercase());
        Ok(Self {
            typed: format!("{local}@{domain}"),
            key,
        })
    }

    /// For an envelope or a header: the local part as typed, the domain in ASCII.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// For comparing and looking up: lower-cased, the domain in ASCII.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The domain in ASCII, for limits per domain.
    pub fn domain(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(_, d)| d)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for EmailAddress {}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, h: &mut H) {
        self.key.hash(h);
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnEmail;
    fn from_str(text: &str) -> Result<Self, NotAnEmail> {
        Self::parse(text)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.typed)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(d)?).map_err(de::Error::custom)
    }
}

impl From<EmailAddress> for Value {
    fn from(address: EmailAddress) -> Self {
        address.typed.into()
    }
}

impl TryGetable for EmailAddress {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        Self::parse(&text).map_err(|e| TryGetError::DbErr(sea_orm::DbErr::Type(e.to_string())))
    }
}

impl ValueType for EmailAddress {
    fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
        Self::parse(&<String as ValueType>::try_from(v)?).map_err(|_| ValueTypeErr)
    }
    fn type_name() -> String {
        "EmailAddress".into()
    }
    fn array_type() -> ArrayType {
        ArrayType::String
    }
    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl Nullable for EmailAddress {
    fn null() -> Value {
        String::null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_folds_case_and_domain_but_no_dot_and_no_plus() {
        let a = |t: &str| EmailAddress::parse(t).unwrap();
        assert_eq!(a("Ana.Lee@Example.ORG"), a(" ana.lee@example.org "));
        assert_eq!(a("ana@bücher.example"), a("ana@xn--bcher-kva.example"));
        assert_ne!(a("ana.lee@example.org"), a("analee@example.org"));
        assert_ne!(a("ana+x@example.org"), a("ana@example.org"));
        assert_eq!(format!("{:?}", a("ana@example.org")), "EmailAddress(…)");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in [
            "",
            "ana",
            "@example.org",
            "ana@",
            "ana@localhost",
            "ana@example",
            "a b@example.org",
            "ana@exa mple.org",
            "ana@example..org",
            "ana@127.0.0.1",
            "\"a\"@example.org",
            "ana@example.org\nBcc: x@example.org",
            "ana@example.org\r\nx",
            ".a@example.org",
            "a..b@example.org",
            "ana@-example.org",
            "Ana <ana@example.org>",
            "ana@example.org,bo@example.org",
            "änä@example.org",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            EmailAddress::parse(&format!("{}@example.org", "a".repeat(65))),
            Err(NotAnEmail::Length)
        );
    }
}
