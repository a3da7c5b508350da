//! YAML as a tree in which every value knows the bytes it was written with.
//!
//! The only file that names the YAML crate: another one swaps in here.

use crate::base::{
    finding::{Finding, Place},
    path::SitePath,
    rules::Rule,
    span::Span,
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::{DuplicateKeyPolicy, Spanned};
use std::fmt;

/// One YAML value and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub data: Data,
    /// Its bytes in the file. Of a list or map: of its first sign.
    pub span: Span,
}

/// The kinds of YAML value.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Nothing, or `~`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, and how it was written.
    Number(f64, String),
    /// Any other scalar; `no`, `2026-11-20` and quoted text among them.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map in the order written. A key may come twice: that is for the reader to say.
    Map(Vec<(Key, Node)>),
}

/// A key and where it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Its bytes in the file.
    pub span: Span,
}

/// Why a text is not YAML.
#[derive(Debug, PartialEq)]
pub struct Fault {
    /// In plain words.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where.
    pub span: Span,
}

impl Node {
    /// A map's value of that key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| k.name == key).map(|(_, node)| node)
    }

    /// A map's entries; none of anything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    /// A list's items; a single value counts as a list of one, nothing as an empty list.
    pub fn items(&self) -> Vec<&Node> {
        match &self.data {
            Data::List(items) => items.iter().collect(),
            Data::Null => Vec::new(),
            _ => vec![self],
        }
    }

    /// A scalar as it was written, or `None` for nothing, a list or a map.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) | Data::Number(_, text) => Some(text),
            Data::Boolean(true) => Some("true"),
            Data::Boolean(false) => Some("false"),
            _ => None,
        }
    }

    /// What it is, as an editor would call it.
    pub fn describe(&self) -> &'static str {
        match &self.data {
            Data::Null => "nothing",
            Data::Boolean(_) => "yes or no",
            Data::Number(..) => "a number",
            Data::Text(_) => "text",
            Data::List(_) => "a list",
            Data::Map(_) => "a group of keys",
        }
    }
}

/// Reads one YAML document.
///
/// `offset` is where `text` begins in its file: every span counts from the file's first byte.
/// An empty text is an empty map. Depth, size and the work that aliases may cause are bounded.
pub fn parse(text: &str, offset: usize) -> Result<Node, Fault> {
    let options = serde_yaml::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_depth: 24, max_nodes: 100_000 },
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(text, options) {
        Ok(raw) => {
            let node = finish(raw, text, offset);
            Ok(match node.data {
                Data::Null => Node { data: Data::Map(Vec::new()), span: node.span },
                _ => node,
            })
        }
        Err(error) => Err(explain(&error, text, offset)),
    }
}

/// Reads a whole file of YAML; `what` it is begins what is said where it cannot be read.
pub fn read(path: &SitePath, bytes: &[u8], what: &str, findings: &mut Vec<Finding>) -> Option<Node> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.push(Finding::not_utf8(Place::file(path)));
        return None;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match parse(text, bytes.len() - text.len()) {
        Ok(node) => Some(node),
        Err(fault) => {
            let message = format!("{what} cannot be read: {}", fault.message);
            findings.push(Finding::new(Rule::READ_YAML, Place::span(path, fault.span), message, fault.help));
            None
        }
    }
}

/// The tree as serde builds it, before spans are moved and numbers get their text back.
enum Raw {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw")
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        struct Build;
        impl<'de> Visitor<'de> for Build {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a YAML value")
            }
            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_none<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
                Ok(Raw::Boolean(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }
            fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }
            fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
                Ok(Raw::Number(value as f64))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
                Ok(Raw::Number(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
                Ok(Raw::Text(value.into()))
            }
            fn visit_string<E>(self, value: String) -> Result<Raw, E> {
                Ok(Raw::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = seq.next_element()? {
                    list.push(item);
                }
                Ok(Raw::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Raw::Map(entries))
            }
        }
        deserializer.deserialize_any(Build)
    }
}

