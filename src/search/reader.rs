//! The words of a finished page, as a reader sees them: of its main part, without menus and forms.
//!
//! A theme says with `data-search` what is not plain text: `no` leaves an element out, `summary` is the
//! summary, `entry` (with an `id`, and its kind in `data-search-kind`) is something that can be found by itself,
//! like a word of a glossary.

use super::{
    found::{FIELD_COUNT, Field, Found, Word},
    words,
};
use rustc_hash::FxHashMap;

/// The longest excerpt, in characters.
const EXCERPT: usize = 160;

/// Whether an element holds nothing to be found.
fn is_silent(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"nav"
            | b"script"
            | b"style"
            | b"template"
            | b"svg"
            | b"form"
            | b"button"
            | b"textarea"
            | b"select"
            | b"noscript"
            | b"aside"
    )
}

/// Whether an element parts no words. It is asked at every tag of a site, and a match on bytes is a few comparisons,
/// where a list is gone through from its beginning.
fn is_inline(name: &str) -> bool {
    matches!(
        name.as_bytes(),
        b"a" | b"abbr"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"cite"
            | b"code"
            | b"data"
            | b"del"
            | b"dfn"
            | b"em"
            | b"i"
            | b"ins"
            | b"kbd"
            | b"mark"
            | b"q"
            | b"s"
            | b"samp"
            | b"small"
            | b"span"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"u"
    )
}

/// Whether an element has no end.
fn is_void(name: &str) -> bool {
    matches!(name.as_bytes(), b"br" | b"hr" | b"img" | b"input" | b"link" | b"meta" | b"source" | b"wbr")
}

/// Reads a finished page. `also` gives what else the page (of the empty `id`) or an entry is found by, though it does
/// not show it.
pub fn read(html: &str, also: impl Fn(&str) -> Vec<String>) -> Vec<Found<'static>> {
    let mut reader = Reader::default();
    let start = html.find("<main").unwrap_or(html.len());
    let end = html.rfind("</main>").unwrap_or(html.len()).max(start);
    reader.run(&html[start..end]);
    let add = |mut draft: Draft| {
        for text in also(&draft.found.anchor) {
            draft.add(&text, Field::Also, 0);
        }
        draft.end()
    };
    reader.end().into_iter().map(add).collect()
}

#[derive(Default)]
struct Reader<'a> {
    page: Draft,
    entry: Option<Draft>,
    done: Vec<Draft>,
    /// The elements that are open, with what held before each.
    open: Vec<(&'a str, State)>,
    state: State,
    /// Text that is not yet parted into words.
    text: String,
}

/// What holds for the text in an element.
#[derive(Clone, Copy, Default)]
struct State {
    is_silent: bool,
    field: Option<Field>,
    /// Whether it is that of an entry.
    is_entry: bool,
    /// Whether it may be told as an excerpt.
    is_paragraph: bool,
    /// Whether it is the heading of a section that a result can open at.
    is_section: bool,
}

/// Something that can be found, while it is read.
#[derive(Default)]
struct Draft {
    found: Found<'static>,
    /// The words in the order in which they come, and where each is in it.
    words: Vec<Seen>,
    places: FxHashMap<String, u32>,
}

struct Seen {
    written: Option<String>,
    counts: [u16; FIELD_COUNT],
    /// The section that said it most so far, and how often.
    most: (u16, u16),
    /// The section that said it last, and how often.
    last: (u16, u16),
}

impl Draft {
    fn add(&mut self, text: &str, field: Field, section: u16) {
        words::each(text, |word, written| {
            let place = match self.places.get(word) {
                Some(place) => *place,
                None => {
                    self.words.push(Seen {
                        written: (word != written).then(|| written.into()),
                        counts: [0; FIELD_COUNT],
                        most: (section, 0),
                        last: (section, 0),
                    });
                    let place = self.words.len() as u32 - 1;
                    self.places.insert(word.into(), place);
                    place
                }
            };
            let seen = &mut self.words[place as usize];
            let count = &mut seen.counts[field as usize];
            *count = count.saturating_add(1);
            let weight = if field == Field::Heading { 3 } else { 1 };
            if seen.last.0 != section {
                seen.last = (section, 0);
            }
            seen.last.1 = seen.last.1.saturating_add(weight);
            if seen.last.1 > seen.most.1 {
                seen.most = seen.last;
            }
        });
    }

