//! llms.txt (<https://llmstxt.org>): the site in one page of Markdown, for programs that read it for
//! somebody.

use crate::{
    resolve::{
        guide::{Guide, Node, Origin, PageNo},
        nodes::is_home,
        urls,
    },
    settings::site::Site,
};

/// The text of llms.txt: the sections of the site's own language with the pages in them, each with its
/// summary; links lead to the copies in Markdown where there are any.
pub fn llms(site: &Site, guide: &Guide, listed: impl Fn(&Node) -> bool) -> String {
    let mut out = format!("# {}\n", site.title);
    let home = guide.home.map(|home| guide.page(home));
    if let Some(home) = home.filter(|home| !home.summary.is_empty()) {
        out.push_str(&format!("\n> {}\n", home.summary));
    }
    let line = |page: &PageNo| {
        let node = guide.page(*page);
        let path = match &node.origin {
            Origin::Authored(_) if site.markdown_copies && !node.fallback => urls::markdown(&node.url),
            _ => node.url.clone(),
        };
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let summary = if node.summary.is_empty() { String::new() } else { format!(": {}", line(&node.summary)) };
        let title = line(&node.title).replace('[', "\\[").replace(']', "\\]");
        format!("- [{title}]({}){summary}\n", site.absolute(&path))
    };
    let visible = |page: &&PageNo| {
        let node = guide.page(**page);
        !node.hidden && !node.broken && listed(node)
    };
    let below = |node: &Node| -> String { node.children.iter().filter(visible).map(line).collect() };
    let plain: String = home
        .map(|home| {
            let own = home.children.iter().filter(visible).filter(|page| guide.page(**page).children.is_empty());
            own.map(line).collect()
        })
        .unwrap_or_default();
    if !plain.is_empty() {
        out.push_str(&format!("\n## {}\n\n{plain}", site.title));
    }
    for node in guide.pages.iter().filter(|node| node.is_section && !is_home(node) && node.lang == site.language) {
        let pages = below(node);
        if !pages.is_empty() && !node.hidden && !node.broken {
            out.push_str(&format!("\n## {}\n\n{pages}", node.title));
        }
    }
    out
}
