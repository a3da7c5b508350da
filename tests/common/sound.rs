//! Whether finished pages are sound: well-formed, each id once, every reference to something, one
//! top heading, no level left out, nothing loaded from elsewhere.
//!
//! A reader of its own, so that a mistake of the writer and of its rules is not made twice.

use html5ever::{
    tendril::StrTendril,
    tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// A start tag, an end tag or text, with its line.
enum Piece {
    Start(u64, String, Vec<(String, String)>),
    End(u64, String),
    Text(String),
}

#[derive(Default)]
struct Sink(RefCell<Vec<Piece>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let mut pieces = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attributes = tag.attrs.iter().map(|a| (a.name.local.to_string(), a.value.to_string()));
                pieces.push(Piece::Start(line, tag.name.to_string(), attributes.collect()));
                // The shapes of a drawing may close themselves.
                if tag.self_closing && SHAPES.contains(&&*tag.name) {
                    pieces.push(Piece::End(line, tag.name.to_string()));
                }
            }
            Token::TagToken(tag) => pieces.push(Piece::End(line, tag.name.to_string())),
            Token::CharacterTokens(text) => pieces.push(Piece::Text(text.to_string())),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn pieces(html: &str) -> Vec<Piece> {
    let tokenizer = Tokenizer::new(Sink::default(), Default::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "param"];

const SHAPES: [&str; 8] = ["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "g"];

/// Elements that may not stand inside a paragraph, a heading or a run of text.
const BLOCKS: [&str; 25] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
];

/// Elements that hold nothing but text and elements of text.
const PHRASES: [&str; 16] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "span", "em", "strong", "code", "sup", "sub", "small", "abbr", "time"];

/// What one page says of itself.
#[derive(Default)]
struct Page {
    faults: Vec<String>,
    ids: BTreeSet<String>,
    /// Addresses and the line where each stands.
    links: Vec<(u64, String)>,
}

/// Everything that is wrong with the finished files of a site that lives under `base_path`.
pub fn faults(files: &BTreeMap<String, Vec<u8>>, base_path: &str) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let html: BTreeMap<&String, Page> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .map(|(path, bytes)| (path, read(&text(bytes))))
        .collect();
    let mut faults = Vec::new();
    for (path, page) in &html {
        faults.extend(page.faults.iter().map(|fault| format!("{path}:{fault}")));
        for (line, link) in &page.links {
            if let Some(why) = dead(link, path, base_path, files, &html) {
                faults.push(format!("{path}:{line} the link \"{link}\" {why}"));
            }
        }
    }
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".css")) {
        let css = text(bytes);
        let loads = css
            .match_indices("url(")
            .map(|(at, _)| &css[at + 4..])
            .chain(css.match_indices("@import").map(|(at, _)| &css[at + 7..]));
        for rest in loads {
            let address = rest.trim_start_matches([' ', '"', '\'']);
            if address.starts_with("http") || address.starts_with("//") {
                faults.push(format!(
                    "{path}: loads {} from another host",
                    address.split([')', '"', '\'']).next().unwrap_or("")
                ));
            }
        }
    }
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".js")) {
        let js = text(bytes);
        for quoted in ["\"http", "'http", "`http", "\"//", "'//", "`//"] {
            for (at, _) in js.match_indices(quoted) {
                let line: String = js[at..].chars().take_while(|c| *c != '\n').take(60).collect();
                // The names of XML are addresses that nobody fetches.
                if !line[1..].starts_with("http://www.w3.org/") {
                    faults.push(format!("{path}: names another host: {line}"));
                }
            }
        }
    }
    faults
}

/// What is wrong with one piece of HTML by itself: nesting, ids, references, headings, pictures.
pub fn faults_of(html: &str) -> Vec<String> {
    read(html).faults
}

/// Every id of a page.
pub fn ids(html: &str) -> BTreeSet<String> {
    read(html).ids
}

