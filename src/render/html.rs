//! Our own HTML writer over Markdown events.
//!
//! It gives what pulldown-cmark's does not: tables with scope and caption in a focusable region
//! (WCAG 1.3.1, 2.1.1), footnotes with links back, figures, task lists that a screen reader can
//! read, labelled code, links that are already resolved.

use super::{
    callouts,
    escape::{NONCHARACTERS, PLACE, attribute, escape},
    highlight::highlight,
    notes::Notes,
    strings::Strings,
    tables::Table,
};
use crate::{
    assets::gallery::Gallery,
    base::{digest::Digest, memo, span::Span},
    load::{
        blocks::{self, Action, Marker},
        containers::{Role, role},
        content::Heading,
        glossary::mark,
        markdown::{Step, steps},
        outline::DECORATIVE,
        typography::Typography,
    },
    resolve::guide::Target,
    settings::theme::Components,
};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Tag, TagEnd};
use std::sync::Arc;

/// Stands before the number of a component that begins; no name of a block has it.
pub const OPENS: char = '(';

/// Stands for the end of a component.
pub const CLOSES: char = ')';

/// What the writer needs to know beside the text.
#[derive(Debug)]
pub struct Context<'a> {
    /// Where the links lead, in their order.
    pub targets: &'a [Target],
    /// The headings with their ids, in their order; empty for text that is not a page's own.
    pub headings: &'a [Heading],
    /// Whether the text has raw HTML, so that what is written goes through the sanitiser.
    pub has_html: bool,
    /// Whether the first heading is the title and is left out.
    pub skip_title: bool,
    /// What stands before every `id` that the writer invents.
    pub prefix: &'a str,
    /// The words of the interface.
    pub strings: &'a Strings,
    /// Where the text uses words of the glossary, and where those lead.
    pub words: (&'a [Span], &'a [Target]),
    /// What the text places.
    pub placed: &'a [String],
    /// How its quotation marks are set.
    pub typography: Typography,
    /// What is the same for every text.
    pub kit: &'a Kit<'a>,
}

/// What the writer needs that is the same for every text.
#[derive(Debug)]
pub struct Kit<'a> {
    /// The pictures.
    pub gallery: &'a Gallery,
    /// The components of the theme.
    pub components: &'a Components,
    /// Coloured code, where the site asks for it.
    pub highlights: Option<&'a Highlights>,
}

/// Code that was coloured, by the digest of its language and text; `None` where nothing is known of
/// the language.
pub type Highlights = memo::Table<Digest, Option<Arc<str>>>;

/// Writes a text as HTML; places and components are marked with [`PLACE`].
pub fn write(text: &str, context: &Context) -> String {
    let prepared = blocks::prepare(text);
    let steps = steps(&prepared, context.typography);
    let events: Vec<Step> = match context.words.0 {
        [] => steps.map(|(step, _)| step).collect(),
        uses => mark(steps, uses),
    };
    let mut writer = Writer {
        out: String::with_capacity(text.len() * 3 / 2),
        context,
        link: 0,
        heading: 0,
        title_left: context.skip_title,
        ends: Vec::new(),
        notes: Notes::in_order(&events),
        raw: String::new(),
        outer: None,
        table: Table::default(),
        tables: 0,
        blocks: Vec::new(),
        caption: None,
        word: 0,
        word_end: "",
        pictures: 0,
        components: 0,
    };
    writer.run(&events);
    writer.finish()
}

