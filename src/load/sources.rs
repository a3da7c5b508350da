//! Every page and data file of a site, read; those that did not change are remembered.

use super::{
    data::{self, DataFile},
    expand::Parts,
    glossary::Uses,
    page::{self, Grammar, Page, Parsed},
    synonyms::Synonyms,
    uses::{self, Glossary},
    wording::Wording,
};
use crate::{
    base::{
        digest::Digest,
        finding::{Finding, Place},
        guard::guarded,
        memo::Table,
        path::SitePath,
        rules::Rule,
    },
    settings::{schema::Schema, site::Site, theme::Components},
    source::tree::{File, Tree},
};
use imbl::Vector;
use rayon::prelude::*;
use std::{collections::BTreeSet, sync::Arc};

/// Everything that was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The pages, in the order of their files.
    pub pages: Vector<Arc<Parsed>>,
    /// The data files.
    pub data: Vec<Arc<DataFile>>,
    /// Files beside pages and in static/, with their lengths: they are copied.
    pub files: Arc<[(SitePath, u64)]>,
    /// What texts include.
    pub parts: Arc<Parts>,
    /// The words of the glossary and their uses.
    pub glossary: Glossary,
    /// The words to watch.
    pub wording: Arc<Wording>,
    /// What readers type for other words.
    pub synonyms: Arc<Synonyms>,
    /// What is wrong beside what is wrong with single pages.
    pub findings: Vec<Finding>,
    /// The pages that have findings of their own.
    noisy: BTreeSet<u32>,
    /// The digest of what reading a page depends on beside its bytes.
    grammar: Option<Digest>,
}

/// The build before this one: what it read, and from what.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// The files.
    pub tree: &'a Tree,
    /// What was read from them.
    pub sources: &'a Sources,
}

/// What differs from the build before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The pages whose texts are others.
    pub pages: Vec<u32>,
    /// Whether one of them says anything else than before that other pages could show.
    pub facts: bool,
}

impl Sources {
    /// Everything that is wrong with them.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        let of_pages = self.noisy.iter().flat_map(|number| &self.pages[*number as usize].findings);
        self.findings.iter().chain(of_pages)
    }

    /// That the texts of some pages could not be read when the words of the glossary were looked for.
    fn passing<'a>(&'a self, pages: impl Iterator<Item = u32> + 'a) -> impl Iterator<Item = Finding> + 'a {
        let passing =
            pages.filter(|number| self.glossary.uses.get(*number as usize).is_some_and(|uses| uses.is_passing));
        let why = std::io::Error::other("it changed while the site was being built; build again");
        passing.map(move |number| Finding::unreadable(&self.pages[number as usize].page.path, &why))
    }

    /// The page of a file.
    pub fn page(&self, path: &SitePath) -> Option<(u32, &Parsed)> {
        let number = self.pages.binary_search_by(|parsed| parsed.page.path.cmp(path)).ok()?;
        Some((number as u32, &self.pages[number]))
    }

    /// Finds the uses of the glossary in single pages again; whether they use other words than before.
    fn reread_uses(&mut self, tree: &Tree, pages: &[u32], memo: &Table<SitePath, Arc<Uses>>) -> bool {
        let mut differ = false;
        for number in pages {
            let Some(uses) = uses::again(tree, self, *number, memo) else { continue };
            let old = std::mem::replace(&mut self.glossary.uses[*number as usize], uses);
            differ |= old.terms != self.glossary.uses[*number as usize].terms;
        }
        differ
    }

    /// Whether a page shows urgent help in full, where it says so, or else the page that it translates.
    pub fn urgent_help_in_full(&self, page: &Page, site: &Site) -> Option<bool> {
        let source = || {
            let translated = (page.lang != site.language).then(|| {
                let named = if page.is_section {
                    format!("content/{}/index.md", page.id)
                } else {
                    format!("content/{}.md", page.id)
                };
                let named = if page.id == "index" { "content/index.md".into() } else { named };
                self.page(&SitePath::from(named)).map(|(_, source)| &source.page)
            });
            translated.flatten()?.urgent_help_in_full
        };
        page.urgent_help_in_full.or_else(source)
    }

    /// Whether every data kind has its file.
    pub fn is_complete(&self, schema: &Schema) -> bool {
        schema.data_kinds().all(|(kind, _)| self.data_of(&kind.name).next().is_some())
    }

    /// The data files of a kind with their numbers: the file itself, then its translations.
    pub fn data_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (usize, &'a DataFile)> {
        self.data.iter().enumerate().map(|(i, file)| (i, &**file)).filter(move |(_, file)| file.kind == kind)
    }
}