fn read(html: &str) -> Page {
    let mut page = Page::default();
    let mut open: Vec<(u64, String, String)> = Vec::new();
    let mut wanted: Vec<(u64, String)> = Vec::new();
    let mut levels: Vec<(u64, u8)> = Vec::new();
    // The text inside each open link or heading, told by its depth.
    let mut names: Vec<(usize, u64, String, bool)> = Vec::new();
    let say = |page: &mut Page, line: u64, what: String| page.faults.push(format!("{line} {what}"));
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => {
                let parent = open.last().map_or("", |(_, name, _)| name);
                if !text.trim().is_empty() {
                    names.iter_mut().for_each(|(.., named)| *named = true);
                    if ["ul", "ol", "dl", "table", "thead", "tbody", "tr"].contains(&parent) {
                        say(&mut page, 0, format!("text stands loose in a <{parent}>: {}", text.trim()));
                    }
                }
            }
            Piece::Start(line, name, attributes) => {
                let get = |key: &str| attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
                nesting(&mut page, line, &name, &open);
                if let Some(id) = get("id") {
                    if id.is_empty() || id.contains(char::is_whitespace) {
                        say(&mut page, line, format!("the id \"{id}\" is not one"));
                    }
                    if !page.ids.insert(id.into()) {
                        say(&mut page, line, format!("the id \"{id}\" is there twice"));
                    }
                }
                for key in ["aria-labelledby", "aria-describedby", "aria-controls", "for", "headers"] {
                    wanted
                        .extend(get(key).into_iter().flat_map(str::split_whitespace).map(|id| (line, id.to_string())));
                }
                for (key, value) in &attributes {
                    if key.starts_with("on") || key == "style" {
                        say(&mut page, line, format!("<{name}> has the attribute \"{key}\""));
                    }
                    if matches!(key.as_str(), "aria-label" | "title") && value.trim().is_empty() {
                        say(&mut page, line, format!("<{name}> has an empty \"{key}\""));
                    }
                }
                if name.len() == 2 && name.starts_with('h') && name != "hr" {
                    levels.push((line, name.as_bytes()[1] - b'0'));
                }
                let labelled = get("aria-label").or(get("aria-labelledby")).is_some_and(|label| !label.is_empty());
                if (get("tabindex") == Some("0") || matches!(get("role"), Some("region" | "img"))) && !labelled {
                    say(&mut page, line, format!("<{name}> can be reached and has no name"));
                }
                if get("tabindex").is_some_and(|n| !matches!(n, "0" | "-1")) {
                    say(&mut page, line, "a tabindex changes the order of the page".into());
                }
                if name == "img" {
                    match get("alt") {
                        None => say(&mut page, line, "a picture has no alt".into()),
                        Some(alt) if !alt.trim().is_empty() => names.iter_mut().for_each(|(.., named)| *named = true),
                        Some(_) => {}
                    }
                }
                match (name.as_str(), get("href"), get("src")) {
                    ("a", Some(href), _) => page.links.push((line, href.into())),
                    ("link", Some(href), _) if get("rel") != Some("canonical") && get("rel") != Some("alternate") => {
                        loads(&mut page, line, href);
                    }
                    (_, _, Some(src)) => loads(&mut page, line, src),
                    _ => {}
                }
                for source in get("srcset").into_iter().flat_map(|list| list.split(',')) {
                    loads(&mut page, line, source.split_whitespace().next().unwrap_or_default());
                }
                if matches!(
                    name.as_str(),
                    "a" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "button" | "summary" | "caption"
                ) {
                    names.push((open.len(), line, name.clone(), labelled));
                }
                if !VOID.contains(&name.as_str()) {
                    open.push((line, name, get("id").unwrap_or_default().into()));
                }
            }
            Piece::End(line, name) => {
                match open.last() {
                    Some((_, last, _)) if *last == name => drop(open.pop()),
                    last => {
                        let last = last.map_or("nothing", |(_, last, _)| last).to_string();
                        say(&mut page, line, format!("</{name}> stands where {last} is open"));
                        if let Some(at) = open.iter().rposition(|(_, other, _)| *other == name) {
                            open.truncate(at);
                        }
                    }
                }
                while let Some((_, line, name, named)) = names.pop_if(|(depth, ..)| *depth >= open.len()) {
                    if !named {
                        say(&mut page, line, format!("a <{name}> has no words"));
                    }
                }
            }
        }
    }
    for (line, name, _) in open {
        say(&mut page, line, format!("<{name}> is never closed"));
    }
    for (line, id) in wanted {
        if !page.ids.contains(&id) {
            say(&mut page, line, format!("nothing has the id \"{id}\" that is asked for"));
        }
    }
    let top = levels.iter().filter(|(_, level)| *level == 1).count();
    if html.contains("<html") && top != 1 {
        say(&mut page, 1, format!("{top} top headings"));
    }
    for pair in levels.windows(2) {
        if pair[1].1 > pair[0].1 + 1 {
            say(&mut page, pair[1].0, format!("a heading of level {} follows one of level {}", pair[1].1, pair[0].1));
        }
    }
    page
}

