//! Words to watch: lists in `content/_data/` of what a text should not say, or not without something
//! beside it, in every language that has a file of its own (`wording.yaml`, `wording.es.yaml`).

use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        path::SitePath,
        rules::Rule,
    },
    settings::{
        read::Reader,
        schema::Schema,
        site::Site,
        types::{Field, Type},
        value::Value,
        yaml,
    },
    source::tree::Tree,
};
use aho_corasick::AhoCorasick;
use serde::Serialize;
use std::{collections::BTreeMap, ops::Range};

/// What follows where a text says one of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Then {
    /// It may not.
    Block,
    /// It should say something else.
    Reconsider,
    /// The page must show urgent help first.
    UrgentHelp,
    /// The passage must cite a source.
    Cite,
    /// A number that follows is one to ring, and belongs into the data.
    Number,
}

/// The names of what may follow, as a file writes them.
const THEN: [(&str, Then); 5] = [
    ("block", Then::Block),
    ("reconsider", Then::Reconsider),
    ("urgent-help", Then::UrgentHelp),
    ("cite", Then::Cite),
    ("number", Then::Number),
];

/// One list of words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct List {
    /// Its name in the file.
    pub name: String,
    /// The words; one that ends in a star fits every ending.
    pub words: Vec<String>,
    /// Phrases in which the words are right.
    pub except: Vec<String>,
    /// What follows.
    pub then: Then,
    /// What to write in their place.
    pub instead: String,
    /// Why.
    pub because: String,
    /// The kinds of page that it is for; none means all.
    pub kinds: Vec<String>,
}

/// The lists of one language, ready to be looked for.
#[derive(Debug)]
pub struct Lists {
    /// The lists.
    pub lists: Vec<List>,
    automaton: AhoCorasick,
    /// Of each pattern: its list, whether any ending fits, and whether it is an exception.
    patterns: Vec<(usize, bool, bool)>,
}

/// A word that a text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The number of its list.
    pub list: usize,
    /// The bytes of the text.
    pub range: Range<usize>,
}

/// The words to watch of a site.
#[derive(Debug, Default)]
pub struct Wording {
    /// The lists by language.
    pub languages: BTreeMap<Lang, Lists>,
    /// The digest of all of it; nothing where the site has none.
    pub digest: Option<Digest>,
    /// What is wrong with the files.
    pub findings: Vec<Finding>,
}

impl Wording {
    /// Reads the files of a site that has any.
    pub fn read(tree: &Tree, site: &Site, schema: &Schema) -> Wording {
        let Some(file) = &schema.wording else { return Wording::default() };
        let mut wording = Wording::default();
        for (i, lang) in site.all_languages().into_iter().enumerate() {
            let path = super::data::path_of(file, (i > 0).then_some(&lang));
            let Some(own) = tree.files.get(&path) else {
                if i > 0 {
                    let message = format!("texts in \"{lang}\" have no words to watch");
                    let help = format!("Write {path}: the words of the language, like those of {file}.");
                    let place = Place::file(&"schema.yaml".into());
                    wording.findings.push(Finding::new(Rule::TRANSLATIONS_MISSING, place, message, help));
                }
                if i == 0 {
                    let message = format!("the words to watch stand in {path}, which is not there");
                    let place = Place::file(&"schema.yaml".into());
                    wording.findings.push(Finding::new(Rule::SCHEMA_INVALID, place, message, "Add the file."));
                }
                continue;
            };
            let lists = match own.bytes() {
                Ok(bytes) => read(&path, &bytes, schema, &mut wording.findings),
                Err(error) => {
                    wording.findings.push(Finding::unreadable(&path, &error));
                    continue;
                }
            };
            wording.languages.insert(lang, Lists::new(lists));
        }
        let lists: Vec<_> = wording.languages.iter().map(|(lang, own)| (lang, &own.lists)).collect();
        wording.digest = Some(Digest::of_value(&lists));
        wording
    }
}

