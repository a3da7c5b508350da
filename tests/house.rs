//! The rooms of the house: a file imports only floors below its own.

use std::{collections::BTreeSet, fs, path::Path};

/// From the ground up, as the crate documentation lists them.
const FLOORS: [&str; 14] = [
    "base", "report", "settings", "source", "search", "load", "assets", "resolve", "render", "emit", "check", "build",
    "deliver", "cli",
];

/// The files of src/ with their room and their text.
fn files() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let walk = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
    walk.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let room = path.split(['/', '.']).next().unwrap().to_string();
            (path, room, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// The rooms that a file names, be it `use crate::room`, `crate::{room, …}` or a path in the code.
fn named(text: &str) -> BTreeSet<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            rooms.insert(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_string());
            continue;
        };
        let mut depth = 0;
        let mut word = String::new();
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => word.clear(),
                ':' if depth == 0 => drop(rooms.insert(std::mem::take(&mut word))),
                c if depth == 0 && !c.is_whitespace() => word.push(c),
                _ => {}
            }
        }
    }
    rooms
}

#[test]
fn no_file_imports_a_floor_above_its_own() {
    let floor = |room: &str| FLOORS.iter().position(|floor| *floor == room);
    for (path, room, text) in files() {
        let Some(own) = floor(&room) else { continue };
        for other in named(&text) {
            if let Some(other_floor) = floor(&other) {
                assert!(other_floor <= own, "src/{path} imports {other}, which is above {room}");
            }
        }
    }
}

#[test]
fn the_rooms_are_those_of_the_plan() {
    let rooms: BTreeSet<String> = files().into_iter().map(|(_, room, _)| room).collect();
    let known = FLOORS.iter().copied().chain(["lib", "main"]).map(String::from).collect();
    assert_eq!(rooms, known);
}

#[test]
fn the_yaml_crate_and_the_template_engine_are_named_in_one_file_each() {
    for (name, home) in [("serde_yaml::", "settings/yaml.rs"), ("use tera", "render/templates.rs")] {
        let users: Vec<String> =
            files().into_iter().filter(|(.., text)| text.contains(name)).map(|(path, ..)| path).collect();
        assert_eq!(users, [home], "{name}");
    }
}

#[test]
fn no_file_is_above_five_hundred_lines() {
    for (path, _, text) in files() {
        let lines = text.lines().count();
        assert!(lines <= 500, "src/{path} has {lines} lines: one idea a file");
    }
}

#[test]
fn no_clock_and_no_disk_below_their_rooms() {
    for (path, room, text) in files() {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let may_ask = ["source", "deliver", "cli"].contains(&room.as_str());
        for door in ["std::fs", "fs::read", "SystemTime", "Instant::now", "std::env"] {
            assert!(may_ask || !code.contains(door), "src/{path} asks the machine ({door})");
        }
    }
}
