//! Findings for a person at a terminal: the line, what is wrong with it, how to mend it.

use super::located::{Counts, Located};
use crate::base::finding::Severity;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::Arc,
};

/// So many findings of one rule are shown in full; one fault in a shared file must not print
/// three thousand times.
pub const CAP: usize = 10;

/// Renders findings. `text` gives the text of a file; `notes` says whether notes are shown.
pub fn render(findings: &[Arc<Located>], text: impl Fn(&str) -> String, notes: bool, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = String::new();
    for finding in findings.iter().filter(|finding| notes || finding.severity > Severity::Note) {
        let count = shown.entry(&finding.rule).or_default();
        *count += 1;
        if *count > CAP {
            continue;
        }
        out.push_str(&one(finding, &text(&finding.file), &renderer));
        out.push_str("\n\n");
    }
    for (rule, count) in shown.into_iter().filter(|(_, count)| *count > CAP) {
        out.push_str(&format!("… and {} more of {rule}. All of them: --format json\n\n", count - CAP));
    }
    out
}

fn one(finding: &Located, text: &str, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let help = Level::HELP.message(&finding.help);
    let title = level.primary_title(&finding.message).id(&finding.rule);
    let group: Group = match finding.span {
        Some((start, end)) if !text.is_empty() => {
            // Only the first line is underlined: a whole page in red helps nobody.
            let (start, end) = (start as usize, end as usize);
            let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
            let end = end.clamp(start, line_end.max(start));
            let snippet = Snippet::source(text).path(&*finding.file).fold(true);
            title.element(snippet.annotation(AnnotationKind::Primary.span(start..end))).element(help)
        }
        _ => title.element(annotate_snippets::Origin::path(&*finding.file)).element(help),
    };
    renderer.render(&[group])
}

/// Writes a line to standard error. A terminal that was closed is no reason to fall over.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The last line: how many findings there are.
pub fn summary(counts: Counts) -> String {
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    if counts.errors > 0 {
        parts.push(plural(counts.errors, "error"));
    }
    if counts.warnings > 0 {
        parts.push(plural(counts.warnings, "warning"));
    }
    if counts.notes > 0 {
        parts.push(format!("{} to do (guidewright check --todo)", counts.notes));
    }
    match parts.is_empty() {
        true => "nothing to mend".into(),
        false => parts.join(", "),
    }
}