/// The shape of one list.
fn shape() -> Vec<Field> {
    let then = THEN.map(|(name, _)| name.to_string()).to_vec();
    vec![
        Field::new("words", Type::Text.list(), "The words; one that ends in * fits every ending.").required(),
        Field::new("then", Type::Choice(then), "What follows.").required(),
        Field::new("instead", Type::Text, "What to write in their place."),
        Field::new("because", Type::Text, "Why, in a sentence.").required(),
        Field::new("except", Type::Text.list(), "Phrases in which the words are right."),
        Field::new("kinds", Type::Text.list(), "The kinds of page that it is for."),
    ]
}

fn read(path: &SitePath, bytes: &[u8], schema: &Schema, findings: &mut Vec<Finding>) -> Vec<List> {
    let Some(node) = yaml::read(path, bytes, "these lists", findings) else { return Vec::new() };
    let mut reader = Reader::new(path);
    reader.repeated(node.entries());
    let mut lists = Vec::new();
    for (key, node) in node.entries() {
        let written = yaml::Node { span: key.span, ..node.clone() };
        let value = Value::Record(reader.record(&written, &shape()));
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_string();
        let texts = |name: &str| value.get(name).map(Value::texts).unwrap_or_default();
        let then = THEN.iter().find(|(name, _)| *name == text("then"));
        for kind in node.get("kinds").into_iter().flat_map(yaml::Node::items) {
            let name = kind.text().unwrap_or_default();
            if !schema.kinds.contains_key(name) {
                let help = crate::base::near::did_you_mean(name, schema.kinds.keys().map(String::as_str), || {
                    "Name kinds that schema.yaml has.".into()
                });
                reader.say(Rule::NAMES_KIND, kind.span, format!("there is no kind \"{name}\""), help);
            }
        }
        for field in ["words", "except"] {
            for word in node.get(field).into_iter().flat_map(yaml::Node::items) {
                let text = word.text().unwrap_or_default().trim();
                let stem = text.strip_suffix('*').unwrap_or(text);
                if !stem.contains(char::is_alphanumeric) || stem.contains('*') {
                    let message = format!("\"{text}\" fits no words");
                    let help = "Write whole words; a star may stand at the end of the last one.";
                    reader.say(Rule::FIELDS_VALUE, word.span, message, help);
                }
            }
        }
        lists.extend(then.map(|(_, then)| List {
            name: key.name.clone(),
            words: texts("words"),
            except: texts("except"),
            then: *then,
            instead: text("instead"),
            because: text("because"),
            kinds: texts("kinds"),
        }));
    }
    findings.append(&mut reader.findings);
    lists
}

impl Lists {
    /// Makes lists ready.
    pub fn new(lists: Vec<List>) -> Lists {
        let (mut texts, mut patterns) = (Vec::new(), Vec::new());
        for (number, list) in lists.iter().enumerate() {
            let words = list.words.iter().map(|word| (word, false));
            for (word, is_exception) in words.chain(list.except.iter().map(|word| (word, true))) {
                let (folded, _) = fold(word.trim());
                let stem = folded.trim_end_matches('*');
                if !stem.is_empty() {
                    texts.push(stem.to_string());
                    patterns.push((number, stem.len() < folded.len(), is_exception));
                }
            }
        }
        // Only patterns by the million could fail, and a text file holds fewer.
        let automaton = AhoCorasick::new(&texts).or_else(|_| AhoCorasick::new([""; 0])).expect("no patterns");
        Lists { lists, automaton, patterns }
    }

