//! Warm is clean: after any edit, a build that remembers gives the very bytes and findings of one
//! that does not.
//!
//! A small site is edited at random: pages, data, schema, theme and settings are created, changed,
//! deleted, renamed, broken and mended. The seed is printed; run any number of edits by hand:
//! `SEED=7 EDITS=20000 cargo test --release --test incremental -- --nocapture`.

mod common;

use guidewright::{
    base::{finding::Severity, path::SitePath},
    build::{Build, Memo, Options, build},
    cli::{
        args::{Common, Format},
        build as build_command,
    },
    source::tree::{File, Tree},
};
use std::{collections::BTreeMap, fs, path::Path};

/// A small generator of random numbers (SplitMix64), so that a seed means the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const GUIDE: &str = r#"title: Guide
base_url: https://guide.example/
theme: own
menus: { main: [problems] }
rules: { "*": warning }
taxonomies: { topics: { title: Topics, paginate: 2 } }
languages: { es: { title: Guía } }
highlight: yes
llms_txt: yes
markdown_copies: yes
publish: { preview: { base_url: https://preview.example/, noindex: yes } }
"#;
const SCHEMA: &str = r#"kinds:
  problem:
    folder: problems
    title: Problems
    list: { title: Remedies, kind: remedy, order: -updated, limit: 3 }
    fields:
      signs: { type: list of prose, heading: Signs }
  remedy: { folder: remedies, title: Remedies, glossary: yes, json_ld: Article }
  term:
    data: terms.yaml
    page: words
    title: Words
    label: name
    citable: true
    glossary: yes
    verify: { checked: checked, within: 3 }
    fields: { name: { type: text, required: true }, says: prose, checked: date }
relations:
  helped_by:
    from: problem
    to: remedy
    data: { reason: { type: text } }
    heading: What helps
    inverse: { name: helps, heading: Helps with }
  near: { from: any, to: any, symmetric: true, heading: Near }
"#;
const THEME: &str = "inherits: base\nstyles: [own.css]\ncomponents: { card: { args: { tone: { type: choice, options: [calm, warm] } } } }\n";
const NAMES: [&str; 6] = ["ash", "birch", "cedar", "date", "elm", "fir"];

fn start() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut put = |path: &str, text: &str| files.insert(path.to_string(), text.to_string());
    put("guide.yaml", GUIDE);
    put("schema.yaml", SCHEMA);
    put("content/index.md", "---\ntitle: Home\nsummary: Home.\n---\nSee [[ash]].\n");
    put("content/problems/index.md", "---\ntitle: Problems\nsummary: All.\n---\nAll of them.\n");
    put(
        "content/_data/terms.yaml",
        "leaf: { name: Leaf, says: A leaf. }\nroot: { name: Root, says: \"See [[ash]].\" }\n",
    );
    put("themes/own/theme.yaml", THEME);
    put(
        "themes/own/templates/components/card.html",
        "<div class=\"card-{{ args.tone }}\">{{ content | safe }}</div>\n",
    );
    put("content/_parts/note.md", "A part on a leaf. [There](../problems/ash.md)\n");
    put("content/_data/prices.csv", "What,Price\nOne,1\n");
    put("content/problems/leaf.png", "picture 40x30");
    put("themes/own/own.css", "body { margin: 0 }\n");
    put("content/problems/picture.txt", "not a picture\n");
    for name in ["ash", "birch", "cedar"] {
        put(&format!("content/problems/{name}.md"), &page(name, &mut Random(name.len() as u64)));
        put(&format!("content/remedies/{name}-tea.md"), &page(name, &mut Random(9 + name.len() as u64)));
    }
    files
}

/// A page with some of everything that another page could depend on.
fn page(name: &str, random: &mut Random) -> String {
    let mut front = format!("title: {name} {}\nsummary: About {name}.\n", random.below(3));
    if random.below(3) == 0 {
        front += &format!("topics: [{}]\n", random.pick(&["wood", "leaf", "bark"]));
    }
    if random.below(3) == 0 {
        front += &format!("weight: {}\n", random.below(4));
    }
    if random.below(4) == 0 {
        front += &format!("near: [{}]\n", random.pick(&NAMES));
    }
    if random.below(5) == 0 {
        front += &format!("aliases: [/old/{}/]\n", random.pick(&NAMES));
    }
    if random.below(8) == 0 {
        front += &format!("status: {}\n", random.pick(&["draft", "live", "retired", "liv"]));
    }
    if random.below(3) == 0 {
        front += &format!("updated: 2026-11-1{}\n", random.below(9));
    }
    if random.below(6) == 0 {
        front += "list: { title: All, where: { topics: [wood, leaf] }, group_by: topics }\n";
    }
    if random.below(6) == 0 {
        front += &format!("review_by: 2026-11-2{}\nreviewed_by: [A]\n", random.below(9));
    }
    if random.below(8) == 0 {
        front += random.pick(&[
            "glossary: no\n",
            "a_z: no\n",
            "feed: no\n",
            "toc: yes\n",
            "also_known_as: [Tree]\n",
            "replaced_by: ash\n",
        ]);
    }
    if random.below(8) == 0 {
        front += &format!("publish_from: 2026-11-2{}\n", random.below(9));
    }
    let mut body = String::new();
    for _ in 0..random.below(5) {
        body += &match random.below(18) {
            0 => format!("See [[{}]].\n\n", random.pick(&NAMES)),
            1 => format!("## {}\n\nA part.\n\n", random.pick(&["Cost", "Time", "Where"])),
            2 => format!("[there](../problems/{}.md#cost)\n\n", random.pick(&NAMES)),
            3 => "A note[^1].\n\n[^1]: The note.\n\n".into(),
            4 => format!("[{}] says so.\n\n", random.pick(&["leaf", "root", "X1"])),
            5 => ":::note Well\nA box.\n:::\n\n".into(),
            6 => "<b onclick=x>raw</b>\n\n".into(),
            7 => "[file](picture.txt)\n\n".into(),
            8 => ":::include note\n:::\n\n".into(),
            9 => ":::table prices Prices\n:::\n\n".into(),
            10 => {
                format!(":::card {{tone={}}}\nA \"leaf\" in a card.\n:::\n\n", random.pick(&["calm", "warm", "cold"]))
            }
            11 => "![A leaf](leaf.png)\n\n".into(),
            12 => ":::toc\n:::\n\n".into(),
            13 => ":::list\n:::\n\n".into(),
            14 => "[leaf, root] say so.\n\n".into(),
            15 => "```rust\nfn main() {}\n```\n\n".into(),
            16 => format!("A {} is a leaf, and a root.\n\n", random.pick(&NAMES)),
            _ => format!("Word {}.\n\n", random.below(1000)),
        };
    }
    format!("---\n{front}---\n{body}")
}

/// One random edit; says what it was.
fn edit(files: &mut BTreeMap<String, String>, random: &mut Random) -> String {
    let pages: Vec<String> = files.keys().filter(|path| path.ends_with(".md")).cloned().collect();
    let some = |random: &mut Random| pages[random.below(pages.len())].clone();
    let name = random.pick(&NAMES);
    let path = random.pick(&["problems", "remedies"]).to_string();
    match random.below(24) {
        0 | 1 => {
            let path = format!("content/{path}/{name}{}.md", random.pick(&["", "", ".es"]));
            files.insert(path.clone(), page(name, random));
            format!("write {path}")
        }
        2 if pages.len() > 2 => {
            let path = some(random);
            files.remove(&path);
            format!("delete {path}")
        }
        3 if pages.len() > 2 => {
            let from = some(random);
            let to = format!("content/{path}/{name}-{}.md", random.below(3));
            let text = files.remove(&from).unwrap();
            files.insert(to.clone(), text);
            format!("rename {from} to {to}")
        }
        4 => {
            let path = some(random);
            files.insert(
                path.clone(),
                random.pick(&["---\ntitle: x\n", "", "---\na: [1\n---\n", "+++\n+++\n", "no front\n"]).into(),
            );
            format!("break {path}")
        }
        5 => {
            let path = format!("content/{path}/index.md");
            let text = format!("---\ntitle: Part {}\nsummary: x\n---\n", random.below(3));
            files.insert(path.clone(), text);
            format!("write {path}")
        }
        6 => {
            let leaf = random.below(4);
            let form = random.pick(&["leaves", "foliage"]);
            let text = format!(
                "leaf: {{ name: Leaf {leaf}, says: \"See [[{name}]].\", inflections: [leaf, {form}], checked: 2026-11-2{leaf} }}\n"
            );
            let file = random.pick(&["terms", "terms", "terms.es"]);
            files.insert(format!("content/_data/{file}.yaml"), text);
            format!("change {file}")
        }
        7 => {
            let schema = match random.below(4) {
                0 => SCHEMA.replace("Helps with", "Is good for"),
                1 => SCHEMA.replace("heading: Signs", "heading: What shows it"),
                2 => "kinds: [".into(),
                _ => SCHEMA.into(),
            };
            files.insert("schema.yaml".into(), schema);
            "change schema".into()
        }
        8 => {
            let guide = match random.below(12) {
                8 => GUIDE.replace("llms_txt: yes", "json_ld: no\nopen_graph: no"),
                9 => GUIDE.replace("llms_txt: yes", "a_z: no\nreview: no"),
                10 => GUIDE.replace("llms_txt: yes", "publisher: { name: A clinic }"),
                4 => GUIDE.replace("paginate: 2", "terms: [wood, leaf]"),
                5 => GUIDE.replace("highlight: yes", "feeds: [site]\nsmart_punctuation: no"),
                6 => GUIDE.replace("languages: { es", "languages: { ar: {}, es"),
                7 => GUIDE.replace("llms_txt: yes", "redirects: [{ from: /was/*, to: /problems/* }]"),
                0 => GUIDE.replace("title: Guide", "title: Another guide"),
                1 => GUIDE.replace("guide.example/", "guide.example/sub/"),
                2 => GUIDE.replace("[problems]", "[problems, nowhere]"),
                3 => GUIDE.replace("theme: own", "theme: base"),
                _ => GUIDE.into(),
            };
            files.insert("guide.yaml".into(), guide);
            "change settings".into()
        }
        9 => {
            let css = format!("body {{ margin: {}px }}\n", random.below(9));
            files.insert("themes/own/own.css".into(), css);
            "change style".into()
        }
        10 => {
            let path = "themes/own/templates/parts/review.html";
            let text = random.pick(&[
                "<p>{{ page.title }}</p>",
                "{{ page.nothing }}",
                "{% if %}",
                "<a href=\"/nowhere/\">x</a>",
            ]);
            if random.below(3) == 0 {
                files.remove(path)
            } else {
                files.insert(path.into(), text.into())
            };
            "change template".into()
        }
        11 => {
            let path = "content/problems/picture.txt";
            if files.remove(path).is_none() {
                files.insert(path.into(), format!("picture {}\n", random.below(3)));
            }
            "toggle file".into()
        }
        13 => {
            let text = random.pick(&[
                "A leaf.\n",
                "## A part\n\n[[birch]]\n",
                ":::include note\n:::\n",
                ":::table prices\n:::\n",
            ]);
            files.insert(format!("content/_parts/note{}.md", random.pick(&["", ".es"])), text.into());
            "change part".into()
        }
        14 => {
            files.insert("content/_data/prices.csv".into(), format!("What,Price\nOne,{}\n", random.below(3)));
            "change table".into()
        }
        15 => {
            let picture =
                random.pick(&["picture 40x30", "picture 50x20", "picture 600x9", "broken", "picture 9x9 as jpg"]);
            files.insert("content/problems/leaf.png".into(), picture.into());
            "change picture".into()
        }
        16 => {
            let theme = match random.below(4) {
                0 => THEME.replace("warm", "cold"),
                1 => THEME.replace("card", "box"),
                2 => format!("{THEME}pictures: {{ widths: [30, 300] }}\n"),
                _ => THEME.into(),
            };
            files.insert("themes/own/theme.yaml".into(), theme);
            "change theme".into()
        }
        17 => {
            let text = format!("skip = Saltar {}\nfield-problem-signs = Señales\n", random.below(3));
            files.insert("themes/own/strings/es.ftl".into(), text);
            "change words".into()
        }
        12 => {
            files.insert("static/hello.txt".into(), format!("hello {}\n", random.below(3)));
            "change static".into()
        }
        _ => {
            let path = some(random);
            let more = format!("One more word {}.\n", random.below(1000));
            files.entry(path.clone()).and_modify(|text| text.push_str(&more));
            format!("edit the text of {path}")
        }
    }
}

/// The bytes of a file: a picture is described in words.
fn bytes_of(path: &str, text: &str) -> Vec<u8> {
    let picture = if path.ends_with(".png") { common::picture::of(path, text) } else { None };
    picture.unwrap_or_else(|| text.into())
}

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
    }
}

fn options() -> Options {
    Options { today: "2026-11-23".parse().unwrap(), drafts: false, base_url: None, target: None }
}

fn from_env(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The first difference between two builds, in words.
fn difference(warm: &Build, clean: &Build) -> Option<String> {
    let bytes = |build: &Build, path: &SitePath| {
        let entry = build.output.files.get(path)?;
        Some(String::from_utf8_lossy(&entry.bytes().unwrap().expect("kept in memory")).into_owned())
    };
    let paths = warm.output.files.keys().chain(clean.output.files.keys());
    for path in paths {
        let (warm, clean) = (bytes(warm, path), bytes(clean, path));
        if warm != clean {
            return Some(format!("{path}\n--- warm\n{warm:?}\n--- clean\n{clean:?}"));
        }
    }
    (warm.findings != clean.findings)
        .then(|| format!("findings\n--- warm\n{:#?}\n--- clean\n{:#?}", warm.findings, clean.findings))
}

#[test]
fn warm_is_clean_after_any_edit() {
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
        let tree = tree(&files);
        let warm = build(&tree, &options, &mut memo);
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
