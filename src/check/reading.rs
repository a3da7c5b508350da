//! How hard an English text is to read.
//!
//! The grade is that of Flesch and Kincaid (Kincaid, Fishburne, Rogers, Chissom 1975, *Derivation of
//! new readability formulas*, Research Branch Report 8-75, Naval Technical Training Command):
//! 0.39 × words a sentence + 11.8 × syllables a word − 15.59. What counts as a word, a syllable and a
//! sentence differs from program to program by a grade and more. Here it is as in the widely used
//! Python library textstat 0.7.3, roundings included, so that an editor finds the same figure there:
//! punctuation is taken out, so "well-known" is one word; a syllable is what the American English
//! hyphenation patterns part; a sentence ends at a full stop, exclamation or question mark, and one of
//! two words or fewer does not count. `tests/reading.rs` holds the two against each other.

use super::texts::Text;
use crate::{
    base::{
        finding::{Finding, Place},
        lang::Lang,
        rules::Rule,
    },
    load::{
        page::{Page, Status},
        sources::Sources,
    },
    settings::schema::Schema,
};
use hypher::{Lang as Patterns, hyphenate_bounded};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, LazyLock},
};
use unicode_segmentation::UnicodeSegmentation;

/// What was counted in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Words.
    pub words: u32,
    /// Their syllables.
    pub syllables: u32,
    /// Sentences.
    pub sentences: u32,
}

/// Whether a language is one whose texts can be measured.
pub fn is_measured(lang: &Lang) -> bool {
    lang.tag().split('-').next() == Some("en")
}

impl Measure {
    /// Counts a text.
    pub fn of(text: &str) -> Measure {
        let mut measure = Measure::default();
        for word in text.split_whitespace().map(bare).filter(|word| !word.is_empty()) {
            measure.words += 1;
            measure.syllables += syllables(&word);
        }
        let long =
            |range: &Range<usize>| text[range.clone()].split_whitespace().filter(|w| !bare(w).is_empty()).count() > 2;
        measure.sentences = (stops(text).iter().filter(|range| long(range)).count() as u32).max(1);
        measure
    }

    /// The two texts together.
    pub fn and(self, other: Measure) -> Measure {
        Measure {
            words: self.words + other.words,
            syllables: self.syllables + other.syllables,
            sentences: self.sentences + other.sentences,
        }
    }

    /// Words a sentence, to one decimal.
    pub fn sentence(self) -> f64 {
        tenth(f64::from(self.words) / f64::from(self.sentences.max(1)))
    }

    /// The grade: the school years in the United States after which it can be read, to one decimal.
    pub fn grade(self) -> f64 {
        if self.words == 0 {
            return 0.0;
        }
        let syllables = tenth(f64::from(self.syllables) / f64::from(self.words));
        tenth(0.39 * self.sentence() + 11.8 * syllables - 15.59)
    }
}

/// The syllables of a word, as hyphenation parts them.
fn syllables(word: &str) -> u32 {
    // Common words that the patterns of textstat part otherwise than TeX's, of which hypher's are made.
    static OTHERWISE: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
        let lines = include_str!("syllables.txt").lines().filter_map(|line| line.split_once(' '));
        lines.filter_map(|(word, count)| Some((word, count.parse().ok()?))).collect()
    });
    // The two letters at either end are never parted from the rest, as there.
    let by_patterns = || hyphenate_bounded(word, Patterns::English, 2, 2).count() as u32;
    OTHERWISE.get(word).copied().unwrap_or_else(by_patterns)
}

/// A word in small letters without its punctuation.
fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric() || *c == '_').flat_map(char::to_lowercase).collect()
}

fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// The stretches of a text that end at a full stop, exclamation or question mark.
fn stops(text: &str) -> Vec<Range<usize>> {
    let is_stop = |c: char| matches!(c, '.' | '!' | '?');
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_alphanumeric() || c == '_').map(|offset| at + offset) {
        let end = text[start..].find(is_stop).map_or(text.len(), |offset| start + offset);
        at = text[end..].find(|c: char| !is_stop(c)).map_or(text.len(), |offset| end + offset);
        found.push(start..at);
    }
    found
}

/// The sentences of a text with their numbers of words, as a reader sees them: "3.5" ends none
/// (Unicode Standard Annex 29).
pub fn sentences(text: &str) -> impl Iterator<Item = (Range<usize>, u32)> {
    text.split_sentence_bound_indices().map(|(start, sentence)| {
        let words = sentence.split_whitespace().filter(|word| !bare(word).is_empty()).count();
        (start..start + sentence.trim_end().len(), words as u32)
    })
}

/// Finds the kinds whose pages are on average harder to read than schema.yaml wants.
pub fn means(schema: &Schema, sources: &Sources, texts: &[Arc<Text>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for kind in schema.kinds.values() {
        let Some(most) = kind.reading.mean_grade else { continue };
        let is_own = |page: &Page| page.kind == kind.name && page.status == Status::Live;
        let own = sources.pages.iter().zip(texts).filter(|(parsed, _)| is_own(&parsed.page));
        let grades: Vec<f64> = own.filter_map(|(_, text)| Some(text.measure?.grade())).collect();
        let mean = tenth(grades.iter().sum::<f64>() / grades.len().max(1) as f64);
        if mean > most {
            let place = Place::span(&"schema.yaml".into(), kind.reading.span);
            let message = format!("the pages of the kind \"{}\" read at grade {mean} on average", kind.name);
            let help = format!("It may be {most}. Make the hardest of them simpler: shorter sentences, plainer words.");
            findings.push(Finding::new(Rule::READING_GRADE, place, message, help));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted() {
        let measure = Measure::of("Well-known therapists don't agree. Oh no! It is 3.5 hours.");
        assert_eq!(measure.words, 10);
        // "Oh no!" is too short to count, and the full stop in 3.5 ends a sentence: as in textstat.
        assert_eq!(measure.sentences, 2);
    }

    #[test]
    fn a_sentence_is_as_long_as_a_reader_sees_it() {
        let text = "It is 3.5 hours. Then you go!";
        let found: Vec<(&str, u32)> = sentences(text).map(|(range, words)| (&text[range], words)).collect();
        assert_eq!(found, [("It is 3.5 hours.", 4), ("Then you go!", 3)]);
    }

    #[test]
    fn an_empty_text_has_no_grade() {
        assert_eq!(Measure::of("").grade(), 0.0);
    }
}
