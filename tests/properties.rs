//! What must hold for any input: no panic, no dangling link, nothing that runs, whole pages.

use guidewright::{
    base::finding::Severity,
    build::{Build, Memo, Options, build},
    load::raw_html::Trouble,
    source::tree::{File, Tree},
};
use proptest::prelude::*;
use std::collections::HashSet;

const SCHEMA: &str = "kinds:\n  a: { folder: a, fields: { list: { type: list of prose, heading: List }, to: { type: page }, day: date, n: { type: number, max: 3 }, r: { type: record, heading: R, fields: { x: text, y: list of source } } } }\n  t: { data: t.yaml, page: terms, label: name, citable: true, fields: { name: text, says: prose } }\nrelations:\n  rel: { from: any, to: any, data: { reason: prose }, inverse: { name: rel_of } }\n  sym: { from: any, to: any, symmetric: true }\n";

fn site() -> Tree {
    Tree::of(&[
        ("guide.yaml", "title: Guide\nbase_url: https://guide.example/sub/\ntaxonomies: { topics: {} }\n"),
        ("schema.yaml", SCHEMA),
        ("content/index.md", "---\ntitle: Home\n---\n"),
        ("content/_data/t.yaml", "one: { name: One, says: 'See [[b]].' }\n"),
        ("content/a/b.md", "---\ntitle: B\n---\n## Part\n"),
        ("content/a/p.png", "x"),
    ])
}

fn run(tree: &Tree) -> Build {
    let options = Options {
        today: "2026-11-23".parse().unwrap(),
        drafts: false,
        base_url: None,
        target: None,
        slow: Default::default(),
    };
    build(tree, &options, &mut Memo::default())
}

/// Pieces that mean something to some parser, in any order.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n\n"),
        Just("\n"),
        Just("---\n"),
        Just("+++\n"),
        Just("# "),
        Just("## "),
        Just("#### "),
        Just("[[b]]"),
        Just("[[b#part|words]]"),
        Just("[[#x]]"),
        Just("[[a/b]]"),
        Just("[a](b.md)"),
        Just("[a](../a/b.md#part)"),
        Just("[one]"),
        Just("[X1]"),
        Just("[^1]"),
        Just("[^1]: note\n"),
        Just("![x](p.png)"),
        Just("![](q.png \"decorative\")"),
        Just("![a ![b](p.png)](p.png \"cap\")"),
        Just("```rust\n"),
        Just("~~~\n"),
        Just(":::note T {#x}\n"),
        Just(":::list\n"),
        Just(":::rel\n"),
        Just(":::t\n"),
        Just(":::\n"),
        Just("| a | b |\n|---|:-:|\n| c | d |\n"),
        Just("|  | b |\n|---|---|\n| c | d |\n"),
        Just("Table: cap\n\n"),
        Just("- x\n"),
        Just("1. x\n"),
        Just("> [!NOTE]\n> x\n"),
        Just("> "),
        Just("term\n: def\n"),
        Just("- [x] done\n"),
        Just("<b>"),
        Just("</div>"),
        Just("<script>alert(1)</script>"),
        Just("<img src=x onerror=y>"),
        Just("<details><summary>s</summary>\n\n"),
        Just("<a href=\"javascript:x\">"),
        Just("</section>"),
        Just("javascript:x"),
        Just("**"),
        Just("`"),
        Just("\u{fdd0}"),
        Just("\u{fdd1}"),
        Just("\0"),
        Just("é"),
        Just("\u{202e}"),
        Just("\t"),
        Just("\r\n"),
        Just("word "),
    ];
    prop_oneof![
        4 => proptest::collection::vec(piece.prop_map(String::from), 0..40).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn yaml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("title: x\n"),
        Just("title:"),
        Just("kind: a\n"),
        Just("kind: t\n"),
        Just("rel: b\n"),
        Just("rel:\n  - { to: b, reason: '[[b]] [one]' }\n"),
        Just("rel_of: [b]\n"),
        Just("sym: [b, b]\n"),
        Just("list: [a, '[[b]]']\n"),
        Just("list: x\n"),
        Just("to: b#part\n"),
        Just("day: 2026-02-30\n"),
        Just("n: 9\n"),
        Just("r: { x: 1, y: [one, two] }\n"),
        Just("sources: [one]\n"),
        Just("topics: [x, '—']\n"),
        Just("aliases: [/o/, ../x, /a/b/]\n"),
        Just("slug: '—'\n"),
        Just("slug: a/../b\n"),
        Just("status: draft\n"),
        Just("weight: .nan\n"),
        Just("extra: { a: [1, { b: 2 }] }\n"),
        Just("- "),
        Just("{"),
        Just("["),
        Just("&a "),
        Just("*a "),
        Just("\""),
        Just("'"),
        Just(": "),
        Just("\t"),
        Just("  "),
        Just("\n"),
        Just("lang: ar\n"),
        Just("template: nope\n"),
        Just("<<: *a\n"),
        Just("? "),
        Just("!!int "),
    ];
    proptest::collection::vec(piece.prop_map(String::from), 0..12).prop_map(|pieces| pieces.concat())
}

