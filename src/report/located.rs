//! A finding with its line and its weight.

use crate::base::{finding::Severity, path::SitePath, span::Position};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A finding, located and weighed: what reports show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Located {
    /// Relative to the site.
    pub file: SitePath,
    /// Where it begins.
    pub start: Position,
    /// Where it ends.
    pub end: Position,
    /// The bytes, for showing the line.
    pub span: Option<(u32, u32)>,
    /// The rule's code.
    pub rule: String,
    /// Its weight on this site.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// The address of the page concerned, when it is one.
    pub url: Option<String>,
}

/// How many findings there are of each weight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// What stops delivery.
    pub errors: usize,
    /// What should be mended.
    pub warnings: usize,
    /// What only a person can do.
    pub notes: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Arc<Located>]) -> Counts {
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Counts { errors: count(Severity::Error), warnings: count(Severity::Warning), notes: count(Severity::Note) }
    }

    /// How many there are of a weight.
    pub fn of_weight(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        }
    }
}
