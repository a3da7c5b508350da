//! What a finished page refers to, read once and by the cheapest reader that will do: a search for
//! `href="` and `src="`. What our own writer and views put there is right by construction; what a
//! template or raw HTML adds is not, and shows only here.

use memchr::memmem::Finder;
use rustc_hash::{FxHashSet, FxHasher};
use std::{hash::Hasher, sync::LazyLock};

/// What a finished page refers to.
#[derive(Debug, Default)]
pub struct References {
    /// A hash of each address within the host, sorted and each once: enough to ask whether it
    /// exists, at a tenth of the memory of the addresses.
    pub here: Vec<u64>,
    /// Addresses of other hosts that a browser would load by itself.
    pub loaded: Vec<String>,
}

static HREF: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" href=\""));
static SRC: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" src=\""));
static LINK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<link "));
static SRCSET: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" srcset="));

/// What a `<link>` may be without a browser loading anything.
const NAMED_ONLY: [&str; 8] = ["canonical", "alternate", "license", "author", "help", "next", "prev", "me"];

/// Reads the references of a finished page.
pub fn read(html: &str) -> References {
    let mut references = References::default();
    for (address, is_src) in addresses(html) {
        if let Some(path) = path(address) {
            references.here.push(hash(path));
        } else if is_src && is_elsewhere(address) {
            references.loaded.push(address.into());
        }
    }
    for at in LINK.find_iter(html.as_bytes()) {
        let tag = html[at..].split('>').next().unwrap_or_default();
        let rel = value(tag, "rel").unwrap_or_default();
        if let Some(address) = value(tag, "href").filter(|address| is_elsewhere(address))
            && !rel.split(' ').any(|word| NAMED_ONLY.contains(&word))
        {
            references.loaded.push(address.into());
        }
    }
    for at in SRCSET.find_iter(html.as_bytes()) {
        let set = html[at + " srcset=".len()..].split('>').next().unwrap_or_default();
        references.loaded.extend(set.split(['"', '\'', ',', ' ']).filter(|part| is_elsewhere(part)).map(String::from));
    }
    references.here.sort_unstable();
    references.here.dedup();
    references
}

/// The value of an attribute in a tag, in whichever quotes.
fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let rest = &tag[tag.find(&format!(" {name}="))? + name.len() + 2..];
    match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next(),
        _ => rest.split_ascii_whitespace().next(),
    }
}

fn is_elsewhere(address: &str) -> bool {
    address.starts_with("http:") || address.starts_with("https:") || address.starts_with("//")
}

/// The addresses within the host that a page refers to and `exists` does not have.
pub fn dead<'a>(html: &'a str, exists: &FxHashSet<u64>) -> Vec<&'a str> {
    let paths = addresses(html).filter_map(|(address, _)| path(address));
    let mut dead: Vec<&str> = paths.filter(|path| !exists.contains(&hash(path))).collect();
    dead.sort_unstable();
    dead.dedup();
    dead
}

/// The hash by which an address is asked for.
pub fn hash(path: &str) -> u64 {
    // Fast and the same in every process; nobody gains by a collision of their own links.
    let mut hasher = FxHasher::default();
    hasher.write(path.as_bytes());
    hasher.finish()
}

/// Every value of `href` and `src`, and whether it is a `src`.
fn addresses(html: &str) -> impl Iterator<Item = (&str, bool)> {
    let find = |finder: &'static Finder, is_src, len| {
        finder.find_iter(html.as_bytes()).filter_map(move |at| {
            let value = &html[at + len..];
            Some((&value[..value.find('"')?], is_src))
        })
    };
    find(&HREF, false, " href=\"".len()).chain(find(&SRC, true, " src=\"".len()))
}

/// The path of an address within the host, without its query and fragment.
fn path(address: &str) -> Option<&str> {
    (address.starts_with('/') && !address.starts_with("//"))
        .then(|| address.split(['#', '?']).next().unwrap_or(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_template_are_seen_and_resources_of_other_hosts_too() {
        let html =
            r##"<a href="/a/#x">a</a><a href="#y">y</a><a href="https://b.org/">b</a><img src="//c.org/c.png">"##;
        let references = read(html);
        assert_eq!(references.here, [hash("/a/")]);
        assert_eq!(references.loaded, ["//c.org/c.png"]);
        let others = r#"<link rel='stylesheet' href='https://d.org/d.css'><link rel="canonical" href="https://e.org/"><img srcset="https://f.org/f 2x">"#;
        assert_eq!(read(others).loaded, ["https://d.org/d.css", "https://f.org/f"]);
        assert_eq!(dead(html, &FxHashSet::default()), ["/a/"]);
    }
}
