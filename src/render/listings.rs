//! The views of lists: queries, the A–Z, the register of reviews, the pages of a term, feeds; and
//! what all pages of a language share.

use super::{
    body,
    escape::{attribute, escape},
    fields,
    list_views::{
        CellView, ColumnView, GroupView, IndexItemView, LetterView, ListView, PagingView, RegisterView,
        UncheckedEntryView, UncheckedView,
    },
    viewer::Viewer,
    views::{CardView, IconView, LinkView, SiteView},
};
use crate::{
    assets::theme::Theme,
    load::typography::Typography,
    resolve::{
        feeds,
        guide::{Group, ListNode, Listing, Node, Origin, PageNo, Thing, counterpart},
        nodes::is_home,
        urls,
    },
    search::format,
    settings::{schema::Kind, site::is_placeholder, types::Type},
};
use std::{collections::BTreeSet, sync::Arc};

/// Files that browsers look for beside the pages: name in the output, relation, media type.
const ICONS: [(&str, &str, &str); 6] = [
    ("favicon.svg", "icon", "image/svg+xml"),
    ("favicon.png", "icon", "image/png"),
    ("favicon.ico", "icon", "image/x-icon"),
    ("apple-touch-icon.png", "apple-touch-icon", "image/png"),
    ("site.webmanifest", "manifest", "application/manifest+json"),
    ("manifest.webmanifest", "manifest", "application/manifest+json"),
];

