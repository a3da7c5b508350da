//! `:::include part` and `:::table file.csv`: text from other files in the place of two lines.
//!
//! It happens before anything else is read, so that headings, links, notes and words of the glossary
//! in a fragment count like the page's own. The expanded text remembers which bytes are from where:
//! a finding names the file that must be mended.

use super::{
    blocks::{self, Action},
    fence::{self, Fence},
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        lang::Lang,
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
    source::tree::Tree,
};
use std::{borrow::Cow, collections::BTreeMap};

/// The folder of fragments.
const PARTS: &str = "content/_parts";

/// The folder of data.
const DATA: &str = "content/_data";

/// Fragments may include fragments, but nobody reads a text that is nested deeper.
const DEEPEST: usize = 16;

/// The most bytes that a text may grow to: fragments of fragments multiply.
const LONGEST: usize = 8 << 20;

/// What may be put into a text: fragments and tables.
#[derive(Debug, Default)]
pub struct Parts {
    files: BTreeMap<SitePath, String>,
    /// The digest of all of them.
    pub digest: Option<Digest>,
}

impl Parts {
    /// The fragments and tables of a site. What cannot be read is a finding.
    pub fn of(tree: &Tree) -> (Parts, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut files = BTreeMap::new();
        let fragments = tree.below(PARTS).filter(|(path, _)| path.extension() == "md");
        let tables = tree.below(DATA).filter(|(path, _)| path.extension() == "csv");
        let mut digests = Vec::new();
        for (path, file) in fragments.chain(tables) {
            digests.push(file.digest);
            match file.bytes().map(|bytes| String::from_utf8(bytes.into_owned())) {
                Ok(Ok(text)) => drop(files.insert(path.clone(), text)),
                Ok(Err(_)) => findings.push(Finding::not_utf8(Place::file(path))),
                Err(error) => findings.push(Finding::unreadable(path, &error)),
            }
        }
        let digest = Digest::of_value(&(files.keys().collect::<Vec<_>>(), digests));
        (Parts { files, digest: Some(digest) }, findings)
    }

    /// A fragment or table by the name that a text calls it, in the language of the text if there is
    /// one.
    fn find(&self, folder: &str, extension: &str, name: &str, lang: &Lang) -> Option<(&SitePath, &str)> {
        // Whoever writes the whole path means the same.
        let short = folder.strip_prefix("content/").unwrap_or(folder);
        let name = [folder, short].iter().find_map(|own| name.strip_prefix(own)?.strip_prefix('/')).unwrap_or(name);
        let stem = name.strip_suffix(extension).unwrap_or(name);
        let paths = [format!("{folder}/{stem}.{lang}{extension}"), format!("{folder}/{stem}{extension}")];
        paths.iter().find_map(|path| self.files.get_key_value(path.as_str())).map(|(path, text)| (path, text.as_str()))
    }

    /// The names by which the files of a folder can be called.
    fn names(&self, folder: &str) -> Vec<&str> {
        let prefix = format!("{folder}/");
        let names = self.files.keys().filter_map(|path| path.strip_prefix(&prefix));
        names.map(|name| name.strip_suffix(".md").unwrap_or(name)).collect()
    }
}

/// A text with other files put into it.
#[derive(Debug)]
pub struct Expanded<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// From which byte on the text is from which file, and from which byte of that.
    segments: Vec<(usize, SitePath, usize)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Expanded<'_> {
    /// Where some bytes of the text are written.
    pub fn place(&self, span: Span) -> (&SitePath, Span) {
        let number = self.segments.partition_point(|(at, ..)| *at <= span.start as usize).saturating_sub(1);
        let (at, file, start) = &self.segments[number];
        let end = self.segments.get(number + 1).map_or(usize::MAX, |(next, ..)| *next);
        let range = span.start as usize - at..(span.end as usize).min(end).max(span.start as usize) - at;
        (file, Span::new(start + range.start..start + range.end))
    }
}

/// Whether a text may have something to put in: asked before the text is looked at closely.
pub fn is_asked(bytes: &[u8]) -> bool {
    [&b":::include"[..], b":::table"].iter().any(|word| memchr::memmem::find(bytes, word).is_some())
}

