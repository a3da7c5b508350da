//! Feeds in Atom (RFC 4287): of the site, of each section, of each term. Every day in them is one that
//! a page says of itself, never that of the build.

use super::output::Entry;
use crate::{
    base::path::SitePath,
    load::sources::Sources,
    resolve::{
        feeds,
        guide::{Guide, Node, PageNo},
        nodes::is_home,
        urls,
    },
    settings::site::Site,
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use rayon::prelude::*;
use std::{io, sync::Arc};

/// Every feed of the site. `kept` gives that of a path if its page, and all that it tells of, are as before.
pub fn feeds(
    site: &Site,
    guide: &Guide,
    sources: &Sources,
    kept: impl Fn(&SitePath, PageNo) -> Option<Entry> + Sync,
) -> Vec<(SitePath, Entry)> {
    let own = guide.pages.par_iter().enumerate().filter(|(_, node)| feeds::has_feed(node, site));
    let entry = |(number, node): (usize, &Arc<Node>)| {
        let path = SitePath::from(urls::feed(&node.url).trim_start_matches('/'));
        // Writing to memory does not fail.
        let entry = kept(&path, number as PageNo)
            .or_else(|| Some(Entry::of_bytes(feed(site, guide, sources, node).ok()?.into_bytes())))?;
        Some((path, entry))
    };
    own.filter_map(entry).collect()
}

fn feed(site: &Site, guide: &Guide, sources: &Sources, node: &Node) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = site.languages.get(node.lang.tag()).unwrap_or(&site.title);
    let title = if is_home(node) { name.clone() } else { format!("{} – {name}", node.title) };
    let url = site.absolute(&node.url);
    let own = site.absolute(&urls::feed(&node.url));
    let newest = node.recent.first().and_then(|page| guide.page(*page).updated);
    let publisher = site.publisher.get("name").filter(|name| !name.starts_with('<')).unwrap_or(name);
    let feed = writer.create_element("feed");
    let feed = feed.with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", node.lang.tag())]);
    feed.write_inner_content(|writer| {
        text(writer, "title", &title)?;
        text(writer, "id", &own)?;
        link(writer, "self", &own)?;
        link(writer, "alternate", &url)?;
        text(writer, "updated", &newest.map(|day| format!("{day}T00:00:00Z")).unwrap_or_default())?;
        writer.create_element("author").write_inner_content(|writer| text(writer, "name", publisher))?;
        for page in &node.recent {
            entry(writer, site, guide.page(*page), sources)?;
        }
        Ok(())
    })?;
    Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned() + "\n")
}

fn entry(writer: &mut Writer<Vec<u8>>, site: &Site, node: &Node, sources: &Sources) -> io::Result<()> {
    let url = site.absolute(&node.url);
    let page = node.page(sources);
    writer.create_element("entry").write_inner_content(|writer| {
        text(writer, "title", &node.title)?;
        text(writer, "id", &url)?;
        link(writer, "alternate", &url)?;
        if let Some(day) = page.and_then(|page| page.date) {
            text(writer, "published", &format!("{day}T00:00:00Z"))?;
        }
        if let Some(day) = node.updated {
            text(writer, "updated", &format!("{day}T00:00:00Z"))?;
        }
        for author in page.map_or(&[][..], |page| &page.authors) {
            writer.create_element("author").write_inner_content(|writer| text(writer, "name", author))?;
        }
        if !node.summary.is_empty() {
            text(writer, "summary", &node.summary)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn text(writer: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    // XML 1.0 has no place for control characters (section 2.2), however they are written.
    let text = text.replace(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r'), "");
    writer.create_element(name).write_text_content(BytesText::new(&text)).map(drop)
}

fn link(writer: &mut Writer<Vec<u8>>, rel: &str, href: &str) -> io::Result<()> {
    writer.create_element("link").with_attributes([("rel", rel), ("href", href)]).write_empty().map(drop)
}
