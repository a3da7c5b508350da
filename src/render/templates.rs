//! Tera: the one file that names the template engine.

use super::{
    body::Component,
    shared::SharedPart,
    views::{BodyView, EntryView, LinkView, PageView, PieceView, SiteView},
};
use crate::{
    assets::theme::Theme,
    base::{
        finding::{Finding, Place},
        near::did_you_mean,
        path::SitePath,
        rules::Rule,
        span::Span,
    },
};
use std::collections::BTreeSet;
use tera::{Context, ErrorKind, Map, ReportError, Tera, Value};

/// The templates of a theme, read and ready.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    names: BTreeSet<String>,
}

/// What all pages of a language share: the view in the engine's own form, and the parts that were laid out of it.
#[derive(Debug)]
pub struct Shared {
    site: Value,
    parts: Vec<(String, SharedPart)>,
    /// The parts as most pages have them.
    unmarked: Value,
}

/// What the template of one page sees beside what all pages share.
#[derive(Debug)]
pub struct Layout<'a> {
    /// The page.
    pub page: &'a PageView<'a>,
    /// Its text and fields.
    pub body: &'a BodyView,
    /// The entries that it shows.
    pub entries: &'a [EntryView],
    /// Its JSON-LD, ready for a script element; empty when there is none. It says again what the view
    /// and the settings say, so no digest need be taken of it.
    pub linked_data: &'a str,
    /// What a policy calls those bytes: [`policy_source`]; empty when there is none.
    pub linked_data_hash: &'a str,
}

impl Shared {
    /// The parts as they stand on the page at an address.
    fn parts(&self, url: &str) -> Value {
        let marked: Vec<_> = self.parts.iter().filter_map(|(name, part)| Some((name, part.marked(url)?))).collect();
        let Some(mut parts) = self.unmarked.as_map().filter(|_| !marked.is_empty()).cloned() else {
            return self.unmarked.clone();
        };
        for (name, html) in marked {
            parts.insert(name.clone().into(), Value::safe_string(&html));
        }
        parts.into()
    }
}

/// The folder of the templates of shared parts.
const SHARED: &str = "shared/";

impl Templates {
    /// Reads the templates of a theme. `None` when they cannot be used.
    pub fn new(theme: &Theme) -> (Option<Templates>, Vec<Finding>) {
        let mut tera = Tera::new();
        let prefixes: Vec<String> = theme.chain.iter().map(|name| format!("{name}/")).collect();
        let texts = theme.templates.iter().map(|(name, text, _)| (name.as_str(), text.as_str()));
        let loaded = tera.set_fallback_prefixes(prefixes).and_then(|()| tera.add_raw_templates(texts));
        let names = theme.templates.iter().filter_map(|(name, ..)| Some(name.split_once('/')?.1.to_string())).collect();
        match loaded {
            Ok(()) => (Some(Templates { tera, names }), Vec::new()),
            Err(error) => (None, vec![explain(error.kind(), None, &theme.templates)]),
        }
    }

    /// Whether the theme has a template of that name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// What all pages of a language share. Each part that cannot be laid out is a finding.
    pub fn shared(&self, view: &SiteView) -> (Shared, Vec<Finding>) {
        let site = Value::from_serializable(view);
        let mut context = Context::new();
        context.insert_value("site", site.clone());
        let (mut parts, mut findings) = (Vec::new(), Vec::new());
        for template in &self.names {
            let Some(name) = template.strip_prefix(SHARED).and_then(|name| name.strip_suffix(".html")) else {
                continue;
            };
            match self.tera.render(template, &context) {
                Ok(html) => parts.push((name.to_string(), SharedPart::new(html))),
                Err(error) => {
                    findings.push(explain(error.kind(), None, &[]));
                    // The fault is told once, and not again of every page.
                    parts.push((name.to_string(), SharedPart::new(String::new())));
                }
            }
        }
        let unmarked: Map =
            parts.iter().map(|(name, part)| (name.clone().into(), Value::safe_string(part.html()))).collect();
        (Shared { site, parts, unmarked: unmarked.into() }, findings)
    }

    /// Lays out a page. `asked` is where its template is named, or its file.
    ///
    /// # Errors
    /// A finding that names the template, its line, and the page.
    pub fn page(&self, template: &str, site: &Shared, layout: &Layout, asked: &Place) -> Result<String, Box<Finding>> {
        let mut context = Context::new();
        context.insert_value("site", site.site.clone());
        context.insert_value("shared", site.parts(&layout.page.url));
        context.insert("page", layout.page);
        context.insert("body", layout.body);
        context.insert("entries", layout.entries);
        context.insert("linked_data", layout.linked_data);
        context.insert("linked_data_hash", layout.linked_data_hash);
        self.render(template, &context, &layout.page.url, asked)
    }

    /// Lays out a component of the theme: `pieces` are what stands in it.
    ///
    /// # Errors
    /// As [`Templates::page`].
    pub fn component(
        &self,
        site: &Shared,
        page: &PageView,
        component: &Component,
        pieces: &[PieceView],
        asked: &Place,
    ) -> Result<String, Box<Finding>> {
        let mut context = Context::new();
        context.insert_value("site", site.site.clone());
        context.insert("page", page);
        context.insert("pieces", pieces);
        let content = self.render("parts/pieces.html", &context, &page.url, asked)?;
        let template = format!("components/{}.html", component.name);
        // That a component has no template is told once, of the theme.
        if !self.has(&template) {
            return Ok(content);
        }
        context.insert("title", &component.title);
        context.insert("id", &component.id);
        context.insert("args", &component.args);
        context.insert("content", &content);
        self.render(&template, &context, &page.url, asked)
    }

