//! The editors' desk at `/__guidewright/`: everything that is wrong, what is left to do, the register of
//! reviews, the relations, and what each page is made from. It exists in `serve` only.

use super::{editor::Editor, shown::Shown};
use crate::{
    base::{finding::Severity, path::SitePath, span::Position},
    build::Insight,
    render::escape::escaped,
    report::located::Located,
    resolve::guide::{Guide, Node, PageNo, Target, Thing},
};
use std::{collections::BTreeSet, fmt::Write};

/// The path that everything of `serve` itself lives under.
pub const ROOT: &str = "/__guidewright";

/// The pages of the desk: the last part of the path, and the title.
const PAGES: [(&str, &str); 5] = [
    ("", "Problems"),
    ("todo", "To do"),
    ("review", "Reviews"),
    ("relations", "Relations"),
    ("inputs", "What pages are made from"),
];

/// A reader of the desk.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    /// What is shown.
    pub shown: &'a Shown,
    /// How files are opened; none for a reader on another machine.
    pub editor: Option<&'a Editor>,
}

impl Desk<'_> {
    /// The page of the desk at `name`, the path below [`ROOT`]; `page` is the page of the site that is asked
    /// about. `None` when there is no such page.
    pub fn page(&self, name: &str, page: Option<&str>) -> Option<String> {
        let (_, title) = PAGES.iter().find(|(own, _)| *own == name)?;
        let insight = self.shown.insight.as_deref();
        let body = match (name, insight) {
            ("", _) => self.problems(),
            ("todo", _) => self.todo(),
            (_, None) => "<p>The settings of the site cannot be read, so nothing is known of it yet.</p>".into(),
            ("review", Some(insight)) => self.reviews(insight),
            ("relations", Some(insight)) => relations(insight),
            (_, Some(insight)) => match page.and_then(|path| self.shown.page(&self.shown.place(path))) {
                Some(number) => self.made_from(insight, number),
                None => inputs(insight),
            },
        };
        Some(self.layout(name, title, &body))
    }

    /// What stands in the place of a page that has never been without faults; nothing where no page belongs,
    /// and where there is one to show.
    pub fn instead(&self, place: &SitePath) -> Option<String> {
        let files = &self.shown.output.files;
        if files.contains_key(place) || !(files.is_empty() || self.is_unmade(place)) {
            return None;
        }
        let findings: Vec<&Located> = match self.shown.concerning(place) {
            own if own.is_empty() => self.of(|finding| finding.severity == Severity::Error).collect(),
            own => own,
        };
        let about = "<p>It appears here by itself once this is mended.</p>";
        let body = format!("{about}{}", self.list(findings.into_iter(), 2));
        Some(self.layout("instead", "This page cannot be shown yet", &body))
    }

    /// Whether a page belongs at a place that could never be made.
    fn is_unmade(&self, place: &SitePath) -> bool {
        let page = self.shown.page(place).zip(self.shown.insight.as_ref());
        page.is_some_and(|(page, insight)| !insight.guide.0.page(page).hidden)
    }

    fn of<'s>(&'s self, which: impl Fn(&Located) -> bool + 's) -> impl Iterator<Item = &'s Located> {
        self.shown.findings.iter().map(|finding| &**finding).filter(move |finding| which(finding))
    }

    fn problems(&self) -> String {
        let counts = self.shown.findings.counts();
        let mut out = match counts.errors + counts.warnings {
            0 => "<p>Nothing is wrong.</p>".to_string(),
            _ => String::new(),
        };
        if self.shown.is_frozen {
            out += "<p class=\"held\">The whole site is shown as it was before: what every page depends on cannot be read.</p>";
        } else if !self.shown.held.is_empty() {
            let count = self.shown.held.len();
            let pages = if count == 1 { "1 page is".into() } else { format!("{count} pages are") };
            let _ = write!(out, "<p class=\"held\">{pages} shown as before the fault:</p><ul>");
            for place in self.shown.held.keys().take(20) {
                let url = self.url(place);
                let _ = write!(out, "<li><a href=\"{0}\">{0}</a></li>", escaped(&url));
            }
            out += "</ul>";
        }
        for (severity, count) in [(Severity::Error, counts.errors), (Severity::Warning, counts.warnings)] {
            let list = self.list(self.of(|finding| finding.severity == severity), 3);
            if !list.is_empty() {
                let plural = if count == 1 { "" } else { "s" };
                let _ = write!(out, "<h2>{count} {}{plural}</h2>{list}", severity.name());
            }
        }
        if counts.notes > 0 {
            let _ = write!(
                out,
                "<p class=\"beside\"><a href=\"{ROOT}/todo\">{} to do</a>: that stops nothing.</p>",
                counts.notes
            );
        }
        out
    }

    fn todo(&self) -> String {
        let list = self.list(self.of(|finding| finding.severity == Severity::Note), 2);
        let about = "<p>What only a person can do. It stops nothing, and <code>guidewright check --todo</code> prints the same.</p>";
        if list.is_empty() { "<p>Nothing is left to do.</p>".into() } else { format!("{about}{list}") }
    }

    /// Findings by file; what is the way to mend several of them in a row is said with the first. Nothing
    /// when there are none. `level` is that of the headings.
    fn list<'f>(&self, findings: impl Iterator<Item = &'f Located>, level: u8) -> String {
        let mut out = String::new();
        let mut last: Option<&Located> = None;
        for finding in findings {
            if last.is_none_or(|last| last.file != finding.file) {
                let end = if last.is_some() { "</ul>" } else { "" };
                let page = finding.url.as_ref().map(|url| format!(" <a href=\"{0}\">{0}</a>", escaped(url)));
                let _ = write!(
                    out,
                    "{end}<h{level} class=\"file\">{}{}</h{level}><ul class=\"findings\">",
                    escaped(&finding.file),
                    page.unwrap_or_default(),
                );
                last = None;
            }
            let Position { line, column, .. } = finding.start;
            let _ = write!(
                out,
                "<li class=\"{}\"><span class=\"message\">{}</span> {} <span class=\"rule\">{}</span>",
                finding.severity.name(),
                worded(&finding.message),
                self.file(&finding.file, line, column, &format!("line {line}")),
                escaped(&finding.rule),
            );
            if !finding.help.is_empty() && last.is_none_or(|last| last.help != finding.help) {
                let _ = write!(out, "<p>{}</p>", worded(&finding.help));
            }
            out += "</li>";
            last = Some(finding);
        }
        if out.is_empty() { out } else { out + "</ul>" }
    }

    /// A file as a link that opens it in the editor.
    fn file(&self, file: &str, line: u32, column: u32, words: &str) -> String {
        match self.editor {
            Some(editor) => {
                format!("<a href=\"{}\">{}</a>", escaped(&editor.open(file, line, column)), escaped(words))
            }
            None => format!("<span>{}</span>", escaped(words)),
        }
    }

    fn url(&self, place: &SitePath) -> String {
        let path = place.strip_suffix("index.html").unwrap_or(place);
        format!("{}{}", self.shown.base_path, crate::resolve::urls::encode(path))
    }

    fn reviews(&self, insight: &Insight) -> String {
        let mut rows = String::new();
        let (mut count, mut reviewed) = (0, 0);
        let authored = insight.guide.0.pages.iter().filter(|node| !node.fallback && !node.hidden);
        for node in authored {
            let Some(page) = node.page(&insight.sources).filter(|page| page.reviewable) else { continue };
            count += 1;
            reviewed += usize::from(page.reviewed.is_some());
            let by = match page.reviewed_by.is_empty() {
                true => String::new(),
                false => format!(" by {}", page.reviewed_by.join(", ")),
            };
            let _ = write!(
                rows,
                "<tr><th scope=\"row\">{}</th><td>{}{}</td><td>{}</td></tr>",
                link(insight, node),
                page.reviewed.map_or_else(|| "not yet".into(), |date| date.to_string()),
                escaped(&by),
                page.review_by.map(|date| date.to_string()).unwrap_or_default(),
            );
        }
        if rows.is_empty() {
            return "<p>No page speaks of reviews.</p>".into();
        }
        table(&format!("{reviewed} of {count} pages have been reviewed"), &["Page", "Reviewed", "Due"], &rows)
    }

    fn made_from(&self, insight: &Insight, number: PageNo) -> String {
        let guide = &insight.guide.0;
        let node = guide.page(number);
        let mut out = format!("<h2>{}</h2><ul>", link(insight, node));
        match node.page(&insight.sources) {
            Some(page) => {
                let _ = write!(out, "<li>its text: {}</li>", self.file(&page.path, 1, 1, &page.path));
                if let Some(template) = &page.template {
                    let _ = write!(out, "<li>the template {}</li>", escaped(template));
                }
            }
            None => out += "<li>it is generated: no file of its own</li>",
        }
        let _ = write!(
            out,
            "<li>its kind: {}, in {}</li>",
            escaped(&node.kind),
            self.file("schema.yaml", 1, 1, "schema.yaml")
        );
        let _ = write!(out, "<li>the theme {}</li></ul>", escaped(&insight.site.theme));
        let things = needed(guide, node);
        if !things.is_empty() {
            out += "<p>It shows something of these, and is made anew when that changes:</p><ul>";
            for thing in things {
                let _ = write!(out, "<li>{}</li>", thing_link(insight, thing));
            }
            out += "</ul>";
        }
        let files: BTreeSet<&str> =
            node.targets.iter().filter(|target| target.len.is_some()).map(|t| t.href.as_str()).collect();
        if !files.is_empty() {
            out += "<p>Pictures and files:</p><ul>";
            for href in files {
                let _ = write!(out, "<li><a href=\"{0}\">{0}</a></li>", escaped(href));
            }
            out += "</ul>";
        }
        out
    }

    fn layout(&self, name: &str, title: &str, body: &str) -> String {
        let mut menu = String::new();
        for (own, words) in PAGES {
            let current = if own == name { " aria-current=\"page\"" } else { "" };
            let _ = write!(menu, "<li><a href=\"{ROOT}/{own}\"{current}>{words}</a></li>");
        }
        let home = escaped(&self.shown.base_path);
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title} – guidewright</title><link rel=\"stylesheet\" href=\"{ROOT}/desk.css\"></head><body>\n\
             <a class=\"skip\" href=\"#main\">Skip to the list</a>\
             <header><nav aria-label=\"Desk\"><ul>{menu}<li><a href=\"{home}\">The site</a></li></ul></nav></header>\n\
             <main id=\"main\" tabindex=\"-1\"><h1>{title}</h1>{body}</main>\n</body></html>\n"
        )
    }
}

