//! What is said of something that cannot be taken, in words for somebody who is no IT department.

use booking::practice::{Fault, Part, Unfit};

use crate::view::desk::FieldProblem;

/// The field of a part, and what is said there.
pub fn problem(fault: &Fault) -> FieldProblem {
    FieldProblem {
        id: field(fault.part),
        text: said(fault.part, &fault.why),
    }
}

/// What is said of a part, if anything is wrong with it.
pub fn of(faults: &[Fault], part: Part) -> Option<String> {
    faults.iter().find(|f| f.part == part).map(|f| said(f.part, &f.why))
}

/// The id of a part's field in the forms.
const fn field(part: Part) -> &'static str {
    match part {
        Part::Name => "name",
        Part::Summary => "summary",
        Part::Description => "description",
        Part::Price => "price",
        Part::Terms => "terms",
        Part::Minutes => "minutes",
        Part::Step => "step",
        Part::BufferBefore => "before",
        Part::BufferAfter => "after",
        Part::Notice => "notice",
        Part::Horizon => "horizon",
        Part::Cap => "cap",
        Part::Ways => "ways",
        Part::Audience => "audience",
        Part::Reminders => "reminders",
        Part::Label => "label",
        Part::Help => "help",
        Part::Kind => "kind",
        Part::Choices => "choices",
        Part::Wording => "wording",
        Part::Ask => "ask",
        Part::When => "when",
    }
}

fn said(part: Part, why: &Unfit) -> String {
    match (part, why) {
        (Part::Name, Unfit::Empty) => "Give it a name.".into(),
        (Part::Price, Unfit::Empty) => "Say what it costs; 0 is free.".into(),
        (Part::Minutes, Unfit::Empty) => "Say how long it is, in minutes.".into(),
        (Part::Step, Unfit::Empty) => "Say how often a visit can start, in minutes.".into(),
        (Part::Horizon, Unfit::Empty) => "Say how many days ahead it can be booked.".into(),
        (Part::Ways, _) => "Choose at least one way to meet.".into(),
        (Part::Label, Unfit::Empty) => "Write the question.".into(),
        (Part::Wording, Unfit::Empty) => "Write the words that are agreed to.".into(),
        (Part::Notice, Unfit::NotWithin { .. }) => "A year is the most.".into(),
        (_, Unfit::Empty) => "Something is needed here.".into(),
        (_, Unfit::OneLine) => "Keep it to one line.".into(),
        (_, Unfit::Control) => "There is a sign in it that cannot be shown.".into(),
        (_, Unfit::TooLong(most)) => format!("That is too long: {most} characters at most."),
        (_, Unfit::NoNumber(_)) => "Write a whole number, such as 30.".into(),
        (_, Unfit::NotWithin { least, most, .. }) => format!("Write a number from {least} to {most}."),
        (_, Unfit::NoSum(_)) => "Write a price such as 120 or 120.00.".into(),
        (_, Unfit::Digits(currency)) if currency.digits() == 0 => {
            format!("{currency} has no decimals: write a whole number.")
        }
        (_, Unfit::Digits(currency)) => format!("Write at most {} digits after the point.", currency.digits()),
        (_, Unfit::TooLarge) => "That is more than can be counted.".into(),
        (_, Unfit::TooFew(_)) => "Write at least two choices, each on its own line.".into(),
        (_, Unfit::TooMany(most)) => format!("{most} choices are the most."),
        (_, Unfit::Word(_)) => "Choose one of these.".into(),
    }
}
