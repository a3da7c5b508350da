//! Rules about what a text says: words to watch, numbers to ring, claims without a source, urgent help
//! where it is called for, and how hard the text is to read.
//!
//! Each file is looked at by itself, so what was found in it is remembered by its bytes.

use super::{
    exceptions::{self, Exception},
    fields::collect,
    reading::{self, Measure},
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Mark, Place},
        lang::Lang,
        memo::Table,
        path::SitePath,
        phone,
        rules::Rule,
        span::Span,
    },
    load::{
        expand::{self, Expanded},
        fence::{self, Fence},
        page::Parsed,
        passages::{self, Passage, Role},
        sources::Sources,
        wording::{List, Lists, Then},
    },
    settings::{
        schema::{Kind, Schema},
        site::Site,
        types::{Field, Type},
        yaml::{self, Node},
    },
    source::tree::Tree,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, ops::Range, sync::Arc};

/// What was found in the text of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// How hard it is to read, where the schema asks and the language can be measured.
    pub measure: Option<Measure>,
}

/// What is remembered of the texts of pages.
pub type Texts = Table<SitePath, Arc<Text>>;

/// The rules of a site about texts.
#[derive(Debug)]
pub struct Rules<'a> {
    site: &'a Site,
    schema: &'a Schema,
    sources: &'a Sources,
    /// The digits of every number that stands in the data.
    numbers: BTreeSet<String>,
    /// The codes of every source.
    codes: BTreeSet<&'a str>,
    /// Whether numbers are data at all.
    keeps_numbers: bool,
    /// The digest of all of it.
    digest: Digest,
}

