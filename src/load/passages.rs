//! What a reader reads of a text, passage by passage, without its markup: for the rules about words,
//! numbers, claims and reading.

use super::{
    blocks::{self, Action},
    markdown::{LinkKind, Step, codes, link_kind, steps},
    typography::Typography,
};
use crate::base::span::Span;
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use std::ops::Range;

/// What a passage is in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sentences: a paragraph, an item of a list.
    Running,
    /// Words that are no sentences: a heading, the cell of a table, the title of a block.
    Aside,
}

/// A stretch of words that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Passage {
    /// The words, white space as single blanks.
    pub text: String,
    /// What it is.
    pub role: Role,
    /// Whether it stands beside a source.
    pub cites: bool,
    /// The codes in brackets that it cites.
    pub codes: Vec<String>,
    /// The links in it that lead to a number to ring or to text: where they are written, and the number.
    pub numbers: Vec<(Span, String)>,
    /// Where a piece of the words begins, and the byte of the source that it begins at.
    pieces: Vec<(usize, usize)>,
    /// Where all of it is written, when it does not stand in the source as it reads.
    whole: Option<Span>,
}

impl Passage {
    /// A passage that stands in the source just as it reads, from the byte `start`.
    pub fn plain(text: &str, start: usize) -> Passage {
        let mut passage = Passage::new(Role::Running);
        passage.push(text, start);
        passage
    }

    fn new(role: Role) -> Passage {
        Passage {
            text: String::new(),
            role,
            cites: false,
            codes: Vec::new(),
            numbers: Vec::new(),
            pieces: Vec::new(),
            whole: None,
        }
    }

    fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// The bytes of the source that some bytes of the words stand for.
    pub fn span(&self, range: Range<usize>) -> Span {
        if let Some(whole) = self.whole {
            return whole;
        }
        let at = |byte: usize| {
            let piece = self.pieces.iter().rev().find(|(start, _)| *start <= byte);
            piece.map_or(0, |(start, source)| source + byte - start)
        };
        // The end follows from the last byte, which may be in a later piece than the first.
        Span::new(at(range.start)..at(range.end.saturating_sub(1)) + 1)
    }

    /// The same passage of a text that is written there, in other characters than it reads: folded, or with
    /// escapes.
    pub fn written(mut self, whole: Span) -> Passage {
        self.numbers.iter_mut().for_each(|(span, _)| *span = whole);
        self.whole = Some(whole);
        self
    }

    /// The same passage of a text that begins `by` bytes into the file.
    pub fn moved(mut self, by: usize) -> Passage {
        self.pieces.iter_mut().for_each(|(_, source)| *source += by);
        self.numbers.iter_mut().for_each(|(span, _)| *span = span.moved(by));
        self
    }
}

/// The passages of a Markdown text in their order.
pub fn read(text: &str) -> Vec<Passage> {
    let prepared = blocks::prepare(text);
    let mut pass =
        Pass { out: Vec::new(), open: Passage::new(Role::Running), cited: false, in_code: false, comment: false };
    for (step, range) in steps(&prepared, Typography::PLAIN) {
        match step {
            Step::Block(marker) => {
                pass.end();
                if let Action::Open { title, .. } = &marker.action
                    && !title.is_empty()
                {
                    let line = &text[range.clone()];
                    let at = range.start + line.find(title.as_str()).unwrap_or_default();
                    pass.out.push(Passage { role: Role::Aside, ..Passage::plain(title, at) });
                }
            }
            Step::Markdown(event) => pass.event(event, range),
            Step::TermStart | Step::TermEnd => {}
        }
    }
    pass.end();
    pass.out
}

/// Whether the first thing in a text is a block of this name with something in it.
pub fn begins_with(text: &str, name: &str) -> bool {
    let prepared = blocks::prepare(text);
    let first = prepared.markers.first().filter(|marker| text[..marker.span.start as usize].trim().is_empty());
    first.is_some_and(|marker| matches!(&marker.action, Action::Open { name: own, empty: false, .. } if own == name))
}

struct Pass {
    out: Vec<Passage>,
    open: Passage,
    /// Whether a citation is open: its code is no word.
    cited: bool,
    in_code: bool,
    /// Whether a comment of raw HTML is open.
    comment: bool,
}

