//! The values of fields as HTML.

use super::{
    escape::{attribute, escape},
    html::{self, Context, Kit},
    pictures,
    strings::Strings,
};
use crate::{
    base::phone,
    load::{
        outline::{self, Dialect},
        typography::Typography,
    },
    resolve::guide::{State, Target},
    settings::{
        types::{Field, Line, Type},
        value::Value,
    },
};

/// Writes field values one after another; each takes the links that belong to it.
#[derive(Debug)]
pub struct FieldWriter<'a> {
    /// Where the links of the values lead, in the order in which a walk meets them.
    pub targets: &'a [Target],
    /// How many of them are used up.
    pub used: usize,
    /// The words of the interface.
    pub strings: &'a Strings,
    /// What stands before every invented `id`.
    pub prefix: &'a str,
    /// How many texts were written so far: each has notes and tables of its own.
    pub proses: u32,
    /// How quotation marks are set.
    pub typography: Typography,
    /// What is the same for every text.
    pub kit: &'a Kit<'a>,
}

impl FieldWriter<'_> {
    /// A value as a block of HTML: paragraphs, a list, a description list.
    pub fn block(&mut self, value: &Value, field: &Field) -> String {
        let mut out = String::new();
        match value {
            Value::List(items) => {
                let ordered = field.style.as_deref() == Some("steps");
                out.push_str(if ordered { "<ol" } else { "<ul" });
                if let Some(style) = &field.style {
                    out.push_str(" class=\"");
                    attribute(&mut out, style);
                    out.push('"');
                }
                out.push_str(">\n");
                let item_type = match &field.kind {
                    Type::List(item) => item,
                    other => other,
                };
                for item in items {
                    out.push_str("<li>");
                    self.item(&mut out, item, item_type);
                    out.push_str("</li>\n");
                }
                out.push_str(if ordered { "</ol>\n" } else { "</ul>\n" });
            }
            Value::Prose(text) => out.push_str(&self.prose(text)),
            Value::Record(_) => self.item(&mut out, value, &field.kind),
            _ => {
                out.push_str("<p>");
                self.item(&mut out, value, &field.kind);
                out.push_str("</p>\n");
            }
        }
        out
    }

    /// A value inside a line or a list item.
    pub fn item(&mut self, out: &mut String, value: &Value, kind: &Type) {
        match value {
            Value::Text(text) => match kind {
                Type::Line(line) => number_links(out, text, *line, self.strings),
                _ => escape(out, &self.typography.line(text)),
            },
            Value::Registered(register, number) => link(out, &register.url(number), number, ""),
            Value::Prose(text) => {
                let html = self.prose(text);
                // A single paragraph needs no paragraph of its own in a list.
                let inner = html.trim_end().strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
                out.push_str(inner.filter(|inner| !inner.contains("<p>")).unwrap_or(&html));
            }
            Value::Number(number) => escape(out, &number.to_string()),
            Value::Boolean(yes) => escape(out, self.strings.get(if *yes { "yes" } else { "no" })),
            Value::Date(date) => {
                out.push_str(&format!("<time datetime=\"{date}\">"));
                escape(out, &self.strings.date(*date));
                out.push_str("</time>");
            }
            Value::Url(url) => {
                let shown = url.split_once(':').map_or(url.as_str(), |(_, rest)| rest.trim_start_matches('/'));
                link(out, url, shown.trim_end_matches('/'), "");
            }
            Value::Page(written) | Value::Source(written) | Value::Image(written) => {
                let target = self.targets.get(self.used);
                self.used += 1;
                match (target.filter(|target| target.state == State::Here), value) {
                    (Some(target), Value::Image(_)) => {
                        let alt = crate::load::front::image(written).0;
                        pictures::img(out, self.kit.gallery, &target.href, alt, true, true);
                    }
                    (Some(target), Value::Source(_)) => link(out, &target.href, &format!("[{written}]"), "cite"),
                    (Some(Target { lang: Some(lang), href, title, .. }), _) => {
                        out.push_str(&format!("<span lang=\"{lang}\" dir=\"auto\">"));
                        link(out, href, title, "");
                        out.push_str("</span>");
                    }
                    (Some(target), _) => link(out, &target.href, &target.title, ""),
                    (None, _) => escape(out, written),
                }
            }
            Value::List(items) => {
                let inner = if let Type::List(inner) = kind { inner } else { kind };
                out.push_str("<ul>\n");
                for item in items {
                    out.push_str("<li>");
                    self.item(out, item, inner);
                    out.push_str("</li>\n");
                }
                out.push_str("</ul>\n");
            }
            Value::Record(entries) => {
                out.push_str("<dl>\n");
                for (name, value) in entries {
                    let fields = if let Type::Record(fields) = kind { fields.as_slice() } else { &[] };
                    let field = fields.iter().find(|field| field.name == *name);
                    out.push_str("<div><dt>");
                    escape(out, field.and_then(|field| field.heading.as_deref()).unwrap_or(&words(name)));
                    out.push_str("</dt><dd>");
                    self.item(out, value, field.map_or(&Type::Any, |field| &field.kind));
                    out.push_str("</dd></div>\n");
                }
                out.push_str("</dl>\n");
            }
            Value::Null => {}
        }
    }

    fn prose(&mut self, text: &str) -> String {
        self.proses += 1;
        let prefix = format!("{}{}_", self.prefix, self.proses);
        let context = Context {
            targets: &self.targets[self.used.min(self.targets.len())..],
            headings: &[],
            has_html: text.contains('<'),
            skip_title: false,
            prefix: &prefix,
            strings: self.strings,
            words: (&[], &[]),
            placed: &[],
            typography: self.typography,
            kit: self.kit,
        };
        self.used += outline::read(text, Dialect::of_fields()).links.len();
        let html = html::write(text, &context);
        // Whatever raw HTML a field has goes through the same list as a page's.
        match html.contains('<') && text.contains('<') {
            true => pictures::draw_all(&super::sanitise::clean(&html), self.kit.gallery),
            false => html,
        }
    }
}

/// Words whose numbers a telephone can ring or text at a touch.
pub fn number_links(out: &mut String, text: &str, line: Line, strings: &Strings) {
    let mut done = 0;
    for number in phone::numbers(text) {
        let shown = &text[number.clone()];
        escape(out, &text[done..number.start]);
        let plus = if shown.starts_with('+') { "+" } else { "" };
        out.push_str(&format!("<a href=\"{}:{plus}{}\"", line.scheme(), phone::digits(shown)));
        // One number may be there to ring and to text, and links of one name must lead to one place.
        if line == Line::Sms && shown == text.trim() {
            out.push_str(" aria-label=\"");
            attribute(out, &strings.format("number-text", &[("number", shown.into())]));
            // The entry around it may be in another language.
            out.push_str(&format!("\" lang=\"{}\"", strings.tag()));
        }
        out.push('>');
        escape(out, shown);
        out.push_str("</a>");
        done = number.end;
    }
    escape(out, &text[done..]);
}

fn link(out: &mut String, href: &str, text: &str, class: &str) {
    out.push_str("<a");
    if !class.is_empty() {
        out.push_str(&format!(" class=\"{class}\""));
    }
    out.push_str(" href=\"");
    attribute(out, href);
    out.push_str("\">");
    escape(out, text);
    out.push_str("</a>");
}

/// `who_for` → "Who for": the name of a field that has no heading.
pub fn words(name: &str) -> String {
    let spaced = name.replace(['_', '-'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
