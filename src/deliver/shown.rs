//! What `serve` shows: of every page the last good version, and what is wrong just now.

use crate::{
    base::{finding::Severity, path::SitePath},
    build::{Build, Insight},
    emit::output::{Content, Entry, Output},
    report::{findings::Findings, located::Located},
    resolve::{guide::PageNo, urls},
    settings::{host::Host, site},
    source::pack::Pack,
};
use imbl::ordmap::DiffItem;
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};

/// The site as it is shown after a build.
#[derive(Debug, Default)]
pub struct Shown {
    /// Which build it is, from 1.
    pub number: u64,
    /// What is served.
    pub output: Output,
    /// The path that the site lives under.
    pub base_path: String,
    /// What was found in this build.
    pub findings: Findings,
    /// What is known of the site: of this build, or of the last that could read its settings.
    pub insight: Option<Arc<Insight>>,
    /// Whether only the home pages are there yet, and all else is under way.
    pub is_opening: bool,
    /// Pages that are shown as they were before a fault came into them, with their files.
    pub held: BTreeMap<SitePath, SitePath>,
    /// Whether the whole site is shown as it was: guide.yaml, schema.yaml or the theme cannot be read.
    pub is_frozen: bool,
    /// Where pages went that stood at these places before, for tabs that were not looking then.
    pub moved: BTreeMap<SitePath, String>,
    /// The finished pages that are not in memory: those that the last server left, or this one put down.
    pub pack: Option<Arc<Pack>>,
    /// The pages by their places: of a guide, so builds with the same one share them.
    pages: Arc<OnceLock<HashMap<SitePath, PageNo>>>,
}

impl Shown {
    /// What is shown before the first build; the pages of the last server are at hand.
    pub fn new(pack: Option<Pack>) -> Shown {
        Shown { pack: pack.map(Arc::new), ..Shown::default() }
    }

    /// What is shown after a build, where `self` was shown before it.
    pub fn next(&self, built: Build) -> Shown {
        let number = self.number + 1;
        let faulty = faulty(&built.findings);
        if built.fatal || faulty.iter().any(|(file, unreadable)| *unreadable && is_shared(file)) {
            // Where there is nothing good to hold on to, what could be built is better than nothing.
            if self.is_sound() || self.is_frozen {
                return Shown {
                    number,
                    output: self.output.clone(),
                    base_path: self.base_path.clone(),
                    findings: built.findings,
                    insight: self.insight.clone(),
                    is_opening: self.is_opening,
                    held: self.held.clone(),
                    is_frozen: true,
                    moved: self.moved.clone(),
                    pack: self.pack.clone(),
                    pages: self.pages.clone(),
                };
            }
        }
        let insight = built.insight.or_else(|| self.insight.clone());
        let is_same = |(old, new): (&Arc<Insight>, &Arc<Insight>)| Arc::ptr_eq(&old.guide, &new.guide);
        let pages = match self.insight.as_ref().zip(insight.as_ref()).is_some_and(is_same) {
            true => self.pages.clone(),
            false => Arc::default(),
        };
        let now = Shown {
            number,
            output: built.output,
            base_path: built.base_path,
            findings: built.findings,
            insight,
            is_opening: built.is_opening,
            held: BTreeMap::new(),
            is_frozen: false,
            moved: BTreeMap::new(),
            pack: self.pack.clone(),
            pages,
        };
        let mut now = now.holding(self, &faulty);
        now.moved = now.moved_since(self);
        now
    }

    /// The same, with the pages in a pack and not in memory.
    pub fn put_down(&self, pack: Pack) -> Shown {
        let mut output = self.output.clone();
        let pages = self.output.files.iter().filter(|(path, _)| self.page(path).is_some());
        for (path, entry) in pages {
            let content = match &entry.content {
                Content::Bytes(_) if pack.has(entry.digest) => Content::Kept,
                // A page that is held as it was before may be in the old pack alone.
                Content::Kept if !pack.has(entry.digest) => match self.bytes(entry) {
                    Some(bytes) => Content::Bytes(bytes.into_owned().into()),
                    None => continue,
                },
                _ => continue,
            };
            output.files.insert(path.clone(), Entry { content, ..entry.clone() });
        }
        Shown {
            output,
            pack: Some(Arc::new(pack)),
            base_path: self.base_path.clone(),
            findings: self.findings.clone(),
            insight: self.insight.clone(),
            held: self.held.clone(),
            moved: self.moved.clone(),
            pages: self.pages.clone(),
            ..*self
        }
    }

