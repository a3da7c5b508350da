//! The floor: the least work that turns a folder of Markdown pages into a folder of HTML pages.
//!
//!     floor SRC OUT [THREADS] PAGE.html
//!
//! Walk, read, parse, give headings their ids, fill one Tera template, write
//! `OUT/path/index.html`. It checks nothing, knows no other page and keeps nothing; the budgets of
//! guidewright are ratios to what this costs on the same pages in the same run.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use rayon::prelude::*;
use serde::Serialize;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

type Failure = Box<dyn Error + Send + Sync>;

/// One heading of a page, as its table of contents shows it.
#[derive(Serialize)]
struct Heading {
    level: u8,
    id: String,
    title: String,
}

/// One folder on the way to a page.
#[derive(Serialize)]
struct Crumb {
    url: String,
    title: String,
}

/// What a run read and wrote, in bytes.
#[derive(Default)]
struct Tally {
    read: usize,
    written: usize,
}

fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (source, output, threads, template) = match args.as_slice() {
        [source, output, template] => (source, output, 0, template),
        [source, output, threads, template] => (source, output, threads.parse()?, template),
        _ => return Err("usage: floor SRC OUT [THREADS] PAGE.html".into()),
    };
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let started = Instant::now();
    let mut tera = tera::Tera::default();
    tera.add_raw_template("page.html", &fs::read_to_string(template)?)?;
    let (source, output) = (Path::new(source), Path::new(output));
    let files = markdown_files(source)?;
    let total = files
        .par_iter()
        .map(|file| build_page(&tera, source, output, file))
        .try_reduce(Tally::default, |a, b| Ok(Tally { read: a.read + b.read, written: a.written + b.written }))?;
    println!(
        "{} pages, {:.1} MB read, {:.1} MB written, {:.0} ms",
        files.len(),
        total.read as f64 / 1e6,
        total.written as f64 / 1e6,
        started.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}

/// Every Markdown file below `source`.
fn markdown_files(source: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(source) {
        let entry = entry?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|e| e == "md") {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Reads one page, makes its HTML and writes it.
fn build_page(tera: &tera::Tera, source: &Path, output: &Path, file: &Path) -> Result<Tally, Failure> {
    let text = fs::read_to_string(file)?;
    let (front, body) = split_front_matter(&text);
    let (content, outline) = to_html(body);

    let mut place = file.strip_prefix(source)?.with_extension("");
    if place.file_name().is_some_and(|name| name == "index") {
        place.pop();
    }
    let mut url = String::from("/");
    let mut crumbs = Vec::new();
    for part in place.iter() {
        let title = part.to_string_lossy().into_owned();
        url.push_str(&title);
        url.push('/');
        crumbs.push(Crumb { url: url.clone(), title });
    }

    let mut context = tera::Context::new();
    context.insert("title", title_of(front));
    context.insert("url", &url);
    context.insert("crumbs", &crumbs);
    context.insert("outline", &outline);
    context.insert("content", &content);
    let page = tera.render("page.html", &context)?;

    let folder = output.join(place);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("index.html"), &page)?;
    Ok(Tally { read: text.len(), written: page.len() })
}

/// Front matter and body.
fn split_front_matter(text: &str) -> (&str, &str) {
    text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).unwrap_or(("", text))
}

/// The title, found without a YAML parser.
fn title_of(front: &str) -> &str {
    front.lines().find_map(|line| line.strip_prefix("title:")).map_or("", |title| title.trim().trim_matches('"'))
}

/// The body as HTML, its headings with ids, and those headings.
fn to_html(body: &str) -> (String, Vec<Heading>) {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events: Vec<Event> = Parser::new_ext(body, options).collect();
    let mut outline = Vec::new();
    let mut start = None;
    let mut title = String::new();
    for at in 0..events.len() {
        match &events[at] {
            Event::Start(Tag::Heading { level, .. }) => start = Some((at, *level as u8)),
            Event::Text(text) | Event::Code(text) if start.is_some() => title.push_str(text),
            Event::End(TagEnd::Heading(_)) => {
                let Some((open, level)) = start.take() else {
                    continue;
                };
                let title = std::mem::take(&mut title);
                let slug = slug(&title);
                if let Event::Start(Tag::Heading { id, .. }) = &mut events[open] {
                    *id = Some(slug.clone().into());
                }
                outline.push(Heading { level, id: slug, title });
            }
            _ => {}
        }
    }
    let mut out = String::with_capacity(body.len() * 3 / 2);
    html::push_html(&mut out, events.into_iter());
    (out, outline)
}

/// Letters and digits in lower case, everything else one hyphen.
fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    if out.ends_with('-') {
        out.pop();
    }
    out
}
