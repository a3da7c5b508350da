//! What the search of a built site finds, asked as the terminal asks it. `tests/browser/search.test.js` holds the
//! browser to the same answers.

mod common;

use common::{build_folder, build_tree, bytes, folder};
use guidewright::{
    build::Build,
    search::{
        format::{self, FOLDER},
        query::{Hit, Searcher},
    },
    source::tree::Tree,
};
use proptest::prelude::*;
use std::{collections::BTreeMap, io, sync::LazyLock};

const GUIDE: &str = "title: Guide\nbase_url: https://guide.example/\n";

type Files = BTreeMap<String, Vec<u8>>;

/// The files of an index, by their names in its folder.
fn index(built: &Build, lang: &str) -> Files {
    let folder = format!("{FOLDER}/{lang}");
    let files = bytes(&built.output).into_iter();
    files.filter_map(|(path, bytes)| Some((path.strip_prefix(&folder)?.to_string(), bytes))).collect()
}

fn search(files: &Files, query: &str, limit: usize) -> io::Result<(Vec<Hit>, usize)> {
    let load = |name: &str| files.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
    Searcher::open(load)?.search(query, limit)
}

/// The addresses of what is found, best first.
fn urls(files: &Files, query: &str) -> Vec<String> {
    let (hits, _) = search(files, query, 10).expect("an index that can be read");
    hits.into_iter().map(|hit| hit.url).collect()
}

/// A site of pages: file below content/, front matter without its title, and text.
fn site(settings: &str, pages: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::of(&[("guide.yaml", &format!("{GUIDE}{settings}"))]);
    tree.set("content/index.md", "---\ntitle: Home\nsummary: First.\n---\nText.\n");
    for (file, text) in pages {
        tree.set(&format!("content/{file}"), text);
    }
    tree
}

fn one(text: &str) -> Files {
    index(&build_tree(&site("", &[("page.md", text)])), "")
}

#[test]
fn a_page_is_found_by_what_it_says_and_opens_at_the_part_that_says_it() {
    let files = one(
        "---\ntitle: Slugs\nsummary: What eats the lettuce.\nalso_known_as: [slimy guests]\n---\nThey come at night.\n\n## Traps\n\nBury a cup of beer.\n",
    );
    assert_eq!(urls(&files, "lettuce"), ["/page/"]);
    assert_eq!(urls(&files, "slimy"), ["/page/"]);
    assert_eq!(urls(&files, "beer"), ["/page/#traps"]);
    assert_eq!(urls(&files, "tractor"), Vec::<String>::new());
    let (hits, all) = search(&files, "beer", 1).expect("an answer");
    assert_eq!((hits[0].title.as_str(), hits[0].heading.as_str(), all), ("Slugs", "Traps", 1));
    assert_eq!(hits[0].excerpt, "What eats the lettuce.");
}

#[test]
fn slips_endings_and_beginnings_are_forgiven() {
    let files =
        one("---\ntitle: Anxiety\nsummary: Worries.\n---\nTherapists organise counselling. I can't. Año café.\n");
    for query in ["anxitey", "anxeity", "nxiety", "anxie", "therapist", "therapits", "organized", "counseling", "cant"]
    {
        assert_eq!(urls(&files, query), ["/page/"], "{query}");
    }
    for query in ["ano", "CAFÉ", "cafe", "worry"] {
        assert_eq!(urls(&files, query), ["/page/"], "{query}");
    }
    // One letter of three may be another word.
    assert_eq!(urls(&files, "aqo "), Vec::<String>::new());
}

#[test]
fn whoever_types_a_title_comes_to_that_page() {
    let many = "help help help what can help\n\nhelp can what";
    let tree = site(
        "",
        &[
            ("a.md", &format!("---\ntitle: Help help\nsummary: help what can.\n---\n{many}\n")),
            ("b.md", "---\ntitle: What can help\nsummary: Ways.\n---\nOther words here.\n"),
        ],
    );
    assert_eq!(urls(&index(&build_tree(&tree), ""), "what can help")[0], "/b/");
}

#[test]
fn each_language_has_its_own_words() {
    let tree = site(
        "languages: { de: { title: Handbuch }, ja: { title: 案内 } }\n",
        &[
            ("page.md", "---\ntitle: Therapy\nsummary: Talk.\n---\nText.\n"),
            ("page.de.md", "---\ntitle: Gespräche\nsummary: Reden.\n---\nEine Therapie. Die Gesprächstherapie.\n"),
            ("other.md", "---\ntitle: Other\nsummary: Other.\n---\nText.\n"),
            ("other.de.md", "---\ntitle: Anderes\nsummary: Anderes.\n---\nDie Verhaltenstherapie.\n"),
            ("page.ja.md", "---\ntitle: 心理療法\nsummary: 話す。\n---\n薬のはなし。\n"),
        ],
    );
    let built = build_tree(&tree);
    let german = index(&built, "de/");
    // The last part of a compound is a word of the site.
    let mut found = urls(&german, "therapie");
    found.sort();
    assert_eq!(found, ["/de/other/", "/de/page/"]);
    assert_eq!(urls(&german, "gesprache"), ["/de/page/"]);
    assert_eq!(urls(&german, "talk"), Vec::<String>::new());
    assert_eq!(urls(&index(&built, "ja/"), "療法"), ["/ja/page/"]);
    assert_eq!(urls(&index(&built, ""), "therapy"), ["/page/"]);
}

