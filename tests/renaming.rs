//! A page gets another name, and nothing else is edited: the guide is then made from the one before, and must be the
//! very guide that resolving everything gives.
//!
//! Of the shipped guide and the clinic's site every page is renamed in turn, and of a small site with a name in every
//! place that there is for one, many times over.

mod common;

use common::edits::Random;
use guidewright::{
    base::{lang::Lang, path::SitePath},
    build::{Build, Memo, Options, build},
    resolve::guide::Guide,
    source::{cache::Record, tree::Tree, walk::walk},
};
use std::{path::Path, sync::Arc};

fn options() -> Options {
    let today = "2026-11-23".parse().unwrap();
    Options { today, drafts: false, base_url: None, target: None, slow: Default::default() }
}

fn guide(built: &Build) -> &Guide {
    &built.insight.as_ref().expect("a site that can be read").guide.0
}

/// What resolving found.
fn faults(built: &Build) -> Vec<&str> {
    built.insight.as_ref().unwrap().guide.1.iter().map(|finding| finding.message.as_str()).collect()
}

/// A site that is built again and again.
struct Site {
    tree: Tree,
    memo: Memo,
    last: Build,
}

impl Site {
    fn new(tree: Tree) -> Site {
        let mut memo = Memo::for_watching();
        let last = build(&tree, &options(), &mut memo);
        Site { tree, memo, last }
    }

    /// Sets a key in the front matter of a page. Gives the guide that is made now, and whether it was made from the
    /// one before: then it shares pages with it.
    fn set(&mut self, path: &str, key: &str, value: &str) -> (&Guide, bool) {
        let text = String::from_utf8(self.tree.files[&SitePath::from(path)].bytes().unwrap().into_owned()).unwrap();
        let start = format!("{key}: ");
        let lines = text.lines().map(|line| match line.starts_with(&start) {
            true => format!("{start}{value:?}\n"),
            false => format!("{line}\n"),
        });
        self.tree.set(path, &lines.collect::<String>());
        self.build(&format!("{path}: {key}: {value}"))
    }

    /// As [`Site::set`], of edits that were made to the tree.
    fn build(&mut self, edit: &str) -> (&Guide, bool) {
        let before = std::mem::replace(&mut self.last, build(&self.tree, &options(), &mut self.memo));
        let clean = build(&self.tree, &options(), &mut Memo::default());
        let now = guide(&self.last);
        for (own, other) in now.pages.iter().zip(&guide(&clean).pages) {
            assert_eq!(own, other, "{edit}");
        }
        assert_eq!(now, guide(&clean), "{edit}");
        assert_eq!(faults(&self.last), faults(&clean), "{edit}");
        let shares = now.pages.iter().zip(&guide(&before).pages).any(|(a, b)| Arc::ptr_eq(a, b));
        (now, shares)
    }
}

/// A site in two languages with lists, a map, a glossary, terms on several pages, an alias and two kinds of links by
/// name, in which nothing is wrong.
fn small() -> Tree {
    Tree::of(&[
        (
            "guide.yaml",
            "title: Guide\nbase_url: https://guide.example/\nmenus: { main: [trees] }\nlanguages: { es: { title: Guía } }\n\
             taxonomies: { topics: { title: Topics, paginate: 2 } }\n",
        ),
        (
            "schema.yaml",
            r#"kinds:
  tree: { folder: trees, title: Trees, list: { title: Others, kind: tree }, glossary: yes, fields: { beside: page } }
  word: { data: words.yaml, page: words, title: Words, label: name, glossary: yes, fields: { name: { type: text, required: true }, says: prose } }
relations:
  feeds: { from: any, to: any, data: { reason: { type: prose } }, heading: Feeds, inverse: { name: fed_by, heading: Is fed by } }
"#,
        ),
        ("content/index.md", "---\ntitle: Home\nsummary: s\n---\nA common ash, and [[trees/oak#bark]].\n"),
        ("content/trees/index.md", "---\ntitle: Trees\nsummary: s\nmap: { relation: feeds }\n---\nAll.\n"),
        (
            "content/trees/ash.md",
            "---\ntitle: Ash\nsummary: s\nshort: A\ntopics: [wood]\nalso_known_as: [Common ash, Äsche]\naliases: [/old/ash/]\n---\nText, and a leaf. See [[oak]].\n",
        ),
        (
            "content/trees/oak.md",
            "---\ntitle: Oak\nsummary: s\nshort: O\ntopics: [wood, shade]\nbeside: ash\nfeeds: [{ to: ash, reason: \"Shade.\" }]\n---\nA common ash.\n\n## Bark\n\nAs [[Common ash]] has.\n",
        ),
        ("content/trees/elm.md", "---\ntitle: Elm\nsummary: s\nshort: E\ntopics: [wood]\nfeeds: [oak]\n---\nText.\n"),
        ("content/trees/fir.md", "---\ntitle: Fir\nsummary: s\nshort: F\ntopics: [wood]\nweight: 1\n---\nText.\n"),
        ("content/trees/fir.es.md", "---\ntitle: Abeto\nsummary: s\nshort: B\n---\nTexto. [[trees/ash]]\n"),
        ("content/_data/words.yaml", "leaf: { name: Leaf, says: Green. }\n"),
    ])
}