/// What is remembered of pages, of data files, and of the uses of the glossary.
pub type Tables<'a> =
    (&'a Table<SitePath, Arc<Parsed>>, &'a Table<SitePath, Arc<DataFile>>, &'a Table<SitePath, Arc<Uses>>);

/// Reads the sources of a site. Where nothing but texts of pages differs from the build before, only
/// those are read, and the edit says which they are.
pub fn read(
    tree: &Tree,
    site: &Site,
    schema: &Schema,
    components: &Components,
    tables: Tables,
    before: Option<Before>,
) -> (Sources, Option<Edit>) {
    if let Some(before) = before
        && let Some(edited) = edited_pages(tree, before)
        && let Some((sources, edit)) = reread(tree, site, schema, components, tables, before.sources, &edited)
    {
        return (sources, Some(edit));
    }
    (read_all(tree, site, schema, components, tables), None)
}

/// The pages that were edited since the build before; `None` when anything else was.
fn edited_pages<'a>(tree: &'a Tree, before: Before<'a>) -> Option<Vec<(&'a SitePath, &'a File)>> {
    let edited = tree.edited_since(before.tree)?;
    edited.iter().all(|(path, _)| path.starts_with("content/") && is_page(path)).then_some(edited)
}

/// Reads single pages again; `None` where that is not enough.
fn reread(
    tree: &Tree,
    site: &Site,
    schema: &Schema,
    components: &Components,
    (pages, _, uses): Tables,
    before: &Sources,
    edited: &[(&SitePath, &File)],
) -> Option<(Sources, Edit)> {
    let grammar = Grammar::new(site, schema, components, &before.parts);
    if before.grammar != Some(grammar.digest) {
        return None;
    }
    let mut edit = Edit::default();
    let mut sources = before.clone();
    for (path, file) in edited {
        let number = before.pages.binary_search_by(|parsed| parsed.page.path.cmp(path)).ok()?;
        let parsed = read_page(path, file, &grammar, pages);
        edit.facts |= parsed.facts != before.pages[number].facts;
        match parsed.findings.is_empty() {
            true => sources.noisy.remove(&(number as u32)),
            false => sources.noisy.insert(number as u32),
        };
        sources.pages[number] = parsed;
        edit.pages.push(number as u32);
    }
    match edit.facts {
        // Another title may be another word of the glossary, on any page.
        true => sources.glossary = uses::read(tree, site, schema, &sources, uses),
        false => edit.facts |= sources.reread_uses(tree, &edit.pages, uses),
    }
    let passing: Vec<Finding> = match edit.facts {
        true => sources.passing(0..sources.pages.len() as u32).collect(),
        false => sources.passing(edit.pages.iter().copied()).collect(),
    };
    sources.findings.extend(passing);
    Some((sources, edit))
}

fn read_all(
    tree: &Tree,
    site: &Site,
    schema: &Schema,
    components: &Components,
    (pages, data, uses): Tables,
) -> Sources {
    let (parts, mut findings) = Parts::of(tree);
    let grammar = Grammar::new(site, schema, components, &parts);
    let files: Vec<(&SitePath, &File)> = tree.below("content").filter(|(path, _)| is_page(path)).collect();
    let pages: Vec<Arc<Parsed>> = files.par_iter().map(|(path, file)| read_page(path, file, &grammar, pages)).collect();
    let (data, found) = read_data(tree, site, schema, data);
    findings.extend(found);
    findings.extend(tree.below("content").filter(|(path, _)| is_public(path) && is_almost_page(path)).map(
        |(path, _)| {
            let message = "this looks like a page, but only names that end in \".md\" are pages";
            Finding::new(
                Rule::READ_FILE,
                Place::file(path),
                message,
                "Rename it so that it ends in .md, or take it out of content/.",
            )
        },
    ));
    findings.extend(data.iter().flat_map(|file| file.findings.iter().cloned()));
    let is_noisy = |(number, page): (u32, &Arc<Parsed>)| (!page.findings.is_empty()).then_some(number);
    let noisy = (0..).zip(&pages).filter_map(is_noisy).collect();
    let wording = Arc::new(Wording::read(tree, site, schema));
    findings.extend(wording.findings.iter().cloned());
    let synonyms = Arc::new(Synonyms::read(tree, site, schema));
    findings.extend(synonyms.findings.iter().cloned());
    let (grammar, files, glossary) = (Some(grammar.digest), copied(tree).into(), Glossary::default());
    let pages = pages.into();
    let mut sources =
        Sources { pages, data, files, parts: parts.into(), glossary, wording, synonyms, findings, noisy, grammar };
    sources.glossary = uses::read(tree, site, schema, &sources, uses);
    let passing: Vec<Finding> = sources.passing(0..sources.pages.len() as u32).collect();
    sources.findings.extend(passing);
    sources
}