/// What a page shows something of: whatever it is related to, lists, maps, leads to or stands beside.
fn needed(guide: &Guide, node: &Node) -> BTreeSet<Thing> {
    let target = |target: &Target| target.thing;
    let pages = node.children.iter().chain(&node.mentions).chain(&node.used_on).chain(&node.translations);
    let pages = pages.chain(&node.previous).chain(&node.next).chain(&node.section);
    let listed = node.lists.iter().flat_map(|list| list.groups.iter().flat_map(|(_, pages)| pages));
    let mapped = node.maps.iter().flat_map(|map| map.rows.iter().flat_map(|(_, edges)| edges));
    let edges = node.relations.iter().flat_map(|group| &group.edges).chain(mapped);
    let edges = edges.map(|edge| &guide.edges[*edge as usize]);
    let ends = edges.flat_map(|edge| [edge.from.thing, edge.to.thing]);
    let things = pages.chain(listed).map(|page| Thing::Page(*page)).chain(ends);
    let things = things.chain(node.targets.iter().chain(&node.words).filter_map(target));
    let things = things.chain(node.entries.iter().map(|entry| Thing::Entry(*entry)));
    things.filter(|thing| !matches!(thing, Thing::Page(page) if std::ptr::eq(guide.page(*page), node))).collect()
}