impl<'a> Rules<'a> {
    /// The rules of a site; `None` where it has none.
    pub fn of(site: &'a Site, schema: &'a Schema, sources: &'a Sources) -> Option<Rules<'a>> {
        let is_line = |field: &&Field| matches!(field.kind, Type::Line(_));
        let mut keeps_numbers = false;
        let mut numbers = BTreeSet::new();
        for kind in schema.kinds.values() {
            let lines: Vec<&Field> = kind.fields.iter().filter(is_line).collect();
            keeps_numbers |= !lines.is_empty();
            for entry in sources.data_of(&kind.name).flat_map(|(_, file)| &file.entries) {
                let texts = lines.iter().filter_map(|field| entry.content.field(&field.name)?.as_str());
                numbers.extend(texts.flat_map(phone::all_digits));
            }
        }
        let reads = schema.kinds.values().any(|kind| kind.reading != Default::default());
        let wording = sources.wording.digest;
        if !keeps_numbers && !reads && wording.is_none() {
            return None;
        }
        let citable = schema.kinds.keys().filter(|kind| schema.is_citable(kind));
        let codes: BTreeSet<&str> = citable
            .flat_map(|kind| sources.data_of(kind))
            .flat_map(|(_, file)| file.entries.iter().map(|entry| entry.id.as_str()))
            .collect();
        let digest = Digest::of_value(&(schema, &numbers, &codes, wording));
        Some(Rules { site, schema, sources, numbers, codes, keeps_numbers, digest })
    }

    /// Looks at the text of every page, in the order of the sources.
    pub fn pages(&self, tree: &Tree, memo: &Texts) -> Vec<Arc<Text>> {
        self.sources.pages.par_iter().map(|parsed| self.page(tree, parsed, memo)).collect()
    }

    /// As [`Rules::pages`], where nothing differs from a build before but the texts of these pages.
    pub fn again(&self, tree: &Tree, memo: &Texts, before: &[Arc<Text>], edited: &[u32]) -> Vec<Arc<Text>> {
        let mut texts = before.to_vec();
        for number in edited {
            texts[*number as usize] = self.page(tree, &self.sources.pages[*number as usize], memo);
        }
        texts
    }

    fn page(&self, tree: &Tree, parsed: &Parsed, memo: &Texts) -> Arc<Text> {
        let path = &parsed.page.path;
        let Some(file) = tree.files.get(path).filter(|_| !parsed.page.broken) else { return Arc::default() };
        let parts = self.sources.parts.digest.filter(|_| parsed.includes);
        let help = self.sources.urgent_help_in_full(&parsed.page, self.site);
        let input = || Digest::of_value(&(file.digest, self.digest, parts, &parsed.page.lang, &parsed.page.kind, help));
        memo.get(path, input, || {
            // A file that changes while it is read is told of by those who read it first.
            let Ok(bytes) = file.bytes() else { return Arc::default() };
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            Arc::new(self.text(parsed, text))
        })
    }

    fn text(&self, parsed: &Parsed, text: &str) -> Text {
        let page = &parsed.page;
        let kind = self.schema.kind(&page.kind);
        let body = parsed.body as usize;
        let expanded =
            expand::expand(&page.path, text.get(body..).unwrap_or_default(), body, &self.sources.parts, &page.lang);
        let mut fields = Vec::new();
        if let Fence::Front(yaml, _) = fence::split(text)
            && let Ok(node) = yaml::parse(&text[yaml.clone()], yaml.start)
        {
            fields = self.fields(kind, &node, text, true);
        }
        let words = passages::read(&expanded.text);
        let mut look = Look {
            rules: self,
            path: &page.path,
            expanded: Some(&expanded),
            lists: self.lists(&page.lang, &page.kind),
            exceptions: exceptions::read(&text[..body.min(text.len())], body),
            in_text: exceptions::read(&expanded.text, 0),
            findings: Vec::new(),
            urgent: None,
        };
        for (passage, _) in &fields {
            look.passage(passage, false, self.keeps_numbers);
        }
        for passage in &words {
            look.passage(passage, true, self.keeps_numbers);
        }
        let full = self.sources.urgent_help_in_full(page, self.site).unwrap_or(kind.urgent_help_in_full);
        let first = passages::begins_with(&expanded.text, "urgent");
        if let Some((said, place)) = look.urgent.take().filter(|_| !full && !first) {
            let message = format!("this page says \"{said}\", and does not show urgent help in full");
            let help = "Write \"urgent_help: full\" into its front matter, or begin its text with a block :::urgent.";
            look.findings.push(Finding::new(Rule::SAFETY_URGENT_HELP, place, message, help));
        }
        let shown = fields.iter().filter(|(_, shown)| *shown).map(|(passage, _)| (passage, false));
        let running = words.iter().filter(|passage| passage.role == Role::Running).map(|passage| (passage, true));
        let measure = look.reading(kind, &page.lang, shown.chain(running).collect());
        look.unused();
        Text { findings: look.findings, measure }
    }

    /// What is wrong with the texts of data files.
    pub fn data(&self, tree: &Tree) -> Vec<Finding> {
        let mut findings = Vec::new();
        for file in &self.sources.data {
            let Some(bytes) = tree.files.get(&file.path).and_then(|own| own.bytes().ok()) else { continue };
            let text = std::str::from_utf8(&bytes).unwrap_or_default();
            let Ok(node) = yaml::parse(text, 0) else { continue };
            let kind = self.schema.kind(&file.kind);
            let mut look = Look {
                rules: self,
                path: &file.path,
                expanded: None,
                lists: self.lists(file.lang.as_ref().unwrap_or(&self.site.language), &file.kind),
                exceptions: exceptions::read(text, text.len()),
                in_text: Vec::new(),
                findings: Vec::new(),
                urgent: None,
            };
            let keeps_numbers = kind.fields.iter().any(|field| matches!(field.kind, Type::Line(_)));
            for (_, entry) in node.entries() {
                for (passage, _) in self.fields(kind, entry, text, false) {
                    look.passage(&passage, false, self.keeps_numbers && !keeps_numbers);
                }
            }
            let shown_in_full = kind.urgent_help_in_full || self.shows_in_full(&file.kind);
            if let Some((said, place)) = look.urgent.take().filter(|_| !shown_in_full) {
                let message =
                    format!("an entry says \"{said}\", and the page that shows it does not show urgent help in full");
                let help = format!("Write \"urgent_help: full\" for the kind \"{}\" in schema.yaml.", file.kind);
                look.findings.push(Finding::new(Rule::SAFETY_URGENT_HELP, place, message, help));
            }
            look.unused();
            findings.append(&mut look.findings);
        }
        findings
    }

    /// Whether the page that shows the entries of a data kind is one that somebody wrote, with urgent help in
    /// full.
    fn shows_in_full(&self, kind: &str) -> bool {
        let page = self.schema.kind(kind).data.as_ref().map(|data| data.page.as_str());
        let own = self.sources.pages.iter().find(|parsed| Some(parsed.page.id.as_str()) == page);
        own.is_some_and(|parsed| self.sources.urgent_help_in_full(&parsed.page, self.site) == Some(true))
    }

    /// The lists of words for a text in this language and of this kind.
    fn lists(&self, lang: &Lang, kind: &str) -> Option<(&'a Lists, Vec<bool>)> {
        let lists = self.sources.wording.languages.get(lang)?;
        let is_for = |list: &List| list.kinds.is_empty() || list.kinds.iter().any(|own| own == kind);
        Some((lists, lists.lists.iter().map(is_for).collect()))
    }

    /// What the fields of a page or an entry say, and whether a reader reads it as sentences.
    fn fields(&self, kind: &Kind, node: &Node, text: &str, is_page: bool) -> Vec<(Passage, bool)> {
        let mut out = Vec::new();
        for (key, value) in node.entries() {
            let own = kind.fields.iter().find(|field| field.name == key.name);
            if is_page && ["title", "summary", "short", "tab_title"].contains(&key.name.as_str()) {
                collect(&mut out, value, &Type::Text, (text, key.name == "summary", false));
            } else if let Some(field) = own {
                collect(&mut out, value, &field.kind, (text, field.is_shown(), false));
            } else if let Some((_, relation, _)) = self.schema.relation(&key.name, &kind.name) {
                let data = Type::Record(relation.data.clone());
                value.items().into_iter().for_each(|item| collect(&mut out, item, &data, (text, false, false)));
            }
        }
        out
    }
}

/// A look at one file.
struct Look<'a> {
    rules: &'a Rules<'a>,
    path: &'a SitePath,
    /// The text of a page with what it includes.
    expanded: Option<&'a Expanded<'a>>,
    lists: Option<(&'a Lists, Vec<bool>)>,
    /// The exceptions in front matter or data.
    exceptions: Vec<Exception>,
    /// Those in the text, with what it includes.
    in_text: Vec<Exception>,
    findings: Vec<Finding>,
    /// The first words that call for urgent help.
    urgent: Option<(String, Place)>,
}

impl Look<'_> {
    /// The place of some bytes: of the expanded text, or of the file.
    fn place(&self, span: Span, in_text: bool) -> Place {
        match self.expanded.filter(|_| in_text) {
            Some(expanded) => {
                let (file, span) = expanded.place(span);
                Place::span(file, span)
            }
            None => Place::span(self.path, span),
        }
    }

