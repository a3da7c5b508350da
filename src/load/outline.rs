//! One pass over a text for what the rest of the guide needs to know of it: headings, links,
//! anchors, blocks; and what is wrong with it in itself.

use super::{
    blocks::{self, Action, Marker},
    containers::{self, Open, Role},
    content::{Heading, Link},
    markdown::{LinkKind, Step, codes, link_kind, steps},
    raw_html::{self, Trouble},
    typography::Typography,
};
use crate::{
    base::{rules::Rule, slug::slug, span::Span},
    settings::theme::Components,
};
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

/// The word that marks a picture as mere decoration: `![](line.svg "decorative")`.
pub const DECORATIVE: &str = "decorative";

/// The most columns that a table may have: more are hard to follow, and do not fit a screen.
pub const MOST_COLUMNS: usize = 5;

/// How a text is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Dialect<'a> {
    /// How its quotation marks are set.
    pub typography: Typography,
    /// Whether its first heading of level 1 is its title.
    pub untitled: bool,
    /// The names of what a block may place.
    pub placeable: &'a [&'a str],
    /// The components of the theme.
    pub components: &'a Components,
}

impl Dialect<'static> {
    /// The dialect of prose in a field: no places, no components.
    pub fn of_fields() -> Dialect<'static> {
        static NONE: Components = Components::new();
        Dialect { typography: Typography::PLAIN, untitled: false, placeable: &[], components: &NONE }
    }
}

/// What one pass over a text found.
#[derive(Debug, Default)]
pub struct Outline {
    /// The words of a first heading of level 1, when it stands for the title.
    pub title: Option<String>,
    /// The headings, that title apart.
    pub headings: Vec<(Heading, Span)>,
    /// The links and pictures.
    pub links: Vec<(Link, Span)>,
    /// Ids of blocks.
    pub anchors: Vec<String>,
    /// The names of the blocks that place a field, a relation or a data kind.
    pub placed: Vec<String>,
    /// Whether there is raw HTML.
    pub has_html: bool,
    /// What is wrong: rule, bytes, message, remedy.
    pub troubles: Vec<(Rule, Span, String, String)>,
}

/// Reads a text.
pub fn read(text: &str, dialect: Dialect) -> Outline {
    let prepared = blocks::prepare(text);
    let mut pass = Pass {
        text,
        dialect,
        out: Outline::default(),
        heading: None,
        explicit: Vec::new(),
        image: None,
        header: None,
        notes: Vec::new(),
        cited: HashSet::new(),
        html: None,
        in_code: false,
        open: Vec::new(),
    };
    // These stay in the text, so no step tells of them.
    prepared.markers.iter().filter(|marker| marker.action == Action::Indented).for_each(|marker| pass.block(marker));
    for (step, range) in steps(&prepared, dialect.typography) {
        match step {
            Step::Block(marker) => pass.block(marker),
            Step::Markdown(event) => pass.event(event, range),
            Step::TermStart | Step::TermEnd => {}
        }
    }
    pass.finish()
}

struct Pass<'a> {
    text: &'a str,
    dialect: Dialect<'a>,
    out: Outline,
    /// The heading that is open: level, explicit id, bytes, words so far.
    heading: Option<(u8, Option<String>, Range<usize>, String)>,
    explicit: Vec<(usize, String)>,
    /// The picture that is open: bytes, whether it is decoration, words so far, whether they are
    /// its file name.
    image: Option<(Range<usize>, bool, String, bool)>,
    /// The head of the table that is open: bytes, columns so far, whether they are without words.
    header: Option<(Range<usize>, usize, bool)>,
    notes: Vec<(String, Range<usize>)>,
    cited: HashSet<String>,
    html: Option<(usize, String)>,
    in_code: bool,
    /// The blocks that are open.
    open: Vec<Open>,
}