fn loads(page: &mut Page, line: u64, address: &str) {
    if address.contains("://") || address.starts_with("//") || address.starts_with("data:") {
        page.faults.push(format!("{line} {address} is loaded from elsewhere"));
    } else {
        page.links.push((line, address.into()));
    }
}

/// What may stand in what.
fn nesting(page: &mut Page, line: u64, name: &str, open: &[(u64, String, String)]) {
    let parent = open.last().map_or("", |(_, name, _)| name.as_str());
    let inside = |outer: &[&str]| open.iter().rev().find(|(_, other, _)| outer.contains(&other.as_str()));
    let (block, list) = (BLOCKS.contains(&name) || matches!(name, "ul" | "figcaption"), matches!(parent, "ul" | "ol"));
    let wrong = match name {
        _ if block && inside(&PHRASES).is_some() => inside(&PHRASES).map(|(_, outer, _)| outer.as_str()),
        "a" if inside(&["a"]).is_some() => Some("a"),
        "table" if inside(&["caption"]).is_some() => Some("caption"),
        _ if list && name != "li" => Some(parent),
        "li" if !list => Some(parent),
        "dt" | "dd" if parent != "dl" && parent != "div" => Some(parent),
        _ if parent == "dl" && !matches!(name, "dt" | "dd" | "div") => Some(parent),
        _ if parent == "tr" && !matches!(name, "td" | "th") => Some(parent),
        "tr" if !matches!(parent, "thead" | "tbody" | "tfoot") => Some(parent),
        "summary" if parent != "details" => Some(parent),
        "figcaption" if parent != "figure" => Some(parent),
        _ => None,
    };
    if let Some(outer) = wrong {
        page.faults.push(format!("{line} a <{name}> cannot stand in a <{outer}>"));
    }
}

/// Why an address leads nowhere, if it does not.
fn dead(
    link: &str,
    path: &str,
    base_path: &str,
    files: &BTreeMap<String, Vec<u8>>,
    pages: &BTreeMap<&String, Page>,
) -> Option<String> {
    let scheme = link.split(['/', '#', '?']).next().and_then(|start| start.split_once(':')).map(|(scheme, _)| scheme);
    match scheme {
        Some("https" | "http" | "mailto" | "tel" | "sms") => return None,
        Some(scheme) => return Some(format!("has the scheme {scheme}")),
        None => {}
    }
    let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
    let file = match address.strip_prefix(base_path) {
        _ if address.is_empty() => path.to_string(),
        None => return Some("is neither rooted in the site nor a whole address".into()),
        Some(inner) => {
            let inner = guidewright::resolve::urls::decode(inner.split('?').next().unwrap_or(inner));
            if inner.is_empty() || inner.ends_with('/') { format!("{inner}index.html") } else { inner }
        }
    };
    if !files.contains_key(&file) {
        return Some("leads to nothing".into());
    }
    let missing = !fragment.is_empty() && pages.get(&file).is_some_and(|page| !page.ids.contains(fragment));
    missing.then(|| "leads to a part of the page that is not there".into())
}
