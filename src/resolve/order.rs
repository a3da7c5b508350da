//! The order of pages: by weight, then by title as the language sorts it.

use super::guide::{Node, PageNo};
use crate::base::lang::Lang;
use icu_collator::{
    Collator, CollatorBorrowed,
    options::{CollatorOptions, Strength},
};
use rayon::prelude::*;
use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

/// Compares texts as readers of a language expect (Unicode collation with CLDR's tailoring,
/// UTS #10).
#[derive(Debug)]
pub struct Collation(Option<CollatorBorrowed<'static>>);

impl Collation {
    /// The collation of a language; of the root where there is no data for it.
    pub fn of(lang: &Lang) -> Collation {
        let locale = lang.tag().parse::<icu_locale::Locale>().unwrap_or(icu_locale::Locale::UNKNOWN);
        Collation(Collator::try_new((&locale).into(), CollatorOptions::default()).ok())
    }

    /// A collation that sees letters only, and no accent that makes none: for
    /// [`Collation::compare_letters`].
    pub fn of_letters(lang: &Lang) -> Collation {
        let locale = lang.tag().parse::<icu_locale::Locale>().unwrap_or(icu_locale::Locale::UNKNOWN);
        let mut options = CollatorOptions::default();
        options.strength = Some(Strength::Primary);
        Collation(Collator::try_new((&locale).into(), options).ok())
    }

    /// Whether two texts have the same letters.
    pub fn compare_letters(&self, a: &str, b: &str) -> bool {
        self.0.as_ref().map_or(a == b, |collator| collator.compare(a, b) == Ordering::Equal)
    }

    /// Compares two texts; texts that sort alike are compared by their bytes, so that the order
    /// is always the same.
    pub fn compare(&self, a: &str, b: &str) -> Ordering {
        let sorted = self.0.as_ref().map_or(Ordering::Equal, |collator| collator.compare(a, b));
        sorted.then_with(|| a.cmp(b))
    }
}

/// Sorts pages by weight (those without one last), title, and URL.
pub fn sort(pages: &[Arc<Node>], list: &mut [PageNo], collation: &Collation) {
    // Comparing as a language does is slow, and the pages of a term may be most of the guide.
    list.par_sort_by(|a, b| compare(pages, *a, *b, collation));
}

/// Puts the pages of a sorted list that have other titles now where they belong.
pub fn sort_again(pages: &[Arc<Node>], list: &mut Vec<PageNo>, moved: &BTreeSet<PageNo>, collation: &Collation) {
    let own: Vec<PageNo> = list.extract_if(.., |page| moved.contains(page)).collect();
    for page in own {
        let place = list.partition_point(|other| compare(pages, *other, page, collation).is_lt());
        list.insert(place, page);
    }
}

fn compare(pages: &[Arc<Node>], a: PageNo, b: PageNo, collation: &Collation) -> Ordering {
    let (one, other) = (&pages[a as usize], &pages[b as usize]);
    let weight = |page: &Node| page.weight.unwrap_or(f64::INFINITY);
    let by_weight = weight(one).total_cmp(&weight(other));
    let by_title = by_weight.then_with(|| collation.compare(&one.title, &other.title));
    by_title.then_with(|| one.url.cmp(&other.url)).then_with(|| a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_sorts_in_its_own_way() {
        let de = Collation::of(&Lang::parse("de").unwrap());
        assert_eq!(de.compare("Ängste", "Angst"), Ordering::Greater);
        assert_eq!(de.compare("Ängste", "Beruf"), Ordering::Less);
        let es = Collation::of(&Lang::parse("es").unwrap());
        assert_eq!(es.compare("ñu", "nz"), Ordering::Greater);
    }
}
