//! What changed in the findings from one build to the next.

use super::located::Located;
use std::collections::HashMap;

/// Remembers the findings of the last build.
#[derive(Debug, Default)]
pub struct Ticker {
    last: Vec<Located>,
}

/// Findings that came, and findings that went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Not there in the last build.
    pub new: Vec<Located>,
    /// There no more.
    pub mended: Vec<Located>,
}

impl Ticker {
    /// Takes the findings of a build. The same fault in another line of its file is the same: an edit
    /// above moves it.
    pub fn next(&mut self, findings: &[Located]) -> Change {
        let before = std::mem::replace(&mut self.last, findings.to_vec());
        let mut known = count(&before);
        let mut still = count(findings);
        let new = findings.iter().filter(|finding| !take(&mut known, finding)).cloned().collect();
        let mended = before.iter().filter(|finding| !take(&mut still, finding)).cloned().collect();
        Change { new, mended }
    }
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key(finding: &Located) -> Key<'_> {
    (&finding.file, &finding.rule, &finding.message)
}

fn count(findings: &[Located]) -> HashMap<Key<'_>, usize> {
    let mut counts = HashMap::new();
    for finding in findings {
        *counts.entry(key(finding)).or_default() += 1;
    }
    counts
}

/// Takes one finding of that kind out; whether there was one.
fn take<'a>(counts: &mut HashMap<Key<'a>, usize>, finding: &'a Located) -> bool {
    match counts.get_mut(&key(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{finding::Severity, span::Position};

    fn finding(line: u32, message: &str) -> Located {
        let at = Position { line, column: 1 };
        Located {
            file: "content/a.md".into(),
            start: at,
            end: at,
            span: None,
            rule: "links/dead".into(),
            severity: Severity::Error,
            message: message.into(),
            help: String::new(),
            url: None,
        }
    }

    #[test]
    fn a_fault_that_an_edit_moved_is_neither_new_nor_mended() {
        let mut ticker = Ticker::default();
        assert_eq!(ticker.next(&[finding(3, "one")]).new.len(), 1);
        assert_eq!(ticker.next(&[finding(9, "one")]), Change::default());
        let change = ticker.next(&[finding(9, "one"), finding(10, "one"), finding(11, "two")]);
        assert_eq!(change.new, [finding(10, "one"), finding(11, "two")]);
        assert_eq!(ticker.next(&[]).mended.len(), 3);
    }
}
