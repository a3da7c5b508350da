//! A page as Markdown: its front matter with relations, then its body with links.

use crate::plan::{Kind, Page, Plan, capital, mean_body};
use crate::rng::Rng;
use crate::words::Words;
use std::collections::HashSet;
use std::fmt::Write;

/// The taxonomy term that four pages of five have.
const COMMON_TOPIC: &str = "everyday";
/// The others, the commonest first.
const TOPICS: [&str; 24] = [
    "mornings", "weather", "meals", "travel", "gardens", "letters", "rivers", "markets", "music", "winter", "harbours",
    "schools", "villages", "repairs", "forests", "bread", "stairs", "lamps", "islands", "orchards", "maps", "bridges",
    "clocks", "kites",
];

/// A page's text, and what was put in it.
pub struct Written {
    pub markdown: String,
    pub links: usize,
    pub edges: usize,
}

/// Writes the page at `at` of the plan.
pub fn write_page(plan: &Plan, at: usize, words: &Words, seed: u64, short: bool) -> Written {
    let mut writer = Writer {
        plan,
        at,
        page: &plan.pages[at],
        words,
        rng: Rng::new(seed, at as u64),
        out: String::new(),
        links: Vec::new(),
    };
    let edges = writer.front_matter();
    writer.links = writer.draw_links(short);
    let links = writer.links.len();
    writer.body();
    Written { markdown: writer.out, links, edges }
}

struct Writer<'a> {
    plan: &'a Plan,
    at: usize,
    page: &'a Page,
    words: &'a Words,
    rng: Rng,
    out: String,
    /// Links not yet written.
    links: Vec<String>,
}

/// The front matter.
impl Writer<'_> {
    /// Writes it all; gives how many relations are in it.
    fn front_matter(&mut self) -> usize {
        let page = self.page;
        let summary = self.words_of(9, 16);
        let day = self.rng.between(1, 28);
        let month = self.rng.between(1, 9);
        self.line(&format!("---\ntitle: {}", page.title));
        self.line(&format!("summary: {}.", capital(&summary)));
        if page.kind == Kind::Topic {
            self.line("kind: topic-page");
        }
        if !page.also_known_as.is_empty() {
            self.line(&format!("also_known_as: [{}]", page.also_known_as.join(", ")));
        }
        self.line(&format!("updated: 2026-{month:02}-{day:02}"));
        self.line(&format!("reviewed: 2026-{:02}-{day:02}", month + 1));
        self.line("reviewed_by: The editors");
        self.topics();
        self.fields();
        let edges = self.relations();
        self.line("---\n");
        edges
    }

    /// One to three terms.
    fn topics(&mut self) {
        let mut topics = Vec::new();
        if self.at % 5 != 4 {
            topics.push(COMMON_TOPIC);
        }
        let wanted = self.rng.between(1, 3);
        while topics.len() < wanted {
            // The square makes the first topics the commonest.
            let topic = TOPICS[(self.rng.unit().powi(2) * TOPICS.len() as f64) as usize];
            if !topics.contains(&topic) {
                topics.push(topic);
            }
        }
        self.line(&format!("topics: [{}]", topics.join(", ")));
    }

    fn fields(&mut self) {
        match self.page.kind {
            Kind::Problem => {
                let often = self.rng.pick(&["rarely", "sometimes", "often"]);
                self.line(&format!("how_often: {often}"));
                self.text_list("signs", 2, 4);
            }
            Kind::Remedy => {
                let effort = self.rng.pick(&["small", "medium", "large"]);
                self.line(&format!("effort: {effort}"));
                self.text_list("steps", 2, 4);
            }
            Kind::Method => {
                let focus = self.words_of(5, 9);
                self.line(&format!("focus: {}", capital(&focus)));
                let structured = self.rng.between(1, 5);
                self.line(&format!("structured: {structured}"));
            }
            Kind::Topic => {}
        }
    }

    fn text_list(&mut self, key: &str, low: usize, high: usize) {
        self.line(&format!("{key}:"));
        for _ in 0..self.rng.between(low, high) {
            let text = self.words_of(4, 9);
            self.line(&format!("  - {}", capital(&text)));
        }
    }

    /// Three to five relations. Those within a kind go one way along the plan, so that none is
    /// written from both ends and none goes in a circle.
    fn relations(&mut self) -> usize {
        let (at, plan) = (self.at, self.plan);
        let of = |kind| plan.of_kind(kind);
        let before = |kind| {
            let list = of(kind);
            &list[..list.partition_point(|&other| other < at)]
        };
        // (relation, targets, at least, at most, always with a reason)
        let kinds: Vec<(&str, &[usize], usize, usize, bool)> = match self.page.kind {
            Kind::Problem => vec![
                ("eased_by", of(Kind::Remedy), 1, 2, false),
                ("worth_a_look", of(Kind::Method), 1, 1, true),
                ("part_of", before(Kind::Problem), 0, 1, false),
            ],
            Kind::Remedy => {
                vec![("uses", of(Kind::Method), 1, 2, false), ("follows", before(Kind::Remedy), 0, 1, false)]
            }
            Kind::Method => {
                vec![("not_enough_for", of(Kind::Problem), 1, 2, true), ("kind_of", before(Kind::Method), 0, 1, false)]
            }
            Kind::Topic => vec![
                ("covers_problem", of(Kind::Problem), 1, 2, false),
                ("covers_remedy", of(Kind::Remedy), 1, 2, false),
                ("covers_method", of(Kind::Method), 1, 1, false),
            ],
        };
        let mut seen = HashSet::from([at]);
        let mut edges = 0;
        let wanted = self.rng.between(3, 5);
        for (name, targets, low, high, reason) in kinds {
            let count = self.rng.between(low, high).min(targets.len());
            edges += self.relation(name, targets, count, reason, &mut seen);
        }
        // The rest goes to any page further on.
        let after: Vec<usize> = (0..4 * wanted)
            .map(|_| self.rng.between(at, plan.pages.len() - 1))
            .filter(|&other| other != 0 && other != plan.hub)
            .collect();
        let rest = wanted.saturating_sub(edges);
        edges + self.relation("see_also", &after, rest, false, &mut seen)
    }

    /// Writes up to `count` relations of one name to pages that have none from here yet.
    fn relation(
        &mut self,
        name: &str,
        targets: &[usize],
        count: usize,
        reason: bool,
        seen: &mut HashSet<usize>,
    ) -> usize {
        let mut written = 0;
        for _ in 0..8 * count {
            if written == count || targets.is_empty() {
                break;
            }
            let target = self.rng.pick(targets);
            if !seen.insert(target) {
                continue;
            }
            if written == 0 {
                self.line(&format!("{name}:"));
            }
            written += 1;
            let target = &self.plan.pages[target];
            let to = if self.rng.chance(0.2) { target.id() } else { target.name() };
            if reason || self.rng.chance(0.4) {
                let text = self.words_of(5, 11);
                self.line(&format!("  - to: {to}\n    reason: {}", capital(&text)));
            } else {
                self.line(&format!("  - {to}"));
            }
        }
        written
    }
}

