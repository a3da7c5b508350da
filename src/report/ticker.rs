//! What changed in the findings from one build to the next.

use super::{findings::Findings, located::Located};
use crate::base::{finding::Severity, path::SitePath};
use imbl::Vector;
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// Remembers the findings of the last build.
#[derive(Debug, Default)]
pub struct Ticker {
    last: Vector<Arc<Located>>,
}

/// Findings that came, and findings that went.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Not there in the last build.
    pub new: Vec<Arc<Located>>,
    /// There no more.
    pub mended: Vec<Arc<Located>>,
}

impl Ticker {
    /// Takes the findings of a build. The same fault in another line of its file is the same: an edit
    /// above moves it. `is_there` tells whether the site still has a file: what went with its file was not
    /// mended.
    pub fn next(&mut self, findings: &Findings, is_there: impl Fn(&SitePath) -> bool) -> Change {
        let before = std::mem::take(&mut self.last);
        let unread: BTreeSet<&SitePath> =
            findings.errors().filter(|finding| is_unread(finding)).map(|finding| &finding.file).collect();
        let is_blind = unread.iter().any(|file| !is_page(file));
        // Most are the very ones of the build before.
        let (came, went) = (without(findings.list(), &before), without(&before, findings.list()));
        let (mut known, mut still) = (count(&went), count(&came));
        let new = came.iter().filter(|finding| !take(&mut known, finding)).map(|finding| (*finding).clone()).collect();
        let gone: Vec<_> = went.into_iter().filter(|finding| !take(&mut still, finding)).collect();
        // Of what could not be read nothing is known: its old faults are neither mended now nor new later.
        let is_hidden = |finding: &&&Arc<Located>| !is_unread(finding) && (is_blind || unread.contains(&finding.file));
        let hidden = gone.iter().filter(is_hidden).map(|finding| (*finding).clone());
        self.last = findings.list().clone();
        self.last.extend(hidden);
        let mended = gone.iter().filter(|finding| !is_hidden(finding) && is_there(&finding.file));
        Change { new, mended: mended.map(|finding| (*finding).clone()).collect() }
    }
}

/// The findings of a list that are not, as the same value, in another.
fn without<'a>(findings: &'a Vector<Arc<Located>>, others: &Vector<Arc<Located>>) -> Vec<&'a Arc<Located>> {
    // Both are in the order of their files, and after an edit of one file the same before it and behind it.
    let is_same = |(one, other): &(&Arc<Located>, &Arc<Located>)| Arc::ptr_eq(one, other);
    let before = findings.iter().zip(others).take_while(is_same).count();
    let left = findings.len().min(others.len()) - before;
    let behind = findings.iter().rev().zip(others.iter().rev()).take(left).take_while(is_same).count();
    let others: HashSet<*const Located> =
        others.iter().take(others.len() - behind).skip(before).map(Arc::as_ptr).collect();
    let own = findings.iter().take(findings.len() - behind).skip(before);
    own.filter(|finding| !others.contains(&Arc::as_ptr(finding))).collect()
}

/// Whether a finding says that its file could not be read.
fn is_unread(finding: &Located) -> bool {
    finding.severity == Severity::Error && finding.rule.starts_with("read/")
}

/// Whether a file is a page, and nothing that other pages are made of.
fn is_page(file: &SitePath) -> bool {
    file.starts_with("content/") && file.extension() == "md" && !file.contains("/_")
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key(finding: &Located) -> Key<'_> {
    (&finding.file, &finding.rule, &finding.message)
}

fn count<'a>(findings: &[&'a Arc<Located>]) -> HashMap<Key<'a>, usize> {
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
    use crate::base::span::Position;

    fn finding(line: u32, message: &str) -> Arc<Located> {
        let at = Position { line, column: 1 };
        Arc::new(Located {
            file: "content/a.md".into(),
            start: at,
            end: at,
            span: None,
            rule: "links/dead".into(),
            severity: Severity::Error,
            message: message.into(),
            help: String::new(),
            url: None,
        })
    }

    #[test]
    fn a_fault_that_an_edit_moved_is_neither_new_nor_mended() {
        let mut ticker = Ticker::default();
        let mut next = |findings: &[Arc<Located>]| ticker.next(&findings.to_vec().into(), |_| true);
        assert_eq!(next(&[finding(3, "one")]).new.len(), 1);
        assert_eq!(next(&[finding(9, "one")]), Change::default());
        let change = next(&[finding(9, "one"), finding(10, "one"), finding(11, "two")]);
        assert_eq!(change.new, [finding(10, "one"), finding(11, "two")]);
        assert_eq!(next(&[]).mended.len(), 3);
    }

    #[test]
    fn what_is_hidden_behind_another_fault_or_gone_with_its_file_is_not_mended() {
        let mut ticker = Ticker::default();
        let unread = |file: &str| {
            Arc::new(Located { file: file.into(), rule: "read/yaml".into(), ..(*finding(1, "unread")).clone() })
        };
        let mut next = |findings: &[Arc<Located>]| ticker.next(&findings.to_vec().into(), |_| true);
        next(&[finding(3, "one")]);
        for file in ["content/a.md", "guide.yaml"] {
            let change = next(&[unread(file)]);
            assert_eq!((change.new.len(), change.mended), (1, vec![]), "{file}");
            let change = next(&[finding(3, "one")]);
            assert_eq!((change.new, change.mended.len()), (vec![], 1), "{file} is mended, the other fault is old");
        }
        assert_eq!(ticker.next(&Findings::default(), |_| false), Change::default(), "the page was deleted");
    }
}
