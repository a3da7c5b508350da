//! `guidewright search`: what the readers of the built site find.

use super::{
    args::{Common, Format},
    session::exit,
};
use crate::search::{format, query::Searcher};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Prints what is found, best first. The results are those of the search page: the same index, and the same steps.
///
/// # Errors
/// When the site is not built, or its index is damaged.
pub fn run(common: &Common, query: &str, lang: Option<&str>, limit: usize) -> Result<u8> {
    let folder = common.output().join(format::FOLDER);
    let folder = lang.and_then(|lang| folder_of(&folder, lang)).unwrap_or(folder);
    if !folder.join(format::ROOT).is_file() {
        bail!(
            "there is no search in {}\nhelp: run guidewright build first; a site with \"search: no\" has none",
            folder.display()
        );
    }
    let damaged = || format!("the search in {} cannot be read\nhelp: run guidewright build again", folder.display());
    let mut searcher = Searcher::open(|name| fs::read(folder.join(name))).with_context(damaged)?;
    let (hits, all) = searcher.search(query, limit).with_context(damaged)?;
    match common.format {
        Format::Human => {
            for (number, hit) in (1..).zip(&hits) {
                let kind = if hit.kind.is_empty() { String::new() } else { format!(" ({})", hit.kind) };
                println!("{number}. {}{kind}", hit.title);
                if !hit.heading.is_empty() {
                    println!("   § {}", hit.heading);
                }
                println!("   {}", hit.url);
            }
            println!("{}", if all == 0 { "nothing was found".into() } else { format!("{all} found") });
        }
        _ => {
            for hit in &hits {
                println!("{}", serde_json::to_string(hit)?);
            }
        }
    }
    Ok(exit::GOOD)
}

/// The index of a language: its own, or that of the same language without its region; as `search.js` chooses.
fn folder_of(folder: &Path, lang: &str) -> Option<PathBuf> {
    let folders = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut languages: Vec<String> = folders.filter(|name| folder.join(name).join(format::ROOT).is_file()).collect();
    languages.sort();
    let base = |tag: &str| tag.split('-').next().unwrap_or_default().to_string();
    let exact = languages.iter().find(|own| *own == lang);
    let own = exact.or_else(|| languages.iter().find(|own| base(own) == base(lang)))?;
    Some(folder.join(own))
}