    /// Writes the page that stands where a page was withdrawn. `to` is offered in its place.
    ///
    /// # Errors
    /// As [`Templates::page`].
    pub fn gone(&self, site: &Shared, url: &str, to: Option<&LinkView>) -> Result<String, Box<Finding>> {
        let mut context = Context::new();
        context.insert_value("site", site.site.clone());
        context.insert("to", &to);
        self.render("gone.html", &context, url, &Place::file(&SitePath::from(crate::settings::site::FILE)))
    }

    /// Writes the page that sends readers of an old address on.
    ///
    /// # Errors
    /// As [`Templates::page`].
    pub fn redirect(
        &self,
        site: &Shared,
        from: &str,
        to: &str,
        absolute: &str,
        title: &str,
    ) -> Result<String, Box<Finding>> {
        let mut context = Context::new();
        context.insert_value("site", site.site.clone());
        context.insert("to", to);
        context.insert("absolute", absolute);
        context.insert("title", title);
        self.render("redirect.html", &context, from, &Place::file(&SitePath::from(crate::settings::site::FILE)))
    }

    fn render(&self, template: &str, context: &Context, page: &str, asked: &Place) -> Result<String, Box<Finding>> {
        if !self.has(template) {
            let place = asked.clone();
            let help = did_you_mean(template, self.names.iter().map(String::as_str), || {
                "Add it to the templates of the theme, or name another.".into()
            });
            let message = format!("the theme has no template \"{template}\", which {page} asks for");
            return Err(Box::new(Finding::new(Rule::READ_TEMPLATE, place, message, help)));
        }
        self.tera.render(template, context).map_err(|error| Box::new(explain(error.kind(), Some(page), &[])))
    }
}

/// An error of the engine as a finding. `templates` are the theme's, for errors whose place is
/// known by line and column only.
fn explain(kind: &ErrorKind, page: Option<&str>, templates: &[(String, String, SitePath)]) -> Finding {
    let on = page.map(|page| format!(", met on the page {page}")).unwrap_or_default();
    let at = |report: &ReportError| Place::span(&path_of(report.filename()), Span::new(report.span().range.clone()));
    let finding = |place, message: String, help: &str| {
        Finding::new(Rule::READ_TEMPLATE, place, format!("{}{on}", message.trim_end_matches('.')), help)
    };
    match kind {
        ErrorKind::SyntaxError(report) => finding(at(report), report.message().to_string(), "Mend the template here."),
        ErrorKind::RenderingError(report) => finding(
            at(report),
            report.message().to_string(),
            "Mend the template here. The theme maker's chapter of the manual lists what a template can use.",
        ),
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let message = format!("the template includes itself: {}", include_chain.join(" → "));
            let next = include_chain.get(1).unwrap_or(tpl);
            finding(names(templates, tpl, next), message, "Take one of the includes out.")
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain } => {
            let message = format!("the template extends itself: {}", inheritance_chain.join(" → "));
            let next = inheritance_chain.get(1).unwrap_or(tpl);
            finding(names(templates, tpl, next), message, "Let one of them extend nothing.")
        }
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("the template extends \"{parent}\", which the theme does not have");
            finding(names(templates, current, parent), message, "Correct the name after extends.")
        }
        other => {
            // The engine's report has a line " --> template:line:column" where it knows the place.
            let report = other.to_string();
            let first = report.lines().next().unwrap_or_default().trim_start_matches("error: ");
            let place = report.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
            let quoted = first.split(['\'', '`']).nth(1).filter(|name| name.ends_with(".html"));
            let file = place.and_then(|place| place.split(':').next()).or(quoted).unwrap_or("base/page.html");
            let text = templates.iter().find(|(name, ..)| name == file).map(|(_, text, _)| text.as_str());
            let place = match place.zip(text).and_then(|(place, text)| offset(place, text)) {
                Some(at) => Place::span(&path_of(file), Span::new(at..at + 1)),
                None => Place::file(&path_of(file)),
            };
            finding(place, first.to_string(), "Mend the templates of the theme.")
        }
    }
}

/// `harbour/page.html` → `themes/harbour/templates/page.html`.
fn path_of(name: &str) -> SitePath {
    match name.split_once('/') {
        Some((theme, file)) => SitePath::from(format!("themes/{theme}/templates/{file}")),
        None => SitePath::from(format!("themes/base/templates/{name}")),
    }
}

/// Where a template names another, by its whole name or without its theme.
fn names(templates: &[(String, String, SitePath)], template: &str, other: &str) -> Place {
    let path = path_of(template);
    let text = templates.iter().find(|(name, ..)| name == template).map_or("", |(_, text, _)| text);
    let bare = other.split_once('/').map_or(other, |(_, rest)| rest);
    let found = [other, bare].iter().find_map(|name| Some((text.find(&format!("\"{name}\""))? + 1, name.len())));
    match found {
        Some((at, len)) => Place::span(&path, Span::new(at..at + len)),
        None => Place::file(&path),
    }
}

/// The byte at `template:line:column` (both from 1) in the text of that template.
fn offset(place: &str, text: &str) -> Option<usize> {
    let mut numbers = place.split(':').skip(1).map(|number| number.trim().parse::<usize>());
    let (line, column) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    Some((start + column.saturating_sub(1)).min(text.len()))
}
