//! The answers to the lists that pages and kinds ask for.

use super::{
    guide::{Edge, ListNode, Node, PageNo, Thing},
    ids::{fold, is_tail},
    links::Lookup,
    order::{self, Collation},
    urls::NOT_FOUND,
};
use crate::{
    base::{
        date::Date,
        finding::{Finding, Mark, Place},
        lang::Lang,
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
    },
    load::{outline::MOST_COLUMNS, page::Page, sources::Sources},
    settings::{query::Query, types::Type, value::Value},
};
use rustc_hash::FxHashMap;
use std::{
    cell::RefCell,
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::Arc,
};

/// The common keys that a query may ask for.
const KEYS: [&str; 12] = [
    "title",
    "kind",
    "weight",
    "date",
    "updated",
    "reviewed",
    "review_by",
    "publish_from",
    "publish_until",
    "authors",
    "reviewed_by",
    "also_known_as",
];

/// What queries are answered from.
struct Asker<'a> {
    lookup: &'a Lookup<'a>,
    sources: &'a Sources,
    pages: &'a [Arc<Node>],
    ends: &'a Ends,
    lang: &'a Lang,
    collation: Collation,
    /// What was asked before: many pages may ask the same.
    answers: RefCell<HashMap<String, Rc<Vec<PageNo>>>>,
    /// The words of keys that were asked for before, by key and kinds.
    vocabularies: RefCell<HashMap<(String, String), Vec<Word>>>,
}

/// Far ends by near end, relation, and whether that is seen from its far side.
type Ends = FxHashMap<(Thing, u32, bool), Vec<Thing>>;

/// A value to compare pages by.
#[derive(Debug, Clone, PartialEq)]
enum Word {
    Number(f64),
    Text(String),
    /// What a relation leads to: its title and its id.
    Thing(String, String),
}

/// Answers every query of every page. `lookup` finds the sections that queries name.
pub fn answer(
    lookup: &Lookup,
    sources: &Sources,
    edges: &[Edge],
    findings: &mut Vec<Finding>,
) -> Vec<(PageNo, Vec<ListNode>)> {
    let asks = |page: &Page| !page.lists.is_empty() || !lookup.schema.kind(&page.kind).lists.is_empty();
    let pages = (0..).zip(lookup.pages).filter(|(_, node)| !node.hidden && !node.broken);
    let asking: Vec<(PageNo, &Arc<Node>, &Page)> = pages
        .filter_map(|(number, node)| Some((number, node, node.page(sources).filter(|page| asks(page))?)))
        .collect();
    if asking.is_empty() {
        return Vec::new();
    }
    let ends = ends(lookup, edges);
    let mut askers: BTreeMap<&Lang, Asker> = BTreeMap::new();
    let mut answers = Vec::new();
    let schema_file = SitePath::from("schema.yaml");
    for (number, node, page) in asking {
        let collation = || Collation::of(&node.lang);
        let asker = askers.entry(&node.lang).or_insert_with(|| Asker {
            lookup,
            sources,
            pages: lookup.pages,
            ends: &ends,
            lang: &node.lang,
            collation: collation(),
            answers: RefCell::default(),
            vocabularies: RefCell::default(),
        });
        let mut lists = Vec::new();
        for (i, query) in page.lists.iter().enumerate() {
            let place = Place::mark(&page.path, Mark::Field(format!("list.{i}")));
            let found = asker.ask(query, &place, findings);
            lists.push(asker.list(query, &found, number));
        }
        for query in &lookup.schema.kind(&page.kind).lists {
            let place = Place::span(&schema_file, query.span.unwrap_or_default());
            let found = asker.ask(query, &place, findings);
            lists.push(asker.list(query, &found, number));
        }
        answers.push((number, lists));
    }
    answers
}

/// What each thing leads to by each relation, from either end.
fn ends(lookup: &Lookup, edges: &[Edge]) -> Ends {
    let mut ends = Ends::default();
    for edge in edges {
        ends.entry((edge.from.thing, edge.relation, false)).or_default().push(edge.to.thing);
        // A symmetric relation has one name at both ends.
        let far = !lookup.schema.relations[edge.relation as usize].symmetric;
        ends.entry((edge.to.thing, edge.relation, far)).or_default().push(edge.from.thing);
    }
    ends
}

