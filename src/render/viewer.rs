//! Makes the views of pages from the guide: the only place where what a template sees is decided.

use super::{
    body::{Body, Component, Piece},
    html::Kit,
    reads::Reading,
    strings::Strings,
    views::{
        BodyView, CheckView, EntryView, FieldView, HeadingView, LanguageView, PageView, PieceView, ReviewView,
        SourceView, TermsView,
    },
};
use crate::{
    base::{date::Date, finding::Finding, lang::Lang},
    load::{content::Content, page::Page, sources::Sources},
    resolve::{
        guide::{Listing, Node, Origin, PageNo, State, Target, Thing},
        nodes::is_home,
        urls::NOT_FOUND,
    },
    settings::{
        schema::{Kind, Schema},
        site::Site,
        types::{Field, Type},
        value::Value,
    },
};
use std::collections::BTreeMap;

/// Lays out a component of the theme around what stands in it.
pub type LayOut<'f> = dyn Fn(&Component, Vec<PieceView>) -> Result<String, Box<Finding>> + 'f;

/// Makes views for the pages of one language.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// The settings.
    pub site: &'a Site,
    /// The schema.
    pub schema: &'a Schema,
    /// The guide.
    pub guide: Reading<'a>,
    /// What was read.
    pub sources: &'a Sources,
    /// Today, for what is overdue.
    pub today: Date,
    /// The language.
    pub lang: &'a Lang,
    /// Its words.
    pub strings: &'a Strings,
    /// What each language calls itself.
    pub names: &'a BTreeMap<Lang, String>,
    /// What the writer of text needs.
    pub kit: &'a Kit<'a>,
}

