//! JSON-LD (<https://www.w3.org/TR/json-ld11/>) with the words of <https://schema.org>: what a page
//! is, for search engines. Only what is recorded is said: nobody reviewed a page who is not named.

use super::{viewer::Viewer, views::PageView};
use crate::{
    load::page::Page,
    resolve::guide::{Node, Origin},
};
use serde_json::{Map, Value, json};

/// The type of a page whose kind declares none.
const USUAL: &str = "MedicalWebPage";

impl Viewer<'_> {
    /// The JSON-LD of a page, ready to stand in a script element; empty where there is none.
    pub fn json_ld(&self, node: &Node, page: Option<&Page>, view: &PageView) -> String {
        let authored = matches!(node.origin, Origin::Authored(_));
        if !self.site.json_ld || !authored || view.noindex {
            return String::new();
        }
        let kind = self.schema.kind(&node.kind);
        // A plain page is a plain page; only what the schema gives a folder is about health.
        let usual = if kind.folder.is_some() { USUAL } else { "WebPage" };
        let mut data = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() && value.as_str() != Some("") {
                data.insert(key.into(), value);
            }
        };
        put("@context", "https://schema.org".into());
        put("@type", kind.json_ld.as_deref().unwrap_or(usual).into());
        put("@id", view.canonical.as_str().into());
        put("url", view.canonical.as_str().into());
        put("name", view.title.into());
        put("description", view.summary.into());
        put("inLanguage", view.lang.into());
        put("image", view.image.as_str().into());
        let [published, changed, reviewed] = &view.review.dates;
        let is_changed = page.is_some_and(|page| page.updated.is_some());
        put("datePublished", published.as_str().into());
        put("dateModified", if is_changed { changed.as_str().into() } else { Value::Null });
        let people = |names: &[String]| -> Value {
            match names.is_empty() {
                true => Value::Null,
                // Whether a name is that of a person or of an organisation nobody has said.
                false => names.iter().map(|name| json!({ "name": name })).collect(),
            }
        };
        if let Some(page) = page.filter(|page| !page.reviewed_by.is_empty()) {
            put("lastReviewed", reviewed.as_str().into());
            put("reviewedBy", people(&page.reviewed_by));
        }
        put("author", page.map_or(Value::Null, |page| people(&page.authors)));
        let citations: Vec<Value> = view
            .sources
            .iter()
            .map(|source| match source.external.as_str() {
                "" => json!({ "@type": "CreativeWork", "name": source.title }),
                url => json!({ "@type": "CreativeWork", "name": source.title, "url": url }),
            })
            .collect();
        put("citation", if citations.is_empty() { Value::Null } else { citations.into() });
        let name = self.site.languages.get(self.lang.tag()).unwrap_or(&self.site.title);
        let site = json!({ "@type": "WebSite", "name": name, "url": self.site.base_url });
        put("isPartOf", site);
        let publisher = self.site.publisher.get("name").filter(|name| !name.starts_with('<'));
        put("publisher", publisher.map_or(Value::Null, |name| json!({ "@type": "Organization", "name": name })));
        put("breadcrumb", self.breadcrumb(view));
        // Inside a script element `</` would end it, and `<!--` begin a comment (HTML, 13.2.5.4).
        Value::Object(data).to_string().replace('<', "\\u003c")
    }

    fn breadcrumb(&self, view: &PageView) -> Value {
        if view.breadcrumbs.is_empty() {
            return Value::Null;
        }
        let own = (view.title, view.canonical.clone());
        let above = view.breadcrumbs.iter().map(|link| {
            let inner = link.url.strip_prefix(self.site.base_path()).unwrap_or(&link.url);
            (link.title.as_str(), self.site.absolute(inner))
        });
        let item = |(i, (name, url)): (usize, (&str, String))| json!({ "@type": "ListItem", "position": i + 1, "name": name, "item": url });
        let items: Vec<Value> = above.chain([own]).enumerate().map(item).collect();
        json!({ "@type": "BreadcrumbList", "itemListElement": items })
    }
}
