//! Words of the glossary in a text: where each is first used.
//!
//! Which words there are is known only when everything has been read, so this is a step of its own,
//! remembered by the text and by the list of words.

use super::{
    blocks,
    markdown::{Step, steps},
    typography::Typography,
};
use crate::base::{digest::Digest, span::Span};
use aho_corasick::{AhoCorasick, MatchKind};
use pulldown_cmark::{CowStr, Event, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, ops::Range};

/// The words that a text may use, in one language.
#[derive(Debug)]
pub struct Vocabulary {
    finder: Option<AhoCorasick>,
    /// The number of the term that each pattern is a form of.
    terms: Vec<u32>,
    /// The digest of the words.
    pub digest: Digest,
}

/// The first uses of terms in a text, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Uses {
    /// The numbers of the terms.
    pub terms: Vec<u32>,
    /// Where each is used, in the text.
    pub spans: Vec<Span>,
    /// Whether the text could not be read when it was wanted: then nothing is known.
    pub is_passing: bool,
}

impl Vocabulary {
    /// A vocabulary of terms, each with all its forms.
    pub fn new(terms: &[Vec<String>]) -> Vocabulary {
        let mut patterns: Vec<String> = Vec::new();
        let mut numbers = Vec::new();
        let mut known = HashSet::new();
        // What a term is called comes before what another is called too; of two terms with one form the
        // first has it.
        let called = terms.iter().enumerate().flat_map(|(number, forms)| forms.first().map(|form| (number, form)));
        let others = terms.iter().enumerate().flat_map(|(n, forms)| forms.iter().skip(1).map(move |form| (n, form)));
        for (number, form) in called.chain(others) {
            for pattern in cases(form.trim()).iter().flat_map(|form| written(form)) {
                if known.insert(pattern.clone()) {
                    patterns.push(pattern);
                    numbers.push(number as u32);
                }
            }
        }
        let finder = (!patterns.is_empty())
            .then(|| AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok())
            .flatten();
        Vocabulary { finder, terms: numbers, digest: Digest::of_value(terms) }
    }

    /// Where a text first uses each of the words: never in headings, links, code or pictures.
    pub fn uses(&self, text: &str) -> Uses {
        let mut uses = Uses::default();
        let Some(finder) = self.finder.as_ref().filter(|finder| finder.is_match(text)) else { return uses };
        let mut seen = HashSet::new();
        let mut take = |run: Range<usize>| {
            for found in finder.find_iter(&text[run.clone()]) {
                let span = run.start + found.start()..run.start + found.end();
                let term = self.terms[found.pattern().as_usize()];
                if is_word(text, &span) && seen.insert(term) {
                    uses.terms.push(term);
                    uses.spans.push(Span::new(span));
                }
            }
        };
        let prepared = blocks::prepare(text);
        let (mut inside, mut run) = (0u32, 0..0);
        for (step, range) in steps(&prepared, Typography::PLAIN) {
            let is_text = inside == 0 && matches!(step, Step::Markdown(Event::Text(_) | Event::SoftBreak));
            if !is_text || range.start != run.end {
                take(std::mem::replace(&mut run, range.start..range.start));
            }
            match step {
                Step::Markdown(Event::Start(tag)) if is_closed_to_links(&tag) => inside += 1,
                Step::Markdown(Event::End(tag)) if ends_closed(&tag) => inside -= 1,
                Step::Markdown(Event::InlineHtml(html) | Event::Html(html)) => {
                    let html = html.to_ascii_lowercase();
                    let (opened, closed) = (html.matches("<a ").count() as u32, html.matches("</a").count() as u32);
                    inside = (inside + opened).saturating_sub(closed);
                }
                _ if is_text => run.end = range.end,
                _ => {}
            }
        }
        take(run);
        uses
    }
}

/// A form as it is written, and as it is at the beginning of a sentence and inside one. An
/// abbreviation (`CBT`) is only itself.
fn cases(form: &str) -> Vec<String> {
    let mut letters = form.chars();
    let first = letters.next().into_iter();
    let rest = letters.as_str();
    if rest.chars().any(char::is_uppercase) {
        return vec![form.into()];
    }
    vec![
        first.clone().flat_map(char::to_lowercase).chain(rest.chars()).collect(),
        first.flat_map(char::to_uppercase).chain(rest.chars()).collect(),
    ]
}