const TITLES: [&str; 12] =
    ["Ash", "Äsche", "\u{201c}Zoo\u{201d}", "9 lives", "oak", "Elm", "Bark", "Home", "Leaf", "Yew", "Beech", "Ñu"];

#[test]
fn another_title_gives_the_guide_that_resolving_everything_gives() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20261129);
    println!("SEED={seed}");
    let mut random = Random(seed);
    let mut site = Site::new(small());
    assert_eq!(faults(&site.last), [""; 0]);
    let pages = ["ash.md", "oak.md", "elm.md", "fir.md", "fir.es.md", "index.md"];
    let mut shared = 0;
    for _ in 0..120 {
        let path = format!("content/trees/{}", random.pick(&pages));
        let key = random.pick(&["title", "title", "title", "summary", "short"]);
        let name = random.pick(&TITLES);
        // A name that nothing else has, and one that something may have.
        let name = if random.below(2) == 0 { name.to_string() } else { format!("{name} {}", random.below(1000)) };
        shared += u32::from(site.set(&path, key, &name).1);
    }
    assert!(shared > 40, "only {shared} of 120 guides were made from the one before");
}

#[test]
fn links_fields_lists_terms_letters_and_redirects_have_the_new_title() {
    let mut site = Site::new(small());
    let (guide, is_shared) = site.set("content/trees/ash.md", "title", "Yew");
    assert!(is_shared);
    let page = |id: &str| guide.pages.iter().find(|page| page.id == id && page.lang.tag() == "en").unwrap();
    let names = |pages: &[u32]| pages.iter().map(|page| guide.page(*page).title.clone()).collect::<Vec<_>>();
    assert_eq!(names(&page("trees").children), ["Fir", "Elm", "Oak", "Yew"]);
    assert_eq!(names(&page("trees/elm").lists[0].groups[0].1), ["Fir", "Oak", "Yew"]);
    assert_eq!(names(&page("topics/wood").children), ["Fir", "Elm"]);
    assert_eq!(names(&page("topics/wood/page-2").children), ["Oak", "Yew"]);
    let titles: Vec<&str> = page("trees/oak").targets.iter().map(|target| target.title.as_str()).collect();
    assert!(titles.contains(&"Yew") && !titles.contains(&"Ash"), "{titles:?}");
    assert_eq!(guide.redirects[0].title, "Yew");
    let letters: Vec<&str> =
        guide.a_z[&Lang::parse("en").unwrap()].iter().map(|letter| letter.label.as_str()).collect();
    assert_eq!(letters, ["A", "C", "E", "F", "L", "O", "T", "Y"]);
    assert_eq!(page("trees/oak").next, page("topics/wood/page-2").children.last().copied());
}

#[test]
fn where_a_title_may_mean_another_page_all_is_resolved() {
    let mut site = Site::new(small());
    assert!(!site.set("content/trees/ash.md", "title", "Elm").1, "an elm is there already");
    assert!(!site.set("content/trees/ash.md", "title", "leaf").1, "a word of the glossary is called so");
    let mut site = Site::new(small());
    site.tree.set("content/trees/elm.md", "---\ntitle: Elm\nsummary: s\n---\nAs [[ASH]] says, [[the fir]].\n");
    site.tree.set("content/trees/fir.md", "---\ntitle: The fir\nsummary: s\n---\nText.\n");
    let mut site = Site::new(site.tree);
    assert_eq!(faults(&site.last), [""; 0]);
    assert!(!site.set("content/trees/fir.md", "title", "A fir").1, "a link calls it by its title");
    assert!(!faults(&site.last).is_empty(), "and leads nowhere now");
    assert!(!site.set("content/trees/fir.md", "title", "The fir").1, "it is right again");
    assert_eq!(faults(&site.last), [""; 0]);
}

