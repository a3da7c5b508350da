//! Boxes around text: `:::note`, `:::steps`, `:::details` and the others, and GFM's alerts.

use super::{
    escape::{escape, escaped},
    strings::Strings,
};
use crate::base::{lang::Lang, span::Span};
use pulldown_cmark::BlockQuoteKind;

/// The name of a GFM alert, as classes and labels have it.
pub fn name(kind: BlockQuoteKind) -> &'static str {
    match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    }
}

/// The beginning and the end of a box of that name. `strings` name boxes without a title.
pub fn boxed(
    name: &str,
    title: &str,
    id: Option<&str>,
    args: &[(String, String, Span)],
    strings: &Strings,
) -> (String, String) {
    let own_id = id.map(|id| format!(" id=\"{}\"", escaped(id))).unwrap_or_default();
    match name {
        "details" => {
            let open = if args.iter().any(|(key, value, _)| key == "open" && value != "no") { " open" } else { "" };
            let start = format!("<details{own_id}{open}><summary>{}</summary>\n", escaped(title));
            (start, "</details>\n".into())
        }
        "figure" => {
            let end = format!("<figcaption>{}</figcaption></figure>\n", escaped(title));
            (format!("<figure{own_id}>\n"), end)
        }
        "lang" => {
            let dir = Lang::parse(title).map_or("ltr", |lang| lang.direction());
            (format!("<div{own_id} lang=\"{}\" dir=\"{dir}\">\n", escaped(title)), "</div>\n".into())
        }
        "steps" | "checklist" => {
            let label = if title.is_empty() { strings.get(&format!("box-{name}")) } else { title };
            let heading = match title.is_empty() {
                true => String::new(),
                false => format!("<p class=\"box-title\">{}</p>\n", escaped(title)),
            };
            let start =
                format!("<div{own_id} class=\"box box-{name}\" role=\"group\" aria-label=\"{}\">\n", escaped(label));
            (start + &heading, "</div>\n".into())
        }
        _ => (open(name, title, id), "</div>\n".into()),
    }
}

/// The beginning of a box that stands out; `</div>` ends it. A title names it for those who cannot see the frame.
pub fn open(name: &str, title: &str, id: Option<&str>) -> String {
    let mut out = format!("<div class=\"callout callout-{name}\" role=\"note\"");
    // An underscore: no heading has one in its id.
    let title_id = id.map(|id| format!("{}_title", escaped(id)));
    if let Some(id) = id {
        out.push_str(&format!(" id=\"{}\"", escaped(id)));
    }
    match title_id.as_ref().filter(|_| !title.is_empty()) {
        Some(title_id) => {
            out.push_str(&format!(" aria-labelledby=\"{title_id}\">\n<p class=\"callout-title\" id=\"{title_id}\">"))
        }
        None if title.is_empty() => return out + ">\n",
        None => out.push_str(&format!(" aria-label=\"{}\">\n<p class=\"callout-title\">", escaped(title))),
    }
    escape(&mut out, title);
    out + "</p>\n"
}
