//! Numbers of the Image API: bounded integers, and decimals kept exactly.

use std::cmp::Ordering;
use std::fmt;

/// The most digits an integer may be written with; more cannot be a `u32`.
const INTEGER_DIGITS: usize = 10;
/// The most digits before the point of a decimal: percentages and degrees need three.
const WHOLE_DIGITS: usize = 6;
/// The most digits after the point of a decimal: enough for every double written in full near 1.
const FRACTION_DIGITS: usize = 20;
/// 100 / 2^22 is the last that 20 digits after the point can write.
const MOST_HALVINGS: u32 = 22;

/// The integer that `text` writes in decimal digits alone, if it fits 32 bits.
pub(crate) fn integer(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits && text.len() <= INTEGER_DIGITS)
        .then(|| text.parse().ok())
        .flatten()
}

/// Exactly `N` texts between commas, each read by `read`.
pub(crate) fn list<T, const N: usize>(
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Option<[T; N]> {
    let values: Vec<T> = text.splitn(N + 1, ',').map(read).collect::<Option<_>>()?;
    values.try_into().ok()
}

/// A non-negative decimal number, exact: what section 4.7 of Image API 3.0 calls a floating point value.
///
/// Written with digits and at most one point; `.5`, `0.50` and `5.` are read, `0.5` and `5` are
/// written. At most 6 digits before and 20 after the point. Equal values are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The number times `10^scale`, below `10^26`; not divisible by ten unless `scale` is 0.
    units: u128,
    /// The digits after the point, at most [`FRACTION_DIGITS`].
    scale: u32,
}

impl Decimal {
    /// The decimal that `text` writes; `None` for signs, exponents, a lone point, too many digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = whole.bytes().chain(fraction.bytes());
        if whole.len() + fraction.len() == 0
            || whole.len() > WHOLE_DIGITS
            || fraction.len() > FRACTION_DIGITS
            || !digits.clone().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let units = whole
            .bytes()
            .chain(fraction.bytes())
            .fold(0, |units, digit| units * 10 + u128::from(digit - b'0'));
        Some(Self {
            units,
            scale: u32::try_from(fraction.len()).ok()?,
        })
    }

    /// Whether the number is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.units == 0
    }

    /// The number, if it is an integer.
    #[must_use]
    pub fn as_integer(self) -> Option<u32> {
        if self.scale == 0 {
            u32::try_from(self.units).ok()
        } else {
            None
        }
    }

    /// How the number compares with an integer.
    #[must_use]
    pub fn compare(self, integer: u32) -> Ordering {
        self.units.cmp(&(u128::from(integer) * self.one()))
    }

    /// The nearest binary fraction.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.units as f64 / self.one() as f64
    }

    /// That many percent of `whole`, to the nearest integer, halves up.
    #[must_use]
    pub fn percent_of(self, whole: u32) -> u64 {
        let hundred = 100 * self.one();
        let rounded = (self.units * u128::from(whole) + hundred / 2) / hundred;
        // At most 10^6 percent of 2^32.
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }

    /// The `n` for which this many percent is the scale `1 / 2^n`, if there is one.
    pub(crate) fn percent_as_halvings(self) -> Option<u32> {
        let hundred = 100 * self.one();
        (0..=MOST_HALVINGS).find(|halvings| self.units << halvings == hundred)
    }

    /// The units that make 1.
    const fn one(self) -> u128 {
        10_u128.pow(self.scale)
    }
}

impl From<u16> for Decimal {
    fn from(integer: u16) -> Self {
        Self {
            units: u128::from(integer),
            scale: 0,
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = self.one();
        write!(f, "{}", self.units / one)?;
        if self.scale > 0 {
            write!(
                f,
                ".{:0width$}",
                self.units % one,
                width = self.scale as usize
            )?;
        }
        Ok(())
    }
}
