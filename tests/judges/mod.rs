//! Other people's programs read what this one writes: calendar programs, Python's mail package, a real SMTP server.

mod calendars;
mod radicale;
mod round_trip;
mod signed;
mod smtp;
