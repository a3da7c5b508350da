//! What in a text leads somewhere: links, citations, files, words of the glossary, pictures, and the
//! addresses of raw HTML. Where they lead is known already.

use super::{
    escape::{NONCHARACTERS, attribute},
    html::{Writer, close},
    pictures,
};
use crate::{
    load::{
        markdown::{LinkKind, Step, codes, link_kind},
        outline::DECORATIVE,
        raw_html,
    },
    resolve::guide::{State, Target},
};
use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

impl<'a> Writer<'a> {
    /// What the allow list leaves of raw HTML, its addresses resolved like all others.
    pub(super) fn raw_html(&mut self, html: &str) {
        let filtered = raw_html::inspect(&html.replace(NONCHARACTERS, "")).filtered;
        let mut parts = filtered.split(raw_html::ADDRESS);
        self.push(parts.next().unwrap_or_default());
        for part in parts {
            match self.target().filter(|target| !target.href.is_empty()) {
                Some(target) => {
                    attribute(&mut self.out, &target.href);
                    self.push(part);
                }
                // It leads nowhere, and there is a finding: away with the whole attribute.
                None => {
                    let attribute = self.out.rfind(' ').unwrap_or(self.out.len());
                    self.out.truncate(attribute);
                    self.push(part.strip_prefix('"').unwrap_or(part));
                }
            }
        }
    }

    /// A word of the glossary: a link, unless it leads nowhere from here.
    pub(super) fn open_word(&mut self) {
        let target = self.context.words.1.get(self.word);
        self.word += 1;
        if let Some(target) = target.filter(|target| target.state == State::Here) {
            self.push("<a class=\"term\"");
            self.attr("href", &target.href);
            self.push(">");
            self.word_end = "</a>";
        }
    }

    /// `[E1, E2]`: several sources in one pair of brackets.
    fn citations(&mut self, label: &str, rest: &[Step<'a>]) -> Option<usize> {
        let codes: Vec<(usize, &str)> = codes(label).collect();
        if codes.len() < 2 {
            return None;
        }
        let targets: Vec<Option<&Target>> = codes.iter().map(|_| self.target()).collect();
        if targets.iter().flatten().all(|target| target.state == State::Word) {
            self.push("[");
            self.ends.push("]");
            return Some(1);
        }
        self.push("<span class=\"cites\">[");
        let mut at = 0;
        for ((start, code), target) in codes.into_iter().zip(targets) {
            self.text(&label[at..start]);
            at = start + code.len();
            match target.filter(|target| target.state == State::Here) {
                Some(target) => {
                    self.push("<a class=\"cite\"");
                    self.attr("href", &target.href);
                    self.push(">");
                    self.text(code);
                    self.push("</a>");
                }
                None => self.text(code),
            }
        }
        self.text(&label[at..]);
        self.push("]</span>");
        Some(close(rest) + 1)
    }

    fn target(&mut self) -> Option<&'a Target> {
        let target = self.context.targets.get(self.link);
        self.link += 1;
        target
    }

    pub(super) fn open_link(&mut self, link_type: LinkType, url: &str, title: &str, rest: &[Step<'a>]) -> usize {
        let kind = link_kind(link_type, url);
        if let Some(taken) = Some(url).filter(|_| kind == LinkKind::Citation).and_then(|url| self.citations(url, rest))
        {
            return taken;
        }
        let Some(target) = self.target() else {
            self.ends.push("");
            return 1;
        };
        match target.state {
            State::Word => {
                self.push("[");
                self.ends.push("]");
            }
            State::Dead => {
                let cite = kind == LinkKind::Citation;
                self.push(if cite { "<span class=\"dead\">[" } else { "<span class=\"dead\">" });
                self.ends.push(if cite { "]</span>" } else { "</span>" });
            }
            State::Here | State::Elsewhere => {
                self.push(if kind == LinkKind::Citation { "<a class=\"cite\"" } else { "<a" });
                self.attr("href", &target.href);
                if !title.is_empty() {
                    self.attr("title", title);
                }
                self.push(if kind == LinkKind::Citation { ">[" } else { ">" });
                self.ends.push(if kind == LinkKind::Citation { "]</a>" } else { "</a>" });
            }
        }
        // `[[id]]` reads as the title of what it leads to.
        if let LinkType::WikiLink { has_pothole: false } = link_type
            && !target.title.is_empty()
        {
            match &target.lang {
                Some(lang) => {
                    self.push("<span");
                    self.attr("lang", lang.tag());
                    self.push(" dir=\"auto\">");
                    self.text(&target.title);
                    self.push("</span>");
                }
                None => self.text(&target.title),
            }
            let end = close(rest);
            self.end(&TagEnd::Link);
            return end + 1;
        }
        if let Some(len) = target.len {
            return self.file(target, len, rest);
        }
        1
    }

    /// A link to a file: its words, then what kind of file it is and how large.
    fn file(&mut self, target: &Target, len: u64, rest: &[Step<'a>]) -> usize {
        let end = close(rest);
        self.run(&rest[1..end]);
        let path = target.href.split(['#', '?']).next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some((_, extension)) = name.rsplit_once('.') {
            let kind = extension.to_uppercase();
            let strings = self.context.strings;
            // A picture that was made ready has another length than its file.
            let made = self.context.kit.gallery.pictures.get(path).map(|picture| picture.whole.1.len);
            let args = [("type", kind.into()), ("size", strings.size(made.unwrap_or(len)).into())];
            self.push(" <span class=\"file\">");
            self.text(&strings.format("file", &args));
            self.push("</span>");
        }
        self.end(&TagEnd::Link);
        end + 1
    }

    pub(super) fn image(&mut self, url: &str, title: &str, nameless: bool, rest: &[Step<'a>]) -> usize {
        let end = close(rest);
        let target = self.target();
        let mut alt = String::new();
        for step in &rest[1..end] {
            match step {
                Step::Markdown(Event::Text(text) | Event::Code(text)) => alt.push_str(text),
                Step::Markdown(Event::SoftBreak | Event::HardBreak) => alt.push(' '),
                // A link or picture inside the description counts, though it is not shown.
                Step::Markdown(Event::Start(Tag::Link { .. } | Tag::Image { .. })) => self.link += 1,
                _ => {}
            }
        }
        match target {
            Some(target) if target.state == State::Here => {
                let alt = if title == DECORATIVE || nameless { "" } else { alt.trim() };
                self.pictures += 1;
                // The first picture is likely to be seen at once.
                pictures::img(
                    &mut self.out,
                    self.context.kit.gallery,
                    &target.href,
                    alt,
                    self.pictures > 1,
                    !self.context.has_html,
                );
            }
            _ => {
                // The picture is missing, and there is a finding; its description still helps.
                self.push("<span class=\"dead\">");
                self.text(if alt.is_empty() { url } else { &alt });
                self.push("</span>");
            }
        }
        end + 1
    }
}
