//! Makes the views of pages from the guide: the only place where what a template sees is decided.

use super::{
    body::{Body, Piece},
    fields,
    strings::Strings,
    views::{
        BodyView, CardView, DataView, EntryView, FieldView, HeadingView, LinkView, PageView, PieceView, RelatedView,
        RelationView, ReviewView, SiteView, TermsView,
    },
};
use crate::{
    assets::theme::Theme,
    base::{date::Date, lang::Lang},
    load::page::Page,
    resolve::{
        guide::{End, Group, Guide, Node, PageNo, Target, Thing},
        urls::{HOME, NOT_FOUND},
    },
    settings::{
        schema::{Kind, Schema},
        site::Site,
        types::{Field, Type},
    },
};

/// Makes views.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// The settings.
    pub site: &'a Site,
    /// The schema.
    pub schema: &'a Schema,
    /// The guide.
    pub guide: &'a Guide,
    /// Today, for what is overdue.
    pub today: Date,
}

impl<'a> Viewer<'a> {
    /// What all pages of a language share.
    pub fn site(&self, lang: &Lang, theme: &Theme, strings: &Strings) -> SiteView {
        let link = |page: &PageNo| self.link(*page, true);
        let url = |path: &String| self.site.href(path);
        let is_placeholder = |text: &str| text.starts_with('<') && text.ends_with('>');
        SiteView {
            title: self.site.languages.get(lang.tag()).unwrap_or(&self.site.title).clone(),
            lang: lang.tag().into(),
            dir: lang.direction(),
            home: self.home(lang),
            base_path: self.site.base_path().into(),
            menus: self
                .guide
                .menus
                .iter()
                .map(|(name, pages)| (name.clone(), pages.iter().map(link).collect()))
                .collect(),
            urgent_help: self.guide.urgent_help.map(|page| self.link(page, true)).unwrap_or_default(),
            search: self.site.search,
            publisher: self.site.publisher.clone().into_iter().filter(|(_, text)| !is_placeholder(text)).collect(),
            style: url(&theme.assets.style),
            scripts: theme.assets.scripts.values().map(url).collect(),
            files: theme.assets.files.iter().map(|(name, path)| (name.clone(), url(path))).collect(),
            labels: strings.labels.clone(),
            extra: (&self.site.extra).into(),
        }
    }

    fn home(&self, lang: &Lang) -> String {
        // A language that has no home of its own leads to the site's.
        let own = self.guide.pages.iter().find(|page| page.id == HOME && page.lang == *lang);
        self.site.href(own.map_or("/", |page| &page.url))
    }

