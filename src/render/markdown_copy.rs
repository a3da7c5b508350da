//! A page as plain Markdown, for readers and programs that want text: its words as they were written,
//! its links as whole addresses, then its fields and relations as lists.

use super::viewer::Viewer;
use crate::{
    load::{
        expand::Expanded,
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
            let side = relation.inverse.as_ref().filter(|_| group.inverse).unwrap_or(&relation.forward);
            out.push_str(&format!("\n## {}\n\n", self.heading("relation", &side.name, "", &side.heading)));
            for edge in group.edges.iter().map(|edge| &self.guide.edges[*edge as usize]) {
                let far = if edge.from.thing == Thing::Page(number) { &edge.to } else { &edge.from };
                let card = self.card(far.thing, far.anchor.as_deref());
                let words = edge.data.iter().filter_map(|(_, value)| value.as_str());
                let words: String = words.map(|words| format!(": {words}")).collect();
                out.push_str(&format!("- [{}]({}){words}\n", card.title, whole(self.site, &card.url)));
            }
        }
        out
    }

    /// The text with each link leading to a whole address; block markers left as they are.
    fn text(&self, node: &Node, text: &Expanded) -> String {
        let mut edits: Vec<(usize, usize, String)> = Vec::new();
        let links = outline::read(&text.text, Dialect::of_fields()).links;
        for ((link, span), target) in links.iter().zip(&node.targets) {
            let range = span.within(&text.text);
            if let Some(new) = rewritten(self.site, &text.text[range.clone()], target, &link.target) {
                edits.push((range.start, range.end, new));
            }
        }
        edits.sort();
        let mut out = String::with_capacity(text.text.len());
        let mut at = 0;
        for (start, end, new) in edits {
            // A link inside the words of another is written with that one.
            if start >= at {
                out.push_str(&text.text[at..start]);
                out.push_str(&new);
                at = end;
            }
        }
        out.push_str(&text.text[at..]);
        out
    }

    fn fields(&self, out: &mut String, node: &Node, page: &Page) {
        let kind = self.schema.kind(&node.kind);
        for (name, value) in &page.content.fields {
            let field = kind.fields.iter().find(|field| field.name == *name);
            let Some(heading) = field.and_then(|field| field.heading.as_deref()) else { continue };
            let heading = self.heading("field", &kind.name, name, heading);
            out.push_str(&format!("\n## {heading}\n\n"));
            match value {
                Value::List(items) => items.iter().for_each(|item| out.push_str(&format!("- {}\n", line(item)))),
                value => out.push_str(&format!("{}\n", line(value))),
            }
        }
    }
}

/// A value as one line of Markdown.
fn line(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.into(),
        Value::Date(date) => date.to_string(),
        Value::List(items) => items.iter().map(line).collect::<Vec<_>>().join("; "),
        Value::Record(entries) => {
            entries.iter().map(|(key, value)| format!("{key}: {}", line(value))).collect::<Vec<_>>().join("; ")
        }
        other => other.as_str().unwrap_or_default().trim().replace('\n', " "),
    }
}

/// A link with a whole address; `None` where it can stay as it is.
fn rewritten(site: &Site, written: &str, target: &Target, to: &str) -> Option<String> {
    let href = match target.state {
        State::Here => whole(site, &target.href),
        State::Elsewhere | State::Word | State::Dead => return None,
    };
    if let Some(inner) = written.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        let words = inner.split_once('|').map_or(target.title.as_str(), |(_, words)| words);
        return Some(format!("[{words}]({href})"));
    }
    if let Some(at) = written.rfind(&format!("]({to}")) {
        return Some(format!("{}]({href})", &written[..at]));
    }
    let label = written.trim_matches(['[', ']']);
    (!label.is_empty()).then(|| format!("[{label}]({href})"))
}

/// The whole address of one within the host.
fn whole(site: &Site, href: &str) -> String {
    site.absolute(href.strip_prefix(site.base_path()).unwrap_or(href))
}
