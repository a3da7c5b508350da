//! Which words are forms of one term: stems, spellings of two countries, parts of compounds.

use crate::base::lang::Lang;
use pagefind_stem::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// The terms of a language.
pub struct Terms {
    stemmer: Option<Stemmer>,
    is_english: bool,
    /// Whether the language writes compounds as one word.
    compounds: bool,
}

/// The shortest part of a compound that is a word for itself, and the shortest that may stand before it.
const TAIL: usize = 5;
const HEAD: usize = 3;

impl Terms {
    /// The terms of a language; where nobody knows its stems, each word is its own.
    pub fn of(lang: &Lang) -> Terms {
        let base = lang.base();
        let algorithm = match base {
            "ar" => Some(Algorithm::Arabic),
            "hy" => Some(Algorithm::Armenian),
            "eu" => Some(Algorithm::Basque),
            "ca" => Some(Algorithm::Catalan),
            "da" => Some(Algorithm::Danish),
            "nl" => Some(Algorithm::Dutch),
            "en" => Some(Algorithm::English),
            "eo" => Some(Algorithm::Esperanto),
            "et" => Some(Algorithm::Estonian),
            "fi" => Some(Algorithm::Finnish),
            "fr" => Some(Algorithm::French),
            "de" => Some(Algorithm::German),
            "el" => Some(Algorithm::Greek),
            "hi" => Some(Algorithm::Hindi),
            "hu" => Some(Algorithm::Hungarian),
            "id" => Some(Algorithm::Indonesian),
            "ga" => Some(Algorithm::Irish),
            "it" => Some(Algorithm::Italian),
            "lt" => Some(Algorithm::Lithuanian),
            "ne" => Some(Algorithm::Nepali),
            "no" | "nb" | "nn" => Some(Algorithm::Norwegian),
            "pl" => Some(Algorithm::Polish),
            "pt" => Some(Algorithm::Portuguese),
            "ro" => Some(Algorithm::Romanian),
            "ru" => Some(Algorithm::Russian),
            "sr" => Some(Algorithm::Serbian),
            "es" => Some(Algorithm::Spanish),
            "sv" => Some(Algorithm::Swedish),
            "ta" => Some(Algorithm::Tamil),
            "tr" => Some(Algorithm::Turkish),
            "yi" => Some(Algorithm::Yiddish),
            _ => None,
        };
        let compounds = matches!(base, "de" | "nl" | "sv" | "da" | "no" | "nb" | "nn" | "fi" | "hu" | "et");
        Terms { stemmer: algorithm.map(Stemmer::create), is_english: base == "en", compounds }
    }

    /// The term that a word is a form of.
    pub fn of_word(&self, word: &str) -> String {
        let word = if self.is_english { american(word) } else { Cow::Borrowed(word) };
        match &self.stemmer {
            Some(stemmer) if !word.bytes().any(|byte| byte.is_ascii_digit()) => stemmer.stem(&word).into_owned(),
            _ => word.into_owned(),
        }
    }

    /// The last part of a compound, if that is a word of the site for itself: of "gesprächstherapie" the
    /// word "therapie".
    pub fn tail<'a>(&self, word: &'a str, known: &FxHashMap<&str, u32>) -> Option<&'a str> {
        if !self.compounds || word.chars().count() < HEAD + TAIL {
            return None;
        }
        let starts = word.char_indices().map(|(at, _)| at).skip(HEAD);
        let tails = starts.map(|at| &word[at..]).take_while(|tail| tail.chars().count() >= TAIL);
        tails.into_iter().find(|tail| known.contains_key(tail))
    }
}

/// A word in American spelling, so that both spellings are one term. It is a key, never shown; so it may
/// be nobody's spelling, as long as it is the same for both.
fn american(word: &str) -> Cow<'_, str> {
    if word.len() < 5 || !word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut out = Cow::Borrowed(word);
    let mut swap = |from: &str, to: &str| {
        if let Some(at) = out.find(from) {
            let changed = format!("{}{to}{}", &out[..at], &out[at + from.len()..]);
            out = Cow::Owned(changed);
        }
    };
    for root in ["colour", "behaviour", "favour", "honour", "labour", "neighbour", "humour", "harbour", "odour"]
        .into_iter()
        .chain(["tumour", "rumour", "vapour", "vigour", "flavour", "endeavour", "parlour", "saviour", "savour"])
    {
        swap(root, &root.replace("our", "or"));
    }
    for root in
        ["counsell", "travell", "labell", "modell", "cancell", "signall", "channell", "levell", "fuell", "totall"]
    {
        swap(root, &root[..root.len() - 1]);
    }
    for (from, to) in [("programme", "program"), ("enrol", "enroll"), ("enrolll", "enroll"), ("fulfil", "fulfill")] {
        swap(from, to);
    }
    swap("fulfilll", "fulfill");
    for (from, to) in
        [("aemi", "emi"), ("aemo", "emo"), ("aedi", "edi"), ("aest", "est"), ("aeco", "eco"), ("oedem", "edem")]
            .into_iter()
            .chain([
                ("oesoph", "esoph"),
                ("oestr", "estr"),
                ("foet", "fet"),
                ("rrhoe", "rrhe"),
                ("leuk", "leuc"),
                ("sulph", "sulf"),
            ])
    {
        swap(from, to);
    }
    for end in ["", "s", "d", "r", "rs", "ing", "ation", "ations", "able"] {
        let (from, to) = match end.starts_with(['i', 'a']) {
            true => (format!("is{end}"), format!("iz{end}")),
            false => (format!("ise{end}"), format!("ize{end}")),
        };
        if out.len() > from.len() + 3 && out.ends_with(&from) {
            let stem = out[..out.len() - from.len()].to_string();
            out = Cow::Owned(stem + &to);
            break;
        }
    }
    for (from, to) in
        [("yse", "yze"), ("ysed", "yzed"), ("ysing", "yzing"), ("tre", "ter"), ("tres", "ters"), ("bre", "ber")]
    {
        if out.len() > from.len() + 2 && out.ends_with(from) {
            let stem = out[..out.len() - from.len()].to_string();
            out = Cow::Owned(stem + to);
            break;
        }
    }
    out
}

impl std::fmt::Debug for Terms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terms").field("stems", &self.stemmer.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(lang: &str) -> Terms {
        Terms::of(&Lang::parse(lang).expect("a language"))
    }

    #[test]
    fn forms_of_a_word_are_one_term() {
        let same = |lang: &str, a: &str, b: &str| {
            let terms = terms(lang);
            assert_eq!(terms.of_word(a), terms.of_word(b), "{a} and {b} in {lang}");
        };
        same("en", "therapies", "therapy");
        same("en-GB", "counsellors", "counselor");
        same("en", "behaviour", "behaviors");
        same("en", "organising", "organized");
        same("en", "anaemia", "anemia");
        same("en", "centre", "centers");
        same("es", "terapias", "terapia");
        same("de", "therapien", "therapie");
        assert_ne!(terms("en").of_word("shoe"), terms("en").of_word("she"));
        assert_eq!(terms("xx").of_word("words"), "words");
    }

    #[test]
    fn a_compound_ends_in_a_word_of_the_site() {
        let known = FxHashMap::from_iter([("therapie", 0), ("angst", 1)]);
        assert_eq!(terms("de").tail("gesprachstherapie", &known), Some("therapie"));
        assert_eq!(terms("de").tail("therapie", &known), None);
        assert_eq!(terms("en").tail("aromatherapie", &known), None);
    }
}