impl Asker<'_> {
    /// Finds kinds and keys that no page has.
    fn faults(&self, query: &Query, place: &Place) -> Vec<Finding> {
        let mut findings = Vec::new();
        // The first column names the rows.
        let columns = 1 + match query.look.as_str() {
            "table" => query.show.len(),
            "worksheet" => query.columns.len(),
            _ => 0,
        };
        if columns > MOST_COLUMNS {
            let message = format!("this table has {columns} columns");
            let help = format!("Let it have {MOST_COLUMNS} at most: leave some out, or ask for two lists.");
            findings.push(Finding::new(Rule::TABLES_COLUMNS, place.clone(), message, help));
        }
        let mut say = |message: String, help: String| {
            findings.push(Finding::new(Rule::LISTS_QUERY, place.clone(), message, help));
        };
        let kinds: Vec<&str> =
            self.lookup.schema.kinds.values().filter(|kind| kind.data.is_none()).map(|k| k.name.as_str()).collect();
        for kind in query.kinds.iter().filter(|kind| !kinds.contains(&kind.as_str())) {
            if self.lookup.schema.is_data(kind) {
                let help = "Place its entries with a block of its name, or lead to the page that shows them.";
                say(format!("\"{kind}\" is a kind of data, and a list shows pages"), help.into());
                continue;
            }
            let help = did_you_mean(kind, kinds.iter().copied(), || format!("The kinds are {}.", kinds.join(", ")));
            say(format!("this list asks for the kind \"{kind}\", which there is not"), help);
        }
        // What pages of an unknown kind say is not known.
        if query.kinds.iter().any(|kind| !kinds.contains(&kind.as_str())) {
            return findings;
        }
        let asked: Vec<&str> = match query.kinds.is_empty() {
            true => kinds,
            false => query.kinds.iter().map(String::as_str).collect(),
        };
        let mut keys: Vec<&str> = KEYS.to_vec();
        keys.extend(self.lookup.site.taxonomies.keys().map(String::as_str));
        for kind in &asked {
            keys.extend(self.lookup.schema.kind(kind).fields.iter().map(|field| field.name.as_str()));
            keys.extend(self.lookup.schema.relation_keys(kind));
        }
        let order = query.order.as_deref().map(|order| order.trim_start_matches('-'));
        let used = query.conditions.iter().map(|(key, _)| key.as_str()).chain(order).chain(query.group_by.as_deref());
        let used = used.chain(query.show.iter().map(String::as_str));
        for key in used.filter(|key| !keys.contains(key)) {
            let help = did_you_mean(key, keys.iter().copied(), || {
                "Name a field, a relation or a taxonomy of those pages.".into()
            });
            say(format!("this list asks for \"{key}\", which no such page has"), help);
        }
        let kinds = || asked.iter().map(|kind| self.lookup.schema.kind(kind));
        for key in query.show.iter().filter(|key| KEYS.contains(&key.as_str())) {
            let help = "A list shows fields, relations and taxonomies. The title and the summary are there anyway.";
            say(format!("this list cannot show \"{key}\""), help.into());
        }
        // What statements and worksheets are made of.
        let form: Option<(&[&str], &str, &str)> = match query.look.as_str() {
            "statements" => Some((
                &["text"],
                "this list has no statements to show",
                "Name under \"show\" a field that is a list of records with \"text\", and perhaps \"why\" and \"urgent\".",
            )),
            "worksheet" => Some((
                &["about", "ask"],
                "this worksheet has no questions to show",
                "Name under \"show\" a field that is a list of records with \"about\" and \"ask\".",
            )),
            _ => None,
        };
        if let Some((names, message, help)) = form {
            let has = |key: &String| {
                let mut fields = kinds().flat_map(|kind| &kind.fields);
                fields.any(|field| field.name == *key && field.lists_records_with(names))
            };
            if query.show.is_empty() || !query.show.iter().all(has) {
                say(message.into(), help.into());
            }
        }
        if (query.look == "worksheet") == query.columns.is_empty() {
            let help = "Write \"as: worksheet\" and under \"columns\" the headings of the columns to fill in.";
            say("empty columns and \"as: worksheet\" belong together".into(), help.into());
        }
        for (key, values) in query.conditions.iter().filter(|(key, _)| keys.contains(&key.as_str())) {
            let key = key.as_str();
            let mut all = self.vocabularies.borrow_mut();
            let known = &*all.entry((key.into(), asked.join(" "))).or_insert_with(|| self.known(key, &asked));
            // A page that is there may yet have nobody at the other end.
            let is_relation = asked.iter().any(|kind| self.lookup.schema.relation(key, kind).is_some());
            let is_there = |value: &str| is_relation && self.lookup.find(value, self.lang, |_| true).is_ok();
            let is_known = |value: &str| known.iter().any(|word| word.is(value)) || is_there(value);
            for value in values.iter().filter(|value| !is_known(value)) {
                let words: Vec<String> = known.iter().map(Word::text).collect();
                let help = did_you_mean(value, words.iter().map(String::as_str), || {
                    "Write a value that some page has, or take it out until there is one.".into()
                });
                say(format!("no page says \"{value}\" under \"{key}\""), help);
            }
        }
        findings
    }

    /// The words that pages of those kinds say, or may say, under a key.
    fn known(&self, key: &str, kinds: &[&str]) -> Vec<Word> {
        let schema = self.lookup.schema;
        let fields = kinds.iter().flat_map(|kind| &schema.kind(kind).fields).filter(|field| field.name == key);
        let options = fields.flat_map(|field| match &field.kind {
            Type::Choice(options) => options.clone(),
            Type::List(item) => match &**item {
                Type::Choice(options) => options.clone(),
                _ => Vec::new(),
            },
            Type::Boolean => vec!["yes".into(), "no".into()],
            _ => Vec::new(),
        });
        let terms = self.lookup.site.taxonomies.get(key).map_or(&[][..], |taxonomy| &taxonomy.terms);
        let declared = options.chain(terms.iter().cloned()).map(Word::Text);
        let said = (0..self.pages.len()).flat_map(|page| self.words_of(page as PageNo, key));
        let words: BTreeMap<String, Word> = declared.chain(said).map(|word| (word.text(), word)).collect();
        words.into_values().collect()
    }

    /// Every page of this language that a query asks for, in its order. What it cannot have is found.
    fn ask(&self, query: &Query, place: &Place, findings: &mut Vec<Finding>) -> Rc<Vec<PageNo>> {
        findings.extend(self.faults(query, place));
        let under = query.under.as_ref().and_then(|name| match self.lookup.find(name, self.lang, |_| true) {
            Ok(Thing::Page(page)) => Some(page),
            _ => {
                let message = format!("there is no page \"{name}\" for this list to look under");
                let help = "Write the path of a section below content/.";
                findings.push(Finding::new(Rule::LISTS_QUERY, place.clone(), message, help));
                None
            }
        });
        let asked = format!("{:?}", (&query.kinds, &query.under, &query.conditions, &query.order));
        if let Some(found) = self.answers.borrow().get(&asked) {
            return found.clone();
        }
        let fits = |(i, other): (usize, &Arc<Node>)| -> Option<PageNo> {
            let page = other.page(self.sources)?;
            let listed = !other.hidden && !other.broken && other.lang == *self.lang && other.id != NOT_FOUND;
            let kind = query.kinds.is_empty() || query.kinds.contains(&other.kind);
            let below = under.is_none_or(|section| is_below(&other.id, &self.pages[section as usize]));
            let says = |(key, wanted): &(String, Vec<String>)| {
                self.words(i as PageNo, page, key).iter().any(|word| wanted.iter().any(|wanted| word.is(wanted)))
            };
            (listed && kind && below && query.conditions.iter().all(says)).then_some(i as PageNo)
        };
        let mut found: Vec<PageNo> = self.pages.iter().enumerate().filter_map(fits).collect();
        order::sort(self.pages, &mut found, &self.collation);
        if let Some(order) = &query.order {
            found = self.sorted(found, order);
        }
        let found = Rc::new(found);
        self.answers.borrow_mut().insert(asked, found.clone());
        found
    }

    /// The pages by what they say under a key; with a hyphen before it, the greatest first.
    fn sorted(&self, found: Vec<PageNo>, order: &str) -> Vec<PageNo> {
        let (key, down) = order.strip_prefix('-').map_or((order, false), |key| (key, true));
        let mut keyed: Vec<(Option<Word>, PageNo)> =
            found.into_iter().map(|page| (self.words_of(page, key).into_iter().next(), page)).collect();
        // Pages that do not say it come last either way.
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) if down => self.compare(b, a),
            (Some(a), Some(b)) => self.compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        keyed.into_iter().map(|(_, page)| page).collect()
    }

    /// The list on one page: itself left out, no longer than asked for, in groups.
    fn list(&self, query: &Query, found: &[PageNo], own: PageNo) -> ListNode {
        let others = found.iter().copied().filter(|page| *page != own);
        let shown: Vec<PageNo> = others.take(query.limit.unwrap_or(u32::MAX) as usize).collect();
        let groups = match &query.group_by {
            None => vec![(String::new(), shown)],
            Some(key) => self.group(shown, key),
        };
        let Query { title, group_by, show, look, columns, .. } = query.clone();
        ListNode { title, groups, group_by, show, look, columns }
    }

    /// The pages by what they say under a key, in the order of the words; those that say nothing last.
    fn group(&self, found: Vec<PageNo>, key: &str) -> Vec<(String, Vec<PageNo>)> {
        let mut groups: Vec<(String, Vec<PageNo>)> = Vec::new();
        for page in found {
            let mut words: Vec<String> = self.words_of(page, key).iter().map(Word::text).collect();
            if words.is_empty() {
                words.push(String::new());
            }
            for word in words {
                match groups.iter_mut().find(|(own, _)| *own == word) {
                    Some((_, pages)) => pages.push(page),
                    None => groups.push((word, vec![page])),
                }
            }
        }
        // Terms that guide.yaml names have their order there.
        let terms = self.lookup.site.taxonomies.get(key).map_or(&[][..], |taxonomy| &taxonomy.terms);
        let place = |word: &String| terms.iter().position(|term| fold(term) == fold(word)).unwrap_or(terms.len());
        groups.sort_by(|(a, _), (b, _)| {
            let by_place = a.is_empty().cmp(&b.is_empty()).then_with(|| place(a).cmp(&place(b)));
            by_place.then_with(|| self.collation.compare(a, b))
        });
        groups
    }

    fn words_of(&self, page: PageNo, key: &str) -> Vec<Word> {
        let source = self.pages[page as usize].page(self.sources);
        source.map_or(Vec::new(), |source| self.words(page, source, key))
    }

    /// What a page says under a key: a common one, a taxonomy, a field, or a relation from either end.
    fn words(&self, number: PageNo, page: &Page, key: &str) -> Vec<Word> {
        let text = |text: &str| Word::Text(text.into());
        let date = |date: Option<Date>| date.map(|date| text(&date.to_string())).into_iter().collect();
        let node = &self.pages[number as usize];
        match key {
            "title" => return vec![text(&node.title)],
            "kind" => return vec![text(&node.kind)],
            "weight" => return node.weight.map(Word::Number).into_iter().collect(),
            "date" => return date(page.date),
            "updated" => return date(node.updated),
            "reviewed" => return date(page.reviewed),
            "review_by" => return date(page.review_by),
            "publish_from" => return date(page.published.0),
            "publish_until" => return date(page.published.1),
            "authors" => return page.authors.iter().map(|author| text(author)).collect(),
            "reviewed_by" => return page.reviewed_by.iter().map(|name| text(name)).collect(),
            "also_known_as" => return page.also_known_as.iter().map(|name| text(name)).collect(),
            _ => {}
        }
        if self.lookup.site.taxonomies.contains_key(key) {
            let terms = node.terms.iter().filter(|(name, _)| name == key).flat_map(|(_, terms)| terms);
            return terms.map(|term| text(&self.pages[*term as usize].title)).collect();
        }
        // What a translation does not say, its source says.
        let source = node.translations.first().and_then(|source| self.pages[*source as usize].page(self.sources));
        let inherited = || source.and_then(|source| source.content.field(key));
        if let Some(value) = page.content.field(key).or_else(inherited) {
            let mut words = Vec::new();
            value.walk(&mut |value| match value {
                Value::Number(number) => words.push(Word::Number(*number)),
                Value::Boolean(yes) => words.push(text(if *yes { "yes" } else { "no" })),
                Value::Date(date) => words.push(text(&date.to_string())),
                other => words.extend(other.as_str().map(text)),
            });
            return words;
        }
        let Some((relation, _, inverse)) = self.lookup.schema.relation(key, &node.kind) else { return Vec::new() };
        let ends = self.ends.get(&(Thing::Page(number), relation as u32, inverse)).map_or(&[][..], Vec::as_slice);
        let id = |thing| match thing {
            Thing::Page(page) => self.pages[page as usize].id.clone(),
            Thing::Entry(entry) => self.lookup.entries[entry as usize].id.clone(),
        };
        ends.iter().map(|thing| Word::Thing(self.lookup.title(*thing, self.lang).into(), id(*thing))).collect()
    }

    fn compare(&self, a: &Word, b: &Word) -> Ordering {
        match (a, b) {
            (Word::Number(a), Word::Number(b)) => a.total_cmp(b),
            (Word::Number(_), _) => Ordering::Less,
            (_, Word::Number(_)) => Ordering::Greater,
            (a, b) => self.collation.compare(&a.text(), &b.text()),
        }
    }
}

impl Word {
    fn text(&self) -> String {
        match self {
            Word::Number(number) => number.to_string(),
            Word::Text(text) | Word::Thing(text, _) => text.clone(),
        }
    }

    fn is(&self, wanted: &str) -> bool {
        match self {
            Word::Number(number) => wanted.parse::<f64>().is_ok_and(|wanted| wanted == *number),
            Word::Text(text) => fold(text) == fold(wanted),
            Word::Thing(title, id) => fold(title) == fold(wanted) || is_tail(id, wanted),
        }
    }
}

/// Whether an id lies in the folder of a section.
fn is_below(id: &str, section: &Node) -> bool {
    section.id == super::urls::HOME || id.strip_prefix(&section.id).is_some_and(|rest| rest.starts_with('/'))
}
