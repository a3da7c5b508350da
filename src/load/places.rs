//! Where the parts of a page are written.
//!
//! Kept apart from the page's facts: a word more in the first paragraph moves every span after it
//! and changes no fact, and so must not make resolve run again.

use crate::base::{finding::Mark, path::SitePath, span::Span};
use serde::{Deserialize, Serialize};

/// The spans of a page's parts, each list in the order of the part's number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// The front matter; where there is none, the first line.
    pub front: Span,
    /// The values of front-matter keys.
    pub fields: Vec<(String, Span)>,
    /// The relations.
    pub edges: Vec<Span>,
    /// The headings.
    pub headings: Vec<Span>,
    /// The links.
    pub links: Vec<Span>,
    /// The parts that are written in another file, which the text includes.
    pub elsewhere: Vec<(Mark, SitePath, Span)>,
}

impl Places {
    /// The file and the bytes of a part that is written in another file.
    pub fn elsewhere(&self, mark: &Mark) -> Option<(&SitePath, Span)> {
        self.elsewhere.iter().find(|(own, ..)| own == mark).map(|(_, file, span)| (file, *span))
    }

    /// The bytes of a part; `None` for the file as a whole.
    pub fn span(&self, mark: &Mark) -> Option<Span> {
        match mark {
            Mark::File => None,
            Mark::Span(span) => Some(*span),
            Mark::Link(i) => self.links.get(*i as usize).copied(),
            Mark::Heading(i) => self.headings.get(*i as usize).copied(),
            Mark::Edge(i) => self.edges.get(*i as usize).copied(),
            Mark::Field(name) => {
                let field = self.fields.iter().find(|(key, _)| key == name);
                Some(field.map_or(self.front, |(_, span)| *span))
            }
        }
    }
}