    /// One page. `page` is its source, where it has one.
    pub fn page(&self, number: PageNo, page: Option<&'a Page>, strings: &Strings) -> PageView<'a> {
        let node = self.guide.page(number);
        let kind = self.schema.kind(&node.kind);
        let placed = page.map_or(&[][..], |page| &page.placed);
        let (placed, relations) = self
            .relations(&node.relations, Thing::Page(number), strings)
            .into_iter()
            .partition(|r| placed.contains(&r.name));
        let contents = page.map_or(&[][..], |page| &page.outline);
        PageView {
            id: &node.id,
            title: &node.title,
            summary: &node.summary,
            url: self.site.href(&node.url),
            canonical: self.site.absolute(&node.url),
            lang: node.lang.tag(),
            dir: node.lang.direction(),
            kind: &node.kind,
            kind_title: if kind.folder.is_some() { &kind.singular } else { "" },
            is_home: self.guide.home == Some(number),
            is_section: node.is_section,
            noindex: page.is_some_and(|page| page.noindex) || node.id == NOT_FOUND,
            relations,
            placed,
            contents: contents.iter().map(|h| HeadingView { level: h.level, id: &h.id, title: &h.text }).collect(),
            breadcrumbs: self.guide.trail(number).into_iter().map(|page| self.link(page, true)).collect(),
            previous: node.previous.map(|page| self.link(page, false)),
            next: node.next.map(|page| self.link(page, false)),
            children: node.children.iter().map(|child| self.card(Thing::Page(*child), None)).collect(),
            mentions: node.mentions.iter().map(|page| self.link(*page, false)).collect(),
            terms: self.terms(node),
            sources: self.sources(&node.targets),
            review: page.map_or_else(ReviewView::default, |page| self.review(page, strings)),
            extra: page.map_or(serde_json::Value::Null, |page| (&page.extra).into()),
        }
    }

    /// The parts of a text with the fields and relations that it places, and the fields that it
    /// does not place: those for the top, and those for the end.
    pub fn body(
        &self,
        view: &PageView,
        kind: &Kind,
        body: &Body,
        entries: &dyn Fn(&str) -> Vec<EntryView>,
    ) -> BodyView {
        let field = |name: &str| {
            let field = kind.fields.iter().find(|field| field.name == name)?;
            let (_, html) = body.fields.iter().find(|(own, _)| own == name)?;
            Some((
                field,
                FieldView {
                    name: name.into(),
                    heading: field.heading.clone().unwrap_or_default(),
                    style: field.style.clone().unwrap_or_default(),
                    html: html.clone(),
                },
            ))
        };
        let mut placed = Vec::new();
        let mut pieces = Vec::new();
        for piece in &body.pieces {
            pieces.push(match piece {
                Piece::Html(html) => PieceView { html: html.clone(), ..PieceView::default() },
                Piece::Place(name) => {
                    placed.push(name.as_str());
                    PieceView {
                        field: field(name).map(|(_, view)| view),
                        relation: view.placed.iter().find(|relation| relation.name == *name).cloned(),
                        entries: entries(name),
                        ..PieceView::default()
                    }
                }
            });
        }
        let mut out = BodyView { pieces, top: Vec::new(), end: Vec::new() };
        for (name, _) in &body.fields {
            if let Some((field, view)) = field(name)
                && field.heading.is_some()
                && !placed.contains(&name.as_str())
            {
                let list = if field.place.as_deref() == Some("top") { &mut out.top } else { &mut out.end };
                list.push(view);
            }
        }
        out
    }

    /// An entry of a data kind; `fields` are its fields as HTML.
    pub fn entry(&self, number: u32, fields: &[(String, String)], strings: &Strings) -> EntryView {
        let entry = self.guide.entry(number);
        let kind = self.schema.kind(&entry.kind);
        let label = kind.data.as_ref().map_or("", |data| &data.label);
        let shown = kind.fields.iter().filter(|field| {
            let prose = matches!(field.kind, Type::Prose);
            field.name != label && (field.heading.is_some() || prose)
        });
        let view = |field: &Field| {
            let (_, html) = fields.iter().find(|(name, _)| *name == field.name)?;
            Some(FieldView {
                name: field.name.clone(),
                heading: field.heading.clone().unwrap_or_default(),
                style: field.style.clone().unwrap_or_default(),
                html: html.clone(),
            })
        };
        EntryView {
            code: entry.id.clone(),
            id: entry.anchor.clone(),
            kind: entry.kind.clone(),
            title: entry.title.clone(),
            fields: shown.filter_map(view).collect(),
            relations: self.relations(&entry.relations, Thing::Entry(number), strings),
            cited_on: entry.cited_on.iter().map(|page| self.link(*page, false)).collect(),
        }
    }

    fn link(&self, page: PageNo, short: bool) -> LinkView {
        let node = self.guide.page(page);
        let title = if short { &node.short } else { &node.title };
        LinkView { title: if title.is_empty() { &node.title } else { title }.clone(), url: self.site.href(&node.url) }
    }

    fn card(&self, thing: Thing, anchor: Option<&str>) -> CardView {
        let kind = self.schema.kind(self.guide.kind(thing));
        let (title, summary) = match thing {
            Thing::Page(page) => (&self.guide.page(page).title, self.guide.page(page).summary.clone()),
            Thing::Entry(entry) => (&self.guide.entry(entry).title, String::new()),
        };
        let listed = kind.folder.is_some() || kind.data.is_some();
        CardView {
            title: title.clone(),
            url: self.site.href(&self.guide.url(thing, anchor)),
            summary,
            kind: kind.name.clone(),
            kind_title: if listed { kind.singular.clone() } else { String::new() },
        }
    }

    /// One end of a relation; a heading that it names stands for the page.
    fn end(&self, end: &End) -> CardView {
        let card = self.card(end.thing, end.anchor.as_deref());
        match &end.heading {
            Some(heading) => CardView { title: heading.clone(), summary: String::new(), ..card },
            None => card,
        }
    }

    fn relations(&self, groups: &[Group], own: Thing, strings: &Strings) -> Vec<RelationView> {
        let mut views = Vec::new();
        for group in groups {
            let relation = &self.schema.relations[group.relation as usize];
            let side = relation.inverse.as_ref().filter(|_| group.inverse).unwrap_or(&relation.forward);
            let items = group.edges.iter().map(|edge| self.related(*edge, own, group.inverse, strings));
            let items: Vec<RelatedView> = items.collect();
            if !items.is_empty() {
                views.push(RelationView { name: side.name.clone(), heading: side.heading.clone(), items });
            }
        }
        views
    }

    fn related(&self, number: u32, own: Thing, inverse: bool, strings: &Strings) -> RelatedView {
        let edge = &self.guide.edges[number as usize];
        // From the far end one sees the start, and the other way round; a symmetric relation
        // shows whichever end is not this page.
        let far = if inverse || edge.to.thing == own && edge.from.thing != own { &edge.from } else { &edge.to };
        let relation = &self.schema.relations[edge.relation as usize];
        let prefix = format!("edge_{number}_");
        let mut writer = fields::FieldWriter { targets: &edge.targets, used: 0, strings, prefix: &prefix, proses: 0 };
        let data = edge.data.iter().map(|(name, value)| {
            let field = relation.data.iter().find(|field| field.name == *name);
            let mut html = String::new();
            writer.item(&mut html, value, field.map_or(&Type::Any, |field| &field.kind));
            let label = field.and_then(|field| field.heading.clone()).unwrap_or_else(|| fields::words(name));
            DataView { name: name.clone(), label, html }
        });
        RelatedView { data: data.collect(), card: self.end(far) }
    }

    fn terms(&self, node: &Node) -> Vec<TermsView> {
        node.terms
            .iter()
            .map(|(taxonomy, terms)| TermsView {
                title: self.site.taxonomies.get(taxonomy).unwrap_or(taxonomy).clone(),
                terms: terms.iter().map(|term| self.link(*term, false)).collect(),
            })
            .collect()
    }

    /// The citable entries that a page cites, each once, in the order of their first citation.
    fn sources(&self, targets: &[Target]) -> Vec<LinkView> {
        let mut seen = Vec::new();
        for target in targets {
            if let Some(Thing::Entry(entry)) = target.thing
                && self.schema.is_citable(&self.guide.entry(entry).kind)
                && !seen.contains(&entry)
            {
                seen.push(entry);
            }
        }
        let view = |entry: u32| LinkView {
            title: format!("[{}] {}", self.guide.entry(entry).id, self.guide.entry(entry).title),
            url: self.site.href(&self.guide.url(Thing::Entry(entry), None)),
        };
        seen.into_iter().map(view).collect()
    }

    fn review(&self, page: &Page, strings: &Strings) -> ReviewView {
        let text = match (page.reviewed, page.reviewed_by.is_empty()) {
            (Some(date), false) => strings.format(
                "reviewed-by",
                &[("who", page.reviewed_by.join(", ").into()), ("date", strings.date(date).into())],
            ),
            (Some(date), true) => strings.format("reviewed-on", &[("date", strings.date(date).into())]),
            (None, _) if page.reviewable => strings.get("review-never").into(),
            (None, _) => String::new(),
        };
        let day = |id: &str, date: Option<Date>| {
            date.map(|date| strings.format(id, &[("date", strings.date(date).into())])).unwrap_or_default()
        };
        ReviewView {
            text,
            updated: day("updated-on", page.updated.or(page.date)),
            due: day("review-due", page.review_by),
            overdue: page.review_by.is_some_and(|due| due < self.today),
        }
    }
}
