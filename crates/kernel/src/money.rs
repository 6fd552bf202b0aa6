//! Money as whole minor units and an ISO 4217 currency; no fractions, no floats.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An ISO 4217 currency that the program can write amounts in.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The text is no currency code known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no currency is called {0:?}; codes look like USD")]
pub struct NoSuchCurrency(pub String);

/// Active national currencies of ISO 4217; precious metals, funds and test codes are left out.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

impl Currency {
    /// Its three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal digits its minor unit has (ISO 4217): 2, but 0 for yen and its like, 3 for dinars.
    pub fn digits(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
            | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = NoSuchCurrency;
    fn from_str(code: &str) -> Result<Self, NoSuchCurrency> {
        let found = CODES
            .split(' ')
            .find(|c| *c == code)
            .and_then(|c| c.as_bytes().try_into().ok());
        found
            .map(Self)
            .ok_or_else(|| NoSuchCurrency(code.chars().take(16).collect()))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

/// An amount: `minor` units (cents, or yen) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; never a fraction.
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Whether nothing is to be paid.
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum, if both are of one currency and it fits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency).then_some(())?;
        Some(Self::new(self.minor.checked_add(other.minor)?, self.currency))
    }

    /// `percent` of it (0 to 100), rounded down in the payer's favour.
    ///
    /// ```
    /// use kernel::money::Money;
    ///
    /// let price = Money::new(19_501, "USD".parse()?);
    /// assert_eq!(price.share(50).minor, 9_750);
    /// # Ok::<(), kernel::money::NoSuchCurrency>(())
    /// ```
    #[must_use]
    pub fn share(self, percent: u8) -> Self {
        let part = i128::from(self.minor) * i128::from(percent.min(100)) / 100;
        Self::new(i64::try_from(part).unwrap_or(self.minor), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_known_by_their_code_and_digits() {
        assert_eq!("JPY".parse::<Currency>().unwrap().digits(), 0);
        assert_eq!("KWD".parse::<Currency>().unwrap().digits(), 3);
        assert_eq!("USD".parse::<Currency>().unwrap().digits(), 2);
        for bad in ["usd", "US", "USDX", "", "A D", "USD EUR"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
    }

    #[test]
    fn money_adds_within_one_currency_only() {
        let (usd, eur) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
        assert_eq!(
            Money::new(1, usd).checked_add(Money::new(2, usd)),
            Some(Money::new(3, usd))
        );
        assert_eq!(Money::new(1, usd).checked_add(Money::new(2, eur)), None);
        assert_eq!(Money::new(i64::MAX, usd).checked_add(Money::new(1, usd)), None);
        assert_eq!(Money::new(19_501, usd).share(50), Money::new(9_750, usd));
    }
}