/// A form as a text may have it: with a line's end for one of its blanks, with a straight apostrophe or
/// a curved one.
fn written(form: &str) -> Vec<String> {
    if form.is_empty() {
        return Vec::new();
    }
    let curved = form.replace('\'', "’");
    let straight = form.replace('’', "'");
    let mut all = vec![straight];
    if all[0] != curved {
        all.push(curved);
    }
    for own in all.clone() {
        let blanks = own.match_indices(' ').map(|(at, _)| format!("{}\n{}", &own[..at], &own[at + 1..]));
        all.extend(blanks);
    }
    all
}

/// Whether no letter or digit stands on either side.
fn is_word(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].chars().next_back();
    let after = text[span.end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

fn is_closed_to_links(tag: &Tag) -> bool {
    matches!(tag, Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::TableHead)
}

fn ends_closed(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock | TagEnd::TableHead)
}

/// The steps of a text with the beginning and the end of each use among them.
pub fn mark<'a>(steps: impl Iterator<Item = (Step<'a>, Range<usize>)>, uses: &[Span]) -> Vec<Step<'a>> {
    let mut out = Vec::new();
    let mut uses = uses.iter().map(|span| span.start as usize..span.end as usize).peekable();
    for (step, range) in steps {
        let Step::Markdown(Event::Text(text)) = &step else {
            out.push(step);
            continue;
        };
        let mut at = range.start;
        // A mark that typography put in has another length, and never stands at a use's edge.
        let verbatim = text.len() == range.len();
        let mut piece = |out: &mut Vec<Step<'a>>, to: usize| {
            if verbatim && to > at {
                let part = text[at - range.start..to - range.start].to_string();
                out.push(Step::Markdown(Event::Text(CowStr::from(part))));
                at = to;
            }
        };
        let mut whole = true;
        while let Some(next) = uses.peek().filter(|next| next.start < range.end) {
            if next.start >= range.start {
                whole = false;
                piece(&mut out, next.start);
                out.push(Step::TermStart);
            }
            if next.end > range.end {
                break;
            }
            whole = false;
            piece(&mut out, next.end);
            out.push(Step::TermEnd);
            uses.next();
        }
        match whole || !verbatim {
            true => out.push(step),
            false => piece(&mut out, range.end),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(text: &str) -> Vec<&str> {
        let forms = |forms: &[&str]| forms.iter().map(|form| form.to_string()).collect();
        let vocabulary =
            Vocabulary::new(&[forms(&["Client", "clients"]), forms(&["CBT"]), forms(&["Parkinson's disease"])]);
        vocabulary.uses(text).spans.iter().map(|span| &text[span.within(text)]).collect()
    }

    #[test]
    fn a_word_is_found_where_it_is_first_used_as_a_word() {
        assert_eq!(used("Clientele. A client, and clients, and CBT but not cbt."), ["client", "CBT"]);
        assert_eq!(used("Clients first."), ["Clients"]);
        assert_eq!(used("With Parkinson's disease."), ["Parkinson's disease"]);
        assert_eq!(used("With Parkinson’s\ndisease."), ["Parkinson’s\ndisease"]);
    }

    #[test]
    fn headings_links_code_and_pictures_are_left_alone() {
        let text =
            "## A client\n\n[client](x.md) `client` ![client](a.png) <a href=\"/x/\">client</a>\n\n```\nclient\n```\n";
        assert_eq!(used(text), Vec::<&str>::new());
    }

    #[test]
    fn a_use_is_marked_between_the_pieces_of_its_text() {
        let text = "A client's view.";
        let prepared = blocks::prepare(text);
        let smart = Typography::of(&crate::base::lang::Lang::parse("en").unwrap(), true);
        let shown: String = mark(steps(&prepared, smart), &[Span::new(2..8)])
            .iter()
            .map(|step| match step {
                Step::Markdown(Event::Text(text)) => text.to_string(),
                Step::TermStart => "<".into(),
                Step::TermEnd => ">".into(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(shown, "A <client>’s view.");
    }
}
