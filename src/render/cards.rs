//! Links, cards and relations as views.

use super::{
    fields,
    viewer::Viewer,
    views::{CardView, DataView, LinkView, RelatedView, RelationView},
};
use crate::{
    load::{page::Page, typography::Typography},
    resolve::{
        guide::{End, Group, Node, Origin, PageNo, Paging, Thing, counterpart},
        nodes::is_home,
    },
    settings::types::Type,
};

impl<'a> Viewer<'a> {
    /// A link to a page.
    pub fn link(&self, page: PageNo, short: bool) -> LinkView {
        let node = self.guide.page(page);
        let title = if short && !node.short.is_empty() { &node.short } else { self.title(node) };
        LinkView { title: title.into(), url: self.site.href(&node.url), lang: self.foreign(&node.text_lang) }
    }

    /// What the browser's tab and history say of a page. A neutral name of the site is that of its home too.
    pub fn tab_title(&self, node: &'a Node, page: Option<&'a Page>) -> &'a str {
        let own = page.and_then(|page| page.tab_title.as_deref());
        let of_site = self.site.tab_title.as_deref().filter(|_| is_home(node));
        own.or(of_site).unwrap_or(self.title(node))
    }

    /// Links to those of the pages that are in this language.
    pub fn links(&self, pages: &[PageNo]) -> Vec<LinkView> {
        let own = pages.iter().filter(|page| self.guide.page(**page).lang == *self.lang);
        own.map(|page| self.link(*page, false)).collect()
    }

    /// A link to the page that stands for `page` in this language.
    pub fn link_here(&self, page: PageNo) -> LinkView {
        self.link(counterpart(&self.guide.pages, page, self.lang), true)
    }

    /// The pages that mention a page in their text.
    pub fn mentions(&self, node: &Node) -> Vec<LinkView> {
        self.links(&node.mentions)
    }

    /// A page or an entry, as lists show it.
    pub fn card(&self, thing: Thing, anchor: Option<&str>) -> CardView {
        let kind = self.schema.kind(self.guide.kind(thing));
        let (title, summary, lang, count) = match thing {
            Thing::Page(page) => {
                let node = self.guide.page(page);
                let count = if matches!(node.origin, Origin::Term(..)) { self.members(page) } else { 0 };
                (self.title(node), node.summary.clone(), &node.text_lang, count)
            }
            Thing::Entry(entry) => {
                let text = self.guide.entry_text(entry, self.lang);
                (text.title.as_str(), String::new(), &text.lang, 0)
            }
        };
        let listed = kind.folder.is_some() || kind.data.is_some();
        let kind_title = if listed { self.heading("kind-one", &kind.name, "", &kind.singular) } else { "" };
        CardView {
            title: title.into(),
            url: self.site.href(&self.guide.url(thing, anchor, self.lang)),
            summary,
            kind: kind.name.clone(),
            kind_title: kind_title.into(),
            lang: self.foreign(lang),
            count,
            cells: Vec::new(),
        }
    }

    /// How many pages a term has, on all of its own pages.
    fn members(&self, number: PageNo) -> u32 {
        let term = self.guide.page(number);
        let own = || self.guide.below(number).len();
        let on = |paging: &Paging| paging.pages.iter().map(|page| self.guide.below(*page).len()).sum();
        term.paging.as_ref().map_or_else(own, on) as u32
    }

    /// One end of a relation; a heading that it names stands for the page.
    fn end(&self, end: &End) -> CardView {
        let card = self.card(end.thing, end.anchor.as_deref());
        match &end.heading {
            Some(heading) => CardView { title: heading.clone(), summary: String::new(), ..card },
            None => card,
        }
    }

    /// The relations of a page or entry, as far as they lead to this language.
    pub fn relations(&self, groups: &[Group], own: Thing) -> Vec<RelationView> {
        let mut views = Vec::new();
        for group in groups {
            let relation = &self.schema.relations[group.relation as usize];
            let side = relation.seen(group.inverse);
            let items = group.edges.iter().filter_map(|edge| self.related(*edge, own, group.inverse));
            let items: Vec<RelatedView> = items.collect();
            if !items.is_empty() {
                let heading = self.heading("relation", &side.name, "", &side.heading);
                views.push(RelationView { name: side.name.clone(), heading: heading.into(), items });
            }
        }
        views
    }

    /// The end of an edge that a page or entry at its other end shows.
    pub fn far_end(&self, number: u32, own: Thing, inverse: bool) -> &End {
        let edge = self.guide.edge(number);
        // From the far end one sees the start, and the other way round; a symmetric relation
        // shows whichever end is not this page.
        if inverse || edge.to.thing == own && edge.from.thing != own { &edge.from } else { &edge.to }
    }

    /// One edge as the page at one of its ends shows it.
    pub fn related(&self, number: u32, own: Thing, inverse: bool) -> Option<RelatedView> {
        let edge = self.guide.edge(number);
        let far = self.far_end(number, own, inverse);
        // An entry has relations to the pages of every language.
        if let (Thing::Entry(_), Thing::Page(page)) = (own, far.thing)
            && self.guide.page(page).lang != *self.lang
        {
            return None;
        }
        let relation = &self.schema.relations[edge.relation as usize];
        let prefix = format!("edge_{number}_");
        let typography = Typography::of(&edge.lang, self.site.smart_punctuation);
        let mut writer = fields::FieldWriter {
            targets: &edge.targets,
            used: 0,
            strings: self.strings,
            prefix: &prefix,
            proses: 0,
            typography,
            kit: self.kit,
        };
        let data = edge.data.iter().map(|(name, value)| {
            let field = relation.data.iter().find(|field| field.name == *name);
            let mut html = String::new();
            writer.item(&mut html, value, field.map_or(&Type::Any, |field| &field.kind));
            let usual = field.and_then(|field| field.heading.clone()).unwrap_or_else(|| fields::words(name));
            let label = self.heading("relation", &relation.forward.name, name, &usual).to_string();
            DataView { name: name.clone(), label, html, lang: self.foreign(&edge.lang) }
        });
        Some(RelatedView { data: data.collect(), card: self.end(far) })
    }
}
