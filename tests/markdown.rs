//! The dialect of Markdown, as documents: each file of `tests/markdown/` is a topic.
//!
//! A section is a line `### name`, words about it, a fence ```` ````markdown ```` with what an
//! editor writes, and a fence ```` ````html ```` with what a reader's browser gets. Where the text
//! has a fault, a fence ```` ````findings ```` names the rules that it breaks. The text stands on
//! the page `/guide/page/`; beside it are `other.md` ("Another page", with a heading "Part one" and
//! the other name "second page"), `plan.png`, `form.pdf`, the folder `part/`, and the entries
//! `S1` (a source) and `insight` (a term).
//!
//! Each page is also read by a strict reader (`tests/common/sound.rs`): nesting, ids, references.
//! `UPDATE=1 cargo test --test markdown` writes what came; read the change.

mod common;

use common::{build_tree, bytes, folder, sound};
use guidewright::{
    base::finding::Severity,
    source::tree::{File, Tree},
};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{collections::BTreeMap, fs, path::Path};

fn main() {
    let mut files: Vec<_> =
        fs::read_dir(folder("tests/markdown")).expect("tests/markdown").filter_map(Result::ok).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for file in files.iter().map(fs::DirEntry::path).filter(|path| path.extension().is_some_and(|e| e == "md")) {
        let topic = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if std::env::var_os("UPDATE").is_some() && !arguments.list {
            update(&file);
        }
        let text = fs::read_to_string(&file).expect("a document");
        for section in sections(&text) {
            let name = format!("{topic}: {}", section.name);
            trials.push(Trial::test(name, move || run(&section)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A pair of Markdown and HTML.
#[derive(Default)]
struct Section {
    name: String,
    markdown: String,
    html: String,
    findings: Vec<String>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("### ") {
            sections.push(Section { name: name.into(), ..Section::default() });
        }
        if let (Some(kind), Some(section)) = (line.strip_prefix("````"), sections.last_mut()) {
            let body: String =
                lines.by_ref().take_while(|line| *line != "````").map(|line| format!("{line}\n")).collect();
            match kind {
                "markdown" => section.markdown = body,
                "html" => section.html = body,
                "findings" => section.findings = body.lines().map(String::from).collect(),
                _ => {}
            }
        }
    }
    sections
}

fn run(section: &Section) -> Result<(), Failed> {
    let (html, findings, page) = render(&section.markdown);
    if findings != section.findings {
        return Err(
            format!("rules that were to be broken: {:?}\nrules that were: {findings:?}", section.findings).into()
        );
    }
    if html != section.html {
        return Err(format!("expected\n{}\ncame\n{html}", section.html).into());
    }
    let faults = sound::faults_of(&page);
    // A page with a finding is not delivered.
    if !faults.is_empty() && findings.is_empty() {
        return Err(format!("the page is not sound:\n{}\n{html}", faults.join("\n")).into());
    }
    Ok(())
}

/// The HTML of the text, the rules that it breaks, and the whole page.
fn render(markdown: &str) -> (String, Vec<String>, String) {
    let mut tree = Tree::of(&[
        ("guide.yaml", "title: Guide\nbase_url: https://example.org/guide/\nmenus: { main: [page, other] }\n"),
        (
            "schema.yaml",
            "kinds:\n  source: { data: s.yaml, page: sources, label: name, citable: true, fields: { name: text } }\n  term: { data: t.yaml, page: terms, label: name, fields: { name: text } }\n",
        ),
        ("content/_data/s.yaml", "S1: { name: A study }\n"),
        ("content/_data/t.yaml", "insight: { name: Insight }\n"),
        ("content/index.md", "---\ntitle: Home\nsummary: Home.\n---\n"),
        ("content/part/index.md", "---\ntitle: A part\nsummary: A part.\n---\n"),
        (
            "content/other.md",
            "---\ntitle: Another page\nsummary: Another.\nalso_known_as: [second page]\n---\n## Part one\n",
        ),
        ("content/draft.md", "---\ntitle: Draft\nstatus: draft\n---\n"),
        ("content/form.pdf", "%PDF"),
    ]);
    tree.files.insert(
        "content/plan.png".into(),
        File::of_bytes(common::picture::of("plan.png", "picture 40x30").expect("a picture")),
    );
    tree.set("content/page.md", &format!("---\ntitle: Page\nsummary: The page.\n---\n{markdown}"));
    let built = build_tree(&tree);
    let mut findings: Vec<String> = built
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Note)
        .map(|finding| finding.rule.clone())
        .collect();
    findings.sort();
    let files: BTreeMap<String, Vec<u8>> = bytes(&built.output);
    let page =
        files.get("page/index.html").map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
    (format!("{}\n", inside(&page).trim_end()), findings, page)
}

/// What stands inside `<div class="text">`.
fn inside(page: &str) -> &str {
    const OPEN: &str = "<div class=\"text\">\n";
    let Some(start) = page.find(OPEN).map(|at| at + OPEN.len()) else { return "" };
    let mut depth = 1;
    let mut at = start;
    while let Some(tag) = page[at..].find('<').map(|next| at + next) {
        at = tag + 1;
        if page[tag..].starts_with("</div>") {
            depth -= 1;
        } else if page[tag..].starts_with("<div") {
            depth += 1;
        }
        if depth == 0 {
            return &page[start..tag];
        }
    }
    &page[start..]
}

/// Writes what comes into a document.
fn update(path: &Path) {
    let text = fs::read_to_string(path).expect("a document");
    let mut all = sections(&text).into_iter();
    let mut section = Section::default();
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("### ") {
            section = all.next().unwrap_or_default();
        }
        let fence = line.strip_prefix("````").filter(|kind| matches!(*kind, "html" | "findings"));
        out.push_str(line);
        out.push('\n');
        if line == "````markdown" {
            // What looks like a section in there is an example.
            for line in lines.by_ref() {
                out.push_str(line);
                out.push('\n');
                if line == "````" {
                    break;
                }
            }
        }
        if let Some(kind) = fence {
            let (html, findings, _) = render(&section.markdown);
            lines.by_ref().take_while(|line| *line != "````").for_each(drop);
            match kind {
                "html" => out.push_str(&html),
                _ => findings.iter().for_each(|rule| out.push_str(&format!("{rule}\n"))),
            }
            out.push_str("````\n");
        }
    }
    fs::write(path, out).expect("a document");
}
