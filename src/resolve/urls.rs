//! From ids to URLs and output files.

use crate::{
    base::{lang::Lang, path::SitePath, slug::slug},
    load::page::Page,
};

/// The id of the home page.
pub const HOME: &str = "index";

/// The id of the page for addresses that lead nowhere.
pub const NOT_FOUND: &str = "404";

/// The path of a page from the site's root, or the part of its name that leaves nothing.
///
/// # Errors
/// The part of the id, or the slug, that has no letter or digit a URL could be made of.
pub fn of_page(page: &Page, main: &Lang) -> Result<String, String> {
    of_id(&page.id, page.slug.as_deref(), &page.lang, main)
}

/// As [`of_page`], from an id.
///
/// # Errors
/// As there.
pub fn of_id(id: &str, last: Option<&str>, lang: &Lang, main: &Lang) -> Result<String, String> {
    let prefix = if lang == main { "/".to_string() } else { format!("/{}/", lang.tag().to_lowercase()) };
    match id {
        HOME => return Ok(prefix),
        NOT_FOUND => return Ok(format!("{prefix}404.html")),
        _ => {}
    }
    let count = id.split('/').count();
    let parts = id.split('/').enumerate().map(|(i, part)| match last {
        Some(last) if i + 1 == count => last,
        _ => part,
    });
    let mut url = prefix;
    for part in parts {
        let part_slug = slug(part);
        if part_slug.is_empty() {
            return Err(part.into());
        }
        url.push_str(&part_slug);
        url.push('/');
    }
    Ok(url)
}

/// The output file of a path from the site's root.
pub fn output(url: &str) -> SitePath {
    let path = url.trim_start_matches('/');
    match path.is_empty() || path.ends_with('/') {
        true => SitePath::from(format!("{path}index.html")),
        false => SitePath::from(path),
    }
}

/// The path of the feed of a page.
pub fn feed(url: &str) -> String {
    format!("{url}feed.xml")
}

/// The path of the copy of a page in Markdown.
pub fn markdown(url: &str) -> String {
    match url.strip_suffix(".html") {
        Some(stem) => format!("{stem}.md"),
        None => format!("{url}index.md"),
    }
}

/// The output file of a file that lies beside pages or in static/: its folders are named like
/// those of pages, its own name is kept.
pub fn of_file(path: &SitePath) -> SitePath {
    if let Some(inner) = path.strip_prefix("static/") {
        return SitePath::from(inner);
    }
    let inner = path.strip_prefix("content/").unwrap_or(path);
    match inner.rsplit_once('/') {
        None => SitePath::from(inner),
        Some((folder, name)) => {
            let folders: Vec<String> = folder.split('/').map(slug).collect();
            SitePath::from(format!("{}/{name}", folders.join("/")))
        }
    }
}

/// A path as it stands in an address: letters, digits and `-._~/` as they are, all other bytes
/// as `%XX` (RFC 3986, section 2).
pub fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The opposite of [`encode`]; bytes that make no UTF-8 leave the text as it is.
pub fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.into();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = (bytes[i] == b'%').then(|| text.get(i + 1..i + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_a_trailing_slash_and_other_languages_a_prefix() {
        let (en, es) = (Lang::parse("en").unwrap(), Lang::parse("es").unwrap());
        assert_eq!(of_id("barriers/cost", None, &en, &en).unwrap(), "/barriers/cost/");
        assert_eq!(of_id("barriers/Für Alle", Some("alle"), &es, &en).unwrap(), "/es/barriers/alle/");
        assert_eq!(of_id("index", None, &es, &en).unwrap(), "/es/");
        assert_eq!(of_id("a/—", None, &en, &en), Err("—".into()));
    }

    #[test]
    fn files_keep_their_names() {
        assert_eq!(&*of_file(&"content/Über uns/Plan A.pdf".into()), "uber-uns/Plan A.pdf");
        assert_eq!(&*of_file(&"static/.well-known/x".into()), ".well-known/x");
        assert_eq!(encode("/a b/é"), "/a%20b/%C3%A9");
        assert_eq!(decode("/a%20b/%C3%A9"), "/a b/é");
    }
}