impl Viewer<'_> {
    /// What all pages of this language share.
    pub fn site(&self, theme: &Theme) -> SiteView {
        let url = |path: &String| self.site.href(path);
        let menu = |(name, pages): (&String, &Vec<PageNo>)| {
            (name.clone(), pages.iter().map(|page| self.link_here(*page)).collect())
        };
        let title = Typography::of(self.lang, self.site.smart_punctuation)
            .line(self.site.languages.get(self.lang.tag()).unwrap_or(&self.site.title))
            .into_owned();
        SiteView {
            tab_title: self.site.tab_title.clone().unwrap_or_else(|| title.clone()),
            title,
            lang: self.lang.tag().into(),
            dir: self.lang.direction(),
            home: self.home(),
            a_z: self.shows(Listing::AZ),
            search_url: self.shows(Listing::Search),
            search_module: self.site.href(format::MODULE),
            search_address: self.site.search_address,
            review: self.shows(Listing::Review),
            icons: self.icons(theme),
            feed: self.site_feed(),
            open_graph: self.site.open_graph,
            sizes: theme.pictures.sizes.clone(),
            base_path: self.site.base_path().into(),
            menus: self.guide.menus.iter().map(menu).collect(),
            urgent_help: self.guide.urgent_help.map(|page| self.link_here(page)).unwrap_or_default(),
            urgent_lines: self.urgent_lines(),
            is_manual: self.site.is_manual,
            exit: self.site.exit.clone().unwrap_or_default(),
            search: self.site.search,
            publisher: self.site.publisher.clone().into_iter().filter(|(_, text)| !is_placeholder(text)).collect(),
            style: url(&theme.assets.style),
            scripts: theme.assets.scripts.values().map(url).collect(),
            files: theme.assets.files.iter().map(|(name, path)| (name.clone(), url(path))).collect(),
            labels: self.strings.labels.clone(),
            extra: (&self.site.extra).into(),
        }
    }

    fn home(&self) -> String {
        // A language that has no home of its own leads to the site's.
        let own = self.guide.pages.iter().find(|page| is_home(page) && page.lang == *self.lang);
        self.site.href(own.map_or("/", |page| &page.url))
    }

    /// The address of the page of this language that shows an index.
    fn shows(&self, listing: Listing) -> String {
        let fits = |page: &&Arc<Node>| {
            page.listing == Some(listing) && page.lang == *self.lang && !page.hidden && !page.broken
        };
        self.guide.pages.iter().find(fits).map(|page| self.site.href(&page.url)).unwrap_or_default()
    }

    /// Icons and manifest, of the site or else of the theme.
    fn icons(&self, theme: &Theme) -> Vec<IconView> {
        let find = |(name, rel, mime): (&str, &'static str, &'static str)| {
            let own = self.sources.files.iter().any(|(path, _)| path.strip_prefix("static/") == Some(name));
            let themes = || theme.assets.files.iter().find(|(file, _)| file.rsplit('/').next() == Some(name));
            let path = if own { Some(name) } else { themes().map(|(_, path)| path.as_str()) };
            path.map(|path| IconView { rel, mime, url: self.site.href(path) })
        };
        ICONS.into_iter().filter_map(find).collect()
    }

    fn site_feed(&self) -> String {
        let home = self.guide.home.map(|home| counterpart(&self.guide.pages, home, self.lang));
        home.map(|home| self.feed(self.guide.page(home))).unwrap_or_default()
    }

    /// The feed of the site, a section or a term; empty when it has none.
    pub fn feed(&self, node: &Node) -> String {
        match feeds::has_feed(node, self.site) {
            true => self.site.href(&urls::feed(&node.url)),
            false => String::new(),
        }
    }

    /// The address of a page's copy in Markdown.
    pub fn markdown(&self, node: &Node) -> String {
        let has_copy = self.site.markdown_copies && matches!(node.origin, Origin::Authored(_)) && !node.fallback;
        if has_copy { self.site.href(&urls::markdown(&node.url)) } else { String::new() }
    }

    /// The answer to a query.
    pub fn list(&self, list: &ListNode) -> Option<ListView> {
        let items = |pages: &[PageNo]| pages.iter().map(|page| self.item(*page, &list.show)).collect();
        let is_grouped = list.groups.iter().any(|(heading, _)| !heading.is_empty());
        let rest = self.strings.get("list-rest");
        let groups = list.groups.iter().filter(|(_, pages)| !pages.is_empty());
        let view = |(heading, pages): &(String, Vec<PageNo>)| GroupView {
            heading: match heading.as_str() {
                "" if is_grouped => rest.into(),
                heading => self.group_heading(list, heading),
            },
            items: items(pages),
        };
        let groups: Vec<GroupView> = groups.map(view).collect();
        let columns = || {
            let kinds: BTreeSet<&String> =
                list.groups.iter().flat_map(|(_, pages)| pages).map(|page| &self.guide.page(*page).kind).collect();
            list.show.iter().map(|name| self.column(name, &kinds)).collect()
        };
        (!groups.is_empty()).then(|| ListView {
            title: list.title.clone(),
            look: list.look.clone(),
            blanks: list.columns.clone(),
            kind_title: kind_title(&groups),
            columns: columns(),
            groups,
        })
    }

    /// What a group of a list is called: a term as the language calls it.
    fn group_heading(&self, list: &ListNode, heading: &str) -> String {
        let taxonomy = list.group_by.as_ref().filter(|key| self.site.taxonomies.contains_key(*key));
        let term = |taxonomy: &String| self.heading("term", taxonomy, &crate::base::slug::slug(heading), heading);
        taxonomy.map_or(heading, term).into()
    }

    /// The heading of what a list shows under a key, of the kinds of page in it.
    fn column(&self, name: &str, kinds: &BTreeSet<&String>) -> ColumnView {
        let taxonomy = self.site.taxonomies.get(name).map(|own| self.heading("taxonomy", name, "", &own.title));
        let of_kind = |kind: &&String| -> Option<&str> {
            let kind = self.schema.kind(kind);
            if let Some(field) = kind.fields.iter().find(|field| field.name == name) {
                return Some(self.heading("field", &kind.name, name, field.heading.as_deref()?));
            }
            let (_, relation, inverse) = self.schema.relation(name, &kind.name)?;
            let side = relation.seen(inverse);
            Some(self.heading("relation", &side.name, "", &side.heading))
        };
        let heading = taxonomy.or_else(|| kinds.iter().find_map(of_kind));
        let heading = heading.map_or_else(|| fields::words(name), String::from);
        ColumnView { name: name.into(), heading }
    }

    /// A relation of a page in a line each: where it leads, by its name in menus, for a table has little room;
    /// and the words of a choice and the source that stand on it.
    fn related_html(&self, group: &Group, page: PageNo) -> String {
        let own = Thing::Page(page);
        let declared = &self.schema.relations[group.relation as usize].data;
        let is_short = |name: &str| {
            let field = declared.iter().find(|field| field.name == name);
            field.is_some_and(|field| matches!(field.kind, Type::Choice(_) | Type::Source))
        };
        list_html(group.edges.iter().filter_map(|edge| {
            let item = self.related(*edge, own, group.inverse)?;
            let far = self.far_end(*edge, own, group.inverse);
            let title = match far.thing {
                Thing::Page(page) if far.heading.is_none() => self.link(page, true).title,
                _ => item.card.title,
            };
            let short = item.data.iter().filter(|data| is_short(&data.name)).map(|data| format!(" {}", data.html));
            Some(link_html(&title, &item.card.url, &item.card.lang) + &short.collect::<String>())
        }))
    }

    /// A page in a list with what is shown of it.
    fn item(&self, page: PageNo, show: &[String]) -> CardView {
        let card = self.card(Thing::Page(page), None);
        if show.is_empty() {
            return card;
        }
        let node = self.guide.page(page);
        let source = node.page(self.sources);
        let kind = self.schema.kind(&node.kind);
        let prefix = format!("list_{page}_");
        let typography = Typography::of(&node.text_lang, self.site.smart_punctuation);
        let written = source.map_or(Vec::new(), |source| {
            let targets = &node.targets[(source.text_links as usize).min(node.targets.len())..];
            body::fields(&source.content, targets, kind, self.strings, &prefix, typography, self.kit)
        });
        let lang = || self.foreign(&node.text_lang);
        let links = |links: Vec<LinkView>| CellView { html: links_html(&links), ..CellView::default() };
        let cell = |name: &String| {
            let value = source.and_then(|source| source.content.field(name));
            if let Some((value, (_, html))) = value.zip(written.iter().find(|(own, _)| own == name)) {
                return CellView { html: html.clone(), value: set(value.into(), typography), lang: lang() };
            }
            if let Some((_, terms)) = node.terms.iter().find(|(own, _)| own == name) {
                return links(terms.iter().map(|term| self.link(*term, false)).collect());
            }
            let named =
                |group: &&Group| self.schema.relations[group.relation as usize].seen(group.inverse).name == *name;
            let group = node.relations.iter().find(named);
            let html = group.map_or_else(String::new, |group| self.related_html(group, page));
            CellView { html, ..CellView::default() }
        };
        CardView { cells: show.iter().map(cell).collect(), ..card }
    }

    /// The index from A to Z, for the page that shows it.
    pub fn a_z(&self, node: &Node) -> Vec<LetterView> {
        let letters = self.guide.a_z.get(self.lang).filter(|_| node.listing == Some(Listing::AZ));
        let letters = letters.map_or(&[][..], Vec::as_slice);
        let view = |(i, letter): (usize, &crate::resolve::guide::Letter)| LetterView {
            label: letter.label.clone(),
            id: format!("letter_{}", i + 1),
            items: letter
                .items
                .iter()
                .map(|item| {
                    let CardView { title, url, lang, .. } = self.card(item.thing, None);
                    let link = LinkView { title, url, lang: lang.clone() };
                    IndexItemView { name: item.name.clone(), lang, is_other_name: item.is_other_name, link }
                })
                .collect(),
        };
        letters.iter().enumerate().map(view).collect()
    }

    /// The register of reviews, for the page that shows it: what is most urgent first.
    pub fn register(&self, node: &Node) -> Vec<RegisterView> {
        if node.listing != Some(Listing::Review) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for (i, other) in self.guide.pages.iter().enumerate() {
            let listed = other.lang == *self.lang && !other.fallback && !other.hidden && !other.broken;
            let Some(page) = other.page(self.sources).filter(|page| listed && page.reviewable) else { continue };
            let state = match (page.reviewed, page.review_by) {
                (_, Some(due)) if due < self.today => "overdue",
                (None, _) => "never",
                _ => "current",
            };
            let kind = self.schema.kind(&other.kind);
            let day = |date: Option<_>| date.map(|date| self.strings.date(date)).unwrap_or_default();
            let view = RegisterView {
                link: self.link(i as PageNo, false),
                kind_title: if kind.folder.is_some() { kind.singular.clone() } else { String::new() },
                reviewed: day(page.reviewed),
                reviewed_by: self.strings.list(&page.reviewed_by),
                due: day(page.review_by),
                state,
            };
            let urgency = ["overdue", "never", "current"].iter().position(|own| *own == state);
            rows.push(((urgency, page.review_by, i), view));
        }
        rows.sort_by_key(|(key, _)| *key);
        rows.into_iter().map(|(_, view)| view).collect()
    }

    /// What is to be checked in the data, for the register.
    pub fn unchecked(&self, node: &Node) -> Vec<UncheckedView> {
        if node.listing != Some(Listing::Review) {
            return Vec::new();
        }
        let verified = self.schema.data_kinds().filter(|(_, data)| data.verify.is_some());
        let of_kind = |kind: &Kind| {
            let all: Vec<u32> = (0u32..)
                .zip(self.guide.entries.iter())
                .filter(|(_, own)| own.kind == kind.name)
                .map(|(n, _)| n)
                .collect();
            let open = all.iter().filter_map(|number| {
                let check = self.check(*number);
                let CardView { title, url, lang, .. } = self.card(Thing::Entry(*number), None);
                let link = LinkView { title, url, lang };
                (check.is_open || check.is_stale).then_some(UncheckedEntryView { link, text: check.text })
            });
            let heading = self.heading("kind", &kind.name, "", &kind.title).to_string();
            UncheckedView { heading, count: all.len() as u32, entries: open.collect() }
        };
        verified.map(|(kind, _)| of_kind(kind)).filter(|view| !view.entries.is_empty()).collect()
    }

    /// The keys of the publisher that are still placeholders, for the register.
    pub fn placeholders(&self, node: &Node) -> Vec<String> {
        let is_asked = node.listing == Some(Listing::Review);
        let open = self.site.publisher.iter().filter(|(_, text)| is_asked && is_placeholder(text));
        open.map(|(key, _)| key.clone()).collect()
    }

    /// The place of a page among the pages of a term.
    pub fn paging(&self, node: &Node) -> Option<PagingView> {
        let paging = node.paging.as_ref()?;
        let link = |number: usize| {
            let page = paging.pages.get(number)?;
            Some(LinkView { title: (number + 1).to_string(), ..self.link(*page, false) })
        };
        let (number, count) = (paging.number as usize, paging.pages.len());
        let args = [("number", (number as i64 + 1).into()), ("count", (count as i64).into())];
        Some(PagingView {
            number: number as u32 + 1,
            count: count as u32,
            pages: (0..count).filter_map(link).collect(),
            previous: number.checked_sub(1).and_then(link),
            next: link(number + 1),
            text: self.strings.format("page-of", &args),
        })
    }
}

