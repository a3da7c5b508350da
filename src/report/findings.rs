//! The findings of a whole site: cheap to share, and to change in one place.

use super::located::{Counts, Located};
use crate::base::{finding::Severity, path::SitePath};
use imbl::Vector;
use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

/// Findings in the order of files and lines, each once.
///
/// While a site is watched, ten thousand of them may stand as they are from one edit to the next: a clone shares
/// them, and the new ones of a file are put where they belong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    list: Vector<Arc<Located>>,
    counts: Counts,
}

impl From<Vec<Arc<Located>>> for Findings {
    fn from(mut list: Vec<Arc<Located>>) -> Findings {
        use rayon::slice::ParallelSliceMut;
        list.par_sort();
        list.dedup();
        Findings { counts: Counts::of(&list), list: list.into() }
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Arc<Located>;
    type IntoIter = imbl::vector::Iter<'a, Arc<Located>, imbl::shared_ptr::DefaultSharedPtr>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl Findings {
    /// All of them.
    pub fn iter(&self) -> <&Findings as IntoIterator>::IntoIter {
        self.into_iter()
    }

    /// All of them, as the list that they are kept in.
    pub fn list(&self) -> &Vector<Arc<Located>> {
        &self.list
    }

    /// How many there are of each weight.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The errors; where there are none, none is looked for.
    pub fn errors(&self) -> impl Iterator<Item = &Arc<Located>> {
        let all = if self.counts.errors > 0 { self.list.len() } else { 0 };
        self.iter().take(all).filter(|finding| finding.severity == Severity::Error)
    }

    /// Those of a file.
    pub fn of_file(&self, file: &SitePath) -> impl Iterator<Item = &Arc<Located>> {
        self.list.iter().skip(self.start(file)).take_while(move |finding| finding.file == *file)
    }

    /// These findings, but of the files named those that are given.
    pub fn renew(&self, files: &BTreeSet<SitePath>, new: Findings) -> Findings {
        let mut all = self.clone();
        for file in files {
            let start = all.start(file);
            while all.list.get(start).is_some_and(|finding| finding.file == *file) {
                let gone = all.list.remove(start);
                *all.counts.of_weight(gone.severity) -= 1;
            }
        }
        for finding in new.list {
            if let Err(place) = all.list.binary_search(&finding) {
                *all.counts.of_weight(finding.severity) += 1;
                all.list.insert(place, finding);
            }
        }
        all
    }

    /// Where the findings of a file begin, or would.
    fn start(&self, file: &SitePath) -> usize {
        let is_before = |finding: &Arc<Located>| match finding.file < *file {
            true => Ordering::Less,
            false => Ordering::Greater,
        };
        self.list.binary_search_by(is_before).unwrap_or_else(|place| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::span::Position;
    use proptest::prelude::*;

    fn finding(file: u8, line: u32, severity: Severity) -> Arc<Located> {
        let at = Position { line, column: 1 };
        Arc::new(Located {
            file: SitePath::from(format!("content/{file}.md")),
            start: at,
            end: at,
            span: None,
            rule: "links/dead".into(),
            severity,
            message: "no".into(),
            help: String::new(),
            url: None,
        })
    }

    fn any(files: std::ops::Range<u8>) -> impl Strategy<Value = Vec<Arc<Located>>> {
        let severity = prop::sample::select(vec![Severity::Error, Severity::Warning, Severity::Note]);
        let one = (files, 1u32..4, severity).prop_map(|(file, line, severity)| finding(file, line, severity));
        prop::collection::vec(one, 0..20)
    }

    proptest! {
        #[test]
        fn renewed_in_one_file_they_are_what_they_would_be_if_all_were_listed_anew(
            old in any(0..6), own in any(2..3), file in 2u8..3,
        ) {
            let file = SitePath::from(format!("content/{file}.md"));
            let renewed = Findings::from(old.clone()).renew(&BTreeSet::from([file.clone()]), own.clone().into());
            let others = old.into_iter().filter(|finding| finding.file != file);
            let anew = Findings::from(others.chain(own).collect::<Vec<_>>());
            prop_assert_eq!(&renewed, &anew);
            let by_hand: Vec<_> = anew.iter().filter(|finding| finding.file == file).collect();
            prop_assert_eq!(renewed.of_file(&file).collect::<Vec<_>>(), by_hand);
            let errors: Vec<_> = anew.iter().filter(|finding| finding.severity == Severity::Error).collect();
            prop_assert_eq!(renewed.errors().collect::<Vec<_>>(), errors);
        }
    }
}