/// Puts into the text of a page, which begins at byte `body` of its file, what it asks for.
pub fn expand<'a>(path: &SitePath, text: &'a str, body: usize, parts: &Parts, lang: &Lang) -> Expanded<'a> {
    if !is_asked(text.as_bytes()) {
        return Expanded { text: Cow::Borrowed(text), segments: vec![(0, path.clone(), body)], findings: Vec::new() };
    }
    let mut expander = Expander { parts, lang, text: String::new(), segments: Vec::new(), findings: Vec::new() };
    expander.add(path, text, body, &mut vec![path.clone()]);
    Expanded { text: Cow::Owned(expander.text), segments: expander.segments, findings: expander.findings }
}

struct Expander<'a> {
    parts: &'a Parts,
    lang: &'a Lang,
    text: String,
    segments: Vec<(usize, SitePath, usize)>,
    findings: Vec<Finding>,
}

impl Expander<'_> {
    fn add(&mut self, path: &SitePath, text: &str, start: usize, stack: &mut Vec<SitePath>) {
        let prepared = blocks::prepare(text);
        let mut from = 0;
        for (i, marker) in prepared.markers.iter().enumerate() {
            let Action::Open { name, title, closed: true, empty: true, .. } = &marker.action else { continue };
            let is_table = match name.as_str() {
                "include" => false,
                "table" => true,
                _ => continue,
            };
            let Some(close) = prepared.markers.get(i + 1) else { continue };
            self.copy(path, &text[from..marker.span.start as usize], start + from);
            from = close.span.end as usize;
            let place = Place::span(path, marker.span.moved(start));
            match is_table {
                true => self.table(title, place),
                false => self.include(title, place, stack),
            }
        }
        self.copy(path, &text[from..], start + from);
    }

    fn copy(&mut self, path: &SitePath, text: &str, start: usize) {
        if !text.is_empty() || self.segments.is_empty() {
            self.segments.push((self.text.len(), path.clone(), start));
            self.text.push_str(text);
        }
    }

    fn say(&mut self, place: Place, message: String, help: String) {
        self.findings.push(Finding::new(Rule::BLOCKS_INCLUDE, place, message, help));
    }

    fn include(&mut self, name: &str, place: Place, stack: &mut Vec<SitePath>) {
        if name.is_empty() {
            let help = "Write :::include and the name of a file of content/_parts/, without .md.";
            return self.say(place, "this line does not say what to put in".into(), help.into());
        }
        let Some((path, text)) = self.parts.find(PARTS, ".md", name, self.lang) else {
            let help = did_you_mean(name, self.parts.names(PARTS), || format!("Write the file {PARTS}/{name}.md."));
            return self.say(place, format!("there is no part \"{name}\""), help);
        };
        if stack.contains(path) {
            let circle = stack.iter().skip_while(|own| *own != path).chain([path]);
            let way: Vec<&str> = circle.map(|path| path.name()).collect();
            let help = "Take one of the :::include lines out.";
            return self.say(place, format!("this part includes itself: {}", way.join(" → ")), help.into());
        }
        if stack.len() > DEEPEST || self.text.len() + text.len() > LONGEST {
            let help = "Put the text into fewer parts.";
            return self.say(place, "parts within parts make this text too large".into(), help.into());
        }
        let start = match fence::split(text) {
            Fence::Front(yaml, body) => {
                let help = "Remove everything from the first --- to the second: a part has no front matter.";
                let place = Place::span(path, Span::new(0..yaml.start.min(3)));
                self.say(place, "this part begins like a page".into(), help.into());
                body
            }
            Fence::None(start) => start,
            Fence::Wrong(_) => 0,
        };
        // A blank line before and after: a fragment is never one paragraph with what is around it.
        self.copy(path, "\n", start);
        stack.push(path.clone());
        self.add(path, &text[start..], start, stack);
        stack.pop();
        self.copy(path, "\n", text.len());
    }

    /// A table as Markdown, so that everything after this treats it like one that was typed.
    fn table(&mut self, title: &str, place: Place) {
        let (name, caption) = title.split_once(char::is_whitespace).unwrap_or((title, ""));
        if name.is_empty() {
            let help = "Write :::table and the name of a file of content/_data/ that ends in .csv.";
            return self.say(place, "this line does not say which table to put in".into(), help.into());
        }
        let Some((path, text)) = self.parts.find(DATA, ".csv", name, self.lang) else {
            let known = self.parts.names(DATA);
            let help = did_you_mean(name, known, || "Name a file of content/_data/ that ends in .csv.".into());
            return self.say(place, format!("there is no table \"{name}\""), help);
        };
        // A mark of the byte order, as spreadsheets write it, is no part of the first cell.
        let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let text = &text[mark..];
        let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
        if !caption.trim().is_empty() {
            self.copy(&place.file, &format!("\nTable: {}\n\n", caption.trim()), span_start(&place));
        }
        self.copy(path, "\n", 0);
        let mut first = true;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let at = error.position().map_or(0, |position| position.byte() as usize);
                    let message = match error.kind() {
                        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                            let cells = if *len == 1 { "cell" } else { "cells" };
                            format!("this row has {len} {cells} and the first has {expected_len}")
                        }
                        _ => "this row cannot be read".into(),
                    };
                    let help =
                        "Give each row as many cells as the first; put a cell with a comma between double quotes.";
                    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
                    return self.say(Place::span(path, Span::new(at + mark..end + mark)), message, help.into());
                }
            };
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let cells: Vec<String> = record.iter().map(cell).collect();
            self.copy(path, &format!("| {} |\n", cells.join(" | ")), start + mark);
            if first && cells.len() == 1 && cells[0].contains(';') {
                let help = "Save the file with commas between the cells (\"CSV, separated by commas\").";
                let place = Place::span(path, Span::new(start + mark..start + mark + cells[0].len()));
                return self.say(place, "the cells of this table are parted by semicolons".into(), help.into());
            }
            if std::mem::take(&mut first) {
                self.copy(path, &format!("|{}\n", " --- |".repeat(cells.len())), start);
            }
        }
        if first {
            let help = "Write the names of its columns into the first row.";
            self.say(Place::file(path), "this table is empty".into(), help.into());
        }
        self.copy(path, "\n", text.len());
    }
}