impl Pass<'_> {
    fn say(&mut self, rule: Rule, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.out.troubles.push((rule, Span::new(range), message.into(), help.into()));
    }

    fn event(&mut self, event: Event, range: Range<usize>) {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => {
                self.heading = Some((level as u8, id.map(|id| id.to_string()), range, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => self.end_heading(),
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let kind = link_kind(link_type, &dest_url);
                match link_type {
                    LinkType::Email => self.link(kind, &format!("mailto:{dest_url}"), range),
                    // Inside a table the bar of `[[page\|words]]` must be escaped.
                    LinkType::WikiLink { .. } => self.link(kind, dest_url.trim_end_matches('\\'), range),
                    _ if kind == LinkKind::Citation => {
                        // `[E1, E2]` cites twice; each code has a place of its own after the bracket.
                        for (at, code) in codes(&dest_url) {
                            let start = (range.start + 1 + at).min(range.end);
                            let own = start..(start + code.len()).min(range.end);
                            let alone = code.len() == dest_url.len();
                            self.link(kind, code, if alone { range.clone() } else { own });
                        }
                    }
                    _ => self.link(kind, &dest_url, range),
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, title, .. }) => {
                let wiki = matches!(link_type, LinkType::WikiLink { .. });
                let kind = if wiki { LinkKind::Relative } else { link_kind(link_type, &dest_url) };
                self.image(kind, &dest_url, range.clone());
                // `![[file.png]]` has no words of its own: its name is no description.
                let nameless = matches!(link_type, LinkType::WikiLink { has_pothole: false });
                self.image = Some((range, &*title == DECORATIVE, String::new(), nameless));
            }
            Event::End(TagEnd::Image) => {
                if let Some((range, false, alt, nameless)) = self.image.take()
                    && (nameless || alt.trim().is_empty())
                {
                    let help = format!(
                        "Say between the square brackets what the picture shows. If it is mere decoration, write ![](file \"{DECORATIVE}\")."
                    );
                    self.say(Rule::IMAGES_ALT, range, "this picture has no description", help);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Text(text) => {
                if &*text == "[" && !self.in_code {
                    self.lost_footnote(range.start);
                }
                self.words(&text);
            }
            Event::Code(text) => self.words(&text),
            Event::SoftBreak | Event::HardBreak => self.words(" "),
            Event::FootnoteReference(name) => drop(self.cited.insert(name.to_string())),
            Event::Start(Tag::FootnoteDefinition(name)) => self.notes.push((name.to_string(), range)),
            Event::Start(Tag::TableHead) => self.header = Some((range, 0, true)),
            Event::Start(Tag::TableCell) => self.header.iter_mut().for_each(|(_, columns, _)| *columns += 1),
            Event::End(TagEnd::TableHead) => self.end_header(),
            Event::Start(Tag::List(start)) => {
                // It belongs to the innermost block that asks for one.
                let asker = self.open.iter_mut().rev().find(|open| open.wants_list());
                asker.into_iter().for_each(|open| open.list(start.is_some()));
            }
            Event::Start(Tag::HtmlBlock) => self.html = Some((range.start, String::new())),
            Event::Html(piece) => {
                if let Some((_, html)) = &mut self.html {
                    html.push_str(&piece);
                }
            }
            Event::End(TagEnd::HtmlBlock) => {
                if let Some((start, html)) = self.html.take() {
                    self.raw(start, &html);
                }
            }
            Event::InlineHtml(piece) => self.raw(range.start, &piece),
            _ => {}
        }
    }

    fn end_header(&mut self) {
        let Some((range, columns, empty)) = self.header.take() else { return };
        if empty {
            let help = "Write the name of each column in the first row of the table.";
            self.say(Rule::TABLES_HEADERS, range.clone(), "the columns of this table have no names", help);
        }
        if columns > MOST_COLUMNS {
            let help = format!("Write {MOST_COLUMNS} at most: leave some out, or make two tables of it.");
            self.say(Rule::TABLES_COLUMNS, range, format!("this table has {columns} columns"), help);
        }
    }

    fn words(&mut self, text: &str) {
        if let Some((.., words)) = &mut self.heading {
            // Noncharacters are no words, and the writer has a use of its own for them.
            words.extend(text.chars().filter(|c| !('\u{fdd0}'..='\u{fdef}').contains(c)));
        }
        if let Some((_, _, alt, _)) = &mut self.image {
            alt.push_str(text);
        }
        if let Some((.., empty)) = &mut self.header {
            *empty &= text.trim().is_empty();
        }
    }

    fn link(&mut self, kind: LinkKind, target: &str, range: Range<usize>) {
        if kind == LinkKind::Unsafe {
            let message = format!("a link cannot lead to \"{target}\"");
            let help = "Use an address that begins with https:, mailto:, tel: or sms:, or the path of a page.";
            self.say(Rule::LINKS_UNSAFE, range.clone(), message, help);
        } else if kind == LinkKind::Undefined {
            let message = format!("nothing has the name [{target}] that this link leads to");
            let help =
                format!("Write the address on a line of its own, [{target}]: …, or in round brackets after the words.");
            self.say(Rule::LINKS_DEAD, range.clone(), message, help);
        } else if target.is_empty() {
            let help = "Write the address between the round brackets.";
            self.say(Rule::LINKS_DEAD, range.clone(), "this link has no address", help);
        }
        let kind = if target.is_empty() { LinkKind::Undefined } else { kind };
        self.out.links.push((Link { kind, target: target.into(), wanted: None }, Span::new(range)));
    }

    /// The parser takes `[^name]` for plain text when there is no such note.
    fn lost_footnote(&mut self, start: usize) {
        let rest = &self.text[start..];
        if let Some(end) = rest.find(']')
            && rest.starts_with("[^")
            && end > 2
            && !rest[..end].contains(char::is_whitespace)
        {
            let mark = &rest[..=end];
            let message = format!("the footnote {mark} has no text");
            let help = format!("Write the note on a line of its own: {mark}: …");
            self.say(Rule::LINKS_FOOTNOTE, start..start + end + 1, message, help);
        }
    }

    fn image(&mut self, kind: LinkKind, target: &str, range: Range<usize>) {
        if kind == LinkKind::External {
            let help = "Copy the picture into the site, beside the page, and use its file name.";
            let message = "a reader's browser would fetch this picture from another host";
            self.say(Rule::PRIVACY_HOST, range.clone(), message, help);
        } else if kind == LinkKind::Unsafe {
            let message = format!("a picture cannot come from \"{target}\"");
            self.say(
                Rule::LINKS_UNSAFE,
                range.clone(),
                message,
                "Put the picture into the folder of the page, and use its file name.",
            );
        }
        let kind = match kind {
            LinkKind::External | LinkKind::Unsafe => LinkKind::Unsafe,
            _ => LinkKind::Image,
        };
        self.out.links.push((Link { kind, target: target.into(), wanted: None }, Span::new(range)));
    }

    fn end_heading(&mut self) {
        let Some((level, id, range, words)) = self.heading.take() else { return };
        let words = words.trim().to_string();
        if words.is_empty() {
            self.say(
                Rule::HEADINGS_EMPTY,
                range.clone(),
                "this heading has no words",
                "Write them, or remove the heading.",
            );
        }
        if level == 1 && self.dialect.untitled && self.out.title.is_none() && self.out.headings.is_empty() {
            self.out.title = Some(words);
            return;
        }
        let before = self.out.headings.last().map_or(1, |(heading, _)| heading.level);
        if level == 1 {
            let help = "The title of the page is its one top heading. Write this one with two hashes (##).";
            self.say(Rule::HEADINGS_H1, range.clone(), "a second top heading", help);
        } else if level > before + 1 {
            let hashes = "#".repeat(before as usize + 1);
            let message = format!("a heading of level {level} follows one of level {before}");
            let help = format!(
                "A level is left out, and a screen reader's list of headings has a hole. Write it with {hashes}."
            );
            self.say(Rule::HEADINGS_SKIPPED, range.clone(), message, help);
        }
        if let Some(id) = &id {
            self.check_id(id, range.clone());
            self.explicit.push((self.out.headings.len(), id.clone()));
        }
        let heading = Heading { level: level.max(2), id: id.unwrap_or_default(), text: words };
        self.out.headings.push((heading, Span::new(range)));
    }

    /// Finds an id that another heading or block has already.
    fn check_id(&mut self, id: &String, range: Range<usize>) {
        if self.explicit.iter().any(|(_, other)| other == id) || self.out.anchors.contains(id) {
            let message = format!("the id \"{id}\" is given twice");
            self.say(Rule::HEADINGS_ID, range, message, "Give each heading and block an id of its own.");
        }
    }

    fn block(&mut self, marker: &Marker) {
        let range = marker.span.start as usize..marker.span.end as usize;
        match &marker.action {
            Action::Close => self.out.troubles.extend(self.open.pop().and_then(Open::end)),
            Action::Indented => {
                let help = "Begin the line with the three colons. Blocks cannot stand inside a list.";
                self.say(Rule::BLOCKS_OPEN, range, "a block does not begin at the edge of the page", help);
            }
            Action::Stray => {
                let help = "Remove this line, or write the line that opens the block: :::note Title";
                self.say(Rule::BLOCKS_OPEN, range, "this line closes a block, and none is open", help);
            }
            Action::Open { name, closed, id, empty, .. } => {
                if !closed {
                    let help = "Write a line of three colons (:::) where the block ends.";
                    self.say(Rule::BLOCKS_OPEN, range.clone(), format!("the block \"{name}\" is never closed"), help);
                }
                if let Some(id) = id {
                    self.check_id(id, range);
                    self.out.anchors.push(id.clone());
                }
                let Dialect { placeable, components, .. } = self.dialect;
                let role = containers::role(name, *empty, |name| placeable.contains(&name), components);
                self.out.troubles.extend(containers::check(&marker.action, marker.span, role, placeable, components));
                if role == Role::Place {
                    self.out.placed.push(name.clone());
                }
                self.open.push(Open::new(if role == Role::Box { name } else { "" }, marker.span));
            }
        }
    }

    fn raw(&mut self, start: usize, piece: &str) {
        self.out.has_html = true;
        let seen = raw_html::inspect(piece);
        for id in seen.ids {
            if !self.out.anchors.contains(&id) {
                self.out.anchors.push(id);
            }
        }
        let text = self.text;
        let line_at = |line| {
            let at = start + piece.split_inclusive('\n').take(line).map(str::len).sum::<usize>();
            let at = text.floor_char_boundary(at.min(text.len()));
            (at, text[at..].lines().next().unwrap_or_default().trim_end())
        };
        for (line, link) in seen.links {
            let (at, rest) = line_at(line);
            let from = rest.find(&link.target).unwrap_or(0);
            let range = at + from..at + (from + link.target.len()).min(rest.len());
            let kind = link_kind(LinkType::Inline, &link.target);
            match link.is_image {
                true => self.image(kind, &link.target, range),
                false => self.link(kind, &link.target, range),
            }
        }
        for (line, trouble) in seen.troubles {
            let (at, rest) = line_at(line);
            // The tag itself, where its line has more before it.
            let tag =
                trouble.element().and_then(|name| rest.to_ascii_lowercase().find(&format!("<{name}"))).unwrap_or(0);
            let range = at + tag..at + rest.len();
            let (rule, message, help) = match trouble {
                Trouble::Element(name) => {
                    let help = "Write it in Markdown, or use one of the blocks of the theme.";
                    (Rule::HTML_DROPPED, format!("the element <{name}> was dropped"), help)
                }
                Trouble::Attribute(element, name) => {
                    let help = "Remove it. What a page looks like and does is the theme's part.";
                    (Rule::HTML_DROPPED, format!("the attribute \"{name}\" of <{element}> was dropped"), help)
                }
                Trouble::Address(address) => {
                    let help = "Use an address that begins with https:, mailto:, tel: or sms:, or a path.";
                    (Rule::HTML_DROPPED, format!("the address \"{address}\" was dropped"), help)
                }
                Trouble::Alt => {
                    let help = "Add alt=\"…\" with what the picture shows, or alt=\"\" if it is mere decoration.";
                    (Rule::IMAGES_ALT, "this picture has no description".into(), help)
                }
                Trouble::Host(address) => {
                    let message = format!("a reader's browser would fetch \"{address}\" from another host");
                    (Rule::PRIVACY_HOST, message, "Copy the picture into the site and use its path.")
                }
            };
            self.say(rule, range, message, help);
        }
    }

    /// Gives ids to the headings that name none, around those that do, and settles the footnotes.
    fn finish(mut self) -> Outline {
        for (name, range) in std::mem::take(&mut self.notes) {
            if !self.cited.contains(&name) {
                let message = format!("no text refers to the footnote \"{name}\"");
                let help = format!("Write [^{name}] where it belongs, or remove the note.");
                self.say(Rule::LINKS_FOOTNOTE, range, message, help);
            }
        }
        let explicit = self.explicit.iter().map(|(_, id)| id.clone());
        let mut taken: HashSet<String> = explicit.chain(self.out.anchors.iter().cloned()).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for (heading, _) in self.out.headings.iter_mut().filter(|(heading, _)| heading.id.is_empty()) {
            let words = slug(&heading.text);
            let words = if words.is_empty() { "section".into() } else { words };
            // A thousand headings of the same words: each goes on where the last one ended.
            let count = counts.entry(words.clone()).or_default();
            heading.id = loop {
                *count += 1;
                let id = if *count == 1 { words.clone() } else { format!("{words}-{count}") };
                if !taken.contains(&id) {
                    break id;
                }
            };
            taken.insert(heading.id.clone());
        }
        self.out.troubles.sort_by_key(|(_, span, ..)| *span);
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str, untitled: bool) -> Outline {
        read(text, Dialect { untitled, placeable: &["signs"], ..Dialect::of_fields() })
    }

    fn said(text: &str) -> Vec<String> {
        outline(text, false).troubles.into_iter().map(|t| format!("{}: {}", t.0.code(), t.2)).collect()
    }

    #[test]
    fn headings_get_ids_around_the_explicit_ones() {
        let outline = outline("## Cost\n## Cost\n## Other {#cost-2}\n", false);
        let ids: Vec<&str> = outline.headings.iter().map(|(heading, _)| heading.id.as_str()).collect();
        assert_eq!(ids, ["cost", "cost-3", "cost-2"]);
    }

    #[test]
    fn the_first_heading_is_the_title_where_there_is_none() {
        let outline = outline("# A page\n\n## Part\n", true);
        assert_eq!(outline.title.as_deref(), Some("A page"));
        assert_eq!(outline.headings.len(), 1);
        assert!(outline.troubles.is_empty());
    }

    #[test]
    fn faults_of_the_text_are_found_in_order() {
        assert_eq!(
            said("# Again\n\n#### Deep\n\n![](a.png)\n\n:::singns\n:::\n\nA[^x].\n"),
            [
                "headings/h1: a second top heading",
                "headings/skipped: a heading of level 4 follows one of level 2",
                "images/alt: this picture has no description",
                "blocks/unknown: there is no block \"singns\"",
                "links/footnote: the footnote [^x] has no text",
            ]
        );
    }

    #[test]
    fn a_placed_field_is_noted() {
        assert_eq!(outline(":::signs\n:::\n", false).placed, ["signs"]);
    }
}
