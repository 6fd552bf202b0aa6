//! One row of a file: which column holds what, in our files and in Mailchimp's, and what a row says of an address.

use std::net::IpAddr;

use kernel::email::EmailAddress;
use kernel::instant::Instant;

use super::{ImportError, Skipped};
use crate::consent::opt_in::presentable;
use crate::consent::{State, Topics};

/// Which column holds what.
pub(super) struct Columns {
    email: usize,
    name: Option<usize>,
    first_name: Option<usize>,
    last_name: Option<usize>,
    topics: Option<usize>,
    status: Option<usize>,
    confirmed_at: Option<usize>,
    /// What Mailchimp knows of her sign-up.
    asked_at: Option<usize>,
    asked_from: Option<usize>,
    confirmed_from: Option<usize>,
    /// What an address is when no column says it.
    otherwise: State,
}

impl Columns {
    pub fn of(names: &[String]) -> Result<Self, ImportError> {
        let find = |wanted: &[&str]| {
            let same = |name: &String| wanted.iter().any(|w| name.trim().eq_ignore_ascii_case(w));
            names.iter().position(same)
        };
        let Some(email) = find(&["email", "email address", "e-mail", "e-mail address"]) else {
            let listed: String = names.join(", ").chars().filter(|c| !c.is_control()).take(120).collect();
            return Err(ImportError::NoEmail(listed));
        };
        // Mailchimp writes a file for each state, and tells it by the columns it adds.
        let mailchimp = find(&["optin_time"]).is_some();
        let otherwise = match () {
            () if find(&["unsub_time"]).is_some() => State::Unsubscribed,
            () if find(&["clean_time"]).is_some() => State::Bounced,
            () if mailchimp => State::Confirmed,
            () => State::Pending,
        };
        Ok(Self {
            email,
            name: find(&["name", "full name"]),
            first_name: find(&["first name"]),
            last_name: find(&["last name"]),
            topics: find(&["topics"]),
            status: find(&["status"]),
            confirmed_at: find(&["confirmed_at", "confirm_time"]),
            asked_at: find(&["optin_time"]),
            asked_from: find(&["optin_ip"]),
            confirmed_from: find(&["confirm_ip"]),
            otherwise,
        })
    }
}

/// One address as the file has it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub address: EmailAddress,
    pub name: Option<String>,
    pub topics: Topics,
    pub state: State,
    pub confirmed_at: Option<Instant>,
    pub asked_at: Option<Instant>,
    pub asked_from: Option<String>,
    pub confirmed_from: Option<String>,
}

impl Row {
    pub fn of(values: &[String], columns: &Columns) -> Result<Self, Skipped> {
        let value = |column: Option<usize>| column.and_then(|c| values.get(c)).map_or("", |v| v.trim());
        let address = value(Some(columns.email)).parse().map_err(|_| Skipped::BadAddress)?;
        let name = match value(columns.name) {
            "" => format!("{} {}", value(columns.first_name), value(columns.last_name)),
            name => name.to_owned(),
        };
        let topics = match value(columns.topics) {
            "" => Topics::ALL,
            listed => Topics::parse(listed.split([';', ',']).map(str::trim).filter(|t| !t.is_empty()))
                .map_err(|_| Skipped::UnknownTopic)?,
        };
        let state = match value(columns.status) {
            "" => columns.otherwise,
            status => state(status).ok_or(Skipped::UnknownStatus)?,
        };
        let confirmed_at = match value(columns.confirmed_at) {
            "" => None,
            time => Some(moment(time).ok_or(Skipped::BadTime)?),
        };
        Ok(Self {
            address,
            name: presentable(&name),
            topics,
            state,
            confirmed_at,
            asked_at: moment(value(columns.asked_at)),
            asked_from: network(value(columns.asked_from)),
            confirmed_from: network(value(columns.confirmed_from)),
        })
    }
}

/// Our words for a state, and those of Mailchimp.
fn state(text: &str) -> Option<State> {
    Some(match text.to_ascii_lowercase().as_str() {
        "pending" => State::Pending,
        "confirmed" | "subscribed" => State::Confirmed,
        "unsubscribed" => State::Unsubscribed,
        "bounced" | "cleaned" => State::Bounced,
        "complained" => State::Complained,
        _ => return None,
    })
}

/// RFC 3339, or `2024-05-01 12:30:00` in UTC.
fn moment(text: &str) -> Option<Instant> {
    let utc = || format!("{}Z", text.replacen(' ', "T", 1)).parse().ok();
    text.parse().ok().or_else(utc)
}

/// A network address, if it is one.
fn network(text: &str) -> Option<String> {
    text.parse::<IpAddr>().ok().map(|address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_in_any_order_and_mailchimps_files_say_what_they_are() {
        let columns = |line: &str| {
            let names: Vec<String> = line.split(',').map(str::to_owned).collect();
            Columns::of(&names)
        };
        let ours = columns("status,Email,confirmed_at,topics").unwrap();
        assert_eq!((ours.email, ours.status, ours.otherwise), (1, Some(0), State::Pending));
        let theirs = "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME";
        assert_eq!(columns(theirs).unwrap().otherwise, State::Confirmed);
        let gone = |column: &str| columns(&format!("{theirs},{column}")).unwrap().otherwise;
        assert_eq!(
            (gone("UNSUB_TIME"), gone("CLEAN_TIME")),
            (State::Unsubscribed, State::Bounced)
        );
        let missing = columns("mail,name").err().unwrap().to_string();
        assert_eq!(missing, "no column is called email: the first line has mail, name");
    }

    #[test]
    fn a_time_is_rfc_3339_or_mailchimps() {
        assert_eq!(moment("2024-05-01 12:30:00"), moment("2024-05-01T12:30:00Z"));
        assert!(moment("2024-05-01T12:30:00+02:00").is_some() && moment("May 1").is_none());
    }

    #[test]
    fn what_mailchimp_knows_of_a_sign_up_is_read() {
        let names = "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP";
        let names: Vec<String> = names.split(',').map(str::to_owned).collect();
        let row = |line: &str| {
            let values: Vec<String> = line.split(',').map(str::to_owned).collect();
            Row::of(&values, &Columns::of(&names).unwrap()).unwrap()
        };
        let full = row("ana@x.example,Ana,2024-05-01 12:00:00,192.0.2.7,2024-05-01 12:30:00,2001:DB8::1");
        assert_eq!(full.asked_at, moment("2024-05-01T12:00:00Z"));
        assert_eq!(full.asked_from.as_deref(), Some("192.0.2.7"));
        assert_eq!(full.confirmed_from.as_deref(), Some("2001:db8::1"));
        let bare = row("ana@x.example,Ana,,not an address,,");
        assert_eq!((bare.asked_at, bare.asked_from, bare.confirmed_at), (None, None, None));
    }
}
