//! Warm is clean: after any edit, a build that remembers gives the very bytes and findings of one
//! that does not.
//!
//! A small site is edited at random: pages, data, schema, theme and settings are created, changed,
//! deleted, renamed, broken and mended. The seed is printed; run any number of edits by hand:
//! `SEED=7 EDITS=20000 cargo test --release --test incremental -- --nocapture`.

mod common;

use common::edits::{Random, bytes_of, edit, start};
use guidewright::{
    base::{finding::Severity, path::SitePath},
    build::{Build, Memo, Options, Slow, build},
    cli::{
        args::{Common, Format},
        build as build_command,
    },
    emit::output::{Content, Entry},
    source::{
        cache::Record,
        tree::{File, Tree},
        walk::walk,
    },
};
use std::{collections::BTreeMap, fs, path::Path};

fn tree(files: &BTreeMap<String, String>) -> Tree {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.files.insert(SitePath::from(path.as_str()), File::of_bytes(bytes_of(path, text)));
    }
    tree
}

/// Another day, with or without drafts, for the site or its preview.
fn some_options(random: &mut Random) -> Options {
    Options {
        today: format!("2026-11-2{}", random.below(9)).parse().unwrap(),
        drafts: random.below(4) == 0,
        base_url: None,
        target: (random.below(4) == 0).then(|| "preview".into()),
        slow: Default::default(),
    }
}

fn options() -> Options {
    Options {
        today: "2026-11-23".parse().unwrap(),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    }
}