impl Pass {
    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Start(Tag::Heading { .. } | Tag::TableCell | Tag::DefinitionListTitle) => self.begin(Role::Aside),
            Event::Start(
                Tag::Paragraph
                | Tag::Item
                | Tag::DefinitionListDefinition
                | Tag::FootnoteDefinition(_)
                | Tag::BlockQuote(_),
            ) => self.begin(Role::Running),
            Event::End(
                TagEnd::Heading(_)
                | TagEnd::TableCell
                | TagEnd::DefinitionListTitle
                | TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::DefinitionListDefinition
                | TagEnd::FootnoteDefinition
                | TagEnd::BlockQuote(_),
            ) => self.end(),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let kind = link_kind(link_type, &dest_url);
                self.cited = kind == LinkKind::Citation;
                if self.cited {
                    self.open.codes.extend(codes(&dest_url).map(|(_, code)| code.to_string()));
                }
                if matches!(link_type, LinkType::WikiLink { has_pothole: false }) {
                    // What it will be called is not known here: its name comes near.
                    self.cited = true;
                    let name = dest_url.rsplit(['/', ':', '#']).next().unwrap_or_default();
                    // The figures of a name are none that a reader could ring.
                    let name = name.replace(|c: char| c == '-' || c.is_ascii_digit(), " ");
                    // A title begins with a capital, by which a reader sees where a sentence begins.
                    let first: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
                    self.open.push(&first, range.start + 2);
                    self.open.push(name.get(first.len()..).unwrap_or_default(), range.start + 2 + first.len());
                }
                if let Some((_, number)) = dest_url.split_once(':').filter(|(scheme, _)| is_line(scheme)) {
                    self.open.numbers.push((Span::new(range), number.into()));
                }
            }
            Event::End(TagEnd::Link) => self.cited = false,
            Event::Text(words) | Event::Code(words) if !self.in_code && !self.cited => {
                // The words of a piece of code stand one byte further on, after its mark.
                let inner = range.len().saturating_sub(words.len()) / 2;
                self.open.push(&words, range.start + inner);
            }
            Event::SoftBreak | Event::HardBreak => self.open.push(" ", range.start),
            Event::Start(Tag::HtmlBlock) => self.begin(Role::Running),
            Event::End(TagEnd::HtmlBlock) => {
                self.comment = false;
                self.end();
            }
            Event::Html(piece) => self.html(&piece, range.start),
            _ => {}
        }
    }

    /// The words between the tags of raw HTML.
    fn html(&mut self, piece: &str, start: usize) {
        let mut at = 0;
        while at < piece.len() {
            let rest = &piece[at..];
            let (len, is_text) = if self.comment {
                (rest.find("-->").map_or(rest.len(), |end| end + 3), false)
            } else if rest.starts_with("<!--") {
                self.comment = true;
                (4, false)
            } else if rest.starts_with('<') {
                (rest.find('>').map_or(rest.len(), |end| end + 1), false)
            } else {
                (rest.find('<').unwrap_or(rest.len()), true)
            };
            if self.comment && rest[..len].ends_with("-->") {
                self.comment = false;
            }
            if is_text {
                self.open.push(&rest[..len], start + at);
            }
            at += len;
        }
    }

    fn begin(&mut self, role: Role) {
        self.end();
        self.open.role = role;
    }

    fn end(&mut self) {
        let done = std::mem::replace(&mut self.open, Passage::new(Role::Running));
        if !done.text.trim().is_empty() || !done.numbers.is_empty() {
            self.out.push(done);
        }
    }
}

/// Whether links of that scheme lead to a telephone.
fn is_line(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("tel") || scheme.eq_ignore_ascii_case("sms")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, Role)> {
        read(text).into_iter().map(|passage| (passage.text, passage.role)).collect()
    }

    #[test]
    fn markup_is_no_word_and_each_block_is_a_passage_of_its_own() {
        let text = "## A *head*\n\nOne **two**\nthree [E1].\n\n- four\n- five\n\n:::note Six\nseven `eight`\n:::\n\n```\nnine\n```\n";
        let expected = [
            ("A head", Role::Aside),
            ("One two three .", Role::Running),
            ("four", Role::Running),
            ("five", Role::Running),
            ("Six", Role::Aside),
            ("seven eight", Role::Running),
        ];
        assert_eq!(texts(text), expected.map(|(text, role)| (text.to_string(), role)));
    }

    #[test]
    fn a_word_is_found_where_it_stands() {
        let text = "One **two**\nthree `four` five.\n";
        let passages = read(text);
        for word in ["two", "three", "four", "five"] {
            let at = passages[0].text.find(word).expect("a word");
            assert_eq!(&text[passages[0].span(at..at + word.len()).within(text)], word);
        }
    }

    #[test]
    fn raw_html_has_words_between_its_tags() {
        let passages = read("<!-- not\nthis --> one\n<div title=\"no\">two <b>three</b></div>\n\nfour <b>five</b>\n");
        let words: Vec<String> =
            passages.iter().flat_map(|own| own.text.split_whitespace()).map(String::from).collect();
        assert_eq!(words, ["one", "two", "three", "four", "five"]);
    }

    #[test]
    fn a_link_to_a_telephone_is_noted() {
        let passages = read("Ring [us](tel:999).\n");
        assert_eq!(passages[0].numbers, [(Span::new(5..18), "999".to_string())]);
    }
}
