//! The manual names every value that a template can use: `docs/content/themes/views.md` is held against the
//! view types themselves.

use std::{fs, path::Path};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

/// The public fields of each public struct in a file: struct, field.
fn fields(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut current = String::new();
    for line in source.lines() {
        if let Some(rest) = line.strip_prefix("pub struct ") {
            current = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().into();
        } else if let Some((name, _)) = line.strip_prefix("    pub ").and_then(|rest| rest.split_once(':')) {
            found.push((current.clone(), name.to_string()));
        }
    }
    found
}

/// Whether the manual names a field as a template calls it; of a view inside another, with it or by itself.
fn is_named(manual: &str, view: &str, field: &str) -> bool {
    match view {
        "SiteView" => manual.contains(&format!("`site.{field}`")),
        "PageView" => manual.contains(&format!("`page.{field}`")),
        "BodyView" => manual.contains(&format!("`body.{field}`")),
        _ => [format!("`{field}`"), format!(".{field}`"), format!("`{field}["), format!(".{field}[")]
            .iter()
            .any(|name| manual.contains(name)),
    }
}

#[test]
fn every_field_of_every_view_is_in_the_manual() {
    let manual = read("docs/content/themes/views.md");
    let views = ["src/render/views.rs", "src/render/list_views.rs"].map(|path| fields(&read(path))).concat();
    assert!(views.len() > 120, "only {} fields were found", views.len());
    let missing: Vec<String> =
        views.iter().filter(|(view, field)| !is_named(&manual, view, field)).map(|(v, f)| format!("{v}.{f}")).collect();
    assert!(missing.is_empty(), "views.md does not name: {}", missing.join(", "));
}

#[test]
fn the_manual_names_no_value_that_there_is_not() {
    let views = ["src/render/views.rs", "src/render/list_views.rs"].map(|path| fields(&read(path))).concat();
    let manual = read("docs/content/themes/views.md");
    let is_there = |name: &str, view: &str| views.iter().any(|(own, field)| own == view && field == name);
    for (prefix, view) in [("site", "SiteView"), ("page", "PageView"), ("body", "BodyView")] {
        for part in manual.split(&format!("`{prefix}.")).skip(1) {
            let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(is_there(&name, view), "views.md names {prefix}.{name}");
        }
    }
}