fn from_env(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The first difference between two builds, in words.
fn difference(warm: &Build, clean: &Build) -> Option<String> {
    let entry = |build: &Build, path: &SitePath| build.output.files.get(path).cloned();
    let bytes = |entry: Option<Entry>| {
        let bytes = entry?.bytes().unwrap()?.into_owned();
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let paths = warm.output.files.keys().chain(clean.output.files.keys());
    for path in paths {
        let (warm, clean) = (entry(warm, path), entry(clean, path));
        // What is not in memory any more is told by its digest.
        let is_kept = |entry: &Entry| matches!(entry.content, Content::Kept);
        if let Some((warm, clean)) = warm.as_ref().zip(clean.as_ref()).filter(|(warm, _)| is_kept(warm))
            && (warm.digest, warm.len) == (clean.digest, clean.len)
        {
            continue;
        }
        let (warm, clean) = (bytes(warm), bytes(clean));
        if warm != clean {
            return Some(format!("{path}\n--- warm\n{warm:?}\n--- clean\n{clean:?}"));
        }
    }
    (warm.findings != clean.findings)
        .then(|| format!("findings\n--- warm\n{:#?}\n--- clean\n{:#?}", warm.findings, clean.findings))
}

#[test]
fn warm_is_clean_after_any_edit() {
    edit_and_compare(|text| text.into());
}

/// Where there is one language, still less is looked at after an edit of a text.
#[test]
fn warm_is_clean_in_one_language() {
    edit_and_compare(|guide| {
        guide.lines().filter(|line| !line.starts_with("languages:")).map(|line| format!("{line}\n")).collect()
    });
}

/// Edits at random and compares each warm build with a clean one. `settle` has the last word on guide.yaml.
fn edit_and_compare(settle: impl Fn(&str) -> String) {
    let seed = from_env("SEED", 20_261_123);
    println!("SEED={seed}");
    let mut random = Random(seed);
    let mut files = start();
    let mut memo = Memo::for_watching();
    let mut history = Vec::new();
    let mut good = 0;
    let mut options = options();
    for _ in 0..from_env("EDITS", 400) {
        history.push(match random.below(12) {
            0 => {
                options = some_options(&mut random);
                format!("{options:?}")
            }
            _ => edit(&mut files, &mut random),
        });
        let mut settled = files.clone();
        settled.entry("guide.yaml".into()).and_modify(|text| *text = settle(text));
        let tree = tree(&settled);
        if random.below(4) == 0 {
            let not = random.below(3);
            memo.put_down(|digest| usize::from(digest.short().as_bytes()[0]) % 3 != not);
        }
        let mut warm = build(&tree, &options, &mut memo);
        if !warm.incomplete.is_empty() {
            memo.make_anew(&warm.incomplete);
            warm = build(&tree, &options, &mut memo);
        }
        let clean = build(&tree, &options, &mut Memo::default());
        good += u32::from(clean.findings.iter().all(|f| f.severity < Severity::Error));
        if let Some(difference) = difference(&warm, &clean) {
            panic!("SEED={seed}, after {} edits, the last: {:?}\n{difference}", history.len(), history.last());
        }
    }
    println!("{} edits, {good} states without errors", history.len());
}

/// Between processes: each build is a new session with what the last one left on the disk, and the
/// folder that it writes is that of a clean build.
#[test]
fn a_second_process_writes_what_a_clean_build_would() {
    let seed = from_env("SEED", 3);
    println!("SEED={seed}");
    let mut random = Random(seed);
    let mut files = start();
    let site = tempfile::tempdir().unwrap();
    let mut delivered = 0;
    for number in 0..from_env("EDITS", 400) / 4 {
        let what = edit(&mut files, &mut random);
        write_site(site.path(), &files);
        let clean = build(&tree(&files), &options(), &mut Memo::default());
        let code = build_command::run(&flags(site.path(), "output", false)).unwrap();
        if code != 0 {
            // A build that fails changes nothing; then the fault is mended.
            let errors = clean.findings.iter().filter(|f| f.severity == Severity::Error);
            errors.for_each(|finding| match start().remove(&*finding.file) {
                Some(text) => drop(files.insert(finding.file.to_string(), text)),
                None => drop(files.remove(&*finding.file)),
            });
            continue;
        }
        delivered += 1;
        let found = read_folder(&site.path().join("output"));
        let expected: BTreeMap<String, Vec<u8>> = clean
            .output
            .files
            .iter()
            .map(|(path, entry)| (path.to_string(), entry.bytes().unwrap().unwrap().into_owned()))
            .collect();
        let differs = found.keys().chain(expected.keys()).find(|path| found.get(*path) != expected.get(*path));
        assert_eq!(differs, None, "SEED={seed}, edit {number}: {what}");
    }
    assert!(delivered > 10, "only {delivered} states could be delivered");
}

#[test]
fn an_edit_runs_what_depends_on_it_and_nothing_else() {
    let mut files = start();
    files.insert("content/problems/ash.md".into(), "---\ntitle: Ash\nsummary: s\n---\nOne.\n".into());
    files.insert(
        "content/problems/birch.md".into(),
        "---\ntitle: Birch\nsummary: s\n---\nSee [[problems/ash]].\n".into(),
    );
    files.insert("content/problems/cedar.md".into(), "---\ntitle: Cedar\nsummary: s\n---\nNext to birch.\n".into());
    files.insert("content/remedies/elm.md".into(), "---\ntitle: Elm\nsummary: s\n---\nAlone.\n".into());
    let mut memo = Memo::for_watching();
    build(&tree(&files), &options(), &mut memo);

    files.insert("content/problems/ash.md".into(), "---\ntitle: Ash\nsummary: s\n---\nOne word more.\n".into());
    build(&tree(&files), &options(), &mut memo);
    assert_eq!(memo.parse.ran().len(), 1);
    assert_eq!(memo.guide.runs(), 0, "a word more is no fact");
    // The page, and the one that stands in for its translation.
    assert_eq!(*memo.layout.ran(), ["es/problems/ash/index.html".into(), "problems/ash/index.html".into()]);

    files.insert("content/problems/ash.md".into(), "---\ntitle: Ash tree\nsummary: s\n---\nOne word more.\n".into());
    build(&tree(&files), &options(), &mut memo);
    let ran: Vec<String> = memo.layout.ran().iter().map(|path| path.to_string()).collect();
    assert!(ran.contains(&"problems/ash/index.html".into()), "{ran:?}");
    assert!(ran.contains(&"problems/index.html".into()), "its section lists it: {ran:?}");
    assert!(ran.contains(&"problems/birch/index.html".into()), "it links to it: {ran:?}");
    for other in ["problems/cedar/index.html", "remedies/elm/index.html"] {
        assert!(!ran.contains(&other.into()), "{other} knows nothing of it: {ran:?}");
    }
}

#[test]
fn a_list_of_entries_shows_the_new_title_of_a_page_that_cites_one() {
    let mut files = start();
    let page = |title: &str| format!("---\ntitle: {title}\nsummary: s\n---\nSo says [leaf].\n");
    let mut memo = Memo::for_watching();
    for title in ["Ash", "Another ash"] {
        files.insert("content/problems/ash.md".into(), page(title));
        let warm = build(&tree(&files), &options(), &mut memo);
        assert_eq!(difference(&warm, &build(&tree(&files), &options(), &mut Memo::default())), None);
    }
}

#[test]
fn a_reason_and_an_entry_show_the_new_title_of_a_page_that_they_name() {
    let mut files = start();
    let page = |title: &str| format!("---\ntitle: {title}\nsummary: s\n---\nText.\n");
    // A reason that is prose may lead to a third page.
    let schema = files["schema.yaml"].replace("reason: { type: text }", "reason: prose");
    files.insert("schema.yaml".into(), schema);
    let related =
        "---\ntitle: Cedar\nsummary: s\nhelped_by: [{ to: elm, reason: \"As [[ash]] shows.\" }]\n---\nText.\n";
    files.insert("content/problems/cedar.md".into(), related.into());
    files.insert("content/remedies/elm.md".into(), page("Elm"));
    let mut memo = Memo::for_watching();
    for title in ["Ash", "Quite another ash"] {
        files.insert("content/problems/ash.md".into(), page(title));
        let warm = build(&tree(&files), &options(), &mut memo);
        for shown in ["problems/cedar/index.html", "remedies/elm/index.html", "words/index.html"] {
            let bytes = warm.output.files[&SitePath::from(shown)].bytes().unwrap().expect("kept in memory");
            assert!(String::from_utf8_lossy(&bytes).contains(title), "{shown} does not show {title}");
        }
        assert_eq!(difference(&warm, &build(&tree(&files), &options(), &mut Memo::default())), None);
    }
}

/// The two richest sites that there are: with lists, maps, a glossary, translations, entries, terms and relations
/// with reasons. By hand, every page: `EVERY=1 cargo test --release --test incremental new_title`.
#[test]
fn whatever_shows_a_page_shows_its_new_title() {
    for site in [".", "tests/sites/clinic"] {
        let mut tree = walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(site), &Record::default()).tree;
        let pages: Vec<SitePath> = tree.below("content").map(|(path, _)| path.clone()).collect();
        let mut memo = Memo::for_watching();
        let all = build(&tree, &options(), &mut memo).stats.laid_out;
        let (mut renamed, mut laid_out) = (0, 0);
        for path in pages.iter().filter(|path| path.ends_with(".md")).step_by(from_env("EVERY", 12) as usize) {
            let text = String::from_utf8(tree.files[path].bytes().unwrap().into_owned()).unwrap();
            let Some((before, title)) = text.split_once("\ntitle: ") else { continue };
            let (_, rest) = title.split_once('\n').unwrap();
            tree.set(path, &format!("{before}\ntitle: \"Zebra {renamed}\"\n{rest}"));
            let warm = build(&tree, &options(), &mut memo);
            let clean = build(&tree, &options(), &mut Memo::default());
            assert_eq!(difference(&warm, &clean), None, "{site}: {path}");
            (renamed, laid_out) = (renamed + 1, laid_out + warm.stats.laid_out);
        }
        assert!(renamed > 2 && laid_out < renamed * all / 2, "{site}: {laid_out} pages were made of {renamed} × {all}");
    }
}

/// While an editor waits for her page, a page that shows more than a thousand others may wait.
#[test]
fn a_long_list_is_made_by_the_build_after() {
    let mut files = BTreeMap::new();
    files.insert("guide.yaml".into(), "title: Guide\nbase_url: https://guide.example/\n".to_string());
    files.insert("content/index.md".into(), "---\ntitle: Home\nsummary: s\n---\nText.\n".into());
    let page = |name: &str| format!("---\ntitle: {name}\nsummary: s\n---\nText.\n");
    for i in 0..1100 {
        files.insert(format!("content/part-{}/page-{i}.md", i % 7), page(&format!("Page {i}")));
    }
    let later = Options { slow: Slow::Later, ..options() };
    let shows = |built: &Build, path: &str, text: &str| {
        let bytes = built.output.files[&SitePath::from(path)].bytes().unwrap().expect("kept in memory").into_owned();
        String::from_utf8(bytes).unwrap().contains(text)
    };
    let mut memo = Memo::for_watching();
    build(&tree(&files), &options(), &mut memo);
    for title in ["Ash", "Birch"] {
        files.insert("content/part-1/page-1.md".into(), page(title));
        let first = build(&tree(&files), &later, &mut memo);
        assert!(shows(&first, "part-1/page-1/index.html", title), "it is shown at once");
        assert!(shows(&first, "part-0/page-0/index.html", title), "on its neighbour too");
        assert!(!shows(&first, "a-z/index.html", title), "and not yet in the A to Z");
    }
    files.insert("content/part-1/page-1.md".into(), page("Birch") + "More.\n");
    let body = build(&tree(&files), &later, &mut memo);
    assert!(!shows(&body, "a-z/index.html", "Birch"), "nor while she goes on to write");
    let second = build(&tree(&files), &options(), &mut memo);
    assert_eq!(difference(&second, &build(&tree(&files), &options(), &mut Memo::default())), None);
    assert!(shows(&second, "a-z/index.html", "Birch"));
    // Her own page is never one that waits.
    files.insert("content/index.md".into(), "---\ntitle: Another home\nsummary: s\n---\nText.\n".into());
    let home = build(&tree(&files), &later, &mut memo);
    assert!(shows(&home, "index.html", "Another home"));
}

/// What such a page leads to may go meanwhile: that is no fault of a theme.
#[test]
fn what_a_long_list_led_to_may_go_before_it_is_made() {
    let mut files = BTreeMap::new();
    files
        .insert("guide.yaml".into(), "title: Guide\nbase_url: https://guide.example/\nfeeds: [sections]\n".to_string());
    files.insert("content/index.md".into(), "---\ntitle: Home\nsummary: s\n---\nText.\n".into());
    files.insert("content/p/index.md".into(), "---\ntitle: Part\nsummary: s\n---\nText.\n".into());
    let page = |day: &str| format!("---\ntitle: Page\nsummary: s\n{day}---\nText.\n");
    for i in 0..1100 {
        files.insert(format!("content/p/page-{i}.md"), page(if i == 5 { "updated: 2026-11-01\n" } else { "" }));
    }
    let mut memo = Memo::for_watching();
    build(&tree(&files), &options(), &mut memo);
    files.insert("content/p/page-5.md".into(), page(""));
    let first = build(&tree(&files), &Options { slow: Slow::Later, ..options() }, &mut memo);
    assert!(!first.findings.iter().any(|finding| finding.rule.starts_with("links/")), "{:?}", first.findings);
    let second = build(&tree(&files), &options(), &mut memo);
    assert_eq!(difference(&second, &build(&tree(&files), &options(), &mut Memo::default())), None);
}

/// A server that was never there before opens a large site with its home pages.
#[test]
fn what_a_site_opens_with_is_what_it_will_be() {
    let settings = "title: Guide\nbase_url: https://guide.example/\nlanguages: { es: { title: Guía } }\n";
    let mut files = BTreeMap::new();
    files.insert("guide.yaml".into(), settings.to_string());
    let page = |name: &str| format!("---\ntitle: {name}\nsummary: s\n---\nText.\n");
    for home in ["index.md", "index.es.md"] {
        files.insert(format!("content/{home}"), page("Home"));
    }
    for i in 0..600 {
        files.insert(format!("content/part-{}/page-{i}.md", i % 7), page(&format!("Page {i}")));
    }
    let opening = Options { slow: Slow::Opening, ..options() };
    let clean = |files: &BTreeMap<String, String>| build(&tree(files), &options(), &mut Memo::default());
    let small = build(&tree(&files), &opening, &mut Memo::for_watching());
    assert!(small.is_whole && !small.is_opening, "a site of some hundred pages is there at once");
    assert_eq!(difference(&small, &clean(&files)), None);

    for i in 600..1100 {
        files.insert(format!("content/part-{}/page-{i}.md", i % 7), page(&format!("Page {i}")));
    }
    let (mut memo, clean) = (Memo::for_watching(), clean(&files));
    let first = build(&tree(&files), &opening, &mut memo);
    assert!(first.is_opening && !first.is_whole);
    let is_page = |path: &&SitePath| path.extension() == "html";
    let pages: Vec<&str> = first.output.files.keys().filter(is_page).map(|path| &**path).collect();
    assert_eq!(pages, ["es/index.html", "index.html"]);
    for (path, entry) in &first.output.files {
        assert_eq!(entry.digest, clean.output.files[path].digest, "{path}");
    }
    let second = build(&tree(&files), &options(), &mut memo);
    assert_eq!(difference(&second, &clean), None);
    assert_eq!(second.stats.parsed, 0, "what was read need not be read again");
}

/// Where there is no build before, nothing can wait for the next one.
#[test]
fn without_a_build_before_all_is_made_at_once() {
    let mut files = start();
    let guide = files["guide.yaml"].clone() + "search: true\n";
    files.insert("guide.yaml".into(), guide);
    let later = Options { slow: Slow::Later, ..options() };
    let first = build(&tree(&files), &later, &mut Memo::for_watching());
    assert_eq!(difference(&first, &build(&tree(&files), &options(), &mut Memo::default())), None);
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_number_of_threads() {
    let tree = tree(&start());
    let all = build(&tree, &options(), &mut Memo::default());
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let alone = one.install(|| build(&tree, &options(), &mut Memo::default()));
    assert_eq!(difference(&all, &alone), None);
}

fn flags(site: &Path, output: &str, no_cache: bool) -> Common {
    Common {
        site: site.into(),
        output: Some(site.join(output)),
        base_url: None,
        target: None,
        today: Some(options().today),
        drafts: false,
        format: Format::Json,
        no_cache,
        jobs: None,
        quiet: true,
        verbose: false,
    }
}

fn write_site(folder: &Path, files: &BTreeMap<String, String>) {
    let found = read_folder(folder);
    for path in found.keys().filter(|path| !path.starts_with("output/") && !files.contains_key(*path)) {
        fs::remove_file(folder.join(path)).unwrap();
    }
    for (path, text) in files {
        let bytes = bytes_of(path, text);
        if found.get(path) != Some(&bytes) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

/// The files of a folder but for guidewright's own.
fn read_folder(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with(".guidewright"));
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_string();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}
