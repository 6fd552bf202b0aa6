//! Other people's programs read what this one writes: calendar programs, Python's mail package, a PDF reader, a real SMTP server.

mod calendars;
mod radicale;
mod receipts;
mod round_trip;
mod signed;
mod smtp;