    fn end(mut self) -> Found<'static> {
        let mut packed = Vec::with_capacity(self.words.len() * 14);
        let mut texts: Vec<&str> = vec![""; self.words.len()];
        self.places.iter().for_each(|(text, place)| texts[*place as usize] = text);
        for (text, seen) in texts.into_iter().zip(&self.words) {
            // What the title says is said at the top.
            let section = if seen.counts[Field::Title as usize] > 0 { 0 } else { seen.most.0 };
            Word { text, written: seen.written.as_deref(), counts: seen.counts, section }.pack(&mut packed);
            for (length, count) in self.found.lengths.iter_mut().zip(seen.counts) {
                *length += u32::from(count);
            }
        }
        self.found.words = packed.into();
        self.found
    }
}

impl<'a> Reader<'a> {
    fn run(&mut self, html: &'a str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            self.hear(&rest[..at]);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let Some(len) = end_of_tag(rest) else { return };
            let tag = &rest[1..len];
            rest = &rest[len + 1..];
            match tag.strip_prefix('/') {
                Some(name) => self.close(name.trim_end()),
                None => self.enter(tag),
            }
        }
    }

    fn hear(&mut self, text: &str) {
        if !self.state.is_silent && !text.is_empty() {
            unescape(&mut self.text, text);
        }
    }

    fn enter(&mut self, tag: &'a str) {
        let name_len = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_len);
        if !is_inline(name) {
            self.flush();
        }
        if is_void(name) {
            if name == "br" || name == "wbr" {
                self.text.push(' ');
            }
            return;
        }
        self.open.push((name, self.state));
        if self.state.is_silent {
            return;
        }
        let role = value(attributes, "data-search").unwrap_or_default();
        if is_silent(name) || role == "no" || value(attributes, "aria-hidden") == Some("true") {
            // Words beside it do not run together.
            self.text.push(' ');
            self.state.is_silent = true;
            return;
        }
        let id = value(attributes, "id").unwrap_or_default();
        self.state.is_paragraph |= name == "p";
        match (role, name) {
            ("entry", _) if !id.is_empty() && self.entry.is_none() => {
                let kind = value(attributes, "data-search-kind").unwrap_or_default();
                let found = Found { anchor: id.into(), kind: kind.into(), ..Found::default() };
                self.entry = Some(Draft { found, ..Draft::default() });
                self.state.is_entry = true;
            }
            ("summary", _) => self.state.field = Some(Field::Summary),
            (_, "h1") => self.state.field = Some(Field::Title),
            (_, "h2" | "h3") if self.state.is_entry && self.draft().found.title.is_empty() => {
                self.state.field = Some(Field::Title);
            }
            (_, "h2" | "h3" | "h4" | "h5" | "h6") => {
                if !id.is_empty() && !id.starts_with('_') && !self.state.is_entry && matches!(name, "h2" | "h3") {
                    self.page.found.sections.push((id.into(), String::new()));
                    self.state.is_section = true;
                }
                self.state.field = Some(Field::Heading);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|(own, _)| *own == name) else { return };
        if !is_inline(name) {
            self.flush();
        }
        let was_entry = self.state.is_entry;
        self.state = self.open[at].1;
        self.open.truncate(at);
        if was_entry
            && !self.state.is_entry
            && let Some(entry) = self.entry.take()
        {
            self.done.push(entry);
        }
    }

    fn draft(&mut self) -> &mut Draft {
        match &mut self.entry {
            Some(entry) if self.state.is_entry => entry,
            _ => &mut self.page,
        }
    }

    /// Takes the text so far as that of the element.
    fn flush(&mut self) {
        if self.text.trim().is_empty() {
            self.text.clear();
            return;
        }
        let text = std::mem::take(&mut self.text);
        let State { field, is_paragraph, is_section, .. } = self.state;
        let field = field.unwrap_or(Field::Body);
        let draft = self.draft();
        let section = draft.found.sections.len().min(u16::MAX.into()) as u16;
        draft.add(&text, field, section);
        let said = || text.split_whitespace().collect::<Vec<_>>().join(" ");
        match field {
            Field::Title => join(&mut draft.found.title, &said()),
            Field::Heading if is_section => join(&mut draft.found.sections[usize::from(section) - 1].1, &said()),
            Field::Summary => draft.found.excerpt = said(),
            Field::Body if is_paragraph && draft.found.excerpt.is_empty() => draft.found.excerpt = cut(&said()),
            _ => {}
        }
        self.text = text;
        self.text.clear();
    }

    fn end(mut self) -> Vec<Draft> {
        self.flush();
        let mut all = vec![self.page];
        all.append(&mut self.done);
        all.extend(self.entry);
        all
    }
}

