//! Consent: asking first, the same answer for every address, and leaving in one tap.