    /// Puts the last good versions in the place of faulty pages.
    fn holding(mut self, before: &Shown, faulty: &BTreeMap<SitePath, bool>) -> Shown {
        let was_faulty = self::faulty(&before.findings);
        let mut held = BTreeMap::new();
        for file in faulty.keys() {
            // A front matter that cannot be read may have named the place: what is held there stays.
            let held_before = before.held.iter().filter(|(_, own)| *own == file).map(|(place, _)| place.clone());
            let places: BTreeSet<SitePath> = before.places(file).chain(self.places(file)).chain(held_before).collect();
            for place in places {
                // A page that was faulty before it was first built has no good version.
                let good = before.held.contains_key(&place) || !was_faulty.contains_key(file);
                if let Some(entry) = before.output.files.get(&place).filter(|_| good) {
                    self.output.files.insert(place.clone(), entry.clone());
                    held.insert(place, file.clone());
                }
            }
        }
        // A page that a fault elsewhere keeps from being laid out. Nothing that was shown before is such a one.
        let blank = before.output.files.diff(&self.output.files).filter_map(|item| match item {
            DiffItem::Add(path, entry) | DiffItem::Update { new: (path, entry), .. } => Some((path, entry)),
            DiffItem::Remove(..) => None,
        });
        let blank = blank.filter(|(path, entry)| is_blank(path, entry)).map(|(path, _)| path.clone());
        let blank: Vec<SitePath> = blank.collect();
        for place in blank {
            match before.output.files.get(&place) {
                Some(entry) => {
                    self.output.files.insert(place.clone(), entry.clone());
                    held.insert(place.clone(), self.file_of(&place).unwrap_or(site::FILE.into()));
                }
                None => drop(self.output.files.remove(&place)),
            }
        }
        self.held = held;
        self
    }

    /// Whether what every page depends on could be read.
    fn is_sound(&self) -> bool {
        let unread = faulty(&self.findings).into_iter().any(|(file, unread)| unread && is_shared(&file));
        self.number > 0 && !unread
    }

    /// The page that stands at a place of the output.
    pub fn page(&self, place: &str) -> Option<PageNo> {
        let insight = self.insight.as_ref()?;
        let numbered =
            || (0..).zip(&insight.guide.0.pages).map(|(number, node)| (node.output.clone(), number)).collect();
        self.pages.get_or_init(numbered).get(place).copied()
    }

    /// The file that the page at a place is written in.
    pub fn file_of(&self, place: &SitePath) -> Option<SitePath> {
        let insight = self.insight.as_ref()?;
        let node = insight.guide.0.page(self.page(place)?);
        node.page(&insight.sources).map(|page| page.path.clone())
    }

    /// The places of the pages that a file is shown at: its own, and those where it stands in for a
    /// translation.
    fn places<'a>(&'a self, file: &'a SitePath) -> impl Iterator<Item = SitePath> + 'a {
        let insight = self.insight.as_deref();
        let nodes =
            insight.into_iter().flat_map(|insight| insight.guide.0.pages.iter().map(move |node| (insight, node)));
        let own = nodes.filter(|(insight, node)| node.page(&insight.sources).is_some_and(|page| page.path == *file));
        own.map(|(_, node)| node.output.clone())
    }

    /// The findings that concern a place: those of its file, and errors of files that are no pages,
    /// for they keep the whole site from being published.
    pub fn concerning<'a>(&'a self, place: &SitePath) -> Vec<&'a Located> {
        let file = self.held.get(place).cloned().or_else(|| self.file_of(place));
        let own = file.iter().flat_map(|file| self.findings.of_file(file));
        let own = own.filter(|finding| finding.severity > Severity::Note);
        let others = self.findings.errors().filter(|finding| {
            file.as_ref().is_none_or(|file| finding.file != *file) && (self.is_frozen || !self.is_page(&finding.file))
        });
        own.chain(others).map(|finding| &**finding).collect()
    }

    fn is_page(&self, file: &SitePath) -> bool {
        file.starts_with("content/") && file.extension() == "md" && !file.contains("/_")
    }

    /// The bytes of an entry, if they are at hand.
    pub fn bytes<'a>(&self, entry: &'a Entry) -> Option<Cow<'a, [u8]>> {
        match entry.bytes() {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => self.pack.as_ref()?.get(entry.digest).map(Cow::Owned),
            // The input file that it is a copy of changed this very moment: the build that shows it is
            // under way.
            Err(_) => None,
        }
    }

    /// The redirect that the host answers an address with, where it does so itself.
    pub fn redirect(&self, inner: &str) -> Option<String> {
        let insight = self.insight.as_ref().filter(|insight| insight.site.target.host.redirects())?;
        let wanted = format!("/{inner}");
        let redirect = insight.guide.0.redirects.iter().find(|redirect| redirect.from == wanted)?;
        Some(if redirect.to.starts_with('/') { insight.site.href(&redirect.to) } else { redirect.to.clone() })
    }

    /// The kind of host that the site is built for.
    pub fn host(&self) -> Host {
        self.insight.as_ref().map_or(Host::Plain, |insight| insight.site.target.host)
    }

    /// The page for an address that leads nowhere.
    pub fn not_found(&self, inner: &str) -> Option<(&SitePath, &Entry)> {
        let file = |path: &str| self.output.files.get_key_value(path);
        let mut folder = if self.host().finds_nearest_404() { inner } else { "" };
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(found) = file(&format!("{above}/{NOT_FOUND}")) {
                return Some(found);
            }
            folder = above;
        }
        file(NOT_FOUND)
    }

    /// The place of an address within the site, as a browser has it: without base path and query.
    pub fn place(&self, path: &str) -> SitePath {
        let path = urls::decode(path);
        let inner = path.strip_prefix(self.base_path.as_str()).unwrap_or(path.trim_start_matches('/'));
        urls::output(inner)
    }
}