impl<'a> Viewer<'a> {
    /// One page. `page` is its source, where it has one.
    pub fn page(&self, number: PageNo, page: Option<&'a Page>) -> PageView<'a> {
        let node = self.guide.page(number);
        let kind = self.schema.kind(&node.kind);
        let placed_names = page.map_or(&[][..], |page| &page.placed);
        let (placed, relations) = self
            .relations(&node.relations, Thing::Page(number))
            .into_iter()
            .partition(|r| placed_names.contains(&r.name));
        let contents = page.map_or(&[][..], |page| &page.outline);
        let is_placed = |name: &str| placed_names.iter().any(|placed| placed == name);
        let levels = contents.iter().filter(|heading| heading.level == 2).count();
        let children = |child: &PageNo| self.card(Thing::Page(*child), None);
        let (image, image_alt) = self.image(node, page);
        PageView {
            id: &node.id,
            title: self.title(node),
            tab_title: self.tab_title(node, page),
            summary: &node.summary,
            url: self.site.href(&node.url),
            // A page that stands in for a translation is another page once more.
            canonical: self.site.absolute(&self.original(node).url),
            lang: node.lang.tag(),
            dir: node.lang.direction(),
            text_lang: node.text_lang.tag(),
            text_dir: node.text_lang.direction(),
            is_fallback: node.fallback,
            languages: self.languages(number, node),
            kind: &node.kind,
            kind_title: if kind.folder.is_some() {
                self.heading("kind-one", &kind.name, "", &kind.singular)
            } else {
                ""
            },
            is_home: is_home(node),
            is_section: node.is_section,
            urgent_help: self.urgent_help(node, page),
            noindex: self.site.noindex || node.fallback || node.noindex || node.id == NOT_FOUND,
            relations,
            placed,
            contents: contents.iter().map(|h| HeadingView { level: h.level, id: &h.id, title: &h.text }).collect(),
            breadcrumbs: self.guide.trail(number).into_iter().map(|page| self.link(page, true)).collect(),
            tree: self.tree(number),
            previous: node.previous.map(|page| self.link(page, false)),
            next: node.next.map(|page| self.link(page, false)),
            children: self.guide.below(number).iter().map(children).collect(),
            mentions: self.mentions(node),
            terms: self.terms(node),
            sources: self.cited(&node.targets),
            toc: !is_placed("toc") && page.and_then(|page| page.toc).unwrap_or(levels > 3) && levels > 0,
            lists: node.lists.iter().filter_map(|list| self.list(list)).collect(),
            lists_placed: is_placed("list"),
            maps: node.maps.iter().filter_map(|map| self.map(map)).collect(),
            maps_placed: is_placed("map"),
            a_z: self.a_z(node),
            register: self.register(node),
            unchecked: self.unchecked(node),
            placeholders: self.placeholders(node),
            paging: self.paging(node),
            used_on: self.links(&node.used_on),
            feed: if is_home(node) { String::new() } else { self.feed(node) },
            image,
            image_alt,
            markdown: self.markdown(node),
            review: page.map_or_else(ReviewView::default, |page| self.review(page)),
            extra: page.map_or(serde_json::Value::Null, |page| (&page.extra).into()),
        }
    }

    /// The parts of a text with the fields and relations that it places, and the fields that it
    /// does not place: those for the top, and those for the end. `component` lays a component out.
    ///
    /// # Errors
    /// What laying out a component finds.
    pub fn body(
        &self,
        view: &PageView,
        kind: &'a Kind,
        body: &Body,
        entries: &dyn Fn(&str) -> Vec<EntryView>,
        component: &LayOut,
    ) -> Result<BodyView, Box<Finding>> {
        let field = |name: &str| {
            let field = kind.fields.iter().find(|field| field.name == name)?;
            let own = body.fields.iter().find(|(own, _)| own == name);
            if own.is_none() {
                let (_, html) = body.rest.iter().find(|(own, _)| own == name)?;
                let lang = self.guide.languages.first().map_or("", |lang| lang.tag()).into();
                return Some((field, FieldView { lang, ..self.field(&kind.name, field, html) }));
            }
            let (_, html) = own?;
            let lang = if view.is_fallback { view.text_lang } else { "" };
            Some((field, FieldView { lang: lang.into(), ..self.field(&kind.name, field, html) }))
        };
        let mut placed: Vec<&str> = Vec::new();
        let pieces = self.pieces(
            &body.pieces,
            &mut placed,
            view,
            &|name| field(name).map(|(_, view)| view),
            entries,
            component,
        )?;
        let mut out = BodyView { pieces, top: Vec::new(), end: Vec::new() };
        let mut names: Vec<&String> = body.fields.iter().chain(&body.rest).map(|(name, _)| name).collect();
        names.sort_by_key(|name| kind.fields.iter().position(|field| field.name == **name));
        for name in names {
            if let Some((field, view)) = field(name)
                && field.is_shown()
                && !placed.contains(&name.as_str())
            {
                let list = if field.place.as_deref() == Some("top") { &mut out.top } else { &mut out.end };
                list.push(view);
            }
        }
        Ok(out)
    }

    fn pieces<'b>(
        &self,
        pieces: &'b [Piece],
        placed: &mut Vec<&'b str>,
        view: &PageView,
        field: &dyn Fn(&str) -> Option<FieldView>,
        entries: &dyn Fn(&str) -> Vec<EntryView>,
        component: &LayOut,
    ) -> Result<Vec<PieceView>, Box<Finding>> {
        let mut out = Vec::new();
        for piece in pieces {
            out.push(match piece {
                Piece::Html(html) => PieceView { html: html.clone(), ..PieceView::default() },
                Piece::Component(own) => {
                    let inner = self.pieces(&own.pieces, placed, view, field, entries, component)?;
                    PieceView { html: component(own, inner)?, ..PieceView::default() }
                }
                Piece::Place(name) => {
                    placed.push(name.as_str());
                    let own = field(name);
                    PieceView {
                        toc: own.is_none() && name == "toc",
                        lists: own.is_none() && name == "list",
                        maps: own.is_none() && name == "map",
                        field: own,
                        relation: view.placed.iter().find(|relation| relation.name == *name).cloned(),
                        entries: entries(name),
                        ..PieceView::default()
                    }
                }
            });
        }
        Ok(out)
    }

    fn field(&self, kind: &str, field: &'a Field, html: &str) -> FieldView {
        let heading = field.heading.as_deref().unwrap_or_default();
        FieldView {
            name: field.name.clone(),
            heading: self.heading("field", kind, &field.name, heading).into(),
            style: field.style.clone().unwrap_or_default(),
            html: html.into(),
            lang: String::new(),
        }
    }