    fn is_allowed(&self, words: &str, span: Span, in_text: bool) -> bool {
        let exceptions = if in_text { &self.in_text } else { &self.exceptions };
        exceptions.iter().any(|own| own.allows(words, span))
    }

    fn passage(&mut self, passage: &Passage, in_text: bool, no_numbers: bool) {
        let said: Vec<(&List, Range<usize>)> = match &self.lists {
            Some((lists, is_for)) => {
                let said = lists.said(&passage.text).into_iter().filter(|said| is_for[said.list]);
                said.map(|said| (&lists.lists[said.list], said.range)).collect()
            }
            None => Vec::new(),
        };
        self.words(passage, &said, in_text);
        if no_numbers {
            self.numbers(passage, &said, in_text);
        }
    }

    fn words(&mut self, passage: &Passage, said: &[(&List, Range<usize>)], in_text: bool) {
        let mut claims = BTreeSet::new();
        // What follows a word for ringing is looked at with the numbers.
        for (list, range) in said.iter().filter(|(list, _)| list.then != Then::Number) {
            let words = &passage.text[range.clone()];
            let span = passage.span(range.clone());
            let place = self.place(span, in_text);
            // One claim a passage is told: its source is one.
            let is_quiet = match list.then {
                Then::UrgentHelp => self.urgent.is_some(),
                Then::Cite => self.cites(passage) || passage.role == Role::Aside || !claims.insert(&list.name),
                _ => false,
            };
            if is_quiet || self.is_allowed(words, span, in_text) {
                continue;
            }
            let because = sentence(&list.because);
            let instead = match list.instead.as_str() {
                "" => "Say it in other words.".into(),
                instead => sentence(&format!("Instead: {instead}")),
            };
            let unless = format!(
                "Where it is right, allow it with a reason: {}",
                match in_text {
                    true => format!("<!-- allow \"{words}\": … -->"),
                    false => format!("# allow \"{words}\": …"),
                }
            );
            let (rule, message, help) = match list.then {
                Then::Number => continue,
                Then::UrgentHelp => {
                    self.urgent = Some((words.into(), place));
                    continue;
                }
                Then::Block => (
                    Rule::WORDING_BLOCKED,
                    format!("\"{words}\" may not stand here. {because}"),
                    format!("{instead} {unless}"),
                ),
                Then::Reconsider => (
                    Rule::WORDING_RECONSIDER,
                    format!("reconsider \"{words}\". {because}"),
                    format!("{instead} {unless}"),
                ),
                Then::Cite => {
                    let message = format!("\"{words}\" makes a claim, and no source stands beside it. {because}");
                    let help = format!("Cite the source in the same paragraph, like [E1]. {unless}");
                    (Rule::SAFETY_CLAIM, message, help)
                }
            };
            let message = message.trim_end().trim_end_matches('.').to_string();
            self.findings.push(Finding::new(rule, place, message, help));
        }
    }