#[test]
fn what_is_not_to_be_found_is_not() {
    let tree = site(
        "",
        &[
            ("seen.md", "---\ntitle: Seen\nsummary: Seen.\n---\nzebra\n"),
            ("own.md", "---\ntitle: Own\nsummary: Own.\nsearch: no\n---\nzebra\n"),
            ("draft.md", "---\ntitle: Draft\nsummary: Draft.\nstatus: draft\n---\nzebra\n"),
        ],
    );
    assert_eq!(urls(&index(&build_tree(&tree), ""), "zebra"), ["/seen/"]);
    let none = build_tree(&site("search: no\n", &[]));
    assert!(bytes(&none.output).keys().all(|path| !path.starts_with(FOLDER)));
}

#[test]
fn synonyms_lead_to_the_words_of_the_site() {
    let mut tree = site("", &[("page.md", "---\ntitle: Therapists\nsummary: Who they are.\n---\nText.\n")]);
    tree.set("schema.yaml", "synonyms: synonyms.yaml\nkinds: { page: {} }\n");
    tree.set("content/_data/synonyms.yaml", "shrink: therapist\ncounsellor: [therapists]\n");
    let files = index(&build_tree(&tree), "");
    assert_eq!(urls(&files, "shrink"), Vec::<String>::new(), "no page says the word in this form");
    assert_eq!(urls(&files, "counsellor"), ["/page/"]);
}

/// A site that is too large for one file.
fn large() -> Files {
    let word = |page: usize, i: usize| {
        let mut number = page * 7919 + i * 104_729;
        let mut word = String::new();
        for _ in 0..4 {
            word.push(char::from(b"bdfgklmnprst"[number % 12]));
            word.push(char::from(b"aeiou"[number / 12 % 5]));
            number /= 17;
        }
        word
    };
    let mut tree = site("rules: { \"*\": off }\n", &[]);
    for page in 0..300 {
        let text: Vec<String> = (0..200).map(|i| word(page, i)).collect();
        let front = format!("---\ntitle: Page number {page}\nsummary: Sum.\n---\n");
        tree.set(&format!("content/p{page}.md"), &format!("{front}{}\n", text.join(" ")));
    }
    index(&build_tree(&tree), "")
}

#[test]
fn a_large_index_is_in_parts_and_finds_as_well() {
    let files = large();
    assert!(files.len() > 20, "{} files", files.len());
    assert!(files.values().all(|bytes| bytes.len() < 64 * 1024));
    for page in [0, 7, 150, 299] {
        assert_eq!(urls(&files, &format!("page number {page}"))[0], format!("/p{page}/"));
    }
    let mut without: Files = files.clone();
    without.retain(|name, _| !name.starts_with('p'));
    assert!(search(&without, "page number 7", 3).is_err(), "a part that is missing is told");
}

#[test]
fn every_page_of_the_guide_is_found_by_its_title() {
    let built = build_folder(&folder("tests/sites/clinic"));
    for lang in ["", "es/", "ar/"] {
        let files = index(&built, lang);
        let (all, count) = search(&files, "a de و the la", 500).expect("an answer");
        assert!(!all.is_empty() && count >= all.len());
        for hit in all {
            let found = urls(&files, &hit.title);
            let own = hit.url.split('#').next().unwrap_or_default();
            assert!(found.iter().any(|url| url.starts_with(own)), "{} is not among {found:?}", hit.title);
        }
    }
}

static SMALL: LazyLock<Files> =
    LazyLock::new(|| one("---\ntitle: 心理 Anxiety\nsummary: Sum.\n---\nText — of “some” words and more words.\n"));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is typed is answered.
    #[test]
    fn any_query(query in any::<String>(), twice in 0..3usize) {
        let query = query.repeat(1 + twice);
        prop_assert!(search(&SMALL, &query, 10).is_ok());
    }

    /// A damaged index is refused or answers something; it never brings the program down.
    #[test]
    fn any_damage(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut files = SMALL.clone();
        let root = files.get_mut(format::ROOT).expect("the root");
        let mut plain = format::unpack(root).expect("a root that can be unpacked");
        let at = at.index(plain.len());
        if cut { plain.truncate(at) } else { plain[at] = byte }
        *root = plain;
        let _ = search(&files, "anxiety words mroe", 10);
    }
}
