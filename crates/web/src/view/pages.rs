//! The public pages: one context a page, each a plain struct of what the page says.
//!
//! Strings arrive finished (dates, times and money from [`super::format`], addresses from [`link`]); a state is an enum
//! of this module, so that a template can only be asked for words that exist.

mod appointment;
mod arc;
mod article;
mod atom;
mod book;
mod calendar;
mod cancel;
mod embed;
mod error;
mod family;
mod form;
mod home;
mod intake;
pub mod link;
mod moving;
mod newsletter;
mod outbox;
mod package;
mod parts;
mod practice;
mod services;

pub use appointment::{AppointmentPage, AppointmentState, CalendarLinks, CancelRow, Join, MoveRow, Payment};
pub use arc::Arc;
pub use article::{ArticlePage, Heading, PostTeaser, PostsPage};
pub use atom::{AtomEntry, AtomFeed};
pub use book::{AtHome, BookPage, Empty, EmptySpan, HomeAnswer, Horizon, ModeChoice, Taken, TimeChoice};
pub use calendar::{Calendar, CalendarDay, DayKind, DayState};
pub use cancel::{CancelLatePage, CancelPage, Charge};
pub use embed::{EmbedBookPage, EmbedDay, EmbedNewsletterPage};
pub use error::{ErrorKind, ErrorPage};
pub use family::{BabyFields, FamilyFields, SecondRecipient};
pub use form::{ChannelChoice, Field, FormPage, Problem, Refusal, Refused, Retry, TakenAgain, TripFee};
pub use home::{HomePage, OfferTeaser};
pub use intake::{
    Agreed, AnswerProblem, Asked, ChoiceField, ConsentField, IntakePage, IntakeRow, IntakeRowState, Look, Mark,
    QuestionField, QuestionKind, Told,
};
pub use moving::{MoveLatePage, MovePage, MoveRefusal, MoveToPage};
pub use newsletter::{
    CheckInboxPage, ConfirmPage, ConfirmedPage, LeftPage, LostLinkPage, NewAddressPage, NewsletterPage,
    OtherAddressPage, PreferencesPage, PreferencesSaid, TopicChoice, UnsubscribePage,
};
pub use outbox::{MailLine, MailPage, OutboxPage, TextPiece};
pub use package::{CreditRow, MyPackagePage, PackagePage, PurchasePage, PurchaseState};
pub use parts::{
    How, NextFree, Office, Part, PayOnline, PayState, ReceiptLink, Visit, Ways, ZoneChoice, paragraphs, zone_choices,
};
pub use practice::{ContactPage, PrivacyPage};
pub use services::{OfferRow, PackageRow, PackageVisit, ServicesPage};
