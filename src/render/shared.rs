//! Parts of pages that are the same on all pages of a language: laid out once, with a mark set in each page's own
//! copy where a link leads to the page itself.

use std::collections::HashMap;

/// A part that was laid out, and where in it a link to each address can be marked.
#[derive(Debug, Clone)]
pub struct SharedPart {
    html: String,
    links: HashMap<String, Vec<usize>>,
}

/// What says that a link leads to the page on which it stands (WAI-ARIA 1.2, `aria-current`).
const MARK: &str = " aria-current=\"page\"";

impl SharedPart {
    /// Takes over a part that was laid out.
    pub fn new(html: String) -> SharedPart {
        let mut links: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, _) in html.match_indices("<a ") {
            let tag = html[at..].split('>').next().unwrap_or_default();
            if let Some(start) = tag.find(" href=\"").map(|found| found + " href=\"".len())
                && let Some(len) = tag[start..].find('"')
                && !tag.contains(" aria-current=")
            {
                let address = tag[start..start + len].replace("&amp;", "&");
                links.entry(address).or_default().push(at + start + len + 1);
            }
        }
        SharedPart { html, links }
    }

    /// It as it stands on pages to which it has no link.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// It as it stands on the page at that address; `None` when that is as on most pages.
    pub fn marked(&self, url: &str) -> Option<String> {
        let places = self.links.get(url)?;
        let mut out = String::with_capacity(self.html.len() + places.len() * MARK.len());
        let mut from = 0;
        for place in places {
            out += &self.html[from..*place];
            out += MARK;
            from = *place;
        }
        Some(out + &self.html[from..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_the_page_itself_are_marked_and_no_others() {
        let part =
            SharedPart::new(r#"<a href="/a/">A</a><a lang="es" href="/b/">B</a><a href="/a/" lang="ar">C</a>"#.into());
        assert_eq!(
            part.marked("/a/").unwrap(),
            r#"<a href="/a/" aria-current="page">A</a><a lang="es" href="/b/">B</a><a href="/a/" aria-current="page" lang="ar">C</a>"#
        );
        assert_eq!(part.marked("/"), None);
    }

    #[test]
    fn a_theme_may_mark_a_link_itself_and_what_is_no_link_is_left_alone() {
        let part =
            SharedPart::new(r#"<a href="/a/" aria-current="true">A</a><abbr title="/a/">B</abbr><a id="x">"#.into());
        assert_eq!(part.marked("/a/"), None);
        assert_eq!(
            SharedPart::new(r#"<a href="/?a&amp;b">"#.into()).marked("/?a&b").unwrap(),
            r#"<a href="/?a&amp;b" aria-current="page">"#
        );
    }
}
