//! Findings for a person at a terminal: the line, what is wrong with it, how to mend it.

use super::{
    findings::Findings,
    located::{Counts, Located},
};
use crate::base::{finding::Severity, rules::Rule};
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
pub fn render(findings: &Findings, text: impl Fn(&str) -> String, notes: bool, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = String::new();
    for finding in findings.iter().filter(|finding| notes || finding.severity > Severity::Note) {
        let count = shown.entry(&finding.rule).or_default();
        *count += 1;
        if *count > CAP {
            continue;
        }
        out.push_str(&one(finding, &masked(text(&finding.file), &finding.file, findings), &renderer));
        out.push_str("\n\n");
    }
    for (rule, count) in shown.into_iter().filter(|(_, count)| *count > CAP) {
        out.push_str(&format!("… and {} more of {rule}. All of them: --format json\n\n", count - CAP));
    }
    out
}

/// The text of a file without the secrets that were found in it: what is printed may end in a public log. Of a line
/// with a secret every letter and digit from there on is a star.
fn masked(text: String, file: &str, findings: &Findings) -> String {
    let is_secret = |finding: &&Arc<Located>| finding.rule == Rule::SETTINGS_SECRET.code() && &*finding.file == file;
    let mut text = text;
    for (start, _) in findings.iter().filter(is_secret).filter_map(|finding| finding.span) {
        let Some((before, rest)) = text.split_at_checked(start as usize) else { continue };
        let (line, after) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
        // As many bytes as before, so that what is underlined stays in its place.
        let line: String =
            line.chars().map(|c| if c.is_alphanumeric() { "*".repeat(c.len_utf8()) } else { c.into() }).collect();
        text = [before, &line, after].concat();
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::Position;

    #[test]
    fn a_secret_is_not_printed_by_what_warns_of_it() {
        let text = "publish:\n  live: { remote: s3, password: hunter2 }\n";
        let at = |rule: &str, word: &str| {
            let start = text.find(word).unwrap() as u32;
            Arc::new(Located {
                file: "guide.yaml".into(),
                start: Position { line: 1, column: 1 },
                end: Position { line: 1, column: 1 },
                span: Some((start, start + word.len() as u32)),
                rule: rule.into(),
                severity: Severity::Error,
                message: "no".into(),
                help: "mend it".into(),
                url: None,
            })
        };
        let out = render(
            &vec![at("fields/value", "s3"), at("settings/secret", "password")].into(),
            |_| text.into(),
            false,
            false,
        );
        assert!(!out.contains("hunter2") && out.contains("remote: s3"), "{out}");
    }
}
