//! Telephone numbers in a text.

use std::ops::Range;

/// The least number of digits that a number to ring or to text has: 999, 112, 988.
const LEAST: usize = 3;

/// The runs of digits in a text that could be numbers to ring: digits, and what stands between the
/// groups of a number. A number that is a part of a word, an address, a date, a span of years or a
/// decimal is none.
pub fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let digit = at + offset;
        let lead = text[..digit].trim_end_matches(['(', '+']).len().max(at);
        let run = &text[digit..];
        let len = run.find(|c: char| !(c.is_ascii_digit() || is_between(c))).unwrap_or(run.len());
        let end = digit + run[..len].trim_end_matches(|c: char| !c.is_ascii_digit()).len();
        let before = text[..lead].chars().next_back();
        let after = (bytes.get(end), bytes.get(end + 1));
        let is_book = text[..lead].trim_end().ends_with("ISBN");
        let joined = is_book
            || before.is_some_and(|c| c.is_alphanumeric() || "./:-_@#£$€".contains(c))
            || text[end..].starts_with(|c: char| c.is_alphanumeric() || "/_@%".contains(c))
            || matches!(after, (Some(b'.' | b',' | b':'), Some(next)) if next.is_ascii_digit());
        if !joined && digits(&text[lead..end]).len() >= LEAST && !is_span(&text[lead..end]) {
            found.push(lead..end);
        }
        // What hangs together with this run is no number of its own either.
        at = digit + len;
        if joined {
            at += text[at..].find(|c: char| c.is_whitespace()).unwrap_or(text.len() - at);
        }
    }
    found
}

/// The digits of each number in a text.
pub fn all_digits(text: &str) -> Vec<String> {
    numbers(text).into_iter().map(|number| digits(&text[number])).collect()
}

/// The digits of a number, without what stands between them.
pub fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a number is surely one to ring, and not a count: it is long, and not parted as thousands are.
pub fn is_surely_one(number: &str) -> bool {
    let own = digits(number);
    let parted = |c: char| c.is_whitespace() || c == '.';
    let mut groups = number.split(parted);
    let thousands = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && !first.starts_with('0'))
        && number.split(parted).skip(1).all(|group| group.len() == 3)
        && own.len() == number.chars().filter(|c| !parted(*c)).count();
    own.len() >= 7 && !thousands || own.len() >= 12
}

/// What may stand between the groups of a number.
fn is_between(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2011}' | '\u{2013}' | '(' | ')' | '.' | '/')
}

/// Whether it is a span of years or a date: 2018-2024, 2026-11-20.
fn is_span(number: &str) -> bool {
    let lens: Vec<usize> = number.split(['-', '\u{2013}', '.', '/']).map(str::len).collect();
    matches!(lens[..], [4, 4] | [4, 2, 2] | [4, 2] | [2, 2, 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        numbers(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn numbers_are_found_whole() {
        assert_eq!(found("Ring 116 123, or text SHOUT to 85258."), ["116 123", "85258"]);
        assert_eq!(found("112 or 999"), ["112", "999"]);
        assert_eq!(found("+44 (0)20 7946 0000 by day"), ["+44 (0)20 7946 0000"]);
        assert_eq!(found("(020) 7946-0000"), ["(020) 7946-0000"]);
    }

    #[test]
    fn dates_years_addresses_and_decimals_are_none() {
        for text in [
            "2018-2024",
            "2018–2024",
            "on 2026-11-20",
            "20.11.2026",
            "ISBN 978 0 14 312774 1",
            "10.1037/pst0000172",
            "PMC9840508",
            "1,234,567",
            "r = .278",
            "£1500",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn a_count_is_no_number_to_ring() {
        assert!(!is_surely_one("30 000") && !is_surely_one("1 000 000") && !is_surely_one("2018"));
        assert!(!is_surely_one("1.234.567"));
        assert!(is_surely_one("0300.123.4567") && is_surely_one("0800/1110303") && is_surely_one("0800–111–0303"));
        assert!(is_surely_one("020 7946 0000") && is_surely_one("800 273 8255") && is_surely_one("07700 900123"));
    }
}
