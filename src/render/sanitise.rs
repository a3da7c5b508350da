//! The allow list at work on a body that has raw HTML: `ammonia`, with the list that
//! [`raw_html`](crate::load::raw_html) reports by.

use crate::load::raw_html::{ATTRIBUTES, ELEMENTS, OWN_ATTRIBUTES, SCHEMES};
use ammonia::{Builder, UrlRelative};
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// What our own writer uses beyond the list for raw HTML.
const WRITERS: [&str; 6] = ["h2", "h3", "h4", "h5", "h6", "input"];

/// Cleans a whole body: closes what is open, drops what the list does not have. What our own
/// writer writes passes unchanged.
pub fn clean(html: &str) -> String {
    static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
        let mut own: HashMap<&str, HashSet<&str>> =
            OWN_ATTRIBUTES.iter().map(|(element, list)| (*element, list.iter().copied().collect())).collect();
        own.insert("div", ["tabindex"].into());
        own.entry("img").or_default().extend(["srcset", "sizes", "decoding"]);
        own.entry("pre").or_insert_with(|| ["tabindex"].into());
        let mut builder = Builder::new();
        builder
            .tags(ELEMENTS.iter().chain(&WRITERS).copied().collect())
            .generic_attributes(ATTRIBUTES.iter().copied().collect())
            .tag_attributes(own)
            .url_schemes(SCHEMES.iter().copied().collect())
            .url_relative(UrlRelative::PassThrough)
            .link_rel(None);
        builder
    });
    BUILDER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_gets_through() {
        for bad in [
            "<script>x()</script>",
            "<p onclick=x()>",
            "<a href=\"javascript:x\">a</a>",
            "<a href=\"jAvA\nscript:x\">a</a>",
            "<svg onload=x()>",
            "<iframe src=//x>",
            "<style>*{}</style>",
            "<math><mi xlink:href=\"data:x\">",
            "<form action=/x><input>",
        ] {
            let clean = clean(bad).to_lowercase();
            for word in ["script", "onclick", "onload", "iframe", "<style", "data:", "<form"] {
                assert!(!clean.contains(word), "{bad} → {clean}");
            }
        }
    }

    #[test]
    fn what_the_writer_writes_is_left_alone() {
        let own = "<h2 id=\"a\">A</h2><div class=\"table\" role=\"region\" tabindex=\"0\" aria-labelledby=\"t\"><table><caption id=\"t\">T</caption><thead><tr><th scope=\"col\">x</th></tr></thead></table></div><img src=\"/a.png\" srcset=\"/b.webp 480w, /c.jpg 800w\" sizes=\"100vw\" width=\"9\" height=\"9\" alt=\"\" loading=\"lazy\" decoding=\"async\">";
        assert_eq!(clean(own), own);
    }
}