/// Of the small site with other pages, in which nothing is wrong.
fn with(pages: &[(&str, &str)]) -> Site {
    let mut tree = small();
    pages.iter().for_each(|(path, text)| tree.set(path, &format!("---\n{text}")));
    let site = Site::new(tree);
    assert_eq!(faults(&site.last), [""; 0]);
    site
}

#[test]
fn a_new_title_may_be_another_name_of_a_page_that_is_edited_too() {
    let mut site = with(&[
        ("content/a.md", "title: One\nsummary: s\nalso_known_as: [Common]\n---\nText.\n"),
        ("content/b.md", "title: Two\nsummary: s\n---\nText.\n"),
        ("content/c.md", "title: Three\nsummary: s\n---\n[[Common]]\n"),
    ]);
    site.tree.set("content/a.md", "---\ntitle: One\nsummary: s\nalso_known_as: [Common]\n---\nOther text.\n");
    site.tree.set("content/b.md", "---\ntitle: Common\nsummary: s\n---\nText.\n");
    site.build("two pages at once");
    assert!(!faults(&site.last).is_empty(), "the link may mean either");
}

#[test]
fn links_by_title_in_data_and_on_relations_of_translations_are_found() {
    let mut site = with(&[("content/b.md", "title: Great oak\nsummary: s\n---\nText.\n\n## Bark\n\nText.\n")]);
    site.tree.set("content/_data/words.yaml", "leaf: { name: Leaf, says: \"See [[Great oak#bark]].\" }\n");
    let mut site = Site::new(site.tree);
    assert_eq!(faults(&site.last), [""; 0]);
    site.set("content/b.md", "title", "Huge oak");
    assert!(!faults(&site.last).is_empty(), "an entry calls it by its title");

    let mut site = with(&[
        ("content/a.md", "title: One\nsummary: s\nfeeds: [{ to: b, reason: \"See [[Two#bark]].\" }]\n---\nText.\n"),
        ("content/a.es.md", "title: Uno\nsummary: s\n---\nText.\n"),
        ("content/b.md", "title: Two\nsummary: s\n---\nText.\n\n## Bark\n\nText.\n"),
        ("content/b.es.md", "title: Two\nsummary: s\n---\nText.\n\n## Bark\n\nText.\n"),
    ]);
    site.set("content/b.es.md", "title", "Dos");
}

#[test]
fn a_redirect_has_the_title_of_the_page_that_is_there() {
    let mut site = with(&[
        ("content/b.md", "title: Two\nsummary: s\n---\nText.\n"),
        ("content/es/b.md", "title: Other\nsummary: s\naliases: [/old/]\n---\nText.\n"),
    ]);
    site.set("content/b.md", "title", "Second");
}

#[test]
fn names_that_sort_alike_keep_their_order() {
    let mut site =
        with(&[("content/b.md", "title: Two\nsummary: s\nalso_known_as: [\"metoo\", \"#metoo\"]\n---\nText.\n")]);
    assert!(site.set("content/b.md", "title", "Second").1);
}

#[test]
fn many_pages_at_once_are_resolved() {
    let mut site = with(&[]);
    for i in 0..60 {
        site.tree.set(&format!("content/many/page-{i}.md"), &format!("---\ntitle: Page {i}\nsummary: s\n---\nText.\n"));
    }
    let mut site = Site::new(site.tree);
    for i in 0..60 {
        site.tree.set(&format!("content/many/page-{i}.md"), &format!("---\ntitle: Leaf {i}\nsummary: s\n---\nText.\n"));
    }
    assert!(!site.build("sixty pages").1);
}

#[test]
fn every_page_of_the_real_sites_can_be_renamed() {
    for folder in [".", "tests/sites/clinic"] {
        let tree = walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &Record::default()).tree;
        let pages: Vec<SitePath> = tree.below("content").map(|(path, _)| path.clone()).collect();
        let mut site = Site::new(tree);
        let every = std::env::var("EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(20);
        let mut shared = 0;
        for (i, path) in pages.iter().filter(|path| path.ends_with(".md")).step_by(every).enumerate() {
            let title = format!("{} {i}", TITLES[i % TITLES.len()]);
            shared += u32::from(site.set(path, "title", &title).1);
        }
        println!("{folder}: {shared} guides were made from the one before");
        assert!(shared > 0, "{folder}: all was resolved each time");
    }
}
