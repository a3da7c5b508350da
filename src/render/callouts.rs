//! Boxes that stand out from the text: `:::note`, `:::urgent`, and GFM's alerts.

use super::escape::{escape, escaped};
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

/// The beginning of a box; `</div>` ends it. A title names it for those who cannot see the frame.
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
