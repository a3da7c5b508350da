//! The guide of this repository, built as it is shipped.

mod common;

use common::{build_folder, bytes, faults, folder, shipped::guide, sound};
use std::collections::BTreeMap;

#[test]
fn it_has_no_finding_above_a_note() {
    let wrong = faults(&guide());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn it_has_at_least_45_pages() {
    let pages = bytes(&guide().output).into_keys().filter(|path| path.ends_with("index.html")).count();
    assert!(pages >= 45, "only {pages} pages");
}

#[test]
fn its_pages_are_sound_and_load_nothing_from_elsewhere() {
    let built = guide();
    let wrong = sound::faults(&bytes(&built.output), &built.base_path);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn it_comes_out_the_same_byte_for_byte_however_many_threads_build_it() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(16 << 20).build().expect("threads");
        pool.install(|| bytes(&guide().output))
    };
    let (one, two, again) = (with(1), with(2), with(2));
    assert_same(&one, &two, "one thread and two");
    assert_same(&two, &again, "one build and the next");
}

fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, between: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other), "between {between}");
    let differ: Vec<&String> =
        one.iter().filter(|(path, bytes)| other[*path] != **bytes).map(|(path, _)| path).collect();
    assert!(differ.is_empty(), "between {between} these files differ: {differ:?}");
}

/// A path or name of the machine that built the guide is nothing for its readers.
#[test]
fn it_tells_nothing_of_the_machine() {
    let host = std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_string());
    let folders = ["CARGO_MANIFEST_DIR", "HOME", "USERPROFILE", "TMPDIR", "CARGO_HOME", "HOSTNAME"]
        .map(|name| std::env::var(name).ok());
    let mut words: Vec<String> = folders.into_iter().chain([host, Some("/work/".into())]).flatten().collect();
    // "/", "pc": too short to tell anything, and likely to stand in a text by chance.
    words.retain(|word| word.len() >= 4 && word != "localhost");
    let mut found = Vec::new();
    for (path, bytes) in bytes(&guide().output) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        found.extend(words.iter().filter(|word| stands(&text, word)).map(|word| format!("{path} names {word}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Menu, search and help stand in one place and order on every page of a language (WCAG 3.2.3, 3.2.6): headers and
/// footers are the same, but for the mark of the page that one is on, and what leads to it in other languages.
#[test]
fn every_page_has_the_frame_of_all_others() {
    for built in [guide(), build_folder(&folder("docs"))] {
        let mut frames: BTreeMap<String, (String, String)> = BTreeMap::new();
        for (path, bytes) in bytes(&built.output) {
            let html = String::from_utf8_lossy(&bytes);
            let part = |start: &str, end: &str| Some(html.split_once(start)?.1.split_once(end)?.0.to_string());
            // Pages that only lead on to another have no frame.
            let Some(header) = part("<header class=\"site-header\">", "</header>") else { continue };
            let footer = part("<footer class=\"site-footer\">", "</footer>").expect("a footer");
            let mut frame = format!("{header}{footer}").replace(" aria-current=\"page\"", "");
            if let Some((before, rest)) = frame.split_once("<nav class=\"languages\"") {
                frame = format!("{before}{}", rest.split_once("</nav>").expect("its end").1);
            }
            let frame: String = frame.lines().filter(|line| !line.is_empty()).collect();
            let lang = part("<html lang=\"", "\"").expect("a language");
            let (first, usual) = frames.entry(lang).or_insert_with(|| (path.clone(), frame.clone()));
            assert_eq!(&frame, usual, "{path} has another frame than {first}");
        }
        assert!(!frames.is_empty());
    }
}

/// Whether a word stands in a text, and not as a part of a longer one.
fn stands(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !part(before) && (!part(after) || word.ends_with('/'))
    })
}

/// The manual is a site like any other: what it tells editors holds for it too.
#[test]
fn the_manual_is_as_sound_as_the_guide() {
    let built = build_folder(&folder("docs"));
    assert!(faults(&built).is_empty(), "{}", faults(&built).join("\n"));
    let wrong = sound::faults(&bytes(&built.output), &built.base_path);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