    /// A heading of the schema in this language: the message `field-KIND-FIELD`, `relation-NAME`,
    /// `kind-KIND` or `kind-one-KIND`, where there is one.
    pub fn heading<'u>(&self, what: &str, name: &str, part: &str, usual: &'u str) -> &'u str
    where
        'a: 'u,
    {
        let strings: &'a Strings = self.strings;
        if self.guide.languages.len() < 2 || usual.is_empty() {
            return usual;
        }
        let id = if part.is_empty() { format!("{what}-{name}") } else { format!("{what}-{name}-{part}") };
        Some(strings.get(&id)).filter(|text| !text.is_empty()).unwrap_or(usual)
    }

    /// What a page is called; one that nobody wrote, as the language calls it.
    pub fn title(&self, node: &'a Node) -> &'a str {
        let strings: &'a Strings = self.strings;
        match (&node.origin, node.listing) {
            _ if node.id == NOT_FOUND && node.title.is_empty() => strings.get("not-found-title"),
            (Origin::Listing, Some(Listing::AZ)) => strings.get("a-z"),
            (Origin::Listing, Some(Listing::Search)) => strings.get("search"),
            (Origin::Listing, _) => strings.get("review-register"),
            (Origin::Data(kind), _) => self.heading("kind", kind, "", &node.title),
            (Origin::Term(taxonomy, term), _) => {
                self.heading("term", taxonomy, &crate::base::slug::slug(term), &node.title)
            }
            (Origin::Taxonomy(name), _) => self.heading("taxonomy", name, "", &node.title),
            _ => &node.title,
        }
    }

    /// An entry of a data kind; `fields` are its fields as HTML, `rest` those of the entry that it
    /// translates.
    pub fn entry(&self, number: u32, fields: &[(String, String)], rest: &[(String, String)]) -> EntryView {
        let entry = self.guide.entry(number);
        let text = self.guide.entry_text(number, self.lang);
        let kind = self.schema.kind(&entry.kind);
        let label = kind.data.as_ref().map_or("", |data| &data.label);
        let group_by = kind.data.as_ref().and_then(|data| data.group_by.as_ref());
        let shown = kind.fields.iter().filter(|field| {
            let prose = matches!(field.kind, Type::Prose);
            field.name != label && Some(&field.name) != group_by && (field.heading.is_some() || prose)
        });
        let view = |field: &Field| {
            if let Some((_, html)) = fields.iter().find(|(name, _)| *name == field.name) {
                return Some(FieldView { lang: self.foreign(&text.lang), ..self.field(&kind.name, field, html) });
            }
            let (_, html) = rest.iter().find(|(name, _)| *name == field.name)?;
            // A number, a day or an address is in no language: a voice must not change for it.
            let lang = match has_words(&field.kind, self.main_content(number).field(&field.name)) {
                true => entry.texts[0].lang.tag().into(),
                false => String::new(),
            };
            Some(FieldView { lang, ..self.field(&kind.name, field, html) })
        };
        EntryView {
            code: entry.id.clone(),
            is_grouped: kind.data.as_ref().is_some_and(|data| data.group_by.is_some()),
            group: String::new(),
            group_lang: String::new(),
            is_citable: self.schema.is_citable(&entry.kind),
            id: entry.anchor.clone(),
            kind_title: self.heading("kind-one", &kind.name, "", &kind.singular).into(),
            is_searched: kind.search,
            kind: entry.kind.clone(),
            title: text.title.clone(),
            fields: shown.filter_map(view).collect(),
            relations: self.relations(&entry.relations, Thing::Entry(number)),
            cited_on: self.links(&entry.cited_on),
            used_on: self.links(&entry.used_on),
            check: self.check(number),
            lang: self.foreign(&text.lang),
        }
    }

    /// What the entries of a group have in common, where their kind is shown in groups; else nothing.
    pub fn group(&self, number: u32) -> (&'a str, String) {
        let entry = self.guide.entry(number);
        let name = self.schema.kind(&entry.kind).data.as_ref().and_then(|data| data.group_by.as_ref());
        name.and_then(|name| self.said(number, name)).unwrap_or_default()
    }

    /// The text of an entry's field in this language, or else as the entry itself has it, with the tag of
    /// its language where that is another.
    pub fn said(&self, number: u32, name: &str) -> Option<(&'a str, String)> {
        let text = self.guide.entry_text(number, self.lang);
        let (file, own) = text.source;
        let own = &self.sources.data[file as usize].entries[own as usize].content;
        if let Some(said) = own.field(name).and_then(Value::as_str) {
            return Some((said, self.foreign(&text.lang)));
        }
        let said = self.main_content(number).field(name).and_then(Value::as_str)?;
        let lang =
            if has_letters(said) { self.foreign(&self.guide.entry(number).texts[0].lang) } else { String::new() };
        Some((said, lang))
    }

    /// Where an entry stands among those of its kind: first those that the language's own file has, in its
    /// order; then the others.
    pub fn place(&self, number: u32) -> (bool, u32) {
        let text = self.guide.entry_text(number, self.lang);
        (text.lang != *self.lang, text.source.1)
    }

    /// The tag of a language that is not the page's.
    pub fn foreign(&self, lang: &Lang) -> String {
        if lang == self.lang { String::new() } else { lang.tag().into() }
    }

    /// What an entry says in the site's own language: what was checked and where it can be read stands
    /// there, whichever language it is shown in.
    pub fn main_content(&self, number: u32) -> &'a Content {
        let (file, entry) = self.guide.entry(number).texts[0].source;
        &self.sources.data[file as usize].entries[entry as usize].content
    }

    /// Whether an entry was checked, where its kind keeps that: the day and the name stand in its own
    /// language's file.
    pub fn check(&self, number: u32) -> CheckView {
        let kind = self.schema.kind(&self.guide.entry(number).kind);
        let Some(verify) = kind.data.as_ref().and_then(|data| data.verify.as_ref()) else {
            return CheckView::default();
        };
        let content = self.main_content(number);
        let day = content.field(&verify.checked).and_then(Value::as_date);
        let by = verify.by.as_ref().and_then(|by| content.field(by)).and_then(Value::as_str);
        let is_open = day.is_none() || verify.by.is_some() && by.is_none_or(|by| by.trim().is_empty());
        let age = day.map_or(0, |day| self.today.days_since(day));
        let is_stale = !is_open && verify.within.is_some_and(|within| age > within as i32);
        let text = match (day, by) {
            (Some(day), Some(by)) if !is_open => {
                self.strings.format("checked-by", &[("who", by.into()), ("date", self.strings.date(day).into())])
            }
            (Some(day), _) if !is_open => self.strings.format("checked-on", &[("date", self.strings.date(day).into())]),
            _ if kind.fields.iter().any(|field| matches!(field.kind, Type::Line(_))) => {
                self.strings.get("urgent-unchecked").into()
            }
            _ => self.strings.get("checked-never").into(),
        };
        let year = verify.year.as_ref().and_then(|year| content.field(year)).and_then(Value::as_number);
        let age = year.and_then(|year| verify.age(year, self.today));
        let age = age.map(|age| self.strings.format("source-age", &[("years", age.into())])).unwrap_or_default();
        CheckView { is_kept: true, is_open, is_stale, text, age }
    }

    fn terms(&self, node: &'a Node) -> Vec<TermsView> {
        let view = |(taxonomy, terms): &'a (String, Vec<PageNo>)| TermsView {
            title: self
                .heading(
                    "taxonomy",
                    taxonomy,
                    "",
                    self.site.taxonomies.get(taxonomy).map_or(taxonomy, |own| &own.title),
                )
                .into(),
            terms: terms.iter().map(|term| self.link(*term, false)).collect(),
        };
        node.terms.iter().map(view).collect()
    }

    /// The citable entries that a page cites, each once, in the order of their first citation.
    fn cited(&self, targets: &[Target]) -> Vec<SourceView> {
        let mut seen = Vec::new();
        for target in targets {
            if let Some(Thing::Entry(entry)) = target.thing
                && self.schema.is_citable(&self.guide.entry(entry).kind)
                && !seen.contains(&entry)
            {
                seen.push(entry);
            }
        }
        seen.into_iter().map(|entry| self.source(entry)).collect()
    }

    fn source(&self, number: u32) -> SourceView {
        let content = self.main_content(number);
        let addresses = content.fields.iter().filter_map(|(_, value)| match value {
            Value::Registered(register, text) => Some(register.url(text)),
            Value::Url(url) => Some(url.clone()),
            _ => None,
        });
        let year = match content.field("year") {
            Some(Value::Number(year)) => year.to_string(),
            Some(value) => value.as_str().unwrap_or_default().into(),
            None => String::new(),
        };
        SourceView {
            code: self.guide.entry(number).id.clone(),
            title: self.guide.entry_text(number, self.lang).title.clone(),
            lang: self.foreign(&self.guide.entry_text(number, self.lang).lang),
            url: self.site.href(&self.guide.url(Thing::Entry(number), None, self.lang)),
            external: addresses.into_iter().next().unwrap_or_default(),
            year,
            check: self.check(number),
        }
    }

    fn review(&self, page: &Page) -> ReviewView {
        let strings = self.strings;
        let text = match (page.reviewed, page.reviewed_by.is_empty()) {
            (Some(date), false) => strings.format(
                "reviewed-by",
                &[("who", strings.list(&page.reviewed_by).into()), ("date", strings.date(date).into())],
            ),
            (Some(date), true) => strings.format("reviewed-on", &[("date", strings.date(date).into())]),
            (None, _) if page.reviewable => strings.get("review-never").into(),
            (None, _) => String::new(),
        };
        let day = |id: &str, date: Option<Date>| {
            date.map(|date| strings.format(id, &[("date", strings.date(date).into())])).unwrap_or_default()
        };
        let plain = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        ReviewView {
            text,
            updated: day("updated-on", page.updated.or(page.date)),
            due: day("review-due", page.review_by),
            overdue: page.review_by.is_some_and(|due| due < self.today),
            dates: [plain(page.date), plain(page.updated.or(page.date)), plain(page.reviewed)],
        }
    }

    /// The page that a page in another language stands in for, or itself.
    pub fn original(&self, node: &'a Node) -> &'a Node {
        let source = node.translations.first().filter(|_| node.fallback);
        source.map_or(node, |source| self.guide.page(*source))
    }

    fn languages(&self, number: PageNo, node: &Node) -> Vec<LanguageView> {
        let view = |other: &PageNo| {
            let own = self.guide.page(*other);
            let visible = !own.hidden && !own.broken;
            visible.then(|| LanguageView {
                lang: own.lang.tag().into(),
                name: self.names.get(&own.lang).cloned().unwrap_or_else(|| own.lang.tag().into()),
                url: self.site.href(&own.url),
                canonical: self.site.absolute(&own.url),
                is_current: *other == number,
                is_translated: !own.fallback,
            })
        };
        node.translations.iter().filter_map(view).collect()
    }

    /// The address of the picture for link previews, and what it shows.
    fn image(&self, node: &Node, page: Option<&Page>) -> (String, String) {
        let Some((alt, path)) = page
            .and_then(|page| page.content.field("image"))
            .and_then(Value::as_str)
            .map(|value| crate::load::front::image(value.trim()))
        else {
            return Default::default();
        };
        let links = page.map_or(&[][..], |page| &page.content.links);
        let at =
            links.iter().position(|link| link.kind == crate::load::markdown::LinkKind::Image && link.target == path);
        let target = at.and_then(|at| node.targets.get(at)).filter(|target| target.state == State::Here);
        // `href` begins with the path of the site, which the base URL ends with.
        let inner = target.and_then(|target| target.href.strip_prefix(self.site.base_path()));
        inner.map(|inner| (self.site.absolute(inner), alt.to_string())).unwrap_or_default()
    }
}

/// Whether a value is in a language at all.
fn has_words(kind: &Type, value: Option<&Value>) -> bool {
    match kind {
        Type::Url | Type::Number | Type::Date | Type::Registered(_) => false,
        Type::Line(_) => value.and_then(Value::as_str).is_none_or(has_letters),
        _ => true,
    }
}

fn has_letters(text: &str) -> bool {
    text.contains(char::is_alphabetic)
}
