//! What the blocks of a text are: boxes that every page may use, places for what the page has
//! elsewhere, and components that the theme declares.

use super::blocks::Action;
use crate::{
    base::{finding::Mark, lang::Lang, near::did_you_mean, path::SitePath, rules::Rule, span::Span},
    settings::{
        read::Reader,
        theme::{Component, Components, Wanted},
        yaml::{Data, Key, Node},
    },
};

/// Boxes around text.
pub const BOXES: [&str; 7] = ["note", "urgent", "steps", "checklist", "details", "figure", "lang"];

/// Places for the page's table of contents, for its lists and for its maps.
pub const PLACES: [&str; 3] = ["toc", "list", "map"];

/// What is put in before the text is read, so that it is never met afterwards.
pub const EXPANSIONS: [&str; 2] = ["include", "table"];

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A box around text.
    Box,
    /// The place of a field, a relation, a data kind, the contents, the lists, or the maps.
    Place,
    /// A component of the theme.
    Component,
    /// Nothing that is known.
    Unknown,
}

/// A rule that is broken: which, where, in which words, and how to mend it.
pub type Trouble = (Rule, Span, String, String);

/// What a block of that name is. A name that a page has for a field of its own places that field when
/// nothing stands in the block.
pub fn role(name: &str, empty: bool, placeable: impl Fn(&str) -> bool, components: &Components) -> Role {
    let is_box = BOXES.contains(&name);
    match () {
        () if placeable(name) && (empty || !is_box) => Role::Place,
        () if is_box => Role::Box,
        () if PLACES.contains(&name) => Role::Place,
        () if components.contains_key(name) => Role::Component,
        () => Role::Unknown,
    }
}

/// Checks the line that opens a block of that role.
pub fn check(action: &Action, span: Span, role: Role, placeable: &[&str], components: &Components) -> Vec<Trouble> {
    let Action::Open { name, title, args, closed, empty, .. } = action else { return Vec::new() };
    let mut troubles = Vec::new();
    let mut say = |rule, span, message: String, help: &str| troubles.push((rule, span, message, help.to_string()));
    match role {
        Role::Component => {
            return components.get(name).map_or(Vec::new(), |own| component(name, title, args, span, own));
        }
        Role::Unknown if EXPANSIONS.contains(&name.as_str()) => {
            // That it is never closed is told by itself.
            if !empty && *closed {
                let help = "Write the line of three colons (:::) right below, with nothing between the two.";
                say(Rule::BLOCKS_INCLUDE, span, format!("\":::{name} {title}\" has text in it"), help);
            } else if *closed {
                let help = "Parts and tables stand in the text of a page, not in a field.";
                say(Rule::BLOCKS_INCLUDE, span, format!("\":::{name} {title}\" cannot stand in a field"), help);
            }
            return troubles;
        }
        Role::Unknown => {
            let mut known: Vec<&str> = placeable.iter().copied().chain(BOXES).chain(PLACES).chain(EXPANSIONS).collect();
            known.extend(components.keys().map(String::as_str));
            known.sort_unstable();
            let help = did_you_mean(name, known.iter().copied(), || format!("Known here: {}.", known.join(", ")));
            say(Rule::BLOCKS_UNKNOWN, span, format!("there is no block \"{name}\""), &help);
            return troubles;
        }
        Role::Place if *closed && !empty => {
            let help = "Write the closing line (:::) right below, and the text before or after the two.";
            let message = format!("the block \"{name}\" places what stands elsewhere, and nothing can stand in it");
            say(Rule::BLOCKS_ARGUMENTS, span, message, help);
        }
        Role::Box if name == "details" && title.is_empty() => {
            let help = "Write after :::details what a reader opens it for, like :::details What it costs";
            say(Rule::BLOCKS_ARGUMENTS, span, "this block has no words to open it by".into(), help);
        }
        Role::Box if name == "figure" && title.is_empty() => {
            let help = "Write the caption after :::figure";
            say(Rule::BLOCKS_ARGUMENTS, span, "this figure has no caption".into(), help);
        }
        Role::Box if name == "lang" && Lang::parse(title).is_none() => {
            let help = "Write a language tag after :::lang, like :::lang es";
            say(Rule::BLOCKS_ARGUMENTS, span, "this block does not say which language it is in".into(), help);
        }
        Role::Box | Role::Place => {}
    }
    for (key, _, span) in args {
        if !(role == Role::Box && name == "details" && key == "open") {
            let message = format!("the block \"{name}\" knows no argument \"{key}\"");
            say(Rule::BLOCKS_ARGUMENTS, *span, message, "Take it out of the curly brackets.");
        }
    }
    troubles
}

