//! Whole sites: each folder of `tests/sites/` is built in memory and compared, file by file, with
//! what lies in its `expected/`.
//!
//! `housing` is a second guide with kinds and relations of its own, `plain` a folder of Markdown
//! without a schema, `hidden` is about pages that are not to be seen, `clinic` is in three languages
//! and uses everything that there is. `UPDATE=1 cargo test --test
//! sites` writes what came; read the change. The digest in the name of an asset is written as
//! `#`, and of an asset only the name is compared: a new colour in the theme must not rewrite
//! every page here. What is not text stands with its digest in `expected.txt`.

mod common;

use common::{build_folder, build_tree, bytes, faults, folder, sound};
use guidewright::{
    base::digest::Digest,
    source::tree::{File, Tree},
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn housing() {
    compare("housing");
}

#[test]
fn plain() {
    compare("plain");
}

#[test]
fn hidden() {
    compare("hidden");
}

#[test]
fn clinic() {
    compare("clinic");
}

#[test]
fn nothing_of_a_hidden_page_shows_anywhere() {
    let built = build_folder(&folder("tests/sites/hidden"));
    for (path, bytes) in bytes(&built.output) {
        let text = format!("{path} {}", String::from_utf8_lossy(&bytes)).to_lowercase();
        assert!(!text.contains("secret"), "{path} tells of a page that is not to be seen");
    }
}

/// A theme that inherits says only what differs: its colours, one partial, some words.
#[test]
fn a_theme_of_its_own_takes_fewer_than_twenty_lines() {
    let site = folder("tests/sites/housing");
    let theme = walkdir::WalkDir::new(site.join("themes/brick")).into_iter().map(|entry| entry.expect("a file"));
    let files = theme.filter(|entry| entry.file_type().is_file());
    let lines: usize = files.map(|file| fs::read_to_string(file.path()).expect("text").lines().count()).sum();
    assert!(lines < 20, "the theme of the site has {lines} lines");

    let files = bytes(&build_folder(&site).output);
    let text = |end: &str| {
        let built = files.iter().filter(|(path, _)| path.ends_with(end));
        built.map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect::<String>()
    };
    assert!(text(".css").contains("#7a2f20"), "its colours are those of the page");
    assert!(text(".html").contains("§"), "its partial draws the mark of each card");
}

#[test]
fn the_pages_of_every_site_are_sound() {
    let mut found = Vec::new();
    for name in ["housing", "plain", "hidden", "clinic"] {
        let built = build_folder(&folder("tests/sites").join(name));
        let of_site = sound::faults(&bytes(&built.output), &built.base_path);
        found.extend(of_site.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Prose in front matter is Markdown like the text below it, and is read as strictly.
#[test]
fn prose_in_a_field_is_checked_like_a_text() {
    let prose = "- \"<script>x()</script>\"\n  - \"![](plan.png)\"\n  - \"Words.[^1]\"\n  - \"[Run](javascript:x)\"\n";
    let mut tree = Tree::of(&[
        ("guide.yaml", "title: Guide\nbase_url: https://guide.example/\n"),
        ("schema.yaml", "kinds: { page: { fields: { says: { type: list of prose, heading: Says } } } }\n"),
    ]);
    let picture = common::picture::of("plan.png", "picture 40x30").expect("a picture");
    tree.files.insert("content/plan.png".into(), File::of_bytes(picture));
    tree.set("content/index.md", &format!("---\ntitle: Home\nsummary: Home.\nsays:\n  {prose}---\n"));
    let found: Vec<String> = build_tree(&tree).findings.into_iter().map(|finding| finding.rule.clone()).collect();
    for rule in ["html/dropped", "images/alt", "links/footnote", "links/unsafe"] {
        assert!(found.iter().any(|code| code == rule), "{rule} is not found in a field, only {found:?}");
    }
}

/// The kinds of the guide in this repository are its own: the program must not know them.
#[test]
fn the_program_knows_no_kind_of_the_guide() {
    const WORDS: [&str; 11] = [
        "barrier",
        "barriers",
        "support",
        "supports",
        "modality",
        "modalities",
        "concern",
        "concerns",
        "helped_by",
        "look_at",
        "may_not_suit",
    ];
    let mut found = Vec::new();
    // Grammars of code call what a language brings along "support": that file is about no guide.
    for path in rust_files(&folder("src")).into_iter().filter(|path| !path.ends_with("render/highlight.rs")) {
        let text = fs::read_to_string(&path).expect("source text");
        let shown = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path).display().to_string();
        for (i, line) in code_only(&text).lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase);
            if let Some(word) = words.find(|word| WORDS.contains(&word.as_str())) {
                found.push(format!("{shown}:{}: \"{word}\" in {}", i + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn compare(name: &str) {
    let site = folder("tests/sites").join(name);
    let built = build_folder(&site);
    let wrong = faults(&built);
    assert!(wrong.is_empty(), "{name} is a site without errors and warnings, but:\n{}", wrong.join("\n"));

    let files = bytes(&built.output);
    let renamed: Vec<(String, String)> =
        files.keys().filter_map(|path| Some((path.clone(), without_digest(path)?))).collect();
    let mut texts = BTreeMap::new();
    let mut others = String::new();
    for (path, bytes) in files {
        // What an index says is asked in tests/search.rs; its bytes follow from the pages.
        if path.starts_with("search/") && !path.ends_with(".html") {
            let _ = writeln!(others, "{path}");
            continue;
        }
        if let Some((_, plain)) = renamed.iter().find(|(hashed, _)| *hashed == path) {
            let _ = writeln!(others, "{plain}");
            continue;
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                let text = renamed.iter().fold(text, |text, (hashed, plain)| text.replace(hashed, plain));
                texts.insert(path, text);
            }
            Err(error) => {
                let _ = writeln!(others, "{path} {}", Digest::of(error.as_bytes()).hex());
            }
        }
    }
    let expected = site.join("expected");
    if std::env::var_os("UPDATE").is_some() {
        update(&expected, &texts, &others);
        return;
    }
    let mut differ = Vec::new();
    differ.extend(difference("expected.txt", &read(&site.join("expected.txt")), &others));
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for path in all_files(&expected) {
        let inner = path.strip_prefix(&expected).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        known.insert(inner, read(&path));
    }
    for (path, text) in &texts {
        match known.remove(path) {
            Some(old) => differ.extend(difference(path, &old, text)),
            None => differ.push(format!("{path} is new")),
        }
    }
    differ.extend(known.keys().map(|path| format!("{path} is missing")));
    assert!(
        differ.is_empty(),
        "{} of tests/sites/{name}/expected (`UPDATE=1 cargo test --test sites` writes what came):\n{}",
        if differ.len() == 1 {
            "one file is not as in".to_string()
        } else {
            format!("{} files are not as in", differ.len())
        },
        differ.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}

/// The first line in which two texts differ.
fn difference(path: &str, expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut old, mut new) = (expected.lines(), found.lines());
    for line in 1.. {
        match (old.next(), new.next()) {
            (None, None) => return Some(format!("{path}: the last line end differs")),
            (one, other) if one != other => {
                let shown = |line: Option<&str>| line.map_or("(the file ends)".to_string(), |line| line.to_string());
                return Some(format!("{path}, line {line}:\n  expected {}\n  came     {}", shown(one), shown(other)));
            }
            _ => {}
        }
    }
    None
}

/// `assets/style.0a1b2c3d4e.css` → `assets/style.#.css`.
fn without_digest(path: &str) -> Option<String> {
    let name = path.strip_prefix("assets/")?;
    let mut parts: Vec<&str> = name.split('.').collect();
    let digest = parts.iter().rposition(|part| part.len() == 10 && part.bytes().all(|b| b.is_ascii_hexdigit()))?;
    parts[digest] = "#";
    Some(format!("assets/{}", parts.join(".")))
}

fn update(expected: &Path, texts: &BTreeMap<String, String>, others: &str) {
    // Only what this test itself put there is removed.
    let _ = fs::remove_dir_all(expected);
    for (path, text) in texts {
        let file = expected.join(path);
        fs::create_dir_all(file.parent().unwrap_or(expected)).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    fs::write(expected.with_extension("txt"), others).expect("a file");
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    all_files(folder).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// Rust without its comments and without what stands under `#[cfg(test)]`, line by line.
fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    // `code` loses comments, `bare` loses strings as well: there braces can be counted.
    let (mut code, mut bare) = (bytes.to_vec(), bytes.to_vec());
    let blank = |text: &mut Vec<u8>, from: usize, to: usize| {
        text[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    };
    let end_of = |from: usize, mark: &str| text[from..].find(mark).map_or(bytes.len(), |at| from + at + mark.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let joined = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let raw = rest.strip_prefix(b"r").map(|rest| rest.iter().take_while(|byte| **byte == b'#').count());
        let start = at;
        if rest.starts_with(b"//") {
            at = text[at..].find('\n').map_or(bytes.len(), |end| at + end);
            blank(&mut code, start, at);
        } else if rest.starts_with(b"/*") {
            at = end_of(at, "*/");
            blank(&mut code, start, at);
        } else if let Some(hashes) = raw.filter(|hashes| !joined && rest.get(hashes + 1) == Some(&b'"')) {
            at = end_of(at + hashes + 2, &format!("\"{}", "#".repeat(hashes)));
        } else if rest.starts_with(b"\"") {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else if rest.starts_with(b"'\\") {
            at = end_of(at + 3, "'");
        } else if rest.starts_with(b"'") && text[at + 1..].chars().nth(1) == Some('\'') {
            at += 2 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else {
            at += 1;
            continue;
        }
        at = at.min(bytes.len());
        blank(&mut bare, start, at);
    }
    let bare = String::from_utf8_lossy(&bare).into_owned();
    for (start, mark) in bare.match_indices("#[cfg(test)]") {
        let (mut depth, mut end) = (0, bare.len());
        for (i, byte) in bare.bytes().enumerate().skip(start + mark.len()) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b';' if depth == 0 => {}
                _ => continue,
            }
            if depth == 0 {
                end = i + 1;
                break;
            }
        }
        blank(&mut code, start, end);
    }
    String::from_utf8_lossy(&code).into_owned()
}

#[test]
fn comments_and_tests_are_taken_out_of_the_code() {
    let code = code_only(
        "a(\"x // y\"); // barrier\n/* b */ let c = '\"'; let d = r#\"\"//\"#;\n#[cfg(test)]\nmod t {\n  fn f() { \"}\" }\n}\ne",
    );
    assert_eq!(
        code.lines().map(str::trim).collect::<Vec<_>>(),
        ["a(\"x // y\");", "let c = '\"'; let d = r#\"\"//\"#;", "", "", "", "", "e"]
    );
}
