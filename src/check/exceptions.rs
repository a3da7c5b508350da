//! Exceptions to the rules about words, written where the words are: in a text
//! `<!-- allow "cure": the name of a leaflet -->`, in YAML `# allow "cure": the name of a leaflet`.
//!
//! In a text it holds for the paragraph or item that it stands in or above; in YAML for its own line
//! and the one below.

use crate::{base::span::Span, load::wording::fold};
use std::{cell::Cell, ops::Range};

/// One exception.
#[derive(Debug, PartialEq)]
pub struct Exception {
    /// The words that are right here, as they are compared.
    pub words: String,
    /// Whether it says why.
    pub has_reason: bool,
    /// Where it is written.
    pub span: Span,
    /// The bytes that it holds for.
    scope: Range<usize>,
    /// Whether it was needed.
    pub used: Cell<bool>,
}

impl Exception {
    /// Whether it allows these words at this place; then it was needed.
    pub fn allows(&self, words: &str, span: Span) -> bool {
        let fits = self.scope.contains(&(span.start as usize)) && self.words == fold(words.trim()).0;
        self.used.set(self.used.get() || fits);
        fits
    }
}

/// The exceptions of a file whose front matter, or all of which, is YAML up to the byte `yaml`.
pub fn read(text: &str, yaml: usize) -> Vec<Exception> {
    if memchr::memmem::find(text.as_bytes(), b"allow \"").is_none() {
        return Vec::new();
    }
    let lines: Vec<Range<usize>> = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            *at += line.len();
            Some(*at - line.len()..*at)
        })
        .collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let own = &text[line.clone()];
        let is_yaml = line.start < yaml;
        let opener = if is_yaml { "#" } else { "<!--" };
        let Some((start, rest)) = own.match_indices(opener).find_map(|(at, _)| {
            let rest = own[at + opener.len()..].trim_start().strip_prefix("allow \"")?;
            Some((at, rest))
        }) else {
            continue;
        };
        let Some((words, after)) = rest.split_once('"') else { continue };
        let after = after.split("-->").next().unwrap_or_default().trim();
        let scope = if is_yaml { i..(i + 2).min(lines.len()) } else { paragraph(text, &lines, i) };
        found.push(Exception {
            words: fold(words.trim()).0,
            has_reason: after.strip_prefix(':').is_some_and(|reason| !reason.trim().is_empty()),
            span: Span::new(line.start + start..line.start + own.trim_end().len()),
            scope: lines[scope.start].start..lines[scope.end - 1].end,
            used: Cell::new(false),
        });
    }
    found
}

/// The lines of the paragraph or list item that a line belongs to; those of what follows where the line
/// stands alone.
fn paragraph(text: &str, lines: &[Range<usize>], line: usize) -> Range<usize> {
    let own = |i: usize| text[lines[i].clone()].trim();
    let is_alone = own(line).starts_with("<!--") && own(line).ends_with("-->");
    let mut start = line;
    while start > 0 && !is_alone && !begins_item(own(start)) && !own(start - 1).is_empty() {
        start -= 1;
    }
    let mut end = line + 1;
    if is_alone {
        end += (end..lines.len()).take_while(|i| own(*i).is_empty()).count();
        end = (end + 1).min(lines.len());
    }
    end += (end..lines.len()).take_while(|i| !own(*i).is_empty() && !begins_item(own(*i))).count();
    start..end
}

/// Whether a line begins an item of a list.
fn begins_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < line.len() && rest.starts_with(['.', ')']);
    let mark = if numbered { &rest[1..] } else { line.strip_prefix(['-', '*', '+']).unwrap_or("x") };
    mark.starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn allowed(text: &str, yaml: usize, word: &str) -> Vec<usize> {
        let exceptions = read(text, yaml);
        let places = text
            .match_indices(word)
            .filter(|(at, _)| exceptions.iter().any(|own| own.allows(word, Span::new(*at..*at + word.len()))));
        let lines: BTreeSet<usize> = places.map(|(at, _)| text[..at].matches('\n').count() + 1).collect();
        lines.into_iter().collect()
    }

    #[test]
    fn an_exception_holds_for_its_own_paragraph() {
        let text = "A cure.\n\nThe Cure,\na cure <!-- allow \"a cure\": a leaflet -->\nA cure.\n\na cure\n";
        assert_eq!(allowed(text, 0, "a cure"), [4]);
    }

    #[test]
    fn one_that_stands_alone_holds_for_what_follows() {
        assert_eq!(allowed("<!-- allow \"stop\": why -->\n\nstop\nstop\n\nstop\n", 0, "stop"), [1, 3, 4]);
    }

    #[test]
    fn in_a_list_it_holds_for_one_item() {
        let text = "- stop\n- stop <!-- allow \"stop\": why -->\n  stop\n- stop\n\n<!-- allow \"stop\": why -->\n- stop\n- stop\n";
        assert_eq!(allowed(text, 0, "stop"), [2, 3, 6, 7]);
    }

    #[test]
    fn in_yaml_it_holds_for_its_line_and_the_next() {
        let text = "a: stop # allow \"stop\": why\nb: stop\nc: stop\n";
        assert_eq!(allowed(text, text.len(), "stop"), [1, 2]);
    }

    #[test]
    fn a_reason_is_asked_for() {
        assert!(!read("<!-- allow \"x\" -->\n", 0)[0].has_reason);
        assert!(read("<!-- allow \"x\": it is a name -->\n", 0)[0].has_reason);
    }
}