/// What the pages of a list are called, where all are of one kind.
fn kind_title(groups: &[GroupView]) -> String {
    let mut items = groups.iter().flat_map(|group| &group.items);
    let first = items.next().map(|item| item.kind_title.clone()).unwrap_or_default();
    if items.all(|item| item.kind_title == first) { first } else { String::new() }
}

/// Values with their quotation marks and apostrophes as the language sets them.
fn set(value: serde_json::Value, typography: Typography) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Json::String(typography.line(&text).into_owned()),
        Json::Array(items) => Json::Array(items.into_iter().map(|item| set(item, typography)).collect()),
        Json::Object(entries) => Json::Object(entries.into_iter().map(|(k, v)| (k, set(v, typography))).collect()),
        other => other,
    }
}

/// Links as a list in HTML; nothing of none.
fn links_html(links: &[LinkView]) -> String {
    list_html(links.iter().map(|link| link_html(&link.title, &link.url, &link.lang)))
}

fn link_html(title: &str, url: &str, lang: &str) -> String {
    let mut out = String::from("<a href=\"");
    attribute(&mut out, url);
    out.push('"');
    if !lang.is_empty() {
        out.push_str(&format!(" lang=\"{lang}\" dir=\"auto\""));
    }
    out.push('>');
    escape(&mut out, title);
    out.push_str("</a>");
    out
}

fn list_html(items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if items.is_empty() { items } else { format!("<ul>\n{items}</ul>\n") }
}
