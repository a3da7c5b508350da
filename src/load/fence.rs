//! Where the front matter ends and the text begins.

use crate::base::span::Span;
use std::ops::Range;

/// How a file begins.
#[derive(Debug, PartialEq)]
pub enum Fence {
    /// With front matter: the bytes of its YAML, and the byte at which the body begins.
    Front(Range<usize>, usize),
    /// Without; the body begins at this byte.
    None(usize),
    /// With something that was meant as front matter. What is not understood must not be
    /// published: it may say `status: draft`.
    Wrong(Wrong),
}

/// A fence that is not right.
#[derive(Debug, PartialEq)]
pub struct Wrong {
    /// In plain words.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where.
    pub span: Span,
}

/// Splits a file. Accepts a byte order mark and either kind of line end.
pub fn split(text: &str) -> Fence {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = lines(text, start);
    let Some((first, line)) = lines.next() else {
        return Fence::None(start);
    };
    let opener = line.trim_end();
    if opener == "---" {
        for (range, line) in lines {
            if line.trim_end() == "---" {
                return Fence::Front(first.end..range.start, range.end);
            }
        }
        return Fence::Wrong(Wrong {
            message: "the front matter is opened and never closed".into(),
            help: "Put a line of exactly three hyphens (---) after its last key.".into(),
            span: Span::new(first.start..first.start + 3),
        });
    }
    let second = lines.next().map_or("", |(_, line)| line);
    let fence_like = opener.chars().count() >= 2 && opener.chars().all(|c| "-+*=~—–_.".contains(c));
    if fence_like && (is_key(second) || opener == "+++") {
        return Fence::Wrong(Wrong {
            message: format!("the front matter begins with \"{opener}\" and not with \"---\""),
            help: "Put exactly three hyphens (---) on the line before its first key and on the line after its last, and write YAML between them.".into(),
            span: Span::new(first.start..first.start + opener.len()),
        });
    }
    // A blank line, or words, before the fence.
    if let Some((range, _)) = self::lines(text, start)
        .take(20)
        .skip_while(|(_, line)| line.trim().is_empty())
        .take(1)
        .find(|(range, line)| range.start > start && line.trim_end() == "---")
        && self::lines(text, range.end).next().is_some_and(|(_, line)| is_key(line))
    {
        return Fence::Wrong(Wrong {
            message: "the front matter does not begin on the first line".into(),
            help: "Remove the blank lines before the three hyphens (---).".into(),
            span: Span::new(range.start..range.start + 3),
        });
    }
    Fence::None(start)
}

/// Whether a line reads like `key: value`.
fn is_key(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
            && (rest.trim_end().is_empty() || rest.starts_with(' '))
    })
}

fn lines(text: &str, start: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = start;
    text[start..].split_inclusive('\n').map(move |line| {
        let range = at..at + line.len();
        at = range.end;
        (range, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        match split(text) {
            Fence::Wrong(wrong) => wrong.message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn front_matter_with_either_line_end_and_a_byte_order_mark() {
        assert_eq!(split("---\na: 1\n---\ntext"), Fence::Front(4..9, 13));
        assert_eq!(split("---\r\na: 1\r\n---\r\ntext"), Fence::Front(5..11, 16));
        assert_eq!(split("\u{feff}---\na: 1\n---\n"), Fence::Front(7..12, 16));
    }

    #[test]
    fn what_was_meant_as_front_matter_is_never_taken_for_text() {
        assert!(wrong("+++\ntitle = 1\n+++\n").contains("\"+++\""));
        assert!(wrong("--\ntitle: A\n--\n").contains("\"--\""));
        assert!(wrong("———\ntitle: A\n———\n").contains("———"));
        assert!(wrong("---\ntitle: A\n").contains("never closed"));
        assert!(wrong("\n\n---\ntitle: A\n---\n").contains("first line"));
    }

    #[test]
    fn a_rule_at_the_top_of_a_text_is_a_rule() {
        assert_eq!(split("***\n\nText: more\n"), Fence::None(0));
        assert_eq!(split(""), Fence::None(0));
    }
}