/// What every build must be, whatever it was made of.
fn hold(built: &Build) {
    let crash = built.findings.iter().find(|finding| finding.rule == "read/crash");
    assert_eq!(crash, None);
    let good = built.findings.iter().all(|finding| finding.severity < Severity::Error);
    let paths: HashSet<&str> = built.output.files.keys().map(|path| &**path).collect();
    for (path, entry) in &built.output.files {
        assert!(!path.split('/').any(|part| part == ".." || part.is_empty()), "{path} leaves the output");
        if !path.ends_with(".html") || entry.len == 0 {
            continue;
        }
        let bytes = entry.bytes().unwrap().unwrap();
        let html = std::str::from_utf8(&bytes).unwrap();
        assert!(html.trim_end().ends_with("</html>"), "{path} is not whole");
        let html = &without_modules(&without_linked_data(html), &paths);
        // The one form of the theme, which sends nothing: its field has no name.
        let html = &html.replacen("<form class=\"search\" action=", "<div data-form=", 1);
        // Read as a browser would: escaped text that looks like a tag is text.
        for (_, trouble) in guidewright::load::raw_html::inspect(html).troubles {
            let runs = match &trouble {
                Trouble::Element(name) => {
                    ["script", "iframe", "object", "embed", "style", "form"].contains(&name.as_str())
                }
                Trouble::Attribute(_, name) => name.starts_with("on") || name == "style",
                Trouble::Address(_) | Trouble::Host(_) => true,
                Trouble::Alt => false,
            };
            assert!(!runs, "{path} has {trouble:?}:\n{html}");
        }
        assert!(!html.contains(['\u{fdd0}', '\u{fdd1}', '\u{fdd2}']), "{path} shows a place");
        if good {
            for link in html.split(" href=\"/sub/").skip(1) {
                let link = link.split(['"', '#']).next().unwrap();
                let file =
                    if link.is_empty() || link.ends_with('/') { format!("{link}index.html") } else { link.into() };
                assert!(paths.contains(file.as_str()), "{path} links to {link}");
            }
        }
    }
}

/// A page without the modules of the theme, which are files of the site.
fn without_modules(html: &str, paths: &HashSet<&str>) -> String {
    const BEGIN: &str = "<script type=\"module\" src=\"/sub/";
    let mut parts = html.split(BEGIN);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (file, rest) = part.split_once("\"></script>").expect("an end of the script element");
        assert!(paths.contains(file), "the module {file} is not there");
        out.push_str(rest);
    }
    out
}

/// A page without its JSON-LD, which no browser runs and which must be JSON.
fn without_linked_data(html: &str) -> String {
    let Some((before, rest)) = html.split_once("<script type=\"application/ld+json\">") else { return html.into() };
    let (json, after) = rest.split_once("</script>").expect("an end of the script element");
    serde_json::from_str::<serde_json::Value>(json).expect("JSON");
    format!("{before}{after}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text(body in text()) {
        let mut tree = site();
        tree.set("content/a/c.md", &format!("---\ntitle: C\n---\n{body}"));
        hold(&run(&tree));
    }

    #[test]
    fn any_front_matter(front in yaml(), body in text()) {
        let mut tree = site();
        tree.set("content/a/c.md", &format!("---\n{front}---\n{body}"));
        hold(&run(&tree));
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300), path in "[a-zA-Zé —_.]{1,8}") {
        let mut tree = site();
        tree.files.insert(format!("content/a/{path}.md").as_str().into(), File::of_bytes(bytes.clone()));
        tree.files.insert("content/_data/t.yaml".into(), File::of_bytes(bytes));
        hold(&run(&tree));
    }

    #[test]
    fn any_settings(guide in yaml(), schema in yaml(), theme in text()) {
        let mut tree = site();
        tree.set("guide.yaml", &format!("title: G\nbase_url: https://guide.example/sub/\ntheme: own\n{guide}"));
        tree.set("schema.yaml", &format!("{SCHEMA}{schema}"));
        tree.set("themes/own/theme.yaml", &guide);
        tree.set("themes/own/templates/parts/review.html", &theme);
        run(&tree);
    }
}

#[test]
fn deep_nesting_is_read_without_overflow() {
    let mut tree = site();
    for (i, text) in [
        "> ".repeat(5000),
        "- ".repeat(2000),
        "[".repeat(50_000),
        "*a ".repeat(20_000),
        "<div>".repeat(20_000),
        ":::note\n".repeat(2000),
    ]
    .iter()
    .enumerate()
    {
        tree.set(&format!("content/a/deep-{i}.md"), &format!("---\ntitle: Deep {i}\n---\n{text}x\n"));
    }
    let pool = rayon::ThreadPoolBuilder::new().stack_size(16 << 20).build().unwrap();
    hold(&pool.install(|| run(&tree)));
}