fn finish(raw: Spanned<Raw>, text: &str, offset: usize) -> Node {
    let span = span_of(&raw.referenced, text, offset);
    let data = match raw.value {
        Raw::Null => Data::Null,
        Raw::Boolean(value) => Data::Boolean(value),
        Raw::Number(value) => {
            // An alias has the span of its use: then the number must be written anew.
            let written = &text[span.start as usize - offset..span.end as usize - offset];
            let same = written.replace('_', "").parse::<f64>().is_ok_and(|n| n == value);
            Data::Number(value, if same { written.into() } else { value.to_string() })
        }
        Raw::Text(value) => Data::Text(value),
        Raw::List(list) => Data::List(list.into_iter().map(|item| finish(item, text, offset)).collect()),
        Raw::Map(entries) => Data::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let span = span_of(&key.referenced, text, offset);
                    (Key { name: key.value, span }, finish(value, text, offset))
                })
                .collect(),
        ),
    };
    Node { data, span }
}

fn span_of(location: &serde_yaml::Location, text: &str, offset: usize) -> Span {
    let span = location.span();
    let start = match span.byte_offset() {
        Some(start) => start as usize,
        None => byte_of(text, span.offset() as usize),
    };
    let len = span.byte_len().unwrap_or(span.len()) as usize;
    let range = Span::new(start..start + len).within(text);
    // A plain scalar's span may run on to the line's end; trailing blanks are not part of it.
    let written = text[range.clone()].trim_end();
    Span::new(range.start..range.start + written.len()).moved(offset)
}

/// The byte at which the character of that number begins.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
}

/// The crate's message in an editor's words. The kinds that editors meet get a remedy of their
/// own; the rest keep the crate's sentence, which is a fair one.
fn explain(error: &serde_yaml::Error, text: &str, offset: usize) -> Fault {
    let raw = error.without_snippet().to_string();
    let sentence = raw.lines().next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    let sentence = match sentence.strip_prefix("line ").and_then(|s| s.split_once(": ")) {
        Some((_, rest)) => rest,
        None => sentence,
    };
    let sentence = sentence.split(" at line ").next().unwrap_or(sentence);
    let span = match error.location() {
        Some(location) => span_of(&location, text, offset),
        None => Span::new(offset..offset),
    };
    let (message, help) = if sentence.contains("tab") {
        ("a tab stands where spaces belong", "Indent with spaces; YAML does not allow tabs.")
    } else if sentence.contains("Depth") || sentence.contains("nest") || sentence.contains("recursion") {
        ("the values are nested too deeply", "More than 24 levels are not read. Flatten the data.")
    } else if sentence.contains("budget") || sentence.contains("alias") || sentence.contains("limit") {
        ("the values unfold to more than can be read", "Write the values out instead of using `*` aliases of aliases.")
    } else if sentence.contains("mapping values are not allowed") {
        ("a colon stands inside a value", "Put the whole value between double quotes: key: \"first: second\".")
    } else if sentence.contains("unclosed quote") || sentence.contains("unclosed") && sentence.contains("quot") {
        ("a quotation mark is opened and never closed", "Close it with the same mark, or remove it.")
    } else {
        (sentence, "Mend the YAML here: one `key: value` a line, lists with `- `, indented by spaces.")
    };
    Fault { message: message.into(), help: help.into(), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_count_bytes_of_the_file() {
        let node = parse("é: 1\ntitle: no\n", 10).unwrap();
        let title = node.get("title").unwrap();
        assert_eq!(title.data, Data::Text("no".into()));
        assert_eq!(title.span, Span::new(23..25));
    }

    #[test]
    fn a_number_keeps_the_text_it_was_written_with() {
        assert_eq!(parse("a: 1.10", 0).unwrap().get("a").unwrap().text(), Some("1.10"));
    }

    #[test]
    fn bombs_and_depths_are_faults_and_not_crashes() {
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
        assert!(parse(bomb, 0).unwrap_err().message.contains("unfold"));
        let deep = "[".repeat(100) + &"]".repeat(100);
        assert!(parse(&deep, 0).unwrap_err().message.contains("nested"));
    }

    #[test]
    fn an_empty_text_is_an_empty_map() {
        assert_eq!(parse("", 0).unwrap().data, Data::Map(Vec::new()));
        assert_eq!(parse("# nothing\n", 0).unwrap().data, Data::Map(Vec::new()));
    }
}