fn join(to: &mut String, more: &str) {
    if !to.is_empty() {
        to.push(' ');
    }
    to.push_str(more);
}

/// The first words of a text.
fn cut(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(EXCERPT) else { return text.into() };
    let whole = text[..end].rfind(' ').unwrap_or(end);
    format!("{} …", &text[..whole])
}

/// Where a tag ends: at the first `>` outside of quotation marks.
fn end_of_tag(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute in double quotes, as templates and the writer write it.
fn value<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    if attributes.is_empty() {
        return None;
    }
    let mut from = 0;
    while let Some(at) = attributes[from..].find(name).map(|at| from + at) {
        let rest = &attributes[at + name.len()..];
        if attributes[..at].ends_with(|c: char| c.is_ascii_whitespace())
            && let Some(rest) = rest.strip_prefix("=\"")
        {
            return rest.split('"').next();
        }
        from = at + name.len();
    }
    None
}

/// Adds text of HTML as what it says.
fn unescape(out: &mut String, mut text: &str) {
    while let Some(at) = text.find('&') {
        out.push_str(&text[..at]);
        text = &text[at..];
        let end = text.bytes().take(12).position(|byte| byte == b';');
        let Some(end) = end else {
            out.push('&');
            text = &text[1..];
            continue;
        };
        let name = &text[1..end];
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let c = match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            "shy" => Some('\u{ad}'),
            _ => match name.strip_prefix('#') {
                Some(digits) => match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => number(digits, 16),
                    None => number(digits, 10),
                },
                None => None,
            },
        };
        match c {
            Some(c) => {
                out.push(c);
                text = &text[end + 1..];
            }
            None => {
                out.push('&');
                text = &text[1..];
            }
        }
    }
    out.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<nav>Menu</nav><main id="_main"><nav>Trail</nav><h1>A &amp; B</h1>
<p class="lede" data-search="summary">What it is.</p><p>Un<em>do</em> it.</p>
<h2 id="why">Why?</h2><p>Because<br>why not.</p><div data-search="no"><h2 id="x">Not this</h2></div>
<section id="one" data-search="entry"><h2>One</h2><p>The first.</p></section>
<h3 id="_made">Made</h3><p>End.</p></main><footer>Foot</footer>"#;

    #[test]
    fn a_page_is_read_as_it_is_seen() {
        let found = read(PAGE, |id| if id.is_empty() { vec!["another name".into()] } else { Vec::new() });
        let [page, entry] = &found[..] else { panic!("{found:?}") };
        assert_eq!((page.title.as_str(), page.excerpt.as_str()), ("A & B", "What it is."));
        assert_eq!(page.sections, [("why".to_string(), "Why?".to_string())]);
        let words: Vec<&str> = page.words().map(|word| word.text).collect();
        assert_eq!(
            words,
            ["a", "b", "what", "it", "is", "undo", "why", "because", "not", "made", "end", "another", "name"]
        );
        let why = page.words().find(|word| word.text == "why").expect("the word");
        assert_eq!((why.counts, why.section), ([0, 0, 1, 0, 1], 1));
        assert_eq!((entry.anchor.as_str(), entry.title.as_str(), entry.excerpt.as_str()), ("one", "One", "The first."));
    }

    #[test]
    fn whatever_is_no_html_is_read_to_its_end() {
        for html in [
            "<main",
            "<main><p",
            "<main>&#xD800; &; &amp",
            "<main></p></main>",
            "<main><a title=\"<p>\">x</a>",
            "<main><!-- ",
        ] {
            read(html, |_| Vec::new());
        }
    }
}
