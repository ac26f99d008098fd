//! Amounts of processor, memory and storage, as Kubernetes writes them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Mul};
use std::str::FromStr;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A quantity that is not negative, exact to a thousandth: `500m`, `2`, `1.5Gi`, `50G`.
///
/// It is written in the canonical form, as the API server stores it, so that what was applied and what
/// is read back are the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Amount {
    thousandths: u128,
}

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no quantity; write a number with its unit, such as 500m, 2 or 512Mi")]
pub struct AmountError(String);

/// The suffixes with the units that they stand for.
const BINARY: [(&str, u128); 6] = [
    ("Ei", 1 << 60),
    ("Pi", 1 << 50),
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
];
const DECIMAL: [(&str, u128); 6] = [
    ("E", 10u128.pow(18)),
    ("P", 10u128.pow(15)),
    ("T", 10u128.pow(12)),
    ("G", 10u128.pow(9)),
    ("M", 10u128.pow(6)),
    ("k", 10u128.pow(3)),
];

/// No quantity of Kubernetes is larger than 2⁶³.
const MOST: u128 = (1 << 63) * 1000;

impl Amount {
    /// This many whole units.
    #[must_use]
    pub const fn whole(units: u64) -> Self {
        Self {
            thousandths: units as u128 * 1000,
        }
    }

    /// Whole units, a begun one counted as one.
    #[must_use]
    pub fn units(self) -> u64 {
        u64::try_from(self.thousandths.div_ceil(1000)).unwrap_or(u64::MAX)
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            thousandths: (self.thousandths + other.thousandths).min(MOST),
        }
    }
}

impl Mul<u32> for Amount {
    type Output = Self;

    fn mul(self, times: u32) -> Self {
        Self {
            thousandths: (self.thousandths * u128::from(times)).min(MOST),
        }
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.thousandths.is_multiple_of(1000) {
            return write!(f, "{}m", self.thousandths);
        }
        let units = self.thousandths / 1000;
        let fits = |&&(_, unit): &&(&str, u128)| units >= unit && units.is_multiple_of(unit);
        // Of the ways to write it, the one with the smallest number.
        let units_of = BINARY.iter().chain(&DECIMAL).filter(fits);
        match units_of.min_by_key(|(_, unit)| units / unit) {
            Some((suffix, unit)) => write!(f, "{}{suffix}", units / unit),
            None => write!(f, "{units}"),
        }
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        parse(text).ok_or_else(|| AmountError(text.to_owned()))
    }
}

/// Digits, perhaps a point and at most six digits, perhaps a suffix. What is finer than a thousandth is
/// rounded up, as the API server does.
fn parse(text: &str) -> Option<Amount> {
    let (number, millionths_per_unit) = if let Some(number) = text.strip_suffix('m') {
        (number, 1_000)
    } else {
        BINARY
            .iter()
            .chain(&DECIMAL)
            .find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit * 1_000_000)))
            .unwrap_or((text, 1_000_000))
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 19
        || fraction.len() > 6
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    let of = |digits: &str| {
        digits
            .parse::<u128>()
            .ok()
            .or(digits.is_empty().then_some(0))
    };
    let scale = 10u128.pow(u32::try_from(fraction.len()).ok()?);
    let millionths = of(whole)? * millionths_per_unit + of(fraction)? * millionths_per_unit / scale;
    let thousandths = millionths.div_ceil(1000);
    (thousandths <= MOST).then_some(Amount { thousandths })
}

impl From<Amount> for Quantity {
    fn from(amount: Amount) -> Self {
        Self(amount.to_string())
    }
}

impl TryFrom<&Quantity> for Amount {
    type Error = AmountError;

    fn try_from(quantity: &Quantity) -> Result<Self, AmountError> {
        quantity.0.parse()
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// From a text, or from a number, which is how YAML reads `cpu: 2` and `cpu: 0.5`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a quantity such as 500m, 2 or 512Mi")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, units: u64) -> Result<Amount, E> {
                units.to_string().parse().map_err(E::custom)
            }

            fn visit_f64<E: de::Error>(self, units: f64) -> Result<Amount, E> {
                units.to_string().parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_amount_is_written_as_the_api_server_stores_it() {
        for (written, canonical) in [
            ("0", "0"),
            ("1", "1"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("0.5", "500m"),
            ("0.0001", "1m"),
            ("1.5Gi", "1536Mi"),
            ("1024Mi", "1Gi"),
            ("1000Ki", "1000Ki"),
            ("50G", "50G"),
            ("1000000", "1M"),
            ("0.1Gi", "107374182400m"),
            ("999999999Pi", ""),
        ] {
            match written.parse::<Amount>() {
                Ok(amount) => assert_eq!(amount.to_string(), canonical, "{written}"),
                Err(_) => assert_eq!(canonical, "", "{written}"),
            }
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", "-1", "1 Gi", "Gi", ".5", "1.2.3", "1g", "1e3", "٣"] {
            assert_eq!(text.parse::<Amount>(), Err(AmountError(text.to_owned())));
        }
    }

    #[test]
    fn yaml_numbers_are_amounts_too() {
        let read = |yaml: &str| serde_saphyr::from_str::<Amount>(yaml).unwrap().to_string();
        assert_eq!(
            ["2", "0.5", "250m", "\"2\""].map(read),
            ["2", "500m", "250m", "2"]
        );
    }

    #[test]
    fn sums_and_products_are_exact() {
        let [half, gibi]: [Amount; 2] = ["500m", "1Gi"].map(|text| text.parse().unwrap());
        assert_eq!((half * 3).to_string(), "1500m");
        assert_eq!(
            [gibi, gibi, half].into_iter().sum::<Amount>().units(),
            (2 << 30) + 1
        );
        assert!(half < Amount::whole(1));
    }
}