/// Whether a file below content/ is a page.
fn is_page(path: &SitePath) -> bool {
    path.extension() == "md" && is_public(path)
}

fn read_page(path: &SitePath, file: &File, grammar: &Grammar, memo: &Table<SitePath, Arc<Parsed>>) -> Arc<Parsed> {
    memo.get_by(
        path,
        // What a page includes counts as a part of it.
        |parsed| match parsed.includes {
            true => Digest::of_value(&(file.digest, grammar.digest, grammar.parts.digest)),
            false => Digest::join(&[file.digest, grammar.digest]),
        },
        || {
            let run = || match file.bytes() {
                Ok(bytes) => page::read(path, &bytes, grammar),
                Err(error) => page::broken(path, grammar, Finding::unreadable(path, &error)),
            };
            Arc::new(guarded(path, run).unwrap_or_else(|finding| page::broken(path, grammar, *finding)))
        },
    )
}

fn read_data(
    tree: &Tree,
    site: &Site,
    schema: &Schema,
    memo: &Table<SitePath, Arc<DataFile>>,
) -> (Vec<Arc<DataFile>>, Vec<Finding>) {
    let mut read = Vec::new();
    let mut findings = Vec::new();
    let languages = site.all_languages();
    for (kind, declared) in schema.data_kinds() {
        let others = languages.iter().skip(1).map(Some);
        for lang in std::iter::once(None).chain(others) {
            let path = data::path(declared, lang);
            let Some(file) = tree.files.get(&path) else {
                if lang.is_none() {
                    let message = format!("\"{}\" keeps its entries in {path}, which is not there", kind.name);
                    let place = Place::file(&"schema.yaml".into());
                    let help = "Add the file, even if it is empty.";
                    findings.push(Finding::new(Rule::SCHEMA_INVALID, place, message, help));
                }
                continue;
            };
            match file.bytes() {
                Ok(bytes) => {
                    let input = || Digest::join(&[file.digest, Digest::of_value(schema)]);
                    read.push(memo.get(&SitePath::from(format!("{path}#{}", kind.name)), input, || {
                        Arc::new(data::read(&bytes, schema, kind, declared, lang))
                    }));
                }
                Err(error) => findings.push(Finding::unreadable(&path, &error)),
            }
        }
    }
    (read, findings)
}

/// The files that are copied, in the order of their paths.
fn copied(tree: &Tree) -> Vec<(SitePath, u64)> {
    let beside =
        tree.below("content").filter(|(path, _)| is_public(path) && path.extension() != "md" && !is_almost_page(path));
    beside.chain(tree.below("static")).map(|(path, file)| (path.clone(), file.len)).collect()
}

/// Whether a name is that of a page but for its ending: it must not be copied as it is, for it may
/// say that it is a draft.
fn is_almost_page(path: &SitePath) -> bool {
    let extension = path.extension();
    extension != "md"
        && ["md", "markdown", "mdown", "mkd", "mdx"].iter().any(|other| extension.eq_ignore_ascii_case(other))
}

/// Whether no part of a path is private: a name that starts with `_` is not for readers.
fn is_public(path: &SitePath) -> bool {
    !path.split('/').any(|part| part.starts_with('_'))
}