    /// Whether a source stands beside a passage: one that there is.
    fn cites(&self, passage: &Passage) -> bool {
        passage.cites || passage.codes.iter().any(|code| self.rules.codes.contains(code.as_str()))
    }

    fn numbers(&mut self, passage: &Passage, said: &[(&List, Range<usize>)], in_text: bool) {
        let rung = rung(&passage.text, said);
        let written = phone::numbers(&passage.text).into_iter().filter_map(|range| {
            let number = &passage.text[range.clone()];
            let known = self.rules.numbers.contains(&phone::digits(number));
            (known || phone::is_surely_one(number) || rung.iter().any(|own| own.contains(&range.start)))
                .then(|| (passage.span(range.clone()), number.to_string()))
        });
        let linked = passage.numbers.clone();
        // The words of a link to a telephone are told with it.
        let is_told = |span: &Span| linked.iter().any(|(told, _)| told.start <= span.start && span.end <= told.end);
        let written: Vec<(Span, String)> = written.filter(|(span, _)| !is_told(span)).collect();
        for (span, number) in linked.into_iter().chain(written) {
            let place = self.place(span, in_text);
            if self.is_allowed(&number, span, in_text) {
                continue;
            }
            let message = format!("the number {number} is typed into a text");
            let help = "Numbers change. Keep it in the data, where its source and the day of its last check stand, and link to its entry or place it with a block.";
            self.findings.push(Finding::new(Rule::SAFETY_PHONE, place, message, help));
        }
    }

