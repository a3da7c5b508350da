//! The manual's page of views is made from the view types: their fields, and what is said of them in the source.
//! `UPDATE=1 cargo test --test views` writes it anew.

use std::{fs, path::PathBuf};

/// A struct of the source: what its comment says first, and its fields.
#[derive(Debug)]
struct View {
    /// `SourceView` is "source".
    name: String,
    says: String,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    kind: String,
    says: String,
}

const MANUAL: &str = "docs/content/themes/views.md";

/// What is made stands between these; what is around them is written by hand.
const BEGINS: &str = "\n## site\n";
const ENDS: &str = "\n## In redirect.html\n";

fn read(path: &str) -> String {
    fs::read_to_string(place(path)).expect(path)
}

fn place(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The first paragraph of a comment, which is for readers of the manual as well.
fn first_paragraph(comment: &[&str]) -> String {
    comment.iter().take_while(|line| !line.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// "IndexItemView" is "index item".
fn words(name: &str) -> String {
    let mut out = String::new();
    for letter in name.trim_end_matches("View").chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The public structs of a file.
fn views(source: &str) -> Vec<View> {
    let mut found: Vec<View> = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(said) = line.strip_prefix("///") {
            comment.push(said.trim());
            continue;
        }
        if let Some(rest) = line.strip_prefix("pub struct ") {
            let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            found.push(View { name: words(name), says: first_paragraph(&comment), fields: Vec::new() });
        } else if let Some((name, kind)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(": "))
            && let Some(view) = found.last_mut()
        {
            let kind = kind.trim_end_matches(',').to_string();
            view.fields.push(Field { name: name.into(), kind, says: first_paragraph(&comment) });
        }
        if !line.starts_with("#[") {
            comment.clear();
        }
    }
    found
}

/// What a type of the source is to a maker of themes.
fn value(name: &str, kind: &str) -> String {
    let within = |outer: &str| kind.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = within("Vec<") {
        return format!("list of {}", value(name, inner));
    }
    if let Some(inner) = within("Option<") {
        return format!("{} or nothing", value(name, inner));
    }
    if let Some(inner) = within("BTreeMap<String, ") {
        return format!("{} by name", value(name, inner));
    }
    match kind {
        "String" | "&'a str" | "&'static str" if name == "html" || name == "svg" => "HTML".into(),
        "String" | "&'a str" | "&'static str" => "text".into(),
        "[String; 3]" => "list of three texts".into(),
        "bool" => "yes or no".into(),
        "u8" | "u32" => "number".into(),
        "serde_json::Value" => "as written".into(),
        view => {
            let view = words(view.split('<').next().unwrap_or_default());
            format!("[{view}](#{})", view.replace(' ', "-"))
        }
    }
}

/// The page's middle.
fn made() -> String {
    let mut views: Vec<View> =
        ["src/render/views.rs", "src/render/list_views.rs"].iter().flat_map(|path| views(&read(path))).collect();
    // What a template is handed comes first, in the order of the introduction.
    let handed = ["site", "page", "body"];
    views.sort_by_key(|view| handed.iter().position(|name| view.name == *name).unwrap_or(handed.len()));
    let mut out = String::new();
    for View { name, says, fields } in views {
        out += &format!("\n## {name}\n\n{says}\n\n| name | value | what it is |\n|---|---|---|\n");
        let prefix = if handed.contains(&name.as_str()) { format!("{name}.") } else { String::new() };
        for Field { name, kind, says } in fields {
            out += &format!("| `{prefix}{name}` | {} | {} |\n", value(&name, &kind), says.replace('|', "\\|"));
        }
    }
    out
}

#[test]
fn the_page_of_views_says_what_the_view_types_hold() {
    let page = read(MANUAL);
    let begins = page.find(BEGINS).expect("the first view");
    let ends = page.find(ENDS).expect("what follows the views");
    let expected = format!("{}{}{}", &page[..begins], made(), &page[ends..]);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(place(MANUAL), &expected).expect(MANUAL);
    } else if page != expected {
        let differs = page.lines().zip(expected.lines()).find(|(is, should)| is != should);
        panic!("{MANUAL} is not what the view types say: run UPDATE=1 cargo test --test views.\n{differs:#?}");
    }
}

#[test]
fn every_view_and_every_field_is_explained() {
    let made = made();
    let rows: Vec<&str> = made.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() > 120, "only {} fields were found", rows.len());
    let bare: Vec<_> = rows.iter().filter(|row| row.ends_with("|  |")).collect();
    assert!(bare.is_empty(), "nothing is said of {bare:#?}");
    for name in made.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(made.contains(&format!("\n## {}\n", name.replace('-', " "))), "nothing explains {name}");
    }
}
