//! A page as plain Markdown, for readers and programs that want text: its words as they were written,
//! its links as whole addresses, then its fields and relations as lists.

use super::viewer::Viewer;
use crate::{
    base::span::Span,
    load::{
        blocks::{self, Action},
        content::Link,
        expand::Expanded,
        front,
        markdown::LinkKind,
        outline::{self, Dialect},
        page::Page,
    },
    resolve::guide::{Node, PageNo, State, Target, Thing},
    settings::{site::Site, value::Value},
};

impl Viewer<'_> {
    /// Writes a page. `text` is its text with everything in it that it includes.
    pub fn markdown_copy(&self, number: PageNo, page: &Page, text: &Expanded) -> String {
        let node = self.guide.page(number);
        let mut out = format!("# {}\n\n", node.title);
        if !node.summary.is_empty() {
            out.push_str(&format!("> {}\n\n", node.summary));
        }
        out.push_str(&format!("<{}>\n\n", self.site.absolute(&node.url)));
        out.push_str(self.text(node, text).trim());
        out.push('\n');
        self.fields(&mut out, node, page);
        for group in &node.relations {
            let relation = &self.schema.relations[group.relation as usize];
            let side = relation.seen(group.inverse);
            out.push_str(&format!("\n## {}\n\n", self.heading("relation", &side.name, "", &side.heading)));
            for edge in group.edges.iter().map(|edge| &self.guide.edges[*edge as usize]) {
                let far = if edge.from.thing == Thing::Page(number) { &edge.to } else { &edge.from };
                let card = self.card(far.thing, far.anchor.as_deref());
                let mut targets = edge.targets.iter();
                let words = edge.data.iter().map(|(_, value)| line(self.site, value, &mut targets));
                let words: String = words.map(|words| format!(": {words}")).collect();
                out.push_str(&format!("- [{}]({}){words}\n", card.title, whole(self.site, &card.url)));
            }
        }
        out
    }

    /// The text with each link leading to a whole address, and titles in the place of blocks.
    fn text(&self, node: &Node, text: &Expanded) -> String {
        let mut edits = link_edits(self.site, &text.text, &mut node.targets.iter());
        for marker in blocks::prepare(&text.text).markers {
            let title = match &marker.action {
                Action::Open { title, name, .. } if !title.is_empty() && name != "lang" => format!("**{title}**\n"),
                Action::Indented => continue,
                _ => String::new(),
            };
            edits.push((marker.span.start as usize, marker.span.end as usize, title));
        }
        edited(&text.text, edits)
    }

    fn fields(&self, out: &mut String, node: &Node, page: &Page) {
        let kind = self.schema.kind(&node.kind);
        let mut targets = node.targets.iter().skip(page.text_links as usize);
        for (name, value) in &page.content.fields {
            // Every value is written, shown or not: each takes its own links with it.
            let lines: Vec<String> = match value {
                Value::List(items) => items.iter().map(|item| line(self.site, item, &mut targets)).collect(),
                value => vec![line(self.site, value, &mut targets)],
            };
            let field = kind.fields.iter().find(|field| field.name == *name);
            let shown = field.filter(|field| field.is_shown());
            let Some(heading) = shown.and_then(|field| field.heading.as_deref()) else { continue };
            out.push_str(&format!("\n## {}\n\n", self.heading("field", &kind.name, name, heading)));
            match value {
                Value::List(_) => lines.iter().for_each(|line| out.push_str(&format!("- {line}\n"))),
                _ => lines.iter().for_each(|line| out.push_str(&format!("{line}\n"))),
            }
        }
    }
}

/// A value as one line of Markdown; it takes the targets of its links.
fn line<'t>(site: &Site, value: &Value, targets: &mut impl Iterator<Item = &'t Target>) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Date(date) => date.to_string(),
        Value::List(items) => items.iter().map(|item| line(site, item, targets)).collect::<Vec<_>>().join("; "),
        Value::Record(entries) => {
            let entry = |(key, value): &(String, Value)| format!("{key}: {}", line(site, value, targets));
            entries.iter().map(entry).collect::<Vec<_>>().join("; ")
        }
        Value::Prose(text) => {
            let edits = link_edits(site, text, targets);
            edited(text, edits).trim().replace('\n', " ")
        }
        Value::Page(written) | Value::Source(written) | Value::Image(written) => {
            match targets.next().filter(|target| target.state == State::Here) {
                Some(target) if matches!(value, Value::Image(_)) => {
                    format!("![{}]({})", front::image(written).0, whole(site, &target.href))
                }
                Some(target) => {
                    let words = if target.title.is_empty() { written } else { &target.title };
                    format!("[{words}]({})", whole(site, &target.href))
                }
                None => written.clone(),
            }
        }
        other => other.as_str().unwrap_or_default().trim().replace('\n', " "),
    }
}

/// What must be written anew so that the links of a text lead to whole addresses: bytes, and text.
fn link_edits<'t>(
    site: &Site,
    text: &str,
    targets: &mut impl Iterator<Item = &'t Target>,
) -> Vec<(usize, usize, String)> {
    let links = outline::read(text, Dialect::of_fields()).links;
    let edit = |((link, span), target): ((Link, Span), &Target)| {
        let range = span.within(text);
        let (from, new) = rewritten(site, &text[range.clone()], target, &link)?;
        Some((range.start + from, range.end, new))
    };
    links.into_iter().zip(targets).filter_map(edit).collect()
}

/// A text with some of its bytes written anew; of two edits of the same bytes the first counts.
fn edited(text: &str, mut edits: Vec<(usize, usize, String)>) -> String {
    edits.sort();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, new) in edits.into_iter().filter(|(start, end, _)| start <= end) {
        if start >= at {
            out.push_str(&text[at..start]);
            out.push_str(&new);
            at = end;
        }
    }
    out + &text[at..]
}

/// The end of a link with a whole address, and the byte of the link from which on it stands; `None`
/// where the link can stay as it is. What stands before it, a picture perhaps, is left alone.
fn rewritten(site: &Site, written: &str, target: &Target, link: &Link) -> Option<(usize, String)> {
    if target.state != State::Here {
        return None;
    }
    let href = whole(site, &target.href);
    // In raw HTML the link is just its address.
    if written == link.target && link.kind != LinkKind::Citation {
        return Some((0, href));
    }
    let wiki = written.strip_prefix('!').unwrap_or(written);
    if let Some(inner) = wiki.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        let words = inner.split_once('|').map_or(target.title.as_str(), |(_, words)| words);
        let words = if words.is_empty() { inner } else { words };
        return Some((written.len() - wiki.len(), format!("[{words}]({href})")));
    }
    let tail = written
        .rfind("](")
        .filter(|_| written.ends_with(')'))
        .or_else(|| written.rfind("][").filter(|_| written.ends_with(']')));
    match tail {
        Some(tail) => Some((tail, format!("]({href})"))),
        // `[name]`, or a code.
        None if written.ends_with(']') => Some((written.len(), format!("({href})"))),
        None => Some((0, format!("[{written}]({href})"))),
    }
}

/// The whole address of one within the host.
fn whole(site: &Site, href: &str) -> String {
    site.absolute(href.strip_prefix(site.base_path()).unwrap_or(href))
}