/// Checks the title and the arguments of a component against what the theme declares.
fn component(name: &str, title: &str, args: &[(String, String, Span)], span: Span, own: &Component) -> Vec<Trouble> {
    let mut troubles: Vec<Trouble> = Vec::new();
    if own.title == Wanted::Required && title.is_empty() {
        let help = format!("Write it after the name: :::{name} Title");
        troubles.push((Rule::BLOCKS_ARGUMENTS, span, format!("the block \"{name}\" needs a title"), help));
    }
    if own.title == Wanted::None && !title.is_empty() {
        let help = format!("Write :::{name} and nothing after it, or put the words inside the block.");
        troubles.push((Rule::BLOCKS_ARGUMENTS, span, format!("the block \"{name}\" shows no title"), help));
    }
    let file = SitePath::from("");
    let mut reader = Reader::new(&file);
    let entries = args.iter().map(|(key, value, span)| (Key { name: key.clone(), span: *span }, node(value, *span)));
    reader.record(&Node { data: Data::Map(entries.collect()), span }, &own.args);
    for finding in reader.findings {
        let span = if let Mark::Span(span) = finding.place.mark { span } else { span };
        let missing = own.args.iter().find(|arg| finding.message == format!("\"{}\" is missing", arg.name));
        let help = match missing {
            Some(arg) => {
                format!("Write {{{}=…}} at the end of the line. It must be {}.", arg.name, arg.kind.describe())
            }
            None => finding.help,
        };
        troubles.push((Rule::BLOCKS_ARGUMENTS, span, finding.message, help));
    }
    troubles
}

/// An argument as a value of YAML, so that it is read with its type like any field.
pub fn node(text: &str, span: Span) -> Node {
    let data = match text.parse::<f64>() {
        Ok(number) => Data::Number(number, text.into()),
        Err(_) => Data::Text(text.into()),
    };
    Node { data, span }
}

/// A box that is open: what must stand in it, and whether it does.
#[derive(Debug)]
pub struct Open {
    span: Span,
    name: String,
    /// Whether a list was met: a numbered one, a plain one.
    lists: (bool, bool),
}

impl Open {
    /// A block that was opened.
    pub fn new(name: &str, span: Span) -> Open {
        Open { span, name: name.into(), lists: (false, false) }
    }

    /// Whether it asks for a list.
    pub fn wants_list(&self) -> bool {
        ["steps", "checklist"].contains(&self.name.as_str())
    }

    /// A list begins inside it.
    pub fn list(&mut self, numbered: bool) {
        match numbered {
            true => self.lists.0 = true,
            false => self.lists.1 = true,
        }
    }

    /// What is missing when it ends.
    pub fn end(self) -> Option<Trouble> {
        let (message, help) = match (self.name.as_str(), self.lists) {
            ("steps", (false, _)) => {
                ("these steps have no numbered list", "Write each step on a line of its own: 1. …")
            }
            ("checklist", (false, false)) => {
                ("this checklist has no list", "Write each point on a line of its own: - …")
            }
            _ => return None,
        };
        Some((Rule::BLOCKS_ARGUMENTS, self.span, message.into(), help.into()))
    }
}