const NOT_FOUND: &str = "404.html";

/// The files that have an error, and whether it is one that leaves them unread.
fn faulty(findings: &Findings) -> BTreeMap<SitePath, bool> {
    let mut files = BTreeMap::new();
    for finding in findings.errors() {
        *files.entry(finding.file.clone()).or_default() |= finding.rule.starts_with("read/");
    }
    files
}

/// Whether every page depends on a file.
fn is_shared(file: &str) -> bool {
    let shared = ["themes/", "content/_data/", "content/_parts/"];
    file == site::FILE || file == "schema.yaml" || shared.iter().any(|folder| file.starts_with(folder))
}

/// Whether a page could not be laid out.
fn is_blank(path: &SitePath, entry: &Entry) -> bool {
    entry.len == 0 && path.extension() == "html" && !matches!(entry.content, Content::Copy(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        build::{Memo, Options, build},
        deliver::news::News,
        source::tree::Tree,
    };

    fn options() -> Options {
        Options {
            today: "2026-11-23".parse().unwrap(),
            drafts: false,
            base_url: None,
            target: None,
            slow: Default::default(),
        }
    }

    /// A site that is edited and shown again after each edit.
    struct Desk {
        tree: Tree,
        memo: Memo,
        shown: Shown,
    }

    impl Desk {
        fn new() -> Desk {
            let tree = Tree::of(&[
                ("guide.yaml", "title: Guide\nbase_url: https://guide.example/\n"),
                ("content/index.md", "---\ntitle: Home\nsummary: s\n---\n[[a]] [[b]]\n"),
                ("content/a.md", "---\ntitle: A\nsummary: s\n---\nFirst.\n"),
                ("content/b.md", "---\ntitle: B\nsummary: s\n---\nOther.\n"),
            ]);
            let mut desk = Desk { tree, memo: Memo::for_watching(), shown: Shown::default() };
            desk.news("index.html");
            desk
        }

        /// Edits a file, and gives what that means for a page.
        fn edit(&mut self, file: &str, text: &str, place: &str) -> News {
            self.tree.set(file, text);
            self.news(place)
        }

        /// Builds, and gives what that means for a page.
        fn news(&mut self, place: &str) -> News {
            let before = std::mem::take(&mut self.shown);
            self.shown = before.next(build(&self.tree, &options(), &mut self.memo));
            self.shown.news(&before, &place.into())
        }

        fn text(&self, place: &str) -> String {
            self.shown.text(&place.into()).unwrap_or_default()
        }
    }

    #[test]
    fn a_broken_page_stays_as_it_was_and_comes_back_when_it_is_mended() {
        let mut desk = Desk::new();
        assert_eq!(desk.edit("content/a.md", "---\ntitle: [\n---\n", "a/index.html"), News::Same);
        assert!(desk.text("a/index.html").contains("First."));
        assert!(desk.shown.held.contains_key("a/index.html"));
        assert_eq!(desk.shown.concerning(&"a/index.html".into()).len(), 1);
        assert!(desk.shown.concerning(&"b/index.html".into()).is_empty(), "b has nothing to do with it");
        assert_eq!(desk.edit("content/b.md", "---\ntitle: B\nsummary: s\n---\nNew.\n", "b/index.html"), News::Reload);
        assert!(desk.text("a/index.html").contains("First."), "a second build later it still stays");
        assert_eq!(
            desk.edit("content/a.md", "---\ntitle: A\nsummary: s\n---\nMended.\n", "a/index.html"),
            News::Reload
        );
        assert!(desk.shown.held.is_empty() && desk.text("a/index.html").contains("Mended."));
    }

    #[test]
    fn pages_that_were_put_down_are_still_there_and_so_is_one_that_is_held() {
        let mut desk = Desk::new();
        let folder = tempfile::tempdir().unwrap();
        let put_down = |desk: &mut Desk| {
            let built = build(&desk.tree, &options(), &mut desk.memo);
            let held: Vec<_> =
                built.output.files.values().map(|entry| (entry.digest, desk.shown.bytes(entry))).collect();
            let pieces = held.into_iter().filter_map(|(digest, bytes)| Some((digest, bytes?.into_owned().into())));
            Pack::write(folder.path(), pieces).unwrap();
            let pack = Pack::open(folder.path()).unwrap();
            desk.memo.put_down(|digest| pack.has(digest));
            desk.shown = desk.shown.put_down(pack);
        };
        put_down(&mut desk);
        let is_kept = |desk: &Desk, place: &str| matches!(desk.shown.output.files[place].content, Content::Kept);
        assert!(is_kept(&desk, "a/index.html") && desk.text("a/index.html").contains("First."));
        assert_eq!(desk.edit("content/a.md", "---\ntitle: [\n---\n", "a/index.html"), News::Same);
        for _ in 0..2 {
            put_down(&mut desk);
            assert!(!is_kept(&desk, "a/index.html") && is_kept(&desk, "b/index.html"));
            assert!(desk.text("a/index.html").contains("First."), "the next pack has only what would be published");
        }
        let mended = "---\ntitle: A\nsummary: s\n---\nMended.\n";
        assert_eq!(desk.edit("content/a.md", mended, "a/index.html"), News::Reload);
        assert!(desk.text("a/index.html").contains("Mended.") && desk.text("b/index.html").contains("Other."));
        let css = "main { color: CanvasText }";
        let news = desk.edit("themes/base/css/page.css", css, "b/index.html");
        assert!(matches!(news, News::Style(_)), "the old page is read from the pack to be compared: {news:?}");
    }

    #[test]
    fn a_broken_guide_yaml_leaves_the_whole_site_as_it_was() {
        let mut desk = Desk::new();
        assert_eq!(desk.edit("guide.yaml", "title: [", "index.html"), News::Same);
        assert!(desk.shown.is_frozen && desk.text("b/index.html").contains("Other."));
        assert_eq!(desk.shown.concerning(&"b/index.html".into()).len(), 1, "it concerns every page");
        let mended = "title: Guide\nbase_url: https://guide.example/\n";
        assert_eq!(desk.edit("guide.yaml", mended, "index.html"), News::Same);
        assert!(!desk.shown.is_frozen);
    }

    #[test]
    fn a_broken_template_leaves_the_pages_as_they_were() {
        let mut desk = Desk::new();
        let template = "themes/base/templates/parts/review.html";
        for text in ["{% if %}", "{{ page.nothing }}"] {
            assert_eq!(desk.edit(template, text, "a/index.html"), News::Same, "{text}");
            assert!(desk.text("a/index.html").contains("First."));
        }
        desk.tree.files.remove(template);
        assert_eq!(desk.news("a/index.html"), News::Same);
        assert!(!desk.shown.is_frozen && desk.shown.held.is_empty());
    }

    #[test]
    fn a_page_that_moved_is_followed_and_one_that_went_is_missed() {
        let mut desk = Desk::new();
        let file = desk.tree.files.remove("content/a.md").unwrap();
        desk.tree.files.insert("content/c/d.md".into(), file);
        desk.tree.set("content/index.md", "---\ntitle: Home\nsummary: s\n---\n[[d]] [[b]]\n");
        assert_eq!(desk.news("a/index.html"), News::Moved("/c/d/".into()));
        assert_eq!(desk.shown.moved.get("a/index.html").map(String::as_str), Some("/c/d/"));
        desk.tree.files.remove("content/b.md");
        desk.tree.set("content/index.md", "---\ntitle: Home\nsummary: s\n---\n[[d]]\n");
        assert_eq!(desk.news("b/index.html"), News::Gone);
    }

    #[test]
    fn a_new_style_sheet_is_no_new_page() {
        let mut desk = Desk::new();
        let css = "main { color: CanvasText }";
        let News::Style(style) = desk.edit("themes/base/css/page.css", css, "a/index.html") else {
            panic!("only the style changed");
        };
        assert!(desk.shown.output.files.contains_key(style.trim_start_matches('/')));
    }
}
