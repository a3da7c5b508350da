//! sitemap.xml (<https://www.sitemaps.org/protocol.html>) and robots.txt (RFC 9309).

use crate::{
    resolve::{
        guide::{Guide, Node},
        urls::NOT_FOUND,
    },
    settings::site::Site,
};
use quick_xml::escape::escape;
use rayon::prelude::*;
use std::fmt::Write;

/// The sitemap: every page that readers may find, with the day on which its substance last
/// changed. `listed` says whether a page is to be found at all.
pub fn sitemap(site: &Site, guide: &Guide, listed: impl Fn(&Node) -> bool + Sync) -> String {
    let mut urls: Vec<(String, String)> = guide
        .pages
        .par_iter()
        .filter(|page| !page.hidden && !page.broken && page.id != NOT_FOUND && listed(page))
        .map(|page| {
            let changed = page.updated.map(|date| format!("<lastmod>{date}</lastmod>")).unwrap_or_default();
            (site.absolute(&page.url), changed)
        })
        .collect();
    urls.par_sort();
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (url, changed) in urls {
        // Writing to memory does not fail.
        let _ = writeln!(xml, "<url><loc>{}</loc>{changed}</url>", escape(url.as_str()));
    }
    xml.push_str("</urlset>\n");
    xml
}

/// What robots are told: everything may be read, and where the sitemap is. A preview may be read too: a
/// robot that is kept out never sees that its pages ask not to be listed.
pub fn robots(site: &Site) -> String {
    if site.noindex {
        return "User-agent: *\nAllow: /\n".into();
    }
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", site.absolute("sitemap.xml"))
}
