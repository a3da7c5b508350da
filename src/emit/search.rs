//! The files of the search: an index for each language, and the module that reads it.

use super::output::{Entry, Output};
use crate::{
    base::{digest::Digest, lang::Lang, path::SitePath},
    load::sources::Sources,
    render::rendered::{Laid, Rendered},
    resolve::guide::Guide,
    search::{
        format,
        found::{Found, Searchable},
        index::{self, Item},
    },
    settings::site::Site,
};
use rayon::prelude::*;

/// The module, without the languages of the site.
const MODULE: &str = include_str!("../search/search.js");

/// The digest of everything that the search is made of.
pub fn input(site: &Site, guide: &Guide, sources: &Sources, rendered: &Rendered) -> Digest {
    let pages: Vec<_> = rendered.pages.iter().collect();
    let digest = |(path, (_, laid)): &(&SitePath, &(u32, Laid))| {
        Some(((*path).clone(), Digest::of(laid.searchable.as_deref()?)))
    };
    let pages: Vec<(SitePath, Digest)> = pages.par_iter().filter_map(digest).collect();
    let phrases = sources.pages.iter().map(|parsed| &parsed.page);
    let phrases: Vec<_> =
        phrases.filter(|page| !page.searches.is_empty()).map(|page| (&page.path, &page.searches)).collect();
    Digest::of_value(&(site.search, &guide.languages, site.base_path(), sources.synonyms.digest, pages, phrases))
}

/// Puts the files of the search into an output, in the place of those of the build before.
pub fn put(mut output: Output, files: &[(SitePath, Entry)]) -> Output {
    let is_part = |path: &SitePath| {
        path.strip_prefix(format::FOLDER).is_some_and(|name| name.starts_with('/') && name.ends_with(".bin"))
    };
    let from = SitePath::from(format!("{}/", format::FOLDER));
    let there = output.files.range(from..).map(|(path, _)| path).take_while(|path| path.starts_with(format::FOLDER));
    let old: Vec<SitePath> = there.filter(|path| is_part(path)).cloned().collect();
    for path in old {
        output.files.remove(&path);
    }
    output.files.extend(files.iter().cloned());
    output
}

/// The folder of the index of a language, below that of the search: empty for that of the site's own language.
pub fn folder(site: &Site, lang: &Lang) -> String {
    if *lang == site.language { String::new() } else { format!("{}/", lang.tag()) }
}

/// All files of the search.
pub fn files(site: &Site, guide: &Guide, sources: &Sources, rendered: &Rendered) -> Vec<(SitePath, Entry)> {
    if !site.search {
        return Vec::new();
    }
    let mut files = Vec::new();
    let mut folders: Vec<(&str, String)> = Vec::new();
    for lang in &guide.languages {
        let folder = folder(site, lang);
        for (name, bytes) in of_language(site, guide, sources, rendered, lang) {
            files.push((SitePath::from(format!("{}/{folder}{name}", format::FOLDER)), Entry::of_bytes(bytes)));
        }
        folders.push((lang.tag(), folder));
    }
    // The site's own language comes first, and stands for those that have no index.
    folders.sort_by_key(|(_, folder)| !folder.is_empty());
    let languages = serde_json::to_string(&folders).unwrap_or_default();
    let module = format!("export const languages = {languages};\n{MODULE}");
    files.push((SitePath::from(format::MODULE.trim_start_matches('/')), Entry::of_bytes(module.into_bytes())));
    files
}

fn of_language(
    site: &Site,
    guide: &Guide,
    sources: &Sources,
    rendered: &Rendered,
    lang: &Lang,
) -> Vec<(String, Vec<u8>)> {
    let packed = rendered.pages.values().filter(|(page, _)| guide.page(*page).lang == *lang);
    let packed: Vec<(&str, &[u8])> =
        packed.filter_map(|(page, laid)| Some((&*guide.page(*page).url, laid.searchable.as_deref()?))).collect();
    let pages: Vec<(String, Searchable)> =
        packed.par_iter().filter_map(|(url, bytes)| Some((site.href(url), Searchable::unpack(bytes)?))).collect();
    let items: Vec<Item> =
        pages.iter().flat_map(|(url, page)| page.found.iter().map(|found| item(url, page, found))).collect();
    let synonyms = sources.synonyms.languages.get(lang).map_or(&[][..], Vec::as_slice);
    format::files(&index::index(&items, lang, synonyms))
}

fn item<'a>(url: &str, page: &'a Searchable<'a>, found: &'a Found<'a>) -> Item<'a> {
    let is_page = found.anchor.is_empty();
    let kind = if is_page { &page.kind } else { &found.kind };
    let by_kind = (!kind.is_empty()).then(|| ("kind".to_string(), String::new(), kind.clone()));
    Item {
        found,
        url: if is_page { url.into() } else { format!("{url}#{}", found.anchor) },
        kind: kind.clone(),
        facets: by_kind.into_iter().chain(page.terms.iter().filter(|_| is_page).cloned()).collect(),
    }
}
