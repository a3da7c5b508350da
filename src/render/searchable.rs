//! What a page gives to the search of its site: the words of the finished page, and what it does not show.

use super::{viewer::Viewer, views::PageView};
use crate::{
    load::page::Page,
    resolve::guide::{Node, Origin},
    search::{found::Searchable, reader},
    settings::value::Value,
};
use std::sync::Arc;

impl Viewer<'_> {
    /// What a search finds of a finished page; `None` of what is no page of its own: a page that stands in for
    /// a translation, an index, a page of terms.
    pub fn searchable(
        &self,
        node: &Node,
        page: Option<&Page>,
        view: &PageView,
        html: Option<&[u8]>,
    ) -> Option<Arc<[u8]>> {
        let is_own = matches!(node.origin, Origin::Authored(_) | Origin::Data(_)) && node.listing.is_none();
        let is_wanted = self.schema.kind(&node.kind).search
            && page.is_none_or(|page| page.search)
            && !node.fallback
            && node.id != crate::resolve::urls::NOT_FOUND;
        if !self.site.search || !is_own || !is_wanted {
            return None;
        }
        let html = std::str::from_utf8(html?).ok()?;
        let also = |id: &str| match id {
            "" => self.said_of(page),
            id => {
                let entry = node.entries.iter().find(|entry| self.guide.entry(**entry).anchor == id);
                let names = entry.and_then(|entry| self.main_content(*entry).field("also_known_as"));
                names.map(Value::texts).unwrap_or_default()
            }
        };
        let mut found = reader::read(html, also);
        // An entry that several pages place is found where all of its kind stand.
        let mut data = self.schema.kinds.values().filter_map(|kind| kind.data.as_ref());
        if !data.any(|data| data.page == node.id) {
            found.truncate(1);
        }
        let terms = node.terms.iter().zip(&view.terms).flat_map(|((name, _), shown)| {
            shown.terms.iter().map(|term| (name.clone(), shown.title.clone(), term.title.clone()))
        });
        Some(Searchable { kind: view.kind_title.into(), terms: terms.collect(), found }.pack())
    }

    /// Other names of a page, and what readers say of it: the texts of its statements, which another page shows.
    fn said_of(&self, page: Option<&Page>) -> Vec<String> {
        let Some(page) = page else { return Vec::new() };
        let mut texts = page.also_known_as.clone();
        let fields = self.schema.kind(&page.kind).fields.iter();
        for field in fields.filter(|field| !field.is_shown() && field.lists_records_with(&["text"])) {
            let items = page.content.field(&field.name).map_or(&[][..], Value::items);
            texts.extend(items.iter().filter_map(|item| item.get("text")?.as_str()).map(String::from));
        }
        texts
    }
}
