//! Calendar days. Nothing below `main` asks a clock: today is an input of the build.

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};

/// A day in the Gregorian calendar, written `2026-11-20` (ISO 8601, RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day on which `seconds` after 1970-01-01T00:00:00Z falls in UTC; `None` out of range.
    pub fn from_unix(seconds: i64) -> Option<Date> {
        let stamp = jiff::Timestamp::from_second(seconds).ok()?;
        Some(Date(jiff::tz::Offset::UTC.to_datetime(stamp).date()))
    }

    /// Days from `earlier` to this day; negative when this day comes first.
    pub fn days_since(self, earlier: Date) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    /// Year, month (1–12) and day of the month.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }
}

impl FromStr for Date {
    type Err = String;

    /// Reads `YYYY-MM-DD`. The error says in plain words what is wrong.
    fn from_str(text: &str) -> Result<Date, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let [y, m, d] = parts[..] else {
            return Err("it is not written year-month-day".into());
        };
        let digits = |s: &str, n| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(y, 4) || !digits(m, 2) || !digits(d, 2) {
            return Err("it is not written year-month-day".into());
        }
        let number = |s: &str| s.parse::<i16>().unwrap_or_default();
        civil::Date::new(number(y), number(m) as i8, number(d) as i8)
            .map(Date)
            .map_err(|_| format!("there is no {text} in the calendar"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_does_not_exist_is_refused_in_words() {
        assert_eq!("2026-02-30".parse::<Date>().unwrap_err(), "there is no 2026-02-30 in the calendar");
        assert!("20.11.2026".parse::<Date>().is_err());
        assert!("2026-1-5".parse::<Date>().is_err());
    }

    #[test]
    fn the_unix_epoch_is_a_thursday_in_1970() {
        assert_eq!(Date::from_unix(86_399).unwrap().to_string(), "1970-01-01");
        assert_eq!(Date::from_unix(86_400).unwrap().to_string(), "1970-01-02");
    }
}