fn inputs(insight: &Insight) -> String {
    let mut out = "<p>Choose a page to see what it is made from.</p><ul>".to_string();
    for node in insight.guide.0.pages.iter().filter(|node| !node.hidden && !node.broken) {
        let url = escaped(&insight.site.href(&node.url));
        let query = crate::resolve::urls::encode(&insight.site.href(&node.url)).replace('/', "%2F");
        let title = title(node);
        let _ = write!(
            out,
            "<li><a href=\"{ROOT}/inputs?page={query}\">{}</a> <span class=\"rule\">{url}</span></li>",
            escaped(title)
        );
    }
    out + "</ul>"
}

/// Every relation, by its name in the schema.
fn relations(insight: &Insight) -> String {
    let guide = &insight.guide.0;
    if guide.edges.is_empty() {
        return "<p>No page is related to another.</p>".into();
    }
    let mut out = String::new();
    for (number, relation) in (0u32..).zip(&insight.schema.relations) {
        let edges: Vec<_> = guide.edges.iter().filter(|edge| edge.relation == number).collect();
        if edges.is_empty() {
            continue;
        }
        let name = &relation.forward.name;
        let mut rows = String::new();
        for edge in &edges {
            let (from, to) = (thing_link(insight, edge.from.thing), thing_link(insight, edge.to.thing));
            let _ = write!(rows, "<tr><td>{from}</td><td>{to}</td></tr>");
        }
        let caption = format!("{name}: {}", edges.len());
        let _ =
            write!(out, "<h2>{}</h2>{}", escaped(&relation.forward.heading), table(&caption, &["From", "To"], &rows));
    }
    out
}

fn title(node: &Node) -> &str {
    if node.title.is_empty() { &node.url } else { &node.title }
}

fn link(insight: &Insight, node: &Node) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(&insight.site.href(&node.url)), escaped(title(node)))
}

fn thing_link(insight: &Insight, thing: Thing) -> String {
    let guide = &insight.guide.0;
    match thing {
        Thing::Page(page) => link(insight, guide.page(page)),
        Thing::Entry(number) => {
            let text = guide.entry_text(number, &insight.site.language);
            let url = insight.site.href(&guide.url(thing, None, &insight.site.language));
            format!("<a href=\"{}\">{}</a>", escaped(&url), escaped(&text.title))
        }
    }
}

fn table(caption: &str, heads: &[&str], rows: &str) -> String {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    format!(
        // On a narrow screen it is the table that scrolls, and not the page: so it takes the focus.
        "<div class=\"table\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\">\
         <table><caption>{0}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>",
        escaped(caption)
    )
}

/// Text in which what an editor types stands between backticks.
fn worded(text: &str) -> String {
    let part = |(i, part)| match i % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    };
    text.split('`').enumerate().map(part).collect()
}
