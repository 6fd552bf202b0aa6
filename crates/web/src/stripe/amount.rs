//! Amounts as Stripe writes them, which is not always as ISO 4217 does: "Zero-decimal currencies" and "Special cases" of its docs.

use kernel::money::{Currency, Money};

/// How many decimal digits Stripe's smallest unit of a currency has.
fn digits(currency: Currency) -> u32 {
    match currency.code() {
        // Whole ones in ISO 4217, but written with two digits there.
        "ISK" | "UGX" => 2,
        // Two digits in ISO 4217, but whole ones there.
        "MGA" => 0,
        _ => currency.digits(),
    }
}

/// The amount as Stripe wants it; `None` when it cannot be said there (a fraction of its smallest unit, or too much).
pub fn to_stripe(amount: Money) -> Option<i64> {
    let (ours, theirs) = (amount.currency.digits(), digits(amount.currency));
    let minor = if theirs >= ours {
        amount.minor.checked_mul(10_i64.checked_pow(theirs - ours)?)?
    } else {
        let by = 10_i64.checked_pow(ours - theirs)?;
        (amount.minor % by == 0).then_some(amount.minor / by)?
    };
    // "The last digit of three-decimal currencies is always 0."
    (theirs < 3 || minor % 10 == 0).then_some(minor)
}

/// What Stripe's amount of a currency (lower-case letters) is; `None` when we know no such amount.
pub fn from_stripe(minor: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.to_ascii_uppercase().parse().ok()?;
    let (ours, theirs) = (currency.digits(), digits(currency));
    let minor = if theirs >= ours {
        let by = 10_i64.checked_pow(theirs - ours)?;
        (minor % by == 0).then_some(minor / by)?
    } else {
        minor.checked_mul(10_i64.checked_pow(ours - theirs)?)?
    };
    Some(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_stripe_does() {
        for (ours, code, theirs) in [
            (19_500, "USD", Some(19_500)),
            (9_000, "JPY", Some(9_000)),
            (9_000, "KRW", Some(9_000)),
            (90, "ISK", Some(9_000)),
            (9_000, "UGX", Some(900_000)),
            (9_000, "MGA", Some(90)),
            (9_050, "MGA", None),
            (9_000, "KWD", Some(9_000)),
            (9_005, "KWD", None),
            (i64::MAX, "ISK", None),
        ] {
            let amount = Money::new(ours, code.parse().unwrap());
            assert_eq!(to_stripe(amount), theirs, "{amount:?}");
            if let Some(theirs) = theirs {
                assert_eq!(from_stripe(theirs, &code.to_lowercase()), Some(amount));
            }
        }
        assert_eq!(from_stripe(100, "xyz"), None);
        assert_eq!(from_stripe(150, "isk"), None);
    }
}
