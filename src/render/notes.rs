//! Footnotes: numbered in the order in which they are referred to, with links there and back.

use super::{escape::escaped, strings::Strings};
use crate::load::markdown::Step;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::HashMap;

/// The footnotes of one text.
#[derive(Debug, Default)]
pub struct Notes {
    /// Numbers by name.
    numbers: HashMap<String, usize>,
    /// How often each was referred to.
    uses: HashMap<String, usize>,
    /// The finished notes.
    done: HashMap<String, String>,
}

impl Notes {
    /// Numbers the notes of a text: those that the text itself refers to first, in its order, then
    /// those that only notes refer to.
    pub fn in_order(steps: &[Step]) -> Notes {
        let (mut in_text, mut in_notes, mut inside) = (Vec::new(), Vec::new(), false);
        for step in steps {
            match step {
                Step::Markdown(Event::Start(Tag::FootnoteDefinition(_))) => inside = true,
                Step::Markdown(Event::End(TagEnd::FootnoteDefinition)) => inside = false,
                Step::Markdown(Event::FootnoteReference(name)) if inside => in_notes.push(name.to_string()),
                Step::Markdown(Event::FootnoteReference(name)) => in_text.push(name.to_string()),
                _ => {}
            }
        }
        let mut notes = Notes::default();
        for name in in_text.into_iter().chain(in_notes) {
            let next = notes.numbers.len() + 1;
            notes.numbers.entry(name).or_insert(next);
        }
        notes
    }

    /// The link at the place of a reference. `prefix` stands before every `id`.
    pub fn reference(&mut self, name: &str, prefix: &str, strings: &Strings) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(name.to_string()).or_insert(next);
        let uses = self.uses.entry(name.to_string()).or_default();
        *uses += 1;
        let label = escaped(strings.get("footnote"));
        format!(
            "<sup><a id=\"{prefix}fnref_{number}_{uses}\" href=\"#{prefix}fn_{number}\" aria-label=\"{label} {number}\">{number}</a></sup>"
        )
    }

    /// Takes over the HTML of a note.
    pub fn define(&mut self, name: String, html: String) {
        self.done.insert(name, html);
    }

    /// The list of the notes that were referred to; empty when there are none.
    pub fn finish(mut self, prefix: &str, strings: &Strings) -> String {
        if self.numbers.is_empty() {
            return String::new();
        }
        let mut numbered: Vec<(usize, String)> =
            self.numbers.into_iter().map(|(name, number)| (number, name)).collect();
        numbered.sort();
        let mut out = format!("<section class=\"footnotes\" aria-label=\"{}\"><ol>", escaped(strings.get("footnotes")));
        for (number, name) in numbered {
            let text = self.done.remove(&name).unwrap_or_default();
            let label = escaped(strings.get("footnote-back"));
            let back = |use_number| {
                format!(
                    " <a class=\"back\" href=\"#{prefix}fnref_{number}_{use_number}\" aria-label=\"{label} {number}\">↩</a>"
                )
            };
            let backs: String = (1..=self.uses.get(&name).copied().unwrap_or(0)).map(back).collect();
            // The link back belongs to the last words of the note.
            let text = match text.trim_end().strip_suffix("</p>") {
                Some(text) => format!("{text}{backs}</p>"),
                None => format!("{text}<p>{backs}</p>"),
            };
            out.push_str(&format!("<li id=\"{prefix}fn_{number}\">{text}</li>"));
        }
        out + "</ol></section>"
    }
}