/// The links.
impl Writer<'_> {
    /// The links of the page as Markdown, longer pages with more of them. The first goes to the
    /// next page, so that no page is an orphan.
    fn draw_links(&mut self, short: bool) -> Vec<String> {
        let (plan, at, pages) = (self.plan, self.at, self.plan.pages.len());
        let share = self.page.bytes as f64 / mean_body(short);
        let wanted = if short { 2.0 } else { 3.9 + 3.7 * share };
        let wanted = (wanted + self.rng.unit()) as usize;
        let mut targets = vec![(at + 1) % pages];
        if targets[0] == plan.hub {
            targets[0] = (at + 2) % pages;
        }
        if plan.links_to_hub[at] {
            targets.push(plan.hub);
        }
        while targets.len() < wanted {
            let target = if self.rng.chance(0.5) {
                (at + pages - 12 + self.rng.below(25)) % pages
            } else {
                self.rng.below(pages)
            };
            if target != at && target != plan.hub {
                targets.push(target);
            }
        }
        targets.into_iter().map(|target| self.link(target)).collect()
    }

    /// One link, as a wiki link or as a relative path, to the page or to a heading of it.
    fn link(&mut self, target: usize) -> String {
        let target = &self.plan.pages[target];
        let title = &target.title;
        let heading = if self.rng.chance(0.25) && !target.outline.is_empty() {
            Some(&target.outline[self.rng.below(target.outline.len())])
        } else {
            None
        };
        // The home page has no name to write between brackets.
        let wiki = self.rng.chance(0.45) && target.path != "index.md";
        match (wiki, heading) {
            (true, None) if self.rng.chance(0.5) => format!("[[{}]]", target.name()),
            (true, None) => format!("[[{}|{title}]]", target.name()),
            (true, Some(h)) => {
                let name = target.name();
                format!("[[{name}#{}|{title}: {}]]", h.anchor, h.text)
            }
            (false, None) => format!("[{title}]({})", relative(&self.page.path, &target.path)),
            (false, Some(h)) => {
                let path = relative(&self.page.path, &target.path);
                format!("[{title}: {}]({path}#{})", h.text, h.anchor)
            }
        }
    }
}

/// The way from one page's file to another's.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from[..from.len() - 1].iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    "../".repeat(from.len() - 1 - shared) + &to[shared..].join("/")
}

