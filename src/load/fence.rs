//! Where the front matter ends and the text begins.

use crate::{base::span::Span, settings::common::COMMON_KEYS};
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
    if text[start..].starts_with("---\r") {
        return wrong(
            first.start,
            3,
            "the lines of this file end with a carriage return alone",
            "Save the file with the line ends of this system or of Unix; every editor can.",
        );
    }
    let invisible = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}'];
    if opener.starts_with(invisible) && opener.trim_start_matches(invisible).starts_with("---") {
        let len = opener.len() - opener.trim_start_matches(invisible).len();
        return wrong(
            first.start,
            len,
            "characters that cannot be seen stand before the front matter",
            "Delete everything before the three hyphens (---), and type them anew if need be.",
        );
    }
    // The line after it; or, past blanks and comments, one that can only be front matter.
    let rest: Vec<&str> = lines.map(|(_, line)| line).take(20).collect();
    let next = rest.first().copied().unwrap_or_default();
    let said = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let second = rest.iter().find(said).copied().unwrap_or_default();
    let known = |key: &str| COMMON_KEYS.contains(&key.trim()) || key.trim() == "draft";
    let is_setting = is_key(next)
        || is_key(second) && known(second.split(':').next().unwrap_or_default())
        || second.split_once('=').is_some_and(|(key, _)| known(key));
    let squeezed: String = opener.chars().filter(|c| !c.is_whitespace()).collect();
    let drawn = squeezed.chars().count() >= 2 && squeezed.chars().all(|c| "-+*=~—–_.".contains(c));
    let meant = ["```yaml", "```yml", "~~~yaml", "{"].contains(&squeezed.as_str()) || opener.starts_with("---");
    let json = second.trim_start().starts_with('"');
    if drawn && is_setting || squeezed == "+++" || meant && (is_setting || json) {
        let message = format!("the front matter begins with \"{}\" and not with \"---\"", opener.trim());
        return wrong(
            first.start,
            opener.len(),
            &message,
            "Put exactly three hyphens (---) on the line before its first key and on the line after its last, and write YAML between them.",
        );
    }
    let begins_with_key = is_key(opener) && COMMON_KEYS.contains(&opener.split(':').next().unwrap_or_default());
    if begins_with_key && self::lines(text, start).take(60).any(|(_, line)| line.trim_end() == "---") {
        return wrong(
            first.start,
            opener.len(),
            "the line before the first key of the front matter is missing",
            "Put three hyphens (---) on a line of their own before it.",
        );
    }
    // Blank lines, words or a comment before the fence.
    let mut lines = self::lines(text, start).take(20).skip(1).skip_while(|(_, line)| line.trim_end() != "---");
    if let (Some((range, _)), Some((_, next))) = (lines.next(), lines.next())
        && is_key(next)
        && COMMON_KEYS.contains(&next.split(':').next().unwrap_or_default())
    {
        return wrong(
            range.start,
            3,
            "the front matter does not begin on the first line",
            "Move the three hyphens (---) to the very first line of the file, with nothing before them.",
        );
    }
    Fence::None(start)
}

fn wrong(at: usize, len: usize, message: &str, help: &str) -> Fence {
    Fence::Wrong(Wrong { message: message.into(), help: help.into(), span: Span::new(at..at + len) })
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
        for before in ["\n\n", "Some words.\n\n", "<!-- a comment -->\n"] {
            assert!(wrong(&format!("{before}---\ntitle: A\n---\n")).contains("first line"), "{before:?}");
        }
        for fence in [" ---", "- - -", "--- # draft", "---yaml", "```yaml", "{", "----\n\n# a comment"] {
            assert!(wrong(&format!("{fence}\ntitle: A\n---\n")).contains("begins with"), "{fence}");
        }
        assert!(wrong("++++++\ntitle = \"A\"\ndraft = true\n++++++\n").contains("++++++"));
        assert!(wrong("title: A\nstatus: draft\n---\nText.\n").contains("missing"));
        assert!(wrong("\u{feff}\u{feff}---\nstatus: draft\n---\n").contains("cannot be seen"));
        assert!(wrong("\u{200b}---\nstatus: draft\n---\n").contains("cannot be seen"));
        assert!(wrong("---\rstatus: draft\r---\r").contains("carriage return"));
    }

    #[test]
    fn a_rule_at_the_top_of_a_text_is_a_rule() {
        assert_eq!(split("***\n\nText: more\n"), Fence::None(0));
        assert_eq!(split("A heading\n---\nWords: and more.\n"), Fence::None(0));
        assert_eq!(split(""), Fence::None(0));
    }
}
