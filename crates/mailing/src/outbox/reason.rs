//! What a server's answer means, for somebody who does not read SMTP. Pure.

/// Why a mail has not arrived, from what its last try met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was not tried yet.
    NotTried,
    /// There is no such address.
    NoSuchAddress,
    /// The mailbox is full.
    Full,
    /// The recipient's server does not want it.
    Unwanted,
    /// The recipient's server asks for patience.
    Later,
    /// The connection was lost, or no answer came.
    Lost,
    /// Its words could not be made.
    Words,
    /// Something else.
    Other,
}

impl Reason {
    /// From the text that is kept beside a mail.
    pub fn of(error: Option<&str>) -> Self {
        let Some(error) = error else { return Self::NotTried };
        let text = error.strip_prefix("given up: ").unwrap_or(error);
        let text = text.strip_prefix("not now: ").unwrap_or(text).to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
        let code = text.split([' ', '-']).next().unwrap_or_default();
        // A report begins with its status, an answer with its code.
        let (class, status) = match code.as_bytes() {
            [b'4' | b'5', b'.', ..] => (code.as_bytes()[0], code),
            [b'4' | b'5', b'0'..=b'9', b'0'..=b'9'] => {
                (code.as_bytes()[0], text.split([' ', '-']).nth(1).unwrap_or_default())
            }
            _ if has(&[
                "template",
                "composed",
                "no mail is called",
                "has not been read",
                "cannot be made",
                "control character",
            ]) =>
            {
                return Self::Words;
            }
            _ if has(&[
                "lost",
                "does not answer",
                "stopped while",
                "cannot be reached",
                "out of turn",
                "greet",
            ]) =>
            {
                return Self::Lost;
            }
            _ => return Self::Other,
        };
        match class {
            _ if has(&["full", "quota", "x.2.2", "5.2.2", "4.2.2"]) => Self::Full,
            b'4' => Self::Later,
            _ if status.starts_with("5.1.") || status.starts_with("5.2.1") || status.starts_with("5.4.4") => {
                Self::NoSuchAddress
            }
            _ if status.starts_with("5.7.") || code == "554" => Self::Unwanted,
            _ if matches!(code, "550" | "551" | "553" | "556") => Self::NoSuchAddress,
            _ => Self::Unwanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_said_in_plain_words() {
        for (error, reason) in [
            (None, Reason::NotTried),
            (Some("550 5.1.1 no such user"), Reason::NoSuchAddress),
            (Some("550 no such user"), Reason::NoSuchAddress),
            (Some("5.1.1 550 5.1.1 no"), Reason::NoSuchAddress),
            (Some("5.2.2 552 5.2.2 over quota"), Reason::Full),
            (Some("452 4.2.2 mailbox full"), Reason::Full),
            (Some("550 5.7.1 blocked"), Reason::Unwanted),
            (Some("554 unwanted"), Reason::Unwanted),
            (Some("451 greylisted, come back"), Reason::Later),
            (Some("given up: 451 4.7.1 later"), Reason::Later),
            (Some("connection lost after the message: eof"), Reason::Lost),
            (Some("stopped while the message was handed over"), Reason::Lost),
            (Some("the template has a fault"), Reason::Words),
            (Some("Übergabe"), Reason::Other),
            (Some(""), Reason::Other),
        ] {
            assert_eq!(Reason::of(error), reason, "{error:?}");
        }
    }
}