/// The body.
impl Writer<'_> {
    fn body(&mut self) {
        let start = self.out.len();
        let page = self.page;
        let sections = page.outline.len() + 1;
        let notes = if self.rng.chance(0.25) { self.rng.between(1, 2) } else { 0 };
        self.section(start, page.bytes / sections, notes);
        for (done, heading) in page.outline.iter().enumerate() {
            let marks = "#".repeat(heading.level);
            self.line(&format!("{marks} {}\n", heading.text));
            self.section(start, page.bytes * (done + 2) / sections, 0);
        }
        while let Some(link) = self.links.pop() {
            self.line(&format!("See {link}.\n"));
        }
        for note in 1..=notes {
            let text = self.words_of(6, 14);
            self.line(&format!("[^{note}]: {}.\n", capital(&text)));
        }
    }

    /// Blocks until the body, which began at `start`, has this many bytes; footnotes at the end of
    /// its first paragraph.
    fn section(&mut self, start: usize, bytes: usize, notes: usize) {
        self.paragraph(start);
        if notes > 0 {
            // A paragraph ends with an empty line: the references belong before it.
            self.out.truncate(self.out.len() - 2);
            for note in 1..=notes {
                let _ = write!(self.out, "[^{note}]");
            }
            self.out.push_str("\n\n");
        }
        while self.out.len() - start < bytes {
            match self.rng.below(100) {
                0..70 => self.paragraph(start),
                70..84 => self.list(start),
                84..90 => self.table(),
                90..95 => self.code(),
                _ => {
                    self.out.push_str("> ");
                    self.paragraph(start);
                }
            }
        }
    }

    fn paragraph(&mut self, start: usize) {
        for sentence in 0..self.rng.between(2, 5) {
            if sentence > 0 {
                self.out.push(' ');
            }
            self.sentence(start);
        }
        self.out.push_str("\n\n");
    }

    /// A sentence, with a link in it as often as the rest of the page needs.
    fn sentence(&mut self, start: usize) {
        let left = self.page.bytes.saturating_sub(self.out.len() - start) / 65 + 1;
        let link = if self.rng.chance(self.links.len() as f64 / left as f64) { self.links.pop() } else { None };
        let first = self.words_of(3, 7);
        self.out.push_str(&capital(&first));
        match link {
            Some(link) => {
                let _ = write!(self.out, " {link} ");
            }
            None if self.rng.chance(0.12) => {
                let word = self.rng.pick(&self.words.nouns);
                let mark = self.rng.pick(&["*", "**", "`"]);
                let _ = write!(self.out, " {mark}{word}{mark} ");
            }
            None => self.out.push_str(if self.rng.chance(0.3) { ", " } else { " " }),
        }
        let rest = self.words_of(3, 8);
        self.out.push_str(&rest);
        self.out.push('.');
    }

    fn list(&mut self, start: usize) {
        let ordered = self.rng.chance(0.3);
        for item in 1..=self.rng.between(3, 6) {
            let mark = if ordered { format!("{item}. ") } else { "- ".into() };
            self.out.push_str(&mark);
            self.sentence(start);
            self.out.push('\n');
            if self.rng.chance(0.1) {
                let indent = " ".repeat(mark.len());
                for _ in 0..2 {
                    let text = self.words_of(3, 7);
                    self.line(&format!("{indent}- {}", capital(&text)));
                }
            }
        }
        self.out.push('\n');
    }

    fn table(&mut self) {
        let columns = self.rng.between(2, 4);
        let mut nouns = Vec::new();
        while nouns.len() < columns {
            let noun = capital(self.rng.pick(&self.words.nouns));
            if !nouns.contains(&noun) {
                nouns.push(noun);
            }
        }
        self.line(&format!("| {} |", nouns.join(" | ")));
        self.line(&format!("|{}", " --- |".repeat(columns)));
        for _ in 0..self.rng.between(2, 6) {
            let cells: Vec<String> = (0..columns).map(|_| self.words_of(1, 4)).collect();
            self.line(&format!("| {} |", cells.join(" | ")));
        }
        self.out.push('\n');
    }

    fn code(&mut self) {
        let language = self.rng.pick(&["text", "sh", "yaml"]);
        self.line(&format!("```{language}"));
        for _ in 0..self.rng.between(2, 6) {
            let key = self.rng.pick(&self.words.nouns);
            let value = self.words_of(1, 4);
            self.line(&match language {
                "sh" => format!("echo {value} # {key}"),
                "yaml" => format!("{key}: {value}"),
                _ => format!("{key} {value}"),
            });
        }
        self.line("```\n");
    }

    /// Some words with spaces between them.
    fn words_of(&mut self, low: usize, high: usize) -> String {
        let mut text = String::new();
        let mut last = "";
        for at in 0..self.rng.between(low, high) {
            if at > 0 {
                text.push(' ');
            }
            last = self.words.draw(&mut self.rng, last);
            text.push_str(last);
        }
        text
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }
}
