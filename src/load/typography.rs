//! Quotation marks, apostrophes, dashes and ellipses as a language sets them.
//!
//! The marks are those of CLDR (<https://cldr.unicode.org>, "delimiters").

use crate::base::lang::Lang;
use std::borrow::Cow;

/// How a language sets what a keyboard writes plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typography {
    /// Whether anything is changed at all.
    pub smart: bool,
    /// Opening and closing double marks, then single ones.
    marks: [&'static str; 4],
}

const ENGLISH: [&str; 4] = ["“", "”", "‘", "’"];

impl Typography {
    /// Everything stays as it was typed.
    pub const PLAIN: Typography = Typography { smart: false, marks: ENGLISH };

    /// The typography of a language, if the site asks for any.
    pub fn of(lang: &Lang, smart: bool) -> Typography {
        let marks = match lang.base() {
            "de" | "cs" | "sk" | "sl" | "is" | "lt" | "et" => ["„", "“", "‚", "‘"],
            "pl" | "ro" | "hu" | "hr" => ["„", "”", "‚", "’"],
            "fr" => ["«\u{a0}", "\u{a0}»", "‹\u{a0}", "\u{a0}›"],
            "es" | "it" | "pt" | "ca" | "gl" | "eu" | "el" if lang.tag() != "pt-BR" => ["«", "»", "“", "”"],
            "ru" | "uk" | "be" | "bg" => ["«", "»", "„", "“"],
            "ar" | "fa" => ["”", "“", "’", "‘"],
            "nb" | "nn" | "no" | "da" => ["«", "»", "‘", "’"],
            "sv" | "fi" => ["”", "”", "’", "’"],
            "ja" | "zh" if lang.base() == "ja" || lang.tag().contains("Hant") => ["「", "」", "『", "』"],
            _ => ENGLISH,
        };
        Typography { smart, marks }
    }

    /// The mark of this language for one that the parser set as English does. `closes` tells a
    /// single mark that ends a quotation from an apostrophe.
    pub fn mark(&self, english: &str, closes: bool) -> Option<&'static str> {
        match english {
            "“" => Some(self.marks[0]),
            "”" => Some(self.marks[1]),
            "‘" => Some(self.marks[2]),
            "’" if closes => Some(self.marks[3]),
            "’" => Some("’"),
            _ => None,
        }
    }

    /// A line of plain text (a title, a summary) as the language sets it.
    pub fn line<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.smart || !text.contains(['"', '\'', '-', '.']) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len() + 8);
        let mut before: Option<char> = None;
        let mut single_open = false;
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let after = rest[c.len_utf8()..].chars().next();
            let opens = before.is_none_or(|c| c.is_whitespace() || "([{–—«“„‘‚\"'".contains(c))
                && after.is_some_and(|c| !c.is_whitespace());
            let (set, taken): (&str, usize) = match c {
                '"' if opens => (self.marks[0], 1),
                '"' => (self.marks[1], 1),
                // 'tis the year '26: a digit after it is no quotation.
                '\'' if opens && !after.is_some_and(|c| c.is_ascii_digit()) && rest[1..].contains('\'') => {
                    single_open = true;
                    (self.marks[2], 1)
                }
                '\'' => {
                    let inside = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
                    let closes = single_open && !inside;
                    single_open &= inside;
                    (if closes { self.marks[3] } else { "’" }, 1)
                }
                '-' if rest.starts_with("---") => ("—", 3),
                '-' if rest.starts_with("--") => ("–", 2),
                '.' if rest.starts_with("...") => ("…", 3),
                _ => (&rest[..c.len_utf8()], c.len_utf8()),
            };
            out.push_str(set);
            before = Some(c);
            rest = &rest[taken..];
        }
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(lang: &str, text: &str) -> String {
        Typography::of(&Lang::parse(lang).unwrap(), true).line(text).into_owned()
    }

    #[test]
    fn each_language_has_its_own_marks() {
        assert_eq!(line("en", "\"It isn't 'me'\" -- or is it..."), "“It isn’t ‘me’” – or is it…");
        assert_eq!(line("de", "\"Es ist 'gut'\""), "„Es ist ‚gut‘“");
        assert_eq!(line("es", "\"Hola\""), "«Hola»");
        assert_eq!(line("fr", "\"L'heure\""), "«\u{a0}L’heure\u{a0}»");
    }

    #[test]
    fn an_apostrophe_is_no_quotation() {
        assert_eq!(line("de", "Geht's, Hans' Haus"), "Geht’s, Hans’ Haus");
        assert_eq!(line("en", "the '90s"), "the ’90s");
    }

    #[test]
    fn plain_means_untouched() {
        assert_eq!(Typography::PLAIN.line("\"a\" -- b"), "\"a\" -- b");
    }
}