    /// The words that a text says, in their order; of words within words of one list the longest counts.
    pub fn said(&self, text: &str) -> Vec<Said> {
        let (folded, places) = fold(text);
        let mut found: Vec<(usize, Range<usize>, bool)> = Vec::new();
        for hit in self.automaton.find_overlapping_iter(&folded) {
            let (list, any_ending, is_exception) = self.patterns[hit.pattern().as_usize()];
            let rest = &folded[hit.end()..];
            let more = match any_ending {
                true => rest.len() - rest.trim_start_matches(is_letter).len(),
                false => 0,
            };
            let end = hit.end() + more;
            let begins = !folded[..hit.start()].ends_with(is_letter) || !folded[hit.start()..].starts_with(is_letter);
            let ends = !folded[end..].starts_with(is_letter) || !folded[..end].ends_with(is_letter);
            // A part of a letter, like the dot of İ, is no word.
            if begins && ends && places[hit.start()] < places[end] {
                found.push((list, hit.start()..end, is_exception));
            }
        }
        found.sort_by_key(|(list, range, _)| (*list, range.start, std::cmp::Reverse(range.end)));
        let excepted: Vec<(usize, Range<usize>)> =
            found.iter().filter(|(.., own)| *own).map(|(list, range, _)| (*list, range.clone())).collect();
        let is_right = |list: usize, range: &Range<usize>| {
            excepted.iter().any(|(own, whole)| *own == list && whole.start <= range.start && range.end <= whole.end)
        };
        let mut said: Vec<Said> = Vec::new();
        let mut last = (usize::MAX, 0);
        for (list, range, _) in found.iter().filter(|(list, range, own)| !own && !is_right(*list, range)) {
            if last.0 != *list || range.start >= last.1 {
                last = (*list, range.end);
                said.push(Said { list: *list, range: places[range.start]..places[range.end] });
            }
        }
        said.sort_by_key(|said| (said.range.start, said.list));
        said
    }
}

/// Whether a character goes on with a word. Scripts that are written without blanks have no such.
fn is_letter(c: char) -> bool {
    let unspaced = matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    c.is_alphanumeric() && !unspaced
}

/// A text as it is compared: small letters, straight apostrophes, single blanks; and for each of its
/// bytes, and for its end, the byte of the text that it stands for.
pub fn fold(text: &str) -> (String, Vec<usize>) {
    let (mut folded, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
    for (at, c) in text.char_indices() {
        let before = folded.len();
        match c {
            _ if c.is_whitespace() && folded.ends_with(' ') => {}
            _ if c.is_whitespace() => folded.push(' '),
            '’' | '‘' | 'ʼ' => folded.push('\''),
            '\u{2010}' | '\u{2011}' => folded.push('-'),
            '\u{ad}' => {}
            _ => folded.extend(c.to_lowercase()),
        }
        places.resize(places.len() + folded.len() - before, at);
    }
    places.push(text.len());
    (folded, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[&str], except: &[&str], text: &str) -> Vec<String> {
        let texts = |list: &[&str]| list.iter().map(|word| word.to_string()).collect();
        let (name, instead, because) = (String::new(), String::new(), String::new());
        let (words, except, kinds) = (texts(words), texts(except), Vec::new());
        let list = List { name, words, except, then: Then::Reconsider, instead, because, kinds };
        Lists::new(vec![list]).said(text).into_iter().map(|said| text[said.range].to_string()).collect()
    }

    #[test]
    fn a_word_is_found_whole_and_in_any_case() {
        assert_eq!(said(&["cure"], &[], "Cure, a CURE and cured, obscure, pro-cure"), ["Cure", "CURE", "cure"]);
    }

    #[test]
    fn a_star_fits_every_ending() {
        assert_eq!(said(&["suicid*"], &[], "Suicide is not suicidal"), ["Suicide", "suicidal"]);
    }

    #[test]
    fn a_phrase_may_be_broken_over_lines_and_have_any_apostrophe() {
        assert_eq!(said(&["don't  stop"], &[], "Don’t\n  stop"), ["Don’t\n  stop"]);
    }

    #[test]
    fn a_phrase_in_which_a_word_is_right_passes() {
        let except = ["do not stop suddenly"];
        assert_eq!(said(&["stop"], &except, "Do not stop suddenly. Stop."), ["Stop"]);
    }

    #[test]
    fn of_words_within_words_the_longest_counts() {
        assert_eq!(said(&["heal", "heal you"], &[], "It will heal you."), ["heal you"]);
    }

    #[test]
    fn a_script_without_blanks_has_its_words_found_too() {
        assert_eq!(said(&["治癒"], &[], "必ず治癒します"), ["治癒"]);
    }
}