fn span_start(place: &Place) -> usize {
    match &place.mark {
        crate::base::finding::Mark::Span(span) => span.start as usize,
        _ => 0,
    }
}

/// A cell's text inside a Markdown table: one line, its bars escaped.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(files: &[(&str, &str)], text: &str) -> (String, Vec<String>) {
        let (parts, _) = Parts::of(&Tree::of(files));
        let page = SitePath::from("content/a.md");
        let out = expand(&page, text, 10, &parts, &Lang::parse("en").unwrap());
        let said = out.findings.iter().map(|f| f.message.clone()).collect();
        (out.text.into_owned(), said)
    }

    #[test]
    fn a_fragment_stands_in_the_place_of_its_lines_and_knows_its_file() {
        let (parts, _) = Parts::of(&Tree::of(&[("content/_parts/note.md", "See [x].")]));
        let page = SitePath::from("content/a.md");
        let out = expand(&page, "One\n:::include note\n:::\nTwo", 10, &parts, &Lang::parse("en").unwrap());
        assert_eq!(out.text, "One\n\nSee [x].\n\nTwo");
        let at = |word: &str| Span::new(out.text.find(word).unwrap()..out.text.find(word).unwrap() + word.len());
        assert_eq!(out.place(at("[x]")), (&"content/_parts/note.md".into(), Span::new(4..7)));
        assert_eq!(out.place(at("Two")), (&page, Span::new(34..37)));
    }

    #[test]
    fn a_circle_is_said_and_ends() {
        let files = [("content/_parts/a.md", ":::include b\n:::\n"), ("content/_parts/b.md", ":::include a\n:::\n")];
        let (_, said) = expanded(&files, ":::include a\n:::\n");
        assert_eq!(said, ["this part includes itself: a.md → b.md → a.md"]);
    }

    #[test]
    fn a_table_comes_from_a_file() {
        let files = [("content/_data/prices.csv", "What,Price\nOne hour,\"1,50 | 2\"\n")];
        let (text, said) = expanded(&files, ":::table prices.csv What it costs\n:::\n");
        assert_eq!(text.trim(), "Table: What it costs\n\n\n| What | Price |\n| --- | --- |\n| One hour | 1,50 \\| 2 |");
        assert!(said.is_empty());
        assert_eq!(
            expanded(&[("content/_data/x.csv", "a,b\nc\n")], ":::table x\n:::\n").1,
            ["this row has 1 cell and the first has 2"]
        );
    }
}
