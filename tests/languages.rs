//! One guide in several languages: what a translation has from the page that it translates, and what
//! it has not.

mod common;

use common::{build_tree, bytes, faults};
use guidewright::source::tree::Tree;

const GUIDE: &str = "title: Guide\nbase_url: https://guide.example/\nlanguages: { es: { title: Guía } }\nrules: { translations/strings: off, pages/orphan: off }\n";
const SCHEMA: &str = "kinds:\n  skill:\n    folder: skills\n    fields:\n      minutes: { type: number, required: true, heading: How long }\n      signs: { type: list of prose, heading: Signs }\nrelations:\n  near: { from: skill, to: skill, data: { reason: text }, heading: Near, inverse: { name: near_too, heading: Near too } }\n";

fn site(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::of(&[("guide.yaml", GUIDE), ("schema.yaml", SCHEMA)]);
    tree.set("content/index.md", "---\ntitle: Home\nsummary: Home.\n---\nText.\n");
    files.iter().for_each(|(path, text)| tree.set(path, text));
    tree
}

fn page(tree: &Tree, path: &str) -> Option<String> {
    let built = build_tree(tree);
    assert_eq!(faults(&built), Vec::<String>::new());
    bytes(&built.output).get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

#[test]
fn a_page_that_nobody_may_read_yet_may_be_read_in_no_language() {
    for state in ["status: draft", "publish_from: 2030-01-01", "publish_until: 2020-01-01"] {
        let tree = site(&[
            ("content/skills/a.md", &format!("---\ntitle: A\nsummary: A.\nminutes: 1\n{state}\n---\nText.\n")),
            ("content/skills/a.es.md", "---\ntitle: Uno\nsummary: Uno.\n---\nTexto.\n"),
        ]);
        assert_eq!(page(&tree, "es/skills/a/index.html"), None, "{state}");
    }
}

#[test]
fn a_missing_translation_is_shown_in_its_own_language_with_a_notice() {
    let tree = site(&[("content/skills/a.md", "---\ntitle: A\nsummary: A.\nminutes: 1\n---\nEnglish text.\n")]);
    let html = page(&tree, "es/skills/a/index.html").expect("a page that stands in");
    assert!(
        html.contains("<html lang=\"es\"") && html.contains("<div class=\"text\" lang=\"en\" dir=\"ltr\">"),
        "{html}"
    );
    assert!(html.contains("class=\"notice\"") && html.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(html.contains("<link rel=\"canonical\" href=\"https://guide.example/skills/a/\">"));
    assert!(!html.contains("hreflang=\"x-default\""), "it is no translation");
}

#[test]
fn a_translation_has_the_relations_and_fields_of_its_source_and_not_its_links() {
    let tree = site(&[
        (
            "content/skills/a.md",
            "---\ntitle: A\nsummary: A.\nminutes: 7\nnear: [{ to: b, reason: They go together. }]\n---\nSee [[c]] and [below](#part).\n\n## Part\n",
        ),
        ("content/skills/a.es.md", "---\ntitle: Uno\nsummary: Uno.\n---\nTexto.\n"),
        ("content/skills/b.md", "---\ntitle: B\nsummary: B.\nminutes: 2\n---\nText.\n"),
        ("content/skills/b.es.md", "---\ntitle: Dos\nsummary: Dos.\n---\nTexto.\n"),
        ("content/skills/c.md", "---\ntitle: C\nsummary: C.\nminutes: 2\n---\nText.\n"),
    ]);
    let html = page(&tree, "es/skills/a/index.html").expect("the translation");
    assert!(html.contains("<a href=\"/es/skills/b/\" data-search=\"no\">Dos</a>"), "{html}");
    assert!(html.contains("lang=\"en\" dir=\"auto\">They go together."), "{html}");
    assert!(html.contains("<p>7</p>"), "{html}");
    let other = page(&tree, "es/skills/c/index.html").expect("a page that stands in");
    assert!(!other.contains("Uno"), "the translation does not mention it");
}

#[test]
fn a_heading_is_found_in_the_translation_by_its_place() {
    let tree = site(&[
        (
            "content/skills/a.md",
            "---\ntitle: A\nsummary: A.\nminutes: 7\n---\nSee [there](b.md#eng) and [[b#second]].\n",
        ),
        ("content/skills/b.md", "---\ntitle: B\nsummary: B.\nminutes: 2\n---\n## Eng\n\n## Second\n"),
        ("content/skills/b.es.md", "---\ntitle: Dos\nsummary: Dos.\n---\n## Español\n\n## Segundo\n"),
    ]);
    let html = page(&tree, "es/skills/a/index.html").expect("a page that stands in");
    assert!(html.contains("/es/skills/b/#espanol") && html.contains("/es/skills/b/#segundo"), "{html}");
}

#[test]
fn a_draft_of_a_translation_is_a_missing_one() {
    let tree = site(&[
        ("content/skills/a.md", "---\ntitle: A\nsummary: A.\nminutes: 7\n---\nEnglish text.\n"),
        ("content/skills/a.es.md", "---\ntitle: Uno\nsummary: Uno.\nstatus: draft\n---\nTexto.\n"),
    ]);
    let html = page(&tree, "es/skills/a/index.html").expect("a page that stands in");
    assert!(html.contains("English text.") && !html.contains("Texto."), "{html}");
}

#[test]
fn words_of_the_interface_are_written_anew_one_by_one() {
    let mut tree = site(&[("themes/base/strings/es.ftl", "skip = Saltar\n")]);
    tree.set("guide.yaml", &GUIDE.replace("translations/strings: off, ", ""));
    let built = build_tree(&tree);
    let missing: Vec<_> = built.findings.iter().filter(|f| f.rule == "translations/strings").collect();
    assert!(missing.iter().all(|finding| !finding.message.contains("a-z")), "{missing:?}");
    let html = String::from_utf8_lossy(&bytes(&built.output)["es/index.html"]).into_owned();
    assert!(html.contains(">Saltar</a>") && html.contains("Idiomas"), "{html}");
}

/// One number to ring and to text is two links, and a list of links shows nothing but their names.
#[test]
fn a_number_to_text_that_stands_alone_has_a_name_of_its_own() {
    let tree = site(&[
        (
            "schema.yaml",
            "kinds:\n  line: { data: lines.yaml, page: lines, label: name, fields: { name: text, ring: { type: phone, heading: Ring }, text: { type: sms, heading: Text } } }\n",
        ),
        (
            "content/_data/lines.yaml",
            "a: { name: A, ring: \"988\", text: \"988\" }\nb: { name: B, text: SUGAR to 80800 }\n",
        ),
    ]);
    for (lang, path, name) in
        [("en", "lines/index.html", "Text 988"), ("es", "es/lines/index.html", "Enviar un mensaje al 988")]
    {
        let html = page(&tree, path).expect("the page of the numbers");
        assert!(html.contains("<a href=\"tel:988\">988</a>"), "{html}");
        let link = format!("<a href=\"sms:988\" aria-label=\"{name}\" lang=\"{lang}\">988</a>");
        assert!(html.contains(&link), "{html}");
        assert!(html.contains("SUGAR to <a href=\"sms:80800\">80800</a>"), "{html}");
    }
}
