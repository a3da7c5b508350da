//! Urgent help: the lines to ring or to text, as every page of a site may show them.

use super::{
    fields::{number_links, words},
    list_views::{LineView, LinesView},
    strings::Strings,
    viewer::Viewer,
    views::{DataView, LinkView, PageView},
};
use crate::{
    base::{
        finding::{Finding, Mark, Place},
        path::SitePath,
        rules::Rule,
    },
    load::page::Page,
    resolve::guide::{Node, Origin, Thing},
    settings::{
        common::FULL,
        types::{Line, Type},
    },
};

impl Viewer<'_> {
    /// How a page shows urgent help: as it says, as the page says that it translates, or as its kind does. A
    /// page that nobody wrote shows entries, and does as their kind says.
    pub fn urgent_help(&self, node: &Node, page: Option<&Page>) -> &'static str {
        let kind = match &node.origin {
            Origin::Data(kind) => self.schema.kind(kind),
            _ => self.schema.kind(&node.kind),
        };
        let own = page.and_then(|page| self.sources.urgent_help_in_full(page, self.site));
        if own.unwrap_or(kind.urgent_help_in_full) { FULL } else { "compact" }
    }

    /// Every entry of a data kind that has numbers to ring or to text, in the order of the file, grouped as
    /// the schema says.
    pub fn urgent_lines(&self) -> Vec<LinesView> {
        let mut groups: Vec<LinesView> = Vec::new();
        let mut entries: Vec<_> = (0u32..).zip(self.guide.entries.iter()).collect();
        entries.sort_by_key(|(number, _)| self.place(*number));
        for (number, entry) in entries {
            let kind = self.schema.kind(&entry.kind);
            if kind.data.is_none() || !kind.fields.iter().any(|field| matches!(field.kind, Type::Line(_))) {
                continue;
            }
            let text = self.guide.entry_text(number, self.lang);
            let numbers = kind.fields.iter().filter_map(|field| {
                let Type::Line(line) = field.kind else { return None };
                let (text, lang) = self.said(number, &field.name)?;
                let usual = field.heading.clone().unwrap_or_else(|| words(&field.name));
                let label = self.heading("field", &kind.name, &field.name, &usual).into();
                Some(DataView { name: field.name.clone(), label, html: number_html(text, line, self.strings), lang })
            });
            let line = LineView {
                link: LinkView {
                    title: text.title.clone(),
                    url: self.site.href(&self.guide.url(Thing::Entry(number), None, self.lang)),
                    lang: self.foreign(&text.lang),
                },
                numbers: numbers.collect(),
                check: self.check(number),
            };
            let (heading, lang) = self.group(number);
            match groups.iter_mut().find(|group| group.heading == heading) {
                Some(group) => group.lines.push(line),
                None => groups.push(LinesView { heading: heading.into(), lang, lines: vec![line] }),
            }
        }
        groups
    }
}

/// Whether a page that is to show urgent help in full does not do so before its title.
pub fn missing(view: &PageView, html: &str) -> bool {
    let head = html.find("</h1>").map_or(html, |end| &html[..end]);
    view.urgent_help == FULL && !head.contains("data-urgent-help=\"full\"")
}

/// That it does not.
pub fn finding(file: &SitePath, view: &PageView) -> Finding {
    let message = format!("the finished page {} does not show urgent help in full before its title", view.url);
    let help = "Name the page for urgent help in guide.yaml (urgent_help: …). If it is named, the theme must show it where parts/urgent.html of the base theme does.";
    let place = Place::mark(file, Mark::Field("urgent_help".into()));
    Finding::new(Rule::SAFETY_URGENT_HELP, place, message, help)
}

fn number_html(text: &str, line: Line, strings: &Strings) -> String {
    let mut html = String::new();
    number_links(&mut html, text, line, strings);
    html
}
