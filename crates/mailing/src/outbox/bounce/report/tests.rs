//! Reports as servers write them, and bytes that nobody should have sent.

use kernel::id::MailId;
use kernel::keys::Keys;
use proptest::prelude::*;
use sea_orm::prelude::Uuid;

use super::*;
use crate::outbox::ticket::Ticket;

fn paths() -> ReturnPath {
    let keys = Keys::from_hex(&"5a".repeat(32)).unwrap();
    ReturnPath::new("bounces@practice.example".parse().unwrap(), keys.links)
}

fn id() -> MailId {
    MailId(Uuid::from_u128(77))
}

fn own() -> String {
    paths()
        .of(Ticket::Mail(id()), "practice.example")
        .unwrap()
        .as_str()
        .to_owned()
}

/// A delivery status notification (RFC 3464) with these fields of its recipient.
fn dsn(to: &str, fields: &str) -> Vec<u8> {
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: {to}\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nArrival-Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; ana@example.org\r\n{fields}\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nReturn-Path: <x@y.example>\r\nSubject: Hello\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

fn says(fields: &str) -> Says {
    let report = read(&dsn(&own(), fields), &paths());
    assert_eq!(report.about, Some(Origin::Mail(id())));
    report.says
}

#[test]
fn an_address_that_does_not_exist_is_told_from_a_mailbox_that_is_full() {
    for hard in [
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user",
        "Action: Failed\r\nStatus: 5.1.10 (null MX)",
        "Action: failed\r\nStatus: 5.2.1",
        "Action: failed\r\nStatus: 5.4.4\r\nDiagnostic-Code: X-Postfix; Host or domain name not found",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 no such user",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550-5.1.1 no such user",
        "Action: failed\r\nStatus: 5.0.0",
        "Action: failed\r\nStatus: 5.4.1\r\nDiagnostic-Code: smtp;550 5.4.1 Recipient address rejected:\r\n Access denied",
    ] {
        assert_eq!(says(hard), Says::Hard, "{hard}");
    }
    for soft in [
        "Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full",
        "Action: failed\r\nStatus: 4.4.7\r\nDiagnostic-Code: X-Postfix; delivery temporarily suspended",
        "Action: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 5.7.1 blocked",
        "Action: failed\r\nStatus: 5.1.8\r\nDiagnostic-Code: smtp; 550 5.1.8 bad sender",
        "Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 554 5.7.1 blocked",
        "Action: failed\r\nStatus: nonsense",
    ] {
        assert_eq!(says(soft), Says::Soft, "{soft}");
    }
    for nothing in [
        "Action: delayed\r\nStatus: 4.4.1",
        "Action: delivered\r\nStatus: 2.0.0",
        "Action: relayed",
    ] {
        assert_eq!(says(nothing), Says::Nothing, "{nothing}");
    }
}

#[test]
fn a_report_is_about_the_mail_whose_return_path_it_came_to_and_a_forged_one_about_none() {
    let fields = "Action: failed\r\nStatus: 5.1.1";
    let named = format!("\"Bounces\" <{}>", own());
    assert_eq!(read(&dsn(&named, fields), &paths()).about, Some(Origin::Mail(id())));
    let forged = own().replace("bounces+m", "bounces+l");
    for to in ["bounces@practice.example", forged.as_str(), "<>"] {
        let report = read(&dsn(to, fields), &paths());
        assert_eq!((report.says, report.about), (Says::Hard, None), "{to}");
    }
    // As delivered by a server that keeps the address of the envelope, or quotes the mail.
    let delivered = [format!("Delivered-To: {}\r\n", own()).into_bytes(), dsn("<>", fields)].concat();
    assert_eq!(read(&delivered, &paths()).about, Some(Origin::Mail(id())));
    let quoted = String::from_utf8(dsn("<>", fields))
        .unwrap()
        .replace("x@y.example", &own());
    assert_eq!(read(quoted.as_bytes(), &paths()).about, Some(Origin::Mail(id())));
}

/// A complaint (RFC 5965).
fn complaint(kind: &str, of: &str) -> Vec<u8> {
    format!(
        "From: <feedback@mx.example>\r\nTo: <abuse@practice.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: X/1\r\nVersion: 1\r\n{of}\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{}>\r\nSubject: Hello\r\n\r\nWords.\r\n--b--\r\n",
        if of.is_empty() { own() } else { String::new() }
    )
    .into_bytes()
}

#[test]
fn a_complaint_names_the_mail_by_its_field_or_by_the_copy_it_carries() {
    for of in [String::new(), format!("Original-Mail-From: <{}>\r\n", own())] {
        let report = read(&complaint("abuse", &of), &paths());
        assert_eq!(
            (report.says, report.about),
            (Says::Complaint, Some(Origin::Mail(id()))),
            "{of}"
        );
    }
    assert_eq!(read(&complaint("not-spam", ""), &paths()).says, Says::Nothing);
}

#[test]
fn a_machine_that_answers_says_nothing_and_a_person_is_left_to_be_read() {
    let mail = |headers: &str| {
        format!(
            "From: ana@example.org\r\nTo: {}\r\n{headers}Subject: Re\r\n\r\nI am away.\r\n",
            own()
        )
    };
    for headers in [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated (vacation)\r\n",
        "X-Autoreply: yes\r\n",
        "Precedence: bulk\r\n",
    ] {
        assert_eq!(
            read(mail(headers).as_bytes(), &paths()).says,
            Says::Nothing,
            "{headers}"
        );
    }
    for headers in [
        "",
        "Auto-Submitted: no\r\n",
        "Auto-Submitted: auto-replied\r\nX-Failed-Recipients: x@y.example\r\n",
    ] {
        assert_eq!(read(mail(headers).as_bytes(), &paths()).says, Says::Unread, "{headers}");
    }
    // A report without its machine-readable part is prose.
    let prose = "Subject: x\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n5.1.1\r\n--b--\r\n";
    assert_eq!(read(prose.as_bytes(), &paths()).says, Says::Unread);
}

#[test]
fn what_is_no_mail_is_left_unread() {
    let wide = [
        b"\x7fELF\x02\x01\x01\x00".repeat(4_000),
        vec![0; 100_000],
        vec![b'\n'; 100_000],
    ]
    .concat();
    for bytes in [
        &b""[..],
        b"\0\0\0",
        &wide,
        "From".repeat(100_000).as_bytes(),
        &vec![0xff; 50_000],
    ] {
        assert_eq!(read(bytes, &paths()).says, Says::Unread);
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes: Vec<u8>, cut in 0..1_200_usize) {
        read(&bytes, &paths());
        let mut report = dsn(&own(), "Action: failed\r\nStatus: 5.1.1");
        report.truncate(cut);
        report.extend(bytes);
        read(&report, &paths());
    }
}