    /// Measures what a reader reads, and holds it against the limits of the kind.
    fn reading(&mut self, kind: &Kind, lang: &Lang, passages: Vec<(&Passage, bool)>) -> Option<Measure> {
        let limits = &kind.reading;
        if *limits == Default::default() {
            return None;
        }
        let whole = |passage: &Passage| {
            let text = passage.text.trim();
            if text.ends_with(['.', '!', '?']) { format!("{text}\n") } else { format!("{text}.\n") }
        };
        let measure = Measure::of(&passages.iter().map(|(passage, _)| whole(passage)).collect::<String>());
        let mut say = |rule, place, message: String, help: String| {
            self.findings.push(Finding::new(rule, place, message, help));
        };
        let page = Place::mark(self.path, Mark::Field("title".into()));
        let words = f64::from(measure.words);
        if let Some(least) = limits.min_words.filter(|least| words < *least) {
            let message = format!("this page has {words} words, and pages of its kind have at least {least}");
            let help = "Say what is missing, or take the page into another one.";
            say(Rule::READING_LENGTH, page.clone(), message, help.into());
        }
        if let Some(most) = limits.max_words.filter(|most| words > *most) {
            let message = format!("this page has {words} words, and pages of its kind have at most {most}");
            let help = "Take out what a reader can do without, or move a part to a page of its own.";
            say(Rule::READING_LENGTH, page.clone(), message, help.into());
        }
        if !reading::is_measured(lang) {
            return None;
        }
        if let Some(most) = limits.grade.filter(|most| measure.grade() > *most) {
            let grade = measure.grade();
            let message = format!("this page reads at grade {grade}, and pages of its kind may reach {most}");
            let hardest = passages.iter().filter(|(passage, _)| Measure::of(&passage.text).words > 9);
            let hardest = hardest
                .max_by(|(a, _), (b, _)| Measure::of(&whole(a)).grade().total_cmp(&Measure::of(&whole(b)).grade()));
            let begins = hardest.map(|(passage, _)| {
                let words: Vec<&str> = passage.text.split_whitespace().take(6).collect();
                format!(" The hardest passage begins \"{} …\".", words.join(" "))
            });
            let help = format!("Write shorter sentences and plainer words.{}", begins.unwrap_or_default());
            say(Rule::READING_GRADE, page.clone(), message, help);
        }
        if let Some(most) = limits.mean_sentence.filter(|most| measure.sentence() > *most) {
            let length = measure.sentence();
            let message = format!("the sentences of this page have {length} words on average, and may have {most}");
            say(Rule::READING_SENTENCE, page, message, "Make two sentences of the longest ones.".into());
        }
        let Some(most) = limits.sentence else { return Some(measure) };
        let mut long = Vec::new();
        for (passage, in_text) in &passages {
            let sentences = reading::sentences(&passage.text).filter(|(_, words)| f64::from(*words) > most);
            long.extend(sentences.map(|(range, words)| (self.place(passage.span(range), *in_text), words)));
        }
        for (place, words) in long {
            let message = format!("this sentence has {words} words, and may have {most}");
            self.findings.push(Finding::new(Rule::READING_SENTENCE, place, message, "Make two sentences of it."));
        }
        Some(measure)
    }

    /// Finds exceptions that nothing needs, or that do not say why.
    fn unused(&mut self) {
        let all = self.exceptions.iter().map(|own| (own, false)).chain(self.in_text.iter().map(|own| (own, true)));
        for (own, in_text) in all {
            let place = self.place(own.span, in_text);
            let (message, help) = match (own.used.get(), own.has_reason) {
                (false, _) => (
                    format!("nothing here needs \"{}\" to be allowed", own.words),
                    "Take it out, or write the words just as the message about them has them.",
                ),
                (true, false) => (
                    format!("\"{}\" is allowed without a reason", own.words),
                    "Write the reason after a colon: allow \"…\": because …",
                ),
                _ => continue,
            };
            self.findings.push(Finding::new(Rule::WORDING_EXCEPTION, place, message, help));
        }
    }
}

/// Where in a text a number would be one to ring: shortly after a word for ringing or texting, in the same
/// sentence.
fn rung(text: &str, said: &[(&List, Range<usize>)]) -> Vec<Range<usize>> {
    const NEAR: usize = 30;
    let end = |from: usize| {
        let rest = &text[from..];
        let stop = [". ", "! ", "? "].iter().filter_map(|stop| rest.find(stop)).min();
        from + stop.unwrap_or(rest.len()).min(NEAR)
    };
    let said = said.iter().filter(|(list, _)| list.then == Then::Number);
    said.map(|(_, range)| range.end..end(range.end)).collect()
}

/// A text with a full stop at its end, if it has any words.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?']) { text.into() } else { format!("{text}.") }
}
