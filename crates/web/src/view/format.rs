//! The one place where dates, times, zones and money become text.