/// Writes one text.
pub(super) struct Writer<'a> {
    pub(super) out: String,
    pub(super) context: &'a Context<'a>,
    pub(super) link: usize,
    pub(super) heading: usize,
    pub(super) title_left: bool,
    /// What closes the links that are open.
    pub(super) ends: Vec<&'static str>,
    pub(super) notes: Notes,
    /// The block of raw HTML that is being read.
    pub(super) raw: String,
    /// The name of the note that is being written, and the text around it.
    pub(super) outer: Option<(String, String)>,
    pub(super) table: Table,
    pub(super) tables: usize,
    /// What closes the blocks that are open.
    pub(super) blocks: Vec<String>,
    /// The caption for the table that follows.
    pub(super) caption: Option<String>,
    /// How many words of the glossary were met.
    pub(super) word: usize,
    /// What closes the one that is open.
    pub(super) word_end: &'static str,
    /// How many pictures were written.
    pub(super) pictures: usize,
    /// How many components were met.
    pub(super) components: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn run(&mut self, events: &[Step<'a>]) {
        let mut i = 0;
        while i < events.len() {
            i += match &events[i] {
                Step::Block(marker) => {
                    self.block(marker);
                    1
                }
                Step::TermStart => {
                    self.open_word();
                    1
                }
                Step::TermEnd => {
                    let end = std::mem::take(&mut self.word_end);
                    self.push(end);
                    1
                }
                Step::Markdown(event) => self.event(event, &events[i..]),
            };
        }
    }

    fn finish(mut self) -> String {
        while let Some(end) = self.blocks.pop() {
            self.out.push_str(&end);
        }
        let notes = std::mem::take(&mut self.notes);
        self.out.push_str(&notes.finish(self.context.prefix, self.context.strings));
        self.out
    }

    pub(super) fn push(&mut self, html: &str) {
        self.out.push_str(html);
    }

    pub(super) fn text(&mut self, text: &str) {
        escape(&mut self.out, text);
    }

    pub(super) fn attr(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        attribute(&mut self.out, value);
        self.out.push('"');
    }

    /// Writes one event; gives the number of events that it took.
    fn event(&mut self, event: &Event<'a>, rest: &[Step<'a>]) -> usize {
        match event {
            Event::Text(text) => self.text(text),
            Event::Code(text) => {
                self.push("<code>");
                self.text(text);
                self.push("</code>");
            }
            Event::Html(html) => self.raw.push_str(html),
            Event::InlineHtml(html) => {
                self.raw_html(html);
            }
            Event::SoftBreak => self.push("\n"),
            Event::HardBreak => self.push("<br>\n"),
            Event::Rule => self.push("<hr>\n"),
            Event::TaskListMarker(done) => {
                let (mark, label) = if *done { ("☑", "task-done") } else { ("☐", "task-open") };
                self.push("<span class=\"task\" role=\"img\"");
                self.attr("aria-label", self.context.strings.get(label));
                self.push(&format!(">{mark}</span> "));
            }
            Event::FootnoteReference(name) => {
                let link = self.notes.reference(name, self.context.prefix, self.context.strings);
                self.push(&link);
            }
            Event::Start(tag) => return self.start(tag, rest),
            Event::End(tag) => self.end(tag),
            // Mathematics is not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
        }
        1
    }

    fn start(&mut self, tag: &Tag<'a>, rest: &[Step<'a>]) -> usize {
        match tag {
            Tag::Paragraph => return self.paragraph(rest),
            Tag::Heading { level, .. } => {
                if self.title_left {
                    self.title_left = false;
                    return self.skip(rest);
                }
                let level = *level as u8;
                let heading = self.context.headings.get(self.heading);
                self.heading += 1;
                let level = heading.map_or(level.max(2), |heading| heading.level);
                self.push(&format!("<h{level}"));
                if let Some(heading) = heading {
                    self.attr("id", &heading.id);
                }
                self.push(">");
                self.ends.push(["</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"][level.clamp(2, 6) as usize - 2]);
            }
            Tag::BlockQuote(None) => self.push("<blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let name = callouts::name(*kind);
                let label = self.context.strings.get(&format!("callout-{name}"));
                self.push(&callouts::open(name, label, None));
            }
            Tag::CodeBlock(kind) => {
                let lang = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                let label = self.context.strings.get("code");
                let label = if lang.is_empty() { label.to_string() } else { format!("{label}: {lang}") };
                self.push("<pre class=\"code\" tabindex=\"0\" role=\"group\"");
                self.attr("aria-label", &label);
                self.push("><code");
                if !lang.is_empty() {
                    self.attr("class", &format!("language-{lang}"));
                }
                self.push(">");
                return self.code(lang, rest);
            }
            Tag::List(None) => self.push("<ul>\n"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(start)) => self.push(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => self.push("<li>"),
            Tag::DefinitionList => self.push("<dl>\n"),
            Tag::DefinitionListTitle => self.push("<dt>"),
            Tag::DefinitionListDefinition => self.push("<dd>"),
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            Tag::Strikethrough => self.push("<del>"),
            Tag::Superscript => self.push("<sup>"),
            Tag::Subscript => self.push("<sub>"),
            Tag::Link { link_type, dest_url, title, .. } => return self.open_link(*link_type, dest_url, title, rest),
            Tag::Image { link_type, dest_url, title, .. } => {
                // A wiki picture without words has only its file name, which is no description.
                let nameless = matches!(link_type, LinkType::WikiLink { has_pothole: false });
                return self.image(dest_url, title, nameless, rest);
            }
            Tag::Table(alignments) => self.open_table(alignments, rest),
            Tag::TableHead => {
                let html = self.table.row(true);
                self.push(html);
            }
            Tag::TableRow => {
                let html = self.table.row(false);
                self.push(html);
            }
            Tag::TableCell => {
                let html = self.table.cell();
                self.push(&html);
            }
            Tag::FootnoteDefinition(name) => {
                self.outer = Some((name.to_string(), std::mem::take(&mut self.out)));
            }
            Tag::HtmlBlock | Tag::MetadataBlock(_) => {}
        }
        1
    }

    pub(super) fn end(&mut self, tag: &TagEnd) {
        match tag {
            TagEnd::Paragraph => self.push("</p>\n"),
            TagEnd::Heading(_) | TagEnd::Link => {
                let end = self.ends.pop().unwrap_or_default();
                self.push(end);
            }
            TagEnd::BlockQuote(None) => self.push("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.push("</div>\n"),
            TagEnd::CodeBlock => self.push("</code></pre>\n"),
            TagEnd::List(true) => self.push("</ol>\n"),
            TagEnd::List(false) => self.push("</ul>\n"),
            TagEnd::Item => self.push("</li>\n"),
            TagEnd::DefinitionList => self.push("</dl>\n"),
            TagEnd::DefinitionListTitle => self.push("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.push("</dd>\n"),
            TagEnd::Emphasis => self.push("</em>"),
            TagEnd::Strong => self.push("</strong>"),
            TagEnd::Strikethrough => self.push("</del>"),
            TagEnd::Superscript => self.push("</sup>"),
            TagEnd::Subscript => self.push("</sub>"),
            TagEnd::Table => self.push("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.push("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                let html = self.table.end_cell();
                self.push(html);
            }
            TagEnd::FootnoteDefinition => {
                if let Some((name, outer)) = self.outer.take() {
                    let note = std::mem::replace(&mut self.out, outer);
                    self.notes.define(name, note);
                }
            }
            TagEnd::HtmlBlock => {
                // A tag may run over several lines, so a block is read as a whole.
                let html = std::mem::take(&mut self.raw);
                self.raw_html(&html);
            }
            TagEnd::Image | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// A paragraph; or a figure, when it holds one picture and nothing else; or the caption of
    /// the table that follows, when it begins with "Table:".
    fn paragraph(&mut self, rest: &[Step<'a>]) -> usize {
        let end = close(rest);
        if let Some(Step::Markdown(Event::Start(Tag::Image { title, .. }))) = rest.get(1) {
            let image_end = 1 + close(&rest[1..]);
            if image_end + 1 == end && !title.is_empty() && &**title != DECORATIVE {
                self.push("<figure>");
                self.run(&rest[1..end]);
                self.push("<figcaption>");
                self.text(title);
                self.push("</figcaption></figure>\n");
                return end + 1;
            }
        }
        if let (Some(Step::Markdown(Event::Text(text))), Some(Step::Markdown(Event::Start(Tag::Table(_))))) =
            (rest.get(1), rest.get(end + 1))
            && let Some(first) = self.caption_start(text)
        {
            let outer = std::mem::take(&mut self.out);
            self.text(&first);
            self.run(&rest[2..end]);
            self.caption = Some(std::mem::replace(&mut self.out, outer));
            return end + 1;
        }
        self.push("<p>");
        1
    }

    fn caption_start(&self, text: &str) -> Option<String> {
        let own = self.context.strings.get("table");
        let rest = [own, "Table"].iter().find_map(|word| text.strip_prefix(word)?.strip_prefix(':'))?;
        Some(rest.trim_start().into())
    }

    /// Passes over an element; its links count all the same.
    fn skip(&mut self, rest: &[Step<'a>]) -> usize {
        let end = close(rest);
        for step in &rest[..end] {
            if let Step::Markdown(Event::Start(Tag::Link { .. } | Tag::Image { .. })) = step {
                self.link += 1;
            }
        }
        end + 1
    }

    /// The text of a code block, coloured where the site asks for it.
    fn code(&mut self, lang: &str, rest: &[Step<'a>]) -> usize {
        let Some(highlights) = self.context.kit.highlights.filter(|_| !lang.is_empty()) else { return 1 };
        let end = close(rest);
        let texts = rest[1..end].iter().filter_map(|step| match step {
            Step::Markdown(Event::Text(text)) => Some(&**text),
            _ => None,
        });
        let code: String = texts.collect();
        let code = code.replace(NONCHARACTERS, "");
        let digest = Digest::of_value(&(lang, &code));
        match highlights.get(&digest, || digest, || highlight(lang, &code).map(Arc::from)) {
            Some(html) => self.push(&html),
            None => self.text(&code),
        }
        end
    }

    fn open_table(&mut self, alignments: &[Alignment], rest: &[Step<'a>]) {
        self.tables += 1;
        // Table, head, first cell, and then its end at once: the top left cell is empty.
        let names_rows = matches!(rest.get(3), Some(Step::Markdown(Event::End(TagEnd::TableCell))));
        self.table = Table::new(alignments, names_rows);
        // An underscore: no heading has one in its id, so these are never taken already.
        let id = format!("{}table_{}", self.context.prefix, self.tables);
        // Without a caption of its own the table is called after its section.
        let heading = self.heading.checked_sub(1).and_then(|i| self.context.headings.get(i));
        let name = heading.map_or(self.context.strings.get("table"), |heading| &heading.text);
        // Two regions of one name would be one to those who hear them.
        let name = if self.tables > 1 { format!("{name} ({})", self.tables) } else { name.to_string() };
        let html = Table::open(&id, self.caption.take().as_deref(), &name);
        self.push(&html);
    }

    fn block(&mut self, marker: &Marker) {
        match &marker.action {
            Action::Close => {
                let end = self.blocks.pop().unwrap_or_default();
                self.push(&end);
            }
            Action::Stray | Action::Indented => {}
            Action::Open { name, title, id, args, empty, .. } => {
                let is_placed = |name: &str| self.context.placed.iter().any(|placed| placed == name);
                match role(name, *empty, is_placed, self.context.kit.components) {
                    Role::Box => {
                        let (start, end) = callouts::boxed(name, title, id.as_deref(), args, self.context.strings);
                        self.push(&start);
                        self.blocks.push(end);
                    }
                    Role::Component => {
                        // Everything about it is looked up by its number when the text is cut.
                        self.place(&format!("{OPENS}{}", self.components));
                        self.components += 1;
                        self.blocks.push(format!("{}{CLOSES}{}", PLACE[0], PLACE[1]));
                    }
                    Role::Place | Role::Unknown => {
                        self.place(name.trim_start_matches([OPENS, CLOSES]));
                        self.blocks.push(String::new());
                    }
                }
            }
        }
    }

    fn place(&mut self, name: &str) {
        self.out.push(PLACE[0]);
        self.text(name);
        self.out.push(PLACE[1]);
    }
}

/// The number of the event that ends the element which the first event starts.
pub(super) fn close(steps: &[Step]) -> usize {
    let mut depth = 0;
    for (i, step) in steps.iter().enumerate() {
        match step {
            Step::Markdown(Event::Start(_)) => depth += 1,
            Step::Markdown(Event::End(_)) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    steps.len().saturating_sub(1)
}
