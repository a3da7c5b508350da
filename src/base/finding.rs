//! What there is to tell the editor: which rule, where, in plain words, and how to mend it.

use super::{path::SitePath, rules::Rule, span::Span};
use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What only a person can do; listed by `check --todo`, never stops anything.
    Note,
    /// Should be mended; stops nothing unless `--deny warnings`.
    Warning,
    /// Stops delivery.
    Error,
}

impl Severity {
    /// The word for it in every report.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing to tell the editor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule that found it; its level is decided by the site's settings.
    pub rule: Rule,
    /// What is wrong, in the words of an editor.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where.
    pub place: Place,
}

const BUILD_AGAIN: &str = "Build again.";

impl Finding {
    /// A finding of `rule` at `place`.
    pub fn new(rule: Rule, place: Place, message: impl Into<String>, help: impl Into<String>) -> Self {
        Finding { rule, message: message.into(), help: help.into(), place }
    }

    /// That a file could not be read after the walk had seen it.
    pub fn unreadable(file: &SitePath, why: &std::io::Error) -> Self {
        let message = format!("this file cannot be read: {why}");
        Finding::new(Rule::READ_FILE, Place::file(file), message, BUILD_AGAIN)
    }

    /// Whether it is that of a file which changed while it was read: the next build may read it, though its
    /// digest is the same then.
    pub fn is_passing(&self) -> bool {
        self.rule == Rule::READ_FILE && self.help == BUILD_AGAIN
    }

    /// That a text is not UTF-8.
    pub fn not_utf8(place: Place) -> Self {
        let help = "Save the file as UTF-8 in your editor (\"Save with encoding\").";
        Finding::new(Rule::READ_UTF8, place, "this file is not UTF-8", help)
    }
}

/// A file of the site and the part of it that is meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the site.
    pub file: SitePath,
    /// Which part.
    pub mark: Mark,
}

/// A part of a file.
///
/// A page's links, headings and fields are named by number or key and not by bytes, so that what
/// resolve found stays true when an edit moves them: the bytes are looked up at the very end, in
/// the places of the page as it now is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mark {
    /// The file as a whole.
    File,
    /// These bytes.
    Span(Span),
    /// The page's link of that number.
    Link(u32),
    /// The page's heading of that number.
    Heading(u32),
    /// The front-matter field of that name.
    Field(String),
    /// The relation of that number among those written on the page.
    Edge(u32),
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &SitePath) -> Place {
        Place { file: file.clone(), mark: Mark::File }
    }

    /// Some bytes of a file.
    pub fn span(file: &SitePath, span: Span) -> Place {
        Place { file: file.clone(), mark: Mark::Span(span) }
    }

    /// A named part of a page.
    pub fn mark(file: &SitePath, mark: Mark) -> Place {
        Place { file: file.clone(), mark }
    }
}
