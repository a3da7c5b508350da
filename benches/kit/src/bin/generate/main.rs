//! Writes a guidewright site of any size, the same for the same options on every machine.
//!
//!     generate --pages N --out DIR [--seed S] [--sidebar] [--short] [--search]
//!
//! The pages are like those of a real guide: folders up to three deep, about 4 kB of Markdown with
//! a log-normal spread, 7.6 links and three to five relations each, one taxonomy term on 80 % of
//! them, and one page that half of them (5,000 at most) link to. Every link is valid and nothing
//! should be found by any rule. What was written is told on standard output, as one JSON object.

mod plan;
mod rng;
mod text;
mod words;

use plan::Plan;
use rayon::prelude::*;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use text::write_page;
use words::Words;

const USAGE: &str = "usage: generate --pages N --out DIR [--seed S] [--sidebar] [--short] [--search]
  --pages N   how many pages, at least 50
  --out DIR   where to; must not exist or be empty
  --seed S    another number gives another site (1)
  --sidebar   a main menu of 300 pages, sections first, on every page
  --short     pages of about 1 kB, most of it front matter, with two links
  --search    with a search index";

/// How many pages `--sidebar` puts into the menu. The same for every size of site, so that the cost
/// a page can be compared.
const SIDEBAR: usize = 300;

pub struct Options {
    pages: usize,
    out: PathBuf,
    seed: u64,
    sidebar: bool,
    short: bool,
    search: bool,
}

/// What was written.
#[derive(Default)]
struct Tally {
    bytes: usize,
    links: usize,
    edges: usize,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match generate(&options) {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("generate: {}: {error}", options.out.display());
            ExitCode::from(2)
        }
    }
}

fn parse(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { pages: 0, out: PathBuf::new(), seed: 1, sidebar: false, short: false, search: false };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--pages" => options.pages = args.next()?.parse().ok()?,
            "--out" => options.out = args.next()?.into(),
            "--seed" => options.seed = args.next()?.parse().ok()?,
            "--sidebar" => options.sidebar = true,
            "--short" => options.short = true,
            "--search" => options.search = true,
            _ => return None,
        }
    }
    (options.pages >= 50 && !options.out.as_os_str().is_empty()).then_some(options)
}

/// Writes the site and says what is in it.
fn generate(options: &Options) -> io::Result<String> {
    let words = Words::new();
    let plan = Plan::new(options, &words);
    let content = options.out.join("content");
    if fs::read_dir(&options.out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(io::Error::other("the folder is not empty"));
    }
    for page in &plan.pages {
        if page.path.ends_with("index.md") {
            fs::create_dir_all(content.join(&page.path).parent().unwrap_or(&content))?;
        }
    }
    fs::write(options.out.join("guide.yaml"), settings(options, &plan))?;
    fs::write(options.out.join("schema.yaml"), include_str!("schema.yaml"))?;
    let tally = (0..plan.pages.len())
        .into_par_iter()
        .map(|at| {
            let page = write_page(&plan, at, &words, options.seed, options.short);
            fs::write(Path::new(&content).join(&plan.pages[at].path), &page.markdown)?;
            Ok(Tally { bytes: page.markdown.len(), links: page.links, edges: page.edges })
        })
        .try_reduce(Tally::default, |a, b| {
            io::Result::Ok(Tally { bytes: a.bytes + b.bytes, links: a.links + b.links, edges: a.edges + b.edges })
        })?;
    Ok(format!(
        r#"{{"pages": {}, "bytes": {}, "links": {}, "edges": {}, "words": {}, "hub": "{}", "hub_backlinks": {}}}"#,
        plan.pages.len(),
        tally.bytes,
        tally.links,
        tally.edges,
        words.count(),
        plan.pages[plan.hub].path,
        plan.hub_backlinks()
    ))
}

/// The site's guide.yaml.
fn settings(options: &Options, plan: &Plan) -> String {
    let menu = if options.sidebar { sidebar(plan) } else { "problems, remedies, methods".into() };
    format!(
        "title: A guide to measure with
base_url: https://guide.example/
language: en
menus:
  main: [{menu}]
taxonomies:
  topics: {{ title: Topics }}
search: {}
publisher:
  name: The benchmark
  contact: editors@guide.example
  funding: Nobody
",
        options.search
    )
}

/// The ids of the first sections, and of other pages where there are too few.
fn sidebar(plan: &Plan) -> String {
    let sections = |section: bool| {
        let pages = plan.pages.iter().skip(1);
        pages.filter(move |page| page.path.ends_with("/index.md") == section)
    };
    let menu = sections(true).chain(sections(false)).take(SIDEBAR);
    menu.map(|page| page.id()).collect::<Vec<_>>().join(", ")
}
